// SPDX-License-Identifier: MIT
// The order in which tables can be created, and the foreign keys that stand in the way of one.
#pragma once

#include <functional>
#include <optional>
#include <unordered_set>
#include <utility>
#include <vector>

#include <azoth/schema/table.hpp>

namespace azoth::schema {

struct SortedTables {
    std::vector<const Table*> tables; ///< referred-to ones first
    /// With their tables: not part of CREATE TABLE, but of an ALTER TABLE when all tables are there.
    std::vector<std::pair<const Table*, const ForeignKeyData*>> by_alter;

    SortedTables() = default;
    [[nodiscard]] std::unordered_set<const ForeignKeyData*> altered_keys() const;
};

/// Whether a foreign key can be left to an ALTER: true, always do; false, never; nothing, when it is part of a ring.
using AlterRule = std::function<std::optional<bool>(const ForeignKeyData& key)>;

/// Otherwise in the order given. Takes time in proportion to tables and foreign keys.
/// @throws CircularDependencyError that names the tables of a ring which `rule` forbids to break.
[[nodiscard]] SortedTables sort_tables_and_constraints(const std::vector<const Table*>& tables, const AlterRule& rule = {});

} // namespace azoth::schema
