// SPDX-License-Identifier: MIT
#include <azoth/orm/inspect.hpp>

#include <azoth/error.hpp>
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

void make_transient(ModelBase& object) {
    auto& state = object.orm_state();
    if (state.mapper == nullptr) throw ArgumentError("make_transient(): the object was not made by make<T>() or loaded by a session");
    if (state.session != nullptr) state.session->expunge(object);
    state.lifecycle = orm::Lifecycle::transient;
    state.changes.reset();
    state.expired = false;
    state.to_be_deleted = false;
    // Values that are there are written again; nothing is to be loaded.
    for (const auto& info : state.mapper->attributes) {
        auto& attribute = orm::MapperData::attribute(object, info);
        attribute.set_flags(attribute.is_present() ? orm::AttributeBase::present | orm::AttributeBase::changed : 0);
    }
    for (const auto& info : state.mapper->relationships) orm::MapperData::link(object, info).set_flags(orm::AttributeBase::present);
}

} // namespace azoth
