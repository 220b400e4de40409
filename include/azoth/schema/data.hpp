// SPDX-License-Identifier: MIT
// What a table is, as data: columns, keys and indexes, without SQL text. `Table` and `Column<T>` are handles over it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <azoth/schema/dialect_options.hpp>
#include <azoth/schema/naming.hpp>
#include <azoth/schema/quoted_name.hpp>
#include <azoth/sql/fwd.hpp>
#include <azoth/types/type.hpp>
#include <azoth/types/value.hpp>

namespace azoth::schema {

struct TableData;

/// What any constraint and index may be told.
struct ConstraintSettings {
    bool final_name = false;         ///< the name is as it shall be: no naming convention applies
    std::optional<bool> deferrable;  ///< DEFERRABLE, NOT DEFERRABLE
    std::string initially;           ///< "DEFERRED" or "IMMEDIATE"
    std::string comment;
    DialectOptions options;
    std::vector<std::string> dialects; ///< only there is it created; empty: everywhere
    std::uint32_t order = 0;           ///< among the table's constraints

    ConstraintSettings() = default;
};

/// A foreign key of one or more columns.
struct ForeignKeyData {
    std::string name; ///< empty: the naming convention or the database names it
    std::vector<std::string> columns;
    QuotedName target_schema;
    QuotedName target_table;
    std::vector<QuotedName> target_columns;
    std::string on_delete; ///< "CASCADE", "SET NULL", …; empty: nothing is written
    std::string on_update;
    std::string match{};     ///< "FULL", "PARTIAL", "SIMPLE"
    bool use_alter = false;  ///< added by ALTER TABLE when all tables are there
    bool of_column = false;  ///< given to its column, not to the table
    ConstraintSettings settings{};
    bool by_name = false;    ///< given as text: the MetaData has to know the table
};

struct UniqueData {
    std::string name;
    std::vector<std::string> columns;
    ConstraintSettings settings{};
};

struct CheckData {
    std::string name;
    std::string condition;    ///< SQL text
    sql::NodePtr expression{}; ///< in place of the text
    ConstraintSettings settings{};
};

struct IndexData {
    std::string name;
    std::vector<std::string> columns;
    bool unique = false;
    std::vector<sql::NodePtr> expressions{}; ///< in place of the columns
    ConstraintSettings settings{};
};

struct PrimaryKeyData {
    std::string name{};
    std::vector<std::string> columns{}; ///< in the key's order; empty: the table's
    ConstraintSettings settings{};
};

/// PostgreSQL's EXCLUDE: no two rows for which all the operators say yes.
struct ExcludeData {
    struct Element {
        sql::NodePtr expression;
        std::string op;
    };
    std::string name;
    std::vector<Element> elements;
    std::string access_method = "gist";
    sql::NodePtr where{};
    ConstraintSettings settings{};
};

/// Any constraint, for adding it to a table that exists or dropping it.
using ConstraintData = std::variant<PrimaryKeyData, UniqueData, CheckData, ForeignKeyData, ExcludeData>;

/// What sequences and identity columns share.
struct IdentityOptions {
    std::optional<std::int64_t> start;
    std::optional<std::int64_t> increment;
    std::optional<std::int64_t> minvalue;
    std::optional<std::int64_t> maxvalue;
    std::optional<std::int64_t> cache;
    std::optional<bool> cycle;
    std::optional<bool> order; ///< Oracle
    bool nominvalue = false;
    bool nomaxvalue = false;

    IdentityOptions() = default;
};

struct SequenceData {
    std::string name;
    std::string schema;
    Type data_type;
    bool optional = false; ///< not used where a key generates itself without
    IdentityOptions options;

    SequenceData() = default;
};

struct IdentityData {
    bool always = false;
    std::optional<bool> on_null; ///< Oracle
    IdentityOptions options;

    IdentityData() = default;
};

/// A column that the database computes from others.
struct ComputedData {
    std::string text;        ///< SQL
    sql::NodePtr expression; ///< in place of the text
    std::optional<bool> persisted;

    ComputedData() = default;
};

/// How a key column gets its value when a statement leaves it out.
enum class Autoincrement : std::uint8_t {
    automatic, ///< the only integer column of the primary key, without default or foreign key, generates itself
    on,
    off,
};

/// What a function that makes a default may know of its row: the values that the statement gives, and those of defaults made
/// before it, by column name.
class DefaultContext {
public:
    using Parameters = std::vector<std::pair<std::string, Value>>;

    explicit DefaultContext(const Parameters& parameters) noexcept : parameters_(parameters) {}
    /// Null when the row has no value for that column, or one that is made by SQL.
    [[nodiscard]] const Value* find(std::string_view column) const noexcept;
    /// @throws InvalidRequestError that lists what there is.
    [[nodiscard]] const Value& get(std::string_view column) const;
    [[nodiscard]] const Parameters& current_parameters() const noexcept { return parameters_; }

private:
    const Parameters& parameters_;
};

/// Makes the value of a column that a statement leaves out; empty: there is no such default.
class ValueMaker {
public:
    ValueMaker() = default;
    explicit ValueMaker(std::function<Value()> make) : make_(std::move(make)) {}
    explicit ValueMaker(std::function<Value(const DefaultContext&)> make) : make_in_row_(std::move(make)) {}

    explicit operator bool() const noexcept { return make_ || make_in_row_; }
    [[nodiscard]] bool reads_row() const noexcept { return static_cast<bool>(make_in_row_); }
    [[nodiscard]] Value operator()(const DefaultContext::Parameters& row = {}) const {
        return make_in_row_ ? make_in_row_(DefaultContext{row}) : make_();
    }

private:
    std::function<Value()> make_;
    std::function<Value(const DefaultContext&)> make_in_row_;
};

struct ColumnData {
    QuotedName name;
    std::string key; ///< how code calls it; empty: as SQL does
    Type type;
    bool type_given = false; ///< by an option, not by the C++ type
    bool nullable = true;
    bool nullable_given = false; ///< said by an option, not by the C++ type or by default
    bool primary_key = false;
    bool unique = false;
    bool index = false;
    Autoincrement autoincrement = Autoincrement::automatic;
    std::string comment;
    sql::NodePtr server_default;              ///< an expression or literal text for DDL's DEFAULT
    bool fetched = false;                     ///< the database fills it in, by means that DDL does not show: a trigger
    bool fetched_on_update = false;           ///< the same when the row is updated
    bool insert_sentinel = false;             ///< its values tell which row of a many-row INSERT came back
    bool omitted = false;                     ///< a sentinel made for nothing else: in no statement unless it is named
    ValueMaker default_;                      ///< what the program fills in when a statement leaves the column out
    sql::NodePtr default_expression{};        ///< the same, as SQL that is written into the INSERT
    ValueMaker on_update;                     ///< the same for an UPDATE of other columns
    sql::NodePtr on_update_expression{};      ///< the same, as SQL that is written into the UPDATE
    const TableData* table = nullptr;
    std::size_t position = 0;
    bool system = false; ///< made by the database: not part of CREATE TABLE
    std::shared_ptr<const SequenceData> sequence; ///< where its values come from
    std::shared_ptr<const IdentityData> identity;
    std::shared_ptr<const ComputedData> computed;
    std::vector<CheckData> checks; ///< written with the column
    DialectOptions options;

    [[nodiscard]] const std::string& key_name() const noexcept { return key.empty() ? name : key; }
};

/// What declaring a table that is there already means.
enum class Redeclare : std::uint8_t {
    refuse,
    extend_existing, ///< columns replace those of their names, others are added
    keep_existing,   ///< it stays as it is
    must_exist,      ///< the same, and there has to be one
};

/// When a statement that was attached to a table or a MetaData is executed.
enum class DdlEvent : std::uint8_t { before_create, after_create, before_drop, after_drop };

struct AttachedDdl {
    DdlEvent event;
    sql::NodePtr statement;
};

class ForeignTypes;

/// One table. Built by `Table`'s and `Column`'s constructors or by reflection, constant afterwards.
struct TableData {
    explicit TableData(QuotedName table_name, QuotedName schema_name = {});
    TableData(const TableData&) = delete;
    TableData& operator=(const TableData&) = delete;

    QuotedName name;
    QuotedName schema;
    std::string comment;
    std::deque<ColumnData> columns; ///< a deque: addresses stay
    std::vector<ForeignKeyData> foreign_keys;
    std::vector<UniqueData> uniques;
    std::vector<CheckData> checks;
    std::vector<IndexData> indexes;
    std::vector<ExcludeData> excludes;
    PrimaryKeyData primary_key_constraint;
    std::vector<std::string> prefixes; ///< between CREATE and TABLE: "TEMPORARY"
    DialectOptions options;
    std::shared_ptr<const NamingConvention> naming; ///< the MetaData's; null: SQLAlchemy's default
    std::vector<AttachedDdl> attached; ///< executed when the table is created or dropped
    QuotedName metadata_schema;        ///< where foreign keys look that name no schema
    bool implicit_returning = true;    ///< RETURNING may be used to fetch keys nobody asked for
    std::vector<std::string> warnings; ///< about how it was declared
    std::shared_ptr<ForeignTypes> foreign_types; ///< the MetaData's columns whose types are those of what they refer to
    std::uint64_t serial; ///< unique in the process, never used again: the table's identity in statement keys

    /// @throws DuplicateColumnError when a column of that name exists.
    ColumnData& add_column(QuotedName column_name, Type type);
    /// The same in place of one of that name, whose place it takes.
    ColumnData& replace_column(QuotedName column_name, Type type);
    /// To be called when a column is declared: as the table says what happens to one that is there already.
    /// @return the column, and whether its options are to be applied
    std::pair<ColumnData*, bool> declare_column(QuotedName column_name, Type type, Redeclare how);
    /// The column that tells which row of a many-row INSERT came back, where one was chosen; else null.
    [[nodiscard]] const ColumnData* sentinel() const noexcept;
    /// By its name in SQL.
    [[nodiscard]] const ColumnData* find(std::string_view column_name) const noexcept;
    /// To be called when a column has all its options: one without a type takes that of the column that it refers to, and
    /// those that waited for this one take its.
    void declared(ColumnData& column);
    [[nodiscard]] std::vector<const ColumnData*> primary_key() const;
    /// The column whose value the database generates when it is left out; null when there is none.
    [[nodiscard]] const ColumnData* autoincrement_column() const;
    /// "schema.name", or the name alone.
    [[nodiscard]] std::string full_name() const;
    [[nodiscard]] bool is_foreign_key(std::string_view column_name) const noexcept;
    /// The next place in the order of this table's constraints.
    [[nodiscard]] std::uint32_t next_constraint_order() noexcept { return ++constraint_count_; }

private:
    std::uint32_t constraint_count_ = 0;
};

/// The schema a foreign key's target is in: the one it names, or the MetaData's.
[[nodiscard]] const QuotedName& target_schema(const TableData& table, const ForeignKeyData& key) noexcept;

} // namespace azoth::schema
