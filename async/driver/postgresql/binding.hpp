// SPDX-License-Identifier: MIT
// Parameters in the form libpq sends them: type numbers, values, lengths and formats.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <azoth/error.hpp>
#include <azoth/types/field.hpp>
#include <azoth/types/type.hpp>
#include <azoth/types/value.hpp>

namespace azoth::postgresql {

/// The parameters of one statement at a time, encoded into memory that is kept for the next one: after the
/// first few statements of a connection nothing is allocated.
///
/// Text and bytes are not copied where their form on the wire is their own, so the values given to `encode()`
/// have to stay alive until libpq has copied them into its output buffer.
class Parameters {
public:
    /// Decides the type number of each parameter from `types`; where that says nothing, from the values of
    /// all `rows` in `params` (row-major). As SQL literals do, an integer becomes int4 where all fit it, else
    /// int8; text becomes "unknown", so that the server infers what it is. `sql` is for messages and must
    /// outlive the encoding.
    void decide(
        const std::string& sql,
        std::span<const Param> params,
        std::span<const Type> types,
        std::size_t rows = 1);

    /// Takes the types as they are. `sql` as for `decide()`.
    void assume(const std::string& sql, std::span<const std::uint32_t> oids);
    /// From now on the message about a value that is refused names its row, counted by `encode()` from 1, and its
    /// column.
    void count_rows(std::vector<std::string> columns) { columns_ = std::move(columns); }

    /// Encodes one row for the types decided.
    /// @throws DataError when a value cannot be a value of its parameter's type.
    void encode(std::span<const Param> row);

    [[nodiscard]] std::span<const std::uint32_t> oids() const noexcept { return oids_; }
    [[nodiscard]] const std::uint32_t* types() const noexcept { return oids_.data(); }
    [[nodiscard]] const char* const* values() const noexcept { return values_.data(); }
    [[nodiscard]] const int* lengths() const noexcept { return lengths_.data(); }
    [[nodiscard]] const int* formats() const noexcept { return formats_.data(); }
    [[nodiscard]] int count() const noexcept { return static_cast<int>(oids_.size()); }
    /// Throws DataError about the value encoded last at `index`.
    [[noreturn]] void refuse_value(std::size_t index, const std::string& why) const {
        refuse(index, errc::data_invalid, why);
    }
    /// About how many bytes the encoded row takes on the wire.
    [[nodiscard]] std::size_t wire_size() const noexcept;

private:
    enum Format : int { text_format = 0, binary_format = 1 };

    void encode_one(std::size_t index, const Param& param);
    void encode_integer(std::size_t index, std::int64_t value, const Param& param);
    void encode_unsigned(std::size_t index, const Param& param);
    void encode_real(std::size_t index, const Param& param);
    void encode_text(std::size_t index, const Param& param);
    void encode_decimal(std::size_t index, const Param& param);
    void encode_temporal(std::size_t index, const Param& param);
    void encode_array(std::size_t index, const Param& param);
    void encode_range(std::size_t index, const Param& param);
    /// What encodes the members of the value at `index`, whose type is `oid`.
    [[nodiscard]] Parameters members_of(std::size_t index, std::uint32_t oid) const;
    /// Appends a member behind its size, or a range; false when there is no binary form of it.
    [[nodiscard]] static bool append_member(std::string& out, Parameters& members, const Value& value);
    [[nodiscard]] static bool append_range(std::string& out, Parameters& ends, const RangeValue& range);
    /// The value's text for the type decided: the server parses it, or says why it cannot.
    void encode_as_text(std::size_t index, const Param& param);

    /// Refers to bytes of the caller.
    void view(std::size_t index, std::string_view bytes, Format format);
    /// Opens, and closes, a value inside `arena_`.
    void open(std::size_t index) { offsets_[index] = arena_.size(); }
    void close(std::size_t index, Format format);
    template <class T>
    void put(std::size_t index, T value);

    /// An interval that is kept as a moment.
    [[nodiscard]] std::int64_t since_epoch(std::size_t index, const Interval& value) const;
    [[noreturn]] void refuse_zero_byte(std::size_t index) const;
    [[noreturn]] void refuse(std::size_t index, errc code, const std::string& why) const;

    static constexpr std::size_t not_in_arena = static_cast<std::size_t>(-1);

    const std::string* sql_ = nullptr;
    std::vector<std::uint32_t> oids_;
    std::vector<const char*> values_;
    std::vector<int> lengths_;
    std::vector<int> formats_;
    std::vector<std::size_t> offsets_; ///< where in `arena_` a value begins: the arena moves while it grows
    std::string arena_;
    std::vector<std::string> columns_; ///< empty: values are known by their number
    std::size_t row_ = 0;
    std::size_t first_ = 0; ///< of the members of a value: which it is
};

} // namespace azoth::postgresql
