// SPDX-License-Identifier: MIT
// Statements, expressions and tables as text, for reading: `std::cout << select(users.id)`.
#pragma once

#include <concepts>
#include <iosfwd>
#include <memory>
#include <string>

#include <azoth/dialect/dialect.hpp>
#include <azoth/sql/operand.hpp>

namespace azoth {

/// Any part of a statement as SQL of no database in particular, parameters as `:name`, IN lists as `__[POSTCOMPILE_name]`. What
/// has no standard form is written as well as it can be.
[[nodiscard]] std::string to_string(const sql::NodePtr& element);
/// The same as one dialect writes it. @throws CompileError when it cannot.
[[nodiscard]] std::string to_string(const sql::NodePtr& element, const Dialect& dialect);

/// Whatever stands for a part of a statement: Select, Expr, Column, Table, an alias, a CTE.
template <class E>
concept SqlElement = requires(const E& element) {
    { element.node() } -> std::convertible_to<sql::NodePtr>;
};

template <SqlElement E>
[[nodiscard]] std::string to_string(const E& element) {
    return to_string(sql::NodePtr{element.node()});
}
template <SqlElement E>
[[nodiscard]] std::string to_string(const E& element, const std::shared_ptr<const Dialect>& dialect) {
    return to_string(sql::NodePtr{element.node()}, *dialect);
}
template <class Stream, SqlElement E>
    requires std::derived_from<Stream, std::ostream>
Stream& operator<<(Stream& out, const E& element) {
    out << to_string(element);
    return out;
}

} // namespace azoth
