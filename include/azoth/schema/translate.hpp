// SPDX-License-Identifier: MIT
// Schemas that stand for others: one set of tables, executed for many tenants.
#pragma once

#include <map>
#include <string>

#include <azoth/schema/quoted_name.hpp>

namespace azoth {

/// The schema to use in place of a table's or sequence's own, by that one's name; "" is no schema, on both sides:
/// `{{"", "tenant_1"}, {"shared", ""}}`. What is not in it stays as it is.
using SchemaTranslateMap = std::map<std::string, std::string>;

namespace schema {

/// What stands for `name`; without a map, or an entry in it, the name itself.
[[nodiscard]] QuotedName translated(const SchemaTranslateMap* map, const QuotedName& name);

} // namespace schema
} // namespace azoth
