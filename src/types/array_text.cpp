// SPDX-License-Identifier: MIT
// Arrays and ranges as PostgreSQL's text: members in quotes where they would be read as something else.
#include <azoth/types/value.hpp>

#include <string>
#include <variant>

namespace azoth {

namespace {

void append_quoted(std::string& text, std::string_view member) {
    text += '"';
    for (const char c : member) {
        if (c == '"' || c == '\\') text += '\\';
        text += c;
    }
    text += '"';
}

/// The value as text, without quotes.
std::string plain_text(const Value& value) {
    if (const auto* string = std::get_if<std::string>(&value.variant())) return *string;
    if (const auto* document = std::get_if<JsonText>(&value.variant())) return document->text;
    if (const auto* range = std::get_if<RangeValue>(&value.variant())) return range_text(*range);
    if (const auto* ranges = std::get_if<MultirangeValue>(&value.variant())) return multirange_text(*ranges);
    if (const auto* bytes = std::get_if<Bytes>(&value.variant())) {
        constexpr std::string_view digits = "0123456789abcdef";
        std::string hexadecimal = "\\x";
        for (const auto byte : *bytes) {
            hexadecimal += digits[std::to_integer<unsigned>(byte) >> 4U];
            hexadecimal += digits[std::to_integer<unsigned>(byte) & 0x0FU];
        }
        return hexadecimal;
    }
    auto written = to_string(value.param(), std::string::npos);
    if (!written.empty() && written.front() == '\'') return written.substr(1, written.size() - 2); // a date or its kin
    return written;
}

/// Whether the text is what it says without quotes: a number, true, false.
bool is_bare(const Value& value) {
    const auto& variant = value.variant();
    return value.is_null() || std::holds_alternative<bool>(variant) || std::holds_alternative<std::int64_t>(variant)
        || std::holds_alternative<std::uint64_t>(variant) || std::holds_alternative<double>(variant)
        || std::holds_alternative<Decimal>(variant);
}

void append_member(std::string& text, const Value& member) {
    if (const auto* array = std::get_if<ArrayValue>(&member.variant())) text += array_text(*array);
    else if (is_bare(member)) text += plain_text(member);
    else append_quoted(text, plain_text(member));
}

void append_end(std::string& text, const Value& end) {
    if (end.is_null()) return;
    const auto plain = plain_text(end);
    if (plain.empty() || plain.find_first_of("\"\\()[], \t\n\r\v\f") != std::string::npos) append_quoted(text, plain);
    else text += plain;
}

} // namespace

std::string array_text(const ArrayValue& array) {
    std::string text = "{";
    for (std::size_t i = 0; i < array.items.size(); ++i) {
        if (i > 0) text += ',';
        append_member(text, array.items[i]);
    }
    return text + "}";
}

std::string range_text(const RangeValue& range) {
    if (range.ends.empty()) return "empty";
    std::string text(1, range.lower_inclusive ? '[' : '(');
    append_end(text, range.ends.front());
    text += ',';
    append_end(text, range.ends.back());
    return text + (range.upper_inclusive ? ']' : ')');
}

std::string multirange_text(const MultirangeValue& multirange) {
    std::string text = "{";
    for (const auto& range : multirange.ranges) {
        if (text.size() > 1) text += ',';
        text += range_text(range);
    }
    return text + "}";
}

} // namespace azoth
