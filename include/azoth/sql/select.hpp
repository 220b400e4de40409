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
#include <azoth/sql/generative.hpp>

namespace azoth {

using sql::LabelStyle;

/// Marks a mapped class in the type list of a Select. The ORM says how it is read.
template <class T>
struct Entity;

/// The ORM's side of `join<&Address::user>()`; defined in orm/relationship.hpp.
template <auto Relationship>
struct RelationshipJoin;

/// The FROM element of a mapped class; defined in orm/entity.hpp.
template <class T>
struct EntityFrom;

/// A column that a SELECT returns.
struct ColumnDescription {
    std::string name; ///< under which the row has it
    Type type;
    sql::NodePtr expression;

    ColumnDescription(std::string column_name, Type column_type, sql::NodePtr node)
        : name(std::move(column_name)), type(std::move(column_type)), expression(std::move(node)) {}
};

namespace detail {

/// The part of a SELECT that does not depend on its types.
class SelectBase {
public:
    SelectBase() : node_(std::make_shared<sql::SelectNode>()) {}

    [[nodiscard]] sql::NodePtr node() const noexcept { return node_; }
    [[nodiscard]] const std::shared_ptr<sql::SelectNode>& select_node_mutable() const noexcept { return node_; }
    [[nodiscard]] sql::NodePtr select_node() const noexcept { return node_; }

    void add_columns_of(const sql::NodePtr& from);
    void join_elements(sql::NodePtr left, sql::NodePtr right, sql::NodePtr on, sql::JoinKind how);
    void join_elements(sql::NodePtr left, sql::NodePtr right, sql::NodePtr on, bool outer) {
        join_elements(
            std::move(left), std::move(right), std::move(on), outer ? sql::JoinKind::left_outer : sql::JoinKind::inner);
    }
    /// Joins to the first FROM element that a foreign key connects with `right`.
    void join_right(const sql::NodePtr& right, sql::NodePtr on, sql::JoinKind how);
    /// Other columns instead; with `keep_froms` what they selected from stays.
    void replace_columns(std::vector<sql::NodePtr> columns, bool keep_froms);

    /// The columns that it returns, those of whole tables and classes one by one.
    [[nodiscard]] std::vector<ColumnDescription> column_descriptions() const;
    /// The FROM elements that its columns mention.
    [[nodiscard]] std::vector<sql::NodePtr> columns_clause_froms() const;
    /// All that it selects from, as it is written in FROM when it stands alone.
    [[nodiscard]] std::vector<sql::NodePtr> get_final_froms() const { return sql::final_froms(*node_); }
    /// The condition of WHERE; null when there is none.
    [[nodiscard]] sql::NodePtr whereclause() const;

    /// The column that `filter_by(name, …)` means. @throws ArgumentError when no FROM element has it, or more than one.
    [[nodiscard]] std::shared_ptr<const sql::ColumnNode> column_to_filter(std::string_view name) const;

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
class Select : public detail::SelectBase, public detail::GenerativeSelect<Select<Ts...>> {
public:
    using first_type = std::tuple_element_t<0, std::tuple<Ts..., Value>>;
    using compound_type = Compound<Ts...>;

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

    /// Columns by name: `filter_by("name", "ed", "fullname", null)`, of whichever table has them.
    /// @throws ArgumentError when no table of this SELECT has such a column, or more than one.
    template <class V, class... More>
    [[nodiscard]] Select filter_by(std::string_view name, const V& value, const More&... more) const {
        static_assert(sizeof...(More) % 2 == 0, "filter_by() takes pairs of a column's name and a value");
        auto filtered = where(ColumnRef{column_to_filter(name)} == value);
        if constexpr (sizeof...(More) == 0) return filtered;
        else return filtered.filter_by(more...);
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
        return joined_from(left.node(), right.node(), {}, sql::JoinKind::inner);
    }
    template <FromElement L, FromElement R, Condition C>
    [[nodiscard]] Select join_from(const L& left, const R& right, const C& on) const {
        return joined_from(left.node(), right.node(), on.node(), sql::JoinKind::inner);
    }
    template <FromElement L, FromElement R>
    [[nodiscard]] Select outer_join_from(const L& left, const R& right) const {
        return joined_from(left.node(), right.node(), {}, sql::JoinKind::left_outer);
    }
    template <FromElement L, FromElement R, Condition C>
    [[nodiscard]] Select outer_join_from(const L& left, const R& right, const C& on) const {
        return joined_from(left.node(), right.node(), on.node(), sql::JoinKind::left_outer);
    }
    template <FromElement L, FromElement R>
    [[nodiscard]] Select full_join_from(const L& left, const R& right) const {
        return joined_from(left.node(), right.node(), {}, sql::JoinKind::full_outer);
    }
    template <FromElement L, FromElement R, Condition C>
    [[nodiscard]] Select full_join_from(const L& left, const R& right, const C& on) const {
        return joined_from(left.node(), right.node(), on.node(), sql::JoinKind::full_outer);
    }
    /// Joins `right` to what is selected from so far.
    template <FromElement R>
    [[nodiscard]] Select join(const R& right) const {
        return joined(right.node(), {}, sql::JoinKind::inner);
    }
    template <FromElement R, Condition C>
    [[nodiscard]] Select join(const R& right, const C& on) const {
        return joined(right.node(), on.node(), sql::JoinKind::inner);
    }
    template <FromElement R>
    [[nodiscard]] Select outer_join(const R& right) const {
        return joined(right.node(), {}, sql::JoinKind::left_outer);
    }
    template <FromElement R, Condition C>
    [[nodiscard]] Select outer_join(const R& right, const C& on) const {
        return joined(right.node(), on.node(), sql::JoinKind::left_outer);
    }
    template <FromElement R>
    [[nodiscard]] Select full_join(const R& right) const {
        return joined(right.node(), {}, sql::JoinKind::full_outer);
    }
    template <FromElement R, Condition C>
    [[nodiscard]] Select full_join(const R& right, const C& on) const {
        return joined(right.node(), on.node(), sql::JoinKind::full_outer);
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

    template <Condition... C>
    [[nodiscard]] Select having(const C&... conditions) const {
        Select copy{*this};
        auto& select = copy.own();
        (select.add(&sql::SelectNode::having, 'h', conditions.node()), ...);
        return copy;
    }
    [[nodiscard]] Select distinct() const {
        Select copy{*this};
        copy.own().set_flag(&sql::SelectNode::distinct, 'd');
        return copy;
    }
    /// DISTINCT ON of PostgreSQL: the first row for each combination of the expressions.
    template <Expression... E>
        requires(sizeof...(E) > 0)
    [[nodiscard]] Select distinct_on(const E&... expressions) const {
        Select copy{*this};
        auto& select = copy.own();
        (select.add_distinct_on(expressions.node()), ...);
        return copy;
    }

    /// More columns behind those it has; rows become untyped.
    template <class... E>
    [[nodiscard]] Select<> add_columns(const E&... elements) const;
    /// Other columns instead of those it has.
    template <class... E>
    [[nodiscard]] auto with_only_columns(const E&... elements) const;
    /// The same, and FROM elements that only the former columns mentioned stay.
    template <class... E>
    [[nodiscard]] auto with_only_columns_of_same_froms(const E&... elements) const;
    [[nodiscard]] Select set_label_style(sql::LabelStyle style) const {
        Select copy{*this};
        copy.own().set_label_style(style);
        return copy;
    }

    /// As a subquery, refers to these FROM elements of enclosing SELECTs instead of listing them, and to no others.
    template <FromElement... F>
        requires(sizeof...(F) > 0)
    [[nodiscard]] Select correlate(const F&... elements) const {
        return correlated(&sql::SelectParts::correlate, 'x', {elements.node()...});
    }
    /// Refers to nothing outside.
    [[nodiscard]] Select correlate(Null) const { return correlated(&sql::SelectParts::correlate, 'x', {}); }
    /// Refers to all FROM elements of enclosing SELECTs but these.
    template <FromElement... F>
    [[nodiscard]] Select correlate_except(const F&... elements) const {
        return correlated(&sql::SelectParts::correlate_except, 'y', {elements.node()...});
    }

    /// Loader options of the ORM: `options(selectinload<&User::addresses>())`.
    template <class... O>
    [[nodiscard]] Select options(const O&... loader_options) const {
        Select copy{*this};
        (loader_options.apply(copy.own()), ...);
        return copy;
    }

private:
    [[nodiscard]] Select joined_from(sql::NodePtr left, sql::NodePtr right, sql::NodePtr on, sql::JoinKind how) const {
        Select copy{*this};
        copy.join_elements(std::move(left), std::move(right), std::move(on), how);
        return copy;
    }
    [[nodiscard]] Select joined(const sql::NodePtr& right, sql::NodePtr on, sql::JoinKind how) const {
        Select copy{*this};
        copy.join_right(right, std::move(on), how);
        return copy;
    }
    [[nodiscard]] Select correlated(
        std::optional<std::vector<sql::NodePtr>> sql::SelectParts::*which, std::uint64_t tag,
        const std::vector<sql::NodePtr>& froms) const {
        Select copy{*this};
        copy.own().set_correlate(which, tag, froms);
        return copy;
    }
};

namespace detail {

template <class E>
concept Selectable = Expression<E> || FromElement<E>;

template <class E>
void add_selected(SelectBase& select, const E& element) {
    if constexpr (FromElement<E> && !Expression<E>) select.add_columns_of(element.node());
    else select.own().add(&sql::SelectNode::columns, 'c', element.node());
}

template <class... E>
std::vector<sql::NodePtr> selected_nodes(const E&... elements) {
    SelectBase select;
    (add_selected(select, elements), ...);
    return select.own().columns;
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

template <class... Ts>
template <class... E>
Select<> Select<Ts...>::add_columns(const E&... elements) const {
    Select<> copy{SelectBase{*this}};
    (detail::add_selected(copy, elements), ...);
    return copy;
}
template <class... Ts>
template <class... E>
auto Select<Ts...>::with_only_columns(const E&... elements) const {
    typename detail::SelectOf<E...>::type copy{SelectBase{*this}};
    copy.replace_columns(detail::selected_nodes(elements...), false);
    return copy;
}
template <class... Ts>
template <class... E>
auto Select<Ts...>::with_only_columns_of_same_froms(const E&... elements) const {
    typename detail::SelectOf<E...>::type copy{SelectBase{*this}};
    copy.replace_columns(detail::selected_nodes(elements...), true);
    return copy;
}

/// EXISTS (SELECT …).
template <RowsStatement S>
[[nodiscard]] Expr<bool> exists(const S& select) {
    return select.exists();
}

} // namespace azoth
