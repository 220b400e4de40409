// SPDX-License-Identifier: MIT
// A session's lists: what is new, changed or to be deleted, and what becomes of it at the end of a flush.
#include <azoth/orm/session_state.hpp>

#include <algorithm>
#include <unordered_set>

#include <azoth/orm/errors.hpp>
#include <azoth/orm/flush_plan.hpp>

namespace azoth::orm {

namespace {

void remove_from(std::vector<Pinned>& list, const ModelBase& object) {
    std::erase_if(list, [&](const Pinned& pinned) { return pinned.object == &object; });
}

void forget_changes(ModelBase& object) {
    auto& state = object.orm_state();
    state.changes.reset();
    state.in_dirty_list = false;
    const bool inserted = state.lifecycle == Lifecycle::pending;
    for (const auto& info : state.mapper->attributes) {
        auto& attribute = MapperData::attribute(object, info);
        if (info.computed) attribute.set_flags(info.deferred ? std::uint8_t{0} : AttributeBase::expired); // other rows may have a say in it
        else if (attribute.is_present())
            attribute.set_flags(attribute.flags() & static_cast<std::uint8_t>(~AttributeBase::changed));
        else if (inserted || attribute.is_changed()) // the database has made it
            attribute.set_flags(info.deferred ? std::uint8_t{0} : AttributeBase::expired);
    }
    for (const auto& info : state.mapper->relationships) {
        auto& link = MapperData::link(object, info);
        link.set_flags(link.flags() & static_cast<std::uint8_t>(~AttributeBase::changed));
        // What is added to a collection that is never loaded is not kept after it was written.
        if (info.write_only) MapperData::collection(object, info).clear_items();
    }
}

std::vector<Value> key_values(ModelBase& object) {
    std::vector<Value> values;
    const auto& mapper = *object.orm_state().mapper;
    for (const auto index : mapper.primary_key) {
        const auto& info = mapper.attributes[index];
        const auto& attribute = MapperData::attribute(object, info);
        values.push_back(attribute.is_present() ? info.operations->value(attribute) : Value{});
    }
    return values;
}

[[noreturn]] void throw_deleted(const ModelBase& object) {
    throw InvalidRequestError(
        "session.add(): the row of an object of class " + object.orm_state().mapper->class_name
        + " has been deleted; make_transient() it to store it again as a new row");
}

/// No flush will let these go: the object's graph keeps them, so that what they link back to is no ring that nobody frees.
void keep_by_links(Graph* owner, Changes::Members& members) {
    Changes::Members linked;
    for (const auto& member : members) {
        link(owner, member.object->orm_state().graph);
        linked.add(member.relationship, member.object, GraphRef{});
    }
    members = std::move(linked);
}

} // namespace

void SessionSignals::connect_all(const SessionSignals& other) {
    const auto all = [&](auto... members) { ((this->*members).connect_all(other.*members), ...); };
    using S = SessionSignals;
    all(&S::before_flush, &S::after_flush, &S::after_flush_postexec, &S::after_begin, &S::before_commit, &S::after_commit,
        &S::after_rollback, &S::after_soft_rollback, &S::transient_to_pending, &S::pending_to_persistent, &S::persistent_to_deleted,
        &S::deleted_to_detached, &S::deleted_to_persistent, &S::loaded_as_persistent, &S::pending_to_transient,
        &S::persistent_to_detached, &S::persistent_to_transient, &S::detached_to_persistent, &S::after_transaction_create,
        &S::after_transaction_end, &S::warning);
}

SessionState::~SessionState() { expunge_all(); }

void SessionState::warn(std::string_view message) { signals.warning(message); }

void SessionState::warn_now_in_flush(std::string_view what) {
    warn(std::string{what} + " in the middle of a flush is not part of it, and may come to nothing: do it in before_flush");
}

/// What `let_go` does to the object itself.
void SessionState::let_go(ModelBase& object, bool to_transient) {
    auto& state = object.orm_state();
    const auto before = state.lifecycle;
    state.session = nullptr;
    state.in_dirty_list = false;
    state.to_be_deleted = false;
    if (state.changes) {
        keep_by_links(state.graph, state.changes->added);
        keep_by_links(state.graph, state.changes->removed);
    }
    if (before == Lifecycle::pending) {
        state.lifecycle = Lifecycle::transient;
        signals.pending_to_transient(object);
    } else if (before == Lifecycle::persistent) {
        state.lifecycle = to_transient ? Lifecycle::transient : Lifecycle::detached;
        (to_transient ? signals.persistent_to_transient : signals.persistent_to_detached)(object);
    } else if (before == Lifecycle::deleted) {
        state.lifecycle = Lifecycle::detached;
        signals.deleted_to_detached(object);
    }
}

void SessionState::throw_not_begun() const {
    throw InvalidRequestError("this session has no transaction: begin one first");
}

void SessionState::add(ModelBase& root) {
    require_begun();
    warn_in_flush("session.add()");
    std::vector<ModelBase*> open{&root};
    while (!open.empty()) {
        auto& object = *open.back();
        open.pop_back();
        auto& state = object.orm_state();
        if (state.mapper == nullptr)
            throw UnmappedInstanceError("session.add(): the object was not made by make<T>() or loaded by a session");
        if (state.session == this) {
            if (state.lifecycle == Lifecycle::deleted) throw_deleted(object);
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
                if (state.was_deleted) throw_deleted(object);
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
                signals.detached_to_persistent(object);
            } else {
                state.lifecycle = Lifecycle::pending;
                state.session = this;
                state.orphaned_outside = false;
                new_.emplace_back(object);
                signals.transient_to_pending(object);
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
    require_begun();
    state.in_dirty_list = true;
    dirty_.emplace_back(object);
}

void SessionState::require_persistent(const ModelBase& object, const char* operation) const {
    const auto& state = object.orm_state();
    if (state.session == this && state.lifecycle == Lifecycle::persistent) return;
    throw InvalidRequestError(
        "session." + std::string{operation} + ": the object"
        + (state.mapper != nullptr ? " of class " + state.mapper->class_name : std::string{})
        + " is not persistent in this session; add() and flush() it, or load it, first");
}

void SessionState::mark_deleted(ModelBase& object) {
    auto& state = object.orm_state();
    if (state.to_be_deleted) return;
    state.to_be_deleted = true;
    deleted_.emplace_back(object);
}

void SessionState::expunge(ModelBase& root) {
    if (root.orm_state().session != this)
        throw InvalidRequestError("session.expunge(): the object is not in this session");
    std::vector<ModelBase*> open{&root};
    std::vector<GraphRef> kept; // the lists may hold the last references
    while (!open.empty()) {
        auto& object = *open.back();
        open.pop_back();
        auto& state = object.orm_state();
        if (state.session != this) continue;
        kept.emplace_back(state.graph);
        if (state.lifecycle == Lifecycle::persistent) identity_map.erase(*state.mapper, identity_key(object, true));
        let_go(object, false);
        for (auto* list : {&new_, &dirty_, &deleted_}) remove_from(*list, object);
        // That it was inserted or changed here stays known: it may be added again before the transaction is rolled back.
        for (auto& level : levels_) remove_from(level.removed, object);
        for (const auto& info : state.mapper->relationships)
            if (info.cascade.expunge) each_linked(object, info, [&](ModelBase& other) { open.push_back(&other); });
    }
}

void SessionState::expunge_all() {
    identity_map.for_each([&](ModelBase& object) { let_go(object, false); });
    identity_map.clear();
    const auto release = [&](std::vector<Pinned>& list) {
        for (auto& pinned : list)
            if (pinned.object->orm_state().session == this) let_go(*pinned.object, false);
        list.clear();
    };
    for (auto* list : {&new_, &dirty_, &deleted_}) release(*list);
    for (auto& level : levels_)
        for (auto* list : {&level.inserted, &level.removed, &level.dirty}) release(*list);
    levels_ = std::vector<Level>(1);
}

void SessionState::flushed(ModelBase& object, bool deleted) {
    auto& state = object.orm_state();
    auto& level = levels_.back();
    if (deleted) {
        if (state.lifecycle != Lifecycle::persistent) return;
        identity_map.erase(*state.mapper, identity_key(object, true));
        if (state.changes && levels_.size() > 1) level.dirty.emplace_back(object);
        forget_changes(object);
        state.lifecycle = Lifecycle::deleted;
        state.was_deleted = true;
        state.to_be_deleted = false;
        level.removed.emplace_back(object);
        signals.persistent_to_deleted(object);
        return;
    }
    if (state.lifecycle == Lifecycle::pending) {
        forget_changes(object);
        state.lifecycle = Lifecycle::persistent;
        identity_map.insert(identity_key(object, false), object);
        level.inserted.emplace_back(object);
        signals.pending_to_persistent(object);
        return;
    }
    const auto before = identity_key(object, true);
    const auto now = identity_key(object, false);
    if (before != now) {
        KeySwitch change;
        change.object = Pinned{object};
        for (const auto index : state.mapper->primary_key) {
            const auto& info = state.mapper->attributes[index];
            auto value = info.operations->value(MapperData::attribute(object, info));
            if (state.changes)
                for (const auto& old : state.changes->values)
                    if (old.attribute == index && old.known) value = old.value;
            change.before.push_back(std::move(value));
        }
        level.key_switches.push_back(std::move(change));
        identity_map.erase(*state.mapper, before);
        identity_map.insert(now, object);
    }
    if (state.changes && levels_.size() > 1) level.dirty.emplace_back(object);
    forget_changes(object);
}

void SessionState::end_flush() {
    const auto forget = [](std::vector<Pinned>& list, bool dirty) {
        for (const auto& pinned : list) {
            if (dirty) pinned.object->orm_state().in_dirty_list = false;
            else pinned.object->orm_state().to_be_deleted = false;
        }
        list.clear();
    };
    std::erase_if(new_, [](const Pinned& pinned) { return pinned.object->orm_state().lifecycle != Lifecycle::pending; });
    forget(dirty_, true);
    forget(deleted_, false);
}

void SessionState::after_flush() {
    for (const auto& pinned : new_) flushed(*pinned.object, false);
    for (const auto& pinned : dirty_)
        if (!pinned.object->orm_state().to_be_deleted) flushed(*pinned.object, false);
    for (const auto& pinned : deleted_) flushed(*pinned.object, true);
    end_flush();
}

void SessionState::begin_nested() { levels_.emplace_back(); }

void SessionState::commit_nested() {
    auto inner = std::move(levels_.back());
    levels_.pop_back();
    auto& outer = levels_.back();
    const auto take = [](auto& from, auto& to) {
        to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
    };
    take(inner.inserted, outer.inserted);
    take(inner.removed, outer.removed);
    take(inner.dirty, outer.dirty);
    take(inner.key_switches, outer.key_switches);
}

void SessionState::rollback_nested() {
    auto level = std::move(levels_.back());
    levels_.pop_back();
    restore(level, true);
}

void SessionState::after_commit(bool expire_objects) {
    while (levels_.size() > 1) commit_nested();
    auto level = std::exchange(levels_.front(), Level{});
    for (auto& pinned : level.removed)
        if (pinned.object->orm_state().session == this) let_go(*pinned.object, false);
    if (expire_objects) expire_all();
}

void SessionState::after_rollback() {
    while (levels_.size() > 1) commit_nested();
    auto level = std::exchange(levels_.front(), Level{});
    restore(level, false);
}

void SessionState::restore(Level& level, bool nested) {
    // Rows that were inserted are not there; new objects are nobody's.
    std::unordered_set<const ModelBase*> gone;
    const auto drop = [&](std::vector<Pinned>& list) {
        for (auto& pinned : list) {
            auto& object = *pinned.object;
            auto& state = object.orm_state();
            if (state.session != this || !gone.insert(&object).second) continue;
            if (state.lifecycle == Lifecycle::persistent) identity_map.erase(*state.mapper, identity_key(object, true));
            if (state.lifecycle == Lifecycle::deleted) state.lifecycle = Lifecycle::persistent; // inserted and deleted since
            let_go(object, true);
            state.expired = state.was_deleted = false;
            // A link or value that was changed is new again as a whole.
            state.changes.reset();
            for (const auto& info : state.mapper->attributes) {
                auto& attribute = MapperData::attribute(object, info);
                attribute.set_flags(attribute.is_present() ? AttributeBase::present : std::uint8_t{0}); // keys, too, as in SQLAlchemy
            }
            for (const auto& info : state.mapper->relationships) MapperData::link(object, info).set_flags(AttributeBase::present);
        }
    };
    const auto created = std::exchange(new_, {});
    auto inserted = std::move(level.inserted);
    for (const auto& pinned : created) {
        auto& object = *pinned.object;
        if (object.orm_state().session != this || object.orm_state().lifecycle != Lifecycle::pending) continue;
        gone.insert(&object);
        let_go(object, true);
    }
    drop(inserted);
    // Keys that were changed are what they were.
    for (auto change = level.key_switches.rbegin(); change != level.key_switches.rend(); ++change) {
        auto& object = *change->object.object;
        auto& state = object.orm_state();
        if (state.session != this || gone.contains(&object)) continue;
        if (state.lifecycle == Lifecycle::persistent) identity_map.erase(*state.mapper, identity_key(key_values(object)));
        for (std::size_t i = 0; i < state.mapper->primary_key.size(); ++i) {
            const auto& info = state.mapper->attributes[state.mapper->primary_key[i]];
            auto& attribute = MapperData::attribute(object, info);
            info.operations->assign(attribute, change->before[i]);
            attribute.set_flags(AttributeBase::present);
        }
        state.changes.reset();
        if (state.lifecycle == Lifecycle::persistent) identity_map.insert(identity_key(object, false), object);
    }
    // Rows that were deleted are there again.
    for (auto& pinned : level.removed) {
        auto& object = *pinned.object;
        auto& state = object.orm_state();
        if (state.session != this || gone.contains(&object)) continue;
        state.lifecycle = Lifecycle::persistent;
        state.was_deleted = false;
        identity_map.insert(identity_key(object, false), object);
        signals.deleted_to_persistent(object);
    }
    for (auto& pinned : deleted_) pinned.object->orm_state().to_be_deleted = false;
    const auto deleted = std::exchange(deleted_, {});
    if (!nested) {
        expire_all();
    } else {
        const auto dirty = std::exchange(dirty_, {});
        for (const auto& pinned : dirty) pinned.object->orm_state().in_dirty_list = false;
        for (const auto* list : {&dirty, &std::as_const(level.dirty)})
            for (const auto& pinned : *list)
                if (pinned.object->orm_state().session == this) expire_one(*pinned.object);
    }
}

} // namespace azoth::orm
