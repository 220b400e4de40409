// SPDX-License-Identifier: MIT
// Values of columns that generate themselves, for use before the INSERT.
#pragma once

#include <string>

#include <azoth/dialect/dialect.hpp>

namespace azoth {

/// SQL for the next value of the column; empty where only the INSERT makes it.
[[nodiscard]] std::string next_key(const Dialect& dialect, const schema::TableData& table, const schema::ColumnData& column);

} // namespace azoth
