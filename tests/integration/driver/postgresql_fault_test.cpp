// SPDX-License-Identifier: MIT
// The PostgreSQL driver when things go wrong: cancelled at every step, server processes killed, no server.
#include "integration/driver/postgresql_fixture.hpp"

#include <chrono>

#ifdef AZOTH_USE_BOOST_ASIO
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#else
#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>
#endif

using namespace azoth;
using namespace azoth::test_postgresql;
using namespace std::chrono_literals;
using Connection = driver::Connection;

namespace {

asio::awaitable<void> connect_into(asio::any_io_executor executor, ConnectionPtr& connection) {
    connection = co_await connect(executor);
}

asio::awaitable<void> prepare_tables(Connection& c) {
    co_await c.run(
        "CREATE TEMPORARY TABLE f (id integer, name text); CREATE TYPE pg_temp.hue AS ENUM ('red')");
}

asio::awaitable<void> recover(Connection& c) {
    co_await c.recover(Clock::now() + 10s);
    co_await expect_health(c);
}

/// Cancels `operation` at its first step, its second, ..., until it runs to its end; after each the
/// connection is recovered and works.
void cancel_everywhere(Body operation) {
    if (server_url().empty()) return;
    asio::io_context context;
    ConnectionPtr connection;
    run_task(context, connect_into(context.get_executor(), connection));
    run_task(context, prepare_tables(*connection));
    int cut = 0;
    for (int steps = 0; steps < 500; ++steps) {
        INFO("cancelled after " << steps << " steps");
        const auto failure = cancel_after(context, operation(*connection), steps);
        if (!failure) {
            run_task(context, recover(*connection));
            CHECK(cut > 0);
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
    for (int i = 0; i < 2; ++i) {
        co_await execute(c, Query("SELECT 'red'::pg_temp.hue, 1 FROM pg_sleep(0.01)" + comment));
    }
}

asio::awaitable<void> large_execution(Connection& c) {
    const std::string text(5'000'000, 'x');
    co_await execute(c, Query("SELECT $1 || 'y'").bind(text));
}

asio::awaitable<void> whole_transaction(Connection& c) {
    co_await c.begin(driver::BeginOptions());
    co_await execute(c, Query("INSERT INTO f VALUES ($1, $2)").bind(1).bind(std::string("a")));
    co_await c.ping();
    co_await c.commit();
}

asio::awaitable<void> batch_of_many(Connection& c) {
    const std::string text(1'000, 'w');
    std::vector<Param> params;
    for (int i = 0; i < 700; ++i) {
        params.emplace_back(ParamKind::integer, std::int64_t{i});
        params.emplace_back(ParamKind::text, std::string_view{text});
    }
    const auto query =
        Query("INSERT INTO f VALUES ($1, $2) RETURNING id, name" + fresh_comment()).bind(1).bind(text);
    co_await c.execute_batch(query.statement(), params, 700, driver::BatchWants::rows);
}

asio::awaitable<void> cursor_read_and_closed(Connection& c) {
    const auto query =
        Query("SELECT g, 'red'::pg_temp.hue FROM generate_series(1, 30000) g" + fresh_comment());
    const auto cursor = co_await c.open_cursor(query.statement());
    co_await cursor->fetch(100);
    co_await cursor->fetch(3'000);
    co_await cursor->close();
}

asio::awaitable<void> transaction_in_two_round_trips(Connection& c) {
    const driver::BeginOptions options;
    for (int i = 0; i < 2; ++i) {
        const auto query = Query("INSERT INTO f VALUES ($1, $2)").bind(1).bind(std::string("a"));
        auto statement = query.statement();
        statement.begin = &options;
        statement.timeout = 10s;
        co_await c.execute(statement);
        co_await c.commit();
    }
    const auto query = Query("INSERT INTO f VALUES ($1, $2)" + fresh_comment()).bind(1).bind(std::string("a"));
    auto statement = query.statement();
    statement.begin = &options;
    const std::vector<Param> params(40, statement.params[0]);
    co_await c.execute_batch(statement, params, 20, driver::BatchWants::nothing);
    co_await c.rollback();
    const auto select = Query("SELECT g FROM generate_series(1, 10) g" + fresh_comment());
    for (int i = 0; i < 2; ++i) {
        statement = select.statement();
        statement.begin = &options;
        const auto cursor = co_await c.open_cursor(statement);
        co_await cursor->fetch(4);
        co_await cursor->close();
        const auto whole = co_await c.open_cursor(select.statement());
        while (const auto rows = co_await whole->fetch(6)) CHECK(rows->row_count() > 0);
        co_await c.rollback();
    }
}

asio::awaitable<void> pipeline_of_many(Connection& c) {
    const driver::BeginOptions options;
    const std::string text(100'000, 'p');
    const auto first = Query("SELECT 'red'::pg_temp.hue" + fresh_comment());
    const auto large = Query("SELECT $1 || 'y'" + fresh_comment()).bind(text);
    const auto slow = Query("SELECT 1 FROM pg_sleep(0.01)").unprepared();
    std::vector<driver::Statement> statements{first.statement(), slow.statement()};
    statements.front().begin = &options;
    for (int i = 0; i < 20; ++i) statements.push_back(large.statement());
    const auto answers = co_await c.execute_pipeline(statements);
    CHECK(answers.results.size() == statements.size());
    CHECK(answers.error == nullptr);
    co_await c.rollback();
}

asio::awaitable<void> copies(Connection& c) {
    driver::CopyTarget target;
    target.table = "f";
    target.columns = {"id", "name"};
    const std::string text(1'000, 'c');
    std::vector<Param> params;
    for (int i = 0; i < 2'000; ++i) {
        params.emplace_back(ParamKind::integer, std::int64_t{i});
        params.emplace_back(ParamKind::text, std::string_view{text});
    }
    co_await c.begin(driver::BeginOptions());
    const auto copy = co_await c.copy_in(target, driver::CopyFormat::automatic);
    co_await copy->write(params, 2'000);
    co_await copy->write(params, 2'000);
    const auto rows = co_await copy->finish();
    CHECK(rows == 4'000);
    const auto given_up = co_await c.copy_in(target, driver::CopyFormat::text);
    co_await given_up->write(params, 2'000);
    co_await given_up->abort();
    co_await c.rollback();
    const std::string query = "SELECT g, 'red'::pg_temp.hue FROM generate_series(1, 30000) g";
    const auto cursor = co_await c.copy_out(query, driver::CopyFormat::automatic);
    co_await cursor->fetch(100);
    co_await cursor->fetch(3'000);
    co_await cursor->close();
    const auto whole = co_await c.copy_out(query, driver::CopyFormat::text);
    while (const auto piece = co_await whole->fetch(10'000)) CHECK(piece->row_count() > 0);
}

asio::awaitable<void> notifications(Connection& c) {
    co_await c.listen("n");
    co_await c.notify("n", "1", nullptr);
    const auto heard = co_await c.next_notification();
    CHECK(heard.payload == "1");
}

// ---- death -------------------------------------------------------------------------------------

asio::awaitable<void> kill_later(asio::any_io_executor executor, int pid) {
    const auto killer = co_await connect(executor);
    co_await pause(50ms);
    co_await execute(*killer, Query("SELECT pg_terminate_backend($1)").bind(pid));
}

asio::awaitable<void> start_killer(Connection& c) {
    const auto executor = co_await asio::this_coro::executor;
    const auto pid = co_await scalar<int>(c, Query("SELECT pg_backend_pid()"));
    asio::co_spawn(executor, kill_later(executor, pid), [](std::exception_ptr e) { CHECK(e == nullptr); });
}

asio::awaitable<void> killed_in_execution(Connection& c) {
    co_await start_killer(c);
    const auto error =
        co_await expect_error<OperationalError>(ignore_result(c, Query("SELECT pg_sleep(20)")));
    CHECK(error.is_disconnect());
    CHECK(error.code() == errc::connection_lost);
    CHECK(error.sqlstate() == "57P01");
    CHECK_FALSE(c.is_open());
    CHECK_FALSE(c.needs_recovery());
    co_await expect_error<Error>(c.ping());
    co_await expect_error<Error>(c.recover(Clock::now() + 1s));
    c.terminate();
}

asio::awaitable<void> killed_while_idle(Connection& c) {
    co_await start_killer(c);
    co_await pause(150ms);
    const auto error = co_await expect_error<OperationalError>(c.ping());
    CHECK(error.is_disconnect());
    CHECK_FALSE(c.is_open());
}

asio::awaitable<void> killed_in_batch(Connection& c) {
    co_await start_killer(c);
    const auto query = Query("SELECT pg_sleep($1)").bind(0.01);
    const std::vector<Param> params(2'000, query.statement().params[0]);
    const auto run_batch = [](Connection& connection, driver::Statement statement,
                              std::span<const Param> values) -> asio::awaitable<void> {
        co_await connection.execute_batch(statement, values, values.size(), driver::BatchWants::rows);
    };
    const auto error = co_await expect_error<OperationalError>(run_batch(c, query.statement(), params));
    CHECK(error.is_disconnect());
    CHECK_FALSE(c.is_open());
}

asio::awaitable<void> killed_in_cursor(Connection& c) {
    const auto executor = co_await asio::this_coro::executor;
    const auto pid = co_await scalar<int>(c, Query("SELECT pg_backend_pid()"));
    const auto query = Query("SELECT g, pg_sleep(0.005) FROM generate_series(1, 100000) g");
    const auto cursor = co_await c.open_cursor(query.statement());
    asio::co_spawn(executor, kill_later(executor, pid), [](std::exception_ptr e) { CHECK(e == nullptr); });
    const auto read_all = [](driver::Cursor& rows) -> asio::awaitable<void> {
        while (const auto piece = co_await rows.fetch(1'000)) CHECK(piece->row_count() > 0);
    };
    const auto error = co_await expect_error<OperationalError>(read_all(*cursor));
    CHECK(error.is_disconnect());
    co_await expect_error<ResourceClosedError>(read_all(*cursor));
    CHECK_FALSE(c.is_open());
}

asio::awaitable<void> killed_in_declared_cursor(Connection& c) {
    co_await c.begin(driver::BeginOptions());
    co_await killed_in_cursor(c);
}

asio::awaitable<void> killed_in_commit(Connection& c) {
    co_await c.run("CREATE TEMPORARY TABLE slow (n integer);"
                   "CREATE FUNCTION pg_temp.nap() RETURNS trigger LANGUAGE plpgsql AS"
                   " 'BEGIN PERFORM pg_sleep(20); RETURN NULL; END';"
                   "CREATE CONSTRAINT TRIGGER nap AFTER INSERT ON slow DEFERRABLE INITIALLY DEFERRED"
                   " FOR EACH ROW EXECUTE FUNCTION pg_temp.nap()");
    co_await c.begin(driver::BeginOptions());
    co_await execute(c, Query("INSERT INTO slow VALUES (1)"));
    co_await start_killer(c);
    const auto error = co_await expect_error<CommitUnknownError>(c.commit());
    CHECK(error.is_disconnect());
    CHECK_FALSE(c.is_open());
}

asio::awaitable<void> terminated_by_owner(Connection& c) {
    const auto executor = co_await asio::this_coro::executor;
    std::exception_ptr failure;
    asio::co_spawn(
        executor, ignore_result(c, Query("SELECT pg_sleep(20)")),
        [&failure](std::exception_ptr e) { failure = e; });
    co_await pause(30ms);
    c.terminate();
    c.terminate();
    co_await pause(10ms);
    REQUIRE(failure != nullptr);
    CHECK_THROWS_AS(std::rethrow_exception(failure), asio_system_error);
    CHECK_FALSE(c.is_open());
}

// ---- connecting --------------------------------------------------------------------------------

asio::awaitable<void> connect_to(asio::any_io_executor executor, Url url) {
    const auto driver = postgresql::make_driver();
    co_await driver->connect(executor, std::move(url));
}

/// The error that connecting to `url` ends with.
OperationalError connect_error(Url url) {
    asio::io_context context;
    try {
        run_task(context, connect_to(context.get_executor(), std::move(url)));
    } catch (const OperationalError& error) {
        CHECK_THAT(error.what(), !Catch::Contains("w0ngpassword"));
        return error;
    }
    FAIL("no error was thrown");
    throw std::logic_error("not reached");
}

} // namespace

TEST_CASE("postgresql: cancelled anywhere in an execution, the connection recovers",
          "[postgresql][cancel][core.conn.cancel]") {
    cancel_everywhere(first_and_second_execution);
}
TEST_CASE(
    "postgresql: cancelled anywhere in a large execution, the connection recovers", "[postgresql][cancel]") {
    cancel_everywhere(large_execution);
}
TEST_CASE("postgresql: cancelled anywhere in a transaction, the connection recovers",
          "[postgresql][cancel][core.conn.cancel]") {
    cancel_everywhere(whole_transaction);
}
TEST_CASE("postgresql: cancelled anywhere in a batch, the connection recovers", "[postgresql][cancel]") {
    cancel_everywhere(batch_of_many);
}
TEST_CASE("postgresql: cancelled anywhere with a cursor, the connection recovers", "[postgresql][cancel]") {
    cancel_everywhere(cursor_read_and_closed);
}

TEST_CASE("postgresql: cancelled anywhere with a BEGIN that travels, the connection recovers", "[postgresql][cancel]") {
    cancel_everywhere(transaction_in_two_round_trips);
}
TEST_CASE("postgresql: cancelled anywhere in a pipeline, the connection recovers", "[postgresql][cancel]") {
    cancel_everywhere(pipeline_of_many);
}
TEST_CASE("postgresql: cancelled anywhere in a COPY, the connection recovers", "[postgresql][cancel]") {
    cancel_everywhere(copies);
}
TEST_CASE("postgresql: cancelled anywhere in LISTEN and NOTIFY, the connection recovers", "[postgresql][cancel]") {
    cancel_everywhere(notifications);
}

TEST_CASE("postgresql: a long statement is stopped on the server",
          "[postgresql][cancel][pg.conn.cancel][core.conn.cancel]") {
    if (server_url().empty()) return;
    asio::io_context context;
    ConnectionPtr connection;
    run_task(context, connect_into(context.get_executor(), connection));
    const auto begun = Clock::now();
    const auto failure = cancel_after(context, ignore_result(*connection, Query("SELECT pg_sleep(60)")), 1);
    REQUIRE(failure != nullptr);
    CHECK(connection->needs_recovery());
    // A recovery may be cut off as well.
    const auto again = cancel_after(context, recover(*connection), 1);
    CHECK(again != nullptr);
    CHECK(connection->needs_recovery());
    run_task(context, recover(*connection));
    CHECK(Clock::now() - begun < 10s);
}

TEST_CASE("postgresql: a cancelled COMMIT is no plain abort", "[postgresql][cancel]") {
    if (server_url().empty()) return;
    asio::io_context context;
    ConnectionPtr connection;
    run_task(context, connect_into(context.get_executor(), connection));
    run_task(context, connection->begin(driver::BeginOptions()));
    const auto failure = cancel_after(context, connection->commit(), 1);
    REQUIRE(failure != nullptr);
    CHECK_THROWS_AS(std::rethrow_exception(failure), CommitUnknownError);
    run_task(context, recover(*connection));
}

TEST_CASE("postgresql: an event loop may end in the middle of an operation", "[postgresql][cancel]") {
    if (server_url().empty()) return;
    asio::io_context context;
    ConnectionPtr connection;
    run_task(context, connect_into(context.get_executor(), connection));
    asio::co_spawn(
        context, ignore_result(*connection, Query("SELECT pg_sleep(60)")), [](std::exception_ptr) {});
    context.restart();
    context.run_for(30ms);
    connection.reset();
    SUCCEED("nothing is touched that is gone");
}

TEST_CASE("postgresql: the server process ends during an execution",
          "[postgresql][pg.disconnect][core.err.is_disconnect]") {
    with_connection(killed_in_execution);
}
TEST_CASE("postgresql: the server process ends while the connection is idle",
          "[postgresql][pg.disconnect][core.err.is_disconnect]") {
    with_connection(killed_while_idle);
}
TEST_CASE("postgresql: the server process ends during a batch", "[postgresql]") {
    with_connection(killed_in_batch);
}
TEST_CASE("postgresql: the server process ends while a cursor is read", "[postgresql]") {
    with_connection(killed_in_cursor);
}
TEST_CASE("postgresql: the server process ends while a cursor in a transaction is read", "[postgresql]") {
    with_connection(killed_in_declared_cursor);
}
TEST_CASE("postgresql: the server process ends during a COMMIT", "[postgresql]") {
    with_connection(killed_in_commit);
}
TEST_CASE("postgresql: terminate() ends the operation under way", "[postgresql]") {
    with_connection(terminated_by_owner);
}

TEST_CASE("postgresql: connecting says what is wrong and what to do", "[postgresql]") {
    if (server_url().empty()) return;
    Url url{server_url()};
    SECTION("a wrong password") {
        url.password = "w0ngpassword";
        const auto error = connect_error(url);
        // A server that trusts everyone gives no error, and fails this test.
        CHECK(error.code() == errc::authentication_failed);
        CHECK(error.sqlstate() == "28P01");
        CHECK_THAT(error.what(), Catch::Contains("pg_hba.conf"));
        CHECK_THAT(error.what(), !Catch::Contains("LOCATION"));
    }
    SECTION("a database that does not exist") {
        url.database = "no_such_database";
        const auto error = connect_error(url);
        CHECK(error.sqlstate() == "3D000");
        CHECK_THAT(error.what(), Catch::Contains("no_such_database"));
    }
    SECTION("no server") {
        asio::io_context context;
        asio::ip::tcp::acceptor port(context, asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), 0));
        url.host = "127.0.0.1";
        url.port = port.local_endpoint().port();
        url.password = "w0ngpassword";
        port.close();
        const auto error = connect_error(url);
        CHECK(error.code() == errc::connection_failed);
        CHECK_THAT(error.what(), Catch::Contains("running") && Catch::Contains(std::to_string(*url.port)));
    }
    SECTION("a server that does not answer") {
        asio::io_context context;
        asio::ip::tcp::acceptor port(context, asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), 0));
        url.host = "localhost";
        url.port = port.local_endpoint().port();
        url.query.emplace_back("connect_timeout", "1");
        const auto begun = Clock::now();
        const auto error = connect_error(url);
        CHECK(Clock::now() - begun < 5s);
        CHECK(error.code() == errc::connection_failed);
        CHECK_THAT(error.what(), Catch::Contains("within 1 s"));
    }
    SECTION("a host that does not exist") {
        url.host = "no-such-host.invalid";
        const auto error = connect_error(url);
        CHECK(error.code() == errc::connection_failed);
        CHECK_THAT(error.what(), Catch::Contains("no-such-host.invalid"));
    }
}

TEST_CASE("postgresql: connecting can be cancelled at every step", "[postgresql][cancel]") {
    if (server_url().empty()) return;
    asio::io_context context;
    for (int steps = 0; steps < 100; ++steps) {
        const auto failure =
            cancel_after(context, connect_to(context.get_executor(), Url{server_url()}), steps);
        if (!failure) return;
        CHECK_THROWS_AS(std::rethrow_exception(failure), asio_system_error);
    }
    FAIL("connecting never came to its end");
}
