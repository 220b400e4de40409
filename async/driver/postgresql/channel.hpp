// SPDX-License-Identifier: MIT
// A PGconn whose waits suspend a coroutine instead of the thread, and the loops that take results from it.
#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include <azoth/detail/asio.hpp>

#include "driver/postgresql/libpq.hpp"
#include "driver/postgresql/wait.hpp"

#ifdef AZOTH_USE_BOOST_ASIO
#include <boost/asio/use_awaitable.hpp>
#else
#include <asio/use_awaitable.hpp>
#endif

namespace azoth::postgresql {

/// How a wait ended.
enum class Progress : unsigned char { made, timed_out, lost };

/// A watch of the socket libpq uses at present, on a duplicate of its descriptor: libpq closes its own
/// whenever it likes, and the number may then be another file's before the reactor hears of it.
[[nodiscard]] asio::posix::stream_descriptor watch_socket(
    const asio::any_io_executor& executor, const PGconn* connection);

/// Owns the connection and watches its socket.
class Channel {
public:
    Channel(asio::any_io_executor executor, ConnectionPtr connection);
    ~Channel() { close(); }
    Channel(const Channel&) = delete;
    Channel& operator=(const Channel&) = delete;

    [[nodiscard]] PGconn* get() const noexcept { return connection_.get(); }
    [[nodiscard]] asio::any_io_executor executor() const { return executor_; }
    [[nodiscard]] bool is_open() const noexcept {
        return connection_ != nullptr && PQstatus(connection_.get()) == CONNECTION_OK;
    }
    /// Closes without waiting; says goodbye if that does not block. Idempotent.
    void close() noexcept;

    /// True when decrypted input waits inside the TLS library, where the socket does not show it.
    [[nodiscard]] bool has_hidden_input() const noexcept { return tls_ != nullptr && pending_in_tls(); }
    [[nodiscard]] asio::awaitable<void> readable() {
        return socket_.async_wait(asio::posix::stream_descriptor::wait_read, asio::use_awaitable);
    }
    /// Takes what has arrived; false when the connection is lost.
    [[nodiscard]] bool consume() noexcept { return PQconsumeInput(connection_.get()) == 1; }

    /// Waits for input and takes it.
    [[nodiscard]] asio::awaitable<Progress> wait_input(Deadline deadline);

    /// Sends what libpq has not sent yet, reading meanwhile: a server that cannot write stops reading.
    [[nodiscard]] asio::awaitable<Progress> flush(Deadline deadline = no_deadline);
    /// One wait of `flush()`, for who has more to do with what arrives.
    [[nodiscard]] asio::awaitable<Progress> wait_either(Deadline deadline = no_deadline);

    /// Ends a COPY that a statement has started: libpq gives no other result before.
    [[nodiscard]] asio::awaitable<Progress> leave_copy(Deadline deadline = no_deadline);

    /// Throws OperationalError about a lost connection and closes it. `failure` is what the server said last,
    /// or null.
    [[noreturn]] void throw_lost(const PGresult* failure, const std::string& sql);

private:
    [[nodiscard]] bool pending_in_tls() const noexcept;

    asio::any_io_executor executor_;
    ConnectionPtr connection_;
    void* tls_;
    asio::posix::stream_descriptor socket_;
};

enum class Step : unsigned char {
    done,    ///< the server has answered all, the connection is idle
    blocked, ///< the rest has not arrived
    copy,    ///< a COPY has begun: `Channel::leave_copy()`
    lost,    ///< the rest will not arrive
};

/// The results of one statement, or one string of statements, outside a pipeline.
class Intake {
public:
    explicit Intake(PGconn* connection) noexcept : connection_(connection) {}

    /// Takes what has arrived.
    [[nodiscard]] Step advance();

    ResultPtr answer;  ///< the last that is no error
    ResultPtr failure; ///< the first error
    bool had_copy = false;

private:
    PGconn* connection_;
};

/// Statements sent together, in libpq's pipeline mode: one round trip for all. Counts what is owed to us, so
/// that what an abandoned operation left behind can be drained.
class Pipeline {
public:
    /// @pre the connection is idle. False when libpq refuses.
    [[nodiscard]] bool enter(PGconn* connection) noexcept;
    /// To be called after each statement that libpq has accepted.
    void queued() noexcept {
        unsynced_ = true;
        ++queued_;
    }
    /// The number that the next statement will have.
    [[nodiscard]] std::size_t count() const noexcept { return queued_; }
    /// Marks a point where the server answers all before it, and where the errors before it are over.
    [[nodiscard]] bool sync() noexcept;
    [[nodiscard]] bool needs_sync() const noexcept { return unsynced_; }
    /// Back to one statement at a time. @pre step() has said `done`
    [[nodiscard]] bool leave() noexcept { return PQexitPipelineMode(connection_) == 1; }

    /// Gives each result that has arrived, with the number of its statement since `enter()`, to `take(index,
    /// result)`. `done` when all that was queued has been answered, every sync included. `copy` when a
    /// statement was a COPY, which a pipeline cannot leave.
    template <class Take>
    [[nodiscard]] Step advance(Take&& take) {
        while (syncs_ > 0 || index_ < queued_) {
            if (PQisBusy(connection_) != 0) return Step::blocked;
            ResultPtr result{PQgetResult(connection_)};
            if (result == nullptr) {
                ++index_;
                // A statement ends with one null. More in a row: the connection is gone and no sync will
                // come.
                if (++nulls_ > 2) return Step::lost;
                continue;
            }
            nulls_ = 0;
            switch (PQresultStatus(result.get())) {
            case PGRES_PIPELINE_SYNC: --syncs_; break;
            case PGRES_COPY_IN:
            case PGRES_COPY_OUT:
            case PGRES_COPY_BOTH: return Step::copy;
            default: take(index_, std::move(result));
            }
        }
        return Step::done;
    }

private:
    PGconn* connection_ = nullptr;
    std::size_t index_ = 0;  ///< statements answered
    std::size_t queued_ = 0; ///< statements sent
    std::size_t syncs_ = 0;
    unsigned nulls_ = 0;
    bool unsynced_ = false;
};

} // namespace azoth::postgresql
