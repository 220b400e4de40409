// SPDX-License-Identifier: MIT
// A column that refers to another by name takes its type, whichever of the two is declared first.
#include "schema/foreign_types.hpp"

#include <algorithm>
#include <string>

#include <azoth/error.hpp>

namespace azoth::schema {

namespace {

bool has_type(const ColumnData& column) { return !column.type.is_null_type() || column.type.details != nullptr; }

} // namespace

void ForeignTypes::add(TableData& table) {
    const std::lock_guard lock{mutex_};
    tables_.push_back(&table);
    destroyed_.erase({table.schema, table.name});
}

void ForeignTypes::remove(const TableData& table) {
    const std::lock_guard lock{mutex_};
    std::erase(tables_, &table);
    std::erase_if(waiting_, [&](const Waiting& one) { return one.table == &table; });
}

void ForeignTypes::destroyed(const TableData& table) {
    const std::lock_guard lock{mutex_};
    if (std::erase(tables_, &table) > 0) destroyed_.emplace(table.schema, table.name);
    std::erase_if(waiting_, [&](const Waiting& one) { return one.table == &table; });
}

const TableData* ForeignTypes::target(const TableData& table, const ForeignKeyData& key) const {
    const auto& schema = target_schema(table, key);
    const auto found = std::ranges::find_if(
        tables_, [&](const TableData* other) { return other->name == key.target_table && other->schema == schema; });
    return found == tables_.end() ? nullptr : *found;
}

const ColumnData* ForeignTypes::target(const TableData& table, const ColumnData& column) const {
    for (const auto& key : table.foreign_keys) {
        const auto place = std::ranges::find(key.columns, column.name);
        if (place == key.columns.end()) continue;
        const auto position = static_cast<std::size_t>(place - key.columns.begin());
        if (position >= key.target_columns.size()) continue;
        if (const auto* other = target(table, key)) return other->find(key.target_columns[position]);
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

void ForeignTypes::check(const TableData& table, const ForeignKeyData& key) {
    const std::lock_guard lock{mutex_};
    const auto* other = target(table, key);
    if (other == nullptr && destroyed_.contains({target_schema(table, key), key.target_table})) return;
    const auto name = key.target_schema.empty() ? std::string{key.target_table} : key.target_schema + "." + key.target_table;
    for (std::size_t i = 0; i < key.target_columns.size(); ++i) {
        if (other == nullptr)
            throw NoReferencedTableError(
                "foreign key associated with column '" + table.name + "." + key.columns.at(i) + "' could not find table '" + name
                + "' with which to generate a foreign key to target column '" + key.target_columns[i] + "'");
        if (other->find(key.target_columns[i]) == nullptr
            && std::ranges::find(other->columns, key.target_columns[i], &ColumnData::key_name) == other->columns.end())
            throw NoReferencedColumnError(
                "could not initialize target column for foreign key '" + name + "." + key.target_columns[i] + "' on table '"
                + table.name + "': table '" + other->name + "' has no column named '" + key.target_columns[i] + "'");
    }
}

void check_references(const TableData& table, const ForeignKeyData& key) {
    if (key.by_name && table.foreign_types) table.foreign_types->check(table, key);
}

} // namespace azoth::schema
