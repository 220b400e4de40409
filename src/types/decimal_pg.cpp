// SPDX-License-Identifier: MIT
// Decimal in PostgreSQL's binary numeric: base-10000 digits with a weight, a sign and a display scale.
#include "decimal_big.hpp"

#include <azoth/error.hpp>

#include "wire_read.hpp"

namespace azoth {

namespace {

// numeric.c of the server: what numeric_send writes and numeric_recv accepts.
constexpr std::uint16_t sign_positive = 0x0000;
constexpr std::uint16_t sign_negative = 0x4000;
constexpr std::uint16_t sign_nan = 0xC000;
constexpr std::uint16_t sign_infinity = 0xD000;
constexpr std::uint16_t sign_negative_infinity = 0xF000;
constexpr std::uint16_t max_display_scale = 0x3FFF;
constexpr std::size_t header_size = 8;

[[noreturn]] void malformed(const char* what) {
    throw TypeMismatchError(std::string("malformed PostgreSQL numeric: ") + what);
}

void append_u16(std::string& out, std::uint16_t value) {
    out += static_cast<char>(value >> 8);
    out += static_cast<char>(value & 0xFF);
}

constexpr std::int64_t floor_divide_by_4(std::int64_t value) noexcept {
    return value >= 0 ? value / 4 : -((3 - value) / 4);
}

} // namespace

Decimal Decimal::from_pg_binary(std::string_view bytes) {
    if (bytes.size() < header_size) malformed("too short");
    const std::size_t count = wire::read_u16(bytes.data());
    const auto weight = static_cast<std::int16_t>(wire::read_u16(bytes.data() + 2));
    const std::uint16_t sign = wire::read_u16(bytes.data() + 4);
    const std::uint16_t scale = wire::read_u16(bytes.data() + 6);
    if (bytes.size() != header_size + 2 * count) malformed("the number of digits does not fit the length");
    if (sign == sign_nan) return nan();
    if (sign == sign_infinity || sign == sign_negative_infinity)
        return infinity(sign == sign_negative_infinity);
    if (sign != sign_positive && sign != sign_negative) malformed("unknown sign");
    if (scale > max_display_scale) malformed("unknown scale");

    const char* const digits = bytes.data() + header_size;
    const auto digit = [digits](std::size_t i) {
        const std::uint16_t value = wire::read_u16(digits + 2 * i);
        if (value > 9999) malformed("a digit above 9999");
        return std::int64_t{value};
    };
    // All digits together count units of 10000^(weight + 1 - count); the result counts units of 10^-scale.
    const std::int64_t shift = 4 * (std::int64_t{weight} + 1 - static_cast<std::int64_t>(count)) + scale;

    if (count <= 4) { // sixteen decimal digits
        std::int64_t integer = 0;
        for (std::size_t i = 0; i < count; ++i) integer = integer * 10'000 + digit(i);
        std::int64_t scaled = 0;
        if (integer == 0) return Decimal{0, scale};
        if (sign == sign_negative) integer = -integer;
        if (shift >= 0 && shift < detail::small_power_count
            && !__builtin_mul_overflow(integer, detail::small_powers_of_ten[shift], &scaled)) {
            return Decimal{scaled, scale};
        }
        if (shift < 0 && -shift < detail::small_power_count)
            return Decimal{integer / detail::small_powers_of_ten[-shift], scale};
    }
    // Four digits at a time: the big multiplication is what costs.
    detail::BigInt integer = 0;
    std::size_t i = 0;
    for (; i + 4 <= count; i += 4) {
        integer *= 10'000'000'000'000'000;
        integer += ((digit(i) * 10'000 + digit(i + 1)) * 10'000 + digit(i + 2)) * 10'000 + digit(i + 3);
    }
    for (; i < count; ++i) {
        integer *= 10'000;
        integer += digit(i);
    }
    if (shift >= 0) integer *= Big::power_of_ten(shift);
    else integer /= Big::power_of_ten(-shift); // what the server does with digits beyond the scale
    if (sign == sign_negative) integer = -integer;
    return Big::make(std::move(integer), scale);
}

void Decimal::append_pg_binary(std::string& out) const {
    if (!is_finite()) {
        append_u16(out, 0);
        append_u16(out, 0);
        append_u16(out, is_nan() ? sign_nan : is_negative() ? sign_negative_infinity : sign_infinity);
        append_u16(out, 0);
        return;
    }
    if (scale_ < 0 || scale_ > max_display_scale) {
        throw ArgumentError(
            "a decimal with " + std::to_string(scale_)
            + " digits behind the point: PostgreSQL keeps at most 16383"
        );
    }
    if (Big::is_zero(*this)) {
        append_u16(out, 0);
        append_u16(out, 0);
        append_u16(out, sign_positive);
        append_u16(out, static_cast<std::uint16_t>(scale_));
        return;
    }
    const detail::Digits digits = Big::digits_of(*this);
    const std::string_view text = digits.view();
    // Place p is the digit of 10^p; group g holds the places 4g to 4g+3, so the point lies between groups.
    const std::int64_t highest = static_cast<std::int64_t>(text.size()) - 1 - scale_;
    const std::int64_t lowest = -std::int64_t{scale_};
    const std::int64_t weight = floor_divide_by_4(highest);
    if (weight > std::numeric_limits<std::int16_t>::max())
        throw ArgumentError(
            "a decimal with more than 131072 digits before the point: PostgreSQL keeps no more"
        );

    const std::size_t start = out.size();
    append_u16(out, 0); // the count, set below
    append_u16(out, static_cast<std::uint16_t>(weight));
    append_u16(out, is_negative() ? sign_negative : sign_positive);
    append_u16(out, static_cast<std::uint16_t>(scale_));
    std::size_t kept = out.size(); // where the last digit that is not zero ends
    for (std::int64_t group = weight; group >= floor_divide_by_4(lowest); --group) {
        unsigned value = 0;
        for (std::int64_t place = 4 * group + 3; place >= 4 * group; --place) {
            value *= 10;
            if (place > highest || place < lowest) continue;
            value += static_cast<unsigned>(text[static_cast<std::size_t>(highest - place)] - '0');
        }
        append_u16(out, static_cast<std::uint16_t>(value));
        if (value != 0) kept = out.size();
    }
    out.resize(kept);
    const std::size_t count = (kept - start - header_size) / 2;
    out[start] = static_cast<char>(count >> 8);
    out[start + 1] = static_cast<char>(count & 0xFF);
}

} // namespace azoth
