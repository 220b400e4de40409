// SPDX-License-Identifier: MIT
// identity_key(): what a session knows an object by, made of a class and a key, an object, or a row.
#pragma once

#include <vector>

#include <azoth/engine/row.hpp>
#include <azoth/orm/entity.hpp>
#include <azoth/orm/inspect.hpp>

namespace azoth {

/// A class and a primary key, in the order of its columns.
struct ObjectKey {
    const orm::MapperData* mapper = nullptr;
    std::vector<Value> key;

    ObjectKey() = default;
    ObjectKey(const orm::MapperData& m, std::vector<Value> k) : mapper(&m), key(std::move(k)) {}
    friend bool operator==(const ObjectKey&, const ObjectKey&) = default;
};

/// @throws ArgumentError when the class's key has another number of columns.
template <orm::MappedClass T, class... Key>
    requires(sizeof...(Key) > 0)
[[nodiscard]] ObjectKey identity_key(const Key&... key) {
    const auto& mapper = mapper_of<T>();
    if (mapper.primary_key.size() != sizeof...(Key))
        throw ArgumentError(
            "identity_key(): the primary key of " + mapper.class_name + " has " + std::to_string(mapper.primary_key.size()) + " columns");
    return {mapper, std::vector<Value>{detail::value_for<Value>(key)...}};
}
/// Of an object, stored or not; parts of the key that are not set are NULL.
/// @throws UnmappedInstanceError when it was not made by make<T>() or loaded.
[[nodiscard]] ObjectKey identity_key(const ModelBase& object);
/// Of a row that has the key's columns by their names in the database. @throws InvalidRequestError when it lacks one.
template <orm::MappedClass T>
[[nodiscard]] ObjectKey identity_key(const Row& row) {
    const auto& mapper = mapper_of<T>();
    std::vector<Value> key;
    for (const auto part : mapper.primary_key) key.push_back(row.get<Value>(mapper.column(mapper.attributes[part]).name));
    return {mapper, std::move(key)};
}

} // namespace azoth
