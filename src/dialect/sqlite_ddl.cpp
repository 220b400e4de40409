// SPDX-License-Identifier: MIT
// SQLite's DDL: the INTEGER key that is the rowid, defaults that are expressions in parentheses, ON CONFLICT, no comments.
#include <algorithm>
#include <array>

#include <azoth/dialect/sqlite.hpp>
#include <azoth/error.hpp>

#include "dialect/base.hpp"

namespace azoth {

namespace {

bool has_own_name(const Type& type) { return type.details && !type.details->name.empty(); }

} // namespace

bool SQLiteDdlCompiler::supports_alter() const { return false; }

std::string SQLiteDdlCompiler::column(const schema::TableData& table, const schema::ColumnData& column) const {
    std::string text = dialect_.quote(column.name) + " " + type(table, column);
    if (column.server_default) {
        const auto value = default_text(table, column);
        text += " DEFAULT " + (is_single_term(value) ? value : "(" + value + ")");
    }
    if (!column.nullable) text += " NOT NULL" + on_conflict(text_option(column.options, "on_conflict_not_null"));
    if (column.primary_key && column.autoincrement == schema::Autoincrement::on && table.primary_key().size() != 1)
        throw CompileError(
            describe_column(table, column) + " is to generate itself, which on SQLite a key of several columns cannot");
    if (is_autoincrement(table, column))
        text += " PRIMARY KEY" + on_conflict(text_option(column.options, "on_conflict_primary_key")) + " AUTOINCREMENT";
    if (column.computed) {
        require(dialect_, "a computed column", ServerVersion{3, 31});
        text += " " + computed(*column.computed);
    }
    return text;
}

std::string SQLiteDdlCompiler::type(const schema::TableData& table, const schema::ColumnData& column) const {
    const bool as_given = column.type_given && column.type.kind != TypeKind::integer;
    if (!as_given && table.primary_key().size() == 1 && !has_own_name(column.type) && generates_itself(table, column)) return "INTEGER";
    return DdlCompiler::type(table, column);
}

std::string SQLiteDdlCompiler::primary_key(const schema::TableData& table) const {
    const auto names = primary_key_columns(table);
    const auto* only = names.size() == 1 ? table.find(names.front()) : nullptr;
    if (only != nullptr && is_autoincrement(table, *only)) return {}; // said with the column
    auto text = DdlCompiler::primary_key(table);
    if (text.empty()) return text;
    auto clause = text_option(table.primary_key_constraint.settings.options, "on_conflict");
    if (clause.empty() && only != nullptr) clause = text_option(only->options, "on_conflict_primary_key");
    return text + on_conflict(clause);
}

std::string SQLiteDdlCompiler::unique(const schema::TableData& table, const schema::UniqueData& data) const {
    auto text = DdlCompiler::unique(table, data);
    if (text.empty()) return text;
    auto clause = text_option(data.settings.options, "on_conflict");
    const auto* only = data.columns.size() == 1 ? table.find(data.columns.front()) : nullptr;
    if (clause.empty() && only != nullptr) clause = text_option(only->options, "on_conflict_unique");
    return text + on_conflict(clause);
}

std::string SQLiteDdlCompiler::check(const schema::TableData& table, const schema::CheckData& check) const {
    return DdlCompiler::check(table, check) + on_conflict(text_option(check.settings.options, "on_conflict"));
}

std::string SQLiteDdlCompiler::table_options(const schema::TableData& table) const {
    std::string text;
    if (option(table.options, "with_rowid") != nullptr && !flag(table.options, "with_rowid")) text += "\n WITHOUT ROWID";
    if (flag(table.options, "strict")) {
        require(dialect_, "a STRICT table", ServerVersion{3, 37});
        text += text.empty() ? "\n STRICT" : ",\n STRICT";
    }
    return text;
}

std::string SQLiteDdlCompiler::create_index(
    const schema::TableData& table, const schema::IndexData& data, bool if_not_exists) const {
    check_options(Owner::of_index, data.settings.options, "index '" + data.name + "'");
    std::string text = data.unique ? "CREATE UNIQUE INDEX " : "CREATE INDEX ";
    if (if_not_exists) text += "IF NOT EXISTS ";
    if (const auto schema = translated(table.schema); !schema.empty()) text += dialect_.quote(schema) + ".";
    text += index_name(table, data) + " ON " + dialect_.quote(table.name) + " (";
    const auto parts = index_parts(table, data);
    for (std::size_t i = 0; i < parts.size(); ++i) text += (i > 0 ? ", " : "") + parts[i];
    text += ")";
    if (const auto where = sql_option(data.settings.options, "where"); !where.empty()) text += " WHERE " + where;
    return text;
}

std::string SQLiteDdlCompiler::create_view(const sql::DdlNode& node) const {
    check_options(Owner::of_view, node.options, "view '" + node.name + "'");
    return view_select(node, node.materialized ? "MATERIALIZED VIEW" : "VIEW", flag(node.options, "if_not_exists"));
}

bool SQLiteDdlCompiler::can_refer(const schema::TableData& table, const schema::ForeignKeyData& key) const {
    return translated(schema::target_schema(table, key)) == translated(table.schema);
}

std::string SQLiteDdlCompiler::referred_table(const schema::TableData&, const schema::ForeignKeyData& key) const {
    return dialect_.quote(key.target_table);
}

bool SQLiteDdlCompiler::knows_option(Owner owner, std::string_view name) const {
    switch (owner) {
    case Owner::of_table: return name == "autoincrement" || name == "with_rowid" || name == "strict";
    case Owner::of_column:
        return name == "on_conflict_primary_key" || name == "on_conflict_not_null" || name == "on_conflict_unique";
    case Owner::of_index: return name == "where";
    case Owner::of_primary_key:
    case Owner::of_unique:
    case Owner::of_check: return name == "on_conflict";
    case Owner::of_view: return name == "if_not_exists";
    case Owner::of_foreign_key: return false;
    }
    return false;
}

bool SQLiteDdlCompiler::is_autoincrement(const schema::TableData& table, const schema::ColumnData& column) const {
    return column.primary_key && flag(table.options, "autoincrement") && table.primary_key().size() == 1
        && column.type.on(dialect_.name()).is_integer() && !table.is_foreign_key(column.name);
}

std::string SQLiteDdlCompiler::on_conflict(const std::string& clause) {
    static constexpr std::array<std::string_view, 5> known{"ROLLBACK", "ABORT", "FAIL", "IGNORE", "REPLACE"};
    return clause.empty() ? clause : " ON CONFLICT " + phrase("ON CONFLICT", clause, known);
}

std::unique_ptr<DdlCompiler> SQLiteDialect::ddl_compiler() const { return std::make_unique<SQLiteDdlCompiler>(*this); }

} // namespace azoth
