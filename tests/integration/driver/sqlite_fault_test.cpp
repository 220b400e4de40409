// SPDX-License-Identifier: MIT
// The SQLite driver under budgets, locks, cancellation and sudden ends.
#include "integration/driver/sqlite_fixture.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

using namespace azoth;
using namespace azoth::test_sqlite;
using namespace std::chrono_literals;

namespace {

/// Ticks every millisecond and keeps the longest time that the loop did not let it.
class LoopWatch {
public:
    asio::awaitable<void> run() {
        auto before = Clock::now();
        while (!over_) {
            co_await pause(1ms);
            const auto now = Clock::now();
            longest_ = std::max(longest_, now - before);
            before = now;
        }
    }
    void end() { over_ = true; }
    [[nodiscard]] std::chrono::milliseconds longest() const {
        return std::chrono::duration_cast<std::chrono::milliseconds>(longest_);
    }

private:
    Clock::duration longest_{};
    bool over_ = false;
};

} // namespace

TEST_CASE("sqlite: a long read leaves the loop free", "[sqlite][budget]") {
    for (const auto* options : {"", "file", "file?execution=worker"}) {
        INFO("with " << options);
        with_connection(
            [](driver::Connection& connection) -> asio::awaitable<void> {
                co_await make_numbers(connection, 200'000);
                auto executor = co_await asio::this_coro::executor;
                LoopWatch watch;
                bool watch_ended = false;
                asio::co_spawn(executor, watch.run(), [&](std::exception_ptr) { watch_ended = true; });
                const auto begin = Clock::now();
                const auto rows = co_await execute(connection, Query("SELECT i, t FROM n ORDER BY t DESC"));
                REQUIRE(rows.rows->row_count() == 200'000);
                CHECK(get<std::string>(*rows.rows, 0, 1) == "row number 99999");
                CHECK(get<int>(*rows.rows, 199'999, 0) == 1);
                // Rows first in plenty, so that it is the row budget that ends.
                const auto plain = co_await execute(connection, Query("SELECT i FROM n"));
                REQUIRE(plain.rows->row_count() == 200'000);
                for (std::size_t i = 0; i < 200'000; ++i) {
                    if (plain.rows->field(i, 0).integer != static_cast<std::int64_t>(i + 1))
                        FAIL("row " << i);
                }
                // A short result after much work: begun again on the worker, the rows come once.
                const auto few =
                    co_await execute(connection, Query("SELECT i FROM n WHERE i < 3 OR i % 100000 = 0"));
                REQUIRE(few.rows->row_count() == 4);
                co_await expect_count(connection, "n", 200'000);
                const auto taken = Clock::now() - begin;
                watch.end();
                while (!watch_ended) co_await pause(1ms);
                CHECK(watch.longest() < std::max<Clock::duration>(50ms, taken / 2));
            },
            options);
    }
}

TEST_CASE("sqlite: a second operation at the same time is refused", "[sqlite][core.conn.concurrency_guard]") {
    with_connection([](driver::Connection& connection) -> asio::awaitable<void> {
        auto executor = co_await asio::this_coro::executor;
        bool ended = false;
        const auto slow = [&]() -> asio::awaitable<void> {
            co_await execute(
                connection, Query("WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c LIMIT "
                                  "300000) SELECT sum(i) FROM c"));
            ended = true;
        };
        asio::co_spawn(executor, slow(), [](std::exception_ptr) {});
        co_await pause(1ms);
        REQUIRE_FALSE(ended);
        bool refused = false;
        try {
            co_await execute(connection, Query("SELECT 1"));
        } catch (const ResourceClosedError&) {
        } catch (const InvalidRequestError&) {
            refused = true;
        }
        CHECK(refused);
        while (!ended) co_await pause(1ms);
        co_await expect_value<int>(connection, Query("SELECT 1"), 1);
    });
}

TEST_CASE("sqlite: a locked database is awaited, for as long as busy_timeout says",
          "[sqlite][lock][sl.errors]") {
    for (const auto* mode :
         {"", "&journal_mode=wal", "&execution=worker", "&execution=inline", "&synchronous=off"}) {
        INFO("with " << mode);
        const Folder folder;
        asio::io_context context;
        const auto body = [](std::string url, std::string options) -> asio::awaitable<void> {
            const auto one = co_await connect(url + "?busy_timeout=5000" + options);
            const auto two = co_await connect(url + "?busy_timeout=60" + options);
            co_await make_numbers(*one, 3);
            driver::BeginOptions immediate;
            immediate.isolation_level = driver::IsolationLevel::serializable;
            co_await one->begin(immediate);

            const auto begin = Clock::now();
            const auto refused = co_await failure_of(*two, Query("INSERT INTO n (t) VALUES ('x')"));
            CHECK(refused.code == errc::lock_timeout);
            CHECK(refused.retryable);
            CHECK(refused.message.find("60 ms") != std::string::npos);
            CHECK(Clock::now() - begin >= 55ms);
            CHECK_FALSE(two->needs_recovery());
            co_await one->rollback();
            co_await execute(*two, Query("INSERT INTO n (t) VALUES ('x')"));

            // The other way round the first is patient, and the loop goes on meanwhile.
            co_await two->begin(immediate);
            auto executor = co_await asio::this_coro::executor;
            bool written = false;
            const auto write = [&]() -> asio::awaitable<void> {
                co_await execute(*one, Query("INSERT INTO n (t) VALUES ('y')"));
                written = true;
            };
            asio::co_spawn(executor, write(), [](std::exception_ptr) {});
            co_await pause(30ms);
            CHECK_FALSE(written);
            co_await two->commit();
            for (int i = 0; i < 2000 && !written; ++i) co_await pause(1ms);
            CHECK(written);
            co_await expect_count(*two, "n", 5);
        };
        run_task(context, body(folder.url(), mode));
    }
}

TEST_CASE("sqlite: a transaction that has read is told at once that it cannot write", "[sqlite][lock]") {
    const Folder folder;
    asio::io_context context;
    const auto body = [](std::string url) -> asio::awaitable<void> {
        const auto one = co_await connect(url);
        const auto two = co_await connect(url);
        co_await make_numbers(*one, 3);
        driver::BeginOptions deferred;
        co_await one->begin(deferred);
        co_await expect_count(*one, "n", 3);
        co_await execute(*two, Query("INSERT INTO n (t) VALUES ('other')"));
        const auto begin = Clock::now();
        const auto refused = co_await failure_of(*one, Query("INSERT INTO n (t) VALUES ('mine')"));
        CHECK(Clock::now() - begin < 2s);
        CHECK(refused.code == errc::lock_timeout);
        CHECK(refused.retryable);
        CHECK(refused.message.find("serializable") != std::string::npos);
        CHECK(one->in_transaction());
        co_await one->rollback();
        co_await one->begin(deferred);
        co_await execute(*one, Query("INSERT INTO n (t) VALUES ('mine')"));
        co_await one->commit();
        co_await expect_count(*two, "n", 5);
    };
    run_task(context, body(folder.url("?journal_mode=wal")));
}

TEST_CASE("sqlite: a cancelled statement stops, and the connection recovers",
          "[sqlite][cancel][sl.conn.threading][core.conn.cancel]") {
    for (const auto* options : {"", "file", "?execution=worker"}) {
        INFO("with " << options);
        with_connection(
            [](driver::Connection& connection) -> asio::awaitable<void> {
                co_await make_numbers(connection, 10);
                driver::BeginOptions begin_options;
                co_await connection.begin(begin_options);
                co_await execute(connection, Query("INSERT INTO n (t) VALUES ('lost')"));
                const auto begin = Clock::now();
                const auto stopped = co_await cancelled_after(execute(connection, Query(endless)), 20ms);
                CHECK(stopped);
                CHECK(Clock::now() - begin < 5s);
                CHECK(connection.needs_recovery());
                bool refused = false;
                try {
                    co_await execute(connection, Query("SELECT 1"));
                } catch (const InvalidRequestError&) {
                    refused = true;
                }
                CHECK(refused);
                co_await connection.recover(soon());
                CHECK_FALSE(connection.needs_recovery());
                CHECK_FALSE(connection.in_transaction());
                co_await expect_count(connection, "n", 10);
            },
            options);
    }
}

TEST_CASE("sqlite: a cancelled change is undone", "[sqlite][cancel]") {
    with_connection(
        [](driver::Connection& connection) -> asio::awaitable<void> {
            co_await make_numbers(connection, 10);
            const std::string slow =
                "WITH RECURSIVE c(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM c LIMIT 100000000) "
                "INSERT INTO n SELECT i, 'x' FROM c";
            const auto stopped = co_await cancelled_after(execute(connection, Query(slow)), 20ms);
            CHECK(stopped);
            co_await connection.recover(soon());
            co_await expect_count(connection, "n", 10);
        },
        "file");
}

TEST_CASE("sqlite: waiting for a lock can be cancelled", "[sqlite][cancel][lock]") {
    const Folder folder;
    asio::io_context context;
    const auto body = [](std::string url) -> asio::awaitable<void> {
        const auto one = co_await connect(url);
        const auto two = co_await connect(url);
        co_await make_numbers(*one, 3);
        driver::BeginOptions immediate;
        immediate.isolation_level = driver::IsolationLevel::serializable;
        co_await one->begin(immediate);
        const auto begin = Clock::now();
        const auto stopped = co_await cancelled_after(execute(*two, Query("DELETE FROM n")), 30ms);
        CHECK(stopped);
        CHECK(Clock::now() - begin < 2s);
        if (two->needs_recovery()) co_await two->recover(soon());
        co_await one->rollback();
        co_await expect_count(*two, "n", 3);
    };
    run_task(context, body(folder.url()));
}

TEST_CASE("sqlite: cancelled at any moment, a connection is clean after recovery",
          "[sqlite][cancel][core.conn.cancel]") {
    with_connection(
        [](driver::Connection& connection) -> asio::awaitable<void> {
            co_await make_numbers(connection, 50'000);
            const auto work = [&connection]() -> asio::awaitable<void> {
                driver::BeginOptions options;
                co_await connection.begin(options);
                co_await execute(connection, Query("UPDATE n SET t = t || '!'"));
                const auto statement = Query("SELECT i, t FROM n");
                auto cursor = co_await connection.open_cursor(statement.statement());
                while (co_await cursor->fetch(5000)) {}
                co_await execute(connection, Query("DELETE FROM n WHERE i % 2 = 0"));
                co_await connection.rollback();
            };
            for (int i = 0; i < 60; ++i) {
                co_await cancelled_after(work(), std::chrono::milliseconds{i});
                if (connection.needs_recovery()) co_await connection.recover(soon());
                else if (connection.in_transaction()) co_await connection.rollback();
                CHECK_FALSE(connection.in_transaction());
                co_await expect_value<std::string>(
                    connection, Query("SELECT t FROM n WHERE i = 7"), "row number 7");
            }
            co_await expect_count(connection, "n", 50'000);
        },
        "file?synchronous=off");
}

TEST_CASE("sqlite: a commit is seen through", "[sqlite][cancel]") {
    with_connection(
        [](driver::Connection& connection) -> asio::awaitable<void> {
            co_await make_numbers(connection, 10);
            driver::BeginOptions options;
            co_await connection.begin(options);
            co_await execute(connection, Query("INSERT INTO n SELECT i + 10, t FROM n"));
            const auto stopped = co_await cancelled_after(connection.commit(), 0ms);
            CHECK_FALSE(stopped);
            CHECK_FALSE(connection.needs_recovery());
            co_await expect_count(connection, "n", 20);
        },
        "file");
}

TEST_CASE("sqlite: terminating does not wait for what is running", "[sqlite][close]") {
    asio::io_context context;
    const auto body = []() -> asio::awaitable<void> {
        auto connection = co_await connect("sqlite://");
        auto executor = co_await asio::this_coro::executor;
        bool ended = false;
        const auto slow = [&]() -> asio::awaitable<void> {
            bool thrown = false;
            try {
                co_await execute(*connection, Query(endless));
            } catch (const ResourceClosedError&) {
                thrown = true;
            }
            CHECK(thrown);
            ended = true;
        };
        asio::co_spawn(executor, slow(), [](std::exception_ptr) {});
        co_await pause(20ms);
        const auto begin = Clock::now();
        connection->terminate();
        CHECK(Clock::now() - begin < 100ms);
        while (!ended) co_await pause(1ms);
    };
    run_task(context, body());
}

TEST_CASE("sqlite: a context can go while the worker works", "[sqlite][close]") {
    for (int i = 0; i < 20; ++i) {
        // Values on the frame: the worker reads them until the very end.
        const auto body = [](bool* reached) -> asio::awaitable<void> {
            auto connection = co_await connect("sqlite://?execution=worker");
            const std::string text(1000, 'x');
            const auto query =
                Query("WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + length(?) FROM c LIMIT "
                      "2000000000) SELECT sum(i) FROM c")
                    .bind(text);
            *reached = true;
            co_await connection->execute(query.statement());
        };
        bool reached = false;
        {
            asio::io_context context;
            asio::co_spawn(context, body(&reached), [](std::exception_ptr) {});
            context.run_for(std::chrono::milliseconds{i});
            while (!reached) context.run_one();
        }
        CHECK(reached);
    }
}

TEST_CASE("sqlite: many connections on a context of several threads", "[sqlite][threads]") {
    const Folder folder;
    asio::io_context context;
    std::atomic<int> ended{0};
    const auto body = [](std::string url, int id, std::atomic<int>* count_of) -> asio::awaitable<void> {
        const auto connection = co_await connect(url);
        const std::string sql = "SELECT count(*), sum(length(t)) FROM n WHERE i > ?";
        for (int i = 0; i < 40; ++i) {
            const auto query = Query(sql).bind(id * 10 + i);
            co_await connection->execute(query.statement());
            if (i % 8 == 0) {
                auto insert = Query("INSERT INTO n (t) VALUES (?)").bind(std::string{"from a thread"});
                co_await connection->execute(insert.statement());
            }
        }
        ++*count_of;
    };
    {
        asio::io_context first;
        run_task(
            first,
            connect_and_run(
                folder.url("?journal_mode=wal"), [](driver::Connection& connection) -> asio::awaitable<void> {
                    co_await make_numbers(connection, 3000);
                }));
    }
    std::exception_ptr failure;
    std::mutex mutex;
    for (int id = 0; id < 8; ++id) {
        const auto* execution =
            id % 2 == 0 ? "?busy_timeout=60000&synchronous=off" : "?busy_timeout=60000&execution=worker";
        asio::co_spawn(context, body(folder.url(execution), id, &ended), [&](std::exception_ptr e) {
            const std::lock_guard lock(mutex);
            if (e) failure = e;
        });
    }
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i) threads.emplace_back([&] { context.run(); });
    for (auto& thread : threads) thread.join();
    if (failure) std::rethrow_exception(failure);
    CHECK(ended == 8);
}
