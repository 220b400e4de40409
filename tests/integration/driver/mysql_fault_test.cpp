// SPDX-License-Identifier: MIT
// The MySQL and MariaDB driver when things go wrong: cancelled, server threads killed, no server.
#include "integration/driver/mysql_fixture.hpp"

#include <chrono>
#include <span>

#ifdef AZOTH_USE_BOOST_ASIO
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#else
#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>
#endif

using namespace azoth;
using namespace azoth::test_mysql;
using namespace std::chrono_literals;
using Connection = driver::Connection;

namespace {

asio::awaitable<void>
connect_into(asio::any_io_executor executor, ConnectionPtr& connection, std::string options) {
    connection = co_await connect(executor, std::move(options));
}

asio::awaitable<void> prepare_tables(Connection& c) {
    co_await c.run("CREATE OR REPLACE TABLE azoth_f (id INTEGER PRIMARY KEY AUTO_INCREMENT, name "
                   "TEXT) ENGINE=InnoDB");
    co_await c.run(
        "CREATE OR REPLACE PROCEDURE azoth_p() BEGIN SELECT 1; SELECT seq FROM seq_1_to_1000; END"
    );
}

asio::awaitable<void> drop_tables(Connection& c) {
    co_await c.run("DROP TABLE azoth_f");
    co_await c.run("DROP PROCEDURE azoth_p");
}

asio::awaitable<void> recover(Connection& c) {
    co_await c.recover(Clock::now() + 10s);
    co_await expect_health(c);
}

/// Cancels `operation` at its first step, its second, ..., until it runs to its end; after each the
/// connection is recovered and works.
void cancel_everywhere(Body operation, std::string options = {}) {
    if (server_url().empty())
        return;
    asio::io_context context;
    ConnectionPtr connection;
    run_task(context, connect_into(context.get_executor(), connection, std::move(options)));
    run_task(context, prepare_tables(*connection));
    int cut = 0;
    for (int steps = 0; steps < 500; ++steps) {
        INFO("cancelled after " << steps << " steps");
        const auto failure = cancel_after(context, operation(*connection), steps);
        if (!failure) {
            run_task(context, recover(*connection));
            CHECK(cut > 0);
            run_task(context, drop_tables(*connection));
            return;
        }
        ++cut;
        try {
            std::rethrow_exception(failure);
        } catch (const asio_system_error& error) {
            CHECK(error.code() == asio::error::operation_aborted);
        } catch (const CommitUnknownError& error) {
            CHECK(error.is_disconnect() == !connection->is_open());
        }
        run_task(context, recover(*connection));
        // A second recovery finds nothing to do.
        run_task(context, recover(*connection));
    }
    FAIL("the operation never came to its end");
}

/// A text that no connection has prepared before.
std::string fresh_comment() {
    static int number = 0;
    return " /* " + std::to_string(++number) + " */";
}

asio::awaitable<void> first_and_second_execution(Connection& c) {
    const auto comment = fresh_comment();
    for (int i = 0; i < 2; ++i)
        co_await execute(c, Query("SELECT ?, SLEEP(0.02)" + comment).bind(i));
    co_await execute(c, Query("SELECT SLEEP(0.02)" + comment).unprepared());
}

asio::awaitable<void> large_execution(Connection& c) {
    const std::string text(5'000'000, 'x');
    co_await execute(c, Query("SELECT ?, seq FROM seq_1_to_3").bind(text));
    co_await execute(c, Query("SELECT repeat('x', 1000000), seq FROM seq_1_to_5").unprepared());
}

asio::awaitable<void> whole_transaction(Connection& c) {
    driver::BeginOptions options;
    options.isolation_level = driver::IsolationLevel::serializable;
    co_await c.begin(options);
    co_await execute(c, Query("INSERT INTO azoth_f (name) VALUES (?)").bind(std::string("a")));
    co_await c.ping();
    co_await c.commit();
}

asio::awaitable<void> batches(Connection& c) {
    const std::string text(10'000, 'w');
    const std::vector<Param> params(200, Param{ParamKind::text, text});
    const auto query = Query("INSERT INTO azoth_f (name) VALUES (?)" + fresh_comment()).bind(text);
    co_await c.execute_batch(query.statement(), params, 200, driver::BatchWants::nothing);
    co_await c.execute_batch(
        query.statement(),
        std::span{params}.first(5),
        5,
        driver::BatchWants::last_insert_ids
    );
    const auto returning =
        Query("INSERT INTO azoth_f (name) VALUES (?) RETURNING id" + fresh_comment()).bind(text);
    co_await c.execute_batch(
        returning.statement(),
        std::span{params}.first(5),
        5,
        driver::BatchWants::rows
    );
}

asio::awaitable<void> cursor_read_and_closed(Connection& c) {
    const auto query =
        Query("SELECT seq, repeat('x', 100) FROM seq_1_to_1000000" + fresh_comment());
    const auto cursor = co_await c.open_cursor(query.statement());
    co_await cursor->fetch(100);
    co_await cursor->fetch(3'000);
    co_await cursor->close();
}

asio::awaitable<void> procedures(Connection& c) {
    co_await execute(c, Query("CALL azoth_p()"));
    co_await execute(c, Query("CALL azoth_p()").unprepared());
    co_await c.run("CALL azoth_p()");
}

// ---- death -------------------------------------------------------------------------------------

asio::awaitable<void> kill_later(asio::any_io_executor executor, int id) {
    const auto killer = co_await connect(executor);
    co_await pause(50ms);
    co_await killer->run("KILL CONNECTION " + std::to_string(id));
}

asio::awaitable<void> start_killer(Connection& c) {
    const auto executor = co_await asio::this_coro::executor;
    const auto id = co_await scalar<int>(c, Query("SELECT connection_id()"));
    asio::co_spawn(executor, kill_later(executor, id), [](std::exception_ptr e) {
        CHECK(e == nullptr);
    });
}

void check_dead(const Connection& c, const DBAPIError& error) {
    CHECK(error.is_disconnect());
    CHECK(error.code() == errc::connection_lost);
    CHECK_FALSE(c.is_open());
}

asio::awaitable<void> killed_in_execution(Connection& c) {
    co_await start_killer(c);
    const auto error =
        co_await expect_error<OperationalError>(ignore_result(c, Query("SELECT SLEEP(20)")));
    check_dead(c, error);
    CHECK_FALSE(c.needs_recovery());
    co_await expect_error<Error>(c.ping());
    co_await expect_error<Error>(c.recover(Clock::now() + 1s));
    c.terminate();
}

asio::awaitable<void> killed_while_idle(Connection& c) {
    co_await start_killer(c);
    co_await pause(150ms);
    const auto error = co_await expect_error<OperationalError>(c.ping());
    check_dead(c, error);
}

asio::awaitable<void>
run_batch(Connection& c, driver::Statement statement, std::span<const Param> params) {
    co_await c.execute_batch(statement, params, params.size(), driver::BatchWants::rows);
}

asio::awaitable<void> killed_in_batch(Connection& c) {
    co_await start_killer(c);
    const auto query = Query("SELECT SLEEP(?)").bind(0.01);
    const std::vector<Param> params(2'000, query.statement().params[0]);
    const auto error =
        co_await expect_error<OperationalError>(run_batch(c, query.statement(), params));
    check_dead(c, error);
}

asio::awaitable<void> read_all(Connection& c, driver::Statement statement) {
    const auto cursor = co_await c.open_cursor(statement);
    while (const auto rows = co_await cursor->fetch(1'000))
        CHECK(rows->row_count() > 0);
}

asio::awaitable<void> killed_in_cursor(Connection& c) {
    co_await start_killer(c);
    const auto query = Query("SELECT seq, repeat('x', 1000), SLEEP(0.001) FROM seq_1_to_100000");
    const auto error = co_await expect_error<OperationalError>(read_all(c, query.statement()));
    check_dead(c, error);
}

asio::awaitable<void> killed_in_large_parameter(Connection& c) {
    // The server hangs up while it is being written to.
    co_await c.run("SET SESSION net_read_timeout = 1");
    const auto error = co_await expect_error<DBAPIError>(
        ignore_result(c, Query("SELECT ?").bind(std::string(40'000'000, 'x')))
    );
    CHECK(error.is_disconnect());
    CHECK_FALSE(c.is_open());
}

asio::awaitable<void> terminated_by_owner(Connection& c) {
    const auto executor = co_await asio::this_coro::executor;
    std::exception_ptr failure;
    asio::co_spawn(
        executor,
        ignore_result(c, Query("SELECT SLEEP(20)")),
        [&failure](std::exception_ptr e) { failure = e; }
    );
    co_await pause(30ms);
    c.terminate();
    c.terminate();
    co_await pause(10ms);
    REQUIRE(failure != nullptr);
    CHECK_THROWS_AS(std::rethrow_exception(failure), asio_system_error);
    CHECK_FALSE(c.is_open());
}

asio::awaitable<void> second_operation(Connection& c) {
    const auto executor = co_await asio::this_coro::executor;
    bool ended = false;
    asio::co_spawn(
        executor,
        ignore_result(c, Query("SELECT SLEEP(0.1)")),
        [&ended](std::exception_ptr) { ended = true; }
    );
    co_await pause(30ms);
    co_await expect_error<InvalidRequestError>(c.ping());
    co_await expect_error<InvalidRequestError>(c.close());
    co_await expect_error<InvalidRequestError>(c.recover(Clock::now() + 1s));
    co_await pause(150ms);
    CHECK(ended);
    co_await expect_health(c);
}

} // namespace

TEST_CASE("mysql: cancelled anywhere in an execution, the connection recovers",
          "[mysql][cancel][core.conn.cancel]") {
    cancel_everywhere(first_and_second_execution);
}
TEST_CASE(
    "mysql: cancelled anywhere without a statement cache, the connection recovers",
    "[mysql][cancel]"
) {
    cancel_everywhere(first_and_second_execution, "?statement_cache_size=0");
}
TEST_CASE(
    "mysql: cancelled anywhere in a large execution, the connection recovers",
    "[mysql][cancel]"
) {
    cancel_everywhere(large_execution);
}
TEST_CASE("mysql: cancelled anywhere in a transaction, the connection recovers",
          "[mysql][cancel][core.conn.cancel]") {
    cancel_everywhere(whole_transaction);
}
TEST_CASE("mysql: cancelled anywhere in a batch, the connection recovers", "[mysql][cancel]") {
    cancel_everywhere(batches);
}
TEST_CASE("mysql: cancelled anywhere with a cursor, the connection recovers", "[mysql][cancel]") {
    cancel_everywhere(cursor_read_and_closed);
}
TEST_CASE("mysql: cancelled anywhere in a procedure, the connection recovers", "[mysql][cancel]") {
    cancel_everywhere(procedures);
}

TEST_CASE("mysql: a long statement is stopped on the server", "[mysql][cancel][core.conn.cancel]") {
    if (server_url().empty())
        return;
    asio::io_context context;
    ConnectionPtr connection;
    run_task(context, connect_into(context.get_executor(), connection, {}));
    const auto begun = Clock::now();
    const auto failure =
        cancel_after(context, ignore_result(*connection, Query("SELECT SLEEP(60)")), 50ms);
    REQUIRE(failure != nullptr);
    CHECK(connection->needs_recovery());
    CHECK_THROWS_AS(run_task(context, connection->ping()), InvalidRequestError);
    CHECK_THROWS_AS(run_task(context, connection->close()), InvalidRequestError);
    // A recovery may be cut off as well.
    const auto again = cancel_after(context, recover(*connection), 1);
    CHECK(again != nullptr);
    CHECK(connection->needs_recovery());
    run_task(context, recover(*connection));
    CHECK(Clock::now() - begun < 10s);
}

TEST_CASE("mysql: a recovery that cannot be done in time says so", "[mysql][cancel]") {
    if (server_url().empty())
        return;
    asio::io_context context;
    ConnectionPtr connection;
    run_task(context, connect_into(context.get_executor(), connection, {}));
    const auto failure =
        cancel_after(context, ignore_result(*connection, Query("SELECT SLEEP(60)")), 50ms);
    REQUIRE(failure != nullptr);
    CHECK_THROWS_AS(run_task(context, connection->recover(Clock::now())), OperationalError);
    // What was in time decides which: it is to be recovered still, or given up.
    CHECK((connection->needs_recovery() || !connection->is_open()));
    connection->terminate();
    CHECK_FALSE(connection->is_open());
}

TEST_CASE("mysql: a cancelled COMMIT is no plain abort", "[mysql][cancel]") {
    if (server_url().empty())
        return;
    asio::io_context context;
    ConnectionPtr connection;
    ConnectionPtr blocker;
    run_task(context, connect_into(context.get_executor(), connection, {}));
    run_task(context, connect_into(context.get_executor(), blocker, {}));
    const auto run = [&context](driver::Connection& c, const char* sql) {
        run_task(context, ignore_result(c, Query(sql)));
    };
    run(*connection, "CREATE OR REPLACE TABLE azoth_commit (n INTEGER) ENGINE=InnoDB");
    run_task(context, connection->begin(driver::BeginOptions()));
    run(*connection, "INSERT INTO azoth_commit VALUES (1)");
    run(*blocker, "FLUSH TABLES WITH READ LOCK"); // COMMIT waits for its end
    const auto failure = cancel_after(context, connection->commit(), 50ms);
    REQUIRE(failure != nullptr);
    CHECK_THROWS_AS(std::rethrow_exception(failure), CommitUnknownError);
    run(*blocker, "UNLOCK TABLES");
    run_task(context, recover(*connection));
    run(*connection, "DROP TABLE azoth_commit");
}

TEST_CASE("mysql: an event loop may end in the middle of an operation", "[mysql][cancel]") {
    if (server_url().empty())
        return;
    ConnectionPtr survivor; // its loop is gone before it
    {
        asio::io_context context;
        ConnectionPtr connection;
        run_task(context, connect_into(context.get_executor(), connection, {}));
        asio::co_spawn(
            context,
            ignore_result(*connection, Query("SELECT SLEEP(60)")),
            [](std::exception_ptr) {}
        );
        asio::co_spawn(
            context,
            connect_into(context.get_executor(), survivor, {}),
            [](std::exception_ptr) {}
        );
        context.restart();
        context.run_one_for(30ms); // the connecting thread is left alone
        connection.reset();
    }
    SUCCEED("nothing is touched that is gone");
}

TEST_CASE("mysql: connecting can be cancelled, and leaves nothing behind", "[mysql][cancel]") {
    if (server_url().empty())
        return;
    for (int steps = 0; steps < 5; ++steps) {
        asio::io_context context;
        ConnectionPtr connection;
        cancel_after(context, connect_into(context.get_executor(), connection, {}), steps);
    }
    with_connection(+[](Connection& c) -> asio::awaitable<void> { co_await expect_health(c); });
}

TEST_CASE("mysql: the server ends the connection during an execution",
          "[mysql][my.conn.gone_away][core.err.is_disconnect]") {
    with_connection(killed_in_execution);
}
TEST_CASE("mysql: the server ends the connection while it is idle",
          "[mysql][my.conn.gone_away][core.err.is_disconnect]") {
    with_connection(killed_while_idle);
}
TEST_CASE("mysql: the server ends the connection during a batch", "[mysql]") {
    with_connection(killed_in_batch);
}
TEST_CASE("mysql: the server ends the connection while a cursor is read", "[mysql]") {
    with_connection(killed_in_cursor);
}
TEST_CASE("mysql: a parameter beyond the server's limit ends the connection", "[mysql]") {
    with_connection(killed_in_large_parameter);
}
TEST_CASE("mysql: terminate() ends the operation under way", "[mysql]") {
    with_connection(terminated_by_owner);
}
TEST_CASE("mysql: a second operation at the same time is refused", "[mysql][core.conn.concurrency_guard]") {
    with_connection(second_operation);
}

TEST_CASE("mysql: a server that keeps silent is given up after read_timeout", "[mysql][my.conn.ssl_unix]") {
    with_connection(
        +[](Connection& c) -> asio::awaitable<void> {
            const auto begun = Clock::now();
            const auto error =
                co_await expect_error<OperationalError>(ignore_result(c, Query("SELECT SLEEP(20)"))
                );
            CHECK(error.is_disconnect());
            CHECK(Clock::now() - begun < 10s);
            CHECK_FALSE(c.is_open());
        },
        "?read_timeout=1"
    );
}
