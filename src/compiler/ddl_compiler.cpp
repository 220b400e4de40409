// SPDX-License-Identifier: MIT
// CREATE TABLE in SQLAlchemy's order: columns, primary key, what the table says, then what each column says.
#include "compiler/ddl_compiler.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include <azoth/dialect/dialect.hpp>
#include <azoth/error.hpp>
#include <azoth/sql/node.hpp>

#include "compiler/compiler.hpp"
#include "dialect/base.hpp"

namespace azoth {

namespace {

constexpr std::string_view separator = ", \n\t";

/// ON DELETE and ON UPDATE are no place for foreign text: only what the standard knows.
std::string referential_action(std::string_view word, const std::string& action) {
    if (action.empty()) return {};
    std::string upper = action;
    for (char& c : upper)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    constexpr std::array<std::string_view, 5>
        known{"CASCADE", "SET NULL", "SET DEFAULT", "RESTRICT", "NO ACTION"};
    if (std::ranges::find(known, upper) == known.end())
        throw CompileError(
            std::string{word} + " '" + action +
            "': one of CASCADE, SET NULL, SET DEFAULT, RESTRICT, NO ACTION"
        );
    return " " + std::string{word} + " " + upper;
}

/// Cuts a name that is too long and marks it with a hash of the whole, so that two long names stay two.
std::string shorten(const std::string& name, std::size_t limit) {
    if (limit == 0 || name.size() <= limit) return name;
    // FNV-1a: the same in every process, since the name is looked up again later.
    std::uint32_t hash = 2166136261U;
    for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
    std::size_t kept = limit - 9;
    while (kept > 0 && (static_cast<unsigned char>(name[kept]) & 0xC0) == 0x80) --kept; // no half character
    std::string shortened = name.substr(0, kept) + "_";
    for (int shift = 28; shift >= 0; shift -= 4) shortened += "0123456789abcdef"[(hash >> shift) & 0xF];
    return shortened;
}

bool is_word(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// The position after the quoted string that begins at `begin`; a doubled quote belongs to it.
std::size_t end_of_quoted(std::string_view text, std::size_t begin) noexcept {
    const char quote = text[begin];
    for (std::size_t i = begin + 1; i < text.size(); ++i) {
        if (text[i] != quote) continue;
        if (i + 1 == text.size() || text[i + 1] != quote) return i + 1;
        ++i;
    }
    return text.size() + 1; // never closed
}

} // namespace

std::string describe_column(const schema::TableData& table, const schema::ColumnData& column) {
    return "column " + table.full_name() + "." + column.name;
}

bool is_single_term(std::string_view text) noexcept {
    if (text.empty()) return false;
    if (std::ranges::all_of(text, is_word)) return true;
    if (text.front() == '\'' || text.front() == '"') return end_of_quoted(text, 0) == text.size();
    if (text.front() != '(') return false;
    int depth = 0;
    for (std::size_t i = 0; i < text.size();) {
        if (text[i] == '\'' || text[i] == '"') {
            i = end_of_quoted(text, i);
            continue;
        }
        if (text[i] == '(') ++depth;
        if (text[i] == ')' && --depth == 0) return i + 1 == text.size();
        ++i;
    }
    return false;
}

std::vector<std::string> DdlCompiler::create_table(const schema::TableData& table) const {
    std::string text = "CREATE TABLE " + quote_table(dialect_, table.schema, table.name) + " (\n\t";
    for (const auto& each : table.columns) {
        if (each.position > 0) text += separator;
        text += column(table, each);
    }
    text += constraints(table) + "\n)" + table_options(table);

    std::vector<std::string> statements{std::move(text)};
    for (const auto& each : table.columns) {
        if (!each.index) continue;
        const schema::IndexData data{.name = {}, .columns = {each.name}, .unique = each.unique};
        statements.push_back(create_index(table, data));
    }
    for (const auto& each : table.indexes) statements.push_back(create_index(table, each));
    add_comments(table, statements);
    return statements;
}

std::string DdlCompiler::drop_table(const schema::TableData& table) const {
    return "DROP TABLE " + quote_table(dialect_, table.schema, table.name);
}

std::string DdlCompiler::column(const schema::TableData& table, const schema::ColumnData& column) const {
    std::string text = dialect_.quote(column.name) + " " + type(table, column);
    if (column.server_default) text += " DEFAULT " + default_text(table, column);
    if (!column.nullable) text += " NOT NULL";
    return text;
}

std::string DdlCompiler::type(const schema::TableData& table, const schema::ColumnData& column) const {
    if (column.type.is_null_type())
        throw CompileError(describe_column(table, column) + " has no type: give it one, as in Integer{}");
    return dialect_.type_text(column.type);
}

// ---- constraints -------------------------------------------------------------------------------

// SQLAlchemy writes constraints in the order in which they were made: those given to the table before those
// that come with a column. A foreign key of one column counts as the column's, whichever way it was declared.
std::string DdlCompiler::constraints(const schema::TableData& table) const {
    std::string text;
    const auto add = [&text](const std::string& constraint) {
        if (!constraint.empty()) text.append(separator).append(constraint);
    };
    add(primary_key(table));
    for (const auto& check : table.checks) add(named(check.name) + "CHECK (" + check.condition + ")");
    for (const auto& each : table.uniques) add(unique(each.name, each.columns));
    for (const auto& key : table.foreign_keys)
        if (key.columns.size() != 1) add(foreign_key(table, key));
    for (const auto& column : table.columns) {
        // With an index, that is the unique one.
        if (column.unique && !column.index) add(unique({}, {column.name}));
        for (const auto& key : table.foreign_keys)
            if (key.columns.size() == 1 && key.columns.front() == column.name) add(foreign_key(table, key));
    }
    // Without columns the separator of the first constraint has nothing to separate.
    if (table.columns.empty() && !text.empty()) text.erase(0, separator.size());
    return text;
}

std::string DdlCompiler::named(const std::string& constraint_name) const {
    return constraint_name.empty() ? std::string{} : "CONSTRAINT " + dialect_.quote(constraint_name) + " ";
}

std::string DdlCompiler::primary_key(const schema::TableData& table) const {
    std::vector<std::string> names;
    const auto* generated = table.autoincrement_column();
    for (const auto* column : table.primary_key()) {
        // InnoDB wants the generated column to lead a key; SQLAlchemy puts it first everywhere.
        if (column == generated) names.insert(names.begin(), column->name);
        else names.push_back(column->name);
    }
    if (names.empty()) return {};
    return named(table.primary_key_name) + "PRIMARY KEY (" + column_list(names) + ")";
}

std::string DdlCompiler::unique(const std::string& name, const std::vector<std::string>& columns) const {
    if (columns.empty()) return {};
    return named(name) + "UNIQUE (" + column_list(columns) + ")";
}

std::string
DdlCompiler::foreign_key(const schema::TableData& table, const schema::ForeignKeyData& key) const {
    if (key.columns.empty() || !can_refer(table, key)) return {};
    return named(key.name) + "FOREIGN KEY(" + column_list(key.columns) + ") REFERENCES " +
           referred_table(table, key) + " (" + column_list(key.target_columns) + ")" +
           referential_action("ON DELETE", key.on_delete) +
           (has_on_update() ? referential_action("ON UPDATE", key.on_update) : std::string{});
}

bool DdlCompiler::can_refer(const schema::TableData&, const schema::ForeignKeyData&) const { return true; }

std::string
DdlCompiler::referred_table(const schema::TableData& table, const schema::ForeignKeyData& key) const {
    return quote_table(dialect_, schema::target_schema(table, key), key.target_table);
}

// ---- indexes -----------------------------------------------------------------------------------

std::string DdlCompiler::index_name(const schema::TableData& table, const schema::IndexData& data) const {
    if (!data.name.empty()) return data.name;
    if (data.columns.empty())
        throw CompileError("an index of table '" + table.full_name() + "' has no columns");
    const auto prefix = table.schema.empty() ? std::string{} : table.schema + "_";
    return shorten("ix_" + prefix + table.name + "_" + data.columns.front(), max_name_length());
}

std::string DdlCompiler::create_index_text(
    const schema::IndexData& data, std::string_view quoted_name, std::string_view quoted_table) const {
    std::string text = data.unique ? "CREATE UNIQUE INDEX " : "CREATE INDEX ";
    return text.append(quoted_name).append(" ON ").append(quoted_table) + " (" + column_list(data.columns) +
           ")";
}

std::string DdlCompiler::create_index(const schema::TableData& table, const schema::IndexData& data) const {
    return create_index_text(
        data, dialect_.quote(index_name(table, data)), quote_table(dialect_, table.schema, table.name));
}

// ---- what dialects differ in -------------------------------------------------------------------

std::string DdlCompiler::table_options(const schema::TableData&) const { return {}; }

void DdlCompiler::add_comments(const schema::TableData&, std::vector<std::string>&) const {}

std::string DdlCompiler::literal(std::string_view text) const {
    std::string quoted = "'";
    for (const char c : text) {
        if (c == '\0') throw CompileError("a literal must not contain a NUL character");
        quoted += c;
        if (c == '\'') quoted += c;
    }
    return quoted + "'";
}

std::string DdlCompiler::expression(const sql::Node& node) const {
    const sql::BindList none;
    return Compiler{dialect_, none, ParameterStyle::question_mark}.literal_expression(node);
}

// ---- shared pieces -----------------------------------------------------------------------------

void DdlCompiler::comment_on(const schema::TableData& table, std::vector<std::string>& statements) const {
    const auto name = quote_table(dialect_, table.schema, table.name);
    if (!table.comment.empty())
        statements.push_back("COMMENT ON TABLE " + name + " IS " + literal(table.comment));
    for (const auto& column : table.columns) {
        if (column.comment.empty()) continue;
        statements.push_back(
            "COMMENT ON COLUMN " + name + "." + dialect_.quote(column.name) + " IS " + literal(column.comment));
    }
}

std::string
DdlCompiler::default_text(const schema::TableData& table, const schema::ColumnData& column) const {
    const sql::Node& node = *column.server_default;
    if (node.kind == sql::NodeKind::bind) {
        const auto& value = static_cast<const sql::BindNode&>(node).value.variant();
        if (const auto* text = std::get_if<std::string>(&value)) return literal(*text);
    }
    if (node.kind == sql::NodeKind::text) {
        const auto& text = static_cast<const sql::TextNode&>(node);
        if (!text.names.empty())
            throw CompileError(
                "the server default of " + describe_column(table, column) +
                " has parameters: DDL can have none"
            );
        return text.pieces.empty() ? std::string{} : text.pieces.front();
    }
    return expression(node);
}

bool DdlCompiler::generates_itself(const schema::TableData& table, const schema::ColumnData& column) const {
    if (table.autoincrement_column() != &column || column.server_default) return false;
    if (!column.type.is_integer())
        throw CompileError(
            describe_column(table, column) +
            " is to generate itself but is no integer: " + to_string(column.type)
        );
    return true;
}

std::string DdlCompiler::column_list(const std::vector<std::string>& names) const {
    std::string text;
    for (const auto& name : names) {
        if (!text.empty()) text += ", ";
        text += dialect_.quote(name);
    }
    return text;
}

} // namespace azoth
