// SPDX-License-Identifier: MIT
// Loading one object's link: `co_await user->addresses.load()`.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include <azoth/detail/asio.hpp>
#include <azoth/orm/composite.hpp>
#include <azoth/orm/loader_options.hpp>

namespace azoth {

namespace session {

/// Loads the link unless it is loaded. @throws InvalidRequestError when its object has no session.
[[nodiscard]] asio::awaitable<void> load_link(orm::AttributeBase& link);

/// Loads an attribute that is expired or was not loaded. @throws InvalidRequestError when its object has no session.
[[nodiscard]] asio::awaitable<void> load_value(orm::AttributeBase& attribute);

template <class T>
[[nodiscard]] asio::awaitable<T> load_value_as(Mapped<T>& attribute) {
    if (!attribute.is_present() || attribute.is_expired()) co_await load_value(attribute);
    co_return attribute.get();
}

template <class T>
[[nodiscard]] asio::awaitable<T> load_composite_as(Composite<T>& composite) {
    for (std::size_t i = 0; i < Composite<T>::size; ++i)
        if (!composite.slot(i).is_present() || composite.slot(i).is_expired()) co_await load_value(composite.slot(i));
    co_return composite.get();
}

template <class T>
[[nodiscard]] asio::awaitable<std::shared_ptr<T>> load_related_as(Related<T>& link) {
    if (!link.is_loaded()) co_await load_link(link);
    co_return link.get();
}
template <class T, class P>
[[nodiscard]] asio::awaitable<std::vector<std::shared_ptr<T>>> load_collection_as(Collection<T, P>& link) {
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
template <class T, class P>
[[nodiscard]] asio::awaitable<std::vector<std::shared_ptr<T>>> load_collection(Collection<T, P>& link) {
    return session::load_collection_as(link);
}

template <class T>
[[nodiscard]] asio::awaitable<T> load_composite(Composite<T>& composite) {
    return session::load_composite_as(composite);
}
template <class T>
[[nodiscard]] asio::awaitable<T> load_attribute(Mapped<T>& attribute) {
    return session::load_value_as(attribute);
}

} // namespace azoth
