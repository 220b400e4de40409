// SPDX-License-Identifier: MIT
// CREATE TABLE and its indexes and comments, per dialect; the texts are SQLAlchemy's.
#include "support/catch.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <azoth/compiler/ddl_compiler.hpp>
#include <azoth/dialect/dialect.hpp>
#include <azoth/error.hpp>
#include <azoth/schema/data.hpp>
#include <azoth/schema/options.hpp>
#include <azoth/sql/functions.hpp>
#include <azoth/sql/text.hpp>

namespace {

using namespace azoth;
using schema::ColumnData;
using schema::ForeignKeyData;
using schema::TableData;

/// Runs of white space are one blank, as in the recorded texts.
std::string normalised(std::string_view text) {
    std::string result;
    for (const char c : text) {
        const bool blank = c == ' ' || c == '\n' || c == '\t';
        if (!blank) result += c;
        else if (!result.empty() && result.back() != ' ') result += ' ';
    }
    while (!result.empty() && result.back() == ' ') result.pop_back();
    return result;
}

std::vector<std::string> statements(const TableData& table, const std::shared_ptr<const Dialect>& dialect) {
    auto texts = dialect->create_table(table);
    for (auto& text : texts) text = normalised(text);
    return texts;
}

/// The one statement that creates `table`.
std::string ddl(const TableData& table, const std::shared_ptr<const Dialect>& dialect) {
    const auto texts = statements(table, dialect);
    REQUIRE(texts.size() == 1);
    return texts.front();
}

template <class... Options>
ColumnData& add(TableData& table, const std::string& name, const Type& type, const Options&... options) {
    auto& column = table.add_column(name, type);
    (schema::apply_option(table, column, options), ...);
    return column;
}

ForeignKeyData
reference(std::vector<std::string> columns, std::string target, std::vector<std::string> target_columns) {
    ForeignKeyData key;
    key.columns = std::move(columns);
    key.target_table = std::move(target);
    key.target_columns.assign(target_columns.begin(), target_columns.end());
    return key;
}

const auto postgresql = dialects::postgresql();
const auto mysql = dialects::mysql();
const auto mariadb = dialects::mariadb();
const auto sqlite = dialects::sqlite();

} // namespace

TEST_CASE("ddl: an integer key generates itself in each database's way",
          "[compiler][ddl][core.schema.autoincrement][pg.ddl.autoinc][my.ddl.autoinc]") {
    TableData table{"t"};
    add(table, "id", Integer{}, primary_key);
    CHECK(ddl(table, postgresql) == "CREATE TABLE t ( id SERIAL NOT NULL, PRIMARY KEY (id) )");
    CHECK(ddl(table, mysql) == "CREATE TABLE t ( id INTEGER NOT NULL AUTO_INCREMENT, PRIMARY KEY (id) )");
    CHECK(ddl(table, mariadb) == "CREATE TABLE t ( id INTEGER NOT NULL AUTO_INCREMENT, PRIMARY KEY (id) )");
    CHECK(ddl(table, sqlite) == "CREATE TABLE t ( id INTEGER NOT NULL, PRIMARY KEY (id) )");
}

TEST_CASE("ddl: keys of other widths are SMALLSERIAL and BIGSERIAL, and the rowid on SQLite",
          "[compiler][ddl][core.type.integer_family][pg.ddl.autoinc]") {
    TableData small{"t"};
    add(small, "id", SmallInteger{}, primary_key);
    CHECK(ddl(small, postgresql) == "CREATE TABLE t ( id SMALLSERIAL NOT NULL, PRIMARY KEY (id) )");
    CHECK(ddl(small, mysql) == "CREATE TABLE t ( id SMALLINT NOT NULL AUTO_INCREMENT, PRIMARY KEY (id) )");
    CHECK(ddl(small, sqlite) == "CREATE TABLE t ( id INTEGER NOT NULL, PRIMARY KEY (id) )");

    TableData big{"t"};
    add(big, "id", BigInteger{}, primary_key);
    CHECK(ddl(big, postgresql) == "CREATE TABLE t ( id BIGSERIAL NOT NULL, PRIMARY KEY (id) )");
    CHECK(ddl(big, mysql) == "CREATE TABLE t ( id BIGINT NOT NULL AUTO_INCREMENT, PRIMARY KEY (id) )");
    CHECK(ddl(big, sqlite) == "CREATE TABLE t ( id INTEGER NOT NULL, PRIMARY KEY (id) )");
}

TEST_CASE("ddl: a key that does not generate itself is a plain column",
          "[compiler][ddl][core.schema.autoincrement]") {
    TableData off{"t"};
    add(off, "id", BigInteger{}, primary_key, autoincrement(false));
    for (const auto& dialect : {postgresql, mysql, sqlite})
        CHECK(ddl(off, dialect) == "CREATE TABLE t ( id BIGINT NOT NULL, PRIMARY KEY (id) )");

    TableData text_key{"t"};
    add(text_key, "code", String{8}, primary_key);
    for (const auto& dialect : {postgresql, mysql, mariadb, sqlite})
        CHECK(ddl(text_key, dialect) == "CREATE TABLE t ( code VARCHAR(8) NOT NULL, PRIMARY KEY (code) )");

    TableData bad{"t"};
    add(bad, "code", String{8}, primary_key, autoincrement(true));
    CHECK_THROWS_AS(postgresql->create_table(bad), CompileError);
}

TEST_CASE("ddl: the generated column leads a key of several",
          "[compiler][ddl][core.schema.autoincrement][my.ddl.autoinc]") {
    TableData table{"t"};
    add(table, "tenant", Integer{}, primary_key);
    add(table, "id", Integer{}, primary_key, autoincrement(true));
    CHECK(
        ddl(table, mysql) == "CREATE TABLE t ( tenant INTEGER NOT NULL, id INTEGER NOT NULL AUTO_INCREMENT, "
                             "PRIMARY KEY (id, tenant) )"
    );
}

TEST_CASE("ddl: names are quoted where they need it", "[compiler][ddl][core.compile.identifier_quoting]") {
    TableData table{"Order Details"};
    add(table, "ID", Integer{}, primary_key);
    add(table, "select", String{10});
    add(table, "with space", Integer{});
    add(table, "plain", Integer{});
    CHECK(
        ddl(table, postgresql) == "CREATE TABLE \"Order Details\" ( \"ID\" SERIAL NOT NULL, \"select\" "
                                  "VARCHAR(10), \"with space\" INTEGER, "
                                  "plain INTEGER, PRIMARY KEY (\"ID\") )"
    );
    CHECK(
        ddl(table, mysql) == "CREATE TABLE `Order Details` ( `ID` INTEGER NOT NULL AUTO_INCREMENT, `select` "
                             "VARCHAR(10), `with space` "
                             "INTEGER, plain INTEGER, PRIMARY KEY (`ID`) )"
    );
    CHECK(sqlite->drop_table(table) == "DROP TABLE \"Order Details\"");
}

TEST_CASE("ddl: tables of a schema carry its name", "[compiler][ddl][core.schema.schema_name]") {
    TableData table{"event", "analytics"};
    add(table, "kind", String{20}, azoth::index);
    add(table, "user_id", Integer{}, foreign_key("analytics.user_account.id"));
    CHECK(postgresql->drop_table(table) == "DROP TABLE analytics.event");
    const auto on_postgresql = statements(table, postgresql);
    REQUIRE(on_postgresql.size() == 2);
    CHECK(
        on_postgresql[0] ==
        "CREATE TABLE analytics.event ( kind VARCHAR(20), user_id INTEGER, FOREIGN KEY(user_id) REFERENCES "
        "analytics.user_account (id) )"
    );
    CHECK(on_postgresql[1] == "CREATE INDEX ix_analytics_event_kind ON analytics.event (kind)");
    const auto on_sqlite = statements(table, sqlite);
    REQUIRE(on_sqlite.size() == 2);
    CHECK(
        on_sqlite[0] ==
        "CREATE TABLE analytics.event ( kind VARCHAR(20), user_id INTEGER, FOREIGN KEY(user_id) REFERENCES "
        "user_account (id) )"
    );
    CHECK(on_sqlite[1] == "CREATE INDEX analytics.ix_analytics_event_kind ON event (kind)");
}

TEST_CASE("ddl: SQLite leaves out a foreign key into another schema", "[compiler][ddl]") {
    TableData table{"t"};
    add(table, "a", Integer{}, foreign_key("far.user_account.id"));
    CHECK(
        ddl(table, postgresql)
        == "CREATE TABLE t ( a INTEGER, FOREIGN KEY(a) REFERENCES far.user_account (id) )");
    CHECK(ddl(table, sqlite) == "CREATE TABLE t ( a INTEGER )");
}

TEST_CASE("ddl: server defaults", "[compiler][ddl][core.default.server][core.ddl.column_render]") {
    SECTION("a text is a quoted literal") {
        TableData table{"t"};
        add(table, "a", Integer{}, not_null, server_default("0"));
        CHECK(ddl(table, postgresql) == "CREATE TABLE t ( a INTEGER DEFAULT '0' NOT NULL )");
        CHECK(ddl(table, mysql) == "CREATE TABLE t ( a INTEGER NOT NULL DEFAULT '0' )");
        CHECK(ddl(table, sqlite) == "CREATE TABLE t ( a INTEGER DEFAULT '0' NOT NULL )");
    }
    SECTION("quotes are doubled, backslashes on MySQL as well") {
        TableData table{"t"};
        add(table, "a", String{9}, server_default("it's \\ so"));
        CHECK(ddl(table, postgresql) == "CREATE TABLE t ( a VARCHAR(9) DEFAULT 'it''s \\ so' )");
        CHECK(ddl(table, mariadb) == "CREATE TABLE t ( a VARCHAR(9) DEFAULT 'it''s \\\\ so' )");
        CHECK(ddl(table, sqlite) == "CREATE TABLE t ( a VARCHAR(9) DEFAULT 'it''s \\ so' )");
    }
    SECTION("now() is each database's own") {
        TableData table{"t"};
        add(table, "a", DateTime{}, server_default(func::now()));
        CHECK(ddl(table, postgresql) == "CREATE TABLE t ( a TIMESTAMP WITHOUT TIME ZONE DEFAULT now() )");
        CHECK(ddl(table, mysql) == "CREATE TABLE t ( a DATETIME DEFAULT (now()) )");
        CHECK(ddl(table, sqlite) == "CREATE TABLE t ( a DATETIME DEFAULT CURRENT_TIMESTAMP )");
    }
    SECTION("text() is written as it is, in parentheses where it has to be") {
        TableData table{"t"};
        add(table, "id", UuidType{}, primary_key, server_default(text("gen_random_uuid()")));
        CHECK(
            ddl(table, postgresql) ==
            "CREATE TABLE t ( id UUID DEFAULT gen_random_uuid() NOT NULL, PRIMARY KEY (id) )"
        );
        CHECK(
            ddl(table, mysql)
            == "CREATE TABLE t ( id CHAR(32) NOT NULL DEFAULT (gen_random_uuid()), PRIMARY KEY (id) )");
        CHECK(
            ddl(table, mariadb) ==
            "CREATE TABLE t ( id UUID NOT NULL DEFAULT (gen_random_uuid()), PRIMARY KEY (id) )"
        );
        CHECK(
            ddl(table, sqlite)
            == "CREATE TABLE t ( id CHAR(32) DEFAULT (gen_random_uuid()) NOT NULL, PRIMARY KEY (id) )");

        TableData json{"t"};
        add(json, "a", JsonType{}, server_default(text("'{}'")));
        for (const auto& dialect : {postgresql, mysql, mariadb, sqlite})
            CHECK(ddl(json, dialect) == "CREATE TABLE t ( a JSON DEFAULT '{}' )");
    }
    SECTION("MySQL's ON UPDATE and fractional seconds stay bare") {
        TableData table{"t"};
        add(table, "a", DateTime{}, server_default(text("CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP")));
        add(table, "b", DateTime{}, server_default(text("now(3)")));
        CHECK(
            ddl(table, mysql)
            == "CREATE TABLE t ( a DATETIME DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP, "
               "b DATETIME DEFAULT now(3) )");
    }
    SECTION("constants and expressions") {
        TableData table{"t"};
        auto& column = add(table, "a", Boolean{});
        column.server_default = sql::make_constant(sql::Constant::true_);
        CHECK(ddl(table, postgresql) == "CREATE TABLE t ( a BOOLEAN DEFAULT true )");
        CHECK(ddl(table, mysql) == "CREATE TABLE t ( a BOOL DEFAULT true )");
        CHECK(ddl(table, sqlite) == "CREATE TABLE t ( a BOOLEAN DEFAULT 1 )");

        column.server_default = sql::make_bind(Value{std::int64_t{-5}}, Integer{});
        CHECK(ddl(table, postgresql) == "CREATE TABLE t ( a BOOLEAN DEFAULT -5 )");
        CHECK(ddl(table, sqlite) == "CREATE TABLE t ( a BOOLEAN DEFAULT (-5) )");

        column.server_default = sql::make_binary(
            sql::Operator::concat, sql::make_bind(Value{std::string{"a\\"}}, String{}),
            sql::make_bind(Value{std::string{"b"}}, String{}), String{});
        CHECK(ddl(table, postgresql) == "CREATE TABLE t ( a BOOLEAN DEFAULT 'a\\' || 'b' )");
        CHECK(ddl(table, mysql) == "CREATE TABLE t ( a BOOL DEFAULT (concat('a\\\\', 'b')) )");
        CHECK(ddl(table, sqlite) == "CREATE TABLE t ( a BOOLEAN DEFAULT ('a\\' || 'b') )");
    }
    SECTION("a parameter has no place in DDL") {
        TableData table{"t"};
        add(table, "a", Integer{}, server_default(text("f(:x)").bind("x", 1)));
        CHECK_THROWS_AS(postgresql->create_table(table), CompileError);
    }
    SECTION("a key with a default of its own is no SERIAL") {
        TableData table{"t"};
        add(table, "id", Integer{}, primary_key, server_default(text("nextval('t_seq')")));
        CHECK(
            ddl(table, postgresql)
            == "CREATE TABLE t ( id INTEGER DEFAULT nextval('t_seq') NOT NULL, PRIMARY KEY (id) )");
    }
}

TEST_CASE("ddl: what needs no parentheses as a default", "[compiler][ddl]") {
    for (const auto* text : {"0", "CURRENT_TIMESTAMP", "'it''s'", "''", "(1 + 2)", "(')')", "((1)+(2))"})
        CHECK(is_single_term(text));
    for (const auto* text : {"", "-1", "now()", "'a' || 'b'", "(1) + (2)", "(1", "'a", "1.5", "'a'b"})
        CHECK_FALSE(is_single_term(text));
}

TEST_CASE("ddl: constraints follow the columns in SQLAlchemy's order",
          "[compiler][ddl][core.constraint.pk]") {
    TableData table{"child"};
    table.primary_key_constraint.name = "pk_child";
    add(table, "id", Integer{}, primary_key);
    add(table, "parent_id", Integer{}, foreign_key("parent.id"));
    add(table, "code", String{5}, unique);
    table.checks.push_back({"ck_child_positive", "id > 0"});
    table.foreign_keys.back().name = "fk_child_parent_id_parent";
    CHECK(
        ddl(table, postgresql) ==
        "CREATE TABLE child ( id SERIAL NOT NULL, parent_id INTEGER, code VARCHAR(5), CONSTRAINT pk_child "
        "PRIMARY "
        "KEY (id), CONSTRAINT ck_child_positive CHECK (id > 0), CONSTRAINT fk_child_parent_id_parent FOREIGN "
        "KEY(parent_id) REFERENCES parent (id), UNIQUE (code) )"
    );
}

TEST_CASE("ddl: foreign keys of several columns, with actions", "[compiler][ddl][core.constraint.fk]") {
    TableData table{"t"};
    add(table, "a", Integer{});
    add(table, "b", Integer{});
    auto key = reference({"a", "b"}, "order_item", {"order_id", "item_id"});
    key.name = "fk_ab";
    key.on_delete = "CASCADE";
    table.foreign_keys.push_back(key);
    for (const auto& dialect : {postgresql, mysql, mariadb, sqlite})
        CHECK(
            ddl(table, dialect) ==
            "CREATE TABLE t ( a INTEGER, b INTEGER, CONSTRAINT fk_ab FOREIGN KEY(a, b) REFERENCES order_item "
            "(order_id, item_id) ON DELETE CASCADE )"
        );

    TableData both{"t"};
    add(both, "a", Integer{}, foreign_key("user_account.id", ondelete("SET NULL"), onupdate("restrict")));
    CHECK(
        ddl(both, sqlite) == "CREATE TABLE t ( a INTEGER, FOREIGN KEY(a) REFERENCES user_account (id) ON "
                             "DELETE SET NULL ON UPDATE "
                             "restrict )"
    );

    TableData bad{"t"};
    add(bad, "a", Integer{}, foreign_key("user_account.id", ondelete("CASCADE; DROP TABLE t")));
    CHECK_THROWS_AS(sqlite->create_table(bad), CompileError);
}

TEST_CASE("ddl: checks and unique constraints",
          "[compiler][ddl][core.constraint.check][core.constraint.unique]") {
    TableData table{"t"};
    add(table, "a", Integer{});
    add(table, "b", String{5});
    table.checks.push_back({"", "a > 0"});
    table.uniques.push_back({"uq_ab", {"a", "b"}});
    for (const auto& dialect : {postgresql, mysql, sqlite})
        CHECK(
            ddl(table, dialect)
            == "CREATE TABLE t ( a INTEGER, b VARCHAR(5), CHECK (a > 0), CONSTRAINT uq_ab UNIQUE (a, b) )");
}

TEST_CASE("ddl: indexes follow their table", "[compiler][ddl][core.index.basic]") {
    TableData table{"t"};
    add(table, "a", Integer{}, azoth::index);
    add(table, "b", Integer{}, azoth::index, unique);
    table.indexes.push_back({"Index AB", {"a", "b"}, true});
    CHECK(
        statements(table, postgresql)
        == std::vector<std::string>{
            "CREATE TABLE t ( a INTEGER, b INTEGER )", "CREATE INDEX ix_t_a ON t (a)",
            "CREATE UNIQUE INDEX ix_t_b ON t (b)", "CREATE UNIQUE INDEX \"Index AB\" ON t (a, b)"});
    CHECK(statements(table, mysql).back() == "CREATE UNIQUE INDEX `Index AB` ON t (a, b)");
}

TEST_CASE("ddl: an index's name of our own making fits the database",
          "[compiler][ddl][core.compile.name_truncation][core.naming.truncate]") {
    const std::string long_name(60, 'x');
    TableData table{long_name};
    add(table, "alpha", Integer{}, azoth::index);
    add(table, "beta", Integer{}, azoth::index);
    const auto name_in = [](const std::string& text) { return text.substr(13, text.find(" ON ") - 13); };
    const auto texts = statements(table, postgresql);
    REQUIRE(texts.size() == 3);
    // SQLAlchemy's way: 55 characters, '_', four digits of the MD5.
    CHECK(name_in(texts[1]) == "ix_" + std::string(52, 'x') + "_f996");
    CHECK(name_in(texts[1]).starts_with("ix_xxx"));
    CHECK(name_in(texts[1]) != name_in(texts[2]));
    CHECK(name_in(statements(table, mysql)[1]).size() == 61);
    CHECK(name_in(statements(table, sqlite)[1]) == "ix_" + long_name + "_alpha");
}

TEST_CASE("ddl: comments are statements, or part of the table, or nothing",
          "[compiler][ddl][core.schema.comments][pg.ddl.comments][my.ddl.comments]") {
    TableData table{"t"};
    table.comment = "tab";
    add(table, "a", Integer{}, comment("the column's note"));
    CHECK(
        statements(table, postgresql)
        == std::vector<std::string>{
            "CREATE TABLE t ( a INTEGER )", "COMMENT ON TABLE t IS 'tab'",
            "COMMENT ON COLUMN t.a IS 'the column''s note'"});
    CHECK(ddl(table, mysql) == "CREATE TABLE t ( a INTEGER COMMENT 'the column''s note' )COMMENT='tab'");
    CHECK(ddl(table, sqlite) == "CREATE TABLE t ( a INTEGER )");
}

TEST_CASE("ddl: what cannot be created is named", "[compiler][ddl][core.type.string_text][core.type.null]") {
    TableData text{"t"};
    add(text, "c", String{});
    CHECK(ddl(text, postgresql) == "CREATE TABLE t ( c VARCHAR )");
    CHECK(ddl(text, sqlite) == "CREATE TABLE t ( c VARCHAR )");
    CHECK_THROWS_WITH(
        mysql->create_table(text), "VARCHAR requires a length on dialect mysql: give String{n} (column t.c)");
    CHECK_THROWS_WITH(
        mariadb->create_table(text),
        "VARCHAR requires a length on dialect mariadb: give String{n} (column t.c)"
    );

    TableData unknown{"t"};
    add(unknown, "c", Type{});
    CHECK_THROWS_WITH(sqlite->create_table(unknown), Catch::Matchers::StartsWith("column t.c has no type"));
}
