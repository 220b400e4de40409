// SPDX-License-Identifier: MIT
// What can be chosen: for an engine, for a transaction, for one execution.
#pragma once

#include <any>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <azoth/driver/driver.hpp>
#include <azoth/engine/pool.hpp>
#include <azoth/schema/translate.hpp>
#include <azoth/types/json.hpp>

namespace azoth {

class CompiledCache;

using driver::IsolationLevel;

/// How much an engine, or a pool, tells of itself: `true` and `false`, or `Echo::debug`.
class Echo {
public:
    enum Level : std::uint8_t {
        off,
        on,    ///< SQL and parameters; of a pool, connections that are given up
        debug, ///< also the names of columns and the rows; of a pool, every checkout, checkin and reset
    };
    constexpr Echo(bool enabled) noexcept : level_(enabled ? on : off) {} // NOLINT(google-explicit-constructor)
    constexpr Echo(Level level) noexcept : level_(level) {}               // NOLINT(google-explicit-constructor)
    constexpr explicit operator bool() const noexcept { return level_ != off; }
    [[nodiscard]] constexpr Level level() const noexcept { return level_; }
    friend constexpr bool operator==(const Echo&, const Echo&) noexcept = default;

private:
    Level level_;
};

/// One line of the log: a view, good during the call only.
struct LogRecord {
    std::string_view logger;  ///< "azoth.engine", "azoth.pool" or "azoth.dialects", and ".name" where the engine has one
    Echo::Level level = Echo::on; ///< `on`: what SQLAlchemy logs as INFO; `debug`: as DEBUG
    bool warning = false;
    std::string_view message;

    LogRecord() = default;
};

/// What becomes of a warning, besides that listeners of `events().warning` are told.
enum class WarningAction : std::uint8_t {
    echo,  ///< logged when the engine logs at all
    log,   ///< always logged
    error, ///< thrown, as SAWarning
};

/// What is done to a connection that comes back with a transaction open.
enum class PoolReset : std::uint8_t { rollback, commit, none };

/// One statement as it is sent: a view, good during the call only.
struct ExecutedStatement {
    std::string_view sql;
    std::span<const Param> params; ///< row-major
    std::size_t rows = 1;          ///< parameter rows

    ExecutedStatement() = default;
};

/// How connections are kept.
enum class PoolClass : std::uint8_t {
    queue_pool,  ///< up to `pool_size` and `max_overflow`
    null_pool,   ///< none: opened when they are asked for, closed when they come back
    static_pool, ///< one for all, who wait for each other: what a database in memory has anyway
};

/// How an engine behaves; given to `create_engine()` with designated initialisers. Names and defaults are
/// SQLAlchemy's. GCC 12 destroys such a temporary twice inside a statement with `co_await`: name it first
/// there.
struct EngineOptions {
    Echo echo = false; ///< log SQL and parameters to `echo_sink`; see `Engine::echo()`
    int pool_size = 5; ///< connections kept open; 0: no limit
    /// Connections above that, closed when they come back; -1: no limit.
    int max_overflow = 10;
    /// For waiting and connecting together; 0: no limit.
    std::chrono::milliseconds pool_timeout = std::chrono::seconds{30};
    PoolClass poolclass = PoolClass::queue_pool;
    std::chrono::milliseconds pool_recycle{0}; ///< connections older than this are replaced; 0: never
    bool pool_pre_ping = false;                ///< ask the server whether it is there before handing one out
    bool pool_use_lifo = false;                ///< the last one returned first, so that the rest may go idle
    PoolReset pool_reset_on_return = PoolReset::rollback; ///< `none`: what is open stays open, for the next who gets it
    /// Another engine's pool, shared with it: then no other option of pools may be given.
    std::optional<Pool> pool{};
    Echo echo_pool = false;                    ///< log what the pool does
    std::string logging_name{};                ///< behind "azoth.engine" in log records
    std::string pool_logging_name{};           ///< behind "azoth.pool"
    /// Of all transactions that do not choose one; `autocommit`: each statement is its own.
    IsolationLevel isolation_level = IsolationLevel::server_default;
    /// For the client library, as the URL's query: these win over the URL's, its user, password, host, port and database included.
    std::vector<std::pair<std::string, std::string>> connect_args{};
    /// Makes connections in place of the driver: the URL then says no more than which dialect it is.
    std::function<asio::awaitable<std::unique_ptr<driver::Connection>>(asio::any_io_executor)> creator = nullptr;
    bool enable_from_linting = true;           ///< tell by `events().warning` of cartesian products
    /// An INSERT that returns rows is executed with many of them at a time, where it can be; else one by one.
    bool use_insertmanyvalues = true;
    WarningAction warnings = WarningAction::echo;
    /// Types by the catalogue's names, for reflecting what Azoth does not know: they win over what it does know.
    std::vector<std::pair<std::string, Type>> ischema_names{};
    /// Rows at most in one statement when an INSERT that returns rows is executed with many.
    std::size_t insertmanyvalues_page_size = 1000;
    /// Schemas to use in place of those that tables and sequences name; "" is none. See `Connection::schema_translate_map()`.
    SchemaTranslateMap schema_translate_map{};
    /// What makes the text of JSON documents that are sent, and documents of the text that is read; nlohmann's own when empty. For all
    /// JSON types but those that a TypeDecorator converts.
    std::function<std::string(const Json&)> json_serializer = nullptr;
    std::function<Json(const std::string&)> json_deserializer = nullptr;
    std::size_t query_cache_size = 500;        ///< compiled statements kept; 0: none
    bool hide_parameters = false;              ///< keep values out of the log and of errors
    /// Takes one line, on any thread; std::clog when empty.
    std::function<void(std::string_view)> echo_sink = nullptr;
    /// The same with the logger's name and level, in place of `echo_sink`.
    std::function<void(const LogRecord&)> log_sink = nullptr;
    /// Takes every statement, BEGIN, COMMIT, ROLLBACK and savepoints included, on any thread; see azoth/testing.
    std::function<void(const ExecutedStatement&)> statement_sink = nullptr;
};

/// How a transaction is begun, and how often a unit of work is tried. A builder, safe in a `co_await`
/// expression.
class TransactionOptions {
public:
    TransactionOptions() = default;

    [[nodiscard]] TransactionOptions isolation_level(IsolationLevel level) const {
        TransactionOptions copy{*this};
        copy.begin_.isolation_level = level;
        return copy;
    }
    [[nodiscard]] TransactionOptions read_only(bool on = true) const {
        TransactionOptions copy{*this};
        copy.begin_.read_only = on;
        return copy;
    }
    /// PostgreSQL's: a serializable transaction that only reads waits until nothing can disturb it.
    [[nodiscard]] TransactionOptions deferrable(bool on = true) const {
        TransactionOptions copy{*this};
        copy.begin_.deferrable = on;
        return copy;
    }
    /// `engine.begin()` runs the unit again when the database says that it may succeed then (deadlock,
    /// serialization failure): at most this often in all, after a short random pause.
    [[nodiscard]] TransactionOptions max_attempts(int attempts) const {
        TransactionOptions copy{*this};
        copy.attempts_ = attempts;
        return copy;
    }

    [[nodiscard]] const driver::BeginOptions& begin_options() const noexcept { return begin_; }
    [[nodiscard]] int attempts() const noexcept { return attempts_; }

private:
    driver::BeginOptions begin_;
    int attempts_ = 1;
};

/// How statements are executed: one of them, all of a connection, or all of an engine. What is said nearer to the statement
/// wins. A builder, safe in a `co_await` expression.
class ExecutionOptions {
public:
    ExecutionOptions() = default;

    /// For the whole call, the wait for the server included. When it is over the server is told to stop, and
    /// TimeoutError is thrown. Zero: no limit. PostgreSQL is given the limit with the statement and ends it by itself;
    /// it is told only when it has been silent for a quarter of a second more.
    [[nodiscard]] ExecutionOptions timeout(std::chrono::milliseconds limit) const {
        ExecutionOptions copy{*this};
        copy.timeout_ = limit;
        return copy;
    }
    /// Rows that `stream()` holds in memory at a time.
    [[nodiscard]] ExecutionOptions yield_per(std::size_t rows) const {
        ExecutionOptions copy{*this};
        copy.yield_per_ = rows;
        return copy;
    }
    /// Of the transactions to come. For connections and engines only: not for one statement.
    [[nodiscard]] ExecutionOptions isolation_level(IsolationLevel level) const;
    /// PostgreSQL's READ ONLY and DEFERRABLE, as `isolation_level()`.
    [[nodiscard]] ExecutionOptions postgresql_readonly(bool on) const;
    [[nodiscard]] ExecutionOptions postgresql_deferrable(bool on) const;
    /// Compiled statements are kept in this cache instead of the engine's; null: nowhere. For connections and engines only.
    [[nodiscard]] ExecutionOptions compiled_cache(std::shared_ptr<CompiledCache> cache) const;
    /// Rows at most in one statement when an INSERT that returns rows is executed with many.
    [[nodiscard]] ExecutionOptions insertmanyvalues_page_size(std::size_t rows) const;
    /// Schemas to use in place of those that tables and sequences name, instead of the connection's.
    [[nodiscard]] ExecutionOptions schema_translate_map(SchemaTranslateMap map) const;
    /// A value of yours, for listeners to see.
    [[nodiscard]] ExecutionOptions set(std::string key, std::any value) const;

    [[nodiscard]] std::chrono::milliseconds timeout() const noexcept { return timeout_.value_or(std::chrono::milliseconds{0}); }
    [[nodiscard]] std::size_t yield_per() const noexcept { return yield_per_.value_or(1000); }
    [[nodiscard]] std::optional<IsolationLevel> isolation_level() const noexcept;
    [[nodiscard]] std::optional<bool> postgresql_readonly() const noexcept;
    [[nodiscard]] std::optional<bool> postgresql_deferrable() const noexcept;
    /// Nothing: the engine's own; null: none.
    [[nodiscard]] std::optional<std::shared_ptr<CompiledCache>> compiled_cache() const noexcept;
    [[nodiscard]] std::optional<std::size_t> insertmanyvalues_page_size() const noexcept;
    /// Null: the connection's.
    [[nodiscard]] std::shared_ptr<const SchemaTranslateMap> schema_map() const noexcept;
    /// The value that was `set()`; null when there is none.
    [[nodiscard]] const std::any* find(std::string_view key) const noexcept;
    /// The same as a T; null when it is none.
    template <class T>
    [[nodiscard]] const T* get(std::string_view key) const noexcept {
        return std::any_cast<T>(find(key));
    }
    /// These, and what they do not say from `defaults`.
    [[nodiscard]] ExecutionOptions over(const ExecutionOptions& defaults) const;
    /// True when nothing is said.
    [[nodiscard]] bool empty() const noexcept { return !timeout_ && !yield_per_ && !more_; }

private:
    struct More; // what few have
    [[nodiscard]] ExecutionOptions with(const std::function<void(More&)>& change) const;

    std::optional<std::chrono::milliseconds> timeout_;
    std::optional<std::size_t> yield_per_;
    std::shared_ptr<const More> more_;
};

} // namespace azoth
