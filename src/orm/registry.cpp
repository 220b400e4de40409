// SPDX-License-Identifier: MIT
#include <azoth/orm/registry.hpp>

#include <algorithm>

#include <azoth/error.hpp>

namespace azoth {

void Registry::add_class(const orm::MapperData& mapper) {
    if (std::ranges::find(mappers_, &mapper) != mappers_.end()) return;
    if (mapper.registry != nullptr && mapper.registry != this)
        throw ArgumentError("class " + mapper.class_name + " belongs to another registry: its map() says so");
    // Classes may share a table that was made before them.
    const auto* known = metadata_.find(mapper.table->name(), mapper.table->schema());
    const bool shared = mapper.given_table && known != nullptr && known->shared_data() == mapper.table->shared_data();
    if (!mapper.read_only && !shared) {
        const bool at_home_elsewhere = mapper.given_table && mapper.table->data().foreign_types != nullptr;
        at_home_elsewhere ? metadata_.share(*mapper.table) : metadata_.add(*mapper.table);
    }
    mappers_.push_back(&mapper);
}

const orm::MapperData* Registry::find(std::string_view class_name) const {
    const orm::MapperData* found = nullptr;
    for (const auto* mapper : mappers_) {
        if (mapper->class_name != class_name) continue;
        if (found != nullptr) throw InvalidRequestError("several classes of this registry are called " + found->class_name);
        found = mapper;
    }
    return found;
}

void Registry::add_association_tables(const orm::MapperData& mapper) {
    warnings_.insert(warnings_.end(), mapper.warnings.begin(), mapper.warnings.end());
    // Both sides of a relationship know the table.
    for (const auto& info : mapper.relationships)
        if (info.secondary && metadata_.find(info.secondary->name(), info.secondary->schema()) == nullptr) metadata_.add(*info.secondary);
}

} // namespace azoth
