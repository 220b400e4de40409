// SPDX-License-Identifier: MIT
// DDL statements about anything but the inside of a table: indexes, sequences, schemas, views, types, comments, free text.
#include <algorithm>

#include <azoth/compiler/ddl_compiler.hpp>
#include <azoth/compiler/literal.hpp>
#include <azoth/compiler/quoting.hpp>
#include <azoth/dialect/dialect.hpp>
#include <azoth/error.hpp>

namespace azoth {

namespace {

std::string settings_comment(const schema::ConstraintData& constraint) {
    return std::visit([](const auto& data) { return data.settings.comment; }, constraint);
}

} // namespace

std::string DdlCompiler::statement(const sql::DdlNode& node) const {
    const std::string if_exists = node.check_first ? "IF EXISTS " : "";
    const std::string if_not_exists = node.check_first ? "IF NOT EXISTS " : "";
    switch (node.action) {
    case sql::DdlAction::create_table: return create_table_text(*node.table, node.check_first, {});
    case sql::DdlAction::drop_table: return "DROP TABLE " + if_exists + quoted(*node.table);
    case sql::DdlAction::create_table_as: return create_table_as(node);
    case sql::DdlAction::create_view: return create_view(node);
    case sql::DdlAction::drop_view:
        return (node.materialized ? "DROP MATERIALIZED VIEW " : "DROP VIEW ") + if_exists
            + qualified(node.schema, node.name);
    case sql::DdlAction::create_index: return create_index(*node.table, node.index, node.check_first);
    case sql::DdlAction::drop_index: return drop_index(*node.table, node.index, node.check_first);
    case sql::DdlAction::add_constraint: return add_constraint(node);
    case sql::DdlAction::drop_constraint: return drop_constraint(node);
    case sql::DdlAction::create_sequence: return create_sequence(node);
    case sql::DdlAction::drop_sequence: return "DROP SEQUENCE " + if_exists + quoted(node.sequence);
    case sql::DdlAction::create_schema: return "CREATE SCHEMA " + if_not_exists + dialect_.quote(node.name);
    case sql::DdlAction::drop_schema:
        return "DROP SCHEMA " + if_exists + dialect_.quote(node.name) + (node.cascade ? " CASCADE" : "");
    case sql::DdlAction::create_type: return create_type(translated_type(node.type));
    case sql::DdlAction::drop_type: return drop_type(translated_type(node.type));
    case sql::DdlAction::set_table_comment: return table_comment(*node.table, node.table->comment);
    case sql::DdlAction::drop_table_comment: return table_comment(*node.table, std::nullopt);
    case sql::DdlAction::set_column_comment: {
        const auto& column = *node.table->find(node.name);
        return column_comment(*node.table, column, column.comment);
    }
    case sql::DdlAction::drop_column_comment:
        return column_comment(*node.table, *node.table->find(node.name), std::nullopt);
    case sql::DdlAction::set_constraint_comment: return constraint_comment(node, settings_comment(node.constraint));
    case sql::DdlAction::drop_constraint_comment: return constraint_comment(node, std::nullopt);
    case sql::DdlAction::text: return custom(node);
    case sql::DdlAction::construct: return expression(*node.select);
    }
    throw CompileError("an unknown DDL statement");
}

// ---- indexes -----------------------------------------------------------------------------------

std::string DdlCompiler::index_name(const schema::TableData& table, const schema::IndexData& data) const {
    schema::NameRequest request;
    request.kind = "ix";
    request.table = &table;
    request.name = data.name;
    request.is_final = data.settings.final_name;
    request.columns = data.columns;
    auto name = finished_name(schema::convention_name(request));
    if (name.empty()) throw CompileError("an index of table '" + table.full_name() + "' has no name");
    return name;
}

const sql::Node& DdlCompiler::without_label(const sql::Node& node) {
    const auto* inner = &node;
    while (inner->kind == sql::NodeKind::label) inner = static_cast<const sql::LabelNode&>(*inner).operand.get();
    return *inner;
}

std::vector<std::string> DdlCompiler::index_parts(const schema::TableData& table, const schema::IndexData& data) const {
    std::vector<std::string> parts;
    if (data.expressions.empty())
        for (const auto& column : data.columns) parts.push_back(column_name(table, column));
    for (const auto& node : data.expressions) parts.push_back(expression(without_label(*node)));
    if (parts.empty()) throw CompileError("index '" + data.name + "' has no columns");
    return parts;
}

std::string DdlCompiler::create_index(
    const schema::TableData& table, const schema::IndexData& data, bool if_not_exists) const {
    check_options(Owner::of_index, data.settings.options, "index '" + data.name + "'");
    std::string text = data.unique ? "CREATE UNIQUE INDEX " : "CREATE INDEX ";
    if (if_not_exists) text += "IF NOT EXISTS ";
    text += index_name(table, data) + " ON " + quoted(table) + " (";
    const auto parts = index_parts(table, data);
    for (std::size_t i = 0; i < parts.size(); ++i) text += (i > 0 ? ", " : "") + parts[i];
    return text + ")";
}

std::string
DdlCompiler::drop_index(const schema::TableData& table, const schema::IndexData& data, bool if_exists) const {
    const auto schema = translated(table.schema).empty() ? std::string{} : dialect_.quote(translated(table.schema)) + ".";
    return "DROP INDEX " + std::string{if_exists ? "IF EXISTS " : ""} + schema + index_name(table, data);
}

// ---- sequences, types, views -------------------------------------------------------------------

std::string DdlCompiler::create_sequence(const sql::DdlNode& node) const {
    std::string text = "CREATE SEQUENCE ";
    if (node.check_first) text += "IF NOT EXISTS ";
    text += quoted(node.sequence);
    if (const auto options = identity_options(node.sequence.options); !options.empty()) text += " " + options;
    return text;
}

bool DdlCompiler::needs_create_type(const Type&) const { return false; }

std::string DdlCompiler::create_type(const Type& type) const {
    throw UnsupportedCompilationError("dialect " + std::string{dialect_.name()} + " has no CREATE TYPE for " + to_string(type));
}

std::string DdlCompiler::drop_type(const Type& type) const {
    throw UnsupportedCompilationError("dialect " + std::string{dialect_.name()} + " has no DROP TYPE for " + to_string(type));
}

std::string DdlCompiler::create_view(const sql::DdlNode& node) const {
    check_options(Owner::of_view, node.options, "view '" + node.name + "'");
    return view_select(node, node.materialized ? "MATERIALIZED VIEW" : "VIEW", false);
}

std::string DdlCompiler::create_table_as(const sql::DdlNode& node) const {
    return view_select(node, "TABLE", node.check_first);
}

std::string
DdlCompiler::view_select(const sql::DdlNode& node, std::string_view kind, bool if_not_exists) const {
    std::string text = "CREATE ";
    if (node.or_replace) text += "OR REPLACE ";
    if (node.temporary) text += "TEMPORARY ";
    text += kind;
    if (if_not_exists) text += " IF NOT EXISTS";
    text += " " + qualified(node.schema, node.name);
    if (const auto* with = option(node.options, "with"); with != nullptr && kind != "TABLE") {
        std::string list;
        for (const auto& each : list_option(node.options, "with")) list += (list.empty() ? "" : ", ") + each;
        text += " WITH (" + list + ")";
    }
    return text + " AS " + literal_sql_node(*node.select, dialect_, schema_map_);
}

// ---- comments ----------------------------------------------------------------------------------

std::string
DdlCompiler::table_comment(const schema::TableData& table, const std::optional<std::string>& comment) const {
    return "COMMENT ON TABLE " + quoted(table) + " IS " + (comment ? literal(*comment) : "NULL");
}

std::string DdlCompiler::column_comment(
    const schema::TableData& table, const schema::ColumnData& column, const std::optional<std::string>& comment) const {
    return "COMMENT ON COLUMN " + quoted(table) + "." + dialect_.quote(column.name) + " IS "
        + (comment ? literal(*comment) : "NULL");
}

std::string
DdlCompiler::constraint_comment(const sql::DdlNode& node, const std::optional<std::string>&) const {
    throw UnsupportedCompilationError(
        "dialect " + std::string{dialect_.name()} + " has no comments on constraints (table '"
        + node.table->full_name() + "')"
    );
}

// ---- free text ---------------------------------------------------------------------------------

std::string DdlCompiler::custom(const sql::DdlNode& node) const {
    const auto value_of = [&](const std::string& token) -> std::string {
        if (const auto own = node.context.find(token); own != node.context.end()) return own->second;
        if (node.table) {
            if (token == "table") return dialect_.quote(node.table->name);
            if (token == "schema") return translated(node.table->schema).empty() ? "" : dialect_.quote(translated(node.table->schema));
            if (token == "fullname") return quoted(*node.table);
        }
        throw ArgumentError("DDL(): there is nothing to put for %(" + token + ")s; %% is a percent sign");
    };
    const std::string_view pattern = node.name;
    if (pattern.find('\0') != std::string_view::npos) throw CompileError("SQL text must not contain a NUL character");
    std::string text;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i] != '%') {
            text += pattern[i];
        } else if (pattern.substr(i).starts_with("%%")) {
            text += '%';
            ++i;
        } else {
            const auto close = pattern.find(")s", i);
            if (!pattern.substr(i).starts_with("%(") || close == std::string_view::npos)
                throw ArgumentError("DDL(): write %(name)s, or %% for a percent sign");
            text += value_of(std::string{pattern.substr(i + 2, close - i - 2)});
            i = close + 1;
        }
    }
    return text;
}

} // namespace azoth
