// SPDX-License-Identifier: MIT
// What PostgreSQL alone offers, through an engine: round trips saved, pipelines, COPY, LISTEN, notices.
#include "support/backend.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <asio/experimental/awaitable_operators.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

#include <azoth/azoth.hpp>

// Of libpq only its trace is needed here: it tells how often the client has asked for answers.
extern "C" {
struct pg_conn;
void PQtrace(pg_conn* connection, std::FILE* port);
void PQuntrace(pg_conn* connection);
}

namespace az = azoth;
using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
using Catch::Matchers::Contains;

namespace {

struct People : az::Table {
    az::Column<std::int64_t> id{*this, "id", az::primary_key};
    az::Column<std::string> name{*this, "name", az::String{30}, az::unique};
    az::Column<std::optional<std::string>> nick{*this, "nick", az::String{30}};
    explicit People(az::MetaData& metadata) : az::Table{"person", metadata} {}
};

struct Kinds : az::Table {
    az::Column<int> id{*this, "id", az::primary_key};
    az::Column<bool> flag{*this, "flag"};
    az::Column<double> real{*this, "Real"};
    az::Column<az::Decimal> price{*this, "price", az::Numeric{20, 4}};
    az::Column<az::Date> day{*this, "day"};
    az::Column<az::Timestamp> moment{*this, "moment"};
    az::Column<std::vector<std::byte>> blob{*this, "blob"};
    az::Column<std::optional<std::string>> note{*this, "note", az::Text{}};
    explicit Kinds(az::MetaData& metadata) : az::Table{"kinds", metadata} {}
};

struct Schema {
    az::MetaData metadata;
    People people{metadata};
    Kinds kinds{metadata};
};

asio::awaitable<void> sleep(std::chrono::milliseconds time) {
    asio::steady_timer timer{co_await asio::this_coro::executor};
    timer.expires_after(time);
    co_await timer.async_wait(asio::use_awaitable);
}

template <class T>
asio::awaitable<T> ask(az::Connection& connection, std::string sql) {
    const auto rows = co_await connection.execute(az::text(std::move(sql)));
    co_return rows.one().template get<T>(0);
}

/// How often the client waits for answers, while it lives.
class RoundTrips {
public:
    explicit RoundTrips(const az::Connection& connection)
        : connection_(static_cast<pg_conn*>(connection.native_handle())),
          stream_(open_memstream(&text_, &size_)) {
        PQtrace(connection_, stream_);
    }
    ~RoundTrips() {
        PQuntrace(connection_);
        std::fclose(stream_);
        std::free(text_);
    }
    RoundTrips(const RoundTrips&) = delete;
    RoundTrips& operator=(const RoundTrips&) = delete;

    /// Since the last call.
    [[nodiscard]] int count() {
        std::fflush(stream_);
        const std::string trace{text_ + seen_, size_ - seen_};
        seen_ = size_;
        int answers = 0;
        for (auto at = trace.find("ReadyForQuery"); at != std::string::npos; at = trace.find("ReadyForQuery", at + 1))
            ++answers;
        return answers;
    }

private:
    char* text_ = nullptr;
    std::size_t size_ = 0;
    std::size_t seen_ = 0;
    pg_conn* connection_;
    std::FILE* stream_;
};

void on_postgresql(asio::awaitable<void> (*body)(az::Engine), az::EngineOptions options = {}) {
    const auto names = backend_names();
    if (std::ranges::find(names, "postgresql") == names.end()) return;
    Backend backend{"postgresql"};
    backend.run(body(backend.make_engine(std::move(options))));
}

std::vector<std::string>& lines() {
    static std::vector<std::string> all;
    return all;
}

// ---- round trips -------------------------------------------------------------------------------

asio::awaitable<void> two_round_trips(az::Engine engine) {
    const Schema schema;
    const auto& people = schema.people;
    co_await schema.metadata.create_all(engine);
    auto connection = co_await engine.connect();
    RoundTrips trips{connection};
    for (std::int64_t i = 0; i < 3; ++i) {
        (void)trips.count();
        const auto inserted =
            co_await connection.execute(az::insert(people).values(people.id = i, people.name = std::to_string(i)));
        CHECK(inserted.rowcount() == 1);
        CHECK(connection.in_transaction());
        CHECK(trips.count() == 1); // BEGIN, and at first the preparation, travel with it
        co_await connection.commit();
        CHECK(trips.count() == 1);
    }
    const std::vector<std::tuple<std::int64_t, std::string>> rows{{11, "k"}, {12, "l"}};
    co_await connection.execute(az::insert(people).columns(people.id, people.name), rows);
    CHECK(trips.count() == 1);
    co_await connection.rollback();
    (void)trips.count();
    {
        auto unit = co_await connection.begin(az::TransactionOptions{}.isolation_level(az::IsolationLevel::serializable));
        const auto level = co_await ask<std::string>(connection, "SHOW transaction_isolation");
        CHECK(trips.count() == 1);
        CHECK(level == "serializable");
        co_await unit.rollback();
    }
    const auto left = co_await connection.scalar(az::select(az::func::count(people.id)));
    CHECK(left == 3);
}

asio::awaitable<void> begin_is_logged(az::Engine engine) {
    auto connection = co_await engine.connect();
    lines().clear();
    co_await connection.execute(az::text("SELECT 1"));
    co_await connection.commit();
    const std::vector<std::string> expected{"BEGIN (implicit)", "SELECT 1", "[generated] ()", "COMMIT"};
    CHECK(lines() == expected);
}

asio::awaitable<void> failures_with_begin(az::Engine engine) {
    const Schema schema;
    const auto& people = schema.people;
    co_await schema.metadata.create_all(engine);
    auto connection = co_await engine.connect();
    CHECK_THROWS_AS(co_await connection.execute(az::text("SELECT * FROM nothing_there")), az::ProgrammingError);
    CHECK(connection.in_transaction()); // BEGIN has succeeded, the transaction has failed
    CHECK_THROWS_AS(co_await connection.execute(az::text("SELECT 1")), az::DBAPIError);
    co_await connection.rollback();

    // Refused before anything is sent: no transaction, the next statement begins one.
    CHECK_THROWS_AS(
        co_await connection.execute(az::insert(people).values(people.id = 1, people.name = std::string("\0", 1))),
        az::DataError
    );
    CHECK_FALSE(connection.in_transaction());
    const auto one = co_await ask<int>(connection, "SELECT 1");
    CHECK(one == 1);
    co_await connection.commit();

    // The prepared statement is gone, or its columns are others: the first of a transaction is prepared anew.
    const auto statement = az::text("SELECT * FROM person");
    co_await connection.execute(statement);
    co_await connection.commit();
    co_await connection.run("DEALLOCATE ALL");
    co_await connection.commit();
    co_await connection.execute(statement);
    co_await connection.commit();
    co_await connection.run("ALTER TABLE person ADD COLUMN more integer");
    co_await connection.commit();
    const auto wider = co_await connection.execute(statement);
    CHECK(wider.keys().size() == 4);
    co_await connection.rollback();
}

asio::awaitable<void> the_server_ends_statements(az::Engine engine) {
    auto connection = co_await engine.connect();
    co_await connection.execute(az::text("SET LOCAL statement_timeout = '90s'"));
    RoundTrips trips{connection};
    co_await connection.execute(az::text("SELECT 1"), az::ExecutionOptions().timeout(10s));
    CHECK(trips.count() == 1);
    const auto after = co_await ask<std::string>(connection, "SHOW statement_timeout");
    CHECK(after == "90s"); // as it was
    co_await connection.rollback();

    const auto begun = std::chrono::steady_clock::now();
    CHECK_THROWS_AS(
        co_await connection.execute(az::text("SELECT pg_sleep(20)"), az::ExecutionOptions().timeout(100ms)),
        az::TimeoutError
    );
    CHECK(std::chrono::steady_clock::now() - begun < 10s);
    CHECK_THROWS_AS(co_await connection.execute(az::text("SELECT 1")), az::PendingRollbackError);
    co_await connection.rollback();
    const auto one = co_await ask<int>(connection, "SELECT 1");
    CHECK(one == 1);
}

// ---- pipelines ---------------------------------------------------------------------------------

asio::awaitable<void> pipelines(az::Engine engine) {
    const Schema schema;
    const auto& people = schema.people;
    co_await schema.metadata.create_all(engine);
    auto connection = co_await engine.connect();
    RoundTrips trips{connection};
    auto answers = co_await connection.pipeline(
        az::insert(people).values(people.id = 1, people.name = "Ada"),
        az::select(people.name).where(people.id == 1),
        az::select(az::func::count(people.id)),
        az::text("SELECT 7 AS seven")
    );
    CHECK(trips.count() == 1);
    CHECK(std::get<0>(answers).rowcount() == 1);
    CHECK(std::get<1>(answers).scalar_one() == "Ada");
    CHECK(std::get<2>(answers).scalar_one() == 1);
    CHECK(std::get<3>(answers).one().get<int>("seven") == 7);
    co_await connection.commit();
    (void)trips.count();

    std::vector<decltype(az::select(people.name).where(people.id == 1))> many;
    for (std::int64_t i = 0; i < 3000; ++i) many.push_back(az::select(people.name).where(people.id == i % 2));
    const auto found = co_await connection.pipeline(many);
    CHECK(trips.count() == 1);
    REQUIRE(found.size() == 3000);
    CHECK(found[2999].scalar_one() == "Ada");
    CHECK_FALSE(found[2998].first());
    co_await connection.rollback();

    many.clear();
    const auto none = co_await connection.pipeline(many);
    CHECK(none.empty());
    CHECK_FALSE(connection.in_transaction());

    std::optional<az::IntegrityError> error;
    try {
        co_await connection.pipeline(
            az::insert(people).values(people.id = 2, people.name = "Bob"),
            az::insert(people).values(people.id = 1, people.name = "again"),
            az::insert(people).values(people.id = 3, people.name = "Cleo")
        );
    } catch (const az::IntegrityError& e) {
        error = e;
    }
    REQUIRE(error);
    CHECK(error->parameters() == std::vector<std::string>{"1", "'again'"});
    co_await connection.rollback();
    const auto left = co_await connection.scalar(az::select(az::func::count(people.id)));
    CHECK(left == 1);
    co_await connection.rollback();

    // What the client refuses is that statement's error; those before it have been executed.
    CHECK_THROWS_AS(
        co_await connection.pipeline(
            az::insert(people).values(people.id = 2, people.name = "Bob"),
            az::insert(people).values(people.id = 4, people.name = std::string("\0", 1))
        ),
        az::DataError
    );
    const auto two = co_await connection.scalar(az::select(az::func::count(people.id)));
    CHECK(two == 2);
    co_await connection.rollback();

    // Out of date in its midst: all of it runs again.
    const auto wide = az::text("SELECT * FROM person");
    co_await connection.pipeline(az::text("SELECT 1"), wide, wide);
    co_await connection.commit();
    co_await connection.run("ALTER TABLE person ADD COLUMN more integer");
    co_await connection.commit();
    const auto again = co_await connection.pipeline(az::text("SELECT 1"), wide, wide);
    CHECK(std::get<2>(again).keys().size() == 4);
}

// ---- COPY --------------------------------------------------------------------------------------

asio::awaitable<void> copies(az::Engine engine, az::CopyFormat format) {
    const Schema schema;
    const auto& people = schema.people;
    const auto& kinds = schema.kinds;
    const auto options = az::CopyOptions().format(format);
    co_await schema.metadata.create_all(engine);
    auto connection = co_await engine.connect();

    using Row = std::tuple<std::int64_t, std::string, std::optional<std::string>>;
    std::vector<Row> rows;
    for (std::int64_t i = 1; i <= 20'000; ++i) {
        auto nick = i % 3 == 0 ? std::nullopt : std::optional<std::string>{"a\tb\\\n" + std::to_string(i) + "çł\r"};
        rows.emplace_back(i, "name " + std::to_string(i), std::move(nick));
    }
    const auto copied = co_await connection.copy_in(people, rows, options);
    CHECK(copied == 20'000);
    std::vector<Row> back;
    const auto statement = az::select(people.id, people.name, people.nick).where(people.name != "it's").order_by(people.id);
    auto stream = co_await connection.copy_out(statement, options);
    while (auto row = co_await stream.next()) back.push_back(std::move(*row));
    CHECK(back == rows);
    co_await connection.commit();

    using Kind = std::tuple<
        int,
        bool,
        double,
        az::Decimal,
        az::Date,
        az::Timestamp,
        std::vector<std::byte>,
        std::optional<std::string>>;
    using namespace std::chrono;
    const az::Date day{sys_days{2024y / February / 29}};
    const az::Timestamp moment{microseconds{1'709'164'800'123'456}};
    const std::vector<std::byte> blob{std::byte{0}, std::byte{255}, std::byte{'\\'}, std::byte{10}};
    const std::vector<Kind> all_kinds{
        {1, true, 1.5, az::Decimal{"123.4500"}, day, moment, blob, "\\N"},
        {2, false, -1e300, az::Decimal{"-0.0001"}, day, moment, {}, std::nullopt},
    };
    co_await connection.copy_in(kinds, all_kinds, options);
    std::vector<Kind> kinds_back;
    auto all = co_await connection.copy_out(
        az::select(
            kinds.id,
            kinds.flag,
            kinds.real,
            kinds.price,
            kinds.day,
            kinds.moment,
            kinds.blob,
            kinds.note
        )
            .order_by(kinds.id),
        options
    );
    while (auto row = co_await all.next()) kinds_back.push_back(std::move(*row));
    CHECK(kinds_back == all_kinds);
    co_await connection.rollback();

    // Some columns; no rows; a stream left early.
    const std::vector<std::tuple<std::string, std::int64_t>> two{{"x", 30'001}, {"y", 30'002}};
    const auto some = co_await connection.copy_in(std::tie(people.name, people.id), two, options);
    CHECK(some == 2);
    const std::vector<Row> none;
    const auto nothing = co_await connection.copy_in(people, none, options);
    CHECK(nothing == 0);
    auto early = co_await connection.copy_out(statement, options.yield_per(10));
    const auto first = co_await early.next();
    CHECK(first.has_value());
    CHECK_THROWS_AS(co_await connection.execute(az::text("SELECT 1")), az::InvalidRequestError);
    co_await early.close();
    const auto count = co_await connection.scalar(az::select(az::func::count(people.id)));
    CHECK(count == 20'002);
    co_await connection.rollback();

    // A bad row is named: by the server, and by us.
    std::string message;
    rows[999] = {1, "twice", std::nullopt};
    co_await connection.execute(az::delete_(people));
    try {
        co_await connection.copy_in(people, rows, options);
    } catch (const az::IntegrityError& error) {
        message = error.what();
        CHECK(error.code() == az::errc::unique_violation);
    }
    CHECK_THAT(message, Contains("line 1000"));
    co_await connection.rollback();
    std::get<1>(rows[1234]) = std::string("a\0b", 3);
    message.clear();
    try {
        co_await connection.copy_in(people, rows, options);
    } catch (const az::DataError& error) {
        message = error.what();
    }
    CHECK_THAT(message, Contains("row 1235, column name"));
    co_await connection.rollback();
    const auto still = co_await connection.scalar(az::select(az::func::count(people.id)));
    CHECK(still == 20'000);
}

asio::awaitable<void> copies_in_binary(az::Engine engine) {
    co_await copies(engine, az::CopyFormat::binary);
}
asio::awaitable<void> copies_in_text(az::Engine engine) {
    co_await copies(engine, az::CopyFormat::text);
}

asio::awaitable<void> copy_finds_its_format(az::Engine engine) {
    auto connection = co_await engine.connect();
    co_await connection.run(
        "CREATE TYPE mood AS ENUM ('sad', 'happy');"
        "CREATE TABLE odd (a mood, b inet, c jsonb); CREATE TABLE even (a mood, c jsonb, d char(3))"
    );
    az::MetaData metadata;
    co_await metadata.reflect(connection);
    const std::vector<std::tuple<std::string, std::string, std::string>> rows{{"sad", "10.0.0.1", "{\"k\": 1}"}};
    const auto copied = co_await connection.copy_in(metadata.table("odd"), rows); // inet: as text
    CHECK(copied == 1);
    const std::vector<std::tuple<std::string, std::string, std::string>> binary{{"happy", "[1, 2]", "ab"}};
    const auto even =
        co_await connection.copy_in(metadata.table("even"), binary, az::CopyOptions().format(az::CopyFormat::binary));
    CHECK(even == 1);
    const auto seen = co_await connection.execute(az::text("SELECT a::text || c::text || d FROM even"));
    CHECK(seen.one().get<std::string>(0) == "happy[1, 2]ab"); // as text a char(3) has no padding
    auto stream = co_await connection.copy_out(az::text("SELECT a, b, c FROM odd"));
    const auto row = co_await stream.next();
    REQUIRE(row.has_value());
    CHECK(row->get<std::string>("a") == "sad");
    CHECK(row->get<std::string>("b") == "10.0.0.1");
    co_await stream.close();
    CHECK_THROWS_AS(
        co_await connection
            .copy_in(metadata.table("odd"), rows, az::CopyOptions().format(az::CopyFormat::binary)),
        az::NotSupportedError
    );
}

asio::awaitable<void> copies_cut_off(az::Engine engine) {
    const Schema schema;
    const auto& people = schema.people;
    co_await schema.metadata.create_all(engine);
    {
        auto connection = co_await engine.connect();
        std::vector<std::tuple<std::int64_t, std::string, std::optional<std::string>>> rows;
        for (std::int64_t i = 0; i < 200'000; ++i) rows.emplace_back(i, "name " + std::to_string(i), std::nullopt);
        auto winner = co_await (connection.copy_in(people, rows) || sleep(5ms));
        CHECK(winner.index() == 1);
        if (winner.index() == 1) co_await connection.rollback();
        const auto left = co_await connection.scalar(az::select(az::func::count(people.id)));
        CHECK(left == 0);
        auto stream = co_await connection.copy_out(az::text("SELECT generate_series(1, 1000000)"));
        const auto first = co_await stream.next();
        CHECK(first.has_value());
    } // left in its midst
    auto connection = co_await engine.connect();
    const auto one = co_await ask<int>(connection, "SELECT 1");
    CHECK(one == 1);
}

// ---- LISTEN, notices -----------------------------------------------------------------------------

asio::awaitable<void> listens(az::Engine engine) {
    auto listener = co_await engine.listen("news", "Odd \"name\"");
    auto connection = co_await engine.connect();
    co_await connection.notify("news", "rolled back");
    co_await connection.rollback();
    co_await connection.notify("news", "one");
    co_await connection.notify("Odd \"name\"");
    co_await connection.notify("elsewhere", "x");
    co_await connection.commit();
    const auto first = co_await listener.next();
    CHECK(first.channel == "news");
    CHECK(first.payload == "one");
    CHECK(first.sender != 0);
    const auto second = co_await listener.next();
    CHECK(second.channel == "Odd \"name\"");

    // Cancelled, it goes on where it was.
    auto winner = co_await (listener.next() || sleep(20ms));
    CHECK(winner.index() == 1);
    co_await connection.notify("news", "two");
    co_await connection.commit();
    const auto third = co_await listener.next();
    CHECK(third.payload == "two");
    CHECK_FALSE(third.gap);

    // Its server process ends: it comes back by itself, and says so.
    co_await connection.execute(az::text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN %' AND pid <> pg_backend_pid()"
    ));
    co_await connection.commit();
    const auto gap = co_await listener.next();
    CHECK(gap.gap);
    CHECK(gap.channel.empty());
    co_await connection.notify("news", "three");
    co_await connection.commit();
    const auto fourth = co_await listener.next();
    CHECK(fourth.payload == "three");
    listener.close();
    CHECK_THROWS_AS(co_await listener.next(), az::ResourceClosedError);
}

asio::awaitable<void> notices(az::Engine engine) {
    std::vector<az::Notice> heard;
    engine.on_notice([&heard](const az::Notice& notice) {
        heard.push_back(notice);
        throw std::runtime_error("dropped");
    });
    auto connection = co_await engine.connect();
    co_await connection.run("DO $$ BEGIN RAISE NOTICE 'mind the %', 'gap' USING HINT = 'jump'; END $$");
    REQUIRE(heard.size() == 1);
    CHECK(heard[0].severity == "NOTICE");
    CHECK(heard[0].message == "mind the gap");
    CHECK(heard[0].hint == "jump");
    CHECK(heard[0].sqlstate == "00000");
    co_await connection.execute(az::text("DROP TABLE IF EXISTS nothing_there"));
    REQUIRE(heard.size() == 2);
    CHECK_THAT(heard[1].message, Contains("nothing_there"));
}

} // namespace

TEST_CASE("postgresql: BEGIN travels with the first statement", "[integration][postgresql]") {
    on_postgresql(two_round_trips);
}
TEST_CASE("postgresql: a BEGIN that travels is logged as any other", "[integration][postgresql]") {
    az::EngineOptions options;
    options.echo = true;
    options.echo_sink = [](std::string_view line) { lines().emplace_back(line); };
    on_postgresql(begin_is_logged, options);
}
TEST_CASE("postgresql: a first statement fails, with the BEGIN it carried or without", "[integration][postgresql]") {
    on_postgresql(failures_with_begin);
}
TEST_CASE("postgresql: the server itself ends a statement in time", "[integration][postgresql]") {
    on_postgresql(the_server_ends_statements);
}
TEST_CASE("postgresql: a pipeline is one round trip", "[integration][postgresql]") {
    on_postgresql(pipelines);
}
TEST_CASE("postgresql: COPY in and out, binary", "[integration][postgresql]") {
    on_postgresql(copies_in_binary);
}
TEST_CASE("postgresql: COPY in and out, text", "[integration][postgresql]") {
    on_postgresql(copies_in_text);
}
TEST_CASE("postgresql: COPY uses text where a type has no binary form here", "[integration][postgresql]") {
    on_postgresql(copy_finds_its_format);
}
TEST_CASE("postgresql: a COPY cut off leaves a connection that recovers", "[integration][postgresql]") {
    on_postgresql(copies_cut_off);
}
TEST_CASE("postgresql: a listener hears, and comes back by itself", "[integration][postgresql]") {
    on_postgresql(listens);
}
TEST_CASE("postgresql: notices reach the engine's listeners", "[integration][postgresql]") {
    on_postgresql(notices);
}
