// SPDX-License-Identifier: MIT
// Quoting identifiers.
#include <azoth/compiler/quoting.hpp>

#include <algorithm>

#include <azoth/error.hpp>

namespace azoth {

namespace {

void check_identifier(std::string_view identifier) {
    if (identifier.empty()) throw CompileError("an identifier must not be empty");
    if (identifier.find('\0') != std::string_view::npos)
        throw CompileError("an identifier must not contain a NUL character");
}

} // namespace

std::string enclose(std::string_view identifier, char open, char close) {
    check_identifier(identifier);
    std::string quoted;
    quoted.reserve(identifier.size() + 2);
    quoted += open;
    for (const char c : identifier) {
        quoted += c;
        if (c == close) quoted += c;
    }
    quoted += close;
    return quoted;
}

std::string Dialect::quote_always(std::string_view identifier) const { return enclose(identifier, '"', '"'); }

std::string Dialect::quote_as_told(const QuotedName& name) const {
    switch (name.quoting()) {
    case Quoting::automatic: break;
    case Quoting::always: return quote_always(name);
    case Quoting::never: check_identifier(name); return name;
    }
    return quote(std::string_view{name});
}

std::string quote_identifier(std::string_view identifier, const QuotingRules& rules) {
    check_identifier(identifier);
    const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '$'; };
    const char first = identifier.front();
    const bool starts_plain =
        first != '$' && (first < '0' || first > '9') && (first != '_' || rules.starts_with_underscore);
    if (starts_plain && std::ranges::all_of(identifier, plain) && (rules.is_reserved == nullptr || !rules.is_reserved(identifier)))
        return std::string{identifier};
    return enclose(identifier, rules.open, rules.close);
}

std::string quote_table(const Dialect& dialect, const QuotedName& schema, const QuotedName& table) {
    if (schema.empty()) return dialect.quote(table);
    // A schema of which something is said is one name, whatever the database makes of dots.
    const auto prefix = schema.quoting() == Quoting::automatic ? dialect.quote_schema(schema) : dialect.quote(schema);
    return prefix + "." + dialect.quote(table);
}

void require(const Dialect& dialect, std::string_view what, const ServerVersion& since) {
    if (dialect.has(since)) return;
    throw CompileError(
        std::string{what} + " needs " + std::string{dialect.name()} + " " + to_string(since) + "; the server is "
        + to_string(*dialect.server_version_info()));
}

} // namespace azoth
