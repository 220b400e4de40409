// SPDX-License-Identifier: MIT
// What can be asked of PostgreSQL's hstore. `has_key`, `has_any`, `has_all`, `contains`, `contained_by` and `concat` of postgresql.hpp
// go with it, too.
#pragma once

#include <string>
#include <vector>

#include <azoth/sql/postgresql.hpp>

namespace azoth::postgresql::hstore {

namespace detail {

/// Keys as text[].
template <class V>
sql::NodePtr keys_node(const V& keys) {
    if constexpr (Expression<V>) {
        return keys.node();
    } else {
        std::vector<Value> items;
        for (const auto& key : keys) items.push_back(azoth::detail::value_for<std::string>(key));
        return sql::make_bind(Value{ArrayValue{std::move(items)}}, ARRAY{Text{}});
    }
}
template <class V>
sql::NodePtr key_node(const V& key) {
    return azoth::detail::operand<Value>(key, Text{});
}
template <class R>
Expr<R> call(std::string name, std::vector<sql::NodePtr> arguments, const Type& type) {
    return Expr<R>{sql::make_function(std::move(name), std::move(arguments), type)};
}

} // namespace detail

/// `pairs[key]`: the value of a key; NULL when there is none.
template <Expression E, class V>
[[nodiscard]] Expr<std::optional<std::string>> get(const E& pairs, const V& key) {
    return Expr<std::optional<std::string>>{
        sql::make_binary(sql::Operator::getitem, pairs.node(), detail::key_node(key), Text{})};
}
/// `defined(pairs, key)`: has the key, with a value that is not NULL.
template <Expression E, class V>
[[nodiscard]] Expr<bool> defined(const E& pairs, const V& key) {
    return detail::call<bool>("defined", {pairs.node(), detail::key_node(key)}, Boolean{});
}
/// `delete(pairs, key)`: the pairs without a key, or a range of keys, or what an expression says.
template <Expression E, class V>
[[nodiscard]] Expr<Hstore> delete_key(const E& pairs, const V& key) {
    const auto& type = sql::type_of(*pairs.node());
    if constexpr (azoth::detail::is_value_list<V>)
        return detail::call<Hstore>("delete", {pairs.node(), detail::keys_node(key)}, type);
    else return detail::call<Hstore>("delete", {pairs.node(), detail::key_node(key)}, type);
}
/// `slice(pairs, keys)`: only these keys, a range or an array expression.
template <Expression E, class V>
[[nodiscard]] Expr<Hstore> slice(const E& pairs, const V& keys) {
    return detail::call<Hstore>("slice", {pairs.node(), detail::keys_node(keys)}, sql::type_of(*pairs.node()));
}
/// `akeys(pairs)`
template <Expression E>
[[nodiscard]] Expr<std::vector<std::string>> keys(const E& pairs) {
    return detail::call<std::vector<std::string>>("akeys", {pairs.node()}, ARRAY{Text{}});
}
/// `avals(pairs)`
template <Expression E>
[[nodiscard]] Expr<std::vector<std::optional<std::string>>> vals(const E& pairs) {
    return detail::call<std::vector<std::optional<std::string>>>("avals", {pairs.node()}, ARRAY{Text{}});
}
/// `hstore_to_array(pairs)`: keys and values in turn.
template <Expression E>
[[nodiscard]] Expr<std::vector<std::optional<std::string>>> array(const E& pairs) {
    return detail::call<std::vector<std::optional<std::string>>>("hstore_to_array", {pairs.node()}, ARRAY{Text{}});
}
/// `hstore_to_matrix(pairs)`: an array of pairs.
template <Expression E>
[[nodiscard]] Expr<std::vector<std::vector<std::optional<std::string>>>> matrix(const E& pairs) {
    return detail::call<std::vector<std::vector<std::optional<std::string>>>>("hstore_to_matrix", {pairs.node()}, ARRAY{Text{}, 2});
}
/// `?|`, `?&`: has one of the keys, all of them: a range or an array expression.
template <Expression E, class V>
[[nodiscard]] Expr<bool> has_any(const E& pairs, const V& keys) {
    return postgresql::has_any(pairs, Expr<Value>{detail::keys_node(keys)});
}
template <Expression E, class V>
[[nodiscard]] Expr<bool> has_all(const E& pairs, const V& keys) {
    return postgresql::has_all(pairs, Expr<Value>{detail::keys_node(keys)});
}
/// `hstore(key, value)`, `hstore(keys, values)` of two arrays, `hstore(array)` or `hstore(record)`.
template <class... V>
    requires(sizeof...(V) == 1 || sizeof...(V) == 2)
[[nodiscard]] Expr<Hstore> make(const V&... parts) {
    const auto node = [](const auto& part) {
        using P = std::remove_cvref_t<decltype(part)>;
        if constexpr (azoth::detail::is_value_list<P>) return detail::keys_node(part);
        else return detail::key_node(part);
    };
    return detail::call<Hstore>("hstore", {node(parts)...}, HSTORE{});
}

} // namespace azoth::postgresql::hstore
