// SPDX-License-Identifier: MIT
// Where the tests' own files stand.
#pragma once

#include <string>

namespace azoth::testing {

/// The path of a file below tests/. The one source that knows the tree's place, so that a compiler cache
/// can share the objects of all others between trees.
[[nodiscard]] std::string in_tests(const std::string& file);

} // namespace azoth::testing
