// SPDX-License-Identifier: MIT
// Waiting for the worker, and seeing a task through to its end wherever it has to run.
#include "driver/sqlite/wait.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include <azoth/error.hpp>

#include "driver/sqlite/error.hpp"

namespace azoth::sqlite {
namespace {

/// Present while a coroutine waits for the worker. Destroyed with the coroutine, that is when the whole context goes, it
/// holds the destruction up until the worker has let go of what the coroutine's frames own.
class Attendance {
public:
    explicit Attendance(std::shared_ptr<Database> database) noexcept : database_(std::move(database)) {}
    Attendance(Attendance&&) noexcept = default;
    Attendance& operator=(Attendance&&) = delete;
    ~Attendance() {
        if (!database_) return;
        database_->worker.forget();
        database_->cancel();
        database_->worker.wait_until_idle();
    }

    void end() noexcept {
        database_->worker.forget();
        database_ = nullptr;
    }

private:
    std::shared_ptr<Database> database_;
};

/// The timer's handler: resumes the coroutine. It shows the timer no cancellation slot: the slot asks the worker instead.
template <class Handler>
class Resumption {
public:
    using executor_type = asio::associated_executor_t<Handler>;
    using allocator_type = asio::associated_allocator_t<Handler>;

    Resumption(Handler handler, asio::cancellation_slot slot, std::shared_ptr<Database> database, bool* in_time)
        : handler_(std::move(handler)), slot_(slot), in_time_(in_time), attendance_(std::move(database)) {}

    executor_type get_executor() const noexcept { return asio::get_associated_executor(handler_); }
    allocator_type get_allocator() const noexcept { return asio::get_associated_allocator(handler_); }

    void operator()(asio_error_code error) {
        attendance_.end();
        if (slot_.is_connected()) slot_.clear();
        *in_time_ = static_cast<bool>(error); // the worker's wake-up cancels the timer; otherwise it has run out
        std::move(handler_)();
    }

private:
    Handler handler_;
    asio::cancellation_slot slot_;
    bool* in_time_;
    Attendance attendance_; // goes first, before the frames that the handler owns
};

struct StartWaiting {
    std::shared_ptr<Database> database;
    Deadline deadline;
    bool* in_time;

    StartWaiting(std::shared_ptr<Database> db, Deadline until, bool* result)
        : database(std::move(db)), deadline(until), in_time(result) {}

    template <class Handler>
    void operator()(Handler&& handler) const {
        const auto keep = database; // from the last line on, the frame with this object may be gone
        auto wakeup = std::make_shared<Wakeup>(asio::get_associated_executor(handler), deadline);
        const auto slot = asio::get_associated_cancellation_slot(handler);
        if (slot.is_connected()) {
            asio::cancellation_slot mine = slot;
            mine.assign([db = database](asio::cancellation_type type) {
                if ((type & asio::cancellation_type::terminal) != asio::cancellation_type::none) db->cancel();
            });
        }
        auto& timer = wakeup->timer;
        timer.async_wait(Resumption<std::decay_t<Handler>>(std::forward<Handler>(handler), slot, database, in_time));
        keep->worker.notify(std::move(wakeup));
    }
};

void check_open(const Database& database) {
    if (database.closed) throw ResourceClosedError("this SQLite connection was closed while an operation was waiting");
}

/// The pauses between two attempts to get a lock: those of SQLite's own busy handler.
class Patience {
public:
    explicit Patience(std::chrono::milliseconds limit) : end_(std::chrono::steady_clock::now() + limit) {}

    /// The next pause; zero when time is up.
    [[nodiscard]] std::chrono::steady_clock::duration next() {
        constexpr std::array pauses{1, 2, 5, 10, 15, 20, 25, 25, 25, 50, 50, 100};
        const auto left = end_ - std::chrono::steady_clock::now();
        const std::chrono::milliseconds pause{pauses[std::min(attempts_++, pauses.size() - 1)]};
        return std::clamp<std::chrono::steady_clock::duration>(left, std::chrono::steady_clock::duration::zero(), pause);
    }

private:
    std::chrono::steady_clock::time_point end_;
    std::size_t attempts_ = 0;
};

[[noreturn]] void give_up(const Database& database, const Task& task) {
    auto report = task.lock_report();
    report.message += ": another connection held a lock for longer than busy_timeout, "
        + std::to_string(database.options.busy_timeout.count()) + " ms";
    throw_error(std::move(report));
}

} // namespace

asio::awaitable<bool> await_worker(std::shared_ptr<Database> database, Deadline deadline) {
    bool in_time = true;
    StartWaiting start(std::move(database), deadline, &in_time);
    co_await asio::async_initiate<const asio::use_awaitable_t<>&, void()>(std::move(start), asio::use_awaitable);
    co_return in_time;
}

asio::awaitable<void> drive(std::shared_ptr<Database> database, Task& task, Outcome outcome) {
    std::optional<Patience> patience; // begins with the first wait for a lock
    while (outcome != Outcome::done) {
        if (outcome == Outcome::canceled) {
            database->cut_off = true;
            throw asio_system_error(asio::error::operation_aborted);
        }
        if (outcome == Outcome::worker) {
            database->submit(task);
            co_await await_worker(database);
            check_open(*database);
            outcome = task.take_outcome();
            continue;
        }
        if (outcome == Outcome::more) {
            co_await asio::post(asio::use_awaitable);
        } else {
            if (!patience) patience.emplace(database->options.busy_timeout);
            const auto pause = patience->next();
            if (pause == pause.zero()) give_up(*database, task);
            const auto executor = co_await asio::this_coro::executor;
            asio::steady_timer timer(executor, pause);
            co_await timer.async_wait(asio::use_awaitable);
        }
        check_open(*database);
        outcome = task.advance(Place::loop);
    }
}

} // namespace azoth::sqlite
