// SPDX-License-Identifier: MIT
// The names of types in SQL: taking apart what a catalogue says, putting together what DDL says.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <azoth/types/type.hpp>

namespace azoth {

/// A type's name apart from its arguments: "time(3) without time zone" is "time without time zone" and 3.
struct TypeName {
    std::string name;                    ///< lower case, words with one blank between them
    std::vector<std::int32_t> arguments; ///< the numbers in parentheses; what is no number is left out

    TypeName() = default;
    /// The argument at `position`, Type::unset when there is none.
    [[nodiscard]] std::int32_t argument(std::size_t position) const noexcept {
        return position < arguments.size() ? arguments[position] : Type::unset;
    }
};
[[nodiscard]] TypeName parse_type_name(std::string_view text);

/// The kind that a catalogue calls by a name, before its arguments are looked at.
struct NamedKind {
    std::string_view name;
    TypeKind kind;
    bool timezone = false;
};
/// The type of `parsed`, with those arguments that its kind has: length, precision and scale.
[[nodiscard]] Type make_type(const NamedKind& named, const TypeName& parsed);

/// "VARCHAR(30)", or the name alone when `argument` is unset.
[[nodiscard]] std::string with_argument(std::string_view name, std::int32_t argument);
/// "NUMERIC", "NUMERIC(10)" or "NUMERIC(10, 2)".
[[nodiscard]] std::string numeric_text(const Type& type);
/// @throws CompileError always: no column can be created with an unknown type, nor a value be cast to it.
[[noreturn]] void throw_no_type();

} // namespace azoth
