// SPDX-License-Identifier: MIT
// The base DDL compiler: CREATE TABLE and what goes with it, overridden where a dialect differs.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include <azoth/schema/data.hpp>
#include <azoth/schema/translate.hpp>
#include <azoth/sql/ddl_node.hpp>
#include <azoth/sql/fwd.hpp>
#include <azoth/types/details.hpp>

namespace azoth {

class Dialect;

/// Renders the schema and what is done to it. Holds no state between calls.
class DdlCompiler {
public:
    using ForeignKeys = std::unordered_set<const schema::ForeignKeyData*>;

    explicit DdlCompiler(const Dialect& dialect) noexcept : dialect_(dialect) {}
    virtual ~DdlCompiler() = default;
    DdlCompiler(const DdlCompiler&) = delete;
    DdlCompiler& operator=(const DdlCompiler&) = delete;

    /// Schemas that are written in place of others; null: none. The map has to live as long.
    void translate(const SchemaTranslateMap* map) noexcept { schema_map_ = map; }
    [[nodiscard]] const SchemaTranslateMap* schema_map() const noexcept { return schema_map_; }

    /// Any DDL statement. @throws CompileError when the dialect cannot express it.
    [[nodiscard]] std::string statement(const sql::DdlNode& node) const;

    /// CREATE TABLE, then CREATE INDEX for each index, then comments where they are statements of their own.
    /// @param left_out  foreign keys that are added by ALTER TABLE later
    /// @throws CompileError that names the column or constraint that cannot be written.
    [[nodiscard]] std::vector<std::string>
    create_table(const schema::TableData& table, const ForeignKeys& left_out = {}) const;
    [[nodiscard]] std::string drop_table(const schema::TableData& table) const;

    /// Whether constraints can be added to a table that exists, and dropped.
    [[nodiscard]] virtual bool supports_alter() const { return true; }
    /// Whether a column's sequence is used, and so created with its table.
    [[nodiscard]] bool uses(const schema::SequenceData& sequence) const;
    /// An Enum or DOMAIN without a schema of its own is in MetaData's.
    [[nodiscard]] static Type in_schema(const Type& type, const std::string& schema);
    /// Whether CREATE TYPE has to make this type before a table can have it.
    [[nodiscard]] virtual bool needs_create_type(const Type& type) const;
    [[nodiscard]] virtual std::string create_type(const Type& type) const;
    [[nodiscard]] virtual std::string drop_type(const Type& type) const;

protected:
    /// What an option is said of.
    enum class Owner { of_table, of_column, of_index, of_primary_key, of_unique, of_check, of_foreign_key, of_view };

    // ---- tables and columns
    /// A column as CREATE TABLE lists it: name, type, default, NOT NULL; its own checks come after.
    [[nodiscard]] virtual std::string
    column(const schema::TableData& table, const schema::ColumnData& column) const;
    [[nodiscard]] virtual std::string
    type(const schema::TableData& table, const schema::ColumnData& column) const;
    [[nodiscard]] virtual std::string computed(const schema::ComputedData& computed) const;
    [[nodiscard]] virtual std::string identity(const schema::IdentityData& identity) const;
    [[nodiscard]] virtual std::string identity_options(const schema::IdentityOptions& options) const;
    /// What follows the closing parenthesis of CREATE TABLE.
    [[nodiscard]] virtual std::string table_options(const schema::TableData& table) const;
    virtual void add_comments(const schema::TableData& table, std::vector<std::string>& statements) const;

    // ---- constraints; empty: left out
    [[nodiscard]] virtual std::string primary_key(const schema::TableData& table) const;
    [[nodiscard]] virtual std::string
    unique(const schema::TableData& table, const schema::UniqueData& data) const;
    [[nodiscard]] virtual std::string check(const schema::TableData& table, const schema::CheckData& check) const;
    [[nodiscard]] virtual std::string
    foreign_key(const schema::TableData& table, const schema::ForeignKeyData& key) const;
    [[nodiscard]] virtual std::string
    exclude(const schema::TableData& table, const schema::ExcludeData& exclude) const;
    /// The table that a foreign key refers to, as REFERENCES names it.
    [[nodiscard]] virtual std::string
    referred_table(const schema::TableData& table, const schema::ForeignKeyData& key) const;
    /// False where a foreign key cannot be had and is left out.
    [[nodiscard]] virtual bool
    can_refer(const schema::TableData& table, const schema::ForeignKeyData& key) const;
    [[nodiscard]] virtual std::string on_delete(const schema::ForeignKeyData& key) const;
    [[nodiscard]] virtual std::string on_update(const schema::ForeignKeyData& key) const;
    [[nodiscard]] virtual std::string match(const schema::ForeignKeyData& key) const;
    [[nodiscard]] virtual std::string drop_constraint(const sql::DdlNode& node) const;

    // ---- indexes
    [[nodiscard]] virtual std::string
    create_index(const schema::TableData& table, const schema::IndexData& data, bool if_not_exists) const;
    [[nodiscard]] virtual std::string
    drop_index(const schema::TableData& table, const schema::IndexData& data, bool if_exists) const;

    // ---- everything else
    [[nodiscard]] virtual std::string create_sequence(const sql::DdlNode& node) const;
    [[nodiscard]] virtual std::string create_view(const sql::DdlNode& node) const;
    [[nodiscard]] virtual std::string create_table_as(const sql::DdlNode& node) const;
    /// "COMMENT ON TABLE t IS 'note'"; without a comment: drops it.
    [[nodiscard]] virtual std::string
    table_comment(const schema::TableData& table, const std::optional<std::string>& comment) const;
    [[nodiscard]] virtual std::string column_comment(
        const schema::TableData& table, const schema::ColumnData& column, const std::optional<std::string>& comment) const;
    [[nodiscard]] virtual std::string
    constraint_comment(const sql::DdlNode& node, const std::optional<std::string>& comment) const;

    // ---- how names and values are written
    /// Characters that the name of a constraint or an index may have; 0: as many as it likes.
    [[nodiscard]] virtual std::size_t max_name_length() const { return 0; }
    /// The same for a name that was given and so is not to be cut.
    [[nodiscard]] virtual std::size_t max_given_name_length() const { return max_name_length(); }
    /// A string as a SQL literal, quotes included.
    [[nodiscard]] virtual std::string literal(std::string_view text) const;
    /// An expression with its values written out and its columns without their table's name.
    [[nodiscard]] std::string expression(const sql::Node& node) const;
    /// Whether a Boolean may have a CHECK.
    [[nodiscard]] virtual bool checks_booleans() const;
    /// Whether `name`, without the dialect's own in front, can be said of such a thing.
    [[nodiscard]] virtual bool knows_option(Owner, std::string_view name) const;

    // ---- the pieces that dialects share
    /// What follows the word DEFAULT. @pre column.server_default
    [[nodiscard]] std::string
    default_text(const schema::TableData& table, const schema::ColumnData& column) const;
    /// Whether a column's value is made by the database itself, as opposed to by a DEFAULT.
    /// @throws CompileError when that is asked of a column that holds no integers.
    [[nodiscard]] bool
    generates_itself(const schema::TableData& table, const schema::ColumnData& column) const;
    [[nodiscard]] bool has_identity(const schema::ColumnData& column) const;
    /// With the quoting of the table's columns, if it is given.
    [[nodiscard]] std::string
    column_list(const std::vector<std::string>& names, const schema::TableData* table = nullptr) const;
    [[nodiscard]] std::string column_list(const std::vector<QuotedName>& names) const;
    [[nodiscard]] std::string column_name(const schema::TableData& table, const std::string& name) const;
    [[nodiscard]] std::string quoted(const schema::TableData& table) const;
    [[nodiscard]] std::string quoted(const schema::SequenceData& sequence) const;
    /// The columns of the primary key as they are written.
    [[nodiscard]] std::vector<std::string> primary_key_columns(const schema::TableData& table) const;
    [[nodiscard]] std::string unique_body(
        const schema::TableData& table, const schema::UniqueData& data, std::string_view behind_word = {}) const;
    [[nodiscard]] std::string deferrability(const schema::ConstraintSettings& settings) const;
    /// "CONSTRAINT name ", or nothing.
    [[nodiscard]] std::string named(const std::string& quoted_name) const;
    /// An index's name, quoted. @throws CompileError when it has none.
    [[nodiscard]] std::string index_name(const schema::TableData& table, const schema::IndexData& data) const;
    /// The parts of an index: columns and expressions, one by one. `group` puts an expression into parentheses where need be.
    [[nodiscard]] virtual std::vector<std::string> index_parts(const schema::TableData& table, const schema::IndexData& data) const;
    [[nodiscard]] static const sql::Node& without_label(const sql::Node& node);
    /// A constraint's or index's name, quoted, by the naming convention where it has none; empty: it has none.
    [[nodiscard]] std::string
    constraint_name(const schema::TableData& table, const schema::ConstraintData& constraint) const;
    [[nodiscard]] std::string finished_name(const schema::ConventionName& name) const;
    /// A constraint with its name in front, as ADD takes it; empty: the dialect leaves it out.
    [[nodiscard]] std::string
    constraint(const schema::TableData& table, const schema::ConstraintData& constraint) const;
    [[nodiscard]] bool is_for_this_dialect(const schema::ConstraintSettings& settings) const;
    /// An option of this dialect; null when it is not set.
    [[nodiscard]] const schema::OptionValue*
    option(const schema::DialectOptions& options, std::string_view name) const;
    [[nodiscard]] bool flag(const schema::DialectOptions& options, std::string_view name) const;
    /// The option as text, numbers included; empty when it is not set.
    [[nodiscard]] std::string text_option(const schema::DialectOptions& options, std::string_view name) const;
    [[nodiscard]] std::vector<std::string>
    list_option(const schema::DialectOptions& options, std::string_view name) const;
    /// The option as SQL text: an expression, or text as it is; empty when it is not set.
    [[nodiscard]] std::string sql_option(const schema::DialectOptions& options, std::string_view name) const;
    /// @throws ArgumentError for an option of this dialect that it does not know.
    void check_options(Owner owner, const schema::DialectOptions& options, std::string_view what) const;
    /// Words that the user gave, as they are. @throws CompileError unless they are one of `known`, in either case.
    [[nodiscard]] static std::string
    phrase(std::string_view clause, const std::string& words, std::span<const std::string_view> known);
    /// The same in upper case.
    [[nodiscard]] static std::string
    keyword(std::string_view clause, const std::string& word, std::span<const std::string_view> known);
    [[nodiscard]] std::string view_select(const sql::DdlNode& node, std::string_view kind, bool if_not_exists) const;

    [[nodiscard]] std::string qualified(const QuotedName& schema, const QuotedName& name) const;
    /// What stands for a schema.
    [[nodiscard]] QuotedName translated(const QuotedName& schema) const { return schema::translated(schema_map_, schema); }
    /// A type with what stands for its schema.
    [[nodiscard]] Type translated_type(const Type& type) const;

    const Dialect& dialect_;

private:
    const SchemaTranslateMap* schema_map_ = nullptr;

    [[nodiscard]] std::string
    create_table_text(const schema::TableData& table, bool if_not_exists, const ForeignKeys& left_out) const;
    [[nodiscard]] std::string constraints(const schema::TableData& table, const ForeignKeys& left_out) const;
    [[nodiscard]] std::string type_check(const schema::TableData& table, const schema::ColumnData& column) const;
    [[nodiscard]] std::string add_constraint(const sql::DdlNode& node) const;
    [[nodiscard]] std::string custom(const sql::DdlNode& node) const;
};

/// "column t.c", for messages.
[[nodiscard]] std::string describe_column(const schema::TableData& table, const schema::ColumnData& column);

/// Whether `text` is one word, one quoted string or one whole parenthesis: what every database takes after
/// DEFAULT as it is. MySQL and SQLite want anything else in parentheses.
[[nodiscard]] bool is_single_term(std::string_view text) noexcept;

/// Cuts a name that is too long and marks it with a hash of the whole, so that two long names stay two. The hash is
/// SQLAlchemy's, so that both find each other's constraints.
[[nodiscard]] std::string shorten_name(const std::string& name, std::size_t limit);

} // namespace azoth
