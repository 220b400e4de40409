// SPDX-License-Identifier: MIT
// The way back to the pool: connections are put right, or closed, by coroutines that the pool starts for
// that.
#include <chrono>
#include <utility>

#ifdef AZOTH_USE_BOOST_ASIO
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#else
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/post.hpp>
#endif

#include <azoth/error.hpp>

#include "engine/pool_state.hpp"

namespace azoth::engine {

namespace {

asio::awaitable<void> put_right(std::shared_ptr<Slot> slot, std::shared_ptr<EngineCore> core, PoolState::Clock::time_point deadline) {
    auto& driver = *slot->driver;
    const bool cut_off = driver.needs_recovery();
    if (cut_off) co_await driver.recover(deadline);
    const auto mode = core->options.pool_reset_on_return;
    if (driver.in_transaction() && mode == PoolReset::commit && !cut_off) {
        slot->log("COMMIT");
        co_await driver.commit();
    } else if (driver.in_transaction() && mode != PoolReset::none) {
        slot->log("ROLLBACK");
        co_await driver.rollback();
    }
    if (core->events.reset_connection.empty()) co_return;
    const auto& signal = core->events.reset_connection;
    const auto listeners = signal.snapshot();
    for (const auto& listener : *listeners) {
        const bool wanted = signal.take(*listener);
        if (wanted) co_await signal.function_of(*listener)(driver);
    }
    if (driver.in_transaction() && mode != PoolReset::none) co_await driver.rollback();
}

/// The pool's own: nobody cancels it, it has its own deadline.
asio::awaitable<void> reset_in_background(Place place) {
    const auto deadline = PoolState::Clock::now() + recovery_time;
    bool in_time = false;
    try {
        auto work = put_right(place.slot(), place.pool()->core(), deadline);
        in_time = co_await run_until(std::move(work), deadline);
    } catch (...) { // whatever it was: the connection is not to be trusted
        in_time = false;
    }
    auto& driver = *place.slot()->driver;
    const bool left_open = place.pool()->core()->options.pool_reset_on_return == PoolReset::none;
    place.slot()->was_reset = true;
    place.trust(in_time && driver.is_open() && !driver.needs_recovery() && (left_open || !driver.in_transaction()));
    if (!in_time) driver.terminate();
}

asio::awaitable<void> say_goodbye(std::shared_ptr<Slot> slot) {
    co_await slot->driver->close();
}

asio::awaitable<void> close_in_background(std::shared_ptr<Slot> slot) {
    try {
        auto work = say_goodbye(slot);
        co_await run_until(std::move(work), PoolState::Clock::now() + recovery_time);
    } catch (...) { // it is closed below, said or not
    }
    slot->driver->terminate();
}

void tell(Signal<void(const PoolEvent&)>& event, const Slot& slot, bool terminate_only = false) noexcept {
    if (event.empty()) return;
    PoolEvent about;
    about.connection = slot.id;
    about.terminate_only = terminate_only;
    event.emit_quietly(about);
}

// Posted, not spawned at once: co_spawn() may run the coroutine there and then, inside a destructor.
struct StartReset {
    asio::any_io_executor executor;
    Place place;
    void operator()() { asio::co_spawn(executor, reset_in_background(std::move(place)), asio::detached); }
};

struct StartClose {
    asio::any_io_executor executor;
    std::shared_ptr<Slot> slot;
    void operator()() { asio::co_spawn(executor, close_in_background(std::move(slot)), asio::detached); }
};

} // namespace

void PoolState::reset(std::shared_ptr<Slot> slot) noexcept {
    core_->log_pool(Echo::debug, "is reset", slot->id);
    tell(core_->events.reset, *slot);
    Place place{shared_from_this()};
    place.take(std::move(slot));
    place.trust(false); // until the work is done, whatever comes between
    if (context_gone_.load()) return;
    try {
        asio::post(core_->executor, StartReset{core_->executor, std::move(place)});
    } catch (...) { // no memory to do it with: it is closed
    }
}

void PoolState::retire(std::shared_ptr<Slot> slot) noexcept {
    tell(core_->events.close, *slot);
    if (!slot->driver || !slot->driver->is_open()) return;
    if (context_gone_.load() || slot->driver->needs_recovery()) {
        slot->driver->terminate();
        return;
    }
    try {
        asio::post(core_->executor, StartClose{core_->executor, slot});
    } catch (...) {
        slot->driver->terminate();
    }
}

void give_back(Lease lease) noexcept {
    if (!is_current(lease)) return;
    Slot& slot = *lease.slot;
    slot.lease.fetch_add(1, std::memory_order_acq_rel);
    // An operation that runs has the slot in its hands: it will do the rest when it ends.
    auto use = Slot::Use::busy;
    if (!slot.use.compare_exchange_strong(use, Slot::Use::orphaned)) return_to_pool(std::move(lease.slot));
}

void return_to_pool(std::shared_ptr<Slot> slot) noexcept {
    slot->cursor.reset();
    const auto pool = std::move(slot->pool);
    if (slot->detached.load()) {
        pool->retire(std::move(slot));
        return;
    }
    auto& events = pool->core()->events;
    pool->core()->log_pool(Echo::debug, "returned to pool", slot->id);
    tell(events.checkin, *slot);
    if (slot->driver && slot->driver->is_open() && !slot->invalidated) {
        pool->put(std::move(slot));
        return;
    }
    tell(events.reset, *slot, true);
    if (!slot->loss_told) pool->count_loss(*slot);
    pool->retire(std::move(slot));
    pool->vacate();
}

asio::awaitable<void> close_all(std::vector<std::shared_ptr<Slot>> slots) {
    for (auto& slot : slots) {
        if (!slot->driver->is_open()) continue;
        auto work = say_goodbye(slot);
        try {
            co_await run_until(std::move(work), PoolState::Clock::now() + recovery_time);
        } catch (const Error&) { // the server is gone: so is the connection
        }
        slot->driver->terminate();
    }
}

} // namespace azoth::engine
