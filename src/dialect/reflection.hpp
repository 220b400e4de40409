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
#include <azoth/schema/reflected.hpp>
#include <azoth/types/field.hpp>

namespace azoth {

/// Takes the answers to the queries of `Dialect::reflection()`: tables first, then columns, then the rest, definitions last.
/// What belongs to a table that was not listed is passed over.
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
    void add_indexes(const RowBuffer& rows);
    void add_checks(const RowBuffer& rows);
    void add_excludes(const RowBuffer& rows);
    void add_column_enums(const RowBuffer& rows);
    void add_table_options(const RowBuffer& rows);
    void add_definitions(const RowBuffer& rows);

    /// The tables and views in the order in which they were listed.
    [[nodiscard]] std::vector<std::shared_ptr<ReflectedTable>> take() && { return std::move(tables_); }

private:
    [[nodiscard]] ReflectedTable* find(std::string_view table_name) const;
    /// What MySQL's catalogue calls CREATE_OPTIONS.
    void add_create_options(ReflectedTable& table, std::string_view text) const;
    /// The name of an option of this dialect.
    [[nodiscard]] std::string option(std::string_view name) const;

    const Dialect& dialect_;
    std::string schema_;
    std::vector<std::shared_ptr<ReflectedTable>> tables_;
    std::map<std::string, ReflectedTable*, std::less<>> by_name_;
};

/// The rows of `ReflectionQueries::enums`. One that has no members is there.
[[nodiscard]] std::map<std::string, std::vector<std::string>> read_enums(const RowBuffer& rows);
/// The rows of `ReflectionQueries::domains`.
[[nodiscard]] std::vector<ReflectedDomain> read_domains(const RowBuffer& rows, const Dialect& dialect);

} // namespace azoth
