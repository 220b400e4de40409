// SPDX-License-Identifier: MIT
// Errors on their way to the user: the driver's error again, with what the driver does not know.
#pragma once

#include <span>
#include <string>

#include "engine/slot.hpp"

namespace azoth::engine {

/// In a catch block: notes the failure on the slot, and throws a DBAPIError again as the same class with the
/// statement's text and, unless the engine hides them, its parameters. Everything else is thrown again as it
/// is.
[[noreturn]] void rethrow_failure(Slot& slot, const std::string& sql, std::span<const Param> params);

} // namespace azoth::engine
