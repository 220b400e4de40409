// SPDX-License-Identifier: MIT
// Expressions with a keyword of their own: CASE, CAST, EXTRACT, tuples, ANY and ALL.
#pragma once

#include <azoth/sql/expression.hpp>

#include <memory>
#include <string>
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

/// `(a, b)`: compares several columns at once.
template <class... V>
    requires(sizeof...(V) > 0)
[[nodiscard]] Expr<Value> tuple_(const V&... members) {
    return Expr<Value>{std::make_shared<sql::TupleNode>(
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
