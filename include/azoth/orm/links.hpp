// SPDX-License-Identifier: MIT
// Related<T> and Collection<T>: members that link objects. Plain pointers inside; the graph keeps what they point at.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <functional>
#include <memory>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include <azoth/orm/attribute.hpp>

namespace azoth {

namespace orm {

/// A link to at most one object.
class RelatedBase : public AttributeBase {
public:
    [[nodiscard]] ModelBase* target() const noexcept { return target_; }
    /// For loaders: points the link at what the database says.
    void load(ModelBase* target) noexcept {
        target_ = target;
        flags_ = present;
    }
    /// For the other side's synchronisation: changes the link and remembers the old target.
    /// @param old  what it pointed at as far as is known; `known` says whether it is
    void assign(ModelBase* target, ModelBase* old, bool known);
    /// What the link points at, by memory or by the identity map. @return whether that is known
    [[nodiscard]] bool peek(ModelBase*& target) const;
    void set_target(ModelBase* target) noexcept { target_ = target; }
    /// A program's assignment: both sides of the relationship follow. @throws ArgumentError for an object that was not
    /// made by make<T>() or a load; NotLoadedError for a one-to-one link of a stored object that is not loaded.
    void link(ModelBase* target);

protected:
    [[nodiscard]] ModelBase* loaded() const {
        if (!is_present()) [[unlikely]] require_present();
        return target_;
    }
    void require_present() const;

    ModelBase* target_ = nullptr;
};

/// Finds the members of a map by their keys. A key is what it was when the member was put in: later changes of the
/// attribute are not followed.
class KeyIndex {
public:
    virtual ~KeyIndex() = default;
    virtual void add(ModelBase& object) = 0;
    virtual void remove(ModelBase& object) = 0;
    virtual void clear() noexcept = 0;
    /// The member that has the key of `object` now; null when there is none.
    [[nodiscard]] virtual ModelBase* same_key(const ModelBase& object) const = 0;
    [[nodiscard]] virtual bool has_key(const ModelBase& object) const = 0;

    KeyIndex() = default;
    KeyIndex(const KeyIndex&) = delete;
    KeyIndex& operator=(const KeyIndex&) = delete;
};

/// A link to any number of objects.
class CollectionBase : public AttributeBase {
public:
    [[nodiscard]] const std::vector<ModelBase*>& items() const noexcept { return items_; }
    /// For loaders: other members, no events.
    void set_items(std::vector<ModelBase*> items);
    void clear_items() noexcept;

    static constexpr std::size_t at_end = static_cast<std::size_t>(-1);

    /// For the other side's synchronisation.
    void insert(ModelBase* object, std::size_t position = at_end);
    void erase(ModelBase* object, std::size_t position = at_end);
    /// @throws InvalidRequestError when the collection is a map and the object has no key yet.
    void require_key(const ModelBase& object);

    // For the typed collections and the association proxies: a program's changes, both sides follow.
    void link(ModelBase* object, std::size_t position = at_end);
    /// @param position  of the object, where it may be there more than once
    void unlink(ModelBase* object, std::size_t position = at_end);
    /// Another object in the place of the one there: that is removed, then this is added. What refuses it leaves both.
    void link_instead(ModelBase* object, std::size_t position);
    /// @throws NotLoadedError when the collection of a stored object is not loaded.
    void replace(const std::vector<ModelBase*>& objects);
    [[nodiscard]] bool has(const ModelBase* object) const;

protected:
    void require_present() const;
    /// The members by key, made when the collection is a map. Null otherwise.
    [[nodiscard]] KeyIndex* keys() const;

    std::vector<ModelBase*> items_;

private:
    struct Index {
        std::unordered_set<const ModelBase*> members; ///< of a long list
        std::unique_ptr<KeyIndex> keys;

        Index() = default;
    };
    [[nodiscard]] Index& index() const;
    [[nodiscard]] bool is_item(const ModelBase* object) const;
    /// Adds what was asked for and allowed.
    void put(ModelBase* object, std::size_t position);

    mutable std::unique_ptr<Index> found_by_; ///< made when it is worth it
};

template <class V>
concept Hashable = requires(const V& value) { std::hash<V>{}(value); };

/// The handle of an object in its graph.
template <class T>
[[nodiscard]] std::shared_ptr<T> handle_of(ModelBase* object) {
    if (object == nullptr) return nullptr;
    return handle(object->orm_state().graph, static_cast<T*>(object));
}

} // namespace orm

/// A many-to-one (or one-to-one) link. Reading it never does I/O: `co_await x->user.load()` first, or load it eagerly.
template <class T>
class Related : public orm::RelatedBase {
public:
    using target_type = T;

    /// The target, null when there is none. @throws NotLoadedError.
    [[nodiscard]] std::shared_ptr<T> get() const { return orm::handle_of<T>(loaded()); }
    /// The target without taking part in its ownership: valid as long as this object.
    [[nodiscard]] T* operator->() const { return static_cast<T*>(loaded()); }
    [[nodiscard]] T& operator*() const { return *static_cast<T*>(loaded()); }
    [[nodiscard]] explicit operator bool() const { return loaded() != nullptr; }
    [[nodiscard]] bool is_loaded() const noexcept { return is_present(); }

    Related& operator=(const std::shared_ptr<T>& target) {
        link(target.get());
        return *this;
    }
    Related& operator=(std::nullptr_t) {
        link(nullptr);
        return *this;
    }

    /// The target, from memory, the session, or the database.
    /// @return an awaitable of shared_ptr<T>, null when there is none
    /// @throws InvalidRequestError when the object has no session
    template <class R = Related>
    [[nodiscard]] auto load() {
        return load_related(static_cast<R&>(*this));
    }
};

/// How a collection is kept: as a list (without a policy), a set, a map, or a numbered list.
struct AsSet {};
/// A map by an attribute of the members: `Collection<Note, KeyedBy<&Note::keyword>>`.
template <auto P>
struct KeyedBy {
    static constexpr auto member = P;
};
/// A list whose members hold their position, from 0: `Collection<Track, OrderedBy<&Track::position>>`.
template <auto P>
struct OrderedBy {
    static constexpr auto member = P;
};

/// A container of the program's own, which is told of every member that comes and goes, and never twice: read by
/// `collection.container()`. It has `append(T&)`, `remove(T&)` and `begin()`, `end()`; an object is in it once.
template <class Container>
struct KeptIn {};

namespace orm {
template <class C, class T>
concept MemberContainer = requires(C& container, const C& constant, T& member) {
    container.append(member);
    container.remove(member);
    constant.begin() == constant.end();
};
template <class P>
struct PolicyOf {
    static constexpr bool keyed = false, ordered = false;
    static constexpr auto member = nullptr;
};
template <auto P>
struct PolicyOf<KeyedBy<P>> {
    static constexpr bool keyed = true, ordered = false;
    static constexpr auto member = P;
};
template <auto P>
struct PolicyOf<OrderedBy<P>> {
    static constexpr bool keyed = false, ordered = true;
    static constexpr auto member = nullptr;
};
struct AsList {};
template <class P>
struct ContainerOf {
    using type = void;
};
template <class C>
struct ContainerOf<KeptIn<C>> {
    using type = C;
};
/// Tells a container of the program's own.
template <class T, class C>
    requires MemberContainer<C, T>
class TypedContainer : public KeyIndex {
public:
    void add(ModelBase& object) override { container.append(static_cast<T&>(object)); }
    void remove(ModelBase& object) override { container.remove(static_cast<T&>(object)); }
    void clear() noexcept override { container = C(); }
    [[nodiscard]] ModelBase* same_key(const ModelBase&) const override { return nullptr; }
    [[nodiscard]] bool has_key(const ModelBase&) const override { return true; }

    C container;
};

/// @tparam T  the members' class
/// @tparam P  the attribute that is the key
template <class T, auto P>
class TypedKeys : public KeyIndex {
    using Key = typename std::remove_cvref_t<decltype(std::declval<T&>().*P)>::value_type;
    struct Hash {
        std::size_t operator()(const Key& key) const {
            if constexpr (Hashable<Key>) return std::hash<Key>{}(key);
            else return 0; // searched
        }
    };

public:
    void add(ModelBase& object) override {
        if (has_key(object)) members_.insert_or_assign((static_cast<T&>(object).*P).raw(), &object);
    }
    void remove(ModelBase& object) override {
        if (same_key(object) == &object) members_.erase((static_cast<T&>(object).*P).raw());
        else std::erase_if(members_, [&](const auto& member) { return member.second == &object; });
    }
    void clear() noexcept override { members_.clear(); }
    [[nodiscard]] ModelBase* same_key(const ModelBase& object) const override {
        return has_key(object) ? find((static_cast<const T&>(object).*P).raw()) : nullptr;
    }
    [[nodiscard]] bool has_key(const ModelBase& object) const override { return (static_cast<const T&>(object).*P).is_present(); }
    template <class K>
    [[nodiscard]] ModelBase* find(const K& key) const {
        const auto found = members_.find(Key(key));
        return found == members_.end() ? nullptr : found->second;
    }

private:
    std::unordered_map<Key, ModelBase*, Hash> members_;
};
} // namespace orm

/// A link to many objects: a list unless the policy says otherwise. Reading it never does I/O:
/// `co_await x->addresses.load()` first, or load it eagerly. Adding and removing work on a collection that is not loaded, too.
template <class T, class Policy = orm::AsList>
class Collection : public orm::CollectionBase {
public:
    using container_type = typename orm::ContainerOf<Policy>::type; ///< void: none of the program's own
    static constexpr bool has_container = !std::is_void_v<container_type>;
    static constexpr bool is_list = !orm::PolicyOf<Policy>::keyed && !has_container && !std::same_as<Policy, AsSet>; ///< may hold an object twice
    static constexpr bool has_index = orm::PolicyOf<Policy>::keyed || has_container;

private:
    static constexpr bool keyed = orm::PolicyOf<Policy>::keyed;
    static constexpr bool ordered = orm::PolicyOf<Policy>::ordered;

public:
    using target_type = T;
    static constexpr auto key_member = orm::PolicyOf<Policy>::member; ///< of a map; else null
    /// For mappers: how a map finds its members, or a container of the program's own; null for other collections.
    static std::unique_ptr<orm::KeyIndex> make_keys() {
        if constexpr (keyed) return std::make_unique<orm::TypedKeys<T, key_member>>();
        else if constexpr (has_container) return std::make_unique<orm::TypedContainer<T, container_type>>();
        else return nullptr;
    }

    /// Goes over the objects as shared_ptr<T>. Valid while the collection does not change.
    class Iterator {
    public:
        using value_type = std::shared_ptr<T>;
        using difference_type = std::ptrdiff_t;
        Iterator() = default;
        explicit Iterator(std::vector<ModelBase*>::const_iterator position) : position_(position) {}
        [[nodiscard]] std::shared_ptr<T> operator*() const { return orm::handle_of<T>(*position_); }
        Iterator& operator++() {
            ++position_;
            return *this;
        }
        Iterator operator++(int) {
            auto copy = *this;
            ++position_;
            return copy;
        }
        friend bool operator==(const Iterator&, const Iterator&) = default;

    private:
        std::vector<ModelBase*>::const_iterator position_;
    };

    /// Adds at the end. A list may hold an object more than once; in a map it takes the place of the member with the same key.
    void append(const std::shared_ptr<T>& object) {
        link(object.get());
        if constexpr (ordered)
            if (is_present() && !items_.empty()) place(static_cast<T*>(items_.back()), items_.size() - 1);
    }
    void add(const std::shared_ptr<T>& object) { append(object); }
    /// @throws NotLoadedError. @pre position <= size()
    void insert(std::size_t position, const std::shared_ptr<T>& object) {
        (void)loaded();
        link(object.get(), position);
        if constexpr (ordered) renumber();
    }
    /// @throws ArgumentError when the collection is loaded and does not have it.
    void remove(const std::shared_ptr<T>& object) { remove(*object); }
    void remove(const T& object) {
        unlink(const_cast<T*>(&object));
        if constexpr (ordered) renumber();
    }
    /// Removes the object if it is there.
    void discard(const std::shared_ptr<T>& object) {
        if (!is_present() || has(object.get())) remove(object);
    }
    /// Removes the object at a position, the last one unless told. @throws NotLoadedError. @pre position < size()
    std::shared_ptr<T> pop(std::size_t position = at_end) {
        if (position == at_end) position = size() - 1;
        auto object = (*this)[position];
        unlink(object.get(), position);
        if constexpr (ordered) renumber();
        return object;
    }
    /// Puts another object in the place of the one there, which is removed first. @throws NotLoadedError. @pre position < size()
    void set(std::size_t position, const std::shared_ptr<T>& object)
        requires(is_list)
    {
        (void)loaded();
        link_instead(object.get(), position);
        if constexpr (ordered) renumber();
    }
    /// Puts objects, fewer or more, in the place of those in [first, last). Positions past the end are the end. @throws NotLoadedError.
    void set_slice(std::size_t first, std::size_t last, const std::vector<std::shared_ptr<T>>& objects)
        requires(is_list)
    {
        drop(first, last);
        for (const auto& object : objects) link(object.get(), first++);
        if constexpr (ordered) renumber();
    }
    /// Removes the objects in [first, last). Positions past the end are the end. @throws NotLoadedError.
    void remove_slice(std::size_t first, std::size_t last)
        requires(is_list)
    {
        drop(first, last);
        if constexpr (ordered) renumber();
    }
    /// Takes other objects: what stays is not touched (in a numbered list it keeps its number), the rest is removed.
    /// @throws NotLoadedError.
    Collection& operator=(const std::vector<std::shared_ptr<T>>& objects) {
        std::vector<ModelBase*> plain;
        for (const auto& object : objects) plain.push_back(object.get());
        replace(plain);
        if constexpr (ordered) number_new();
        return *this;
    }
    void clear() { *this = std::vector<std::shared_ptr<T>>{}; }

    /// @throws NotLoadedError.
    [[nodiscard]] std::size_t size() const { return loaded().size(); }
    [[nodiscard]] bool empty() const { return loaded().empty(); }
    [[nodiscard]] Iterator begin() const { return Iterator{loaded().begin()}; }
    [[nodiscard]] Iterator end() const { return Iterator{loaded().end()}; }
    /// @pre position < size()
    [[nodiscard]] std::shared_ptr<T> operator[](std::size_t position) const { return orm::handle_of<T>(loaded()[position]); }
    [[nodiscard]] bool is_loaded() const noexcept { return is_present(); }
    [[nodiscard]] bool contains(const std::shared_ptr<T>& object) const {
        (void)loaded();
        return has(object.get());
    }

    /// The container of `KeptIn<>`. @throws NotLoadedError.
    [[nodiscard]] const auto& container() const
        requires(has_container)
    {
        (void)loaded();
        return static_cast<const orm::TypedContainer<T, container_type>*>(keys())->container;
    }

    // ---- maps ----
    /// The member with that key, null when there is none. @throws NotLoadedError.
    template <class Key>
    [[nodiscard]] std::shared_ptr<T> find(const Key& key) const
        requires(keyed)
    {
        return orm::handle_of<T>(by_key(key));
    }
    template <class Key>
        requires(keyed && !std::convertible_to<const Key&, std::shared_ptr<T>>)
    [[nodiscard]] bool contains(const Key& key) const {
        return by_key(key) != nullptr;
    }
    /// Removes the member with that key. @return whether there was one
    template <class Key>
    bool erase_key(const Key& key)
        requires(keyed)
    {
        auto* object = by_key(key);
        if (object != nullptr) unlink(object);
        return object != nullptr;
    }

    /// The objects, from memory or the database.
    /// @return an awaitable of vector<shared_ptr<T>>
    /// @throws InvalidRequestError when the object has no session
    template <class C = Collection>
    [[nodiscard]] auto load() {
        return load_collection(static_cast<C&>(*this));
    }

private:
    [[nodiscard]] const std::vector<ModelBase*>& loaded() const {
        if (!is_present()) [[unlikely]] require_present();
        return items_;
    }
    template <class Key>
    [[nodiscard]] ModelBase* by_key(const Key& key) const {
        (void)loaded();
        return static_cast<const orm::TypedKeys<T, key_member>*>(keys())->find(key);
    }
    /// @param first  becomes a position of the list, or its end
    void drop(std::size_t& first, std::size_t last) {
        first = std::min(first, loaded().size());
        for (auto left = std::max(first, std::min(last, items_.size())) - first; left > 0 && first < items_.size(); --left)
            unlink(items_[first], first);
    }
    /// A new member takes its number; one that has a number keeps it.
    void place(T* object, std::size_t number) {
        auto& position = object->*Policy::member;
        using Number = azoth::detail::remove_optional_t<typename std::remove_cvref_t<decltype(position)>::value_type>;
        if (!is_present()) return;
        if constexpr (azoth::detail::is_optional<typename std::remove_cvref_t<decltype(position)>::value_type>) {
            if (position.is_present() && position.get().has_value()) return;
        } else {
            if (position.is_present()) return;
        }
        position = static_cast<Number>(number);
    }
    void number_new() {
        for (std::size_t i = 0; i < items_.size(); ++i) place(static_cast<T*>(items_[i]), i);
    }
    void renumber() {
        if (!is_present()) return;
        for (std::size_t i = 0; i < items_.size(); ++i) {
            auto& position = static_cast<T*>(items_[i])->*Policy::member;
            using Number = azoth::detail::remove_optional_t<typename std::remove_cvref_t<decltype(position)>::value_type>;
            if (!position.is_present() || !(position == static_cast<Number>(i))) position = static_cast<Number>(i);
        }
    }
};

} // namespace azoth
