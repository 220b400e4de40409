// SPDX-License-Identifier: MIT
// Registering tables and putting them in an order in which they can be created.
#include <azoth/schema/metadata.hpp>

#include <algorithm>
#include <map>

#include <azoth/error.hpp>

namespace azoth {

std::vector<const Table*> MetaData::tables() const {
    std::vector<const Table*> all;
    all.reserve(tables_.size());
    for (const auto& table : tables_) all.push_back(table.get());
    return all;
}

std::vector<const Table*> MetaData::sorted_tables() const {
    auto remaining = tables();
    std::ranges::sort(remaining, {}, [](const Table* table) { return table->data().full_name(); });

    std::map<std::string, const Table*> by_name;
    for (const auto* table : remaining) by_name.emplace(table->data().full_name(), table);

    // Kahn's algorithm over names, so that equal choices fall in alphabetical order.
    std::map<const Table*, std::size_t> open_references;
    std::map<const Table*, std::vector<const Table*>> dependents;
    for (const auto* table : remaining) {
        std::vector<const Table*> targets;
        for (const auto& key : table->data().foreign_keys) {
            const auto& schema = schema::target_schema(table->data(), key);
            const auto found = by_name.find(schema.empty() ? key.target_table : schema + "." + key.target_table);
            if (found != by_name.end() && found->second != table) targets.push_back(found->second);
        }
        std::ranges::sort(targets);
        const auto repeated = std::ranges::unique(targets);
        targets.erase(repeated.begin(), repeated.end());
        open_references[table] = targets.size();
        for (const auto* target : targets) dependents[target].push_back(table);
    }

    std::vector<const Table*> sorted;
    while (!remaining.empty()) {
        auto next = std::ranges::find_if(remaining, [&](const Table* t) { return open_references[t] == 0; });
        if (next == remaining.end()) next = remaining.begin(); // a ring: begin with its first table by name
        const Table* table = *next;
        remaining.erase(next);
        sorted.push_back(table);
        for (const auto* dependent : dependents[table]) {
            auto& open = open_references[dependent];
            if (open > 0) --open;
        }
    }
    return sorted;
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

void MetaData::add(const Table& table) {
    if (find(table.name(), table.schema()) != nullptr)
        throw ArgumentError("table '" + table.data().full_name() + "' is already defined for this MetaData");
    tables_.push_back(std::make_unique<Table>(table));
}

} // namespace azoth
