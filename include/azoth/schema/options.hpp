// SPDX-License-Identifier: MIT
// What may follow a column's name in its declaration: primary_key, unique, foreign_key(...), server_default(...).
#pragma once

#include <concepts>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <azoth/schema/data.hpp>
#include <azoth/types/type_traits.hpp>

namespace azoth {

namespace schema {

struct PrimaryKeyOption {
    void apply(TableData&, ColumnData& column) const {
        column.primary_key = true;
        column.nullable = false;
    }
};
struct UniqueOption {
    void apply(TableData&, ColumnData& column) const { column.unique = true; }
    void apply(IndexData& index) const { index.unique = true; }
};
struct IndexOption {
    void apply(TableData&, ColumnData& column) const { column.index = true; }
};
struct NullableOption {
    bool value;
    void apply(TableData&, ColumnData& column) const {
        column.nullable = value;
        column.nullable_given = true;
    }
};
struct AutoincrementOption {
    bool value;
    void apply(TableData&, ColumnData& column) const {
        column.autoincrement = value ? Autoincrement::on : Autoincrement::off;
    }
};
struct CommentOption {
    std::string text;
    void apply(TableData&, ColumnData& column) const { column.comment = text; }
    template <class Constraint>
    void apply(Constraint& constraint) const {
        constraint.settings.comment = text;
    }
};
struct QuoteOption {
    Quoting how;
    void apply(TableData&, ColumnData& column) const { column.name = QuotedName{std::string{column.name}, how}; }
};
struct SystemOption {
    void apply(TableData&, ColumnData& column) const { column.system = true; }
};
struct ServerDefaultOption {
    sql::NodePtr expression;
    void apply(TableData&, ColumnData& column) const { column.server_default = expression; }
};
/// What a trigger makes.
struct FetchedOption {
    bool on_update;
    void apply(TableData&, ColumnData& column) const { (on_update ? column.fetched_on_update : column.fetched) = true; }
};
/// In place of a column of that name.
struct ReplaceOption {
    void apply(TableData&, ColumnData&) const {}
};
struct SentinelOption {
    bool generated;
    /// @throws ArgumentError when the table has another already, InvalidRequestError for one that cannot do it.
    void apply(TableData& table, ColumnData& column) const;
};
struct KeyOption {
    std::string key;
    void apply(TableData&, ColumnData& column) const { column.key = key; }
};
struct DefaultOption {
    ValueMaker make;
    void apply(TableData&, ColumnData& column) const { column.default_ = make; }
};
struct DefaultExpressionOption {
    sql::NodePtr expression;
    void apply(TableData&, ColumnData& column) const { column.default_expression = expression; }
};
struct OnDelete {
    std::string action;
    void apply(ForeignKeyData& key) const { key.on_delete = action; }
};
struct OnUpdate {
    std::string action;
    void apply(ForeignKeyData& key) const { key.on_update = action; }
};
struct MatchOption {
    std::string match;
    void apply(ForeignKeyData& key) const { key.match = match; }
};
struct UseAlter {
    bool value;
    void apply(ForeignKeyData& key) const { key.use_alter = value; }
};
struct NameOption {
    std::string name;
    bool is_final;
    template <class Constraint>
    void apply(Constraint& constraint) const {
        constraint.name = name;
        constraint.settings.final_name = is_final;
    }
};
struct DeferrableOption {
    bool value;
    template <class Constraint>
    void apply(Constraint& constraint) const {
        constraint.settings.deferrable = value;
    }
};
struct InitiallyOption {
    std::string when;
    template <class Constraint>
    void apply(Constraint& constraint) const {
        constraint.settings.initially = when;
    }
};
struct DdlIfOption {
    std::vector<std::string> dialects;
    template <class Constraint>
    void apply(Constraint& constraint) const {
        constraint.settings.dialects = dialects;
    }
};
struct CheckOption {
    CheckData check;
    void apply(TableData& table, ColumnData& column) const;
};
struct ColumnOnUpdate {
    ValueMaker make;
    void apply(TableData&, ColumnData& column) const { column.on_update = make; }
};
struct ColumnOnUpdateExpression {
    sql::NodePtr expression;
    void apply(TableData&, ColumnData& column) const { column.on_update_expression = expression; }
};
struct ForeignKeyOption {
    ForeignKeyData key;
    Type type{}; ///< the target's, for a column that has none
    void apply(TableData& table, ColumnData& column) const;
};

/// A literal text for DDL's DEFAULT: `server_default("0")` writes DEFAULT '0', as SQLAlchemy.
[[nodiscard]] sql::NodePtr default_text(std::string text);
/// "table.column" or "schema.table.column". @throws ArgumentError.
[[nodiscard]] ForeignKeyData parse_foreign_key(std::string_view target);
[[nodiscard]] ForeignKeyData key_to(const ColumnData& target);
/// One more column that `key` refers to.
void add_target(ForeignKeyData& key, const ColumnData& target);

/// Something that may be given to a column.
template <class O>
concept ColumnOption = std::derived_from<O, Type>
    || requires(const O& option, TableData& table, ColumnData& column) { option.apply(table, column); };

template <ColumnOption O>
void apply_option(TableData& table, ColumnData& column, const O& option) {
    if constexpr (std::derived_from<O, Type>) {
        column.type = option;
        column.type_given = true;
    } else option.apply(table, column);
}

} // namespace schema

inline constexpr schema::PrimaryKeyOption primary_key{};
inline constexpr schema::UniqueOption unique{};
inline constexpr schema::IndexOption index{};
inline constexpr schema::NullableOption nullable{true};
inline constexpr schema::NullableOption not_null{false};

[[nodiscard]] inline schema::AutoincrementOption autoincrement(bool on) { return {on}; }
[[nodiscard]] inline schema::CommentOption comment(std::string text) { return {std::move(text)}; }
[[nodiscard]] inline schema::OnDelete ondelete(std::string action) { return {std::move(action)}; }
[[nodiscard]] inline schema::OnUpdate onupdate(std::string action) { return {std::move(action)}; }

/// The column's name is always put in quotes, or never. SQLAlchemy's Column(quote=…).
[[nodiscard]] inline schema::QuoteOption quote(bool on) { return {on ? Quoting::always : Quoting::never}; }

/// Made by the database, as PostgreSQL's xmin: it can be selected and is not part of CREATE TABLE.
inline constexpr schema::SystemOption system_column{};

/// The name of a constraint or an index; a naming convention with `%(constraint_name)s` makes another of it.
[[nodiscard]] inline schema::NameOption named(std::string name) { return {std::move(name), false}; }
/// The name as it shall be, whatever the naming convention says.
[[nodiscard]] inline schema::NameOption conv(std::string name) { return {std::move(name), true}; }
/// DEFERRABLE, or NOT DEFERRABLE.
[[nodiscard]] inline schema::DeferrableOption deferrable(bool value = true) { return {value}; }
/// INITIALLY "DEFERRED" or "IMMEDIATE".
[[nodiscard]] inline schema::InitiallyOption initially(std::string when) { return {std::move(when)}; }
[[nodiscard]] inline schema::MatchOption match(std::string kind) { return {std::move(kind)}; }
/// Added by ALTER TABLE after all tables are created, and dropped so before them.
[[nodiscard]] inline schema::UseAlter use_alter(bool value = true) { return {value}; }
/// A constraint or index that is created on these dialects only.
template <std::convertible_to<std::string>... Names>
[[nodiscard]] schema::DdlIfOption ddl_if(const Names&... dialects) {
    return {{std::string(dialects)...}};
}

/// A CHECK that is written with its column: SQL text, or an expression.
template <class... Options>
[[nodiscard]] schema::CheckOption check(std::string condition, const Options&... options) {
    schema::CheckOption option{schema::CheckData{{}, std::move(condition)}};
    (options.apply(option.check), ...);
    return option;
}
template <class Expression, class... Options>
    requires requires(const Expression& e) { e.node(); }
[[nodiscard]] schema::CheckOption check(const Expression& condition, const Options&... options) {
    schema::CheckOption option{schema::CheckData{{}, {}, condition.node()}};
    (options.apply(option.check), ...);
    return option;
}

/// A column that refers to another: `foreign_key("user_account.id", ondelete("CASCADE"))`. The table may come later.
template <class... Options>
[[nodiscard]] schema::ForeignKeyOption foreign_key(std::string_view target, const Options&... options) {
    schema::ForeignKeyOption option{schema::parse_foreign_key(target)};
    (options.apply(option.key), ...);
    return option;
}

/// A column that refers to one of a table that is there already; without a type of its own it takes that column's.
template <class Target, class... Options>
    requires requires(const Target& target) { target.column_node(); }
[[nodiscard]] schema::ForeignKeyOption foreign_key(const Target& target, const Options&... options) {
    schema::ForeignKeyOption option{schema::key_to(*target.column_node()->column)};
    option.type = target.column_node()->column->type;
    (options.apply(option.key), ...);
    return option;
}

/// The database fills the column in when a statement leaves it out.
template <class Expression>
    requires requires(const Expression& e) { e.node(); }
[[nodiscard]] schema::ServerDefaultOption server_default(const Expression& expression) {
    return {expression.node()};
}
[[nodiscard]] inline schema::ServerDefaultOption server_default(std::string text) {
    return {schema::default_text(std::move(text))};
}

/// A value that the database makes by means that DDL does not show: a trigger. It is fetched where values are.
struct FetchedValue {};
[[nodiscard]] inline schema::FetchedOption server_default(FetchedValue) { return {false}; }
/// The same whenever the row is updated.
[[nodiscard]] inline schema::FetchedOption server_onupdate(FetchedValue) { return {true}; }

/// The values of this column tell which row of a many-row INSERT came back: they are the program's own, unique, and come back as
/// they were sent. Give its default before it, or `not_null`.
inline constexpr schema::SentinelOption insert_sentinel{false};
/// The same of a column that is there for nothing else: a number in such an INSERT, and in no other statement.
inline constexpr schema::SentinelOption insert_sentinel_counter{true};
/// `table.append_column(…, replace_existing)`: in place of a column of that name.
inline constexpr schema::ReplaceOption replace_existing{};

/// The program fills the column in when a statement leaves it out: a constant, a function called once per row, or one that is
/// given the row's other values: `default_([](const az::DefaultContext& row) { … row.get("price") … })`.
template <class T>
    requires(!requires(const T& e) { e.node(); })
[[nodiscard]] schema::DefaultOption default_(T value_or_function) {
    if constexpr (std::invocable<T&, const schema::DefaultContext&>) {
        return {schema::ValueMaker{std::function<Value(const schema::DefaultContext&)>{
            [f = std::move(value_or_function)](const schema::DefaultContext& row) mutable {
                using R = std::remove_cvref_t<decltype(f(row))>;
                if constexpr (std::same_as<R, Value>) return f(row);
                else return TypeTraits<R>::value(f(row));
            }}}};
    } else if constexpr (std::invocable<T&>) {
        return {schema::ValueMaker{std::function<Value()>{[f = std::move(value_or_function)]() mutable {
            using R = std::remove_cvref_t<decltype(f())>;
            return TypeTraits<R>::value(f());
        }}}};
    } else if constexpr (std::convertible_to<T, std::string_view>) {
        return {schema::ValueMaker{
            std::function<Value()>{[v = TypeTraits<std::string>::value(std::string_view{value_or_function})] { return v; }}}};
    } else {
        return {schema::ValueMaker{std::function<Value()>{[v = TypeTraits<T>::value(value_or_function)] { return v; }}}};
    }
}

/// The same by SQL: `default_(func::now())`.
template <class Expression>
    requires requires(const Expression& e) { e.node(); }
[[nodiscard]] schema::DefaultExpressionOption default_(const Expression& expression) {
    return {expression.node()};
}

/// What the program fills in when an UPDATE of other columns leaves the column out: a constant, or a function as `default_()`
/// takes. (A foreign key takes `onupdate("CASCADE")`, an action of the database.)
template <class T>
    requires(!requires(const T& e) { e.node(); })
[[nodiscard]] schema::ColumnOnUpdate onupdate_value(T value_or_function) {
    return {default_(std::move(value_or_function)).make};
}
/// The same by SQL: `onupdate_value(func::now())`.
template <class Expression>
    requires requires(const Expression& e) { e.node(); }
[[nodiscard]] schema::ColumnOnUpdateExpression onupdate_value(const Expression& expression) {
    return {expression.node()};
}

/// How code calls a column that has another name in SQL: `t.c("name")` finds `Column{t, "acct_nm", key("name")}`.
[[nodiscard]] inline schema::KeyOption key(std::string name) { return {std::move(name)}; }

using schema::DefaultContext;

} // namespace azoth
