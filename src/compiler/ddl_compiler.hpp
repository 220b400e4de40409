// SPDX-License-Identifier: MIT
// The base DDL compiler: CREATE TABLE and what goes with it, overridden where a dialect differs.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <azoth/schema/data.hpp>
#include <azoth/sql/fwd.hpp>

namespace azoth {

class Dialect;

/// Renders the description of a table as the statements that make it. Holds no state between calls.
class DdlCompiler {
public:
    explicit DdlCompiler(const Dialect& dialect) noexcept : dialect_(dialect) {}
    virtual ~DdlCompiler() = default;
    DdlCompiler(const DdlCompiler&) = delete;
    DdlCompiler& operator=(const DdlCompiler&) = delete;

    /// CREATE TABLE, then CREATE INDEX for each index, then comments where they are statements of their own.
    /// @throws CompileError that names the column or constraint that cannot be written.
    [[nodiscard]] std::vector<std::string> create_table(const schema::TableData& table) const;
    [[nodiscard]] std::string drop_table(const schema::TableData& table) const;

protected:
    /// A column as CREATE TABLE lists it: name, type, default, NOT NULL.
    [[nodiscard]] virtual std::string
    column(const schema::TableData& table, const schema::ColumnData& column) const;
    [[nodiscard]] virtual std::string
    type(const schema::TableData& table, const schema::ColumnData& column) const;
    [[nodiscard]] virtual std::string
    create_index(const schema::TableData& table, const schema::IndexData& data) const;
    /// The table that a foreign key refers to, as REFERENCES names it.
    [[nodiscard]] virtual std::string
    referred_table(const schema::TableData& table, const schema::ForeignKeyData& key) const;
    /// False where a foreign key cannot be had and is left out.
    [[nodiscard]] virtual bool
    can_refer(const schema::TableData& table, const schema::ForeignKeyData& key) const;
    /// False where ON UPDATE cannot be had and is left out.
    [[nodiscard]] virtual bool has_on_update() const { return true; }
    /// What follows the closing parenthesis of CREATE TABLE.
    [[nodiscard]] virtual std::string table_options(const schema::TableData& table) const;
    virtual void add_comments(const schema::TableData& table, std::vector<std::string>& statements) const;
    /// Characters that a name of our own making may have; 0: as many as it likes.
    [[nodiscard]] virtual std::size_t max_name_length() const { return 0; }
    /// A string as a SQL literal, quotes included.
    [[nodiscard]] virtual std::string literal(std::string_view text) const;
    /// An expression with its values written out and its columns without their table's name.
    [[nodiscard]] virtual std::string expression(const sql::Node& node) const;

    // The pieces that dialects share.
    /// COMMENT ON TABLE and COMMENT ON COLUMN.
    void comment_on(const schema::TableData& table, std::vector<std::string>& statements) const;
    /// What follows the word DEFAULT. @pre column.server_default
    [[nodiscard]] std::string
    default_text(const schema::TableData& table, const schema::ColumnData& column) const;
    /// Whether a column's value is made by the database itself, as opposed to by a DEFAULT.
    /// @throws CompileError when that is asked of a column that holds no integers.
    [[nodiscard]] bool
    generates_itself(const schema::TableData& table, const schema::ColumnData& column) const;
    [[nodiscard]] std::string column_list(const std::vector<std::string>& names) const;
    [[nodiscard]] std::string index_name(const schema::TableData& table, const schema::IndexData& data) const;
    /// "CREATE INDEX name ON table (columns)" out of quoted names.
    [[nodiscard]] std::string create_index_text(
        const schema::IndexData& data, std::string_view quoted_name, std::string_view quoted_table) const;

    const Dialect& dialect_;

private:
    [[nodiscard]] std::string constraints(const schema::TableData& table) const;
    [[nodiscard]] std::string named(const std::string& constraint_name) const;
    [[nodiscard]] std::string primary_key(const schema::TableData& table) const;
    [[nodiscard]] std::string unique(const std::string& name, const std::vector<std::string>& columns) const;
    [[nodiscard]] std::string
    foreign_key(const schema::TableData& table, const schema::ForeignKeyData& key) const;
};

/// "column t.c", for messages.
[[nodiscard]] std::string describe_column(const schema::TableData& table, const schema::ColumnData& column);

/// Whether `text` is one word, one quoted string or one whole parenthesis: what every database takes after
/// DEFAULT as it is. MySQL and SQLite want anything else in parentheses.
[[nodiscard]] bool is_single_term(std::string_view text) noexcept;

} // namespace azoth
