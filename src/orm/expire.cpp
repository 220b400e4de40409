// SPDX-License-Identifier: MIT
// Making values unknown; and whether there is anything to write.
#include <azoth/orm/session_state.hpp>

#include <algorithm>
#include <unordered_set>
#include <utility>

#include <azoth/orm/flush_plan.hpp>

namespace azoth::orm {

namespace {

/// The value before a change that is not written: an identity key says which row to load again.
void restore_key(ModelBase& object, std::uint16_t index) {
    auto& state = object.orm_state();
    if (!state.changes) return;
    for (const auto& old : state.changes->values) {
        if (old.attribute != index || !old.known) continue;
        const auto& info = state.mapper->attributes[index];
        info.operations->assign(MapperData::attribute(object, info), old.value);
    }
}

void expire_value(ModelBase& object, std::uint16_t index) {
    const auto& info = object.orm_state().mapper->attributes[index];
    auto& attribute = MapperData::attribute(object, info);
    if (info.primary_key) {
        restore_key(object, index);
        attribute.set_flags(AttributeBase::present | AttributeBase::expired);
    } else {
        attribute.set_flags(info.deferred ? std::uint8_t{0} : AttributeBase::expired);
    }
}

/// Nothing is known of the link any more.
void forget_link(ModelBase& object, const RelationshipInfo& info) {
    if (info.collection) MapperData::collection(object, info).clear_items();
    else MapperData::related(object, info).set_target(nullptr);
    MapperData::link(object, info).set_flags(0);
}

} // namespace

void SessionState::expire_one(ModelBase& object) {
    auto& state = object.orm_state();
    const bool known = !state.expired; // expired again: nothing happens to it
    for (std::size_t i = 0; i < state.mapper->attributes.size(); ++i) expire_value(object, static_cast<std::uint16_t>(i));
    for (const auto& info : state.mapper->relationships) forget_link(object, info);
    state.changes.reset();
    state.expired = true;
    if (state.in_dirty_list) {
        state.in_dirty_list = false;
        std::erase_if(dirty_, [&](const Pinned& pinned) { return pinned.object == &object; });
    }
    if (known) tell(object, &MapperSignals::expire, {});
}

void SessionState::expire(ModelBase& root) {
    std::vector<ModelBase*> open{&root};
    std::unordered_set<const ModelBase*> seen;
    while (!open.empty()) {
        auto& object = *open.back();
        open.pop_back();
        if (!contains(object) || object.orm_state().lifecycle != Lifecycle::persistent) continue;
        if (!seen.insert(&object).second) continue;
        const GraphRef kept{object.orm_state().graph};
        for (const auto& info : object.orm_state().mapper->relationships)
            if (info.cascade.refresh_expire) each_linked(object, info, [&](ModelBase& other) { open.push_back(&other); });
        expire_one(object);
    }
}

void SessionState::expire_all() {
    const auto dirty = std::exchange(dirty_, {});
    for (const auto& pinned : dirty) pinned.object->orm_state().in_dirty_list = false;
    identity_map.for_each([&](ModelBase& object) { expire_one(object); });
}

void SessionState::expire_attribute(ModelBase& object, std::uint16_t attribute) {
    expire_value(object, attribute);
    if (auto& changes = object.orm_state().changes) {
        std::erase_if(changes->values, [&](const auto& old) { return old.attribute == attribute; });
        std::erase_if(changes->expressions, [&](const auto& set) { return set.attribute == attribute; });
    }
}

void SessionState::expire_link(ModelBase& object, std::uint16_t relationship) {
    const auto& info = object.orm_state().mapper->relationships[relationship];
    if (auto& changes = object.orm_state().changes) {
        const auto same = [&](const auto& change) { return change.relationship == relationship; };
        std::erase_if(changes->targets, same);
        changes->added.erase_all(relationship);
        changes->removed.erase_all(relationship);
    }
    forget_link(object, info);
}

void SessionState::expire_members(
    ModelBase& object, const std::vector<std::uint16_t>& attributes, const std::vector<std::uint16_t>& links) {
    for (const auto index : attributes) expire_attribute(object, index);
    for (const auto index : links) expire_link(object, index);
    const auto& mapper = *object.orm_state().mapper;
    if (!is_told(mapper, &MapperSignals::expire)) return;
    AttributeNames names;
    for (const auto index : attributes) names.push_back(mapper.attributes[index].name);
    for (const auto index : links) names.push_back(mapper.relationships[index].name);
    tell_names(object, &MapperSignals::expire, names);
}

void SessionState::forget_dirty(ModelBase& object) {
    object.orm_state().changes.reset();
    object.orm_state().in_dirty_list = false;
}

void SessionState::sweep_dirty() {
    std::erase_if(dirty_, [](const Pinned& pinned) { return !pinned.object->orm_state().in_dirty_list; });
}

bool is_modified(ModelBase& object) {
    const auto& state = object.orm_state();
    if (state.lifecycle < Lifecycle::persistent) {
        for (const auto& info : state.mapper->attributes)
            if (!info.computed && MapperData::attribute(object, info).is_changed()) return true;
        return std::ranges::any_of(state.mapper->relationships, [&](const auto& info) {
            return info.collection ? !MapperData::collection(object, info).items().empty()
                                   : MapperData::related(object, info).target() != nullptr;
        });
    }
    if (!state.changes) return false;
    const auto& changes = *state.changes;
    if (!changes.expressions.empty() || !changes.added.empty() || !changes.removed.empty()) return true;
    for (const auto& old : changes.values) {
        const auto& info = state.mapper->attributes[old.attribute];
        if (info.computed) continue;
        const auto& attribute = MapperData::attribute(object, info);
        const Value now = attribute.is_present() ? info.operations->value(attribute) : Value{};
        if (!old.known || !(old.value == now)) return true;
    }
    return std::ranges::any_of(changes.targets, [&](const auto& old) {
        return !old.known || MapperData::related(object, state.mapper->relationships[old.relationship]).target() != old.target;
    });
}

} // namespace azoth::orm
