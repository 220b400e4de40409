// SPDX-License-Identifier: MIT
// Rendering expressions: operators with the parentheses that precedence asks for, functions, CASE, windows.
#include <azoth/dialect/dialect.hpp>
#include <azoth/error.hpp>

#include "compiler/compiler.hpp"
#include "dialect/base.hpp"

namespace azoth {

using sql::NodeKind;
using sql::Operator;

namespace {

/// The operator that holds a node together, `none` for what needs no parentheses anywhere.
Operator operator_of(const sql::Node& node) {
    switch (node.kind) {
    case NodeKind::binary: return static_cast<const sql::BinaryNode&>(node).op;
    case NodeKind::boolean_list: return static_cast<const sql::BooleanListNode&>(node).op;
    case NodeKind::unary: return static_cast<const sql::UnaryNode&>(node).op;
    case NodeKind::in_list:
        // NOT IN brings its own parentheses
        return static_cast<const sql::InListNode&>(node).negated ? Operator::none : Operator::in;
    case NodeKind::exists: return static_cast<const sql::ExistsNode&>(node).negated ? Operator::not_ : Operator::exists;
    case NodeKind::label: return operator_of(*static_cast<const sql::LabelNode&>(node).operand);
    default: return Operator::none;
    }
}

bool is_plain_function_name(std::string_view name) {
    for (const char c : name)
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.'))
            return false;
    return !name.empty();
}

} // namespace

void Compiler::visit(const sql::Node& node) {
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
    case NodeKind::label: visit(*static_cast<const sql::LabelNode&>(node).operand); return;
    case NodeKind::label_reference: out_ += dialect_.quote(static_cast<const sql::LabelReferenceNode&>(node).name); return;
    case NodeKind::tuple: visit_tuple(static_cast<const sql::TupleNode&>(node)); return;
    case NodeKind::scalar_subquery: visit_subquery(*static_cast<const sql::ScalarSubqueryNode&>(node).select); return;
    case NodeKind::exists: {
        const auto& exists = static_cast<const sql::ExistsNode&>(node);
        out_ += exists.negated ? "NOT (EXISTS " : "EXISTS ";
        visit_subquery(*exists.select);
        if (exists.negated) out_ += ')';
        return;
    }
    case NodeKind::entity: list(static_cast<const sql::EntityNode&>(node).columns); return;
    case NodeKind::table:
    case NodeKind::alias:
    case NodeKind::cte:
    case NodeKind::join: throw CompileError(sql::describe(node) + " cannot stand where a value is expected");
    case NodeKind::select:
    case NodeKind::insert:
    case NodeKind::update:
    case NodeKind::delete_:
    case NodeKind::text:
        throw CompileError("a statement cannot stand where a value is expected; use scalar_subquery() or exists()");
    }
}

void Compiler::visit_column(const sql::ColumnNode& node) {
    if (qualify_ && node.from) {
        if (node.from->kind == NodeKind::table) {
            const auto& table = *static_cast<const sql::TableNode&>(*node.from).table;
            out_ += quote_table(dialect_, table.schema, table.name);
        } else {
            out_ += dialect_.quote(alias_name(*node.from));
        }
        out_ += '.';
    }
    out_ += dialect_.quote(node.name);
}

void Compiler::visit_constant(const sql::ConstantNode& node) {
    switch (node.constant) {
    case sql::Constant::null: out_ += "NULL"; return;
    case sql::Constant::true_: out_ += dialect_.features().native_boolean ? "true" : "1"; return;
    case sql::Constant::false_: out_ += dialect_.features().native_boolean ? "false" : "0"; return;
    case sql::Constant::star: out_ += '*'; return;
    }
}

void Compiler::operand(const sql::Node& node, Operator outer) {
    const bool parentheses = needs_parentheses(operator_of(node), outer);
    if (parentheses) out_ += '(';
    visit(node);
    if (parentheses) out_ += ')';
}

void Compiler::condition(const sql::Node& node, Operator outer) {
    operand(node, outer);
    // Where there is no boolean type a bare column is no condition.
    if (node.kind == NodeKind::column && sql::type_of(node).kind == TypeKind::boolean
        && !dialect_.features().native_boolean)
        out_ += " = 1";
}

void Compiler::visit_unary(const sql::UnaryNode& node) {
    switch (node.op) {
    case Operator::asc:
    case Operator::desc:
    case Operator::nulls_first:
    case Operator::nulls_last:
        operand(*node.operand, Operator::comma);
        out_ += ' ';
        out_ += text_of(node.op);
        return;
    case Operator::not_:
        if (node.operand->kind == NodeKind::column && !dialect_.features().native_boolean) {
            visit(*node.operand);
            out_ += " = 0";
            return;
        }
        out_ += "NOT ";
        operand(*node.operand, node.op);
        return;
    case Operator::distinct:
        out_ += "DISTINCT ";
        operand(*node.operand, node.op);
        return;
    default:
        out_ += text_of(node.op);
        operand(*node.operand, node.op);
    }
}

void Compiler::visit_binary(const sql::BinaryNode& node) {
    operand(*node.left, node.op);
    out_ += ' ';
    out_ += text_of(node.op);
    out_ += ' ';
    operand(*node.right, node.op);
    if (!node.third) return;
    const bool between = node.op == Operator::between || node.op == Operator::not_between;
    out_ += between ? " AND " : " ESCAPE ";
    operand(*node.third, node.op);
}

void Compiler::visit_boolean_list(const sql::BooleanListNode& node) {
    bool first = true;
    for (const auto& part : node.operands) {
        if (!first) (out_ += ' ').append(text_of(node.op)) += ' ';
        first = false;
        condition(*part, node.op);
    }
}

void Compiler::visit_function(const sql::FunctionNode& node) {
    if (is_plain_function_name(node.name)) out_ += node.name;
    else out_ += dialect_.quote(node.name);
    out_ += '(';
    list(node.arguments);
    out_ += ')';
}

void Compiler::visit_over(const sql::OverNode& node) {
    visit(*node.function);
    out_ += " OVER (";
    if (!node.partition_by.empty()) {
        out_ += "PARTITION BY ";
        list(node.partition_by);
    }
    if (!node.order_by.empty()) {
        out_ += node.partition_by.empty() ? "ORDER BY " : " ORDER BY ";
        list(node.order_by);
    }
    out_ += ')';
}

void Compiler::visit_case(const sql::CaseNode& node) {
    out_ += "CASE ";
    if (node.value) {
        visit(*node.value);
        out_ += ' ';
    }
    for (const auto& [when, then] : node.whens) {
        out_ += "WHEN ";
        operand(*when, Operator::between); // SQLAlchemy puts a comparison here in parentheses
        out_ += " THEN ";
        operand(*then, Operator::comma);
        out_ += ' ';
    }
    if (node.else_) {
        out_ += "ELSE ";
        operand(*node.else_, Operator::comma);
        out_ += ' ';
    }
    out_ += "END";
}

void Compiler::visit_cast(const sql::CastNode& node) {
    out_ += "CAST(";
    visit(*node.operand);
    out_ += " AS " + dialect_.type_text(node.type) + ")";
}

void Compiler::visit_tuple(const sql::TupleNode& node) {
    out_ += '(';
    list(node.items);
    out_ += ')';
}

void Compiler::visit_subquery(const sql::Node& select) {
    if (select.kind != NodeKind::select) throw CompileError("only a SELECT can be a subquery");
    out_ += '(';
    render_select(static_cast<const sql::SelectNode&>(select), Place::expression);
    out_ += ')';
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
    bool first = true;
    for (const auto& node : nodes) {
        if (!first) out_ += " AND ";
        first = false;
        condition(*node, nodes.size() > 1 ? Operator::and_ : Operator::none);
    }
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
    case ParamKind::real: return to_string(value);
    case ParamKind::text: return quoted(value.view());
    case ParamKind::date:
    case ParamKind::time:
    case ParamKind::timestamp:
    case ParamKind::timestamp_tz:
    case ParamKind::interval:
    case ParamKind::uuid:
    case ParamKind::json:
    case ParamKind::bytes: break;
    }
    const auto owned = to_value(value);
    if (value.kind == ParamKind::date) return quoted(to_string(std::get<Date>(owned.variant())));
    if (value.kind == ParamKind::time) return quoted(to_string(std::get<Time>(owned.variant())));
    if (value.kind == ParamKind::timestamp) return quoted(to_string(std::get<Timestamp>(owned.variant())));
    if (value.kind == ParamKind::timestamp_tz) return quoted(to_string(std::get<TimestampTz>(owned.variant())));
    if (value.kind == ParamKind::uuid) return quoted(to_string(std::get<Uuid>(owned.variant())));
    throw CompileError("a value of this type cannot be written as a literal");
}

std::string Compiler::empty_in_list(bool negated) const { return negated ? "NULL) OR (1 = 1" : "NULL) AND (1 != 1"; }

} // namespace azoth
