// SPDX-License-Identifier: MIT
// The Engine handle: checking out, disposing, and units of work that may be tried again.
#include <azoth/engine/engine.hpp>

#include <algorithm>
#include <random>
#include <utility>

#ifdef AZOTH_USE_BOOST_ASIO
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#else
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#endif

#include <azoth/error.hpp>

#include "engine/context.hpp"
#include "engine/core.hpp"
#include "engine/pool_state.hpp"
#include "engine/timer.hpp"

namespace azoth {

namespace engine {

namespace {

/// The present pool of engines that share one.
class PoolHolder {
public:
    explicit PoolHolder(std::shared_ptr<EngineCore> core) : core_(std::move(core)) {
        if (core_->options.pool) {
            pool_ = core_->options.pool->state();
            pool_->share_with(core_);
        } else {
            pool_ = make_pool();
        }
    }

    [[nodiscard]] std::shared_ptr<PoolState> pool() const {
        const detail::TinyGuard guard{lock_};
        return pool_;
    }
    /// @return the pool there was
    [[nodiscard]] std::shared_ptr<PoolState> renew() {
        auto fresh = make_pool();
        const detail::TinyGuard guard{lock_};
        return std::exchange(pool_, std::move(fresh));
    }

private:
    [[nodiscard]] std::shared_ptr<PoolState> make_pool() const {
        auto pool = std::make_shared<PoolState>(core_);
        follow_context(core_->executor, pool);
        return pool;
    }

    std::shared_ptr<EngineCore> core_;
    mutable detail::TinyLock lock_;
    std::shared_ptr<PoolState> pool_;
};

} // namespace

/// What one engine, or one made of it with other options, is made of.
class EngineState {
public:
    EngineState(asio::any_io_executor executor, Url url, EngineOptions options)
        : core(std::make_shared<EngineCore>(std::move(executor), std::move(url), std::move(options))),
          holder(std::make_shared<PoolHolder>(core)) {}
    /// The same with other options for its connections.
    EngineState(const EngineState& base, const ExecutionOptions& options)
        : core(base.core), holder(base.holder), execution_options_(options.over(base.execution_options())) {}
    EngineState& operator=(const EngineState&) = delete;

    [[nodiscard]] ExecutionOptions execution_options() const {
        const detail::TinyGuard guard{lock_};
        return execution_options_;
    }
    void update_execution_options(const ExecutionOptions& options) {
        auto changed = options.over(execution_options());
        const detail::TinyGuard guard{lock_};
        std::swap(execution_options_, changed);
    }

    const std::shared_ptr<EngineCore> core;
    const std::shared_ptr<PoolHolder> holder;

private:
    mutable detail::TinyLock lock_;
    ExecutionOptions execution_options_;
};

bool may_retry(const std::exception_ptr& error, const TransactionOptions& options, int attempt) {
    if (attempt >= options.attempts()) return false;
    try {
        std::rethrow_exception(error);
    } catch (const DBAPIError& database_error) {
        return database_error.is_retryable();
    } catch (...) {
        return false;
    }
}

asio::awaitable<void> back_off(int attempt) {
    // Full jitter: those that collided shall not meet again.
    constexpr std::int64_t first_us = 10'000;
    constexpr std::int64_t most_us = 1'000'000;
    const auto limit = std::min(most_us, first_us << std::min(attempt - 1, 10));
    static thread_local std::minstd_rand random{std::random_device{}()};
    const std::chrono::microseconds pause{std::uniform_int_distribution<std::int64_t>{0, limit}(random)};
    auto executor = co_await asio::this_coro::executor;
    asio::steady_timer timer{executor, pause};
    co_await timer.async_wait(asio::use_awaitable);
}

namespace {

asio::awaitable<Connection> connect_to(std::shared_ptr<EngineState> state, std::source_location at) {
    auto pool = state->holder->pool();
    Borrower borrower{state->core, state->execution_options(), at};
    auto lease = try_acquire(pool, borrower);
    if (!lease.slot) lease = co_await acquire(std::move(pool), std::move(borrower));
    auto connection = ScopeAccess::make_connection(std::move(lease));
    state->core->events.engine_connect.emit(connection);
    co_return connection;
}

asio::awaitable<RawConnection> raw_connect_to(std::shared_ptr<EngineState> state, std::source_location at) {
    auto pool = state->holder->pool();
    Borrower borrower{state->core, ExecutionOptions(), at};
    auto lease = try_acquire(pool, borrower);
    if (!lease.slot) lease = co_await acquire(std::move(pool), std::move(borrower));
    co_return RawConnection(ScopeAccess::make_connection(std::move(lease)));
}

asio::awaitable<void> dispose_of(std::shared_ptr<EngineState> state) {
    const auto pool = state->holder->renew();
    auto idle = pool->retire_all();
    state->core->events.engine_disposed.emit_quietly();
    co_await close_all(std::move(idle));
}

} // namespace
} // namespace engine

asio::awaitable<Connection> Engine::connect(std::source_location at) const {
    return engine::connect_to(state_, at);
}
asio::awaitable<RawConnection> Engine::raw_connection(std::source_location at) const {
    return engine::raw_connect_to(state_, at);
}
driver::Connection& RawConnection::driver_connection() const {
    const auto& lease = engine::ScopeAccess::lease(connection_);
    if (!engine::is_current(lease) || !lease.slot->driver)
        throw ResourceClosedError("this connection is closed; take another one with engine.raw_connection()");
    lease.slot->failed = true; // whatever is done to it: it is looked at before it is used by others
    return *lease.slot->driver;
}
Engine Engine::execution_options(const ExecutionOptions& options) const {
    return Engine{std::make_shared<engine::EngineState>(*state_, options)};
}
void Engine::update_execution_options(const ExecutionOptions& options) const {
    state_->update_execution_options(options);
}
ExecutionOptions Engine::get_execution_options() const {
    return state_->execution_options();
}
void Engine::echo(Echo level) const noexcept {
    state_->core->set_echo(level);
}
Echo Engine::echo() const noexcept {
    return state_->core->echo();
}
void Engine::echo_pool(Echo level) const noexcept {
    state_->core->set_echo_pool(level);
}
std::optional<driver::ServerInfo> Engine::server_info() const {
    const auto* info = state_->core->server_info();
    return info != nullptr ? std::optional<driver::ServerInfo>{*info} : std::nullopt;
}
asio::awaitable<void> Engine::dispose() const {
    return engine::dispose_of(state_);
}
asio::awaitable<Listener> Engine::listen_to(std::vector<std::string> channels) const {
    return Listener::open(state_->core, std::move(channels));
}
void Engine::on_notice(std::function<void(const Notice&)> listener) const {
    state_->core->notices->add(std::move(listener));
}
Pool Engine::pool() const {
    return Pool{state_->holder->pool()};
}
const std::shared_ptr<const Dialect>& Engine::dialect() const noexcept {
    return state_->core->dialect();
}
const Url& Engine::url() const noexcept {
    return state_->core->url;
}
const EngineOptions& Engine::options() const noexcept {
    return state_->core->options;
}
EngineEvents& Engine::events() const noexcept {
    return state_->core->events;
}
CompiledCache& Engine::compiled_cache() const noexcept {
    return state_->core->cache;
}
asio::any_io_executor Engine::executor() const {
    return state_->core->executor;
}

Engine create_engine(asio::any_io_executor executor, Url url, EngineOptions options) {
    return Engine{
        std::make_shared<engine::EngineState>(std::move(executor), std::move(url), std::move(options))
    };
}

Engine create_engine(asio::any_io_executor executor, std::string_view url, EngineOptions options) {
    return create_engine(std::move(executor), Url{url}, std::move(options));
}

Engine create_engine(asio::any_io_executor executor, Url url) {
    return create_engine(std::move(executor), std::move(url), EngineOptions{});
}

Engine create_engine(asio::any_io_executor executor, std::string_view url) {
    return create_engine(std::move(executor), Url{url}, EngineOptions{});
}

} // namespace azoth
