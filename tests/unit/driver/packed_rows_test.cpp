// SPDX-License-Identifier: MIT
// Packed rows: every cell comes back, at an address that does not change.
#include "support/catch.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "../async/driver/packed_rows.hpp"

using namespace azoth;
using driver::PackedRows;

TEST_CASE("packed rows: every kind of cell", "[driver]") {
    PackedRows rows(6);
    rows.add_null();
    rows.add_integer(INT64_MIN);
    rows.add_real(0.5);
    rows.add_text("héllo", 6);
    rows.add_bytes("\0\xff", 2);
    rows.add(Field{Wire::date, std::int64_t{3}});
    rows.finish_row();
    REQUIRE(rows.row_count() == 1);
    REQUIRE(rows.column_count() == 6);
    CHECK(rows.field(0, 0).is_null());
    CHECK(rows.field(0, 1).integer == INT64_MIN);
    CHECK(rows.field(0, 2).real == 0.5);
    CHECK(rows.field(0, 3).view() == "héllo");
    CHECK(rows.field(0, 4).wire == Wire::bytes);
    CHECK(rows.field(0, 4).view() == std::string_view("\0\xff", 2));
    CHECK(rows.field(0, 5).wire == Wire::date);
    CHECK(rows.row(0)[1].integer == INT64_MIN);
}

TEST_CASE("packed rows: sizes around every boundary", "[driver]") {
    for (const std::size_t columns : {1U, 2U, 3U, 7U, 8U, 9U, 40U}) {
        for (const std::size_t count : {0U, 1U, 3U, 1023U, 1024U, 1025U, 2048U, 5000U}) {
            PackedRows rows(columns);
            for (std::size_t r = 0; r < count; ++r) {
                for (std::size_t c = 0; c < columns; ++c)
                    rows.add_integer(static_cast<std::int64_t>(r * 100 + c));
                rows.finish_row();
            }
            REQUIRE(rows.row_count() == count);
            bool same = true;
            for (std::size_t r = 0; r < count; ++r) {
                for (std::size_t c = 0; c < columns; ++c) {
                    const auto expected = static_cast<std::int64_t>(r * 100 + c);
                    same = same && rows.field(r, c).integer == expected && rows.row(r)[c].integer == expected;
                }
            }
            INFO(columns << " columns, " << count << " rows");
            CHECK(same);
        }
    }
}

TEST_CASE("packed rows: bytes stay where they are", "[driver]") {
    PackedRows rows(1);
    std::vector<const char*> addresses;
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < 3000; ++i) {
        // Short ones, some longer than a chunk, empty ones.
        texts.emplace_back(i % 500 == 0 ? 100'000 : i % 40, static_cast<char>('a' + i % 26));
        char* space = rows.add_space(Wire::text, texts.back().size());
        texts.back().copy(space, texts.back().size());
        addresses.push_back(space);
        rows.finish_row();
    }
    for (std::size_t i = 0; i < 3000; ++i) {
        const auto field = rows.field(i, 0);
        REQUIRE(field.view() == texts[i]);
        REQUIRE(field.data == addresses[i]);
    }
    CHECK(rows.memory() > 600'000);
}

TEST_CASE("packed rows: a slice shows its part", "[driver]") {
    PackedRows rows(2);
    for (std::int64_t r = 0; r < 10; ++r) {
        rows.add_integer(r);
        rows.add_text(nullptr, 0);
        rows.finish_row();
    }
    const driver::RowSlice slice(rows, 7, 3);
    CHECK(slice.row_count() == 3);
    CHECK(slice.column_count() == 2);
    CHECK(slice.field(2, 0).integer == 9);
    CHECK(slice.field(0, 1).view().empty());
}
