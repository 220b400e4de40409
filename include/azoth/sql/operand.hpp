// SPDX-License-Identifier: MIT
// What may stand in an expression: the concepts, and how C++ values become operands.
#pragma once

#include <azoth/sql/node.hpp>
#include <azoth/types/type_traits.hpp>

#include <concepts>
#include <memory>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

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
concept ValueFor = std::same_as<T, Value> || std::same_as<V, T> || (is_number<T> && is_number<V>) ||
                   (std::same_as<T, Decimal> && std::integral<V>) || (is_number<T> && std::same_as<V, Decimal>) ||
                   (std::same_as<T, std::string> && std::convertible_to<V, std::string_view>) ||
                   (!is_number<T> && !std::same_as<T, bool> && !std::same_as<T, std::string> &&
                    !std::same_as<T, Decimal> && std::convertible_to<V, T>);

/// May an expression of type U be compared with one of type T?
template <class U, class T>
concept TypeFor = std::same_as<T, Value> || std::same_as<U, Value> || std::same_as<U, T> ||
                  ((is_number<T> || std::same_as<T, Decimal>) && (is_number<U> || std::same_as<U, Decimal>));

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
concept OperandFor =
    std::same_as<std::remove_cvref_t<V>, Null> ||
    (Expression<std::remove_cvref_t<V>> &&
     detail::TypeFor<typename detail::OperandType<std::remove_cvref_t<V>>::type, detail::base_t<T>>) ||
    (!Expression<std::remove_cvref_t<V>> &&
     detail::ValueFor<typename detail::OperandType<V>::type, detail::base_t<T>>);

namespace detail {

/// Types that can be calculated with: not text, truth values or bytes.
template <class T>
concept Calculable = !std::same_as<base_t<T>, std::string> && !std::same_as<base_t<T>, bool> &&
                     !std::same_as<base_t<T>, Bytes>;

/// Owned copy of a C++ value that stands for a T: numbers keep their own kind, text becomes a string.
template <class T, class V>
Value value_for(const V& v) {
    using B = base_t<T>;
    if constexpr (is_optional<V>) {
        return v ? value_for<T>(*v) : Value{};
    } else if constexpr (std::convertible_to<V, std::string_view> &&
                         (std::same_as<B, std::string> || std::same_as<B, Value>)) {
        return TypeTraits<std::string>::value(std::string_view{v});
    } else if constexpr (std::is_arithmetic_v<V> || std::same_as<V, Decimal> || std::same_as<B, Value>) {
        return TypeTraits<V>::value(v);
    } else {
        return TypeTraits<B>::value(static_cast<const B&>(v));
    }
}

template <class V>
Type own_type() {
    using B = remove_optional_t<V>;
    if constexpr (std::convertible_to<B, std::string_view>)
        return String{};
    else if constexpr (std::same_as<B, Value>)
        return Type{};
    else
        return TypeTraits<B>::type();
}

/// Whether a value beside an expression is bound as its own type and not as the expression's.
[[nodiscard]] bool keeps_own_type(const Type& own, const Type& other_side) noexcept;

/// The operand as a node; a value becomes a bound parameter of the other side's type.
template <class T, class V>
sql::NodePtr operand(const V& v, const Type& other_side) {
    if constexpr (std::same_as<V, Null>) {
        return sql::make_null();
    } else if constexpr (Expression<V>) {
        return v.node();
    } else {
        if constexpr (is_optional<V>) {
            if (!v)
                return sql::make_null();
        }
        Type own = own_type<V>();
        return sql::make_bind(value_for<T>(v), keeps_own_type(own, other_side) ? std::move(own) : other_side);
    }
}

/// A C++ range that stands for several values: not text, bytes or a document.
template <class V>
inline constexpr bool is_value_list = false;
template <std::ranges::input_range V>
    requires(!std::convertible_to<V, std::string_view> && !std::same_as<V, Bytes> && !std::same_as<V, Json>)
inline constexpr bool is_value_list<V> = true;

/// The members of a list for IN; `operand` is null for the list alone.
template <class R>
std::shared_ptr<const sql::InListNode>
make_value_list(std::string name, sql::NodePtr operand, const R& values, const Type& type, bool negated = false) {
    std::vector<Value> list;
    for (const auto& value : values) list.push_back(value_for<Value>(value));
    return std::make_shared<sql::InListNode>(
        std::move(operand), std::move(list), std::vector<Type>{type}, negated, std::move(name));
}

template <class V>
bool is_null_operand(const V& v) {
    if constexpr (std::same_as<V, Null>)
        return true;
    else if constexpr (is_optional<V>)
        return !v;
    else
        return false;
}

/// bool, but only once `D` is known: lets a class name Expr<bool> before Expr is complete.
template <class D>
struct DependentBool {
    using type = bool;
};

template <class T, class V>
inline constexpr bool either_nullable = is_optional<T> || [] {
    if constexpr (Expression<V>)
        return is_optional<typename V::value_type>;
    else
        return false;
}();

template <class T, class V>
using condition_t = std::conditional_t<either_nullable<T, V>, std::optional<bool>, bool>;

/// Number + number, as SQL types it; nullable when either is.
template <class T, class V>
struct Arithmetic {
    using A = base_t<T>;
    using B = typename OperandType<V>::type;
    static auto pick() {
        if constexpr (std::same_as<A, Value> || std::same_as<B, Value>)
            return std::type_identity<Value>{};
        else if constexpr (std::same_as<A, Decimal> || std::same_as<B, Decimal>) {
            if constexpr (std::floating_point<A> || std::floating_point<B>)
                return std::type_identity<double>{};
            else
                return std::type_identity<Decimal>{};
        } else if constexpr (is_number<A> && is_number<B>)
            return std::type_identity<std::common_type_t<A, B>>{};
        else
            return std::type_identity<A>{};
    }
    using plain = typename decltype(pick())::type;
    using type =
        std::conditional_t<either_nullable<T, V> && !std::same_as<plain, Value>, std::optional<plain>, plain>;
};

/// What moments and spans of time make together; void when they do not go together.
template <class A, class B>
auto temporal_sum() {
    constexpr bool moment = std::same_as<A, Timestamp> || std::same_as<A, TimestampTz> || std::same_as<A, Time>;
    if constexpr (moment && std::same_as<B, Interval>) return std::type_identity<A>{};
    else if constexpr (std::same_as<A, Date> && (std::same_as<B, Interval> || std::same_as<B, Time>))
        return std::type_identity<Timestamp>{};
    else if constexpr (std::same_as<A, Date> && std::integral<B> && !std::same_as<B, bool>) return std::type_identity<Date>{};
    else return std::type_identity<void>{};
}
template <class A, class B>
auto temporal_difference() {
    constexpr bool stamp = std::same_as<A, Timestamp> || std::same_as<A, TimestampTz>;
    if constexpr (std::same_as<A, Date> && std::same_as<B, Date>) return std::type_identity<std::int32_t>{};
    else if constexpr (std::same_as<A, B> && (stamp || std::same_as<A, Time>)) return std::type_identity<Interval>{};
    else if constexpr ((stamp && std::same_as<B, Date>) || (std::same_as<A, Date> && std::same_as<B, Timestamp>))
        return std::type_identity<Interval>{};
    else if constexpr (std::same_as<B, Time>) return std::type_identity<void>{};
    else return temporal_sum<A, B>();
}
template <class A, class B>
using temporal_sum_t = typename decltype(temporal_sum<A, B>())::type;
template <class A, class B>
using temporal_difference_t = typename decltype(temporal_difference<A, B>())::type;
/// An operand of another kind than the expression's that can be added to it, or taken from it.
template <class V, class T>
concept AddsTo = !OperandFor<V, T> && !std::same_as<V, Null>
    && !std::same_as<temporal_sum_t<base_t<T>, typename OperandType<V>::type>, void>;
template <class V, class T>
concept TakenFrom = !OperandFor<V, T> && !std::same_as<V, Null>
    && !std::same_as<temporal_difference_t<base_t<T>, typename OperandType<V>::type>, void>;

/// `left op right` of moments and spans; a value has its own type.
template <class R, class E, class V>
auto temporal(sql::Operator op, const E& left, const V& right, bool reversed = false) {
    using Result = std::conditional_t<either_nullable<typename E::value_type, V>, std::optional<R>, R>;
    const auto node = left.node();
    auto other = operand<Value>(right, Type{});
    auto type = sql::arithmetic_type(op, sql::type_of(*node), sql::type_of(*other));
    return Expr<Result>{
        reversed ? sql::make_binary(op, std::move(other), node, type)
                 : sql::make_binary(op, node, std::move(other), type)
    };
}

/// The right side of a comparison. A C++ `bool` is SQL's own true or false, as in SQLAlchemy: indexes on conditions match.
template <class T, class V>
sql::NodePtr compared(const V& v, const Type& other_side) {
    if constexpr (std::same_as<V, bool>)
        return sql::make_constant(v ? sql::Constant::true_ : sql::Constant::false_);
    else
        return operand<T>(v, other_side);
}

template <class E, class V>
auto compare(sql::Operator op, const E& left, const V& right) {
    using T = typename E::value_type;
    const auto node = left.node();
    if (is_null_operand(right)) {
        if (op == sql::Operator::eq)
            op = sql::Operator::is;
        if (op == sql::Operator::ne)
            op = sql::Operator::is_not;
    }
    auto other = compared<T>(right, sql::type_of(*node));
    return Expr<condition_t<T, V>>{sql::make_comparison(op, node, std::move(other))};
}

/// The C++ type of a quotient: exact unless a side is floating.
template <class T, class V>
struct Quotient {
    using plain = typename Arithmetic<T, V>::plain;
    using exact = std::conditional_t<std::integral<plain>, Decimal, plain>;
    using type =
        std::conditional_t<either_nullable<T, V> && !std::same_as<plain, Value>, std::optional<exact>, exact>;
};

/// `left op right` as an R; a value on either side takes the SQL type of the other.
template <class R, class E, class V>
Expr<R> arithmetic_as(sql::Operator op, const E& left, const V& right, bool reversed) {
    const auto node = left.node();
    const Type& own = sql::type_of(*node);
    auto other = operand<typename E::value_type>(right, own);
    Type type = own;
    if constexpr (std::same_as<R, Value>) {
        type = reversed ? sql::arithmetic_type(op, sql::type_of(*other), own)
                        : sql::arithmetic_type(op, own, sql::type_of(*other));
    } else {
        if (own.is_null_type() || !std::same_as<base_t<R>, base_t<typename E::value_type>>)
            type = TypeTraits<R>::type();
    }
    return Expr<R>{
        reversed ? sql::make_binary(op, std::move(other), node, type)
                 : sql::make_binary(op, node, std::move(other), type)
    };
}

template <class E, class V>
auto arithmetic(sql::Operator op, const E& left, const V& right, bool reversed = false) {
    return arithmetic_as<typename Arithmetic<typename E::value_type, V>::type>(op, left, right, reversed);
}
template <class E, class V>
auto quotient(const E& left, const V& right, bool reversed = false) {
    return arithmetic_as<typename Quotient<typename E::value_type, V>::type>(
        sql::Operator::divide,
        left,
        right,
        reversed
    );
}

} // namespace detail

/// A condition: an expression of type bool, nullable or not, or of unknown type.
template <class E>
concept Condition = Expression<E> && (std::same_as<detail::base_t<typename E::value_type>, bool> ||
                                      std::same_as<typename E::value_type, Value>);

} // namespace azoth
