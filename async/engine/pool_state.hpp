// SPDX-License-Identifier: MIT
// PoolState: the connections of one engine, who has them, and who waits for one.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <source_location>
#include <vector>

#include <azoth/engine/pool.hpp>

#include "engine/slot.hpp"
#include "engine/timer.hpp"

namespace azoth::engine {

/// Somebody in the queue. Lives in the frame of the coroutine that waits; its timer is touched under the
/// pool's mutex only, since whoever gives a connection back does so on any thread.
struct Waiter {
    explicit Waiter(const asio::any_io_executor& executor) : timer(executor) {}

    asio::steady_timer timer; ///< at the deadline; cancelled to wake
    std::shared_ptr<Slot> slot;
    bool granted = false; ///< a place is his: with `slot`, or to make a connection for
    bool queued = false;
    std::chrono::steady_clock::time_point since; ///< when it began to wait
    Waiter* ahead = nullptr;
    Waiter* behind = nullptr;
};

/// All members are thread-safe. The mutex is held for a few instructions, never over a suspension, a callback
/// or the destruction of a connection.
class PoolState : public std::enable_shared_from_this<PoolState> {
public:
    using Clock = std::chrono::steady_clock;

    explicit PoolState(std::shared_ptr<EngineCore> engine_core);
    ~PoolState();
    PoolState(const PoolState&) = delete;
    PoolState& operator=(const PoolState&) = delete;

    [[nodiscard]] const std::shared_ptr<EngineCore>& core() const noexcept { return core_; }
    [[nodiscard]] PoolStatus figures() const;
    [[nodiscard]] std::string status() const;
    [[nodiscard]] std::vector<CheckedOut> checked_out(std::chrono::milliseconds least) const;

    /// What claim() got.
    struct Claim {
        bool granted = false;
        std::shared_ptr<Slot> slot; ///< null: a connection may be made
        Clock::duration wait{0};
        Claim() = default;
    };
    /// An idle connection, or leave to make one. When there is neither `waiter` is put into the queue, if
    /// there is one.
    [[nodiscard]] Claim claim(Waiter* waiter);
    /// Takes what was granted; when nothing was, leaves the queue.
    [[nodiscard]] Claim collect(Waiter& waiter) noexcept;
    /// Starts the timer of a waiter, in the queue or granted already.
    template <class Handler>
    void start_wait(Waiter& waiter, Clock::time_point deadline, Handler&& handler) {
        const std::lock_guard lock{mutex_};
        waiter.timer.expires_at(deadline);
        waiter.timer.async_wait(std::forward<Handler>(handler));
        if (waiter.granted) waiter.timer.cancel();
    }

    /// Takes a connection back: for the first in the queue, to keep, to be put right first, or to be closed.
    void put(std::shared_ptr<Slot> slot) noexcept;
    /// A place is free, its connection gone: for the first in the queue to make another.
    void vacate() noexcept;
    /// Closes a connection in the background. Its place is not affected.
    void retire(std::shared_ptr<Slot> slot) noexcept;
    /// Puts a connection right in the background, then takes it back or gives its place up.
    void reset(std::shared_ptr<Slot> slot) noexcept;

    /// A connection was handed out after that long in the queue.
    void count_wait(Clock::duration wait) noexcept;
    /// A connection was made for somebody who lost his.
    void count_remade() noexcept;
    /// A connection was given up before its time.
    void count_loss(const Slot& slot) noexcept;
    /// Whether it may be handed out again, apart from asking the server.
    [[nodiscard]] bool is_fresh(const Slot& slot) const noexcept;
    [[nodiscard]] std::uint64_t generation() const noexcept {
        return generation_.load(std::memory_order_acquire);
    }
    /// All connections of that generation are to be closed: at once if idle, else when they come back.
    void invalidate(std::uint64_t generation) noexcept;
    /// Remembers a connection that was made, for the end of the context.
    void made(const std::shared_ptr<Slot>& slot);

    /// Another engine takes connections from here, too.
    void share_with(const std::shared_ptr<EngineCore>& core);
    /// No connection is kept any more. @return those that were idle
    [[nodiscard]] std::vector<std::shared_ptr<Slot>> retire_all() noexcept;

    /// The context is shutting down: nothing more is started, idle connections go.
    void context_shutdown() noexcept;
    /// The context's services are about to go: so does every connection that is left.
    void context_destroyed() noexcept;

    /// True where connections are not limited in number.
    [[nodiscard]] bool unlimited() const noexcept { return limit_ == 0; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] std::size_t limit() const noexcept { return limit_; }
    [[nodiscard]] std::size_t in_use() const;

private:
    /// Something is open on it, or listeners want to see it first.
    [[nodiscard]] bool needs_reset(const Slot& slot) const noexcept;
    void unlink(Waiter& waiter) noexcept;
    [[nodiscard]] bool is_too_old(const Slot& slot) const noexcept;
    [[nodiscard]] bool has_room() const noexcept { return limit_ == 0 || total_ < limit_; }
    /// Takes the idle connections that are not fresh out of the list. Under the mutex.
    void drop_stale(std::vector<std::shared_ptr<Slot>>& stale);

    const std::shared_ptr<EngineCore> core_;
    const std::size_t size_;  ///< kept when idle; 0: all
    const std::size_t limit_; ///< at a time; 0: no limit
    const bool keeps_;        ///< idle connections at all
    std::atomic<std::uint64_t> generation_{1};
    std::atomic<bool> context_gone_{false};

    mutable std::mutex mutex_;
    std::deque<std::shared_ptr<Slot>> idle_; // the longest idle in front
    std::size_t total_ = 0;                  // places taken: idle, in use, in the making
    std::uint64_t created_ = 0;
    std::atomic<std::uint64_t> recycled_{0};
    std::atomic<std::uint64_t> invalidated_{0};
    WaitTimes waits_;
    std::size_t waiting_ = 0;
    Waiter* first_ = nullptr; // the queue
    Waiter* last_ = nullptr;
    bool closed_ = false;
    std::vector<std::weak_ptr<EngineCore>> sharers_; // engines beside the pool's own
    std::vector<std::weak_ptr<Slot>> slots_; // all that were made and may still live
};

/// A place in the pool, with a connection or to make one; given back when it goes out of scope.
class Place {
public:
    explicit Place(std::shared_ptr<PoolState> pool) noexcept : pool_(std::move(pool)) {}
    ~Place() { release(); }
    Place(Place&& other) noexcept
        : pool_(std::move(other.pool_)),
          slot_(std::move(other.slot_)),
          held_(std::exchange(other.held_, false)),
          trusted_(other.trusted_) {}
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    /// @param slot  null: a connection may be made
    void take(std::shared_ptr<Slot> slot) noexcept {
        slot_ = std::move(slot);
        held_ = true;
    }
    /// Takes what was claimed. @return whether there was anything
    bool take(PoolState::Claim claim) noexcept {
        if (claim.granted) {
            take(std::move(claim.slot));
            wait_ = claim.wait;
        }
        return claim.granted;
    }
    /// The connection is of no use: the place stays.
    void drop_slot() noexcept {
        auto slot = std::move(slot_);
        if (!slot) return;
        pool_->count_loss(*slot);
        pool_->retire(std::move(slot));
    }
    /// The place goes to a lease.
    [[nodiscard]] std::shared_ptr<Slot> hand_out() noexcept {
        held_ = false;
        return std::move(slot_);
    }
    /// What becomes of the connection when this goes out of scope: taken back, or closed.
    void trust(bool on) noexcept { trusted_ = on; }
    void release() noexcept {
        if (!std::exchange(held_, false)) return;
        auto slot = std::move(slot_);
        if (slot && trusted_) {
            pool_->put(std::move(slot));
            return;
        }
        if (slot) pool_->count_loss(*slot);
        slot.reset();
        pool_->vacate();
    }
    [[nodiscard]] PoolState::Clock::duration wait() const noexcept { return wait_; }
    [[nodiscard]] const std::shared_ptr<Slot>& slot() const noexcept { return slot_; }
    [[nodiscard]] const std::shared_ptr<PoolState>& pool() const noexcept { return pool_; }

private:
    std::shared_ptr<PoolState> pool_;
    std::shared_ptr<Slot> slot_;
    PoolState::Clock::duration wait_{0};
    bool held_ = false;
    bool trusted_ = true;
};

/// A new connection of an engine, ready to be used. @throws TimeoutError, OperationalError
[[nodiscard]] asio::awaitable<std::unique_ptr<driver::Connection>>
connect_driver(std::shared_ptr<EngineCore> core, PoolState::Clock::time_point deadline);
/// Who takes a connection: an engine, of which several may share a pool.
struct Borrower {
    std::shared_ptr<EngineCore> core;
    ExecutionOptions options;
    std::source_location at;

    Borrower(std::shared_ptr<EngineCore> engine, ExecutionOptions engine_options, std::source_location where)
        : core(std::move(engine)), options(std::move(engine_options)), at(where) {}
};

/// A connection that is ready, without waiting; none when there is none or it has to be asked first.
[[nodiscard]] Lease try_acquire(const std::shared_ptr<PoolState>& pool, const Borrower& borrower);
/// Waits for a connection, or makes one.
/// @throws TimeoutError, OperationalError, what listeners of checkout throw
[[nodiscard]] asio::awaitable<Lease> acquire(std::shared_ptr<PoolState> pool, Borrower borrower);
/// Closes connections, for dispose(): politely, but not for longer than `recovery_time`.
[[nodiscard]] asio::awaitable<void> close_all(std::vector<std::shared_ptr<Slot>> slots);

} // namespace azoth::engine
