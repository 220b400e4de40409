// SPDX-License-Identifier: MIT
// What follows an operation that was cut off: recovering, closing, and giving up.
#include "driver/mysql/connect.hpp"
#include "driver/mysql/connection.hpp"
#include "driver/mysql/cursor.hpp"

#include <azoth/error.hpp>

#include <algorithm>
#include <limits>
#include <utility>

namespace azoth::mysql {
namespace {

// A statement that is nearly done need not be killed: that costs a thread and a connection.
constexpr std::chrono::milliseconds grace{5};

constexpr std::chrono::seconds farewell{5};

// KILL QUERY hits one statement; a second miss would be somebody else's.
constexpr int kill_attempts = 3;

/// A limit on the socket's waits for the time of a coroutine.
class LimitScope {
public:
    LimitScope(std::shared_ptr<Socket> socket, Deadline limit) noexcept
        : socket_(std::move(socket)),
          before_(std::exchange(socket_->limit, limit)) {}
    ~LimitScope() { socket_->limit = before_; }
    LimitScope(const LimitScope&) = delete;
    LimitScope& operator=(const LimitScope&) = delete;

private:
    std::shared_ptr<Socket> socket_;
    Deadline before_;
};

} // namespace

/// Brings a suspended call to its end and reads away what the server still sends for it.
asio::awaitable<void> Connection::drain() {
    if (call_.pending())
        co_await finish_call();
    sink_.release();
    if (current_ != nullptr) {
        auto& statement = *current_;
        co_await discard_rows(std::numeric_limits<std::size_t>::max());
        co_await discard_more_results(statement);
    }
    co_await discard_text_results();
}

/// The same, as far as it goes in that time. What the server calls an error ends the statement,
/// too.
asio::awaitable<void> Connection::drain_within(std::chrono::milliseconds time) {
    const LimitScope scope{
        socket_,
        std::min(socket_->limit, std::chrono::steady_clock::now() + time)
    };
    try {
        co_await drain();
    } catch (const DBAPIError&) {
        if (!open_)
            throw;
    }
}

asio::awaitable<void> Connection::absorb_late_kill(std::string_view sql) {
    for (int attempt = 1;; ++attempt) {
        try {
            co_await query_and_discard(sql);
            co_return;
        } catch (const DBAPIError& error) {
            if (error.code() != errc::query_canceled || attempt == kill_attempts)
                throw;
        }
    }
}

asio::awaitable<void> Connection::await_kill(Deadline deadline) {
    if (!kill_)
        co_return;
    const bool ended = co_await kill_->wait(deadline);
    if (!ended) {
        const NativeError error{
            CR_SERVER_LOST,
            "HY000",
            "the server did not take KILL QUERY in time"
        };
        fail(error, {});
    }
    kill_.reset();
}

asio::awaitable<void> Connection::stop_statement(Deadline deadline) {
    const LimitScope scope{socket_, deadline};
    // A recovery that was itself cut off may have left one.
    co_await await_kill(deadline);
    ConnectOptions options = options_;
    const auto left =
        std::chrono::ceil<std::chrono::seconds>(deadline - std::chrono::steady_clock::now());
    options.connect_timeout = std::clamp(left, std::chrono::seconds{1}, std::chrono::seconds{30});
    std::function<void()> kill = [options, id = mysql_thread_id(handle_.get())] {
        kill_query_blocking(options, id);
    };
    kill_.emplace(executor_, std::move(kill));
    try {
        co_await drain();
    } catch (const DBAPIError&) {
        // "Query execution was interrupted" is what was asked for, and any other error ends the
        // statement as well.
        if (!is_idle())
            throw;
    }
    co_await await_kill(deadline);
    co_await absorb_late_kill("DO 0");
}

asio::awaitable<void> Connection::recover(std::chrono::steady_clock::time_point deadline) {
    if (!open_)
        throw ResourceClosedError("the database connection is closed and cannot be recovered");
    if (operation_ != nullptr)
        throw InvalidRequestError(
            "an operation on this connection has not ended; cancel and await it first"
        );
    detach_cursor();
    broken_off_ = false;
    Operation operation{*this}; // marks the connection again unless all ends well
    const LimitScope scope{socket_, deadline};
    if (!is_idle())
        co_await drain_within(grace);
    if (!is_idle())
        co_await stop_statement(deadline);
    // While one is under way it could hit the next statement.
    co_await await_kill(deadline);
    // Also ends what `begin()` may have prepared, and takes the blow of a kill that came late.
    co_await absorb_late_kill("ROLLBACK");
    isolation_is_set_ = false;
}

asio::awaitable<void> Connection::close() {
    if (handle_ == nullptr)
        co_return;
    if (operation_ != nullptr)
        throw InvalidRequestError(
            "an operation on this connection has not ended; await it before closing"
        );
    if (broken_off_) {
        throw InvalidRequestError(
            "the last operation on this connection was cut off; recover() or terminate() it first"
        );
    }
    if (open_) {
        open_ = false;
        detach_cursor();
        const LimitScope scope{socket_, std::chrono::steady_clock::now() + farewell};
        call_.begin<mysql_close_start, mysql_close_cont>(handle_.release());
        try {
            if (call_.pending())
                co_await finish_call();
        } catch (const DBAPIError&) { // NOLINT(bugprone-empty-catch)
            // The server does not listen; then without goodbye.
        }
    }
    terminate();
}

void Connection::terminate() noexcept {
    open_ = false;
    detach_cursor();
    if (socket_ != nullptr)
        socket_->shut_down();
    // The suspended call, which may be mysql_close, finds the socket dead and comes to its end
    // without waiting.
    while (call_.pending())
        call_.resume(call_.wants() & (MYSQL_WAIT_READ | MYSQL_WAIT_WRITE));
    if (text_result_ != nullptr)
        mysql_free_result(std::exchange(text_result_, nullptr));
    current_ = nullptr;
    sink_.release();
    handle_.reset();
    // Only now: with their connection gone, closing statements is freeing memory.
    cache_.clear();
    retired_.clear();
    socket_.reset();
}

} // namespace azoth::mysql
