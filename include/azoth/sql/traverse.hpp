// SPDX-License-Identifier: MIT
// Looking at expression and statement trees, and making others of them.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include <azoth/sql/node.hpp>

namespace azoth::sql {

/// `root` and all below it, parents before their children, each node once however many share it.
[[nodiscard]] std::vector<NodePtr> iterate(const NodePtr& root);
/// Calls `visit` for each of them.
void traverse(const NodePtr& root, const std::function<void(const Node&)>& visit);

/// The tree with some nodes replaced: where `replace` returns a node, that stands in its place and is not looked into; where it
/// returns null, the node's children are tried. What has nothing replaced below it is shared with `root`; a node that several
/// share stays shared.
[[nodiscard]] NodePtr replacement_traverse(const NodePtr& root, const std::function<NodePtr(const NodePtr&)>& replace);
/// The same from the leaves up: `change` is given each node after its children were changed, and returns what it becomes; null
/// leaves it.
[[nodiscard]] NodePtr cloned_traverse(const NodePtr& root, const std::function<NodePtr(const NodePtr&)>& change);
/// `root` with all columns of `from` taken from `to` instead, found there by name: an expression over a table becomes one over
/// its alias or a subquery of it. Columns that `to` does not have stay.
[[nodiscard]] NodePtr adapt(const NodePtr& root, const NodePtr& from, const NodePtr& to);

/// The tables that a tree mentions, in order, each once.
[[nodiscard]] std::vector<std::shared_ptr<const TableNode>> find_tables(const NodePtr& root);
/// The columns that it mentions, each node once.
[[nodiscard]] std::vector<std::shared_ptr<const ColumnNode>> find_columns(const NodePtr& root);
/// Whether both have the same structure: they would be the same SQL, with other values perhaps.
[[nodiscard]] bool compare(const Node& a, const Node& b);
/// The column of `selectable` that stands for `column` there, through aliases and subqueries; null when there is none.
[[nodiscard]] std::shared_ptr<const ColumnNode> corresponding_column(const NodePtr& selectable, const ColumnNode& column);

} // namespace azoth::sql
