// SPDX-License-Identifier: MIT
// REGEXP: SQLite has the operator and leaves the function to the program.
#include "driver/sqlite/functions.hpp"

#include <cstddef>
#include <memory>
#include <regex>
#include <string>
#include <string_view>

#include <sqlite3.h>

namespace azoth::sqlite {
namespace {

/// A pattern of more characters could use more stack than there is.
constexpr std::size_t longest_pattern = 2000;

/// Characters, so that "." is one of them and not a byte. What is no UTF-8 becomes the replacement character.
std::wstring characters(std::string_view utf8) {
    constexpr wchar_t replacement = 0xFFFD;
    std::wstring text;
    text.reserve(utf8.size());
    for (std::size_t i = 0; i < utf8.size();) {
        const auto lead = static_cast<unsigned char>(utf8[i]);
        const std::size_t size = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 0;
        if (size == 0 || i + size > utf8.size()) {
            text += replacement;
            ++i;
            continue;
        }
        auto code = static_cast<char32_t>(size == 1 ? lead : lead & (0xFFU >> (size + 1)));
        bool whole = true;
        for (std::size_t j = 1; j < size; ++j) {
            const auto next = static_cast<unsigned char>(utf8[i + j]);
            whole = whole && (next & 0xC0U) == 0x80U;
            code = code << 6U | (next & 0x3FU);
        }
        text += whole ? static_cast<wchar_t>(code) : replacement;
        i += whole ? size : 1;
    }
    return text;
}

std::string_view text_of(sqlite3_value* value) {
    const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
    return text == nullptr ? std::string_view{} : std::string_view{text, static_cast<std::size_t>(sqlite3_value_bytes(value))};
}

std::unique_ptr<std::wregex> compiled(std::string_view pattern) {
    auto flags = std::regex_constants::ECMAScript;
#ifdef __GLIBCXX__
    // Its other way goes one frame deeper with each character of a text: a long one would end the program. This one knows no
    // references back to groups.
    flags |= std::regex_constants::__polynomial;
#endif
    const auto text = characters(pattern);
    if (text.size() > longest_pattern) throw std::regex_error(std::regex_constants::error_complexity);
    return std::make_unique<std::wregex>(text, flags);
}

/// `regexp(pattern, text)`: whether the pattern is found anywhere in the text.
void regexp(sqlite3_context* context, int, sqlite3_value** arguments) noexcept {
    if (sqlite3_value_type(arguments[0]) == SQLITE_NULL || sqlite3_value_type(arguments[1]) == SQLITE_NULL) return;
    try {
        auto* pattern = static_cast<std::wregex*>(sqlite3_get_auxdata(context, 0));
        std::unique_ptr<std::wregex> made;
        if (pattern == nullptr) {
            made = compiled(text_of(arguments[0]));
            pattern = made.get();
        }
        sqlite3_result_int(context, std::regex_search(characters(text_of(arguments[1])), *pattern) ? 1 : 0);
        // For the next row, where the pattern is the same for all of them.
        if (made) sqlite3_set_auxdata(context, 0, made.release(), [](void* kept) { delete static_cast<std::wregex*>(kept); });
    } catch (const std::regex_error& error) {
        const auto message = std::string{"REGEXP: the pattern cannot be used: "} + error.what();
        sqlite3_result_error(context, message.c_str(), -1);
    } catch (...) {
        sqlite3_result_error_nomem(context);
    }
}

} // namespace

int create_own_functions(sqlite3* handle) noexcept {
    return sqlite3_create_function_v2(
        handle, "regexp", 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC, nullptr, regexp, nullptr, nullptr, nullptr);
}

} // namespace azoth::sqlite
