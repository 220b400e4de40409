// SPDX-License-Identifier: MIT
// Databases for the tests of the SQLite driver: files that go away, connections, queries that run for long.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include <unistd.h>

#include <azoth/driver/sqlite.hpp>

#include "integration/driver/driver_fixture.hpp"

namespace azoth::test_sqlite {

using namespace test_driver;

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
