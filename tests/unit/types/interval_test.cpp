// SPDX-License-Identifier: MIT
// Intervals as text.
#include <azoth/types/temporal.hpp>

#include <limits>
#include <random>

#include "support/catch.hpp"

using namespace std::chrono_literals;
using azoth::Interval;
using azoth::parse_interval;

TEST_CASE("interval: text is PostgreSQL's", "[types][temporal]") {
    CHECK(to_string(Interval{}) == "00:00:00");
    CHECK(to_string(Interval{1, 2, 3h + 4min + 5s + 500ms}) == "1 mon 2 days 03:04:05.5");
    CHECK(to_string(Interval{14, 1, 0us}) == "1 year 2 mons 1 day");
    CHECK(to_string(Interval{0, 0, 1us}) == "00:00:00.000001");
    CHECK(to_string(Interval{0, 0, -(1h + 30min)}) == "-01:30:00");
    CHECK(to_string(Interval{-1, 2, -(3h)}) == "-1 mons +2 days -03:00:00");
    CHECK(to_string(Interval{0, -1, 2h}) == "-1 days +02:00:00");
    CHECK(to_string(Interval{-25, 0, 0us}) == "-2 years -1 mons");
    CHECK(to_string(Interval{30h}) == "30:00:00");
    CHECK(to_string(Interval{std::chrono::microseconds::min()}) == "-2562047788:00:54.775808");
}

TEST_CASE("interval: units, clocks and ISO durations are read", "[types][temporal]") {
    CHECK(parse_interval("1 mon 2 days 03:04:05.5") == Interval{1, 2, 3h + 4min + 5s + 500ms});
    CHECK(parse_interval("1 year -1 mons") == Interval{11, 0, 0us});
    CHECK(parse_interval("2 weeks 1 day") == Interval{0, 15, 0us});
    CHECK(parse_interval("90 minutes") == Interval{90min});
    CHECK(parse_interval("1.5 hours") == Interval{90min});
    CHECK(parse_interval("-0.5 sec") == Interval{-500ms});
    CHECK(parse_interval("250ms") == Interval{250ms});
    CHECK(parse_interval("7 us") == Interval{7us});
    CHECK(parse_interval("-00:30") == Interval{-30min});
    CHECK(parse_interval("+838:59:59") == Interval{838h + 59min + 59s});
    CHECK(parse_interval("P1Y2M3DT4H5M6.5S") == Interval{14, 3, 4h + 5min + 6s + 500ms});
    CHECK(parse_interval("PT90M") == Interval{90min});
    CHECK(parse_interval("P2W") == Interval{0, 14, 0us});
    CHECK(parse_interval("P-1DT-0.25S") == Interval{0, -1, -250ms});
    for (const char* text :
         {"",
          " ",
          "5",
          "1 fortnight",
          "1.5 months",
          "0.5 days",
          "1 day ",
          "1 day  2 hours",
          "P",
          "PT",
          "P1",
          "P1H",
          "PT1D",
          "P1DT",
          "P1X",
          "01:2",
          "01:60",
          "01:00:60",
          "1.5:00",
          "2147483648 days",
          "-2147483649 mons",
          "9223372036854775807 hours",
          "999999999999999999 hours",
          "days",
          "1 day2 hours"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_interval(text).has_value());
    }
}

TEST_CASE("interval: text and value are each other's inverse", "[types][temporal]") {
    using Part = std::numeric_limits<std::int32_t>;
    std::mt19937_64 random{3};
    const auto part = [&random] {
        const auto bits = random();
        if (bits % 4 == 0) return bits % 8 == 0 ? Part::min() : Part::max();
        return static_cast<std::int32_t>(bits >> 40) % 40;
    };
    for (int i = 0; i < 10'000; ++i) {
        const auto bits = static_cast<std::int64_t>(random());
        const Interval value{
            part(),
            part(),
            std::chrono::microseconds{i % 3 == 0 ? bits : bits % 100'000'000'000}
        };
        CAPTURE(to_string(value));
        REQUIRE(parse_interval(to_string(value)) == value);
    }
    const Interval lowest{Part::min(), Part::min(), std::chrono::microseconds::min()};
    CHECK(parse_interval(to_string(lowest)) == lowest);
}
