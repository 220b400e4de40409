// SPDX-License-Identifier: MIT
// Which objects take part in a flush: what is new, changed or deleted, and what their relationships draw in.
#include <azoth/orm/unit_of_work.hpp>

#include <algorithm>

#include <azoth/error.hpp>

namespace azoth::orm {

UnitOfWork::UnitOfWork(SessionState& session) : session_(session) {
    std::vector<ModelBase*> orphans;
    const auto take = [&](const std::vector<Pinned>& list) {
        for (const auto& pinned : list) {
            auto& object = *pinned.object;
            auto& state = object.orm_state();
            if (state.to_be_deleted || !session.contains(object)) continue;
            const bool stored = state.lifecycle == Lifecycle::persistent;
            const bool orphan = (state.changes || !stored) && is_orphan(object);
            if (orphan && !stored && state.orphaned_outside) orphans.push_back(&object);
            else register_object(object, orphan && stored);
        }
    };
    take(session.new_objects());
    take(session.dirty_objects());
    for (auto* orphan : orphans) session.expunge(*orphan);
    for (const auto& pinned : session.deleted_objects()) register_object(*pinned.object, true);
}

UnitOfWork::~UnitOfWork() {
    session_.in_flush = false;
    for (const auto& entry : entries_) entry.object->orm_state().plan_entry = 0;
}

bool UnitOfWork::register_object(ModelBase& object, bool deletes, bool list_only, bool cancel_delete) {
    if (!session_.contains(object)) return false;
    if (auto* entry = find(object)) {
        if (!list_only && (deletes || cancel_delete)) {
            entry->deletes = deletes;
            entry->list_only = false;
        }
        return true;
    }
    entries_.push_back({&object, deletes, list_only});
    object.orm_state().plan_entry = static_cast<std::uint32_t>(entries_.size());
    const auto* mapper = object.orm_state().mapper;
    const auto [position, new_class] = class_index_.try_emplace(mapper, classes_.size());
    if (new_class) {
        classes_.push_back({mapper, {}});
        before(class_action(Kind::save_all, *mapper), class_action(Kind::delete_all, *mapper));
        // The keys of objects that refer to these by a link without another side that would see to it.
        for (const auto* referrer = mapper->referrers(); referrer != nullptr; referrer = referrer->next) {
            const auto* other = referrer->relationship->other_side();
            if (other != nullptr && (referrer->relationship->passive_updates || !other->passive_updates)) continue;
            Processor processor;
            processor.mapper = mapper;
            processor.info = referrer->relationship;
            processor.objects = position->second;
            processor.sort_key = referrer->mapper->class_name + "_" + referrer->relationship->name;
            processor.follows_keys = true;
            processors_.push_back(std::move(processor));
        }
        for (const auto& info : mapper->relationships) {
            if (info.viewonly) continue;
            Processor processor;
            processor.mapper = mapper;
            processor.info = &info;
            processor.objects = position->second;
            processor.sort_key = mapper->class_name + "_" + info.name;
            processors_.push_back(std::move(processor));
        }
    }
    classes_[position->second].objects.push_back(&object);
    pinned_.emplace_back(object);
    return true;
}

std::optional<UnitOfWork::Load> UnitOfWork::next_load() {
    if (planned_) return std::nullopt;
    for (;;) {
        while (current_ < pass_end_) {
            if (!processors_[current_].busy) {
                auto& processor = processors_[current_];
                const auto& objects = classes_[processor.objects].objects;
                processor.looked_at.resize(objects.size());
                processor.open_deletes.clear();
                processor.open_saves.clear();
                processor.next = 0;
                for (std::size_t i = 0; i < objects.size(); ++i) {
                    if (processor.looked_at[i]) continue;
                    const auto& state = *find(*objects[i]);
                    if (state.list_only) continue;
                    processor.looked_at[i] = true;
                    (state.deletes ? processor.open_deletes : processor.open_saves).push_back(objects[i]);
                }
                processor.busy = true;
            }
            for (;;) {
                auto& processor = processors_[current_];
                const auto deletes = processor.open_deletes.size();
                if (processor.next == deletes + processor.open_saves.size()) break;
                auto* object = processor.next < deletes ? processor.open_deletes[processor.next]
                                                        : processor.open_saves[processor.next - deletes];
                if (auto load = look_at(processor, *object, processor.next < deletes)) return load;
                ++processors_[current_].next;
            }
            auto& processor = processors_[current_];
            processor.busy = false;
            if (processor.next > 0) {
                pass_found_ = true;
                if (!processor.in_plan
                    && (has_changes(processor, processor.open_deletes, true) || has_changes(processor, processor.open_saves, false))) {
                    processor.in_plan = true;
                    plan_processor(current_);
                }
            }
            ++current_;
        }
        // Until a whole pass draws nothing in.
        if (!pass_found_ && pass_end_ == processors_.size()) break;
        pass_found_ = false;
        current_ = 0;
        pass_end_ = processors_.size();
    }
    if (auto load = next_ring_load()) return load;
    planned_ = true;
    order();
    return std::nullopt;
}

bool key_changed(ModelBase& object, const RelationshipInfo& info) {
    const auto& state = object.orm_state();
    if (state.lifecycle != Lifecycle::persistent || !state.changes) return false;
    for (const auto index : info.local_attributes())
        for (const auto& old : state.changes->values) {
            if (old.attribute != index) continue;
            const auto& attribute_info = state.mapper->attributes[index];
            const auto& attribute = MapperData::attribute(object, attribute_info);
            if (old.known && attribute.is_present() && !(old.value == attribute_info.operations->value(attribute))) return true;
        }
    return false;
}

namespace {

bool is_loaded(ModelBase& object, const RelationshipInfo& info) {
    return info.write_only || object.orm_state().lifecycle != Lifecycle::persistent || MapperData::link(object, info).is_present();
}

} // namespace

void require_no_load(const ModelBase& object, const RelationshipInfo& info) {
    if (info.write_only && info.passive_deletes == PassiveDeletes::off && object.orm_state().lifecycle == Lifecycle::persistent)
        throw InvalidRequestError(
            object.orm_state().mapper->class_name + "::" + info.name
            + " is write-only: its members cannot be loaded when their owner is deleted; give it passive_deletes, and its key an ON DELETE rule");
}

std::optional<UnitOfWork::Load> UnitOfWork::next_ring_load() {
    if (!ring_loads_) {
        auto& loads = ring_loads_.emplace();
        if (std::ranges::none_of(entries_, &Entry::deletes)) return std::nullopt;
        const auto ring = find_rings();
        for (std::size_t i = 0; i < ring.size(); ++i) {
            if (!ring[i] || actions_[i].kind != Kind::delete_all) continue;
            const auto objects = objects_of(*actions_[i].mapper, true);
            for (const auto& processor : processors_)
                if (processor.in_plan && processor.mapper == actions_[i].mapper && !processor.follows_keys
                    && processor.info->passive_deletes == PassiveDeletes::off)
                    for (auto* object : objects) loads.push_back({object, processor.info});
        }
    }
    while (next_ring_load_ < ring_loads_->size()) {
        const auto& load = (*ring_loads_)[next_ring_load_++];
        if (!is_loaded(*load.object, *load.relationship)) return load;
    }
    return std::nullopt;
}

/// Registers a row to be deleted, with what its delete cascades reach.
std::optional<UnitOfWork::Load> UnitOfWork::register_deleted(ModelBase& root) {
    std::vector<ModelBase*> open{&root};
    std::unordered_set<const ModelBase*> seen;
    while (!open.empty()) {
        auto& object = *open.back();
        open.pop_back();
        if (!seen.insert(&object).second) continue;
        for (const auto& info : object.orm_state().mapper->relationships) {
            if (!info.cascade.delete_ || !session_.contains(object)) continue;
            require_no_load(object, info);
            if (info.passive_deletes == PassiveDeletes::off && !is_loaded(object, info)) return Load{&object, &info};
            each_linked(object, info, [&](ModelBase& other) { open.push_back(&other); });
        }
        register_object(object, true);
    }
    return std::nullopt;
}

std::optional<UnitOfWork::Load> UnitOfWork::look_at_saved_parent(Processor& processor, ModelBase& object) {
    const auto& info = *processor.info;
    const bool moved = key_changed(object, info);
    if (moved && !info.passive_updates && !is_loaded(object, info)) return Load{&object, &info};
    const bool null_children = !info.cascade.delete_orphan && info.passive_deletes != PassiveDeletes::all;
    const auto history = link_history(object, info);
    for (auto* child : history.added) {
        if (child == nullptr) continue;
        register_object(*child, false, false, true);
        processor.children_added.insert(child);
    }
    for (auto* child : history.deleted) {
        if (child == nullptr) continue;
        if (!info.cascade.delete_orphan) {
            if (null_children) register_object(*child);
        } else if (!has_parent(*child, info, false)) {
            if (auto load = register_deleted(*child)) return load;
        }
    }
    if (moved)
        for (auto* child : history.unchanged)
            if (child != nullptr) register_object(*child, false, info.passive_updates);
    return std::nullopt;
}

namespace {

/// Whether the key that `info`, a link to such objects, refers to was changed.
bool referred_key_changed(const ModelBase& object, const RelationshipInfo& info) {
    const auto& state = object.orm_state();
    if (state.lifecycle != Lifecycle::persistent || !state.changes) return false;
    return std::ranges::any_of(state.changes->values, [&](const Changes::Old& old) {
        if (std::ranges::find(info.pairs, old.attribute, [](const auto& pair) { return pair.second; }) == info.pairs.end()) return false;
        const auto& attribute_info = state.mapper->attributes[old.attribute];
        const auto& attribute = MapperData::attribute(const_cast<ModelBase&>(object), attribute_info);
        return old.known && attribute.is_present() && !(old.value == attribute_info.operations->value(attribute));
    });
}

} // namespace

/// Searches the session for objects that refer to ones whose key was changed, as SQLAlchemy does.
void UnitOfWork::follow_keys(const Processor& processor, const std::vector<ModelBase*>& objects) {
    const auto& info = *processor.info;
    std::unordered_set<const ModelBase*> changed;
    for (const auto* object : objects)
        if (referred_key_changed(*object, info)) changed.insert(object);
    if (changed.empty()) return;
    std::vector<std::pair<ModelBase*, ModelBase*>> followers;
    session_.identity_map.for_each([&](ModelBase& object) {
        const auto& mapper = *object.orm_state().mapper;
        if (info.index >= mapper.relationships.size() || &mapper.relationships[info.index] != &info) return;
        ModelBase* target = nullptr;
        if (MapperData::related(object, info).peek(target) && changed.contains(target)) followers.emplace_back(&object, target);
    });
    for (const auto& [object, target] : followers) {
        if (!register_object(*object, false, info.passive_updates)) continue;
        synchronize(target, *object, processor);
    }
}

std::optional<UnitOfWork::Load> UnitOfWork::look_at(Processor& processor, ModelBase& object, bool deletes) {
    const auto& info = *processor.info;
    if (processor.follows_keys) {
        if (!deletes && !info.passive_updates) follow_keys(processor, {&object});
        return std::nullopt;
    }
    switch (info.direction) {
    case Direction::one_to_many: {
        if (!deletes) return look_at_saved_parent(processor, object);
        require_no_load(object, info);
        if (info.passive_deletes == PassiveDeletes::off && !is_loaded(object, info)) return Load{&object, &info};
        const auto history = link_history(object, info);
        for (auto* child : history.deleted)
            if (child != nullptr && !has_parent(*child, info, false)) register_object(*child, info.cascade.delete_orphan);
        if (!info.cascade.delete_ && info.passive_deletes != PassiveDeletes::all)
            for (auto* child : history.unchanged)
                if (child != nullptr) register_object(*child);
        return std::nullopt;
    }
    case Direction::many_to_one: {
        if (deletes && (info.cascade.delete_ || info.cascade.delete_orphan)) {
            if (info.passive_deletes == PassiveDeletes::off && !is_loaded(object, info)) return Load{&object, &info};
            const auto history = link_history(object, info);
            auto targets = history.added;
            targets.insert(targets.end(), history.unchanged.begin(), history.unchanged.end());
            if (info.cascade.delete_orphan) targets.insert(targets.end(), history.deleted.begin(), history.deleted.end());
            for (auto* target : targets)
                if (target != nullptr)
                    if (auto load = register_deleted(*target)) return load;
        } else if (!deletes && info.cascade.delete_orphan) {
            const auto history = link_history(object, info);
            for (auto* target : history.deleted)
                if (target != nullptr && !has_parent(*target, info, false))
                    if (auto load = register_deleted(*target)) return load;
        }
        return std::nullopt;
    }
    case Direction::many_to_many:
        if (deletes) {
            require_no_load(object, info);
            if (info.passive_deletes == PassiveDeletes::off && !is_loaded(object, info)) return Load{&object, &info};
        } else {
            if (!info.passive_updates && key_changed(object, info) && !is_loaded(object, info)) return Load{&object, &info};
            if (info.cascade.delete_orphan)
                for (auto* child : link_history(object, info).deleted)
                    if (!has_parent(*child, info, false))
                        if (auto load = register_deleted(*child)) return load;
        }
        return std::nullopt;
    }
    return std::nullopt;
}

bool UnitOfWork::has_changes(const Processor& processor, const std::vector<ModelBase*>& objects, bool deletes) const {
    const auto& info = *processor.info;
    if (processor.follows_keys)
        return !deletes && info.passive_updates
            && std::ranges::any_of(objects, [&](const ModelBase* object) { return referred_key_changed(*object, info); });
    for (auto* object : objects) {
        if (!link_history(*object, info).empty()) return true;
        if (deletes && info.passive_deletes == PassiveDeletes::off && info.direction == Direction::many_to_one) {
            ModelBase* target = nullptr;
            if (MapperData::related(*object, info).peek(target)) return true;
        }
    }
    return !objects.empty() && info.target != processor.mapper && class_index_.contains(info.target);
}

void UnitOfWork::finish() {
    for (const auto& entry : entries_)
        if (entry.deletes) session_.flushed(*entry.object, true);
    for (const auto& entry : entries_)
        if (!entry.deletes) session_.flushed(*entry.object, false);
    // What listeners changed meanwhile of objects that took no part.
    const auto dirty = session_.dirty_objects();
    std::size_t discarded = 0;
    for (const auto& pinned : dirty) {
        const auto& state = pinned.object->orm_state();
        if (state.plan_entry != 0 || !state.changes || state.lifecycle != Lifecycle::persistent || !session_.contains(*pinned.object)) continue;
        session_.flushed(*pinned.object, false);
        ++discarded;
    }
    session_.end_flush();
    if (discarded > 0)
        session_.warn(
            "changes of " + std::to_string(discarded)
            + " object(s) that were made during the flush, by its listeners, are not written; make them in before_flush");
}

} // namespace azoth::orm
