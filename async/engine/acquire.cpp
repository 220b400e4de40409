// SPDX-License-Identifier: MIT
// Getting a connection: an idle one, a new one, or a place in the queue.
#include <cstdint>
#include <string>
#include <utility>

#ifdef AZOTH_USE_BOOST_ASIO
#include <boost/asio/async_result.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#else
#include <asio/async_result.hpp>
#include <asio/redirect_error.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#endif

#include <azoth/error.hpp>

#include "engine/pool_state.hpp"

namespace azoth::engine {

namespace {

/// What listeners say of a connection that is about to be taken.
enum class Verdict : std::uint8_t { good, replace, replace_all };

/// @throws what listeners throw, but for DisconnectionError and InvalidatePoolError
Verdict ask_listeners(PoolState& pool, const Slot& slot) {
    auto& event = pool.core()->events.checkout;
    if (event.empty()) return Verdict::good;
    PoolEvent about;
    about.connection = slot.id;
    try {
        event.emit(about);
    } catch (const InvalidatePoolError&) {
        return Verdict::replace_all;
    } catch (const DisconnectionError&) {
        return Verdict::replace;
    }
    return Verdict::good;
}

Lease hand_out(Place& place, const Borrower& borrower) noexcept {
    auto pool = place.pool();
    auto slot = place.hand_out();
    slot->core = borrower.core;
    slot->renew();
    slot->was_reset = false;
    if (!borrower.options.empty()) slot->apply(borrower.options);
    {
        const detail::TinyGuard guard{slot->taken_lock};
        slot->taken_at = borrower.at;
        slot->taken = PoolState::Clock::now();
    }
    pool->count_wait(place.wait());
    pool->core()->log_pool(Echo::debug, "checked out from pool", slot->id);
    slot->pool = std::move(pool);
    const auto number = slot->lease.fetch_add(1, std::memory_order_acq_rel) + 1;
    return Lease{std::move(slot), number};
}

std::string seconds(std::chrono::milliseconds time) {
    auto text = std::to_string(time.count() / 1000);
    if (const auto rest = time.count() % 1000; rest != 0) {
        auto digits = std::to_string(1000 + rest).substr(1);
        digits.erase(digits.find_last_not_of('0') + 1);
        text += "." + digits;
    }
    return text + " s";
}

/// Who has had a connection for the longest time.
std::string longest_in_use(const PoolState& pool) {
    const auto in_use = pool.checked_out(std::chrono::milliseconds{0});
    return in_use.empty() ? std::string{} : " In use for the longest time: " + in_use.front().to_string();
}

[[noreturn]] void throw_pool_timeout(const PoolState& pool) {
    const auto& options = pool.core()->options;
    if (pool.core()->single_connection)
        throw TimeoutError(
            "this database lives in one connection, which is in use; waiting for it timed out after " +
            seconds(options.pool_timeout) +
            ". Close the connection or session that has it before another is taken, or use a database in a file"
        );
    throw TimeoutError(
        "QueuePool limit of size " + std::to_string(options.pool_size) + " overflow " +
        std::to_string(options.max_overflow) + " reached, connection timed out after " +
        seconds(options.pool_timeout) + ". " + std::to_string(pool.in_use()) +
        " connections are in use: close them sooner, or raise pool_size, max_overflow or pool_timeout." +
        longest_in_use(pool)
    );
}

/// Leaves the queue when its coroutine ends, whichever way; what was granted at the same moment is not lost.
class QueueGuard {
public:
    QueueGuard(PoolState& pool, Waiter& waiter, Place& place) noexcept
        : pool_(pool),
          waiter_(waiter),
          place_(place) {}
    ~QueueGuard() { collect(); }
    QueueGuard(const QueueGuard&) = delete;
    QueueGuard& operator=(const QueueGuard&) = delete;

    bool collect() noexcept { return std::exchange(open_, false) && place_.take(pool_.collect(waiter_)); }

private:
    PoolState& pool_;
    Waiter& waiter_;
    Place& place_;
    bool open_ = true;
};

/// Far enough away for a timer, near enough for its arithmetic.
constexpr std::chrono::milliseconds no_limit = std::chrono::hours{24 * 365};

struct StartWait {
    PoolState* pool;
    Waiter* waiter;
    PoolState::Clock::time_point deadline;

    template <class Handler>
    void operator()(Handler&& handler) const {
        pool->start_wait(*waiter, deadline, std::forward<Handler>(handler));
    }
};

/// @return false when the deadline came first
asio::awaitable<bool> claim_or_wait(Place& place, PoolState::Clock::time_point deadline) {
    PoolState& pool = *place.pool();
    if (place.take(pool.claim(nullptr))) co_return true;
    auto executor = co_await asio::this_coro::executor;
    Waiter waiter{executor};
    if (place.take(pool.claim(&waiter))) co_return true;

    QueueGuard guard{pool, waiter, place};
    StartWait start{&pool, &waiter, deadline};
    asio_error_code error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    co_await asio::async_initiate<decltype(token), void(asio_error_code)>(start, token);
    if (guard.collect()) co_return true;
    if (error) throw asio_system_error(error); // the caller was cancelled: nobody else stops the timer
    co_return false;
}

struct Made {
    std::unique_ptr<driver::Connection> connection;
};

/// @param early  those that were put in front
asio::awaitable<void> tell_connect(EngineCore& core, driver::Connection& connection, bool early) {
    const auto& signal = core.events.connect;
    if (signal.empty()) co_return;
    const auto listeners = signal.snapshot(); // not null: listeners are forgotten one by one
    for (const auto& listener : *listeners) {
        if (listener->early != early) continue;
        const bool wanted = signal.take(*listener);
        if (wanted) co_await signal.function_of(*listener)(connection);
    }
    if (connection.in_transaction()) co_await connection.rollback();
}

asio::awaitable<void> connect_into(std::shared_ptr<EngineCore> core, std::shared_ptr<Made> made) {
    std::unique_ptr<driver::Connection> connection;
    if (core->options.creator) {
        connection = co_await core->options.creator(core->executor);
        if (!connection) throw ArgumentError("create_engine(): the creator has made no connection");
    } else {
        auto url = core->connect_url;
        core->events.do_connect.emit(url);
        connection = co_await core->driver->connect(core->executor, std::move(url));
    }
    core->pass_on_notices(*connection);
    co_await tell_connect(*core, *connection, true);
    co_await core->initialize(*connection);
    co_await tell_connect(*core, *connection, false);
    made->connection = std::move(connection);
}

/// Makes a connection for a place that has none.
asio::awaitable<void> open(Place& place, PoolState::Clock::time_point deadline) {
    PoolState& pool = *place.pool();
    const auto generation = pool.generation();
    auto connection = co_await connect_driver(pool.core(), deadline);
    auto slot = std::make_shared<Slot>(pool.core(), std::move(connection), generation);
    pool.made(slot);
    place.take(std::move(slot));
}

asio::awaitable<void> ping(std::shared_ptr<Slot> slot) {
    co_await slot->driver->ping();
}

/// @return whether the server answered
asio::awaitable<bool> is_alive(std::shared_ptr<Slot> slot, PoolState::Clock::time_point deadline) {
    auto asking = ping(std::move(slot));
    bool answered = false;
    try {
        answered = co_await run_until(std::move(asking), deadline);
    } catch (const Error&) { // what it says does not matter: another connection will say it, or work
        answered = false;
    }
    co_return answered;
}

} // namespace

asio::awaitable<std::unique_ptr<driver::Connection>>
connect_driver(std::shared_ptr<EngineCore> core, PoolState::Clock::time_point deadline) {
    auto made = std::make_shared<Made>();
    auto connecting = connect_into(core, made);
    const bool in_time = co_await run_until(std::move(connecting), deadline);
    if (!in_time)
        throw TimeoutError(
            "connecting to " + core->url.to_string() + " timed out after " + seconds(core->options.pool_timeout) +
            ". The server does not answer; check host and port, or raise pool_timeout"
        );
    co_return std::move(made->connection);
}

asio::awaitable<void> reconnect(Slot& slot) {
    const auto pool = slot.pool;
    const auto timeout = slot.core->options.pool_timeout;
    const auto deadline = PoolState::Clock::now() + (timeout.count() > 0 ? timeout : no_limit);
    if (!slot.loss_told) pool->count_loss(slot);
    slot.loss_told = true;
    const auto generation = pool->generation();
    auto connection = co_await connect_driver(slot.core, deadline);
    slot.cursor.reset();
    slot.stream = 0;
    slot.driver = std::move(connection);
    slot.generation = generation;
    slot.failed = false;
    slot.invalidated = false;
    slot.loss_told = false;
    slot.info.clear();
    slot.begin_options = slot.begin_defaults;
    pool->count_remade();
}

namespace {

/// The connection of a place that has one answers, or is dropped.
asio::awaitable<void> check(Place& place, PoolState::Clock::time_point deadline) {
    const auto& pool = place.pool();
    if (place.slot() && !pool->is_fresh(*place.slot())) place.drop_slot(); // it grew old while it was handed over
    if (!place.slot() || !pool->core()->options.pool_pre_ping) co_return;
    const bool alive = co_await is_alive(place.slot(), deadline);
    if (alive) co_return;
    // The server went away, and with it all that were connected then.
    pool->invalidate(place.slot()->generation);
    place.drop_slot();
}

} // namespace

Lease try_acquire(const std::shared_ptr<PoolState>& pool, const Borrower& borrower) {
    const auto& core = *pool->core();
    if (core.options.pool_pre_ping || !core.events.checkout.empty() || borrower.core->server_info() == nullptr) return {};
    Place place{pool};
    if (!place.take(pool->claim(nullptr)) || !place.slot()) return {};
    return hand_out(place, borrower);
}

asio::awaitable<Lease> acquire(std::shared_ptr<PoolState> pool, Borrower borrower) {
    const auto timeout = pool->core()->options.pool_timeout;
    const auto deadline = PoolState::Clock::now() + (timeout.count() > 0 ? timeout : no_limit);
    Place place{pool};
    const bool in_turn = co_await claim_or_wait(place, deadline);
    if (!in_turn) throw_pool_timeout(*pool);

    co_await check(place, deadline);
    constexpr int attempts = 2;
    for (int attempt = 0; attempt < attempts; ++attempt) {
        if (!place.slot()) co_await open(place, deadline);
        if (borrower.core->server_info() == nullptr) co_await borrower.core->initialize(*place.slot()->driver);
        const auto verdict = ask_listeners(*pool, *place.slot());
        if (verdict == Verdict::good) co_return hand_out(place, borrower);
        if (verdict == Verdict::replace_all) pool->invalidate(place.slot()->generation);
        place.drop_slot();
    }
    throw InvalidRequestError(
        "This connection is closed: listeners of checkout refuse every connection, new ones too");
}

} // namespace azoth::engine
