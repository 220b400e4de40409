// SPDX-License-Identifier: MIT
// Taking a SQL script apart.
#include "support/sql_script.hpp"

#include <algorithm>
#include <cstddef>

namespace azoth::testing {

namespace {

/// The end of a quoted text that begins at `at`; a doubled quote in it ends one and begins another, which is all the same.
std::size_t end_of_quoted(std::string_view text, std::size_t at) {
    const char close = text[at] == '[' ? ']' : text[at];
    return std::min(text.find(close, at + 1), text.size() - 1) + 1;
}

} // namespace

std::vector<std::string> split_sql(std::string_view script) {
    std::vector<std::string> statements;
    std::string statement;
    for (std::size_t i = 0; i < script.size();) {
        const char c = script[i];
        if (script.substr(i, 2) == "--") {
            i = std::min(script.find('\n', i), script.size());
        } else if (script.substr(i, 2) == "/*") {
            i = std::min(script.find("*/", i), script.size() - 2) + 2;
        } else if (c == '\'' || c == '"' || c == '`' || c == '[') {
            const auto end = end_of_quoted(script, i);
            statement.append(script.substr(i, end - i));
            i = end;
        } else {
            ++i;
            const bool blank = c == ' ' || c == '\n' || c == '\r' || c == '\t';
            if (c != ';' && !(blank && statement.empty())) statement += c;
            if (c == ';' && !statement.empty()) {
                statements.push_back(statement);
                statement.clear();
            }
        }
    }
    if (!statement.empty()) statements.push_back(statement);
    return statements;
}

} // namespace azoth::testing
