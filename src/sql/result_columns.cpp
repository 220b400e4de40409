// SPDX-License-Identifier: MIT
// What a statement returns, and which of it a column stands for.
#include <algorithm>

#include <azoth/sql/from.hpp>

namespace azoth::sql {

namespace {

/// The same SQL. What anonymous aliases have in them is the same only when the alias is.
bool same(const Node& a, const Node& b) noexcept {
    if (&a == &b) return true;
    if (a.kind != b.kind) return false;
    if (a.kind == NodeKind::column) {
        const auto& left = static_cast<const ColumnNode&>(a);
        const auto& right = static_cast<const ColumnNode&>(b);
        if (left.from == right.from && left.from) return left.name == right.name && left.handle == right.handle;
    }
    return !a.anonymous && a.key == b.key;
}

template <class Matches>
std::optional<std::size_t> first(const std::vector<NodePtr>& columns, Matches matches) {
    const auto found = std::ranges::find_if(columns, [&](const NodePtr& column) { return matches(*column); });
    if (found == columns.end()) return std::nullopt;
    return static_cast<std::size_t>(found - columns.begin());
}

} // namespace

std::vector<NodePtr> result_columns(const Node& statement) {
    const Node* rows = &statement;
    while (rows->kind == NodeKind::compound) rows = static_cast<const CompoundNode&>(*rows).selects.front().get();
    switch (rows->kind) {
    case NodeKind::select: return expand_entities(static_cast<const SelectNode&>(*rows).columns);
    case NodeKind::insert:
    case NodeKind::update:
    case NodeKind::delete_: return expand_entities(static_cast<const DmlNode&>(*rows).returning);
    case NodeKind::text: return static_cast<const TextNode&>(*rows).columns;
    default: return {};
    }
}

std::optional<std::size_t> find_result_column(const Node& statement, const Node& wanted) {
    const auto columns = result_columns(statement);
    if (const auto itself = first(columns, [&](const Node& node) { return &node == &wanted; })) return itself;
    if (const auto alike = first(columns, [&](const Node& node) { return same(node, wanted); })) return alike;
    const auto labelled = first(columns, [&](const Node& node) {
        return node.kind == NodeKind::label && same(*static_cast<const LabelNode&>(node).operand, wanted);
    });
    if (labelled || wanted.kind != NodeKind::label) return labelled;
    return first(columns, [&](const Node& node) {
        return node.kind == NodeKind::label && static_cast<const LabelNode&>(node).name == static_cast<const LabelNode&>(wanted).name;
    });
}

} // namespace azoth::sql
