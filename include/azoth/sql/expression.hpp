// SPDX-License-Identifier: MIT
// Expr<T>: a SQL expression whose C++ type is known, and the operators that build larger ones.
#pragma once

#include <concepts>
#include <initializer_list>
#include <memory>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <azoth/sql/node.hpp>
#include <azoth/types/type_traits.hpp>

namespace azoth {

template <class T>
class Expr;

/// Anything that is a SQL expression with a C++ type: Expr<T>, Column<T>, col<&User::name>, table.c("name").
template <class E>
concept Expression = requires(const E& e) {
    typename E::value_type;
    { e.node() } -> std::convertible_to<sql::NodePtr>;
};

namespace detail {

template <class T>
using base_t = remove_optional_t<T>;

template <class T>
inline constexpr bool is_number = std::is_arithmetic_v<T> && !std::same_as<T, bool>;

/// May a value of C++ type V stand where SQL expects a T?
template <class V, class T>
concept ValueFor = std::same_as<T, Value> || std::same_as<V, T> || (is_number<T> && is_number<V>)
    || (std::same_as<T, Decimal> && std::integral<V>) || (std::same_as<T, std::string> && std::convertible_to<V, std::string_view>)
    || (!is_number<T> && !std::same_as<T, bool> && !std::same_as<T, std::string> && !std::same_as<T, Decimal>
        && std::convertible_to<V, T>);

/// May an expression of type U be compared with one of type T?
template <class U, class T>
concept TypeFor = std::same_as<T, Value> || std::same_as<U, Value> || std::same_as<U, T>
    || ((is_number<T> || std::same_as<T, Decimal>) && (is_number<U> || std::same_as<U, Decimal>));

template <class V>
struct OperandType {
    using type = remove_optional_t<std::remove_cvref_t<V>>;
};
template <Expression V>
struct OperandType<V> {
    using type = base_t<typename V::value_type>;
};

} // namespace detail

/// Something that may stand on the other side of an operator from an expression of type T.
template <class V, class T>
concept OperandFor = std::same_as<std::remove_cvref_t<V>, Null>
    || (Expression<std::remove_cvref_t<V>> && detail::TypeFor<typename detail::OperandType<std::remove_cvref_t<V>>::type, detail::base_t<T>>)
    || (!Expression<std::remove_cvref_t<V>> && detail::ValueFor<typename detail::OperandType<V>::type, detail::base_t<T>>);

namespace detail {

/// Owned copy of a C++ value that stands for a T: numbers keep their own kind, text becomes a string.
template <class T, class V>
Value value_for(const V& v) {
    using B = base_t<T>;
    if constexpr (is_optional<V>) {
        return v ? value_for<T>(*v) : Value{};
    } else if constexpr (std::convertible_to<V, std::string_view> && (std::same_as<B, std::string> || std::same_as<B, Value>)) {
        return TypeTraits<std::string>::value(std::string_view{v});
    } else if constexpr (std::is_arithmetic_v<V> || std::same_as<B, Value>) {
        return TypeTraits<V>::value(v);
    } else {
        return TypeTraits<B>::value(static_cast<const B&>(v));
    }
}

template <class V>
Type own_type() {
    using B = remove_optional_t<V>;
    if constexpr (std::convertible_to<B, std::string_view>) return String{};
    else if constexpr (std::same_as<B, Value>) return Type{};
    else return TypeTraits<B>::type();
}

/// The operand as a node; a value becomes a bound parameter of the other side's type.
template <class T, class V>
sql::NodePtr operand(const V& v, const Type& other_side) {
    if constexpr (std::same_as<V, Null>) {
        return sql::make_null();
    } else if constexpr (Expression<V>) {
        return v.node();
    } else {
        if constexpr (is_optional<V>) {
            if (!v) return sql::make_null();
        }
        const Type own = own_type<V>();
        const bool keeps_own = other_side.is_null_type()
            || (!own.is_null_type() && own.is_numeric() && other_side.is_numeric() && !own.is_integer()
                && other_side.is_integer());
        return sql::make_bind(value_for<T>(v), keeps_own ? own : other_side);
    }
}

template <class V>
bool is_null_operand(const V& v) {
    if constexpr (std::same_as<V, Null>) return true;
    else if constexpr (is_optional<V>) return !v;
    else return false;
}

/// bool, but only once `D` is known: lets a class name Expr<bool> before Expr is complete.
template <class D>
struct DependentBool {
    using type = bool;
};

template <class T, class V>
inline constexpr bool either_nullable = is_optional<T> || [] {
    if constexpr (Expression<V>) return is_optional<typename V::value_type>;
    else return false;
}();

template <class T, class V>
using condition_t = std::conditional_t<either_nullable<T, V>, std::optional<bool>, bool>;

/// Number + number, as SQL types it; nullable when either is.
template <class T, class V>
struct Arithmetic {
    using A = base_t<T>;
    using B = typename OperandType<V>::type;
    static auto pick() {
        if constexpr (std::same_as<A, Value> || std::same_as<B, Value>) return std::type_identity<Value>{};
        else if constexpr (std::same_as<A, Decimal> || std::same_as<B, Decimal>) {
            if constexpr (std::floating_point<A> || std::floating_point<B>) return std::type_identity<double>{};
            else return std::type_identity<Decimal>{};
        } else if constexpr (is_number<A> && is_number<B>) return std::type_identity<std::common_type_t<A, B>>{};
        else return std::type_identity<A>{};
    }
    using plain = typename decltype(pick())::type;
    using type = std::conditional_t<either_nullable<T, V> && !std::same_as<plain, Value>, std::optional<plain>, plain>;
};

template <class E, class V>
auto compare(sql::Operator op, const E& left, const V& right) {
    using T = typename E::value_type;
    const auto node = left.node();
    if (is_null_operand(right)) {
        if (op == sql::Operator::eq) op = sql::Operator::is;
        if (op == sql::Operator::ne) op = sql::Operator::is_not;
    }
    auto other = operand<T>(right, sql::type_of(*node));
    return Expr<condition_t<T, V>>{sql::make_binary(op, node, std::move(other), Boolean{})};
}

template <class E, class V>
auto arithmetic(sql::Operator op, const E& left, const V& right) {
    using R = typename Arithmetic<typename E::value_type, V>::type;
    const auto node = left.node();
    const Type& left_type = sql::type_of(*node);
    auto other = operand<typename E::value_type>(right, left_type);
    Type type = left_type;
    if constexpr (!std::same_as<R, Value>) {
        if (left_type.is_null_type() || !std::same_as<base_t<R>, base_t<typename E::value_type>>)
            type = TypeTraits<R>::type();
    }
    return Expr<R>{sql::make_binary(op, node, std::move(other), type)};
}

} // namespace detail

/// A condition: an expression of type bool, nullable or not, or of unknown type.
template <class E>
concept Condition = Expression<E>
    && (std::same_as<detail::base_t<typename E::value_type>, bool> || std::same_as<typename E::value_type, Value>);

/// The named operators, for every kind of expression.
template <class Derived, class T>
class ExpressionMethods {
public:
    using value_type = T;
    using base_type = detail::base_t<T>;
    using Predicate = Expr<typename detail::DependentBool<Derived>::type>;

    /// `x IS NULL` and `x IS y`.
    template <OperandFor<T> V>
    [[nodiscard]] Predicate is(const V& other) const {
        return binary_condition(sql::Operator::is, other);
    }
    template <OperandFor<T> V>
    [[nodiscard]] Predicate is_not(const V& other) const {
        return binary_condition(sql::Operator::is_not, other);
    }
    template <OperandFor<T> V>
    [[nodiscard]] Predicate is_distinct_from(const V& other) const {
        return binary_condition(sql::Operator::is_distinct_from, other);
    }

    template <OperandFor<std::string> V>
        requires detail::TypeFor<base_type, std::string>
    [[nodiscard]] auto like(const V& pattern) const {
        return detail::compare(sql::Operator::like, self(), pattern);
    }
    template <OperandFor<std::string> V>
        requires detail::TypeFor<base_type, std::string>
    [[nodiscard]] auto ilike(const V& pattern) const {
        return detail::compare(sql::Operator::ilike, self(), pattern);
    }

    template <OperandFor<T> A, OperandFor<T> B>
    [[nodiscard]] Expr<detail::condition_t<T, A>> between(const A& low, const B& high) const {
        const auto node = self().node();
        const Type& type = sql::type_of(*node);
        auto low_node = detail::operand<T>(low, type);
        auto high_node = detail::operand<T>(high, type);
        return Expr<detail::condition_t<T, A>>{sql::make_binary(
            sql::Operator::between, node, std::move(low_node), Boolean{}, std::move(high_node))};
    }

    /// `x IN (a, b, …)`. An empty list is allowed and matches nothing. How many there are does not change the statement's
    /// place in the cache.
    template <detail::ValueFor<base_type> U = base_type>
    [[nodiscard]] auto in(std::initializer_list<U> values) const {
        return in_values(std::vector<U>(values), false);
    }
    template <class... V>
        requires(sizeof...(V) > 1 && (detail::ValueFor<std::remove_cvref_t<V>, base_type> && ...))
    [[nodiscard]] auto in(const V&... values) const {
        std::vector<Value> list;
        list.reserve(sizeof...(V));
        (list.push_back(detail::value_for<T>(values)), ...);
        return in_list(std::move(list), false);
    }
    template <std::ranges::input_range R>
        requires(!std::convertible_to<R, std::string_view> && detail::ValueFor<std::ranges::range_value_t<R>, base_type>)
    [[nodiscard]] auto in(const R& values) const {
        return in_values(values, false);
    }
    /// `x IN (SELECT …)`.
    template <class S>
        requires requires(const S& s) { s.select_node(); }
    [[nodiscard]] Predicate in(const S& select) const {
        return subquery_condition(sql::Operator::in, select);
    }
    template <detail::ValueFor<base_type> U = base_type>
    [[nodiscard]] auto not_in(std::initializer_list<U> values) const {
        return in_values(std::vector<U>(values), true);
    }
    template <std::ranges::input_range R>
        requires(!std::convertible_to<R, std::string_view> && detail::ValueFor<std::ranges::range_value_t<R>, base_type>)
    [[nodiscard]] auto not_in(const R& values) const {
        return in_values(values, true);
    }
    template <class S>
        requires requires(const S& s) { s.select_node(); }
    [[nodiscard]] Predicate not_in(const S& select) const {
        return subquery_condition(sql::Operator::not_in, select);
    }

    /// `x AS name` in the columns of a SELECT.
    [[nodiscard]] Expr<T> label(std::string name) const {
        const auto node = self().node();
        return Expr<T>{std::make_shared<sql::LabelNode>(std::move(name), node, sql::type_of(*node))};
    }
    [[nodiscard]] Expr<T> asc() const { return suffix(sql::Operator::asc); }
    [[nodiscard]] Expr<T> desc() const { return suffix(sql::Operator::desc); }
    [[nodiscard]] Expr<T> nulls_first() const { return suffix(sql::Operator::nulls_first); }
    [[nodiscard]] Expr<T> nulls_last() const { return suffix(sql::Operator::nulls_last); }
    [[nodiscard]] Expr<T> distinct() const { return suffix(sql::Operator::distinct); }

private:
    [[nodiscard]] const Derived& self() const noexcept { return static_cast<const Derived&>(*this); }

    [[nodiscard]] Expr<T> suffix(sql::Operator op) const {
        const auto node = self().node();
        return Expr<T>{sql::make_unary(op, node, sql::type_of(*node))};
    }
    template <class V>
    [[nodiscard]] Predicate binary_condition(sql::Operator op, const V& other) const {
        const auto node = self().node();
        auto right = detail::operand<T>(other, sql::type_of(*node));
        return Predicate{sql::make_binary(op, node, std::move(right), Boolean{})};
    }
    template <class S>
    [[nodiscard]] Predicate subquery_condition(sql::Operator op, const S& select) const {
        auto subquery = std::make_shared<sql::ScalarSubqueryNode>(select.select_node(), Type{});
        return Predicate{sql::make_binary(op, self().node(), std::move(subquery), Boolean{})};
    }
    template <class R>
    [[nodiscard]] auto in_values(const R& values, bool negated) const {
        std::vector<Value> list;
        for (const auto& v : values) list.push_back(detail::value_for<T>(v));
        return in_list(std::move(list), negated);
    }
    [[nodiscard]] Predicate in_list(std::vector<Value> list, bool negated) const {
        const auto node = self().node();
        return Predicate{std::make_shared<sql::InListNode>(node, std::move(list), sql::type_of(*node), negated)};
    }
};

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
        std::vector<sql::NodePtr> partition;
        std::vector<sql::NodePtr> order;
        (parts.add_to(partition, order), ...);
        return Expr<T>{std::make_shared<sql::OverNode>(node_, std::move(partition), std::move(order), sql::type_of(*node_))};
    }

private:
    sql::NodePtr node_;
};

// Comparisons. The left side is an expression; a value on the left is turned round.

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

template <Expression E, OperandFor<typename E::value_type> V>
[[nodiscard]] auto operator+(const E& left, const V& right) {
    if constexpr (std::same_as<detail::base_t<typename E::value_type>, std::string>)
        return detail::arithmetic(sql::Operator::concat, left, right);
    else return detail::arithmetic(sql::Operator::add, left, right);
}
template <Expression E, OperandFor<typename E::value_type> V>
[[nodiscard]] auto operator-(const E& left, const V& right) {
    return detail::arithmetic(sql::Operator::subtract, left, right);
}
template <Expression E, OperandFor<typename E::value_type> V>
[[nodiscard]] auto operator*(const E& left, const V& right) {
    return detail::arithmetic(sql::Operator::multiply, left, right);
}
template <Expression E, OperandFor<typename E::value_type> V>
[[nodiscard]] auto operator%(const E& left, const V& right) {
    return detail::arithmetic(sql::Operator::modulo, left, right);
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
/// Raw SQL as an expression. Never build it from input: nothing in it is quoted or bound.
template <class T = Value>
[[nodiscard]] Expr<T> literal_column(std::string sql_text) {
    return Expr<T>{std::make_shared<sql::LiteralColumnNode>(std::move(sql_text), detail::own_type<T>())};
}

/// Order by an expression, or by the name of a label of the same SELECT.
template <Expression E>
[[nodiscard]] auto desc(const E& expression) {
    return expression.desc();
}
template <Expression E>
[[nodiscard]] auto asc(const E& expression) {
    return expression.asc();
}
[[nodiscard]] inline Expr<Value> desc(std::string label) {
    return Expr<Value>{std::make_shared<sql::LabelReferenceNode>(std::move(label))}.desc();
}
[[nodiscard]] inline Expr<Value> asc(std::string label) {
    return Expr<Value>{std::make_shared<sql::LabelReferenceNode>(std::move(label))}.asc();
}

} // namespace azoth
