// SPDX-License-Identifier: MIT
// Dates, times and timestamps as text.
#include <azoth/types/temporal.hpp>

#include <limits>
#include <random>

#include "support/catch.hpp"

using namespace std::chrono_literals;
using azoth::Date;
using azoth::parse_date;
using azoth::parse_time;
using azoth::parse_timestamp;
using azoth::parse_timestamp_tz;
using azoth::Time;
using azoth::Timestamp;
using azoth::TimestampTz;
using azoth::to_string;
using std::chrono::microseconds;

namespace {

constexpr Date date(int year, unsigned month, unsigned day) {
    return Date{std::chrono::year{year}, std::chrono::month{month}, std::chrono::day{day}};
}

Timestamp moment(Date day, microseconds time = 0us) {
    return Timestamp{std::chrono::local_days{day}.time_since_epoch() + time};
}

} // namespace

TEST_CASE("temporal: dates are ISO 8601", "[types][temporal]") {
    CHECK(to_string(date(2024, 1, 2)) == "2024-01-02");
    CHECK(to_string(date(1, 12, 31)) == "0001-12-31");
    CHECK(to_string(date(9999, 12, 31)) == "9999-12-31");
    CHECK(to_string(date(-44, 3, 15)) == "-0044-03-15");
    CHECK(to_string(date(32767, 1, 1)) == "32767-01-01");
    CHECK(parse_date("2024-02-29") == date(2024, 2, 29));
    CHECK(parse_date("2000-02-29") == date(2000, 2, 29));
    for (const char* text :
         {"",
          "2024",
          "2024-1-2",
          "2024-13-01",
          "2024-00-10",
          "2024-01-00",
          "2024-04-31",
          "2023-02-29",
          "1900-02-29",
          "2024-01-02x",
          " 2024-01-02",
          "24-01-02",
          "2024/01/02",
          "20240102",
          "2024-01-02 00:00:00",
          "0000-00-00",
          "32768-01-01",
          "1234567-01-01",
          "--2024-01-02"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_date(text).has_value());
    }
}

TEST_CASE("temporal: times show a fraction only when there is one", "[types][temporal]") {
    CHECK(to_string(Time{}) == "00:00:00");
    CHECK(to_string(Time{13h + 45min}) == "13:45:00");
    CHECK(to_string(Time{13h + 45min + 500us}) == "13:45:00.000500");
    CHECK(to_string(Time{24h - 1us}) == "23:59:59.999999");
    CHECK(to_string(Time{-(838h + 59min + 59s)}) == "-838:59:59");
    CHECK(to_string(Time{microseconds::min()}) == "-2562047788:00:54.775808");
    CHECK(parse_time("13:45") == Time{13h + 45min});
    CHECK(parse_time("13:45:01") == Time{13h + 45min + 1s});
    CHECK(parse_time("13:45:01.5") == Time{13h + 45min + 1s + 500ms});
    CHECK(parse_time("13:45:01.123456789") == Time{13h + 45min + 1s + 123456us});
    CHECK(parse_time("-838:59:59.000001") == Time{-(838h + 59min + 59s + 1us)});
    CHECK(parse_time("24:00:00") == Time{24h});
    for (const char* text :
         {"",
          "13",
          "1:45",
          "13:60",
          "13:45:60",
          "13:45:",
          "13:45:01.",
          "839:00:00",
          "13:45:01+02",
          "13.45",
          "a3:45",
          "13:45:01 ",
          "--13:45"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_time(text).has_value());
    }
}

TEST_CASE("temporal: timestamps take a blank or a T", "[types][temporal]") {
    const Timestamp value = moment(date(2024, 1, 2), 13h + 45min + 500us);
    CHECK(to_string(value) == "2024-01-02 13:45:00.000500");
    CHECK(to_string(moment(date(2024, 1, 2))) == "2024-01-02 00:00:00");
    CHECK(parse_timestamp("2024-01-02 13:45:00.0005") == value);
    CHECK(parse_timestamp("2024-01-02T13:45:00.000500") == value);
    CHECK(parse_timestamp("2024-01-02 13:45") == moment(date(2024, 1, 2), 13h + 45min));
    CHECK(parse_timestamp("2024-01-02") == moment(date(2024, 1, 2)));
    CHECK(
        to_string(moment(date(1969, 12, 31), 23h + 59min + 59s + 999999us)) == "1969-12-31 23:59:59.999999"
    );
    for (const char* text :
         {"", "13:45:00", "2024-01-02 ", "2024-01-02 13", "2024-01-02  13:45", "2024-01-02 24:00:00",
          "2024-01-02 13:45:00Z", "2024-01-02 13:45:00+00:00", "2023-02-29 00:00:00", "2024-01-02x13:45:00",
          "2024-01-02 13:45:00,5", "infinity"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_timestamp(text).has_value());
    }
}

TEST_CASE("temporal: offsets lead to UTC", "[types][temporal]") {
    const TimestampTz value{parse_timestamp("2024-01-02 13:45:00")->time_since_epoch()};
    CHECK(to_string(value) == "2024-01-02 13:45:00+00:00");
    for (const char* text :
         {"2024-01-02 13:45:00", "2024-01-02T13:45:00Z", "2024-01-02 13:45:00+00", "2024-01-02 15:45:00+02",
          "2024-01-02 15:45:00+02:00", "2024-01-02 15:45:00 +02:00", "2024-01-02 10:15:00-0330",
          "2024-01-03T04:45+15", "2024-01-02 14:04:32+00:19:32", "2024-01-02T13:45:00.0z"}) {
        CAPTURE(text);
        CHECK(parse_timestamp_tz(text) == value);
    }
    for (const char* text :
         {"2024-01-02 13:45:00+",
          "2024-01-02 13:45:00+2",
          "2024-01-02 13:45:00+16",
          "2024-01-02 13:45:00+02:60",
          "2024-01-02 13:45:00+02:0",
          "2024-01-02 13:45:00 UTC",
          "2024-01-02 13:45:00Zx",
          "2024-01-02 13:45:00 ",
          "2024-01-02 13:45:00+020"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_timestamp_tz(text).has_value());
    }
}

TEST_CASE("temporal: the ends of sixty-four bits are dates too", "[types][temporal]") {
    const Timestamp last{microseconds::max()};
    const Timestamp first{microseconds::min()};
    CHECK(to_string(last) == "294247-01-10 04:00:54.775807");
    CHECK(to_string(first) == "-290308-12-21 19:59:05.224192");
    CHECK(parse_timestamp(to_string(last)) == last);
    CHECK_FALSE(parse_timestamp("294247-01-10 04:00:54.775808").has_value());
    CHECK_FALSE(parse_timestamp("999999-01-01 00:00:00").has_value());
    CHECK_FALSE(parse_timestamp_tz("294247-01-10 04:00:54-01").has_value());
}

TEST_CASE("temporal: text and value are each other's inverse", "[types][temporal]") {
    for (Date day = date(-800, 1, 1); day < date(3000, 1, 1);
         day = Date{std::chrono::sys_days{day} + std::chrono::days{13}}) {
        REQUIRE(parse_date(to_string(day)) == day);
    }
    std::mt19937_64 random{1};
    for (int i = 0; i < 20'000; ++i) {
        const auto span =
            i % 2 == 0 ? std::int64_t{1} << 62 : std::int64_t{1} << 51; // all, and around our days
        const std::int64_t count = static_cast<std::int64_t>(random()) % span;
        const Timestamp value{microseconds{count}};
        CAPTURE(count);
        REQUIRE(parse_timestamp(to_string(value)) == value);
        const TimestampTz point{microseconds{count}};
        REQUIRE(parse_timestamp_tz(to_string(point)) == point);
        const Time time{microseconds{count % 3'000'000'000'000}};
        REQUIRE(parse_time(to_string(time)) == time);
    }
}

TEST_CASE("temporal: no text at all breaks the parsers", "[types][temporal]") {
    constexpr std::string_view alphabet = "0123456789-:. T+ZPdays";
    std::mt19937 random{5};
    for (int i = 0; i < 50'000; ++i) {
        std::string text;
        for (std::size_t size = random() % 30; size > 0; --size) text += alphabet[random() % alphabet.size()];
        static_cast<void>(parse_date(text));
        static_cast<void>(parse_time(text));
        static_cast<void>(parse_timestamp(text));
        static_cast<void>(parse_timestamp_tz(text));
        static_cast<void>(azoth::parse_interval(text));
    }
    SUCCEED();
}
