// SPDX-License-Identifier: MIT
// A session's lists: what is new, changed or to be deleted, and what becomes of it at the end of a flush or transaction.
#include <azoth/orm/session_state.hpp>

#include <algorithm>

#include <azoth/error.hpp>

namespace azoth::orm {

namespace {

void remove_from(std::vector<Pinned>& list, const ModelBase& object) {
    std::erase_if(list, [&](const Pinned& pinned) { return pinned.object == &object; });
}

void forget_changes(ModelBase& object) {
    auto& state = object.orm_state();
    state.changes.reset();
    state.in_dirty_list = false;
    for (const auto& info : state.mapper->attributes) {
        auto& attribute = MapperData::attribute(object, info);
        attribute.set_flags(attribute.is_present() ? AttributeBase::present : std::uint8_t{0});
    }
    for (const auto& info : state.mapper->relationships) {
        auto& link = *reinterpret_cast<AttributeBase*>(reinterpret_cast<char*>(&object) + info.offset);
        link.set_flags(link.is_present() ? AttributeBase::present : std::uint8_t{0});
    }
}

void detach(ModelBase& object) {
    auto& state = object.orm_state();
    state.session = nullptr;
    state.in_dirty_list = false;
    state.to_be_deleted = false;
    if (state.lifecycle == Lifecycle::pending) state.lifecycle = Lifecycle::transient;
    else if (state.lifecycle == Lifecycle::persistent || state.lifecycle == Lifecycle::deleted)
        state.lifecycle = Lifecycle::detached;
}

} // namespace

SessionState::~SessionState() { expunge_all(); }

void SessionState::add(ModelBase& root) {
    std::vector<ModelBase*> open{&root};
    while (!open.empty()) {
        auto& object = *open.back();
        open.pop_back();
        auto& state = object.orm_state();
        if (state.mapper == nullptr)
            throw ArgumentError("session.add(): the object was not made by make<T>() or loaded by a session");
        if (state.session == this) {
            if (state.to_be_deleted) {
                state.to_be_deleted = false;
                remove_from(deleted_, object);
            }
            if (&object != &root) continue; // it is here, so what it links to is, too
        } else {
            if (state.session != nullptr)
                throw InvalidRequestError(
                    "an object of class " + state.mapper->class_name
                    + " belongs to another session already; expunge() it there first");
            if (state.lifecycle == Lifecycle::detached) {
                GraphRef owner;
                const auto key = identity_key(object, true);
                auto* present = identity_map.find(*state.mapper, key, owner);
                if (present != nullptr && present != &object)
                    throw InvalidRequestError(
                        "session.add(): another object of class " + state.mapper->class_name
                        + " with this primary key is in the session already");
                identity_map.insert(key, object);
                state.lifecycle = Lifecycle::persistent;
                state.session = this;
                if (state.changes) mark_dirty(object);
            } else {
                state.lifecycle = Lifecycle::pending;
                state.session = this;
                new_.emplace_back(object);
            }
        }
        // Pushed backwards, so that objects enter in the order of their links.
        std::vector<ModelBase*> linked;
        for (const auto& info : state.mapper->relationships)
            if (info.cascade.save_update) each_linked(object, info, [&](ModelBase& other) {
                if (other.orm_state().session != this) linked.push_back(&other);
            });
        open.insert(open.end(), linked.rbegin(), linked.rend());
    }
}

void SessionState::mark_dirty(ModelBase& object) {
    auto& state = object.orm_state();
    if (state.in_dirty_list || state.lifecycle != Lifecycle::persistent) return;
    state.in_dirty_list = true;
    dirty_.emplace_back(object);
}

void SessionState::mark_deleted(ModelBase& root) {
    if (root.orm_state().session != this || root.orm_state().lifecycle != Lifecycle::persistent) {
        const auto* mapper = root.orm_state().mapper;
        throw InvalidRequestError(
            "session.delete_(): the object" + (mapper != nullptr ? " of class " + mapper->class_name : std::string{})
            + " is not persistent in this session; add() and flush() it, or load it, first");
    }
    std::vector<ModelBase*> open{&root};
    while (!open.empty()) {
        auto& object = *open.back();
        open.pop_back();
        auto& state = object.orm_state();
        if (state.session != this || state.to_be_deleted) continue;
        if (state.lifecycle == Lifecycle::pending) {
            expunge(object);
            continue;
        }
        state.to_be_deleted = true;
        deleted_.emplace_back(object);
        for (const auto& info : state.mapper->relationships)
            if (info.cascade.delete_) each_linked(object, info, [&](ModelBase& other) { open.push_back(&other); });
    }
}

void SessionState::expunge(ModelBase& object) {
    auto& state = object.orm_state();
    if (state.session != this)
        throw InvalidRequestError("session.expunge(): the object is not in this session");
    if (state.lifecycle == Lifecycle::persistent) identity_map.erase(*state.mapper, identity_key(object, true));
    const GraphRef owner{state.graph}; // the lists may hold the last reference
    detach(object);
    for (auto* list : {&new_, &dirty_, &deleted_, &inserted_, &removed_}) remove_from(*list, object);
}

void SessionState::expunge_all() {
    identity_map.for_each(detach);
    identity_map.clear();
    for (auto* list : {&new_, &dirty_, &deleted_, &inserted_, &removed_}) {
        for (auto& pinned : *list) detach(*pinned.object);
        list->clear();
    }
}

void SessionState::after_flush() {
    for (auto& pinned : new_) {
        auto& object = *pinned.object;
        forget_changes(object);
        object.orm_state().lifecycle = Lifecycle::persistent;
        identity_map.insert(identity_key(object, false), object);
        inserted_.push_back(std::move(pinned));
    }
    new_.clear();
    for (auto& pinned : dirty_) {
        auto& object = *pinned.object;
        if (object.orm_state().to_be_deleted) continue;
        auto before = identity_key(object, true);
        forget_changes(object);
        auto now = identity_key(object, false);
        if (before != now) {
            identity_map.erase(*object.orm_state().mapper, before);
            identity_map.insert(now, object);
        }
    }
    dirty_.clear();
    for (auto& pinned : deleted_) {
        auto& object = *pinned.object;
        identity_map.erase(*object.orm_state().mapper, identity_key(object, true));
        forget_changes(object);
        object.orm_state().lifecycle = Lifecycle::deleted;
        object.orm_state().to_be_deleted = false;
        removed_.push_back(std::move(pinned));
    }
    deleted_.clear();
}

void SessionState::after_commit(bool expire_all) {
    for (auto& pinned : removed_) detach(*pinned.object);
    removed_.clear();
    inserted_.clear();
    if (expire_all) identity_map.for_each(&SessionState::expire);
}

void SessionState::expire(ModelBase& object) {
    auto& state = object.orm_state();
    // The key stays: it says which row to load again.
    if (state.changes)
        for (const auto& old : state.changes->values)
            if (old.known && state.mapper->attributes[old.attribute].primary_key) {
                const auto& info = state.mapper->attributes[old.attribute];
                info.operations->assign(MapperData::attribute(object, info), old.value);
            }
    state.changes.reset();
    state.in_dirty_list = false;
    for (const auto& info : state.mapper->attributes)
        MapperData::attribute(object, info).set_flags(info.primary_key ? AttributeBase::present : std::uint8_t{0});
    for (const auto& info : state.mapper->relationships) {
        if (info.collection) MapperData::collection(object, info).items().clear();
        reinterpret_cast<AttributeBase*>(reinterpret_cast<char*>(&object) + info.offset)->set_flags(0);
    }
}

void SessionState::after_rollback() {
    for (auto& pinned : deleted_) pinned.object->orm_state().to_be_deleted = false;
    deleted_.clear();
    // Rows that the transaction deleted are there again, those it inserted are not.
    for (auto& pinned : removed_) {
        auto& object = *pinned.object;
        object.orm_state().lifecycle = Lifecycle::persistent;
        identity_map.insert(identity_key(object, false), object);
    }
    const auto removed = std::exchange(removed_, {});
    for (auto& pinned : inserted_) {
        auto& object = *pinned.object;
        identity_map.erase(*object.orm_state().mapper, identity_key(object, true));
        detach(object);
        object.orm_state().lifecycle = Lifecycle::transient;
        // A key that the database made belongs to the row that is no more.
        for (const auto& info : object.orm_state().mapper->attributes)
            if (info.autoincrement) MapperData::attribute(object, info).set_flags(0);
    }
    const auto inserted = std::exchange(inserted_, {});
    for (auto& pinned : new_) detach(*pinned.object);
    const auto created = std::exchange(new_, {});
    identity_map.for_each(&SessionState::expire);
    const auto dirty = std::exchange(dirty_, {});
}

} // namespace azoth::orm
