// SPDX-License-Identifier: MIT
// The MySQL and MariaDB driver's batches: keys, rows and errors of many rows sent in few requests.
#include "integration/driver/mysql_fixture.hpp"

using namespace azoth;
using namespace azoth::test_mysql;
using Connection = driver::Connection;

namespace {

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
            co_await c.begin(driver::BeginOptions());
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
        const auto r = co_await c.execute_batch(plain, std::span<const Param>(), 3, driver::BatchWants::last_insert_ids);
        CHECK(r.last_insert_ids == std::vector<std::int64_t>{1, 2, 3});
        // Updates count matched rows here as well.
        const std::string update = "UPDATE users SET name = NULL WHERE id >= ?";
        driver::Statement updates{update, std::hash<std::string>{}(update)};
        updates.param_types = types;
        const auto u = co_await c.execute_batch(updates, params, 2, driver::BatchWants::nothing);
        CHECK(u.affected == 5);
    });
}
