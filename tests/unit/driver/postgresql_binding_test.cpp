// SPDX-License-Identifier: MIT
// How the PostgreSQL driver chooses parameter types and writes their binary forms.
#include "../async/driver/postgresql/binding.hpp"
#include "../async/driver/postgresql/oid.hpp"
#include "support/catch.hpp"

#include <azoth/types/array.hpp>
#include <azoth/types/postgresql.hpp>
#include <azoth/types/range.hpp>
#include <azoth/types/type_traits.hpp>

#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace azoth;
using namespace azoth::postgresql;

namespace {

const std::string sql = "SELECT $1";

/// One parameter, encoded; a copy, because Parameters only views what it need not convert.
class Encoded {
public:
    Encoded(const Param& param, Type type) {
        Parameters parameters;
        parameters.decide(sql, {&param, 1}, {&type, 1});
        parameters.encode({&param, 1});
        oid_ = parameters.oids()[0];
        is_binary_ = parameters.formats()[0] == 1;
        is_null_ = parameters.values()[0] == nullptr;
        if (!is_null_)
            bytes_.assign(parameters.values()[0], static_cast<std::size_t>(parameters.lengths()[0]));
    }
    [[nodiscard]] std::uint32_t oid() const { return oid_; }
    [[nodiscard]] bool is_binary() const { return is_binary_; }
    [[nodiscard]] bool is_null() const { return is_null_; }
    [[nodiscard]] const std::string& bytes() const { return bytes_; }

private:
    std::uint32_t oid_ = 0;
    bool is_binary_ = false;
    bool is_null_ = false;
    std::string bytes_;
};

template <class T>
Encoded encode(const T& value, Type type = TypeTraits<T>::type()) {
    const Value owned = TypeTraits<T>::value(value);
    return Encoded{owned.param(), type};
}

std::string raw(std::initializer_list<int> bytes) {
    std::string text;
    for (const int byte : bytes) text += static_cast<char>(byte);
    return text;
}

} // namespace

TEST_CASE("postgresql binding: the type decides the number that is sent", "[driver][postgresql]") {
    CHECK(parameter_oid(Boolean()) == 16);
    CHECK(parameter_oid(SmallInteger()) == 21);
    CHECK(parameter_oid(Integer()) == 23);
    CHECK(parameter_oid(BigInteger()) == 20);
    CHECK(parameter_oid(Double()) == 701);
    CHECK(parameter_oid(Numeric(10, 2)) == 1700);
    CHECK(parameter_oid(String(30)) == 1043);
    CHECK(parameter_oid(Text()) == 25);
    CHECK(parameter_oid(LargeBinary()) == 17);
    CHECK(parameter_oid(DateTime()) == 1114);
    CHECK(parameter_oid(DateTime(true)) == 1184);
    CHECK(parameter_oid(TimeType(true)) == 1266);
    CHECK(parameter_oid(JsonType()) == 114);
    CHECK(parameter_oid(Type()) == 0);
}

TEST_CASE(
    "postgresql binding: FLOAT is sent with the precision the server gives the column",
    "[driver][postgresql]") {
    CHECK(parameter_oid(Float()) == 701);
    CHECK(parameter_oid(Float(24)) == 700);
    CHECK(parameter_oid(Float(25)) == 701);
}

TEST_CASE("postgresql binding: without a type the value decides, as a literal would",
          "[driver][postgresql][core.bind.type_inference]") {
    const Type unknown;
    CHECK(encode(5, unknown).oid() == oid::int4);
    CHECK(encode(std::int64_t{5'000'000'000}, unknown).oid() == oid::int8);
    CHECK(encode(std::numeric_limits<std::uint64_t>::max(), unknown).oid() == oid::numeric);
    CHECK(encode(0.5, unknown).oid() == oid::float8);
    CHECK(encode(true, unknown).oid() == oid::boolean);
    const auto text = encode(std::string("x"), unknown);
    CHECK(text.oid() == 0);
    CHECK_FALSE(text.is_binary());
    const Encoded nothing{Param(), unknown};
    CHECK(nothing.oid() == 0);
    CHECK(nothing.is_null());
    CHECK(Encoded(Param(), Integer()).oid() == oid::int4);
}

TEST_CASE("postgresql binding: the rows of a batch share one type", "[driver][postgresql]") {
    Parameters parameters;
    const std::vector<Param> column{
        Param(), Param(ParamKind::integer, std::int64_t{1}),
        Param(ParamKind::integer, std::int64_t{5'000'000'000})};
    const Type unknown;
    parameters.decide(sql, column, {&unknown, 1}, 3);
    CHECK(parameters.oids()[0] == oid::int8);
    const std::vector<Param> mixed{Param(ParamKind::integer, std::int64_t{1}), Param(ParamKind::text, "x")};
    parameters.decide(sql, mixed, {&unknown, 1}, 2);
    CHECK(parameters.oids()[0] == 0);
    parameters.encode({mixed.data(), 1});
    CHECK(std::string_view{parameters.values()[0]} == "1");
    const std::vector<Param> numbers{Param(ParamKind::integer, std::int64_t{1}), Param(0.5)};
    parameters.decide(sql, numbers, {&unknown, 1}, 2);
    CHECK(parameters.oids()[0] == oid::float8);
}

TEST_CASE("postgresql binding: binary forms are big-endian",
          "[driver][postgresql][dial.common.driver_types]") {
    CHECK(encode(true).bytes() == raw({1}));
    CHECK(encode(std::int16_t{-2}).bytes() == raw({0xFF, 0xFE}));
    CHECK(encode(258).bytes() == raw({0, 0, 1, 2}));
    CHECK(encode(std::int64_t{258}).bytes() == raw({0, 0, 0, 0, 0, 0, 1, 2}));
    CHECK(encode(1.0).bytes() == raw({0x3F, 0xF0, 0, 0, 0, 0, 0, 0}));
    CHECK(encode(1.0, Float(24)).bytes() == raw({0x3F, 0x80, 0, 0}));
    CHECK(encode(std::string("é")).bytes() == "é");
    CHECK(encode(std::string("é")).is_binary());
    CHECK(encode(std::string()).bytes().empty());
    CHECK_FALSE(encode(std::string()).is_null());
    CHECK(
        encode(Interval(1, 2, std::chrono::microseconds(3))).bytes()
        == raw({0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 1}));
}

TEST_CASE("postgresql binding: dates and times count from the year 2000", "[driver][postgresql]") {
    using namespace std::chrono;
    CHECK(encode(Date{2000y / January / 2}).bytes() == raw({0, 0, 0, 1}));
    CHECK(encode(Date{1999y / December / 31}).bytes() == raw({0xFF, 0xFF, 0xFF, 0xFF}));
    CHECK(encode(Timestamp{local_days{2000y / January / 1} + 1us}).bytes() == raw({0, 0, 0, 0, 0, 0, 0, 1}));
    CHECK(encode(TimestampTz{sys_days{2000y / January / 1}}).bytes() == raw({0, 0, 0, 0, 0, 0, 0, 0}));
    const Param too_early(ParamKind::timestamp, std::numeric_limits<std::int64_t>::min());
    CHECK_THROWS_AS(Encoded(too_early, DateTime()), DataError);
}

TEST_CASE("postgresql binding: values of another kind are converted without loss", "[driver][postgresql]") {
    CHECK(encode(1, Boolean()).bytes() == raw({1}));
    CHECK(encode(true, Integer()).bytes() == raw({0, 0, 0, 1}));
    CHECK(encode(3, Double()).bytes() == encode(3.0).bytes());
    CHECK(encode(3.0, Integer()).bytes() == encode(3).bytes());
    CHECK(encode(42, String()).bytes() == "42");
    CHECK(encode(0.1, Numeric()).bytes() == "0.1");
    CHECK(encode(Decimal("12.00"), Integer()).bytes() == "12");
    CHECK(encode(7, Numeric()).bytes() == encode(Decimal("7")).bytes());
    const auto parsed = encode(std::string("17"), Integer());
    CHECK(parsed.oid() == oid::int4);
    CHECK_FALSE(parsed.is_binary());
    CHECK(encode(std::string("\\x"), LargeBinary()).is_binary());
}

TEST_CASE("postgresql binding: what does not fit is refused before it is sent", "[driver][postgresql]") {
    const auto code = [](const Param& param, Type type) {
        try {
            const Encoded encoded{param, type};
        } catch (const DataError& error) {
            CHECK(error.statement() == sql);
            CHECK_THAT(error.what(), Catch::Contains("$1"));
            return error.code();
        }
        return std::error_code{};
    };
    const auto number = [](std::int64_t n) { return Param(ParamKind::integer, n); };
    CHECK(code(number(32'768), SmallInteger()) == errc::out_of_range);
    CHECK(code(number(-2'147'483'649), Integer()) == errc::out_of_range);
    CHECK(code(number(2), Boolean()) == errc::out_of_range);
    CHECK(code(Param(std::numeric_limits<std::uint64_t>::max()), BigInteger()) == errc::out_of_range);
    CHECK(code(Param(1e300), Float(24)) == errc::out_of_range);
    CHECK(code(Param(1e19), BigInteger()) == errc::out_of_range);
    CHECK(code(Param(0.5), Integer()) == errc::data_invalid);
    CHECK(code(Param(std::numeric_limits<double>::quiet_NaN()), Integer()) == errc::data_invalid);
    const Decimal fraction("0.5");
    CHECK(code(Param(&fraction), Integer()) == errc::data_invalid);
    CHECK(code(Param(ParamKind::text, std::string_view("a\0b", 3)), Text()) == errc::data_invalid);
    CHECK(code(Param(ParamKind::text, std::string_view("1\0", 2)), Integer()) == errc::data_invalid);
    CHECK(code(Param(ParamKind::timestamp, std::int64_t{1}), DateType()) == errc::data_invalid);
    CHECK(code(Param(ParamKind::bytes, std::string_view("a\0b", 3)), LargeBinary()) == std::error_code{});
}

TEST_CASE(
    "postgresql binding: more parameters than the protocol has room for are refused",
    "[driver][postgresql]") {
    const std::vector<Param> params(65'536);
    Parameters parameters;
    CHECK_THROWS_AS(parameters.decide(sql, params, {}), ArgumentError);
}

TEST_CASE("postgresql columns: formats of built-in and user-defined types",
          "[driver][postgresql][dial.common.driver_types]") {
    CHECK(column_format(23, -1).wire == Wire::pg_int4);
    CHECK(column_format(23, -1).type == Integer());
    CHECK(column_format(1043, 34).type == String(30));
    CHECK(column_format(1700, ((10 << 16) | 2) + 4).type == Numeric(10, 2));
    CHECK(column_format(1700, -1).type == Numeric());
    CHECK(column_format(26, -1).wire == Wire::unsigned_integer);
    CHECK(column_format(1184, -1).type.timezone);
    CHECK(column_format(600, -1).wire == Wire::pg_other); // point
    CHECK(column_format(1007, -1).wire == Wire::pg_array); // integer[]
    CHECK(column_format(1007, -1).item == Wire::pg_int4);
    CHECK(column_format(1007, -1).type == ARRAY{Integer{}});
    CHECK(column_format(3904, -1).wire == Wire::pg_range);
    CHECK(column_format(3904, -1).item == Wire::pg_int4);
    CHECK(column_format(4532, -1).wire == Wire::pg_multirange);
    CHECK(column_format(std::string_view("hstore_send")).wire == Wire::pg_hstore);
    CHECK(array_format("enum_send").item == Wire::text);
    CHECK(array_format("record_send").item == Wire::null);
    CHECK(column_format(std::string_view("enum_send")).wire == Wire::text);
    CHECK(column_format(std::string_view("int4send")).wire == Wire::pg_int4);
    CHECK(column_format(std::string_view("record_send")).wire == Wire::pg_other);
}

namespace {

/// What a value becomes on the wire, as bytes; nothing when it travels as text.
std::optional<std::string> binary_of(const Value& value, const Type& type) {
    Parameters parameters;
    const auto param = value.param();
    parameters.decide(sql, {&param, 1}, {&type, 1});
    parameters.encode({&param, 1});
    if (parameters.formats()[0] != 1) return std::nullopt;
    return std::string{parameters.values()[0], static_cast<std::size_t>(parameters.lengths()[0])};
}

} // namespace

TEST_CASE("postgresql parameters: arrays and ranges are sent in binary form and read back",
          "[driver][postgresql][binding]") {
    using Numbers = std::vector<std::optional<std::int32_t>>;
    const Numbers numbers{1, std::nullopt, -2147483647};
    const auto bytes = binary_of(TypeTraits<Numbers>::value(numbers), ARRAY{Integer{}});
    REQUIRE(bytes);
    const Field field{Wire::pg_array, bytes->data(), static_cast<std::uint32_t>(bytes->size()), Wire::pg_int4};
    CHECK(TypeTraits<Numbers>::decode(field, Type{}) == numbers);
    CHECK(to_value(field, Type{}) == TypeTraits<Numbers>::value(numbers));

    using Table = std::vector<std::vector<Decimal>>;
    const Table table{{Decimal{"1.5"}, Decimal{"-2"}}, {Decimal{"0"}, Decimal{"NaN"}}};
    const auto decimals = binary_of(TypeTraits<Table>::value(table), ARRAY{Numeric{}});
    REQUIRE(decimals);
    const Field cells{Wire::pg_array, decimals->data(), static_cast<std::uint32_t>(decimals->size()), Wire::pg_numeric};
    const auto read = TypeTraits<Table>::decode(cells, Type{});
    REQUIRE(read.size() == 2);
    CHECK(read[0] == table[0]);
    CHECK(read[1][1].is_nan());
    CHECK_THROWS_WITH(TypeTraits<std::vector<Decimal>>::decode(cells, Type{}), Catch::Contains("2 dimensions"));

    using Days = Range<Date>;
    const Days days{*parse_date("2024-01-01"), std::nullopt, "(]"};
    const auto range = binary_of(TypeTraits<Days>::value(days), DATERANGE{});
    REQUIRE(range);
    const Field span{Wire::pg_range, range->data(), static_cast<std::uint32_t>(range->size()), Wire::pg_date};
    CHECK(TypeTraits<Days>::decode(span, Type{}) == days);

    using Several = std::vector<Range<std::int64_t>>;
    const Several several{{1, 3}, {7, std::nullopt}};
    const auto multirange = binary_of(TypeTraits<Several>::value(several), INT8MULTIRANGE{});
    REQUIRE(multirange);
    const Field many{
        Wire::pg_multirange, multirange->data(), static_cast<std::uint32_t>(multirange->size()), Wire::pg_int8};
    CHECK(TypeTraits<Several>::decode(many, Type{}) == several);

    CHECK_FALSE(binary_of(TypeTraits<Numbers>::value(numbers), Type{})); // the server finds out what it is
    CHECK(binary_of(TypeTraits<Numbers>::value({}), ARRAY{Integer{}}) == std::string("\0\0\0\0\0\0\0\0\0\0\0\x17", 12));
    CHECK(binary_of(TypeTraits<Json>::value(Json{{"a", 1}}), JSONB{}) == "\x01{\"a\":1}");
}

TEST_CASE("postgresql parameters: what is no array or range is refused", "[driver][postgresql][binding]") {
    const auto item = [](std::int64_t n) { return Value{n}; };
    const auto list = [](std::vector<Value> items) { return Value{ArrayValue{std::move(items)}}; };
    const Value ragged = list({list({item(1)}), list({item(1), item(2)})});
    CHECK_THROWS_WITH(binary_of(ragged, ARRAY{Integer{}}), Catch::Contains("not equally long"));
    const Value mixed = list({item(1), list({item(1)})});
    CHECK_THROWS_WITH(binary_of(mixed, ARRAY{Integer{}}), Catch::Contains("not equally long"));
    CHECK_THROWS_WITH(binary_of(list({item(3'000'000'000)}), ARRAY{Integer{}}), Catch::Contains("does not fit integer"));
    const Value zero = list({Value{std::string(1, '\0')}});
    CHECK_THROWS_WITH(binary_of(zero, ARRAY{Text{}}), Catch::Contains("zero byte"));
    CHECK_THROWS_WITH(binary_of(zero, Type{}), Catch::Contains("zero byte"));
    Value deep = item(1);
    for (int i = 0; i < 7; ++i) deep = list({deep});
    CHECK_THROWS_WITH(binary_of(deep, ARRAY{Integer{}}), Catch::Contains("six dimensions"));
    const Value range{Value::Variant{RangeValue{item(1), Value{std::string{"x"}}}}};
    CHECK_FALSE(binary_of(range, INT4RANGE{})); // as text: the server says what is wrong with it
}
