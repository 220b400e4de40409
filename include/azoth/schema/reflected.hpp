// SPDX-License-Identifier: MIT
// What a database's catalogue says of its tables, as the Inspector hands it out: plain data, in SQLAlchemy's words.
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <azoth/schema/data.hpp>

namespace azoth {

/// Kinds of what has columns.
enum class ObjectKind : std::uint8_t {
    table = 1, ///< foreign tables included
    view = 2,
    materialized_view = 4,
    any_view = 6,
    any = 7,
};

/// Whether objects of the session only are meant.
enum class ObjectScope : std::uint8_t { default_, temporary, any };

/// A column that the database computes.
struct ReflectedComputed {
    std::string sqltext;
    std::optional<bool> persisted; ///< stored, not computed when it is read

    ReflectedComputed() = default;
    friend bool operator==(const ReflectedComputed&, const ReflectedComputed&) = default;
};

struct ReflectedColumn {
    std::string name;
    std::string key; ///< how code calls it, for a listener to say; empty: as SQL does
    Type type; ///< null_type where the catalogue's word is none that Azoth knows: see `type_text`
    std::string type_text; ///< as the catalogue spells it
    bool nullable = true;
    std::optional<std::string> default_; ///< SQL
    bool autoincrement = false;          ///< the database makes the value when it is left out
    std::string sequence; ///< PostgreSQL's: the one that belongs to the column, and is dropped with it
    std::string comment;
    std::optional<ReflectedComputed> computed;
    std::optional<schema::IdentityData> identity;
    schema::DialectOptions dialect_options;

    ReflectedColumn() = default;
};

struct ReflectedPrimaryKey {
    std::string name; ///< empty: it has none
    std::vector<std::string> constrained_columns; ///< empty: the table has no primary key

    ReflectedPrimaryKey() = default;
};

struct ReflectedForeignKey {
    std::string name;
    std::vector<std::string> constrained_columns;
    std::string referred_schema; ///< empty: the connection's own
    std::string referred_table;
    std::vector<std::string> referred_columns;
    /// In place of `referred_schema` for who ignores the search path; empty: the connection's default schema.
    std::string schema_ignoring_search_path;
    // Options; empty where nothing was said, or what is so anyway.
    std::string ondelete;
    std::string onupdate;
    std::string match;
    std::optional<bool> deferrable;
    std::string initially;
    schema::DialectOptions dialect_options;

    ReflectedForeignKey() = default;
};

struct ReflectedUniqueConstraint {
    std::string name;
    std::vector<std::string> column_names;
    std::string duplicates_index; ///< the unique index that it is
    schema::DialectOptions dialect_options;

    ReflectedUniqueConstraint() = default;
};

struct ReflectedIndex {
    std::string name;
    std::vector<std::optional<std::string>> column_names; ///< nothing where an expression stands
    std::vector<std::string> expressions; ///< columns' names and expressions; empty when there are no expressions
    bool unique = false;
    std::string duplicates_constraint;    ///< the unique constraint that made it
    std::vector<std::string> include_columns;
    /// "desc", "nulls_first", "nulls_last", by column or expression: only what is not so anyway.
    std::map<std::string, std::vector<std::string>> column_sorting;
    schema::DialectOptions dialect_options;

    ReflectedIndex() = default;
};

struct ReflectedCheckConstraint {
    std::string name;
    std::string sqltext;
    schema::DialectOptions dialect_options;

    ReflectedCheckConstraint() = default;
};

/// PostgreSQL's EXCLUDE.
struct ReflectedExcludeConstraint {
    std::string name;
    std::vector<std::pair<std::string, std::string>> elements; ///< a column's name in SQL or an expression, and its operator
    std::string access_method;
    std::string where; ///< SQL; empty: of all rows
    std::optional<bool> deferrable;
    std::string initially;

    ReflectedExcludeConstraint() = default;
};

/// What CREATE DOMAIN has made.
struct ReflectedDomain {
    std::string name;
    std::string schema;
    bool visible = true; ///< by the search path
    Type type;
    std::string type_text;
    bool nullable = true;
    std::optional<std::string> default_; ///< SQL
    std::string collation;               ///< empty: the type's own
    std::vector<ReflectedCheckConstraint> constraints;

    ReflectedDomain() = default;
};

/// Everything about one table or view.
struct ReflectedTable {
    std::string name;
    std::string schema; ///< as it was asked for; empty: the connection's own
    ObjectKind kind = ObjectKind::table;
    bool foreign = false; ///< PostgreSQL's FOREIGN TABLE
    bool temporary = false;
    std::string comment;
    std::vector<ReflectedColumn> columns;
    ReflectedPrimaryKey pk_constraint;
    std::vector<ReflectedForeignKey> foreign_keys;
    std::vector<ReflectedUniqueConstraint> unique_constraints;
    std::vector<ReflectedIndex> indexes;
    std::vector<ReflectedCheckConstraint> check_constraints;
    std::vector<ReflectedExcludeConstraint> exclude_constraints;
    schema::DialectOptions table_options;
    std::string unreflectable; ///< why the database cannot tell what is in it: a view of a table that is gone. Empty: it can

    ReflectedTable() = default;
    /// @return null when there is none.
    [[nodiscard]] const ReflectedColumn* find(std::string_view column_name) const noexcept;
};

/// Told of each column before it becomes part of a `Table`; may change what is said of it.
using ColumnReflectListener = std::function<void(const ReflectedTable& table, ReflectedColumn& column)>;

/// What `MetaData::reflect()` and `reflect_table()` read. A builder, safe in a `co_await` expression.
class ReflectOptions {
public:
    ReflectOptions() = default;

    /// The schema to read; the connection's own unless said.
    [[nodiscard]] ReflectOptions schema(std::string name) const {
        ReflectOptions copy{*this};
        copy.schema_ = std::move(name);
        return copy;
    }
    /// Views too.
    [[nodiscard]] ReflectOptions views(bool on = true) const {
        ReflectOptions copy{*this};
        copy.views_ = on;
        return copy;
    }
    /// These tables only: `only("a", "b")`, or a vector of names. A name that is not there is an InvalidRequestError.
    template <std::convertible_to<std::string> First, std::convertible_to<std::string>... Rest>
    [[nodiscard]] ReflectOptions only(First first, Rest... rest) const {
        return only(std::vector<std::string>{std::string(std::move(first)), std::string(std::move(rest))...});
    }
    [[nodiscard]] ReflectOptions only(std::vector<std::string> names) const {
        ReflectOptions copy{*this};
        copy.names_ = std::move(names);
        return copy;
    }
    /// Tables whose name it says yes to.
    [[nodiscard]] ReflectOptions only(std::function<bool(const std::string& name)> rule) const {
        ReflectOptions copy{*this};
        copy.rule_ = std::move(rule);
        return copy;
    }
    /// Tables that the MetaData has already are completed: columns are added, and replaced unless
    /// `autoload_replace(false)`. Otherwise they are left as they are.
    [[nodiscard]] ReflectOptions extend_existing(bool on = true) const {
        ReflectOptions copy{*this};
        copy.extend_existing_ = on;
        return copy;
    }
    [[nodiscard]] ReflectOptions autoload_replace(bool on) const {
        ReflectOptions copy{*this};
        copy.autoload_replace_ = on;
        return copy;
    }
    /// Tables that foreign keys refer to are read as well, in whatever schema; on unless said.
    [[nodiscard]] ReflectOptions resolve_fks(bool on) const {
        ReflectOptions copy{*this};
        copy.resolve_fks_ = on;
        return copy;
    }
    /// PostgreSQL: foreign keys name the schema of what they refer to even where the search path shows it, unless that is the
    /// default schema.
    [[nodiscard]] ReflectOptions ignore_search_path(bool on = true) const {
        ReflectOptions copy{*this};
        copy.ignore_search_path_ = on;
        return copy;
    }
    /// Of `reflect_table()`: these columns, and what is built of them only; or all but these.
    [[nodiscard]] ReflectOptions include_columns(std::vector<std::string> names) const {
        ReflectOptions copy{*this};
        copy.include_columns_ = std::move(names);
        return copy;
    }
    [[nodiscard]] ReflectOptions exclude_columns(std::vector<std::string> names) const {
        ReflectOptions copy{*this};
        copy.exclude_columns_ = std::move(names);
        return copy;
    }

    [[nodiscard]] const std::string& schema_name() const noexcept { return schema_; }
    [[nodiscard]] bool with_views() const noexcept { return views_; }
    [[nodiscard]] const std::optional<std::vector<std::string>>& names() const noexcept { return names_; }
    [[nodiscard]] bool wants(const std::string& name) const { return !rule_ || rule_(name); }
    [[nodiscard]] bool extends() const noexcept { return extend_existing_; }
    [[nodiscard]] bool replaces() const noexcept { return autoload_replace_; }
    [[nodiscard]] bool resolves() const noexcept { return resolve_fks_; }
    [[nodiscard]] bool ignores_search_path() const noexcept { return ignore_search_path_; }
    [[nodiscard]] bool takes_column(std::string_view name) const noexcept;

private:
    std::string schema_;
    std::optional<std::vector<std::string>> names_;
    std::function<bool(const std::string&)> rule_;
    std::vector<std::string> include_columns_;
    std::vector<std::string> exclude_columns_;
    bool views_ = false;
    bool extend_existing_ = false;
    bool autoload_replace_ = true;
    bool resolve_fks_ = true;
    bool ignore_search_path_ = false;
};

namespace schema {

/// How a name is written where it has to be quoted; a dialect's.
using Quote = std::function<std::string(std::string_view name)>;

/// A table as the catalogue describes it, for a MetaData. What a constraint or an index has made of itself is there once, as
/// SQLAlchemy has it: a unique constraint's index as the constraint, MySQL's unique constraints as their index.
/// @param listeners  asked for each column
[[nodiscard]] std::shared_ptr<TableData> make_table(
    const ReflectedTable& reflected, const ReflectOptions& options, const Quote& quote,
    const std::vector<ColumnReflectListener>& listeners = {}
);
/// The same into a table that is there already: see `ReflectOptions::extend_existing()`.
void extend_table(
    TableData& table, const ReflectedTable& reflected, const ReflectOptions& options, const Quote& quote,
    const std::vector<ColumnReflectListener>& listeners
);

} // namespace schema
} // namespace azoth
