// SPDX-License-Identifier: MIT
// PostgreSQL's DDL: SERIAL for keys that generate themselves, COMMENT ON as statements, types of one's own, and the many
// clauses of its tables and indexes.
#include <algorithm>
#include <array>

#include <azoth/dialect/postgresql.hpp>
#include <azoth/error.hpp>

#include "dialect/base.hpp"

#include "compiler/grouping.hpp"
namespace azoth {

namespace {

/// An access method is one word.
std::string access_method(const std::string& word) {
    std::string lower = word;
    for (char& c : lower)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
    if (lower.empty() || !std::ranges::all_of(lower, plain))
        throw CompileError("USING '" + word + "': the name of an access method is one word, as btree or gin");
    return lower;
}

/// The name by which operator classes are given to a part of an index: its column's or its label's.
std::string part_key(const schema::IndexData& data, std::size_t i) {
    if (data.expressions.empty()) return data.columns[i];
    const auto& node = *data.expressions[i];
    if (node.kind == sql::NodeKind::column) return static_cast<const sql::ColumnNode&>(node).name;
    if (node.kind == sql::NodeKind::label) return static_cast<const sql::LabelNode&>(node).name;
    return {};
}

} // namespace

bool PostgreSQLDdlCompiler::needs_create_type(const Type& type) const {
    const auto& details = details_of(type);
    if (details.has(TypeFlag::no_create_type)) return false;
    if (details.name == "enum") return !details.has(TypeFlag::not_native);
    return details.name == "ENUM" || details.name == "DOMAIN";
}

std::string PostgreSQLDdlCompiler::create_type(const Type& type) const {
    const auto& details = details_of(type);
    if (details.name == "DOMAIN") return create_domain(type);
    if (details.name != "ENUM" && details.name != "enum") return DdlCompiler::create_type(type);
    std::string members;
    for (const auto& member : details.members) members += (members.empty() ? "" : ", ") + literal(member);
    return "CREATE TYPE " + dialect_.type_text(type) + " AS ENUM (" + members + ")";
}

std::string PostgreSQLDdlCompiler::drop_type(const Type& type) const {
    const auto& name = details_of(type).name;
    if (name == "DOMAIN") return "DROP DOMAIN " + dialect_.type_text(type);
    if (name != "ENUM" && name != "enum") return DdlCompiler::drop_type(type);
    return "DROP TYPE " + dialect_.type_text(type);
}

std::string PostgreSQLDdlCompiler::column(const schema::TableData& table, const schema::ColumnData& column) const {
    const bool serial = !has_identity(column) && generates_itself(table, column);
    std::string text = dialect_.quote(column.name) + " " + (serial ? serial_type(column) : type(table, column));
    if (!serial && column.server_default) text += " DEFAULT " + default_text(table, column);
    if (column.computed) text += " " + computed(*column.computed);
    if (has_identity(column)) return text + " " + identity(*column.identity) + (column.nullable ? " NULL" : "");
    return column.nullable ? text : text + " NOT NULL";
}

std::string PostgreSQLDdlCompiler::computed(const schema::ComputedData& computed) const {
    if (dialect_.has(ServerVersion{18})) return DdlCompiler::computed(computed);
    if (computed.persisted && !*computed.persisted) require(dialect_, "a computed column that is not stored", ServerVersion{18});
    schema::ComputedData stored{computed};
    stored.persisted = true;
    return DdlCompiler::computed(stored);
}

std::string PostgreSQLDdlCompiler::check(const schema::TableData& table, const schema::CheckData& check) const {
    return DdlCompiler::check(table, check) + validity(check.settings);
}

std::string PostgreSQLDdlCompiler::foreign_key(
    const schema::TableData& table, const schema::ForeignKeyData& key) const {
    return DdlCompiler::foreign_key(table, key) + validity(key.settings);
}

std::string PostgreSQLDdlCompiler::primary_key(const schema::TableData& table) const {
    const auto& settings = table.primary_key_constraint.settings;
    const auto columns = primary_key_columns(table);
    if (columns.empty()) return {};
    return "PRIMARY KEY (" + column_list(columns, &table) + ")" + include(settings.options) + deferrability(settings);
}

std::string PostgreSQLDdlCompiler::unique(const schema::TableData& table, const schema::UniqueData& data) const {
    const auto body = unique_body(table, data, nulls_distinct(data.settings.options, "", " "));
    return body.empty() ? body : body + include(data.settings.options) + deferrability(data.settings);
}

std::string PostgreSQLDdlCompiler::exclude(const schema::TableData&, const schema::ExcludeData& exclude) const {
    std::string elements;
    for (const auto& element : exclude.elements) {
        if (!elements.empty()) elements += ", ";
        elements += expression(*element.expression) + " WITH " + element.op;
    }
    std::string text = "EXCLUDE USING " + access_method(exclude.access_method) + " (" + elements + ")";
    if (exclude.where) text += " WHERE (" + expression(*exclude.where) + ")";
    return text + deferrability(exclude.settings);
}

std::string PostgreSQLDdlCompiler::on_delete(const schema::ForeignKeyData& key) const {
    const auto open = key.on_delete.find('(');
    if (open == std::string::npos || !key.on_delete.ends_with(')')) return DdlCompiler::on_delete(key);
    auto words = key.on_delete.substr(0, open);
    while (words.ends_with(' ')) words.pop_back();
    static constexpr std::array<std::string_view, 2> with_columns{"SET NULL", "SET DEFAULT"};
    const auto list = key.on_delete.substr(open);
    if (list.find_first_of(";'") != std::string::npos)
        throw CompileError("ON DELETE '" + key.on_delete + "': names of columns in parentheses");
    return " ON DELETE " + phrase("ON DELETE", words, with_columns) + " " + list;
}

std::string PostgreSQLDdlCompiler::table_options(const schema::TableData& table) const {
    const auto& options = table.options;
    std::string text;
    if (option(options, "inherits") != nullptr)
        text += "\n INHERITS (" + column_list(list_option(options, "inherits")) + ")";
    if (const auto by = text_option(options, "partition_by"); !by.empty()) text += "\n PARTITION BY " + by;
    if (const auto using_ = text_option(options, "using"); !using_.empty()) text += "\n USING " + using_;
    if (const auto with = parameters(options); !with.empty()) text += "\n" + with;
    if (option(options, "with_oids") != nullptr)
        text += flag(options, "with_oids") ? "\n WITH OIDS" : "\n WITHOUT OIDS";
    if (auto when = text_option(options, "on_commit"); !when.empty()) {
        std::ranges::replace(when, '_', ' ');
        static constexpr std::array<std::string_view, 3> known{"DROP", "DELETE ROWS", "PRESERVE ROWS"};
        text += "\n ON COMMIT " + keyword("ON COMMIT", when, known);
    }
    if (const auto space = text_option(options, "tablespace"); !space.empty())
        text += "\n TABLESPACE " + dialect_.quote(space);
    return text;
}

std::string PostgreSQLDdlCompiler::create_index(
    const schema::TableData& table, const schema::IndexData& data, bool if_not_exists) const {
    const auto& options = data.settings.options;
    check_options(Owner::of_index, options, "index '" + data.name + "'");
    std::string text = data.unique ? "CREATE UNIQUE INDEX " : "CREATE INDEX ";
    if (flag(options, "concurrently")) text += "CONCURRENTLY ";
    if (if_not_exists) text += "IF NOT EXISTS ";
    text += index_name(table, data) + " ON " + quoted(table) + " ";
    if (const auto using_ = text_option(options, "using"); !using_.empty())
        text += "USING " + access_method(using_) + " ";
    text += "(";
    const auto classes = operator_classes(options);
    const auto parts = index_parts(table, data);
    for (std::size_t i = 0; i < parts.size(); ++i) {
        text += (i > 0 ? ", " : "") + parts[i];
        const auto found = std::ranges::find(classes, part_key(data, i), &std::pair<std::string, std::string>::first);
        if (found != classes.end()) text += " " + found->second;
    }
    text += ")" + include(options) + nulls_distinct(options, " ", "") + parameters(options);
    if (const auto space = text_option(options, "tablespace"); !space.empty())
        text += " TABLESPACE " + dialect_.quote(space);
    if (const auto where = sql_option(options, "where"); !where.empty()) text += " WHERE " + where;
    return text;
}

std::vector<std::string> PostgreSQLDdlCompiler::index_parts(
    const schema::TableData& table, const schema::IndexData& data) const {
    auto parts = DdlCompiler::index_parts(table, data);
    for (std::size_t i = 0; i < data.expressions.size(); ++i) {
        switch (operator_of(without_label(*data.expressions[i]))) {
        case sql::Operator::none:
        case sql::Operator::asc:
        case sql::Operator::desc:
        case sql::Operator::nulls_first:
        case sql::Operator::nulls_last:
        case sql::Operator::extract:
        case sql::Operator::exists: break;
        default: parts[i] = "(" + parts[i] + ")";
        }
    }
    return parts;
}

std::string PostgreSQLDdlCompiler::drop_index(
    const schema::TableData& table, const schema::IndexData& data, bool if_exists) const {
    auto text = DdlCompiler::drop_index(table, data, if_exists);
    constexpr std::string_view words = "DROP INDEX ";
    if (flag(data.settings.options, "concurrently")) text.insert(words.size(), "CONCURRENTLY ");
    return text;
}

std::string PostgreSQLDdlCompiler::create_sequence(const sql::DdlNode& node) const {
    auto text = DdlCompiler::create_sequence(node);
    const auto& type = node.sequence.data_type;
    if (type.is_null_type()) return text;
    const auto name = quoted(node.sequence);
    return text.insert(text.find(name) + name.size(), " AS " + dialect_.type_text(type));
}

void PostgreSQLDdlCompiler::add_comments(const schema::TableData& table, std::vector<std::string>& statements) const {
    if (!table.comment.empty()) statements.push_back(table_comment(table, table.comment));
    for (const auto& column : table.columns)
        if (!column.comment.empty()) statements.push_back(column_comment(table, column, column.comment));
    const auto of_constraint = [&](const schema::ConstraintData& constraint, const std::string& comment) {
        if (!comment.empty()) statements.push_back(comment_on(table, constraint, comment));
    };
    of_constraint(table.primary_key_constraint, table.primary_key_constraint.settings.comment);
    for (const auto& each : table.checks) of_constraint(each, each.settings.comment);
    for (const auto& each : table.uniques) of_constraint(each, each.settings.comment);
    for (const auto& each : table.foreign_keys) of_constraint(each, each.settings.comment);
    for (const auto& each : table.excludes) of_constraint(each, each.settings.comment);
}

std::string PostgreSQLDdlCompiler::constraint_comment(
    const sql::DdlNode& node, const std::optional<std::string>& comment) const {
    return comment_on(*node.table, node.constraint, comment);
}

std::size_t PostgreSQLDdlCompiler::max_name_length() const { return 63; }

bool PostgreSQLDdlCompiler::knows_option(Owner owner, std::string_view name) const {
    const auto is_one_of = [name](std::initializer_list<std::string_view> known) {
        return std::ranges::find(known, name) != known.end();
    };
    switch (owner) {
    case Owner::of_table:
        return is_one_of({"inherits", "partition_by", "using", "with", "with_oids", "on_commit", "tablespace",
                          "ignore_search_path"});
    case Owner::of_index:
        return is_one_of({"using", "include", "where", "ops", "concurrently", "with", "tablespace",
                          "nulls_not_distinct"});
    case Owner::of_primary_key: return name == "include";
    case Owner::of_unique: return is_one_of({"include", "nulls_not_distinct"});
    case Owner::of_check:
    case Owner::of_foreign_key: return name == "not_valid";
    case Owner::of_view: return name == "with";
    case Owner::of_column: return false;
    }
    return false;
}

std::string PostgreSQLDdlCompiler::serial_type(const schema::ColumnData& column) const {
    switch (column.type.on(dialect_.name()).kind) {
    case TypeKind::small_integer: return "SMALLSERIAL";
    case TypeKind::big_integer: return "BIGSERIAL";
    default: return "SERIAL";
    }
}

std::string PostgreSQLDdlCompiler::validity(const schema::ConstraintSettings& settings) const {
    return flag(settings.options, "not_valid") ? " NOT VALID" : "";
}

std::string PostgreSQLDdlCompiler::include(const schema::DialectOptions& options) const {
    const auto columns = list_option(options, "include");
    return columns.empty() ? std::string{} : " INCLUDE (" + column_list(columns) + ")";
}

std::string PostgreSQLDdlCompiler::parameters(const schema::DialectOptions& options) const {
    std::string list;
    for (const auto& each : list_option(options, "with")) list += (list.empty() ? "" : ", ") + each;
    return list.empty() ? list : " WITH (" + list + ")";
}

std::string PostgreSQLDdlCompiler::nulls_distinct(
    const schema::DialectOptions& options, std::string_view before, std::string_view after) const {
    if (option(options, "nulls_not_distinct") == nullptr) return {};
    require(dialect_, "NULLS NOT DISTINCT", ServerVersion{15});
    const std::string_view words = flag(options, "nulls_not_distinct") ? "NULLS NOT DISTINCT" : "NULLS DISTINCT";
    return std::string{before}.append(words).append(after);
}

schema::OptionPairs PostgreSQLDdlCompiler::operator_classes(const schema::DialectOptions& options) const {
    const auto* value = option(options, "ops");
    if (value == nullptr) return {};
    if (const auto* pairs = std::get_if<schema::OptionPairs>(value)) return *pairs;
    throw ArgumentError("postgresql_ops takes pairs: the column or label, and its operator class");
}

std::string PostgreSQLDdlCompiler::create_domain(const Type& type) const {
    const auto& domain = details_of(type);
    std::string text = "CREATE DOMAIN " + dialect_.type_text(type) + " AS " + dialect_.type_text(domain.item.front());
    if (!domain.collation.empty()) {
        text += " COLLATE ";
        if (!domain.collation_schema.empty()) text += dialect_.quote(domain.collation_schema) + ".";
        text += dialect_.quote(domain.collation);
    }
    if (domain.default_text) text += " DEFAULT " + literal(*domain.default_text);
    else if (!domain.default_sql.empty()) text += " DEFAULT " + domain.default_sql;
    if (!domain.constraint_name.empty()) text += " CONSTRAINT " + finished_name({domain.constraint_name, false});
    if (domain.has(TypeFlag::is_not_null)) text += " NOT NULL";
    if (!domain.check.empty()) text += " CHECK (" + domain.check + ")";
    return text;
}

std::string PostgreSQLDdlCompiler::comment_on(
    const schema::TableData& table, const schema::ConstraintData& constraint, const std::optional<std::string>& comment) const {
    const auto name = constraint_name(table, constraint);
    if (name.empty())
        throw CompileError("a constraint of table '" + table.full_name() + "' has no name and so can have no comment");
    return "COMMENT ON CONSTRAINT " + name + " ON " + quoted(table) + " IS " + (comment ? literal(*comment) : "NULL");
}

std::unique_ptr<DdlCompiler> PostgreSQLDialect::ddl_compiler() const { return std::make_unique<PostgreSQLDdlCompiler>(*this); }

} // namespace azoth
