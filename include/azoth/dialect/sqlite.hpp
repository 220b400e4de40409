// SPDX-License-Identifier: MIT
// The dialect of SQLite, and what it writes SQL with: for dialects that are this one but for a few things.
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

namespace azoth {

/// Writes statements as SQLite has them. Overridden as Compiler is.
class SQLiteCompiler : public PortableCompiler {
public:
    SQLiteCompiler(const Dialect& dialect, const sql::BindList& binds);

protected:
    void visit_binary(const sql::BinaryNode& node) override;
    void render_divide(const sql::BinaryNode& node) override;
    void render_extract(std::string_view field, const sql::Node& from) override;
    void visit_function(const sql::FunctionNode& node) override;
    void render_regexp_replace(const sql::BinaryNode&) override;
    void render_item(const sql::BinaryNode& node) override;
    std::string_view join_word(sql::JoinKind how) const override;
    /// No parentheses around a part of a set operation: it is selected from.
    std::string_view part_opening() const override;
    void render_returning(const sql::DmlNode& dml) override;
    void render_update_from(const sql::DmlNode&, const std::vector<sql::NodePtr>& extra) override;
    void render_upsert(const sql::DmlNode& insert, const sql::UpsertClause& upsert) override;
    std::string_view tuple_list_word() const override;
    void render_limit(const sql::GenerativeSelectNode& select) override;
    /// Times are text here, always with six digits of microseconds, so that they compare.
    std::string literal(const Param& value) const override;
    void render_for_update(const sql::GenerativeSelectNode&) override;
    bool qualifies_returning() const override;
    std::string empty_set(const Type&) const override;
    std::string empty_in_list(bool, std::size_t width) const override;

private:
    void constant(std::int64_t value);
};

/// Writes SQLite's DDL.
class SQLiteDdlCompiler : public DdlCompiler {
public:
    using DdlCompiler::DdlCompiler;
    bool supports_alter() const override;

protected:
    std::string column(const schema::TableData& table, const schema::ColumnData& column) const override;
    /// Only a key declared INTEGER, exactly that word, is the rowid and so generates itself. One whose type was given as
    /// BigInteger or SmallInteger is what was asked for, as in SQLAlchemy; but where std::int64_t says the type, that is
    /// SQLite's INTEGER of 64 bits.
    std::string type(const schema::TableData& table, const schema::ColumnData& column) const override;
    std::string primary_key(const schema::TableData& table) const override;
    std::string unique(const schema::TableData& table, const schema::UniqueData& data) const override;
    std::string check(const schema::TableData& table, const schema::CheckData& check) const override;
    std::string table_options(const schema::TableData& table) const override;
    /// An index lives in its table's schema, and says so before its own name.
    std::string create_index(
        const schema::TableData& table, const schema::IndexData& data, bool if_not_exists) const override;
    std::string create_view(const sql::DdlNode& node) const override;
    /// A foreign key stays within its schema, which is not written.
    bool can_refer(const schema::TableData& table, const schema::ForeignKeyData& key) const override;
    std::string referred_table(const schema::TableData&, const schema::ForeignKeyData& key) const override;
    bool knows_option(Owner owner, std::string_view name) const override;

private:
    /// AUTOINCREMENT is written only in the column, and its PRIMARY KEY with it.
    bool is_autoincrement(const schema::TableData& table, const schema::ColumnData& column) const;
    static std::string on_conflict(const std::string& clause);
};

/// SQLite's dialect. A derived one overrides `name()` and what else it has otherwise, with compilers derived from these.
class SQLiteDialect : public Dialect {
public:
    explicit SQLiteDialect(std::optional<ServerVersion> library = std::nullopt);

    [[nodiscard]] std::string_view name() const noexcept override;
    [[nodiscard]] std::unique_ptr<Compiler> compiler(const sql::BindList& binds) const override;
    [[nodiscard]] std::string quote(std::string_view identifier) const override;
    [[nodiscard]] std::string type_text(const Type& type) const override;
    [[nodiscard]] Type type_from_text(std::string_view text) const override;
    [[nodiscard]] std::unique_ptr<DdlCompiler> ddl_compiler() const override;
    [[nodiscard]] ReflectionQueries reflection(const ReflectionScope& scope) const override;
    void read_definition(ReflectedTable& table, std::string_view object, std::string_view sql) const override;
};

} // namespace azoth
