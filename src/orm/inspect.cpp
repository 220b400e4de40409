// SPDX-License-Identifier: MIT
#include <azoth/orm/inspect.hpp>

#include <algorithm>
#include <utility>

#include <azoth/orm/errors.hpp>
#include <azoth/orm/load_plan.hpp>
#include <azoth/orm/session_state.hpp>

namespace azoth {

Inspection::Inspection(const ModelBase& object) : object_(object) {
    if (object.orm_state().mapper == nullptr)
        throw NoInspectionAvailable("inspect(): the object was not made by make<T>() or loaded by a session");
}

std::vector<std::string> Inspection::unloaded() const {
    std::vector<std::string> names;
    const auto* mapper = object_.orm_state().mapper;
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

AttributeState Inspection::state_of(const orm::AttributeBase& attribute) const noexcept {
    if (attribute.is_changed()) return AttributeState::modified;
    if (object_.orm_state().lifecycle < orm::Lifecycle::persistent) return AttributeState::never_set; // it may have a default
    if (attribute.is_expired()) return AttributeState::expired;
    if (attribute.is_present()) return AttributeState::loaded;
    return AttributeState::not_loaded;
}

bool Inspection::modified() const noexcept {
    const auto& state = object_.orm_state();
    return state.in_dirty_list || state.changes != nullptr || state.lifecycle < orm::Lifecycle::persistent;
}

namespace orm {

namespace {

const RelationshipInfo& committed_link(const AttributeBase& link) {
    const auto* owner = link.owner();
    if (owner == nullptr) throw UnmappedInstanceError("set_committed_value(): the object was not made by make<T>() or loaded by a session");
    return owner->orm_state().mapper->relationships[link.index()];
}

void require_managed_member(const ModelBase* member) {
    if (member != nullptr && member->orm_state().mapper == nullptr)
        throw UnmappedInstanceError("set_committed_value(): a member was not made by make<T>() or loaded by a session");
}

} // namespace

void commit_related(RelatedBase& link, ModelBase* target) {
    const auto& info = committed_link(link);
    require_managed_member(target);
    auto& owner = *link.owner();
    if (auto& changes = owner.orm_state().changes)
        std::erase_if(changes->targets, [&](const auto& old) { return old.relationship == info.index; });
    link.set_flags(0); // what the program had set does not stand
    fill_related(owner, info, target);
}

void commit_collection(CollectionBase& link, std::vector<ModelBase*> members) {
    const auto& info = committed_link(link);
    for (const auto* member : members) {
        if (member == nullptr) throw ArgumentError("a collection holds objects, not null");
        require_managed_member(member);
    }
    auto& owner = *link.owner();
    if (auto& changes = owner.orm_state().changes) {
        changes->added.erase_all(info.index);
        changes->removed.erase_all(info.index);
    }
    fill_collection(owner, info, std::move(members));
}

} // namespace orm

void flag_dirty(ModelBase& object) {
    auto& state = object.orm_state();
    if (state.mapper == nullptr) throw UnmappedInstanceError("flag_dirty(): the object was not made by make<T>() or loaded by a session");
    if (state.session != nullptr) state.session->mark_dirty(object);
}

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
