// SPDX-License-Identifier: MIT
// The PostgreSQL driver on a server: values, results, transactions, errors and prepared statements.
#include "integration/driver/postgresql_fixture.hpp"

#include <azoth/types/array.hpp>

#include <limits>

#ifdef AZOTH_USE_BOOST_ASIO
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#else
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#endif

using namespace azoth;
using namespace azoth::test_postgresql;
using Connection = driver::Connection;

namespace {

template <class T>
asio::awaitable<void> expect_round_trip(Connection& connection, T value, Type type = TypeTraits<T>::type()) {
    const auto typed = co_await execute(connection, Query("SELECT $1").bind(value, type));
    CHECK(get<T>(*typed.rows) == value);
    const auto null = co_await execute(connection, Query("SELECT $1").bind_null(type));
    CHECK(null.rows->field(0, 0).is_null());
}

asio::awaitable<void> round_trips(Connection& c) {
    co_await expect_round_trip(c, true);
    co_await expect_round_trip(c, std::numeric_limits<std::int16_t>::min());
    co_await expect_round_trip(c, std::numeric_limits<std::int32_t>::min());
    co_await expect_round_trip(c, std::numeric_limits<std::int64_t>::min());
    co_await expect_round_trip(c, std::int64_t{5'000'000'000});
    co_await expect_round_trip(c, 0.1F);
    co_await expect_round_trip(c, 0.1);
    co_await expect_round_trip(c, 0.5F, Float(24));
    co_await expect_round_trip(c, Decimal("-12345678901234567890.0123456789"));
    co_await expect_round_trip(c, Decimal::nan());
    co_await expect_round_trip(c, std::string("Grüße, 世界"));
    co_await expect_round_trip(c, std::string());
    co_await expect_round_trip(c, std::string("text"), Text());
    const Bytes bytes{std::byte{0}, std::byte{255}, std::byte{'\\'}};
    co_await expect_round_trip(c, bytes);
    co_await expect_round_trip(c, Bytes{});
    using namespace std::chrono;
    co_await expect_round_trip(c, Date{1969y / December / 31});
    co_await expect_round_trip(c, Date{9999y / December / 31});
    co_await expect_round_trip(c, Time{23h + 59min + 59s + 999999us});
    co_await expect_round_trip(c, Timestamp{local_days{1999y / December / 31} + 23h + 1us});
    co_await expect_round_trip(c, TimestampTz{sys_days{2024y / February / 29} + 12h});
    co_await expect_round_trip(c, Interval(-14, 3, 5h + 1us));
    co_await expect_round_trip(c, Uuid("00112233-4455-6677-8899-aabbccddeeff"));
    const auto document =
        co_await scalar<Json>(c, Query("SELECT $1").bind(Json::parse(R"({"a": [1, null]})")));
    CHECK(document["a"][0] == 1);
    const auto binary_document = co_await scalar<Json>(c, Query(R"(SELECT '{"b": 2}'::jsonb)"));
    CHECK(binary_document["b"] == 2);
}

asio::awaitable<void> untyped_parameters(Connection& c) {
    const Type unknown;
    co_await c.run("CREATE TEMPORARY TABLE t (small smallint, big bigint, day date, label text)");
    // Text is left to the server to infer; integers are what a literal would be.
    const auto inserted = co_await execute(
        c, Query("INSERT INTO t VALUES ($1, $2, $3, $4)")
               .bind(std::string("7"), unknown)
               .bind(std::int64_t{5'000'000'000}, unknown)
               .bind(std::string("2024-02-29"), unknown)
               .bind_null());
    CHECK(inserted.affected == 1);
    CHECK(inserted.rows == nullptr);
    const auto big =
        co_await scalar<std::int64_t>(c, Query("SELECT big FROM t WHERE small = $1").bind(7, unknown));
    CHECK(big == 5'000'000'000);
    const auto hello = co_await scalar<std::string>(
        c, Query("SELECT substr($1, $2)").bind(std::string("oh hello"), unknown).bind(4, unknown));
    CHECK(hello == "hello");
    const auto sum = co_await scalar<Decimal>(
        c, Query("SELECT $1 + 1::numeric").bind(std::numeric_limits<std::uint64_t>::max(), unknown));
    CHECK(sum == Decimal("18446744073709551616"));
}

asio::awaitable<void> conversions(Connection& c) {
    const auto one = co_await scalar<bool>(c, Query("SELECT $1").bind(1, Boolean()));
    CHECK(one);
    const auto number = co_await scalar<std::string>(c, Query("SELECT $1").bind(42, String()));
    CHECK(number == "42");
    const auto whole = co_await scalar<int>(c, Query("SELECT $1").bind(Decimal("12.00"), Integer()));
    CHECK(whole == 12);
    const auto exact = co_await scalar<Decimal>(c, Query("SELECT $1").bind(0.1, Numeric()));
    CHECK(exact == Decimal("0.1"));
    const auto widened = co_await scalar<double>(c, Query("SELECT $1").bind(3, Double()));
    CHECK(widened == 3.0);
    const auto parsed = co_await scalar<int>(c, Query("SELECT $1").bind(std::string("17"), Integer()));
    CHECK(parsed == 17);
    const auto bytes = co_await scalar<Bytes>(c, Query("SELECT $1").bind(std::string("a\\x"), LargeBinary()));
    CHECK(bytes.size() == 3);

    const auto too_large =
        co_await expect_error<DataError>(ignore_result(c, Query("SELECT $1").bind(70000, SmallInteger())));
    CHECK(too_large.code() == errc::out_of_range);
    CHECK(too_large.statement() == "SELECT $1");
    const auto zero =
        co_await expect_error<DataError>(ignore_result(c, Query("SELECT $1").bind(std::string("a\0b", 3))));
    CHECK(zero.code() == errc::data_invalid);
    using namespace std::chrono;
    const auto dropped = Timestamp{local_days{2024y / January / 1} + 5h};
    co_await expect_error<DataError>(ignore_result(c, Query("SELECT $1").bind(dropped, DateType())));
    co_await expect_health(c); // nothing was sent
}

asio::awaitable<void> column_types(Connection& c) {
    co_await c.run("DROP TYPE IF EXISTS pg_temp.mood; CREATE TYPE pg_temp.mood AS ENUM ('sad', 'happy');"
                   "CREATE DOMAIN pg_temp.positive AS integer CHECK (value > 0);"
                   "CREATE TEMPORARY TABLE s (m pg_temp.mood, p pg_temp.positive, n numeric(10, 2), v "
                   "varchar(30),"
                   " o oid, a integer[], c char(3), z timestamptz, x \"char\");"
                   "INSERT INTO s VALUES ('happy', 5, 1.50, 'v', 4294967295, '{1}', 'abc', now(), 'q')");
    const auto result = co_await execute(c, Query("SELECT * FROM s"));
    const auto& columns = *result.columns;
    REQUIRE(columns.size() == 9);
    CHECK(columns[0].name == "m");
    CHECK(get<std::string>(*result.rows, 0, 0) == "happy");
    CHECK(columns[1].type == Integer());
    CHECK(get<int>(*result.rows, 0, 1) == 5);
    CHECK(columns[2].type == Numeric(10, 2));
    CHECK(get<Decimal>(*result.rows, 0, 2).to_string() == "1.50");
    CHECK(columns[3].type == String(30));
    CHECK(get<std::uint32_t>(*result.rows, 0, 4) == 4294967295U);
    CHECK(columns[5].type == ARRAY(Integer()));
    CHECK(get<std::vector<int>>(*result.rows, 0, 5) == std::vector<int>(1, 1));
    CHECK(get<std::string>(*result.rows, 0, 6) == "abc");
    CHECK(columns[7].type == DateTime(true));
    CHECK(get<std::string>(*result.rows, 0, 8) == "q");
    const auto again = co_await execute(c, Query("SELECT * FROM s"));
    CHECK(again.columns == result.columns); // not rebuilt
    const auto empty = co_await execute(c, Query("SELECT * FROM s WHERE false"));
    CHECK(empty.rows->row_count() == 0);
    CHECK(empty.columns->size() == 9);
    const auto nothing =
        co_await execute(c, Query("SELECT pg_sleep(0), pg_catalog.set_config('a.b', '', true)"));
    CHECK(nothing.rows->field(0, 0).wire == Wire::text);
}

asio::awaitable<void> large_values(Connection& c) {
    const std::string text(10'000'000, 'x');
    const auto returned = co_await scalar<std::string>(c, Query("SELECT $1 || 'y'").bind(text));
    CHECK(returned.size() == 10'000'001);
    CHECK(returned.back() == 'y');
    const auto rows =
        co_await execute(c, Query("SELECT g, repeat('z', 1000) FROM generate_series(1, 20000) g"));
    CHECK(rows.rows->row_count() == 20000);
    CHECK(get<int>(*rows.rows, 19999) == 20000);
    co_await expect_health(c);
}

asio::awaitable<void> errors(Connection& c) {
    co_await c.run("CREATE TEMPORARY TABLE e (id integer PRIMARY KEY, n integer NOT NULL,"
                   " CONSTRAINT positive CHECK (n > 0)); INSERT INTO e VALUES (1, 1)");
    const auto unique =
        co_await expect_error<IntegrityError>(ignore_result(c, Query("INSERT INTO e VALUES (1, 1)")));
    CHECK(unique.code() == errc::unique_violation);
    CHECK(unique.sqlstate() == "23505");
    CHECK(unique.constraint() == "e_pkey");
    CHECK(unique.table() == "e");
    CHECK_FALSE(unique.is_disconnect());
    const auto null =
        co_await expect_error<IntegrityError>(ignore_result(c, Query("INSERT INTO e VALUES (2, NULL)")));
    CHECK(null.code() == errc::not_null_violation);
    CHECK(null.column() == "n");
    const auto check =
        co_await expect_error<IntegrityError>(ignore_result(c, Query("INSERT INTO e VALUES (2, 0)")));
    CHECK(check.constraint() == "positive");
    const auto syntax = co_await expect_error<ProgrammingError>(ignore_result(c, Query("SELECT FROM WHERE")));
    CHECK(syntax.code() == errc::syntax_error);
    CHECK_THAT(syntax.what(), Catch::Contains("character 13"));
    const auto table = co_await expect_error<ProgrammingError>(c.run("SELECT * FROM nowhere"));
    CHECK(table.code() == errc::undefined_table);
    const auto copy = co_await expect_error<NotSupportedError>(ignore_result(c, Query("COPY e TO STDOUT")));
    CHECK_THAT(copy.what(), Catch::Contains("COPY"));
    co_await expect_error<DBAPIError>(c.run("COPY e FROM STDIN"));
    co_await expect_health(c);
}

asio::awaitable<void> transactions(Connection& c) {
    co_await c.run("CREATE TEMPORARY TABLE x (n integer)");
    driver::BeginOptions options;
    options.isolation_level = driver::IsolationLevel::repeatable_read;
    options.read_only = true;
    co_await c.begin(options);
    CHECK(c.in_transaction());
    const auto level = co_await scalar<std::string>(c, Query("SHOW transaction_isolation"));
    CHECK(level == "repeatable read");
    const auto read_only = co_await scalar<std::string>(c, Query("SHOW transaction_read_only"));
    CHECK(read_only == "on");
    co_await c.rollback();
    CHECK_FALSE(c.in_transaction());

    co_await c.begin(driver::BeginOptions());
    co_await ignore_result(c, Query("INSERT INTO x VALUES (1)"));
    co_await c.commit();
    const auto count = co_await scalar<int>(c, Query("SELECT count(*) FROM x"));
    CHECK(count == 1);

    // The server answers COMMIT of a failed transaction with ROLLBACK, and no error.
    co_await c.begin(driver::BeginOptions());
    co_await ignore_result(c, Query("INSERT INTO x VALUES (2)"));
    co_await expect_error<DataError>(ignore_result(c, Query("SELECT 1 / 0")));
    CHECK(c.in_transaction());
    const auto rolled_back = co_await expect_error<InternalError>(c.commit());
    CHECK(rolled_back.sqlstate() == "25P02");
    CHECK_FALSE(c.in_transaction());
    const auto still = co_await scalar<int>(c, Query("SELECT count(*) FROM x"));
    CHECK(still == 1);
    co_await expect_health(c);
}

asio::awaitable<int> prepared_on_server(Connection& c) {
    const auto count =
        co_await scalar<int>(c, Query("SELECT count(*) FROM pg_prepared_statements").unprepared());
    co_return count;
}

asio::awaitable<void> keeps_two_statements(Connection& c) {
    for (int i = 0; i < 10; ++i) {
        const auto n = co_await scalar<int>(c, Query("SELECT " + std::to_string(i)));
        CHECK(n == i);
    }
    // One more than kept: what was pushed out last goes with the next that is prepared.
    const auto count = co_await prepared_on_server(c);
    CHECK(count <= 3);
    co_await expect_health(c);
}

asio::awaitable<void> keeps_no_statements(Connection& c) {
    for (int i = 0; i < 3; ++i) {
        const auto n = co_await scalar<int>(c, Query("SELECT $1").bind(i));
        CHECK(n == i);
    }
    const auto count = co_await prepared_on_server(c);
    CHECK(count == 0);
    auto batch = Query("SELECT $1").bind(1);
    const auto statement = batch.statement();
    const auto rows = co_await c.execute_batch(statement, statement.params, 1, driver::BatchWants::rows);
    CHECK(get<int>(*rows.rows.at(0)) == 1);
    const auto cursor = co_await c.open_cursor(statement);
    const auto fetched = co_await cursor->fetch(10);
    CHECK(get<int>(*fetched) == 1);
    co_await cursor->close();
}

asio::awaitable<void> stale_statements(Connection& c) {
    co_await c.run("CREATE TEMPORARY TABLE stale (a integer); INSERT INTO stale VALUES (1)");
    const auto before = co_await execute(c, Query("SELECT * FROM stale"));
    CHECK(before.columns->size() == 1);
    co_await c.run("ALTER TABLE stale ADD COLUMN b text DEFAULT 'new'");
    const auto after = co_await execute(c, Query("SELECT * FROM stale"));
    REQUIRE(after.columns->size() == 2);
    CHECK(get<std::string>(*after.rows, 0, 1) == "new");
    co_await c.run("DEALLOCATE ALL");
    const auto renewed = co_await scalar<int>(c, Query("SELECT * FROM stale"));
    CHECK(renewed == 1);

    co_await c.run("DEALLOCATE ALL");
    const auto statement = Query("SELECT * FROM stale");
    const auto batch = co_await c.execute_batch(statement.statement(), std::span<const Param>(), 3, driver::BatchWants::rows);
    CHECK(batch.rows.size() == 3);
    co_await c.run("DEALLOCATE ALL");
    const auto cursor = co_await c.open_cursor(statement.statement());
    const auto fetched = co_await cursor->fetch(10);
    CHECK(fetched->row_count() == 1);
    co_await cursor->close();

    // In a transaction the error has ended that, but the next one goes well.
    co_await c.begin(driver::BeginOptions());
    co_await c.run("ALTER TABLE stale DROP COLUMN b");
    const auto error = co_await expect_error<DBAPIError>(ignore_result(c, Query("SELECT * FROM stale")));
    CHECK(error.sqlstate() == "0A000");
    co_await c.rollback();
    const auto last = co_await execute(c, Query("SELECT * FROM stale"));
    CHECK(last.columns->size() == 2);
    co_await expect_health(c);
}

asio::awaitable<void> one_at_a_time(Connection& c) {
    const auto executor = co_await asio::this_coro::executor;
    bool ended = false;
    std::exception_ptr first_failure;
    const auto at_end = [&](std::exception_ptr e) {
        ended = true;
        first_failure = e;
    };
    asio::co_spawn(executor, ignore_result(c, Query("SELECT pg_sleep(0.05)")), at_end);
    asio::steady_timer pause(executor);
    co_await expect_error<InvalidRequestError>(ignore_result(c, Query("SELECT 1")));
    do {
        pause.expires_after(std::chrono::milliseconds(10));
        co_await pause.async_wait(asio::use_awaitable);
    } while (!ended);
    CHECK(first_failure == nullptr);
    co_await expect_health(c);
}

asio::awaitable<void> small_verbs(Connection& c) {
    co_await c.ping();
    CHECK_THAT(c.server_version(), Catch::Matches("[0-9]+(\\.[0-9]+)?"));
    CHECK(c.native_handle() != nullptr);
    const auto tabs = co_await execute(c, Query("VALUES (1, 'a'), (2, NULL)"));
    CHECK(tabs.affected == -1);
    CHECK(tabs.rows->field(1, 1).is_null());
    co_await c.run("SET application_name = 'a'; SET application_name = 'b'");
    const auto name = co_await scalar<std::string>(c, Query("SHOW application_name"));
    CHECK(name == "b");
    const auto encoding = co_await scalar<std::string>(c, Query("SHOW client_encoding"));
    CHECK(encoding == "UTF8");
    co_await c.close();
    CHECK_FALSE(c.is_open());
    co_await expect_error<ResourceClosedError>(c.ping());
    c.terminate();
}

} // namespace

TEST_CASE("postgresql: every type comes back as it was bound",
          "[postgresql][pg.type.scalars][dial.common.driver_types][core.type.numeric][core.type.datetime]") {
    with_connection(round_trips);
}
TEST_CASE("postgresql: parameters without a type are what the server makes of them",
          "[postgresql][core.bind.type_inference]") {
    with_connection(untyped_parameters);
}
TEST_CASE("postgresql: a value of another kind is converted without loss or refused", "[postgresql]") {
    with_connection(conversions);
}
TEST_CASE("postgresql: columns have names and types, user-defined ones too",
          "[postgresql][dial.common.driver_types]") {
    with_connection(column_types);
}
TEST_CASE("postgresql: ten megabytes go both ways", "[postgresql]") {
    with_connection(large_values);
}
TEST_CASE("postgresql: errors say what the server knows",
          "[postgresql][core.err.sqlstate_map][core.err.dbapi_wrap]") {
    with_connection(errors);
}
TEST_CASE("postgresql: transactions begin, end and tell when they did not commit",
          "[postgresql][pg.conn.isolation]") {
    with_connection(transactions);
}
TEST_CASE("postgresql: no more statements are prepared than allowed", "[postgresql][core.cache.prepared]") {
    with_connection(keeps_two_statements, "prepared_statement_cache_size=2");
}
TEST_CASE("postgresql: with a cache size of 0 nothing is prepared", "[postgresql][core.cache.prepared]") {
    with_connection(keeps_no_statements, "prepared_statement_cache_size=0");
}
TEST_CASE("postgresql: statements that went stale are prepared again", "[postgresql][core.cache.prepared]") {
    with_connection(stale_statements);
}
TEST_CASE("postgresql: a second operation at the same time is refused",
          "[postgresql][core.conn.concurrency_guard]") {
    with_connection(one_at_a_time);
}
TEST_CASE("postgresql: ping, version, settings and close", "[postgresql]") {
    with_connection(small_verbs);
}
