// SPDX-License-Identifier: MIT
// Tables put together from catalogue rows, without a database.
#include "support/catch.hpp"

#include <algorithm>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <azoth/dialect/dialect.hpp>
#include <azoth/sql/node.hpp>

#include "dialect/reflection.hpp"

namespace {

using namespace azoth;
using schema::Autoincrement;

/// Rows of text; a number is what a driver would send as one, nothing is NULL.
class TextRows final : public RowBuffer {
public:
    using Cell = std::optional<std::string>;

    explicit TextRows(std::vector<std::vector<Cell>> cells)
        : RowBuffer(cells.size(), cells.empty() ? 0 : cells.front().size()), cells_(std::move(cells)) {}

    Field field(std::size_t row, std::size_t column) const noexcept override {
        const Cell& cell = cells_[row][column];
        if (!cell) return {};
        if (cell->size() == 1 && cell->front() >= '0' && cell->front() <= '9')
            return {Wire::integer, static_cast<std::int64_t>(cell->front() - '0')};
        return {Wire::text, cell->data(), static_cast<std::uint32_t>(cell->size())};
    }

private:
    std::vector<std::vector<Cell>> cells_;
};

constexpr std::nullopt_t none = std::nullopt;

std::string default_of(const schema::ColumnData& column) {
    if (!column.server_default) return {};
    return static_cast<const sql::LiteralColumnNode&>(*column.server_default).text;
}

/// The rest of a column's row: neither computed nor an identity.
std::vector<TextRows::Cell> column(std::vector<TextRows::Cell> said, TextRows::Cell sequence = none) {
    said.resize(16, none);
    said.push_back(std::move(sequence));
    return said;
}

std::vector<std::shared_ptr<schema::TableData>> tables_of(ReflectedSchema reflected, const Dialect& dialect) {
    std::vector<std::shared_ptr<schema::TableData>> tables;
    for (const auto& table : std::move(reflected).take())
        tables.push_back(schema::make_table(
            *table, ReflectOptions{}, [&dialect](std::string_view name) { return dialect.quote(name); }));
    return tables;
}

} // namespace

TEST_CASE("reflection: columns and keys make a table", "[dialect][reflection][core.reflect.struct]") {
    const auto dialect = dialects::postgresql();
    ReflectedSchema reflected{*dialect, "other"};
    reflected.add_tables(TextRows{{{"child", "table", "0", "about it"}, {"parent", "table", "0", none}, {"v", "view", "0", none}}});
    reflected.add_columns(TextRows{{
        column({"unlisted", "x", "integer", "1", none, "0", none}),
        column({"child", "id", "bigint", "0", "nextval('child_id_seq'::regclass)", "1", none}, "other.child_id_seq"),
        column({"child", "code", "character varying(20)", "1", "'it''s'::text", "0", "a note"}),
        column({"child", "mood", "mood", "0", none, "0", none}),
        column({"child", "twice", "integer", "1", none, "0", none, "id * 2", "1"}),
        {"child", "no", "integer", "0", none, "1", none, none, none, "always", "5", "2", "1", "9", "1", "0", none},
        column({"parent", "id", "integer", "1", none, "0", none}),
    }});
    reflected.add_primary_keys(TextRows{{{"child", "pk_child", "id", "1"}, {"parent", none, "id", "1"}}});
    const auto tables = tables_of(std::move(reflected), *dialect);

    REQUIRE(tables.size() == 3);
    const auto& child = *tables[0];
    CHECK(child.full_name() == "other.child");
    CHECK(child.comment == "about it");
    CHECK(child.primary_key_constraint.name == "pk_child");
    REQUIRE(child.columns.size() == 5);
    CHECK(child.columns[0].type == BigInteger{});
    CHECK_FALSE(child.columns[0].nullable);
    CHECK(child.columns[0].autoincrement == Autoincrement::on);
    CHECK(child.columns[0].server_default == nullptr);
    CHECK(child.autoincrement_column() == &child.columns[0]);
    CHECK(child.columns[1].type == String{20});
    CHECK(child.columns[1].nullable);
    CHECK(default_of(child.columns[1]) == "'it''s'::text");
    CHECK(child.columns[1].comment == "a note");
    CHECK(child.columns[2].type.is_null_type());
    CHECK_FALSE(child.columns[2].nullable);
    CHECK(child.columns[2].server_default == nullptr);
    REQUIRE(child.columns[3].computed != nullptr);
    CHECK(child.columns[3].computed->text == "id * 2");
    CHECK(child.columns[3].computed->persisted == true);
    REQUIRE(child.columns[4].identity != nullptr);
    CHECK(child.columns[4].identity->always);
    CHECK(child.columns[4].identity->options.start == 5);
    CHECK(child.columns[4].identity->options.cycle == false);

    const auto& parent = *tables[1];
    CHECK(parent.primary_key_constraint.name.empty());
    CHECK(parent.columns[0].primary_key);
    CHECK_FALSE(parent.columns[0].nullable);
    CHECK(parent.columns[0].autoincrement == Autoincrement::off);
    CHECK(parent.autoincrement_column() == nullptr);
}

TEST_CASE("reflection: a constraint of several columns is one, with or without a name",
          "[dialect][reflection][core.reflect.struct]") {
    const auto dialect = dialects::sqlite();
    ReflectedSchema reflected{*dialect, ""};
    reflected.add_tables(TextRows{{{"t", "table", "0", none}, {"u", "table", "0", none}}});
    reflected.add_columns(TextRows{{
        column({"t", "a", "INTEGER", "1", none, "0", none}),
        column({"t", "b", "INTEGER", "1", none, "0", none}),
        column({"u", "a", "INTEGER", "1", none, "0", none}),
    }});
    reflected.add_foreign_keys(TextRows{{
        {"t", none, "a", none, "p", "x", "CASCADE", none, "1", none, none, none, "0"},
        {"t", none, "b", none, "p", "y", "CASCADE", none, "2", none, none, none, "0"},
        {"t", none, "a", "far", "q", "z", none, "SET NULL", "1", "FULL", "1", "DEFERRED", "0"},
        {"u", "fk_u", "a", none, "p", "x", none, none, "1", none, none, none, "0"},
    }});
    reflected.add_uniques(TextRows{{
        {"t", none, "a", "1", none, "0"},
        {"t", none, "b", "1", none, "0"},
        {"t", none, "a", "2", none, "0"},
        {"u", "uq", "a", "1", none, "0"},
    }});
    const auto tables = tables_of(std::move(reflected), *dialect);

    const auto& keys = tables[0]->foreign_keys;
    REQUIRE(keys.size() == 2);
    CHECK(keys[0].name.empty());
    CHECK(keys[0].columns == std::vector<std::string>{"a", "b"});
    CHECK(keys[0].target_table == "p");
    CHECK(keys[0].target_columns == std::vector<azoth::QuotedName>{"x", "y"});
    CHECK(keys[0].on_delete == "CASCADE");
    CHECK(keys[0].on_update.empty());
    CHECK_FALSE(keys[0].settings.deferrable.has_value());
    CHECK(keys[1].target_schema == "far");
    CHECK(keys[1].on_update == "SET NULL");
    CHECK(keys[1].match == "FULL");
    CHECK(keys[1].settings.deferrable == true);
    CHECK(keys[1].settings.initially == "DEFERRED");
    REQUIRE(tables[1]->foreign_keys.size() == 1);
    CHECK(tables[1]->foreign_keys[0].name == "fk_u");

    const auto& uniques = tables[0]->uniques;
    REQUIRE(uniques.size() == 2);
    CHECK(uniques[0].columns == std::vector<std::string>{"a"});
    CHECK(uniques[1].columns == std::vector<std::string>{"b", "a"});
    CHECK(tables[1]->uniques[0].name == "uq");
}

TEST_CASE("reflection: an index is its columns, or expressions with their order", "[dialect][reflection][core.reflect.struct]") {
    const auto dialect = dialects::postgresql();
    ReflectedSchema reflected{*dialect, ""};
    reflected.add_tables(TextRows{{{"t", "table", "0", none}}});
    reflected.add_columns(TextRows{{
        column({"t", "a", "text", "1", none, "0", none}),
        column({"t", "order", "text", "1", none, "0", none}),
    }});
    reflected.add_indexes(TextRows{{
        {"t", "ix", "order", "1", "1", none, none, "0", "1", "last", "btree", "(a > 0)", "text_pattern_ops", none, "0", none, none},
        {"t", "ix", none, "2", "1", "lower(a)", none, "0", "0", none, "btree", "(a > 0)", none, none, "0", none, none},
        {"t", "ix", "a", "3", "1", none, none, "1", "0", none, "btree", "(a > 0)", none, none, "0", none, none},
        {"t", "iy", "a", "1", "0", none, none, "0", "0", none, "gin", none, "gin_trgm_ops", "fillfactor=70", "0", none, none},
        {"t", "uq", "a", "1", "1", none, "uq", "0", "0", none, "btree", none, none, none, "0", none, none},
    }});
    auto objects = ReflectedSchema{reflected}.take();
    const auto& index = objects[0]->indexes[0];
    CHECK(index.unique);
    REQUIRE(index.column_names.size() == 2);
    CHECK(index.column_names[0] == "order");
    CHECK_FALSE(index.column_names[1].has_value());
    CHECK(index.expressions == std::vector<std::string>{"order", "lower(a)"});
    CHECK(index.include_columns == std::vector<std::string>{"a"});
    CHECK(index.column_sorting.at("order") == std::vector<std::string>{"desc", "nulls_last"});
    CHECK(objects[0]->indexes[2].duplicates_constraint == "uq");

    const auto tables = tables_of(std::move(reflected), *dialect);
    REQUIRE(tables[0]->indexes.size() == 2); // the constraint's own is the constraint
    const auto statements = dialect->create_table(*tables[0]);
    CHECK(statements.at(1) ==
          "CREATE UNIQUE INDEX ix ON t (\"order\" text_pattern_ops DESC NULLS LAST, lower(a)) INCLUDE (a) WHERE (a > 0)");
    CHECK(statements.at(2) == "CREATE INDEX iy ON t USING gin (a gin_trgm_ops) WITH (fillfactor=70)");
}

TEST_CASE("reflection: of one table only some columns, and what is built of them", "[dialect][reflection][core.reflect.autoload]") {
    const auto dialect = dialects::sqlite();
    ReflectedSchema reflected{*dialect, ""};
    reflected.add_tables(TextRows{{{"t", "table", "0", none}}});
    reflected.add_columns(TextRows{{
        column({"t", "a", "INTEGER", "1", none, "0", none}),
        column({"t", "b", "INTEGER", "1", none, "0", none}),
    }});
    reflected.add_uniques(TextRows{{{"t", none, "a", "1", none, "0"}, {"t", none, "b", "1", none, "0"}}});
    const auto objects = std::move(reflected).take();
    const auto quote = [&](std::string_view name) { return dialect->quote(name); };
    std::vector<ColumnReflectListener> listeners;
    listeners.emplace_back([](const ReflectedTable& table, ReflectedColumn& column) {
        CHECK(table.name == "t");
        column.type = BigInteger{};
        column.comment = "seen";
    });
    const auto some = schema::make_table(*objects[0], ReflectOptions{}.include_columns({"b"}), quote, listeners);
    REQUIRE(some->columns.size() == 1);
    CHECK(some->columns[0].name == "b");
    CHECK(some->columns[0].type == BigInteger{});
    CHECK(some->columns[0].comment == "seen");
    REQUIRE(some->uniques.size() == 1);
    const auto others = schema::make_table(*objects[0], ReflectOptions{}.exclude_columns({"b"}), quote);
    REQUIRE(others->columns.size() == 1);
    CHECK(others->columns[0].name == "a");

    schema::TableData made{"t"};
    made.add_column("a", Text{});
    schema::extend_table(made, *objects[0], ReflectOptions{}.extend_existing().autoload_replace(false), quote, {});
    REQUIRE(made.columns.size() == 2);
    CHECK(made.columns[0].type == Text{});
    schema::extend_table(made, *objects[0], ReflectOptions{}.extend_existing(), quote, {});
    CHECK(made.columns[0].type == Integer{});
    CHECK(made.uniques.size() == 2);
}

TEST_CASE("reflection: every query takes the schema, and the table when one is asked for", "[dialect][reflection]") {
    const auto contains = [](const std::string& text, std::string_view what) { return text.find(what) != std::string::npos; };
    for (const auto& dialect :
         {dialects::postgresql(), dialects::mysql(), dialects::mariadb(), dialects::sqlite()}) {
        CAPTURE(dialect->name());
        const bool numbered = dialect->name() == "postgresql" || dialect->name() == "sqlite";
        const std::string first = dialect->name() == "postgresql" ? "$1" : numbered ? "?1" : "?";
        const std::string second = dialect->name() == "postgresql" ? "$2" : numbered ? "?2" : "?";
        for (const bool one : {false, true}) {
            const auto queries = dialect->reflection(ReflectionScope{"s", one});
            for (const auto* query :
                 {&queries.tables, &queries.columns, &queries.primary_keys, &queries.foreign_keys, &queries.uniques,
                  &queries.indexes, &queries.checks, &queries.table_options, &queries.definitions}) {
                if (query->empty()) continue;
                CAPTURE(*query);
                CHECK(contains(*query, first));
                if (numbered) CHECK(contains(*query, second) == one);
                else CHECK(std::ranges::count(*query, '?') == (one ? 2 : 1));
            }
        }
    }
}
