// SPDX-License-Identifier: MIT
// The pool's book-keeping: who has a connection, who gets the next, which are of no use any more.
#include <algorithm>
#include <numeric>
#include <string>
#include <utility>

#include "engine/pool_state.hpp"

namespace azoth {

PoolStatus Pool::figures() const {
    return state_->figures();
}
std::string Pool::status() const {
    return state_->status();
}
std::vector<CheckedOut> Pool::checked_out(std::chrono::milliseconds least) const {
    return state_->checked_out(least);
}

void WaitTimes::add(std::chrono::steady_clock::duration wait) noexcept {
    std::size_t bucket = 0;
    while (bucket < bounds.size() && wait > bounds[bucket]) ++bucket;
    ++counts[bucket];
}

std::uint64_t WaitTimes::total() const noexcept {
    return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

std::chrono::microseconds WaitTimes::quantile(double q) const noexcept {
    const auto wanted = q * static_cast<double>(total());
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < bounds.size(); ++i) {
        sum += counts[i];
        if (static_cast<double>(sum) >= wanted) return bounds[i];
    }
    return bounds.back();
}

std::string CheckedOut::to_string() const {
    return "connection " + std::to_string(connection) + ", taken at " + where.file_name() + ":" +
           std::to_string(where.line()) + " in " + where.function_name() + ", " + std::to_string(since.count()) +
           " ms ago";
}

} // namespace azoth

namespace azoth::engine {

namespace {

std::size_t kept(const EngineCore& core) {
    if (core.single_connection) return 1;
    return core.options.poolclass == PoolClass::null_pool ? 0 : static_cast<std::size_t>(core.options.pool_size);
}

std::size_t at_most(const EngineCore& core) {
    if (core.single_connection) return 1;
    if (core.options.poolclass == PoolClass::null_pool) return 0;
    if (core.options.pool_size == 0 || core.options.max_overflow < 0) return 0;
    return static_cast<std::size_t>(core.options.pool_size) +
           static_cast<std::size_t>(core.options.max_overflow);
}

} // namespace

PoolState::PoolState(std::shared_ptr<EngineCore> engine_core)
    : core_(std::move(engine_core)),
      size_(kept(*core_)),
      limit_(at_most(*core_)),
      keeps_(core_->single_connection || core_->options.poolclass != PoolClass::null_pool) {}

void PoolState::count_remade() noexcept {
    const std::lock_guard lock{mutex_};
    ++created_;
}

PoolState::~PoolState() = default;

PoolStatus PoolState::figures() const {
    const std::lock_guard lock{mutex_};
    PoolStatus status;
    status.size = size_;
    status.idle = idle_.size();
    status.in_use = total_ - idle_.size();
    status.waiting = waiting_;
    status.overflow = size_ != 0 && total_ > size_ ? total_ - size_ : 0;
    status.created = created_;
    status.recycled = recycled_.load();
    status.invalidated = invalidated_.load();
    status.waits = waits_;
    return status;
}

std::string PoolState::status() const {
    const auto now = figures();
    return "Pool size: " + std::to_string(now.size) + "  Connections in pool: " + std::to_string(now.idle) +
           "  Current overflow: " + std::to_string(now.overflow) +
           "  Checked out connections: " + std::to_string(now.in_use) +
           "  Waiting: " + std::to_string(now.waiting);
}

std::vector<CheckedOut> PoolState::checked_out(std::chrono::milliseconds least) const {
    const auto now = Clock::now();
    std::vector<CheckedOut> found;
    const std::lock_guard lock{mutex_};
    for (const auto& weak : slots_) {
        const auto slot = weak.lock();
        if (!slot || slot->detached.load() || slot->lease.load() % 2 == 0) continue;
        CheckedOut one;
        one.connection = slot->id;
        {
            const detail::TinyGuard guard{slot->taken_lock};
            one.where = slot->taken_at;
            one.since = std::chrono::duration_cast<std::chrono::milliseconds>(now - slot->taken);
        }
        if (one.since >= least) found.push_back(one);
    }
    std::ranges::sort(found, std::ranges::greater{}, &CheckedOut::since);
    return found;
}

void PoolState::count_wait(Clock::duration wait) noexcept {
    const std::lock_guard lock{mutex_};
    waits_.add(wait);
}

void PoolState::count_loss(const Slot& slot) noexcept {
    const bool old = slot.driver && slot.driver->is_open() && !slot.invalidated && slot.generation == generation() &&
                     is_too_old(slot);
    ++(old ? recycled_ : invalidated_);
    core_->log_pool(Echo::on, old ? "exceeded pool_recycle, given up" : "invalidated", slot.id);
    auto& event = core_->events.invalidate;
    if (event.empty()) return;
    PoolEvent about;
    about.connection = slot.id;
    event.emit_quietly(about);
}

bool PoolState::is_too_old(const Slot& slot) const noexcept {
    const auto recycle = core_->options.pool_recycle;
    return recycle.count() != 0 && Clock::now() - slot.driver->created_at >= recycle;
}

std::size_t PoolState::in_use() const {
    const std::lock_guard lock{mutex_};
    return total_ - idle_.size();
}

bool PoolState::is_fresh(const Slot& slot) const noexcept {
    if (!slot.driver || !slot.driver->is_open()) return false;
    // A database in memory lives in its one connection: that is never replaced while it works.
    if (core_->single_connection) return true;
    return slot.generation == generation() && !is_too_old(slot);
}

void PoolState::drop_stale(std::vector<std::shared_ptr<Slot>>& stale) {
    for (auto& slot : idle_)
        if (!is_fresh(*slot)) stale.push_back(std::move(slot));
    std::erase(idle_, nullptr);
    total_ -= stale.size();
}

PoolState::Claim PoolState::claim(Waiter* waiter) {
    Claim claim;
    std::vector<std::shared_ptr<Slot>> stale;
    {
        const std::lock_guard lock{mutex_};
        while (!idle_.empty() && !claim.granted) {
            const bool lifo = core_->options.pool_use_lifo;
            auto slot = std::move(lifo ? idle_.back() : idle_.front());
            if (lifo) idle_.pop_back();
            else idle_.pop_front();
            if (is_fresh(*slot)) {
                claim.granted = true;
                claim.slot = std::move(slot);
            } else {
                --total_;
                stale.push_back(std::move(slot));
            }
        }
        // While somebody waits there is no room: a place that becomes free goes to the first in the queue.
        if (!claim.granted && has_room()) {
            ++total_;
            claim.granted = true;
        }
        if (!claim.granted && waiter != nullptr) {
            waiter->ahead = last_;
            (last_ != nullptr ? last_->behind : first_) = waiter;
            last_ = waiter;
            waiter->queued = true;
            waiter->since = Clock::now();
            ++waiting_;
        }
    }
    for (auto& slot : stale) {
        count_loss(*slot);
        retire(std::move(slot));
    }
    return claim;
}

PoolState::Claim PoolState::collect(Waiter& waiter) noexcept {
    const std::lock_guard lock{mutex_};
    if (waiter.queued) unlink(waiter);
    Claim claim;
    claim.granted = std::exchange(waiter.granted, false);
    claim.slot = std::move(waiter.slot);
    if (claim.granted) claim.wait = Clock::now() - waiter.since;
    return claim;
}

void PoolState::unlink(Waiter& waiter) noexcept {
    (waiter.ahead != nullptr ? waiter.ahead->behind : first_) = waiter.behind;
    (waiter.behind != nullptr ? waiter.behind->ahead : last_) = waiter.ahead;
    waiter.queued = false;
    --waiting_;
}

void PoolState::put(std::shared_ptr<Slot> slot) noexcept {
    if (context_gone_.load()) {
        slot->driver.reset();
        vacate();
        return;
    }
    if (needs_reset(*slot)) {
        reset(std::move(slot));
        return;
    }
    {
        const std::lock_guard lock{mutex_};
        if (!closed_ && is_fresh(*slot)) {
            if (first_ != nullptr) {
                Waiter& next = *first_;
                unlink(next);
                next.slot = std::move(slot);
                next.granted = true;
                next.timer.cancel(); // its coroutine goes on when we have let go of the mutex
                return;
            }
            if (keeps_ && (size_ == 0 || idle_.size() < size_)) {
                idle_.push_back(std::move(slot));
                return;
            }
        }
    }
    if (!is_fresh(*slot)) count_loss(*slot);
    retire(std::move(slot));
    vacate();
}

bool PoolState::needs_reset(const Slot& slot) const noexcept {
    const auto& driver = *slot.driver;
    if (!driver.is_open() || slot.was_reset) return false;
    if (!core_->events.reset_connection.empty()) return true;
    const bool open = driver.in_transaction() && core_->options.pool_reset_on_return != PoolReset::none;
    return driver.needs_recovery() || open;
}

void PoolState::vacate() noexcept {
    const std::lock_guard lock{mutex_};
    if (first_ == nullptr) {
        --total_;
        return;
    }
    Waiter& next = *first_;
    unlink(next);
    next.granted = true;
    next.timer.cancel();
}

void PoolState::invalidate(std::uint64_t generation) noexcept {
    if (core_->single_connection) return;
    // Many connections fail at once when a server goes: only the first to say so begins a new generation.
    if (!generation_.compare_exchange_strong(generation, generation + 1)) return;
    std::vector<std::shared_ptr<Slot>> stale;
    {
        const std::lock_guard lock{mutex_};
        drop_stale(stale);
    }
    for (auto& slot : stale) {
        count_loss(*slot);
        retire(std::move(slot));
    }
}

void PoolState::made(const std::shared_ptr<Slot>& slot) {
    const std::lock_guard lock{mutex_};
    std::erase_if(slots_, [](const auto& weak) { return weak.expired(); });
    slots_.push_back(slot);
    slot->id = ++created_;
}

std::vector<std::shared_ptr<Slot>> PoolState::retire_all() noexcept {
    const std::lock_guard lock{mutex_};
    closed_ = true;
    std::vector<std::shared_ptr<Slot>> slots{
        std::make_move_iterator(idle_.begin()),
        std::make_move_iterator(idle_.end())
    };
    idle_.clear();
    total_ -= slots.size();
    return slots;
}

void PoolState::context_shutdown() noexcept {
    context_gone_.store(true);
    for (auto& slot : retire_all()) slot->driver.reset();
}

void PoolState::context_destroyed() noexcept {
    std::vector<std::weak_ptr<Slot>> slots;
    {
        const std::lock_guard lock{mutex_};
        slots.swap(slots_);
    }
    for (const auto& weak : slots) {
        const auto slot = weak.lock();
        if (!slot) continue;
        slot->cursor.reset();
        slot->driver.reset();
    }
    core_->executor = asio::any_io_executor{};
    const std::lock_guard lock{mutex_};
    for (const auto& weak : sharers_)
        if (const auto core = weak.lock()) core->executor = asio::any_io_executor{};
}

void PoolState::share_with(const std::shared_ptr<EngineCore>& core) {
    const std::lock_guard lock{mutex_};
    sharers_.push_back(core);
}

} // namespace azoth::engine
