// SPDX-License-Identifier: MIT
// The binary forms of arrays, ranges and multiranges, made of those of their members.
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include <azoth/types/value.hpp>

#include "driver/postgresql/binding.hpp"
#include "driver/postgresql/oid.hpp"

namespace azoth::postgresql {
namespace {

void append_big_endian(std::string& out, std::uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(value >> static_cast<unsigned>(shift) & 0xFFU);
}

const ArrayValue* as_array(const Value& value) noexcept { return std::get_if<ArrayValue>(&value.variant()); }

/// How many members each dimension has; the first member of each level counts.
std::vector<std::size_t> sizes_of(const ArrayValue& array) {
    std::vector<std::size_t> sizes;
    for (const auto* level = &array; level != nullptr && !level->items.empty(); level = as_array(level->items.front()))
        sizes.push_back(level->items.size());
    return sizes;
}

/// The members that are no arrays, in order; false when the levels are not equally long everywhere.
bool flatten(
    const ArrayValue& array, const std::vector<std::size_t>& sizes, std::size_t level, std::vector<const Value*>& members) {
    if (array.items.size() != sizes[level]) return false;
    for (const auto& item : array.items) {
        const auto* inner = as_array(item);
        if ((inner != nullptr) != (level + 1 < sizes.size())) return false;
        if (inner == nullptr) members.push_back(&item);
        else if (!flatten(*inner, sizes, level + 1, members)) return false;
    }
    return true;
}

} // namespace

bool Parameters::append_member(std::string& out, Parameters& members, const Value& value) {
    const auto param = value.param();
    members.encode({&param, 1});
    if (members.values_[0] == nullptr) {
        append_big_endian(out, 0xFFFF'FFFFU);
        return true;
    }
    if (members.formats_[0] != binary_format) return false;
    append_big_endian(out, static_cast<std::uint32_t>(members.lengths_[0]));
    out.append(members.values_[0], static_cast<std::size_t>(members.lengths_[0]));
    return true;
}

Parameters Parameters::members_of(std::size_t index, std::uint32_t oid) const {
    Parameters members;
    members.assume(*sql_, {&oid, 1});
    members.columns_ = columns_;
    members.row_ = row_;
    members.first_ = first_ + index;
    return members;
}

void Parameters::encode_array(std::size_t index, const Param& param) {
    constexpr std::size_t most_dimensions = 6; // PostgreSQL's MAXDIM
    const auto sizes = sizes_of(*param.array);
    if (sizes.size() > most_dimensions) refuse(index, errc::data_invalid, "is an array of more than six dimensions");
    std::vector<const Value*> members;
    if (!sizes.empty() && !flatten(*param.array, sizes, 0, members))
        refuse(index, errc::data_invalid, "is an array whose rows are not equally long");
    const auto element = element_oid(oids_[index]);
    if (element == oid::unknown_to_us) return encode_as_text(index, param);

    auto encoder = members_of(index, element);
    open(index);
    append_big_endian(arena_, static_cast<std::uint32_t>(sizes.size()));
    bool has_null = false;
    for (const auto* member : members) has_null = has_null || member->is_null();
    append_big_endian(arena_, has_null ? 1 : 0);
    append_big_endian(arena_, element);
    for (const auto size : sizes) {
        append_big_endian(arena_, static_cast<std::uint32_t>(size));
        append_big_endian(arena_, 1); // the first index
    }
    for (const auto* member : members) {
        if (append_member(arena_, encoder, *member)) continue;
        // The server's parser has to make something of this one.
        arena_.resize(offsets_[index]);
        return encode_as_text(index, param);
    }
    close(index, binary_format);
}

bool Parameters::append_range(std::string& out, Parameters& ends, const RangeValue& range) {
    if (range.ends.empty()) {
        out += '\x01';
        return true;
    }
    const bool has_lower = !range.ends.front().is_null();
    const bool has_upper = !range.ends.back().is_null();
    unsigned flags = 0;
    if (has_lower && range.lower_inclusive) flags |= 0x02U;
    if (has_upper && range.upper_inclusive) flags |= 0x04U;
    if (!has_lower) flags |= 0x08U;
    if (!has_upper) flags |= 0x10U;
    out += static_cast<char>(flags);
    return (!has_lower || append_member(out, ends, range.ends.front())) && (!has_upper || append_member(out, ends, range.ends.back()));
}

void Parameters::encode_range(std::size_t index, const Param& param) {
    const auto end = range_end_oid(oids_[index]);
    if (end == oid::unknown_to_us) return encode_as_text(index, param);
    auto ends = members_of(index, end);
    open(index);
    bool binary = true;
    if (param.kind == ParamKind::range) {
        binary = append_range(arena_, ends, *param.range);
    } else {
        append_big_endian(arena_, static_cast<std::uint32_t>(param.multirange->ranges.size()));
        for (const auto& range : param.multirange->ranges) {
            const auto size_at = arena_.size();
            append_big_endian(arena_, 0);
            binary = binary && append_range(arena_, ends, range);
            std::string size;
            append_big_endian(size, static_cast<std::uint32_t>(arena_.size() - size_at - 4));
            arena_.replace(size_at, 4, size);
        }
    }
    if (binary) return close(index, binary_format);
    arena_.resize(offsets_[index]);
    encode_as_text(index, param);
}

} // namespace azoth::postgresql
