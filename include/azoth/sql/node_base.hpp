// SPDX-License-Identifier: MIT
// Node: what all parts of the expression and statement tree share, and their kinds.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include <azoth/schema/quoted_name.hpp>
#include <azoth/sql/fwd.hpp>
#include <azoth/sql/key.hpp>
#include <azoth/types/type.hpp>

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
    type_coerce, ///< the same SQL with another type
    label,
    label_reference, ///< the name of a label, in ORDER BY and GROUP BY
    tuple,
    array, ///< ARRAY[…]
    scalar_subquery,
    exists,
    next_value, ///< of a sequence
    custom, ///< a construct of the user's own
    entity, ///< all columns of a mapped class or a table
    // FROM elements
    table,
    alias,
    cte,
    join,
    values,         ///< VALUES (…), (…)
    table_function, ///< a function that returns rows
    excluded,       ///< the row that an upsert could not insert
    textual_select, ///< text() that says what its columns are
    // statements
    select,
    compound, ///< UNION, EXCEPT, INTERSECT
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
    bool uncacheable = false; ///< what lies below says that it must not be kept compiled, or there is no use in it
    bool anonymous = false; ///< some alias without a name lies below: its identity is not in `key`
    Key key;

protected:
    Node(const Node&) = default; ///< for statements, which are copied to be changed

    void mix_quoted(const QuotedName& name) noexcept {
        key.mix(std::string_view{name});
        if (name.quoting() != Quoting::automatic) key.mix(static_cast<std::uint64_t>(name.quoting()));
    }
    void mix_child(const NodePtr& child) noexcept {
        if (!child) {
            key.mix(std::uint64_t{0});
            return;
        }
        key.mix(child->key);
        has_binds = has_binds || child->has_binds;
        anonymous = anonymous || child->anonymous;
        uncacheable = uncacheable || child->uncacheable;
    }
    void mix_children(const std::vector<NodePtr>& children) noexcept {
        key.mix(children.size());
        for (const auto& child : children) mix_child(child);
    }
};

/// A node that has a value, and so a SQL type.
struct ExpressionNode : Node {
    ExpressionNode(NodeKind k, Type value_type) noexcept : Node(k), type(value_type) {
        key.mix(type.hash());
        uncacheable = !type.is_cacheable();
    }
    Type type;
};

} // namespace azoth::sql
