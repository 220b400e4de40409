// SPDX-License-Identifier: MIT
// What the server says about a column: its SQL type, and how its values are encoded.
#pragma once

#include "driver/mysql/client.hpp"
#include "driver/mysql/decode.hpp"

#include <azoth/types/type.hpp>

namespace azoth::mysql {

[[nodiscard]] Coding coding_of(const MYSQL_FIELD& field) noexcept;

/// The SQL type that results show to the user.
[[nodiscard]] Type type_of(const MYSQL_FIELD& field);

} // namespace azoth::mysql
