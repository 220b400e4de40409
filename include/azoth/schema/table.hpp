// SPDX-License-Identifier: MIT
// Table: a handle on one table's description, and the base of tables with typed columns.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <azoth/schema/data.hpp>
#include <azoth/sql/fwd.hpp>

namespace azoth {

class MetaData;
class Table;

using schema::DdlEvent;

inline constexpr auto extend_existing = schema::Redeclare::extend_existing;
inline constexpr auto keep_existing = schema::Redeclare::keep_existing;
inline constexpr auto must_exist = schema::Redeclare::must_exist;

namespace schema {
/// A column of `table` as an expression's node. @throws ArgumentError when there is none of that name.
[[nodiscard]] sql::NodePtr column_node(const Table& table, std::string_view name);
} // namespace schema

/// A table of a `MetaData`. Derive from it to give the columns types:
///
///     struct Users : az::Table {
///         az::Column<std::int64_t> id{*this, "id", az::primary_key};
///         explicit Users(az::MetaData& md) : az::Table{"user_account", md} {}
///     };
///
/// A cheap value: copies share the description, which lives as long as any copy or statement that mentions it.
/// Build all columns before the table is used; afterwards it is constant and may be shared between threads.
class Table {
public:
    /// @throws InvalidRequestError when `metadata` has a table of that name.
    Table(QuotedName name, MetaData& metadata, QuotedName schema = {});
    /// The same of a table that may be there already: `Table{"t", metadata, extend_existing}`.
    /// @throws InvalidRequestError when it has to be there and is not.
    Table(QuotedName name, MetaData& metadata, schema::Redeclare existing, QuotedName schema = {});
    /// A table whose description is already made (reflection, mappers).
    explicit Table(std::shared_ptr<schema::TableData> data);

    /// The name; for an alias the name of the table it stands for.
    [[nodiscard]] const std::string& name() const noexcept { return data_->name; }
    [[nodiscard]] const std::string& schema() const noexcept { return data_->schema; }
    [[nodiscard]] const schema::TableData& data() const noexcept { return *data_; }
    [[nodiscard]] const std::shared_ptr<schema::TableData>& shared_data() const noexcept { return data_; }
    /// The FROM element: the table itself, or the alias made of it.
    [[nodiscard]] const sql::NodePtr& node() const noexcept { return node_; }

    /// A column by name. @throws ArgumentError that lists the columns there are.
    [[nodiscard]] ColumnRef c(std::string_view column_name) const;
    [[nodiscard]] std::vector<ColumnRef> columns() const;

    /// A column that is only known at run time: `table.add_column("id", Integer{}, primary_key)`.
    /// @throws DuplicateColumnError when there is one of that name, unless `replace_existing` is among the options.
    template <class... Options>
    ColumnRef add_column(QuotedName column_name, const Type& type, const Options&... options);
    /// SQLAlchemy's name for the same.
    template <class... Options>
    ColumnRef append_column(QuotedName column_name, const Type& type, const Options&... options);
    /// `append_constraint(UniqueConstraint{"a", "b"})`: one that was made without a table. @return this
    template <class C>
    Table& append_constraint(const C& constraint) {
        constraint.attach_to(*this);
        return *this;
    }
    /// Whether RETURNING may be used for keys nobody asked for; not where triggers forbid it. The unit of work uses it all the same for
    /// a key that the database tells in no other way (PostgreSQL). @return this
    Table& implicit_returning(bool on) {
        data_->implicit_returning = on;
        return *this;
    }
    /// The primary key as a constraint: its name, its columns in the key's order.
    [[nodiscard]] schema::PrimaryKeyData primary_key_constraint() const;
    /// The table's comment. @return this
    Table& comment(std::string text);
    /// A word between CREATE and TABLE: "TEMPORARY", "UNLOGGED". @return this
    Table& prefix(std::string word);
    /// A setting of one dialect: `option(dialect_option("mysql_engine", "InnoDB"))`. @return this
    Table& option(const schema::DialectOption& option);

    /// Executes `statement`, a DDL(), when the table is created or dropped; `%(table)s` in it is this one. @return this
    template <class S>
        requires requires(const S& s) { s.node(); }
    Table& listen(schema::DdlEvent event, const S& statement) {
        data_->attached.push_back({event, statement.node()});
        return *this;
    }

    /// A table like this one, constraints and indexes included, in another MetaData. Foreign keys to tables of this one's schema
    /// refer to the new schema.
    /// @param schema  nothing: this table's own, or where that is its MetaData's, the other one's
    /// @throws ArgumentError when `metadata` has a table of that name.
    [[nodiscard]] Table
    to_metadata(MetaData& metadata, const std::optional<std::string>& schema = std::nullopt, const std::string& name = {}) const;

    friend bool operator==(const Table& a, const Table& b) noexcept { return a.node_ == b.node_; }

protected:
    template <class T>
    friend class Column;
    template <class T>
    friend T alias(const T& table, QuotedName name);

    /// For a table whose handles are elsewhere: this one does not keep what they own together.
    Table(std::shared_ptr<schema::TableData> data, sql::NodePtr node) noexcept
        : data_(std::move(data)), node_(std::move(node)) {}

    /// Points this handle and its typed columns at another FROM element of the same table.
    void rebind(sql::NodePtr node);

    std::shared_ptr<schema::TableData> data_;
    sql::NodePtr node_;
    schema::Redeclare existing_ = schema::Redeclare::refuse; ///< while its columns are declared
    std::vector<std::ptrdiff_t> column_offsets_; ///< where the typed columns lie, in bytes from this subobject
};

} // namespace azoth
