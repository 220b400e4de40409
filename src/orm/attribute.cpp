// SPDX-License-Identifier: MIT
// What happens when a mapped attribute is changed, or read without having been loaded.
#include <azoth/orm/attribute.hpp>

#include <algorithm>

#include <azoth/orm/entity.hpp>
#include <azoth/orm/errors.hpp>
#include <azoth/orm/mapper_data.hpp>
#include <azoth/orm/session_state.hpp>

namespace azoth::orm {

bool AttributeBase::reads_as_null() const noexcept {
    const auto* object = owner();
    if (object == nullptr || object->orm_state().lifecycle <= Lifecycle::pending) return true;
    return !is_changed() && object->orm_state().mapper->attributes[index_].query_expression;
}

void require_init(const AttributeBase& attribute, bool link) {
    if (attribute.owner() == nullptr) return;
    const auto& mapper = *attribute.owner()->orm_state().mapper;
    const auto index = attribute.index();
    const auto& use = link ? mapper.relationships[index].use : mapper.attributes[index].use;
    if (use.init) return;
    throw ArgumentError(
        "make<" + mapper.class_name + ">(): '" + (link ? mapper.relationships[index].name : mapper.attributes[index].name)
        + "' is mapped with init(false), so it is not set when an object is made; assign it afterwards");
}

void AttributeBase::before_change() {
    auto* object = owner();
    if (object == nullptr) return;
    auto& state = object->orm_state();
    if (is_changed()) { // again: the old value is known, an expression is not wanted any more
        if (state.changes)
            std::erase_if(state.changes->expressions, [&](const auto& set) { return set.attribute == index_; });
        return;
    }
    if (state.lifecycle < Lifecycle::persistent) return; // a new object is written whole
    if (state.session != nullptr) state.session->require_begun();
    const auto& info = state.mapper->attributes[index_];
    auto& changes = state.changed();
    changes.values.push_back({index_, is_present(), is_present() ? info.operations->value(*this) : Value{}});
    if (state.session != nullptr) state.session->mark_dirty(*object);
}

void AttributeBase::before_set(void* value, const void* old) const {
    auto* object = owner();
    if (object == nullptr) return;
    const auto& state = object->orm_state();
    const auto& info = state.mapper->attributes[index_];
    if (info.active_history && old == nullptr && !is_changed() && state.lifecycle >= Lifecycle::persistent)
        throw NotLoadedError(
            state.mapper->class_name + "::" + info.name + " has active_history, so its old value has to be known: co_await object->"
            + info.name + ".load() before it is set");
    const auto& watch = info.watch;
    if (!watch) return;
    if (watch->validate) watch->validate(*object, value);
    watch->set(*object, value, old); // listeners may put another value in its place
}

bool AttributeBase::initialise(void* value) {
    auto* object = owner();
    if (object == nullptr || object->orm_state().lifecycle > Lifecycle::pending || is_changed()) return false;
    const auto& watch = object->orm_state().mapper->attributes[index_].watch;
    if (!watch || watch->init_scalar.empty()) return false;
    watch->init_scalar(*object, value);
    flags_ = present | changed;
    return true;
}

void AttributeBase::forget_change() {
    auto* object = owner();
    if (object == nullptr || !object->orm_state().changes) return;
    auto& changes = *object->orm_state().changes;
    std::erase_if(changes.values, [&](const auto& old) { return old.attribute == index_; });
    std::erase_if(changes.expressions, [&](const auto& set) { return set.attribute == index_; });
}

void AttributeBase::set_expression(sql::NodePtr expression) {
    auto* object = owner();
    if (object == nullptr)
        throw ArgumentError("a SQL expression can be assigned to attributes of objects made by make<T>() or loaded by a session");
    before_change();
    object->orm_state().changed().expressions.push_back({index_, std::move(expression)});
    flags_ = changed;
}

void AttributeBase::flag_modified() {
    auto* object = owner();
    if (!is_present()) throw_not_loaded();
    if (object == nullptr || object->orm_state().lifecycle < Lifecycle::persistent) {
        flags_ |= changed;
        if (watched_ && object != nullptr) tell_modified(*object);
        return;
    }
    auto& state = object->orm_state();
    if (state.session != nullptr) state.session->require_begun();
    // As if the old value were not known: it is written, whatever it was.
    auto& values = state.changed().values;
    const auto known = std::ranges::find(values, index_, &Changes::Old::attribute);
    if (known == values.end()) values.push_back({index_, false, Value{}});
    else if (!state.mapper->attributes[index_].primary_key) known->known = false;
    flags_ = static_cast<std::uint8_t>(present | changed);
    if (state.session != nullptr) state.session->mark_dirty(*object);
    if (watched_) tell_modified(*object);
}

void AttributeBase::tell_modified(ModelBase& object) const {
    if (const auto& watch = object.orm_state().mapper->attributes[index_].watch) watch->modified(object);
}

void AttributeBase::assign_value(const Value& value) {
    const auto& info = owner()->orm_state().mapper->attributes[index_];
    if (flags_ != (present | changed)) before_change();
    info.operations->assign(*this, value);
    const bool holds = !value.is_null() || info.operations->nullable;
    flags_ = static_cast<std::uint8_t>((holds ? present : 0) | changed);
}

void AttributeBase::set_from_flush(const Value& value) {
    auto& state = owner()->orm_state();
    const auto& info = state.mapper->attributes[index_];
    if (state.lifecycle >= Lifecycle::persistent) {
        auto& changes = state.changed();
        if (std::ranges::find(changes.values, index_, &Changes::Old::attribute) == changes.values.end())
            changes.values.push_back({index_, is_present(), is_present() ? info.operations->value(*this) : Value{}});
    }
    if (state.changes) std::erase_if(state.changes->expressions, [&](const auto& set) { return set.attribute == index_; });
    info.operations->assign(*this, value);
    const bool holds = !value.is_null() || info.operations->nullable;
    flags_ = static_cast<std::uint8_t>((holds ? present : 0) | changed);
}

void AttributeBase::throw_not_loaded() const {
    const auto* object = owner();
    if (object == nullptr)
        throw NotLoadedError("this attribute has no value: its object was not made by make<T>() or loaded by a session");
    const auto& state = object->orm_state();
    const auto name = state.mapper->class_name + "::" + state.mapper->attributes[index_].name;
    if (is_changed())
        throw NotLoadedError(name + " was set to a SQL expression: flush() the session, then co_await object->"
                             + state.mapper->attributes[index_].name + ".load()");
    if (state.lifecycle <= Lifecycle::pending)
        throw NotLoadedError(name + " has not been set: the object is new; assign the attribute, or flush() the session if "
                                    "the database makes its value");
    if (state.session == nullptr)
        throw DetachedInstanceError(
            name + " is not loaded, and the object has no session any more: load it while the session is open");
    throw NotLoadedError(
        name + " is not loaded (expired, deferred, or made by the database): co_await object->"
        + state.mapper->attributes[index_].name + ".load() or session.refresh(object) loads it");
}

} // namespace azoth::orm
