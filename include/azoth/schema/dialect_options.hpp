// SPDX-License-Identifier: MIT
// Settings that only one dialect has: `dialect_option("postgresql_using", "gin")`, on tables, columns, indexes, constraints.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <azoth/sql/fwd.hpp>

namespace azoth {

namespace schema {

/// Names, or names with a value each; what stands for nothing is empty.
using OptionPairs = std::vector<std::pair<std::string, std::string>>;
using OptionValue = std::variant<bool, std::int64_t, std::string, std::vector<std::string>, OptionPairs, sql::NodePtr>;

/// By "<dialect>_<option>", in the order in which they were set.
class DialectOptions {
public:
    DialectOptions() noexcept;
    DialectOptions(const DialectOptions& other);
    DialectOptions(DialectOptions&& other) noexcept;
    DialectOptions& operator=(const DialectOptions& other);
    DialectOptions& operator=(DialectOptions&& other) noexcept;
    ~DialectOptions();

    /// Replaces a value set before.
    void set(std::string name, OptionValue value);
    /// @return null when it is not set.
    [[nodiscard]] const OptionValue* find(std::string_view name) const noexcept;
    [[nodiscard]] const std::vector<std::pair<std::string, OptionValue>>& all() const noexcept { return options_; }

private:
    std::vector<std::pair<std::string, OptionValue>> options_;
};

/// An option as it is given to a table, a column, an index or a constraint. A dialect that is asked to write one which it
/// does not know throws ArgumentError; those of other dialects it does not look at.
struct DialectOption {
    std::string name;
    OptionValue value;

    template <class Table, class Column>
    void apply(Table&, Column& column) const {
        set_in(column.options);
    }
    template <class Constraint>
    void apply(Constraint& constraint) const {
        set_in(constraint.settings.options);
    }

private:
    void set_in(DialectOptions& options) const;
};

} // namespace schema

[[nodiscard]] inline schema::DialectOption dialect_option(std::string name, bool value) { return {std::move(name), value}; }
[[nodiscard]] inline schema::DialectOption dialect_option(std::string name, int value) {
    return {std::move(name), std::int64_t{value}};
}
[[nodiscard]] inline schema::DialectOption dialect_option(std::string name, const char* value) {
    return {std::move(name), std::string{value}};
}
[[nodiscard]] inline schema::DialectOption dialect_option(std::string name, std::string value) {
    return {std::move(name), std::move(value)};
}
/// A list: `dialect_option("postgresql_include", std::vector<std::string>{"c"})`.
[[nodiscard]] inline schema::DialectOption dialect_option(std::string name, std::vector<std::string> values) {
    return {std::move(name), std::move(values)};
}
/// Names with values: `dialect_option("postgresql_with", schema::OptionPairs{{"fillfactor", "70"}})`.
[[nodiscard]] inline schema::DialectOption dialect_option(std::string name, schema::OptionPairs values) {
    return {std::move(name), std::move(values)};
}
/// An expression: `dialect_option("postgresql_where", t.a > 0)`.
template <class Expression>
    requires requires(const Expression& e) { e.node(); }
[[nodiscard]] schema::DialectOption dialect_option(std::string name, const Expression& expression) {
    return {std::move(name), schema::OptionValue{sql::NodePtr{expression.node()}}};
}

} // namespace azoth
