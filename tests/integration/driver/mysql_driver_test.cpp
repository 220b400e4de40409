// SPDX-License-Identifier: MIT
// The MySQL and MariaDB driver's verbs against a server: execute, cursors, transactions.
#include "integration/driver/mysql_fixture.hpp"

#include <azoth/dialect/dialects.hpp>

using namespace azoth;
using namespace azoth::test_mysql;
using Connection = driver::Connection;

TEST_CASE("mysql: a statement runs prepared, again, and as text with the same answer",
          "[mysql][my.conn.ping][core.cache.prepared]") {
    with_connection(+[](Connection& c) -> asio::awaitable<void> {
        for (int i = 0; i < 3; ++i) {
            const auto n = co_await scalar<int>(c, Query("SELECT 1 + ?").bind(i));
            CHECK(n == 1 + i);
        }
        const auto text = co_await scalar<std::string>(c, Query("SELECT 'x'").unprepared());
        CHECK(text == "x");
        CHECK(c.server_version().find('.') != std::string::npos);
        CHECK(c.native_handle() != nullptr);
        co_await c.ping();
        co_await c.close();
        CHECK_FALSE(c.is_open());
        co_await c.close();
    });
}

TEST_CASE("mysql: more statements than the cache keeps are closed on the server",
          "[mysql][core.cache.prepared]") {
    with_connection(
        +[](Connection& c) -> asio::awaitable<void> {
            for (int i = 0; i < 20; ++i) {
                const auto n = co_await scalar<int>(c, Query("SELECT 100 + " + std::to_string(i)));
                CHECK(n == 100 + i);
            }
            const auto count =
                co_await c.execute(Query("SHOW SESSION STATUS LIKE 'Com_stmt_close'").statement());
            CHECK(std::stoi(get<std::string>(*count.rows, 0, 1)) >= 16);
        },
        "?statement_cache_size=3"
    );
}

TEST_CASE("mysql: without a cache every statement is prepared anew", "[mysql][core.cache.prepared]") {
    with_connection(
        +[](Connection& c) -> asio::awaitable<void> {
            for (int i = 0; i < 4; ++i) {
                const auto n = co_await scalar<int>(c, Query("SELECT ?").bind(i));
                CHECK(n == i);
            }
            co_await expect_health(c);
        },
        "?statement_cache_size=0"
    );
}

TEST_CASE("mysql: inserts report their key, updates the rows they matched",
          "[mysql][my.conn.found_rows][core.conn.rowcount][core.result.lastrowid]") {
    with_connection(+[](Connection& c) -> asio::awaitable<void> {
        co_await make_users(c);
        auto r = co_await execute(
            c,
            Query("INSERT INTO users (name) VALUES (?)").bind(std::string("anna"))
        );
        CHECK(r.affected == 1);
        CHECK(r.last_insert_id == 1);
        CHECK(r.rows == nullptr);
        CHECK(r.columns == nullptr);
        r = co_await execute(c, Query("INSERT INTO users (name) VALUES (?)").bind_null());
        CHECK(r.last_insert_id == 2);
        // The new value is the old one: matched all the same.
        r = co_await execute(c, Query("UPDATE users SET name = 'anna' WHERE id = ?").bind(1));
        CHECK(r.affected == 1);
        r = co_await execute(c, Query("DELETE FROM users").unprepared());
        CHECK(r.affected == 2);
    });
}

TEST_CASE("mysql: rows come from RETURNING", "[mysql]") {
    with_connection(+[](Connection& c) -> asio::awaitable<void> {
        co_await make_users(c);
        const auto r = co_await execute(
            c,
            Query("INSERT INTO users (name) VALUES (?), ('b') RETURNING id, name")
                .bind(std::string("a"))
        );
        REQUIRE(r.rows != nullptr);
        CHECK(r.rows->row_count() == 2);
        CHECK(get<int>(*r.rows, 1, 0) == 2);
        CHECK(get<std::string>(*r.rows, 1, 1) == "b");
        CHECK((*r.columns)[0].name == "id");
        CHECK((*r.columns)[1].type.kind == TypeKind::string);
        CHECK((*r.columns)[1].type.length == 40);
    });
}

TEST_CASE("mysql: the columns of a cached statement are shared, and follow what changes",
          "[mysql][core.cache.prepared]") {
    with_connection(+[](Connection& c) -> asio::awaitable<void> {
        const auto one = co_await execute(c, Query("SELECT ? AS v").bind(1));
        const auto two = co_await execute(c, Query("SELECT ? AS v").bind(2));
        CHECK(one.columns == two.columns);
        const auto three = co_await execute(c, Query("SELECT ? AS v").bind(std::string("x")));
        CHECK(get<std::string>(*three.rows) == "x");
        CHECK(get<int>(*two.rows) == 2);

        co_await c.run("DROP TABLE IF EXISTS azoth_columns");
        co_await c.run("CREATE TABLE azoth_columns (a INTEGER)");
        co_await c.run("INSERT INTO azoth_columns VALUES (1)");
        auto r = co_await execute(c, Query("SELECT * FROM azoth_columns"));
        CHECK(r.columns->at(0).name == "a");
        co_await c.run("ALTER TABLE azoth_columns CHANGE a b INTEGER");
        r = co_await execute(c, Query("SELECT * FROM azoth_columns"));
        CHECK(r.columns->at(0).name == "b");
        co_await c.run("ALTER TABLE azoth_columns ADD COLUMN c VARCHAR(10) DEFAULT 'new'");
        r = co_await execute(c, Query("SELECT * FROM azoth_columns"));
        REQUIRE(r.columns->size() == 2);
        CHECK(get<std::string>(*r.rows, 0, 1) == "new");
        // What is not to be executed twice fails instead; afterwards it is prepared anew.
        const auto insert = [] {
            return Query("INSERT INTO azoth_columns (a2) VALUES (5) RETURNING *");
        };
        co_await c.run("ALTER TABLE azoth_columns ADD COLUMN a2 INTEGER");
        co_await execute(c, insert());
        co_await c.run("ALTER TABLE azoth_columns ADD COLUMN d INTEGER");
        const auto error = co_await expect_error<DBAPIError>(ignore_result(c, insert()));
        CHECK_THAT(error.what(), Catch::Contains("columns of the result have changed"));
        co_await expect_health(c);
        r = co_await execute(c, insert());
        CHECK(r.columns->size() == 4);
        const auto inserted =
            co_await scalar<int>(c, Query("SELECT count(*) FROM azoth_columns WHERE a2 = 5"));
        CHECK(inserted == 3);
        co_await c.run("DROP TABLE azoth_columns");
        co_await expect_health(c);
    });
}

TEST_CASE("mysql: a procedure's first result is kept, the others are read away", "[mysql]") {
    with_connection(+[](Connection& c) -> asio::awaitable<void> {
        co_await c.run("DROP PROCEDURE IF EXISTS azoth_two");
        co_await c.run(
            "CREATE PROCEDURE azoth_two(IN n INT) BEGIN SELECT n AS first, 7; SELECT 'second'; END"
        );
        for (int i = 0; i < 3; ++i) {
            const auto r = co_await execute(c, Query("CALL azoth_two(?)").bind(i));
            REQUIRE(r.rows != nullptr);
            CHECK(r.columns->at(0).name == "first");
            CHECK(get<int>(*r.rows) == i);
            co_await expect_health(c);
            const auto as_text = co_await execute(c, Query("CALL azoth_two(5)").unprepared());
            CHECK(get<int>(*as_text.rows) == 5);
            co_await expect_health(c);
            co_await c.run("CALL azoth_two(6)");
            co_await expect_health(c);
        }
        co_await c.run("DROP PROCEDURE azoth_two");
        co_await c.run("CREATE OR REPLACE PROCEDURE azoth_fails() BEGIN SELECT 1; SELECT * FROM "
                       "azoth_nothing; END");
        for (int i = 0; i < 2; ++i) {
            const auto error = co_await expect_error<ProgrammingError>(
                ignore_result(c, Query("CALL azoth_fails()"))
            );
            CHECK(error.code() == errc::undefined_table);
            co_await expect_health(c);
        }
        co_await c.run("DROP PROCEDURE azoth_fails");
    });
}

TEST_CASE("mysql: what cannot be prepared is sent as text", "[mysql]") {
    with_connection(+[](Connection& c) -> asio::awaitable<void> {
        // Not HELP: a server without its help tables answers its preparation with a packet of another kind,
        // and the client library waits for the rest.
        co_await execute(c, Query("PREPARE azoth_seven FROM 'SELECT 7 AS seven'"));
        const auto r = co_await execute(c, Query("EXECUTE azoth_seven"));
        REQUIRE(r.rows != nullptr);
        CHECK(r.columns->at(0).name == "seven");
        CHECK(get<int>(*r.rows) == 7);
        co_await execute(c, Query("DEALLOCATE PREPARE azoth_seven"));
        co_await expect_health(c);
    });
}

TEST_CASE("mysql: wrong numbers of parameters are named", "[mysql]") {
    with_connection(+[](Connection& c) -> asio::awaitable<void> {
        const auto error =
            co_await expect_error<ProgrammingError>(ignore_result(c, Query("SELECT ?, ?").bind(1)));
        CHECK_THAT(
            error.what(),
            Catch::Contains("2 placeholders") && Catch::Contains("1 parameters")
        );
        co_await expect_health(c);
    });
}

// ---- cursors ---------------------------------------------------------------------------------

TEST_CASE("mysql: a cursor reads in pieces to the end",
          "[mysql][my.conn.streaming][core.conn.server_side_cursors]") {
    with_connection(+[](Connection& c) -> asio::awaitable<void> {
        const Query query{"SELECT seq, concat('row ', seq) FROM seq_1_to_2500"};
        auto cursor = co_await c.open_cursor(query.statement());
        CHECK(cursor->columns()->size() == 2);
        std::vector<std::size_t> sizes;
        int sum = 0;
        while (const auto rows = co_await cursor->fetch(1000)) {
            sizes.push_back(rows->row_count());
            for (std::size_t i = 0; i < rows->row_count(); ++i)
                sum += get<int>(*rows, i);
        }
        CHECK(sizes == std::vector<std::size_t>{1000, 1000, 500});
        CHECK(sum == 2500 * 2501 / 2);
        const auto rows = co_await cursor->fetch(10);
        CHECK(rows == nullptr);
        co_await expect_health(c); // without closing
        co_await cursor->close();
    });
}

TEST_CASE("mysql: a cursor closed early frees the connection, from short rests and endless ones",
          "[mysql][my.conn.streaming]") {
    with_connection(+[](Connection& c) -> asio::awaitable<void> {
        for (const auto* sql :
             {"SELECT seq FROM seq_1_to_100",
              "SELECT a.seq FROM seq_1_to_1000000 a, seq_1_to_1000000 b"}) {
            const Query query{sql};
            auto cursor = co_await c.open_cursor(query.statement());
            const auto rows = co_await cursor->fetch(10);
            CHECK(rows->row_count() == 10);
            const auto error =
                co_await expect_error<InvalidRequestError>(ignore_result(c, Query("SELECT 1")));
            CHECK_THAT(error.what(), Catch::Contains("cursor is open"));
            co_await cursor->close();
            co_await cursor->close();
            co_await expect_health(c);
        }
        const Query none{"DO 1"};
        auto cursor = co_await c.open_cursor(none.statement());
        const auto rows = co_await cursor->fetch(1);
        CHECK(rows == nullptr);
        co_await expect_health(c);
    });
}

TEST_CASE("mysql: an error in the middle of a cursor ends it", "[mysql]") {
    with_connection(+[](Connection& c) -> asio::awaitable<void> {
        // The subquery fails at its last row, long after the first were sent.
        const Query query{
            "SELECT IF(seq < 100000, seq, (SELECT 1 UNION SELECT seq)) FROM seq_1_to_100000"
        };
        auto cursor = co_await c.open_cursor(query.statement());
        bool failed = false;
        try {
            while (co_await cursor->fetch(1000)) {
            }
        } catch (const DBAPIError& error) {
            failed = true;
            CHECK(error.native_code() == 1242);
        }
        CHECK(failed);
        co_await expect_health(c);
        const auto again = co_await cursor->fetch(1);
        CHECK(again == nullptr);
    });
}

TEST_CASE("mysql: a connection closes with a cursor open", "[mysql]") {
    with_connection(+[](Connection& c) -> asio::awaitable<void> {
        const Query query{"SELECT a.seq FROM seq_1_to_1000000 a, seq_1_to_1000000 b"};
        auto cursor = co_await c.open_cursor(query.statement());
        co_await cursor->fetch(10);
        co_await c.close();
        CHECK_FALSE(c.is_open());
        bool refused = false;
        try {
            co_await cursor->fetch(10);
        } catch (const ResourceClosedError&) {
            refused = true;
        }
        CHECK(refused);
    });
}

// ---- transactions ----------------------------------------------------------------------------

TEST_CASE("mysql: transactions begin, commit and roll back, and the server says so",
          "[mysql][my.savepoint_txn]") {
    with_connection(+[](Connection& c) -> asio::awaitable<void> {
        co_await make_users(c);
        CHECK_FALSE(c.in_transaction());
        driver::BeginOptions options;
        options.isolation_level = driver::IsolationLevel::serializable;
        co_await c.begin(options);
        CHECK(c.in_transaction());
        co_await execute(c, Query("INSERT INTO users (name) VALUES ('kept')"));
        co_await c.commit();
        CHECK_FALSE(c.in_transaction());
        co_await c.begin(driver::BeginOptions());
        co_await execute(c, Query("INSERT INTO users (name) VALUES ('lost')"));
        co_await c.run("SAVEPOINT s");
        co_await c.run("ROLLBACK TO SAVEPOINT s");
        co_await c.rollback();
        CHECK_FALSE(c.in_transaction());
        const auto name = co_await scalar<std::string>(c, Query("SELECT name FROM users"));
        CHECK(name == "kept");

        driver::BeginOptions reader;
        reader.read_only = true;
        co_await c.begin(reader);
        co_await c.run("DROP TABLE IF EXISTS azoth_no"); // DDL commits
        co_await c.begin(reader);
        const auto error = co_await expect_error<DBAPIError>(
            ignore_result(c, Query("DELETE FROM mysql.help_topic WHERE 1 = 0"))
        );
        CHECK(error.code() == errc::read_only);
        co_await c.rollback();
    });
}

TEST_CASE("mysql: without autocommit, rows read by a plain SELECT open a transaction", "[mysql]") {
    with_connection(+[](Connection& c) -> asio::awaitable<void> {
        co_await make_users(c);
        co_await c.run("SET autocommit = 0");
        CHECK_FALSE(c.in_transaction());
        co_await execute(c, Query("SELECT * FROM users"));
        CHECK(c.in_transaction());
        co_await c.rollback();
        CHECK_FALSE(c.in_transaction());
        const auto error = co_await expect_error<IntegrityError>(
            ignore_result(c, Query("INSERT INTO users (id) VALUES (1), (1)"))
        );
        CHECK(error.code() == errc::unique_violation);
        CHECK(c.in_transaction());
        co_await c.rollback();
        co_await c.run("SET autocommit = 1");
        co_await expect_health(c);
    });
}

TEST_CASE("mysql: the dialect follows the URL", "[mysql][core.url.backend_driver]") {
    const auto driver = mysql::make_driver();
    CHECK(driver->dialect(Url{"mysql://h/d"}) == dialects::mysql());
    CHECK(driver->dialect(Url{"mariadb://h/d"}) == dialects::mariadb());
    CHECK_FALSE(driver->single_connection(Url{"mysql://h/d"}));
}
