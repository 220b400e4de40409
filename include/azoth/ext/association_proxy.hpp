// SPDX-License-Identifier: MIT
// Association proxies: a collection of objects seen as a collection of one of their members.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include <azoth/orm/make.hpp>
#include <azoth/session/loading.hpp>

namespace azoth {

namespace ext {

template <class M>
struct ProxiedValue {
    using type = typename M::value_type;
};
template <class T>
struct ProxiedValue<Related<T>> {
    using type = std::shared_ptr<T>;
};

template <class Links>
inline constexpr bool is_set = false;
template <class T>
inline constexpr bool is_set<Collection<T, AsSet>> = true;
template <class Links>
inline constexpr bool is_keyed = false;
template <class T, auto P>
inline constexpr bool is_keyed<Collection<T, KeyedBy<P>>> = true;

} // namespace ext

/// A view of one object's collection `Link` through the attribute or link `Member` of its members:
///
///     association_proxy<&Record::tags, &Tag::name>(*record).add("urgent");   // makes a Tag
///     association_proxy<&Student::enrollments, &Enrollment::course>(*student).add(course);
///
/// A view: the object must outlive it. Reading wants the collection loaded; `load()` does that.
template <auto Link, auto Member>
class AssociationProxy {
    using Owner = orm::class_of<Link>;
    using Links = orm::member_of<Link>;
    using Between = typename Links::target_type;

public:
    using value_type = typename ext::ProxiedValue<orm::member_of<Member>>::type;

    explicit AssociationProxy(Owner& owner) : owner_(&owner) {}

    /// Adds a new object whose member is `value`; what else it needs is set by `complete`. A set that is loaded and has the
    /// value already stays as it is.
    template <class V>
    void add(const V& value, const std::function<void(Between&)>& complete = {}) {
        if constexpr (ext::is_set<Links>) {
            if ((owner_->*Link).is_loaded() && contains(value)) return;
        }
        auto between = azoth::make<Between>();
        (*between).*Member = value;
        if (complete) complete(*between);
        (owner_->*Link).append(between);
    }
    template <class V>
    void append(const V& value) {
        add(value);
    }
    /// Removes the first object whose member is `value`, if there is one. @throws NotLoadedError.
    template <class V>
    void remove(const V& value) {
        std::shared_ptr<Between> found;
        for (const auto& between : owner_->*Link) {
            if (!(read(*between) == value)) continue;
            found = between;
            break;
        }
        if (found) (owner_->*Link).remove(found);
    }
    /// Removes all objects. @throws NotLoadedError.
    void clear() { (owner_->*Link).clear(); }
    /// Takes other members: in a set the objects whose member stays are kept, in a list all are made anew. In a map, pairs of keys
    /// and members: objects whose key stays are kept and changed. @throws NotLoadedError.
    template <class Values>
    void assign(const Values& values) {
        if constexpr (ext::is_keyed<Links>) {
            std::vector<std::shared_ptr<Between>> gone;
            for (const auto& between : owner_->*Link) {
                bool stays = false;
                for (const auto& [key, member] : values) stays = stays || (*between).*Links::key_member == key;
                if (!stays) gone.push_back(between);
            }
            for (const auto& [key, member] : values) set(key, member);
            for (const auto& between : gone) (owner_->*Link).remove(between);
        } else {
            std::vector<std::shared_ptr<Between>> gone;
            for (const auto& between : owner_->*Link) {
                bool stays = false;
                if constexpr (ext::is_set<Links>)
                    for (const auto& member : values) stays = stays || read(*between) == member;
                if (!stays) gone.push_back(between);
            }
            if constexpr (!ext::is_set<Links>)
                for (const auto& between : gone) (owner_->*Link).remove(between);
            for (const auto& member : values) add(member);
            if constexpr (ext::is_set<Links>)
                for (const auto& between : gone) (owner_->*Link).remove(between);
        }
    }
    /// @throws NotLoadedError.
    template <class V>
    [[nodiscard]] bool contains(const V& value) const {
        for (const auto& between : owner_->*Link)
            if (read(*between) == value) return true;
        return false;
    }
    /// The members, in the collection's order. @throws NotLoadedError.
    [[nodiscard]] std::vector<value_type> values() const {
        std::vector<value_type> all;
        for (const auto& between : owner_->*Link) all.push_back(read(*between));
        return all;
    }
    /// The members, loaded where they are not. @throws InvalidRequestError when the object has no session.
    [[nodiscard]] asio::awaitable<std::vector<value_type>> load() const { return load_values(owner_); }

    // ---- maps: the collection is KeyedBy<> an attribute ----

    /// Sets the member of the object with that key, or adds one.
    template <class Key, class V>
    void set(const Key& key, const V& value)
        requires requires(Links& links) { links.find(key); }
    {
        if (auto between = (owner_->*Link).find(key)) (*between).*Member = value;
        else add(value, [&](Between& made) { made.*Links::key_member = key; });
    }
    /// @throws NotLoadedError.
    template <class Key>
    [[nodiscard]] std::optional<value_type> find(const Key& key) const
        requires requires(Links& links) { links.find(key); }
    {
        const auto between = (owner_->*Link).find(key);
        if (!between) return std::nullopt;
        return read(*between);
    }
    /// @return whether there was one. @throws NotLoadedError.
    template <class Key>
    bool erase_key(const Key& key)
        requires requires(Links& links) { links.find(key); }
    {
        return (owner_->*Link).erase_key(key);
    }

private:
    [[nodiscard]] static value_type read(Between& between) { return (between.*Member).get(); }
    [[nodiscard]] static asio::awaitable<std::vector<value_type>> load_values(Owner* owner) {
        const auto loaded = co_await (owner->*Link).load();
        std::vector<value_type> all;
        for (const auto& between : loaded) {
            auto value = co_await ((*between).*Member).load();
            all.push_back(std::move(value));
        }
        co_return all;
    }

    Owner* owner_;
};

template <auto Link, auto Member>
[[nodiscard]] AssociationProxy<Link, Member> association_proxy(orm::class_of<Link>& owner) {
    return AssociationProxy<Link, Member>{owner};
}

/// A proxy in SQL: whether some object that is linked fits.
template <auto Link, auto Member>
class ProxyInSql {
public:
    template <class V>
    [[nodiscard]] Expr<bool> operator==(const V& value) const {
        return some(col<Member> == value);
    }
    template <class V>
    [[nodiscard]] Expr<bool> contains(const V& text) const {
        return some(col<Member>.contains(text));
    }
    template <class V>
    [[nodiscard]] Expr<bool> like(const V& pattern) const {
        return some(col<Member>.like(pattern));
    }

private:
    template <Condition C>
    [[nodiscard]] static Expr<bool> some(const C& criterion) {
        if constexpr (std::derived_from<orm::member_of<Link>, orm::CollectionBase>) return any<Link>(criterion);
        else return has<Link>(criterion);
    }
};

/// `where(association_proxy<&Record::tags, &Tag::name>() == "urgent")`
template <auto Link, auto Member>
[[nodiscard]] constexpr ProxyInSql<Link, Member> association_proxy() {
    return {};
}

} // namespace azoth
