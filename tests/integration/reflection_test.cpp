// SPDX-License-Identifier: MIT
// Reflection reads what is there: tables made by hand, and tables made by our own DDL, on every database.
#include "support/catch.hpp"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include <azoth/dialect/dialect.hpp>
#include <azoth/driver/driver.hpp>
#include <azoth/engine/url.hpp>
#include <azoth/schema/data.hpp>
#include <azoth/schema/options.hpp>
#include <azoth/sql/functions.hpp>
#include <azoth/sql/node.hpp>
#include <azoth/sql/text.hpp>
#include <azoth/driver/builtin.hpp>

#include "../async/engine/reflection.hpp"
#include "support/run.hpp"

namespace {

using namespace azoth;
using schema::Autoincrement;
using schema::TableData;
using Tables = std::vector<std::shared_ptr<TableData>>;

/// A database under test and a connection to it.
struct Database {
    std::shared_ptr<const Dialect> dialect;
    std::unique_ptr<driver::Connection> connection;

    Database() = default;
    [[nodiscard]] bool is(std::string_view name) const { return dialect->name() == name; }
};

using Body = asio::awaitable<void> (*)(Database&);

asio::awaitable<void> connect_and_run(asio::any_io_executor executor, std::string url_text, Body body) {
    const Url url{url_text};
    const auto driver = driver::find_driver(url.dialect);
    Database database;
    database.dialect = driver->dialect(url);
    database.connection = co_await driver->connect(executor, url);
    co_await body(database);
    co_await database.connection->close();
}

/// Runs `body` on SQLite in memory and on each server that the environment names.
void on_every_database(Body body) {
    register_builtin_drivers();
    std::vector<std::string> urls{"sqlite://"};
    for (const auto* variable : {"AZOTH_TEST_POSTGRESQL_URL", "AZOTH_TEST_MARIADB_URL"}) {
        if (const char* url = std::getenv(variable)) urls.emplace_back(url);
        else WARN(variable << " is not set: not tested there");
    }
    for (const auto& url : urls) {
        CAPTURE(url.substr(0, url.find(':')));
        asio::io_context io;
        azoth::testing::run(io, [&] { return connect_and_run(io.get_executor(), url, body); });
    }
}

asio::awaitable<void> run_all(Database& database, std::vector<std::string> statements) {
    for (auto& statement : statements) co_await database.connection->run(statement);
}

/// Removes what an earlier run may have left, dependents first.
asio::awaitable<void> drop(Database& database, std::vector<std::string> names) {
    for (const auto& name : names) {
        std::string statement = "DROP TABLE IF EXISTS " + name;
        co_await database.connection->run(std::move(statement));
    }
}

const TableData& find(const Tables& tables, std::string_view name) {
    const auto found =
        std::ranges::find(tables, name, [](const auto& table) { return std::string_view{table->name}; });
    REQUIRE(found != tables.end());
    return **found;
}

const schema::ColumnData& column(const TableData& table, std::string_view name) {
    const auto* found = table.find(name);
    REQUIRE(found != nullptr);
    return *found;
}

std::string default_of(const schema::ColumnData& column) {
    if (!column.server_default) return {};
    return static_cast<const sql::LiteralColumnNode&>(*column.server_default).text;
}

using Names = std::vector<std::string>;

// ---- tables made by hand -----------------------------------------------------------------------

asio::awaitable<void> reads_tables_made_by_hand(Database& database) {
    Names leftovers{"rf_child", "rf_parent"};
    co_await drop(database, leftovers);
    const auto quote = [&](std::string_view name) { return database.dialect->quote(name); };
    std::string key = "integer PRIMARY KEY";
    if (database.is("postgresql")) key = "serial PRIMARY KEY";
    if (database.is("mariadb")) key = "integer AUTO_INCREMENT PRIMARY KEY";
    std::vector<std::string> setup{
        "CREATE TABLE rf_parent (id " + key + ", code varchar(20) NOT NULL UNIQUE, " + quote("Mixed Case") +
            " integer, CONSTRAINT rf_uq_pair UNIQUE (" + quote("Mixed Case") + ", code))",
        "CREATE TABLE rf_child (k2 integer NOT NULL, k1 integer NOT NULL, parent_id integer NOT NULL DEFAULT "
        "7, "
        "note varchar(9) DEFAULT 'it''s', mc integer, code varchar(20), "
        "CONSTRAINT rf_pk_child PRIMARY KEY (k1, k2), "
        "CONSTRAINT fk_parent FOREIGN KEY (parent_id) REFERENCES rf_parent (id) ON DELETE CASCADE ON UPDATE "
        "SET NULL, "
        "CONSTRAINT fk_two FOREIGN KEY (mc, code) REFERENCES rf_parent (" +
            quote("Mixed Case") + ", code))",
        "CREATE VIEW rf_view AS SELECT id FROM rf_parent",
    };
    // A NOT NULL column cannot be SET NULL on MariaDB.
    if (database.is("mariadb")) {
        auto& text = setup[1];
        text.replace(text.find("SET NULL"), 8, "CASCADE");
    }
    co_await database.connection->run("DROP VIEW IF EXISTS rf_view");
    co_await run_all(database, setup);

    const auto tables = co_await reflect_schema(*database.connection, *database.dialect, std::string{});
    const ReflectionScope scope;
    const auto names = co_await object_names(*database.connection, database.dialect->reflection(scope).tables, std::string{});
    CHECK(std::ranges::count(names, "rf_parent") == 1);
    CHECK(std::ranges::count(names, "rf_view") == 1);
    CHECK(std::ranges::count(tables, "rf_view", [](const auto& table) { return table->name; }) == 0);

    const auto& parent = find(tables, "rf_parent");
    CHECK(parent.schema.empty());
    REQUIRE(parent.columns.size() == 3);
    CHECK(parent.columns[0].name == "id");
    CHECK(parent.columns[0].type == Integer{});
    CHECK(parent.columns[0].primary_key);
    CHECK_FALSE(parent.columns[0].nullable);
    CHECK(parent.autoincrement_column() == &parent.columns[0]);
    CHECK(parent.columns[0].server_default == nullptr);
    CHECK(parent.columns[1].type == String{20});
    CHECK_FALSE(parent.columns[1].nullable);
    CHECK(parent.columns[2].name == "Mixed Case");
    CHECK(parent.columns[2].nullable);
    // Where a unique constraint is but an index it comes back as that.
    if (database.is("mariadb")) {
        CHECK(parent.uniques.empty());
        REQUIRE(parent.indexes.size() == 2);
        CHECK(parent.indexes[0].columns == Names{"code"});
        CHECK(parent.indexes[0].unique);
        CHECK(parent.indexes[1].columns == Names{"Mixed Case", "code"});
        CHECK(parent.indexes[1].name == "rf_uq_pair");
    } else {
        REQUIRE(parent.uniques.size() == 2);
        CHECK(parent.indexes.empty());
        CHECK(parent.uniques[0].columns == Names{"code"});
        CHECK(parent.uniques[1].columns == Names{"Mixed Case", "code"});
        CHECK(parent.uniques[1].name == "rf_uq_pair");
    }

    const auto& child = find(tables, "rf_child");
    CHECK(child.primary_key().size() == 2);
    CHECK(child.autoincrement_column() == nullptr);
    CHECK(child.primary_key_constraint.name == (database.is("mariadb") ? "" : "rf_pk_child"));
    CHECK(default_of(column(child, "parent_id")) == "7");
    CHECK_THAT(default_of(column(child, "note")), Catch::Matchers::StartsWith("'it"));
    CHECK(default_of(column(child, "mc")).empty());
    REQUIRE(child.foreign_keys.size() == 2);
    const auto& one = child.foreign_keys[0];
    CHECK(one.name == "fk_parent");
    CHECK(one.columns == Names{"parent_id"});
    CHECK(one.target_schema.empty());
    CHECK(one.target_table == "rf_parent");
    CHECK(one.target_columns == std::vector<azoth::QuotedName>{"id"});
    CHECK(one.on_delete == "CASCADE");
    CHECK(one.on_update == (database.is("mariadb") ? "CASCADE" : "SET NULL"));
    const auto& two = child.foreign_keys[1];
    CHECK(two.columns == Names{"mc", "code"});
    CHECK(two.target_columns == std::vector<azoth::QuotedName>{"Mixed Case", "code"});
    CHECK(two.on_delete.empty());
    CHECK(two.on_update.empty());

    co_await database.connection->run("DROP VIEW rf_view");
    co_await drop(database, leftovers);
}

asio::awaitable<void> reads_another_schema(Database& database) {
    std::vector<std::string> setup{
        "CREATE SCHEMA rf_other",
        "CREATE TABLE rf_other.far (id integer PRIMARY KEY)"
    };
    std::string cleanup = "DROP SCHEMA IF EXISTS rf_other";
    if (database.is("postgresql")) cleanup += " CASCADE";
    if (database.is("sqlite")) setup[0] = "ATTACH ':memory:' AS rf_other";
    else co_await database.connection->run(cleanup);
    co_await run_all(database, setup);

    const auto other = co_await reflect_schema(*database.connection, *database.dialect, "rf_other");
    REQUIRE(other.size() == 1);
    CHECK(other[0]->full_name() == "rf_other.far");
    CHECK(other[0]->columns.at(0).primary_key);
    const auto own = co_await object_names(*database.connection, database.dialect->reflection(ReflectionScope{}).tables, std::string{});
    CHECK(std::ranges::count(own, "far") == 0);

    if (!database.is("sqlite")) {
        Names leftovers{"rf_near"};
        co_await drop(database, leftovers);
        co_await database.connection->run(
            "CREATE TABLE rf_near (id integer, FOREIGN KEY (id) REFERENCES rf_other.far (id))"
        );
        const auto tables = co_await reflect_schema(*database.connection, *database.dialect, std::string{});
        const auto& near = find(tables, "rf_near");
        REQUIRE(near.foreign_keys.size() == 1);
        CHECK(near.foreign_keys[0].target_schema == "rf_other");
        CHECK(near.foreign_keys[0].target_table == "far");
        co_await drop(database, leftovers);
        co_await database.connection->run(cleanup);
    }
    const auto nothing =
        co_await reflect_schema(*database.connection, *database.dialect, "rf_no_such_schema");
    CHECK(nothing.empty());
}

// ---- tables made by our own DDL ----------------------------------------------------------------

template <class... Options>
schema::ColumnData&
add(TableData& table, const std::string& name, const Type& type, const Options&... options) {
    auto& added = table.add_column(name, type);
    (schema::apply_option(table, added, options), ...);
    return added;
}

std::shared_ptr<TableData> table_of_every_type(std::string name) {
    auto table = std::make_shared<TableData>(std::move(name));
    table->comment = "every type";
    add(*table, "id", BigInteger{}, primary_key);
    add(*table, "select", String{30}, not_null, azoth::index, comment("it's a word \\ with a note"));
    add(*table, "flag", Boolean{}, not_null, server_default(text("true")));
    add(*table, "small", SmallInteger{}, server_default("5"));
    add(*table, "whole", Integer{}, server_default(text("-5")));
    add(*table, "single", Float{});
    add(*table, "twice", Double{});
    add(*table, "price", Numeric{10, 2}, server_default("1.50"));
    add(*table, "body", Text{});
    add(*table, "raw", LargeBinary{});
    add(*table, "day", DateType{});
    add(*table, "at", TimeType{});
    add(*table, "stamp", DateTime{}, server_default(func::now()));
    add(*table, "uid", UuidType{}, unique);
    add(*table, "doc", JsonType{});
    add(*table, "path", String{20}, server_default("it's \\ so"));
    add(*table, "parent_id", BigInteger{}, foreign_key(table->name + ".id", ondelete("SET NULL")));
    table->checks.push_back({"ck_" + table->name, "small > 0"});
    table->uniques.push_back({"uq_" + table->name, {"whole", "day"}});
    return table;
}

/// The type that a column comes back with, where the database has no such type of its own.
Type expected_type(const Database& database, const schema::ColumnData& made) {
    if (made.type == Float{} && database.is("postgresql")) return Double{}; // FLOAT is another word there
    if (made.type == UuidType{} && database.is("sqlite")) return String{32};
    if (made.type == Boolean{} && database.is("mariadb")) return SmallInteger{}; // TINYINT(1), which may be a number
    if (made.primary_key && database.is("sqlite")) return Integer{}; // the rowid
    return made.type;
}

asio::awaitable<void> reads_back_what_was_created(Database& database) {
    Names leftovers{"rf_types"};
    co_await drop(database, leftovers);
    const auto made = table_of_every_type("rf_types");
    co_await run_all(database, database.dialect->create_table(*made));

    auto tables = co_await reflect_schema(*database.connection, *database.dialect, std::string{});
    const auto& read = find(tables, "rf_types");
    REQUIRE(read.columns.size() == made->columns.size());
    for (const auto& column : made->columns) {
        CAPTURE(column.name);
        const auto& back = read.columns[column.position];
        CHECK(back.name == column.name);
        CHECK(to_string(back.type) == to_string(expected_type(database, column)));
        CHECK(back.nullable == column.nullable);
        CHECK(back.primary_key == column.primary_key);
        CHECK((back.server_default != nullptr) == (column.server_default != nullptr));
        if (!database.is("sqlite")) CHECK(back.comment == column.comment);
    }
    CHECK(read.autoincrement_column() == &read.columns[0]);
    REQUIRE(read.foreign_keys.size() == 1);
    CHECK(read.foreign_keys[0].on_delete == "SET NULL");
    CHECK(read.uniques.size() + static_cast<std::size_t>(std::ranges::count(read.indexes, true, &schema::IndexData::unique)) == 2);
    CHECK(std::ranges::count(read.indexes, false, &schema::IndexData::unique) >= 1);
    REQUIRE(read.checks.size() == 1);
    CHECK(read.checks[0].name == "ck_rf_types");

    // What was read creates the same table again, and that reads the same.
    const auto again = database.dialect->create_table(read);
    co_await drop(database, leftovers);
    co_await run_all(database, again);
    auto tables_again = co_await reflect_schema(*database.connection, *database.dialect, std::string{});
    const auto& second = find(tables_again, "rf_types");
    REQUIRE(second.columns.size() == read.columns.size());
    for (const auto& column : read.columns) {
        CAPTURE(column.name);
        const auto& back = second.columns[column.position];
        CHECK(to_string(back.type) == to_string(column.type));
        CHECK(default_of(back) == default_of(column));
    }
    CHECK(database.dialect->create_table(second) == again);

    // The key generates itself.
    co_await database.connection->run(
        "INSERT INTO rf_types (" + database.dialect->quote("select") + ") VALUES ('a'), ('b')");
    const std::string sql = "SELECT max(id), min(path) FROM rf_types";
    driver::Statement statement{sql, std::hash<std::string>{}(sql)};
    const auto result = co_await database.connection->execute(statement);
    REQUIRE(result.rows->row_count() == 1);
    CHECK(wire::decode_integer(result.rows->field(0, 0)) == 2);
    std::string escaped;
    wire::decode_string(result.rows->field(0, 1), escaped);
    CHECK(escaped == "it's \\ so");

    co_await database.connection->run(database.dialect->drop_table(second));
}

} // namespace

TEST_CASE("reflection: columns, keys and constraints of tables made by hand",
          "[integration][reflection][core.reflect.struct][core.reflect.schema_rules]") {
    on_every_database(reads_tables_made_by_hand);
}

TEST_CASE("reflection: a schema other than the connection's own",
          "[integration][reflection][core.reflect.schema_rules]") {
    on_every_database(reads_another_schema);
}

TEST_CASE("reflection: what our own DDL created comes back and can be created again",
          "[integration][reflection][core.reflect.struct][core.default.server][core.schema.comments]") {
    on_every_database(reads_back_what_was_created);
}
