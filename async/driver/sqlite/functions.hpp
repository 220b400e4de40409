// SPDX-License-Identifier: MIT
#pragma once

struct sqlite3;

namespace azoth::sqlite {

/// Gives a connection what SQLite leaves to the program: `regexp(pattern, text)`, which `text REGEXP pattern` calls.
/// @return SQLite's code
[[nodiscard]] int create_own_functions(sqlite3* handle) noexcept;

} // namespace azoth::sqlite
