// SPDX-License-Identifier: MIT
// Wire values as strings, bytes, UUIDs and JSON.
#include <cmath>
#include <limits>

#include "fields.hpp"

using namespace azoth;
using namespace azoth::test;

namespace {

std::string string_of(const Field& field) {
    std::string out = "what was there before";
    wire::decode_string(field, out);
    return out;
}

Bytes as_bytes(std::string_view text) {
    const auto* const first = reinterpret_cast<const std::byte*>(text.data());
    return Bytes(first, first + text.size());
}

} // namespace

TEST_CASE("decode: strings are the bytes that came", "[types][decode]") {
    CHECK(string_of(text("")) == "");
    CHECK(string_of(text("Grüße")) == "Grüße");
    CHECK(string_of(text(std::string_view{"a\0b", 3})) == std::string("a\0b", 3));
    CHECK(string_of(bytes("\xFF\x01")) == "\xFF\x01");
    CHECK(string_of(text(std::string(100'000, 'x'))).size() == 100'000);
}

TEST_CASE("decode: every value has its text", "[types][decode]") {
    CHECK(string_of(Field{Wire::integer, std::int64_t{-5}}) == "-5");
    CHECK(string_of(Field{~std::uint64_t{0}}) == "18446744073709551615");
    CHECK(string_of(Field{1.5}) == "1.5");
    CHECK(string_of(Field{100000.0}) == "100000");
    CHECK(string_of(Field{-0.0001}) == "-0.0001");
    CHECK(string_of(Field{1e20}) == "1e+20");
    CHECK(string_of(Field{0.1 + 0.2}) == "0.30000000000000004");
    CHECK(string_of(Field{-HUGE_VAL}) == "-Infinity");
    CHECK(string_of(Field{Wire::date, std::int64_t{0}}) == "1970-01-01");
    CHECK(string_of(Field{Wire::time, std::int64_t{-1'000'000}}) == "-00:00:01");
    CHECK(string_of(Field{Wire::timestamp, std::int64_t{1}}) == "1970-01-01 00:00:00.000001");
    CHECK(string_of(pg_bool(true)) == "true");
    CHECK(string_of(pg_bool(false)) == "false");
    CHECK(string_of(pg_int2(-2)) == "-2");
    CHECK(string_of(pg_int4(-4)) == "-4");
    CHECK(string_of(pg_int8(-8)) == "-8");
    CHECK(string_of(pg_float4(0.1F)) == "0.1");
    CHECK(string_of(pg_float8(0.1)) == "0.1");
    CHECK(string_of(pg_numeric("12.50")) == "12.50");
    CHECK(string_of(pg_date(0)) == "2000-01-01");
    CHECK(string_of(pg_date(2147483647)) == "infinity");
    CHECK(string_of(pg_date(2145031948)) == "5874897-12-31"); // the server's last day
    CHECK(string_of(pg_microseconds(Wire::pg_time, 1'000'000)) == "00:00:01");
    CHECK(string_of(pg_timetz(1'000'000, -7200)) == "00:00:01+02:00");
    CHECK(string_of(pg_timetz(0, 12'600)) == "00:00:00-03:30");
    CHECK(string_of(pg_microseconds(Wire::pg_timestamp, 0)) == "2000-01-01 00:00:00");
    CHECK(string_of(pg_microseconds(Wire::pg_timestamptz, 0)) == "2000-01-01 00:00:00+00:00");
    CHECK(
        string_of(pg_microseconds(Wire::pg_timestamp, std::numeric_limits<std::int64_t>::min()))
        == "-infinity"
    );
    CHECK(string_of(pg_interval(1'000'000, 2, 3)) == "3 mons 2 days 00:00:01");
    CHECK(
        string_of(OwnedField{Wire::pg_uuid, std::string(16, '\x0A')})
        == "0a0a0a0a-0a0a-0a0a-0a0a-0a0a0a0a0a0a"
    );
    CHECK(string_of(OwnedField{Wire::pg_jsonb, "\1{\"a\": 1}"}) == "{\"a\": 1}");
}

TEST_CASE("decode: NULL, unknown types and malformed values are no strings", "[types][decode]") {
    CHECK(
        mismatch([] { return string_of(Field{}); })
        == "the column is NULL; ask for std::optional<std::string>"
    );
    CHECK(
        mismatch([] { return string_of(OwnedField{Wire::pg_other, "abc"}); })
        == "cannot read a value of a type without a decoder as text; ask for azoth::Bytes, or cast it to "
           "text in SQL"
    );
    for (const Wire wire :
         {Wire::pg_bool,
          Wire::pg_int2,
          Wire::pg_int4,
          Wire::pg_int8,
          Wire::pg_float4,
          Wire::pg_float8,
          Wire::pg_numeric,
          Wire::pg_date,
          Wire::pg_time,
          Wire::pg_timetz,
          Wire::pg_timestamp,
          Wire::pg_timestamptz,
          Wire::pg_interval,
          Wire::pg_uuid,
          Wire::pg_jsonb}) {
        for (const std::string_view malformed : {"", "abc"}) {
            CAPTURE(static_cast<int>(wire), malformed);
            CHECK_THROWS_AS(string_of(OwnedField{wire, malformed}), TypeMismatchError);
            CHECK_THROWS_AS(to_value(OwnedField{wire, malformed}, Type{}), TypeMismatchError);
        }
    }
}

TEST_CASE("decode: no malformed field is read past its end", "[types][decode]") {
    // Every form with every short length through every decoder; the sanitizer watches the bytes.
    const auto attempt = [](auto decoder) {
        try {
            static_cast<void>(decoder());
        } catch (const TypeMismatchError&) {
        }
    };
    for (int wire = static_cast<int>(Wire::text); wire <= static_cast<int>(Wire::pg_other); ++wire) {
        for (std::size_t size = 0; size <= 20; ++size) {
            const OwnedField field{static_cast<Wire>(wire), std::string(size, '\1')};
            attempt([&] { return wire::decode_bool(field); });
            attempt([&] { return wire::decode_integer(field); });
            attempt([&] { return wire::decode_unsigned(field, 1); });
            attempt([&] { return wire::decode_double(field); });
            attempt([&] { return wire::decode_decimal(field, Type{}); });
            attempt([&] { return string_of(field); });
            attempt([&] { return wire::decode_bytes(field); });
            attempt([&] { return wire::decode_date(field); });
            attempt([&] { return wire::decode_time(field); });
            attempt([&] { return wire::decode_timestamp(field); });
            attempt([&] { return wire::decode_timestamp_tz(field); });
            attempt([&] { return wire::decode_interval(field); });
            attempt([&] { return wire::decode_uuid(field); });
            attempt([&] { return wire::decode_json_text(field); });
            attempt([&] { return to_value(field, Type{}); });
        }
    }
    SUCCEED();
}

TEST_CASE("decode: bytes from blobs, text and types without a decoder", "[types][decode]") {
    CHECK(
        wire::decode_bytes(bytes(std::string_view{"\0\xFF", 2})) == as_bytes(std::string_view{"\0\xFF", 2})
    );
    CHECK(wire::decode_bytes(bytes("")).empty());
    CHECK(wire::decode_bytes(text("ab")) == as_bytes("ab"));
    CHECK(wire::decode_bytes(OwnedField{Wire::pg_other, "ab"}) == as_bytes("ab"));
    CHECK(wire::decode_bytes(OwnedField{Wire::pg_jsonb, "\1[]"}) == as_bytes("[]"));
    CHECK(
        wire::decode_bytes(OwnedField{Wire::pg_uuid, std::string(16, 'u')}) == as_bytes(std::string(16, 'u'))
    );
    CHECK(mismatch([] { return wire::decode_bytes(pg_int4(5)); })
          == "cannot read integer '5' as bytes; ask for std::int64_t");
    CHECK(
        mismatch([] { return wire::decode_bytes(Field{}); })
        == "the column is NULL; ask for std::optional<azoth::Bytes>"
    );
}

TEST_CASE("decode: UUIDs from sixteen bytes or their text", "[types][decode][uuid][core.type.uuid]") {
    const std::string written = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";
    const Uuid value{written};
    const std::string_view raw{reinterpret_cast<const char*>(value.bytes.data()), value.bytes.size()};
    CHECK(wire::decode_uuid(OwnedField{Wire::pg_uuid, raw}) == value);
    CHECK(wire::decode_uuid(bytes(raw)) == value);
    CHECK(wire::decode_uuid(bytes(written)) == value);
    CHECK(wire::decode_uuid(text(written)) == value);
    CHECK(wire::decode_uuid(text("6ba7b8109dad11d180b400c04fd430c8")) == value); // SQLAlchemy's CHAR(32)
    CHECK(mismatch([] { return wire::decode_uuid(text("6ba7")); })
          == "cannot read text '6ba7' as a UUID; ask for std::string");
    CHECK_THROWS_AS(wire::decode_uuid(bytes("1234")), TypeMismatchError);
    CHECK_THROWS_AS(wire::decode_uuid(Field{}), TypeMismatchError);
}

TEST_CASE("decode: JSON documents from text, jsonb and what SQLite makes of them", "[types][decode][json]") {
    const auto json = [](const Field& field) { return TypeTraits<Json>::decode(field, JsonType()); };
    CHECK(json(text(R"({"a": [1, null]})")) == Json{{"a", {1, nullptr}}});
    CHECK(json(bytes("[]")) == Json::array());
    CHECK(json(OwnedField{Wire::pg_jsonb, "\1\"x\""}) == "x");
    CHECK(json(Field{Wire::integer, std::int64_t{5}}) == 5);
    CHECK(json(Field{1.5}) == 1.5);
    CHECK(json(pg_bool(true)) == true);
    CHECK(json(pg_numeric("2.5")) == 2.5);
    CHECK_THROWS_WITH(json(text("{broken")), Catch::Contains("ask for std::string"));
    CHECK_THROWS_AS(json(text("")), TypeMismatchError);
    CHECK_THROWS_AS(json(OwnedField{Wire::pg_jsonb, "\2{}"}), TypeMismatchError);
    CHECK_THROWS_AS(json(Field{}), TypeMismatchError);
    CHECK_THROWS_AS(json(Field{Wire::date, std::int64_t{5}}), TypeMismatchError);
    CHECK_THROWS_AS(wire::dump_json(Json("\xFF")), ArgumentError);
    CHECK(wire::dump_json(Json{{"k", 1}}) == R"({"k":1})");
}
