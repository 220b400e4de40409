// SPDX-License-Identifier: MIT
// What the wire decoders share: big-endian reads, and refusals that say what was found and what to ask for.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include <azoth/types/field.hpp>

namespace azoth::wire {

// Alignment is not given: a PostgreSQL row is a byte string. Compilers make one load and one swap of these.
[[nodiscard]] inline std::uint16_t read_u16(const char* bytes) noexcept {
    std::uint16_t value;
    std::memcpy(&value, bytes, sizeof value);
    if constexpr (std::endian::native == std::endian::little) value = __builtin_bswap16(value);
    return value;
}
[[nodiscard]] inline std::uint32_t read_u32(const char* bytes) noexcept {
    std::uint32_t value;
    std::memcpy(&value, bytes, sizeof value);
    if constexpr (std::endian::native == std::endian::little) value = __builtin_bswap32(value);
    return value;
}
[[nodiscard]] inline std::uint64_t read_u64(const char* bytes) noexcept {
    std::uint64_t value;
    std::memcpy(&value, bytes, sizeof value);
    if constexpr (std::endian::native == std::endian::little) value = __builtin_bswap64(value);
    return value;
}
[[nodiscard]] inline std::int16_t read_i16(const char* bytes) noexcept {
    return static_cast<std::int16_t>(read_u16(bytes));
}
[[nodiscard]] inline std::int32_t read_i32(const char* bytes) noexcept {
    return static_cast<std::int32_t>(read_u32(bytes));
}
[[nodiscard]] inline std::int64_t read_i64(const char* bytes) noexcept {
    return static_cast<std::int64_t>(read_u64(bytes));
}

/// How many bytes a field of this form has; 0 when that varies. Decoders call `check_size` before they read.
[[nodiscard]] constexpr std::size_t fixed_size(Wire wire) noexcept {
    switch (wire) {
    case Wire::pg_bool: return 1;
    case Wire::pg_int2: return 2;
    case Wire::pg_int4:
    case Wire::pg_float4:
    case Wire::pg_date: return 4;
    case Wire::pg_int8:
    case Wire::pg_float8:
    case Wire::pg_time:
    case Wire::pg_timestamp:
    case Wire::pg_timestamptz:
    case Wire::pg_money: return 8;
    case Wire::pg_timetz: return 12;
    case Wire::pg_interval:
    case Wire::pg_uuid: return 16;
    case Wire::null:
    case Wire::integer:
    case Wire::unsigned_integer:
    case Wire::real:
    case Wire::date:
    case Wire::time:
    case Wire::timestamp:
    case Wire::text:
    case Wire::bytes:
    case Wire::pg_numeric:
    case Wire::pg_jsonb:
    case Wire::pg_array:
    case Wire::pg_range:
    case Wire::pg_multirange:
    case Wire::pg_hstore:
    case Wire::pg_inet:
    case Wire::pg_macaddr:
    case Wire::pg_bit:
    case Wire::pg_tsvector:
    case Wire::pg_tsquery:
    case Wire::pg_other: return 0;
    }
    return 0;
}
/// True when a field of fixed size has another one: a value the server cannot have meant.
[[nodiscard]] constexpr bool has_wrong_size(const Field& field) noexcept {
    const std::size_t size = fixed_size(field.wire);
    return size != 0 && size != field.size;
}

/// Throws TypeMismatchError: "cannot read text 'abc' as an integer; ask for std::string", or, for NULL,
/// "the column is NULL; ask for std::optional<std::int64_t>".
/// @param wanted   with its article: "an integer"
/// @param type     what the caller asked for, in C++: "std::int64_t"
/// @param because  added behind what was found: ", which is infinite"
[[noreturn]] void refuse(
    const Field& field, std::string_view wanted, std::string_view type, std::string_view because = {});

/// Appends the value as text; false when the field has none (NULL, an unknown type, malformed bytes).
[[nodiscard]] bool append_text(const Field& field, std::string& out);

// ---- temporal parts that more than one decoder reads ----

inline constexpr std::int64_t microseconds_per_second = 1'000'000;
inline constexpr std::int64_t microseconds_per_day = 86'400 * microseconds_per_second;
/// PostgreSQL counts from 2000-01-01, we from 1970-01-01.
inline constexpr std::int64_t pg_epoch_days = 10'957;
inline constexpr std::int64_t pg_epoch_microseconds = pg_epoch_days * microseconds_per_day;

/// A count in one of PostgreSQL's forms whose ends stand for the infinities.
enum class PgMoment : std::uint8_t { finite, infinity, negative_infinity, out_of_range };

/// Reads a pg_date: days since 1970-01-01.
[[nodiscard]] PgMoment read_pg_date(const Field& field, std::int64_t& days) noexcept;
/// Reads a pg_timestamp or pg_timestamptz: microseconds since 1970-01-01.
[[nodiscard]] PgMoment read_pg_timestamp(const Field& field, std::int64_t& microseconds) noexcept;

} // namespace azoth::wire
