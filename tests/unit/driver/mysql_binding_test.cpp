// SPDX-License-Identifier: MIT
// Parameters as MariaDB Connector/C gets them.
#include "support/catch.hpp"

// The client library's headers are the driver's own business: compiled where the build hands them
// to the tests.
#if __has_include(<mysql.h>) && __has_include("driver/mysql/binding.hpp")

#include "driver/mysql/binding.hpp"

#include <azoth/error.hpp>
#include <azoth/types/temporal.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

using namespace azoth;
using namespace azoth::mysql;

TEST_CASE(
    "mysql binding: timestamps before 1970 and at the ends of the calendar",
    "[mysql][binding]"
) {
    MYSQL_BIND bind{};
    BindSpace space;
    bind_param(Param{ParamKind::timestamp, std::int64_t{-1}}, Type{}, bind, space);
    CHECK(bind.buffer_type == MYSQL_TYPE_DATETIME);
    CHECK(space.time.year == 1969);
    CHECK(space.time.second == 59);
    CHECK(space.time.second_part == 999'999);
    bind_param(Param{ParamKind::date, std::int64_t{2'932'896}}, Type{}, bind, space);
    CHECK(space.time.year == 9999);
    CHECK(space.time.day == 31);
    CHECK_THROWS_AS(
        bind_param(Param{ParamKind::date, std::int64_t{2'932'897}}, Type{}, bind, space),
        DataError
    );
    CHECK_THROWS_AS(
        bind_param(Param{ParamKind::date, std::int64_t{-719'529}}, Type{}, bind, space),
        DataError
    );
    CHECK_THROWS_AS(
        bind_param(Param{ParamKind::timestamp, std::int64_t{INT64_MIN}}, Type{}, bind, space),
        DataError
    );
    CHECK_THROWS_AS(
        bind_param(Param{ParamKind::time, std::int64_t{INT64_MIN}}, Type{}, bind, space),
        DataError
    );
}

TEST_CASE("mysql binding: an interval is a moment after 1970, or a time where the column is one",
          "[mysql][binding][core.type.interval]") {
    MYSQL_BIND bind{};
    BindSpace space;
    const Interval interval{0, 1, std::chrono::hours{2}};
    bind_param(Param{&interval}, IntervalType{}, bind, space);
    CHECK(bind.buffer_type == MYSQL_TYPE_DATETIME);
    CHECK(space.time.year == 1970);
    CHECK(space.time.day == 2);
    CHECK(space.time.hour == 2);
    bind_param(Param{&interval}, TimeType{}, bind, space);
    CHECK(bind.buffer_type == MYSQL_TYPE_TIME);
    CHECK(space.time.day == 1);
    const Interval months{1, 0, std::chrono::microseconds{0}};
    CHECK_THROWS_AS(bind_param(Param{&months}, IntervalType{}, bind, space), DataError);
    const Interval endless{0, INT32_MAX, std::chrono::microseconds::max()};
    CHECK_THROWS_AS(bind_param(Param{&endless}, IntervalType{}, bind, space), DataError);
}

TEST_CASE("mysql binding: rows share one shape or go one by one", "[mysql][binding]") {
    const std::vector<Param> mixed{
        Param{ParamKind::integer, std::int64_t{1}},
        Param{},
        Param{ParamKind::boolean, std::int64_t{1}},
        Param{ParamKind::text, "x"}
    };
    auto binder = BulkBinder::make(mixed, {}, 2);
    REQUIRE(binder);
    CHECK(binder->data()[0].buffer_type == MYSQL_TYPE_LONGLONG);
    CHECK(binder->data()[1].buffer_type == MYSQL_TYPE_STRING);
    CHECK(binder->rows_within(0, 1) == 1);
    CHECK(binder->rows_within(0, 1000) == 2);
    CHECK(binder->rows_within(1, 1000) == 1);
    std::vector<MYSQL_BIND> row(2);
    row[0].buffer_type = MYSQL_TYPE_LONGLONG;
    row[1].buffer_type = MYSQL_TYPE_STRING;
    REQUIRE(binder->fill(row.data(), 1));
    CHECK(*static_cast<const std::int64_t*>(row[0].buffer) == 1);
    CHECK(*row[1].u.indicator == STMT_INDICATOR_NONE);
    CHECK(*row[1].length == 1);
    REQUIRE(binder->fill(row.data(), 0));
    CHECK(*row[1].u.indicator == STMT_INDICATOR_NULL);
    CHECK_FALSE(BulkBinder::make(mixed, {}, 1));
}

#endif
