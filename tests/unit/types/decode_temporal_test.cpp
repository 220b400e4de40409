// SPDX-License-Identifier: MIT
// Wire values as dates, times, timestamps and intervals.
#include <limits>

#include "fields.hpp"

using namespace azoth;
using namespace azoth::test;
using namespace std::chrono_literals;

namespace {

constexpr auto int64_min = std::numeric_limits<std::int64_t>::min();
constexpr auto int64_max = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t day = 86'400'000'000;
/// 2000-01-01, where PostgreSQL starts.
constexpr std::int64_t pg_epoch = 946'684'800'000'000;

Date date(int y, unsigned m, unsigned d) {
    return Date{std::chrono::year{y}, std::chrono::month{m}, std::chrono::day{d}};
}
Field timestamp(std::int64_t microseconds) {
    return {Wire::timestamp, microseconds};
}
Timestamp at(std::int64_t microseconds) {
    return Timestamp{std::chrono::microseconds{microseconds}};
}
TimestampTz at_utc(std::int64_t microseconds) {
    return TimestampTz{std::chrono::microseconds{microseconds}};
}

} // namespace

TEST_CASE("decode: dates of every form", "[types][decode][temporal]") {
    CHECK(wire::decode_date(Field{Wire::date, std::int64_t{-1}}) == date(1969, 12, 31));
    CHECK(wire::decode_date(pg_date(0)) == date(2000, 1, 1));
    CHECK(wire::decode_date(pg_date(-730'119)) == date(1, 1, 1));
    CHECK(wire::decode_date(text("2024-02-29")) == date(2024, 2, 29));
    CHECK(wire::decode_date(text("2024-02-29 00:00:00.000000")) == date(2024, 2, 29));
    CHECK(wire::decode_date(timestamp(-day)) == date(1969, 12, 31));
    CHECK(wire::decode_date(pg_microseconds(Wire::pg_timestamp, day)) == date(2000, 1, 2));
    CHECK(mismatch([] { return wire::decode_date(timestamp(1)); })
          == "cannot read timestamp '1970-01-01 00:00:00.000001' as a date: it has a time of day; "
             "ask for azoth::Timestamp");
    CHECK(mismatch([] { return wire::decode_date(pg_date(2147483647)); })
          == "cannot read 'infinity' as a date; ask for std::string");
    CHECK_THROWS_WITH(
        wire::decode_date(pg_date(std::numeric_limits<std::int32_t>::min())),
        Catch::Contains("-infinity")
    );
    CHECK_THROWS_WITH(wire::decode_date(pg_date(2145031948)), Catch::Contains("-32767 to 32767"));
    for (const char* value : {"", "2024-02-30", "0000-00-00", "yesterday"})
        CHECK_THROWS_AS(wire::decode_date(text(value)), TypeMismatchError);
    CHECK(mismatch([] { return wire::decode_date(Field{}); })
          == "the column is NULL; ask for std::optional<azoth::Date>");
    CHECK_THROWS_AS(wire::decode_date(pg_microseconds(Wire::pg_timestamptz, 0)), TypeMismatchError);
    CHECK_THROWS_AS(wire::decode_date(Field{Wire::integer, std::int64_t{5}}), TypeMismatchError);
}

TEST_CASE("decode: times of every form", "[types][decode][temporal]") {
    CHECK(wire::decode_time(Field{Wire::time, std::int64_t{-1}}) == Time{-1us});
    CHECK(wire::decode_time(pg_microseconds(Wire::pg_time, day)) == Time{24h});
    CHECK(wire::decode_time(pg_timetz(3'600'000'000, -7200)) == Time{1h});
    CHECK(wire::decode_time(text("13:45:00.000500")) == Time{13h + 45min + 500us});
    CHECK(mismatch([] { return wire::decode_time(text("noon")); })
          == "cannot read text 'noon' as a time; ask for std::string");
    CHECK_THROWS_AS(wire::decode_time(timestamp(0)), TypeMismatchError);
    CHECK_THROWS_AS(wire::decode_time(Field{}), TypeMismatchError);
}

TEST_CASE("decode: timestamps without zone", "[types][decode][temporal][core.type.datetime]") {
    CHECK(wire::decode_timestamp(timestamp(-1)) == at(-1));
    CHECK(wire::decode_timestamp(pg_microseconds(Wire::pg_timestamp, 5)) == at(pg_epoch + 5));
    CHECK(wire::decode_timestamp(pg_microseconds(Wire::pg_timestamptz, 5)) == at(pg_epoch + 5));
    CHECK(wire::decode_timestamp(text("2000-01-01 00:00:00.000005")) == at(pg_epoch + 5));
    CHECK(wire::decode_timestamp(text("2000-01-01")) == at(pg_epoch));
    CHECK(wire::decode_timestamp(Field{Wire::date, std::int64_t{1}}) == at(day));
    CHECK(wire::decode_timestamp(pg_date(1)) == at(pg_epoch + day));
    CHECK(
        mismatch([] { return wire::decode_timestamp(text("2000-01-01 00:00:00+02:00")); })
        == "cannot read text '2000-01-01 00:00:00+02:00' as a timestamp without zone; ask for "
           "azoth::TimestampTz"
    );
    CHECK_THROWS_AS(wire::decode_timestamp(text("now")), TypeMismatchError);
    CHECK_THROWS_AS(wire::decode_timestamp(Field{}), TypeMismatchError);
    CHECK_THROWS_AS(wire::decode_timestamp(Field{1.5}), TypeMismatchError);
}

TEST_CASE("decode: timestamps with zone, UTC where none is given",
          "[types][decode][temporal][core.type.datetime]") {
    CHECK(wire::decode_timestamp_tz(pg_microseconds(Wire::pg_timestamptz, -5)) == at_utc(pg_epoch - 5));
    CHECK(wire::decode_timestamp_tz(pg_microseconds(Wire::pg_timestamp, -5)) == at_utc(pg_epoch - 5));
    CHECK(wire::decode_timestamp_tz(timestamp(7)) == at_utc(7));
    CHECK(wire::decode_timestamp_tz(text("2000-01-01 02:00:00+02:00")) == at_utc(pg_epoch));
    CHECK(wire::decode_timestamp_tz(text("2000-01-01T00:00:00Z")) == at_utc(pg_epoch));
    CHECK(wire::decode_timestamp_tz(text("2000-01-01 00:00:00")) == at_utc(pg_epoch));
    CHECK_THROWS_AS(wire::decode_timestamp_tz(text("2000-01-01 00:00:00 CET")), TypeMismatchError);
    CHECK_THROWS_AS(wire::decode_timestamp_tz(Field{}), TypeMismatchError);
}

TEST_CASE("decode: infinite and too distant timestamps say so", "[types][decode][temporal]") {
    for (const Wire form : {Wire::pg_timestamp, Wire::pg_timestamptz}) {
        CHECK(mismatch([&] { return wire::decode_timestamp_tz(pg_microseconds(form, int64_max)); })
              == "cannot read 'infinity' as a timestamp; ask for std::string");
        CHECK(mismatch([&] { return wire::decode_timestamp(pg_microseconds(form, int64_min)); })
              == "cannot read '-infinity' as a timestamp; ask for std::string");
        // 294276-12-31 23:59:59.999999, the server's last moment
        CHECK_THROWS_WITH(
            wire::decode_timestamp(pg_microseconds(form, 9'223'371'331'199'999'999)),
            Catch::Contains("past the year")
        );
        CHECK(wire::decode_timestamp(pg_microseconds(form, int64_max - pg_epoch)) == at(int64_max));
        CHECK(wire::decode_timestamp(pg_microseconds(form, -211'813'488'000'000'000)) // 4714 BC, its first
              == at(pg_epoch - 211'813'488'000'000'000));
    }
    CHECK_THROWS_AS(wire::decode_timestamp(pg_date(2145031948)), TypeMismatchError);
}

TEST_CASE("decode: intervals of every form", "[types][decode][temporal][core.type.interval]") {
    CHECK(wire::decode_interval(pg_interval(-1, 2, -3)) == Interval{-3, 2, -1us});
    CHECK(wire::decode_interval(Field{Wire::time, std::int64_t{-day}}) == Interval{-24h});
    CHECK(wire::decode_interval(pg_microseconds(Wire::pg_time, 1)) == Interval{1us});
    CHECK(wire::decode_interval(text("1 mon 2 days 03:00:00")) == Interval{1, 2, 3h});
    CHECK(wire::decode_interval(text("1970-01-02 06:00:00.000000")) == Interval{30h});
    CHECK(wire::decode_interval(text("1969-12-31 23:00:00")) == Interval{-1h});
    CHECK(wire::decode_interval(timestamp(30 * 3'600'000'000)) == Interval{30h});
    CHECK_THROWS_WITH(
        wire::decode_interval(pg_interval(int64_max, 2147483647, 2147483647)), Catch::Contains("'infinity'"));
    CHECK_THROWS_WITH(
        wire::decode_interval(pg_interval(int64_min, -2147483647 - 1, -2147483647 - 1)),
        Catch::Contains("'-infinity'")
    );
    CHECK(mismatch([] { return wire::decode_interval(text("soon")); })
          == "cannot read text 'soon' as an interval; ask for std::string");
    CHECK_THROWS_AS(wire::decode_interval(Field{}), TypeMismatchError);
}
