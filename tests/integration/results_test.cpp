// SPDX-License-Identifier: MIT
// What results say of their statements, and values by name, on every database; what engines find out of their servers.
#include "support/backend.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <azoth/azoth.hpp>
#include <azoth/compiler/literal.hpp>

namespace az = azoth;
using Catch::Matchers::Contains;

namespace {

using Names = std::vector<std::string>;

struct Items : az::Table {
    az::Column<std::int64_t> id{*this, "id", az::primary_key};
    az::Column<std::string> name{*this, "name", az::String{30}};
    az::Column<std::int64_t> amount{*this, "amount", az::default_(std::int64_t{5})};
    az::Column<std::optional<std::string>> made{*this, "made", az::String{30}, az::server_default("by server")};
    explicit Items(az::MetaData& metadata) : az::Table{"item", metadata} {}
};

struct Parts : az::Table {
    az::Column<std::string> maker{*this, "maker", az::String{10}, az::primary_key};
    az::Column<std::int64_t> number{*this, "number", az::primary_key};
    az::Column<std::int64_t> stock{*this, "stock"};
    explicit Parts(az::MetaData& metadata) : az::Table{"part", metadata} {}
};

struct Schema {
    az::MetaData metadata;
    Items items{metadata};
    Parts parts{metadata};
};

std::string backend_name() {
    const auto names = backend_names();
    return GENERATE_COPY(from_range(names));
}

template <class E, class Awaitable>
asio::awaitable<bool> throws(Awaitable work) {
    bool thrown = false;
    try {
        co_await std::move(work);
    } catch (const E&) {
        thrown = true;
    }
    co_return thrown;
}

asio::awaitable<void> check_keys(az::Engine engine, const Schema& schema) {
    co_await schema.metadata.create_all(engine);
    auto connection = co_await engine.connect();
    const auto& items = schema.items;
    const auto& parts = schema.parts;
    const auto made = co_await connection.execute(az::insert(items).values(items.name = "a"));
    const auto key = made.inserted_primary_key();
    CHECK(key.keys() == Names{"id"});
    CHECK(key.get<std::int64_t>("id") == 1);
    CHECK(made.is_insert());
    CHECK_FALSE(made.returns_rows());
    CHECK_THROWS_AS(made.all(), az::ResourceClosedError);
    CHECK(made.rowcount() == 1);
    CHECK(made.inserted_primary_key_rows().size() == 1);
    CHECK(made.prefetch_cols() == Names{"amount"});
    CHECK(made.postfetch_cols() == Names{"made"});
    CHECK(made.lastrow_has_defaults());
    const auto sent = made.last_inserted_params();
    REQUIRE(sent.size() == 2);
    CHECK(sent[0].first == "name");
    CHECK(sent[1].first == "amount");
    CHECK(az::to_string(sent[1].second.param()) == "5");
    CHECK_THROWS_AS(made.last_updated_params(), az::InvalidRequestError);

    // Again, from the cache; and a key that is given.
    const auto again = co_await connection.execute(az::insert(items).values(items.name = "b"));
    CHECK(again.inserted_primary_key().get<std::int64_t>(0) == 2);
    const auto given = co_await connection.execute(az::insert(items).values(items.id = 70, items.name = "c"));
    CHECK(given.inserted_primary_key().get<std::int64_t>(0) == 70);
    const auto both = co_await connection.execute(az::insert(parts).values(parts.maker = "x", parts.number = 3, parts.stock = 1));
    const auto composite = both.inserted_primary_key();
    CHECK(composite.get<std::string>("maker") == "x");
    CHECK(composite.get<std::int64_t>("number") == 3);

    const std::vector<std::tuple<std::string>> rows{{"d"}, {"e"}};
    const auto many = co_await connection.execute(az::insert(items).columns(items.name), rows);
    CHECK_THROWS_WITH(many.inserted_primary_key(), Contains("many rows"));
    const auto changed = co_await connection.execute(az::update(items).values(items.name = "z").where(items.id == 1));
    CHECK(changed.rowcount() == 1);
    CHECK_THROWS_AS(changed.inserted_primary_key(), az::InvalidRequestError);
    const auto updated = changed.last_updated_params();
    REQUIRE(updated.size() == 1);
    CHECK(updated[0].first == "name");
    const auto selected = co_await connection.execute(az::select(items.id));
    CHECK_THROWS_AS(selected.inserted_primary_key(), az::InvalidRequestError);
    if (engine.dialect()->features().insert_returning) {
        const auto returned = co_await connection.execute(az::insert(items).values(items.name = "r").returning(items.id));
        CHECK_THROWS_WITH(returned.inserted_primary_key(), Contains("RETURNING"));
    }
    const auto asked = co_await connection.execute(az::insert(items).values(items.name = "q").return_defaults(items.made));
    const auto defaults = asked.returned_defaults();
    if (engine.dialect()->features().insert_returning) {
        REQUIRE(defaults);
        CHECK(defaults->get<std::string>("made") == "by server");
        CHECK(asked.inserted_primary_key().get<std::int64_t>(0) > 2);
        CHECK(asked.postfetch_cols().empty());
    } else {
        CHECK_FALSE(defaults);
    }
    CHECK_THROWS_AS(made.returned_defaults(), az::InvalidRequestError);
    co_await connection.rollback();
    co_await connection.close();
}

asio::awaitable<void> check_keys_of_many(az::Engine engine, const Schema& schema) {
    co_await schema.metadata.create_all(engine);
    auto connection = co_await engine.connect();
    const auto& items = schema.items;
    const auto& parts = schema.parts;
    // What the program gave.
    const std::vector<std::tuple<std::string, std::int64_t, std::int64_t>> given{{"x", 3, 1}, {"y", 4, 2}, {"z", 5, 3}};
    const auto both = co_await connection.execute(az::insert(parts).columns(parts.maker, parts.number, parts.stock), given);
    const auto composite = both.inserted_primary_key_rows();
    REQUIRE(composite.size() == 3);
    CHECK(composite[0].keys() == Names{"maker", "number"});
    CHECK(composite[2].get<std::string>("maker") == "z");
    CHECK(composite[2].get<std::int64_t>("number") == 5);
    // What only the database knows is not known...
    const std::vector<std::tuple<std::string>> rows{{"d"}, {"e"}};
    const auto unknown = co_await connection.execute(az::insert(items).columns(items.name), rows);
    const auto unknown_keys = unknown.inserted_primary_key_rows();
    REQUIRE(unknown_keys.size() == 2);
    CHECK(unknown_keys[1].is_null(0));
    // ... unless it is asked for, in the order of the rows.
    std::vector<std::tuple<std::string>> many;
    for (int i = 0; i < 2'500; ++i) many.emplace_back("n" + std::to_string(i));
    const auto asked = co_await connection.execute(az::insert(items).columns(items.name).return_defaults(items.id), many);
    const auto keys = asked.inserted_primary_key_rows();
    REQUIRE(keys.size() == many.size());
    if (engine.dialect()->features().insert_returning) {
        const auto last = co_await connection.scalar(az::select(items.id).where(items.name == "n2499"));
        CHECK(keys.back().get<std::int64_t>("id") == last);
        const auto middle = co_await connection.scalar(az::select(items.id).where(items.name == "n1234"));
        CHECK(keys[1234].get<std::int64_t>(0) == middle);
    } else {
        CHECK(keys.back().is_null(0));
    }
    const std::vector<std::tuple<std::string>> no_rows;
    const auto none = co_await connection.execute(az::insert(items).columns(items.name), no_rows);
    CHECK(none.inserted_primary_key_rows().empty());
    const auto changed = co_await connection.execute(az::update(items).values(items.name = "z").where(items.id == 1));
    CHECK_THROWS_AS(changed.inserted_primary_key_rows(), az::InvalidRequestError);
    if (engine.dialect()->features().insert_returning) {
        const auto returned = co_await connection.execute(az::insert(items).columns(items.name).returning(items.id), rows);
        CHECK_THROWS_WITH(returned.inserted_primary_key_rows(), Contains("RETURNING"));
    }
    co_await connection.rollback();
    co_await connection.close();
}

asio::awaitable<void> check_named(az::Engine engine, const Schema& schema) {
    co_await schema.metadata.create_all(engine);
    auto connection = co_await engine.connect();
    const auto& items = schema.items;
    const std::map<std::string, az::Value> row{
        {"name", az::TypeTraits<std::string>::value("by name")}, {"amount", az::TypeTraits<std::int64_t>::value(8)}};
    const auto made = co_await connection.execute(az::insert(items), row);
    CHECK(made.inserted_primary_key().get<std::int64_t>(0) == 1);
    const std::map<std::string, std::string> texts{{"name", "text"}};
    co_await connection.execute(az::insert(items), texts);
    // What is said when it is executed wins.
    co_await connection.execute(az::insert(items).values(items.name = "not this"), texts);
    const std::map<std::string, std::int64_t> wanted{{"least", 8}};
    const auto found = az::select(items.name).where(items.amount >= az::bindparam<std::int64_t>("least"));
    const auto names = co_await connection.execute(found, wanted);
    CHECK(names.scalar_one() == "by name");
    const std::map<std::string, std::string> given{{"n", "text"}};
    const auto by_text = co_await connection.execute(az::text("SELECT count(*) FROM item WHERE name = :n"), given);
    CHECK(by_text.scalar_one<std::int64_t>() == 2);
    const std::map<std::string, std::string> unknown{{"nmae", "typo"}};
    const bool refused = co_await throws<az::ArgumentError>(connection.execute(az::insert(items), unknown));
    CHECK(refused);
    const std::map<std::string, std::string> none;
    const bool missing = co_await throws<az::InvalidRequestError>(connection.execute(found, none));
    CHECK(missing);
    // A list, also of one, is many executions.
    const std::vector<std::map<std::string, std::string>> list{{{"name", "listed"}}};
    const auto listed = co_await connection.execute(az::insert(items), list);
    CHECK_THROWS_AS(listed.inserted_primary_key(), az::InvalidRequestError);
    CHECK(listed.rowcount() == 1);
    co_await connection.rollback();
    co_await connection.close();
}

asio::awaitable<void> check_columns(az::Engine engine, const Schema& schema) {
    co_await schema.metadata.create_all(engine);
    auto connection = co_await engine.connect();
    const auto& items = schema.items;
    co_await connection.execute(az::insert(items).values(items.id = 1, items.name = "a"));
    co_await connection.execute(az::insert(items).values(items.id = 2, items.name = "b"));
    const auto other = az::alias(items, "other");
    const auto statement = [&](std::int64_t id) {
        return az::select(other.id, items.name.label("called"), items.id, items.id)
            .where(items.id == id)
            .where(other.id == 2);
    };
    // The second time its compilation is another statement's.
    for (const std::int64_t id : {1, 1}) {
        const az::Result<> rows{(co_await connection.execute(statement(id))).data()};
        const auto row = rows.one();
        CHECK(row.get(items.id) == 1);
        CHECK(row.get(other.id) == 2);
        CHECK(row.get(items.name) == "a");
        CHECK(az::to_string(row[items.name].param()) == "'a'");
        CHECK_THROWS_AS(row.get(items.amount), az::NoSuchColumnError);
        CHECK_THROWS_AS(row.get<std::int64_t>("nothing"), az::NoSuchColumnError);
        CHECK(rows.scalars(items.name).all() == Names{"a"});
        const auto fewer = rows.columns(items.name, 0);
        CHECK(fewer.one().get(items.name) == "a");
        CHECK(fewer.one().get(other.id) == 2);
        CHECK_THROWS_AS(fewer.one().get(items.id), az::NoSuchColumnError);
    }
    // By name from text(); by position where columns() says what it returns.
    const auto text = co_await connection.execute(az::text("SELECT name, id FROM item WHERE id = 2"));
    CHECK(text.one().get(items.id) == 2);
    CHECK(text.one().get(items.name) == "b");
    const auto said = az::text("SELECT name AS x, id AS y FROM item WHERE id = 2").columns(items.name, items.id);
    const auto positional = co_await connection.execute(said);
    CHECK(positional.keys() == Names{"name", "id"});
    const az::Result<> rows{positional.data()};
    CHECK(rows.one().get(items.id) == 2);
    CHECK(rows.one().get(items.name) == "b");
    co_await connection.rollback();
    co_await connection.close();
}

asio::awaitable<void> check_kept(az::Engine engine, const Schema& schema) {
    co_await schema.metadata.create_all(engine);
    auto connection = co_await engine.connect();
    const auto& items = schema.items;
    co_await connection.execute(az::insert(items).values(items.id = 1, items.name = "a"));
    const auto names = az::select(items.name).order_by(items.id);
    const auto first = co_await connection.execute(names);
    const auto frozen = first.freeze();
    co_await connection.execute(az::insert(items).values(items.id = 2, items.name = "b"));
    const auto second = co_await connection.execute(names);
    CHECK(frozen().scalars().all() == Names{"a"});
    CHECK(frozen().scalars().all() == Names{"a"});
    CHECK(frozen().merge(second, frozen()).scalars().all() == Names{"a", "a", "b", "a"});
    CHECK(frozen().merge().scalars().all() == Names{"a"});
    const az::Result<> untyped{first.data()};
    CHECK(untyped.freeze()().one().get<std::string>("name") == "a");
    const az::Result<> other{(co_await connection.execute(az::select(items.id))).data()};
    CHECK_THROWS_AS(untyped.merge(other), az::InvalidRequestError);
    co_await connection.rollback();
    co_await connection.close();
}

asio::awaitable<void> check_levels(az::Engine engine) {
    auto connection = co_await engine.connect();
    CHECK_FALSE(connection.default_schema_name().empty());
    const auto usual = connection.default_isolation_level();
    CHECK(usual != az::IsolationLevel::server_default);
    const auto now = co_await connection.get_isolation_level();
    CHECK(now == usual);
    co_await connection.rollback();
    connection.isolation_level(az::IsolationLevel::autocommit);
    const auto asked = co_await connection.get_isolation_level();
    CHECK(asked != az::IsolationLevel::autocommit);
    CHECK(connection.default_isolation_level() == usual);
    co_await connection.close();
    const auto strict = engine.execution_options(az::ExecutionOptions().isolation_level(az::IsolationLevel::serializable));
    {
        auto of_strict = co_await strict.connect();
        co_await of_strict.execute(az::text("SELECT 1"));
        const auto level = co_await of_strict.get_isolation_level();
        CHECK(level == az::IsolationLevel::serializable);
        co_await of_strict.close();
    }
    auto back = co_await engine.connect();
    co_await back.execute(az::text("SELECT 1"));
    const auto level = co_await back.get_isolation_level();
    CHECK(level == usual);
    co_await back.close();
}

} // namespace

TEST_CASE("results: keys and defaults of an INSERT",
          "[integration][result][core.result.inserted_primary_key][core.result.returned_defaults]"
          "[core.result.defaults_info]") {
    Backend db{backend_name()};
    const Schema schema;
    db.run(check_keys(db.engine(), schema));
}

TEST_CASE("results: values by name, one execution or many", "[integration][result][core.conn.param_forms]") {
    Backend db{backend_name()};
    const Schema schema;
    db.run(check_named(db.engine(), schema));
}

TEST_CASE("results: columns are found by what the statement selects", "[integration][result][core.result.column_targeting]") {
    Backend db{backend_name()};
    const Schema schema;
    db.run(check_columns(db.engine(), schema));
}

TEST_CASE("results: frozen and merged", "[integration][result][core.result.freeze]") {
    Backend db{backend_name()};
    const Schema schema;
    db.run(check_kept(db.engine(), schema));
}

TEST_CASE("engine: isolation levels, what they are and whose",
          "[integration][engine][core.txn.isolation_query][core.txn.isolation_per_engine]") {
    Backend db{backend_name()};
    db.run(check_levels(db.engine()));
}

namespace {

asio::awaitable<void> check_read_only(az::Engine engine) {
    const auto options = az::ExecutionOptions()
                             .isolation_level(az::IsolationLevel::serializable)
                             .postgresql_readonly(true)
                             .postgresql_deferrable(true);
    auto connection = co_await engine.connect();
    connection.execution_options(options);
    const auto shown = co_await connection.execute(az::text(
        "SELECT current_setting('transaction_read_only') || current_setting('transaction_deferrable')"));
    CHECK(shown.scalar_one<std::string>() == "onon");
    CHECK_THROWS_AS(connection.execution_options(az::ExecutionOptions().postgresql_readonly(false)), az::InvalidRequestError);
    co_await connection.rollback();
    connection.execution_options(az::ExecutionOptions().postgresql_readonly(false).postgresql_deferrable(false));
    const auto off = co_await connection.execute(az::text("SELECT current_setting('transaction_read_only')"));
    CHECK(off.scalar_one<std::string>() == "off");
    co_await connection.close();
    auto next = co_await engine.connect();
    const auto fresh = co_await next.execute(az::text("SELECT current_setting('transaction_isolation')"));
    CHECK(fresh.scalar_one<std::string>() == "read committed");
    co_await next.close();
}

asio::awaitable<void> reset_session(az::driver::Connection& connection) {
    co_await connection.run("CLOSE ALL");
    co_await connection.run("RESET ALL");
    co_await connection.run("DISCARD TEMP");
}

asio::awaitable<void> check_reset(az::Engine engine) {
    engine.events().reset_connection.connect(reset_session);
    void* handle = nullptr;
    {
        auto connection = co_await engine.connect();
        handle = connection.native_handle();
        co_await connection.run("SET statement_timeout = 12345");
        co_await connection.run("CREATE TEMPORARY TABLE left_over (x integer)");
        co_await connection.commit();
        co_await connection.close();
    }
    auto next = co_await engine.connect(); // waits for the reset
    CHECK(next.native_handle() == handle);
    const auto timeout = co_await next.execute(az::text("SELECT current_setting('statement_timeout')"));
    CHECK(timeout.scalar_one<std::string>() == "0");
    const auto gone = co_await next.execute(az::text("SELECT to_regclass('left_over') IS NULL"));
    CHECK(gone.scalar_one<bool>());
    co_await next.close();
}

asio::awaitable<void> check_enum_made_anew(az::Engine engine) {
    auto connection = co_await engine.connect();
    const auto make = [](az::Connection& on) -> asio::awaitable<void> {
        co_await on.run("CREATE TYPE mood AS ENUM ('good', 'bad')");
        co_await on.run("CREATE TABLE day (m mood)");
        co_await on.commit();
    };
    const auto put = az::text("INSERT INTO day (m) VALUES (:m)").bind("m", "good");
    co_await make(connection);
    co_await connection.execute(put);
    co_await connection.execute(put);
    co_await connection.commit();
    co_await connection.run("DROP TABLE day");
    co_await connection.run("DROP TYPE mood");
    co_await connection.commit();
    co_await make(connection);
    connection.isolation_level(az::IsolationLevel::autocommit);
    const auto again = co_await connection.execute(put);
    CHECK(again.rowcount() == 1);
    co_await connection.close();
}

bool has(const std::string& backend) {
    const auto names = backend_names();
    return std::find(names.begin(), names.end(), backend) != names.end();
}

} // namespace

TEST_CASE("postgresql: read-only and deferrable connections", "[integration][engine][core.opt.dialect]") {
    if (!has("postgresql")) return;
    Backend db{"postgresql"};
    db.run(check_read_only(db.engine()));
}

TEST_CASE("postgresql: a reset of the user's own", "[integration][pool][pg.conn.reset]") {
    if (!has("postgresql")) return;
    Backend db{"postgresql"};
    az::EngineOptions options;
    options.pool_size = 1;
    options.max_overflow = 0;
    db.run(check_reset(db.make_engine(options)));
}

TEST_CASE("postgresql: a prepared statement survives that its enumeration is made anew", "[integration][postgresql]") {
    if (!has("postgresql")) return;
    Backend db{"postgresql"};
    db.run(check_enum_made_anew(db.engine()));
}

namespace {

asio::awaitable<void> set_mode(az::driver::Connection& connection) {
    co_await connection.run("SET SESSION sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES'");
}

asio::awaitable<void> check_sql_mode(az::Engine engine, const Schema& schema) {
    engine.events().connect.connect_first(set_mode);
    auto connection = co_await engine.connect();
    CHECK(engine.server_info()->ansi_quotes);
    CHECK(engine.server_info()->no_backslash_escapes);
    CHECK(engine.dialect()->quote_always("a\"b") == "\"a\"\"b\"");
    const auto literal = az::literal_sql(az::select(schema.items.name).where(schema.items.name == "a\\b"), engine.dialect());
    CHECK_THAT(literal, Contains("'a\\b'"));
    co_await schema.metadata.create_all(connection);
    co_await connection.execute(az::insert(schema.items).values(schema.items.name = "a\\b"));
    const auto found = co_await connection.exec_driver_sql(literal);
    CHECK(found.scalar_one<std::string>() == "a\\b");
    co_await connection.close();
}

asio::awaitable<void> check_flavour(az::Engine as_mariadb, az::Engine as_mysql) {
    {
        auto connection = co_await as_mariadb.connect();
        CHECK(as_mariadb.dialect()->name() == "mariadb");
        CHECK_THAT(connection.server_version(), Contains("MariaDB"));
        co_await connection.close();
    }
    CHECK_FALSE(as_mysql.dialect()->features().insert_returning);
    auto connection = co_await as_mysql.connect();
    CHECK(as_mysql.dialect()->name() == "mysql"); // options keep their prefix
    CHECK(as_mysql.dialect()->features().insert_returning);
    co_await connection.close();
    co_await as_mysql.dispose();
}

} // namespace

TEST_CASE("result: the keys of many inserted rows", "[integration][result][core.result.inserted_primary_key_rows]") {
    Backend db{backend_name()};
    const Schema schema;
    db.run(check_keys_of_many(db.engine(), schema));
}

TEST_CASE("mysql: the server's sql_mode tells how names and text are quoted", "[integration][mysql][my.conn.sql_mode]") {
    if (!has("mariadb")) return;
    Backend db{"mariadb"};
    const Schema schema;
    db.run(check_sql_mode(db.engine(), schema));
}

TEST_CASE("mysql: the server's version tells its flavour", "[integration][mysql][my.conn.flavour]") {
    if (!has("mariadb")) return;
    Backend db{"mariadb"};
    az::Url url{db.url()};
    url.dialect = "mysql";
    db.run(check_flavour(db.engine(), az::create_engine(db.io().get_executor(), url)));
}
