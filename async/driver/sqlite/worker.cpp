// SPDX-License-Identifier: MIT
// The thread of a connection: one task at a time, and a way to be told when it is done.
#include "driver/sqlite/worker.hpp"

#include <chrono>
#include <csignal>
#include <cstddef>
#include <thread>
#include <utility>

namespace azoth::sqlite {
namespace {

/// Counts the threads that are about to end, so that a process does not exit from under one that closes a
/// database.
class Farewells {
public:
    void one_more() noexcept {
        const std::lock_guard lock(mutex_);
        ++leaving_;
    }
    void one_less() noexcept {
        const std::lock_guard lock(mutex_);
        --leaving_;
        changed_.notify_all();
    }
    void wait() noexcept {
        // A bound, since a thread may hang in the file system, and leaving is still better than hanging as
        // well.
        constexpr std::chrono::seconds patience{10};
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, patience, [this] { return leaving_ == 0; });
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::size_t leaving_ = 0;
};

Farewells& farewells() {
    // Never destroyed: threads, and connections in static objects, may use it until the very end.
    static auto* const instance = new Farewells;
    return *instance;
}

struct AtExit {
    AtExit() { farewells(); }
    ~AtExit() { farewells().wait(); }
    AtExit(const AtExit&) = delete;
    AtExit& operator=(const AtExit&) = delete;
};

/// While it lives, new threads are born with all signals blocked: those are for the application's own
/// threads.
class SignalsBlocked {
public:
    SignalsBlocked() noexcept {
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    SignalsBlocked(const SignalsBlocked&) = delete;
    SignalsBlocked& operator=(const SignalsBlocked&) = delete;

private:
    sigset_t before_;
};

} // namespace

void Worker::start(std::function<void()> at_end) {
    static const AtExit at_exit;
    const SignalsBlocked blocked;
    std::thread([this, last = std::move(at_end)]() mutable {
        run();
        last();
        last = nullptr; // lets go of this object
        farewells().one_less();
    }).detach();
    started_ = true;
}

void Worker::run() {
    std::unique_lock lock(mutex_);
    for (;;) {
        work_.wait(lock, [this] { return task_ != nullptr || stopping_; });
        if (task_ == nullptr) return;
        lock.unlock();
        task_->perform();
        owner_ = nullptr; // before anyone is told: its destructor may touch the database
        lock.lock();
        task_ = nullptr;
        idle_.notify_all();
        auto waiter = std::exchange(waiter_, nullptr);
        if (!waiter) continue;
        // Without the lock, which the resumed coroutine may want at once for its next task. Whoever gives up
        // waiting waits for this flag instead, so the waiter's context is alive here.
        resuming_ = true;
        lock.unlock();
        waiter->resume();
        waiter = nullptr;
        lock.lock();
        resuming_ = false;
        idle_.notify_all();
    }
}

void Worker::submit(Task& task, std::shared_ptr<void> owner, std::shared_ptr<Waiter> waiter) {
    {
        const std::lock_guard lock(mutex_);
        task_ = &task;
        owner_ = std::move(owner);
        waiter_ = std::move(waiter);
    }
    // Outside of the lock, which the thread would otherwise wake up only to wait for.
    work_.notify_one();
}

bool Worker::idle() {
    const std::lock_guard lock(mutex_);
    return task_ == nullptr;
}

void Worker::notify(std::shared_ptr<Waiter> waiter) {
    {
        const std::lock_guard lock(mutex_);
        if (task_ != nullptr) {
            waiter_ = std::move(waiter);
            return;
        }
    }
    waiter->resume();
}

void Worker::forget() noexcept {
    std::shared_ptr<Waiter> dropped; // outlives the lock: it may be the last one
    std::unique_lock lock(mutex_);
    idle_.wait(lock, [this] { return !resuming_; });
    dropped.swap(waiter_);
}

void Worker::interrupt(const std::function<void()>& interrupt) noexcept {
    const std::lock_guard lock(mutex_);
    if (task_ != nullptr && task_->interruptible()) interrupt();
}

void Worker::wait_until_idle() noexcept {
    std::unique_lock lock(mutex_);
    idle_.wait(lock, [this] { return task_ == nullptr; });
}

void Worker::stop() noexcept {
    farewells().one_more();
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    work_.notify_one();
}

} // namespace azoth::sqlite
