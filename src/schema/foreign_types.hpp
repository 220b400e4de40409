// SPDX-License-Identifier: MIT
// ForeignTypes: columns without a type of their own, until the column that they refer to is there.
#pragma once

#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <azoth/schema/data.hpp>

namespace azoth::schema {

/// One for a MetaData, shared by its tables. Tables tell it of their columns; it keeps no table alive.
class ForeignTypes {
public:
    void add(TableData& table);
    void remove(const TableData& table);
    /// The table is destroyed, with its MetaData: who still refers to it is not wrong. Last handles of tables may go on several
    /// threads.
    void destroyed(const TableData& table);
    void declared(TableData& table, ColumnData& column);
    /// @throws NoReferencedTableError, NoReferencedColumnError when what the key names is not there.
    void check(const TableData& table, const ForeignKeyData& key);

private:
    struct Waiting {
        TableData* table;
        ColumnData* column;
    };
    /// The table that a key refers to, if it is there.
    [[nodiscard]] const TableData* target(const TableData& table, const ForeignKeyData& key) const;
    /// The column that one refers to, if it is there.
    [[nodiscard]] const ColumnData* target(const TableData& table, const ColumnData& column) const;

    std::mutex mutex_;
    std::vector<TableData*> tables_;
    std::vector<Waiting> waiting_;
    std::set<std::pair<std::string, std::string>> destroyed_; ///< schemas and names
};

/// Whether what a foreign key names is in the table's MetaData. A key that was given as columns, and a table without a MetaData,
/// are taken at their word.
/// @throws NoReferencedTableError, NoReferencedColumnError
void check_references(const TableData& table, const ForeignKeyData& key);

} // namespace azoth::schema
