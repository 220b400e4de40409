// SPDX-License-Identifier: MIT
// What happens when a mapped attribute is changed, or read without having been loaded.
#include <azoth/orm/attribute.hpp>

#include <azoth/error.hpp>
#include <azoth/orm/mapper_data.hpp>
#include <azoth/orm/session_state.hpp>

namespace azoth::orm {

void AttributeBase::before_change() {
    auto* object = owner();
    if (object == nullptr) return;
    auto& state = object->orm_state();
    if (state.lifecycle < Lifecycle::persistent) return; // a new object is written whole
    const auto& info = state.mapper->attributes[index_];
    auto& changes = state.changed();
    changes.values.push_back({index_, is_present(), is_present() ? info.operations->value(*this) : Value{}});
    if (state.session != nullptr) state.session->mark_dirty(*object);
}

void AttributeBase::throw_not_loaded() const {
    const auto* object = owner();
    if (object == nullptr)
        throw NotLoadedError("this attribute has no value: its object was not made by make<T>() or loaded by a session");
    const auto& state = object->orm_state();
    const auto name = state.mapper->class_name + "::" + state.mapper->attributes[index_].name;
    if (state.lifecycle <= Lifecycle::pending)
        throw NotLoadedError(name + " has not been set: the object is new; assign the attribute, or flush() the session if "
                                    "the database makes its value");
    if (state.session == nullptr)
        throw NotLoadedError(
            name + " is not loaded, and the object has no session any more: load it while the session is open");
    throw NotLoadedError(
        name + " is not loaded (expired, deferred, or made by the database): co_await session.refresh(object) loads it");
}

} // namespace azoth::orm
