// SPDX-License-Identifier: MIT
// Loading one object's link: `co_await user->addresses.load()`.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include <azoth/detail/asio.hpp>
#include <azoth/orm/loader_options.hpp>

namespace azoth {

namespace session {

/// Loads the link unless it is loaded. @throws InvalidRequestError when its object has no session.
[[nodiscard]] asio::awaitable<void> load_link(orm::AttributeBase& link);

template <class T>
[[nodiscard]] asio::awaitable<std::shared_ptr<T>> load_related_as(Related<T>& link) {
    if (!link.is_loaded()) co_await load_link(link);
    co_return link.get();
}
template <class T>
[[nodiscard]] asio::awaitable<std::vector<std::shared_ptr<T>>> load_collection_as(Collection<T>& link) {
    if (!link.is_loaded()) co_await load_link(link);
    std::vector<std::shared_ptr<T>> objects;
    objects.reserve(link.size());
    orm::HandleSource handles;
    for (auto* object : link.items()) objects.push_back(handles(object->orm_state().graph, static_cast<T*>(object)));
    co_return objects;
}

} // namespace session

template <class T>
[[nodiscard]] asio::awaitable<std::shared_ptr<T>> load_related(Related<T>& link) {
    return session::load_related_as(link);
}
template <class T>
[[nodiscard]] asio::awaitable<std::vector<std::shared_ptr<T>>> load_collection(Collection<T>& link) {
    return session::load_collection_as(link);
}

} // namespace azoth
