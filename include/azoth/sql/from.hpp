// SPDX-License-Identifier: MIT
// FROM elements: subqueries, CTEs, and what a table's foreign keys say about joining two of them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <azoth/sql/column.hpp>

namespace azoth {

namespace sql {

/// The columns of a table, alias, subquery or CTE, as nodes that refer to it.
[[nodiscard]] std::vector<NodePtr> columns_of(const NodePtr& from);
/// One of them by name. @throws ArgumentError that lists the names there are.
[[nodiscard]] std::shared_ptr<const ColumnNode> column_of(const NodePtr& from, std::string_view name);
/// With the columns of entities in their place.
[[nodiscard]] std::vector<NodePtr> expand_entities(const std::vector<NodePtr>& columns);
/// What a statement returns, in order: expressions, columns, labels. Empty where it does not say: text(), no RETURNING.
[[nodiscard]] std::vector<NodePtr> result_columns(const Node& statement);
/// The place of a column or expression among them: itself, what a label names, or the label's name. Nothing when there is none.
[[nodiscard]] std::optional<std::size_t> find_result_column(const Node& statement, const Node& wanted);
/// The names under which the columns of a SELECT are known outside when it stands in FROM: each has one, and each another.
/// `columns` are not entities.
[[nodiscard]] std::vector<QuotedName>
output_names(const std::vector<NodePtr>& columns, LabelStyle style = LabelStyle::disambiguate_only);
/// The name of a selected expression; for one without, what the numbered name is made of, and false.
[[nodiscard]] std::pair<QuotedName, bool> output_name(const Node& column);
/// How a statement that returns rows labels them; of a set operation its first part decides.
[[nodiscard]] LabelStyle label_style_of(const Node& rows) noexcept;
/// The type of the first column that a statement returns.
[[nodiscard]] const Type& output_type(const Node& rows) noexcept;
/// "user_account_id".
[[nodiscard]] std::string qualified_label(const ColumnNode& column);
/// "user_account", "u2", "an anonymous subquery": for messages.
[[nodiscard]] std::string describe(const Node& from);
/// The table that a table or an alias of one stands for; null for subqueries and joins.
[[nodiscard]] const schema::TableData* table_data(const Node& from) noexcept;
/// The ON condition between two FROM elements by the foreign keys of their tables (either way round; a join on the left
/// offers all its tables). @throws ArgumentError when there is none, or more than one that would do.
[[nodiscard]] NodePtr foreign_key_condition(const NodePtr& left, const NodePtr& right);
/// True when `part` is `from` or stands inside it as a side of a join.
[[nodiscard]] bool contains_from(const Node& from, const Node& part) noexcept;
/// What a SELECT selects from: what it names, then what its columns and criteria mention, without what stands in a join.
[[nodiscard]] std::vector<NodePtr> final_froms(const SelectNode& select);
/// The FROM elements that an expression or a column list mentions, in order, each once.
void collect_froms(const Node& node, std::vector<NodePtr>& into);

} // namespace sql

/// A FROM element whose columns are found by name.
class FromClause {
public:
    [[nodiscard]] const sql::NodePtr& node() const noexcept { return node_; }
    /// @throws ArgumentError that lists the columns there are.
    [[nodiscard]] ColumnRef c(std::string_view name) const { return ColumnRef{sql::column_of(node_, name)}; }
    [[nodiscard]] std::vector<ColumnRef> columns() const;

protected:
    explicit FromClause(sql::NodePtr node) noexcept : node_(std::move(node)) {}

private:
    sql::NodePtr node_;
};

/// A subquery in FROM or a CTE.
class Subquery : public FromClause {
public:
    explicit Subquery(sql::NodePtr node) noexcept : FromClause(std::move(node)) {}

    /// The same rows under another name, to stand in FROM a second time.
    [[nodiscard]] Subquery alias(QuotedName name = {}) const {
        return Subquery{std::make_shared<sql::AliasNode>(node(), std::move(name))};
    }
};

/// `left JOIN right`, as a FROM element of its own.
class Join : public FromClause {
public:
    explicit Join(sql::NodePtr node) noexcept : FromClause(std::move(node)) {}
};

class TextClause;

/// What can stand in FROM: tables, aliases, subqueries, CTEs, joins, VALUES, functions that return rows, text().
template <class F>
concept FromElement = std::derived_from<F, Table> || std::derived_from<F, FromClause> || std::same_as<F, TextClause>;

namespace detail {

[[nodiscard]] Join make_join(const sql::NodePtr& left, const sql::NodePtr& right, sql::NodePtr on, sql::JoinKind how);

} // namespace detail

/// `left JOIN right`, ON by their foreign key. @throws ArgumentError when no single one connects them.
template <FromElement L, FromElement R>
[[nodiscard]] Join join(const L& left, const R& right) {
    return detail::make_join(left.node(), right.node(), {}, sql::JoinKind::inner);
}
template <FromElement L, FromElement R, Condition C>
[[nodiscard]] Join join(const L& left, const R& right, const C& on) {
    return detail::make_join(left.node(), right.node(), on.node(), sql::JoinKind::inner);
}
template <FromElement L, FromElement R>
[[nodiscard]] Join outer_join(const L& left, const R& right) {
    return detail::make_join(left.node(), right.node(), {}, sql::JoinKind::left_outer);
}
template <FromElement L, FromElement R, Condition C>
[[nodiscard]] Join outer_join(const L& left, const R& right, const C& on) {
    return detail::make_join(left.node(), right.node(), on.node(), sql::JoinKind::left_outer);
}
template <FromElement L, FromElement R>
[[nodiscard]] Join full_join(const L& left, const R& right) {
    return detail::make_join(left.node(), right.node(), {}, sql::JoinKind::full_outer);
}
template <FromElement L, FromElement R, Condition C>
[[nodiscard]] Join full_join(const L& left, const R& right, const C& on) {
    return detail::make_join(left.node(), right.node(), on.node(), sql::JoinKind::full_outer);
}

} // namespace azoth
