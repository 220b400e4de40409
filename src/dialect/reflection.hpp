// SPDX-License-Identifier: MIT
// ReflectedSchema: tables put together from the rows of a dialect's ReflectionQueries.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <azoth/dialect/dialect.hpp>
#include <azoth/schema/data.hpp>
#include <azoth/types/field.hpp>

namespace azoth {

/// Takes the answers to the queries of `Dialect::reflection()`, tables first, then columns, then the rest in
/// any order. What belongs to a table that was not listed (a view's columns) is passed over.
class ReflectedSchema {
public:
    /// @param schema  what the tables will say they are in; empty for the connection's own
    ReflectedSchema(const Dialect& dialect, std::string schema)
        : dialect_(dialect),
          schema_(std::move(schema)) {}

    void add_tables(const RowBuffer& rows);
    void add_columns(const RowBuffer& rows);
    void add_primary_keys(const RowBuffer& rows);
    void add_foreign_keys(const RowBuffer& rows);
    void add_uniques(const RowBuffer& rows);

    /// The tables in the order in which they were listed.
    [[nodiscard]] std::vector<std::shared_ptr<schema::TableData>> take() && { return std::move(tables_); }

private:
    [[nodiscard]] schema::TableData* find(std::string_view table_name) const;

    const Dialect& dialect_;
    std::string schema_;
    std::vector<std::shared_ptr<schema::TableData>> tables_;
    std::map<std::string, schema::TableData*, std::less<>> by_name_;
};

} // namespace azoth
