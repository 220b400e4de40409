// SPDX-License-Identifier: MIT
// Looking at an object's state and history, and changing its state.
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <azoth/orm/link_history.hpp>
#include <azoth/orm/links.hpp>
#include <azoth/orm/errors.hpp>
#include <azoth/orm/mapper.hpp>
#include <azoth/sql/from.hpp>

namespace azoth {

/// What is known of one attribute's value.
enum class AttributeState : std::uint8_t {
    never_set, ///< of a new object
    loaded,    ///< from the database, or written to it
    modified,  ///< set since, be it to the same value
    expired,   ///< made unknown by expire(), a rollback, or a flush after which only the database knows
    not_loaded, ///< deferred: the query left it out
};

/// Where an object stands and what is loaded of it: `inspect(*user).persistent()`.
class Inspection {
public:
    /// @throws NoInspectionAvailable for an object that was not made by make<T>() or loaded by a session.
    explicit Inspection(const ModelBase& object);

    /// Never stored, in no session.
    [[nodiscard]] bool transient() const noexcept { return is(orm::Lifecycle::transient); }
    /// Added, waiting for its INSERT.
    [[nodiscard]] bool pending() const noexcept { return is(orm::Lifecycle::pending); }
    /// Stored and in a session.
    [[nodiscard]] bool persistent() const noexcept { return is(orm::Lifecycle::persistent); }
    /// Its row was deleted in a transaction that has not ended.
    [[nodiscard]] bool deleted() const noexcept { return is(orm::Lifecycle::deleted); }
    /// Stored once, in no session.
    [[nodiscard]] bool detached() const noexcept { return is(orm::Lifecycle::detached); }
    /// Its row was deleted, now or by a transaction that has ended.
    [[nodiscard]] bool was_deleted() const noexcept { return object_.orm_state().was_deleted; }
    /// It has the identity of a row: it is persistent, deleted or detached.
    [[nodiscard]] bool has_identity() const noexcept { return object_.orm_state().lifecycle >= orm::Lifecycle::persistent; }
    /// The primary key of its row; empty when it has none.
    [[nodiscard]] std::vector<Value> identity() const;
    /// The mapping of its class.
    [[nodiscard]] const orm::MapperData& mapper() const noexcept { return *object_.orm_state().mapper; }
    [[nodiscard]] bool in_session() const noexcept { return object_.orm_state().session != nullptr; }
    /// Something was set since it was loaded or flushed, be it to the same value.
    [[nodiscard]] bool modified() const noexcept;
    /// Attributes and relationships that have no value, in the order of the mapping.
    [[nodiscard]] std::vector<std::string> unloaded() const;

    /// Of a column: `inspect(*user).state_of<&User::name>()`. Reading one that is neither loaded nor modified throws.
    template <auto P>
        requires requires { typename orm::member_of<P>::value_type; }
    [[nodiscard]] AttributeState state_of() const {
        return state_of(static_cast<const orm::class_of<P>&>(object_).*P);
    }

private:
    [[nodiscard]] AttributeState state_of(const orm::AttributeBase& attribute) const noexcept;
    [[nodiscard]] bool is(orm::Lifecycle state) const noexcept { return object_.orm_state().lifecycle == state; }

    const ModelBase& object_;
};

[[nodiscard]] inline Inspection inspect(const ModelBase& object) { return Inspection{object}; }
/// @throws NoInspectionAvailable for a null handle.
template <std::derived_from<ModelBase> T>
[[nodiscard]] Inspection inspect(const std::shared_ptr<T>& object) {
    if (object == nullptr) throw NoInspectionAvailable("inspect(): the handle holds no object");
    return Inspection{*object};
}
/// A table, or another element of FROM, is its own description.
template <std::derived_from<Table> T>
[[nodiscard]] const T& inspect(const T& table) noexcept {
    return table;
}
template <std::derived_from<FromClause> F>
[[nodiscard]] const F& inspect(const F& element) noexcept {
    return element;
}
/// The mapping of a class. @throws ArgumentError as `mapper_of<T>()`.
template <orm::MappedClass T>
[[nodiscard]] const orm::MapperData& inspect() {
    return mapper_of<T>();
}

/// What became of an attribute or a link since it was loaded or flushed.
template <class V>
struct History {
    std::vector<V> added;
    std::vector<V> unchanged;
    std::vector<V> deleted;

    History() = default;
};

template <class T>
[[nodiscard]] History<T> get_history(const Mapped<T>& attribute) {
    History<T> history;
    const auto* object = attribute.owner();
    const orm::Changes::Old* old = nullptr;
    if (object != nullptr && object->orm_state().changes)
        for (const auto& known : object->orm_state().changes->values)
            if (known.attribute == attribute.index()) old = &known;
    if (attribute.is_changed()) {
        if (old != nullptr && old->known) {
            Mapped<T> before;
            orm::operations_of<T>().assign(before, old->value);
            if (attribute.is_present() && before.raw() == attribute.raw()) {
                history.unchanged.push_back(attribute.raw());
                return history;
            }
            history.deleted.push_back(before.raw());
        }
        if (attribute.is_present()) history.added.push_back(attribute.raw());
    } else if (attribute.is_present() && (object == nullptr || object->orm_state().lifecycle >= orm::Lifecycle::persistent)) {
        history.unchanged.push_back(attribute.raw()); // of a new object it would be a default, which nobody set
    }
    return history;
}

namespace orm {
template <class T>
[[nodiscard]] History<std::shared_ptr<T>> history_of(const AttributeBase& link) {
    auto* object = link.owner();
    History<std::shared_ptr<T>> history;
    if (object == nullptr) return history;
    const auto found = link_history(*object, object->orm_state().mapper->relationships[link.index()]);
    for (auto* member : found.added) history.added.push_back(handle_of<T>(member));
    for (auto* member : found.unchanged) history.unchanged.push_back(handle_of<T>(member));
    for (auto* member : found.deleted) history.deleted.push_back(handle_of<T>(member));
    return history;
}
} // namespace orm

template <class T>
[[nodiscard]] History<std::shared_ptr<T>> get_history(const Related<T>& link) {
    return orm::history_of<T>(link);
}
template <class T, class P>
[[nodiscard]] History<std::shared_ptr<T>> get_history(const Collection<T, P>& link) {
    return orm::history_of<T>(link);
}

/// Sets an attribute or a link as if it had been loaded: no change, no history, no events.
template <class T, class V>
    requires std::assignable_from<T&, V&&>
void set_committed_value(Mapped<T>& attribute, V&& value) {
    T next{};
    next = std::forward<V>(value);
    attribute.commit(std::move(next));
}
namespace orm {
void commit_related(RelatedBase& link, ModelBase* target);
void commit_collection(CollectionBase& link, std::vector<ModelBase*> members);
} // namespace orm
/// @throws ArgumentError for objects that were not made by make<T>() or loaded.
template <class T>
void set_committed_value(Related<T>& link, const std::shared_ptr<T>& target) {
    orm::commit_related(link, target.get());
}
template <class T, class P>
void set_committed_value(Collection<T, P>& link, const std::vector<std::shared_ptr<T>>& members) {
    std::vector<ModelBase*> plain;
    for (const auto& member : members) plain.push_back(member.get());
    orm::commit_collection(link, std::move(plain));
}
/// Marks a stored object as dirty though nothing of it changed: before_flush sees it among `session.dirty_objects()`. No SQL.
void flag_dirty(ModelBase& object);
template <class T>
void flag_dirty(const std::shared_ptr<T>& object) {
    flag_dirty(static_cast<ModelBase&>(*object));
}

/// Takes a new object for one that is stored: add() makes it persistent without a SELECT. Attributes without a value are to be
/// loaded. @throws InvalidRequestError when it is not transient; ArgumentError when its primary key is not set.
void make_transient_to_detached(ModelBase& object);
template <class T>
void make_transient_to_detached(const std::shared_ptr<T>& object) {
    make_transient_to_detached(static_cast<ModelBase&>(*object));
}

/// Makes a stored object a new one: it leaves its session, and add() stores it as another row (reset its key where the database
/// makes keys). Values stay, what is not loaded is forgotten.
void make_transient(ModelBase& object);
template <class T>
void make_transient(const std::shared_ptr<T>& object) {
    make_transient(static_cast<ModelBase&>(*object));
}

} // namespace azoth
