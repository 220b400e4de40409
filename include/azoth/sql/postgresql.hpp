// SPDX-License-Identifier: MIT
// PostgreSQL's own expressions: arrays, operators of arrays, documents and ranges, full text search. Other dialects refuse
// arrays and write operators as they are.
#pragma once

#include <concepts>
#include <memory>
#include <ranges>
#include <string>
#include <utility>
#include <vector>

#include <azoth/sql/constructs.hpp>
#include <azoth/sql/functions.hpp>
#include <azoth/types/array.hpp>
#include <azoth/types/postgresql.hpp>
#include <azoth/types/range.hpp>

namespace azoth::postgresql {

namespace detail {

/// A value beside an expression: bound as its type, lists as arrays.
template <class V>
sql::NodePtr operand(const V& value, const Type& type) {
    if constexpr (azoth::detail::is_value_list<V> && !SqlValue<V>) {
        std::vector<Value> items;
        for (const auto& item : value) items.push_back(azoth::detail::value_for<Value>(item));
        return sql::make_bind(Value{ArrayValue{std::move(items)}}, type);
    } else if constexpr (Expression<V> || std::same_as<V, Null>) {
        return azoth::detail::operand<Value>(value, type);
    } else {
        // A value beside a range is looked for in it.
        const auto end = azoth::detail::range_end_type(type);
        const bool is_end = !end.is_null_type() && azoth::detail::keeps_own_type(azoth::detail::own_type<V>(), type);
        return azoth::detail::operand<Value>(value, is_end ? end : type);
    }
}

/// A value whose type the server knows better: the configuration of a text search, a path.
template <class V>
sql::NodePtr untyped(const V& value) {
    if constexpr (Expression<V>) return value.node();
    else return sql::make_bind(azoth::detail::value_for<Value>(value), Type{});
}

inline constexpr int comparing = 5; ///< the precedence of =
inline constexpr int accessing = 15;

template <class R>
Expr<R> infix(std::string op, const sql::NodePtr& left, sql::NodePtr right, int precedence, const Type& type) {
    return Expr<R>{std::make_shared<sql::BinaryNode>(std::move(op), left, std::move(right), type, precedence, true)};
}
template <Expression E, class V>
Expr<bool> test(std::string op, const E& left, const V& right) {
    return infix<bool>(std::move(op), left.node(), operand(right, sql::type_of(*left.node())), comparing, Boolean{});
}
template <Expression E, class V>
Expr<bool> test_untyped(std::string op, const E& left, const V& right) {
    return infix<bool>(std::move(op), left.node(), untyped(right), comparing, Boolean{});
}

/// An element of an array, as the array's type counts; `wanted`: null_type for what the array says.
[[nodiscard]] sql::NodePtr array_item(const sql::NodePtr& array, sql::NodePtr index, const Type& wanted);
/// A position as the database counts.
[[nodiscard]] sql::NodePtr array_position(const Type& array, sql::NodePtr index);

} // namespace detail

/// `ARRAY[a, b]` of values and expressions.
template <class... V>
    requires(sizeof...(V) > 0)
[[nodiscard]] Expr<Value> array(const V&... members) {
    return Expr<Value>{std::make_shared<sql::ArrayNode>(
        std::vector<sql::NodePtr>{azoth::detail::operand<Value>(members, Type{})...}, Type{})};
}
/// `ARRAY[…]::type` without members, whose type nothing else says.
[[nodiscard]] inline Expr<Value> empty_array(const Type& array_type) {
    return Expr<Value>{std::make_shared<sql::ArrayNode>(std::vector<sql::NodePtr>{}, array_type)};
}
/// A list as one bound array.
template <std::ranges::input_range R>
[[nodiscard]] Expr<Value> array_value(const R& values, const Type& array_type = Type{}) {
    return Expr<Value>{detail::operand(values, array_type)};
}

/// `array[i]`; the first is 1, unless the array's type has `zero_indexes()`. T says what it is; without it the array's type, which
/// has one dimension less if it has several.
template <class T = Value, Expression E, class I>
[[nodiscard]] Expr<T> item(const E& array, const I& index) {
    auto right = azoth::detail::operand<Value>(index, Integer{});
    return Expr<T>{detail::array_item(array.node(), std::move(right), azoth::detail::own_type<T>())};
}
/// `array[from:to]`, both ends included.
template <Expression E, class I, class J>
[[nodiscard]] Expr<typename E::value_type> slice(const E& array, const I& from, const J& to) {
    auto bounds = sql::make_binary(
        sql::Operator::slice, detail::array_position(sql::type_of(*array.node()), azoth::detail::operand<Value>(from, Integer{})),
        detail::array_position(sql::type_of(*array.node()), azoth::detail::operand<Value>(to, Integer{})), Type{});
    return Expr<typename E::value_type>{
        sql::make_binary(sql::Operator::getitem, array.node(), std::move(bounds), sql::type_of(*array.node()))};
}
/// Sets an element of an array or of a document: `values(set_item(docs.tags, 2, "x"))`.
template <HasColumnNode C, class I, class V>
[[nodiscard]] Assignment set_item(const C& column, const I& index, const V& value) {
    const auto node = column.column_node();
    const bool document = node->type.kind == TypeKind::json;
    auto step = document ? sql::make_bind(azoth::detail::value_for<Value>(index), azoth::detail::own_type<I>())
                         : detail::array_position(node->type, azoth::detail::operand<Value>(index, Integer{}));
    auto target = sql::make_binary(sql::Operator::getitem, node, std::move(step), Type{});
    auto bound = [&]() -> sql::NodePtr {
        if constexpr (Expression<V>) return value.node();
        else if (document) return azoth::detail::operand<Value>(Json(value), node->type);
        else return azoth::detail::operand<Value>(value, Type{});
    }();
    return Assignment{node, std::move(bound), std::move(target)};
}

// Arrays, documents and ranges.

/// `@>`: has all of the other.
template <Expression E, class V>
[[nodiscard]] Expr<bool> contains(const E& left, const V& right) {
    return detail::test("@>", left, right);
}
/// `<@`
template <Expression E, class V>
[[nodiscard]] Expr<bool> contained_by(const E& left, const V& right) {
    return detail::test("<@", left, right);
}
/// `&&`: has something of the other.
template <Expression E, class V>
[[nodiscard]] Expr<bool> overlap(const E& left, const V& right) {
    return detail::test("&&", left, right);
}
/// `||`: both, one after the other; of documents the keys of both.
template <Expression E, class V>
[[nodiscard]] Expr<typename E::value_type> concat(const E& left, const V& right) {
    const auto node = left.node();
    const Type& type = sql::type_of(*node);
    return Expr<typename E::value_type>{
        sql::make_binary(sql::Operator::concat, node, detail::operand(right, type), type)};
}
/// `value = ANY (array)`, `value = ALL (array)`; with another operator `value < ANY (array)`.
template <Expression E, class V>
[[nodiscard]] Expr<bool> any(const E& array, const V& value, sql::Operator op = sql::Operator::eq) {
    return Expr<bool>{sql::make_comparison(op, azoth::detail::operand<Value>(value, Type{}), azoth::any_(array).node())};
}
template <Expression E, class V>
[[nodiscard]] Expr<bool> all(const E& array, const V& value, sql::Operator op = sql::Operator::eq) {
    return Expr<bool>{sql::make_comparison(op, azoth::detail::operand<Value>(value, Type{}), azoth::all_(array).node())};
}

// Documents (JSONB).

/// `?`, `?|`, `?&`: has the key, one of the keys, all of them.
template <Expression E, class V>
[[nodiscard]] Expr<bool> has_key(const E& document, const V& key) {
    return detail::test_untyped("?", document, key);
}
template <Expression E, Expression V>
[[nodiscard]] Expr<bool> has_any(const E& document, const V& keys) {
    return detail::test_untyped("?|", document, keys);
}
template <Expression E, Expression V>
[[nodiscard]] Expr<bool> has_all(const E& document, const V& keys) {
    return detail::test_untyped("?&", document, keys);
}
/// `@?`: the SQL/JSON path finds something.
template <Expression E, class V>
[[nodiscard]] Expr<bool> path_exists(const E& document, const V& path) {
    return detail::test_untyped("@?", document, path);
}
/// `@@`: the SQL/JSON path's predicate holds.
template <Expression E, class V>
[[nodiscard]] Expr<bool> path_match(const E& document, const V& path) {
    return detail::test_untyped("@@", document, path);
}
/// `-`: the document without a key or element.
template <Expression E, class V>
[[nodiscard]] Expr<typename E::value_type> delete_key(const E& document, const V& key) {
    const auto node = document.node();
    return Expr<typename E::value_type>{
        sql::make_binary(sql::Operator::subtract, node, detail::untyped(key), sql::type_of(*node))};
}

/// `#-`: the document without what the path leads to.
template <Expression E, class... S>
[[nodiscard]] Expr<typename E::value_type> delete_path(const E& document, const S&... steps) {
    const auto node = document.node();
    auto path = std::make_shared<sql::CastNode>(array(steps...).node(), ARRAY{Text{}});
    return detail::infix<typename E::value_type>(
        "#-", node, std::move(path), detail::accessing, sql::type_of(*node));
}

// Ranges.

/// `-|-`
template <Expression E, class V>
[[nodiscard]] Expr<bool> adjacent_to(const E& left, const V& right) {
    return detail::test("-|-", left, right);
}
/// `<<`
template <Expression E, class V>
[[nodiscard]] Expr<bool> strictly_left_of(const E& left, const V& right) {
    return detail::test("<<", left, right);
}
/// `>>`
template <Expression E, class V>
[[nodiscard]] Expr<bool> strictly_right_of(const E& left, const V& right) {
    return detail::test(">>", left, right);
}
/// `&<`
template <Expression E, class V>
[[nodiscard]] Expr<bool> not_extend_right_of(const E& left, const V& right) {
    return detail::test("&<", left, right);
}
/// `&>`
template <Expression E, class V>
[[nodiscard]] Expr<bool> not_extend_left_of(const E& left, const V& right) {
    return detail::test("&>", left, right);
}

// Full text search. A configuration ("english") may be the first argument.

template <class... A>
[[nodiscard]] Expr<Value> to_tsvector(const A&... arguments) {
    return Expr<Value>{std::make_shared<sql::FunctionNode>(
        "to_tsvector", std::vector<sql::NodePtr>{detail::untyped(arguments)...}, Type{})};
}
template <class... A>
[[nodiscard]] Expr<Value> to_tsquery(const A&... arguments) {
    return Expr<Value>{std::make_shared<sql::FunctionNode>(
        "to_tsquery", std::vector<sql::NodePtr>{detail::untyped(arguments)...}, Type{})};
}
template <class... A>
[[nodiscard]] Expr<Value> plainto_tsquery(const A&... arguments) {
    return Expr<Value>{std::make_shared<sql::FunctionNode>(
        "plainto_tsquery", std::vector<sql::NodePtr>{detail::untyped(arguments)...}, Type{})};
}
template <class... A>
[[nodiscard]] Expr<Value> phraseto_tsquery(const A&... arguments) {
    return Expr<Value>{std::make_shared<sql::FunctionNode>(
        "phraseto_tsquery", std::vector<sql::NodePtr>{detail::untyped(arguments)...}, Type{})};
}
template <class... A>
[[nodiscard]] Expr<Value> websearch_to_tsquery(const A&... arguments) {
    return Expr<Value>{std::make_shared<sql::FunctionNode>(
        "websearch_to_tsquery", std::vector<sql::NodePtr>{detail::untyped(arguments)...}, Type{})};
}
template <class... A>
[[nodiscard]] Expr<std::string> ts_headline(const A&... arguments) {
    return Expr<std::string>{std::make_shared<sql::FunctionNode>(
        "ts_headline", std::vector<sql::NodePtr>{detail::untyped(arguments)...}, String{})};
}

} // namespace azoth::postgresql
