// SPDX-License-Identifier: MIT
// Wire values as bool, integers, double and Decimal.
#include <cmath>
#include <limits>

#include "fields.hpp"

using namespace azoth;
using namespace azoth::test;

namespace {

constexpr auto int64_min = std::numeric_limits<std::int64_t>::min();
constexpr auto int64_max = std::numeric_limits<std::int64_t>::max();
constexpr auto uint64_max = std::numeric_limits<std::uint64_t>::max();

Field integer(std::int64_t value) {
    return {Wire::integer, value};
}

template <class T>
T read(const Field& field, const Type& type = {}) {
    return TypeTraits<T>::decode(field, type);
}

} // namespace

TEST_CASE("decode: every form of an integer gives the same integer",
          "[types][decode][dial.common.driver_types]") {
    for (const std::int64_t value :
         {std::int64_t{0}, std::int64_t{1}, std::int64_t{-1}, std::int64_t{-32768}}) {
        CAPTURE(value);
        CHECK(wire::decode_integer(integer(value)) == value);
        CHECK(wire::decode_integer(pg_int2(static_cast<std::int16_t>(value))) == value);
        CHECK(wire::decode_integer(pg_int4(static_cast<std::int32_t>(value))) == value);
        CHECK(wire::decode_integer(pg_int8(value)) == value);
        CHECK(wire::decode_integer(pg_numeric(std::to_string(value))) == value);
        CHECK(wire::decode_integer(pg_float4(static_cast<float>(value))) == value);
        CHECK(wire::decode_integer(pg_float8(static_cast<double>(value))) == value);
        CHECK(wire::decode_integer(Field{static_cast<double>(value)}) == value);
        CHECK(wire::decode_integer(text(std::to_string(value))) == value);
    }
    CHECK(wire::decode_integer(Field{std::uint64_t{7}}) == 7);
    CHECK(wire::decode_integer(pg_bool(true)) == 1);
    CHECK(wire::decode_integer(pg_bool(false)) == 0);
    CHECK(wire::decode_integer(text("+12")) == 12);
    CHECK(wire::decode_integer(text("12.00")) == 12);
    CHECK(wire::decode_integer(text("1.2e3")) == 1200);
    CHECK(wire::decode_integer(pg_numeric("12.00")) == 12);
}

TEST_CASE("decode: integers reach the ends of sixty-four bits and stop there", "[types][decode]") {
    CHECK(wire::decode_integer(text("-9223372036854775808")) == int64_min);
    CHECK(wire::decode_integer(text("9223372036854775807")) == int64_max);
    CHECK(wire::decode_integer(pg_numeric("-9223372036854775808")) == int64_min);
    CHECK(wire::decode_integer(Field{-0x1p63}) == int64_min);
    CHECK(wire::decode_unsigned(Field{uint64_max}, uint64_max) == uint64_max);
    CHECK(wire::decode_unsigned(text("18446744073709551615"), uint64_max) == uint64_max);
    CHECK(wire::decode_unsigned(pg_numeric("18446744073709551615"), uint64_max) == uint64_max);
    CHECK(
        mismatch([] { return wire::decode_integer(Field{uint64_max}); })
        == "cannot read integer '18446744073709551615' as an integer: it does not fit 64 bits; ask for "
           "std::uint64_t"
    );
    CHECK(
        mismatch([] { return wire::decode_integer(text("9223372036854775808")); })
        == "cannot read text '9223372036854775808' as an integer: it does not fit 64 bits; ask for "
           "std::string"
    );
    CHECK(
        mismatch([] { return wire::decode_unsigned(integer(-1), uint64_max); })
        == "cannot read integer '-1' as an integer: it does not fit 64 bits without sign; ask for "
           "std::int64_t"
    );
    CHECK_THROWS_AS(wire::decode_unsigned(pg_int4(-1), uint64_max), TypeMismatchError);
    CHECK_THROWS_AS(wire::decode_unsigned(text("-1"), uint64_max), TypeMismatchError);
    CHECK_THROWS_AS(wire::decode_integer(Field{0x1p63}), TypeMismatchError);
    CHECK_THROWS_AS(wire::decode_unsigned(Field{0x1p64}, uint64_max), TypeMismatchError);
    CHECK_THROWS_AS(wire::decode_unsigned(Field{-1.0}, uint64_max), TypeMismatchError);
}

TEST_CASE("decode: an integer too large for its C++ type says for which", "[types][decode]") {
    CHECK(read<std::int8_t>(integer(-128)) == -128);
    CHECK(read<std::uint8_t>(integer(255)) == 255);
    CHECK(read<std::int16_t>(pg_int4(32767)) == 32767);
    CHECK(read<std::uint32_t>(pg_int8(4294967295)) == 4294967295U);
    CHECK(mismatch([] { return read<std::int8_t>(integer(300)); })
          == "cannot read integer 300 into a type that holds -128 to 127; ask for a wider integer type");
    CHECK_THROWS_AS(read<std::uint8_t>(integer(256)), TypeMismatchError);
    CHECK_THROWS_AS(read<std::uint8_t>(integer(-1)), TypeMismatchError);
    CHECK_THROWS_AS(read<std::int32_t>(pg_int8(2147483648)), TypeMismatchError);
    CHECK_THROWS_AS(read<std::uint32_t>(Field{std::uint64_t{4294967296}}), TypeMismatchError);
}

TEST_CASE("decode: what is no integer names what it is and what to ask for", "[types][decode]") {
    CHECK(mismatch([] { return wire::decode_integer(text("abc")); })
          == "cannot read text 'abc' as an integer; ask for std::string");
    CHECK(mismatch([] { return wire::decode_integer(Field{}); })
          == "the column is NULL; ask for std::optional<std::int64_t>");
    CHECK(mismatch([] { return wire::decode_unsigned(Field{}, 10); })
          == "the column is NULL; ask for std::optional<std::uint64_t>");
    CHECK(mismatch([] { return wire::decode_integer(Field{1.5}); })
          == "cannot read number '1.5' as an integer; ask for double");
    CHECK(mismatch([] { return wire::decode_integer(pg_numeric("1.50")); })
          == "cannot read number '1.50' as an integer; ask for azoth::Decimal");
    CHECK(mismatch([] { return wire::decode_integer(bytes("12")); })
          == "cannot read 2 bytes as an integer; ask for azoth::Bytes");
    CHECK(mismatch([] { return wire::decode_integer(OwnedField{Wire::pg_uuid, std::string(16, '\1')}); })
          == "cannot read uuid '01010101-0101-0101-0101-010101010101' as an integer; ask for azoth::Uuid");
    CHECK(mismatch([] { return wire::decode_integer(OwnedField{Wire::pg_int4, "123"}); })
          == "cannot read a malformed integer as an integer");
    CHECK_THROWS_WITH(
        wire::decode_integer(OwnedField{Wire::pg_other, "x"}), Catch::Contains("cast it to text in SQL"));
    for (const char* value :
         {"", " 1", "1 ", "1x", "0x10", "--1", "+-1", "1.5", "NaN", "Infinity", "1e999999999"}) {
        CAPTURE(value);
        CHECK_THROWS_AS(wire::decode_integer(text(value)), TypeMismatchError);
        CHECK_THROWS_AS(wire::decode_unsigned(text(value), uint64_max), TypeMismatchError);
    }
    for (const double value : {std::nan(""), HUGE_VAL, 1e300})
        CHECK_THROWS_AS(wire::decode_integer(Field{value}), TypeMismatchError);
}

TEST_CASE("decode: long text is cut in messages, between characters", "[types][decode]") {
    std::string umlauts = "x";
    for (int i = 0; i < 100; ++i) umlauts += "ä";
    const std::string message = mismatch([&] { return wire::decode_integer(text(umlauts)); });
    CHECK(message == "cannot read text '" + umlauts.substr(0, 59) + "…' as an integer; ask for std::string");
}

TEST_CASE("decode: booleans in the spellings of every database", "[types][decode][core.type.boolean]") {
    for (const char* word : {"t", "true", "TRUE", "True", "1", "T"}) CHECK(wire::decode_bool(text(word)));
    for (const char* word : {"f", "false", "FALSE", "0"}) CHECK_FALSE(wire::decode_bool(text(word)));
    CHECK(wire::decode_bool(pg_bool(true)));
    CHECK_FALSE(wire::decode_bool(pg_bool(false)));
    CHECK(wire::decode_bool(integer(1)));
    CHECK_FALSE(wire::decode_bool(integer(0)));
    CHECK(wire::decode_bool(Field{std::uint64_t{1}}));
    CHECK(wire::decode_bool(pg_int2(1)));
    CHECK(wire::decode_bool(pg_int4(1)));
    CHECK_FALSE(wire::decode_bool(pg_int8(0)));
    CHECK(wire::decode_bool(bytes(std::string_view{"\1", 1})));
    CHECK_FALSE(wire::decode_bool(bytes(std::string_view{"\0", 1})));
    CHECK(wire::decode_bool(bytes("1")));
    CHECK(mismatch([] { return wire::decode_bool(integer(5)); })
          == "cannot read integer '5' as a bool: it is neither 0 nor 1; ask for std::int64_t");
    CHECK(
        mismatch([] { return wire::decode_bool(Field{}); })
        == "the column is NULL; ask for std::optional<bool>"
    );
    CHECK_THROWS_AS(wire::decode_bool(integer(-1)), TypeMismatchError);
    CHECK_THROWS_AS(wire::decode_bool(pg_int2(-1)), TypeMismatchError);
    CHECK_THROWS_AS(wire::decode_bool(text("yes")), TypeMismatchError);
    CHECK_THROWS_AS(wire::decode_bool(text("")), TypeMismatchError);
    CHECK_THROWS_AS(wire::decode_bool(bytes("\2")), TypeMismatchError);
    CHECK_THROWS_AS(wire::decode_bool(bytes("")), TypeMismatchError);
    CHECK_THROWS_AS(wire::decode_bool(OwnedField{Wire::pg_bool, ""}), TypeMismatchError);
}

TEST_CASE("decode: doubles from every number", "[types][decode]") {
    CHECK(wire::decode_double(Field{1.5}) == 1.5);
    CHECK(wire::decode_double(pg_float8(-2.25)) == -2.25);
    CHECK(wire::decode_double(pg_float4(0.5F)) == 0.5);
    CHECK(wire::decode_double(integer(-3)) == -3.0);
    CHECK(wire::decode_double(Field{uint64_max}) == 18446744073709551615.0);
    CHECK(wire::decode_double(pg_int2(-3)) == -3.0);
    CHECK(wire::decode_double(pg_int4(7)) == 7.0);
    CHECK(wire::decode_double(pg_int8(int64_max)) == 9223372036854775807.0);
    CHECK(wire::decode_double(pg_numeric("12.50")) == 12.5);
    CHECK(wire::decode_double(text("12.50")) == 12.5);
    CHECK(wire::decode_double(text("-1e-3")) == -0.001);
    CHECK(wire::decode_double(text("1e400")) == HUGE_VAL);
    CHECK(wire::decode_double(text("-1e-400")) == 0);
    CHECK(wire::decode_double(text("-Infinity")) == -HUGE_VAL);
    CHECK(std::isnan(wire::decode_double(text("NaN"))));
    CHECK(std::isnan(wire::decode_double(pg_numeric("NaN"))));
    CHECK(read<float>(Field{0.25}) == 0.25F);
    for (const char* value : {"", "abc", "1.5x", " 1", "0x1p3"})
        CHECK_THROWS_AS(wire::decode_double(text(value)), TypeMismatchError);
    CHECK(
        mismatch([] { return wire::decode_double(Field{}); })
        == "the column is NULL; ask for std::optional<double>"
    );
    CHECK_THROWS_AS(wire::decode_double(OwnedField{Wire::pg_float8, "1234"}), TypeMismatchError);
}

TEST_CASE("decode: decimals are exact, and reals get the digits of their type",
          "[types][decode][decimal][core.type.numeric]") {
    const auto decimal = [](const Field& field, const Type& type = {}) {
        return wire::decode_decimal(field, type).to_string();
    };
    CHECK(decimal(pg_numeric("12.50")) == "12.50");
    CHECK(decimal(pg_numeric("-Infinity")) == "-Infinity");
    CHECK(decimal(text("12.50"), Numeric(10, 4)) == "12.50");
    CHECK(decimal(text("123456789012345678901234567890.123")) == "123456789012345678901234567890.123");
    CHECK(decimal(Field{12.5}) == "12.5000000000");
    CHECK(decimal(Field{12.5}, Numeric(10, 2)) == "12.50");
    CHECK(decimal(Field{12.345}, Numeric(10, 2)) == "12.35"); // 12.3450000000000006…
    CHECK(decimal(Field{0.125}, Numeric(10, 2)) == "0.12");
    CHECK(decimal(Field{12.5}, Numeric(10, 0)) == "12");
    CHECK(decimal(pg_float8(0.1)) == "0.1000000000");
    CHECK(decimal(pg_float4(0.5F), Numeric(3, 1)) == "0.5");
    CHECK(decimal(integer(12)) == "12");
    CHECK(decimal(integer(12), Numeric(10, 2)) == "12.00");
    CHECK(decimal(integer(12), Integer()) == "12");
    CHECK(decimal(Field{uint64_max}) == "18446744073709551615");
    CHECK(decimal(pg_int2(-7)) == "-7");
    CHECK(decimal(pg_int4(-7)) == "-7");
    CHECK(decimal(pg_int8(int64_min)) == "-9223372036854775808");
    CHECK(mismatch([] { return wire::decode_decimal(text("12,5"), {}); })
          == "cannot read text '12,5' as a decimal; ask for std::string");
    CHECK_THROWS_AS(wire::decode_decimal(Field{}, {}), TypeMismatchError);
    CHECK_THROWS_AS(wire::decode_decimal(pg_bool(true), {}), TypeMismatchError);
    CHECK_THROWS_AS(wire::decode_decimal(OwnedField{Wire::pg_numeric, "short"}, {}), TypeMismatchError);
}

TEST_CASE("decode: optionals read NULL as nothing", "[types][decode]") {
    CHECK_FALSE(read<std::optional<int>>(Field{}).has_value());
    CHECK(read<std::optional<int>>(integer(5)) == 5);
    CHECK(read<std::optional<std::string>>(text("")) == "");
    CHECK_FALSE(read<std::optional<Decimal>>(Field{}).has_value());
}
