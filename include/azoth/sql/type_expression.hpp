// SPDX-License-Identifier: MIT
// What a TypeDecorator puts around its values and columns, written with expressions.
#pragma once

#include <utility>

#include <azoth/sql/expression.hpp>
#include <azoth/types/decorator.hpp>

namespace azoth {

/// `TypeDecorator{String{}}.bind_expression(type_expression([](const auto& x) { return func::lower(x); }))`.
template <class T = Value, class F>
[[nodiscard]] TypeConversion::Wrap type_expression(F wrap) {
    return [wrap = std::move(wrap)](sql::NodePtr node) -> sql::NodePtr { return wrap(Expr<T>{std::move(node)}).node(); };
}

} // namespace azoth
