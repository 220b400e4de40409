// SPDX-License-Identifier: MIT
// What a table is, as data: columns, keys and indexes, without SQL text. `Table` and `Column<T>` are handles over it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <azoth/sql/fwd.hpp>
#include <azoth/types/type.hpp>
#include <azoth/types/value.hpp>

namespace azoth::schema {

struct TableData;

/// A foreign key of one or more columns.
struct ForeignKeyData {
    std::string name; ///< empty: the database names it
    std::vector<std::string> columns;
    std::string target_schema;
    std::string target_table;
    std::vector<std::string> target_columns;
    std::string on_delete; ///< "CASCADE", "SET NULL", …; empty: nothing is written
    std::string on_update;
};

struct UniqueData {
    std::string name;
    std::vector<std::string> columns;
};

struct CheckData {
    std::string name;
    std::string condition; ///< SQL text
};

struct IndexData {
    std::string name;
    std::vector<std::string> columns;
    bool unique = false;
};

/// How a key column gets its value when a statement leaves it out.
enum class Autoincrement : std::uint8_t {
    automatic, ///< the only integer column of the primary key, without default or foreign key, generates itself
    on,
    off,
};

struct ColumnData {
    std::string name;
    Type type;
    bool nullable = true;
    bool primary_key = false;
    bool unique = false;
    bool index = false;
    Autoincrement autoincrement = Autoincrement::automatic;
    std::string comment;
    sql::NodePtr server_default;              ///< an expression or literal text for DDL's DEFAULT
    std::function<Value()> default_;          ///< what the program fills in when a statement leaves the column out
    std::function<Value()> on_update;         ///< the same for an UPDATE of other columns
    const TableData* table = nullptr;
    std::size_t position = 0;
};

/// One table. Built by `Table`'s and `Column`'s constructors or by reflection, constant afterwards.
struct TableData {
    explicit TableData(std::string table_name, std::string schema_name = {});
    TableData(const TableData&) = delete;
    TableData& operator=(const TableData&) = delete;

    std::string name;
    std::string schema;
    std::string comment;
    std::deque<ColumnData> columns; ///< a deque: addresses stay
    std::vector<ForeignKeyData> foreign_keys;
    std::vector<UniqueData> uniques;
    std::vector<CheckData> checks;
    std::vector<IndexData> indexes;
    std::string primary_key_name;
    std::uint64_t serial; ///< unique in the process, never used again: the table's identity in statement keys

    /// @throws ArgumentError when a column of that name exists.
    ColumnData& add_column(std::string column_name, Type type);
    [[nodiscard]] const ColumnData* find(std::string_view column_name) const noexcept;
    [[nodiscard]] std::vector<const ColumnData*> primary_key() const;
    /// The column whose value the database generates when it is left out; null when there is none.
    [[nodiscard]] const ColumnData* autoincrement_column() const;
    /// "schema.name", or the name alone.
    [[nodiscard]] std::string full_name() const;
    [[nodiscard]] bool is_foreign_key(std::string_view column_name) const noexcept;
};

/// The schema a foreign key's target is in: its own, or the referring table's.
[[nodiscard]] const std::string& target_schema(const TableData& table, const ForeignKeyData& key) noexcept;

} // namespace azoth::schema
