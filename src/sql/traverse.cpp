// SPDX-License-Identifier: MIT
// Walking trees without recursion, and questions that a walk answers.
#include <azoth/sql/traverse.hpp>

#include <algorithm>
#include <unordered_set>

#include <azoth/sql/from.hpp>
#include <azoth/sql/visit.hpp>

namespace azoth::sql {

std::vector<NodePtr> iterate(const NodePtr& root) {
    std::vector<NodePtr> all;
    std::unordered_set<const Node*> seen;
    std::vector<NodePtr> open;
    if (root) open.push_back(root);
    while (!open.empty()) {
        auto node = std::move(open.back());
        open.pop_back();
        if (!seen.insert(node.get()).second) continue;
        const auto first = static_cast<std::ptrdiff_t>(open.size());
        each_child(*node, [&](const NodePtr& child) { open.push_back(child); });
        std::reverse(open.begin() + first, open.end());
        all.push_back(std::move(node));
    }
    return all;
}

void traverse(const NodePtr& root, const std::function<void(const Node&)>& visit) {
    for (const auto& node : iterate(root)) visit(*node);
}

std::vector<std::shared_ptr<const TableNode>> find_tables(const NodePtr& root) {
    std::vector<std::shared_ptr<const TableNode>> tables;
    for (const auto& node : iterate(root)) {
        if (node->kind != NodeKind::table) continue;
        auto table = std::static_pointer_cast<const TableNode>(node);
        const bool known = std::ranges::any_of(tables, [&](const auto& other) { return other->table == table->table; });
        if (!known) tables.push_back(std::move(table));
    }
    return tables;
}

std::vector<std::shared_ptr<const ColumnNode>> find_columns(const NodePtr& root) {
    std::vector<std::shared_ptr<const ColumnNode>> columns;
    for (const auto& node : iterate(root))
        if (node->kind == NodeKind::column) columns.push_back(std::static_pointer_cast<const ColumnNode>(node));
    return columns;
}

bool compare(const Node& a, const Node& b) {
    if (a.kind != b.kind) return false;
    return statement_key(a, collect_binds(a)) == statement_key(b, collect_binds(b));
}

NodePtr adapt(const NodePtr& root, const NodePtr& from, const NodePtr& to) {
    const auto columns = columns_of(to);
    return replacement_traverse(root, [&](const NodePtr& node) -> NodePtr {
        if (node == from) return to;
        if (node->kind != NodeKind::column) return nullptr;
        const auto& column = static_cast<const ColumnNode&>(*node);
        if (column.from != from) return nullptr;
        const auto found = std::ranges::find(columns, column.handle_or_name(), [](const NodePtr& other) {
            return static_cast<const ColumnNode&>(*other).handle_or_name();
        });
        return found == columns.end() ? node : *found;
    });
}

namespace {

/// What a subquery's columns are inside it; empty for anything else.
std::vector<NodePtr> columns_inside(const Node& from) {
    switch (from.kind) {
    case NodeKind::alias: {
        const auto& element = static_cast<const AliasNode&>(from).element;
        return table_data(*element) != nullptr || element->kind == NodeKind::cte ? columns_of(element) : columns_inside(*element);
    }
    case NodeKind::cte: return columns_inside(*static_cast<const CteNode&>(from).select);
    case NodeKind::compound: return columns_inside(*static_cast<const CompoundNode&>(from).selects.front());
    case NodeKind::select: return expand_entities(static_cast<const SelectNode&>(from).columns);
    default: return {};
    }
}

bool is_or_comes_from(const NodePtr& node, const ColumnNode& column) {
    const auto* inner = node.get();
    while (inner->kind == NodeKind::label) inner = static_cast<const LabelNode&>(*inner).operand.get();
    if (inner->kind != NodeKind::column) return false;
    const auto& own = static_cast<const ColumnNode&>(*inner);
    if (own.from == column.from && own.handle_or_name() == column.handle_or_name()) return true;
    return own.from && corresponding_column(own.from, column) != nullptr
        && corresponding_column(own.from, column)->handle_or_name() == own.handle_or_name();
}

} // namespace

std::shared_ptr<const ColumnNode> corresponding_column(const NodePtr& selectable, const ColumnNode& column) {
    if (column.from == selectable) return column_of(selectable, column.handle_or_name());
    if (selectable->kind == NodeKind::join) {
        const auto& join = static_cast<const JoinNode&>(*selectable);
        if (auto found = corresponding_column(join.left, column)) return found;
        return corresponding_column(join.right, column);
    }
    const auto inside = columns_inside(*selectable);
    const auto outside = columns_of(selectable);
    for (std::size_t i = 0; i < inside.size() && i < outside.size(); ++i)
        if (is_or_comes_from(inside[i], column)) return std::static_pointer_cast<const ColumnNode>(outside[i]);
    return nullptr;
}

} // namespace azoth::sql
