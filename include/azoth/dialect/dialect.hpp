// SPDX-License-Identifier: MIT
// Dialect: what one database's SQL looks like and what it can do.
#pragma once

#include <cstddef>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <azoth/compiler/compiled.hpp>
#include <azoth/dialect/dialects.hpp>
#include <azoth/schema/data.hpp>
#include <azoth/sql/node.hpp>
#include <azoth/sql/statement.hpp>

namespace azoth {

class DdlCompiler;

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

/// A table's description to be read from the catalogue: SQL that the engine runs, in the shape that `Reflection` reads.
struct ReflectionQueries {
    /// One text parameter (`$1` or `?`): the schema; the connection's own when it is NULL.
    std::string tables;       ///< name
    std::string columns;      ///< table, column, type text, nullable 0/1, default text, autoincrement 0/1, comment
    std::string primary_keys; ///< table, constraint name, column, position
    std::string foreign_keys; ///< table, constraint, column, target schema, target table, target column, on delete, on update, position
    std::string uniques;      ///< table, constraint, column, position
    std::string sequences;    ///< name; empty: there are none
    std::string views;        ///< name; empty: they are not looked for
    std::string types;        ///< name, of what CREATE TYPE and CREATE DOMAIN make; empty: there are none

    ReflectionQueries() = default;
};

/// One database's SQL. Immutable and shared between threads.
class Dialect {
public:
    Dialect() = default;
    virtual ~Dialect();
    Dialect(const Dialect&) = delete;
    Dialect& operator=(const Dialect&) = delete;

    [[nodiscard]] virtual std::string_view name() const noexcept = 0;
    [[nodiscard]] virtual const Features& features() const noexcept = 0;

    /// Renders a SELECT, INSERT, UPDATE, DELETE or text().
    /// @throws CompileError when the dialect cannot express it.
    [[nodiscard]] virtual std::shared_ptr<const Compiled>
    compile(const sql::Node& statement, const sql::BindList& binds) const = 0;

    [[nodiscard]] virtual std::string quote(std::string_view identifier) const = 0;
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
    /// What writes this dialect's DDL; for Azoth's own use.
    [[nodiscard]] virtual std::unique_ptr<DdlCompiler> ddl_compiler() const;
    /// An expression with its values written out and its columns without their table's name, as DDL has them.
    [[nodiscard]] virtual std::string literal_expression(const sql::Node& expression) const;
    [[nodiscard]] virtual ReflectionQueries reflection() const = 0;
};

/// The statement as SQL text for any dialect, without a connection.
[[nodiscard]] CompiledStatement compile_node(const sql::Node& statement, const Dialect& dialect);

template <Statement S>
[[nodiscard]] CompiledStatement compile(const S& statement, const std::shared_ptr<const Dialect>& dialect) {
    return compile_node(*statement.node(), *dialect);
}

} // namespace azoth
