// SPDX-License-Identifier: MIT
// What few SQL types have beyond kind and sizes. Types that need it share one constant TypeDetails.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <azoth/types/type.hpp>

namespace azoth {

/// What is either said of a type or not.
enum class TypeFlag : std::uint16_t {
    unsigned_ = 1,
    zerofill = 2,
    national = 4,            ///< NATIONAL CHAR, spoken out
    ascii = 8,               ///< the character set, by its short name
    unicode = 16,
    binary = 32,             ///< the character set's binary collation
    varying = 64,            ///< BIT VARYING
    local_timezone = 128,    ///< TIMESTAMP WITH LOCAL TIME ZONE
    maximum = 256,           ///< (max) in place of a length
    not_native = 512,        ///< as text, even where the database has the type
    create_constraint = 1024, ///< with a CHECK where the database does not have the type
    no_create_type = 2048,   ///< CREATE TYPE is somebody else's job
    is_not_null = 4096,         ///< DOMAIN
    as_text = 8192,             ///< UUID: a string to the program
    zero_indexes = 16384,       ///< ARRAY: the program counts from 0
};

struct TypeConversion;

struct TypeDetails {
    /// Written as it is, by the dialects that know it: "NVARCHAR", "MEDIUMINT". Empty: the kind says how it is called.
    std::string name;
    std::uint16_t flags = 0;
    std::string collation;
    std::string collation_schema;
    std::string charset;
    std::string fields;              ///< INTERVAL: "DAY TO SECOND"
    std::int32_t day_precision = Type::unset;
    std::int32_t dimensions = Type::unset; ///< ARRAY
    std::vector<std::string> members; ///< ENUM, SET
    std::string type_name;           ///< ENUM, DOMAIN: what CREATE TYPE calls it; the CHECK's name where there is no such type
    std::string type_schema;
    std::vector<Type> item;          ///< ARRAY: its elements' type; DOMAIN: what it is a kind of. One or none
    std::optional<std::string> default_text; ///< DOMAIN: a literal's text
    std::string default_sql;         ///< DOMAIN: an expression
    std::string constraint_name;     ///< DOMAIN
    std::string check;               ///< DOMAIN: SQL text
    std::string spec;                ///< a type of the user's own: its SQL text
    std::vector<std::pair<std::string, Type>> variants; ///< by dialect
    std::shared_ptr<const TypeConversion> conversion; ///< of a decorated type
    std::string conversion_dialect; ///< a decorated type as it is on one dialect: which

    friend bool operator==(const TypeDetails&, const TypeDetails&) = default;

    [[nodiscard]] bool has(TypeFlag flag) const noexcept { return (flags & static_cast<std::uint16_t>(flag)) != 0; }
    [[nodiscard]] std::size_t hash() const noexcept;
};

/// A type's details; those of a plain type say nothing.
[[nodiscard]] const TypeDetails& details_of(const Type& type) noexcept;
/// A copy of a type's details that no other type has, in their place.
[[nodiscard]] TypeDetails& own_details(Type& type);
/// Changes a copy of a type's details: `change(TypeDetails&)`.
template <class Change>
void change_details(Type& type, Change change) {
    change(own_details(type));
}
void set_flag(Type& type, TypeFlag flag);
/// A type that is written by that name.
[[nodiscard]] Type named_type(TypeKind kind, std::string name);

} // namespace azoth
