// SPDX-License-Identifier: MIT
// TinyLock: a lock of four bytes for a handful of instructions; a thread that has to wait sleeps.
#pragma once

#include <atomic>
#include <cstdint>

namespace azoth::detail {

/// Lockable, for std::lock_guard's shape without the threading headers. Never held over a suspension or a
/// callback.
class TinyLock {
public:
    TinyLock() noexcept = default;
    TinyLock(const TinyLock&) = delete;
    TinyLock& operator=(const TinyLock&) = delete;

    void lock() noexcept {
        std::uint32_t expected = free;
        if (state_.compare_exchange_strong(
                expected,
                held,
                std::memory_order_acquire,
                std::memory_order_relaxed
            ))
            return;
        // From here on the state says that somebody may sleep, so that unlock() wakes one.
        while (state_.exchange(contended, std::memory_order_acquire) != free)
            state_.wait(contended, std::memory_order_relaxed);
    }
    void unlock() noexcept {
        if (state_.exchange(free, std::memory_order_release) == contended) state_.notify_one();
    }

private:
    static constexpr std::uint32_t free = 0;
    static constexpr std::uint32_t held = 1;
    static constexpr std::uint32_t contended = 2;

    std::atomic<std::uint32_t> state_{free};
};

/// Holds a TinyLock for a scope.
class TinyGuard {
public:
    explicit TinyGuard(TinyLock& lock) noexcept : lock_(lock) { lock_.lock(); }
    ~TinyGuard() { lock_.unlock(); }
    TinyGuard(const TinyGuard&) = delete;
    TinyGuard& operator=(const TinyGuard&) = delete;

private:
    TinyLock& lock_;
};

} // namespace azoth::detail
