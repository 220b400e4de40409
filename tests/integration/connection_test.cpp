// SPDX-License-Identifier: MIT
// Engine and connection on every database: transactions, results, many rows, streams, deadlines, and what
// users do wrong.
#include "support/backend.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <asio/experimental/awaitable_operators.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

#include <azoth/azoth.hpp>

namespace az = azoth;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;

namespace {

struct People : az::Table {
    az::Column<std::int64_t> id{*this, "id", az::primary_key};
    az::Column<std::string> name{*this, "name", az::String{30}, az::unique};
    az::Column<std::optional<std::string>> nick{*this, "nick", az::String{30}};
    az::Column<std::int64_t> age{*this, "age", az::default_(std::int64_t{30})};
    explicit People(az::MetaData& metadata) : az::Table{"person", metadata} {}
};

struct Schema {
    az::MetaData metadata;
    People people{metadata};
};

std::string backend_name() {
    const auto names = backend_names();
    return GENERATE_COPY(from_range(names));
}

asio::awaitable<void> sleep(std::chrono::milliseconds time) {
    asio::steady_timer timer{co_await asio::this_coro::executor};
    timer.expires_after(time);
    co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void> fill(az::Engine engine, const Schema& schema) {
    co_await schema.metadata.create_all(engine);
    auto connection = co_await engine.connect();
    std::vector<std::tuple<std::int64_t, std::string, std::optional<std::string>>> rows{
        {1, "Ada", std::nullopt},
        {2, "Bob", "b"},
        {3, "Cleo", "çł"}
    };
    co_await connection.execute(
        az::insert(schema.people).columns(schema.people.id, schema.people.name, schema.people.nick),
        rows
    );
    co_await connection.commit();
    co_await connection.close();
}

asio::awaitable<std::int64_t> count(az::Engine engine, const Schema& schema) {
    auto connection = co_await engine.connect();
    const auto rows = co_await connection.execute(az::select(az::func::count(schema.people.id)));
    co_await connection.close();
    co_return rows.scalar_one();
}

/// A statement that takes long, on each database.
az::TextClause slow(const az::Connection& connection) {
    const auto name = connection.dialect()->name();
    if (name == "postgresql") return az::text("SELECT pg_sleep(30)");
    if (name == "mariadb" || name == "mysql") return az::text("SELECT SLEEP(30)");
    return az::text("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n");
}

asio::awaitable<void> typed_and_untyped_rows(az::Engine engine) {
    const Schema schema;
    const auto& people = schema.people;
    co_await fill(engine, schema);
    auto connection = co_await engine.connect();

    std::string seen;
    for (const auto& [name, nick] :
         co_await connection.execute(az::select(people.name, people.nick).order_by(people.id)))
        seen += name + "/" + nick.value_or("-") + " ";
    CHECK(seen == "Ada/- Bob/b Cleo/çł ");

    const auto statement = az::select(people.name).where(people.id == 2);
    for (int i = 0; i < 3; ++i) {
        const auto result = co_await connection.execute(statement);
        CHECK(result.scalar_one() == "Bob");
    }
    CHECK(engine.compiled_cache().hits() >= 2);

    const auto text = az::text("SELECT id, name, nick FROM person WHERE name = :name").bind("name", "Ada");
    const auto untyped = co_await connection.execute(text);
    const auto row = untyped.one();
    CHECK(row.keys() == std::vector<std::string>{"id", "name", "nick"});
    CHECK(row.get<std::int64_t>("id") == 1);
    CHECK(row.get<std::string>(1) == "Ada");
    CHECK(row.is_null("nick"));

    const auto age = co_await connection.scalar(az::select(people.age).where(people.id == 1));
    CHECK(age == 30); // the column's default, made for each row
    const auto none = co_await connection.execute(az::select(people.name).where(people.id == 99));
    CHECK_FALSE(none.first());
    CHECK_FALSE(connection.server_version().empty());
    CHECK(connection.native_handle() != nullptr);
}

asio::awaitable<void> transactions_and_savepoints(az::Engine engine) {
    const Schema schema;
    const auto& people = schema.people;
    co_await fill(engine, schema);
    {
        auto connection = co_await engine.connect();
        co_await connection.execute(az::delete_(people));
        co_await connection.rollback();
        CHECK_FALSE(connection.in_transaction());

        auto transaction = co_await connection.begin();
        const auto updated = co_await connection.execute(az::update(people).values(people.age = 31));
        CHECK(updated.rowcount() == 3);
        auto savepoint = co_await connection.begin_nested();
        co_await connection.execute(az::delete_(people).where(people.id == 1));
        co_await savepoint.rollback();
        auto kept = co_await connection.begin_nested();
        co_await connection.execute(az::delete_(people).where(people.id == 3));
        co_await kept.commit();
        co_await transaction.commit();
    }
    const auto left = co_await count(engine, schema);
    CHECK(left == 2);

    { // destroyed without commit: rolled back by the pool
        auto connection = co_await engine.connect();
        co_await connection.execute(az::delete_(people));
    }
    const auto still = co_await count(engine, schema);
    CHECK(still == 2);
}

asio::awaitable<void> units_of_work(az::Engine engine) {
    const Schema schema;
    const auto& people = schema.people;
    co_await fill(engine, schema);
    const auto inserted =
        co_await engine.begin([&](az::Connection& connection) -> asio::awaitable<std::int64_t> {
            const auto result =
                co_await connection.execute(az::insert(people).values(people.id = 4, people.name = "Dan"));
            co_return result.rowcount();
        });
    CHECK(inserted == 1);
    bool refused = false;
    try {
        co_await engine.begin([&](az::Connection& connection) -> asio::awaitable<void> {
            co_await connection.execute(az::delete_(people));
            co_await connection.execute(az::insert(people).values(people.id = 9, people.name = "Ada"));
            co_await connection.execute(az::insert(people).values(people.id = 10, people.name = "Ada"));
        });
    } catch (const az::IntegrityError& error) {
        refused = true;
        CHECK(error.code() == az::errc::unique_violation);
        CHECK_THAT(error.statement(), Contains("INSERT INTO person"));
        CHECK(std::ranges::find(error.parameters(), "'Ada'") != error.parameters().end());
        CHECK_FALSE(error.is_disconnect());
    }
    CHECK(refused);
    const auto left = co_await count(engine, schema);
    CHECK(left == 4);
}

asio::awaitable<void> statements_fail_and_the_connection_goes_on(az::Engine engine) {
    const Schema schema;
    co_await fill(engine, schema);
    auto connection = co_await engine.connect();
    std::optional<az::errc> code;
    try {
        co_await connection.execute(az::text("SELECT * FROM no_such_table"));
    } catch (const az::DBAPIError& error) {
        CHECK(error.code() == az::errc::undefined_table);
        code = az::errc::undefined_table;
    }
    CHECK(code);
    co_await connection.rollback();
    CHECK_THROWS_AS(co_await connection.execute(az::text("SELEKT")), az::DBAPIError);
    co_await connection.rollback();

    auto savepoint = co_await connection.begin_nested();
    CHECK_THROWS_AS(
        co_await connection.execute(
            az::insert(schema.people).values(schema.people.id = 1, schema.people.name = "x")
        ),
        az::IntegrityError
    );
    co_await savepoint.rollback();
    const auto name = co_await connection.scalar(az::select(schema.people.name).where(schema.people.id == 3));
    CHECK(name == "Cleo");
}

asio::awaitable<void> values_that_do_not_fit(az::Engine engine) {
    const Schema schema;
    co_await fill(engine, schema);
    auto connection = co_await engine.connect();
    const auto result = co_await connection.execute(az::text("SELECT name, nick FROM person WHERE id = 1"));
    const auto row = result.one();
    CHECK_THROWS_WITH(row.get<std::int64_t>("name"), Contains("column 'name'"));
    CHECK_THROWS_WITH(row.get<std::string>("nick"), Contains("column 'nick'") && Contains("std::optional"));
    CHECK_THROWS_WITH(row.get<int>("age"), Contains("no column 'age'"));
    const auto deleted =
        co_await connection.execute(az::delete_(schema.people).where(schema.people.id == 77));
    CHECK(deleted.rowcount() == 0);
    CHECK_THROWS_AS(deleted.all(), az::ResourceClosedError);
}

asio::awaitable<void> many_rows(az::Engine engine) {
    const Schema schema;
    const auto& people = schema.people;
    co_await schema.metadata.create_all(engine);
    auto connection = co_await engine.connect();
    std::vector<std::tuple<std::int64_t, std::string>> rows;
    for (std::int64_t i = 1; i <= 2500; ++i) rows.emplace_back(i, "name " + std::to_string(i));
    const auto result = co_await connection.execute(az::insert(people).columns(people.id, people.name), rows);
    CHECK(result.rowcount() == 2500);
    const std::vector<std::tuple<std::int64_t, std::string>> none;
    const auto nothing =
        co_await connection.execute(az::insert(people).columns(people.id, people.name), none);
    CHECK(nothing.rowcount() == 0);

    if (engine.dialect()->features().insert_returning) {
        const std::vector<std::tuple<std::int64_t, std::string>> more{{9003, "c"}, {9001, "a"}, {9002, "b"}};
        const auto back = co_await connection.execute(
            az::insert(people).columns(people.id, people.name).returning(people.id, people.age),
            more
        );
        const std::vector<std::tuple<std::int64_t, std::int64_t>> expected{
            {9003, 30},
            {9001, 30},
            {9002, 30}
        };
        CHECK(back.all() == expected);
    }

    // A row refused in mid-batch takes none along when the transaction is rolled back.
    co_await connection.commit();
    const std::vector<std::tuple<std::int64_t, std::string>> bad{{9101, "x"}, {1, "y"}, {9102, "z"}};
    CHECK_THROWS_AS(
        co_await connection.execute(az::insert(people).columns(people.id, people.name), bad),
        az::IntegrityError
    );
    co_await connection.rollback();
    const auto left =
        co_await connection.scalar(az::select(az::func::count(people.id)).where(people.id > 9100));
    CHECK(left == 0);

    std::int64_t sum = 0;
    auto stream = co_await connection.stream(
        az::select(people.id).where(people.id <= 2500).order_by(people.id),
        az::ExecutionOptions().yield_per(100)
    );
    while (auto row = co_await stream.next()) sum += std::get<0>(*row);
    CHECK(sum == 2500 * 2501 / 2);

    auto early = co_await connection.stream(az::select(people.name), az::ExecutionOptions().yield_per(10));
    const auto first = co_await early.next();
    CHECK(first.has_value());
    CHECK_THROWS_AS(co_await connection.execute(az::text("SELECT 1")), az::InvalidRequestError);
    co_await early.close();
    const auto one = co_await connection.execute(az::text("SELECT 1"));
    CHECK(one.scalar<int>() == 1);
}

asio::awaitable<void> deadlines_and_cancellation(az::Engine engine) {
    using namespace asio::experimental::awaitable_operators;
    const Schema schema;
    co_await fill(engine, schema);
    {
        auto connection = co_await engine.connect();
        const auto statement = slow(connection);
        const auto before = std::chrono::steady_clock::now();
        CHECK_THROWS_AS(
            co_await connection.execute(statement, az::ExecutionOptions().timeout(100ms)),
            az::TimeoutError
        );
        CHECK(std::chrono::steady_clock::now() - before < 10s);
        co_await connection.rollback();
        const auto name =
            co_await connection.scalar(az::select(schema.people.name).where(schema.people.id == 1));
        CHECK(name == "Ada");
        const auto quick =
            co_await connection.execute(az::text("SELECT 1"), az::ExecutionOptions().timeout(10s));
        CHECK(quick.scalar<int>() == 1);
    }
    {
        auto connection = co_await engine.connect();
        co_await connection.execute(az::delete_(schema.people));
        const auto statement = slow(connection);
        auto winner = co_await (connection.execute(statement) || sleep(100ms));
        CHECK(winner.index() == 1);
    } // cut off in mid-statement: what the transaction did is gone
    const auto left = co_await count(engine, schema);
    CHECK(left == 3);
    // The one that was cut off comes back when the server has confirmed that it is idle.
    for (int i = 0; i < 200 && engine.pool().figures().in_use > 0; ++i) co_await sleep(25ms);
    CHECK(engine.pool().figures().in_use == 0);
}

asio::awaitable<void> use_after_close(az::Engine engine) {
    auto connection = co_await engine.connect();
    auto transaction = co_await connection.begin();
    co_await connection.execute(az::text("SELECT 1"));
    co_await connection.close();
    CHECK(connection.closed());
    CHECK_THROWS_WITH(co_await connection.execute(az::text("SELECT 1")), Contains("engine.connect()"));
    CHECK_THROWS_AS(co_await transaction.commit(), az::ResourceClosedError);
}

asio::awaitable<void> tables_come_and_go(az::Engine engine) {
    const Schema schema;
    co_await schema.metadata.create_all(engine);
    co_await schema.metadata.create_all(engine); // only what is missing
    az::MetaData reflected;
    co_await reflected.reflect(engine);
    REQUIRE(reflected.find("person") != nullptr);
    CHECK(reflected.table("person").columns().size() == 4);

    {
        auto connection = co_await engine.connect();
        az::MetaData more;
        const az::Table empty{"other", more};
        (void)empty;
        co_await schema.metadata.drop_all(connection);
        if (engine.dialect()->features().transactional_ddl) {
            co_await connection.rollback();
            co_await schema.metadata.drop_all(connection);
        }
        co_await connection.commit();
    }
    az::MetaData after;
    co_await after.reflect(engine);
    CHECK(after.find("person") == nullptr);
    co_await schema.metadata.drop_all(engine); // nothing left to drop
}

asio::awaitable<void> pooled_connections_are_clean(az::Engine engine) {
    const Schema schema;
    co_await fill(engine, schema);
    for (int i = 0; i < 20; ++i) {
        auto connection = co_await engine.connect();
        const auto rows = co_await connection.execute(az::select(schema.people.id));
        CHECK(rows.all().size() == 3);
        co_await connection.execute(az::delete_(schema.people));
        if (i % 2 == 0) co_await connection.close();
    }
    CHECK(engine.pool().figures().created == 1);
}

void on_each(asio::awaitable<void> (*body)(az::Engine)) {
    const auto name = backend_name();
    CAPTURE(name);
    Backend backend{name};
    backend.run(body(backend.engine()));
}

} // namespace

TEST_CASE("connection: rows are read by type, by name and by position",
          "[integration][core.conn.execute][core.conn.raw_access][core.default.scalar][core.result.row]"
          "[core.result.typed_row][core.select.value_row_type][core.schema.typed_table]") {
    on_each(typed_and_untyped_rows);
}
TEST_CASE("connection: transactions and savepoints",
          "[integration][core.txn.commit_as_you_go][core.txn.begin_once][core.txn.nested]"
          "[core.pool.reset_on_return][core.delete.basic]") {
    on_each(transactions_and_savepoints);
}
TEST_CASE("engine.begin: commits or rolls back on every database",
          "[integration][core.engine.begin][core.err.statement_context][core.err.dbapi_wrap]") {
    on_each(units_of_work);
}
TEST_CASE("connection: a statement fails, the connection goes on",
          "[integration][core.err.dbapi_wrap][core.txn.nested]") {
    on_each(statements_fail_and_the_connection_goes_on);
}
TEST_CASE("connection: values that do not fit their C++ type name the column",
          "[integration][core.result.row][core.result.fetch]") {
    on_each(values_that_do_not_fit);
}
TEST_CASE("connection: many rows in, many rows out",
          "[integration][core.insert.executemany][core.insert.returning][core.imv.order][core.conn.stream]"
          "[core.conn.server_side_cursors][core.result.async_iteration]") {
    on_each(many_rows);
}
TEST_CASE("connection: deadlines and cancellation reach the server",
          "[integration][core.conn.cancel][core.err.exit_errors]") {
    on_each(deadlines_and_cancellation);
}
TEST_CASE("connection: use after close on every database", "[integration][core.conn.close]") {
    on_each(use_after_close);
}
TEST_CASE("metadata: create_all, reflect and drop_all",
          "[integration][core.schema.create_drop][core.reflect.metadata]") {
    on_each(tables_come_and_go);
}
TEST_CASE("pool: every borrower gets a clean connection", "[integration][core.pool.reset_on_return]") {
    const auto name = backend_name();
    CAPTURE(name);
    Backend backend{name};
    // One connection, so that the next borrower waits for the reset of the last.
    backend.run(pooled_connections_are_clean(backend.make_engine({.pool_size = 1, .max_overflow = 0})));
}

TEST_CASE("connect: a wrong password and a server that is not there are refused, in words",
          "[integration][core.err.dbapi_wrap]") {
    const auto name = backend_name();
    CAPTURE(name);
    Backend backend{name};
    az::Url url{backend.url()};
    if (url.dialect == "sqlite") {
        url.database = "/no/such/folder/x.db";
        backend.run([](az::Engine engine) -> asio::awaitable<void> {
            CHECK_THROWS_AS(co_await engine.connect(), az::OperationalError);
        }(az::create_engine(backend.io().get_executor(), url)));
        return;
    }
    auto wrong = url;
    wrong.password = "wr0ng-passw0rd";
    backend.run([](az::Engine engine) -> asio::awaitable<void> {
        std::string message;
        try {
            auto connection = co_await engine.connect();
        } catch (const az::OperationalError& error) {
            message = error.what();
            CHECK(error.code() == az::errc::authentication_failed);
        }
        CHECK_FALSE(message.empty());
        CHECK_THAT(message, !Contains("wr0ng"));
        CHECK(engine.pool().figures().in_use == 0);
    }(az::create_engine(backend.io().get_executor(), wrong)));

    auto nowhere = url;
    nowhere.host = "127.0.0.1";
    nowhere.port = std::uint16_t{1};
    backend.run([](az::Engine engine) -> asio::awaitable<void> {
        CHECK_THROWS_AS(co_await engine.connect(), az::OperationalError);
    }(az::create_engine(backend.io().get_executor(), nowhere)));
}
