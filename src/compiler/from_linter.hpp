// SPDX-License-Identifier: MIT
// Finding FROM elements that nothing connects.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <azoth/sql/node.hpp>

namespace azoth {

/// The warning of a cartesian product; empty when all elements are connected, by a join or by an operator that has one of them
/// on each side. What stands inside OR connects too, as does LATERAL and a function that returns rows.
[[nodiscard]] std::string
cartesian_warning(std::string_view verb, const std::vector<sql::NodePtr>& froms, const std::vector<sql::NodePtr>& criteria);

} // namespace azoth
