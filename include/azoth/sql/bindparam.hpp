// SPDX-License-Identifier: MIT
// Named parameters: their values are given with the statement, or later with params().
#pragma once

#include <memory>
#include <ranges>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <azoth/sql/expression.hpp>

namespace azoth {

/// Whether a parameter is another one than those of the same name.
enum class ParameterName : bool { shared_name, unique_name };

/// A named parameter that gets its value by `params(name, value)`. All that have the name are one parameter.
template <class T = Value>
[[nodiscard]] Expr<T> bindparam(std::string name) {
    return Expr<T>{std::make_shared<sql::BindNode>(std::move(name), std::nullopt, detail::own_type<T>())};
}
/// One that has a value already; `params()` gives it another.
template <class V>
[[nodiscard]] auto bindparam(std::string name, const V& value, ParameterName how = ParameterName::shared_name) {
    using T = std::conditional_t<std::convertible_to<V, std::string_view>, std::string, V>;
    return Expr<T>{std::make_shared<sql::BindNode>(
        std::move(name), detail::value_for<T>(value), detail::own_type<T>(), how == ParameterName::unique_name)};
}
/// One with a SQL type of its own: `bindparam("n", 5, String{})`.
template <class V, std::derived_from<Type> S>
[[nodiscard]] auto bindparam(std::string name, const V& value, const S& type) {
    return Expr<detail::cast_t<S, detail::is_optional<V>>>{
        std::make_shared<sql::BindNode>(std::move(name), detail::value_for<Value>(value), type)};
}

/// The list of an IN, by name: `users.id.in(expanding<std::int32_t>("ids"))`.
template <class T>
class Expanding {
public:
    explicit Expanding(std::string name) : name_(std::move(name)), required_(true) {}
    Expanding(std::string name, std::vector<Value> values) : name_(std::move(name)), values_(std::move(values)) {}

    [[nodiscard]] sql::NodePtr list_of(sql::NodePtr operand, const Type& type, bool negated) const {
        return std::make_shared<sql::InListNode>(
            std::move(operand), values_, std::vector<Type>{type}, negated, name_, required_);
    }

private:
    std::string name_;
    std::vector<Value> values_;
    bool required_ = false;
};

/// A list that is given by `params(name, values)`.
template <class T = Value>
[[nodiscard]] Expanding<T> expanding(std::string name) {
    return Expanding<T>{std::move(name)};
}
template <std::ranges::input_range R>
[[nodiscard]] auto expanding(std::string name, const R& values) {
    std::vector<Value> list;
    for (const auto& value : values) list.push_back(detail::value_for<Value>(value));
    return Expanding<std::ranges::range_value_t<R>>{std::move(name), std::move(list)};
}

} // namespace azoth
