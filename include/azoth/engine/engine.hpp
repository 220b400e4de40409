// SPDX-License-Identifier: MIT
// Engine: one database, its pool of connections and its compiled statements.
#pragma once

#include <concepts>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <source_location>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <azoth/compiler/cache.hpp>
#include <azoth/engine/connection.hpp>
#include <azoth/engine/events.hpp>
#include <azoth/engine/listener.hpp>
#include <azoth/engine/options.hpp>
#include <azoth/engine/pool.hpp>
#include <azoth/engine/url.hpp>

namespace azoth {

namespace engine {

class EngineState;

/// What `asio::awaitable` a call gives, taken off.
template <class A>
struct AwaitedType;
template <class T, class Executor>
struct AwaitedType<asio::awaitable<T, Executor>> {
    using type = T;
};

/// A unit of work: takes a `Connection&`, is a coroutine.
template <class F>
concept UnitOfWork = requires { typename AwaitedType<std::invoke_result_t<F&, Connection&>>::type; };

template <class F>
using unit_result_t = typename AwaitedType<std::invoke_result_t<F&, Connection&>>::type;

/// Whether what ended attempt number `attempt` is worth another.
[[nodiscard]] bool may_retry(const std::exception_ptr& error, const TransactionOptions& options, int attempt);
/// A short random pause, longer with each attempt.
[[nodiscard]] asio::awaitable<void> back_off(int attempt);
/// Begins the transaction of a unit of work: statements after it has ended are refused, not put in a new one.
[[nodiscard]] asio::awaitable<Transaction> begin_unit(Connection& connection, TransactionOptions options);
/// Commits, unless the unit has ended its transaction itself.
[[nodiscard]] asio::awaitable<void> finish_unit(Transaction& transaction);
/// Rolls back and closes; what goes wrong meanwhile is left to the pool.
[[nodiscard]] asio::awaitable<void> give_up(Connection& connection);

} // namespace engine

using driver::Notice;

/// A connection out of the pool with nothing between it and its user: no transactions, no events of statements, no wrapped
/// errors. Move-only; destroyed, it goes back to the pool.
class RawConnection {
public:
    /// A closed one.
    RawConnection() noexcept = default;
    explicit RawConnection(Connection connection) noexcept : connection_(std::move(connection)) {}

    /// @throws ResourceClosedError after `close()`.
    [[nodiscard]] driver::Connection& driver_connection() const;
    /// PGconn*, MYSQL* or sqlite3*. @throws as `driver_connection()`
    [[nodiscard]] void* native_handle() const { return driver_connection().native_handle(); }
    /// Gives it back to the pool, which rolls back what is open.
    void close() noexcept { connection_ = Connection(); }
    [[nodiscard]] bool closed() const noexcept { return connection_.closed(); }

private:
    Connection connection_;
};

/// A database. A cheap handle: copies share pool and cache, and may be used by all threads of one context.
class Engine {
public:
    /// A connection out of the pool, or a new one.
    /// @throws TimeoutError when none becomes free within `pool_timeout`; OperationalError when connecting
    ///   fails.
    /// @param at  what `pool().checked_out()` names; leave it out
    /// @cancellation terminal, total: leaves the queue.
    [[nodiscard]] asio::awaitable<Connection>
    connect(std::source_location at = std::source_location::current()) const;

    /// The same as the driver made it. @throws as `connect()`
    [[nodiscard]] asio::awaitable<RawConnection>
    raw_connection(std::source_location at = std::source_location::current()) const;

    /// Runs `f(connection)` in a transaction: committed when it returns, rolled back when it throws. What it
    /// returns is returned. The lambda may capture by reference; on GCC 12 one that captures by value has to
    /// be named first.
    template <engine::UnitOfWork F>
    [[nodiscard]] asio::awaitable<engine::unit_result_t<F>>
    begin(F f, std::source_location at = std::source_location::current()) const {
        return run_unit<engine::unit_result_t<F>>(*this, TransactionOptions(), std::move(f), at);
    }
    /// The same with an isolation level; `max_attempts()` makes it try again, from the start, what the
    /// database calls worth it.
    template <engine::UnitOfWork F>
    [[nodiscard]] asio::awaitable<engine::unit_result_t<F>>
    begin(TransactionOptions options, F f, std::source_location at = std::source_location::current()) const {
        return run_unit<engine::unit_result_t<F>>(*this, options, std::move(f), at);
    }

    /// Listens to what `connection.notify()`, or SQL's NOTIFY, sends to these channels, on a connection of its own.
    /// @throws NotSupportedError where the database has no LISTEN; OperationalError when connecting fails.
    template <std::convertible_to<std::string_view>... Channels>
        requires(sizeof...(Channels) > 0)
    [[nodiscard]] asio::awaitable<Listener> listen(const Channels&... channels) const {
        std::vector<std::string> names;
        (names.emplace_back(std::string_view{channels}), ...);
        return listen_to(std::move(names));
    }
    [[nodiscard]] asio::awaitable<Listener> listen_to(std::vector<std::string> channels) const;
    /// Has `listener` told what servers say besides their answers (NOTICE, WARNING), by connections made from now on or
    /// before. It is called while a statement runs, on the thread of its connection, and must not use that connection;
    /// what it throws is dropped.
    void on_notice(std::function<void(const Notice&)> listener) const;

    /// An engine on the same pool, cache and events, whose connections have other options.
    [[nodiscard]] Engine execution_options(const ExecutionOptions& options) const;
    /// Changes the options of connections that are taken from now on.
    void update_execution_options(const ExecutionOptions& options) const;
    [[nodiscard]] ExecutionOptions get_execution_options() const;
    /// How much is logged of connections that are taken from now on.
    void echo(Echo level) const noexcept;
    [[nodiscard]] Echo echo() const noexcept;
    void echo_pool(Echo level) const noexcept;

    [[nodiscard]] Pool pool() const;
    /// Closes idle connections and begins with an empty pool. Connections in use are closed when they come
    /// back.
    [[nodiscard]] asio::awaitable<void> dispose() const;

    /// The URL's; from the first connection on what the server turned out to be.
    [[nodiscard]] const std::shared_ptr<const Dialect>& dialect() const noexcept;
    /// What the server said of itself on the first connection; nothing before that.
    [[nodiscard]] std::optional<driver::ServerInfo> server_info() const;
    [[nodiscard]] const Url& url() const noexcept;
    [[nodiscard]] const EngineOptions& options() const noexcept;
    /// Where to listen to what happens.
    [[nodiscard]] EngineEvents& events() const noexcept;
    [[nodiscard]] CompiledCache& compiled_cache() const noexcept;
    [[nodiscard]] asio::any_io_executor executor() const;

    friend bool operator==(const Engine&, const Engine&) noexcept = default;

private:
    friend Engine create_engine(asio::any_io_executor executor, Url url, EngineOptions options);
    explicit Engine(std::shared_ptr<engine::EngineState> state) noexcept : state_(std::move(state)) {}

    /// One attempt. The result, nothing for void, is in `result` when it committed.
    template <class R, class F>
    static asio::awaitable<void>
    attempt_unit(Connection& connection, TransactionOptions options, F& f, std::optional<R>& result) {
        auto transaction = co_await engine::begin_unit(connection, options);
        result.emplace(co_await f(connection));
        co_await engine::finish_unit(transaction);
    }
    template <class F>
    static asio::awaitable<void> attempt_unit(Connection& connection, TransactionOptions options, F& f) {
        auto transaction = co_await engine::begin_unit(connection, options);
        co_await f(connection);
        co_await engine::finish_unit(transaction);
    }

    template <class R, class F>
    static asio::awaitable<R>
    run_unit(Engine engine, TransactionOptions options, F f, std::source_location at) {
        for (int attempt = 1;; ++attempt) {
            std::exception_ptr error;
            auto connection = co_await engine.connect(at);
            if constexpr (std::is_void_v<R>) {
                try {
                    co_await attempt_unit(connection, options, f);
                } catch (...) {
                    error = std::current_exception();
                }
                if (!error) co_return;
            } else {
                std::optional<R> result;
                try {
                    co_await attempt_unit(connection, options, f, result);
                } catch (...) {
                    error = std::current_exception();
                }
                if (!error) co_return std::move(*result);
            }
            try {
                co_await engine::give_up(connection);
            } catch (...) { // cancelled: the pool does it. What ended the unit says more, as CommitUnknownError does
            }
            if (!engine::may_retry(error, options, attempt)) std::rethrow_exception(error);
            co_await engine::back_off(attempt);
        }
    }

    std::shared_ptr<engine::EngineState> state_;
};

/// An engine for a URL like "postgresql://user:password@host/database". No connection is made yet.
/// @param executor  where connections do their I/O; its context should live longer than the engine
/// @throws ArgumentError for a URL that cannot be read or options that contradict each other,
///   NoSuchModuleError for a dialect that is not built in.
[[nodiscard]] Engine create_engine(asio::any_io_executor executor, Url url, EngineOptions options);
[[nodiscard]] Engine
create_engine(asio::any_io_executor executor, std::string_view url, EngineOptions options);
// Overloads, not default arguments: GCC 12 would destroy those twice in a statement with `co_await`.
[[nodiscard]] Engine create_engine(asio::any_io_executor executor, Url url);
[[nodiscard]] Engine create_engine(asio::any_io_executor executor, std::string_view url);

} // namespace azoth
