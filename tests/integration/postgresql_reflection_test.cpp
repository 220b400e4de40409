// SPDX-License-Identifier: MIT
// What PostgreSQL's catalogue has and no other: domains, enums, options of indexes, partitions, search paths.
#include "support/backend.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace az = azoth;
using Catch::Contains;

namespace {

using Names = std::vector<std::string>;

bool has_server() {
    const auto names = backend_names();
    return std::ranges::find(names, "postgresql") != names.end();
}

asio::awaitable<void> run_each(az::Connection& connection, Names statements) {
    for (auto& sql : statements) co_await connection.run(std::move(sql));
    co_await connection.commit();
}
template <class... Sql>
asio::awaitable<void> run_all(az::Connection& connection, const Sql&... statements) {
    return run_each(connection, Names{std::string{statements}...});
}

const az::ReflectedIndex& index_named(const std::vector<az::ReflectedIndex>& all, std::string_view name) {
    const auto found = std::ranges::find(all, name, &az::ReflectedIndex::name);
    REQUIRE(found != all.end());
    return *found;
}

template <class T>
const T& option(const az::schema::DialectOptions& options, std::string_view name) {
    const auto* value = options.find(name);
    REQUIRE(value != nullptr);
    return std::get<T>(*value);
}

asio::awaitable<void> types_of_users(az::Engine engine) {
    auto connection = co_await engine.connect();
    co_await run_all(
        connection,
        "CREATE TYPE mood AS ENUM ('sad', 'it''s ok')",
        "CREATE TYPE nothing AS ENUM ()",
        "CREATE DOMAIN positive AS integer DEFAULT 1 NOT NULL CONSTRAINT above_zero CHECK (VALUE > 0) CONSTRAINT small CHECK (VALUE < 9)",
        "CREATE DOMAIN word AS varchar(20) COLLATE \"C\"",
        "CREATE TABLE person (id integer PRIMARY KEY, now mood, was mood[], none nothing, age positive)");
    auto inspector = az::inspect(connection);
    const auto enums = co_await inspector.get_enums();
    CHECK(enums.at("mood") == Names{"sad", "it's ok"});
    CHECK(enums.at("nothing").empty());
    const auto domains = co_await inspector.get_domains();
    REQUIRE(domains.size() == 2);
    const auto& positive = domains[0];
    CHECK(positive.name == "positive");
    CHECK(positive.visible);
    CHECK(positive.type == az::Integer{});
    CHECK_FALSE(positive.nullable);
    CHECK(positive.default_ == "1");
    REQUIRE(positive.constraints.size() == 2);
    CHECK(positive.constraints[0].name == "above_zero");
    CHECK(positive.constraints[0].sqltext == "VALUE > 0");
    CHECK(positive.constraints[1].name == "small");
    CHECK(domains[1].name == "word");
    CHECK(domains[1].type == az::String{20});
    CHECK(domains[1].nullable);
    CHECK(domains[1].collation == "C");
    CHECK(domains[1].constraints.empty());
    const auto elsewhere = co_await inspector.get_domains("no_such_schema");
    CHECK(elsewhere.empty());

    const auto columns = co_await inspector.get_columns("person");
    const Names members{"sad", "it's ok"};
    CHECK(columns.at(1).type == az::postgresql::ENUM{members, "mood"});
    CHECK(columns.at(2).type == az::ARRAY{az::postgresql::ENUM{members, "mood"}});
    CHECK(columns.at(3).type == az::postgresql::ENUM{{}, "nothing"});
    CHECK(columns.at(4).type == az::Integer{});
    CHECK_FALSE(columns.at(4).nullable);

    const auto number = co_await inspector.get_table_oid("person");
    const auto asked = co_await connection.exec_driver_sql("SELECT 'person'::regclass::oid::bigint");
    CHECK(asked.scalar_one<std::int64_t>() == number);
    bool refused = false;
    try {
        const auto none = co_await inspector.get_table_oid("nobody");
        CHECK(none == 0);
    } catch (const az::NoSuchTableError&) {
        refused = true;
    }
    CHECK(refused);
    co_await connection.close();
}

asio::awaitable<void> indexes(az::Engine engine) {
    auto connection = co_await engine.connect();
    co_await run_all(
        connection,
        "CREATE TABLE booking (id serial PRIMARY KEY, room integer NOT NULL, name text, at int4range, "
        "CONSTRAINT uq_name UNIQUE (name), "
        "CONSTRAINT no_overlap EXCLUDE USING gist (at WITH &&) WHERE (room > 0) DEFERRABLE INITIALLY DEFERRED, "
        "CONSTRAINT no_other EXCLUDE USING btree (lower(name) WITH =))",
        "CREATE INDEX ix_include ON booking (room DESC NULLS LAST) INCLUDE (name, id)",
        "CREATE INDEX ix_ops ON booking (name text_pattern_ops) WITH (fillfactor = 50)",
        "CREATE UNIQUE INDEX ix_some ON booking (lower(name), room) WHERE room > 3",
        "CREATE INDEX ix_hash ON booking USING hash (room)");
    auto inspector = az::inspect(connection);
    const auto all = co_await inspector.get_indexes("booking");
    const auto& include = index_named(all, "ix_include");
    CHECK(include.include_columns == Names{"name", "id"});
    CHECK(option<Names>(include.dialect_options, "postgresql_include") == Names{"name", "id"});
    CHECK(include.column_names.size() == 1);
    CHECK(include.column_sorting.at("room") == Names{"desc", "nulls_last"});
    const auto& ops = index_named(all, "ix_ops");
    const az::schema::OptionPairs classes{{"name", "text_pattern_ops"}};
    CHECK(option<az::schema::OptionPairs>(ops.dialect_options, "postgresql_ops") == classes);
    CHECK(option<Names>(ops.dialect_options, "postgresql_with") == Names{"fillfactor=50"});
    const auto& some = index_named(all, "ix_some");
    CHECK(some.unique);
    CHECK_FALSE(some.column_names.at(0).has_value());
    CHECK(some.expressions == Names{"lower(name)", "room"});
    CHECK(some.dialect_options.find("postgresql_where") != nullptr);
    CHECK(option<std::string>(index_named(all, "ix_hash").dialect_options, "postgresql_using") == "hash");
    // What a constraint made says so, and is no index of a reflected table.
    CHECK(index_named(all, "uq_name").duplicates_constraint == "uq_name");
    CHECK(index_named(all, "no_overlap").duplicates_constraint == "no_overlap");

    const auto table = co_await inspector.get_table("booking");
    REQUIRE(table.exclude_constraints.size() == 2);
    const auto& other = table.exclude_constraints[0];
    CHECK(other.name == "no_other");
    CHECK(other.elements == std::vector<std::pair<std::string, std::string>>{{"(lower(name))", "="}});
    const auto& overlap = table.exclude_constraints[1];
    CHECK(overlap.access_method == "gist");
    CHECK(overlap.elements == std::vector<std::pair<std::string, std::string>>{{"at", "&&"}});
    CHECK(overlap.where == "room > 0");
    CHECK(overlap.deferrable == true);
    CHECK(overlap.initially == "DEFERRED");

    // Dropped and made anew from what was read, it is the same.
    az::MetaData metadata;
    const auto reflected = co_await az::reflect_table(connection, metadata, "booking");
    CHECK(reflected.data().indexes.size() == 4);
    CHECK(reflected.data().excludes.size() == 2);
    co_await metadata.drop_all(connection);
    co_await metadata.create_all(connection);
    inspector.clear_cache();
    const auto again = co_await inspector.get_indexes("booking");
    CHECK(again.size() == all.size());
    CHECK(index_named(again, "ix_include").include_columns == Names{"name", "id"});
    CHECK(option<az::schema::OptionPairs>(index_named(again, "ix_ops").dialect_options, "postgresql_ops") == classes);
    const auto made_anew = co_await inspector.get_table("booking");
    REQUIRE(made_anew.exclude_constraints.size() == 2);
    CHECK(made_anew.exclude_constraints[1].where == "room > 0");
    CHECK(made_anew.exclude_constraints[1].elements == overlap.elements);
    co_await connection.rollback();
    co_await connection.close();
}

asio::awaitable<void> relations(az::Engine engine) {
    auto connection = co_await engine.connect();
    co_await run_all(
        connection,
        "CREATE SEQUENCE shared",
        "CREATE TABLE numbered (id serial PRIMARY KEY, other bigint DEFAULT nextval('shared'), "
        "own integer GENERATED BY DEFAULT AS IDENTITY (START 7), twice integer GENERATED ALWAYS AS (other * 2) STORED)",
        "CREATE TABLE lent (id integer PRIMARY KEY DEFAULT nextval('shared'))",
        "CREATE TABLE day (id integer, at date NOT NULL, PRIMARY KEY (id, at)) PARTITION BY RANGE (at)",
        "CREATE TABLE day_1 PARTITION OF day FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')",
        "CREATE FOREIGN DATA WRAPPER nowhere",
        "CREATE SERVER afar FOREIGN DATA WRAPPER nowhere",
        "CREATE FOREIGN TABLE distant (id integer) SERVER afar");
    auto inspector = az::inspect(connection);
    const auto tables = co_await inspector.get_table_names();
    CHECK(tables == Names{"day", "day_1", "lent", "numbered"});
    const auto foreign = co_await inspector.get_foreign_table_names();
    CHECK(foreign == Names{"distant"});
    const auto distant = co_await inspector.get_columns("distant");
    CHECK(distant.size() == 1);

    const auto columns = co_await inspector.get_columns("numbered");
    CHECK(columns.at(0).autoincrement);
    CHECK_THAT(columns.at(0).sequence, Contains("numbered_id_seq"));
    CHECK(columns.at(1).sequence.empty()); // nobody's in particular
    CHECK_THAT(columns.at(1).default_.value_or(""), Contains("nextval"));
    REQUIRE(columns.at(2).identity.has_value());
    CHECK_FALSE(columns.at(2).identity->always);
    CHECK(columns.at(2).identity->options.start == 7);
    REQUIRE(columns.at(3).computed.has_value());
    CHECK(columns.at(3).computed->persisted == true);

    // A sequence of its own is made with the table; one that is shared is its default.
    az::MetaData metadata;
    const auto numbered = co_await az::reflect_table(connection, metadata, "numbered");
    const auto ddl = az::compile(az::CreateTable{numbered}, engine.dialect()).sql();
    CHECK_THAT(ddl, Contains("id SERIAL NOT NULL") && Contains("other BIGINT DEFAULT nextval('shared'::regclass)"));
    const auto lent = co_await az::reflect_table(connection, metadata, "lent");
    CHECK_THAT(az::compile(az::CreateTable{lent}, engine.dialect()).sql(), Contains("id INTEGER DEFAULT nextval('shared'::regclass) NOT NULL"));

    const auto options = co_await inspector.get_table_options("day");
    CHECK(option<std::string>(options, "postgresql_partition_by") == "RANGE (at)");
    const auto day = co_await az::reflect_table(connection, metadata, "day");
    CHECK_THAT(az::compile(az::CreateTable{day}, engine.dialect()).sql(), Contains("PARTITION BY RANGE (at)"));
    co_await run_all(connection, "DROP FOREIGN DATA WRAPPER nowhere CASCADE");
    co_await connection.close();
}

asio::awaitable<void> search_path(az::Engine engine) {
    auto connection = co_await engine.connect();
    auto inspector = az::inspect(connection);
    const auto own = co_await inspector.default_schema_name();
    const auto shown = own + "_shown";
    const auto hidden = own + "_hidden";
    co_await run_all(
        connection,
        "CREATE SCHEMA " + shown,
        "CREATE SCHEMA " + hidden,
        "CREATE TABLE " + shown + ".a (id integer PRIMARY KEY)",
        "CREATE TABLE " + hidden + ".b (id integer PRIMARY KEY)",
        "CREATE TABLE c (id integer PRIMARY KEY)",
        "CREATE TABLE refers (a integer CONSTRAINT to_a REFERENCES " + shown + ".a, b integer CONSTRAINT to_b REFERENCES " + hidden +
            ".b, c integer CONSTRAINT to_c REFERENCES c)",
        "CREATE TABLE " + shown + ".there (a integer CONSTRAINT there_a REFERENCES " + shown + ".a, c integer CONSTRAINT there_c REFERENCES c)",
        "SET search_path TO " + own + ", " + shown);
    inspector.clear_cache();
    auto keys = co_await inspector.get_foreign_keys("refers");
    std::ranges::sort(keys, {}, &az::ReflectedForeignKey::name);
    REQUIRE(keys.size() == 3);
    CHECK(keys[0].referred_schema.empty()); // the search path shows it
    CHECK(keys[1].referred_schema == hidden);
    CHECK(keys[2].referred_schema.empty());
    auto there = co_await inspector.get_foreign_keys("there", shown);
    std::ranges::sort(there, {}, &az::ReflectedForeignKey::name);
    REQUIRE(there.size() == 2);
    CHECK(there[0].referred_schema == shown); // the table's own schema
    CHECK(there[1].referred_schema.empty());

    const auto some = az::InspectOptions{}.filter_names({"refers"}).ignore_search_path();
    const auto ignoring = co_await inspector.get_multi_foreign_keys(some);
    auto all = ignoring.at({"", "refers"});
    std::ranges::sort(all, {}, &az::ReflectedForeignKey::name);
    CHECK(all[0].referred_schema == shown);
    CHECK(all[1].referred_schema == hidden);
    CHECK(all[2].referred_schema.empty()); // the default schema is never named

    az::MetaData by_path;
    co_await az::reflect_table(connection, by_path, "refers");
    CHECK(by_path.find("a") != nullptr);
    CHECK(by_path.find("b", hidden) != nullptr);
    az::MetaData by_schema;
    const auto ignore = az::ReflectOptions{}.ignore_search_path();
    co_await az::reflect_table(connection, by_schema, "refers", ignore);
    CHECK(by_schema.find("a") == nullptr);
    CHECK(by_schema.find("a", shown) != nullptr);
    CHECK(by_schema.find("c") != nullptr);

    // A table that only the path shows is found without its schema.
    const auto found = co_await inspector.get_columns("a");
    CHECK(found.size() == 1);
    co_await run_all(connection, "RESET search_path", "DROP SCHEMA " + shown + " CASCADE", "DROP SCHEMA " + hidden + " CASCADE");
    co_await connection.close();
}

void on_postgresql(asio::awaitable<void> (*body)(az::Engine)) {
    if (!has_server()) return;
    Backend database{"postgresql"};
    database.run(body(database.engine()));
}

} // namespace

TEST_CASE("postgresql reflection: domains, enums and their columns, table numbers", "[integration][reflection][pg.reflect.extra]") {
    on_postgresql(types_of_users);
}

TEST_CASE("postgresql reflection: all that indexes and exclusions have, there and back", "[integration][reflection][pg.reflect.extra]") {
    on_postgresql(indexes);
}

TEST_CASE("postgresql reflection: partitions, foreign tables, whose a sequence is", "[integration][reflection][pg.reflect.extra]") {
    on_postgresql(relations);
}

TEST_CASE("postgresql reflection: schemas are named where the search path does not show them",
          "[integration][reflection][pg.reflect.search_path]") {
    on_postgresql(search_path);
}
