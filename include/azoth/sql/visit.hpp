// SPDX-License-Identifier: MIT
// Walking a tree: the direct children of any node, in the order in which they are written.
#pragma once

#include <azoth/sql/construct.hpp>
#include <azoth/sql/node.hpp>

namespace azoth::sql {

namespace visiting {

template <class One>
void attached(const StatementNode& statement, const One& one) {
    const auto& parts = statement.parts();
    for (const auto& attached : parts.ctes) one(attached.cte);
    for (const auto& hint : parts.table_hints) one(hint.table);
}
template <class One, class All>
void ordering(const GenerativeSelectNode& select, const One& one, const All& all) {
    all(select.order_by), one(select.limit), one(select.offset);
    if (select.fetch) one(select.fetch->count);
    if (select.for_update) all(select.for_update->of);
}

} // namespace visiting

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
    case NodeKind::function:
        all(static_cast<const FunctionNode&>(node).arguments), all(static_cast<const FunctionNode&>(node).order_by);
        break;
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
    case NodeKind::type_coerce: one(static_cast<const TypeCoerceNode&>(node).operand); break;
    case NodeKind::label: one(static_cast<const LabelNode&>(node).operand); break;
    case NodeKind::tuple: all(static_cast<const TupleNode&>(node).items); break;
    case NodeKind::custom: all(static_cast<const CustomNode&>(node).arguments); break;
    case NodeKind::array: all(static_cast<const ArrayNode&>(node).items); break;
    case NodeKind::scalar_subquery: one(static_cast<const ScalarSubqueryNode&>(node).select); break;
    case NodeKind::exists: one(static_cast<const ExistsNode&>(node).select); break;
    case NodeKind::entity: all(static_cast<const EntityNode&>(node).columns); break;
    case NodeKind::alias: {
        const auto& alias = static_cast<const AliasNode&>(node);
        one(alias.element), one(alias.sampling.method), one(alias.sampling.seed);
        break;
    }
    case NodeKind::cte: one(static_cast<const CteNode&>(node).select); break;
    case NodeKind::values:
        for (const auto& row : static_cast<const ValuesNode&>(node).rows) all(row);
        break;
    case NodeKind::table_function: one(static_cast<const TableFunctionNode&>(node).function); break;
    case NodeKind::excluded: one(static_cast<const ExcludedNode&>(node).table); break;
    case NodeKind::textual_select: one(static_cast<const TextualSelectNode&>(node).text); break;
    case NodeKind::join: {
        const auto& join = static_cast<const JoinNode&>(node);
        one(join.left), one(join.right), one(join.on);
        break;
    }
    case NodeKind::select: {
        const auto& select = static_cast<const SelectNode&>(node);
        const auto& parts = select.select_parts();
        visiting::attached(select, one);
        all(parts.distinct_on);
        if (parts.correlate) all(*parts.correlate);
        if (parts.correlate_except) all(*parts.correlate_except);
        all(select.columns), all(select.from), all(select.where), all(select.group_by), all(select.having);
        visiting::ordering(select, one, all);
        break;
    }
    case NodeKind::compound: {
        const auto& compound = static_cast<const CompoundNode&>(node);
        visiting::attached(compound, one);
        all(compound.selects), all(compound.group_by);
        visiting::ordering(compound, one, all);
        break;
    }
    case NodeKind::insert:
    case NodeKind::update:
    case NodeKind::delete_: {
        const auto& dml = static_cast<const DmlNode&>(node);
        visiting::attached(dml, one);
        one(dml.table);
        for (const auto& pair : dml.assignments) one(pair.target), one(pair.value);
        for (const auto& row : dml.more_rows) all(row);
        if (dml.from_select) one(dml.from_select->select);
        if (dml.upsert) {
            const auto& upsert = *dml.upsert;
            all(upsert.elements), all(upsert.index_where);
            for (const auto& pair : upsert.assignments) one(pair.target), one(pair.value);
            all(upsert.where);
        }
        all(dml.where), one(dml.limit), all(dml.returning);
        break;
    }
    case NodeKind::text:
        for (const auto& [name, value] : static_cast<const TextNode&>(node).binds) one(value);
        break;
    }
}

} // namespace azoth::sql
