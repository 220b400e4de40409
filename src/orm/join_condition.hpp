// SPDX-License-Identifier: MIT
// Join conditions of a program's own, and relationships that write the same columns.
#pragma once

#include <string>

#include <azoth/orm/mapper_data.hpp>

namespace azoth::orm {

/// primaryjoin() of a relationship without an association table: its direction, its keys, and which columns are this side's.
/// @param what  "User::addresses", for messages. @throws ArgumentError.
void configure_join(MapperData& mapper, RelationshipInfo& info, const std::string& what);
/// primaryjoin() and secondaryjoin() of a many-to-many relationship, each where it is given. @throws ArgumentError.
void configure_association_join(MapperData& mapper, RelationshipInfo& info, const std::string& what);
/// Notes a warning in `mapper` where another relationship, which does not know of this one, writes a column that this one writes.
/// Relationships are remembered: to be called once for each.
void find_overlaps(MapperData& mapper, const RelationshipInfo& info);
/// The operands of AND, or the condition alone.
[[nodiscard]] std::vector<sql::NodePtr> and_operands(const sql::NodePtr& condition);

} // namespace azoth::orm
