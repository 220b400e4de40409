// SPDX-License-Identifier: MIT
// First words of statements.
#include "driver/postgresql/sql_text.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>

#include <azoth/error.hpp>

namespace azoth::postgresql {
namespace {

bool is_letter(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

char upper(char c) noexcept {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

/// What is left of `sql` behind white space, comments and opening parentheses.
std::string_view skip_to_word(std::string_view sql) noexcept {
    while (!sql.empty()) {
        if (sql.front() == ' ' || sql.front() == '(' || (sql.front() >= '\t' && sql.front() <= '\r')) {
            sql.remove_prefix(1);
        } else if (sql.substr(0, 2) == "--") {
            sql.remove_prefix(std::min(sql.find('\n'), sql.size()));
        } else if (sql.substr(0, 2) == "/*") {
            const auto end = sql.find("*/", 2);
            sql.remove_prefix(end == std::string_view::npos ? sql.size() : end + 2);
        } else {
            break;
        }
    }
    return sql;
}

std::string_view take_word(std::string_view& sql) noexcept {
    std::size_t size = 0;
    while (size < sql.size() && is_letter(sql[size])) ++size;
    const auto word = sql.substr(0, size);
    sql.remove_prefix(size);
    return word;
}

bool is_word(std::string_view word, std::string_view upper_case) noexcept {
    return std::equal(word.begin(), word.end(), upper_case.begin(), upper_case.end(), [](char a, char b) {
        return upper(a) == b;
    });
}

/// Whether one of the words stands anywhere, be it in a comment.
bool has_word(std::string_view sql, std::initializer_list<std::string_view> upper_case) noexcept {
    while (!sql.empty()) {
        const auto word = take_word(sql);
        for (const auto each : upper_case) {
            if (is_word(word, each)) return true;
        }
        if (word.empty()) sql.remove_prefix(1);
    }
    return false;
}

} // namespace

void check_text(const std::string& sql) {
    if (sql.find('\0') != std::string::npos) throw ArgumentError("a SQL text must not contain a zero byte");
}

bool begins_copy(std::string_view sql) noexcept {
    sql = skip_to_word(sql);
    // Asked for every statement, so the common answer comes first.
    if (sql.empty() || upper(sql.front()) != 'C') return false;
    return is_word(take_word(sql), "COPY");
}

bool only_reads(std::string_view sql) noexcept {
    sql = skip_to_word(sql);
    const auto first = take_word(sql);
    const bool with = is_word(first, "WITH");
    if (!with && !is_word(first, "SELECT") && !is_word(first, "VALUES") && !is_word(first, "TABLE"))
        return false;
    // A WITH may hide a change anywhere: a word that looks like one is enough to doubt.
    return !with || !has_word(sql, {"INSERT", "UPDATE", "DELETE", "MERGE"});
}

bool can_be_declared(std::string_view sql) noexcept { return only_reads(sql) && !has_word(sql, {"INTO"}); }

} // namespace azoth::postgresql
