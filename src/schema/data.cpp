// SPDX-License-Identifier: MIT
// Looking things up in a table's description.
#include <azoth/schema/data.hpp>

#include <algorithm>
#include <atomic>
#include <utility>

#include <azoth/error.hpp>

#include "schema/foreign_types.hpp"

namespace azoth::schema {

namespace {

std::uint64_t next_serial() {
    static std::atomic<std::uint64_t> serial{0};
    return ++serial;
}

} // namespace

TableData::TableData(QuotedName table_name, QuotedName schema_name)
    : name(std::move(table_name)), schema(std::move(schema_name)), serial(next_serial()) {
    if (name.empty()) throw ArgumentError("a table needs a name");
}

ColumnData& TableData::add_column(QuotedName column_name, Type type) {
    if (column_name.empty()) throw ArgumentError("table '" + name + "': a column needs a name");
    if (find(column_name) != nullptr)
        throw DuplicateColumnError(
            "table '" + full_name() + "' already has a column '" + column_name + "'; say replace_existing to replace it");
    ColumnData& column = columns.emplace_back();
    column.name = std::move(column_name);
    column.type = type;
    column.table = this;
    column.position = columns.size() - 1;
    return column;
}

ColumnData& TableData::replace_column(QuotedName column_name, Type type) {
    const auto* known = find(column_name);
    if (known == nullptr) return add_column(std::move(column_name), std::move(type));
    ColumnData& column = columns[known->position];
    std::erase_if(foreign_keys, [&](const ForeignKeyData& key) { return key.of_column && key.columns.front() == column_name; });
    ColumnData fresh;
    fresh.name = std::move(column_name);
    fresh.type = std::move(type);
    fresh.table = this;
    fresh.position = column.position;
    column = std::move(fresh);
    return column;
}

std::pair<ColumnData*, bool> TableData::declare_column(QuotedName column_name, Type type, Redeclare how) {
    switch (how) {
    case Redeclare::refuse: break;
    case Redeclare::extend_existing: return {&replace_column(std::move(column_name), std::move(type)), true};
    case Redeclare::keep_existing:
    case Redeclare::must_exist: {
        const auto* known = find(column_name);
        if (known == nullptr)
            throw InvalidRequestError(
                "table '" + full_name() + "' is kept as it is, and has no column '" + column_name
                + "'; say extend_existing to add it");
        return {&columns[known->position], false};
    }
    }
    return {&add_column(std::move(column_name), std::move(type)), true};
}

const ColumnData* TableData::sentinel() const noexcept {
    const auto found = std::ranges::find_if(columns, &ColumnData::insert_sentinel);
    return found == columns.end() ? nullptr : &*found;
}

const ColumnData* TableData::find(std::string_view column_name) const noexcept {
    const auto found = std::ranges::find(columns, column_name, &ColumnData::name);
    return found == columns.end() ? nullptr : &*found;
}

std::vector<const ColumnData*> TableData::primary_key() const {
    std::vector<const ColumnData*> key;
    for (const auto& column : columns)
        if (column.primary_key) key.push_back(&column);
    return key;
}

const ColumnData* TableData::autoincrement_column() const {
    const auto key = primary_key();
    for (const auto* column : key)
        if (column->autoincrement == Autoincrement::on) return column;
    if (key.size() != 1) return nullptr;
    const ColumnData* only = key.front();
    if (only->autoincrement == Autoincrement::off || !only->type.is_integer() || only->server_default || only->fetched || only->default_ || only->default_expression
        || is_foreign_key(only->name))
        return nullptr;
    return only;
}

void TableData::declared(ColumnData& column) {
    if (foreign_types) foreign_types->declared(*this, column);
}

std::string TableData::full_name() const { return schema.empty() ? std::string{name} : schema + "." + name; }

bool TableData::is_foreign_key(std::string_view column_name) const noexcept {
    return std::ranges::any_of(foreign_keys, [&](const ForeignKeyData& key) {
        return std::ranges::find(key.columns, column_name) != key.columns.end();
    });
}

DialectOptions::DialectOptions() noexcept = default;
DialectOptions::DialectOptions(const DialectOptions& other) = default;
DialectOptions::DialectOptions(DialectOptions&& other) noexcept = default;
DialectOptions& DialectOptions::operator=(const DialectOptions& other) = default;
DialectOptions& DialectOptions::operator=(DialectOptions&& other) noexcept = default;
DialectOptions::~DialectOptions() = default;

void DialectOption::set_in(DialectOptions& options) const { options.set(name, value); }

void DialectOptions::set(std::string name, OptionValue value) {
    const auto found = std::ranges::find(options_, name, &std::pair<std::string, OptionValue>::first);
    if (found != options_.end()) found->second = std::move(value);
    else options_.emplace_back(std::move(name), std::move(value));
}

const OptionValue* DialectOptions::find(std::string_view name) const noexcept {
    const auto found = std::ranges::find(options_, name, &std::pair<std::string, OptionValue>::first);
    return found == options_.end() ? nullptr : &found->second;
}

const Value* DefaultContext::find(std::string_view column) const noexcept {
    const auto found = std::ranges::find(parameters_, column, &std::pair<std::string, Value>::first);
    return found == parameters_.end() ? nullptr : &found->second;
}

const Value& DefaultContext::get(std::string_view column) const {
    if (const auto* value = find(column)) return *value;
    std::string message = "this row has no value for '" + std::string{column} + "' that is known here; it has";
    if (parameters_.empty()) message += " none";
    for (const auto& [name, value] : parameters_) message += " '" + name + "'";
    throw InvalidRequestError(message);
}

const QuotedName& target_schema(const TableData& table, const ForeignKeyData& key) noexcept {
    return key.target_schema.empty() ? table.metadata_schema : key.target_schema;
}

} // namespace azoth::schema
