// SPDX-License-Identifier: MIT
// values(): rows written into a statement, as a FROM element or on the right of IN.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <azoth/sql/cte.hpp>

namespace azoth {

/// `name` with a SQL type: a column of VALUES, of a function that returns rows, of text().
[[nodiscard]] inline sql::NamedColumn named_column(std::string name, const Type& type = Type{}) {
    return {std::move(name), type};
}

/// VALUES on the right of IN.
class ScalarValues {
public:
    explicit ScalarValues(sql::NodePtr node) noexcept : node_(std::move(node)) {}
    [[nodiscard]] const sql::NodePtr& select_node() const noexcept { return node_; }

private:
    sql::NodePtr node_;
};

/// VALUES with typed columns: `values("v", named_column("id", Integer{}), named_column("name", String{})).row(1, "a")`.
class Values : public FromClause {
public:
    explicit Values(std::shared_ptr<const sql::ValuesNode> node) : FromClause(node), values_(std::move(node)) {}

    /// One more row. @throws ArgumentError when it has another number of values than there are columns.
    template <class... V>
    [[nodiscard]] Values row(const V&... members) const {
        std::size_t i = 0;
        // each value has its column's type
        std::vector<sql::NodePtr> nodes;
        (nodes.push_back(detail::operand<Value>(members, column_type(i++))), ...);
        return with_row(std::move(nodes));
    }
    /// Rows whose number is known at run time.
    template <class... V>
    [[nodiscard]] Values rows(const std::vector<std::tuple<V...>>& members) const {
        Values all = *this;
        for (const auto& one : members)
            all = std::apply([&](const auto&... member) { return all.row(member...); }, one);
        return all;
    }
    /// The values are written into the text.
    [[nodiscard]] Values literal_binds() const;
    /// Its rows may refer to the FROM elements beside it.
    [[nodiscard]] Values lateral() const;
    [[nodiscard]] Cte cte(std::string name = {}) const;
    /// For IN: `tuple_(users.id, users.name).in(values(…).scalar_values())`.
    [[nodiscard]] ScalarValues scalar_values() const { return ScalarValues{node()}; }

private:
    [[nodiscard]] Type column_type(std::size_t position) const;
    [[nodiscard]] Values with_row(std::vector<sql::NodePtr> nodes) const;

    std::shared_ptr<const sql::ValuesNode> values_;
};

/// Without a name, VALUES has none in SQL either, and its columns are called by theirs alone.
template <std::same_as<sql::NamedColumn>... C>
    requires(sizeof...(C) > 0)
[[nodiscard]] Values values(std::string name, const C&... columns) {
    return Values{std::make_shared<const sql::ValuesNode>(
        std::vector<sql::NamedColumn>{columns...}, sql::ValuesNode::Rows{}, std::move(name), false, false)};
}
template <std::same_as<sql::NamedColumn>... C>
    requires(sizeof...(C) > 0)
[[nodiscard]] Values values(const C&... columns) {
    return values(std::string{}, columns...);
}

} // namespace azoth
