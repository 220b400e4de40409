// SPDX-License-Identifier: MIT
#include <azoth/orm/registry.hpp>

namespace azoth {

void Registry::add_association_tables(const orm::MapperData& mapper) {
    warnings_.insert(warnings_.end(), mapper.warnings.begin(), mapper.warnings.end());
    // Both sides of a relationship know the table.
    for (const auto& info : mapper.relationships)
        if (info.secondary && metadata_.find(info.secondary->name(), info.secondary->schema()) == nullptr) metadata_.add(*info.secondary);
}

} // namespace azoth
