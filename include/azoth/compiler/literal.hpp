// SPDX-License-Identifier: MIT
// literal_sql(): a statement with its values written into the text, for scripts and logs.
#pragma once

#include <azoth/dialect/dialect.hpp>

#include <memory>
#include <string>

namespace azoth {

[[nodiscard]] std::string literal_sql_node(const sql::Node& statement, const Dialect& dialect);
[[nodiscard]] std::string
literal_sql_node(const sql::Node& statement, const Dialect& dialect, const SchemaTranslateMap* map);

/// The statement as text without parameters. Strings are quoted by the dialect's rules, but execute statements with
/// parameters: this is for offline SQL.
/// @throws CompileError for a value that has no literal (JSON, bytes) and for statements that take parameter rows.
template <Statement S>
[[nodiscard]] std::string literal_sql(const S& statement, const std::shared_ptr<const Dialect>& dialect) {
    return literal_sql_node(*statement.node(), *dialect);
}

} // namespace azoth
