// SPDX-License-Identifier: MIT
// The MySQL and MariaDB driver's verbs against a server: execute, batches, cursors, transactions.
#include "integration/driver/mysql_fixture.hpp"

#include <azoth/dialect/dialects.hpp>

using namespace azoth;
using namespace azoth::test_mysql;
using Connection = driver::Connection;

namespace {

asio::awaitable<void> make_users(Connection& c) {
    co_await c.run("DROP TEMPORARY TABLE IF EXISTS users");
    co_await c.run(
        "CREATE TEMPORARY TABLE users (id INTEGER PRIMARY KEY AUTO_INCREMENT, name VARCHAR(40), "
        "CONSTRAINT uq_users_name UNIQUE (name)) ENGINE=InnoDB"
    );
}

/// Three rows of (name) for a batch.
struct Names {
    std::vector<std::string> texts;
    std::vector<Param> params;
    std::string sql;
    driver::Statement statement;
    std::vector<Type> types{String{}};

    Names(std::string text, std::vector<std::string> names)
        : texts(std::move(names)),
          sql(std::move(text)) {
        for (const auto& name : texts)
            params.emplace_back(ParamKind::text, name);
        statement = driver::Statement{sql, std::hash<std::string>{}(sql)};
        statement.param_types = types;
    }
};

} // namespace

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

// ---- batches ---------------------------------------------------------------------------------

TEST_CASE("mysql: a batch of 10,000 rows goes in few requests", "[mysql]") {
    with_connection(+[](Connection& c) -> asio::awaitable<void> {
        co_await make_users(c);
        std::vector<std::string> many;
        for (int i = 0; i < 10'000; ++i)
            many.push_back("name " + std::to_string(i));
        const Names names{"INSERT INTO users (name) VALUES (?)", std::move(many)};
        const auto r =
            co_await c
                .execute_batch(names.statement, names.params, 10'000, driver::BatchWants::nothing);
        CHECK(r.affected == 10'000);
        const auto count = co_await scalar<int>(c, Query("SELECT count(DISTINCT name) FROM users"));
        CHECK(count == 10'000);
        std::vector<std::string> more;
        for (int i = 0; i < 10'000; ++i)
            more.push_back("more " + std::to_string(i) + std::string(i % 300, 'x').substr(0, 30));
        const Names keyed{
            "INSERT INTO users (name) VALUES (?) RETURNING id, name",
            std::move(more)
        };
        const auto k =
            co_await c
                .execute_batch(keyed.statement, keyed.params, 10'000, driver::BatchWants::rows);
        REQUIRE(k.rows.size() == 10'000);
        CHECK(k.affected == 10'000);
        bool in_order = true;
        for (std::size_t i = 0; i < 10'000; ++i)
            in_order = in_order && get<std::string>(*k.rows[i], 0, 1) == keyed.texts[i];
        CHECK(in_order);
        // The same statement once more, for a single row.
        const auto one = co_await execute(
            c,
            Query("INSERT INTO users (name) VALUES (?)").bind(std::string("one"))
        );
        CHECK(one.affected == 1);
    });
}

TEST_CASE("mysql: a batch hands back keys or rows in order", "[mysql]") {
    with_connection(+[](Connection& c) -> asio::awaitable<void> {
        co_await make_users(c);
        const Names keyed{"INSERT INTO users (name) VALUES (?)", {"a", "b", "c"}};
        auto r = co_await c.execute_batch(
            keyed.statement,
            keyed.params,
            3,
            driver::BatchWants::last_insert_ids
        );
        CHECK(r.affected == 3);
        CHECK(r.last_insert_ids == std::vector<std::int64_t>{1, 2, 3});
        const Names returning{"INSERT INTO users (name) VALUES (?) RETURNING id, name", {"d", "e"}};
        r = co_await c
                .execute_batch(returning.statement, returning.params, 2, driver::BatchWants::rows);
        REQUIRE(r.rows.size() == 2);
        CHECK(r.affected == 2);
        CHECK(get<int>(*r.rows[0]) == 4);
        CHECK(get<std::string>(*r.rows[1], 0, 1) == "e");
        // Two rows for each row of parameters.
        const Names pairs{"INSERT INTO users (name) VALUES (?), (NULL) RETURNING name", {"p", "q"}};
        r = co_await c.execute_batch(pairs.statement, pairs.params, 2, driver::BatchWants::rows);
        REQUIRE(r.rows.size() == 2);
        CHECK(r.rows[1]->row_count() == 2);
        CHECK(get<std::string>(*r.rows[1]) == "q");
        CHECK(r.rows[1]->field(1, 0).is_null());
        // As many rows as there are: one, none.
        const Names ignored{
            "INSERT IGNORE INTO users (name) VALUES (?) RETURNING name",
            {"n", "n"}
        };
        r = co_await c
                .execute_batch(ignored.statement, ignored.params, 2, driver::BatchWants::rows);
        REQUIRE(r.rows.size() == 2);
        CHECK(r.rows[0]->row_count() == 1);
        CHECK(r.rows[1]->row_count() == 0);
        // Nothing wanted, but rows come.
        const Names more{"INSERT INTO users (name) VALUES (?) RETURNING id", {"f", "g"}};
        r = co_await c.execute_batch(more.statement, more.params, 2, driver::BatchWants::nothing);
        CHECK(r.affected == 2);
        co_await expect_health(c);
    });
}

TEST_CASE(
    "mysql: an error in a batch leaves the rows before it, unless in a transaction",
    "[mysql]"
) {
    with_connection(+[](Connection& c) -> asio::awaitable<void> {
        for (const auto wants :
             {driver::BatchWants::nothing, driver::BatchWants::last_insert_ids}) {
            co_await make_users(c);
            const Names names{"INSERT INTO users (name) VALUES (?)", {"a", "b", "a", "c"}};
            auto error = IntegrityError{DiagnosticInfo{}, {}, {}};
            try {
                co_await c.execute_batch(names.statement, names.params, 4, wants);
                FAIL("no error");
            } catch (const IntegrityError& e) {
                error = e;
            }
            CHECK(error.code() == errc::unique_violation);
            CHECK(error.constraint() == "uq_users_name");
            CHECK(error.statement() == names.sql);
            co_await expect_health(c);
            co_await c.begin({});
            const Names others{"INSERT INTO users (name) VALUES (?)", {"x", "y", "x"}};
            try {
                co_await c.execute_batch(others.statement, others.params, 3, wants);
                FAIL("no error");
            } catch (const IntegrityError&) {
            }
            CHECK(c.in_transaction());
            co_await c.rollback();
            const auto rest = co_await scalar<int>(
                c,
                Query("SELECT count(*) FROM users WHERE name IN ('x', 'y')")
            );
            CHECK(rest == 0);
        }
    });
}

TEST_CASE("mysql: batches of mixed kinds, NULLs and every type", "[mysql][dial.common.driver_types]") {
    with_connection(+[](Connection& c) -> asio::awaitable<void> {
        co_await c.run("CREATE TEMPORARY TABLE mixed (a BIGINT, b DOUBLE, c VARCHAR(20), d "
                       "DATETIME(6), e BLOB, f TIME, "
                       "g DECIMAL(20,4), h DATE, i CHAR(32))");
        const std::string sql = "INSERT INTO mixed VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
        driver::Statement statement{sql, std::hash<std::string>{}(sql)};
        const std::vector<Type> types(9);
        statement.param_types = types;
        const Decimal decimal{"12.5000"};
        const Uuid uuid{"00112233-4455-6677-8899-aabbccddeeff"};
        const Param none;
        const std::vector<Param> uniform{
            Param{ParamKind::integer, std::int64_t{-5}},
            Param{1.5},
            Param{ParamKind::text, "x"},
            Param{ParamKind::timestamp, std::int64_t{1}},
            Param{ParamKind::bytes, std::string_view{"\0\1", 2}},
            Param{ParamKind::time, std::int64_t{-3'600'000'001}},
            Param{&decimal},
            Param{ParamKind::date, std::int64_t{-1}},
            Param{&uuid},
            Param{ParamKind::boolean, std::int64_t{1}},
            none,
            none,
            none,
            none,
            none,
            none,
            none,
            none,
            none,
            Param{2.5},
            Param{ParamKind::text, ""},
            Param{ParamKind::timestamp_tz, std::int64_t{0}},
            Param{ParamKind::bytes, ""},
            Param{ParamKind::time, std::int64_t{0}},
            none,
            none,
            none
        };
        auto r = co_await c.execute_batch(statement, uniform, 3, driver::BatchWants::nothing);
        CHECK(r.affected == 3);
        std::vector<Param> mixed(18);
        mixed[0] = Param{ParamKind::integer, std::int64_t{7}};
        mixed[9] = Param{ParamKind::text, "8"};
        r = co_await c.execute_batch(statement, mixed, 2, driver::BatchWants::nothing);
        CHECK(r.affected == 2);
        const auto rows = co_await execute(c, Query("SELECT * FROM mixed"));
        REQUIRE(rows.rows->row_count() == 5);
        CHECK(get<std::int64_t>(*rows.rows, 0, 0) == -5);
        CHECK(rows.rows->field(0, 3).integer == 1);
        CHECK(rows.rows->field(0, 4).view() == std::string_view("\0\1", 2));
        CHECK(rows.rows->field(0, 5).integer == -3'600'000'000); // TIME without fraction
        CHECK(rows.rows->field(0, 6).view() == "12.5000");
        CHECK(rows.rows->field(0, 7).integer == -1);
        CHECK(rows.rows->field(0, 8).view() == "00112233445566778899aabbccddeeff");
        CHECK(get<std::int64_t>(*rows.rows, 1, 0) == 1);
        CHECK(rows.rows->field(1, 1).is_null());
        CHECK(rows.rows->field(2, 0).is_null());
        CHECK(rows.rows->field(2, 2).wire == Wire::text);
        CHECK(rows.rows->field(2, 2).size == 0);
        CHECK(rows.rows->field(2, 3).integer == 0);
        CHECK(get<std::int64_t>(*rows.rows, 3, 0) == 7);
        CHECK(get<std::int64_t>(*rows.rows, 4, 0) == 8);
        // A value that cannot be bound, in the middle: nothing of its request is sent.
        std::vector<Param> bad{uniform};
        bad[9 + 3] = Param{ParamKind::timestamp, std::int64_t{INT64_MAX}};
        bool refused = false;
        try {
            co_await c.execute_batch(statement, bad, 3, driver::BatchWants::nothing);
        } catch (const DataError& error) {
            refused = true;
            CHECK(error.statement() == sql);
        }
        CHECK(refused);
        const auto count = co_await scalar<int>(c, Query("SELECT count(*) FROM mixed"));
        CHECK(count == 5);
    });
}

TEST_CASE("mysql: batches of statements that take no arrays, or no parameters",
          "[mysql][my.conn.found_rows]") {
    with_connection(+[](Connection& c) -> asio::awaitable<void> {
        const std::string sql = "SET @x = ?";
        driver::Statement set{sql, std::hash<std::string>{}(sql)};
        const std::vector<Type> types{Integer{}};
        set.param_types = types;
        const std::vector<Param> params{
            Param{ParamKind::integer, std::int64_t{1}},
            Param{ParamKind::integer, std::int64_t{2}}
        };
        co_await c.execute_batch(set, params, 2, driver::BatchWants::nothing);
        const auto x = co_await scalar<int>(c, Query("SELECT @x"));
        CHECK(x == 2);
        co_await make_users(c);
        const std::string insert = "INSERT INTO users () VALUES ()";
        const driver::Statement plain{insert, std::hash<std::string>{}(insert)};
        const auto r = co_await c.execute_batch(plain, {}, 3, driver::BatchWants::last_insert_ids);
        CHECK(r.last_insert_ids == std::vector<std::int64_t>{1, 2, 3});
        // Updates count matched rows here as well.
        const std::string update = "UPDATE users SET name = NULL WHERE id >= ?";
        driver::Statement updates{update, std::hash<std::string>{}(update)};
        updates.param_types = types;
        const auto u = co_await c.execute_batch(updates, params, 2, driver::BatchWants::nothing);
        CHECK(u.affected == 5);
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
        co_await c.begin({});
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
