// SPDX-License-Identifier: MIT
#include "dialect/next_key.hpp"

#include "dialect/postgresql.hpp"

namespace azoth {

namespace {

std::string in_quotes(const std::string& text) {
    std::string quoted = "'";
    for (const char c : text) quoted += c == '\'' ? std::string(2, c) : std::string(1, c);
    return quoted + "'";
}

} // namespace

std::string next_key(const Dialect& dialect, const schema::TableData& table, const schema::ColumnData& column) {
    if (dynamic_cast<const PostgreSQLDialect*>(&dialect) == nullptr) return {};
    const auto schema = table.schema.empty() ? std::string{} : dialect.quote_schema(table.schema) + ".";
    return "nextval(pg_get_serial_sequence(" + in_quotes(schema + dialect.quote(table.name)) + ", " + in_quotes(column.name) + "))";
}

} // namespace azoth
