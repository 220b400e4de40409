// SPDX-License-Identifier: MIT
// Rendering operators: parentheses by precedence, conditions without a boolean type, LIKE and its kin.
#include "compiler/grouping.hpp"

#include <cstdint>
#include <utility>
#include <variant>

#include <azoth/compiler/compiler.hpp>
#include <azoth/dialect/dialect.hpp>
#include <azoth/error.hpp>

namespace azoth {

using sql::NodeKind;
using sql::Operator;

Operator operator_of(const sql::Node& node) {
    switch (node.kind) {
    case NodeKind::binary: {
        const auto op = static_cast<const sql::BinaryNode&>(node).op;
        return op == Operator::not_in ? Operator::none : op; // NOT IN brings its own parentheses
    }
    case NodeKind::boolean_list:
        return static_cast<const sql::BooleanListNode&>(node).op;
    case NodeKind::unary:
        return static_cast<const sql::UnaryNode&>(node).op;
    case NodeKind::in_list:
        return static_cast<const sql::InListNode&>(node).negated ? Operator::none : Operator::in;
    case NodeKind::exists:
        return static_cast<const sql::ExistsNode&>(node).negated ? Operator::not_ : Operator::exists;
    case NodeKind::label:
        return operator_of(*static_cast<const sql::LabelNode&>(node).operand);
    case NodeKind::type_coerce:
        return operator_of(*static_cast<const sql::TypeCoerceNode&>(node).operand);
    default:
        return Operator::none;
    }
}

namespace {

/// A truth value taken out of a document.
bool is_document_truth(const sql::Node& node) {
    if (node.kind != NodeKind::binary || sql::type_of(node).kind != TypeKind::boolean) return false;
    const auto op = static_cast<const sql::BinaryNode&>(node).op;
    return op == Operator::json_getitem || op == Operator::json_path_getitem;
}

} // namespace

bool is_bare_boolean(const sql::Node& node) {
    if (node.kind == NodeKind::label)
        return is_bare_boolean(*static_cast<const sql::LabelNode&>(node).operand);
    if (sql::type_of(node).kind != TypeKind::boolean)
        return false;
    switch (node.kind) {
    case NodeKind::column:
    case NodeKind::bind:
    case NodeKind::constant:
    case NodeKind::literal_column:
    case NodeKind::function:
    case NodeKind::over:
    case NodeKind::case_:
    case NodeKind::cast:
    case NodeKind::scalar_subquery:
        return true;
    default:
        return false;
    }
}

namespace {

/// An operator of the user's own has the precedence that it was given.
int precedence_of(const sql::Node& node) {
    if (node.kind == NodeKind::binary) {
        const auto& binary = static_cast<const sql::BinaryNode&>(node);
        if (binary.op == Operator::custom)
            return binary.custom_precedence;
    }
    if (node.kind == NodeKind::label)
        return precedence_of(*static_cast<const sql::LabelNode&>(node).operand);
    return precedence(operator_of(node));
}

/// An eager operator brings its own parentheses.
bool chains(const sql::Node& node, Operator outer) {
    return outer == Operator::custom && node.kind == NodeKind::binary && static_cast<const sql::BinaryNode&>(node).custom_eager;
}

bool is_json_access(Operator op) {
    return op == Operator::json_getitem || op == Operator::json_path_getitem || op == Operator::json_text
        || op == Operator::json_path_text;
}

/// What is then rendered like `operand()`, wherever it comes to stand.
sql::NodePtr in_parentheses(const sql::NodePtr& node, Operator outer) {
    if (!needs_parentheses(operator_of(*node), outer))
        return node;
    return std::make_shared<sql::TupleNode>(std::vector{node});
}

} // namespace

void Compiler::operand(const sql::Node& node, Operator outer) {
    operand_within(node, outer, precedence(outer));
}

void Compiler::operand_within(const sql::Node& node, Operator outer, int outer_precedence) {
    const auto inner = operator_of(node);
    const bool custom = inner == Operator::custom || outer == Operator::custom;
    const bool parentheses = custom && inner != Operator::none && outer != Operator::none
                                 ? precedence_of(node) <= outer_precedence && !chains(node, outer)
                                 : needs_parentheses(inner, outer);
    if (parentheses)
        out_ += '(';
    visit(node);
    if (parentheses)
        out_ += ')';
}

void Compiler::grouped(const sql::Node& node) {
    auto op = operator_of(node);
    const bool not_in =
        (node.kind == NodeKind::in_list && static_cast<const sql::InListNode&>(node).negated) ||
        (node.kind == NodeKind::binary && static_cast<const sql::BinaryNode&>(node).op == Operator::not_in);
    if (not_in)
        op = Operator::not_in; // its own parentheses do not count
    const bool single = op == Operator::none || op == Operator::extract ||
                        (op == Operator::not_ && node.kind == NodeKind::unary &&
                         is_bare_boolean(*static_cast<const sql::UnaryNode&>(node).operand));
    if (!single)
        out_ += '(';
    visit(node);
    if (!single)
        out_ += ')';
}

void Compiler::condition(const sql::Node& node, Operator outer) {
    operand(node, outer);
    if (is_bare_boolean(node) && !dialect_.features().native_boolean)
        out_ += " = 1";
}

void Compiler::infix(const sql::BinaryNode& node, std::string_view op) {
    const bool inside = std::exchange(in_operator_, true);
    infix_plain(node, op);
    in_operator_ = inside;
}

void Compiler::infix_plain(const sql::BinaryNode& node, std::string_view op) {
    const int binds = node.op == Operator::custom ? node.custom_precedence : precedence(node.op);
    operand_within(*node.left, node.op, binds);
    out_ += ' ';
    out_ += op;
    out_ += ' ';
    operand_within(*node.right, node.op, binds);
}

void Compiler::infix_eager(const sql::BinaryNode& node, std::string_view op) {
    const bool inside = in_operator_;
    if (inside)
        out_ += '(';
    if (is_json_access(operator_of(*node.left)) && is_json_access(node.op)) {
        in_operator_ = true;
        const auto start = out_.size();
        visit(*node.left);
        if (out_[start] != '(' || out_.back() != ')') { // it is a subscript or a CAST, without parentheses of its own
            out_.insert(start, 1, '(');
            out_ += ')';
        }
        ((out_ += ' ') += op) += ' ';
        operand(*node.right, node.op);
        in_operator_ = inside;
    } else {
        infix(node, op);
    }
    if (inside)
        out_ += ')';
}

void Compiler::visit_unary(const sql::UnaryNode& node) {
    switch (node.op) {
    case Operator::asc:
    case Operator::desc:
        if (operator_of(*node.operand) == Operator::exists) grouped(*node.operand);
        else operand(*node.operand, Operator::comma);
        (out_ += ' ').append(text_of(node.op));
        return;
    case Operator::nulls_first:
    case Operator::nulls_last:
        if (precedence(operator_of(*node.operand)) == precedence(Operator::asc)) visit(*node.operand);
        else grouped(*node.operand);
        (out_ += ' ').append(text_of(node.op));
        return;
    case Operator::any:
    case Operator::all:
        if (node.operand->kind != NodeKind::scalar_subquery) {
            out_.append(text_of(node.op)) += " (";
            visit(*node.operand);
            out_ += ')';
            return;
        }
        out_.append(text_of(node.op)) += ' ';
        operand(*node.operand, node.op);
        return;
    case Operator::not_:
        if (is_document_truth(*node.operand)) {
            const bool native = dialect_.features().native_boolean;
            out_ += native ? "NOT (" : "(";
            visit(*node.operand);
            out_ += native ? ")" : ") = 0";
            return;
        }
        if (is_bare_boolean(*node.operand) && !dialect_.features().native_boolean) {
            visit(*node.operand);
            out_ += " = 0";
            return;
        }
        [[fallthrough]];
    case Operator::distinct:
        out_.append(text_of(node.op)) += ' ';
        operand(*node.operand, node.op);
        return;
    default:
        out_ += text_of(node.op);
        operand(*node.operand, node.op);
    }
}

void Compiler::visit_binary(const sql::BinaryNode& node) {
    switch (node.op) {
    case Operator::divide:
        render_divide(node);
        return;
    case Operator::floor_divide: {
        const bool integers = sql::type_of(*node.left).is_integer() && sql::type_of(*node.right).is_integer();
        const bool plain = integers && divides_integers();
        if (!plain)
            out_ += "FLOOR(";
        infix(node, "/");
        if (!plain)
            out_ += ')';
        return;
    }
    case Operator::custom:
        if (node.custom.find('\0') != std::string::npos)
            throw CompileError("SQL text must not contain a NUL character");
        if (node.custom_eager)
            infix_eager(node, node.custom);
        else
            infix(node, node.custom);
        return;
    case Operator::getitem:
    case Operator::json_getitem:
    case Operator::json_path_getitem:
        render_item(node);
        return;
    case Operator::slice:
        visit(*node.left);
        out_ += ':';
        visit(*node.right);
        return;
    case Operator::json_text:
    case Operator::json_path_text:
        render_item_text(node);
        return;
    case Operator::regexp_replace:
        render_regexp_replace(node);
        return;
    case Operator::not_in:
        out_ += '(';
        infix(node, "NOT IN");
        out_ += ')';
        return;
    case Operator::like:
    case Operator::not_like:
        infix_plain(node, text_of(node.op));
        break;
    case Operator::ilike:
    case Operator::not_ilike:
        visit(*case_folded(in_parentheses(node.left, node.op)));
        out_ += like_word(true, node.op == Operator::not_ilike);
        visit(*case_folded(in_parentheses(node.right, node.op)));
        break;
    case Operator::regexp_match:
    case Operator::not_regexp_match:
        render_regexp(node);
        return;
    case Operator::not_match:
        out_ += "NOT ";
        [[fallthrough]];
    case Operator::match:
        render_match(node);
        return;
    case Operator::extract:
        render_extract(static_cast<const sql::LiteralColumnNode&>(*node.left).text, *node.right);
        return;
    case Operator::filter:
        operand(*node.left, node.op);
        out_ += " FILTER (WHERE ";
        condition(*node.right, Operator::comma);
        out_ += ')';
        return;
    case Operator::within_group:
        visit(*node.left);
        out_ += " WITHIN GROUP (ORDER BY ";
        list(static_cast<const sql::TupleNode&>(*node.right).items);
        out_ += ')';
        return;
    case Operator::between:
    case Operator::not_between:
        infix(node, node.custom.empty() ? std::string{text_of(node.op)} : std::string{text_of(node.op)} + ' ' + node.custom);
        out_ += " AND ";
        operand(*node.third, node.op);
        return;
    default:
        if (is_like_family(node.op))
            render_like_family(node);
        else
            infix(node, text_of(node.op));
    }
    if (node.third) {
        out_ += " ESCAPE ";
        visit(*node.third);
    }
}

void Compiler::render_like_family(const sql::BinaryNode& node) {
    using enum Operator;
    const auto is_one_of = [&](auto... ops) { return ((node.op == ops) || ...); };
    const bool negated =
        is_one_of(not_startswith, not_istartswith, not_endswith, not_iendswith, not_contains, not_icontains);
    const bool any_case =
        is_one_of(istartswith, not_istartswith, iendswith, not_iendswith, icontains, not_icontains);
    const bool open_end = !is_one_of(endswith, not_endswith, iendswith, not_iendswith);
    const bool open_start = !is_one_of(startswith, not_startswith, istartswith, not_istartswith);

    // '%' || value || '%', the value by itself so that the dialect may lower() it. `any` binds tighter than what an
    // operand can be made of.
    const auto wild = sql::make_inline_text("%");
    auto pattern = node.right;
    if (any_case)
        pattern = case_folded(in_parentheses(node.right, any));
    else if (operator_of(*node.right) != concat)
        pattern = in_parentheses(node.right, any);
    if (open_start)
        pattern = sql::make_binary(concat, wild, std::move(pattern), String{});
    if (open_end)
        pattern = sql::make_binary(concat, std::move(pattern), wild, String{});

    const auto left = in_parentheses(node.left, any);
    visit(any_case ? *case_folded(left) : *left);
    out_ += like_word(any_case, negated);
    visit(*pattern);
}

sql::NodePtr Compiler::case_folded(const sql::NodePtr& node) const {
    return node;
}

std::string_view Compiler::like_word(bool any_case, bool negated) const {
    if (any_case)
        return negated ? " NOT ILIKE " : " ILIKE ";
    return negated ? " NOT LIKE " : " LIKE ";
}

void Compiler::render_divide(const sql::BinaryNode& node) {
    infix(node, "/");
}

void Compiler::divide_by_numeric(const sql::BinaryNode& node) {
    const auto& divisor = *node.right;
    Type type = sql::type_of(divisor);
    const bool integer_value =
        divisor.kind == NodeKind::bind &&
        std::holds_alternative<std::int64_t>(static_cast<const sql::BindNode&>(divisor).value.variant());
    // an integer is one whatever it is compared with
    if (integer_value || type.is_integer() || !type.is_numeric())
        type = Numeric{};
    operand(*node.left, node.op);
    out_ += " / CAST(";
    operand(divisor, node.op);
    out_ += " AS " + dialect_.type_text(type) + ")";
}

void Compiler::render_item_text(const sql::BinaryNode&) {
    throw UnsupportedCompilationError(std::string{dialect_.name()} + " has no ->>; use as_string()");
}

void Compiler::render_item(const sql::BinaryNode&) {
    throw UnsupportedCompilationError(std::string{dialect_.name()} + " has no access to elements of arrays and documents");
}

void Compiler::render_regexp(const sql::BinaryNode& node) {
    if (!node.custom.empty())
        throw CompileError(std::string{dialect_.name()} + " has no flags for regular expressions");
    infix(node, text_of(node.op));
}

void Compiler::render_regexp_replace(const sql::BinaryNode& node) {
    out_ += "REGEXP_REPLACE(";
    visit(*node.left);
    out_ += ", ";
    visit(*node.right);
    out_ += ", ";
    visit(*node.third);
    if (!node.custom.empty())
        out_ += ", " + quoted_text(node.custom);
    out_ += ')';
}

std::string Compiler::quoted_text(const std::string& text) const {
    return literal(Param{ParamKind::text, text});
}

void Compiler::render_match(const sql::BinaryNode& node) {
    infix(node, "MATCH");
}

void Compiler::render_extract(std::string_view field, const sql::Node& from) {
    out_ += "EXTRACT(";
    raw(field);
    out_ += " FROM ";
    visit(from);
    out_ += ')';
}

void Compiler::visit_boolean_list(const sql::BooleanListNode& node) {
    bool first = true;
    for (const auto& part : node.operands) {
        if (!first)
            (out_ += ' ').append(text_of(node.op)) += ' ';
        first = false;
        condition(*part, node.op);
    }
}

} // namespace azoth
