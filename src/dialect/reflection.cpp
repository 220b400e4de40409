// SPDX-License-Identifier: MIT
// Reading the rows of the catalogue queries; their columns are documented at ReflectionQueries.
#include "dialect/reflection.hpp"

#include <algorithm>
#include <cstdint>

#include <azoth/sql/node.hpp>
#include <azoth/types/type_traits.hpp>

namespace azoth {

namespace {

/// One row, read from left to right.
class Row {
public:
    Row(const RowBuffer& rows, std::size_t number) noexcept : rows_(rows), number_(number) {}

    /// Empty for NULL.
    [[nodiscard]] std::string text() {
        const Field field = next();
        std::string value;
        if (!field.is_null()) wire::decode_string(field, value);
        return value;
    }
    /// Zero for NULL.
    [[nodiscard]] std::int64_t integer() {
        const Field field = next();
        return field.is_null() ? 0 : wire::decode_integer(field);
    }
    [[nodiscard]] bool flag() { return integer() != 0; }

private:
    [[nodiscard]] Field next() noexcept { return rows_.field(number_, column_++); }

    const RowBuffer& rows_;
    std::size_t number_;
    std::size_t column_ = 0;
};

} // namespace

schema::TableData* ReflectedSchema::find(std::string_view table_name) const {
    const auto found = by_name_.find(table_name);
    return found == by_name_.end() ? nullptr : found->second;
}

void ReflectedSchema::add_tables(const RowBuffer& rows) {
    for (std::size_t i = 0; i < rows.row_count(); ++i) {
        Row row{rows, i};
        auto table = std::make_shared<schema::TableData>(row.text(), schema_);
        by_name_.emplace(table->name, table.get());
        tables_.push_back(std::move(table));
    }
}

void ReflectedSchema::add_columns(const RowBuffer& rows) {
    for (std::size_t i = 0; i < rows.row_count(); ++i) {
        Row row{rows, i};
        auto* table = find(row.text());
        if (table == nullptr) continue;
        auto name = row.text();
        auto& column = table->add_column(std::move(name), dialect_.type_from_text(row.text()));
        column.nullable = row.flag();
        // The default's text is the database's own SQL: it goes back unchanged.
        if (auto text = row.text(); !text.empty())
            column.server_default = std::make_shared<sql::LiteralColumnNode>(std::move(text), column.type);
        if (row.flag()) column.autoincrement = schema::Autoincrement::on;
        column.comment = row.text();
    }
}

void ReflectedSchema::add_primary_keys(const RowBuffer& rows) {
    for (std::size_t i = 0; i < rows.row_count(); ++i) {
        Row row{rows, i};
        auto* table = find(row.text());
        if (table == nullptr) continue;
        table->primary_key_constraint.name = row.text();
        const auto column = std::ranges::find(table->columns, row.text(), &schema::ColumnData::name);
        if (column == table->columns.end()) continue;
        column->primary_key = true;
        column->nullable = false;
        // Whether a key generates itself is known here, not to be guessed from its type.
        if (column->autoincrement != schema::Autoincrement::on)
            column->autoincrement = schema::Autoincrement::off;
    }
}

// Constraints may have no name, so a constraint begins where the position is 1 again.
void ReflectedSchema::add_foreign_keys(const RowBuffer& rows) {
    for (std::size_t i = 0; i < rows.row_count(); ++i) {
        Row row{rows, i};
        auto* table = find(row.text());
        if (table == nullptr) continue;
        schema::ForeignKeyData key;
        key.name = row.text();
        key.columns.push_back(row.text());
        key.target_schema = row.text();
        key.target_table = row.text();
        key.target_columns.push_back(row.text());
        key.on_delete = row.text();
        key.on_update = row.text();
        if (row.integer() == 1 || table->foreign_keys.empty()) {
            table->foreign_keys.push_back(std::move(key));
            continue;
        }
        auto& open = table->foreign_keys.back();
        open.columns.push_back(std::move(key.columns.front()));
        open.target_columns.push_back(std::move(key.target_columns.front()));
    }
}

void ReflectedSchema::add_uniques(const RowBuffer& rows) {
    for (std::size_t i = 0; i < rows.row_count(); ++i) {
        Row row{rows, i};
        auto* table = find(row.text());
        if (table == nullptr) continue;
        auto name = row.text();
        auto column = row.text();
        if (row.integer() == 1 || table->uniques.empty()) table->uniques.push_back({std::move(name), {}});
        table->uniques.back().columns.push_back(std::move(column));
    }
}

} // namespace azoth
