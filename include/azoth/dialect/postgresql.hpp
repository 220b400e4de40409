// SPDX-License-Identifier: MIT
// The dialect of PostgreSQL, and what it writes SQL with: for dialects that are this one but for a few things.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <azoth/compiler/compiler.hpp>
#include <azoth/compiler/ddl_compiler.hpp>
#include <azoth/dialect/dialect.hpp>

namespace azoth {

/// Writes statements as PostgreSQL has them. Overridden as Compiler is.
class PostgreSQLCompiler : public Compiler {
public:
    PostgreSQLCompiler(const Dialect& dialect, const sql::BindList& binds);

protected:
    void render_divide(const sql::BinaryNode& node) override;
    void visit_binary(const sql::BinaryNode& node) override;
    void render_regexp(const sql::BinaryNode& node) override;
    void render_match(const sql::BinaryNode& node) override;
    void visit_next_value(const sql::NextValueNode& node) override;
    void visit_function(const sql::FunctionNode& node) override;
    std::string literal(const Param& value) const override;
    std::string literal_of(const Param& value, const Type& type) const override;
    std::string empty_set(const Type& type) const override;
    void visit_array(const sql::ArrayNode& node) override;
    void render_item(const sql::BinaryNode& node) override;
    void render_item_text(const sql::BinaryNode& node) override;
    void render_precolumns(const sql::SelectNode& select) override;
    void render_fetch(const sql::GenerativeSelectNode& select) override;
    void render_for_update(const sql::GenerativeSelectNode& select) override;
    void render_from_hint(std::size_t start, const std::string& hint) override;
    void render_update_from(const sql::DmlNode&, const std::vector<sql::NodePtr>& extra) override;
    void render_delete_tables(const sql::DmlNode& statement, const std::vector<sql::NodePtr>& extra) override;
    void render_upsert(const sql::DmlNode& insert, const sql::UpsertClause& upsert) override;

private:
    /// An interval that is kept as the distance from 1970-01-01.
    std::string moment_literal(const Interval& interval) const;
    std::string array_literal(const ArrayValue& array) const;
};

/// Writes PostgreSQL's DDL.
class PostgreSQLDdlCompiler : public DdlCompiler {
public:
    using DdlCompiler::DdlCompiler;
    bool needs_create_type(const Type& type) const override;
    std::string create_type(const Type& type) const override;
    std::string drop_type(const Type& type) const override;

protected:
    std::string column(const schema::TableData& table, const schema::ColumnData& column) const override;
    /// Before PostgreSQL 18 all are stored, and have to say so.
    std::string computed(const schema::ComputedData& computed) const override;
    std::string check(const schema::TableData& table, const schema::CheckData& check) const override;
    std::string foreign_key(const schema::TableData& table, const schema::ForeignKeyData& key) const override;
    std::string primary_key(const schema::TableData& table) const override;
    std::string unique(const schema::TableData& table, const schema::UniqueData& data) const override;
    std::string exclude(const schema::TableData&, const schema::ExcludeData& exclude) const override;
    /// SET NULL and SET DEFAULT may name columns.
    std::string on_delete(const schema::ForeignKeyData& key) const override;
    std::string table_options(const schema::TableData& table) const override;
    std::string create_index(
        const schema::TableData& table, const schema::IndexData& data, bool if_not_exists) const override;
    /// What an operator holds together stands in parentheses, unless it only says an order.
    std::vector<std::string> index_parts(const schema::TableData& table, const schema::IndexData& data) const override;
    std::string drop_index(const schema::TableData& table, const schema::IndexData& data, bool if_exists) const override;
    std::string create_sequence(const sql::DdlNode& node) const override;
    void add_comments(const schema::TableData& table, std::vector<std::string>& statements) const override;
    std::string constraint_comment(const sql::DdlNode& node, const std::optional<std::string>& comment) const override;
    std::size_t max_name_length() const override;
    bool knows_option(Owner owner, std::string_view name) const override;

private:
    std::string serial_type(const schema::ColumnData& column) const;
    std::string validity(const schema::ConstraintSettings& settings) const;
    std::string include(const schema::DialectOptions& options) const;
    std::string parameters(const schema::DialectOptions& options) const;
    /// NULLS NOT DISTINCT or its opposite, when either is said.
    std::string nulls_distinct(
        const schema::DialectOptions& options, std::string_view before, std::string_view after) const;
    schema::OptionPairs operator_classes(const schema::DialectOptions& options) const;
    std::string create_domain(const Type& type) const;
    std::string comment_on(
        const schema::TableData& table, const schema::ConstraintData& constraint, const std::optional<std::string>& comment) const;
};

/// PostgreSQL's dialect. A derived one overrides `name()` and what else it has otherwise, with compilers derived from these.
class PostgreSQLDialect : public Dialect {
public:
    explicit PostgreSQLDialect(std::optional<ServerVersion> server = std::nullopt);

    [[nodiscard]] std::string_view name() const noexcept override;
    [[nodiscard]] std::unique_ptr<Compiler> compiler(const sql::BindList& binds) const override;
    [[nodiscard]] std::string quote(std::string_view identifier) const override;
    [[nodiscard]] std::string type_text(const Type& type) const override;
    [[nodiscard]] Type type_from_text(std::string_view text) const override;
    [[nodiscard]] std::unique_ptr<DdlCompiler> ddl_compiler() const override;
    [[nodiscard]] std::string next_key(const schema::TableData& table, const schema::ColumnData& column) const override;
    [[nodiscard]] ReflectionQueries reflection(const ReflectionScope& scope) const override;
};

} // namespace azoth
