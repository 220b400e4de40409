// SPDX-License-Identifier: MIT
// Functions that return rows, in FROM: table_valued(), column_valued().
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <azoth/sql/from.hpp>
#include <azoth/sql/values.hpp>

namespace azoth {

/// A function in FROM. Each call returns another one and leaves this as it was; columns are taken from the last.
class TableFunction : public FromClause {
public:
    explicit TableFunction(std::shared_ptr<const sql::TableFunctionNode> node) : FromClause(node), function_(std::move(node)) {}

    /// What it returns when that is one column, called as the function is: `select(f.column())`.
    template <class T = Value>
    [[nodiscard]] Expr<T> column() const {
        return Expr<T>{std::make_shared<sql::ColumnNode>(node(), std::string{}, detail::own_type<T>(), nullptr)};
    }
    [[nodiscard]] TableFunction alias(std::string name = {}) const;
    /// May refer to the FROM elements before it.
    [[nodiscard]] TableFunction lateral(std::string name = {}) const;
    /// The names of the columns follow the alias: `AS g(a, b)`; with their types for functions that return records.
    [[nodiscard]] TableFunction render_derived(std::string name = {}, bool with_types = false) const;
    /// WITH ORDINALITY: a last column that counts the rows.
    [[nodiscard]] TableFunction with_ordinality(std::string column_name) const;

private:
    [[nodiscard]] TableFunction
    with(std::string name, sql::TableFunctionNode::Options options, std::vector<sql::NamedColumn> columns) const;

    std::shared_ptr<const sql::TableFunctionNode> function_;
};

namespace detail {

[[nodiscard]] TableFunction make_table_function(sql::NodePtr call, std::vector<sql::NamedColumn> columns, std::string name);

inline sql::NamedColumn column_of_function(std::string name) { return {std::move(name), Type{}}; }
inline sql::NamedColumn column_of_function(const sql::NamedColumn& column) { return column; }

} // namespace detail

/// The rows of a function with these columns: `table_valued(func::call("json_each", items.attrs), "key", "value")`.
template <Expression F, class... C>
[[nodiscard]] TableFunction table_valued(const F& function, const C&... columns) {
    return detail::make_table_function(function.node(), {detail::column_of_function(columns)...}, {});
}
/// The rows of a function that returns one column.
template <Expression F>
[[nodiscard]] TableFunction function_alias(const F& function, std::string name = {}) {
    return detail::make_table_function(function.node(), {}, std::move(name));
}
/// The one column that a function returns, as an expression: its FROM element comes with it.
template <class T = Value, Expression F>
[[nodiscard]] Expr<T> column_valued(const F& function, std::string name = {}) {
    return function_alias(function, std::move(name)).template column<T>();
}

} // namespace azoth
