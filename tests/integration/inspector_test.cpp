// SPDX-License-Identifier: MIT
// The Inspector, and MetaData.reflect() with its options, on every database.
#include "support/backend.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace az = azoth;

namespace {

using Names = std::vector<std::string>;

bool has(const Names& names, std::string_view name) { return std::ranges::find(names, name) != names.end(); }

bool is(const az::Engine& engine, std::string_view name) { return engine.dialect()->name() == name; }

asio::awaitable<void> run(az::Connection& connection, std::string sql) { co_await connection.run(std::move(sql)); }

/// parent ← child ← grandchild, and a ring of a and b; a view; indexes of all kinds.
asio::awaitable<void> set_up(az::Engine engine) {
    const bool sqlite = is(engine, "sqlite");
    const bool postgresql = is(engine, "postgresql");
    auto connection = co_await engine.connect();
    const std::string key = sqlite ? "INTEGER PRIMARY KEY" : postgresql ? "SERIAL PRIMARY KEY" : "INTEGER AUTO_INCREMENT PRIMARY KEY";
    co_await run(connection, "CREATE TABLE parent (id " + key + ", code VARCHAR(20) NOT NULL, "
                             "amount INTEGER DEFAULT 3, twice INTEGER GENERATED ALWAYS AS (amount * 2) STORED, "
                             "CONSTRAINT uq_code UNIQUE (code), CONSTRAINT ck_amount CHECK (amount > 0))");
    co_await run(connection, "CREATE TABLE child (id INTEGER NOT NULL, parent_id INTEGER, name VARCHAR(30), "
                             "CONSTRAINT pk_child PRIMARY KEY (id), "
                             "CONSTRAINT fk_parent FOREIGN KEY (parent_id) REFERENCES parent (id) ON DELETE CASCADE)");
    co_await run(connection, "CREATE TABLE grandchild (id INTEGER NOT NULL PRIMARY KEY, child_id INTEGER, "
                             "CONSTRAINT fk_child FOREIGN KEY (child_id) REFERENCES child (id))");
    co_await run(connection, "CREATE INDEX ix_name ON child (name DESC, id)");
    if (!is(engine, "mariadb")) {
        co_await run(connection, "CREATE UNIQUE INDEX ix_lower ON child (lower(name)) WHERE parent_id > 0");
    }
    co_await run(connection, "CREATE VIEW names AS SELECT name FROM child");
    co_await connection.commit();
    co_await connection.close();
}

asio::awaitable<void> lists_and_details(az::Engine engine) {
    co_await set_up(engine);
    const bool sqlite = is(engine, "sqlite");
    const bool postgresql = is(engine, "postgresql");
    const bool mariadb = is(engine, "mariadb");
    auto inspector = az::inspect(engine);

    const auto tables = co_await inspector.get_table_names();
    CHECK(tables == Names{"child", "grandchild", "parent"});
    const auto views = co_await inspector.get_view_names();
    CHECK(views == Names{"names"});
    const auto materialized = co_await inspector.get_materialized_view_names();
    CHECK(materialized.empty());
    const auto schemas = co_await inspector.get_schema_names();
    const auto own = co_await inspector.default_schema_name();
    CHECK(has(schemas, own));
    if (sqlite) CHECK(own == "main");
    const bool has_own = co_await inspector.has_schema(own);
    CHECK(has_own);
    const bool has_other = co_await inspector.has_schema("no such schema");
    CHECK_FALSE(has_other);

    const bool table = co_await inspector.has_table("child");
    CHECK(table);
    const bool view = co_await inspector.has_table("names");
    CHECK(view);
    const bool nothing = co_await inspector.has_table("no_such_table");
    CHECK_FALSE(nothing);
    const bool elsewhere = co_await inspector.has_table("child", "no_such_schema");
    CHECK_FALSE(elsewhere);
    const bool explicitly = co_await inspector.has_table("child", own);
    CHECK(explicitly);
    const bool index = co_await inspector.has_index("child", "ix_name");
    CHECK(index);
    const bool no_index = co_await inspector.has_index("child", "ix_other");
    CHECK_FALSE(no_index);
    const bool index_of_nothing = co_await inspector.has_index("no_such_table", "ix_name");
    CHECK_FALSE(index_of_nothing);
    const Names some{"child", "nothing"};
    const auto multi = co_await inspector.has_multi_table(some);
    CHECK(multi.at("child"));
    CHECK_FALSE(multi.at("nothing"));

    const auto columns = co_await inspector.get_columns("parent");
    REQUIRE(columns.size() == 4);
    CHECK(columns[0].autoincrement);
    CHECK_FALSE(columns[1].nullable);
    CHECK(columns[1].type == az::String{20});
    CHECK(columns[2].default_ == "3");
    REQUIRE(columns[3].computed.has_value());
    CHECK(columns[3].computed->persisted == true);
    CHECK(columns[3].computed->sqltext.find('2') != std::string::npos);
    CHECK_FALSE(columns[3].default_.has_value());
    const auto view_columns = co_await inspector.get_columns("names");
    REQUIRE(view_columns.size() == 1);
    CHECK(view_columns[0].name == "name");

    const auto key = co_await inspector.get_pk_constraint("child");
    CHECK(key.constrained_columns == Names{"id"});
    CHECK(key.name == (mariadb ? "" : "pk_child"));
    const auto keys = co_await inspector.get_foreign_keys("child");
    REQUIRE(keys.size() == 1);
    CHECK(keys[0].name == "fk_parent");
    CHECK(keys[0].constrained_columns == Names{"parent_id"});
    CHECK(keys[0].referred_schema.empty());
    CHECK(keys[0].referred_table == "parent");
    CHECK(keys[0].referred_columns == Names{"id"});
    CHECK(keys[0].ondelete == "CASCADE");
    const auto keys_there = co_await inspector.get_foreign_keys("child", own);
    REQUIRE(keys_there.size() == 1);
    CHECK(keys_there[0].referred_schema == own);

    const auto uniques = co_await inspector.get_unique_constraints("parent");
    REQUIRE(uniques.size() == 1);
    CHECK(uniques[0].name == "uq_code");
    CHECK(uniques[0].column_names == Names{"code"});
    CHECK(uniques[0].duplicates_index == (mariadb ? "uq_code" : ""));
    const auto checks = co_await inspector.get_check_constraints("parent");
    REQUIRE(checks.size() == 1);
    CHECK(checks[0].name == "ck_amount");
    CHECK(checks[0].sqltext == (mariadb ? "`amount` > 0" : "amount > 0"));

    auto indexes = co_await inspector.get_indexes("child");
    std::ranges::sort(indexes, {}, &az::ReflectedIndex::name);
    if (mariadb) {
        CHECK(indexes.at(0).name == "fk_parent"); // InnoDB's own
        indexes.erase(indexes.begin());
    } else {
        REQUIRE(indexes.size() == 2);
        CHECK(indexes[0].name == "ix_lower");
        CHECK(indexes[0].unique);
        CHECK_FALSE(indexes[0].column_names.at(0).has_value());
        CHECK(indexes[0].expressions.at(0).find("lower(") == 0);
        CHECK(indexes[0].dialect_options.find(postgresql ? "postgresql_where" : "sqlite_where") != nullptr);
        indexes.erase(indexes.begin());
    }
    REQUIRE(indexes.size() == 1);
    CHECK(indexes[0].column_names.at(0) == "name");
    CHECK(indexes[0].column_names.at(1) == "id");
    if (!mariadb) CHECK(indexes[0].column_sorting.at("name") == Names{"desc"}); // before 10.8 it ignored the word

    const auto definition = co_await inspector.get_view_definition("names");
    CHECK(definition.find("child") != std::string::npos);
    bool refused = false;
    try {
        const auto no_view = co_await inspector.get_view_definition("child");
    } catch (const az::NoSuchTableError&) {
        refused = true;
    }
    CHECK(refused);
    bool has_comments = true;
    try {
        const auto note = co_await inspector.get_table_comment("child");
        CHECK(note.empty());
    } catch (const az::NotSupportedError&) {
        has_comments = false;
    }
    CHECK(has_comments != sqlite);
    const auto options = co_await inspector.get_table_options("child");
    if (mariadb) CHECK(std::get<std::string>(*options.find("mariadb_engine")) == "InnoDB");

    // What was read is remembered, until it is forgotten.
    auto connection = co_await engine.connect();
    co_await run(connection, "CREATE TABLE later (id INTEGER PRIMARY KEY)");
    co_await connection.commit();
    co_await connection.close();
    const auto as_before = co_await inspector.get_table_names();
    CHECK(as_before == tables);
    inspector.clear_cache();
    const auto now = co_await inspector.get_table_names();
    CHECK(has(now, "later"));
}

asio::awaitable<void> missing_tables(az::Engine engine) {
    auto inspector = az::inspect(engine);
    bool refused = false;
    try {
        const auto columns = co_await inspector.get_columns("no_such_table");
        CHECK(columns.empty());
    } catch (const az::NoSuchTableError& error) {
        refused = true;
        CHECK(std::string{error.what()}.find("no_such_table") != std::string::npos);
    }
    CHECK(refused);
    const auto nothing = co_await inspector.get_multi_columns();
    CHECK(nothing.empty());
    const auto sorted = co_await inspector.get_sorted_table_and_fkc_names();
    CHECK(sorted.size() == 1);
    az::MetaData metadata;
    refused = false;
    try {
        const auto table = co_await az::reflect_table(engine, metadata, "no_such_table");
    } catch (const az::NoSuchTableError&) {
        refused = true;
    }
    CHECK(refused);
    refused = false;
    try {
        const auto options = az::ReflectOptions{}.only("one", "two");
        co_await metadata.reflect(engine, options);
    } catch (const az::InvalidRequestError& error) {
        refused = true;
        CHECK(std::string{error.what()}.find("one, two") != std::string::npos);
    }
    CHECK(refused);
}

asio::awaitable<void> temporary_tables(az::Engine engine) {
    auto connection = co_await engine.connect();
    co_await run(connection, "CREATE TEMPORARY TABLE scratch (id INTEGER)");
    auto inspector = az::inspect(connection);
    const bool found = co_await inspector.has_table("scratch");
    CHECK(found);
    const auto tables = co_await inspector.get_table_names();
    CHECK_FALSE(has(tables, "scratch"));
    if (is(engine, "mariadb")) {
        bool refused = false;
        try {
            const auto names = co_await inspector.get_temp_table_names();
        } catch (const az::NotSupportedError&) {
            refused = true;
        }
        CHECK(refused);
    } else {
        const auto names = co_await inspector.get_temp_table_names();
        CHECK(names == Names{"scratch"});
        const auto options = az::InspectOptions{}.scope(az::ObjectScope::any);
        const auto columns = co_await inspector.get_multi_columns(options);
        CHECK(columns.size() == 1);
        const auto lasting = co_await inspector.get_multi_columns();
        CHECK(lasting.empty());
    }
    co_await connection.close();
}

asio::awaitable<void> many_at_once(az::Engine engine) {
    co_await set_up(engine);
    auto inspector = az::inspect(engine);
    const auto columns = co_await inspector.get_multi_columns();
    CHECK(columns.size() == 3);
    CHECK(columns.at({"", "child"}).size() == 3);
    const auto any = az::InspectOptions{}.kind(az::ObjectKind::any);
    const auto all = co_await inspector.get_multi_columns(any);
    CHECK(all.size() == 4);
    const auto views = az::InspectOptions{}.kind(az::ObjectKind::any_view);
    const auto of_views = co_await inspector.get_multi_columns(views);
    CHECK(of_views.size() == 1);
    const auto some = az::InspectOptions{}.filter_names({"child", "nothing"});
    const auto keys = co_await inspector.get_multi_foreign_keys(some);
    REQUIRE(keys.size() == 1);
    CHECK(keys.begin()->second.size() == 1);
    const auto primary = co_await inspector.get_multi_pk_constraint();
    CHECK(primary.at({"", "grandchild"}).constrained_columns == Names{"id"});
    const auto uniques = co_await inspector.get_multi_unique_constraints();
    CHECK(uniques.at({"", "parent"}).size() == 1);
    CHECK(uniques.at({"", "child"}).empty());
    const auto indexes = co_await inspector.get_multi_indexes();
    CHECK_FALSE(indexes.at({"", "child"}).empty());
    const auto checks = co_await inspector.get_multi_check_constraints();
    CHECK(checks.at({"", "parent"}).size() == 1);

    const auto sorted = co_await inspector.get_sorted_table_and_fkc_names();
    REQUIRE(sorted.size() == 4);
    CHECK(sorted[0].table == "parent");
    CHECK(sorted[1].table == "child");
    REQUIRE(sorted[1].foreign_keys.size() == 1);
    CHECK(sorted[1].foreign_keys[0].second == "fk_parent");
    CHECK(sorted[2].table == "grandchild");
    CHECK(sorted[3].table.empty());
    CHECK(sorted[3].foreign_keys.empty());
}

asio::awaitable<void> reflects_what_is_asked_for(az::Engine engine) {
    co_await set_up(engine);
    // One table, and what it refers to.
    az::MetaData one;
    std::vector<std::string> seen;
    one.column_reflect([&seen](const az::ReflectedTable& table, az::ReflectedColumn& column) {
        seen.push_back(table.name + "." + column.name);
        if (column.name == "name") column.type = az::Text{};
    });
    const auto child = co_await az::reflect_table(engine, one, "child");
    CHECK(child.columns().size() == 3);
    CHECK(child.data().find("name")->type == az::Text{});
    CHECK(one.tables().size() == 2);
    CHECK(one.find("parent") != nullptr);
    CHECK(has(seen, "child.name"));
    CHECK(has(seen, "parent.code"));

    az::MetaData alone;
    const auto unresolved = az::ReflectOptions{}.resolve_fks(false).only("child");
    co_await alone.reflect(engine, unresolved);
    CHECK(alone.tables().size() == 1);

    az::MetaData with_views;
    const auto views = az::ReflectOptions{}.views().only([](const std::string& name) { return name != "grandchild"; });
    co_await with_views.reflect(engine, views);
    CHECK(with_views.tables().size() == 3);
    CHECK(with_views.table("names").columns().size() == 1);

    // Columns said here stay unless they are to be replaced.
    az::MetaData mine;
    az::Table parent{"parent", mine};
    parent.add_column("code", az::Text{});
    co_await mine.reflect(engine);
    CHECK(parent.columns().size() == 1);
    const auto keep = az::ReflectOptions{}.extend_existing().autoload_replace(false);
    co_await mine.reflect(engine, keep);
    CHECK(parent.columns().size() == 4);
    CHECK(parent.data().find("code")->type == az::Text{});
    const auto replace = az::ReflectOptions{}.extend_existing();
    co_await mine.reflect(engine, replace);
    CHECK(parent.data().find("code")->type == az::String{20});

    // Reflected tables are tables.
    auto connection = co_await engine.connect();
    co_await connection.execute(az::text("INSERT INTO parent (code) VALUES ('x')"));
    const auto rows = co_await connection.execute(az::select(parent.c("twice")));
    CHECK(rows.one().get<int>(0) == 6);
    co_await connection.close();
}

asio::awaitable<void> knows_enums_and_sequences(az::Engine engine) {
    if (!is(engine, "postgresql")) co_return;
    auto connection = co_await engine.connect();
    co_await run(connection, "CREATE TYPE mood AS ENUM ('sad', 'it''s ok', 'happy')");
    co_await run(connection, "CREATE SEQUENCE counter");
    co_await run(connection, "CREATE TABLE part (id INT GENERATED ALWAYS AS IDENTITY (START 5 INCREMENT 2), day DATE) PARTITION BY RANGE (day)");
    co_await run(connection, "CREATE MATERIALIZED VIEW days AS SELECT day FROM part");
    co_await run(connection, "COMMENT ON TABLE part IS 'in pieces'");
    co_await connection.commit();
    auto inspector = az::inspect(connection);
    const auto enums = co_await inspector.get_enums();
    const Names members{"sad", "it's ok", "happy"};
    REQUIRE(enums.size() == 1);
    CHECK(enums.at("mood") == members);
    const bool sequence = co_await inspector.has_sequence("counter");
    CHECK(sequence);
    const auto views = co_await inspector.get_materialized_view_names();
    CHECK(views == Names{"days"});
    const auto definition = co_await inspector.get_view_definition("days");
    CHECK(definition.find("part") != std::string::npos);
    const auto note = co_await inspector.get_table_comment("part");
    CHECK(note == "in pieces");
    const auto columns = co_await inspector.get_columns("part");
    REQUIRE(columns[0].identity.has_value());
    CHECK(columns[0].identity->always);
    CHECK(columns[0].identity->options.start == 5);
    CHECK(columns[0].identity->options.increment == 2);
    co_await connection.close();
}

void everywhere(asio::awaitable<void> (*body)(az::Engine)) {
    for (const auto& name : backend_names()) {
        CAPTURE(name);
        Backend database{name};
        database.run(body(database.engine()));
    }
}

} // namespace

TEST_CASE("inspector: names, existence and details of what is there",
          "[integration][reflection][core.reflect.inspector][core.reflect.lists][core.reflect.has][core.reflect.details]"
          "[core.reflect.struct][core.conn.inspection][dial.common.default_schema][sl.reflect]") {
    everywhere(lists_and_details);
}

TEST_CASE("inspector: what is not there is said so", "[integration][reflection][core.reflect.details][core.reflect.metadata]") {
    everywhere(missing_tables);
}

TEST_CASE("inspector: tables of the session are found, and not listed among the others",
          "[integration][reflection][core.reflect.has][core.reflect.multi]") {
    everywhere(temporary_tables);
}

TEST_CASE("inspector: many tables at once, and in the order of their foreign keys",
          "[integration][reflection][core.reflect.multi][core.reflect.sorted_tables]") {
    everywhere(many_at_once);
}

TEST_CASE("reflection: one table with what it refers to, some, with views, into tables that are there",
          "[integration][reflection][core.reflect.autoload][core.reflect.metadata][core.reflect.column_event]"
          "[core.event.column_reflect]") {
    everywhere(reflects_what_is_asked_for);
}

TEST_CASE("inspector: PostgreSQL's enums, sequences, identities, partitions", "[integration][reflection][core.reflect.lists]") {
    everywhere(knows_enums_and_sequences);
}
