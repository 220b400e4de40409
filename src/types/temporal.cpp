// SPDX-License-Identifier: MIT
// Dates, times and timestamps as ISO 8601 text, both ways.
#include <azoth/types/temporal.hpp>

#include <limits>

#include "temporal_fields.hpp"

namespace azoth {

namespace {

using detail::CivilDay;
using detail::TextReader;

constexpr std::int64_t microseconds_per_second = 1'000'000;
constexpr std::int64_t seconds_per_day = 86'400;
constexpr std::int64_t microseconds_per_day = seconds_per_day * microseconds_per_second;

// ---- writing ----

void append_padded(std::string& out, std::uint64_t value, std::size_t width) {
    const std::string digits = std::to_string(value);
    if (digits.size() < width) out.append(width - digits.size(), '0');
    out += digits;
}

void append_day(std::string& out, const CivilDay& civil) {
    if (civil.year < 0) out += '-';
    append_padded(out, static_cast<std::uint64_t>(civil.year < 0 ? -civil.year : civil.year), 4);
    out += '-';
    append_padded(out, civil.month, 2);
    out += '-';
    append_padded(out, civil.day, 2);
}

/// `microseconds` ≥ 0; the hours may pass 24.
void append_clock(std::string& out, std::uint64_t microseconds) {
    const std::uint64_t seconds = microseconds / microseconds_per_second;
    append_padded(out, seconds / 3'600, 2);
    out += ':';
    append_padded(out, seconds / 60 % 60, 2);
    out += ':';
    append_padded(out, seconds % 60, 2);
    if (const std::uint64_t fraction = microseconds % microseconds_per_second; fraction != 0) {
        out += '.';
        append_padded(out, fraction, 6);
    }
}

std::string moment_to_string(std::int64_t microseconds) {
    std::int64_t days = microseconds / microseconds_per_day;
    std::int64_t rest = microseconds % microseconds_per_day;
    if (rest < 0) {
        rest += microseconds_per_day;
        --days;
    }
    std::string out;
    append_day(out, detail::civil_from_days(days));
    out += ' ';
    append_clock(out, static_cast<std::uint64_t>(rest));
    return out;
}

// ---- reading ----

/// "2024-01-02"; years of up to six digits and below zero as to_string writes them.
std::optional<CivilDay> read_day(TextReader& reader) {
    const bool negative = reader.take('-');
    const auto year = reader.number(4, 6);
    if (!year || !reader.take('-')) return std::nullopt;
    const auto month = reader.number(2, 2);
    if (!month || !reader.take('-')) return std::nullopt;
    const auto day = reader.number(2, 2);
    if (!day) return std::nullopt;
    const CivilDay civil{
        negative ? -*year : *year,
        static_cast<unsigned>(*month),
        static_cast<unsigned>(*day)
    };
    if (!detail::exists(civil)) return std::nullopt;
    return civil;
}

/// "13:45", "13:45:00", "13:45:00.25" as microseconds.
std::optional<std::int64_t> read_clock(TextReader& reader, std::int64_t max_hours) {
    const auto hours = reader.number(2, 3);
    if (!hours || *hours > max_hours || !reader.take(':')) return std::nullopt;
    const auto minutes = reader.number(2, 2);
    if (!minutes || *minutes > 59) return std::nullopt;
    std::int64_t seconds = 0;
    std::int64_t fraction = 0;
    if (reader.take(':')) {
        const auto read = reader.number(2, 2);
        if (!read || *read > 59) return std::nullopt;
        seconds = *read;
        if (reader.take('.')) {
            const auto digits = reader.fraction();
            if (!digits) return std::nullopt;
            fraction = *digits;
        }
    }
    return (*hours * 3'600 + *minutes * 60 + seconds) * microseconds_per_second + fraction;
}

/// Day and time without zone, the time left out for midnight. Nothing past the end of 64 bits.
std::optional<std::int64_t> read_moment(TextReader& reader) {
    const auto civil = read_day(reader);
    if (!civil) return std::nullopt;
    std::int64_t clock = 0;
    if (reader.take(' ') || reader.take('T') || reader.take('t')) {
        const auto read = read_clock(reader, 23);
        if (!read) return std::nullopt;
        clock = *read;
    }
    std::int64_t result = 0;
    if (__builtin_mul_overflow(detail::days_from_civil(*civil), microseconds_per_day, &result)
        || __builtin_add_overflow(result, clock, &result)) {
        return std::nullopt;
    }
    return result;
}

/// "Z", "+02", "-0330", "+05:30", "+00:19:32" in seconds east; zero when there is nothing.
std::optional<std::int64_t> read_offset(TextReader& reader) {
    if (reader.at_end() || reader.take('Z') || reader.take('z')) return 0;
    const bool negative = reader.take('-');
    if (!negative && !reader.take('+')) return std::nullopt;
    std::int64_t hours = 0;
    std::int64_t minutes = 0;
    std::int64_t seconds = 0;
    if (reader.digit_count() == 4) {
        const std::int64_t both = reader.number(4, 4).value_or(0);
        hours = both / 100;
        minutes = both % 100;
    } else {
        const auto read = reader.number(2, 2);
        if (!read) return std::nullopt;
        hours = *read;
        for (std::int64_t* const part : {&minutes, &seconds}) {
            if (!reader.take(':')) break;
            const auto next = reader.number(2, 2);
            if (!next) return std::nullopt;
            *part = *next;
        }
    }
    if (hours > 15 || minutes > 59 || seconds > 59) return std::nullopt; // PostgreSQL's bounds
    const std::int64_t offset = hours * 3'600 + minutes * 60 + seconds;
    return negative ? -offset : offset;
}

} // namespace

std::string to_string(Date value) {
    std::string out;
    append_day(out, {int{value.year()}, unsigned{value.month()}, unsigned{value.day()}});
    return out;
}

std::string to_string(Time value) {
    const std::int64_t count = value.since_midnight.count();
    std::string out;
    if (count < 0) out += '-';
    const auto bits = static_cast<std::uint64_t>(count);
    append_clock(out, count < 0 ? 0 - bits : bits);
    return out;
}

std::string to_string(Timestamp value) {
    return moment_to_string(value.time_since_epoch().count());
}

std::string to_string(TimestampTz value) {
    return moment_to_string(value.time_since_epoch().count()) + "+00:00";
}

std::optional<Date> parse_date(std::string_view text) {
    TextReader reader{text};
    const auto civil = read_day(reader);
    if (!civil || !reader.at_end()) return std::nullopt;
    if (civil->year < int{std::chrono::year::min()} || civil->year > int{std::chrono::year::max()})
        return std::nullopt;
    return Date{
        std::chrono::year{static_cast<int>(civil->year)},
        std::chrono::month{civil->month},
        std::chrono::day{civil->day}};
}

std::optional<Time> parse_time(std::string_view text) {
    TextReader reader{text};
    const bool negative = reader.take('-');
    const auto clock = read_clock(reader, 838); // MariaDB's TIME is also a length of time
    if (!clock || !reader.at_end()) return std::nullopt;
    return Time{std::chrono::microseconds{negative ? -*clock : *clock}};
}

std::optional<Timestamp> parse_timestamp(std::string_view text) {
    TextReader reader{text};
    const auto moment = read_moment(reader);
    // An offset would change which moment is meant, so it is not skipped.
    if (!moment || !reader.at_end()) return std::nullopt;
    return Timestamp{std::chrono::microseconds{*moment}};
}

std::optional<TimestampTz> parse_timestamp_tz(std::string_view text) {
    TextReader reader{text};
    const auto moment = read_moment(reader);
    if (!moment) return std::nullopt;
    if (reader.rest().starts_with(" +") || reader.rest().starts_with(" -")) reader.take(' ');
    const auto offset = read_offset(reader);
    std::int64_t utc = 0;
    if (!offset || !reader.at_end()
        || __builtin_sub_overflow(*moment, *offset * microseconds_per_second, &utc))
        return std::nullopt;
    return TimestampTz{std::chrono::microseconds{utc}};
}

} // namespace azoth
