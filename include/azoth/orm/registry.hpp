// SPDX-License-Identifier: MIT
// Registry: mapped classes gathered in one MetaData, to create their tables; and what their columns' types are.
#pragma once

#include <functional>
#include <map>
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
    /// What happens to the mappings of classes that name this registry; `mapping_events()` are those of all.
    [[nodiscard]] orm::MappingEvents& events() noexcept { return events_; }

private:
    void add_class(const orm::MapperData& mapper);
    void add_association_tables(const orm::MapperData& mapper);

    MetaData metadata_;
    std::vector<std::string> warnings_;
    TypeMap type_map_;
    orm::MappingEvents events_;
    std::vector<const orm::MapperData*> mappers_;
};

template <class T>
void Mapper<T>::registry(Registry& registry) {
    data_.registry = &registry;
    data_.type_map = &registry.type_map();
}

namespace orm {
/// Takes a table from a MetaData for a mapping. @throws MappingDeferredError when it is not there; ArgumentError when the mapping has
/// begun already.
void take_reflected(MapperData& data, const MetaData& metadata, std::string name, std::string schema);

/// The tables that classes want to be reflected, by schema.
struct ReflectedNames {
    std::map<std::string, std::vector<std::string>> tables;

    ReflectedNames() = default;
    void add(const std::string& schema, const std::string& name);
    /// Of a class that was not mapped; nothing when it has another kind of table.
    template <MappedClass T>
    void add_table_of() {
        MapperData asked;
        asked.only_names_table = true;
        asked.class_name = class_name<typename PlainOf<T>::type>();
        Mapper<T> mapper{asked};
        add_table(asked, [&] { T::map(mapper); });
    }
    /// Those of relationships that name them, and that `metadata` does not have.
    void add_association_tables(const MapperData& mapper, const MetaData& metadata);

private:
    void add_table(const MapperData& asked, const std::function<void()>& map);
};
} // namespace orm

template <class T>
void Mapper<T>::reflected_table(Registry& registry, std::string name, std::string schema) {
    this->registry(registry);
    orm::take_reflected(data_, registry.metadata(), std::move(name), std::move(schema));
}

} // namespace azoth
