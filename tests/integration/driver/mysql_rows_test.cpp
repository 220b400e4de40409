// SPDX-License-Identifier: MIT
// Values of every type, in and out, over both protocols of MySQL and MariaDB.
#include "integration/driver/mysql_fixture.hpp"

#include <chrono>

using namespace azoth;
using namespace azoth::test_mysql;
using namespace std::chrono_literals;
using Connection = driver::Connection;

namespace {

/// The one row of `sql`, prepared and as text: both must be the same.
asio::awaitable<driver::Result> both_ways(Connection& c, std::string sql) {
    auto binary = co_await execute(c, Query(sql));
    const auto text = co_await execute(c, Query(sql).unprepared());
    REQUIRE(binary.rows->row_count() == text.rows->row_count());
    REQUIRE(binary.rows->column_count() == text.rows->column_count());
    for (std::size_t r = 0; r < binary.rows->row_count(); ++r) {
        for (std::size_t i = 0; i < binary.rows->column_count(); ++i) {
            INFO("row " << r << " column " << binary.columns->at(i).name);
            const auto a = binary.rows->field(r, i);
            const auto b = text.rows->field(r, i);
            CHECK(a.wire == b.wire);
            if (a.wire == Wire::text || a.wire == Wire::bytes)
                CHECK(a.view() == b.view());
            else if (!a.is_null())
                CHECK(a.integer == b.integer);
            CHECK(binary.columns->at(i).type == text.columns->at(i).type);
        }
    }
    co_return binary;
}

} // namespace

TEST_CASE("mysql: numbers of every width keep their extremes", "[mysql][my.type.numeric]") {
    with_connection(+[](Connection& c) -> asio::awaitable<void> {
        co_await c.run("CREATE TEMPORARY TABLE n (t TINYINT, ut TINYINT UNSIGNED, s SMALLINT, us "
                       "SMALLINT UNSIGNED, m MEDIUMINT, "
                       "um MEDIUMINT UNSIGNED, i INT, ui INT UNSIGNED, b BIGINT, ub BIGINT "
                       "UNSIGNED, f FLOAT, d DOUBLE, "
                       "n DECIMAL(65,30), y YEAR, bit1 BIT(1), bit64 BIT(64))");
        co_await c.run("INSERT INTO n VALUES (-128, 255, -32768, 65535, -8388608, 16777215, "
                       "-2147483648, 4294967295, "
                       "-9223372036854775808, 18446744073709551615, 0.1, -1e308, "
                       "-12345678901234567890123456789012345.678901234567890123456789012345, 2155, "
                       "b'1', 0xFFFFFFFFFFFFFFFE)");
        co_await c.run("INSERT INTO n VALUES "
                       "(127,0,32767,0,8388607,0,2147483647,0,9223372036854775807,0,0,0,0,0,b'0',1)"
        );
        co_await c.run("INSERT INTO n (t) VALUES (NULL)");
        const auto r = co_await both_ways(c, "SELECT * FROM n");
        const auto& rows = *r.rows;
        REQUIRE(rows.row_count() == 3);
        CHECK(rows.field(0, 0).integer == -128);
        CHECK(rows.field(0, 1).integer == 255);
        CHECK(rows.field(0, 2).integer == -32768);
        CHECK(rows.field(0, 3).integer == 65535);
        CHECK(rows.field(0, 4).integer == -8388608);
        CHECK(rows.field(0, 5).integer == 16777215);
        CHECK(rows.field(0, 6).integer == -2147483648LL);
        CHECK(rows.field(0, 7).integer == 4294967295LL);
        CHECK(rows.field(0, 8).integer == INT64_MIN);
        CHECK(rows.field(0, 9).wire == Wire::unsigned_integer);
        CHECK(rows.field(0, 9).unsigned_integer == UINT64_MAX);
        CHECK(rows.field(0, 10).real == static_cast<double>(0.1F));
        CHECK(rows.field(0, 11).real == -1e308);
        CHECK(
            rows.field(0, 12).view() ==
            "-12345678901234567890123456789012345.678901234567890123456789012345"
        );
        CHECK(rows.field(0, 13).integer == 2155);
        CHECK(rows.field(0, 14).integer == 1);
        CHECK(rows.field(0, 15).unsigned_integer == UINT64_MAX - 1);
        CHECK(rows.field(1, 8).integer == INT64_MAX);
        CHECK(rows.field(1, 15).integer == 1);
        for (std::size_t i = 0; i < rows.column_count(); ++i)
            CHECK(rows.field(2, i).is_null());
        CHECK(r.columns->at(0).type.kind == TypeKind::small_integer);
        CHECK(r.columns->at(8).type.kind == TypeKind::big_integer);
        CHECK(r.columns->at(12).type == Type{Numeric{65, 30}});
    });
}

TEST_CASE("mysql: dates and times, impossible ones included", "[mysql][my.type.datetime]") {
    with_connection(+[](Connection& c) -> asio::awaitable<void> {
        co_await c.run("SET SESSION sql_mode = 'ALLOW_INVALID_DATES'");
        co_await c.run("CREATE TEMPORARY TABLE d (a DATE, b DATETIME(6), c TIMESTAMP(3) NULL, e "
                       "TIME(6), f TIME, g DATETIME)");
        co_await c.run("INSERT INTO d VALUES ('9999-12-31', '1969-12-31 23:59:59.999999', "
                       "'2024-02-29 12:00:00.125', "
                       "'-838:59:59.999999', '00:00:00', '2024-01-02'), ('0000-00-00', '0000-00-00 "
                       "00:00:00', NULL, "
                       "'838:59:59.000001', '12:30:01', '0000-00-00'), ('2024-00-00', '2024-02-31 "
                       "01:02:03', NULL, NULL, NULL, NULL)");
        const auto r = co_await both_ways(c, "SELECT * FROM d");
        const auto& rows = *r.rows;
        CHECK(
            get<Date>(rows, 0, 0) ==
            Date{std::chrono::year{9999}, std::chrono::month{12}, std::chrono::day{31}}
        );
        CHECK(rows.field(0, 1).wire == Wire::timestamp);
        CHECK(rows.field(0, 1).integer == -1);
        CHECK(rows.field(0, 2).integer % 1'000'000 == 125'000);
        CHECK(rows.field(0, 3).integer == -((838LL * 3600 + 59 * 60 + 59) * 1'000'000 + 999'999));
        CHECK(rows.field(0, 4).integer == 0);
        CHECK(rows.field(0, 5).integer == 1'704'153'600'000'000);
        CHECK(rows.field(1, 0).wire == Wire::text);
        CHECK(rows.field(1, 0).view() == "0000-00-00");
        CHECK(rows.field(1, 1).view() == "0000-00-00 00:00:00");
        CHECK(rows.field(1, 3).integer == (838LL * 3600 + 59 * 60 + 59) * 1'000'000 + 1);
        CHECK(rows.field(1, 4).integer == 45'001'000'000);
        CHECK(rows.field(2, 0).view() == "2024-00-00");
        CHECK(rows.field(2, 1).view() == "2024-02-31 01:02:03");
        CHECK(r.columns->at(0).type.kind == TypeKind::date);
        CHECK(r.columns->at(2).type.kind == TypeKind::date_time);
        CHECK(r.columns->at(3).type.kind == TypeKind::time);
    });
}

TEST_CASE("mysql: texts, bytes and documents", "[mysql][my.type.json]") {
    with_connection(+[](Connection& c) -> asio::awaitable<void> {
        co_await c.run("CREATE TEMPORARY TABLE s (a CHAR(5), b VARCHAR(20), c TEXT, d LONGTEXT, e "
                       "BINARY(3), f VARBINARY(9), "
                       "g BLOB, h ENUM('red', 'green'), i SET('x', 'y'), j JSON, k POINT)");
        co_await c.run("INSERT INTO s VALUES ('a', 'gr\xC3\xBC\xC3\x9F', 'c', 'd', 'e', 'f', "
                       "x'00FF', 'green', 'x,y', '{\"k\": 1}', "
                       "POINT(1, 2)), ('', '', '', '', '', '', '', NULL, '', NULL, NULL)");
        const auto r = co_await both_ways(c, "SELECT *, NULL AS nothing FROM s");
        const auto& rows = *r.rows;
        CHECK(rows.field(0, 1).view() == "gr\xC3\xBC\xC3\x9F");
        CHECK(rows.field(0, 4).wire == Wire::bytes);
        CHECK(rows.field(0, 4).view() == std::string_view("e\0\0", 3));
        CHECK(rows.field(0, 6).view() == std::string_view("\0\xFF", 2));
        CHECK(rows.field(0, 7).view() == "green");
        CHECK(rows.field(0, 8).view() == "x,y");
        CHECK(rows.field(0, 9).wire == Wire::text);
        CHECK(rows.field(0, 9).view() == "{\"k\": 1}");
        CHECK(rows.field(0, 10).wire == Wire::bytes);
        CHECK(rows.field(0, 11).is_null());
        CHECK(rows.field(1, 1).wire == Wire::text);
        CHECK(rows.field(1, 1).size == 0);
        CHECK(r.columns->at(0).type == Type{String{5}});
        CHECK(r.columns->at(2).type.kind == TypeKind::text);
        CHECK(r.columns->at(5).type.kind == TypeKind::large_binary);
        CHECK(r.columns->at(9).type.kind == TypeKind::json);
    });
}

TEST_CASE("mysql: every kind of parameter arrives", "[mysql][dial.common.driver_types][my.type.numeric]") {
    with_connection(+[](Connection& c) -> asio::awaitable<void> {
        const Decimal decimal{"-12345678901234567890.0500"};
        const Uuid uuid{"00112233-4455-6677-8899-aabbccddeeff"};
        const std::string with_nul("a\0b", 3);
        const Timestamp moment{std::chrono::microseconds{1'704'164'645'000'006}};
        const auto r = co_await execute(
            c,
            Query("SELECT ? AS a, ? AS b, ? AS c, ? AS d, ? AS e, ? AS f, ? AS g, ? AS h, ? AS i, "
                  "? AS j, ? AS k, ? AS l")
                .bind(true)
                .bind(std::int64_t{INT64_MIN})
                .bind(std::uint64_t{UINT64_MAX})
                .bind(-0.1)
                .bind(with_nul)
                .bind(decimal)
                .bind(Date{std::chrono::year{2024}, std::chrono::month{2}, std::chrono::day{29}})
                .bind(Time{-1h - 1us})
                .bind(moment)
                .bind(uuid)
                .bind(Interval{90min})
                .bind_null()
        );
        const auto& rows = *r.rows;
        CHECK(get<bool>(rows, 0, 0));
        CHECK(rows.field(0, 1).integer == INT64_MIN);
        CHECK(rows.field(0, 2).unsigned_integer == UINT64_MAX);
        CHECK(rows.field(0, 3).real == -0.1);
        CHECK(rows.field(0, 4).view() == with_nul);
        CHECK(rows.field(0, 5).view() == "-12345678901234567890.0500");
        CHECK(
            get<Date>(rows, 0, 6) ==
            Date{std::chrono::year{2024}, std::chrono::month{2}, std::chrono::day{29}}
        );
        CHECK(rows.field(0, 7).integer == -3'600'000'001);
        CHECK(get<Timestamp>(rows, 0, 8) == moment);
        CHECK(get<Uuid>(rows, 0, 9) == uuid);
        CHECK(rows.field(0, 9).size == 32);
        CHECK(get<Interval>(rows, 0, 10) == Interval{90min});
        CHECK(rows.field(0, 10).wire == Wire::timestamp);
        CHECK(rows.field(0, 11).is_null());

        const auto time =
            co_await execute(c, Query("SELECT ?").bind(Interval{0, 1, 90min}, TimeType{}));
        CHECK(time.rows->field(0, 0).wire == Wire::time);
        CHECK(time.rows->field(0, 0).integer == 25LL * 3600 * 1'000'000 + 1800LL * 1'000'000);

        auto error = co_await expect_error<DataError>(
            ignore_result(c, Query("SELECT ?").bind(Interval{1, 0, 0s}))
        );
        CHECK(error.statement() == "SELECT ?");
        error = co_await expect_error<DataError>(
            ignore_result(c, Query("SELECT ?").bind(Decimal::nan()))
        );
        CHECK(error.code() == errc::data_invalid);
        error =
            co_await expect_error<DataError>(ignore_result(c, Query("SELECT ?").bind(Time{839h})));
        CHECK(error.code() == errc::out_of_range);
        co_await expect_health(c);
    });
}

TEST_CASE("mysql: a text of 10 MB goes there and back", "[mysql]") {
    with_connection(+[](Connection& c) -> asio::awaitable<void> {
        std::string text(10'000'000, 'x');
        for (std::size_t i = 0; i < text.size(); i += 997)
            text[i] = static_cast<char>('a' + i % 26);
        const auto back = co_await scalar<std::string>(c, Query("SELECT ?").bind(text));
        CHECK(back == text);
        const auto size =
            co_await scalar<int>(c, Query("SELECT length('" + text + "')").unprepared());
        CHECK(size == 10'000'000);
        const auto wide =
            co_await scalar<std::string>(c, Query("SELECT repeat('z', 5000000)").unprepared());
        CHECK(wide.size() == 5'000'000);
    });
}

TEST_CASE("mysql: a large result is complete", "[mysql]") {
    with_connection(+[](Connection& c) -> asio::awaitable<void> {
        const auto r = co_await execute(
            c,
            Query("SELECT seq, IF(seq % 7, concat('row ', seq), NULL) FROM seq_1_to_100000")
        );
        REQUIRE(r.rows->row_count() == 100'000);
        bool right = true;
        for (std::size_t i = 0; i < 100'000; ++i) {
            const auto n = static_cast<std::int64_t>(i) + 1;
            right = right && get<std::int64_t>(*r.rows, i, 0) == n;
            if (n % 7 == 0)
                right = right && r.rows->field(i, 1).is_null();
            else
                right = right && r.rows->field(i, 1).view() == "row " + std::to_string(n);
        }
        CHECK(right);
        const auto none = co_await execute(c, Query("SELECT 1 FROM dual WHERE 1 = 0"));
        REQUIRE(none.rows != nullptr);
        CHECK(none.rows->row_count() == 0);
    });
}

TEST_CASE("mysql: session options of the URL are set",
          "[mysql][my.conn.charset][my.conn.ssl_unix][dial.common.on_connect]") {
    with_connection(
        +[](Connection& c) -> asio::awaitable<void> {
            const auto mode = co_await scalar<std::string>(c, Query("SELECT @@sql_mode"));
            CHECK(mode == "ANSI_QUOTES");
            const auto x = co_await scalar<std::string>(c, Query("SELECT @x"));
            CHECK(x == "it's");
            const auto charset =
                co_await scalar<std::string>(c, Query("SELECT @@character_set_client"));
            CHECK(charset == "utf8mb4");
        },
        "?sql_mode=ANSI_QUOTES&init_command=SET%20@x%20%3D%20'it''s'&read_timeout=20&write_timeout="
        "20"
    );
}
