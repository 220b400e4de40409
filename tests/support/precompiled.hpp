// SPDX-License-Identifier: MIT
// What most tests include. Precompiled for the tests only: the library proves its own includes.
#pragma once

#include "support/catch.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>
