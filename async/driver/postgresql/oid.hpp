// SPDX-License-Identifier: MIT
// PostgreSQL's type numbers, and what they mean for binding and reading.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

#include <azoth/types/field.hpp>
#include <azoth/types/type.hpp>

namespace azoth::postgresql::oid {

// Fixed since they were introduced; see the server's pg_type.dat.
inline constexpr std::uint32_t unknown_to_us = 0; ///< as a parameter type: the server infers it
inline constexpr std::uint32_t boolean = 16;
inline constexpr std::uint32_t bytea = 17;
inline constexpr std::uint32_t int8 = 20;
inline constexpr std::uint32_t int2 = 21;
inline constexpr std::uint32_t int4 = 23;
inline constexpr std::uint32_t text = 25;
inline constexpr std::uint32_t json = 114;
inline constexpr std::uint32_t float4 = 700;
inline constexpr std::uint32_t float8 = 701;
inline constexpr std::uint32_t bpchar = 1042;
inline constexpr std::uint32_t varchar = 1043;
inline constexpr std::uint32_t date = 1082;
inline constexpr std::uint32_t time = 1083;
inline constexpr std::uint32_t timestamp = 1114;
inline constexpr std::uint32_t timestamptz = 1184;
inline constexpr std::uint32_t interval = 1186;
inline constexpr std::uint32_t timetz = 1266;
inline constexpr std::uint32_t numeric = 1700;
inline constexpr std::uint32_t uuid = 2950;
inline constexpr std::uint32_t jsonb = 3802;

/// Types from here on were created by a user, so that only the server's catalogue knows them.
inline constexpr std::uint32_t first_user_defined = 16384;

} // namespace azoth::postgresql::oid

namespace azoth::postgresql {

/// How a column of a result is to be read.
struct ColumnFormat {
    /// `unsigned_integer` stands for the four bytes of `oid` and its aliases: they are no signed int4.
    Wire wire = Wire::pg_other;
    Type type;
    Wire item = Wire::null; ///< of an array's elements, of a range's ends

    ColumnFormat() = default;
    ColumnFormat(Wire w, Type t, Wire i = Wire::null) noexcept : wire(w), type(std::move(t)), item(i) {}
};

/// The type number a parameter of `type` is sent with; `unknown_to_us` where the type says nothing.
[[nodiscard]] std::uint32_t parameter_oid(const Type& type) noexcept;

/// The type number of arrays of a type, and of the elements of an array; `unknown_to_us` when there is none.
[[nodiscard]] std::uint32_t array_oid(std::uint32_t element) noexcept;
[[nodiscard]] std::uint32_t element_oid(std::uint32_t array) noexcept;
/// The type number of a range's or multirange's ends; `unknown_to_us` when `type` is neither.
[[nodiscard]] std::uint32_t range_end_oid(std::uint32_t type) noexcept;

/// How columns of a built-in type are read; `pg_other` for those Azoth does not decode. `modifier` is the
/// column's type modifier: length, precision, scale.
[[nodiscard]] ColumnFormat column_format(std::uint32_t type_oid, std::int32_t modifier);

/// The same for a type a user created, by the server's function that writes its binary form: `enum_send`
/// writes the label as text, a type created LIKE int4 uses `int4send`, and so on.
[[nodiscard]] ColumnFormat column_format(std::string_view send_function);
/// An array of a type a user created, by what writes its elements.
[[nodiscard]] ColumnFormat array_format(std::string_view element_send_function);

} // namespace azoth::postgresql
