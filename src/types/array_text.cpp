// SPDX-License-Identifier: MIT
// Arrays as PostgreSQL's text: members in braces, in quotes where they would be read as something else.
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

void append_member(std::string& text, const Value& member) {
    if (const auto* array = std::get_if<ArrayValue>(&member.variant())) {
        text += array_text(*array);
    } else if (const auto* string = std::get_if<std::string>(&member.variant())) {
        append_quoted(text, *string);
    } else if (const auto* document = std::get_if<JsonText>(&member.variant())) {
        append_quoted(text, document->text);
    } else if (const auto* bytes = std::get_if<Bytes>(&member.variant())) {
        constexpr std::string_view digits = "0123456789abcdef";
        std::string hexadecimal = "\\x";
        for (const auto byte : *bytes) {
            hexadecimal += digits[std::to_integer<unsigned>(byte) >> 4U];
            hexadecimal += digits[std::to_integer<unsigned>(byte) & 0x0FU];
        }
        append_quoted(text, hexadecimal);
    } else {
        // numbers and NULL as they are, dates and their kin in quotes
        const auto written = to_string(member.param(), std::string::npos);
        if (!written.empty() && written.front() == '\'') append_quoted(text, std::string_view{written}.substr(1, written.size() - 2));
        else text += written;
    }
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

} // namespace azoth
