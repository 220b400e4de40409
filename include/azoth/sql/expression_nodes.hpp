// SPDX-License-Identifier: MIT
// The nodes that have a value: columns, parameters, operators, functions.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <azoth/schema/data.hpp>
#include <azoth/sql/node_base.hpp>
#include <azoth/sql/operators.hpp>
#include <azoth/types/type.hpp>
#include <azoth/types/value.hpp>

namespace azoth::sql {

/// `column` of a FROM element: a table, an alias, a subquery, a CTE.
struct ColumnNode final : ExpressionNode {
    ColumnNode(
        NodePtr from_element, QuotedName column_name, Type column_type, const schema::ColumnData* data,
        const Node* unnamed_expression = nullptr, std::string own_handle = {}) noexcept
        : ExpressionNode(NodeKind::column, column_type), from(std::move(from_element)), name(std::move(column_name)),
          column(data), unnamed(unnamed_expression), handle(std::move(own_handle)) {
        mix_child(from);
        mix_quoted(name);
        if (!handle.empty()) key.mix(handle);
    }
    NodePtr from; ///< null: a bare name
    QuotedName name; ///< empty: the one column of a function that returns rows, which is called as it is
    const schema::ColumnData* column; ///< null when it is no table's column; kept alive by `from`
    /// From raw SQL in the subquery that it is a column of: written as it is.
    [[nodiscard]] bool is_literal() const noexcept { return unnamed != nullptr && unnamed->kind == NodeKind::literal_column; }
    const Node* unnamed; ///< what has no name of its own in the subquery that it is a column of; the compiler numbers it
    std::string handle;  ///< the name that code finds it by; empty: `name`
    [[nodiscard]] const std::string& handle_or_name() const noexcept { return handle.empty() ? name : handle; }
};

/// One bound value; the value is not part of the key. Or, with a position, a value that each parameter row brings; or, with a
/// name, one that may be given later.
struct BindNode final : ExpressionNode {
    BindNode(Value bound, Type value_type) noexcept : ExpressionNode(NodeKind::bind, value_type), value(std::move(bound)) {
        has_binds = true;
    }
    BindNode(std::size_t row_position, Type value_type) noexcept
        : ExpressionNode(NodeKind::bind, value_type), position(row_position) {
        key.mix(row_position + 1);
    }
    /// A value that is written into the SQL text, and so is part of the key: LIKE's escape character.
    BindNode(std::string text, const Type& value_type, bool) noexcept
        : ExpressionNode(NodeKind::bind, value_type), inlined(true) {
        key.mix(text);
        value = Value{std::move(text)};
    }
    /// Named: all that have the name are one parameter, unless it is unique.
    BindNode(std::string parameter_name, std::optional<Value> bound, Type value_type, bool is_unique = false) noexcept
        : ExpressionNode(NodeKind::bind, value_type), name(std::move(parameter_name)), required(!bound), unique(is_unique) {
        has_binds = true;
        key.mix(name);
        key.mix(std::uint64_t{unique});
        if (bound) value = std::move(*bound);
    }
    Value value;
    std::optional<std::size_t> position; ///< in the parameter row
    std::string name;                    ///< empty: none
    bool inlined = false;                ///< a literal of the text, no parameter
    bool required = false;               ///< has no value yet
    bool unique = false;                 ///< another parameter than those of the same name
};

enum class Constant : std::uint8_t { null, true_, false_, star };

struct ConstantNode final : ExpressionNode {
    ConstantNode(Constant c, Type value_type) noexcept : ExpressionNode(NodeKind::constant, value_type), constant(c) {
        key.mix(static_cast<std::uint64_t>(c));
    }
    Constant constant;
};

struct LiteralColumnNode final : ExpressionNode {
    LiteralColumnNode(std::string sql, Type value_type) noexcept
        : ExpressionNode(NodeKind::literal_column, value_type), text(std::move(sql)) {
        key.mix(text);
    }
    std::string text;
};

struct UnaryNode final : ExpressionNode {
    UnaryNode(Operator o, NodePtr child, Type value_type) noexcept
        : ExpressionNode(NodeKind::unary, value_type), op(o), operand(std::move(child)) {
        key.mix(static_cast<std::uint64_t>(op));
        mix_child(operand);
    }
    Operator op;
    NodePtr operand;
};

struct BinaryNode final : ExpressionNode {
    BinaryNode(Operator o, NodePtr l, NodePtr r, Type value_type, NodePtr escape_or_upper = {}) noexcept
        : ExpressionNode(NodeKind::binary, value_type), op(o), left(std::move(l)), right(std::move(r)),
          third(std::move(escape_or_upper)) {
        key.mix(static_cast<std::uint64_t>(op));
        mix_child(left);
        mix_child(right);
        mix_child(third);
    }
    /// With an operator of the user's own, and the precedence that decides its parentheses.
    BinaryNode(
        std::string op_text, NodePtr l, NodePtr r, Type value_type, int op_precedence = 0, bool groups_eagerly = false) noexcept
        : BinaryNode(Operator::custom, std::move(l), std::move(r), value_type) {
        custom = std::move(op_text);
        custom_precedence = op_precedence;
        custom_eager = groups_eagerly;
        key.mix(custom);
        key.mix(static_cast<std::uint64_t>(op_precedence));
    }
    /// With what modifies the operator.
    BinaryNode(Operator o, NodePtr l, NodePtr r, Type value_type, NodePtr third_operand, std::string modifier) noexcept
        : BinaryNode(o, std::move(l), std::move(r), value_type, std::move(third_operand)) {
        custom = std::move(modifier);
        key.mix(custom);
    }
    Operator op;
    NodePtr left;
    NodePtr right;
    NodePtr third;      ///< BETWEEN's upper bound, LIKE's escape, the replacement of regexp_replace
    std::string custom; ///< the text of Operator::custom; flags of a regular expression; the configuration of a text search
    int custom_precedence = 0;
    bool custom_eager = false; ///< Operator::custom: in parentheses inside any other operator
};

struct BooleanListNode final : ExpressionNode {
    BooleanListNode(Operator o, std::vector<NodePtr> parts) noexcept
        : ExpressionNode(NodeKind::boolean_list, Boolean{}), op(o), operands(std::move(parts)) {
        key.mix(static_cast<std::uint64_t>(op));
        mix_children(operands);
    }
    Operator op; ///< and_ or or_
    std::vector<NodePtr> operands;
};

/// `operand IN (values)`: how many values there are is not part of the key; they expand when the statement is executed.
struct InListNode final : ExpressionNode {
    InListNode(NodePtr child, std::vector<Value> list, Type item, bool negate) noexcept
        : InListNode(std::move(child), std::move(list), std::vector<Type>{item}, negate) {}
    /// Of tuples: `list` holds them one after the other. With a name the list may be given later.
    InListNode(
        NodePtr child, std::vector<Value> list, std::vector<Type> items, bool negate, std::string parameter_name = {},
        bool is_required = false) noexcept
        : ExpressionNode(NodeKind::in_list, Boolean{}), operand(std::move(child)), values(std::move(list)),
          item_types(std::move(items)), negated(negate), required(is_required), name(std::move(parameter_name)) {
        mix_child(operand);
        for (const auto& item : item_types) {
            key.mix(item.hash());
            uncacheable = uncacheable || !item.is_cacheable();
        }
        key.mix(std::uint64_t{negated});
        if (!name.empty()) key.mix(name);
        has_binds = true;
    }
    NodePtr operand; ///< null: the list alone, for text()
    std::vector<Value> values;
    std::vector<Type> item_types; ///< one, or one for each member of a tuple
    bool negated;
    bool required;    ///< has no list yet
    std::string name; ///< empty: none
};

struct FunctionNode final : ExpressionNode {
    FunctionNode(std::string function_name, std::vector<NodePtr> args, Type value_type, std::vector<NodePtr> order = {}) noexcept
        : ExpressionNode(NodeKind::function, value_type), name(std::move(function_name)), arguments(std::move(args)),
          order_by(std::move(order)) {
        key.mix(name);
        mix_children(arguments);
        if (!order_by.empty()) mix_children(order_by);
    }
    std::string name;
    std::vector<NodePtr> arguments;
    std::vector<NodePtr> order_by; ///< of an aggregate, inside its parentheses
};

/// One end of a window's frame.
struct FrameBound {
    enum class Kind : std::uint8_t { unbounded, current_row, preceding, following };

    Kind kind = Kind::unbounded;
    NodePtr distance; ///< preceding, following: how far

    FrameBound() = default;
};

/// ROWS, RANGE or GROUPS BETWEEN … AND ….
struct WindowFrame {
    enum class Mode : std::uint8_t { none, rows, range, groups };

    Mode mode = Mode::none;
    FrameBound lower;
    FrameBound upper;
    std::string exclude; ///< "CURRENT ROW", "GROUP", "TIES", "NO OTHERS"; empty: nothing said

    WindowFrame() = default;
};

/// What stands in the parentheses of OVER.
struct Window {
    std::vector<NodePtr> partition_by;
    std::vector<NodePtr> order_by;
    WindowFrame frame;

    Window() = default;
};

struct OverNode final : ExpressionNode {
    OverNode(NodePtr f, Window w, Type value_type) noexcept
        : ExpressionNode(NodeKind::over, value_type), function(std::move(f)), window(std::move(w)) {
        mix_child(function);
        mix_children(window.partition_by);
        mix_children(window.order_by);
        key.mix(static_cast<std::uint64_t>(window.frame.mode));
        if (!window.frame.exclude.empty()) key.mix(window.frame.exclude);
        for (const auto* bound : {&window.frame.lower, &window.frame.upper}) {
            key.mix(static_cast<std::uint64_t>(bound->kind));
            mix_child(bound->distance);
        }
    }
    NodePtr function;
    Window window;
};

struct CaseNode final : ExpressionNode {
    using Whens = std::vector<std::pair<NodePtr, NodePtr>>;
    CaseNode(NodePtr compared, Whens branches, NodePtr otherwise, Type value_type) noexcept
        : ExpressionNode(NodeKind::case_, value_type), value(std::move(compared)), whens(std::move(branches)),
          else_(std::move(otherwise)) {
        mix_child(value);
        key.mix(whens.size());
        for (const auto& [when, then] : whens) {
            mix_child(when);
            mix_child(then);
        }
        mix_child(else_);
    }
    NodePtr value; ///< null: searched CASE
    Whens whens;
    NodePtr else_; ///< null: none
};

struct CastNode final : ExpressionNode {
    CastNode(NodePtr child, Type value_type, bool or_null = false) noexcept
        : ExpressionNode(NodeKind::cast, value_type), operand(std::move(child)), is_try(or_null) {
        mix_child(operand);
        key.mix(std::uint64_t{is_try});
    }
    NodePtr operand;
    bool is_try; ///< TRY_CAST
};

/// The same SQL under another type.
struct TypeCoerceNode final : ExpressionNode {
    TypeCoerceNode(NodePtr child, Type value_type) noexcept
        : ExpressionNode(NodeKind::type_coerce, value_type), operand(std::move(child)) {
        mix_child(operand);
    }
    NodePtr operand;
};

struct LabelNode final : ExpressionNode {
    LabelNode(QuotedName label_name, NodePtr child, Type value_type) noexcept
        : ExpressionNode(NodeKind::label, value_type), name(std::move(label_name)), operand(std::move(child)) {
        mix_quoted(name);
        mix_child(operand);
    }
    QuotedName name;
    NodePtr operand;
};

struct LabelReferenceNode final : ExpressionNode {
    explicit LabelReferenceNode(QuotedName label_name) noexcept
        : ExpressionNode(NodeKind::label_reference, Type{}), name(std::move(label_name)) {
        mix_quoted(name);
    }
    QuotedName name;
};

struct TupleNode final : ExpressionNode {
    explicit TupleNode(std::vector<NodePtr> members) noexcept
        : ExpressionNode(NodeKind::tuple, Type{}), items(std::move(members)) {
        mix_children(items);
    }
    std::vector<NodePtr> items;
};

/// ARRAY[…] of PostgreSQL.
struct ArrayNode final : ExpressionNode {
    ArrayNode(std::vector<NodePtr> members, Type array_type) noexcept
        : ExpressionNode(NodeKind::array, array_type), items(std::move(members)) {
        mix_children(items);
    }
    std::vector<NodePtr> items;
};

struct ScalarSubqueryNode final : ExpressionNode {
    ScalarSubqueryNode(NodePtr statement, Type value_type) noexcept
        : ExpressionNode(NodeKind::scalar_subquery, value_type), select(std::move(statement)) {
        mix_child(select);
    }
    NodePtr select;
};

struct ExistsNode final : ExpressionNode {
    ExistsNode(NodePtr statement, bool negate) noexcept
        : ExpressionNode(NodeKind::exists, Boolean{}), select(std::move(statement)), negated(negate) {
        mix_child(select);
        key.mix(std::uint64_t{negated});
    }
    NodePtr select;
    bool negated;
};

/// Several columns that are selected as one thing: the ORM hangs its class on `tag`.
struct EntityNode final : Node {
    EntityNode(NodePtr from_element, std::vector<NodePtr> entity_columns, const void* mapped_class) noexcept
        : Node(NodeKind::entity), from(std::move(from_element)), columns(std::move(entity_columns)), tag(mapped_class) {
        mix_child(from);
        mix_children(columns);
        key.mix(reinterpret_cast<std::uintptr_t>(tag));
    }
    NodePtr from;
    std::vector<NodePtr> columns;
    const void* tag; ///< null: a table
};

} // namespace azoth::sql
