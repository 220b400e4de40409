// SPDX-License-Identifier: MIT
// Waiting for the worker, and seeing a task through to its end wherever it has to run.
#include "driver/sqlite/wait.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include <azoth/error.hpp>

#include "driver/sqlite/error.hpp"

namespace azoth::sqlite {
namespace {

/// A waiting coroutine that its context knows of.
class ContextWaiter : public Waiter {
public:
    /// The context goes: holds it up until the worker has let go of what the coroutine's frames own.
    virtual void abandon() noexcept = 0;

    std::list<std::shared_ptr<ContextWaiter>>::iterator position;
};

/// The waiting coroutines of one context. Only this way can they be destroyed with it: their handlers are
/// nowhere in Asio's own queues while the worker works.
class Waiters final : public asio::execution_context::service {
public:
    using key_type = Waiters;
    static asio::execution_context::id id;

    explicit Waiters(asio::execution_context& context) : asio::execution_context::service(context) {}

    void add(const std::shared_ptr<ContextWaiter>& waiter) {
        const std::lock_guard lock(mutex_);
        waiter->position = waiters_.insert(waiters_.end(), waiter);
    }

    /// Takes `waiter` out and runs `post`, which the end of the context waits for; neither when it has begun
    /// already.
    template <class Post>
    void release(ContextWaiter& waiter, Post post) {
        {
            const std::lock_guard lock(mutex_);
            if (closing_) return;
            waiters_.erase(waiter.position);
            ++posting_;
        }
        post();
        const std::lock_guard lock(mutex_);
        --posting_;
        if (closing_) posted_.notify_all();
    }

private:
    void shutdown() noexcept override {
        std::list<std::shared_ptr<ContextWaiter>> left;
        {
            std::unique_lock lock(mutex_);
            closing_ = true;
            left.swap(waiters_);
            posted_.wait(lock, [this] { return posting_ == 0; });
        }
        for (const auto& waiter : left) waiter->abandon();
        // Destroys the handlers: Asio takes the frames apart later, when its queues are emptied.
    }

    std::mutex mutex_;
    std::list<std::shared_ptr<ContextWaiter>> waiters_;
    std::condition_variable posted_;
    std::size_t posting_ = 0;
    bool closing_ = false;
};

asio::execution_context::id Waiters::id;

/// What is posted to resume the coroutine; counted as the context's work from the start.
template <class Handler>
class Resumption {
public:
    using executor_type = asio::associated_executor_t<Handler>;
    using allocator_type = asio::associated_allocator_t<Handler>;

    explicit Resumption(Handler handler)
        : handler_(std::move(handler)), work_(asio::get_associated_executor(handler_)) {}

    executor_type get_executor() const noexcept { return asio::get_associated_executor(handler_); }
    allocator_type get_allocator() const noexcept { return asio::get_associated_allocator(handler_); }

    void operator()() {
        if (const auto slot = asio::get_associated_cancellation_slot(handler_); slot.is_connected()) {
            asio::cancellation_slot mine = slot;
            mine.clear();
        }
        std::move(handler_)();
    }

private:
    Handler handler_;
    asio::executor_work_guard<executor_type> work_;
};

template <class Handler>
class HandlerWaiter final : public ContextWaiter {
public:
    HandlerWaiter(Handler handler, Waiters& waiters, std::shared_ptr<Database> database)
        : resumption_(std::move(handler)), waiters_(waiters), database_(std::move(database)) {}

    void resume() override {
        waiters_.release(*this, [this] { asio::post(std::move(resumption_)); });
    }

    void abandon() noexcept override {
        database_->worker.forget();
        database_->cancel();
        database_->worker.wait_until_idle();
    }

private:
    Resumption<Handler> resumption_;
    Waiters& waiters_;
    std::shared_ptr<Database> database_;
};

struct StartWaiting {
    std::shared_ptr<Database> database;
    Task* task;

    StartWaiting(std::shared_ptr<Database> db, Task* work) : database(std::move(db)), task(work) {}

    template <class Handler>
    void operator()(Handler&& handler) const {
        const auto keep = database; // from the last line on, the frame with this object may be gone
        auto& context = asio::query(asio::get_associated_executor(handler), asio::execution::context);
        auto& waiters = asio::use_service<Waiters>(context);
        if (auto slot = asio::get_associated_cancellation_slot(handler); slot.is_connected()) {
            slot.assign([db = database](asio::cancellation_type type) {
                if ((type & asio::cancellation_type::terminal) != asio::cancellation_type::none) db->cancel();
            });
        }
        auto waiter = std::make_shared<HandlerWaiter<std::decay_t<Handler>>>(
            std::forward<Handler>(handler), waiters, database);
        waiters.add(waiter);
        if (task != nullptr) keep->worker.submit(*task, nullptr, std::move(waiter));
        else keep->worker.notify(std::move(waiter));
    }
};

void check_open(const Database& database) {
    if (database.closed)
        throw ResourceClosedError("this SQLite connection was closed while an operation was waiting");
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
        return std::clamp<std::chrono::steady_clock::duration>(
            left, std::chrono::steady_clock::duration::zero(), pause);
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

asio::awaitable<void> await_worker(std::shared_ptr<Database> database, Task* task) {
    if (task != nullptr) database->need_worker();
    StartWaiting start(std::move(database), task);
    co_await asio::async_initiate<const asio::use_awaitable_t<>&, void()>(
        std::move(start), asio::use_awaitable);
}

asio::awaitable<void> drive(std::shared_ptr<Database> database, Task& task, Outcome outcome) {
    std::optional<Patience> patience; // begins with the first wait for a lock
    while (outcome != Outcome::done) {
        if (outcome == Outcome::canceled) {
            database->cut_off = true;
            throw asio_system_error(asio::error::operation_aborted);
        }
        if (outcome == Outcome::worker) {
            co_await await_worker(database, &task);
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
