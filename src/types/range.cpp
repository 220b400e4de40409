// SPDX-License-Identifier: MIT
// Ranges and multiranges: their types, and reading them in PostgreSQL's binary form and as text.
#include <azoth/types/range.hpp>

#include <utility>

#include <azoth/error.hpp>

#include "array_value.hpp"

namespace azoth {

namespace detail {

void check_bounds(std::string_view bounds) {
    const bool right = bounds.size() == 2 && (bounds[0] == '[' || bounds[0] == '(') && (bounds[1] == ']' || bounds[1] == ')');
    if (!right) throw ArgumentError("the bounds of a range are \"[)\", \"(]\", \"[]\" or \"()\", not \"" + std::string{bounds} + "\"");
}

void throw_not_one_range(const char* what) {
    throw ArgumentError(std::string{what} + " of these ranges is not one range");
}

Type range_type(const Type& item_type) {
    namespace pg = postgresql;
    switch (item_type.kind) {
    case TypeKind::small_integer:
    case TypeKind::integer: return pg::INT4RANGE{};
    case TypeKind::big_integer: return pg::INT8RANGE{};
    case TypeKind::numeric: return pg::NUMRANGE{};
    case TypeKind::date: return pg::DATERANGE{};
    case TypeKind::date_time:
        if (item_type.timezone) return pg::TSTZRANGE{};
        return pg::TSRANGE{};
    default: return Type{};
    }
}

Type multirange_type(const Type& item_type) {
    namespace pg = postgresql;
    switch (item_type.kind) {
    case TypeKind::small_integer:
    case TypeKind::integer: return pg::INT4MULTIRANGE{};
    case TypeKind::big_integer: return pg::INT8MULTIRANGE{};
    case TypeKind::numeric: return pg::NUMMULTIRANGE{};
    case TypeKind::date: return pg::DATEMULTIRANGE{};
    case TypeKind::date_time:
        if (item_type.timezone) return pg::TSTZMULTIRANGE{};
        return pg::TSMULTIRANGE{};
    default: return Type{};
    }
}

Type range_end_type(const Type& range_type) {
    const std::string_view name = details_of(range_type).name;
    if (name.starts_with("INT4")) return Integer{};
    if (name.starts_with("INT8")) return BigInteger{};
    if (name == "NUMRANGE" || name == "NUMMULTIRANGE") return Numeric{};
    if (name == "DATERANGE" || name == "DATEMULTIRANGE") return DateType{};
    if (name == "TSRANGE" || name == "TSMULTIRANGE") return DateTime{};
    if (name == "TSTZRANGE" || name == "TSTZMULTIRANGE") return DateTime{true};
    return Type{};
}

} // namespace detail

namespace wire {
namespace {

// range_send's flags.
constexpr unsigned is_empty = 0x01;
constexpr unsigned lower_is_inclusive = 0x02;
constexpr unsigned upper_is_inclusive = 0x04;
constexpr unsigned has_no_lower = 0x08;
constexpr unsigned has_no_upper = 0x10;

bool read_binary(const Field& field, RangeParts& parts) {
    ByteReader reader{field.view()};
    const unsigned flags = reader.u8();
    parts.empty = (flags & is_empty) != 0;
    parts.lower_inclusive = (flags & lower_is_inclusive) != 0;
    parts.upper_inclusive = (flags & upper_is_inclusive) != 0;
    const Wire end = field.item == Wire::null ? Wire::pg_other : field.item;
    if (!parts.empty && (flags & has_no_lower) == 0) parts.lower = reader.cell(end, Wire::null);
    if (!parts.empty && (flags & has_no_upper) == 0) parts.upper = reader.cell(end, Wire::null);
    return reader.done();
}

/// Reads one end of a range's text into `out`; false when it is malformed. `present`: there is one.
bool read_end(std::string_view text, std::size_t& at, std::string& out, bool& present) {
    bool quoted = false;
    present = false;
    for (; at < text.size(); ++at) {
        const char c = text[at];
        if (c == '"') {
            present = true;
            if (quoted && at + 1 < text.size() && text[at + 1] == '"') out += text[++at];
            else quoted = !quoted;
        } else if (c == '\\') {
            if (++at == text.size()) return false;
            present = true;
            out += text[at];
        } else if (!quoted && (c == ',' || c == ')' || c == ']')) {
            return true;
        } else {
            present = true;
            out += c;
        }
    }
    return false;
}

bool read_text(std::string_view text, RangeParts& parts) {
    if (text == "empty") {
        parts.empty = true;
        return true;
    }
    if (text.size() < 3 || (text.front() != '[' && text.front() != '(')) return false;
    parts.lower_inclusive = text.front() == '[';
    parts.text.reserve(text.size());
    std::size_t at = 1;
    bool has_lower = false;
    bool has_upper = false;
    if (!read_end(text, at, parts.text, has_lower) || text[at] != ',') return false;
    const auto middle = parts.text.size();
    ++at;
    if (!read_end(text, at, parts.text, has_upper) || text[at] == ',' || at + 1 != text.size()) return false;
    parts.upper_inclusive = text[at] == ']';
    const auto field = [&](std::size_t from, std::size_t to) {
        return Field{Wire::text, parts.text.data() + from, static_cast<std::uint32_t>(to - from)};
    };
    if (has_lower) parts.lower = field(0, middle);
    if (has_upper) parts.upper = field(middle, parts.text.size());
    return true;
}

bool read_multirange_text(std::string_view text, std::vector<Field>& ranges) {
    if (text.size() < 2 || text.front() != '{' || text.back() != '}') return false;
    text = text.substr(1, text.size() - 2);
    std::size_t begin = 0;
    bool quoted = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '\\') ++at;
        else if (text[at] == '"') quoted = !quoted;
        else if (!quoted && (text[at] == ')' || text[at] == ']')) {
            const auto range = text.substr(begin, at + 1 - begin);
            ranges.emplace_back(Wire::text, range.data(), static_cast<std::uint32_t>(range.size()));
            begin = at + 1;
            if (begin == text.size()) return true;
            if (text[begin] != ',') return false;
            ++begin;
        }
    }
    return text.empty();
}

} // namespace

bool try_read_range(const Field& field, RangeParts& parts) {
    if (field.wire == Wire::pg_range) return read_binary(field, parts);
    return field.wire == Wire::text && read_text(field.view(), parts);
}

bool try_read_multirange(const Field& field, std::vector<Field>& ranges) {
    if (field.wire == Wire::text) return read_multirange_text(field.view(), ranges);
    if (field.wire != Wire::pg_multirange) return false;
    ByteReader reader{field.view()};
    for (auto count = reader.i32(); count > 0 && reader.ok(); --count) ranges.push_back(reader.cell(Wire::pg_range, field.item));
    return reader.done();
}

void read_range(const Field& field, RangeParts& parts) {
    if (!try_read_range(field, parts)) refuse(field, "a range", "azoth::Range<T>");
}

std::vector<Field> read_multirange(const Field& field) {
    std::vector<Field> ranges;
    if (!try_read_multirange(field, ranges)) refuse(field, "a multirange", "std::vector<azoth::Range<T>>");
    return ranges;
}

RangeValue range_value(const Field& field) {
    RangeParts parts;
    read_range(field, parts);
    if (parts.empty) return {};
    const char bounds[] = {parts.lower_inclusive ? '[' : '(', parts.upper_inclusive ? ']' : ')'};
    return {to_value(parts.lower, Type{}), to_value(parts.upper, Type{}), std::string_view{bounds, 2}};
}

MultirangeValue multirange_value(const Field& field) {
    std::vector<RangeValue> ranges;
    for (const auto& range : read_multirange(field)) ranges.push_back(range_value(range));
    return MultirangeValue{std::move(ranges)};
}

} // namespace wire
} // namespace azoth
