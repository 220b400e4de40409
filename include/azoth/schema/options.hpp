// SPDX-License-Identifier: MIT
// What may follow a column's name in its declaration: primary_key, unique, foreign_key(...), server_default(...).
#pragma once

#include <concepts>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

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
};
struct IndexOption {
    void apply(TableData&, ColumnData& column) const { column.index = true; }
};
struct NullableOption {
    bool value;
    void apply(TableData&, ColumnData& column) const { column.nullable = value; }
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
};
struct ServerDefaultOption {
    sql::NodePtr expression;
    void apply(TableData&, ColumnData& column) const { column.server_default = expression; }
};
struct DefaultOption {
    std::function<Value()> make;
    void apply(TableData&, ColumnData& column) const { column.default_ = make; }
};
struct OnDelete {
    std::string action;
    void apply(ForeignKeyData& key) const { key.on_delete = action; }
};
struct OnUpdate {
    std::string action;
    void apply(ForeignKeyData& key) const { key.on_update = action; }
};
struct ColumnOnUpdate {
    std::function<Value()> make;
    void apply(TableData&, ColumnData& column) const { column.on_update = make; }
};
struct ForeignKeyOption {
    ForeignKeyData key;
    void apply(TableData& table, ColumnData& column) const;
};

/// A literal text for DDL's DEFAULT: `server_default("0")` writes DEFAULT '0', as SQLAlchemy.
[[nodiscard]] sql::NodePtr default_text(std::string text);
/// "table.column" or "schema.table.column". @throws ArgumentError.
[[nodiscard]] ForeignKeyData parse_foreign_key(std::string_view target);

/// Something that may be given to a column.
template <class O>
concept ColumnOption = std::derived_from<O, Type>
    || requires(const O& option, TableData& table, ColumnData& column) { option.apply(table, column); };

template <ColumnOption O>
void apply_option(TableData& table, ColumnData& column, const O& option) {
    if constexpr (std::derived_from<O, Type>) column.type = option;
    else option.apply(table, column);
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

/// A column that refers to another: `foreign_key("user_account.id", ondelete("CASCADE"))`. The table may come later.
template <class... Options>
[[nodiscard]] schema::ForeignKeyOption foreign_key(std::string_view target, const Options&... options) {
    schema::ForeignKeyOption option{schema::parse_foreign_key(target)};
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

/// The program fills the column in when a statement leaves it out: a constant, or a function called once per row.
template <class T>
[[nodiscard]] schema::DefaultOption default_(T value_or_function) {
    if constexpr (std::invocable<T&>) {
        return {[f = std::move(value_or_function)]() mutable {
            using R = std::remove_cvref_t<decltype(f())>;
            return TypeTraits<R>::value(f());
        }};
    } else if constexpr (std::convertible_to<T, std::string_view>) {
        return {[v = TypeTraits<std::string>::value(std::string_view{value_or_function})] { return v; }};
    } else {
        return {[v = TypeTraits<T>::value(value_or_function)] { return v; }};
    }
}

/// What the program fills in when an UPDATE of a mapped object leaves the column out: a constant, or a function.
/// (A foreign key takes `onupdate("CASCADE")`, an action of the database.)
template <class T>
[[nodiscard]] schema::ColumnOnUpdate onupdate_value(T value_or_function) {
    return {default_(std::move(value_or_function)).make};
}

} // namespace azoth
