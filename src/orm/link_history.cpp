// SPDX-License-Identifier: MIT
// Comparing a link with what it was.
#include <azoth/orm/link_history.hpp>

#include <algorithm>
#include <unordered_set>

namespace azoth::orm {

namespace {

LinkHistory collection_history(ModelBase& object, const RelationshipInfo& info) {
    LinkHistory history;
    const auto& state = object.orm_state();
    const auto& collection = MapperData::collection(object, info);
    if (state.lifecycle < Lifecycle::persistent) {
        history.added = collection.items();
        return history;
    }
    std::unordered_set<const ModelBase*> fresh;
    if (state.changes) {
        for (const auto& member : state.changes->removed)
            if (member.relationship == info.index) history.deleted.push_back(member.object);
        for (const auto& member : state.changes->added)
            if (member.relationship == info.index) {
                fresh.insert(member.object);
                history.added.push_back(member.object);
            }
    }
    if (!collection.is_present() || info.write_only) return history;
    history.added.clear(); // again, in the collection's order
    for (auto* member : collection.items()) (fresh.contains(member) ? history.added : history.unchanged).push_back(member);
    return history;
}

} // namespace

LinkHistory link_history(ModelBase& object, const RelationshipInfo& info) {
    if (info.collection) return collection_history(object, info);
    LinkHistory history;
    const auto& state = object.orm_state();
    const auto& link = MapperData::related(object, info);
    if (state.lifecycle < Lifecycle::persistent) {
        if (link.is_changed() || link.target() != nullptr) history.added.push_back(link.target());
        return history;
    }
    if (state.changes) {
        const auto old = std::ranges::find(state.changes->targets, info.index, &Changes::OldTarget::relationship);
        if (old != state.changes->targets.end()) {
            if (old->known && old->target == link.target()) {
                history.unchanged.push_back(link.target());
            } else {
                history.added.push_back(link.target());
                if (old->known) history.deleted.push_back(old->target);
            }
            return history;
        }
    }
    if (link.is_present() && (link.flags() & AttributeBase::implied) == 0) history.unchanged.push_back(link.target());
    return history;
}

std::vector<ModelBase*> linked_now_or_before(ModelBase& object, const RelationshipInfo& info) {
    std::vector<ModelBase*> all;
    const auto& state = object.orm_state();
    if (!info.collection) {
        const auto& link = MapperData::related(object, info);
        ModelBase* target = nullptr;
        const bool set = state.lifecycle >= Lifecycle::persistent || link.is_changed() || link.target() != nullptr;
        if (!set || !link.peek(target)) return all;
        all.push_back(target);
        if (state.changes)
            for (const auto& old : state.changes->targets)
                if (old.relationship == info.index && old.target != nullptr && old.target != target) all.push_back(old.target);
        return all;
    }
    const auto& collection = MapperData::collection(object, info);
    if (!collection.is_present()) return all;
    all = collection.items();
    if (state.changes)
        for (const auto& member : state.changes->removed)
            if (member.relationship == info.index) all.push_back(member.object);
    return all;
}

} // namespace azoth::orm
