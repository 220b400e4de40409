// SPDX-License-Identifier: MIT
// FROM elements: subqueries, CTEs, and what a table's foreign keys say about joining two of them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <azoth/sql/column.hpp>

namespace azoth {

namespace sql {

/// The columns of a table, alias, subquery or CTE, as nodes that refer to it.
[[nodiscard]] std::vector<NodePtr> columns_of(const NodePtr& from);
/// One of them by name. @throws ArgumentError that lists the names there are.
[[nodiscard]] std::shared_ptr<const ColumnNode> column_of(const NodePtr& from, std::string_view name);
/// The names under which the columns of a SELECT are known outside when it stands in FROM: each has one, and each another.
/// `columns` are not entities.
[[nodiscard]] std::vector<std::string> output_names(const std::vector<NodePtr>& columns);
/// "user_account", "u2", "an anonymous subquery": for messages.
[[nodiscard]] std::string describe(const Node& from);
/// The table that a table or an alias of one stands for; null for subqueries and joins.
[[nodiscard]] const schema::TableData* table_data(const Node& from) noexcept;
/// The ON condition between two FROM elements by the foreign keys of their tables (either way round; a join on the left
/// offers all its tables). @throws ArgumentError when there is none, or more than one that would do.
[[nodiscard]] NodePtr foreign_key_condition(const NodePtr& left, const NodePtr& right);
/// True when `part` is `from` or stands inside it as a side of a join.
[[nodiscard]] bool contains_from(const Node& from, const Node& part) noexcept;
/// The FROM elements that an expression or a column list mentions, in order, each once.
void collect_froms(const Node& node, std::vector<NodePtr>& into);

} // namespace sql

/// A subquery in FROM or a CTE. Its columns are found by name.
class Subquery {
public:
    explicit Subquery(sql::NodePtr node) noexcept : node_(std::move(node)) {}

    [[nodiscard]] const sql::NodePtr& node() const noexcept { return node_; }
    /// @throws ArgumentError that lists the columns there are.
    [[nodiscard]] ColumnRef c(std::string_view name) const { return ColumnRef{sql::column_of(node_, name)}; }
    /// The same rows under another name, to stand in FROM a second time.
    [[nodiscard]] Subquery alias(std::string name = {}) const {
        return Subquery{std::make_shared<sql::AliasNode>(node_, std::move(name))};
    }

private:
    sql::NodePtr node_;
};

/// What can stand in FROM: tables, aliases, subqueries, CTEs.
template <class F>
concept FromElement = std::derived_from<F, Table> || std::derived_from<F, Subquery>;

} // namespace azoth
