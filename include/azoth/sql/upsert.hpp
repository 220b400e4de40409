// SPDX-License-Identifier: MIT
// What an INSERT does with rows that are there already: ON CONFLICT, ON DUPLICATE KEY UPDATE.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <azoth/sql/column.hpp>

namespace azoth {

/// Something that `values()` takes: `users.name = "sandy"`, `table.c("name") = 3`, `col<&User::name> = "x"`.
template <class A>
concept AssignmentLike = requires(const A& a) {
    { a.assignment() } -> std::convertible_to<Assignment>;
} || std::same_as<A, Assignment>;

/// The same, or several columns at once: `col<&Vertex::start> = Point{1, 2}`.
template <class A>
concept AssignmentsLike = AssignmentLike<A> || requires(const A& a) {
    { a.assignments() } -> std::convertible_to<std::vector<Assignment>>;
};

namespace detail {

template <class A>
const Assignment& as_assignment(const A& a)
    requires std::same_as<A, Assignment>
{
    return a;
}
template <class A>
Assignment as_assignment(const A& a)
    requires(!std::same_as<A, Assignment>)
{
    return a.assignment();
}

template <AssignmentsLike A, class F>
void each_assignment(const A& a, F&& visit) {
    if constexpr (AssignmentLike<A>) {
        visit(as_assignment(a));
    } else {
        for (const Assignment& one : a.assignments()) visit(one);
    }
}

/// The condition of DO UPDATE.
struct UpdateWhere {
    std::vector<sql::NodePtr> conditions;
    explicit UpdateWhere(std::vector<sql::NodePtr> all) : conditions(std::move(all)) {}
};

/// What may follow DO UPDATE.
template <class P>
concept UpsertPart = AssignmentsLike<P> || std::same_as<P, UpdateWhere>;

template <UpsertPart P>
void add_part(sql::UpsertClause& clause, const P& part) {
    if constexpr (std::same_as<P, UpdateWhere>) {
        clause.where.insert(clause.where.end(), part.conditions.begin(), part.conditions.end());
    } else {
        each_assignment(part, [&](const Assignment& assignment) {
            clause.assignments.push_back({assignment.column, assignment.value, assignment.target});
        });
    }
}

} // namespace detail

/// Which conflict is meant: `index_elements(users.id)`, `constraint("user_account_pkey")`; none: any.
class ConflictTarget {
public:
    ConflictTarget() = default;

    /// The predicate of a partial index.
    template <Condition... C>
    [[nodiscard]] ConflictTarget where(const C&... conditions) const {
        auto copy = *this;
        (copy.clause_.index_where.push_back(conditions.node()), ...);
        return copy;
    }
    [[nodiscard]] sql::UpsertClause clause(sql::UpsertClause::Action action) const {
        auto copy = clause_;
        copy.action = action;
        return copy;
    }

private:
    template <class... E>
    friend ConflictTarget index_elements(const E&... elements);
    friend ConflictTarget constraint(std::string name);

    sql::UpsertClause clause_;
};

/// The columns or expressions of a unique index; columns also by name.
template <class... E>
[[nodiscard]] ConflictTarget index_elements(const E&... elements) {
    ConflictTarget target;
    const auto element = [](const auto& e) -> sql::NodePtr {
        if constexpr (Expression<std::remove_cvref_t<decltype(e)>>) return e.node();
        else return std::make_shared<sql::ColumnNode>(nullptr, std::string(e), Type{}, nullptr);
    };
    (target.clause_.elements.push_back(element(elements)), ...);
    return target;
}
/// A constraint by its name; PostgreSQL has that.
[[nodiscard]] inline ConflictTarget constraint(std::string name) {
    ConflictTarget target;
    target.clause_.constraint = std::move(name);
    return target;
}
/// Only rows for which the conditions hold are changed.
template <Condition... C>
[[nodiscard]] detail::UpdateWhere update_where(const C&... conditions) {
    return detail::UpdateWhere{{conditions.node()...}};
}

/// The value that was to be inserted.
template <class C>
    requires HasColumnNode<C>
[[nodiscard]] Expr<typename C::value_type> excluded(const C& column) {
    const auto node = column.column_node();
    auto row = std::make_shared<sql::ExcludedNode>(node->from);
    return Expr<typename C::value_type>{
        std::make_shared<sql::ColumnNode>(std::move(row), node->name, node->type, node->column)};
}
/// The same, as MySQL calls it.
template <class C>
    requires HasColumnNode<C>
[[nodiscard]] Expr<typename C::value_type> inserted(const C& column) {
    return excluded(column);
}

} // namespace azoth
