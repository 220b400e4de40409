// SPDX-License-Identifier: MIT
// The lock under which classes are mapped and mappings completed.
#pragma once

#include <mutex>

namespace azoth::orm {

/// Classes refer to each other, so completing one may complete others: one lock for all, taken on first use only.
[[nodiscard]] std::recursive_mutex& configuration_mutex();

} // namespace azoth::orm
