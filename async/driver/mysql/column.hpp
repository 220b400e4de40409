// SPDX-License-Identifier: MIT
// What the server says about a column: its SQL type, and how its values are encoded.
#pragma once

#include <azoth/types/type.hpp>

#include "driver/mysql/client.hpp"
#include "driver/mysql/decode.hpp"

namespace azoth::mysql {

[[nodiscard]] Coding coding_of(const MYSQL_FIELD& field) noexcept;

/// The SQL type that results show to the user.
[[nodiscard]] Type type_of(const MYSQL_FIELD& field);

} // namespace azoth::mysql
