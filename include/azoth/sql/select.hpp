// SPDX-License-Identifier: MIT
// select(): the SELECT statement, typed by what it selects.
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include <azoth/sql/from.hpp>
#include <azoth/sql/statement.hpp>

namespace azoth {

/// Marks a mapped class in the type list of a Select. The ORM says how it is read.
template <class T>
struct Entity;

/// The ORM's side of `join<&Address::user>()`; defined in orm/relationship.hpp.
template <auto Relationship>
struct RelationshipJoin;

/// The FROM element of a mapped class; defined in orm/entity.hpp.
template <class T>
struct EntityFrom;

namespace detail {

/// The part of a SELECT that does not depend on its types.
class SelectBase {
public:
    SelectBase() : node_(std::make_shared<sql::SelectNode>()) {}

    [[nodiscard]] sql::NodePtr node() const noexcept { return node_; }
    [[nodiscard]] const std::shared_ptr<sql::SelectNode>& select_node_mutable() const noexcept { return node_; }
    [[nodiscard]] sql::NodePtr select_node() const noexcept { return node_; }

    void add_columns_of(const sql::NodePtr& from);
    void join_elements(sql::NodePtr left, sql::NodePtr right, sql::NodePtr on, bool outer);
    /// Joins to the first FROM element that a foreign key connects with `right`.
    void join_right(const sql::NodePtr& right, sql::NodePtr on, bool outer);

    /// Makes the node ours alone, so that a clause can be added.
    sql::SelectNode& own() {
        if (node_.use_count() != 1) node_ = std::make_shared<sql::SelectNode>(*node_);
        return *node_;
    }

protected:
    std::shared_ptr<sql::SelectNode> node_;
};

} // namespace detail

/// A SELECT of columns of types Ts (`Entity<T>` for mapped classes); without types its rows are read by name or position.
/// An immutable value: each call returns a new statement and leaves this one as it was.
template <class... Ts>
class Select : public detail::SelectBase {
public:
    /// What a row is: `Row` when the types are not known, else a tuple.
    static constexpr bool typed = sizeof...(Ts) > 0;

    Select() = default;
    explicit Select(detail::SelectBase base) : SelectBase(std::move(base)) {}

    /// Criteria are joined by AND, as are further calls.
    template <Condition... C>
    [[nodiscard]] Select where(const C&... conditions) const& {
        return Select{*this}.where(conditions...);
    }
    template <Condition... C>
    [[nodiscard]] Select where(const C&... conditions) && {
        auto& select = own();
        (select.add(&sql::SelectNode::where, 'w', conditions.node()), ...);
        return std::move(*this);
    }

    /// FROM elements besides those that the columns mention.
    template <FromElement... F>
        requires(sizeof...(F) > 0)
    [[nodiscard]] Select select_from(const F&... elements) const {
        Select copy{*this};
        auto& select = copy.own();
        (select.add(&sql::SelectNode::from, 'f', elements.node()), ...);
        return copy;
    }
    template <class Mapped>
    [[nodiscard]] Select select_from() const {
        Select copy{*this};
        copy.own().add(&sql::SelectNode::from, 'f', EntityFrom<Mapped>::node());
        return copy;
    }

    /// `left JOIN right`, ON by their foreign key. @throws ArgumentError when no single one connects them.
    template <FromElement L, FromElement R>
    [[nodiscard]] Select join_from(const L& left, const R& right) const {
        Select copy{*this};
        copy.join_elements(left.node(), right.node(), {}, false);
        return copy;
    }
    template <FromElement L, FromElement R, Condition C>
    [[nodiscard]] Select join_from(const L& left, const R& right, const C& on) const {
        Select copy{*this};
        copy.join_elements(left.node(), right.node(), on.node(), false);
        return copy;
    }
    /// Joins `right` to what is selected from so far.
    template <FromElement R>
    [[nodiscard]] Select join(const R& right) const {
        return joined(right.node(), {}, false);
    }
    template <FromElement R, Condition C>
    [[nodiscard]] Select join(const R& right, const C& on) const {
        return joined(right.node(), on.node(), false);
    }
    template <FromElement R>
    [[nodiscard]] Select outer_join(const R& right) const {
        return joined(right.node(), {}, true);
    }
    template <FromElement R, Condition C>
    [[nodiscard]] Select outer_join(const R& right, const C& on) const {
        return joined(right.node(), on.node(), true);
    }
    /// Joins along a relationship: `select<Address>().join<&Address::user>()`.
    template <auto Relationship>
    [[nodiscard]] Select join() const {
        Select copy{*this};
        RelationshipJoin<Relationship>::apply(copy, false);
        return copy;
    }
    template <auto Relationship>
    [[nodiscard]] Select outer_join() const {
        Select copy{*this};
        RelationshipJoin<Relationship>::apply(copy, true);
        return copy;
    }

    /// By expressions, or by the names of this SELECT's labels.
    template <detail::OrderBy... E>
    [[nodiscard]] Select group_by(const E&... expressions) const {
        return with(&sql::SelectNode::group_by, 'g', detail::order_node(expressions)...);
    }
    template <Condition... C>
    [[nodiscard]] Select having(const C&... conditions) const {
        return with(&sql::SelectNode::having, 'h', conditions.node()...);
    }
    template <detail::OrderBy... E>
    [[nodiscard]] Select order_by(const E&... expressions) const {
        return with(&sql::SelectNode::order_by, 'o', detail::order_node(expressions)...);
    }
    [[nodiscard]] Select limit(std::int64_t rows) const { return count(&sql::SelectNode::limit, 'l', rows); }
    [[nodiscard]] Select offset(std::int64_t rows) const { return count(&sql::SelectNode::offset, 'p', rows); }
    [[nodiscard]] Select distinct() const { return flag(&sql::SelectNode::distinct, 'd'); }
    /// FOR UPDATE; SQLite has none and writes none, as SQLAlchemy.
    [[nodiscard]] Select with_for_update() const { return flag(&sql::SelectNode::for_update, 'u'); }

    /// Loader options of the ORM: `options(selectinload<&User::addresses>())`.
    template <class... O>
    [[nodiscard]] Select options(const O&... loader_options) const {
        Select copy{*this};
        (loader_options.apply(copy.own()), ...);
        return copy;
    }

    /// This SELECT as a value in an expression: one column, at most one row.
    [[nodiscard]] auto scalar_subquery() const {
        using T = std::tuple_element_t<0, std::tuple<Ts..., Value>>;
        const Type type = node_->columns.empty() ? Type{} : sql::type_of(*node_->columns.front());
        return Expr<T>{std::make_shared<sql::ScalarSubqueryNode>(node_, type)};
    }
    [[nodiscard]] Expr<bool> exists() const {
        return Expr<bool>{std::make_shared<sql::ExistsNode>(node_, false)};
    }
    [[nodiscard]] Subquery subquery(std::string name = {}) const {
        return Subquery{std::make_shared<sql::AliasNode>(node_, std::move(name))};
    }
    [[nodiscard]] Subquery cte(std::string name = {}) const {
        return Subquery{std::make_shared<sql::CteNode>(node_, std::move(name))};
    }

private:
    template <class... N>
    [[nodiscard]] Select with(std::vector<sql::NodePtr> sql::SelectNode::*clause, std::uint64_t tag, const N&... nodes) const {
        Select copy{*this};
        auto& select = copy.own();
        (select.add(clause, tag, nodes), ...);
        return copy;
    }
    [[nodiscard]] Select count(sql::NodePtr sql::SelectNode::*clause, std::uint64_t tag, std::int64_t rows) const {
        Select copy{*this};
        copy.own().set(clause, tag, sql::make_bind(TypeTraits<std::int64_t>::value(rows), Integer{}));
        return copy;
    }
    [[nodiscard]] Select flag(bool sql::SelectNode::*which, std::uint64_t tag) const {
        Select copy{*this};
        copy.own().set_flag(which, tag);
        return copy;
    }
    [[nodiscard]] Select joined(const sql::NodePtr& right, sql::NodePtr on, bool outer) const {
        Select copy{*this};
        copy.join_right(right, std::move(on), outer);
        return copy;
    }
};

namespace detail {

template <class E>
concept Selectable = Expression<E> || FromElement<E>;

template <class E>
void add_selected(SelectBase& select, const E& element) {
    if constexpr (FromElement<E>) select.add_columns_of(element.node());
    else select.own().add(&sql::SelectNode::columns, 'c', element.node());
}

template <class... E>
struct SelectOf {
    using type = Select<>; ///< a whole table or an untyped column among them: rows are untyped
};
template <class... E>
    requires((Expression<E> && ...) && (!std::same_as<typename E::value_type, Value> && ...))
struct SelectOf<E...> {
    using type = Select<typename E::value_type...>;
};

} // namespace detail

/// SELECT of expressions, whole tables, subqueries and CTEs.
template <detail::Selectable... E>
    requires(sizeof...(E) > 0)
[[nodiscard]] auto select(const E&... elements) {
    typename detail::SelectOf<E...>::type statement;
    (detail::add_selected(statement, elements), ...);
    return statement;
}

/// EXISTS (SELECT …).
template <class... Ts>
[[nodiscard]] Expr<bool> exists(const Select<Ts...>& select) {
    return select.exists();
}

} // namespace azoth
