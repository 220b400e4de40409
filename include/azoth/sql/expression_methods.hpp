// SPDX-License-Identifier: MIT
// The named operators that every expression has as member functions: in(), like(), between(), label(), ….
#pragma once

#include <azoth/sql/operand.hpp>

#include <concepts>
#include <initializer_list>
#include <ranges>
#include <string>
#include <utility>
#include <vector>

namespace azoth {

class JsonItem;

/// The escape character of a LIKE pattern; 0 for none.
struct LikeEscape {
    char character = 0;
    bool automatic = false; ///< the value's own wild cards are escaped

    LikeEscape() = default;
    constexpr LikeEscape(char c) noexcept : character(c) {}
    constexpr LikeEscape(char c, bool escape_value) noexcept : character(c), automatic(escape_value) {}
};
/// `users.name.contains("100%", autoescape)`: '%' and '_' in the value stand for themselves.
inline constexpr LikeEscape autoescape{'/', true};

/// BETWEEN SYMMETRIC: `x.between(9, 3, symmetric)`.
struct Symmetric {};
inline constexpr Symmetric symmetric{};

namespace detail {

/// `value` with its wild cards and the escape character itself escaped.
[[nodiscard]] std::string escape_like(std::string_view value, char escape);
[[nodiscard]] sql::NodePtr escape_node(LikeEscape escape);
/// @throws ArgumentError when `escape` is automatic and the value is an expression, whose text is not known here.
[[nodiscard]] sql::NodePtr like_value(sql::NodePtr value, LikeEscape escape);
[[nodiscard]] sql::NodePtr make_ordered_aggregate(const sql::NodePtr& function, std::vector<sql::NodePtr> order);
template <class K>
JsonItem json_item(const sql::NodePtr& document, const K& step);
[[nodiscard]] sql::NodePtr make_filter(sql::NodePtr function, std::vector<sql::NodePtr> conditions);

/// The C++ type that a SQL type is read as: cast(x, Integer{}) is an Expr<std::int32_t>.
template <class SqlType>
struct CppType {
    using type = Value;
};
template <>
struct CppType<Boolean> {
    using type = bool;
};
template <>
struct CppType<SmallInteger> {
    using type = std::int16_t;
};
template <>
struct CppType<Integer> {
    using type = std::int32_t;
};
template <>
struct CppType<BigInteger> {
    using type = std::int64_t;
};
template <>
struct CppType<Float> {
    using type = double;
};
template <>
struct CppType<Double> {
    using type = double;
};
template <>
struct CppType<Numeric> {
    using type = Decimal;
};
template <>
struct CppType<String> {
    using type = std::string;
};
template <>
struct CppType<Text> {
    using type = std::string;
};
template <>
struct CppType<LargeBinary> {
    using type = Bytes;
};
template <>
struct CppType<DateType> {
    using type = Date;
};
template <>
struct CppType<TimeType> {
    using type = Time;
};
template <>
struct CppType<IntervalType> {
    using type = Interval;
};
template <>
struct CppType<UuidType> {
    using type = Uuid;
};
template <>
struct CppType<JsonType> {
    using type = Json;
};

template <class SqlType, bool nullable>
using cast_t = std::conditional_t<
    nullable && !std::same_as<typename CppType<SqlType>::type, Value>,
    std::optional<typename CppType<SqlType>::type>,
    typename CppType<SqlType>::type>;

} // namespace detail

template <class T>
class Expanding;

/// Named methods of one's own for expressions of one C++ type: specialise it, and columns of that type, nullable or not, have them.
///
///     template <class E>
///     struct azoth::TypeMethods<E, Point> {
///         [[nodiscard]] auto distance(const Point& other) const {
///             return az::func::call<double>("distance", static_cast<const E&>(*this), other);
///         }
///     };
template <class Derived, class T>
struct TypeMethods {};

/// The named operators, for every kind of expression.
template <class Derived, class T>
class ExpressionMethods : public TypeMethods<Derived, detail::base_t<T>> {
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
    template <OperandFor<T> V>
    [[nodiscard]] Predicate is_not_distinct_from(const V& other) const {
        return binary_condition(sql::Operator::is_not_distinct_from, other);
    }

    /// `pattern` brings its own wild cards; `escape` is the character that takes their meaning away.
    template <OperandFor<std::string> V>
        requires detail::TypeFor<base_type, std::string>
    [[nodiscard]] auto like(const V& pattern, LikeEscape escape = {}) const {
        return text_condition(sql::Operator::like, pattern, escape);
    }
    template <OperandFor<std::string> V>
        requires detail::TypeFor<base_type, std::string>
    [[nodiscard]] auto not_like(const V& pattern, LikeEscape escape = {}) const {
        return text_condition(sql::Operator::not_like, pattern, escape);
    }
    /// Upper and lower case are alike.
    template <OperandFor<std::string> V>
        requires detail::TypeFor<base_type, std::string>
    [[nodiscard]] auto ilike(const V& pattern, LikeEscape escape = {}) const {
        return text_condition(sql::Operator::ilike, pattern, escape);
    }
    template <OperandFor<std::string> V>
        requires detail::TypeFor<base_type, std::string>
    [[nodiscard]] auto not_ilike(const V& pattern, LikeEscape escape = {}) const {
        return text_condition(sql::Operator::not_ilike, pattern, escape);
    }
    /// `value` is looked for as it is once `autoescape` is given; without it '%' and '_' in it are wild cards.
    template <OperandFor<std::string> V>
        requires detail::TypeFor<base_type, std::string>
    [[nodiscard]] auto startswith(const V& value, LikeEscape escape = {}) const {
        return text_condition(sql::Operator::startswith, value, escape);
    }
    template <OperandFor<std::string> V>
        requires detail::TypeFor<base_type, std::string>
    [[nodiscard]] auto endswith(const V& value, LikeEscape escape = {}) const {
        return text_condition(sql::Operator::endswith, value, escape);
    }
    template <OperandFor<std::string> V>
        requires detail::TypeFor<base_type, std::string>
    [[nodiscard]] auto contains(const V& value, LikeEscape escape = {}) const {
        return text_condition(sql::Operator::contains, value, escape);
    }
    template <OperandFor<std::string> V>
        requires detail::TypeFor<base_type, std::string>
    [[nodiscard]] auto istartswith(const V& value, LikeEscape escape = {}) const {
        return text_condition(sql::Operator::istartswith, value, escape);
    }
    template <OperandFor<std::string> V>
        requires detail::TypeFor<base_type, std::string>
    [[nodiscard]] auto iendswith(const V& value, LikeEscape escape = {}) const {
        return text_condition(sql::Operator::iendswith, value, escape);
    }
    template <OperandFor<std::string> V>
        requires detail::TypeFor<base_type, std::string>
    [[nodiscard]] auto icontains(const V& value, LikeEscape escape = {}) const {
        return text_condition(sql::Operator::icontains, value, escape);
    }
    /// The database's own regular expressions; SQLite has them only when the program defines a function for them.
    /// `flags` are the database's too, "i" for upper and lower case alike; they are written into the text.
    template <OperandFor<std::string> V>
        requires detail::TypeFor<base_type, std::string>
    [[nodiscard]] auto regexp_match(const V& pattern, std::string flags = {}) const {
        return modified(sql::Operator::regexp_match, pattern, std::move(flags));
    }
    /// The text with what matches replaced.
    template <OperandFor<std::string> V, OperandFor<std::string> R>
        requires detail::TypeFor<base_type, std::string>
    [[nodiscard]] Expr<T> regexp_replace(const V& pattern, const R& replacement, std::string flags = {}) const {
        const auto node = self().node();
        auto pattern_node = detail::operand<std::string>(pattern, String{});
        auto replacement_node = detail::operand<std::string>(replacement, String{});
        return Expr<T>{std::make_shared<sql::BinaryNode>(
            sql::Operator::regexp_replace,
            node,
            std::move(pattern_node),
            sql::type_of(*node),
            std::move(replacement_node),
            std::move(flags)
        )};
    }
    /// The database's full text search. `regconfig` is the configuration of PostgreSQL's: "english".
    template <OperandFor<std::string> V>
        requires detail::TypeFor<base_type, std::string>
    [[nodiscard]] auto match(const V& words, std::string regconfig = {}) const {
        return modified(sql::Operator::match, words, std::move(regconfig));
    }

    template <OperandFor<T> A, OperandFor<T> B>
    [[nodiscard]] Expr<detail::condition_t<T, A>> between(const A& low, const B& high) const {
        return between_ends<A>(low, high, {});
    }
    /// `x.between(9, 3, symmetric)`: the ends may be in either order. PostgreSQL has it.
    template <OperandFor<T> A, OperandFor<T> B>
    [[nodiscard]] Expr<detail::condition_t<T, A>> between(const A& low, const B& high, Symmetric) const {
        return between_ends<A>(low, high, "SYMMETRIC");
    }
    /// `x || y`: what + is for text, for any other type.
    template <class V>
        requires(Expression<V> || OperandFor<V, std::string>)
    [[nodiscard]] auto concat(const V& other) const {
        const auto node = self().node();
        auto right = detail::operand<Value>(other, sql::type_of(*node));
        using R = std::conditional_t<detail::either_nullable<T, V>, std::optional<std::string>, std::string>;
        return Expr<R>{sql::make_binary(sql::Operator::concat, node, std::move(right), String{})};
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
        return in_list(value_list(values...), false);
    }
    /// `x IN (a, lower(b), …)`: some members are expressions, so the list has a fixed length.
    template <OperandFor<T>... V>
        requires(sizeof...(V) > 1 && (Expression<V> || ...))
    [[nodiscard]] Predicate in(const V&... members) const {
        return in_members(sql::Operator::in, members...);
    }
    template <std::ranges::input_range R>
        requires(!std::convertible_to<R, std::string_view> && detail::ValueFor<detail::remove_optional_t<std::ranges::range_value_t<R>>, base_type>)
    [[nodiscard]] auto in(const R& values) const {
        return in_values(values, false);
    }
    /// `x IN (SELECT …)`.
    template <class S>
        requires requires(const S& s) { s.select_node(); }
    [[nodiscard]] Predicate in(const S& select) const {
        return subquery_condition(sql::Operator::in, select);
    }
    /// `x IN :ids`: the list is given by `params()`.
    template <class U>
        requires detail::TypeFor<U, base_type>
    [[nodiscard]] Predicate in(const Expanding<U>& list) const {
        return Predicate{list.list_of(self().node(), sql::type_of(*self().node()), false)};
    }
    template <class U>
        requires detail::TypeFor<U, base_type>
    [[nodiscard]] Predicate not_in(const Expanding<U>& list) const {
        return Predicate{list.list_of(self().node(), sql::type_of(*self().node()), true)};
    }
    template <detail::ValueFor<base_type> U = base_type>
    [[nodiscard]] auto not_in(std::initializer_list<U> values) const {
        return in_values(std::vector<U>(values), true);
    }
    template <class... V>
        requires(sizeof...(V) > 1 && (detail::ValueFor<std::remove_cvref_t<V>, base_type> && ...))
    [[nodiscard]] auto not_in(const V&... values) const {
        return in_list(value_list(values...), true);
    }
    template <OperandFor<T>... V>
        requires(sizeof...(V) > 1 && (Expression<V> || ...))
    [[nodiscard]] Predicate not_in(const V&... members) const {
        return in_members(sql::Operator::not_in, members...);
    }
    template <std::ranges::input_range R>
        requires(!std::convertible_to<R, std::string_view> && detail::ValueFor<detail::remove_optional_t<std::ranges::range_value_t<R>>, base_type>)
    [[nodiscard]] auto not_in(const R& values) const {
        return in_values(values, true);
    }
    template <class S>
        requires requires(const S& s) { s.select_node(); }
    [[nodiscard]] Predicate not_in(const S& select) const {
        return subquery_condition(sql::Operator::not_in, select);
    }

    template <OperandFor<T> V>
        requires(detail::is_number<base_type> || std::same_as<base_type, Value>)
    [[nodiscard]] auto bitwise_and(const V& other) const {
        return detail::arithmetic(sql::Operator::bitwise_and, self(), other);
    }
    template <OperandFor<T> V>
        requires(detail::is_number<base_type> || std::same_as<base_type, Value>)
    [[nodiscard]] auto bitwise_or(const V& other) const {
        return detail::arithmetic(sql::Operator::bitwise_or, self(), other);
    }
    template <OperandFor<T> V>
        requires(detail::is_number<base_type> || std::same_as<base_type, Value>)
    [[nodiscard]] auto bitwise_xor(const V& other) const {
        return detail::arithmetic(sql::Operator::bitwise_xor, self(), other);
    }
    template <OperandFor<T> V>
        requires(detail::is_number<base_type> || std::same_as<base_type, Value>)
    [[nodiscard]] auto bitwise_lshift(const V& other) const {
        return detail::arithmetic(sql::Operator::bitwise_lshift, self(), other);
    }
    template <OperandFor<T> V>
        requires(detail::is_number<base_type> || std::same_as<base_type, Value>)
    [[nodiscard]] auto bitwise_rshift(const V& other) const {
        return detail::arithmetic(sql::Operator::bitwise_rshift, self(), other);
    }
    [[nodiscard]] Expr<T> bitwise_not() const { return suffix(sql::Operator::bitwise_not); }

    /// Any operator by its text, which is written as it is: never build it from input. R says what comes out; operands and
    /// results are put in parentheses unless `precedence` says that they bind tighter.
    template <class R = Value, class V>
    [[nodiscard]] Expr<R> op(std::string operator_text, const V& other, int precedence = 0) const {
        const auto node = self().node();
        auto right = detail::operand<Value>(other, sql::type_of(*node));
        return Expr<R>{std::make_shared<sql::BinaryNode>(
            std::move(operator_text),
            node,
            std::move(right),
            detail::own_type<R>(),
            precedence
        )};
    }
    /// An operator that says yes or no.
    template <class V>
    [[nodiscard]] Predicate bool_op(std::string operator_text, const V& other, int precedence = 0) const {
        return op<typename detail::DependentBool<Derived>::type>(std::move(operator_text), other, precedence);
    }
    /// An element of a JSON document by name, position or `json_path()`.
    template <class K>
        requires std::same_as<base_type, Json>
    [[nodiscard]] auto operator[](const K& step) const {
        return detail::json_item(self().node(), step);
    }
    /// `x COLLATE name`.
    [[nodiscard]] Expr<T> collate(std::string name) const {
        const auto node = self().node();
        auto collation = std::make_shared<sql::LabelReferenceNode>(std::move(name));
        return Expr<T>{
            sql::make_binary(sql::Operator::collate, node, std::move(collation), sql::type_of(*node))
        };
    }
    /// CAST(x AS type).
    template <std::derived_from<Type> S>
    [[nodiscard]] auto cast(const S& type) const {
        return Expr<detail::cast_t<S, detail::is_optional<T>>>{
            std::make_shared<sql::CastNode>(self().node(), type)
        };
    }

    /// `x AS name` in the columns of a SELECT.
    [[nodiscard]] Expr<T> label(QuotedName name) const {
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
        auto right = detail::compared<T>(other, sql::type_of(*node));
        return Predicate{sql::make_binary(op, node, std::move(right), Boolean{})};
    }
    template <class A, class B>
    [[nodiscard]] Expr<detail::condition_t<T, A>> between_ends(const A& low, const B& high, std::string modifier) const {
        const auto node = self().node();
        const Type& type = sql::type_of(*node);
        auto low_node = detail::operand<T>(low, type);
        auto high_node = detail::operand<T>(high, type);
        return Expr<detail::condition_t<T, A>>{std::make_shared<sql::BinaryNode>(
            sql::Operator::between,
            node,
            std::move(low_node),
            Boolean{},
            std::move(high_node),
            std::move(modifier)
        )};
    }
    template <class V>
    [[nodiscard]] auto text_condition(sql::Operator op, const V& other, LikeEscape escape) const {
        const auto node = self().node();
        auto right = detail::like_value(detail::operand<std::string>(other, sql::type_of(*node)), escape);
        return Expr<detail::condition_t<T, V>>{
            sql::make_binary(op, node, std::move(right), Boolean{}, detail::escape_node(escape))
        };
    }
    template <class V>
    [[nodiscard]] auto modified(sql::Operator op, const V& other, std::string modifier) const {
        const auto node = self().node();
        auto right = detail::operand<std::string>(other, sql::type_of(*node));
        return Expr<detail::condition_t<T, V>>{std::make_shared<sql::BinaryNode>(
            op,
            node,
            std::move(right),
            Boolean{},
            nullptr,
            std::move(modifier)
        )};
    }
    template <class S>
    [[nodiscard]] Predicate subquery_condition(sql::Operator op, const S& select) const {
        auto subquery = std::make_shared<sql::ScalarSubqueryNode>(select.select_node(), Type{});
        return Predicate{sql::make_binary(op, self().node(), std::move(subquery), Boolean{})};
    }
    template <class... V>
    [[nodiscard]] Predicate in_members(sql::Operator op, const V&... members) const {
        const auto node = self().node();
        const Type& type = sql::type_of(*node);
        auto tuple =
            std::make_shared<sql::TupleNode>(std::vector<sql::NodePtr>{detail::operand<T>(members, type)...});
        return Predicate{sql::make_binary(op, node, std::move(tuple), Boolean{})};
    }
    template <class... V>
    [[nodiscard]] std::vector<Value> value_list(const V&... values) const {
        std::vector<Value> list;
        list.reserve(sizeof...(V));
        (list.push_back(detail::value_for<T>(values)), ...);
        return list;
    }
    template <class R>
    [[nodiscard]] auto in_values(const R& values, bool negated) const {
        std::vector<Value> list;
        for (const auto& v : values)
            list.push_back(detail::value_for<T>(v));
        return in_list(std::move(list), negated);
    }
    [[nodiscard]] Predicate in_list(std::vector<Value> list, bool negated) const {
        const auto node = self().node();
        return Predicate{
            std::make_shared<sql::InListNode>(node, std::move(list), sql::type_of(*node), negated)
        };
    }
};

} // namespace azoth
