// SPDX-License-Identifier: MIT
// Dialect: what one database's SQL looks like and what it can do.
#pragma once

#include <concepts>
#include <cstddef>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <azoth/compiler/compiled.hpp>
#include <azoth/dialect/dialects.hpp>
#include <azoth/dialect/version.hpp>
#include <azoth/schema/data.hpp>
#include <azoth/sql/node.hpp>
#include <azoth/sql/statement.hpp>

namespace azoth {

class Compiler;
class DdlCompiler;
struct ReflectedTable;

/// What a database can do; asked instead of its name.
struct Features {
    bool insert_returning = true;
    bool update_returning = true;
    bool delete_returning = true;
    bool transactional_ddl = true;   ///< DDL can be rolled back
    bool last_insert_id = false;     ///< the driver reports the key that an INSERT generated
    /// From this many rows on, generated keys are fetched by last insert id although RETURNING exists.
    std::size_t last_insert_id_batch = std::numeric_limits<std::size_t>::max();
    bool schemas = true;             ///< tables can live in named schemas
    bool default_values = true;      ///< INSERT … DEFAULT VALUES; else () VALUES ()
    bool native_boolean = true;
    bool native_enum = false;        ///< an Enum is a type of its own, so that it needs no CHECK
    bool sequences = false;
    bool sequences_optional = false; ///< an optional sequence is not used: keys generate themselves
    bool identity_columns = false;   ///< GENERATED … AS IDENTITY
    std::size_t max_identifier_length = 9999; ///< invented names that are longer are cut
    /// INSERT … VALUES of several rows with RETURNING, and how its rows can be had in order.
    bool insert_many_values = false;
    ManyValues::Order many_values_order = ManyValues::Order::any; ///< `any`: in none
    std::size_t max_parameters = 32'700; ///< of one such INSERT

    Features() = default;
};

/// What is to be read from a catalogue.
struct ReflectionScope {
    std::string schema;     ///< empty: the connection's own
    bool one_table = false; ///< else all of the schema

    ReflectionScope() = default;
    explicit ReflectionScope(std::string schema_name, bool of_one_table = false)
        : schema(std::move(schema_name)), one_table(of_one_table) {}
};

/// Tables' descriptions to be read from the catalogue: SQL that the engine runs, in the shape that `ReflectedSchema` reads.
/// Empty: the database has no such thing.
struct ReflectionQueries {
    // Text parameters: the schema, NULL for the connection's own; then the table's name, when one is asked for.
    std::string tables;       ///< name, kind ("table", "foreign table", "view", "materialized view"), temporary 0/1, comment,
                              ///< why nothing more can be read of it
    /// table, column, type text, nullable 0/1, default text, autoincrement 0/1, comment, computed text, persisted 0/1,
    /// identity ("always", "default"), its start, increment, minimum, maximum, cache, cycle 0/1, its own sequence
    std::string columns;
    std::string primary_keys; ///< table, constraint name, column, position
    /// table, constraint, column, target schema (NULL: the table's own, empty: the connection's), target table, target
    /// column, on delete, on update, position, match, deferrable 0/1, initially, not valid 0/1,
    /// target schema without regard to the search path (NULL: the table's own)
    std::string foreign_keys;
    std::string uniques;      ///< table, constraint, column, position, index that it is, nulls not distinct 0/1
    /// table, index, column (NULL: an expression), position, unique 0/1, expression, its own constraint, included 0/1,
    /// descending 0/1, nulls ("first", "last" where that is not so anyway), then options: method, condition,
    /// operator class, storage parameters, nulls not distinct 0/1, prefix length, kind
    std::string indexes;
    std::string checks;        ///< table, constraint, condition, not valid 0/1
    std::string excludes;      ///< table, constraint, position, element, operator, method, condition, deferrable 0/1, initially
    std::string column_enums;  ///< table, column, array 0/1, type's name, its schema (NULL: the search path shows it), member
    std::string table_options; ///< table, option, value; options whose values are lists have several rows
    std::string partitions;    ///< the same
    std::string definitions;   ///< table, object, SQL text that made it: for `read_definition()`

    // Of a schema.
    std::string sequences;     ///< name
    std::string types;         ///< name, of what CREATE TYPE and CREATE DOMAIN make
    std::string enums;         ///< name, label, in order
    /// name, schema, visible 0/1, type text, nullable 0/1, default, collation, constraint, condition; a row for each constraint
    std::string domains;
    std::string table_oid;     ///< of the one table: its number, as text

    // Of a view: its schema and its name.
    std::string view_definition;

    // Of the database, without parameters.
    std::string schemas;        ///< name
    std::string default_schema; ///< one name

    /// Temporary tables are in no list: whether there is one shows when it is asked.
    bool hides_temporary_tables = false;
    bool has_comments = true;
    /// What is wrong with one object spoils a query about all of them, and the transaction goes on: then they are read one by one.
    bool objects_fail_alone = false;

    ReflectionQueries() = default;
};

/// One database's SQL. Immutable and shared between threads. One of a program's own derives from this, or from the dialect
/// that is nearest to it (azoth/dialect/postgresql.hpp, mysql.hpp, sqlite.hpp), and comes with a driver::Driver.
class Dialect {
public:
    Dialect() = default;
    /// @param server  which release of the database it writes for
    explicit Dialect(std::optional<ServerVersion> server) noexcept : server_(server) {}
    virtual ~Dialect();
    Dialect(const Dialect&) = delete;
    Dialect& operator=(const Dialect&) = delete;

    [[nodiscard]] virtual std::string_view name() const noexcept = 0;
    [[nodiscard]] const Features& features() const noexcept { return features_; }
    /// The release that it writes for: an engine's dialect is that of its server, from the first connection on. Nothing: the newest.
    [[nodiscard]] const std::optional<ServerVersion>& server_version_info() const noexcept { return server_; }
    /// What came with that release is there.
    [[nodiscard]] bool has(const ServerVersion& since) const noexcept { return !server_ || *server_ >= since; }

    /// Renders a SELECT, INSERT, UPDATE, DELETE or text().
    /// @throws CompileError when the dialect cannot express it.
    [[nodiscard]] std::shared_ptr<const Compiled> compile(const sql::Node& statement, const sql::BindList& binds) const;
    /// What renders one such statement, then is thrown away.
    [[nodiscard]] virtual std::unique_ptr<Compiler> compiler(const sql::BindList& binds) const = 0;

    /// As it is where the database takes it bare, else in quotes.
    /// @throws CompileError, as all that quote, when it is empty or holds a NUL character.
    [[nodiscard]] virtual std::string quote(std::string_view identifier) const = 0;
    [[nodiscard]] virtual std::string quote_always(std::string_view identifier) const;
    /// A name that may say itself whether it is quoted.
    template <std::same_as<QuotedName> Name>
    [[nodiscard]] std::string quote(const Name& name) const {
        return quote_as_told(name);
    }
    /// A schema's name, which on some databases is several names in one.
    [[nodiscard]] virtual std::string quote_schema(std::string_view schema) const { return quote(schema); }
    [[nodiscard]] virtual std::string type_text(const Type& type) const = 0;
    /// The type that text of the catalogue names; null_type when it is none that Azoth knows.
    /// @throws NoSuchModuleError, as `reflection()` does, when the dialect only writes SQL: no driver connects to it.
    [[nodiscard]] virtual Type type_from_text(std::string_view text) const = 0;

    /// CREATE TABLE and the indexes that go with it.
    /// @throws CompileError, e.g. for VARCHAR without a length where the database wants one.
    [[nodiscard]] virtual std::vector<std::string> create_table(const schema::TableData& table) const;
    [[nodiscard]] virtual std::string drop_table(const schema::TableData& table) const;
    /// What writes this dialect's DDL.
    [[nodiscard]] virtual std::unique_ptr<DdlCompiler> ddl_compiler() const;
    /// SQL for the next value of a column that generates itself, for use before the INSERT; empty where only the INSERT makes it.
    [[nodiscard]] virtual std::string next_key(const schema::TableData& table, const schema::ColumnData& column) const;
    /// A name as the catalogue has it, as programs write it: of a database that keeps names without quotes in upper case (Oracle),
    /// such a name in lower case; one that is in lower case there needs quotes, and says so.
    [[nodiscard]] virtual QuotedName normalize_name(std::string_view name) const { return QuotedName{name}; }
    /// The other way round.
    [[nodiscard]] virtual std::string denormalize_name(const QuotedName& name) const { return name; }
    /// An expression with its values written out and its columns without their table's name, as DDL has them.
    [[nodiscard]] std::string literal_expression(const sql::Node& expression) const;
    [[nodiscard]] virtual ReflectionQueries reflection(const ReflectionScope& scope) const = 0;
    /// Adds to a table what the text of one of its definitions says and no query does.
    virtual void read_definition(ReflectedTable&, std::string_view /*object*/, std::string_view /*sql*/) const {}

protected:
    Features features_; ///< set by constructors

private:
    [[nodiscard]] std::string quote_as_told(const QuotedName& name) const;

    std::optional<ServerVersion> server_;
};

/// How `compile()` writes a statement.
class CompileOptions {
public:
    CompileOptions() = default;

    /// Values stand in the text instead of parameters.
    [[nodiscard]] CompileOptions literal_binds(bool on = true) const {
        CompileOptions copy{*this};
        copy.literal_binds_ = on;
        return copy;
    }
    /// IN lists have a parameter for each member, as they are executed; else one `__[POSTCOMPILE_name]`.
    [[nodiscard]] CompileOptions render_postcompile(bool on = true) const {
        CompileOptions copy{*this};
        copy.render_postcompile_ = on;
        return copy;
    }
    /// Schemas that are written in place of others.
    [[nodiscard]] CompileOptions schema_translate_map(SchemaTranslateMap map) const {
        CompileOptions copy{*this};
        copy.schema_map_ = std::move(map);
        return copy;
    }

    [[nodiscard]] bool has_literal_binds() const noexcept { return literal_binds_; }
    [[nodiscard]] bool renders_postcompile() const noexcept { return render_postcompile_; }
    [[nodiscard]] const SchemaTranslateMap& schema_map() const noexcept { return schema_map_; }

private:
    bool literal_binds_ = false;
    bool render_postcompile_ = true;
    SchemaTranslateMap schema_map_;
};

/// The statement as SQL text for any dialect, without a connection.
[[nodiscard]] CompiledStatement compile_node(const sql::Node& statement, const Dialect& dialect);
[[nodiscard]] CompiledStatement
compile_node(const sql::Node& statement, const Dialect& dialect, const CompileOptions& options);

template <Statement S>
[[nodiscard]] CompiledStatement compile(const S& statement, const std::shared_ptr<const Dialect>& dialect) {
    return compile_node(*statement.node(), *dialect);
}
/// @throws CompileError for a value that has no literal, when literals are asked for.
template <Statement S>
[[nodiscard]] CompiledStatement
compile(const S& statement, const std::shared_ptr<const Dialect>& dialect, const CompileOptions& options) {
    return compile_node(*statement.node(), *dialect, options);
}

/// The same with schemas put into its text: their own without a map. What has none to put in is returned as it is.
[[nodiscard]] std::shared_ptr<const Compiled>
with_schemas(std::shared_ptr<const Compiled> compiled, const SchemaTranslateMap* map, const Dialect& dialect);

} // namespace azoth
