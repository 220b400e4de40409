// SPDX-License-Identifier: MIT
// Values on the way to the database and back: their types, their size, without preparing; hstore; programs without an event loop.
#include "support/backend.hpp"
#include "support/catch.hpp"
#include "support/domain.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <azoth/azoth.hpp>
#include <azoth/engine/run_sync.hpp>
#include <azoth/sql/hstore.hpp>
#include <azoth/sql/postgresql.hpp>
#include <azoth/testing/statement_log.hpp>

namespace az = azoth;

namespace {

std::string backend_name() {
    const auto names = backend_names();
    return GENERATE_COPY(from_range(names));
}
bool has_backend(const std::string& name) {
    const auto names = backend_names();
    return std::ranges::find(names, name) != names.end();
}

struct Big : az::Table {
    az::Column<std::int64_t> id{*this, "id", az::primary_key};
    az::Column<std::string> text;
    az::Column<az::Bytes> bytes;
    Big(az::MetaData& md, bool is_mysql)
        : az::Table{"big", md}, text{*this, "text", is_mysql ? az::Type{az::mysql::LONGTEXT{}} : az::Type{az::Text{}}},
          bytes{*this, "bytes", is_mysql ? az::Type{az::mysql::LONGBLOB{}} : az::Type{az::LargeBinary{}}} {}
};

asio::awaitable<void> big_values(az::Engine engine, bool& done) {
    constexpr std::size_t size = std::size_t{64} << 20U;
    const bool is_mysql = engine.dialect()->name() == "mariadb" || engine.dialect()->name() == "mysql";
    auto connection = co_await engine.connect();
    if (is_mysql) { // the server takes no more than this in one packet
        const auto limit = co_await connection.scalar(az::text("SELECT @@max_allowed_packet"));
        const auto before = std::get<std::int64_t>(limit->variant());
        if (before < static_cast<std::int64_t>(3 * size)) {
            co_await connection.run("SET GLOBAL max_allowed_packet = 268435456");
            co_await connection.commit();
            connection.invalidate();
            co_await connection.run("SET GLOBAL max_allowed_packet = " + std::to_string(before)); // this one has the larger
            co_await connection.commit();
        }
    }
    az::MetaData metadata;
    const Big big{metadata, is_mysql};
    co_await metadata.create_all(connection);
    std::string text(size, 'x');
    text.replace(size - 2, 2, "\xC3\xA9"); // a character of two bytes is the last
    az::Bytes bytes(size);
    for (std::size_t i = 0; i < size; i += 4096) bytes[i] = static_cast<std::byte>(i >> 12U);
    co_await connection.execute(az::insert(big).values(big.id = 1, big.text = text, big.bytes = az::Bytes{}));
    co_await connection.execute(az::insert(big).values(big.id = 2, big.text = "", big.bytes = bytes));
    const auto read_text = co_await connection.scalar(az::select(big.text).where(big.id == 1));
    const auto read_bytes = co_await connection.scalar(az::select(big.bytes).where(big.id == 2));
    CHECK((read_text == text)); // in parentheses: not to be printed
    CHECK((read_bytes == bytes));
    const auto empty = co_await connection.execute(az::select(big.text).where(big.id == 2));
    CHECK(empty.scalar_one().empty());
    co_await connection.rollback();
    co_await connection.close();
    done = true;
}

asio::awaitable<void> typed_parameters(az::Engine engine) {
    auto connection = co_await engine.connect();
    const auto type_of = [&connection](auto value) -> asio::awaitable<std::string> {
        const auto query = az::select(az::cast(az::func::call("pg_typeof", value), az::Text{}));
        const auto found = co_await connection.scalar(query);
        co_return found.value_or("NULL");
    };
    const auto expect = [&](auto value, std::string name) -> asio::awaitable<void> {
        const auto found = co_await type_of(value);
        CHECK(found == name);
    };
    co_await expect(az::literal(std::int32_t{5}), "integer");
    co_await expect(az::literal(std::int64_t{5}), "bigint");
    co_await expect(az::literal(1.5), "double precision");
    co_await expect(az::literal(std::string{"x"}), "character varying");
    co_await expect(az::literal(true), "boolean");
    co_await expect(az::literal(az::Decimal{"1.5"}), "numeric");
    co_await expect(az::literal(az::Date{}), "date");
    co_await expect(az::literal(az::Timestamp{}), "timestamp without time zone");
    co_await expect(az::literal(az::Interval{}), "interval");
    co_await expect(az::literal(az::Uuid{}), "uuid");
    co_await expect(az::literal(az::Bytes{}), "bytea");
    co_await expect(az::literal(az::Json::object()), "json");
    const std::vector<std::int32_t> list{1, 2};
    co_await expect(az::literal(list), "integer[]");
    co_await expect(az::literal(az::Range<std::int32_t>{}), "int4range");
    const auto nothing = az::literal(std::optional<std::int32_t>{}, az::Integer{});
    co_await expect(nothing, "integer");
    // Arithmetic of two parameters, for which the server would have to guess.
    const auto sum = co_await connection.scalar(az::select(az::literal(2) + az::literal(3)));
    CHECK(sum == 5);
    co_await connection.close();
}

asio::awaitable<void> hstores(az::Engine engine, bool& skipped) {
    namespace pg = az::postgresql;
    auto connection = co_await engine.connect();
    const auto available = co_await connection.execute(az::text("SELECT 1 FROM pg_available_extensions WHERE name = 'hstore'"));
    if (available.all().empty()) {
        skipped = true;
        co_return;
    }
    co_await connection.run("CREATE EXTENSION IF NOT EXISTS hstore");
    co_await connection.commit();
    co_await connection.close();
    connection = co_await engine.connect();
    az::MetaData metadata;
    az::Table t{"pairs", metadata};
    t.add_column("id", az::Integer{}, az::primary_key);
    const auto h = t.add_column("h", pg::HSTORE{});
    co_await metadata.create_all(connection);
    const az::Hstore value{{"a", "1"}, {"b", std::nullopt}, {"c", "3"}};
    co_await connection.execute(az::insert(t).values(t.c("h") = value));
    const std::vector<std::string> ab{"a", "b"};
    const std::vector<std::string> ax{"a", "x"};
    const auto yes = [&connection, &t](auto condition) -> asio::awaitable<bool> {
        const auto found = co_await connection.scalar(az::select(az::func::count()).select_from(t).where(condition));
        co_return found == 1;
    };
    const auto expect = [&](auto condition, bool expected) -> asio::awaitable<void> {
        const bool found = co_await yes(condition);
        CHECK(found == expected);
    };
    co_await expect(pg::hstore::get(h, "a") == "1", true);
    co_await expect(pg::hstore::get(h, "nope") == az::null, true);
    co_await expect(pg::has_key(h, "b"), true);
    co_await expect(pg::hstore::defined(h, "b"), false);
    co_await expect(pg::hstore::defined(h, "a"), true);
    co_await expect(pg::hstore::has_all(h, ab), true);
    co_await expect(pg::hstore::has_all(h, ax), false);
    co_await expect(pg::hstore::has_any(h, ax), true);
    const az::Hstore part{{"a", "1"}};
    co_await expect(pg::contains(h, part), true);
    co_await expect(pg::contained_by(h, part), false);
    const auto keys = co_await connection.execute(az::select(pg::hstore::keys(h)));
    CHECK(keys.scalar_one() == std::vector<std::string>{"a", "b", "c"});
    const auto vals = co_await connection.execute(az::select(pg::hstore::vals(h)));
    CHECK(vals.scalar_one() == std::vector<std::optional<std::string>>{"1", std::nullopt, "3"});
    const auto array = co_await connection.execute(az::select(pg::hstore::array(h)));
    CHECK(array.scalar_one().size() == 6);
    const auto matrix = co_await connection.execute(az::select(pg::hstore::matrix(h)));
    CHECK(matrix.scalar_one().size() == 3);
    const auto without = co_await connection.execute(az::select(pg::hstore::delete_key(h, "a")));
    CHECK(without.scalar_one() == az::Hstore{{"b", std::nullopt}, {"c", "3"}});
    const auto fewer = co_await connection.execute(az::select(pg::hstore::delete_key(h, ab)));
    CHECK(fewer.scalar_one() == az::Hstore{{"c", "3"}});
    const auto sliced = co_await connection.execute(az::select(pg::hstore::slice(h, ax)));
    CHECK(sliced.scalar_one() == part);
    const az::Hstore more{{"d", "4"}};
    const auto joined = co_await connection.execute(az::select(pg::concat(pg::hstore::slice(h, ax), more)));
    CHECK(joined.scalar_one() == az::Hstore{{"a", "1"}, {"d", "4"}});
    const auto made = co_await connection.execute(az::select(pg::hstore::make(ab, ax)));
    CHECK(made.scalar_one() == az::Hstore{{"a", "a"}, {"b", "x"}});
    const auto pair = co_await connection.execute(az::select(pg::hstore::make("k", "v")));
    CHECK(pair.scalar_one() == az::Hstore{{"k", "v"}});
    co_await connection.rollback();
    co_await connection.close();
}

/// Every type of the generic ones as MySQL's text protocol sends it, without a statement that is prepared.
asio::awaitable<void> as_text(az::Engine engine) {
    auto connection = co_await engine.connect();
    co_await connection.run(
        "CREATE TABLE kinds (b BOOL, s SMALLINT, i INTEGER, l BIGINT, f FLOAT, d DOUBLE, n NUMERIC(10,2), v VARCHAR(20), t TEXT, "
        "bl BLOB, da DATE, ti TIME(6), dt DATETIME(6), e ENUM('x','y'), j JSON, u CHAR(32), bits BIT(4))");
    co_await connection.run(
        "INSERT INTO kinds VALUES (1, -3, 70000, 5000000000, 1.5, 2.25, 12.50, 'h\xC3\xA9', 'long', x'00ff', '2024-01-02', "
        "'13:14:15.5', '2024-01-02 03:04:05.25', 'y', '{\"a\": 1}', '0123456789abcdef0123456789abcdef', b'101')");
    co_await connection.run("INSERT INTO kinds VALUES (NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL)");
    const auto rows = (co_await connection.exec_driver_sql("SELECT * FROM kinds")).all();
    REQUIRE(rows.size() == 2);
    const auto& row = rows.front();
    CHECK(row.get<bool>("b"));
    CHECK(row.get<std::int16_t>("s") == -3);
    CHECK(row.get<std::int32_t>("i") == 70000);
    CHECK(row.get<std::int64_t>("l") == 5'000'000'000);
    CHECK(row.get<float>("f") == 1.5F);
    CHECK(row.get<double>("d") == 2.25);
    CHECK(row.get<az::Decimal>("n") == az::Decimal{"12.50"});
    CHECK(row.get<std::string>("v") == "h\xC3\xA9");
    CHECK(row.get<std::string>("t") == "long");
    CHECK(row.get<az::Bytes>("bl") == az::Bytes{std::byte{0}, std::byte{255}});
    CHECK(az::to_string(row.get<az::Date>("da")) == "2024-01-02");
    CHECK(az::to_string(row.get<az::Time>("ti")).starts_with("13:14:15.5"));
    CHECK(az::to_string(row.get<az::Timestamp>("dt")).starts_with("2024-01-02 03:04:05.25"));
    CHECK(row.get<std::string>("e") == "y");
    CHECK(row.get<az::Json>("j")["a"] == 1);
    CHECK(row.get<az::Uuid>("u") == az::Uuid{"01234567-89ab-cdef-0123-456789abcdef"});
    CHECK(row.get<std::int64_t>("bits") == 5);
    for (std::size_t column = 0; column < rows.back().size(); ++column) CHECK(rows.back()[column].is_null());
    // The same prepared.
    const auto prepared = (co_await connection.execute(az::text("SELECT * FROM kinds"))).all();
    for (std::size_t column = 0; column < row.size(); ++column) CHECK(prepared.front()[column] == row[column]);
    co_await connection.rollback();
    co_await connection.run("DROP TABLE kinds");
    co_await connection.close();
}

asio::awaitable<void> tiny_integers(az::Engine engine) {
    auto connection = co_await engine.connect();
    co_await connection.run("CREATE TABLE tiny (id INTEGER PRIMARY KEY, flag BOOL, small TINYINT(1), bits BIT(12))");
    co_await connection.run("INSERT INTO tiny VALUES (1, TRUE, 7, b'100000000001')");
    az::MetaData metadata;
    const auto tiny = co_await az::reflect_table(connection, metadata, "tiny");
    CHECK(tiny.c("small").type().kind == az::TypeKind::small_integer); // 7 is no truth value
    CHECK(engine.dialect()->type_text(tiny.c("small").type().on(engine.dialect()->name())) == "TINYINT(1)");
    const auto seven = co_await connection.execute(az::select(tiny.c("small")));
    CHECK(seven.one()[0] == az::Value{std::int64_t{7}});
    const auto bits = co_await connection.execute(az::text("SELECT bits FROM tiny"));
    CHECK(bits.one().get<std::int64_t>(0) == 2049);
    az::MetaData other;
    az::Table flags{"tiny", other};
    flags.add_column("id", az::Integer{}, az::primary_key);
    flags.add_column("flag", az::Boolean{});
    const auto flag = co_await connection.execute(az::select(flags.c("flag")));
    CHECK(flag.one()[0] == az::Value{true}); // whose type says so
    CHECK(engine.dialect()->type_text(az::Boolean{}) == "BOOL");
    co_await connection.run("DROP TABLE tiny");
    co_await connection.close();
}

asio::awaitable<void> one_shot(az::Engine engine, bool& done) {
    az::MetaData metadata;
    az::Table t{"shots", metadata};
    t.add_column("id", az::Integer{}, az::primary_key);
    t.add_column("name", az::String{9});
    co_await metadata.create_all(engine); // the engine is given: a MetaData is bound to none
    const auto count = [&](az::Connection& connection) -> asio::awaitable<std::int64_t> {
        const auto found = co_await connection.scalar(az::select(az::func::count()).select_from(t));
        co_return found.value_or(0);
    };
    // Opened, run, committed and closed in one go; rolled back when it fails.
    co_await engine.begin([&](az::Connection& connection) -> asio::awaitable<void> {
        co_await connection.execute(az::insert(t).values(t.c("name") = "a"));
    });
    bool failed = false;
    try {
        co_await engine.begin([&](az::Connection& connection) -> asio::awaitable<void> {
            co_await connection.execute(az::insert(t).values(t.c("name") = "b"));
            throw std::runtime_error("no");
        });
    } catch (const std::runtime_error&) {
        failed = true;
    }
    CHECK(failed);
    const auto kept = co_await engine.begin(count);
    CHECK(kept == 1);
    // No statement commits by itself, whatever its text.
    auto connection = co_await engine.connect();
    co_await connection.execute(az::text("INSERT INTO shots (name) VALUES ('c')"));
    CHECK(connection.in_transaction());
    co_await connection.close();
    const auto after = co_await engine.begin(count);
    CHECK(after == 1);
    // Unless the connection was told so.
    auto direct = co_await engine.connect();
    direct.isolation_level(az::IsolationLevel::autocommit);
    co_await direct.execute(az::text("INSERT INTO shots (name) VALUES ('d')"));
    co_await direct.close();
    const auto last = co_await engine.begin(count);
    CHECK(last == 2);
    CHECK(engine.pool().checked_out().empty());
    co_await metadata.drop_all(engine);
    done = true;
}

/// A test's own view of a database that keeps nothing: one transaction around all of it.
asio::awaitable<void> rolled_back(az::Engine engine, bool& done) {
    using namespace domain;
    az::Registry models;
    models.add<Author, Book, Note, Node>();
    co_await models.metadata().create_all(engine);
    auto connection = co_await engine.connect();
    auto outer = co_await connection.begin();
    {
        az::SessionOptions options;
        options.join_transaction_mode = az::JoinTransactionMode::create_savepoint;
        az::Session session{connection, options};
        auto author = az::make<Author>(az::col<&Author::name> = "Ann");
        session.add(author);
        co_await session.commit(); // of the savepoint
        auto second = az::make<Author>(az::col<&Author::name> = "Bob");
        session.add(second);
        co_await session.flush();
        co_await session.rollback();
        const auto seen = co_await connection.scalar(az::select(az::func::count()).select_from<Author>());
        CHECK(seen == 1);
        co_await session.close();
    }
    co_await outer.rollback();
    const auto left = co_await connection.scalar(az::select(az::func::count()).select_from<Author>());
    CHECK(left == 0);
    co_await connection.close();
    done = true;
}

} // namespace

TEST_CASE("values of 64 MiB go both ways", "[integration][core.type.binary][core.type.string_text]") {
    Backend backend{backend_name()};
    bool done = false;
    backend.run(big_values(backend.engine(), done));
    CHECK(done);
}

TEST_CASE("PostgreSQL is told the types of parameters", "[integration][postgresql][core.bind.typed_casts]") {
    if (!has_backend("postgresql")) return;
    Backend backend{"postgresql"};
    backend.run(typed_parameters(backend.engine()));
}

TEST_CASE("hstore: access, tests and functions on the server", "[integration][postgresql][pg.type.hstore]") {
    if (!has_backend("postgresql")) return;
    Backend backend{"postgresql"};
    bool skipped = false;
    backend.run(hstores(backend.engine(), skipped));
    if (skipped) WARN("skipped: the server has no hstore");
}

TEST_CASE("MariaDB: every type as the text protocol sends it", "[integration][mariadb]") {
    if (!has_backend("mariadb")) return;
    Backend backend{"mariadb"};
    backend.run(as_text(backend.engine()));
}

TEST_CASE("MariaDB: TINYINT(1) is not mistaken for a truth value", "[integration][mariadb][my.type.bool_bit]") {
    if (!has_backend("mariadb")) return;
    Backend backend{"mariadb"};
    backend.run(tiny_integers(backend.engine()));
}

TEST_CASE(
    "one shot opens, runs, commits and closes, nothing commits by itself",
    "[integration][core.legacy.connectionless][core.legacy.autocommit]") {
    Backend backend{backend_name()};
    bool done = false;
    backend.run(one_shot(backend.engine(), done));
    CHECK(done);
}

TEST_CASE("a test rolls back whatever its session committed", "[integration][core.test.memory_db]") {
    Backend backend{backend_name()};
    bool done = false;
    backend.run(rolled_back(backend.engine(), done));
    CHECK(done);
}

TEST_CASE("a database in memory and a record of its statements are all that a test needs", "[core.test.memory_db]") {
    az::testing::StatementLog log;
    const auto answer = az::run_sync([&log](az::asio::any_io_executor executor) -> az::asio::awaitable<std::int64_t> {
        az::EngineOptions options;
        log.attach(options);
        auto engine = az::create_engine(executor, "sqlite://", options);
        auto connection = co_await engine.connect();
        co_await connection.run("CREATE TABLE t (x INTEGER)");
        co_await connection.run("INSERT INTO t VALUES (41), (1)");
        const auto sum = co_await connection.scalar(az::text("SELECT sum(x) FROM t"));
        co_await connection.close();
        co_return std::get<std::int64_t>(sum->variant());
    });
    CHECK(answer == 42);
    CHECK(log.count("INSERT") == 1);
    az::MetaData metadata;
    az::Table t{"t", metadata};
    t.add_column("id", az::Integer{}, az::primary_key);
    CHECK(az::create_all_sql(metadata, *az::dialects::postgresql()).size() == 1); // a script, without any engine
}

TEST_CASE("run_sync() runs a coroutine to its end, and throws what it throws", "[core.util.async_bridge]") {
    CHECK(az::run_sync([](az::asio::any_io_executor) -> az::asio::awaitable<int> { co_return 5; }) == 5);
    bool ran = false;
    az::run_sync([&ran](az::asio::any_io_executor) -> az::asio::awaitable<void> {
        ran = true;
        co_return;
    });
    CHECK(ran);
    const auto fail = [](az::asio::any_io_executor) -> az::asio::awaitable<void> {
        throw az::InvalidRequestError("no");
        co_return;
    };
    CHECK_THROWS_AS(az::run_sync(fail), az::InvalidRequestError);
    // Creating and reflecting tables are awaitables as all else.
    const auto names = az::run_sync([](az::asio::any_io_executor executor) -> az::asio::awaitable<std::vector<std::string>> {
        auto engine = az::create_engine(executor, "sqlite://");
        az::MetaData metadata;
        az::Table t{"made", metadata};
        t.add_column("id", az::Integer{}, az::primary_key);
        co_await metadata.create_all(engine);
        az::MetaData read;
        co_await read.reflect(engine);
        std::vector<std::string> found;
        for (const auto* table : read.tables()) found.push_back(table->name());
        co_await engine.dispose();
        co_return found;
    });
    CHECK(names == std::vector<std::string>{"made"});
}
