// SPDX-License-Identifier: MIT
// The binary forms of parameters.
#include "driver/postgresql/binding.hpp"

#include <array>
#include <bit>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

#include <azoth/types/decimal.hpp>
#include <azoth/types/temporal.hpp>
#include <azoth/types/uuid.hpp>
#include <azoth/types/value.hpp>

#include "driver/postgresql/oid.hpp"

namespace azoth::postgresql {
namespace {

// PostgreSQL counts days and microseconds from 2000-01-01.
constexpr std::int64_t epoch_days = 10957;
constexpr std::int64_t epoch_microseconds = epoch_days * 86'400'000'000;

/// An arena that once held a huge value is given back when it is next used.
constexpr std::size_t arena_worth_keeping = std::size_t{1} << 20;

template <class T>
constexpr bool fits(std::int64_t value) noexcept {
    return value >= std::numeric_limits<T>::min() && value <= std::numeric_limits<T>::max();
}

bool is_character_type(std::uint32_t type) noexcept {
    return type == oid::varchar || type == oid::text;
}

void append_hex(std::string& out, std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    out += "\\x";
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        out += digits[byte >> 4];
        out += digits[byte & 0xF];
    }
}

template <class T>
void append_number(std::string& out, T value) {
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value);
    out.append(digits.data(), end.ptr);
}

} // namespace

void Parameters::encode(std::span<const Param> row) {
    if (arena_.capacity() > arena_worth_keeping) arena_ = std::string{};
    arena_.clear();
    ++row_;
    for (std::size_t i = 0; i < row.size(); ++i) encode_one(i, row[i]);
    for (std::size_t i = 0; i < row.size(); ++i) {
        if (offsets_[i] != not_in_arena) values_[i] = arena_.data() + offsets_[i];
    }
}

std::size_t Parameters::wire_size() const noexcept {
    std::size_t size = 64; // the messages' own bytes
    for (const int length : lengths_) size += static_cast<std::size_t>(length) + 6;
    return size;
}

void Parameters::encode_one(std::size_t index, const Param& param) {
    switch (param.kind) {
    case ParamKind::null:
        values_[index] = nullptr;
        lengths_[index] = 0;
        formats_[index] = binary_format;
        offsets_[index] = not_in_arena;
        return;
    case ParamKind::boolean:
        if (oids_[index] == oid::boolean) return put(index, static_cast<std::uint8_t>(param.integer != 0));
        return encode_integer(index, param.integer != 0 ? 1 : 0, param);
    case ParamKind::integer: return encode_integer(index, param.integer, param);
    case ParamKind::unsigned_integer: return encode_unsigned(index, param);
    case ParamKind::real: return encode_real(index, param);
    case ParamKind::text:
    case ParamKind::json:
    case ParamKind::bytes: return encode_text(index, param);
    case ParamKind::decimal: return encode_decimal(index, param);
    case ParamKind::array: return encode_array(index, param);
    case ParamKind::range:
    case ParamKind::multirange: return encode_range(index, param);
    case ParamKind::date:
    case ParamKind::time:
    case ParamKind::timestamp:
    case ParamKind::timestamp_tz:
    case ParamKind::interval: return encode_temporal(index, param);
    case ParamKind::uuid:
        if (oids_[index] != oid::uuid) return encode_as_text(index, param);
        return view(
            index, {reinterpret_cast<const char*>(param.uuid->bytes.data()), param.uuid->bytes.size()},
            binary_format);
    }
}

void Parameters::encode_integer(std::size_t index, std::int64_t value, const Param& param) {
    switch (oids_[index]) {
    case oid::int2:
        if (!fits<std::int16_t>(value))
            refuse(index, errc::out_of_range, "does not fit smallint (-32768 to 32767)");
        return put(index, static_cast<std::int16_t>(value));
    case oid::int4:
        if (!fits<std::int32_t>(value)) {
            refuse(
                index, errc::out_of_range,
                "does not fit integer (-2147483648 to 2147483647); BigInteger would");
        }
        return put(index, static_cast<std::int32_t>(value));
    case oid::int8: return put(index, value);
    case oid::boolean:
        if (value != 0 && value != 1)
            refuse(index, errc::out_of_range, "is neither 0 nor 1, so it is no boolean");
        return put(index, static_cast<std::uint8_t>(value));
    // Rounded, as any number that goes into a floating point column.
    case oid::float4: return put(index, static_cast<float>(value));
    case oid::float8: return put(index, static_cast<double>(value));
    case oid::numeric:
        open(index);
        Decimal{value}.append_pg_binary(arena_);
        return close(index, binary_format);
    default: return encode_as_text(index, param);
    }
}

void Parameters::encode_unsigned(std::size_t index, const Param& param) {
    const auto value = param.unsigned_integer;
    if (value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
        return encode_integer(index, static_cast<std::int64_t>(value), param);
    }
    switch (oids_[index]) {
    case oid::int2:
    case oid::int4:
    case oid::int8:
        refuse(
            index, errc::out_of_range, "does not fit bigint (up to 9223372036854775807); Numeric(20) would");
    case oid::boolean: refuse(index, errc::out_of_range, "is neither 0 nor 1, so it is no boolean");
    case oid::float4: return put(index, static_cast<float>(value));
    case oid::float8: return put(index, static_cast<double>(value));
    default: return encode_as_text(index, param);
    }
}

void Parameters::encode_real(std::size_t index, const Param& param) {
    const double value = param.real;
    switch (oids_[index]) {
    case oid::float8: return put(index, value);
    case oid::float4: {
        const auto narrow = static_cast<float>(value);
        if (std::isinf(narrow) && !std::isinf(value)) refuse(index, errc::out_of_range, "does not fit real");
        return put(index, narrow);
    }
    case oid::int2:
    case oid::int4:
    case oid::int8:
    case oid::boolean:
        // 2^63 as a double: the first that is too large.
        if (std::trunc(value) == value && value >= -0x1p63 && value < 0x1p63) {
            return encode_integer(index, static_cast<std::int64_t>(value), param);
        }
        if (std::trunc(value) == value) refuse(index, errc::out_of_range, "does not fit an integer type");
        refuse(index, errc::data_invalid, "has a fraction or is no number, its type is an integer");
    default: return encode_as_text(index, param);
    }
}

void Parameters::encode_text(std::size_t index, const Param& param) {
    const auto bytes = param.view();
    const auto type = oids_[index];
    if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
        refuse(index, errc::out_of_range, "is larger than the 2 GB that libpq sends");
    }
    if (type == oid::bytea) return view(index, bytes, binary_format);
    if (param.kind == ParamKind::bytes) {
        if (type == oid::uuid && bytes.size() == 16) return view(index, bytes, binary_format);
        if (type == oid::unknown_to_us) return encode_as_text(index, param);
    }
    // PostgreSQL cannot store it, and as C string it would end the value early.
    if (!bytes.empty() && std::memchr(bytes.data(), '\0', bytes.size()) != nullptr) {
        refuse_zero_byte(index);
    }
    if (type == oid::jsonb) { // a version, then the text
        open(index);
        arena_ += '\1';
        arena_ += bytes;
        return close(index, binary_format);
    }
    // The binary form of these is the text itself, with a length and without a terminator: no copy is needed.
    if (is_character_type(type) || type == oid::json) return view(index, bytes, binary_format);
    encode_as_text(index, param);
}

void Parameters::encode_decimal(std::size_t index, const Param& param) {
    switch (oids_[index]) {
    case oid::numeric:
        open(index);
        param.decimal->append_pg_binary(arena_);
        return close(index, binary_format);
    case oid::int2:
    case oid::int4:
    case oid::int8: {
        // "12.00" is an integer, although not to the server's parser of integers.
        if (!param.decimal->is_finite())
            refuse(index, errc::data_invalid, "is no number, its type is an integer");
        const Decimal whole = param.decimal->rescaled(0);
        if (whole != *param.decimal)
            refuse(index, errc::data_invalid, "has a fraction, its type is an integer");
        open(index);
        arena_ += whole.to_string();
        return close(index, text_format);
    }
    default: return encode_as_text(index, param);
    }
}

void Parameters::encode_temporal(std::size_t index, const Param& param) {
    const auto type = oids_[index];
    const auto timestamp = [&](std::int64_t since_1970) {
        if (since_1970 < std::numeric_limits<std::int64_t>::min() + epoch_microseconds) {
            refuse(index, errc::out_of_range, "does not fit timestamp");
        }
        put(index, since_1970 - epoch_microseconds);
    };
    if (type == oid::unknown_to_us || is_character_type(type)) return encode_as_text(index, param);
    switch (param.kind) {
    case ParamKind::date:
        if (type == oid::date) {
            const auto days = param.integer - epoch_days;
            if (!fits<std::int32_t>(days)) refuse(index, errc::out_of_range, "does not fit date");
            return put(index, static_cast<std::int32_t>(days));
        }
        // Midnight; with a zone, in the session's zone: the server knows which.
        if (type == oid::timestamp || type == oid::timestamptz) return encode_as_text(index, param);
        break;
    case ParamKind::time:
        if (type == oid::time) return put(index, param.integer);
        if (type == oid::timetz || type == oid::interval) return encode_as_text(index, param);
        break;
    case ParamKind::timestamp:
        if (type == oid::timestamp) return timestamp(param.integer);
        // A clock on the wall becomes a point in time by the session's zone.
        if (type == oid::timestamptz) return encode_as_text(index, param);
        break;
    case ParamKind::timestamp_tz:
        // Without a zone in the column: the clock in Greenwich.
        if (type == oid::timestamptz || type == oid::timestamp) return timestamp(param.integer);
        break;
    case ParamKind::interval:
        if (type == oid::interval) {
            open(index);
            const auto append = [&](auto value) {
                for (int shift = static_cast<int>(sizeof value) * 8 - 8; shift >= 0; shift -= 8) {
                    arena_ += static_cast<char>((value >> shift) & 0xFF);
                }
            };
            append(static_cast<std::int64_t>(param.interval->time.count()));
            append(param.interval->days);
            append(param.interval->months);
            return close(index, binary_format);
        }
        if (type == oid::timestamp) return timestamp(since_epoch(index, *param.interval));
        break;
    default: break;
    }
    // The server's parser would take some of these and drop a part silently: the time of a timestamp for a
    // date.
    refuse(index, errc::data_invalid, "is a date or time of another kind than its type");
}

std::int64_t Parameters::since_epoch(std::size_t index, const Interval& value) const {
    if (value.months != 0)
        refuse(index, errc::data_invalid, "is an interval of months, which is no fixed distance from 1970-01-01");
    std::int64_t micros = 0;
    if (__builtin_mul_overflow(std::int64_t{value.days}, std::int64_t{86'400'000'000}, &micros)
        || __builtin_add_overflow(micros, value.time.count(), &micros))
        refuse(index, errc::out_of_range, "does not fit timestamp");
    return micros;
}

void Parameters::refuse_zero_byte(std::size_t index) const {
    refuse(index, errc::data_invalid, "holds a zero byte, which PostgreSQL cannot keep in text; LargeBinary could");
}

void Parameters::encode_as_text(std::size_t index, const Param& param) {
    open(index);
    switch (param.kind) {
    case ParamKind::null: break; // is never text
    case ParamKind::boolean: arena_ += param.integer != 0 ? "true" : "false"; break;
    case ParamKind::integer: append_number(arena_, param.integer); break;
    case ParamKind::unsigned_integer: append_number(arena_, param.unsigned_integer); break;
    case ParamKind::real:
        append_number(arena_, param.real);
        break; // the shortest text that reads back the same
    case ParamKind::text:
    case ParamKind::json: arena_ += param.view(); break;
    case ParamKind::bytes: append_hex(arena_, param.view()); break;
    case ParamKind::decimal: arena_ += param.decimal->to_string(); break;
    case ParamKind::date: {
        const std::chrono::sys_days day{std::chrono::days{param.integer}};
        arena_ += to_string(Date{day});
        break;
    }
    case ParamKind::time: arena_ += to_string(Time{std::chrono::microseconds{param.integer}}); break;
    case ParamKind::timestamp:
        arena_ += to_string(Timestamp{std::chrono::microseconds{param.integer}});
        break;
    case ParamKind::timestamp_tz:
        arena_ += to_string(TimestampTz{std::chrono::microseconds{param.integer}});
        break;
    case ParamKind::interval: arena_ += to_string(*param.interval); break;
    case ParamKind::uuid:
        for (const char c : to_string(*param.uuid))
            if (c != '-' || oids_[index] != oid::bpchar) arena_ += c; // CHAR(32) has no room for hyphens
        break;
    case ParamKind::array: arena_ += array_text(*param.array); break;
    case ParamKind::range: arena_ += range_text(*param.range); break;
    case ParamKind::multirange: arena_ += multirange_text(*param.multirange); break;
    }
    if (arena_.find('\0', offsets_[index]) != std::string::npos) refuse_zero_byte(index);
    close(index, text_format);
}

void Parameters::view(std::size_t index, std::string_view bytes, Format format) {
    // A null pointer is SQL's NULL to libpq, and an empty view may have one.
    values_[index] = bytes.data() != nullptr ? bytes.data() : "";
    lengths_[index] = static_cast<int>(bytes.size());
    formats_[index] = format;
    offsets_[index] = not_in_arena;
}

void Parameters::close(std::size_t index, Format format) {
    const auto size = arena_.size() - offsets_[index];
    if (size > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
        refuse(index, errc::out_of_range, "is larger than the 2 GB that libpq sends");
    }
    lengths_[index] = static_cast<int>(size);
    formats_[index] = format;
    if (format == text_format) arena_ += '\0'; // libpq measures text with strlen
}

template <class T>
void Parameters::put(std::size_t index, T value) {
    open(index);
    if constexpr (std::is_same_v<T, double>) {
        return put(index, std::bit_cast<std::uint64_t>(value));
    } else if constexpr (std::is_same_v<T, float>) {
        return put(index, std::bit_cast<std::uint32_t>(value));
    } else {
        std::array<char, sizeof(T)> bytes{};
        auto bits = static_cast<std::uint64_t>(value);
        for (std::size_t i = sizeof(T); i-- > 0; bits >>= 8) bytes[i] = static_cast<char>(bits & 0xFF);
        arena_.append(bytes.data(), bytes.size());
        close(index, binary_format);
    }
}

void Parameters::refuse(std::size_t index, errc code, const std::string& why) const {
    DiagnosticInfo info;
    info.code = code;
    // Which value it was is the engine's to say: it may be told to hide parameters.
    if (columns_.empty()) info.message = "parameter $" + std::to_string(first_ + index + 1) + " " + why;
    else info.message = "row " + std::to_string(row_) + ", column " + columns_[first_ + index] + ": the value " + why;
    throw DataError(std::move(info), *sql_, {});
}

} // namespace azoth::postgresql
