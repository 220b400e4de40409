// SPDX-License-Identifier: MIT
// What the server says about a column: its SQL type, and how its values are encoded.
#pragma once

#include <cstdint>

#include <azoth/types/type.hpp>

#include "driver/mysql/client.hpp"

namespace azoth::mysql {

/// How the values of a column come; both protocols, binary and text, have the same kinds.
enum class Coding : std::uint8_t {
    null,
    int8,
    uint8,
    int16,
    uint16,
    int32,
    uint32,
    int64,
    uint64,
    float4,
    float8,
    date,
    datetime,
    time,
    bit,
    text,
    bytes,
};

[[nodiscard]] Coding coding_of(const MYSQL_FIELD& field) noexcept;

/// The SQL type that results show to the user.
[[nodiscard]] Type type_of(const MYSQL_FIELD& field);

} // namespace azoth::mysql
