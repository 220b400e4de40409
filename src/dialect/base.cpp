// SPDX-License-Identifier: MIT
// Quoting identifiers.
#include "dialect/base.hpp"

#include <algorithm>

#include <azoth/error.hpp>

namespace azoth {

std::string quote_identifier(std::string_view identifier, const QuotingRules& rules) {
    if (identifier.empty()) throw CompileError("an identifier must not be empty");
    if (identifier.find('\0') != std::string_view::npos)
        throw CompileError("an identifier must not contain a NUL character");
    const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '$'; };
    const char first = identifier.front();
    const bool starts_plain =
        first != '$' && (first < '0' || first > '9') && (first != '_' || rules.starts_with_underscore);
    if (starts_plain && std::ranges::all_of(identifier, plain) && !rules.is_reserved(identifier))
        return std::string{identifier};
    std::string quoted;
    quoted.reserve(identifier.size() + 2);
    quoted += rules.open;
    for (const char c : identifier) {
        quoted += c;
        if (c == rules.close) quoted += c;
    }
    quoted += rules.close;
    return quoted;
}

std::string quote_table(const Dialect& dialect, std::string_view schema, std::string_view table) {
    if (schema.empty()) return dialect.quote(table);
    return dialect.quote_schema(schema) + "." + dialect.quote(table);
}

void throw_no_driver(std::string_view dialect_name) {
    throw NoSuchModuleError(
        "the dialect '" + std::string{dialect_name} + "' writes SQL only: Azoth has no driver that connects to it");
}

} // namespace azoth
