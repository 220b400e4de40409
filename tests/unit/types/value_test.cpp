// SPDX-License-Identifier: MIT
// Owned values: what becomes of a field by its form and type, parameters, and their text; the names of types.
#include <azoth/types/value.hpp>

#include <limits>

#include "fields.hpp"

using namespace azoth;
using namespace azoth::test;
using namespace std::chrono_literals;

namespace {

template <class T>
Value value(T v) {
    return Value{std::move(v)};
}
Value string_value(const char* text) {
    return value(std::string{text});
}
Field integer(std::int64_t n) {
    return {Wire::integer, n};
}

template <class T>
std::string shown(const T& v, std::size_t limit = 200) {
    const Value owned = TypeTraits<T>::value(v);
    return to_string(owned.param(), limit);
}

} // namespace

TEST_CASE("value: NULL is NULL, whatever the type", "[types][value]") {
    for (const Type& type : {Type{}, Type{Integer{}}, Type{String{}}, Type{JsonType{}}})
        CHECK(to_value(Field{}, type).is_null());
}

TEST_CASE("value: without a type the wire form decides", "[types][value]") {
    const Type unknown;
    CHECK(to_value(integer(5), unknown) == value(std::int64_t{5}));
    CHECK(to_value(Field{std::uint64_t{5}}, unknown) == value(std::uint64_t{5}));
    CHECK(to_value(Field{1.5}, unknown) == value(1.5));
    CHECK(to_value(text("12"), unknown) == string_value("12"));
    CHECK(to_value(bytes("a"), unknown) == value(Bytes{std::byte{'a'}}));
    CHECK(to_value(OwnedField{Wire::pg_other, "a"}, unknown) == value(Bytes{std::byte{'a'}}));
    CHECK(to_value(pg_bool(true), unknown) == value(true));
    CHECK(to_value(pg_int2(2), unknown) == value(std::int64_t{2}));
    CHECK(to_value(pg_float4(0.5F), unknown) == value(0.5));
    CHECK(to_value(pg_numeric("1.50"), unknown) == value(Decimal{"1.50"}));
    CHECK(to_value(pg_date(0), unknown) == value(*parse_date("2000-01-01")));
    CHECK(to_value(Field{Wire::date, std::int64_t{0}}, unknown) == value(*parse_date("1970-01-01")));
    CHECK(to_value(pg_microseconds(Wire::pg_time, 1), unknown) == value(Time{1us}));
    CHECK(to_value(pg_timetz(0, -7200), unknown) == string_value("00:00:00+02:00"));
    CHECK(to_value(pg_microseconds(Wire::pg_timestamp, 0), unknown) == value(*parse_timestamp("2000-01-01")));
    CHECK(
        to_value(pg_microseconds(Wire::pg_timestamptz, 0), unknown)
        == value(*parse_timestamp_tz("2000-01-01"))
    );
    CHECK(to_value(pg_interval(1, 2, 3), unknown) == value(Interval{3, 2, 1us}));
    CHECK(to_value(OwnedField{Wire::pg_uuid, std::string(16, '\0')}, unknown) == value(Uuid{}));
    CHECK(to_value(OwnedField{Wire::pg_jsonb, "\1[]"}, unknown) == value(JsonText{"[]"}));
}

TEST_CASE("value: the type decides where a database has no form of its own",
          "[types][value][dial.common.driver_types]") {
    CHECK(to_value(integer(1), Boolean{}) == value(true));
    CHECK(to_value(text("12.50"), Numeric{10, 2}) == value(Decimal{"12.50"}));
    CHECK(to_value(Field{12.5}, Numeric{10, 2}) == value(Decimal{"12.50"}));
    CHECK(to_value(integer(12), Double{}) == value(12.0));
    CHECK(to_value(text("12"), BigInteger{}) == value(std::int64_t{12}));
    CHECK(to_value(Field{std::uint64_t{5}}, BigInteger{}) == value(std::int64_t{5}));
    CHECK(to_value(Field{~std::uint64_t{0}}, BigInteger{}) == value(~std::uint64_t{0}));
    CHECK(to_value(text("2024-01-02"), DateType{}) == value(*parse_date("2024-01-02")));
    CHECK(to_value(text("01:02:03"), TimeType{}) == value(Time{1h + 2min + 3s}));
    CHECK(
        to_value(text("2024-01-02 03:04:05.000000"), DateTime{})
        == value(*parse_timestamp("2024-01-02 03:04:05"))
    );
    CHECK(
        to_value(text("2024-01-02 03:04:05"), DateTime{true})
        == value(*parse_timestamp_tz("2024-01-02 03:04:05Z"))
    );
    CHECK(to_value(text("1970-01-01 01:00:00"), IntervalType{}) == value(Interval{1h}));
    CHECK(to_value(text(std::string(32, 'a')), UuidType{}) == value(Uuid{std::string(32, 'a')}));
    CHECK(to_value(text("{}"), JsonType{}) == value(JsonText{"{}"}));
    CHECK(to_value(bytes("a"), String{}) == string_value("a"));
    CHECK(to_value(integer(7), Text{}) == string_value("7"));
    CHECK(to_value(text("a"), LargeBinary{}) == value(Bytes{std::byte{'a'}}));
    CHECK_THROWS_AS(to_value(text("abc"), Integer{}), TypeMismatchError);
    CHECK_THROWS_AS(to_value(integer(2), Boolean{}), TypeMismatchError);
}

TEST_CASE("value: a parameter views its value", "[types][value]") {
    const Value owned = string_value("text");
    CHECK(owned.param().kind == ParamKind::text);
    CHECK(owned.param().view() == "text");
    CHECK(Value{}.param().is_null());
    CHECK(Value{null}.is_null());
    CHECK(value(true).param().kind == ParamKind::boolean);
    CHECK(value(std::int64_t{-1}).param().integer == -1);
    CHECK(value(~std::uint64_t{0}).param().unsigned_integer == ~std::uint64_t{0});
    CHECK(value(2.5).param().real == 2.5);
    const Value blob = value(Bytes{std::byte{1}, std::byte{2}});
    CHECK(blob.param().kind == ParamKind::bytes);
    CHECK(blob.param().size == 2);
    const Value decimal = value(Decimal{"1.5"});
    CHECK(*decimal.param().decimal == Decimal{"1.5"});
    CHECK(value(*parse_date("1970-01-03")).param().integer == 2);
    CHECK(value(Time{5us}).param().integer == 5);
    CHECK(value(*parse_timestamp("1970-01-01 00:00:01")).param().integer == 1'000'000);
    CHECK(value(*parse_timestamp_tz("1970-01-01 00:00:01Z")).param().kind == ParamKind::timestamp_tz);
    const Value interval = value(Interval{1, 2, 3us});
    CHECK(*interval.param().interval == Interval{1, 2, 3us});
    const Value uuid = value(Uuid{});
    CHECK(*uuid.param().uuid == Uuid{});
    const Value document = value(JsonText{"{}"});
    CHECK(document.param().kind == ParamKind::json);
    CHECK(document.param().view() == "{}");
}

TEST_CASE("value: parameters print as SQL", "[types][value]") {
    CHECK(to_string(Param{}) == "NULL");
    CHECK(shown(true) == "true");
    CHECK(shown(-5) == "-5");
    CHECK(shown(~std::uint64_t{0}) == "18446744073709551615");
    CHECK(shown(1.5) == "1.5");
    CHECK(shown(std::string{"it's"}) == "'it''s'");
    CHECK(shown(Bytes{std::byte{0}, std::byte{0xAB}}) == "x'00ab'");
    CHECK(shown(Decimal{"12.50"}) == "12.50");
    CHECK(shown(*parse_date("2024-01-02")) == "'2024-01-02'");
    CHECK(shown(Time{1h}) == "'01:00:00'");
    CHECK(shown(*parse_timestamp("2024-01-02 03:04:05")) == "'2024-01-02 03:04:05'");
    CHECK(shown(*parse_timestamp_tz("2024-01-02 03:04:05Z")) == "'2024-01-02 03:04:05+00:00'");
    CHECK(shown(Interval{1, 0, 0us}) == "'1 mon'");
    CHECK(shown(Uuid{}) == "'00000000-0000-0000-0000-000000000000'");
    CHECK(shown(Json{{"a", 1}}) == R"('{"a":1}')");
}

TEST_CASE("value: long parameters are cut and say how much is missing", "[types][value][core.log.params]") {
    CHECK(shown(std::string(500, 'x'), 10) == "'xxxxxxxxxx'… (490 more bytes)");
    CHECK(shown(std::string{"ääää"}, 3) == "'ä'… (6 more bytes)");
    CHECK(shown(std::string{"abc"}, 3) == "'abc'");
    CHECK(shown(std::string{"ää"}, 0) == "''… (4 more bytes)");
    CHECK(shown(Bytes(100), 4) == "x'0000'… (98 more bytes)");
    CHECK(shown(Decimal{std::string(300, '7')}, 5) == "77777… (295 more bytes)");
    CHECK(shown(std::string(500, 'x')).size() < 250);
}

TEST_CASE("type: names for messages", "[types][type]") {
    CHECK(to_string(Type{}) == "NullType");
    CHECK(to_string(BigInteger{}) == "BigInteger");
    CHECK(to_string(String{30}) == "String(30)");
    CHECK(to_string(String{}) == "String");
    CHECK(to_string(Numeric{10, 2}) == "Numeric(10, 2)");
    CHECK(to_string(Float{24}) == "Float(24)");
    CHECK(to_string(DateTime{true}) == "DateTime(timezone)");
    for (int kind = 0; kind <= static_cast<int>(TypeKind::json); ++kind)
        CHECK(to_string(Type{static_cast<TypeKind>(kind)}) != "unknown type");
}

TEST_CASE("type: hash follows equality", "[types][type]") {
    CHECK(Numeric(10, 2).hash() == Numeric(10, 2).hash());
    CHECK(Numeric(10, 2).hash() != Numeric(10, 3).hash());
    CHECK(DateTime(true).hash() != DateTime(false).hash());
    CHECK(String(30).hash() != Text(30).hash());
}

TEST_CASE("traits: C++ types have their SQL types", "[types][traits][core.ctype.native_mapping]") {
    CHECK(TypeTraits<std::int16_t>::type() == SmallInteger{});
    CHECK(TypeTraits<int>::type() == Integer{});
    CHECK(TypeTraits<std::int64_t>::type() == BigInteger{});
    CHECK(TypeTraits<std::uint16_t>::type() == Integer{}); // a size up, so that all values fit
    CHECK(TypeTraits<std::uint32_t>::type() == BigInteger{});
    CHECK(TypeTraits<float>::type() == Float{});
    CHECK(TypeTraits<double>::type() == Double{});
    CHECK(TypeTraits<std::optional<Decimal>>::type() == Numeric{});
    CHECK(TypeTraits<TimestampTz>::type() == DateTime{true});
    static_assert(TypeTraits<std::optional<int>>::nullable && !TypeTraits<int>::nullable);
    static_assert(SqlValue<Json> && SqlValue<Value> && SqlValue<Bytes> && SqlValue<std::optional<Decimal>>);
    static_assert(!SqlValue<void*> && !SqlValue<char>);
    CHECK(TypeTraits<std::optional<int>>::value(std::nullopt).is_null());
    CHECK(TypeTraits<std::optional<int>>::param(5).integer == 5);
    CHECK(TypeTraits<Value>::decode(integer(5), Type{}) == value(std::int64_t{5}));
}
