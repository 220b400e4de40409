// SPDX-License-Identifier: MIT
// Elements of JSON documents: `items.attrs["color"].as_string() == "red"`.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <azoth/sql/expression.hpp>

namespace azoth {

/// Several steps into a document: names and positions.
class JsonPath {
public:
    explicit JsonPath(std::vector<Value> steps) : steps_(std::move(steps)) {}
    [[nodiscard]] sql::NodePtr node() const { return sql::make_bind(Value{ArrayValue{steps_}}, Type{}); }

private:
    std::vector<Value> steps_;
};

/// `items.attrs[json_path("size", "w", 0)]`.
template <class... S>
    requires((std::integral<S> || std::convertible_to<S, std::string_view>) && ...)
[[nodiscard]] JsonPath json_path(const S&... steps) {
    return JsonPath{{detail::value_for<Value>(steps)...}};
}

/// An element of a document. It is a document itself until one of the `as_…` says what it is to the database.
class JsonItem : public Expr<std::optional<Json>> {
public:
    explicit JsonItem(std::shared_ptr<const sql::BinaryNode> node) noexcept : Expr(node) {}

    [[nodiscard]] Expr<std::optional<std::string>> as_string() const { return as<std::string>(String{}); }
    [[nodiscard]] Expr<std::optional<std::int32_t>> as_integer() const { return as<std::int32_t>(Integer{}); }
    [[nodiscard]] Expr<std::optional<bool>> as_boolean() const { return as<bool>(Boolean{}); }
    [[nodiscard]] Expr<std::optional<double>> as_float() const { return as<double>(Float{}); }
    [[nodiscard]] Expr<std::optional<Decimal>> as_numeric(std::int32_t precision, std::int32_t scale) const {
        return as<Decimal>(Numeric{precision, scale});
    }
    [[nodiscard]] Expr<std::optional<Json>> as_json() const { return as<Json>(JsonType{}); }
    /// The text of the element: `->>` and `#>>` of PostgreSQL.
    [[nodiscard]] Expr<std::optional<std::string>> astext() const;

private:
    template <class T>
    [[nodiscard]] Expr<std::optional<T>> as(const Type& type) const {
        const auto& item = static_cast<const sql::BinaryNode&>(*node());
        return Expr<std::optional<T>>{sql::make_binary(item.op, item.left, item.right, type)};
    }
};

namespace detail {

template <class K>
JsonItem json_item(const sql::NodePtr& document, const K& step) {
    constexpr bool is_path = std::same_as<K, JsonPath>;
    auto right = [&]() -> sql::NodePtr {
        if constexpr (is_path || Expression<K>) return step.node();
        else return sql::make_bind(value_for<Value>(step), own_type<K>());
    }();
    const auto op = is_path ? sql::Operator::json_path_getitem : sql::Operator::json_getitem;
    const Type& type = sql::type_of(*document);
    return JsonItem{std::make_shared<const sql::BinaryNode>(
        op, document, std::move(right), type.kind == TypeKind::json ? type : Type{JsonType{}})};
}

} // namespace detail

/// An element of a document of which the C++ type is not known: `json_item(table.c("attrs"), "color")`.
template <Expression E, class K>
[[nodiscard]] JsonItem json_item(const E& document, const K& step) {
    return detail::json_item(document.node(), step);
}

} // namespace azoth
