// SPDX-License-Identifier: MIT
// Expressions with a keyword of their own: CASE, CAST, EXTRACT, tuples, ANY and ALL.
#pragma once

#include <azoth/sql/column.hpp>

#include <initializer_list>
#include <memory>
#include <ranges>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace azoth {

namespace detail {

/// What `when()` keeps of a C++ value: text as a string.
template <class V>
using kept_t = std::conditional_t<!Expression<V> && std::convertible_to<V, std::string_view>, std::string, V>;

template <class W, class V>
struct When {
    kept_t<W> condition;
    kept_t<V> result;
    using result_type =
        std::conditional_t<std::same_as<V, Null>, Value, typename OperandType<kept_t<V>>::type>;

    When(const W& c, const V& r) : condition(c), result(r) {}
    /// The result as a node; a value has its own type.
    [[nodiscard]] sql::NodePtr then() const { return operand<Value>(result, Type{}); }
};
[[nodiscard]] sql::NodePtr make_extract(std::string_view field, sql::NodePtr from);

template <class W>
inline constexpr bool is_when = false;
template <class W, class V>
inline constexpr bool is_when<When<W, V>> = true;

} // namespace detail

/// One branch of `case_()`: a condition (or, with a compared value, what it is compared with) and the result.
template <class W, class V>
[[nodiscard]] detail::When<W, V> when(const W& condition, const V& result) {
    return {condition, result};
}

/// CASE as it grows: without `else_()` it is NULL when no branch applies.
template <class T>
class Case : public Expr<std::optional<T>> {
public:
    Case(sql::NodePtr value, sql::CaseNode::Whens whens, Type type)
        : Expr<std::optional<T>>(std::make_shared<sql::CaseNode>(value, whens, nullptr, type)) {}

    template <OperandFor<T> V>
    [[nodiscard]] Expr<T> else_(const V& otherwise) const {
        const auto& node = static_cast<const sql::CaseNode&>(*this->node());
        return Expr<T>{std::make_shared<sql::CaseNode>(
            node.value,
            node.whens,
            detail::operand<T>(otherwise, node.type),
            node.type
        )};
    }
};

/// `case_(when(users.id < 5, "low"), when(users.id < 10, "mid")).else_("high")`.
template <class W, class V, class... More>
    requires(Condition<W> && (detail::is_when<More> && ...))
[[nodiscard]] auto case_(const detail::When<W, V>& first, const More&... more) {
    sql::CaseNode::Whens whens{{first.condition.node(), first.then()}};
    (whens.emplace_back(more.condition.node(), more.then()), ...);
    const Type type = sql::type_of(*whens.front().second);
    return Case<typename detail::When<W, V>::result_type>{nullptr, std::move(whens), type};
}
/// `case_(users.name, when("ed", 1), when("wendy", 2)).else_(0)`.
template <Expression E, class W, class V, class... More>
    requires(OperandFor<W, typename E::value_type> && (detail::is_when<More> && ...))
[[nodiscard]] auto case_(const E& compared, const detail::When<W, V>& first, const More&... more) {
    using T = typename E::value_type;
    const auto value = compared.node();
    const Type& compared_type = sql::type_of(*value);
    sql::CaseNode::Whens whens{{detail::operand<T>(first.condition, compared_type), first.then()}};
    (whens.emplace_back(detail::operand<T>(more.condition, compared_type), more.then()), ...);
    const Type type = sql::type_of(*whens.front().second);
    return Case<typename detail::When<W, V>::result_type>{value, std::move(whens), type};
}

/// CAST(x AS type); x may be a value or NULL.
template <class V, std::derived_from<Type> S>
[[nodiscard]] auto cast(const V& operand, const S& type) {
    constexpr bool may_be_null = std::same_as<V, Null> || [] {
        if constexpr (Expression<V>)
            return detail::is_optional<typename V::value_type>;
        else
            return detail::is_optional<V>;
    }();
    return Expr<detail::cast_t<S, may_be_null>>{
        std::make_shared<sql::CastNode>(detail::operand<Value>(operand, Type{}), type)
    };
}

/// `extract("year", orders.placed_at)`. @throws ArgumentError when `field` is not a word.
template <Expression E>
[[nodiscard]] Expr<std::int32_t> extract(std::string_view field, const E& from) {
    return Expr<std::int32_t>{detail::make_extract(field, from.node())};
}

/// The same SQL as another type: how values beside it are bound, and how it is read.
template <Expression E, std::derived_from<Type> S>
[[nodiscard]] auto type_coerce(const E& expression, const S& type) {
    using T = detail::cast_t<S, detail::is_optional<typename E::value_type>>;
    return Expr<T>{std::make_shared<sql::TypeCoerceNode>(expression.node(), type)};
}

/// TRY_CAST: NULL instead of an error. SQL Server has it.
template <Expression E, std::derived_from<Type> S>
[[nodiscard]] auto try_cast(const E& operand, const S& type) {
    return Expr<detail::cast_t<S, true>>{std::make_shared<sql::CastNode>(operand.node(), type, true)};
}

/// `(a, b)`: several columns at once, to be compared, looked for in a list, or set in an UPDATE.
template <class... Ts>
class Tuple : public Expr<Value> {
public:
    using Row = std::tuple<detail::base_t<Ts>...>;

    explicit Tuple(std::shared_ptr<const sql::TupleNode> node) noexcept : Expr<Value>(node) {}

    /// `(a, b) IN ((1, 'x'), (2, 'y'))`. An empty list matches nothing.
    [[nodiscard]] Expr<bool> in(std::initializer_list<Row> rows) const { return in_rows(rows, false); }
    [[nodiscard]] Expr<bool> not_in(std::initializer_list<Row> rows) const { return in_rows(rows, true); }
    template <std::ranges::input_range R>
        requires std::convertible_to<std::ranges::range_value_t<R>, Row>
    [[nodiscard]] Expr<bool> in(const R& rows) const {
        return in_rows(rows, false);
    }
    template <std::ranges::input_range R>
        requires std::convertible_to<std::ranges::range_value_t<R>, Row>
    [[nodiscard]] Expr<bool> not_in(const R& rows) const {
        return in_rows(rows, true);
    }
    template <std::convertible_to<Row>... R>
        requires(sizeof...(R) > 1)
    [[nodiscard]] Expr<bool> in(const R&... rows) const {
        return in_rows(std::vector<Row>{Row(rows)...}, false);
    }
    /// `(a, b) IN (SELECT …)`.
    template <class S>
        requires requires(const S& s) { s.select_node(); }
    [[nodiscard]] Expr<bool> in(const S& rows) const {
        return in_subquery(sql::Operator::in, rows.select_node());
    }
    template <class S>
        requires requires(const S& s) { s.select_node(); }
    [[nodiscard]] Expr<bool> not_in(const S& rows) const {
        return in_subquery(sql::Operator::not_in, rows.select_node());
    }
    /// Sets all columns of the tuple by one subquery: `values(tuple_(a, b) = select(…).scalar_subquery())`.
    template <Expression E>
    [[nodiscard]] Assignment operator=(const E& value) const {
        const auto& items = static_cast<const sql::TupleNode&>(*node()).items;
        return Assignment{detail::target_column(items.front()), value.node(), node()};
    }

private:
    template <class R>
    [[nodiscard]] Expr<bool> in_rows(const R& rows, bool negated) const {
        std::vector<Value> values;
        for (const Row& row : rows)
            std::apply([&](const auto&... member) { (values.push_back(detail::value_for<Value>(member)), ...); }, row);
        std::vector<Type> types;
        for (const auto& item : static_cast<const sql::TupleNode&>(*node()).items) types.push_back(sql::type_of(*item));
        return Expr<bool>{std::make_shared<sql::InListNode>(node(), std::move(values), std::move(types), negated)};
    }
    [[nodiscard]] Expr<bool> in_subquery(sql::Operator op, sql::NodePtr rows) const {
        auto subquery = std::make_shared<sql::ScalarSubqueryNode>(std::move(rows), Type{});
        return Expr<bool>{sql::make_binary(op, node(), std::move(subquery), Boolean{})};
    }
};

/// `(a, b)`: compares several columns at once.
template <class... V>
    requires(sizeof...(V) > 0)
[[nodiscard]] auto tuple_(const V&... members) {
    return Tuple<typename detail::OperandType<V>::type...>{std::make_shared<sql::TupleNode>(
        std::vector<sql::NodePtr>{detail::operand<Value>(members, Type{})...}
    )};
}

/// `x > any_(select(…).scalar_subquery())`: true for some row.
template <Expression E>
[[nodiscard]] auto any_(const E& subquery) {
    return Expr<typename E::value_type>{
        sql::make_unary(sql::Operator::any, subquery.node(), sql::type_of(*subquery.node()))
    };
}
/// True for every row.
template <Expression E>
[[nodiscard]] auto all_(const E& subquery) {
    return Expr<typename E::value_type>{
        sql::make_unary(sql::Operator::all, subquery.node(), sql::type_of(*subquery.node()))
    };
}

} // namespace azoth
