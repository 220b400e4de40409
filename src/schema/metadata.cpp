// SPDX-License-Identifier: MIT
// Registering tables and putting them in an order in which they can be created.
#include <azoth/schema/metadata.hpp>

#include <algorithm>

#include <azoth/error.hpp>
#include <azoth/schema/sort.hpp>

#include "schema/foreign_types.hpp"

namespace azoth {

MetaData::MetaData(std::string schema, NamingConvention naming)
    : schema_(std::move(schema)), naming_(std::make_shared<const NamingConvention>(std::move(naming))),
      foreign_types_(std::make_shared<schema::ForeignTypes>()) {}

MetaData::~MetaData() {
    // The others tell when they go.
    for (const auto& table : tables_)
        if (table->data().foreign_types != foreign_types_) foreign_types_->remove(table->data());
}

std::vector<const Table*> MetaData::tables() const {
    std::vector<const Table*> all;
    all.reserve(tables_.size());
    for (const auto& table : tables_) all.push_back(table.get());
    return all;
}

std::vector<const Table*> MetaData::sorted_tables() const {
    auto all = tables();
    std::ranges::sort(all, {}, [](const Table* table) { return table->data().full_name(); });

    return schema::sort_tables_and_constraints(all).tables;
}

const Table* MetaData::find(std::string_view name, std::string_view schema) const noexcept {
    const auto found = std::ranges::find_if(
        tables_, [&](const auto& table) { return table->name() == name && table->schema() == schema; });
    return found == tables_.end() ? nullptr : found->get();
}

const Table& MetaData::table(std::string_view name, std::string_view schema) const {
    if (const auto* found = find(name, schema)) return *found;
    std::string message = "there is no table '" + std::string{name} + "' in this MetaData; it has";
    if (tables_.empty()) message += " none";
    for (const auto& table : tables_) message += " '" + table->data().full_name() + "'";
    throw NoSuchTableError(message);
}

void MetaData::share(const Table& table) {
    if (find(table.name(), table.schema()) != nullptr)
        throw InvalidRequestError(
            "table '" + table.data().full_name()
            + "' is already defined for this MetaData; say extend_existing to add to it, or keep_existing to use it");
    tables_.push_back(std::make_unique<Table>(table));
    foreign_types_->add(*table.shared_data());
}

void MetaData::add(const Table& table) {
    share(table);
    auto& data = *table.shared_data();
    data.naming = naming_;
    data.metadata_schema = schema_;
    data.foreign_types = foreign_types_;
    for (auto& column : data.columns) data.declared(column);
}

void MetaData::remove(const Table& table) {
    foreign_types_->remove(table.data());
    std::erase_if(tables_, [&](const auto& own) { return own->shared_data() == table.shared_data(); });
}

void MetaData::clear() {
    for (const auto& table : tables_) foreign_types_->remove(table->data());
    tables_.clear();
    sequences_.clear();
    types_.clear();
    views_.clear();
}

} // namespace azoth
