// SPDX-License-Identifier: MIT
// What the MySQL and MariaDB driver says when connecting fails, and of statements that fail.
#include "integration/driver/mysql_fixture.hpp"

#include <chrono>
#include <stdexcept>

#ifdef AZOTH_USE_BOOST_ASIO
#include <boost/asio/ip/tcp.hpp>
#else
#include <asio/ip/tcp.hpp>
#endif

using namespace azoth;
using namespace azoth::test_mysql;
using namespace std::chrono_literals;
using Connection = driver::Connection;

namespace {

asio::awaitable<void> connect_to(asio::any_io_executor executor, Url url) {
    const auto driver = mysql::make_driver();
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

TEST_CASE("mysql: connecting says what is wrong and what to do", "[mysql]") {
    if (server_url().empty())
        return;
    Url url{server_url()};
    SECTION("a wrong password") {
        url.password = "w0ngpassword";
        const auto error = connect_error(url);
        CHECK(error.code() == errc::authentication_failed);
        CHECK(error.native_code() == 1045);
        CHECK_THAT(error.what(), Catch::Contains("check user name and password"));
    }
    SECTION("an unknown database") {
        url.database = "azoth_no_such_database";
        const auto error = connect_error(url);
        CHECK(error.code() == errc::connection_failed);
        CHECK(error.native_code() == 1049);
        CHECK_THAT(error.what(), Catch::Contains("create it"));
    }
    SECTION("no server") {
        asio::io_context context;
        asio::ip::tcp::acceptor acceptor(context, {asio::ip::make_address("127.0.0.1"), 0});
        url.host = "127.0.0.1";
        url.port = acceptor.local_endpoint().port();
        acceptor.close();
        url.query.clear();
        const auto error = connect_error(url);
        CHECK(error.code() == errc::connection_failed);
        CHECK(error.is_disconnect());
        CHECK_THAT(error.what(), Catch::Contains("127.0.0.1:" + std::to_string(*url.port)));
    }
    SECTION("a server that does not answer") {
        asio::io_context context;
        const asio::ip::tcp::acceptor acceptor(context, {asio::ip::make_address("127.0.0.1"), 0});
        url.host = "127.0.0.1";
        url.port = acceptor.local_endpoint().port();
        url.query.clear();
        url.query.emplace_back("connect_timeout", "1");
        const auto begun = Clock::now();
        const auto error = connect_error(url);
        CHECK(error.code() == errc::connection_failed);
        CHECK(Clock::now() - begun < 5s);
    }
    SECTION("a socket that is not there") {
        url.host.clear();
        url.query.clear();
        url.query.emplace_back("unix_socket", "/nonexistent/azoth.sock");
        const auto error = connect_error(url);
        CHECK(error.code() == errc::connection_failed);
        CHECK_THAT(error.what(), Catch::Contains("/nonexistent/azoth.sock"));
    }
}

TEST_CASE("mysql: errors of statements name what they can",
          "[mysql][core.err.sqlstate_map][core.err.dbapi_wrap]") {
    with_connection(+[](Connection& c) -> asio::awaitable<void> {
        co_await c.run("SET SESSION sql_mode = 'STRICT_ALL_TABLES'");
        co_await c.run("DROP TABLE IF EXISTS azoth_child");
        co_await c.run(
            "CREATE OR REPLACE TABLE azoth_parent (id INT PRIMARY KEY, name VARCHAR(5) NOT NULL, n "
            "TINYINT, "
            "CONSTRAINT uq_parent UNIQUE (name), CONSTRAINT positive CHECK (n > 0)) ENGINE=InnoDB"
        );
        co_await c.run("CREATE TABLE azoth_child (id INT PRIMARY KEY, parent INT, CONSTRAINT "
                       "fk_parent FOREIGN KEY (parent) "
                       "REFERENCES azoth_parent (id)) ENGINE=InnoDB");
        co_await c.run("INSERT INTO azoth_parent VALUES (1, 'a', 1)");
        co_await c.run("INSERT INTO azoth_child VALUES (1, 1)");

        auto e = co_await expect_error<IntegrityError>(
            ignore_result(c, Query("INSERT INTO azoth_parent VALUES (2, 'a', 1)"))
        );
        CHECK(e.code() == errc::unique_violation);
        CHECK(e.constraint() == "uq_parent");
        CHECK(e.sqlstate() == "23000");
        CHECK(e.native_code() == 1062);
        e = co_await expect_error<IntegrityError>(
            ignore_result(c, Query("INSERT INTO azoth_child VALUES (2, 9)"))
        );
        CHECK(e.code() == errc::foreign_key_violation);
        CHECK(e.constraint() == "fk_parent");
        CHECK(e.table() == "azoth_child");
        e = co_await expect_error<IntegrityError>(
            ignore_result(c, Query("DELETE FROM azoth_parent").unprepared())
        );
        CHECK(e.code() == errc::foreign_key_violation);
        CHECK(e.constraint() == "fk_parent");
        e = co_await expect_error<IntegrityError>(
            ignore_result(c, Query("INSERT INTO azoth_parent VALUES (3, NULL, 1)"))
        );
        CHECK(e.code() == errc::not_null_violation);
        CHECK(e.column() == "name");
        e = co_await expect_error<IntegrityError>(
            ignore_result(c, Query("INSERT INTO azoth_parent VALUES (3, 'c', 0)"))
        );
        CHECK(e.code() == errc::check_violation);
        CHECK(e.constraint() == "positive");
        CHECK(e.table() == "azoth_parent");
        auto d = co_await expect_error<DataError>(
            ignore_result(c, Query("INSERT INTO azoth_parent VALUES (3, 'too long', 1)"))
        );
        CHECK(d.code() == errc::data_invalid);
        CHECK(d.column() == "name");
        d = co_await expect_error<DataError>(
            ignore_result(c, Query("INSERT INTO azoth_parent VALUES (3, 'c', 300)"))
        );
        CHECK(d.code() == errc::out_of_range);
        auto p = co_await expect_error<ProgrammingError>(
            ignore_result(c, Query("SELECT nme FROM azoth_parent"))
        );
        CHECK(p.code() == errc::undefined_column);
        CHECK(p.column() == "nme");
        CHECK(p.statement() == "SELECT nme FROM azoth_parent");
        p = co_await expect_error<ProgrammingError>(
            ignore_result(c, Query("SELECT * FROM azoth_none"))
        );
        CHECK(p.code() == errc::undefined_table);
        CHECK(p.table() == "azoth_none");
        p = co_await expect_error<ProgrammingError>(ignore_result(c, Query("SELEC 1")));
        CHECK(p.code() == errc::syntax_error);
        p = co_await expect_error<ProgrammingError>(c.run("CREATE TABLE azoth_child (id INT)"));
        CHECK(p.code() == errc::duplicate_table);
        co_await c.run("SET SESSION max_statement_time = 0.05");
        const auto o =
            co_await expect_error<OperationalError>(ignore_result(c, Query("SELECT SLEEP(5)")));
        CHECK(o.code() == errc::query_canceled);
        co_await c.run("DROP TABLE azoth_child, azoth_parent");
        co_await expect_health(c);
    });
}
