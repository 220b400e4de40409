// SPDX-License-Identifier: MIT
// Names of the SQL layer for those who only mention them.
#pragma once

#include <cstdint>
#include <memory>

namespace azoth {

namespace sql {
struct Node;
struct TableNode;
struct ColumnNode;
using NodePtr = std::shared_ptr<const Node>;
enum class Operator : std::uint8_t;
} // namespace sql

class ColumnRef;

} // namespace azoth
