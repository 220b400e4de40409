// SPDX-License-Identifier: MIT
// Wire values as dates, times, timestamps and intervals.
#include <azoth/types/type_traits.hpp>

#include <azoth/error.hpp>

#include "temporal_fields.hpp"
#include "wire_read.hpp"

namespace azoth::wire {

namespace {

/// What a decoder asked for, to name in a refusal.
struct Wanted {
    std::string_view noun;
    std::string_view type;
};

[[noreturn]] void refuse(const Field& field, const Wanted& wanted, std::string_view because = {}) {
    wire::refuse(field, wanted.noun, wanted.type, because);
}

void check_finite(PgMoment kind, const Wanted& wanted) {
    if (kind == PgMoment::finite) return;
    if (kind == PgMoment::out_of_range)
        throw TypeMismatchError(
            "cannot read a timestamp past the year 294246 as " + std::string{wanted.noun}
            + ": microseconds since 1970 end there; cast it to text in SQL");
    throw TypeMismatchError(
        "cannot read " + std::string{kind == PgMoment::infinity ? "'infinity'" : "'-infinity'"} + " as "
        + std::string{wanted.noun} + "; ask for std::string");
}

Date date_from_days(const Field& field, std::int64_t days, const Wanted& wanted) {
    const detail::CivilDay civil = detail::civil_from_days(days);
    if (civil.year < int{std::chrono::year::min()} || civil.year > int{std::chrono::year::max()})
        refuse(field, wanted, ": std::chrono's years are -32767 to 32767; ask for std::string");
    return Date{
        std::chrono::year{static_cast<int>(civil.year)},
        std::chrono::month{civil.month},
        std::chrono::day{civil.day}
    };
}

/// The day of a moment that is a midnight; a time of day would be lost.
Date date_from_moment(const Field& field, std::int64_t microseconds, const Wanted& wanted) {
    if (microseconds % microseconds_per_day != 0) refuse(field, wanted, ": it has a time of day");
    return date_from_days(field, microseconds / microseconds_per_day, wanted);
}

std::int64_t midnight(const Field& field, std::int64_t days, const Wanted& wanted) {
    std::int64_t microseconds = 0;
    if (__builtin_mul_overflow(days, microseconds_per_day, &microseconds))
        refuse(field, wanted, ": microseconds since 1970 end in the year 294246");
    return microseconds;
}

/// Microseconds since 1970-01-01 of every form but text; nothing when the form holds no moment.
std::optional<std::int64_t> moment_of(const Field& field, const Wanted& wanted) {
    if (has_wrong_size(field)) refuse(field, wanted);
    std::int64_t count = 0;
    switch (field.wire) {
    case Wire::timestamp: return field.integer;
    case Wire::pg_timestamp:
    case Wire::pg_timestamptz: check_finite(read_pg_timestamp(field, count), wanted); return count;
    case Wire::date: return midnight(field, field.integer, wanted);
    case Wire::pg_date:
        check_finite(read_pg_date(field, count), wanted);
        return midnight(field, count, wanted);
    default: return std::nullopt;
    }
}

} // namespace

Date decode_date(const Field& field) {
    static constexpr Wanted wanted{"a date", "azoth::Date"};
    if (!has_wrong_size(field)) {
        switch (field.wire) {
        case Wire::date: return date_from_days(field, field.integer, wanted);
        case Wire::pg_date: {
            std::int64_t days = 0;
            check_finite(read_pg_date(field, days), wanted);
            return date_from_days(field, days, wanted);
        }
        case Wire::text:
            if (const auto date = parse_date(field.view())) return *date;
            if (const auto moment = parse_timestamp(field.view()))
                return date_from_moment(field, moment->time_since_epoch().count(), wanted);
            break;
        case Wire::timestamp:
        case Wire::pg_timestamp: return date_from_moment(field, *moment_of(field, wanted), wanted);
        default: break;
        }
    }
    refuse(field, wanted);
}

Time decode_time(const Field& field) {
    if (!has_wrong_size(field)) {
        switch (field.wire) {
        case Wire::time: return Time{std::chrono::microseconds{field.integer}};
        case Wire::pg_time:
        // What the clock on the wall shows: the offset has no place in a Time.
        case Wire::pg_timetz: return Time{std::chrono::microseconds{read_i64(field.data)}};
        case Wire::text:
            if (const auto time = parse_time(field.view())) return *time;
            break;
        default: break;
        }
    }
    refuse(field, "a time", "azoth::Time");
}

Timestamp decode_timestamp(const Field& field) {
    static constexpr Wanted wanted{"a timestamp", "azoth::Timestamp"};
    // A timestamptz has no zone of its own, so it is read as a clock in UTC shows it: now() is one.
    if (const auto count = moment_of(field, wanted)) return Timestamp{std::chrono::microseconds{*count}};
    if (field.wire == Wire::text) {
        if (const auto value = parse_timestamp(field.view())) return *value;
        // An offset in text says that another clock was meant.
        if (parse_timestamp_tz(field.view()))
            throw TypeMismatchError(
                "cannot read text '" + std::string{field.view()}
                + "' as a timestamp without zone; ask for azoth::TimestampTz");
    }
    refuse(field, wanted);
}

TimestampTz decode_timestamp_tz(const Field& field) {
    static constexpr Wanted wanted{"a timestamp", "azoth::TimestampTz"};
    if (const auto count = moment_of(field, wanted)) return TimestampTz{std::chrono::microseconds{*count}};
    if (field.wire == Wire::text) {
        if (const auto value = parse_timestamp_tz(field.view())) return *value;
    }
    refuse(field, wanted);
}

Interval decode_interval(const Field& field) {
    static constexpr Wanted wanted{"an interval", "azoth::Interval"};
    if (!has_wrong_size(field)) {
        switch (field.wire) {
        case Wire::pg_interval: {
            const std::int64_t time = read_i64(field.data);
            const std::int32_t days = read_i32(field.data + 8);
            const std::int32_t months = read_i32(field.data + 12);
            // PostgreSQL 17 writes the infinities as all parts at their ends.
            using Part = std::numeric_limits<std::int32_t>;
            using Whole = std::numeric_limits<std::int64_t>;
            if (time == Whole::max() && days == Part::max() && months == Part::max())
                check_finite(PgMoment::infinity, wanted);
            if (time == Whole::min() && days == Part::min() && months == Part::min())
                check_finite(PgMoment::negative_infinity, wanted);
            return Interval{months, days, std::chrono::microseconds{time}};
        }
        case Wire::time: return Interval{std::chrono::microseconds{field.integer}};
        case Wire::pg_time: return Interval{std::chrono::microseconds{read_i64(field.data)}};
        // Where a database has no interval, SQLAlchemy stores it as the moment that long after 1970-01-01.
        case Wire::timestamp: return Interval{std::chrono::microseconds{field.integer}};
        case Wire::pg_timestamp: {
            std::int64_t count = 0;
            check_finite(read_pg_timestamp(field, count), wanted);
            return Interval{std::chrono::microseconds{count}};
        }
        case Wire::text:
            if (const auto value = parse_timestamp(field.view())) return Interval{value->time_since_epoch()};
            if (const auto value = parse_interval(field.view())) return *value;
            break;
        default: break;
        }
    }
    refuse(field, wanted);
}

} // namespace azoth::wire
