// SPDX-License-Identifier: MIT
// What executes: the concept that engine and compiler ask of a statement.
#pragma once

#include <concepts>

#include <azoth/sql/node.hpp>

namespace azoth {

/// Select, Insert, Update, Delete, TextClause.
template <class S>
concept Statement = requires(const S& statement) {
    { statement.node() } -> std::convertible_to<sql::NodePtr>;
    { S::typed } -> std::convertible_to<bool>;
};

} // namespace azoth
