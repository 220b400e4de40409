// SPDX-License-Identifier: MIT
// The base type compiler: a type's name in DDL and CAST, overridden where a dialect differs.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include <azoth/types/details.hpp>

namespace azoth {

class Dialect;

/// What stands in parentheses behind the name of a type.
enum class TypeArguments {
    none,
    length,
    required_length,
    precision,
    precision_scale, ///< one or both
    both,            ///< precision and scale, or nothing
    bits,            ///< a length, not the size of a string: no collation
};

/// A type that is written by its own name: which a dialect knows, and how.
struct NamedTypeText {
    std::string_view name;
    TypeArguments arguments = TypeArguments::none;
    std::string_view text{}; ///< where it is not `name`
};

/// Writes types for one dialect. A generic type is written as the dialect chooses, by its kind; one with a name of its own by
/// that name, when the dialect knows it.
class TypeCompiler {
public:
    explicit TypeCompiler(const Dialect& dialect) noexcept : dialect_(dialect) {}
    virtual ~TypeCompiler() = default;
    TypeCompiler(const TypeCompiler&) = delete;
    TypeCompiler& operator=(const TypeCompiler&) = delete;

    /// @throws CompileError for a type that is not known or not this dialect's.
    [[nodiscard]] std::string text(const Type& type) const;

protected:
    /// A type without a name of its own.
    [[nodiscard]] virtual std::string generic(const Type& type) const;
    /// `Enum`: VARCHAR where there are no enumerations.
    [[nodiscard]] virtual std::string enumeration(const Type& type) const;
    /// A type with a name of its own: looked up in `known_names()`, then among the standard's.
    [[nodiscard]] virtual std::string named(const Type& type) const;
    /// Names that this dialect knows besides the standard's, or writes otherwise.
    [[nodiscard]] virtual std::span<const NamedTypeText> known_names() const { return {}; }
    /// VARCHAR(30) COLLATE "de_DE".
    [[nodiscard]] virtual std::string string_text(std::string_view name, const Type& type) const;
    /// What follows the text of a number.
    [[nodiscard]] virtual std::string number_suffix(const Type&) const { return {}; }

    [[nodiscard]] std::string written(const NamedTypeText& how, const Type& type) const;
    [[noreturn]] void refuse(const Type& type) const;

    const Dialect& dialect_;
};

} // namespace azoth
