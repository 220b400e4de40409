// SPDX-License-Identifier: MIT
// SQLite's catalogue: what declared types mean, and the queries that read its tables.
#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <utility>

#include <azoth/dialect/sqlite.hpp>
#include <azoth/schema/reflected.hpp>
#include <azoth/sql/node.hpp>

#include "dialect/sqlite_schema_text.hpp"
#include "dialect/type_name.hpp"

namespace azoth {

namespace {

// The names that SQLAlchemy knows; any other word goes by its affinity.
constexpr std::array named_kinds{
    NamedKind{"bigint", TypeKind::big_integer},
    NamedKind{"blob", TypeKind::large_binary},
    NamedKind{"bool", TypeKind::boolean},
    NamedKind{"boolean", TypeKind::boolean},
    NamedKind{"char", TypeKind::string},
    NamedKind{"date", TypeKind::date},
    NamedKind{"date_char", TypeKind::date},
    NamedKind{"datetime", TypeKind::date_time},
    NamedKind{"datetime_char", TypeKind::date_time},
    NamedKind{"decimal", TypeKind::numeric},
    NamedKind{"double", TypeKind::double_},
    NamedKind{"double precision", TypeKind::double_},
    NamedKind{"double_precision", TypeKind::double_},
    NamedKind{"float", TypeKind::float_},
    NamedKind{"int", TypeKind::integer},
    NamedKind{"integer", TypeKind::integer},
    NamedKind{"json", TypeKind::json},
    NamedKind{"numeric", TypeKind::numeric},
    NamedKind{"nvarchar", TypeKind::string},
    NamedKind{"real", TypeKind::double_}, // eight bytes
    NamedKind{"smallint", TypeKind::small_integer},
    NamedKind{"text", TypeKind::text},
    NamedKind{"time", TypeKind::time},
    NamedKind{"time_char", TypeKind::time},
    NamedKind{"timestamp", TypeKind::date_time},
    NamedKind{"varchar", TypeKind::string},
};
static_assert(std::ranges::is_sorted(named_kinds, {}, &NamedKind::name));

/// The manual's rules, "Determination Of Column Affinity", in their order.
Type by_affinity(std::string_view name) {
    const auto has = [name](std::string_view word) { return name.find(word) != std::string_view::npos; };
    if (has("int")) return Integer{};
    if (has("char") || has("clob") || has("text")) return Text{};
    if (name.empty() || has("blob")) return Type{};
    if (has("real") || has("floa") || has("doub")) return Double{};
    return Numeric{};
}

// The tables of the schema; without one those of the session too, unless they hide behind another of their name. CROSS JOIN,
// since SQLite keeps its order: it may turn a plain JOIN round, and a table-valued function that runs before the table whose
// name it takes finds nothing.
constexpr std::string_view own_tables =
    R"(WHERE (t.schema = coalesce(?1, 'main') OR (?1 IS NULL AND t.schema = 'temp' AND t.name NOT IN (
    SELECT m.name FROM pragma_table_list AS m WHERE m.schema = 'main')))
    AND t.type IN ('table', 'view', 'virtual') AND t.name NOT LIKE 'sqlite\_%' ESCAPE '\')";

bool same_name(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::ranges::equal(a, b, {}, lower, lower);
}

/// Constraints may spell a column in letters of another case.
void spell_as_columns(const ReflectedTable& table, std::vector<std::string>& names) {
    for (auto& name : names)
        for (const auto& column : table.columns)
            if (same_name(column.name, name)) name = column.name;
}

void read_table(ReflectedTable& table, SqliteTableText text) {
    table.pk_constraint.name = text.primary_key_name;
    if (text.autoincrement) table.table_options.set("sqlite_autoincrement", true);
    if (text.without_rowid) table.table_options.set("sqlite_with_rowid", false);
    if (text.strict) table.table_options.set("sqlite_strict", true);
    for (auto& unique : text.uniques) {
        spell_as_columns(table, unique.columns);
        ReflectedUniqueConstraint constraint;
        constraint.name = std::move(unique.name);
        constraint.column_names = std::move(unique.columns);
        table.unique_constraints.push_back(std::move(constraint));
    }
    for (auto& check : text.checks) {
        ReflectedCheckConstraint constraint;
        constraint.name = std::move(check.name);
        constraint.sqltext = std::move(check.text);
        table.check_constraints.push_back(std::move(constraint));
    }
    for (auto& key : text.foreign_keys) {
        spell_as_columns(table, key.columns);
        // Each once: two keys may be of the same columns.
        const auto found = std::ranges::find_if(table.foreign_keys, [&](const ReflectedForeignKey& each) {
            return each.name.empty() && !each.deferrable && each.constrained_columns == key.columns;
        });
        if (found == table.foreign_keys.end()) continue;
        found->name = std::move(key.name);
        found->deferrable = key.deferrable;
        found->initially = std::move(key.initially);
    }
    for (auto& generated : text.generated)
        for (auto& column : table.columns)
            if (column.computed && same_name(column.name, generated.column)) column.computed->sqltext = generated.text;
}

void read_index(ReflectedIndex& index, const SqliteIndexText& text) {
    if (!text.where.empty())
        index.dialect_options.set("sqlite_where", std::make_shared<sql::LiteralColumnNode>(text.where, Type{}));
    const bool has_expressions =
        std::ranges::any_of(index.column_names, [](const auto& name) { return !name.has_value(); });
    if (!has_expressions || text.parts.size() != index.column_names.size()) return;
    // The order is known by the numbers that stood in for the expressions.
    std::map<std::string, std::vector<std::string>> sorting;
    const auto numbered = std::exchange(index.expressions, {});
    for (std::size_t i = 0; i < text.parts.size(); ++i) {
        const auto& name = index.column_names[i];
        const auto known = index.column_sorting.find(numbered.at(i));
        index.expressions.push_back(name ? *name : text.parts[i]);
        if (known != index.column_sorting.end()) sorting.emplace(index.expressions.back(), known->second);
    }
    index.column_sorting = std::move(sorting);
}

} // namespace

Type SQLiteDialect::type_from_text(std::string_view text) const {
    const auto parsed = parse_type_name(text);
    const auto found = std::ranges::lower_bound(named_kinds, parsed.name, {}, &NamedKind::name);
    if (found == named_kinds.end() || found->name != parsed.name) return by_affinity(parsed.name);
    return make_type(*found, parsed);
}

// pragma_table_list needs SQLite 3.37. What only the text of CREATE TABLE says, `read_definition()` reads from it.
ReflectionQueries SQLiteDialect::reflection(const ReflectionScope& scope) const {
    const std::string one = scope.one_table ? " AND t.name = ?2 COLLATE NOCASE" : "";
    const auto query = [&one](std::string_view columns, std::string_view joins, std::string_view rest) {
        std::string sql = "SELECT t.name";
        sql.append(columns).append("\nFROM pragma_table_list AS t").append(joins);
        return sql.append("\n").append(own_tables).append(one).append(rest);
    };
    ReflectionQueries queries;
    queries.has_comments = false;
    queries.objects_fail_alone = true;
    queries.tables = query(
        ", CASE WHEN t.type = 'view' THEN 'view' ELSE 'table' END, t.schema = 'temp', NULL", "", "\nORDER BY t.name");
    queries.schemas = "SELECT name FROM pragma_database_list WHERE name <> 'temp' ORDER BY seq";
    queries.default_schema = "SELECT 'main'";

    // A key that is the rowid is the only kind of key that needs no index.
    queries.columns = query(
        R"(, c.name,
       CASE WHEN c.hidden > 1 AND c.type LIKE '%GENERATED ALWAYS' THEN rtrim(substr(c.type, 1, length(c.type) - 16))
            ELSE c.type END,
       c."notnull" = 0,
       CASE WHEN upper(c.dflt_value) <> 'NULL' THEN c.dflt_value END,
       c.pk = 1 AND t.type = 'table' AND t.wr = 0
           AND NOT EXISTS (SELECT 1 FROM pragma_index_list(t.name, t.schema) AS i WHERE i.origin = 'pk'),
       NULL, CASE WHEN c.hidden > 1 THEN '' END, CASE c.hidden WHEN 2 THEN 0 WHEN 3 THEN 1 END,
       NULL, NULL, NULL, NULL, NULL, NULL, NULL)",
        "\nCROSS JOIN pragma_table_xinfo(t.name, t.schema) AS c",
        " AND c.hidden <> 1\nORDER BY t.name, c.cid"
    );

    queries.primary_keys = query(
        ", NULL, c.name, c.pk", "\nCROSS JOIN pragma_table_xinfo(t.name, t.schema) AS c",
        " AND c.pk > 0\nORDER BY t.name, c.pk");

    // Later constraints come first in both lists. A foreign key that names no columns means the primary key.
    queries.foreign_keys = query(
        R"(, NULL, f."from", NULL, f."table",
       coalesce(f."to", (
           SELECT p.name FROM pragma_table_info(f."table", t.schema) AS p WHERE p.pk = f.seq + 1)),
       nullif(f.on_delete, 'NO ACTION'), nullif(f.on_update, 'NO ACTION'), f.seq + 1, nullif(f."match", 'NONE'),
       NULL, NULL, 0)",
        "\nCROSS JOIN pragma_foreign_key_list(t.name, t.schema) AS f",
        "\nORDER BY t.name, f.id DESC, f.seq"
    );

    queries.indexes = query(
        R"(, i.name, c.name, c.seqno + 1, i."unique", CASE WHEN c.name IS NULL THEN '#' || c.seqno END, NULL, 0, c."desc", NULL,
       NULL, NULL, NULL, NULL, 0, NULL, NULL)",
        "\nCROSS JOIN pragma_index_list(t.name, t.schema) AS i"
        "\nCROSS JOIN pragma_index_xinfo(i.name, t.schema) AS c",
        " AND i.origin = 'c' AND c.key = 1\nORDER BY t.name, i.name, c.seqno");

    const auto texts = [&](std::string_view catalogue, std::string_view types) {
        std::string sql = "SELECT m.tbl_name, m.name, m.sql FROM ";
        sql.append(catalogue).append(" AS m WHERE m.sql IS NOT NULL AND m.type IN (").append(types).append(")");
        // The schema is named here, yet the table stays the second parameter.
        return sql.append(" AND ifnull(?1, '') IS NOT NULL").append(scope.one_table ? " AND m.tbl_name = ?2 COLLATE NOCASE" : "");
    };
    const std::string catalogue = quote(scope.schema.empty() ? "main" : scope.schema) + ".sqlite_master";
    const auto with_temporary = [&](std::string_view types) {
        auto sql = texts(catalogue, types);
        if (!scope.schema.empty()) return sql;
        return sql + "\nUNION ALL " + texts("sqlite_temp_master", types) +
               " AND m.tbl_name NOT IN (SELECT p.name FROM main.sqlite_master AS p)";
    };
    // Tables before their indexes.
    queries.definitions = with_temporary("'table', 'index'");
    queries.view_definition = "SELECT d.sql FROM (" + with_temporary("'view'") + ") AS d";
    if (!scope.one_table) queries.view_definition = {};
    return queries;
}

void SQLiteDialect::read_definition(ReflectedTable& table, std::string_view object, std::string_view sql) const {
    if (same_name(object, table.name)) {
        if (auto text = parse_sqlite_table(sql)) read_table(table, std::move(*text));
        return;
    }
    const auto found = std::ranges::find(table.indexes, object, &ReflectedIndex::name);
    if (found == table.indexes.end()) return;
    if (const auto text = parse_sqlite_index(sql)) read_index(*found, *text);
}

} // namespace azoth
