// SPDX-License-Identifier: MIT
// Filling in the tokens of a naming convention's templates.
#include <azoth/schema/naming.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>
#include <utility>

#include <azoth/error.hpp>
#include <azoth/schema/data.hpp>

namespace azoth {

NamingConvention::NamingConvention() : templates{{"ix", "ix_%(column_0_label)s"}} {}

NamingConvention& NamingConvention::token(std::string name, Token make) {
    tokens.insert_or_assign(std::move(name), std::move(make));
    return *this;
}

namespace schema {

namespace {

/// "schema_table_column".
std::string label_of(const TableData& table, const std::string& column) {
    std::string label = table.schema.empty() ? std::string{} : table.schema + "_";
    std::ranges::replace(label, '.', '_');
    return label + table.name + "_" + column;
}

/// A token about columns, taken apart: "referred_column_0_N_name".
struct ColumnToken {
    bool referred = false;
    std::size_t index = 0;
    bool all = false;           ///< N: every column
    std::string_view separator; ///< between them
    std::string_view attribute; ///< "name", "key", "label"
};

std::optional<ColumnToken> parse_column_token(std::string_view token) {
    ColumnToken parsed;
    const auto skip = [&token](std::string_view prefix) {
        if (!token.starts_with(prefix)) return false;
        token.remove_prefix(prefix.size());
        return true;
    };
    parsed.referred = skip("referred_");
    if (!skip("column_")) return std::nullopt;
    const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), parsed.index);
    if (error != std::errc{}) return std::nullopt;
    token.remove_prefix(static_cast<std::size_t>(end - token.data()));
    if (skip("_N_")) {
        parsed.all = true;
        parsed.separator = "_";
    } else if (skip("N_")) {
        parsed.all = true;
    } else if (!skip("_")) {
        return std::nullopt;
    }
    if (parsed.all && parsed.index != 0) return std::nullopt;
    parsed.attribute = token;
    const bool known = token == "name" || (!parsed.referred && (token == "key" || token == "label"));
    return known ? std::optional{parsed} : std::nullopt;
}

std::string column_text(const NameRequest& request, const ColumnToken& token) {
    std::vector<std::string> columns;
    if (!token.referred) columns = request.columns;
    else if (request.key != nullptr) columns.assign(request.key->target_columns.begin(), request.key->target_columns.end());
    const auto one = [&](const std::string& column) {
        return token.attribute == "label" ? label_of(*request.table, column) : column;
    };
    if (!token.all) return token.index < columns.size() ? one(columns[token.index]) : std::string{};
    std::string text;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (i > 0) text += token.separator;
        text += one(columns[i]);
    }
    return text;
}

std::string token_text(const NameRequest& request, const NamingConvention& convention, std::string_view token) {
    if (const auto own = convention.tokens.find(std::string{token}); own != convention.tokens.end())
        return own->second(*request.table);
    if (token == "table_name") return request.table->name;
    if (token == "constraint_name") {
        if (request.name.empty())
            throw InvalidRequestError(
                "the naming convention for '" + std::string{request.kind}
                + "' has %(constraint_name)s: a constraint of table '" + request.table->full_name() + "' needs a name"
            );
        return request.name;
    }
    if (token == "referred_table_name" && request.key != nullptr) return request.key->target_table;
    if (const auto column = parse_column_token(token)) return column_text(request, *column);
    throw ArgumentError("naming convention: unknown token %(" + std::string{token} + ")s");
}

std::string fill_in(const NameRequest& request, const NamingConvention& convention, std::string_view pattern) {
    std::string text;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i] != '%') {
            text += pattern[i];
            continue;
        }
        if (pattern.substr(i).starts_with("%%")) {
            text += '%';
            ++i;
            continue;
        }
        const auto close = pattern.find(")s", i);
        if (!pattern.substr(i).starts_with("%(") || close == std::string_view::npos)
            throw ArgumentError("naming convention '" + std::string{pattern} + "': write %(token)s, or %% for a percent sign");
        text += token_text(request, convention, pattern.substr(i + 2, close - i - 2));
        i = close + 1;
    }
    return text;
}

} // namespace

ConventionName convention_name(const NameRequest& request) {
    static const NamingConvention standard;
    if (request.is_final) return {request.name, true};
    const auto& convention = request.table->naming ? *request.table->naming : standard;
    const auto found = convention.templates.find(std::string{request.kind});
    if (found == convention.templates.end()) return {request.name, false};
    const auto& pattern = found->second;
    const bool applies = request.name.empty() || pattern.find("%(constraint_name)s") != std::string::npos;
    if (!applies) return {request.name, false};
    return {fill_in(request, convention, pattern), true};
}

} // namespace schema
} // namespace azoth
