// SPDX-License-Identifier: MIT
// Arrays, ranges and hstores as fields: reading their parts, and owned values of them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <azoth/types/array.hpp>
#include <azoth/types/range.hpp>
#include <azoth/types/value.hpp>

#include "wire_read.hpp"

namespace azoth::wire {

/// The bytes of a binary form, read in order; what is not there makes the reader not `ok`, and zeros.
class ByteReader {
public:
    explicit ByteReader(std::string_view bytes) noexcept : left_(bytes) {}

    [[nodiscard]] std::uint8_t u8() noexcept { return static_cast<std::uint8_t>(take(1).front()); }
    [[nodiscard]] std::uint16_t u16() noexcept { return read_u16(take(2).data()); }
    [[nodiscard]] std::int32_t i32() noexcept { return read_i32(take(4).data()); }
    [[nodiscard]] std::uint32_t u32() noexcept { return read_u32(take(4).data()); }
    [[nodiscard]] std::string_view bytes(std::size_t size) noexcept {
        if (size > left_.size()) return fail({});
        const auto taken = left_.substr(0, size);
        left_.remove_prefix(size);
        return taken;
    }
    /// Up to a zero byte, which is skipped.
    [[nodiscard]] std::string_view c_string() noexcept {
        const auto size = left_.find('\0');
        if (size == std::string_view::npos) return fail({});
        const auto taken = left_.substr(0, size);
        left_.remove_prefix(size + 1);
        return taken;
    }
    /// A value behind its size; NULL when that is -1.
    [[nodiscard]] Field cell(Wire wire, Wire item) noexcept {
        const auto size = i32();
        if (size == -1) return {};
        if (size < 0) {
            (void)fail({});
            return {};
        }
        const auto value = bytes(static_cast<std::size_t>(size));
        return {wire, value.data(), static_cast<std::uint32_t>(value.size()), item};
    }
    [[nodiscard]] std::size_t left() const noexcept { return left_.size(); }
    [[nodiscard]] bool ok() const noexcept { return ok_; }
    /// Everything was there, and no more.
    [[nodiscard]] bool done() const noexcept { return ok_ && left_.empty(); }

private:
    std::string_view take(std::size_t size) noexcept {
        if (size <= left_.size()) return bytes(size);
        return fail(std::string_view{zeros, sizeof zeros});
    }
    std::string_view fail(std::string_view instead) noexcept {
        ok_ = false;
        left_ = {};
        return instead;
    }

    static constexpr char zeros[8] = {};
    std::string_view left_;
    bool ok_ = true;
};

// False when the field is malformed or of another kind.
[[nodiscard]] bool try_read_array(const Field& field, ArrayParts& parts);
[[nodiscard]] bool try_read_range(const Field& field, RangeParts& parts);
[[nodiscard]] bool try_read_multirange(const Field& field, std::vector<Field>& ranges);
[[nodiscard]] bool try_read_hstore(const Field& field, Hstore& pairs);

/// @throws TypeMismatchError when the field is none, or a member cannot be read.
[[nodiscard]] ArrayValue array_value(const Field& field);
[[nodiscard]] RangeValue range_value(const Field& field);
[[nodiscard]] MultirangeValue multirange_value(const Field& field);

/// Appends the text of inet, macaddr, bit, tsvector and tsquery; false when the bytes are malformed.
[[nodiscard]] bool append_pg_text(const Field& field, std::string& out);

} // namespace azoth::wire
