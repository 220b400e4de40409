// SPDX-License-Identifier: MIT
// What the built-in dialects share: features, quoting rules, and the calls into their compilers.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <azoth/dialect/dialect.hpp>

namespace azoth {

/// How identifiers are quoted, and which need it: reserved words, upper case, anything but letters, digits and '_'.
struct QuotingRules {
    char open = '"';
    char close = '"';
    bool (*is_reserved)(std::string_view lower_case_word) = nullptr;
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

/// One dialect for each kind of server, so that engines of equal servers can share what they compile. Thread-safe.
template <class Made, class Kind>
class DialectOfKind {
public:
    [[nodiscard]] std::shared_ptr<const Dialect> get(const Kind& kind) {
        const std::lock_guard lock{mutex_};
        for (const auto& [known, dialect] : made_)
            if (known == kind) return dialect;
        return made_.emplace_back(kind, std::make_shared<Made>(kind)).second;
    }

private:
    std::mutex mutex_;
    std::vector<std::pair<Kind, std::shared_ptr<const Dialect>>> made_;
};

/// For what only a connection can answer. @throws NoSuchModuleError always: the dialect has no driver.
[[noreturn]] void throw_no_driver(std::string_view dialect_name);

} // namespace azoth
