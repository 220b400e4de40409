// SPDX-License-Identifier: MIT
// Rendering expressions: operators with the parentheses that precedence asks for, functions, CASE, windows.
#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include <azoth/compiler/compiler.hpp>
#include <azoth/compiler/quoting.hpp>
#include <azoth/dialect/dialect.hpp>
#include <azoth/error.hpp>
#include <azoth/types/details.hpp>

#include "compiler/grouping.hpp"

namespace azoth {

using sql::NodeKind;
using sql::Operator;

namespace {

bool is_plain_function_name(std::string_view name) {
    for (const char c : name)
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.'))
            return false;
    return !name.empty();
}

} // namespace

void Compiler::visit(const sql::Node& node) {
    if (names_parameters_) note_names(node);
    if (overrides_ != nullptr && overridden(node)) return;
    switch (node.kind) {
    case NodeKind::column: visit_column(static_cast<const sql::ColumnNode&>(node)); return;
    case NodeKind::bind: visit_bind(static_cast<const sql::BindNode&>(node)); return;
    case NodeKind::constant: visit_constant(static_cast<const sql::ConstantNode&>(node)); return;
    case NodeKind::literal_column: raw(static_cast<const sql::LiteralColumnNode&>(node).text); return;
    case NodeKind::unary: visit_unary(static_cast<const sql::UnaryNode&>(node)); return;
    case NodeKind::binary: visit_binary(static_cast<const sql::BinaryNode&>(node)); return;
    case NodeKind::boolean_list: visit_boolean_list(static_cast<const sql::BooleanListNode&>(node)); return;
    case NodeKind::in_list: visit_in_list(static_cast<const sql::InListNode&>(node)); return;
    case NodeKind::function: visit_function(static_cast<const sql::FunctionNode&>(node)); return;
    case NodeKind::over: visit_over(static_cast<const sql::OverNode&>(node)); return;
    case NodeKind::case_: visit_case(static_cast<const sql::CaseNode&>(node)); return;
    case NodeKind::cast: visit_cast(static_cast<const sql::CastNode&>(node)); return;
    case NodeKind::type_coerce: visit(*static_cast<const sql::TypeCoerceNode&>(node).operand); return;
    case NodeKind::label: visit(*static_cast<const sql::LabelNode&>(node).operand); return;
    case NodeKind::label_reference: out_ += dialect_.quote(static_cast<const sql::LabelReferenceNode&>(node).name); return;
    case NodeKind::tuple: visit_tuple(static_cast<const sql::TupleNode&>(node)); return;
    case NodeKind::array: visit_array(static_cast<const sql::ArrayNode&>(node)); return;
    case NodeKind::scalar_subquery: visit_subquery(*static_cast<const sql::ScalarSubqueryNode&>(node).select); return;
    case NodeKind::exists: {
        const auto& exists = static_cast<const sql::ExistsNode&>(node);
        out_ += exists.negated ? "NOT (EXISTS " : "EXISTS ";
        visit_subquery(*exists.select);
        if (exists.negated) out_ += ')';
        return;
    }
    case NodeKind::next_value: visit_next_value(static_cast<const sql::NextValueNode&>(node)); return;
    case NodeKind::custom: visit_custom(static_cast<const sql::CustomNode&>(node)); return;
    case NodeKind::entity: list(static_cast<const sql::EntityNode&>(node).columns); return;
    case NodeKind::table:
    case NodeKind::alias:
    case NodeKind::cte:
    case NodeKind::values:
    case NodeKind::table_function:
    case NodeKind::excluded:
    case NodeKind::textual_select:
    case NodeKind::join: throw CompileError(sql::describe(node) + " cannot stand where a value is expected");
    case NodeKind::text: render_text(static_cast<const sql::TextNode&>(node)); return;
    case NodeKind::select:
    case NodeKind::compound:
    case NodeKind::insert:
    case NodeKind::update:
    case NodeKind::delete_:
    case NodeKind::ddl:
        throw CompileError("a statement cannot stand where a value is expected; use scalar_subquery() or exists()");
    }
}

void Compiler::visit_column(const sql::ColumnNode& node) {
    if (node.from && node.from->kind == NodeKind::excluded) {
        render_excluded(node);
        return;
    }
    if (node.name.empty() && node.from) { // the one column of a function that returns rows
        out_ += dialect_.quote(alias_name(*node.from));
        return;
    }
    // The number of a name that was invented is taken before that of the alias.
    const auto invented = node.unnamed != nullptr && !node.is_literal() ? column_name(node) : QuotedName{};
    const bool nameless =
        node.from && node.from->kind == NodeKind::values && static_cast<const sql::ValuesNode&>(*node.from).name.empty();
    if (qualify_ && node.from && !nameless) {
        if (node.from->kind == NodeKind::table) {
            const auto& table = *static_cast<const sql::TableNode&>(*node.from).table;
            out_ += schema_qualifies_ ? qualified(table.schema, table.name) : dialect_.quote(table.name);
        } else {
            out_ += dialect_.quote(alias_name(*node.from));
        }
        out_ += '.';
    }
    if (node.is_literal()) raw(node.name);
    else out_ += dialect_.quote(node.unnamed == nullptr ? node.name : invented);
}

void Compiler::visit_constant(const sql::ConstantNode& node) {
    switch (node.constant) {
    case sql::Constant::null: out_ += "NULL"; return;
    case sql::Constant::true_: out_ += dialect_.features().native_boolean ? "true" : "1"; return;
    case sql::Constant::false_: out_ += dialect_.features().native_boolean ? "false" : "0"; return;
    case sql::Constant::star: out_ += '*'; return;
    }
}

void Compiler::visit_next_value(const sql::NextValueNode& node) {
    throw CompileError(
        "dialect " + std::string{dialect_.name()} + " has no sequences: next_value() of '" + node.sequence->name + "'");
}

void Compiler::visit_function(const sql::FunctionNode& node) {
    // The standard's functions that take no parentheses, and grouping keywords that read as functions.
    static constexpr std::pair<std::string_view, std::string_view> standard[] = {
        {"cube", "CUBE"},
        {"current_date", "CURRENT_DATE"},
        {"current_time", "CURRENT_TIME"},
        {"current_timestamp", "CURRENT_TIMESTAMP"},
        {"current_user", "CURRENT_USER"},
        {"grouping_sets", "GROUPING SETS"},
        {"localtime", "LOCALTIME"},
        {"localtimestamp", "LOCALTIMESTAMP"},
        {"rollup", "ROLLUP"},
        {"session_user", "SESSION_USER"},
        {"sysdate", "sysdate"},
        {"user", "USER"},
    };
    const auto* known = std::ranges::find(standard, node.name, &std::pair<std::string_view, std::string_view>::first);
    if (known != std::end(standard)) {
        out_ += known->second;
        if (node.arguments.empty()) return;
    } else if (is_plain_function_name(node.name)) {
        out_ += node.name;
    } else {
        out_ += dialect_.quote(node.name);
    }
    out_ += '(';
    list(node.arguments);
    if (!node.order_by.empty()) {
        out_ += " ORDER BY ";
        list(node.order_by);
    }
    out_ += ')';
}

void Compiler::in_text(const sql::Node& node) {
    const bool literal_binds = std::exchange(literal_binds_, true);
    visit(node);
    literal_binds_ = literal_binds;
}

void Compiler::aggregate_strings(const sql::FunctionNode& node, std::string_view name) {
    out_.append(name) += '(';
    visit(*node.arguments.at(0));
    out_ += ", ";
    in_text(*node.arguments.at(1));
    if (!node.order_by.empty()) {
        out_ += " ORDER BY ";
        list(node.order_by);
    }
    out_ += ')';
}

void Compiler::aggregate_strings_within_group(const sql::FunctionNode& node, std::string_view name) {
    aggregate_strings(sql::FunctionNode{node.name, node.arguments, node.type}, name);
    if (node.order_by.empty()) return;
    out_ += " WITHIN GROUP (ORDER BY ";
    list(node.order_by);
    out_ += ')';
}

void Compiler::visit_over(const sql::OverNode& node) {
    const auto& window = node.window;
    visit(*node.function);
    out_ += " OVER (";
    const auto begin = out_.size();
    const auto part = [&](std::string_view word) {
        if (out_.size() > begin) out_ += ' ';
        out_ += word;
    };
    if (!window.partition_by.empty()) {
        part("PARTITION BY ");
        list(window.partition_by);
    }
    if (!window.order_by.empty()) {
        part("ORDER BY ");
        list(window.order_by);
    }
    switch (window.frame.mode) {
    case sql::WindowFrame::Mode::none: break;
    case sql::WindowFrame::Mode::rows: part("ROWS BETWEEN "); break;
    case sql::WindowFrame::Mode::range: part("RANGE BETWEEN "); break;
    case sql::WindowFrame::Mode::groups: part("GROUPS BETWEEN "); break;
    }
    if (window.frame.mode != sql::WindowFrame::Mode::none) {
        frame_bound(window.frame.lower);
        if (window.frame.lower.kind == sql::FrameBound::Kind::unbounded) out_ += " PRECEDING";
        out_ += " AND ";
        frame_bound(window.frame.upper);
        if (window.frame.upper.kind == sql::FrameBound::Kind::unbounded) out_ += " FOLLOWING";
        if (!window.frame.exclude.empty()) out_ += " EXCLUDE " + window.frame.exclude;
    }
    out_ += ')';
}

void Compiler::frame_bound(const sql::FrameBound& bound) {
    switch (bound.kind) {
    case sql::FrameBound::Kind::unbounded: out_ += "UNBOUNDED"; return;
    case sql::FrameBound::Kind::current_row: out_ += "CURRENT ROW"; return;
    case sql::FrameBound::Kind::preceding:
        render_frame_distance(*bound.distance);
        out_ += " PRECEDING";
        return;
    case sql::FrameBound::Kind::following:
        render_frame_distance(*bound.distance);
        out_ += " FOLLOWING";
        return;
    }
}

void Compiler::visit_case(const sql::CaseNode& node) {
    out_ += "CASE ";
    if (node.value) {
        visit(*node.value);
        out_ += ' ';
    }
    for (const auto& [when, then] : node.whens) {
        out_ += "WHEN ";
        grouped(*when); // SQLAlchemy puts a comparison here in parentheses
        out_ += " THEN ";
        visit(*then);
        out_ += ' ';
    }
    if (node.else_) {
        out_ += "ELSE ";
        visit(*node.else_);
        out_ += ' ';
    }
    out_ += "END";
}

void Compiler::visit_cast(const sql::CastNode& node) {
    if (node.is_try) throw UnsupportedCompilationError(std::string{dialect_.name()} + " has no TRY_CAST");
    out_ += "CAST(";
    visit(*node.operand);
    auto type = dialect_.type_text(node.type);
    const auto collate = std::min(type.find(" COLLATE "), type.size()); // of the result, not of the type
    type.insert(collate, ")");
    out_ += " AS " + type;
}

void Compiler::check_known(Type type) const {
    if (details_of(type).name.empty()) return;
    if (type.length == Type::unset) type.length = 1; // whether it needs a length is not the question
    (void)dialect_.type_text(type);
}

void Compiler::visit_tuple(const sql::TupleNode& node) {
    out_ += '(';
    list(node.items);
    out_ += ')';
}

void Compiler::visit_subquery(const sql::Node& rows) {
    out_ += '(';
    render_rows(rows, Place::expression);
    out_ += ')';
}

void Compiler::visit_array(const sql::ArrayNode&) {
    throw UnsupportedCompilationError(std::string{dialect_.name()} + " has no arrays");
}

void Compiler::list(const std::vector<sql::NodePtr>& nodes) {
    bool first = true;
    for (const auto& node : nodes) {
        if (!first) out_ += ", ";
        first = false;
        operand(*node, Operator::comma);
    }
}

void Compiler::conditions(std::string_view word, const std::vector<sql::NodePtr>& nodes) {
    if (nodes.empty()) return;
    out_ += word;
    condition(*sql::make_boolean_list(Operator::and_, nodes), Operator::comma);
}

std::string Compiler::hexadecimal(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        text += digits[byte >> 4U];
        text += digits[byte & 0x0FU];
    }
    return text;
}

std::string Compiler::literal(const Param& value) const {
    const auto quoted = [](std::string_view text) {
        std::string result = "'";
        for (const char c : text) {
            if (c == '\0') throw CompileError("a literal must not contain a NUL character");
            result += c;
            if (c == '\'') result += c;
        }
        return result + "'";
    };
    switch (value.kind) {
    case ParamKind::null: return "NULL";
    case ParamKind::boolean:
        if (dialect_.features().native_boolean) return value.integer != 0 ? "true" : "false";
        return value.integer != 0 ? "1" : "0";
    case ParamKind::integer: return std::to_string(value.integer);
    case ParamKind::unsigned_integer: return std::to_string(value.unsigned_integer);
    case ParamKind::decimal: return value.decimal->to_string();
    case ParamKind::real:
        if (!std::isfinite(value.real)) throw CompileError("NaN and infinity cannot be written as literals");
        return to_string(value);
    case ParamKind::text: return quoted(value.view());
    case ParamKind::date:
    case ParamKind::time:
    case ParamKind::timestamp:
    case ParamKind::timestamp_tz:
    case ParamKind::interval:
    case ParamKind::uuid:
    case ParamKind::json:
    case ParamKind::bytes:
    case ParamKind::array:
    case ParamKind::range:
    case ParamKind::multirange: break;
    }
    const auto owned = to_value(value);
    if (value.kind == ParamKind::date) return quoted(to_string(std::get<Date>(owned.variant())));
    if (value.kind == ParamKind::time) return quoted(to_string(std::get<Time>(owned.variant())));
    if (value.kind == ParamKind::timestamp) return quoted(to_string(std::get<Timestamp>(owned.variant())));
    if (value.kind == ParamKind::timestamp_tz) return quoted(to_string(std::get<TimestampTz>(owned.variant())));
    if (value.kind == ParamKind::uuid) return quoted(to_string(std::get<Uuid>(owned.variant())));
    if (value.kind == ParamKind::interval) return quoted(to_string(*value.interval));
    if (value.kind == ParamKind::bytes) return "CAST('\\x" + hexadecimal(value.view()) + "' AS BYTEA)";
    throw CompileError("a value of this type cannot be written as a literal");
}

std::string Compiler::empty_set(const Type&) const { return "SELECT 1 WHERE 1!=1"; }

std::string Compiler::empty_in_list(bool negated, std::size_t width) const {
    std::string nulls = "NULL";
    if (width > 1) {
        for (std::size_t i = 1; i < width; ++i) nulls += ", NULL";
        nulls = "(" + nulls + ")";
    }
    return nulls + (negated ? ") OR (1 = 1" : ") AND (1 != 1");
}

} // namespace azoth
