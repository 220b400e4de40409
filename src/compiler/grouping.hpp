// SPDX-License-Identifier: MIT
// What holds an expression together, and so whether it needs parentheses inside another.
#pragma once

#include <azoth/sql/node.hpp>

namespace azoth {

/// The operator that holds a node together, `none` for what needs no parentheses anywhere.
[[nodiscard]] sql::Operator operator_of(const sql::Node& node);

/// A boolean value that is no comparison: where there is no boolean type it is no condition until it is compared with 1.
[[nodiscard]] bool is_bare_boolean(const sql::Node& node);

} // namespace azoth
