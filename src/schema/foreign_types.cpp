// SPDX-License-Identifier: MIT
// A column that refers to another by name takes its type, whichever of the two is declared first.
#include "schema/foreign_types.hpp"

#include <algorithm>

namespace azoth::schema {

namespace {

bool has_type(const ColumnData& column) { return !column.type.is_null_type() || column.type.details != nullptr; }

} // namespace

void ForeignTypes::add(TableData& table) {
    const std::lock_guard lock{mutex_};
    tables_.push_back(&table);
}

void ForeignTypes::remove(const TableData& table) {
    const std::lock_guard lock{mutex_};
    std::erase(tables_, &table);
    std::erase_if(waiting_, [&](const Waiting& one) { return one.table == &table; });
}

const ColumnData* ForeignTypes::target(const TableData& table, const ColumnData& column) const {
    for (const auto& key : table.foreign_keys) {
        const auto place = std::ranges::find(key.columns, column.name);
        if (place == key.columns.end()) continue;
        const auto position = static_cast<std::size_t>(place - key.columns.begin());
        if (position >= key.target_columns.size()) continue;
        for (const auto* other : tables_)
            if (other->name == key.target_table && other->schema == target_schema(table, key))
                return other->find(key.target_columns[position]);
    }
    return nullptr;
}

void ForeignTypes::declared(TableData& table, ColumnData& column) {
    const std::lock_guard lock{mutex_};
    if (!has_type(column) && table.is_foreign_key(column.name)) waiting_.push_back({&table, &column});
    // One that gets its type may be what others wait for.
    for (bool found = true; found;) {
        found = false;
        for (auto one = waiting_.begin(); one != waiting_.end() && !found; ++one) {
            const auto* referred = target(*one->table, *one->column);
            if (referred == nullptr || !has_type(*referred)) continue;
            one->column->type = referred->type;
            waiting_.erase(one);
            found = true;
        }
    }
}

} // namespace azoth::schema
