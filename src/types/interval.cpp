// SPDX-License-Identifier: MIT
// Intervals as text: PostgreSQL's style both ways, ISO 8601 durations to read.
#include <azoth/types/temporal.hpp>

#include <algorithm>
#include <iterator>
#include <limits>

#include "temporal_fields.hpp"

namespace azoth {

namespace {

using detail::TextReader;

constexpr std::int64_t microseconds_per_second = 1'000'000;
constexpr std::int64_t microseconds_per_minute = 60 * microseconds_per_second;
constexpr std::int64_t microseconds_per_hour = 60 * microseconds_per_minute;

void append_two_digits(std::string& out, std::uint64_t value) {
    if (value < 10) out += '0';
    out += std::to_string(value);
}

/// The sum of an interval's parts while it is read; false as soon as one leaves its range.
class IntervalSum {
public:
    [[nodiscard]] bool add_months(std::int64_t count, std::int64_t months) {
        return add(months_, count, months);
    }
    [[nodiscard]] bool add_days(std::int64_t count, std::int64_t days) { return add(days_, count, days); }
    [[nodiscard]] bool add_time(std::int64_t count, std::int64_t unit) { return add(time_, count, unit); }

    [[nodiscard]] std::optional<Interval> result() const {
        using Limits = std::numeric_limits<std::int32_t>;
        for (const std::int64_t part : {months_, days_})
            if (part < Limits::min() || part > Limits::max()) return std::nullopt;
        return Interval{
            static_cast<std::int32_t>(months_),
            static_cast<std::int32_t>(days_),
            std::chrono::microseconds{time_}
        };
    }

private:
    static bool add(std::int64_t& sum, std::int64_t count, std::int64_t unit) {
        std::int64_t product = 0;
        return !__builtin_mul_overflow(count, unit, &product) && !__builtin_add_overflow(sum, product, &sum);
    }

    std::int64_t months_ = 0;
    std::int64_t days_ = 0;
    std::int64_t time_ = 0;
};

/// "-1.5": whole part and millionths with one sign, so that "-0.5" keeps it.
struct SignedNumber {
    std::int64_t whole = 0;
    std::int64_t millionths = 0;
    bool negative = false;
};

/// The most digits whose number cannot overflow.
constexpr std::size_t max_digits = 18;

std::optional<SignedNumber> read_number(TextReader& reader, bool negative) {
    SignedNumber number;
    number.negative = negative;
    const auto whole = reader.number(1, max_digits);
    if (!whole) return std::nullopt;
    number.whole = negative ? -*whole : *whole;
    if (reader.take('.')) {
        const auto fraction = reader.fraction();
        if (!fraction) return std::nullopt;
        number.millionths = negative ? -*fraction : *fraction;
    }
    return number;
}

bool take_sign(TextReader& reader) {
    if (reader.take('-')) return true;
    reader.take('+');
    return false;
}

/// A fraction is only read where it has one meaning: below the day.
bool add_unit(IntervalSum& sum, const SignedNumber& number, std::string_view unit) {
    struct Unit {
        std::string_view name; // without the plural's s
        enum : std::uint8_t { months, days, time } part;
        std::int64_t size;
    };
    static constexpr Unit units[] = {
        {"y", Unit::months, 12},
        {"yr", Unit::months, 12},
        {"year", Unit::months, 12},
        {"mon", Unit::months, 1},
        {"month", Unit::months, 1},
        {"w", Unit::days, 7},
        {"week", Unit::days, 7},
        {"d", Unit::days, 1},
        {"day", Unit::days, 1},
        {"h", Unit::time, microseconds_per_hour},
        {"hr", Unit::time, microseconds_per_hour},
        {"hour", Unit::time, microseconds_per_hour},
        {"m", Unit::time, microseconds_per_minute},
        {"min", Unit::time, microseconds_per_minute},
        {"minute", Unit::time, microseconds_per_minute},
        {"s", Unit::time, microseconds_per_second},
        {"sec", Unit::time, microseconds_per_second},
        {"second", Unit::time, microseconds_per_second},
        {"ms", Unit::time, 1'000},
        {"msec", Unit::time, 1'000},
        {"millisecond", Unit::time, 1'000},
        {"us", Unit::time, 1},
        {"usec", Unit::time, 1},
        {"microsecond", Unit::time, 1},
    };
    const auto* found = std::ranges::find(units, unit, &Unit::name);
    // Second, because "ms" and "us" end in an s that is no plural's.
    if (found == std::end(units) && unit.ends_with('s'))
        found = std::ranges::find(units, unit.substr(0, unit.size() - 1), &Unit::name);
    if (found == std::end(units)) return false;
    if (found->part != Unit::time && number.millionths != 0) return false;
    if (found->part == Unit::months) return sum.add_months(number.whole, found->size);
    if (found->part == Unit::days) return sum.add_days(number.whole, found->size);
    // Millionths of an hour are 3600 microseconds each, of a microsecond nothing.
    return sum.add_time(number.whole, found->size)
           && sum.add_time(number.millionths * found->size / 1'000'000, 1);
}

/// "13:45:00.5" behind a number that was read as hours: minutes and seconds follow the colon.
bool add_clock(IntervalSum& sum, const SignedNumber& hours, TextReader& reader) {
    const std::int64_t sign = hours.negative ? -1 : 1;
    const auto minutes = reader.number(2, 2);
    if (!minutes || *minutes > 59 || hours.millionths != 0) return false;
    if (!sum.add_time(hours.whole, microseconds_per_hour)
        || !sum.add_time(sign * *minutes, microseconds_per_minute))
        return false;
    if (!reader.take(':')) return true;
    const auto seconds = reader.number(2, 2);
    if (!seconds || *seconds > 59 || !sum.add_time(sign * *seconds, microseconds_per_second)) return false;
    if (!reader.take('.')) return true;
    const auto fraction = reader.fraction();
    return fraction && sum.add_time(sign * *fraction, 1);
}

/// "P1Y2M3DT4H5M6.5S", weeks and signed parts included; the P has been read.
std::optional<Interval> read_iso_duration(TextReader reader) {
    IntervalSum sum;
    bool time = false;
    bool any = false;
    while (!reader.at_end()) {
        if (!time && reader.take('T')) {
            time = true;
            any = false; // a T promises something
            continue;
        }
        const bool negative = take_sign(reader);
        const auto number = read_number(reader, negative);
        if (!number || reader.at_end()) return std::nullopt;
        const char designator = reader.rest().front();
        reader.take(designator);
        std::string_view unit;
        switch (designator) {
        case 'Y': unit = time ? "" : "year"; break;
        case 'M': unit = time ? "minute" : "month"; break;
        case 'W': unit = time ? "" : "week"; break;
        case 'D': unit = time ? "" : "day"; break;
        case 'H': unit = time ? "hour" : ""; break;
        case 'S': unit = time ? "second" : ""; break;
        default: return std::nullopt;
        }
        if (!add_unit(sum, *number, unit)) return std::nullopt;
        any = true;
    }
    if (!any) return std::nullopt;
    return sum.result();
}

} // namespace

std::string to_string(const Interval& value) {
    std::string out;
    bool before_was_negative = false;
    const auto part = [&](std::int32_t count, std::string_view unit) {
        if (count == 0) return;
        if (!out.empty()) out += ' ';
        // PostgreSQL repeats the plus behind a negative part, so that "-1 mons +2 days" cannot be misread.
        if (before_was_negative && count > 0) out += '+';
        out.append(std::to_string(count)).append(1, ' ').append(unit);
        if (count != 1) out += 's';
        before_was_negative = count < 0;
    };
    part(value.months / 12, "year");
    part(value.months % 12, "mon");
    part(value.days, "day");

    const std::int64_t time = value.time.count();
    if (time == 0 && !out.empty()) return out;
    if (!out.empty()) out += ' ';
    if (time < 0) out += '-';
    else if (before_was_negative) out += '+';
    const auto bits = static_cast<std::uint64_t>(time);
    const std::uint64_t microseconds = time < 0 ? 0 - bits : bits;
    append_two_digits(out, microseconds / microseconds_per_hour);
    out += ':';
    append_two_digits(out, microseconds / microseconds_per_minute % 60);
    out += ':';
    append_two_digits(out, microseconds / microseconds_per_second % 60);
    if (const std::uint64_t fraction = microseconds % microseconds_per_second; fraction != 0) {
        std::string digits = std::to_string(microseconds_per_second + static_cast<std::int64_t>(fraction));
        digits.erase(digits.find_last_not_of('0') + 1);
        digits.front() = '.'; // the one that kept the leading zeros
        out += digits;
    }
    return out;
}

std::optional<Interval> parse_interval(std::string_view text) {
    TextReader reader{text};
    if (reader.take('P')) return read_iso_duration(reader);
    IntervalSum sum;
    bool any = false;
    while (!reader.at_end()) {
        const bool negative = take_sign(reader);
        const auto number = read_number(reader, negative);
        if (!number) return std::nullopt;
        if (reader.take(':')) {
            if (!add_clock(sum, *number, reader)) return std::nullopt;
        } else {
            reader.take(' ');
            const std::string_view rest = reader.rest();
            const std::string_view unit =
                rest.substr(0, rest.find_first_not_of("abcdefghijklmnopqrstuvwxyz"));
            if (!add_unit(sum, *number, unit)) return std::nullopt;
            reader = TextReader{rest.substr(unit.size())};
        }
        any = true;
        if (reader.at_end()) break;
        if (!reader.take(' ') || reader.at_end()) return std::nullopt;
    }
    if (!any) return std::nullopt;
    return sum.result();
}

} // namespace azoth
