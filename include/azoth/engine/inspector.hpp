// SPDX-License-Identifier: MIT
// Inspector: what is in a database, as its catalogue says.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <azoth/engine/engine.hpp>
#include <azoth/schema/reflected.hpp>

namespace azoth {

/// What `get_multi_columns()` and its kin read. A builder, safe in a `co_await` expression.
class InspectOptions {
public:
    InspectOptions() = default;

    [[nodiscard]] InspectOptions schema(std::string name) const {
        InspectOptions copy{*this};
        copy.schema_ = std::move(name);
        return copy;
    }
    [[nodiscard]] InspectOptions filter_names(std::vector<std::string> names) const {
        InspectOptions copy{*this};
        copy.names_ = std::move(names);
        return copy;
    }
    [[nodiscard]] InspectOptions kind(ObjectKind value) const {
        InspectOptions copy{*this};
        copy.kind_ = value;
        return copy;
    }
    [[nodiscard]] InspectOptions scope(ObjectScope value) const {
        InspectOptions copy{*this};
        copy.scope_ = value;
        return copy;
    }

    /// Of `get_multi_foreign_keys()`: see `ReflectOptions::ignore_search_path()`.
    [[nodiscard]] InspectOptions ignore_search_path(bool on = true) const {
        InspectOptions copy{*this};
        copy.ignore_search_path_ = on;
        return copy;
    }

    [[nodiscard]] const std::string& schema_name() const noexcept { return schema_; }
    [[nodiscard]] bool ignores_search_path() const noexcept { return ignore_search_path_; }
    [[nodiscard]] const std::optional<std::vector<std::string>>& names() const noexcept { return names_; }
    [[nodiscard]] bool takes(const ReflectedTable& table) const noexcept;

private:
    std::string schema_;
    std::optional<std::vector<std::string>> names_;
    ObjectKind kind_ = ObjectKind::table;
    ObjectScope scope_ = ObjectScope::default_;
    bool ignore_search_path_ = false;
};

/// A table's schema, as it was asked for, and name.
using TableKey = std::pair<std::string, std::string>;
template <class T>
using MultiReflection = std::map<TableKey, T>;

/// A table and the names of its foreign keys that can be part of its CREATE TABLE when the tables come in that order.
struct SortedTableName {
    std::string table; ///< empty: the last entry, with the foreign keys that close a ring
    std::vector<std::pair<std::string, std::string>> foreign_keys; ///< table and constraint's name

    SortedTableName() = default;
};

/// Tells what tables, views, columns, constraints and indexes a database has. An empty `schema` is the connection's own. What
/// was read is remembered until `clear_cache()`: an Inspector does not see later changes.
///
///     az::Inspector inspector{engine};
///     for (const auto& name : co_await inspector.get_table_names()) …
///
/// For one strand at a time. Methods about one table throw NoSuchTableError when it is not there, and UnreflectableTableError
/// when the database cannot tell about it: a view of a table that is gone. Those about many leave such tables out.
class Inspector {
public:
    /// Takes a connection of the engine for each question.
    explicit Inspector(const Engine& engine);
    /// Asks on this connection, in its transaction. It has to outlive the Inspector.
    explicit Inspector(Connection& connection);

    [[nodiscard]] asio::awaitable<std::vector<std::string>> get_schema_names();
    [[nodiscard]] asio::awaitable<std::string> default_schema_name();
    [[nodiscard]] asio::awaitable<std::vector<std::string>> get_table_names(std::string schema = std::string());
    [[nodiscard]] asio::awaitable<std::vector<std::string>> get_view_names(std::string schema = std::string());
    [[nodiscard]] asio::awaitable<std::vector<std::string>> get_materialized_view_names(std::string schema = std::string());
    [[nodiscard]] asio::awaitable<std::vector<std::string>> get_foreign_table_names(std::string schema = std::string());
    /// @throws NotSupportedError where the database lists none (MySQL, MariaDB), as `get_temp_view_names()`.
    [[nodiscard]] asio::awaitable<std::vector<std::string>> get_temp_table_names();
    [[nodiscard]] asio::awaitable<std::vector<std::string>> get_temp_view_names();
    /// None where the database has no sequences.
    [[nodiscard]] asio::awaitable<std::vector<std::string>> get_sequence_names(std::string schema = std::string());
    /// PostgreSQL's: names and members of what CREATE TYPE … AS ENUM made.
    [[nodiscard]] asio::awaitable<std::map<std::string, std::vector<std::string>>> get_enums(std::string schema = std::string());

    /// PostgreSQL's: what CREATE DOMAIN made.
    [[nodiscard]] asio::awaitable<std::vector<ReflectedDomain>> get_domains(std::string schema = std::string());
    /// PostgreSQL's number of a table or view. @throws NotSupportedError where tables have none.
    [[nodiscard]] asio::awaitable<std::int64_t> get_table_oid(std::string table, std::string schema = std::string());

    /// Views and temporary tables count.
    [[nodiscard]] asio::awaitable<bool> has_table(std::string table, std::string schema = std::string());
    [[nodiscard]] asio::awaitable<bool> has_schema(std::string schema);
    [[nodiscard]] asio::awaitable<bool> has_sequence(std::string sequence, std::string schema = std::string());
    /// False when there is no such table.
    [[nodiscard]] asio::awaitable<bool> has_index(std::string table, std::string index_name, std::string schema = std::string());

    [[nodiscard]] asio::awaitable<std::vector<ReflectedColumn>> get_columns(std::string table, std::string schema = std::string());
    [[nodiscard]] asio::awaitable<ReflectedPrimaryKey> get_pk_constraint(std::string table, std::string schema = std::string());
    [[nodiscard]] asio::awaitable<std::vector<ReflectedForeignKey>>
    get_foreign_keys(std::string table, std::string schema = std::string());
    [[nodiscard]] asio::awaitable<std::vector<ReflectedUniqueConstraint>>
    get_unique_constraints(std::string table, std::string schema = std::string());
    [[nodiscard]] asio::awaitable<std::vector<ReflectedIndex>> get_indexes(std::string table, std::string schema = std::string());
    [[nodiscard]] asio::awaitable<std::vector<ReflectedCheckConstraint>>
    get_check_constraints(std::string table, std::string schema = std::string());
    /// Empty when it has none.
    /// @throws NotSupportedError where tables have no comments (SQLite).
    [[nodiscard]] asio::awaitable<std::string> get_table_comment(std::string table, std::string schema = std::string());
    [[nodiscard]] asio::awaitable<schema::DialectOptions>
    get_table_options(std::string table, std::string schema = std::string());
    /// The view's SELECT as the database keeps it; on SQLite its CREATE VIEW.
    [[nodiscard]] asio::awaitable<std::string> get_view_definition(std::string view, std::string schema = std::string());
    /// All of it.
    [[nodiscard]] asio::awaitable<ReflectedTable> get_table(std::string table, std::string schema = std::string());

    // For many tables at once: as many queries as for one.
    [[nodiscard]] asio::awaitable<MultiReflection<std::vector<ReflectedColumn>>>
    get_multi_columns(InspectOptions options = InspectOptions());
    [[nodiscard]] asio::awaitable<MultiReflection<ReflectedPrimaryKey>>
    get_multi_pk_constraint(InspectOptions options = InspectOptions());
    [[nodiscard]] asio::awaitable<MultiReflection<std::vector<ReflectedForeignKey>>>
    get_multi_foreign_keys(InspectOptions options = InspectOptions());
    [[nodiscard]] asio::awaitable<MultiReflection<std::vector<ReflectedUniqueConstraint>>>
    get_multi_unique_constraints(InspectOptions options = InspectOptions());
    [[nodiscard]] asio::awaitable<MultiReflection<std::vector<ReflectedIndex>>>
    get_multi_indexes(InspectOptions options = InspectOptions());
    [[nodiscard]] asio::awaitable<MultiReflection<std::vector<ReflectedCheckConstraint>>>
    get_multi_check_constraints(InspectOptions options = InspectOptions());
    [[nodiscard]] asio::awaitable<MultiReflection<std::string>>
    get_multi_table_comment(InspectOptions options = InspectOptions());
    [[nodiscard]] asio::awaitable<MultiReflection<schema::DialectOptions>>
    get_multi_table_options(InspectOptions options = InspectOptions());
    /// True for each name when it is there.
    [[nodiscard]] asio::awaitable<std::map<std::string, bool>>
    has_multi_table(std::vector<std::string> tables, std::string schema = std::string());

    /// Tables before those that refer to them, each with its foreign keys; then one entry without a table: the foreign keys
    /// that close a ring.
    [[nodiscard]] asio::awaitable<std::vector<SortedTableName>>
    get_sorted_table_and_fkc_names(std::string schema = std::string());

    /// What was read is forgotten.
    void clear_cache();

private:
    struct State;
    std::shared_ptr<State> state_;
};

/// What SQLAlchemy's `inspect(engine)` gives.
[[nodiscard]] inline Inspector inspect(const Engine& engine) { return Inspector{engine}; }
[[nodiscard]] inline Inspector inspect(Connection& connection) { return Inspector{connection}; }

} // namespace azoth
