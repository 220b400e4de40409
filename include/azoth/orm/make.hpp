// SPDX-License-Identifier: MIT
// make<T>(): a new object of a mapped class.
#pragma once

#include <memory>
#include <utility>

#include <azoth/orm/entity.hpp>

namespace azoth {

namespace orm {
/// Tells that an object is made, and that it is not when an exception passes.
class Initialisation {
public:
    explicit Initialisation(ModelBase& object);
    ~Initialisation();
    Initialisation(const Initialisation&) = delete;
    Initialisation& operator=(const Initialisation&) = delete;

private:
    ModelBase& object_;
    int exceptions_;
};
} // namespace orm

/// A new transient object, in a graph of its own: `make<User>(col<&User::name> = "sandy")`.
/// The handle, or any link from a living object, keeps it alive.
template <orm::MappedClass T, class... A>
[[nodiscard]] std::shared_ptr<T> make(A&&... assignments) {
    const auto& mapper = mapper_of<T>();
    auto graph = orm::make_graph(mapper.object_size);
    auto* object = static_cast<T*>(mapper.create(*graph, false));
    const orm::Initialisation told{*object};
    (std::forward<A>(assignments).set(*object), ...);
    return orm::handle(std::move(graph), object);
}

} // namespace azoth
