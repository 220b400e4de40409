// SPDX-License-Identifier: MIT
// Wire values as bool, integers and double. Each decoder takes the forms that drivers send all day first.
#include <azoth/types/type_traits.hpp>

#include <charconv>
#include <cmath>

#include <azoth/error.hpp>

#include "wire_read.hpp"

namespace azoth::wire {

namespace {

constexpr std::string_view an_integer = "an integer";
constexpr std::string_view signed_name = "std::int64_t";
constexpr std::string_view unsigned_name = "std::uint64_t";

/// The whole of `text` as a number; nothing when characters remain.
template <class Number>
std::optional<Number> parse_whole(std::string_view text) noexcept {
    if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// A decimal that is a whole number, in `Integer`: "12.00" is 12, "12.5" nothing.
template <class Integer>
std::optional<Integer> whole_number(const Decimal& value) {
    if (!value.is_finite()) return std::nullopt;
    const Decimal whole = value.rescaled(0);
    if (whole != value) return std::nullopt;
    return parse_whole<Integer>(whole.to_string());
}

/// 2^63 and 2^64 are doubles; the largest integers below them are not, so the upper bound is open.
template <class Integer>
std::optional<Integer> whole_number(double value) noexcept {
    constexpr bool is_signed = std::is_signed_v<Integer>;
    constexpr double low = is_signed ? -0x1p63 : 0;
    constexpr double high = is_signed ? 0x1p63 : 0x1p64;
    if (!(value >= low && value < high) || value != std::trunc(value)) return std::nullopt;
    return static_cast<Integer>(value);
}

template <class Integer>
[[noreturn]] void refuse_integer(const Field& field, std::string_view because = {}) {
    refuse(field, an_integer, std::is_signed_v<Integer> ? signed_name : unsigned_name, because);
}

/// Every form that can hold an integer, as `Integer` (64 bits, signed or not).
template <class Integer>
Integer decode_any_integer(const Field& field) {
    constexpr std::string_view out_of_range =
        std::is_signed_v<Integer> ? ": it does not fit 64 bits" : ": it does not fit 64 bits without sign";
    if (has_wrong_size(field)) refuse_integer<Integer>(field);
    std::optional<Integer> result;
    const auto from_signed = [&](std::int64_t value) {
        if (std::in_range<Integer>(value)) result = static_cast<Integer>(value);
    };
    switch (field.wire) {
    case Wire::integer: from_signed(field.integer); break;
    case Wire::pg_int2: from_signed(read_i16(field.data)); break;
    case Wire::pg_int4: from_signed(read_i32(field.data)); break;
    case Wire::pg_int8: from_signed(read_i64(field.data)); break;
    case Wire::unsigned_integer:
        if (std::in_range<Integer>(field.unsigned_integer))
            result = static_cast<Integer>(field.unsigned_integer);
        break;
    case Wire::pg_bool: return static_cast<Integer>(*field.data != 0);
    case Wire::real: result = whole_number<Integer>(field.real); break;
    case Wire::pg_float4:
        result = whole_number<Integer>(double{std::bit_cast<float>(read_u32(field.data))});
        break;
    case Wire::pg_float8: result = whole_number<Integer>(std::bit_cast<double>(read_u64(field.data))); break;
    case Wire::pg_numeric: result = whole_number<Integer>(Decimal::from_pg_binary(field.view())); break;
    case Wire::text: {
        result = parse_whole<Integer>(field.view());
        if (result) return *result;
        const auto decimal = Decimal::try_parse(field.view()); // MariaDB's SUM(): "12.00"
        if (!decimal) refuse_integer<Integer>(field);
        result = whole_number<Integer>(*decimal);
        if (!result && decimal->is_finite() && decimal->rescaled(0) == *decimal)
            refuse_integer<Integer>(field, out_of_range);
        break;
    }
    default: break;
    }
    if (result) return *result;
    const bool counts = field.wire == Wire::integer || field.wire == Wire::unsigned_integer
        || field.wire == Wire::pg_int2 || field.wire == Wire::pg_int4 || field.wire == Wire::pg_int8;
    refuse_integer<Integer>(field, counts ? out_of_range : std::string_view{});
}

[[noreturn]] void refuse_range(const std::string& value, const std::string& low, const std::string& high) {
    throw TypeMismatchError(
        "cannot read integer " + value + " into a type that holds " + low + " to " + high
        + "; ask for a wider integer type");
}

/// A word for true or false, in the spellings of the databases.
std::optional<bool> parse_bool(std::string_view text) noexcept {
    const auto is = [text](std::string_view lower) {
        return std::ranges::equal(text, lower, [](char a, char b) {
            return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + 32) : a) == b;
        });
    };
    if (is("t") || is("true") || is("1")) return true;
    if (is("f") || is("false") || is("0")) return false;
    return std::nullopt;
}

} // namespace

bool decode_bool(const Field& field) {
    const auto from_integer = [&field](std::uint64_t value) {
        if (value > 1) refuse(field, "a bool", "bool", ": it is neither 0 nor 1");
        return value == 1;
    };
    if (!has_wrong_size(field)) {
        switch (field.wire) {
        case Wire::pg_bool: return *field.data != 0;
        case Wire::integer: return from_integer(static_cast<std::uint64_t>(field.integer));
        case Wire::unsigned_integer: return from_integer(field.unsigned_integer);
        case Wire::pg_int2: return from_integer(static_cast<std::uint64_t>(read_i16(field.data)));
        case Wire::pg_int4: return from_integer(static_cast<std::uint64_t>(read_i32(field.data)));
        case Wire::pg_int8: return from_integer(read_u64(field.data));
        case Wire::text:
            if (const auto value = parse_bool(field.view())) return *value;
            break;
        case Wire::bytes: // MariaDB's BIT(1)
            if (field.size == 1 && (*field.data == 0 || *field.data == 1)) return *field.data == 1;
            if (const auto value = parse_bool(field.view()); value && field.size == 1) return *value;
            break;
        default: break;
        }
    }
    refuse(field, "a bool", "bool");
}

std::int64_t decode_integer(const Field& field) {
    if (field.wire == Wire::integer) return field.integer;
    if (field.wire == Wire::pg_int4 && field.size == 4) return read_i32(field.data);
    if (field.wire == Wire::pg_int8 && field.size == 8) return read_i64(field.data);
    return decode_any_integer<std::int64_t>(field);
}

std::int64_t decode_integer(const Field& field, std::int64_t low, std::int64_t high) {
    const std::int64_t value = decode_integer(field);
    if (value < low || value > high)
        refuse_range(std::to_string(value), std::to_string(low), std::to_string(high));
    return value;
}

std::uint64_t decode_unsigned(const Field& field, std::uint64_t high) {
    const std::uint64_t value = field.wire == Wire::unsigned_integer
                                    ? field.unsigned_integer
                                    : decode_any_integer<std::uint64_t>(field);
    if (value > high) refuse_range(std::to_string(value), "0", std::to_string(high));
    return value;
}

double decode_double(const Field& field) {
    if (field.wire == Wire::real) return field.real;
    if (field.wire == Wire::pg_float8 && field.size == 8) return std::bit_cast<double>(read_u64(field.data));
    if (!has_wrong_size(field)) {
        switch (field.wire) {
        case Wire::pg_float4: return double{std::bit_cast<float>(read_u32(field.data))};
        case Wire::integer: return static_cast<double>(field.integer);
        case Wire::unsigned_integer: return static_cast<double>(field.unsigned_integer);
        case Wire::pg_int2: return read_i16(field.data);
        case Wire::pg_int4: return read_i32(field.data);
        case Wire::pg_int8: return static_cast<double>(read_i64(field.data));
        case Wire::pg_numeric: return Decimal::from_pg_binary(field.view()).to_double();
        case Wire::text:
            if (const auto value = parse_whole<double>(field.view())) return *value;
            // Numbers of hundreds of digits, beyond what from_chars calls in range.
            if (const auto value = Decimal::try_parse(field.view())) return value->to_double();
            break;
        default: break;
        }
    }
    refuse(field, "a floating number", "double");
}

Decimal decode_decimal(const Field& field, const Type& type) {
    // What SQLAlchemy calls the default decimal return scale: digits of a REAL that stands for a decimal.
    constexpr std::int32_t default_scale = 10;
    const std::int32_t scale = type.kind == TypeKind::numeric && type.scale != Type::unset && type.scale >= 0
                                   ? type.scale
                                   : default_scale;
    if (!has_wrong_size(field)) {
        switch (field.wire) {
        case Wire::pg_numeric: return Decimal::from_pg_binary(field.view());
        case Wire::text:
            if (auto value = Decimal::try_parse(field.view())) return *std::move(value);
            break;
        case Wire::real: return Decimal::from_double(field.real, scale);
        case Wire::pg_float4:
            return Decimal::from_double(double{std::bit_cast<float>(read_u32(field.data))}, scale);
        case Wire::pg_float8: return Decimal::from_double(std::bit_cast<double>(read_u64(field.data)), scale);
        case Wire::integer: {
            // SQLite keeps 12.00 in a NUMERIC column as the integer 12: the scale comes back with the type.
            const Decimal value{field.integer};
            return type.kind == TypeKind::numeric ? value.rescaled(scale) : value;
        }
        case Wire::unsigned_integer: {
            constexpr auto high = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
            if (field.unsigned_integer <= high)
                return Decimal{static_cast<std::int64_t>(field.unsigned_integer)};
            return Decimal{std::to_string(field.unsigned_integer)};
        }
        case Wire::pg_int2: return Decimal{std::int64_t{read_i16(field.data)}};
        case Wire::pg_int4: return Decimal{std::int64_t{read_i32(field.data)}};
        case Wire::pg_int8: return Decimal{read_i64(field.data)};
        case Wire::pg_money: return Decimal{read_i64(field.data), 2};
        default: break;
        }
    }
    refuse(field, "a decimal", "azoth::Decimal");
}

} // namespace azoth::wire
