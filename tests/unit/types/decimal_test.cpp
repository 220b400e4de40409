// SPDX-License-Identifier: MIT
// Decimal: text, arithmetic, comparison and rounding, small and large.
#include <azoth/types/decimal.hpp>

#include <cmath>
#include <limits>
#include <random>
#include <sstream>
#include <unordered_set>

#include <azoth/error.hpp>

#include "support/catch.hpp"

using azoth::ArgumentError;
using azoth::Decimal;

namespace {

constexpr auto int64_min = std::numeric_limits<std::int64_t>::min();
constexpr auto int64_max = std::numeric_limits<std::int64_t>::max();

std::string text_of(std::string_view written) {
    return Decimal{written}.to_string();
}

/// Any decimal: mostly of a few digits, sometimes of hundreds.
Decimal random_decimal(std::mt19937& random) {
    static constexpr std::size_t sizes[] = {1, 2, 5, 9, 17, 18, 19, 20, 21, 40, 300};
    const std::size_t size = sizes[random() % std::size(sizes)];
    std::string text = random() % 2 != 0 ? "-" : "";
    const std::size_t point = random() % (size + 1);
    for (std::size_t i = 0; i < size; ++i) {
        if (i == point) text += i == 0 ? "0." : ".";
        text += static_cast<char>('0' + random() % 10);
    }
    return Decimal{text};
}

} // namespace

TEST_CASE("decimal: text keeps the digits it was written with", "[types][decimal][core.type.numeric]") {
    CHECK(text_of("0") == "0");
    CHECK(text_of("12.50") == "12.50");
    CHECK(text_of("-0.05") == "-0.05");
    CHECK(text_of("+7") == "7");
    CHECK(text_of(".5") == "0.5");
    CHECK(text_of("5.") == "5");
    CHECK(text_of("007.10") == "7.10");
    CHECK(text_of("-0") == "0");
    CHECK(text_of("-0.00") == "0.00");
    CHECK(text_of("000000000000000000000000000000000001") == "1");
    CHECK(text_of("0.000000000000000000000000000000000001") == "0.000000000000000000000000000000000001");
    CHECK(Decimal{}.to_string() == "0");
    CHECK(Decimal{"12.50"}.scale() == 2);
}

TEST_CASE("decimal: exponents move the point", "[types][decimal]") {
    CHECK(text_of("1e3") == "1000");
    CHECK(text_of("1.50e1") == "15.0");
    CHECK(text_of("1.5E-3") == "0.0015");
    CHECK(text_of("12e+0") == "12");
    CHECK(text_of("0e5") == "0");
    CHECK(text_of("0e-3") == "0.000");
    CHECK(text_of("123e20") == "12300000000000000000000");
    CHECK(text_of("-123.4567e-20") == "-0.000000000000000001234567");
    CHECK(text_of("1e1000").size() == 1001);
}

TEST_CASE("decimal: the special values have the words of PostgreSQL", "[types][decimal]") {
    CHECK(text_of("NaN") == "NaN");
    CHECK(text_of("nan") == "NaN");
    CHECK(text_of("Infinity") == "Infinity");
    CHECK(text_of("-inf") == "-Infinity");
    CHECK(text_of("+INFINITY") == "Infinity");
    CHECK(Decimal::nan().is_nan());
    CHECK_FALSE(Decimal::infinity().is_finite());
    CHECK(Decimal::infinity(true).is_negative());
    CHECK_FALSE(Decimal::nan().is_negative());
}

TEST_CASE("decimal: what is no number is refused", "[types][decimal]") {
    for (const char* text :
         {"",   " ",   "-",  "+",  ".",    "-.",  "abc",  "1a",      "1.2.3", "1e",   "1e+",
          "e5", "--1", "1 ", " 1", "0x10", "1,5", "-NaN", "infinit", "1_000", "1e5.5"}) {
        CAPTURE(text);
        CHECK_FALSE(Decimal::try_parse(text).has_value());
        CHECK_THROWS_AS(Decimal{text}, ArgumentError);
    }
    CHECK_THROWS_WITH(Decimal{"12 apples"}, "'12 apples' is no decimal number");
}

TEST_CASE("decimal: absurd numbers of digits are refused before they are written out", "[types][decimal]") {
    for (const char* text :
         {"1e999999999", "1e-999999999", "1e99999999999999999999999999", "1e200000", "0e-200001"}) {
        CAPTURE(text);
        CHECK_FALSE(Decimal::try_parse(text).has_value());
        CHECK_THROWS_AS(Decimal{text}, ArgumentError);
    }
    CHECK(text_of("1e199999").size() == 200'000);
    CHECK_THROWS_AS(Decimal{std::string(200'001, '9')}, ArgumentError);
    CHECK_THROWS_WITH(Decimal{"1e999999999"}, Catch::Contains("more digits"));
    CHECK_THROWS_AS(Decimal{1}.rescaled(-1), ArgumentError);
    CHECK_THROWS_AS(Decimal{1}.rescaled(2'000'000'000), ArgumentError);
    CHECK_THROWS_AS(divide(Decimal{1}, Decimal{3}, -1), ArgumentError);
}

TEST_CASE("decimal: sixty-four bits and the first numbers beyond them", "[types][decimal]") {
    CHECK(Decimal{int64_max}.to_string() == "9223372036854775807");
    CHECK(Decimal{int64_min}.to_string() == "-9223372036854775808");
    CHECK(Decimal{"-9223372036854775808"} == Decimal{int64_min});
    CHECK(Decimal{int64_min, 18}.to_string() == "-9.223372036854775808");
    CHECK((Decimal{int64_max} + 1).to_string() == "9223372036854775808");
    CHECK((Decimal{int64_min} - 1).to_string() == "-9223372036854775809");
    CHECK((-Decimal{int64_min}).to_string() == "9223372036854775808");
    CHECK((-(-Decimal{int64_min})) == Decimal{int64_min});
    CHECK((Decimal{int64_max} + 1 - 1) == Decimal{int64_max});
    CHECK((Decimal{int64_min} * -1).to_string() == "9223372036854775808");
    CHECK((Decimal{int64_max} * int64_max).to_string() == "85070591730234615847396907784232501249");
    CHECK((Decimal{int64_min} + int64_max).to_string() == "-1");
}

TEST_CASE("decimal: sums take the larger scale, products both", "[types][decimal]") {
    CHECK((Decimal{"1.5"} + Decimal{"2.25"}).to_string() == "3.75");
    CHECK((Decimal{"12.50"} + Decimal{"99.90"}).to_string() == "112.40");
    CHECK((Decimal{"1.00"} - Decimal{"1"}).to_string() == "0.00");
    CHECK((Decimal{"0.1"} + Decimal{"0.2"}) == Decimal{"0.3"});
    CHECK((Decimal{"1.50"} * Decimal{"2.0"}).to_string() == "3.000");
    CHECK((Decimal{"1e-30"} + Decimal{"1e30"}).to_string()
          == "1000000000000000000000000000000.000000000000000000000000000001");
    Decimal total;
    for (int i = 0; i < 10; ++i) total += Decimal{"0.10"};
    CHECK(total.to_string() == "1.00");
    total -= Decimal{"0.5"};
    total *= Decimal{-2};
    CHECK(total.to_string() == "-1.00");
}

TEST_CASE("decimal: arithmetic with NaN and the infinities", "[types][decimal]") {
    const Decimal infinity = Decimal::infinity();
    CHECK((infinity + 1) == infinity);
    CHECK((1 - infinity) == -infinity);
    CHECK((infinity - infinity).is_nan());
    CHECK((infinity + infinity) == infinity);
    CHECK((infinity * -2) == -infinity);
    CHECK((-infinity * -infinity) == infinity);
    CHECK((infinity * 0).is_nan());
    CHECK((Decimal::nan() + 1).is_nan());
    CHECK((Decimal::nan() * infinity).is_nan());
    CHECK((-Decimal::nan()).is_nan());
    CHECK(divide(1, infinity, 2).to_string() == "0.00");
    CHECK(divide(infinity, -3, 2) == -infinity);
    CHECK(divide(infinity, infinity, 2).is_nan());
    CHECK_THROWS_AS(divide(infinity, 0, 2), ArgumentError);
}

TEST_CASE("decimal: order is by value, with NaN above everything", "[types][decimal]") {
    const Decimal sorted[] = {
        Decimal::infinity(true),
        Decimal{"-1e40"},
        Decimal{"-1e39"},
        Decimal{int64_min},
        Decimal{"-1.5"},
        Decimal{"-0.0000000000000000000001"},
        Decimal{0},
        Decimal{"1e-50"},
        Decimal{"0.1"},
        Decimal{"0.11"},
        Decimal{int64_max},
        Decimal{"9223372036854775807.5"},
        Decimal{"1e30"},
        Decimal::infinity(),
        Decimal::nan()
    };
    for (std::size_t i = 0; i < std::size(sorted); ++i) {
        for (std::size_t j = 0; j < std::size(sorted); ++j) {
            CAPTURE(sorted[i], sorted[j]);
            CHECK((sorted[i] < sorted[j]) == (i < j));
            CHECK((sorted[i] == sorted[j]) == (i == j));
        }
    }
    CHECK(Decimal{"1.0"} == Decimal{"1.000"});
    CHECK(Decimal{"1e30"} == Decimal{"1000000000000000000000000000000.00"});
    CHECK(Decimal{"-0.0"} == Decimal{0});
}

TEST_CASE("decimal: equal values have equal hashes", "[types][decimal]") {
    const std::hash<Decimal> hash;
    CHECK(hash(Decimal{"1"}) == hash(Decimal{"1.00"}));
    CHECK(hash(Decimal{"1"}) == hash(Decimal{"1.0000000000000000000000000000000"}));
    CHECK(hash(Decimal{"100"}) == hash(Decimal{"1e2"}));
    CHECK(hash(Decimal{"1e40"}) == hash(Decimal{"1e40"}.rescaled(7)));
    CHECK(hash(Decimal{"0"}) == hash(Decimal{"0.000"}));
    std::unordered_set<std::size_t> seen;
    for (const char* text : {"1", "-1", "10", "0.1", "0", "NaN", "Infinity", "-Infinity", "1e40", "-1e40"})
        seen.insert(hash(Decimal{text}));
    CHECK(seen.size() == 10);
}

TEST_CASE("decimal: rescaling rounds half to even", "[types][decimal]") {
    const auto rounded = [](const char* text, std::int32_t scale) {
        return Decimal{text}.rescaled(scale).to_string();
    };
    CHECK(rounded("0.5", 0) == "0");
    CHECK(rounded("1.5", 0) == "2");
    CHECK(rounded("2.5", 0) == "2");
    CHECK(rounded("-0.5", 0) == "0");
    CHECK(rounded("-1.5", 0) == "-2");
    CHECK(rounded("-2.5", 0) == "-2");
    CHECK(rounded("2.51", 0) == "3");
    CHECK(rounded("2.4999", 0) == "2");
    CHECK(rounded("1.005", 2) == "1.00");
    CHECK(rounded("1.015", 2) == "1.02");
    CHECK(rounded("1", 3) == "1.000");
    CHECK(rounded("9.999", 2) == "10.00");
    CHECK(rounded("9223372036854775807", 2) == "9223372036854775807.00");
    CHECK(rounded("0.00000000000000000000000000005", 28) == "0.0000000000000000000000000000");
    CHECK(rounded("-0.00000000000000000000000000015", 28) == "-0.0000000000000000000000000002");
    CHECK(rounded("0.0000000000000000000000000000501", 28) == "0.0000000000000000000000000001");
    CHECK(rounded("123456789012345678901234567890.5", 0) == "123456789012345678901234567890");
    CHECK(rounded("NaN", 3) == "NaN");
    CHECK(Decimal{int64_min, 18}.rescaled(0).to_string() == "-9");
    CHECK(Decimal{int64_max, 18}.rescaled(0).to_string() == "9");
    CHECK(Decimal{int64_max, 40}.rescaled(2).to_string() == "0.00");
}

TEST_CASE("decimal: quotients are rounded half to even", "[types][decimal]") {
    CHECK(divide(Decimal{1}, 3, 5).to_string() == "0.33333");
    CHECK(divide(Decimal{2}, 3, 5).to_string() == "0.66667");
    CHECK(divide(Decimal{-2}, 3, 5).to_string() == "-0.66667");
    CHECK(divide(Decimal{1}, 8, 2).to_string() == "0.12");
    CHECK(divide(Decimal{3}, 8, 2).to_string() == "0.38");
    CHECK(divide(Decimal{-1}, 2, 0).to_string() == "0");
    CHECK(divide(Decimal{-3}, 2, 0).to_string() == "-2");
    CHECK(divide(Decimal{"1.5"}, Decimal{"0.0005"}, 1).to_string() == "3000.0");
    CHECK(divide(Decimal{"0.000000000000000000005"}, Decimal{"1000"}, 2).to_string() == "0.00");
    CHECK(divide(Decimal{"1e50"}, Decimal{"1e-50"}, 0) == Decimal{"1e100"});
    CHECK_THROWS_AS(divide(Decimal{1}, 0, 2), ArgumentError);
    CHECK_THROWS_AS(divide(0, Decimal{"0.00"}, 2), ArgumentError);
}

TEST_CASE("decimal: from a double, rounded from its exact value", "[types][decimal]") {
    CHECK(Decimal::from_double(12.5, 10).to_string() == "12.5000000000");
    CHECK(Decimal::from_double(0.1, 10).to_string() == "0.1000000000");
    CHECK(Decimal::from_double(0.1, 20).to_string() == "0.10000000000000000555");
    CHECK(Decimal::from_double(0.125, 2).to_string() == "0.12"); // a tie, exactly
    CHECK(Decimal::from_double(0.375, 2).to_string() == "0.38");
    CHECK(Decimal::from_double(2.675, 2).to_string() == "2.67"); // below the tie, as a double
    CHECK(Decimal::from_double(-1e-20, 2).to_string() == "0.00");
    CHECK(Decimal::from_double(1e22, 0).to_string() == "10000000000000000000000");
    CHECK(Decimal::from_double(1e300, 1).to_string().size() == 303);
    CHECK(Decimal::from_double(std::numeric_limits<double>::max(), 0).to_string().size() == 309);
    CHECK(Decimal::from_double(std::numeric_limits<double>::denorm_min(), 2000).to_double()
          == std::numeric_limits<double>::denorm_min());
    CHECK(Decimal::from_double(std::nan(""), 2).is_nan());
    CHECK(Decimal::from_double(-HUGE_VAL, 2) == Decimal::infinity(true));
    CHECK_THROWS_AS(Decimal::from_double(1, -1), ArgumentError);
}

TEST_CASE("decimal: to a double, correctly rounded", "[types][decimal]") {
    CHECK(Decimal{"12.5"}.to_double() == 12.5);
    CHECK(Decimal{"0.1"}.to_double() == 0.1);
    CHECK(Decimal{"-0.000001"}.to_double() == -0.000001);
    CHECK(Decimal{"9007199254740993"}.to_double() == 9007199254740992.0);
    CHECK(Decimal{"0.30000000000000004"}.to_double() == 0.30000000000000004);
    CHECK(Decimal{"1e308"}.to_double() == 1e308);
    CHECK(Decimal{"1e309"}.to_double() == HUGE_VAL);
    CHECK(Decimal{"-1e5000"}.to_double() == -HUGE_VAL);
    CHECK(Decimal{"1e-5000"}.to_double() == 0);
    CHECK(std::isnan(Decimal::nan().to_double()));
    CHECK(Decimal::infinity(true).to_double() == -HUGE_VAL);
    std::mt19937_64 random{7};
    for (int i = 0; i < 2'000; ++i) {
        const double value =
            std::ldexp(static_cast<double>(random() >> 11), static_cast<int>(random() % 120) - 90);
        CHECK(Decimal::from_double(value, 200).to_double() == value);
    }
}

TEST_CASE("decimal: numbers of thousands of digits", "[types][decimal]") {
    const std::string digits(5'000, '7');
    const Decimal large{digits + "." + digits};
    CHECK(large.to_string() == digits + "." + digits);
    CHECK((large - large).to_string() == "0." + std::string(5'000, '0'));
    CHECK(divide(large * large, large, 5'000) == large);
    CHECK(large.rescaled(0).to_string() == digits.substr(0, 4'999) + "8");
    std::ostringstream out;
    out << -large;
    CHECK(out.str() == "-" + digits + "." + digits);
}

TEST_CASE("decimal: laws of arithmetic hold across the sizes", "[types][decimal][core.type.numeric]") {
    std::mt19937 random{20240102};
    for (int i = 0; i < 3'000; ++i) {
        const Decimal a = random_decimal(random);
        const Decimal b = random_decimal(random);
        const Decimal c = random_decimal(random);
        CAPTURE(a, b, c);
        REQUIRE(Decimal{a.to_string()} == a);
        REQUIRE(Decimal{a.to_string()}.scale() == a.scale());
        REQUIRE(a + b == b + a);
        REQUIRE((a + b) - b == a);
        REQUIRE((a + b) + c == a + (b + c));
        REQUIRE(a * (b + c) == a * b + a * c);
        REQUIRE((a < b) == (a - b).is_negative());
        REQUIRE((a < b) + (b < a) + (a == b) == 1);
        REQUIRE(a.rescaled(a.scale() + 25) == a);
        REQUIRE(a.rescaled(a.scale() + 25).hash() == a.hash());
        if (b != 0) REQUIRE(divide(a * b, b, a.scale()) == a);
        // Rounding moves by half a unit at most.
        const std::int32_t scale = static_cast<std::int32_t>(random() % 12);
        const Decimal twice_error = (a.rescaled(scale) - a) * 2;
        const Decimal unit = Decimal{1, scale};
        REQUIRE((twice_error <= unit && -unit <= twice_error));
    }
}
