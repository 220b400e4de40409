// SPDX-License-Identifier: MIT
// Listening to what happens to mapped objects: events<User>().before_insert, events<&User::name>().set, ….
#pragma once

#include <concepts>
#include <functional>
#include <utility>

#include <azoth/orm/mapper.hpp>

namespace azoth {

namespace orm {

/// A signal whose listeners take typed objects: `wrap` makes a listener of the signal of a program's.
template <class S, class Listener>
class TypedSignal {
public:
    explicit TypedSignal(S& signal, typename S::Listener (*wrap)(Listener)) : signal_(signal), wrap_(wrap) {}
    SignalConnection connect(Listener listener) { return signal_.connect(wrap_(std::move(listener))); }
    /// Called before those that are there.
    SignalConnection connect_first(Listener listener) { return signal_.connect_first(wrap_(std::move(listener))); }
    /// Called for the next event only.
    SignalConnection connect_once(Listener listener) { return signal_.connect_once(wrap_(std::move(listener))); }
    bool disconnect(const SignalConnection& connection) { return signal_.disconnect(connection); }
    [[nodiscard]] bool contains(const SignalConnection& connection) const { return signal_.contains(connection); }

private:
    S& signal_;
    typename S::Listener (*wrap_)(Listener);
};

/// One signal of a class.
template <class T>
class ObjectSignal : public TypedSignal<orm::Signal<ModelBase&>, std::function<void(T&)>> {
    using Base = TypedSignal<orm::Signal<ModelBase&>, std::function<void(T&)>>;

public:
    explicit ObjectSignal(orm::Signal<ModelBase&>& signal) : Base(signal, [](std::function<void(T&)> listener) {
        return std::function<void(ModelBase&)>{
            [listener = std::move(listener)](ModelBase& object) { listener(static_cast<T&>(object)); }};
    }) {}
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
class SetSignal : public TypedSignal<orm::Signal<ModelBase&, void*, const void*>, std::function<void(T&, const V&, const V*)>> {
    using Raw = orm::Signal<ModelBase&, void*, const void*>;
    using Listener = std::function<void(T&, const V&, const V*)>;

public:
    /// A listener takes the object, the new value, and the old one (null when it is not known). What it throws keeps the old value.
    explicit SetSignal(Raw& signal) : TypedSignal<Raw, Listener>(signal, [](Listener listener) {
        return typename Raw::Listener{[listener = std::move(listener)](ModelBase& object, void* value, const void* old) {
            listener(static_cast<T&>(object), *static_cast<const V*>(value), static_cast<const V*>(old));
        }};
    }), raw_(signal) {}
    /// A listener that gives the value to take.
    SignalConnection connect_retval(std::function<V(T&, const V&, const V*)> listener) {
        return raw_.connect([listener = std::move(listener)](ModelBase& object, void* value, const void* old) {
            auto& next = *static_cast<V*>(value);
            next = listener(static_cast<T&>(object), std::as_const(next), static_cast<const V*>(old));
        });
    }

private:
    Raw& raw_;
};

/// Of a Related<> or a Collection<>.
template <class T, class Target>
class MemberSignal : public TypedSignal<orm::Signal<ModelBase&, ModelBase&>, std::function<void(T&, Target&)>> {
    using Raw = orm::Signal<ModelBase&, ModelBase&>;
    using Listener = std::function<void(T&, Target&)>;

public:
    explicit MemberSignal(Raw& signal) : TypedSignal<Raw, Listener>(signal, [](Listener listener) {
        return typename Raw::Listener{[listener = std::move(listener)](ModelBase& object, ModelBase& member) {
            listener(static_cast<T&>(object), static_cast<Target&>(member));
        }};
    }) {}
};

template <class T, class V>
struct AttributeEvents {
    explicit AttributeEvents(AttributeWatch& watch) : set(watch.set) {}
    SetSignal<T, V> set; ///< by the program, before it happens; not by loading
};
template <class T, class Target>
struct LinkEvents {
    explicit LinkEvents(LinkWatch& watch) : append(watch.append), remove(watch.remove) {}
    MemberSignal<T, Target> append;
    MemberSignal<T, Target> remove;
};

} // namespace orm

/// The events of a mapped class; listeners stay until they are disconnected. `events<ModelBase>()`: those of all classes.
template <std::derived_from<ModelBase> T>
[[nodiscard]] orm::ClassEvents<T> events() {
    if constexpr (std::same_as<T, ModelBase>) return orm::ClassEvents<T>{orm::signals_of_all_classes()};
    else
    return orm::ClassEvents<T>{mapper_of<T>().signals};
}

/// What happens to the mappings of all classes: listeners are to be there before a class is used first.
[[nodiscard]] inline orm::MappingEvents& mapping_events() { return orm::mapping_events_of_all_classes(); }

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
