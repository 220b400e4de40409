// SPDX-License-Identifier: MIT
// UUIDs as text, at random, and as keys.
#include <azoth/types/uuid.hpp>

#include <unordered_set>

#include <azoth/error.hpp>

#include "support/catch.hpp"

using azoth::Uuid;

TEST_CASE("uuid: text has hyphens on the way out, and may have them on the way in", "[types][uuid]") {
    const std::string text = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";
    const Uuid value{text};
    CHECK(to_string(value) == text);
    CHECK(Uuid{"6ba7b8109dad11d180b400c04fd430c8"} == value);
    CHECK(Uuid{"6BA7B810-9DAD-11D1-80B4-00C04FD430C8"} == value);
    CHECK(value.bytes[0] == 0x6B);
    CHECK(value.bytes[15] == 0xC8);
    CHECK(to_string(Uuid{}) == "00000000-0000-0000-0000-000000000000");
    CHECK(Uuid{} < value);
}

TEST_CASE("uuid: what is no UUID is refused", "[types][uuid]") {
    for (const char* text :
         {"",
          "6ba7b810",
          "6ba7b810-9dad-11d1-80b4-00c04fd430c",
          "6ba7b810-9dad-11d1-80b4-00c04fd430c80",
          "6ba7b8109dad11d180b400c04fd430cg",
          "6ba7b8109-dad-11d1-80b4-00c04fd430c8",
          "{6ba7b8109dad11d180b400c04fd430c8}",
          "6ba7b810 9dad 11d1 80b4 00c04fd430c8",
          "------------------------------------"}) {
        CAPTURE(text);
        CHECK_FALSE(Uuid::try_parse(text).has_value());
        CHECK_THROWS_AS(Uuid{text}, azoth::ArgumentError);
    }
}

TEST_CASE("uuid: random ones are version 4 and differ", "[types][uuid]") {
    std::unordered_set<Uuid> seen;
    for (int i = 0; i < 1'000; ++i) {
        const Uuid value = Uuid::random();
        REQUIRE(to_string(value)[14] == '4');
        REQUIRE((value.bytes[8] & 0xC0) == 0x80);
        REQUIRE(Uuid{to_string(value)} == value);
        seen.insert(value);
    }
    CHECK(seen.size() == 1'000);
}

TEST_CASE("uuid: neighbours have different hashes", "[types][uuid]") {
    std::unordered_set<std::size_t> seen;
    Uuid value;
    for (std::size_t i = 0; i < value.bytes.size(); ++i) {
        for (int bit = 0; bit < 8; ++bit) {
            Uuid changed = value;
            changed.bytes[i] = static_cast<std::uint8_t>(1 << bit);
            seen.insert(std::hash<Uuid>{}(changed));
        }
    }
    CHECK(seen.size() == 128);
}
