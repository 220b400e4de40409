// SPDX-License-Identifier: MIT
// The expression and statement tree: immutable nodes, shared, each with its structural key.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <azoth/schema/data.hpp>
#include <azoth/sql/fwd.hpp>
#include <azoth/sql/key.hpp>
#include <azoth/sql/memo.hpp>
#include <azoth/sql/operators.hpp>
#include <azoth/types/type.hpp>
#include <azoth/types/value.hpp>

namespace azoth::sql {

enum class NodeKind : std::uint8_t {
    // expressions
    column,
    bind,
    constant,       ///< NULL, true, false, *
    literal_column, ///< raw SQL as an expression
    unary,
    binary,
    boolean_list, ///< AND or OR of two and more
    in_list,
    function,
    over,
    case_,
    cast,
    label,
    label_reference, ///< the name of a label, in ORDER BY and GROUP BY
    tuple,
    scalar_subquery,
    exists,
    next_value, ///< of a sequence
    entity, ///< all columns of a mapped class or a table
    // FROM elements
    table,
    alias,
    cte,
    join,
    // statements
    select,
    insert,
    update,
    delete_,
    text,
    ddl, ///< CREATE, ALTER, DROP, COMMENT
};

struct Node {
    explicit Node(NodeKind k) noexcept : kind(k), key(Key::seed()) { key.mix(static_cast<std::uint64_t>(k)); }
    virtual ~Node() = default;
    Node& operator=(const Node&) = delete;

    NodeKind kind;
    bool has_binds = false; ///< some bound parameter lies below
    bool anonymous = false; ///< some alias without a name lies below: its identity is not in `key`
    Key key;

protected:
    Node(const Node&) = default; ///< for statements, which are copied to be changed

    void mix_child(const NodePtr& child) noexcept {
        if (!child) {
            key.mix(std::uint64_t{0});
            return;
        }
        key.mix(child->key);
        has_binds = has_binds || child->has_binds;
        anonymous = anonymous || child->anonymous;
    }
    void mix_children(const std::vector<NodePtr>& children) noexcept {
        key.mix(children.size());
        for (const auto& child : children) mix_child(child);
    }
};

/// A node that has a value, and so a SQL type.
struct ExpressionNode : Node {
    ExpressionNode(NodeKind k, Type value_type) noexcept : Node(k), type(value_type) { key.mix(type.hash()); }
    Type type;
};

struct TableNode final : Node {
    explicit TableNode(std::shared_ptr<const schema::TableData> data) noexcept
        : Node(NodeKind::table), table(std::move(data)) {
        key.mix(table->serial);
    }
    std::shared_ptr<const schema::TableData> table;
};

/// `column` of a FROM element: a table, an alias, a subquery, a CTE.
struct ColumnNode final : ExpressionNode {
    ColumnNode(NodePtr from_element, std::string column_name, Type column_type, const schema::ColumnData* data) noexcept
        : ExpressionNode(NodeKind::column, column_type), from(std::move(from_element)), name(std::move(column_name)),
          column(data) {
        mix_child(from);
        key.mix(name);
    }
    NodePtr from; ///< null: a bare name
    std::string name;
    const schema::ColumnData* column; ///< null when it is no table's column; kept alive by `from`
};

/// One bound value; the value is not part of the key. Or, with a position, a value that each parameter row brings.
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
        value = Value{Value::Variant{std::move(text)}};
    }
    Value value;
    std::optional<std::size_t> position; ///< in the parameter row
    bool inlined = false;                ///< a literal of the text, no parameter
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
    /// With an operator of the user's own.
    BinaryNode(std::string op_text, NodePtr l, NodePtr r, Type value_type) noexcept
        : BinaryNode(Operator::custom, std::move(l), std::move(r), value_type) {
        custom = std::move(op_text);
        key.mix(custom);
    }
    Operator op;
    NodePtr left;
    NodePtr right;
    NodePtr third;      ///< BETWEEN's upper bound, LIKE's escape
    std::string custom; ///< the text of Operator::custom
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
        : ExpressionNode(NodeKind::in_list, Boolean{}), operand(std::move(child)), values(std::move(list)),
          item_type(item), negated(negate) {
        mix_child(operand);
        key.mix(item_type.hash());
        key.mix(std::uint64_t{negated});
        has_binds = true;
    }
    NodePtr operand;
    std::vector<Value> values;
    Type item_type;
    bool negated;
};

struct FunctionNode final : ExpressionNode {
    FunctionNode(std::string function_name, std::vector<NodePtr> args, Type value_type) noexcept
        : ExpressionNode(NodeKind::function, value_type), name(std::move(function_name)), arguments(std::move(args)) {
        key.mix(name);
        mix_children(arguments);
    }
    std::string name;
    std::vector<NodePtr> arguments;
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
    CastNode(NodePtr child, Type value_type) noexcept
        : ExpressionNode(NodeKind::cast, value_type), operand(std::move(child)) {
        mix_child(operand);
    }
    NodePtr operand;
};

struct LabelNode final : ExpressionNode {
    LabelNode(std::string label_name, NodePtr child, Type value_type) noexcept
        : ExpressionNode(NodeKind::label, value_type), name(std::move(label_name)), operand(std::move(child)) {
        key.mix(name);
        mix_child(operand);
    }
    std::string name;
    NodePtr operand;
};

struct LabelReferenceNode final : ExpressionNode {
    explicit LabelReferenceNode(std::string label_name) noexcept
        : ExpressionNode(NodeKind::label_reference, Type{}), name(std::move(label_name)) {
        key.mix(name);
    }
    std::string name;
};

struct TupleNode final : ExpressionNode {
    explicit TupleNode(std::vector<NodePtr> members) noexcept
        : ExpressionNode(NodeKind::tuple, Type{}), items(std::move(members)) {
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

/// A table or a subquery under another name; without a name of its own the compiler numbers it.
struct AliasNode final : Node {
    AliasNode(NodePtr what, std::string alias_name);
    NodePtr element; ///< a table, or a select
    std::string name; ///< empty: anonymous
    std::uint64_t serial = 0; ///< of an anonymous alias: its identity
};

struct CteNode final : Node {
    CteNode(NodePtr statement, std::string cte_name);
    NodePtr select;
    std::string name; ///< empty: anonymous
    std::uint64_t serial = 0;
};

struct JoinNode final : Node {
    JoinNode(NodePtr l, NodePtr r, NodePtr condition, bool is_outer) noexcept
        : Node(NodeKind::join), left(std::move(l)), right(std::move(r)), on(std::move(condition)), outer(is_outer) {
        mix_child(left);
        mix_child(right);
        mix_child(on);
        key.mix(std::uint64_t{outer});
    }
    NodePtr left;
    NodePtr right;
    NodePtr on; ///< null: ON true
    bool outer;
};

/// A statement; builders copy it to change it, so its members are filled by the builder functions in `sql/`.
struct StatementNode : Node {
    using Node::Node;
    StatementMemo memo; ///< not part of the statement: what engines remember of it
};

struct SelectNode final : StatementNode {
    SelectNode() noexcept : StatementNode(NodeKind::select) {}
    SelectNode(const SelectNode&) = default;

    std::vector<NodePtr> columns;
    std::vector<NodePtr> from; ///< named by select_from() and join(); others follow from what is mentioned
    std::vector<NodePtr> where;
    std::vector<NodePtr> group_by;
    std::vector<NodePtr> having;
    std::vector<NodePtr> order_by;
    NodePtr limit;
    NodePtr offset;
    bool distinct = false;
    bool for_update = false;
    std::shared_ptr<const void> options; ///< the ORM's loader options; not rendered

    /// Adds to a clause and to the key. Builders call these on a node nobody else can see yet.
    void add(std::vector<NodePtr> SelectNode::*clause, std::uint64_t tag, NodePtr child);
    void set(NodePtr SelectNode::*clause, std::uint64_t tag, NodePtr child);
    void set_flag(bool SelectNode::*flag, std::uint64_t tag);
    /// Replaces `from[position]` by a join that begins with it, or appends the join.
    void join(std::optional<std::size_t> position, NodePtr joined);
};

/// `column = expression` of an INSERT or UPDATE. A null expression takes its value from the parameter row.
struct AssignmentPair {
    std::shared_ptr<const ColumnNode> column;
    NodePtr value;
};

/// What INSERT, UPDATE and DELETE share.
struct DmlNode : StatementNode {
    DmlNode(NodeKind k, NodePtr target) noexcept : StatementNode(k), table(std::move(target)) { mix_child(table); }
    DmlNode(const DmlNode&) = default;

    NodePtr table; ///< a TableNode
    std::vector<AssignmentPair> assignments;
    std::vector<NodePtr> where;
    std::vector<NodePtr> returning;

    void assign(AssignmentPair pair);
    void add(std::vector<NodePtr> DmlNode::*clause, std::uint64_t tag, NodePtr child);
    [[nodiscard]] const schema::TableData& table_data() const noexcept {
        return *static_cast<const TableNode&>(*table).table;
    }
};

struct TextNode final : StatementNode {
    TextNode() noexcept : StatementNode(NodeKind::text) {}
    TextNode(const TextNode&) = default;

    /// The text in pieces: before each parameter, and after the last.
    std::vector<std::string> pieces;
    std::vector<std::string> names; ///< the parameter behind each piece but the last
    std::vector<std::pair<std::string, NodePtr>> binds;

    void parse(std::string_view sql);
    void bind(std::string_view name, NodePtr value);
};

/// A statement's bound values, in an order that depends on its structure alone.
struct BindList {
    std::vector<const ExpressionNode*> nodes; ///< BindNode or InListNode; one that occurs again is listed once
    Key sharing{};                            ///< which occurrences were repeats; zero when none was
    bool literal = false; ///< write the values into the text; such a compilation must not be cached
};
[[nodiscard]] BindList collect_binds(const Node& statement);

/// The key of a whole statement: its node's key with the identities of anonymous aliases and of repeated parameters
/// numbered in order of appearance, so that equal keys mean equal SQL.
[[nodiscard]] Key statement_key(const Node& statement, const BindList& binds);

// Makers for the typed front.
[[nodiscard]] NodePtr make_bind(Value value, const Type& type);
[[nodiscard]] NodePtr make_null();
[[nodiscard]] NodePtr make_constant(Constant constant);
[[nodiscard]] NodePtr make_unary(Operator op, NodePtr operand, Type type);
[[nodiscard]] NodePtr make_binary(Operator op, NodePtr left, NodePtr right, Type type, NodePtr third = {});
/// Text that is written into the statement as a quoted literal and is part of its key.
[[nodiscard]] NodePtr make_inline_text(std::string text);
/// AND / OR with nested lists of the same operator flattened and true and false folded away; a single condition
/// is itself.
[[nodiscard]] NodePtr make_boolean_list(Operator op, std::vector<NodePtr> conditions);
/// NOT, or the opposite operator where there is one.
[[nodiscard]] NodePtr make_not(const NodePtr& condition);
[[nodiscard]] const Type& type_of(const Node& node) noexcept;
/// `base` unless it is unknown, then the other.
[[nodiscard]] const Type& type_or(const Type& base, const Type& other) noexcept;

} // namespace azoth::sql
