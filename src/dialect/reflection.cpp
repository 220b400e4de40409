// SPDX-License-Identifier: MIT
// Reading the rows of the catalogue queries; their columns are documented at ReflectionQueries.
#include "dialect/reflection.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include <azoth/sql/node.hpp>
#include <azoth/types/postgresql.hpp>
#include <azoth/types/type_traits.hpp>

namespace azoth {

namespace {

/// One row, read from left to right.
class Row {
public:
    Row(const RowBuffer& rows, std::size_t number) noexcept : rows_(rows), number_(number) {}

    /// Empty for NULL.
    [[nodiscard]] std::string text() {
        const Field field = next();
        std::string value;
        if (!field.is_null()) wire::decode_string(field, value);
        return value;
    }
    /// Zero for NULL.
    [[nodiscard]] std::int64_t integer() {
        const Field field = next();
        return field.is_null() ? 0 : wire::decode_integer(field);
    }
    [[nodiscard]] bool flag() { return integer() != 0; }
    /// Nothing for NULL.
    [[nodiscard]] std::optional<std::string> optional_text() {
        const Field field = next();
        if (field.is_null()) return std::nullopt;
        std::string value;
        wire::decode_string(field, value);
        return value;
    }
    [[nodiscard]] std::optional<std::int64_t> optional_integer() {
        const Field field = next();
        if (field.is_null()) return std::nullopt;
        return wire::decode_integer(field);
    }

private:
    /// What a dialect's query leaves out at its end is NULL.
    [[nodiscard]] Field next() noexcept {
        return column_ < rows_.column_count() ? rows_.field(number_, column_++) : Field{};
    }

    const RowBuffer& rows_;
    std::size_t number_;
    std::size_t column_ = 0;
};

} // namespace

ReflectedTable* ReflectedSchema::find(std::string_view table_name) const {
    const auto found = by_name_.find(table_name);
    return found == by_name_.end() ? nullptr : found->second;
}

std::string ReflectedSchema::option(std::string_view name) const {
    return std::string{dialect_.name()}.append("_").append(name);
}

void ReflectedSchema::add_tables(const RowBuffer& rows) {
    for (std::size_t i = 0; i < rows.row_count(); ++i) {
        Row row{rows, i};
        auto table = std::make_shared<ReflectedTable>();
        table->name = row.text();
        table->schema = schema_;
        const auto kind = row.text();
        if (kind == "view") table->kind = ObjectKind::view;
        if (kind == "materialized view") table->kind = ObjectKind::materialized_view;
        table->foreign = kind == "foreign table";
        table->temporary = row.flag();
        table->comment = row.text();
        table->unreflectable = row.text();
        by_name_.emplace(table->name, table.get());
        tables_.push_back(std::move(table));
    }
}

void ReflectedSchema::add_columns(const RowBuffer& rows) {
    for (std::size_t i = 0; i < rows.row_count(); ++i) {
        Row row{rows, i};
        auto* table = find(row.text());
        if (table == nullptr) continue;
        ReflectedColumn column;
        column.name = row.text();
        column.type_text = row.text();
        column.type = dialect_.type_from_text(column.type_text);
        column.nullable = row.flag();
        column.default_ = row.optional_text();
        column.autoincrement = row.flag();
        column.comment = row.text();
        auto computed = row.optional_text();
        const auto persisted = row.optional_integer();
        if (computed) {
            column.computed.emplace();
            column.computed->sqltext = std::move(*computed);
            if (persisted) column.computed->persisted = *persisted != 0;
        }
        if (const auto identity = row.optional_text()) {
            auto& data = column.identity.emplace();
            data.always = *identity == "always";
            data.options.start = row.optional_integer();
            data.options.increment = row.optional_integer();
            data.options.minvalue = row.optional_integer();
            data.options.maxvalue = row.optional_integer();
            data.options.cache = row.optional_integer();
            data.options.cycle = row.flag();
        } else {
            for (int skipped = 0; skipped < 6; ++skipped) static_cast<void>(row.text());
        }
        column.sequence = row.text();
        table->columns.push_back(std::move(column));
    }
}

void ReflectedSchema::add_primary_keys(const RowBuffer& rows) {
    for (std::size_t i = 0; i < rows.row_count(); ++i) {
        Row row{rows, i};
        auto* table = find(row.text());
        if (table == nullptr) continue;
        table->pk_constraint.name = row.text();
        table->pk_constraint.constrained_columns.push_back(row.text());
    }
}

// Constraints may have no name, so a constraint begins where the position is 1 again.
void ReflectedSchema::add_foreign_keys(const RowBuffer& rows) {
    for (std::size_t i = 0; i < rows.row_count(); ++i) {
        Row row{rows, i};
        auto* table = find(row.text());
        if (table == nullptr) continue;
        ReflectedForeignKey key;
        key.name = row.text();
        auto column = row.text();
        key.referred_schema = row.optional_text().value_or(schema_);
        key.referred_table = row.text();
        auto target = row.text();
        key.ondelete = row.text();
        key.onupdate = row.text();
        if (row.integer() != 1 && !table->foreign_keys.empty()) {
            table->foreign_keys.back().constrained_columns.push_back(std::move(column));
            table->foreign_keys.back().referred_columns.push_back(std::move(target));
            continue;
        }
        key.constrained_columns.push_back(std::move(column));
        key.referred_columns.push_back(std::move(target));
        key.match = row.text();
        if (const auto deferrable = row.optional_integer()) key.deferrable = *deferrable != 0;
        key.initially = row.text();
        if (row.flag()) key.dialect_options.set(option("not_valid"), true);
        key.schema_ignoring_search_path = row.optional_text().value_or(schema_);
        table->foreign_keys.push_back(std::move(key));
    }
}

void ReflectedSchema::add_uniques(const RowBuffer& rows) {
    for (std::size_t i = 0; i < rows.row_count(); ++i) {
        Row row{rows, i};
        auto* table = find(row.text());
        if (table == nullptr) continue;
        ReflectedUniqueConstraint constraint;
        constraint.name = row.text();
        auto column = row.text();
        if (row.integer() != 1 && !table->unique_constraints.empty()) {
            table->unique_constraints.back().column_names.push_back(std::move(column));
            continue;
        }
        constraint.column_names.push_back(std::move(column));
        constraint.duplicates_index = row.text();
        if (row.flag()) constraint.dialect_options.set(option("nulls_not_distinct"), true);
        table->unique_constraints.push_back(std::move(constraint));
    }
}

void ReflectedSchema::add_indexes(const RowBuffer& rows) {
    for (std::size_t i = 0; i < rows.row_count(); ++i) {
        Row row{rows, i};
        auto* table = find(row.text());
        if (table == nullptr) continue;
        auto name = row.text();
        auto column = row.optional_text();
        if (row.integer() == 1 || table->indexes.empty()) table->indexes.emplace_back().name = std::move(name);
        auto& entry = table->indexes.back();
        entry.unique = row.flag();
        auto expression = row.optional_text();
        entry.duplicates_constraint = row.text();
        const bool included = row.flag();
        const bool descending = row.flag();
        const auto nulls = row.text();
        // What is said of the whole index is said with each of its parts.
        if (const auto method = row.text(); !method.empty() && method != "btree") entry.dialect_options.set(option("using"), method);
        if (auto condition = row.text(); !condition.empty())
            entry.dialect_options.set(
                option("where"), std::make_shared<sql::LiteralColumnNode>(std::move(condition), Type{}));
        if (included) {
            if (column) entry.include_columns.push_back(std::move(*column));
            entry.dialect_options.set(option("include"), entry.include_columns);
            continue;
        }
        const std::string key = column ? *column : expression.value_or(std::string{});
        const auto add_pair = [&](std::string_view option_name, std::string value) {
            const auto full_name = option(option_name);
            const auto* known = entry.dialect_options.find(full_name);
            auto pairs = known == nullptr ? schema::OptionPairs{} : std::get<schema::OptionPairs>(*known);
            pairs.emplace_back(key, std::move(value));
            entry.dialect_options.set(full_name, std::move(pairs));
        };
        if (auto operator_class = row.text(); !operator_class.empty()) add_pair("ops", std::move(operator_class));
        if (auto parameters = row.text(); !parameters.empty())
            entry.dialect_options.set(option("with"), std::vector<std::string>{std::move(parameters)});
        if (row.flag()) entry.dialect_options.set(option("nulls_not_distinct"), true);
        if (const auto length = row.optional_integer()) add_pair("length", std::to_string(*length));
        if (auto prefix = row.text(); !prefix.empty()) entry.dialect_options.set(option("prefix"), std::move(prefix));

        std::vector<std::string> sorting;
        if (descending) sorting.emplace_back("desc");
        if (!nulls.empty()) sorting.push_back("nulls_" + nulls);
        if (!sorting.empty()) entry.column_sorting.emplace(key, std::move(sorting));
        // Where one part is an expression all of them are listed as such.
        if (!column && entry.expressions.empty())
            for (const auto& earlier : entry.column_names) entry.expressions.push_back(*earlier);
        if (!column || !entry.expressions.empty()) entry.expressions.push_back(key);
        entry.column_names.push_back(std::move(column));
    }
}

void ReflectedSchema::add_checks(const RowBuffer& rows) {
    for (std::size_t i = 0; i < rows.row_count(); ++i) {
        Row row{rows, i};
        auto* table = find(row.text());
        if (table == nullptr) continue;
        ReflectedCheckConstraint check;
        check.name = row.text();
        check.sqltext = row.text();
        if (row.flag()) check.dialect_options.set(option("not_valid"), true);
        table->check_constraints.push_back(std::move(check));
    }
}

void ReflectedSchema::add_excludes(const RowBuffer& rows) {
    for (std::size_t i = 0; i < rows.row_count(); ++i) {
        Row row{rows, i};
        auto* table = find(row.text());
        if (table == nullptr) continue;
        auto name = row.text();
        if (row.integer() == 1 || table->exclude_constraints.empty())
            table->exclude_constraints.emplace_back().name = std::move(name);
        auto& constraint = table->exclude_constraints.back();
        auto element = row.text();
        constraint.elements.emplace_back(std::move(element), row.text());
        constraint.access_method = row.text();
        constraint.where = row.text();
        if (const auto deferrable = row.optional_integer()) constraint.deferrable = *deferrable != 0;
        constraint.initially = row.text();
    }
}

void ReflectedSchema::add_column_enums(const RowBuffer& rows) {
    struct Found {
        ReflectedColumn* column;
        bool is_array;
        std::string name;
        std::string schema;
        std::vector<std::string> members;
    };
    std::vector<Found> all;
    for (std::size_t i = 0; i < rows.row_count(); ++i) {
        Row row{rows, i};
        auto* table = find(row.text());
        if (table == nullptr) continue;
        const auto column = std::ranges::find(table->columns, row.text(), &ReflectedColumn::name);
        if (column == table->columns.end()) continue;
        if (all.empty() || all.back().column != &*column) {
            auto& found = all.emplace_back();
            found.column = &*column;
            found.is_array = row.flag();
            found.name = row.text();
            found.schema = row.text();
        } else {
            for (int skipped = 0; skipped < 3; ++skipped) static_cast<void>(row.text());
        }
        if (auto member = row.optional_text()) all.back().members.push_back(std::move(*member));
    }
    for (auto& found : all) {
        const postgresql::ENUM type{std::move(found.members), std::move(found.name), std::move(found.schema)};
        found.column->type = found.is_array ? Type{ARRAY{type}} : Type{type};
    }
}

void ReflectedSchema::add_table_options(const RowBuffer& rows) {
    for (std::size_t i = 0; i < rows.row_count(); ++i) {
        Row row{rows, i};
        auto* table = find(row.text());
        if (table == nullptr) continue;
        auto name = row.text();
        std::ranges::replace(name, ' ', '_');
        auto value = row.optional_text();
        if (!value) continue;
        if (name == "create_options") {
            add_create_options(*table, *value);
            continue;
        }
        const auto full_name = option(name);
        if (const auto* known = table->table_options.find(full_name); known != nullptr && std::holds_alternative<std::string>(*known))
            value->insert(0, std::get<std::string>(*known) + ", ");
        table->table_options.set(full_name, std::move(*value));
    }
}

// "row_format=COMPRESSED key_block_size=8 partitioned": what has no value is no option.
void ReflectedSchema::add_create_options(ReflectedTable& table, std::string_view text) const {
    while (!text.empty()) {
        const auto end = text.find_first_of(" =");
        std::string name{text.substr(0, end)};
        const bool has_value = end != std::string_view::npos && text[end] == '=';
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (!has_value) continue;
        const bool quoted = !text.empty() && (text.front() == '\'' || text.front() == '"');
        const auto close = quoted ? text.find(text.front(), 1) : text.find(' ');
        const auto size = close == std::string_view::npos ? text.size() : close + (quoted ? 1 : 0);
        std::erase(name, '`');
        std::ranges::transform(name, name.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
        table.table_options.set(option(name), std::string{text.substr(0, size)});
        text.remove_prefix(size);
    }
}

void ReflectedSchema::add_definitions(const RowBuffer& rows) {
    for (std::size_t i = 0; i < rows.row_count(); ++i) {
        Row row{rows, i};
        auto* table = find(row.text());
        if (table == nullptr) continue;
        const auto object = row.text();
        dialect_.read_definition(*table, object, row.text());
    }
}

std::map<std::string, std::vector<std::string>> read_enums(const RowBuffer& rows) {
    std::map<std::string, std::vector<std::string>> enums;
    for (std::size_t i = 0; i < rows.row_count(); ++i) {
        Row row{rows, i};
        auto& members = enums[row.text()];
        if (auto member = row.optional_text()) members.push_back(std::move(*member));
    }
    return enums;
}

std::vector<ReflectedDomain> read_domains(const RowBuffer& rows, const Dialect& dialect) {
    std::vector<ReflectedDomain> domains;
    for (std::size_t i = 0; i < rows.row_count(); ++i) {
        Row row{rows, i};
        ReflectedDomain domain;
        domain.name = row.text();
        domain.schema = row.text();
        domain.visible = row.flag();
        domain.type_text = row.text();
        domain.type = dialect.type_from_text(domain.type_text);
        domain.nullable = row.flag();
        domain.default_ = row.optional_text();
        domain.collation = row.text();
        const bool is_same = !domains.empty() && domains.back().name == domain.name && domains.back().schema == domain.schema;
        if (!is_same) domains.push_back(std::move(domain));
        auto constraint = row.optional_text();
        if (!constraint) continue;
        auto& check = domains.back().constraints.emplace_back();
        check.name = std::move(*constraint);
        check.sqltext = row.text();
    }
    return domains;
}

} // namespace azoth
