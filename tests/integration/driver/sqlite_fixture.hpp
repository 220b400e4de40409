// SPDX-License-Identifier: MIT
// What the tests of the SQLite driver share: files that go away, connections, statements that own their values.
#pragma once

#include "support/catch.hpp"

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <unistd.h>

#include <azoth/detail/asio.hpp>
#include <azoth/driver/driver.hpp>
#include <azoth/driver/sqlite.hpp>
#include <azoth/engine/url.hpp>
#include <azoth/error.hpp>
#include <azoth/types/type_traits.hpp>
#include <azoth/types/value.hpp>

#ifdef AZOTH_USE_BOOST_ASIO
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#else
#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#endif

namespace azoth::test_sqlite {

// Results are named before they are checked: GCC 12 runs a co_await inside of CHECK twice.

using ConnectionPtr = std::unique_ptr<driver::Connection>;

/// A folder of its own, removed at the end with all that is in it.
class Folder {
public:
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "azoth_sqlite.XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
        path_ = name;
    }
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    [[nodiscard]] std::string file(const std::string& name = "test.db") const {
        return (path_ / name).string();
    }
    /// The URL of a file in here; `options` as "?name=value".
    [[nodiscard]] std::string url(const std::string& options = {}) const {
        return "sqlite:///" + file() + options;
    }

private:
    std::filesystem::path path_;
};

inline asio::awaitable<ConnectionPtr> connect(std::string url) {
    const auto driver = sqlite::make_driver();
    auto executor = co_await asio::this_coro::executor;
    Url parsed{url};
    co_return co_await driver->connect(executor, std::move(parsed));
}

/// Runs `task` to its end and throws what it throws.
inline void run_task(asio::io_context& context, asio::awaitable<void> task) {
    std::exception_ptr failure;
    bool ended = false;
    asio::co_spawn(context, std::move(task), [&](std::exception_ptr e) {
        failure = e;
        ended = true;
    });
    context.restart();
    context.run();
    if (failure) std::rethrow_exception(failure);
    REQUIRE(ended);
}

using Body = asio::awaitable<void> (*)(driver::Connection&);

inline asio::awaitable<void> connect_and_run(std::string url, Body body) {
    const auto connection = co_await connect(std::move(url));
    co_await body(*connection);
}

/// Runs `body` with a connection to an empty database: in memory, or in a file where `options` begins with
/// "file".
inline void with_connection(Body body, const std::string& options = {}) {
    const Folder folder;
    asio::io_context context;
    const bool file = options.substr(0, 4) == "file";
    run_task(context, connect_and_run(file ? folder.url(options.substr(4)) : "sqlite://" + options, body));
}

/// Runs `body` on every way that statements can go: memory, a file, the worker, the caller's thread.
inline void with_each(Body body) {
    for (const auto* options :
         {"", "file", "file?journal_mode=wal&synchronous=off", "?execution=worker", "file?execution=worker",
          "?execution=inline", "file?execution=inline", "?statement_cache_size=0",
          "file?statement_cache_size=1"}) {
        INFO("with " << options);
        with_connection(body, options);
    }
}

inline asio::awaitable<void> pause(std::chrono::milliseconds time) {
    asio::steady_timer timer{co_await asio::this_coro::executor};
    timer.expires_after(time);
    co_await timer.async_wait(asio::use_awaitable);
}

/// A statement that owns its text and values.
class Query {
public:
    explicit Query(std::string sql) : sql_(std::move(sql)), hash_(std::hash<std::string>{}(sql_)) {}

    template <class T>
    Query&& bind(const T& value) && {
        values_.push_back(std::make_unique<Value>(TypeTraits<T>::value(value)));
        params_.push_back(values_.back()->param());
        types_.push_back(TypeTraits<T>::type());
        return std::move(*this);
    }
    Query&& bind_null() && {
        params_.emplace_back();
        types_.emplace_back();
        return std::move(*this);
    }

    [[nodiscard]] driver::Statement statement() const {
        driver::Statement statement{sql_, hash_};
        statement.params = params_;
        statement.param_types = types_;
        return statement;
    }

private:
    std::string sql_;
    std::size_t hash_;
    std::vector<std::unique_ptr<Value>> values_;
    std::vector<Param> params_;
    std::vector<Type> types_;
};

inline asio::awaitable<driver::Result> execute(driver::Connection& connection, Query query) {
    co_return co_await connection.execute(query.statement());
}

template <class T>
T get(const RowBuffer& rows, std::size_t row = 0, std::size_t column = 0) {
    return TypeTraits<T>::decode(rows.field(row, column), TypeTraits<T>::type());
}

/// The one value of the first row of `query`.
template <class T>
asio::awaitable<T> scalar(driver::Connection& connection, Query query) {
    const auto result = co_await connection.execute(query.statement());
    co_return get<T>(*result.rows);
}

inline asio::awaitable<std::int64_t> count(driver::Connection& connection, std::string table) {
    Query query("SELECT count(*) FROM " + table);
    co_return co_await scalar<std::int64_t>(connection, std::move(query));
}

inline asio::awaitable<void>
expect_count(driver::Connection& connection, std::string table, std::int64_t expected) {
    const auto rows = co_await count(connection, std::move(table));
    CHECK(rows == expected);
}

/// The first value of `query`, which also shows that the connection is in order.
template <class T>
asio::awaitable<void> expect_value(driver::Connection& connection, Query query, T expected) {
    const auto value = co_await scalar<T>(connection, std::move(query));
    CHECK(value == expected);
}

/// Fills table n(i) with 1 to `rows`.
inline asio::awaitable<void> make_numbers(driver::Connection& connection, int rows) {
    std::string create = "CREATE TABLE n (i INTEGER PRIMARY KEY, t TEXT)";
    co_await connection.run(create);
    std::string fill = "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c LIMIT "
                       + std::to_string(rows) + ") INSERT INTO n SELECT i, 'row number ' || i FROM c";
    co_await connection.run(fill);
}

/// A query that runs for minutes unless it is stopped.
inline const std::string endless =
    "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c LIMIT 2000000000) SELECT sum(i) FROM c";

/// The error that `query` fails with.
inline asio::awaitable<DiagnosticInfo> failure_of(driver::Connection& connection, Query query) {
    try {
        co_await connection.execute(query.statement());
    } catch (const DBAPIError& error) {
        co_return error.info();
    }
    co_return DiagnosticInfo{};
}

using Clock = std::chrono::steady_clock;

/// Awaits `task`, which gets a terminal cancellation after `delay`; true when it threw operation_aborted.
template <class T>
asio::awaitable<bool> cancelled_after(asio::awaitable<T> task, std::chrono::milliseconds delay) {
    auto executor = co_await asio::this_coro::executor;
    asio::cancellation_signal signal;
    asio::steady_timer done{executor, Clock::time_point::max()};
    std::exception_ptr failure;
    bool ended = false;
    auto finish = [&](std::exception_ptr e, auto&&...) {
        failure = e;
        ended = true;
        done.cancel();
    };
    asio::co_spawn(executor, std::move(task), asio::bind_cancellation_slot(signal.slot(), finish));
    co_await pause(delay);
    signal.emit(asio::cancellation_type::terminal);
    while (!ended) co_await pause(std::chrono::milliseconds{1});
    if (!failure) co_return false;
    try {
        std::rethrow_exception(failure);
    } catch (const asio_system_error& error) {
        co_return error.code() == asio::error::operation_aborted;
    }
}

/// A deadline that nothing here should reach.
inline Clock::time_point soon() { return Clock::now() + std::chrono::seconds{10}; }

} // namespace azoth::test_sqlite
