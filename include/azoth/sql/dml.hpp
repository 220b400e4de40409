// SPDX-License-Identifier: MIT
// insert(), update(), delete_().
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <azoth/sql/column.hpp>
#include <azoth/sql/from.hpp>
#include <azoth/sql/statement.hpp>
#include <azoth/sql/upsert.hpp>

namespace azoth {

namespace detail {

class DmlBase {
public:
    [[nodiscard]] sql::NodePtr node() const noexcept { return node_; }
    /// Makes the node ours alone, so that a clause can be added.
    sql::DmlNode& own();

protected:
    DmlBase(sql::NodeKind kind, const sql::NodePtr& table);

    /// @throws ArgumentError when an INSERT's column belongs to another table.
    void assign(const Assignment& assignment);
    void assign_from_row(const std::shared_ptr<const sql::ColumnNode>& column);
    /// One more row of an INSERT. @throws ArgumentError when its columns are not those of the first.
    void add_row(const std::vector<Assignment>& row);
    /// Rows in the order of the columns that were named, or of all.
    void add_values(std::vector<Value> row);
    void set_from_select(sql::NodePtr select, bool include_defaults);
    void upsert(sql::UpsertClause clause);
    /// @throws ArgumentError when the statement has RETURNING.
    void return_defaults(std::vector<sql::NodePtr> columns);
    void supplemental(std::vector<sql::NodePtr> columns);
    void limit_rows(std::int64_t rows);

    std::shared_ptr<sql::DmlNode> node_;
};

/// What UPDATE and DELETE can do beside their own. `Derived` has DmlBase.
template <class Derived>
class DmlWithWhere : public StatementMethods<Derived> {
public:
    template <Condition... C>
    [[nodiscard]] Derived where(const C&... conditions) const {
        Derived copy{this->self()};
        (copy.own().add(&sql::DmlNode::where, 'w', conditions.node()), ...);
        return copy;
    }
    /// At most so many rows: MySQL and MariaDB have it.
    [[nodiscard]] Derived limit(std::int64_t rows) const {
        Derived copy{this->self()};
        copy.limit_rows(rows);
        return copy;
    }
};

/// A column or an expression of it for RETURNING; a table stands for all its columns.
template <class E>
concept Returned = Expression<E> || std::derived_from<E, Table>;

template <class E>
void add_returning(sql::DmlNode& statement, const E& element) {
    if constexpr (Expression<E>) statement.add(&sql::DmlNode::returning, 'r', element.node());
    else
        for (auto& column : sql::columns_of(element.node())) statement.add(&sql::DmlNode::returning, 'r', std::move(column));
}

/// The types of RETURNING's rows; of a whole table they are not known.
template <template <class...> class S, class... E>
struct ReturningOf {
    using type = S<>;
};
template <template <class...> class S, class... E>
    requires(Expression<E> && ...)
struct ReturningOf<S, E...> {
    using type = S<typename E::value_type...>;
};

} // namespace detail

/// INSERT, typed by its RETURNING columns. An immutable value, as every statement.
template <class... Ts>
class Insert : public detail::DmlBase, public detail::StatementMethods<Insert<Ts...>> {
public:
    static constexpr bool typed = sizeof...(Ts) > 0;

    explicit Insert(const sql::NodePtr& table) : DmlBase(sql::NodeKind::insert, table) {}
    explicit Insert(detail::DmlBase base) : DmlBase(std::move(base)) {}

    /// One row.
    template <AssignmentsLike... A>
    [[nodiscard]] Insert values(const A&... assignments) const {
        Insert copy{*this};
        (detail::each_assignment(assignments, [&](const Assignment& one) { copy.assign(one); }), ...);
        return copy;
    }
    /// One more row, of the same columns. @throws ArgumentError when they are others.
    template <AssignmentsLike... A>
    [[nodiscard]] Insert row(const A&... assignments) const {
        Insert copy{*this};
        std::vector<Assignment> row;
        (detail::each_assignment(assignments, [&](const Assignment& one) { row.push_back(one); }), ...);
        copy.add_row(row);
        return copy;
    }
    /// Rows for `columns()`, or for all columns of the table. @throws ArgumentError when a row has another number of values.
    template <class... V>
    [[nodiscard]] Insert rows(const std::vector<std::tuple<V...>>& rows) const {
        Insert copy{*this};
        for (const auto& one : rows)
            std::apply([&](const auto&... v) { copy.add_values({detail::value_for<Value>(v)...}); }, one);
        return copy;
    }
    /// The columns whose values come with the execution, a tuple for each row; or of `rows()` and `from_select()`.
    template <HasColumnNode... C>
    [[nodiscard]] Insert columns(const C&... columns) const {
        Insert copy{*this};
        (copy.assign_from_row(columns.column_node()), ...);
        return copy;
    }
    /// INSERT … SELECT into `columns()`, or into all columns of the table. Columns that the program fills in are added.
    template <RowsStatement S>
    [[nodiscard]] Insert from_select(const S& select, bool include_defaults = true) const {
        Insert copy{*this};
        copy.set_from_select(select.select_node(), include_defaults);
        return copy;
    }

    /// A row that is there already stays as it is. PostgreSQL and SQLite.
    [[nodiscard]] Insert on_conflict_do_nothing(const ConflictTarget& target = {}) const {
        return upserted(target.clause(sql::UpsertClause::Action::do_nothing));
    }
    /// A row that is there already is changed: by assignments, and `update_where(condition)` for only some of them. In both
    /// `excluded(column)` is the value that was to be inserted. PostgreSQL and SQLite.
    template <detail::UpsertPart... P>
        requires(sizeof...(P) > 0)
    [[nodiscard]] Insert on_conflict_do_update(const ConflictTarget& target, const P&... parts) const {
        auto clause = target.clause(sql::UpsertClause::Action::do_update);
        (detail::add_part(clause, parts), ...);
        return upserted(std::move(clause));
    }
    /// The same on MySQL and MariaDB; the value that was to be inserted is `inserted(column)`.
    template <AssignmentsLike... A>
        requires(sizeof...(A) > 0)
    [[nodiscard]] Insert on_duplicate_key_update(const A&... assignments) const {
        return on_duplicate(false, assignments...);
    }
    /// Assignments keep their order, which MySQL takes to mean something.
    template <AssignmentsLike... A>
        requires(sizeof...(A) > 0)
    [[nodiscard]] Insert ordered_on_duplicate_key_update(const A&... assignments) const {
        return on_duplicate(true, assignments...);
    }

    template <detail::Returned... E>
    [[nodiscard]] auto returning(const E&... elements) const {
        typename detail::ReturningOf<azoth::Insert, E...>::type copy{detail::DmlBase{*this}};
        (detail::add_returning(copy.own(), elements), ...);
        return copy;
    }
    /// What the database makes of the row is fetched, where it has RETURNING, and found in `returned_defaults()` of the result:
    /// the key, and these columns, or all that it makes. Otherwise the result is as without.
    /// @throws ArgumentError when the statement has RETURNING.
    template <Expression... E>
    [[nodiscard]] Insert return_defaults(const E&... columns) const {
        Insert copy{*this};
        copy.DmlBase::return_defaults({columns.node()...});
        return copy;
    }
    /// The same, and these columns as well.
    template <Expression... E>
        requires(sizeof...(E) > 0)
    [[nodiscard]] Insert supplemental_cols(const E&... columns) const {
        Insert copy{*this};
        copy.supplemental({columns.node()...});
        return copy;
    }
    /// Nothing is fetched that was not asked for: no key that the database makes.
    [[nodiscard]] Insert inline_() const {
        Insert copy{*this};
        copy.own().set_inline();
        return copy;
    }
    /// Executed with many parameter rows, RETURNING's rows come in the order of those, as they do unless this says false: then
    /// the database may return them as it likes, and more rows go into one statement.
    [[nodiscard]] Insert sort_by_parameter_order(bool value = true) const {
        Insert copy{*this};
        copy.own().set_sorted(value);
        return copy;
    }

private:
    [[nodiscard]] Insert upserted(sql::UpsertClause clause) const {
        Insert copy{*this};
        copy.upsert(std::move(clause));
        return copy;
    }
    template <class... A>
    [[nodiscard]] Insert on_duplicate(bool ordered, const A&... assignments) const {
        sql::UpsertClause clause;
        clause.action = sql::UpsertClause::Action::on_duplicate_key_update;
        clause.ordered = ordered;
        (detail::add_part(clause, assignments), ...);
        return upserted(std::move(clause));
    }
};

/// UPDATE, typed by its RETURNING columns. Other tables that criteria and values mention are listed in FROM, where there is
/// such an UPDATE.
template <class... Ts>
class Update : public detail::DmlBase, public detail::DmlWithWhere<Update<Ts...>> {
public:
    static constexpr bool typed = sizeof...(Ts) > 0;

    explicit Update(const sql::NodePtr& table) : DmlBase(sql::NodeKind::update, table) {}
    explicit Update(detail::DmlBase base) : DmlBase(std::move(base)) {}

    /// Written in the order of the table's columns. Without any, all columns take their values from parameter rows.
    template <AssignmentsLike... A>
    [[nodiscard]] Update values(const A&... assignments) const {
        Update copy{*this};
        (detail::each_assignment(assignments, [&](const Assignment& one) { copy.assign(one); }), ...);
        return copy;
    }
    /// Written in this order, which MySQL takes to mean something.
    template <AssignmentsLike... A>
    [[nodiscard]] Update ordered_values(const A&... assignments) const {
        Update copy{*this};
        copy.own().set_ordered();
        (detail::each_assignment(assignments, [&](const Assignment& one) { copy.assign(one); }), ...);
        return copy;
    }
    template <detail::Returned... E>
    [[nodiscard]] auto returning(const E&... elements) const {
        typename detail::ReturningOf<azoth::Update, E...>::type copy{detail::DmlBase{*this}};
        (detail::add_returning(copy.own(), elements), ...);
        return copy;
    }

    /// What the database makes of the row is fetched, where it has RETURNING, and found in `returned_defaults()` of the result:
    /// the key, and these columns, or all that it makes. Otherwise the result is as without.
    /// @throws ArgumentError when the statement has RETURNING.
    template <Expression... E>
    [[nodiscard]] Update return_defaults(const E&... columns) const {
        Update copy{*this};
        copy.DmlBase::return_defaults({columns.node()...});
        return copy;
    }
    /// The same, and these columns as well.
    template <Expression... E>
        requires(sizeof...(E) > 0)
    [[nodiscard]] Update supplemental_cols(const E&... columns) const {
        Update copy{*this};
        copy.supplemental({columns.node()...});
        return copy;
    }

private:
    friend class detail::DmlWithWhere<Update>;
};

/// DELETE, typed by its RETURNING columns. Other tables that criteria mention are listed in USING, where there is such a
/// DELETE.
template <class... Ts>
class Delete : public detail::DmlBase, public detail::DmlWithWhere<Delete<Ts...>> {
public:
    static constexpr bool typed = sizeof...(Ts) > 0;

    explicit Delete(const sql::NodePtr& table) : DmlBase(sql::NodeKind::delete_, table) {}
    explicit Delete(detail::DmlBase base) : DmlBase(std::move(base)) {}

    template <detail::Returned... E>
    [[nodiscard]] auto returning(const E&... elements) const {
        typename detail::ReturningOf<azoth::Delete, E...>::type copy{detail::DmlBase{*this}};
        (detail::add_returning(copy.own(), elements), ...);
        return copy;
    }

private:
    friend class detail::DmlWithWhere<Delete>;
};

[[nodiscard]] inline Insert<> insert(const Table& table) { return Insert<>{table.node()}; }
[[nodiscard]] inline Update<> update(const Table& table) { return Update<>{table.node()}; }
/// `update(join(users, addresses))`: MySQL and MariaDB.
[[nodiscard]] inline Update<> update(const Join& tables) { return Update<>{tables.node()}; }
[[nodiscard]] inline Delete<> delete_(const Table& table) { return Delete<>{table.node()}; }

} // namespace azoth
