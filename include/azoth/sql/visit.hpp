// SPDX-License-Identifier: MIT
// Walking a tree: the direct children of any node, in the order in which they are written.
#pragma once

#include <azoth/sql/node.hpp>

namespace azoth::sql {

/// Calls `visit(const NodePtr&)` for each direct child that is not null. The FROM element of a column is a child too.
template <class Visit>
void each_child(const Node& node, Visit&& visit) {
    const auto one = [&](const NodePtr& child) {
        if (child) visit(child);
    };
    const auto all = [&](const std::vector<NodePtr>& children) {
        for (const auto& child : children) one(child);
    };
    switch (node.kind) {
    case NodeKind::column: one(static_cast<const ColumnNode&>(node).from); break;
    case NodeKind::bind:
    case NodeKind::constant:
    case NodeKind::literal_column:
    case NodeKind::label_reference:
    case NodeKind::next_value:
    case NodeKind::ddl:
    case NodeKind::table: break;
    case NodeKind::unary: one(static_cast<const UnaryNode&>(node).operand); break;
    case NodeKind::binary: {
        const auto& binary = static_cast<const BinaryNode&>(node);
        one(binary.left), one(binary.right), one(binary.third);
        break;
    }
    case NodeKind::boolean_list: all(static_cast<const BooleanListNode&>(node).operands); break;
    case NodeKind::in_list: one(static_cast<const InListNode&>(node).operand); break;
    case NodeKind::function: all(static_cast<const FunctionNode&>(node).arguments); break;
    case NodeKind::over: {
        const auto& over = static_cast<const OverNode&>(node);
        one(over.function), all(over.window.partition_by), all(over.window.order_by);
        one(over.window.frame.lower.distance), one(over.window.frame.upper.distance);
        break;
    }
    case NodeKind::case_: {
        const auto& case_node = static_cast<const CaseNode&>(node);
        one(case_node.value);
        for (const auto& [when, then] : case_node.whens) one(when), one(then);
        one(case_node.else_);
        break;
    }
    case NodeKind::cast: one(static_cast<const CastNode&>(node).operand); break;
    case NodeKind::label: one(static_cast<const LabelNode&>(node).operand); break;
    case NodeKind::tuple: all(static_cast<const TupleNode&>(node).items); break;
    case NodeKind::scalar_subquery: one(static_cast<const ScalarSubqueryNode&>(node).select); break;
    case NodeKind::exists: one(static_cast<const ExistsNode&>(node).select); break;
    case NodeKind::entity: all(static_cast<const EntityNode&>(node).columns); break;
    case NodeKind::alias: one(static_cast<const AliasNode&>(node).element); break;
    case NodeKind::cte: one(static_cast<const CteNode&>(node).select); break;
    case NodeKind::join: {
        const auto& join = static_cast<const JoinNode&>(node);
        one(join.left), one(join.right), one(join.on);
        break;
    }
    case NodeKind::select: {
        const auto& select = static_cast<const SelectNode&>(node);
        all(select.columns), all(select.from), all(select.where), all(select.group_by), all(select.having);
        all(select.order_by), one(select.limit), one(select.offset);
        break;
    }
    case NodeKind::insert:
    case NodeKind::update:
    case NodeKind::delete_: {
        const auto& dml = static_cast<const DmlNode&>(node);
        one(dml.table);
        for (const auto& pair : dml.assignments) one(pair.value);
        all(dml.where), all(dml.returning);
        break;
    }
    case NodeKind::text:
        for (const auto& [name, value] : static_cast<const TextNode&>(node).binds) one(value);
        break;
    }
}

} // namespace azoth::sql
