// SPDX-License-Identifier: MIT
// Registering constraints and indexes with their tables.
#include <azoth/schema/constraint.hpp>

#include <algorithm>

#include <azoth/error.hpp>

namespace azoth {

namespace detail {

void check_columns(const schema::TableData& table, const std::vector<std::string>& columns, std::string_view what) {
    for (const auto& column : columns)
        if (table.find(column) == nullptr)
            throw ConstraintColumnNotFoundError(
                "table '" + table.full_name() + "' has no column '" + column + "', which " + std::string{what} + " names");
}

} // namespace detail

template <class Data>
Constraint::Constraint(const Table& table, Data data) : table_(table.shared_data()), data_(std::move(data)) {}
template <class Data>
Constraint::Constraint(Data data) : data_(std::move(data)) {}
Constraint::Constraint(const Constraint& other) = default;
Constraint::Constraint(Constraint&& other) noexcept = default;
Constraint& Constraint::operator=(const Constraint& other) = default;
Constraint& Constraint::operator=(Constraint&& other) noexcept = default;
Constraint::~Constraint() = default;

template Constraint::Constraint(const Table&, schema::PrimaryKeyData);
template Constraint::Constraint(const Table&, schema::UniqueData);
template Constraint::Constraint(const Table&, schema::CheckData);
template Constraint::Constraint(const Table&, schema::ForeignKeyData);
template Constraint::Constraint(const Table&, schema::ExcludeData);
template Constraint::Constraint(schema::PrimaryKeyData);
template Constraint::Constraint(schema::UniqueData);
template Constraint::Constraint(schema::CheckData);

void UniqueConstraint::attach_to(const Table& table) const {
    auto data = std::get<schema::UniqueData>(data_);
    auto& owner = *table.shared_data();
    detail::check_columns(owner, data.columns, "a unique constraint");
    data.settings.order = owner.next_constraint_order();
    owner.uniques.push_back(std::move(data));
}

void CheckConstraint::attach_to(const Table& table) const {
    auto data = std::get<schema::CheckData>(data_);
    data.settings.order = table.shared_data()->next_constraint_order();
    table.shared_data()->checks.push_back(std::move(data));
}

void CheckConstraint::attach() {
    auto& data = std::get<schema::CheckData>(data_);
    data.settings.order = table_->next_constraint_order();
    table_->checks.push_back(data);
}

void Index::attach_to(const Table& table) const {
    detail::check_columns(table.data(), data_.columns, "an index");
    table.shared_data()->indexes.push_back(data_);
}

void PrimaryKeyConstraint::attach_to(const Table& table) const {
    const auto& data = std::get<schema::PrimaryKeyData>(data_);
    auto& owner = *table.shared_data();
    detail::check_columns(owner, data.columns, "a primary key");
    const auto names = [](const auto& columns, const auto& name_of) {
        std::string text;
        for (const auto& column : columns) text += (text.empty() ? "'" : ", '") + std::string{name_of(column)} + "'";
        return text;
    };
    const auto is_key = [&](const schema::ColumnData& column) {
        return std::ranges::find(data.columns, column.name) != data.columns.end();
    };
    const auto flagged = owner.primary_key();
    if (!data.columns.empty() && !flagged.empty()
        && (flagged.size() != data.columns.size() || !std::ranges::all_of(flagged, [&](const auto* c) { return is_key(*c); })))
        owner.warnings.push_back(
            "table '" + owner.full_name() + "' specifies columns "
            + names(flagged, [](const auto* column) { return column->name; })
            + " as primary_key, not matching its PrimaryKeyConstraint: its primary key is "
            + names(data.columns, [](const auto& name) { return name; }));
    for (auto& column : owner.columns) {
        if (is_key(column)) {
            column.primary_key = true;
            column.nullable = false;
        } else if (column.primary_key && !data.columns.empty()) {
            column.primary_key = false;
        }
    }
    owner.primary_key_constraint = data;
}

schema::ForeignKeyData ForeignKeyConstraint::parse_targets(const std::vector<std::string>& targets) {
    schema::ForeignKeyData key;
    for (const auto& target : targets) {
        auto next = schema::parse_foreign_key(target);
        if (&target != &targets.front()
            && (next.target_table != key.target_table || next.target_schema != key.target_schema))
            throw ArgumentError("a foreign key refers to one table, not to both '" + key.target_table + "' and '"
                                + next.target_table + "'");
        key.by_name = true;
        key.target_table = next.target_table;
        key.target_schema = next.target_schema;
        key.target_columns.push_back(std::move(next.target_columns.front()));
    }
    return key;
}

void ForeignKeyConstraint::attach() {
    auto& data = std::get<schema::ForeignKeyData>(data_);
    detail::check_columns(*table_, data.columns, "a foreign key");
    if (data.columns.empty() || data.columns.size() != data.target_columns.size())
        throw ArgumentError(
            "a foreign key of table '" + table_->full_name() + "' has " + std::to_string(data.columns.size())
            + " columns and refers to " + std::to_string(data.target_columns.size())
        );
    data.settings.order = table_->next_constraint_order();
    table_->foreign_keys.push_back(data);
    for (auto& column : table_->columns)
        if (std::ranges::find(data.columns, column.name) != data.columns.end()) table_->declared(column);
}

void Index::attach(bool plain) {
    detail::check_columns(*table_, data_.columns, "an index");
    if (data_.expressions.empty())
        throw ArgumentError("an index of table '" + table_->full_name() + "' has no columns");
    if (plain) data_.expressions.clear();
    table_->indexes.push_back(data_);
}

} // namespace azoth
