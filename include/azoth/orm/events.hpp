// SPDX-License-Identifier: MIT
// Listening to what happens to mapped objects: events<User>().before_insert, events<&User::name>().set, ….
#pragma once

#include <concepts>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

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

/// One signal of a class that is about attributes and links. A listener takes the object, and if it likes their names.
template <class T>
class AttributesSignal : public TypedSignal<Signal<ModelBase&, const AttributeNames&>, std::function<void(T&, const AttributeNames&)>> {
    using Raw = Signal<ModelBase&, const AttributeNames&>;
    using Typed = std::function<void(T&, const AttributeNames&)>;
    using Base = TypedSignal<Raw, Typed>;

public:
    explicit AttributesSignal(Raw& signal) : Base(signal, [](Typed listener) {
        return typename Raw::Listener{[listener = std::move(listener)](ModelBase& object, const AttributeNames& names) {
            listener(static_cast<T&>(object), names);
        }};
    }) {}
    using Base::connect;
    template <class F>
        requires(std::invocable<F&, T&> && !std::invocable<F&, T&, const AttributeNames&>)
    SignalConnection connect(F listener) {
        return Base::connect(Typed{[listener = std::move(listener)](T& object, const AttributeNames&) mutable { listener(object); }});
    }
};

template <class T>
struct ClassEvents {
    explicit ClassEvents(MapperSignals& s)
        : before_insert(s.before_insert), after_insert(s.after_insert), before_update(s.before_update), after_update(s.after_update),
          before_delete(s.before_delete), after_delete(s.after_delete), load(s.load), init(s.init), init_failure(s.init_failure),
          refresh(s.refresh), refresh_flush(s.refresh_flush), expire(s.expire) {}

    ObjectSignal<T> before_insert; ///< in a flush; may set attributes of the object. Awaited ones: `row_events<T>()`
    ObjectSignal<T> after_insert;
    ObjectSignal<T> before_update; ///< whether or not an UPDATE follows
    ObjectSignal<T> after_update;
    ObjectSignal<T> before_delete;
    ObjectSignal<T> after_delete;
    ObjectSignal<T> load;         ///< made from a row, which its attributes have; or by merge()
    ObjectSignal<T> init;         ///< made by make<T>(), before its attributes are set
    ObjectSignal<T> init_failure; ///< make<T>() throws what setting an attribute threw
    AttributesSignal<T> refresh;       ///< loaded again
    AttributesSignal<T> refresh_flush; ///< given by a flush: defaults, and what RETURNING brought but for the key
    AttributesSignal<T> expire;        ///< made unknown; links among them
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

/// A listener gives the value of a new object's attribute that is read before it was set: it is the attribute's from then on.
template <class T, class V>
class InitSignal : public TypedSignal<orm::Signal<ModelBase&, void*>, std::function<V(T&)>> {
    using Raw = orm::Signal<ModelBase&, void*>;
    using Listener = std::function<V(T&)>;

public:
    explicit InitSignal(Raw& signal) : TypedSignal<Raw, Listener>(signal, [](Listener listener) {
        return typename Raw::Listener{[listener = std::move(listener)](ModelBase& object, void* value) {
            *static_cast<V*>(value) = listener(static_cast<T&>(object));
        }};
    }) {}
};

/// Of a Collection<>, and its members.
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

/// What comes in instead, kept until it is linked.
template <class Target>
void replace_incoming(Incoming& incoming, const std::shared_ptr<Target>& object) {
    incoming.object = object.get();
    if (object != nullptr) incoming.kept = GraphRef{object->orm_state().graph};
}

/// An object is about to become a member. What a listener throws keeps it out.
template <class T, class Target>
class AppendSignal : public TypedSignal<orm::Signal<ModelBase&, Incoming&>, std::function<void(T&, Target&)>> {
    using Raw = orm::Signal<ModelBase&, Incoming&>;
    using Listener = std::function<void(T&, Target&)>;

public:
    explicit AppendSignal(Raw& signal) : TypedSignal<Raw, Listener>(signal, [](Listener listener) {
        return typename Raw::Listener{[listener = std::move(listener)](ModelBase& object, Incoming& incoming) {
            listener(static_cast<T&>(object), static_cast<Target&>(*incoming.object));
        }};
    }), raw_(signal) {}
    /// A listener that gives the member to take. Ignored where the other side of the relationship was assigned.
    SignalConnection connect_retval(std::function<std::shared_ptr<Target>(T&, Target&)> listener) {
        return raw_.connect([listener = std::move(listener)](ModelBase& object, Incoming& incoming) {
            replace_incoming(incoming, listener(static_cast<T&>(object), static_cast<Target&>(*incoming.object)));
        });
    }

private:
    Raw& raw_;
};

/// A link is about to be set. A listener takes the object, the new target (null for none) and the old one: nothing where that is not
/// known. What it throws keeps the old target.
template <class T, class Target>
class LinkSetSignal
    : public TypedSignal<
          orm::Signal<ModelBase&, Incoming&, const std::optional<ModelBase*>&>, std::function<void(T&, Target*, std::optional<Target*>)>> {
    using Raw = orm::Signal<ModelBase&, Incoming&, const std::optional<ModelBase*>&>;
    using Listener = std::function<void(T&, Target*, std::optional<Target*>)>;
    static std::optional<Target*> typed(const std::optional<ModelBase*>& old) {
        if (!old) return std::nullopt;
        return static_cast<Target*>(*old);
    }

public:
    explicit LinkSetSignal(Raw& signal) : TypedSignal<Raw, Listener>(signal, [](Listener listener) {
        return typename Raw::Listener{
            [listener = std::move(listener)](ModelBase& object, Incoming& incoming, const std::optional<ModelBase*>& old) {
                listener(static_cast<T&>(object), static_cast<Target*>(incoming.object), typed(old));
            }};
    }), raw_(signal) {}
    /// A listener that gives the target to take. Ignored where the other side of the relationship was changed.
    SignalConnection connect_retval(std::function<std::shared_ptr<Target>(T&, Target*, std::optional<Target*>)> listener) {
        return raw_.connect([listener = std::move(listener)](ModelBase& object, Incoming& incoming, const std::optional<ModelBase*>& old) {
            replace_incoming(incoming, listener(static_cast<T&>(object), static_cast<Target*>(incoming.object), typed(old)));
        });
    }

private:
    Raw& raw_;
};

/// Members of a collection that are about to be put into it as a whole; listeners may change them.
template <class T, class Target>
class ReplaceSignal
    : public TypedSignal<
          orm::Signal<ModelBase&, std::vector<ModelBase*>&, std::vector<GraphRef>&>, std::function<void(T&, std::vector<std::shared_ptr<Target>>&)>> {
    using Raw = orm::Signal<ModelBase&, std::vector<ModelBase*>&, std::vector<GraphRef>&>;
    using Listener = std::function<void(T&, std::vector<std::shared_ptr<Target>>&)>;

public:
    explicit ReplaceSignal(Raw& signal) : TypedSignal<Raw, Listener>(signal, [](Listener listener) {
        return typename Raw::Listener{
            [listener = std::move(listener)](ModelBase& object, std::vector<ModelBase*>& members, std::vector<GraphRef>& kept) {
                std::vector<std::shared_ptr<Target>> typed;
                for (auto* member : members) typed.push_back(handle_of<Target>(member));
                listener(static_cast<T&>(object), typed);
                members.clear();
                for (const auto& member : typed) {
                    members.push_back(member.get());
                    if (member != nullptr) kept.emplace_back(member->orm_state().graph);
                }
            }};
    }) {}
};

/// A collection, and what was in it.
template <class T, class Target>
class DisposeSignal
    : public TypedSignal<
          orm::Signal<ModelBase&, const std::vector<ModelBase*>&>, std::function<void(T&, const std::vector<std::shared_ptr<Target>>&)>> {
    using Raw = orm::Signal<ModelBase&, const std::vector<ModelBase*>&>;
    using Listener = std::function<void(T&, const std::vector<std::shared_ptr<Target>>&)>;

public:
    explicit DisposeSignal(Raw& signal) : TypedSignal<Raw, Listener>(signal, [](Listener listener) {
        return typename Raw::Listener{[listener = std::move(listener)](ModelBase& object, const std::vector<ModelBase*>& members) {
            std::vector<std::shared_ptr<Target>> typed;
            for (auto* member : members) typed.push_back(handle_of<Target>(member));
            listener(static_cast<T&>(object), typed);
        }};
    }) {}
};

template <class T, class V>
struct AttributeEvents {
    explicit AttributeEvents(AttributeWatch& watch) : set(watch.set), init_scalar(watch.init_scalar), modified(watch.modified) {}
    SetSignal<T, V> set; ///< by the program, before it happens; not by loading
    InitSignal<T, V> init_scalar;
    ObjectSignal<T> modified; ///< by flag_modified() or mutate()
};
/// Of a Related<>.
template <class T, class Target>
struct RelatedEvents {
    explicit RelatedEvents(LinkWatch& watch) : set(watch.set) {}
    LinkSetSignal<T, Target> set; ///< here, or by a change of the other side; not by loading
};
/// Of a Collection<>. Changes made on the other side of the relationship are told, too; loading is not.
template <class T, class Target>
struct CollectionEvents {
    explicit CollectionEvents(LinkWatch& watch)
        : append(watch.append), append_wo_mutation(watch.append_wo_mutation), remove(watch.remove), bulk_replace(watch.bulk_replace),
          init_collection(watch.init_collection), dispose_collection(watch.dispose_collection) {}
    AppendSignal<T, Target> append;
    MemberSignal<T, Target> append_wo_mutation; ///< it is in the collection already
    MemberSignal<T, Target> remove;
    ReplaceSignal<T, Target> bulk_replace;        ///< before `append` and `remove` of what comes and goes
    ObjectSignal<T> init_collection;              ///< of a new object, loaded, or replaced as a whole
    DisposeSignal<T, Target> dispose_collection;  ///< replaced as a whole
};

} // namespace orm

/// The events of a mapped class; listeners stay until they are disconnected. `events<ModelBase>()`: those of all classes.
template <std::derived_from<ModelBase> T>
[[nodiscard]] orm::ClassEvents<T> events() {
    if constexpr (std::same_as<T, ModelBase>) return orm::ClassEvents<T>{orm::signals_of_all_classes()};
    else return orm::ClassEvents<T>{mapper_of<T>().signals};
}

/// What happens to the mappings of all classes: listeners are to be there before a class is used first.
[[nodiscard]] inline orm::MappingEvents& mapping_events() { return orm::mapping_events_of_all_classes(); }

/// The events of an attribute, told for objects that are made afterwards, or of a link.
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
    else {
        auto& watch = orm::watch_of(mapper.relationships[mapper.relationship_index(orm::member_name<P>())]);
        if constexpr (std::derived_from<M, orm::RelatedBase>) return orm::RelatedEvents<T, typename M::target_type>{watch};
        else return orm::CollectionEvents<T, typename M::target_type>{watch};
    }
}

} // namespace azoth
