// SPDX-License-Identifier: MIT
// Registry: mapped classes gathered in one MetaData, to create their tables; and what their columns' types are.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <azoth/orm/mapper.hpp>
#include <azoth/orm/type_map.hpp>
#include <azoth/schema/metadata.hpp>

namespace azoth {

/// A set of mapped classes. A class's mapping belongs to the class; a registry says which tables to create together, and a class
/// that names one in its map(), `m.registry(models)`, takes its columns' types from there.
class Registry {
public:
    Registry() = default;
    /// @param schema  of the tables that name none
    explicit Registry(std::string schema, NamingConvention naming = {}) : metadata_(std::move(schema), std::move(naming)) {}
    explicit Registry(NamingConvention naming) : metadata_(std::move(naming)) {}

    /// Classes that are here already stay. Their mappings are completed. Tables of read-only classes are not created here.
    /// @throws ArgumentError when a mapping is wrong, two classes have tables of one name, or a class belongs to another registry.
    template <orm::MappedClass... T>
    void add() {
        (add_class(mapper_of<T>()), ...);
        (add_association_tables(mapper_of<T>()), ...);
    }
    /// What the mappings seem to have got wrong, such as two relationships that write one column without knowing each other:
    /// `back_populates`, `viewonly` or `overlaps` says what is meant.
    [[nodiscard]] const std::vector<std::string>& warnings() const noexcept { return warnings_; }
    [[nodiscard]] MetaData& metadata() noexcept { return metadata_; }
    [[nodiscard]] const MetaData& metadata() const noexcept { return metadata_; }
    /// In the order in which they were added.
    [[nodiscard]] const std::vector<const orm::MapperData*>& mappers() const noexcept { return mappers_; }
    /// By the class's name without namespaces; null when there is none. @throws InvalidRequestError when there are several.
    [[nodiscard]] const orm::MapperData* find(std::string_view class_name) const;
    /// Filled before the first class that takes its types from here is used.
    [[nodiscard]] TypeMap& type_map() noexcept { return type_map_; }

private:
    void add_class(const orm::MapperData& mapper);
    void add_association_tables(const orm::MapperData& mapper);

    MetaData metadata_;
    std::vector<std::string> warnings_;
    TypeMap type_map_;
    std::vector<const orm::MapperData*> mappers_;
};

template <class T>
void Mapper<T>::registry(Registry& registry) {
    data_.registry = &registry;
    data_.type_map = &registry.type_map();
}

} // namespace azoth
