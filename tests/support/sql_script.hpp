// SPDX-License-Identifier: MIT
// A script of SQL statements, taken apart.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace azoth::testing {

/// What the semicolons outside of quotes and comments divide; comments in front of a statement are left out.
[[nodiscard]] std::vector<std::string> split_sql(std::string_view script);

} // namespace azoth::testing
