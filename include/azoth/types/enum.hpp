// SPDX-License-Identifier: MIT
// Enum: one of a fixed set of strings. A type of its own where the database has that, else a VARCHAR.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <azoth/types/details.hpp>

namespace azoth {

/// `Enum{{"new", "paid", "shipped"}, "order_status"}`. PostgreSQL needs the name, for CREATE TYPE; where there is no such
/// type the name is that of the CHECK constraint, if one is asked for.
class Enum : public Type {
public:
    explicit Enum(std::vector<std::string> members, std::string name = {}, std::string schema = {});

    /// false: a VARCHAR as long as the longest member, on every database.
    [[nodiscard]] Enum native_enum(bool native) const;
    /// With a CHECK constraint where it is a VARCHAR.
    [[nodiscard]] Enum create_constraint() const;
    /// CREATE TYPE and DROP TYPE are not part of creating and dropping the tables.
    [[nodiscard]] Enum create_type(bool create) const;
    /// The VARCHAR's length. @throws ArgumentError when it is too short for a member.
    [[nodiscard]] Enum with_length(std::int32_t characters) const;
};

/// Boolean with `CHECK (column IN (0, 1))` where the database has no booleans. SQLAlchemy's Boolean(create_constraint=True).
[[nodiscard]] Type checked_boolean(std::string constraint_name = {});

/// A type that Azoth does not know, by its SQL text: `UserDefinedType{"GEOMETRY(POINT, 4326)"}`. `value_kind` says how its values
/// are read; unknown: as the driver brings them.
struct UserDefinedType : Type {
    explicit UserDefinedType(std::string column_spec, TypeKind value_kind = TypeKind::null_type);
};

} // namespace azoth
