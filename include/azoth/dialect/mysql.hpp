// SPDX-License-Identifier: MIT
// The dialect of MySQL and of MariaDB, and what it writes SQL with: for dialects that are this one but for a few things.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <azoth/compiler/ddl_compiler.hpp>
#include <azoth/compiler/portable_compiler.hpp>
#include <azoth/dialect/dialect.hpp>
#include <azoth/dialect/dialects.hpp>

namespace azoth {

class MySQLDialect;

/// Writes statements as MySQL has them. Overridden as Compiler is.
class MySQLCompiler : public PortableCompiler {
public:
    MySQLCompiler(const MySQLDialect& dialect, const sql::BindList& binds);

protected:
    void visit_constant(const sql::ConstantNode& node) override;
    void visit_binary(const sql::BinaryNode& node) override;
    bool divides_integers() const override;
    std::string empty_set(const Type&) const override;
    void render_default_from(const sql::SelectNode& select) override;
    void render_extract(std::string_view field, const sql::Node& from) override;
    void render_match(const sql::BinaryNode& node) override;
    void visit_function(const sql::FunctionNode& node) override;
    /// CAST takes few types here, under names of its own; to the others the operand is not cast.
    void visit_cast(const sql::CastNode& node) override;
    std::string literal(const Param& value) const override;
    void visit_next_value(const sql::NextValueNode& node) override;
    void render_regexp(const sql::BinaryNode& node) override;
    void render_regexp_replace(const sql::BinaryNode& node) override;
    void render_item(const sql::BinaryNode& node) override;
    void render_for_update(const sql::GenerativeSelectNode& select) override;
    void render_from_hint(std::size_t, const std::string& hint) override;
    bool cte_follows_insert() const override;
    void render_update_tables(const sql::DmlNode& update, const std::vector<sql::NodePtr>& extra) override;
    void render_update_from(const sql::DmlNode&, const std::vector<sql::NodePtr>&) override;
    bool updates_many_tables() const override;
    void render_delete_tables(const sql::DmlNode& statement, const std::vector<sql::NodePtr>& extra) override;
    void render_dml_limit(const sql::DmlNode& statement) override;
    void render_upsert(const sql::DmlNode& insert, const sql::UpsertClause& upsert) override;
    void render_returning(const sql::DmlNode& dml) override;
    void render_excluded(const sql::ColumnNode& column) override;
    void render_limit(const sql::GenerativeSelectNode& select) override;
    std::string_view join_word(sql::JoinKind how) const override;

private:
    [[nodiscard]] std::string cast_target(const Type& type) const;
    void extract(const sql::BinaryNode& node);
    /// MariaDB takes a pattern's flags in the pattern.
    void pattern_with_flags(const sql::BinaryNode& node);
    void group_concat(const sql::FunctionNode& node);
    /// a || b || c is one concat().
    void concat_operand(const sql::Node& node);

    bool is_mariadb_;
    bool escapes_; ///< a backslash in a literal stands for what follows it
    std::string new_row_; ///< in ON DUPLICATE KEY UPDATE: the alias of the row that was to be inserted; empty: VALUES()
};

/// Writes MySQL's DDL.
class MySQLDdlCompiler : public DdlCompiler {
public:
    explicit MySQLDdlCompiler(const MySQLDialect& dialect) noexcept;

protected:
    std::string column(const schema::TableData& table, const schema::ColumnData& column) const override;
    std::string identity_options(const schema::IdentityOptions& options) const override;
    std::string primary_key(const schema::TableData& table) const override;
    std::string match(const schema::ForeignKeyData& key) const override;
    std::string drop_constraint(const sql::DdlNode& node) const override;
    /// Options in the order in which they were given, but a collation after its character set and partitions last.
    std::string table_options(const schema::TableData& table) const override;
    std::string create_index(
        const schema::TableData& table, const schema::IndexData& data, bool if_not_exists) const override;
    /// Expressions stand in parentheses of their own; what only says an order does not.
    std::vector<std::string> index_parts(const schema::TableData& table, const schema::IndexData& data) const override;
    std::string drop_index(const schema::TableData& table, const schema::IndexData& data, bool if_exists) const override;
    std::string table_comment(const schema::TableData& table, const std::optional<std::string>& comment) const override;
    /// The whole column is said again.
    std::string column_comment(
        const schema::TableData& table, const schema::ColumnData& changed, const std::optional<std::string>& comment) const override;
    std::size_t max_name_length() const override;
    std::size_t max_given_name_length() const override;
    std::string literal(std::string_view text) const override;
    bool knows_option(Owner owner, std::string_view name) const override;

private:
    bool is_timestamp(const Type& type) const;
    static bool is_functional(const sql::Node& node);
    /// MariaDB takes some of MySQL's options as its own.
    std::string shared_option(const schema::DialectOptions& options, std::string_view name) const;
    /// "(5)": how much of a value is indexed, said for the index or for some of its columns.
    std::string prefix_length(const schema::IndexData& data, std::size_t i, const std::string& part) const;

    bool is_mariadb_;
    bool escapes_; ///< a backslash in a literal stands for what follows it
};

/// MySQL's dialect. A derived one overrides `name()` and what else it has otherwise, with compilers derived from these.
class MySQLDialect : public Dialect {
public:
    explicit MySQLDialect(const MySQLFlavour& flavour);
    [[nodiscard]] const MySQLFlavour& flavour() const noexcept { return flavour_; }

    [[nodiscard]] std::string_view name() const noexcept override;
    [[nodiscard]] std::unique_ptr<Compiler> compiler(const sql::BindList& binds) const override;
    [[nodiscard]] std::string quote(std::string_view identifier) const override;
    [[nodiscard]] std::string quote_always(std::string_view identifier) const override;
    [[nodiscard]] std::string type_text(const Type& type) const override;
    [[nodiscard]] Type type_from_text(std::string_view text) const override;
    [[nodiscard]] std::unique_ptr<DdlCompiler> ddl_compiler() const override;
    [[nodiscard]] ReflectionQueries reflection(const ReflectionScope& scope) const override;
    void read_definition(ReflectedTable& table, std::string_view object, std::string_view sql) const override;

private:
    MySQLFlavour flavour_;
    bool is_mariadb_;
};

} // namespace azoth
