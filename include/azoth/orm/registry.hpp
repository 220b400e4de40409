// SPDX-License-Identifier: MIT
// Registry: mapped classes gathered in one MetaData, to create their tables.
#pragma once

#include <string>
#include <vector>

#include <azoth/orm/mapper.hpp>
#include <azoth/schema/metadata.hpp>

namespace azoth {

/// A set of mapped classes. A class's mapping belongs to the class; a registry says which tables to create together.
class Registry {
public:
    /// @throws ArgumentError when a mapping is wrong or two classes have tables of one name.
    template <orm::MappedClass... T>
    void add() {
        (metadata_.add(*mapper_of<T>().table), ...);
        (add_association_tables(mapper_of<T>()), ...);
    }
    /// What the mappings seem to have got wrong, such as two relationships that write one column without knowing each other:
    /// `back_populates`, `viewonly` or `overlaps` says what is meant.
    [[nodiscard]] const std::vector<std::string>& warnings() const noexcept { return warnings_; }
    [[nodiscard]] MetaData& metadata() noexcept { return metadata_; }
    [[nodiscard]] const MetaData& metadata() const noexcept { return metadata_; }

private:
    void add_association_tables(const orm::MapperData& mapper);

    MetaData metadata_;
    std::vector<std::string> warnings_;
};

} // namespace azoth
