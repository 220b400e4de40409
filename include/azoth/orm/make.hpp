// SPDX-License-Identifier: MIT
// make<T>(): a new object of a mapped class.
#pragma once

#include <memory>
#include <utility>

#include <azoth/orm/entity.hpp>

namespace azoth {

/// A new transient object, in a graph of its own: `make<User>(col<&User::name> = "sandy")`.
/// The handle, or any link from a living object, keeps it alive.
template <orm::MappedClass T, class... A>
[[nodiscard]] std::shared_ptr<T> make(A&&... assignments) {
    const auto& mapper = mapper_of<T>();
    auto graph = orm::make_graph(mapper.object_size);
    auto* object = static_cast<T*>(mapper.create(*graph, false));
    (std::forward<A>(assignments).set(*object), ...);
    return orm::handle(std::move(graph), object);
}

} // namespace azoth
