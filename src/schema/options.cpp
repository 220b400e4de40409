// SPDX-License-Identifier: MIT
// Reading what a column declaration's options say.
#include <azoth/schema/options.hpp>

#include <vector>

#include <azoth/error.hpp>

namespace azoth::schema {

ForeignKeyData parse_foreign_key(std::string_view target) {
    std::vector<std::string> parts{""};
    for (const char c : target) {
        if (c == '.') parts.emplace_back();
        else parts.back() += c;
    }
    const bool all_named = [&] {
        for (const auto& part : parts)
            if (part.empty()) return false;
        return true;
    }();
    if (parts.size() < 2 || parts.size() > 3 || !all_named)
        throw ArgumentError(
            "foreign_key(\"" + std::string{target} + "\"): write \"table.column\" or \"schema.table.column\"");
    ForeignKeyData key;
    key.target_columns.push_back(std::move(parts.back()));
    key.target_table = std::move(parts[parts.size() - 2]);
    if (parts.size() == 3) key.target_schema = std::move(parts.front());
    key.by_name = true;
    return key;
}

ForeignKeyData key_to(const ColumnData& target) {
    ForeignKeyData key;
    key.target_schema = target.table->schema;
    key.target_table = target.table->name;
    key.target_columns = {target.name};
    return key;
}

void SentinelOption::apply(TableData& table, ColumnData& column) const {
    if (const auto* other = table.sentinel(); other != nullptr && other != &column)
        throw ArgumentError(
            "table '" + table.full_name() + "' has a sentinel column already, '" + other->name + "': a table may have one only");
    const auto refuse = [&](const std::string& why) {
        throw InvalidRequestError("column '" + column.name + "' cannot be a sentinel column: " + why);
    };
    if (generated) {
        if (column.type.is_null_type() && !column.type.details) column.type = Integer{};
        if (!column.type.is_integer()) refuse("the counter is an integer");
        column.nullable = true;
        column.omitted = true;
    } else if (column.identity && column.identity->options.increment.value_or(1) < 0) {
        refuse("its Identity has a negative increment");
    } else if (column.server_default || column.fetched || column.default_expression || column.computed) {
        refuse("its values are made by the database");
    } else if (!column.default_ && column.nullable) {
        refuse("it has no default of the program's; it needs at least not_null, for values that the program gives");
    }
    column.insert_sentinel = true;
}

void CheckOption::apply(TableData&, ColumnData& column) const { column.checks.push_back(check); }

void add_target(ForeignKeyData& key, const ColumnData& target) {
    auto next = key_to(target);
    next.target_columns.insert(next.target_columns.begin(), key.target_columns.begin(), key.target_columns.end());
    key = std::move(next);
}

void ForeignKeyOption::apply(TableData& table, ColumnData& column) const {
    ForeignKeyData own = key;
    own.columns = {column.name};
    own.of_column = true;
    if (column.type.is_null_type() && !column.type.details) column.type = type;
    table.foreign_keys.push_back(std::move(own));
}

} // namespace azoth::schema
