// SPDX-License-Identifier: MIT
// Listening to what happens to mapped objects: events<User>().before_insert, events<&User::name>().set, ….
#pragma once

#include <functional>
#include <utility>

#include <azoth/orm/mapper.hpp>

namespace azoth {

namespace orm {

/// One signal of a class, its objects typed.
template <class T>
class ObjectSignal {
public:
    explicit ObjectSignal(Signal<ModelBase&>& signal) : signal_(signal) {}
    SignalConnection connect(std::function<void(T&)> listener) {
        return signal_.connect([listener = std::move(listener)](ModelBase& object) { listener(static_cast<T&>(object)); });
    }

private:
    Signal<ModelBase&>& signal_;
};

template <class T>
struct ClassEvents {
    explicit ClassEvents(MapperSignals& s)
        : before_insert(s.before_insert), after_insert(s.after_insert), before_update(s.before_update), after_update(s.after_update),
          before_delete(s.before_delete), after_delete(s.after_delete), load(s.load), refresh(s.refresh) {}

    ObjectSignal<T> before_insert; ///< in a flush; may set attributes of the object
    ObjectSignal<T> after_insert;
    ObjectSignal<T> before_update; ///< whether or not an UPDATE follows
    ObjectSignal<T> after_update;
    ObjectSignal<T> before_delete;
    ObjectSignal<T> after_delete;
    ObjectSignal<T> load;    ///< made from a row
    ObjectSignal<T> refresh; ///< loaded again
};

/// Of a Mapped<> attribute.
template <class T, class V>
class SetSignal {
public:
    explicit SetSignal(AttributeWatch& watch) : watch_(watch) {}
    /// @param listener  takes the object, the new value, and the old one (null when it is not known)
    SignalConnection connect(std::function<void(T&, const V&, const V*)> listener) {
        return watch_.set.connect([listener = std::move(listener)](ModelBase& object, const void* value, const void* old) {
            listener(static_cast<T&>(object), *static_cast<const V*>(value), static_cast<const V*>(old));
        });
    }

private:
    AttributeWatch& watch_;
};

/// Of a Related<> or a Collection<>.
template <class T, class Target>
class MemberSignal {
public:
    explicit MemberSignal(Signal<ModelBase&, ModelBase&>& signal) : signal_(signal) {}
    SignalConnection connect(std::function<void(T&, Target&)> listener) {
        return signal_.connect([listener = std::move(listener)](ModelBase& object, ModelBase& member) {
            listener(static_cast<T&>(object), static_cast<Target&>(member));
        });
    }

private:
    Signal<ModelBase&, ModelBase&>& signal_;
};

template <class T, class V>
struct AttributeEvents {
    explicit AttributeEvents(AttributeWatch& watch) : set(watch) {}
    SetSignal<T, V> set; ///< by the program, before it happens; not by loading
};
template <class T, class Target>
struct LinkEvents {
    explicit LinkEvents(LinkWatch& watch) : append(watch.append), remove(watch.remove) {}
    MemberSignal<T, Target> append;
    MemberSignal<T, Target> remove;
};

} // namespace orm

/// The events of a mapped class. Connect before other threads use the class; listeners stay until they are disconnected.
template <orm::MappedClass T>
[[nodiscard]] orm::ClassEvents<T> events() {
    return orm::ClassEvents<T>{mapper_of<T>().signals};
}

/// The events of an attribute or a collection, told for objects that are made afterwards.
template <auto P>
    requires std::derived_from<orm::member_of<P>, orm::AttributeBase>
[[nodiscard]] auto events() {
    using T = orm::class_of<P>;
    using M = orm::member_of<P>;
    (void)mapper_of<T>();
    auto& mapper = orm::mapped_data<T>();
    if constexpr (requires { typename M::value_type; })
        return orm::AttributeEvents<T, typename M::value_type>{
            orm::watch_of(mapper.attributes[mapper.attribute_index(orm::member_name<P>())])};
    else
        return orm::LinkEvents<T, typename M::target_type>{
            orm::watch_of(mapper.relationships[mapper.relationship_index(orm::member_name<P>())])};
}

} // namespace azoth
