// SPDX-License-Identifier: MIT
// insert(), update(), delete_().
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include <azoth/sql/column.hpp>
#include <azoth/sql/from.hpp>
#include <azoth/sql/statement.hpp>

namespace azoth {

/// Something that `values()` takes: `users.name = "sandy"`, `table.c("name") = 3`, `col<&User::name> = "x"`.
template <class A>
concept AssignmentLike = requires(const A& a) {
    { a.assignment() } -> std::convertible_to<Assignment>;
} || std::same_as<A, Assignment>;

/// A column of a table: Column<T>, ColumnRef, col<&User::name>.
template <class C>
concept HasColumnNode = requires(const C& c) {
    { c.column_node() } -> std::convertible_to<std::shared_ptr<const sql::ColumnNode>>;
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

class DmlBase {
public:
    [[nodiscard]] sql::NodePtr node() const noexcept { return node_; }

protected:
    DmlBase(sql::NodeKind kind, const sql::NodePtr& table);

    sql::DmlNode& own() {
        if (node_.use_count() != 1) node_ = std::make_shared<sql::DmlNode>(*node_);
        return *node_;
    }
    /// @throws ArgumentError when the column belongs to another table.
    void assign(const Assignment& assignment);
    void assign_from_row(const std::shared_ptr<const sql::ColumnNode>& column);

    std::shared_ptr<sql::DmlNode> node_;
};

} // namespace detail

/// INSERT, typed by its RETURNING columns. An immutable value, as every statement.
template <class... Ts>
class Insert : public detail::DmlBase {
public:
    static constexpr bool typed = sizeof...(Ts) > 0;

    explicit Insert(const sql::NodePtr& table) : DmlBase(sql::NodeKind::insert, table) {}
    explicit Insert(detail::DmlBase base) : DmlBase(std::move(base)) {}

    /// One row.
    template <AssignmentLike... A>
    [[nodiscard]] Insert values(const A&... assignments) const {
        Insert copy{*this};
        (copy.assign(detail::as_assignment(assignments)), ...);
        return copy;
    }
    /// The columns whose values come with the execution, a tuple for each row.
    template <HasColumnNode... C>
    [[nodiscard]] Insert columns(const C&... columns) const {
        Insert copy{*this};
        (copy.assign_from_row(columns.column_node()), ...);
        return copy;
    }
    template <Expression... E>
    [[nodiscard]] Insert<typename E::value_type...> returning(const E&... expressions) const {
        Insert<typename E::value_type...> copy{detail::DmlBase{*this}};
        copy.add_returning(expressions.node()...);
        return copy;
    }

private:
    template <class... Us>
    friend class Insert;
    template <class... N>
    void add_returning(const N&... nodes) {
        (own().add(&sql::DmlNode::returning, 'r', nodes), ...);
    }
};

/// UPDATE, typed by its RETURNING columns.
template <class... Ts>
class Update : public detail::DmlBase {
public:
    static constexpr bool typed = sizeof...(Ts) > 0;

    explicit Update(const sql::NodePtr& table) : DmlBase(sql::NodeKind::update, table) {}
    explicit Update(detail::DmlBase base) : DmlBase(std::move(base)) {}

    template <Condition... C>
    [[nodiscard]] Update where(const C&... conditions) const {
        Update copy{*this};
        (copy.own().add(&sql::DmlNode::where, 'w', conditions.node()), ...);
        return copy;
    }
    template <AssignmentLike... A>
    [[nodiscard]] Update values(const A&... assignments) const {
        Update copy{*this};
        (copy.assign(detail::as_assignment(assignments)), ...);
        return copy;
    }
    template <Expression... E>
    [[nodiscard]] Update<typename E::value_type...> returning(const E&... expressions) const {
        Update<typename E::value_type...> copy{detail::DmlBase{*this}};
        copy.add_returning(expressions.node()...);
        return copy;
    }

private:
    template <class... Us>
    friend class Update;
    template <class... N>
    void add_returning(const N&... nodes) {
        (own().add(&sql::DmlNode::returning, 'r', nodes), ...);
    }
};

/// DELETE, typed by its RETURNING columns.
template <class... Ts>
class Delete : public detail::DmlBase {
public:
    static constexpr bool typed = sizeof...(Ts) > 0;

    explicit Delete(const sql::NodePtr& table) : DmlBase(sql::NodeKind::delete_, table) {}
    explicit Delete(detail::DmlBase base) : DmlBase(std::move(base)) {}

    template <Condition... C>
    [[nodiscard]] Delete where(const C&... conditions) const {
        Delete copy{*this};
        (copy.own().add(&sql::DmlNode::where, 'w', conditions.node()), ...);
        return copy;
    }
    template <Expression... E>
    [[nodiscard]] Delete<typename E::value_type...> returning(const E&... expressions) const {
        Delete<typename E::value_type...> copy{detail::DmlBase{*this}};
        copy.add_returning(expressions.node()...);
        return copy;
    }

private:
    template <class... Us>
    friend class Delete;
    template <class... N>
    void add_returning(const N&... nodes) {
        (own().add(&sql::DmlNode::returning, 'r', nodes), ...);
    }
};

[[nodiscard]] inline Insert<> insert(const Table& table) { return Insert<>{table.node()}; }
[[nodiscard]] inline Update<> update(const Table& table) { return Update<>{table.node()}; }
[[nodiscard]] inline Delete<> delete_(const Table& table) { return Delete<>{table.node()}; }

} // namespace azoth
