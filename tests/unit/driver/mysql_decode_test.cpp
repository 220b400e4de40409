// SPDX-License-Identifier: MIT
// Values of MySQL's binary and text protocols, byte by byte.
#include "../async/driver/mysql/decode.hpp"
#include "../async/driver/packed_rows.hpp"
#include "support/catch.hpp"

#include <string>
#include <string_view>

using namespace azoth;
using namespace azoth::mysql;

namespace {

/// One value, decoded; the bytes must be used up.
class Decoded {
public:
    Decoded(Coding coding, std::string_view bytes) : rows_(1) {
        const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
        const auto* const end = data + bytes.size();
        binary_decoder(coding)(data, rows_);
        CHECK(data == end);
        rows_.finish_row();
    }
    [[nodiscard]] Field field() const { return rows_.field(0, 0); }

private:
    driver::PackedRows rows_;
};

std::string_view bytes(const char* data, std::size_t size) {
    return {data, size};
}

struct AsText {
    driver::PackedRows rows{1};
    Field field;

    AsText(Coding coding, std::string_view text) {
        decode_text(coding, text, rows);
        rows.finish_row();
        field = rows.field(0, 0);
    }
};

} // namespace

TEST_CASE("mysql decode: integers of every width",
          "[mysql][decode][my.type.numeric][dial.common.driver_types]") {
    CHECK(Decoded(Coding::int8, "\xFF").field().integer == -1);
    CHECK(Decoded(Coding::uint8, "\xFF").field().integer == 255);
    CHECK(Decoded(Coding::int16, "\xFE\xFF").field().integer == -2);
    CHECK(Decoded(Coding::uint16, "\xFE\xFF").field().integer == 65534);
    CHECK(Decoded(Coding::int32, "\xFE\xFF\xFF\xFF").field().integer == -2);
    CHECK(Decoded(Coding::uint32, "\xFE\xFF\xFF\xFF").field().integer == 4294967294);
    CHECK(Decoded(Coding::int64, "\xFE\xFF\xFF\xFF\xFF\xFF\xFF\xFF").field().integer == -2);
    CHECK(
        Decoded(Coding::uint64, "\xFE\xFF\xFF\xFF\xFF\xFF\xFF\xFF").field().unsigned_integer ==
        UINT64_MAX - 1
    );
    CHECK(Decoded(Coding::float4, bytes("\0\0\xC0\x3F", 4)).field().real == 1.5);
    CHECK(Decoded(Coding::float8, bytes("\0\0\0\0\0\0\xF8\x3F", 8)).field().real == 1.5);
    CHECK(Decoded(Coding::bit, bytes("\2\1\0", 3)).field().integer == 256);
    CHECK(Decoded(Coding::null, "").field().is_null());
}

TEST_CASE("mysql decode: lengths of one, three, four and nine bytes", "[mysql][decode]") {
    CHECK(Decoded(Coding::text, bytes("\0", 1)).field().size == 0);
    CHECK(Decoded(Coding::text, "\3abc").field().view() == "abc");
    const std::string medium(300, 'm');
    CHECK(Decoded(Coding::text, "\xFC\x2C\x01" + medium).field().view() == medium);
    const std::string large(70'000, 'l');
    CHECK(Decoded(Coding::bytes, "\xFD\x70\x11\x01" + large).field().view() == large);
    const std::string nine = std::string(bytes("\xFE\3\0\0\0\0\0\0\0", 9)) + "xyz";
    CHECK(Decoded(Coding::text, nine).field().view() == "xyz");
}

TEST_CASE("mysql decode: dates and times leave out what is zero", "[mysql][decode][my.type.datetime]") {
    CHECK(Decoded(Coding::date, "\4\xB2\7\1\2").field().integer == 1);
    CHECK(Decoded(Coding::date, bytes("\0", 1)).field().view() == "0000-00-00");
    CHECK(Decoded(Coding::datetime, bytes("\0", 1)).field().view() == "0000-00-00 00:00:00");
    CHECK(Decoded(Coding::datetime, "\4\xB2\7\1\1").field().integer == 0);
    CHECK(Decoded(Coding::datetime, bytes("\7\xB2\7\1\1\0\0\1", 8)).field().integer == 1'000'000);
    CHECK(
        Decoded(Coding::datetime, bytes("\x0B\xB2\7\1\1\0\0\0\5\0\0\0", 12)).field().integer == 5
    );
    CHECK(Decoded(Coding::date, bytes("\4\xE8\7\2\x1F", 5)).field().view() == "2024-02-31");
    CHECK(Decoded(Coding::time, bytes("\0", 1)).field().integer == 0);
    CHECK(
        Decoded(Coding::time, bytes("\10\1\1\0\0\0\1\0\0", 9)).field().integer ==
        -25LL * 3600 * 1'000'000
    );
    CHECK(Decoded(Coding::time, bytes("\14\0\0\0\0\0\0\0\0\7\0\0\0", 13)).field().integer == 7);
}

TEST_CASE("mysql decode: text becomes the same cells", "[mysql][decode][dial.common.driver_types]") {
    CHECK(AsText(Coding::int32, "-12").field.integer == -12);
    CHECK(AsText(Coding::uint64, "18446744073709551615").field.unsigned_integer == UINT64_MAX);
    CHECK(AsText(Coding::float4, "0.1").field.real == static_cast<double>(0.1F));
    CHECK(AsText(Coding::float8, "1e-7").field.real == 1e-7);
    CHECK(AsText(Coding::date, "1970-01-02").field.integer == 1);
    CHECK(AsText(Coding::datetime, "1970-01-01 00:00:00.5").field.integer == 500'000);
    CHECK(
        AsText(Coding::time, "-838:59:59").field.integer ==
        -(838LL * 3600 + 59 * 60 + 59) * 1'000'000
    );
    CHECK(AsText(Coding::datetime, "0000-00-00 00:00:00").field.view() == "0000-00-00 00:00:00");
}

TEST_CASE("mysql decode: text that is not what it should be stays text", "[mysql][decode]") {
    for (const auto coding :
         {Coding::int8,
          Coding::int64,
          Coding::uint64,
          Coding::float8,
          Coding::date,
          Coding::datetime,
          Coding::time}) {
        for (const auto* text :
             {"",
              "x",
              "12x",
              "1-",
              "1970-01-",
              "1970-01-01 00:00:00.",
              "1970-01-01 00:00:00.1234567",
              "99999999999999999999999",
              "-",
              "1:2",
              "-1970-01-01"}) {
            const AsText cell{coding, text};
            INFO(text);
            if (cell.field.wire == Wire::text)
                CHECK(cell.field.view() == text);
        }
    }
    CHECK(AsText(Coding::int8, "12x").field.view() == "12x");
    CHECK(AsText(Coding::datetime, "1970-01-01 00:00:00.1234567").field.wire == Wire::text);
}
