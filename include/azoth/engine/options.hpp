// SPDX-License-Identifier: MIT
// What can be chosen: for an engine, for a transaction, for one execution.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <azoth/driver/driver.hpp>
#include <azoth/schema/translate.hpp>

namespace azoth {

using driver::IsolationLevel;

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
    bool echo = false; ///< log SQL and parameters to `echo_sink`
    int pool_size = 5; ///< connections kept open; 0: no limit
    /// Connections above that, closed when they come back; -1: no limit.
    int max_overflow = 10;
    /// For waiting and connecting together; 0: no limit.
    std::chrono::milliseconds pool_timeout = std::chrono::seconds{30};
    PoolClass poolclass = PoolClass::queue_pool;
    std::chrono::milliseconds pool_recycle{0}; ///< connections older than this are replaced; 0: never
    bool pool_pre_ping = false;                ///< ask the server whether it is there before handing one out
    bool pool_use_lifo = false;                ///< the last one returned first, so that the rest may go idle
    /// Of all transactions that do not choose one; `autocommit`: each statement is its own.
    IsolationLevel isolation_level = IsolationLevel::server_default;
    /// For the client library, as the URL's query: these win over the URL's, its user, password, host, port and database included.
    std::vector<std::pair<std::string, std::string>> connect_args{};
    bool enable_from_linting = true;           ///< tell by `events().warning` of cartesian products
    /// An INSERT that returns rows is executed with many of them at a time, where it can be; else one by one.
    bool use_insertmanyvalues = true;
    /// Rows at most in one such statement.
    std::size_t insertmanyvalues_page_size = 1000;
    /// Schemas to use in place of those that tables and sequences name; "" is none. See `Connection::schema_translate_map()`.
    SchemaTranslateMap schema_translate_map{};
    std::size_t query_cache_size = 500;        ///< compiled statements kept; 0: none
    bool hide_parameters = false;              ///< keep values out of the log and of errors
    /// Takes one line, on any thread; std::clog when empty.
    std::function<void(std::string_view)> echo_sink = nullptr;
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

/// How one statement is executed. A builder, safe in a `co_await` expression.
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

    /// Rows at most in one INSERT that returns rows and is executed with many; 0: the engine's.
    [[nodiscard]] ExecutionOptions insertmanyvalues_page_size(std::size_t rows) const {
        ExecutionOptions copy{*this};
        copy.page_size_ = rows;
        return copy;
    }
    /// Schemas to use in place of those that tables and sequences name, instead of the connection's.
    [[nodiscard]] ExecutionOptions schema_translate_map(SchemaTranslateMap map) const {
        ExecutionOptions copy{*this};
        copy.schema_map_ = std::make_shared<const SchemaTranslateMap>(std::move(map));
        return copy;
    }

    [[nodiscard]] std::chrono::milliseconds timeout() const noexcept { return timeout_; }
    [[nodiscard]] std::size_t yield_per() const noexcept { return yield_per_; }
    [[nodiscard]] std::size_t page_size() const noexcept { return page_size_; }
    /// Null: the connection's.
    [[nodiscard]] const std::shared_ptr<const SchemaTranslateMap>& schema_map() const noexcept { return schema_map_; }

private:
    std::chrono::milliseconds timeout_{0};
    std::size_t yield_per_ = 1000;
    std::size_t page_size_ = 0;
    std::shared_ptr<const SchemaTranslateMap> schema_map_;
};

} // namespace azoth
