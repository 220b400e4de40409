// SPDX-License-Identifier: MIT
// How dialects quote names, and say what a server is too old for.
#pragma once

#include <string>
#include <string_view>

#include <azoth/dialect/dialect.hpp>

namespace azoth {

/// How identifiers are quoted, and which need it: reserved words, upper case, anything but letters, digits and '_'.
struct QuotingRules {
    char open = '"';
    char close = '"';
    bool (*is_reserved)(std::string_view lower_case_word) = nullptr; ///< null: no word is
    bool starts_with_underscore = true; ///< `_x` needs no quotes
};

/// As it is when the database takes it bare, else in quotes, quotes inside doubled.
[[nodiscard]] std::string quote_identifier(std::string_view identifier, const QuotingRules& rules);

/// In these quotes, quotes inside doubled. @throws CompileError when it is empty or holds a NUL character.
[[nodiscard]] std::string enclose(std::string_view identifier, char open, char close);

/// "schema"."table", each quoted where needed.
[[nodiscard]] std::string quote_table(const Dialect& dialect, const QuotedName& schema, const QuotedName& table);

/// @throws CompileError when the server is older: `what` came with `since`.
void require(const Dialect& dialect, std::string_view what, const ServerVersion& since);

} // namespace azoth
