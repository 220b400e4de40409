// SPDX-License-Identifier: MIT
// Ranges as values: what lies in them, how they compare and combine; arrays, hstores and enumerations from text.
#include <azoth/types/range.hpp>

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <azoth/error.hpp>
#include <azoth/types/array.hpp>
#include <azoth/types/enum_names.hpp>

#include "fields.hpp"

using namespace azoth;
using namespace azoth::test;

namespace {

using Ints = Range<std::int64_t>;

Date day(const char* text) { return *parse_date(text); }

template <class T>
T read(std::string_view written) {
    return TypeTraits<T>::decode(text(written), Type{});
}

} // namespace

enum class Colour { red, green };
enum class Level : std::int8_t { low = -5, high = 100 };

template <>
struct azoth::EnumNames<Colour> {
    static constexpr std::array names{"red", "green"};
};
template <>
struct azoth::EnumNames<Level> {
    static constexpr std::array names{"low", "high"};
    static constexpr std::array values{Level::low, Level::high};
    static constexpr std::string_view type_name = "levels";
};

TEST_CASE("range: what lies in it", "[types][range]") {
    const Ints range{1, 5};
    CHECK(range.contains(1));
    CHECK_FALSE(range.contains(5));
    CHECK(Ints(1, 5, "(]").contains(5));
    CHECK_FALSE(Ints(1, 5, "(]").contains(1));
    CHECK(Ints().contains(std::numeric_limits<std::int64_t>::max()));
    CHECK(Ints(std::nullopt, 3).contains(std::numeric_limits<std::int64_t>::min()));
    CHECK_FALSE(Ints::empty().contains(0));
    CHECK(range.contains(Ints::empty()));
    CHECK(Ints::empty().contained_by(Ints::empty()));
    CHECK(Ints().contains(range));
    CHECK_FALSE(range.contains(Ints()));
    CHECK(Range<Decimal>(Decimal{1}, Decimal{2}).contains(Decimal{"1.999"}));
    CHECK_THROWS_AS(Ints(1, 2, "[["), ArgumentError);
    CHECK_THROWS_AS(Ints(1, 2, ""), ArgumentError);
}

TEST_CASE("range: of integers and dates the ends may be written in two ways", "[types][range]") {
    CHECK(Ints(1, 3, "[]") == Ints(1, 4));
    CHECK(Ints(0, 4, "()") == Ints(1, 3, "[]"));
    CHECK(Ints(1, 2, "()") == Ints::empty());
    CHECK(Range<Date>(day("2024-02-28"), day("2024-02-29"), "[]") == Range<Date>(day("2024-02-28"), day("2024-03-01")));
    CHECK_FALSE(Range<Decimal>(Decimal{1}, Decimal{2}, "[]") == Range<Decimal>(Decimal{1}, Decimal{2}));
    CHECK(Range<Decimal>(Decimal{"1.0"}, Decimal{2}) == Range<Decimal>(Decimal{1}, Decimal{"2.00"}));
    constexpr auto top = std::numeric_limits<std::int64_t>::max();
    CHECK(Ints(0, top, "[]").contains(top)); // nothing is counted past the last
    CHECK_FALSE(Ints(0, top, "[]") == Ints(0, top));
}

TEST_CASE("range: left, right, beside", "[types][range]") {
    const Ints low{1, 5};
    const Ints high{5, 9};
    CHECK(low.strictly_left_of(high));
    CHECK(high.strictly_right_of(low));
    CHECK_FALSE(low.overlaps(high));
    CHECK(low.adjacent_to(high));
    CHECK(high.adjacent_to(low));
    CHECK(Ints(1, 4, "[]").adjacent_to(high));
    CHECK_FALSE(Range<Decimal>(Decimal{1}, Decimal{4}, "[]").adjacent_to(Range<Decimal>(Decimal{5}, Decimal{9})));
    CHECK(Range<Decimal>(Decimal{1}, Decimal{5}, "[]").adjacent_to(Range<Decimal>(Decimal{5}, Decimal{9}, "(]")));
    CHECK_FALSE(Range<Decimal>(Decimal{1}, Decimal{5}).adjacent_to(Range<Decimal>(Decimal{5}, Decimal{9}, "()")));
    CHECK(low.not_extend_right_of(high));
    CHECK(high.not_extend_left_of(low));
    CHECK_FALSE(Ints().adjacent_to(Ints()));
    CHECK_FALSE(Ints::empty().adjacent_to(low));
    CHECK_FALSE(Ints::empty().strictly_left_of(low));
}

TEST_CASE("range: union, intersection and difference", "[types][range]") {
    CHECK(Ints(1, 5) + Ints(3, 9) == Ints(1, 9));
    CHECK(Ints(1, 5) + Ints(5, 9) == Ints(1, 9));
    CHECK(Ints(1, 5) + Ints::empty() == Ints(1, 5));
    CHECK_THROWS_AS(Ints(1, 2) + Ints(4, 5), ArgumentError);
    CHECK(Ints(1, 5) * Ints(3, 9) == Ints(3, 5));
    CHECK(Ints(1, 3) * Ints(4, 9) == Ints::empty());
    CHECK(Ints(1, std::nullopt) * Ints(std::nullopt, 4, "(]") == Ints(1, 4, "[]"));
    CHECK(Ints(1, 9) - Ints(5, 20) == Ints(1, 5));
    CHECK(Ints(1, 9) - Ints(-3, 5) == Ints(5, 9));
    CHECK(Ints(1, 9) - Ints() == Ints::empty());
    CHECK(Ints(1, 9) - Ints(20, 30) == Ints(1, 9));
    CHECK_THROWS_AS(Ints(1, 9) - Ints(3, 4), ArgumentError);
}

TEST_CASE("range: text, both ways", "[types][range]") {
    CHECK(range_text(TypeTraits<Ints>::range(Ints(1, 5))) == "[1,5)");
    CHECK(range_text(TypeTraits<Ints>::range(Ints())) == "[,)");
    CHECK(range_text(TypeTraits<Ints>::range(Ints::empty())) == "empty");
    const RangeValue texts{
        Value{std::string{"a b"}}, Value{std::string{"c\"\\"}}, "[]"};
    CHECK(range_text(texts) == R"(["a b","c\"\\"])");
    CHECK(read<Ints>("[1,5)") == Ints(1, 5));
    CHECK(read<Ints>("(,5]") == Ints(std::nullopt, 5, "(]"));
    CHECK(read<Ints>("empty").is_empty());
    CHECK(read<Range<Timestamp>>(R"(["2024-01-02 03:04:05","2024-01-03 00:00:00"))").lower() == parse_timestamp("2024-01-02 03:04:05"));
    CHECK(read<std::vector<Ints>>("{[1,3),[5,7)}") == std::vector<Ints>{{1, 3}, {5, 7}});
    CHECK(read<std::vector<Ints>>("{}").empty());
    for (const char* wrong : {"", "[1,2", "1,2)", "[1)", "[1,2,3)", "[1,2)x", "[a,b)", "{[1,2)}"})
        CHECK_THROWS_AS(read<Ints>(wrong), TypeMismatchError);
    for (const char* wrong : {"", "{", "{[1,2)", "{[1,2);[3,4)}", "{1}", "{[1,2),}"})
        CHECK_THROWS_AS(read<std::vector<Ints>>(wrong), TypeMismatchError);
}

TEST_CASE("array: text, both ways", "[types][array]") {
    using Texts = std::vector<std::optional<std::string>>;
    const Texts texts{"a", "", "NULL", std::nullopt, "q\"\\,{}", " x "};
    const auto value = TypeTraits<Texts>::value(texts);
    const auto written = array_text(std::get<ArrayValue>(value.variant()));
    CHECK(written == R"({"a","","NULL",NULL,"q\"\\,{}"," x "})");
    CHECK(read<Texts>(written) == texts);
    CHECK(read<Texts>("{ a b , NULL , null }") == Texts{"a b", std::nullopt, std::nullopt});
    CHECK(read<std::vector<std::int32_t>>("{}").empty());
    CHECK(read<std::vector<std::int32_t>>("[0:1]={1,2}") == std::vector<std::int32_t>{1, 2});
    CHECK(read<std::vector<std::vector<bool>>>("{{t,f},{f,t}}") == std::vector<std::vector<bool>>{{true, false}, {false, true}});
    for (const char* wrong :
         {"", "{", "}", "{1", "{1,", "{1,}", "{,1}", "{1}}", "{{1},2}", "{1,{2}}", "{{1},{2,3}}", "{\"a}", "{a\"b}", "{1}x"}) {
        INFO(wrong);
        CHECK_THROWS_AS(read<std::vector<std::string>>(wrong), TypeMismatchError);
    }
    CHECK_THROWS_AS(read<std::vector<std::vector<std::string>>>("{{{1}}}"), TypeMismatchError);
    CHECK_THROWS_WITH(read<std::vector<std::int32_t>>("{1,NULL}"), Catch::Contains("std::optional"));
    CHECK(TypeTraits<std::vector<std::vector<std::int64_t>>>::type() == ARRAY{BigInteger{}});
    // As deep and as long as somebody likes: refused, and not in the time of a square.
    CHECK_THROWS_AS(read<std::vector<std::int32_t>>(std::string(1'000'000, '{')), TypeMismatchError);
    std::string many = "{0";
    for (int i = 1; i < 200'000; ++i) many += ",1";
    CHECK(read<std::vector<std::int32_t>>(many + "}").size() == 200'000);
}

TEST_CASE("hstore: text, both ways", "[types][hstore]") {
    const Hstore pairs{{"a", "1"}, {"b \"\\", std::nullopt}, {"", "=>"}};
    const auto written = wire::hstore_text(pairs);
    CHECK(written == R"(""=>"=>", "a"=>"1", "b \"\\"=>NULL)");
    CHECK(read<Hstore>(written) == pairs);
    CHECK(read<Hstore>("").empty());
    for (const char* wrong : {"a", "\"a\"", "\"a\"=>", "\"a\"=>1", "\"a\"=>\"1\" ", "\"a\"=>\"1"})
        CHECK_THROWS_AS(read<Hstore>(wrong), TypeMismatchError);
    const std::string binary = big_endian(2, 4) + big_endian(1, 4) + "k" + big_endian(-1, 4) + big_endian(0, 4)
                               + big_endian(2, 4) + "vv";
    CHECK(TypeTraits<Hstore>::decode(OwnedField{Wire::pg_hstore, binary}, Type{}) == Hstore{{"k", std::nullopt}, {"", "vv"}});
}

TEST_CASE("PostgreSQL: addresses, bits and text searches are read as text", "[types][pg_text]") {
    const auto shown = [](Wire wire, const std::string& bytes) {
        std::string out;
        wire::decode_string(OwnedField{wire, bytes}, out);
        return out;
    };
    using namespace std::string_literals;
    CHECK(shown(Wire::pg_inet, "\x02\x20\x00\x04\xC0\xA8\x00\x01"s) == "192.168.0.1");
    CHECK(shown(Wire::pg_inet, "\x02\x18\x01\x04\x0A\x00\x00\x00"s) == "10.0.0.0/24");
    const auto v6 = [&](std::vector<int> words, int bits = 128) {
        std::string bytes = "\x03"s + static_cast<char>(bits) + "\x00\x10"s;
        for (const int word : words) append_big_endian(bytes, static_cast<std::uint64_t>(word), 2);
        return shown(Wire::pg_inet, bytes);
    };
    CHECK(v6({0x2001, 0xdb8, 0, 0, 1, 0, 0, 1}) == "2001:db8::1:0:0:1");
    CHECK(v6({0, 0, 0, 0, 0, 0, 0, 0}, 0) == "::/0");
    CHECK(v6({0, 0, 0, 0, 0, 0, 0, 1}) == "::1");
    CHECK(v6({0, 0, 0, 0, 0, 0xffff, 0x102, 0x304}) == "::ffff:1.2.3.4");
    CHECK(v6({0xfe80, 0, 0, 0, 0, 0, 0, 0}, 10) == "fe80::/10");
    CHECK(v6({1, 0, 3, 4, 5, 6, 7, 8}) == "1:0:3:4:5:6:7:8");
    CHECK(shown(Wire::pg_macaddr, "\x08\x00\x2b\x01\x02\x03"s) == "08:00:2b:01:02:03");
    CHECK(shown(Wire::pg_bit, "\0\0\0\x0a\xA0\x40"s) == "1010000001");
    CHECK(shown(Wire::pg_bit, "\0\0\0\0"s) == "");
    CHECK(shown(Wire::pg_money, big_endian(-123456, 8)) == "-1234.56");
    CHECK(shown(Wire::pg_tsvector, big_endian(2, 4) + "a'b\0"s + big_endian(0, 2) + "c\0"s + big_endian(2, 2)
                                       + big_endian(1, 2) + big_endian(0xC002, 2))
          == "'a''b' 'c':1,2A");
    const std::string lexeme = "\x01\x00\x00"s;
    CHECK(shown(Wire::pg_tsquery, big_endian(5, 4) + "\x02\x02"s + "\x02\x03"s + lexeme + "c\0"s + lexeme + "b\0"s
                                      + "\x01\x08\x01"s + "a\0"s)
          == "'a':*A & ( 'b' | 'c' )");
    CHECK_THROWS_AS(shown(Wire::pg_inet, "\x02\x20"), TypeMismatchError);
    CHECK_THROWS_AS(shown(Wire::pg_tsquery, big_endian(1, 4) + "\x02\x02"s), TypeMismatchError);
}

TEST_CASE("enumerations: stored by their names", "[types][enum]") {
    CHECK(TypeTraits<Colour>::type() == Enum{{"red", "green"}, "colour"});
    CHECK(TypeTraits<Level>::type() == Enum{{"low", "high"}, "levels"});
    CHECK(TypeTraits<Level>::value(Level::high) == Value{std::string{"high"}});
    CHECK(read<Level>("low") == Level::low);
    CHECK(read<Colour>("green") == Colour::green);
    CHECK_THROWS_WITH(read<Colour>("blue"), Catch::Contains("'blue' is none of the names of Colour: 'red', 'green'"));
    CHECK_THROWS_AS(TypeTraits<Colour>::value(static_cast<Colour>(7)), ArgumentError);
}
