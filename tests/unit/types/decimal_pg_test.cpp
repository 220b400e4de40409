// SPDX-License-Identifier: MIT
// Decimal in PostgreSQL's binary numeric: known encodings, limits, malformed bytes, round trips.
#include <azoth/types/decimal.hpp>

#include <random>
#include <vector>

#include <azoth/error.hpp>

#include "fields.hpp"

using azoth::Decimal;
using azoth::test::append_big_endian;

namespace {

std::string encoded(std::initializer_list<int> words) {
    std::string out;
    for (const int word : words) append_big_endian(out, static_cast<std::uint64_t>(word), 2);
    return out;
}

std::string binary(std::string_view text) {
    std::string out;
    Decimal{text}.append_pg_binary(out);
    return out;
}

} // namespace

TEST_CASE("decimal: PostgreSQL's binary form is what numeric_send writes", "[types][decimal][postgresql]") {
    // count, weight, sign, scale, digits; taken from a server.
    const std::vector<std::pair<const char*, std::string>> known = {
        {"0", encoded({0, 0, 0, 0})},
        {"0.00", encoded({0, 0, 0, 2})},
        {"1", encoded({1, 0, 0, 0, 1})},
        {"-1", encoded({1, 0, 0x4000, 0, 1})},
        {"10000", encoded({1, 1, 0, 0, 1})},
        {"12.50", encoded({2, 0, 0, 2, 12, 5000})},
        {"123456.789", encoded({3, 1, 0, 3, 12, 3456, 7890})},
        {"0.0001", encoded({1, -1, 0, 4, 1})},
        {"0.00001", encoded({1, -2, 0, 5, 1000})},
        {"-0.5", encoded({1, -1, 0x4000, 1, 5000})},
        {"100000000.0000", encoded({1, 2, 0, 4, 1})},
        {"9223372036854775807", encoded({5, 4, 0, 0, 922, 3372, 368, 5477, 5807})},
        {"NaN", encoded({0, 0, 0xC000, 0})},
        {"Infinity", encoded({0, 0, 0xD000, 0})},
        {"-Infinity", encoded({0, 0, 0xF000, 0})},
    };
    for (const auto& [text, bytes] : known) {
        CAPTURE(text);
        CHECK(binary(text) == bytes);
        CHECK(Decimal::from_pg_binary(bytes).to_string() == text);
    }
    CHECK(
        Decimal::from_pg_binary(encoded({0, 0, 0xF000, 0x20})) == Decimal::infinity(true)
    ); // with a scale, too
}

TEST_CASE("decimal: PostgreSQL's binary form round trips", "[types][decimal][postgresql]") {
    std::mt19937 random{4711};
    for (int i = 0; i < 4'000; ++i) {
        std::string text = random() % 2 != 0 ? "-" : "";
        const std::size_t size = 1 + random() % (i % 50 == 0 ? 400 : 30);
        const std::size_t point = random() % (size + 1);
        // Mostly zeros, which the format leaves out at both ends.
        text += "1";
        for (std::size_t j = 0; j < size; ++j) {
            if (j == point) text += '.';
            text += static_cast<char>('0' + (random() % 3 == 0 ? random() % 10 : 0));
        }
        const Decimal value = random() % 3 == 0 ? Decimal{text} * Decimal{"0.0000001"} : Decimal{text};
        std::string bytes = "kept";
        value.append_pg_binary(bytes);
        REQUIRE(bytes.substr(0, 4) == "kept");
        const Decimal back = Decimal::from_pg_binary(std::string_view{bytes}.substr(4));
        REQUIRE(back.to_string() == value.to_string());
    }
}

TEST_CASE("decimal: PostgreSQL's limits", "[types][decimal][postgresql]") {
    const std::string widest(131'072, '9');
    CHECK(Decimal::from_pg_binary(binary(widest)).to_string() == widest);
    CHECK_THROWS_AS(binary(widest + "0"), azoth::ArgumentError);
    const std::string finest = "0." + std::string(16'382, '0') + "1";
    CHECK(Decimal::from_pg_binary(binary(finest)).to_string() == finest);
    CHECK_THROWS_AS(binary("0." + std::string(16'383, '0') + "1"), azoth::ArgumentError);
}

TEST_CASE("decimal: digits beyond the scale are cut, as the server does", "[types][decimal][postgresql]") {
    CHECK(Decimal::from_pg_binary(encoded({2, 0, 0, 1, 12, 5678})).to_string() == "12.5");
    CHECK(Decimal::from_pg_binary(encoded({1, -3, 0, 2, 1})).to_string() == "0.00");
    CHECK(Decimal::from_pg_binary(encoded({1, -3, 0x4000, 2, 1})).to_string() == "0.00");
    CHECK(
        Decimal::from_pg_binary(encoded({6, 4, 0, 2, 1, 2, 3, 4, 5, 6789})).to_string()
        == "10002000300040005.67"
    );
}

TEST_CASE("decimal: malformed binary numerics are refused", "[types][decimal][postgresql]") {
    for (const std::string& bytes : {
             std::string{},
             encoded({0, 0, 0}),
             encoded({1, 0, 0, 0}),           // a digit is missing
             encoded({0, 0, 0, 0, 1}),        // one too many
             encoded({1, 0, 0x1234, 0, 1}),   // no such sign
             encoded({1, 0, 0, 0x4000, 1}),   // no such scale
             encoded({1, 0, 0, 0, 10'000}),   // no such digit
             encoded({5, 0, 0, 0, 1, 2, 3, 4, 0xFFFF}),
             encoded({0xFFFF, 0, 0, 0}),
         }) {
        CHECK_THROWS_AS(Decimal::from_pg_binary(bytes), azoth::TypeMismatchError);
    }
    std::mt19937 random{99};
    for (int i = 0; i < 20'000; ++i) { // whatever comes, it is a value or that error
        std::string bytes;
        const auto words = static_cast<unsigned>(random() % 5);
        append_big_endian(bytes, words, 2);
        append_big_endian(bytes, random() % 200 - 100, 2);
        append_big_endian(bytes, random() % 2 != 0 ? 0x4000 : 0, 2);
        append_big_endian(bytes, random() % 40, 2);
        for (unsigned j = 0; j < words; ++j) append_big_endian(bytes, random() % 10'100, 2);
        try {
            const Decimal value = Decimal::from_pg_binary(bytes);
            REQUIRE(Decimal{value.to_string()} == value);
        } catch (const azoth::TypeMismatchError&) {
        }
    }
}
