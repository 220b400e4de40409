// SPDX-License-Identifier: MIT
// The thread of a connection: one task at a time, and a way to be told when it is done.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>

#include "driver/sqlite/task.hpp"

namespace azoth::sqlite {

/// Somebody who waits for the worker to be idle.
class Waiter {
public:
    Waiter() = default;
    virtual ~Waiter() = default;
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;

    /// Called once, on the worker's thread or by `Worker::notify()`.
    virtual void resume() = 0;
};

/// Runs tasks on a thread of its own, which is started by the first. All member functions are for the
/// connection's side.
class Worker {
public:
    Worker() = default;
    ~Worker() = default; ///< @pre the thread has ended or was never started
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    [[nodiscard]] bool has_thread() const noexcept { return started_; }
    /// @param at_end  what the thread does last, after `stop()`; it owns this object, which dies with it
    /// @throws std::system_error when there are no threads left
    void start(std::function<void()> at_end);

    /// @param owner   keeps `task` alive until it is done; empty when the caller does
    /// @param waiter  is told when it is done; may be empty
    /// @pre started, idle
    void submit(Task& task, std::shared_ptr<void> owner, std::shared_ptr<Waiter> waiter);
    [[nodiscard]] bool idle();

    /// Resumes `waiter` as soon as the worker is idle. One at a time.
    void notify(std::shared_ptr<Waiter> waiter);
    /// Nobody waits any more. When this has returned, no waiter is being resumed.
    void forget() noexcept;
    /// Runs `interrupt` if a task is being worked on that may be interrupted, and not otherwise.
    void interrupt(const std::function<void()>& interrupt) noexcept;
    /// Blocks. For an operation whose coroutine is destroyed while the worker still uses what it points to.
    void wait_until_idle() noexcept;
    /// Ends the thread once it is idle; does not wait for that.
    void stop() noexcept;

private:
    void run();

    std::mutex mutex_;
    std::condition_variable work_;
    std::condition_variable idle_;
    Task* task_ = nullptr;
    std::shared_ptr<void> owner_;
    std::shared_ptr<Waiter> waiter_;
    bool resuming_ = false;
    bool stopping_ = false;
    bool started_ = false; // the connection's side only
};

} // namespace azoth::sqlite
