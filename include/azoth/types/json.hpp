// SPDX-License-Identifier: MIT
// JSON documents: nlohmann's type under our name.
#pragma once

#include <nlohmann/json.hpp>

namespace azoth {

using Json = nlohmann::json;

} // namespace azoth
