// SPDX-License-Identifier: MIT
#include <azoth/orm/inspect.hpp>

#include <azoth/error.hpp>
#include <azoth/orm/load_plan.hpp>
#include <azoth/orm/session_state.hpp>

namespace azoth {

std::vector<std::string> Inspection::unloaded() const {
    std::vector<std::string> names;
    const auto* mapper = object_.orm_state().mapper;
    if (mapper == nullptr) return names;
    auto& object = const_cast<ModelBase&>(object_);
    for (const auto& info : mapper->attributes) {
        const auto& attribute = orm::MapperData::attribute(object, info);
        if (!attribute.is_present() && !attribute.is_changed()) names.push_back(info.name);
    }
    for (const auto& info : mapper->relationships) {
        const auto& link = orm::MapperData::link(object, info);
        const bool fresh = object_.orm_state().lifecycle < orm::Lifecycle::persistent;
        const bool set = fresh ? !orm::link_history(object, info).empty() : link.is_present() && (link.flags() & orm::AttributeBase::implied) == 0;
        if (!set) names.push_back(info.name);
    }
    return names;
}

std::vector<Value> Inspection::identity() const {
    if (!has_identity()) return {};
    return orm::stored_key(const_cast<ModelBase&>(object_));
}

bool Inspection::modified() const noexcept {
    const auto& state = object_.orm_state();
    return state.in_dirty_list || state.changes != nullptr || state.lifecycle < orm::Lifecycle::persistent;
}

namespace orm {

void forget_change(AttributeBase& attribute) {
    attribute.set_flags(AttributeBase::present);
    auto* object = attribute.owner();
    if (object == nullptr || !object->orm_state().changes) return;
    auto& changes = *object->orm_state().changes;
    std::erase_if(changes.values, [&](const auto& old) { return old.attribute == attribute.index(); });
    std::erase_if(changes.expressions, [&](const auto& set) { return set.attribute == attribute.index(); });
}

void set_committed_target(RelatedBase& link, ModelBase* target) {
    auto* owner = link.owner();
    if (owner == nullptr) throw ArgumentError("set_committed_value(): the object was not made by make<T>() or loaded by a session");
    if (owner->orm_state().changes)
        std::erase_if(owner->orm_state().changes->targets, [&](const auto& old) { return old.relationship == link.index(); });
    if (target != nullptr) orm::link(owner->orm_state().graph, target->orm_state().graph);
    link.load(target);
}

void set_committed_members(CollectionBase& link, std::vector<ModelBase*> members) {
    auto* owner = link.owner();
    if (owner == nullptr) throw ArgumentError("set_committed_value(): the object was not made by make<T>() or loaded by a session");
    if (owner->orm_state().changes) {
        const auto index = static_cast<const AttributeBase&>(link).index();
        owner->orm_state().changes->added.erase_all(index);
        owner->orm_state().changes->removed.erase_all(index);
    }
    for (const auto* member : members) {
        if (member == nullptr) throw ArgumentError("set_committed_value(): a collection holds objects, not null");
        orm::link(owner->orm_state().graph, member->orm_state().graph);
    }
    link.set_items(std::move(members));
    link.set_flags(AttributeBase::present);
}

} // namespace orm

void make_transient_to_detached(ModelBase& object) {
    auto& state = object.orm_state();
    if (state.mapper == nullptr || state.lifecycle != orm::Lifecycle::transient)
        throw InvalidRequestError("make_transient_to_detached(): the object is not transient");
    for (const auto& value : orm::stored_key(object))
        if (value.is_null())
            throw ArgumentError("make_transient_to_detached(): the primary key of the object of class " + state.mapper->class_name + " is not set");
    state.lifecycle = orm::Lifecycle::detached;
    state.changes.reset();
    for (const auto& info : state.mapper->attributes) {
        auto& attribute = orm::MapperData::attribute(object, info);
        if (attribute.is_present()) attribute.set_flags(orm::AttributeBase::present);
        else attribute.set_flags(info.deferred ? std::uint8_t{0} : orm::AttributeBase::expired);
    }
    for (const auto& info : state.mapper->relationships) {
        auto& link = orm::MapperData::link(object, info);
        const bool set = info.collection ? !orm::MapperData::collection(object, info).items().empty()
                                         : link.is_changed() || orm::MapperData::related(object, info).target() != nullptr;
        link.set_flags(set ? orm::AttributeBase::present : std::uint8_t{0});
    }
}

void make_transient(ModelBase& object) {
    auto& state = object.orm_state();
    if (state.mapper == nullptr) throw ArgumentError("make_transient(): the object was not made by make<T>() or loaded by a session");
    if (state.session != nullptr) state.session->expunge(object);
    state.lifecycle = orm::Lifecycle::transient;
    state.changes.reset();
    state.expired = state.was_deleted = state.to_be_deleted = false;
    // Values that are there are written again; nothing is to be loaded.
    for (const auto& info : state.mapper->attributes) {
        auto& attribute = orm::MapperData::attribute(object, info);
        attribute.set_flags(attribute.is_present() && !info.computed ? orm::AttributeBase::present | orm::AttributeBase::changed : 0);
    }
    for (const auto& info : state.mapper->relationships) orm::MapperData::link(object, info).set_flags(orm::AttributeBase::present);
}

} // namespace azoth
