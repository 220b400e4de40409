// SPDX-License-Identifier: MIT
// Loading one object's link: `co_await user->addresses.load()`.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include <azoth/detail/asio.hpp>
#include <azoth/orm/composite.hpp>
#include <azoth/orm/inspect.hpp>
#include <azoth/orm/loader_options.hpp>
#include <azoth/session/session.hpp>

namespace azoth {

namespace session {

/// Loads the link unless it is loaded. @throws InvalidRequestError when its object has no session.
[[nodiscard]] asio::awaitable<void> load_link(orm::AttributeBase& link);

/// Loads an attribute that is expired or was not loaded. @throws InvalidRequestError when its object has no session.
[[nodiscard]] asio::awaitable<void> load_value(orm::AttributeBase& attribute);

/// Loads a relationship of many objects; those that have it loaded are left alone.
[[nodiscard]] asio::awaitable<void> load_for_all(std::vector<std::shared_ptr<ModelBase>> owners, orm::LoaderOption option);
/// Loads what is named and not loaded: columns by one SELECT, each link by its own.
[[nodiscard]] asio::awaitable<void> load_members(std::shared_ptr<ModelBase> object, RefreshOptions members);

template <class L>
[[nodiscard]] asio::awaitable<decltype(get_history(std::declval<const L&>()))> history_with_load(L& link) {
    if (!link.is_present() && !link.is_changed()) {
        if constexpr (requires { typename L::value_type; }) co_await load_value(link);
        else co_await load_link(link);
    }
    co_return get_history(link);
}

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

/// Loads one relationship of many objects of a session, by one SELECT for every 500 that have not loaded it:
/// `co_await az::load_all<&User::addresses>(users)`.
/// @throws DetachedInstanceError when an object is in no session; ArgumentError when they are in several;
///   LoaderStrategyError for a write-only link.
template <auto P, class T>
    requires std::derived_from<T, orm::class_of<P>>
[[nodiscard]] asio::awaitable<void> load_all(const std::vector<std::shared_ptr<T>>& objects) {
    std::vector<std::shared_ptr<ModelBase>> owners(objects.begin(), objects.end());
    return session::load_for_all(std::move(owners), orm::loader_option<P>(orm::Lazy::selectin));
}
/// Loads those attributes and links of an object that are not loaded: `co_await az::load<&User::bio, &User::addresses>(user)`.
/// Columns come by one SELECT. @throws DetachedInstanceError when the object is in no session.
template <auto... P, class T>
    requires(sizeof...(P) > 0)
[[nodiscard]] asio::awaitable<void> load(const std::shared_ptr<T>& object) {
    session::RefreshOptions members;
    (session::name_member<P>(members), ...);
    return session::load_members(object, std::move(members));
}
/// `get_history()` of an attribute or a link that is loaded first unless it is, or was set.
/// @throws DetachedInstanceError when it would have to be, and the object is in no session.
template <class T>
[[nodiscard]] asio::awaitable<History<T>> load_history(Mapped<T>& attribute) {
    return session::history_with_load(attribute);
}
template <class T>
[[nodiscard]] asio::awaitable<History<std::shared_ptr<T>>> load_history(Related<T>& link) {
    return session::history_with_load(link);
}
template <class T, class P>
[[nodiscard]] asio::awaitable<History<std::shared_ptr<T>>> load_history(Collection<T, P>& link) {
    return session::history_with_load(link);
}

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
