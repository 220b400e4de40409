// SPDX-License-Identifier: MIT
// The SQLite driver's cursors, and connections that close under them.
#include "integration/driver/sqlite_fixture.hpp"

#include <algorithm>

using namespace azoth;
using namespace azoth::test_sqlite;
using namespace std::chrono_literals;

TEST_CASE("sqlite: a cursor gives every row once, in batches of any size",
          "[sqlite][cursor][core.conn.server_side_cursors]") {
    for (const auto* options : {"", "file", "?execution=worker", "?execution=inline"}) {
        INFO("with " << options);
        with_connection(
            [](driver::Connection& connection) -> asio::awaitable<void> {
                co_await make_numbers(connection, 10'000);
                const auto query = Query("SELECT i, t FROM n WHERE i > ? ORDER BY i").bind(0);
                for (const std::size_t size : {7UL, 1000UL, 3000UL, 50'000UL}) {
                    auto cursor = co_await connection.open_cursor(query.statement());
                    CHECK(cursor->columns()->size() == 2);
                    std::int64_t expected = 0;
                    std::vector<std::shared_ptr<const RowBuffer>> kept;
                    // Sizes change underway: what was read ahead is split.
                    for (std::size_t n = size;; n = n == size ? std::max<std::size_t>(size / 2, 1) : size) {
                        auto rows = co_await cursor->fetch(n);
                        if (!rows) break;
                        REQUIRE(rows->row_count() <= n);
                        for (std::size_t i = 0; i < rows->row_count(); ++i) {
                            if (rows->field(i, 0).integer != ++expected) FAIL("row " << expected);
                        }
                        if (kept.size() < 3) kept.push_back(std::move(rows));
                    }
                    CHECK(expected == 10'000);
                    CHECK(get<std::string>(*kept[0], 0, 1) == "row number 1");
                    const auto after_the_end = co_await cursor->fetch(1);
                    CHECK(after_the_end == nullptr);
                    co_await expect_value<int>(connection, Query("SELECT 1"), 1);
                }
                const auto nothing = Query("SELECT i FROM n WHERE i < 0");
                auto cursor = co_await connection.open_cursor(nothing.statement());
                const auto rows = co_await cursor->fetch(10);
                CHECK(rows == nullptr);
            },
            options);
    }
}

TEST_CASE("sqlite: a cursor can be closed early, or forgotten and recovered from", "[sqlite][cursor]") {
    for (const auto* options : {"", "file", "?execution=worker"}) {
        INFO("with " << options);
        with_connection(
            [](driver::Connection& connection) -> asio::awaitable<void> {
                co_await make_numbers(connection, 50'000);
                const auto query = Query("SELECT i, t FROM n");
                {
                    auto cursor = co_await connection.open_cursor(query.statement());
                    co_await cursor->fetch(100);
                    bool refused = false;
                    try {
                        co_await execute(connection, Query("SELECT 1"));
                    } catch (const InvalidRequestError&) {
                        refused = true;
                    }
                    CHECK(refused);
                    co_await cursor->close();
                }
                CHECK_FALSE(connection.needs_recovery());
                co_await expect_value<int>(connection, Query("SELECT 1"), 1);
                driver::BeginOptions begin_options;
                co_await connection.begin(begin_options);
                {
                    auto cursor = co_await connection.open_cursor(query.statement());
                    co_await cursor->fetch(100);
                }
                CHECK(connection.needs_recovery());
                co_await connection.recover(soon());
                CHECK_FALSE(connection.in_transaction());
                co_await expect_count(connection, "n", 50'000);

                auto slow = Query(endless);
                auto cursor = co_await connection.open_cursor(slow.statement());
                const auto stopped = co_await cancelled_after(cursor->fetch(10), 20ms);
                CHECK(stopped);
                CHECK(connection.needs_recovery());
                cursor = nullptr;
                co_await connection.recover(soon());
                co_await expect_count(connection, "n", 50'000);
            },
            options);
    }
}

TEST_CASE("sqlite: a cursor reports errors in mid-way", "[sqlite][cursor]") {
    with_connection([](driver::Connection& connection) -> asio::awaitable<void> {
        co_await make_numbers(connection, 5000);
        const auto bad = Query("SELECT nonsense FROM n");
        bool refused = false;
        try {
            co_await connection.open_cursor(bad.statement());
        } catch (const ProgrammingError&) {
            refused = true;
        }
        CHECK(refused);
        const auto late = Query("SELECT CASE WHEN i = 4000 THEN abs(-9223372036854775808) ELSE i END FROM n");
        auto cursor = co_await connection.open_cursor(late.statement());
        std::size_t seen = 0;
        DiagnosticInfo info;
        try {
            while (auto rows = co_await cursor->fetch(100)) seen += rows->row_count();
        } catch (const DBAPIError& error) {
            info = error.info();
        }
        CHECK(info.code == errc::out_of_range);
        CHECK(seen >= 3900);
        CHECK(seen < 4000);
        co_await expect_count(connection, "n", 5000);
    });
}

TEST_CASE("sqlite: closing with a cursor open and a transaction begun rolls back", "[sqlite][close]") {
    const Folder folder;
    asio::io_context context;
    const auto body = [](std::string url) -> asio::awaitable<void> {
        {
            auto connection = co_await connect(url);
            co_await make_numbers(*connection, 50'000);
            driver::BeginOptions options;
            co_await connection->begin(options);
            co_await execute(*connection, Query("DELETE FROM n WHERE i = 1"));
            const auto query = Query("SELECT i, t FROM n");
            auto cursor = co_await connection->open_cursor(query.statement());
            co_await cursor->fetch(10);
            co_await connection->close();
            CHECK_FALSE(connection->is_open());
            bool refused = false;
            try {
                while (co_await cursor->fetch(10)) {}
            } catch (const ResourceClosedError&) {
                refused = true;
            }
            CHECK(refused);
        }
        auto connection = co_await connect(url);
        co_await expect_count(*connection, "n", 50'000);
        // The same without a word.
        driver::BeginOptions options;
        co_await connection->begin(options);
        co_await execute(*connection, Query("DELETE FROM n WHERE i = 1"));
        const auto query = Query("SELECT i, t FROM n");
        auto cursor = co_await connection->open_cursor(query.statement());
        co_await cursor->fetch(10);
        connection->terminate();
        connection->terminate();
        CHECK_FALSE(connection->is_open());
        connection = nullptr;
        cursor = nullptr;
        connection = co_await connect(url);
        co_await expect_count(*connection, "n", 50'000);
    };
    run_task(context, body(folder.url()));
}
