// SPDX-License-Identifier: MIT
#include "support/paths.hpp"

namespace azoth::testing {

std::string in_tests(const std::string& file) { return AZOTH_TESTS_DIR "/" + file; }

} // namespace azoth::testing
