// SPDX-License-Identifier: MIT
// Fields as the drivers make them, for decoder tests.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include <azoth/error.hpp>
#include <azoth/types/field.hpp>
#include <azoth/types/type_traits.hpp>

#include "support/catch.hpp"

namespace azoth::test {

/// A field that owns its bytes, in a block of exactly their size: a read past the end is the sanitizer's.
class OwnedField {
public:
    OwnedField(Wire wire, std::string_view bytes) : bytes_(new char[bytes.size()]) {
        if (!bytes.empty()) std::memcpy(bytes_.get(), bytes.data(), bytes.size());
        field_ = Field{wire, bytes_.get(), static_cast<std::uint32_t>(bytes.size())};
    }
    operator const Field&() const noexcept { return field_; }

private:
    std::unique_ptr<char[]> bytes_;
    Field field_;
};

inline void append_big_endian(std::string& out, std::uint64_t value, int bytes) {
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xFF);
}

inline std::string big_endian(std::int64_t value, int bytes) {
    std::string out;
    append_big_endian(out, static_cast<std::uint64_t>(value), bytes);
    return out;
}

inline OwnedField text(std::string_view value) {
    return {Wire::text, value};
}
inline OwnedField bytes(std::string_view value) {
    return {Wire::bytes, value};
}
inline OwnedField pg_bool(bool value) {
    return {Wire::pg_bool, big_endian(value, 1)};
}
inline OwnedField pg_int2(std::int16_t value) {
    return {Wire::pg_int2, big_endian(value, 2)};
}
inline OwnedField pg_int4(std::int32_t value) {
    return {Wire::pg_int4, big_endian(value, 4)};
}
inline OwnedField pg_int8(std::int64_t value) {
    return {Wire::pg_int8, big_endian(value, 8)};
}
inline OwnedField pg_float4(float value) {
    return {Wire::pg_float4, big_endian(std::bit_cast<std::int32_t>(value), 4)};
}
inline OwnedField pg_float8(double value) {
    return {Wire::pg_float8, big_endian(std::bit_cast<std::int64_t>(value), 8)};
}
inline OwnedField pg_numeric(std::string_view value) {
    std::string out;
    Decimal{value}.append_pg_binary(out);
    return {Wire::pg_numeric, out};
}
/// Days since 2000-01-01, as PostgreSQL counts.
inline OwnedField pg_date(std::int32_t days) {
    return {Wire::pg_date, big_endian(days, 4)};
}
/// @param wire  pg_time, pg_timestamp or pg_timestamptz, the latter since 2000-01-01
inline OwnedField pg_microseconds(Wire wire, std::int64_t count) {
    return {wire, big_endian(count, 8)};
}
inline OwnedField pg_timetz(std::int64_t microseconds, std::int32_t seconds_west) {
    return {Wire::pg_timetz, big_endian(microseconds, 8) + big_endian(seconds_west, 4)};
}
inline OwnedField pg_interval(std::int64_t microseconds, std::int32_t days, std::int32_t months) {
    return {Wire::pg_interval, big_endian(microseconds, 8) + big_endian(days, 4) + big_endian(months, 4)};
}

/// The message of the TypeMismatchError that `action` throws; empty, and a failure, when it throws none.
template <class Action>
std::string mismatch(Action action) {
    try {
        static_cast<void>(action());
    } catch (const TypeMismatchError& error) {
        return error.what();
    }
    FAIL_CHECK("no TypeMismatchError");
    return {};
}

} // namespace azoth::test
