// SPDX-License-Identifier: MIT
// Expr<T>: a SQL expression whose C++ type is known, and the operators that build larger ones.
#pragma once

#include <concepts>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <azoth/sql/expression_methods.hpp>

namespace azoth {

/// A SQL expression of C++ type T (`std::optional` when it can be NULL). A cheap immutable value.
template <class T>
class Expr : public ExpressionMethods<Expr<T>, T> {
public:
    using value_type = T;

    explicit Expr(sql::NodePtr node) noexcept : node_(std::move(node)) {}

    [[nodiscard]] const sql::NodePtr& node() const noexcept { return node_; }

    /// `count(*) OVER (PARTITION BY … ORDER BY …)`: see `partition_by` and `order_by` in functions.hpp.
    template <class... Parts>
    [[nodiscard]] Expr<T> over(const Parts&... parts) const {
        sql::Window window;
        (parts.add_to(window), ...);
        return Expr<T>{std::make_shared<sql::OverNode>(node_, std::move(window), sql::type_of(*node_))};
    }
    /// `sum(x) FILTER (WHERE …)`: the aggregate sees only the rows for which all conditions hold.
    template <Condition... C>
        requires(sizeof...(C) > 0)
    [[nodiscard]] Expr<T> filter(const C&... conditions) const {
        return Expr<T>{detail::make_filter(node_, {conditions.node()...})};
    }
    /// ORDER BY inside the parentheses of an aggregate. @throws ArgumentError when this is no function.
    template <Expression... E>
        requires(sizeof...(E) > 0)
    [[nodiscard]] Expr<T> aggregate_order_by(const E&... order) const {
        return Expr<T>{detail::make_ordered_aggregate(node_, {order.node()...})};
    }
    /// `percentile_cont(0.5) WITHIN GROUP (ORDER BY x)`. T says what comes out, for it follows from the order's type.
    template <class R = T, Expression... E>
        requires(sizeof...(E) > 0)
    [[nodiscard]] Expr<R> within_group(const E&... order) const {
        auto list = std::make_shared<sql::TupleNode>(std::vector<sql::NodePtr>{order.node()...});
        return Expr<R>{sql::make_binary(sql::Operator::within_group, node_, std::move(list), detail::own_type<R>())};
    }

private:
    sql::NodePtr node_;
};

// Comparisons and arithmetic. A value may stand on either side.

template <Expression E, OperandFor<typename E::value_type> V>
[[nodiscard]] auto operator==(const E& left, const V& right) {
    return detail::compare(sql::Operator::eq, left, right);
}
template <Expression E, OperandFor<typename E::value_type> V>
[[nodiscard]] auto operator!=(const E& left, const V& right) {
    return detail::compare(sql::Operator::ne, left, right);
}
template <Expression E, OperandFor<typename E::value_type> V>
[[nodiscard]] auto operator<(const E& left, const V& right) {
    return detail::compare(sql::Operator::lt, left, right);
}
template <Expression E, OperandFor<typename E::value_type> V>
[[nodiscard]] auto operator<=(const E& left, const V& right) {
    return detail::compare(sql::Operator::le, left, right);
}
template <Expression E, OperandFor<typename E::value_type> V>
[[nodiscard]] auto operator>(const E& left, const V& right) {
    return detail::compare(sql::Operator::gt, left, right);
}
template <Expression E, OperandFor<typename E::value_type> V>
[[nodiscard]] auto operator>=(const E& left, const V& right) {
    return detail::compare(sql::Operator::ge, left, right);
}
// Two types that do not go together: deleted, so that the compiler says it in one line.
template <Expression E, class V>
    requires(!OperandFor<V, typename E::value_type>)
void operator==(const E& column, const V& value_of_another_type) = delete;
template <Expression E, class V>
    requires(!OperandFor<V, typename E::value_type>)
void operator!=(const E& column, const V& value_of_another_type) = delete;
template <Expression E, class V>
    requires(!OperandFor<V, typename E::value_type>)
void operator<(const E& column, const V& value_of_another_type) = delete;
template <Expression E, class V>
    requires(!OperandFor<V, typename E::value_type>)
void operator<=(const E& column, const V& value_of_another_type) = delete;
template <Expression E, class V>
    requires(!OperandFor<V, typename E::value_type>)
void operator>(const E& column, const V& value_of_another_type) = delete;
template <Expression E, class V>
    requires(!OperandFor<V, typename E::value_type>)
void operator>=(const E& column, const V& value_of_another_type) = delete;
// A value on the left: turned round. (The language itself turns == round.)
template <class V, Expression E>
    requires(!Expression<V> && OperandFor<V, typename E::value_type>)
[[nodiscard]] auto operator!=(const V& left, const E& right) {
    return detail::compare(sql::Operator::ne, right, left);
}
template <class V, Expression E>
    requires(!Expression<V> && OperandFor<V, typename E::value_type>)
[[nodiscard]] auto operator<(const V& left, const E& right) {
    return detail::compare(sql::Operator::gt, right, left);
}
template <class V, Expression E>
    requires(!Expression<V> && OperandFor<V, typename E::value_type>)
[[nodiscard]] auto operator<=(const V& left, const E& right) {
    return detail::compare(sql::Operator::ge, right, left);
}
template <class V, Expression E>
    requires(!Expression<V> && OperandFor<V, typename E::value_type>)
[[nodiscard]] auto operator>(const V& left, const E& right) {
    return detail::compare(sql::Operator::lt, right, left);
}
template <class V, Expression E>
    requires(!Expression<V> && OperandFor<V, typename E::value_type>)
[[nodiscard]] auto operator>=(const V& left, const E& right) {
    return detail::compare(sql::Operator::le, right, left);
}

template <Expression E, OperandFor<typename E::value_type> V>
[[nodiscard]] auto operator+(const E& left, const V& right) {
    if constexpr (std::same_as<detail::base_t<typename E::value_type>, std::string>)
        return detail::arithmetic(sql::Operator::concat, left, right);
    else return detail::arithmetic(sql::Operator::add, left, right);
}
template <class V, Expression E>
    requires(!Expression<V> && OperandFor<V, typename E::value_type>)
[[nodiscard]] auto operator+(const V& left, const E& right) {
    if constexpr (std::same_as<detail::base_t<typename E::value_type>, std::string>)
        return detail::arithmetic(sql::Operator::concat, right, left, true);
    else return detail::arithmetic(sql::Operator::add, right, left, true);
}
template <Expression E, OperandFor<typename E::value_type> V>
    requires detail::Calculable<typename E::value_type>
[[nodiscard]] auto operator-(const E& left, const V& right) {
    using Temporal =
        detail::temporal_difference_t<detail::base_t<typename E::value_type>, typename detail::OperandType<V>::type>;
    if constexpr (std::same_as<Temporal, void>) return detail::arithmetic(sql::Operator::subtract, left, right);
    else return detail::temporal<Temporal>(sql::Operator::subtract, left, right);
}
/// Moments and spans of time: a timestamp and an interval, a date and a number of days.
template <Expression E, detail::AddsTo<typename E::value_type> V>
[[nodiscard]] auto operator+(const E& left, const V& right) {
    using Sum = detail::temporal_sum_t<detail::base_t<typename E::value_type>, typename detail::OperandType<V>::type>;
    return detail::temporal<Sum>(sql::Operator::add, left, right);
}
template <Expression E, detail::TakenFrom<typename E::value_type> V>
[[nodiscard]] auto operator-(const E& left, const V& right) {
    using Difference =
        detail::temporal_difference_t<detail::base_t<typename E::value_type>, typename detail::OperandType<V>::type>;
    return detail::temporal<Difference>(sql::Operator::subtract, left, right);
}
template <class V, Expression E>
    requires(!Expression<V> && OperandFor<V, typename E::value_type> && detail::Calculable<typename E::value_type>)
[[nodiscard]] auto operator-(const V& left, const E& right) {
    return detail::arithmetic(sql::Operator::subtract, right, left, true);
}
template <Expression E, OperandFor<typename E::value_type> V>
    requires detail::Calculable<typename E::value_type>
[[nodiscard]] auto operator*(const E& left, const V& right) {
    return detail::arithmetic(sql::Operator::multiply, left, right);
}
template <class V, Expression E>
    requires(!Expression<V> && OperandFor<V, typename E::value_type> && detail::Calculable<typename E::value_type>)
[[nodiscard]] auto operator*(const V& left, const E& right) {
    return detail::arithmetic(sql::Operator::multiply, right, left, true);
}
template <Expression E, OperandFor<typename E::value_type> V>
    requires detail::Calculable<typename E::value_type>
[[nodiscard]] auto operator%(const E& left, const V& right) {
    return detail::arithmetic(sql::Operator::modulo, left, right);
}
template <class V, Expression E>
    requires(!Expression<V> && OperandFor<V, typename E::value_type> && detail::Calculable<typename E::value_type>)
[[nodiscard]] auto operator%(const V& left, const E& right) {
    return detail::arithmetic(sql::Operator::modulo, right, left, true);
}
/// True division, of integers too: 7 / 2 is 3.5 on every database. See `floordiv` for the other kind.
template <Expression E, OperandFor<typename E::value_type> V>
    requires detail::Calculable<typename E::value_type>
[[nodiscard]] auto operator/(const E& left, const V& right) {
    return detail::quotient(left, right);
}
template <class V, Expression E>
    requires(!Expression<V> && OperandFor<V, typename E::value_type> && detail::Calculable<typename E::value_type>)
[[nodiscard]] auto operator/(const V& left, const E& right) {
    return detail::quotient(right, left, true);
}
/// Division rounded down (of integers: as the database divides them, which cuts the fraction off).
template <Expression E, OperandFor<typename E::value_type> V>
[[nodiscard]] auto floordiv(const E& left, const V& right) {
    return detail::arithmetic(sql::Operator::floor_divide, left, right);
}
template <class V, Expression E>
    requires(!Expression<V> && OperandFor<V, typename E::value_type>)
[[nodiscard]] auto floordiv(const V& left, const E& right) {
    return detail::arithmetic(sql::Operator::floor_divide, right, left, true);
}
template <Expression E>
    requires detail::Calculable<typename E::value_type>
[[nodiscard]] Expr<typename E::value_type> operator-(const E& operand) {
    return Expr<typename E::value_type>{
        sql::make_unary(sql::Operator::negate, operand.node(), sql::type_of(*operand.node()))};
}

// Boolean connectives. && and || build SQL; nothing is short-circuited.

template <Condition A, Condition B>
[[nodiscard]] Expr<bool> operator&&(const A& a, const B& b) {
    return Expr<bool>{sql::make_boolean_list(sql::Operator::and_, std::vector<sql::NodePtr>{a.node(), b.node()})};
}
template <Condition A, Condition B>
[[nodiscard]] Expr<bool> operator||(const A& a, const B& b) {
    return Expr<bool>{sql::make_boolean_list(sql::Operator::or_, std::vector<sql::NodePtr>{a.node(), b.node()})};
}
template <Condition A>
[[nodiscard]] Expr<bool> operator!(const A& a) {
    return Expr<bool>{sql::make_not(a.node())};
}
template <Condition... C>
    requires(sizeof...(C) > 0)
[[nodiscard]] Expr<bool> and_(const C&... conditions) {
    return Expr<bool>{sql::make_boolean_list(sql::Operator::and_, std::vector<sql::NodePtr>{conditions.node()...})};
}
template <Condition... C>
    requires(sizeof...(C) > 0)
[[nodiscard]] Expr<bool> or_(const C&... conditions) {
    return Expr<bool>{sql::make_boolean_list(sql::Operator::or_, std::vector<sql::NodePtr>{conditions.node()...})};
}
/// SQL's own truth values, as conditions: `and_(true_(), …)` begins a list that grows.
[[nodiscard]] inline Expr<bool> true_() { return Expr<bool>{sql::make_constant(sql::Constant::true_)}; }
[[nodiscard]] inline Expr<bool> false_() { return Expr<bool>{sql::make_constant(sql::Constant::false_)}; }
/// NULL as an expression, where a value would become a parameter: `users.fullname = null_()` in values().
[[nodiscard]] inline Expr<Value> null_() { return Expr<Value>{sql::make_null()}; }

template <Condition C>
[[nodiscard]] Expr<bool> not_(const C& condition) {
    return !condition;
}

/// A value as a bound parameter of its own type.
template <class V>
[[nodiscard]] auto literal(const V& v) {
    using T = std::conditional_t<std::convertible_to<V, std::string_view>, std::string, V>;
    return Expr<T>{sql::make_bind(detail::value_for<T>(v), detail::own_type<T>())};
}
/// A value as a bound parameter of another type.
template <class V, std::derived_from<Type> S>
[[nodiscard]] auto literal(const V& v, const S& type) {
    return Expr<detail::cast_t<S, detail::is_optional<V>>>{sql::make_bind(detail::value_for<Value>(v), type)};
}
/// Raw SQL as an expression. Never build it from input: nothing in it is quoted or bound.
template <class T = Value>
[[nodiscard]] Expr<T> literal_column(std::string sql_text) {
    return Expr<T>{std::make_shared<sql::LiteralColumnNode>(std::move(sql_text), detail::own_type<T>())};
}

/// A column by its bare name, of no table: `select(column("x")).select_from(t)`.
template <class T = Value>
[[nodiscard]] Expr<T> column(QuotedName name) {
    return Expr<T>{std::make_shared<sql::ColumnNode>(nullptr, std::move(name), detail::own_type<T>(), nullptr)};
}
/// The same with a SQL type.
template <std::derived_from<Type> S>
[[nodiscard]] Expr<detail::cast_t<S, true>> column(QuotedName name, const S& type) {
    return Expr<detail::cast_t<S, true>>{std::make_shared<sql::ColumnNode>(nullptr, std::move(name), type, nullptr)};
}

namespace detail {

/// An expression, or the name of a label of the same SELECT.
template <class E>
concept OrderBy = Expression<E> || std::convertible_to<E, std::string_view>;

template <OrderBy E>
sql::NodePtr order_node(const E& item) {
    if constexpr (Expression<E>) return item.node();
    else return std::make_shared<sql::LabelReferenceNode>(std::string{std::string_view{item}});
}

} // namespace detail

/// Order by an expression, or by the name of a label of the same SELECT.
template <Expression E>
[[nodiscard]] auto desc(const E& expression) {
    return expression.desc();
}
template <Expression E>
[[nodiscard]] auto asc(const E& expression) {
    return expression.asc();
}
template <Expression E>
[[nodiscard]] auto nulls_first(const E& expression) {
    return expression.nulls_first();
}
template <Expression E>
[[nodiscard]] auto nulls_last(const E& expression) {
    return expression.nulls_last();
}
[[nodiscard]] inline Expr<Value> desc(std::string label) {
    return Expr<Value>{std::make_shared<sql::LabelReferenceNode>(std::move(label))}.desc();
}
[[nodiscard]] inline Expr<Value> asc(std::string label) {
    return Expr<Value>{std::make_shared<sql::LabelReferenceNode>(std::move(label))}.asc();
}

} // namespace azoth

#include <azoth/sql/json.hpp>
