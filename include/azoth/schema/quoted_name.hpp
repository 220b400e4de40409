// SPDX-License-Identifier: MIT
// A name, and whether it is put in quotes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace azoth {

enum class Quoting : std::uint8_t {
    automatic, ///< where the dialect needs it: reserved words, upper case, blanks
    always,
    never, ///< as it is: the database folds its case
};

/// The name of a table, column, alias or label: a string that knows whether it is put in quotes.
class QuotedName : public std::string {
public:
    QuotedName() = default;
    QuotedName(std::string name) noexcept : std::string(std::move(name)) {}
    QuotedName(const char* name) : std::string(name) {}
    explicit QuotedName(std::string_view name) : std::string(name) {}
    QuotedName(std::string name, Quoting how) noexcept : std::string(std::move(name)), quoting_(how) {}

    [[nodiscard]] Quoting quoting() const noexcept { return quoting_; }

private:
    Quoting quoting_ = Quoting::automatic;
};

/// A name that is always put in quotes, or never: `column(quoted_name("plain", true))`. What is never quoted is raw SQL: it must
/// not come from outside.
[[nodiscard]] inline QuotedName quoted_name(std::string name, bool quote) {
    return {std::move(name), quote ? Quoting::always : Quoting::never};
}

} // namespace azoth
