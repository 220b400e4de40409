// SPDX-License-Identifier: MIT
// Dates, times and intervals: the C++ values of SQL's temporal types, microsecond resolution.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace azoth {

/// SQL DATE: a day without zone, years 1 to 9999 on every database.
using Date = std::chrono::year_month_day;

/// SQL TIMESTAMP without zone: what a clock on the wall shows.
using Timestamp = std::chrono::local_time<std::chrono::microseconds>;

/// SQL TIMESTAMP WITH TIME ZONE: a point in time (UTC).
using TimestampTz = std::chrono::sys_time<std::chrono::microseconds>;

/// SQL TIME without zone; since midnight.
struct Time {
    std::chrono::microseconds since_midnight{};

    Time() = default;
    explicit Time(std::chrono::microseconds t) : since_midnight(t) {}
    friend auto operator<=>(const Time&, const Time&) = default;
};

/// SQL INTERVAL in PostgreSQL's three parts: a month is no fixed number of days, a day none of hours.
struct Interval {
    std::int32_t months = 0;
    std::int32_t days = 0;
    std::chrono::microseconds time{};

    Interval() = default;
    Interval(std::int32_t m, std::int32_t d, std::chrono::microseconds t) : months(m), days(d), time(t) {}
    template <class Rep, class Period>
    explicit Interval(std::chrono::duration<Rep, Period> t)
        : time(std::chrono::duration_cast<std::chrono::microseconds>(t)) {}
    friend bool operator==(const Interval&, const Interval&) = default;
};

/// ISO 8601 text: "2024-01-02", "13:45:00", "2024-01-02 13:45:00.000500"; fractions only when there are any.
[[nodiscard]] std::string to_string(Date value);
[[nodiscard]] std::string to_string(Time value);
[[nodiscard]] std::string to_string(Timestamp value);
/// With the offset: "2024-01-02 13:45:00+00:00".
[[nodiscard]] std::string to_string(TimestampTz value);
/// PostgreSQL's style: "1 mon 2 days 03:04:05.5".
[[nodiscard]] std::string to_string(const Interval& value);

/// The value of ISO 8601 text (either 'T' or a blank between date and time), nothing when it is none.
[[nodiscard]] std::optional<Date> parse_date(std::string_view text);
[[nodiscard]] std::optional<Time> parse_time(std::string_view text);
[[nodiscard]] std::optional<Timestamp> parse_timestamp(std::string_view text);
/// Text without an offset is taken as UTC.
[[nodiscard]] std::optional<TimestampTz> parse_timestamp_tz(std::string_view text);
[[nodiscard]] std::optional<Interval> parse_interval(std::string_view text);

} // namespace azoth
