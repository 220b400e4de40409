// SPDX-License-Identifier: MIT
// Little-endian numbers, temporal values in parts, and strings with their length before them.
#include "driver/mysql/decode.hpp"

#include "driver/packed_rows.hpp"

#include <array>
#include <bit>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <type_traits>

namespace azoth::mysql {
namespace {

using driver::PackedRows;
using Bytes = const unsigned char*;

constexpr std::int64_t micros_per_second = 1'000'000;

template <class T>
T little_endian(Bytes data) noexcept {
    std::make_unsigned_t<T> value = 0;
    if constexpr (std::endian::native == std::endian::little) {
        std::memcpy(&value, data, sizeof value);
    } else {
        for (std::size_t i = sizeof value; i-- > 0;) {
            value = static_cast<decltype(value)>(static_cast<std::uint64_t>(value) << 8U | data[i]);
        }
    }
    return static_cast<T>(value);
}

/// The length before a string: one byte, or a mark and two, three or eight.
std::size_t read_length(Bytes& data) noexcept {
    const unsigned char first = *data++;
    if (first < 251)
        return first;
    if (first == 252) {
        data += 2;
        return little_endian<std::uint16_t>(data - 2);
    }
    if (first == 253) {
        data += 3;
        return little_endian<std::uint16_t>(data - 3) | static_cast<std::size_t>(data[-1]) << 16U;
    }
    data += 8;
    return little_endian<std::uint64_t>(data - 8);
}

/// A date and time in parts, as the protocol has it and the calendar may not.
struct Parts {
    unsigned year = 0;
    unsigned month = 0;
    unsigned day = 0;
    unsigned hour = 0;
    unsigned minute = 0;
    unsigned second = 0;
    unsigned micros = 0;
};

std::int64_t clock_micros(const Parts& p) noexcept {
    return (std::int64_t{p.hour} * 3600 + p.minute * 60 + p.second) * micros_per_second + p.micros;
}

/// Days since 1970-01-01; false for what is no day: '0000-00-00', '2024-02-00'.
bool to_days(const Parts& p, std::int64_t& days) noexcept {
    const std::chrono::year_month_day date{
        std::chrono::year{static_cast<int>(p.year)},
        std::chrono::month{p.month},
        std::chrono::day{p.day}
    };
    if (!date.ok())
        return false;
    days = std::chrono::sys_days{date}.time_since_epoch().count();
    return true;
}

/// The server's own text of a date that no calendar has; MySQL and MariaDB store such dates in
/// permissive SQL modes.
void add_impossible(const Parts& p, bool with_time, PackedRows& rows) {
    std::array<char, 64> text{};
    int size = std::snprintf(text.data(), text.size(), "%04u-%02u-%02u", p.year, p.month, p.day);
    const auto end = static_cast<std::size_t>(size);
    if (with_time) {
        size += std::snprintf(
            text.data() + end,
            text.size() - end,
            " %02u:%02u:%02u",
            p.hour,
            p.minute,
            p.second
        );
    }
    rows.add_text(text.data(), static_cast<std::size_t>(size));
}

void add_date(const Parts& p, PackedRows& rows) {
    std::int64_t days = 0;
    if (to_days(p, days))
        rows.add(Field{Wire::date, days});
    else
        add_impossible(p, false, rows);
}

void add_datetime(const Parts& p, PackedRows& rows) {
    std::int64_t days = 0;
    if (!to_days(p, days))
        return add_impossible(p, true, rows);
    rows.add(Field{Wire::timestamp, days * 86'400 * micros_per_second + clock_micros(p)});
}

// ---- the binary protocol ---------------------------------------------------------------------

template <class T>
void binary_integer(Bytes& data, PackedRows& rows) {
    rows.add_integer(little_endian<T>(data));
    data += sizeof(T);
}

void binary_uint64(Bytes& data, PackedRows& rows) {
    rows.add(Field{little_endian<std::uint64_t>(data)});
    data += 8;
}

void binary_float(Bytes& data, PackedRows& rows) {
    rows.add_real(static_cast<double>(std::bit_cast<float>(little_endian<std::uint32_t>(data))));
    data += 4;
}

void binary_double(Bytes& data, PackedRows& rows) {
    rows.add_real(std::bit_cast<double>(little_endian<std::uint64_t>(data)));
    data += 8;
}

/// 0, 4, 7 or 11 bytes: what is zero at the end is left out.
Parts binary_parts(Bytes& data) noexcept {
    const std::size_t size = read_length(data);
    Parts p;
    if (size >= 4) {
        p.year = little_endian<std::uint16_t>(data);
        p.month = data[2];
        p.day = data[3];
    }
    if (size >= 7) {
        p.hour = data[4];
        p.minute = data[5];
        p.second = data[6];
    }
    if (size >= 11)
        p.micros = little_endian<std::uint32_t>(data + 7);
    data += size;
    return p;
}

void binary_date(Bytes& data, PackedRows& rows) {
    add_date(binary_parts(data), rows);
}

void binary_datetime(Bytes& data, PackedRows& rows) {
    add_datetime(binary_parts(data), rows);
}

/// 0, 8 or 12 bytes: sign, days, hours, minutes, seconds, microseconds.
void binary_time(Bytes& data, PackedRows& rows) {
    const std::size_t size = read_length(data);
    std::int64_t micros = 0;
    if (size >= 8) {
        Parts p;
        p.hour = data[5];
        p.minute = data[6];
        p.second = data[7];
        if (size >= 12)
            p.micros = little_endian<std::uint32_t>(data + 8);
        micros = std::int64_t{little_endian<std::uint32_t>(data + 1)} * 86'400 * micros_per_second +
                 clock_micros(p);
        if (data[0] != 0)
            micros = -micros;
    }
    data += size;
    rows.add(Field{Wire::time, micros});
}

/// BIT(1..64), most significant byte first.
void add_bits(Bytes data, std::size_t size, PackedRows& rows) {
    if (size > 8)
        return rows.add_bytes(data, size);
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i)
        value = value << 8U | data[i];
    if (value > static_cast<std::uint64_t>(INT64_MAX))
        rows.add(Field{value});
    else
        rows.add_integer(static_cast<std::int64_t>(value));
}

void binary_bit(Bytes& data, PackedRows& rows) {
    const std::size_t size = read_length(data);
    add_bits(data, size, rows);
    data += size;
}

void binary_text(Bytes& data, PackedRows& rows) {
    const std::size_t size = read_length(data);
    rows.add_text(reinterpret_cast<const char*>(data), size);
    data += size;
}

void binary_bytes(Bytes& data, PackedRows& rows) {
    const std::size_t size = read_length(data);
    rows.add_bytes(data, size);
    data += size;
}

void binary_null(Bytes&, PackedRows& rows) {
    rows.add_null();
}

// ---- the text protocol -----------------------------------------------------------------------

void text_integer(std::string_view text, PackedRows& rows) {
    std::int64_t value = 0;
    const auto* const end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, value);
    if (parsed.ec == std::errc{} && parsed.ptr == end)
        rows.add_integer(value);
    else
        rows.add_text(text.data(), text.size());
}

void text_unsigned(std::string_view text, PackedRows& rows) {
    std::uint64_t value = 0;
    const auto* const end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, value);
    if (parsed.ec == std::errc{} && parsed.ptr == end)
        rows.add(Field{value});
    else
        rows.add_text(text.data(), text.size());
}

/// Through float where the column is one: "0.1" is then the number that the binary protocol sends.
template <class T>
void text_real(std::string_view text, PackedRows& rows) {
    T value = 0;
    const auto* const end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, value);
    if (parsed.ec == std::errc{} && parsed.ptr == end)
        rows.add_real(static_cast<double>(value));
    else
        rows.add_text(text.data(), text.size());
}

/// Numbers and the marks between them, from the left; false once something else stands there.
class Reader {
public:
    explicit Reader(std::string_view text) noexcept : text_(text) {}

    bool number(unsigned& value) noexcept {
        const auto parsed = std::from_chars(text_.data(), text_.data() + text_.size(), value);
        if (parsed.ec != std::errc{})
            return false;
        text_.remove_prefix(static_cast<std::size_t>(parsed.ptr - text_.data()));
        return true;
    }
    bool mark(char c) noexcept {
        if (text_.empty() || text_.front() != c)
            return false;
        text_.remove_prefix(1);
        return true;
    }
    bool date(Parts& p) noexcept {
        return number(p.year) && mark('-') && number(p.month) && mark('-') && number(p.day);
    }
    bool clock(Parts& p) noexcept {
        if (!(number(p.hour) && mark(':') && number(p.minute) && mark(':') && number(p.second)))
            return false;
        return !mark('.') || fraction(p.micros);
    }
    [[nodiscard]] bool at_end() const noexcept { return text_.empty(); }

private:
    bool fraction(unsigned& micros) noexcept {
        if (text_.empty() || text_.size() > 6)
            return false;
        const std::size_t digits = text_.size();
        if (!number(micros) || !at_end())
            return false;
        for (std::size_t i = digits; i < 6; ++i)
            micros *= 10;
        return true;
    }

    std::string_view text_;
};

void text_date(std::string_view text, PackedRows& rows) {
    Parts p;
    Reader reader{text};
    if (reader.date(p) && reader.at_end())
        add_date(p, rows);
    else
        rows.add_text(text.data(), text.size());
}

void text_datetime(std::string_view text, PackedRows& rows) {
    Parts p;
    Reader reader{text};
    if (reader.date(p) && reader.mark(' ') && reader.clock(p) && reader.at_end())
        add_datetime(p, rows);
    else
        rows.add_text(text.data(), text.size());
}

void text_time(std::string_view text, PackedRows& rows) {
    Parts p;
    Reader reader{text};
    const bool negative = reader.mark('-');
    if (!reader.clock(p) || !reader.at_end())
        return rows.add_text(text.data(), text.size());
    rows.add(Field{Wire::time, negative ? -clock_micros(p) : clock_micros(p)});
}

} // namespace

BinaryDecoder binary_decoder(Coding coding) noexcept {
    switch (coding) {
    case Coding::null:
        return binary_null;
    case Coding::int8:
        return binary_integer<std::int8_t>;
    case Coding::uint8:
        return binary_integer<std::uint8_t>;
    case Coding::int16:
        return binary_integer<std::int16_t>;
    case Coding::uint16:
        return binary_integer<std::uint16_t>;
    case Coding::int32:
        return binary_integer<std::int32_t>;
    case Coding::uint32:
        return binary_integer<std::uint32_t>;
    case Coding::int64:
        return binary_integer<std::int64_t>;
    case Coding::uint64:
        return binary_uint64;
    case Coding::float4:
        return binary_float;
    case Coding::float8:
        return binary_double;
    case Coding::date:
        return binary_date;
    case Coding::datetime:
        return binary_datetime;
    case Coding::time:
        return binary_time;
    case Coding::bit:
        return binary_bit;
    case Coding::text:
        return binary_text;
    case Coding::bytes:
        return binary_bytes;
    }
    return binary_bytes;
}

void decode_text(Coding coding, std::string_view text, PackedRows& rows) {
    switch (coding) {
    case Coding::null:
        return rows.add_null();
    case Coding::int8:
    case Coding::uint8:
    case Coding::int16:
    case Coding::uint16:
    case Coding::int32:
    case Coding::uint32:
    case Coding::int64:
        return text_integer(text, rows);
    case Coding::uint64:
        return text_unsigned(text, rows);
    case Coding::float4:
        return text_real<float>(text, rows);
    case Coding::float8:
        return text_real<double>(text, rows);
    case Coding::date:
        return text_date(text, rows);
    case Coding::datetime:
        return text_datetime(text, rows);
    case Coding::time:
        return text_time(text, rows);
    case Coding::bit:
        return add_bits(reinterpret_cast<const unsigned char*>(text.data()), text.size(), rows);
    case Coding::text:
        return rows.add_text(text.data(), text.size());
    case Coding::bytes:
        return rows.add_bytes(text.data(), text.size());
    }
}

} // namespace azoth::mysql
