// SPDX-License-Identifier: MIT
// MySQL's and MariaDB's DDL: AUTO_INCREMENT, comments inside CREATE TABLE, expressions as defaults in parentheses.
#include <algorithm>

#include <azoth/error.hpp>

#include "compiler/ddl_compiler.hpp"
#include "dialect/mysql.hpp"
#include "dialect/portable_compiler.hpp"
#include "dialect/type_name.hpp"

namespace azoth {

namespace {

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

std::string lower(std::string_view text) {
    std::string result{text};
    for (char& c : result)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return result;
}

/// The server's own forms of "now" are no expressions to it: CURRENT_TIMESTAMP(3), … ON UPDATE
/// CURRENT_TIMESTAMP.
bool is_timestamp_default(std::string_view text) {
    const auto small = lower(text);
    if (small.find(" on update ") != std::string::npos) return true;
    for (const std::string_view name : {"now(", "current_timestamp("}) {
        if (!small.starts_with(name) || !small.ends_with(')')) continue;
        const auto digits = std::string_view{small}.substr(name.size(), small.size() - name.size() - 1);
        if (!digits.empty() && std::ranges::all_of(digits, is_digit)) return true;
    }
    return false;
}

/// Backslashes are escapes inside strings here, unless the server is told otherwise.
std::string double_backslashes(std::string_view text) {
    std::string doubled;
    for (const char c : text) {
        doubled += c;
        if (c == '\\') doubled += c;
    }
    return doubled;
}

/// Expressions in DDL, where there are no parameters.
class MySQLLiteralCompiler final : public PortableCompiler {
public:
    using PortableCompiler::PortableCompiler;

protected:
    void visit_constant(const sql::ConstantNode& node) override {
        if (node.constant == sql::Constant::true_) out_ += "true";
        else if (node.constant == sql::Constant::false_) out_ += "false";
        else PortableCompiler::visit_constant(node);
    }

    void visit_binary(const sql::BinaryNode& node) override {
        if (node.op != sql::Operator::concat) {
            PortableCompiler::visit_binary(node);
            return;
        }
        out_ += "concat(";
        visit(*node.left);
        out_ += ", ";
        visit(*node.right);
        out_ += ')';
    }

    std::string literal(const Param& value) const override {
        if (value.kind == ParamKind::boolean) return value.integer != 0 ? "true" : "false";
        if (value.kind != ParamKind::text) return PortableCompiler::literal(value);
        const auto doubled = double_backslashes(value.view());
        return PortableCompiler::literal(Param{ParamKind::text, doubled});
    }
};

class MySQLDdlCompiler final : public DdlCompiler {
public:
    using DdlCompiler::DdlCompiler;

protected:
    std::string column(const schema::TableData& table, const schema::ColumnData& column) const override {
        std::string text = dialect_.quote(column.name) + " " + type(table, column);
        if (!column.nullable) text += " NOT NULL";
        if (!column.comment.empty()) text += " COMMENT " + literal(column.comment);
        if (generates_itself(table, column)) return text + " AUTO_INCREMENT";
        if (!column.server_default) return text;
        const auto value = default_text(table, column);
        const bool bare = is_single_term(value) || is_timestamp_default(value);
        return text + " DEFAULT " + (bare ? value : "(" + value + ")");
    }

    std::string type(const schema::TableData& table, const schema::ColumnData& column) const override {
        if (column.type.kind == TypeKind::string && column.type.length == Type::unset)
            throw CompileError(
                "VARCHAR requires a length on dialect " + std::string{dialect_.name()} + " ("
                + describe_column(table, column) + "): give String{n}");
        return DdlCompiler::type(table, column);
    }

    std::string table_options(const schema::TableData& table) const override {
        return table.comment.empty() ? std::string{} : "COMMENT=" + literal(table.comment);
    }

    std::size_t max_name_length() const override { return 64; }

    std::string literal(std::string_view text) const override {
        return DdlCompiler::literal(double_backslashes(text));
    }

    std::string expression(const sql::Node& node) const override {
        const sql::BindList none;
        return MySQLLiteralCompiler{dialect_, none, ParameterStyle::question_mark}.literal_expression(node);
    }
};

} // namespace

std::string MySQLDialect::type_text(const Type& type) const {
    switch (type.kind) {
    case TypeKind::null_type: throw_no_type();
    case TypeKind::boolean: return "BOOL";
    case TypeKind::small_integer: return "SMALLINT";
    case TypeKind::integer: return "INTEGER";
    case TypeKind::big_integer: return "BIGINT";
    case TypeKind::float_: return with_argument("FLOAT", type.precision);
    case TypeKind::double_: return "DOUBLE";
    case TypeKind::numeric: return numeric_text(type);
    case TypeKind::string:
        if (type.length == Type::unset)
            throw CompileError(
                "VARCHAR requires a length on dialect " + std::string{name()} + ": give String{n}"
            );
        return with_argument("VARCHAR", type.length);
    case TypeKind::text: return with_argument("TEXT", type.length);
    case TypeKind::large_binary: return with_argument("BLOB", type.length);
    case TypeKind::date: return "DATE";
    case TypeKind::time: return with_argument("TIME", type.precision);
    case TypeKind::date_time: return with_argument("DATETIME", type.precision);
    case TypeKind::interval: return "DATETIME"; // SQLAlchemy's: the distance from 1970-01-01
    case TypeKind::uuid: return is_mariadb_ ? "UUID" : "CHAR(32)";
    case TypeKind::json: return "JSON";
    }
    throw_no_type();
}

std::vector<std::string> MySQLDialect::create_table(const schema::TableData& table) const {
    return MySQLDdlCompiler{*this}.create_table(table);
}

std::string MySQLDialect::drop_table(const schema::TableData& table) const {
    return MySQLDdlCompiler{*this}.drop_table(table);
}

} // namespace azoth
