// SPDX-License-Identifier: MIT
// The little that the driver reads of SQL text itself: comments, and the word a statement begins with.
#include "driver/sqlite/sql_text.hpp"

#include <algorithm>
#include <cstddef>

namespace azoth::sqlite {
namespace {

// ASCII only: SQL keywords are, and a locale must not change what a statement means.
char to_lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_blank(char c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r') || c == ';'; }

bool is_letter(char c) noexcept { return (to_lower(c) >= 'a' && to_lower(c) <= 'z') || c == '_'; }

std::size_t word_length(std::string_view sql) noexcept {
    return static_cast<std::size_t>(std::find_if_not(sql.begin(), sql.end(), is_letter) - sql.begin());
}

} // namespace

std::string_view skip_blank(std::string_view sql) noexcept {
    while (!sql.empty()) {
        const auto two = sql.substr(0, 2);
        if (is_blank(sql.front())) {
            sql.remove_prefix(1);
        } else if (two == "--") {
            sql.remove_prefix(std::min(sql.size(), sql.find('\n')));
        } else if (two == "/*") {
            const auto end = sql.find("*/", 2); // without one the comment runs to the end, as SQLite has it
            sql.remove_prefix(end == std::string_view::npos ? sql.size() : end + 2);
        } else {
            break;
        }
    }
    return sql;
}

std::string first_word(std::string_view sql) {
    sql = skip_blank(sql);
    std::string word{sql.substr(0, word_length(sql))};
    for (char& c : word) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return word;
}

std::string_view behind_first_word(std::string_view sql) noexcept {
    sql = skip_blank(sql);
    sql.remove_prefix(word_length(sql));
    return skip_blank(sql);
}

bool mentions(std::string_view text, std::string_view word) noexcept {
    const auto found = std::search(
        text.begin(), text.end(), word.begin(), word.end(), [](char a, char b) { return to_lower(a) == b; });
    return found != text.end();
}

} // namespace azoth::sqlite
