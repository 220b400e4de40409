// SPDX-License-Identifier: MIT
// Paths into documents as MySQL, SQLite, Oracle and SQL Server write them.
#pragma once

#include <string>

#include <azoth/types/value.hpp>

namespace azoth {

/// `$."key"` of text, `$[2]` of a number, `$."a"[0]` of several steps.
[[nodiscard]] std::string document_path(const Value& steps);

} // namespace azoth
