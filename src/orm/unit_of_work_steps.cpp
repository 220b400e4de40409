// SPDX-License-Identifier: MIT
// Executing the plan: keys pass from row to row, links are written, and each step's statements are made.
#include <azoth/orm/unit_of_work.hpp>

#include <algorithm>

#include <azoth/error.hpp>

namespace azoth::orm {

std::optional<FlushStep> UnitOfWork::next_step(bool returns_defaults) {
    return next_step([returns_defaults](const MapperData&) { return returns_defaults; });
}

std::optional<FlushStep> UnitOfWork::next_step(const ReturnsDefaults& returns_defaults) {
    session_.in_flush = true;
    (void)written();
    while (next_step_ < steps_.size()) {
        FlushStep step;
        execute(steps_[next_step_], step, returns_defaults);
        if (step.asks()) return step; // asked for again
        ++next_step_;
        told_ = keyed_ = false;
        if (!step.batches.empty() || !step.associations.empty() || announces_) return step;
        (void)written();
    }
    if (ring_) {
        std::string names;
        for (const auto& [mapper, objects] : classes_) names += " " + mapper->class_name;
        throw CircularDependencyError("objects refer to each other in a ring, so none can be written first; classes:" + names);
    }
    session_.in_flush = false;
    return std::nullopt;
}

WrittenRows UnitOfWork::written() {
    auto rows = std::exchange(written_, {});
    for (const auto* updated : {&rows.updated, &rows.post_updated})
        for (auto* object : *updated) note_version(*object);
    const auto emit = [](const std::vector<ModelBase*>& objects, Signal<ModelBase&> MapperSignals::* signal) {
        for (auto* object : objects) tell(*object, signal);
    };
    emit(rows.inserted, &MapperSignals::after_insert);
    emit(rows.updated, &MapperSignals::after_update);
    emit(rows.deleted, &MapperSignals::after_delete);
    return rows;
}

std::vector<const MapperData*> UnitOfWork::mappers() const {
    std::vector<const MapperData*> mappers;
    for (const auto& objects : classes_) mappers.push_back(objects.mapper);
    return mappers;
}

std::vector<ModelBase*> UnitOfWork::objects_of(const MapperData& mapper, bool deletes) const {
    std::vector<ModelBase*> objects;
    const auto found = class_index_.find(&mapper);
    if (found == class_index_.end()) return objects;
    for (auto* object : classes_[found->second].objects) {
        const auto& state = *find(*object);
        if (state.deletes == deletes && !state.list_only) objects.push_back(object);
    }
    return objects;
}

void UnitOfWork::execute(const std::vector<std::size_t>& actions, FlushStep& step, const ReturnsDefaults& returns_defaults) {
    const auto& action = actions_[actions.front()];
    std::vector<ModelBase*> objects;
    if (action.object != nullptr)
        for (const auto number : actions) objects.push_back(actions_[number].object);
    switch (action.kind) {
    case Kind::save_all: save(*action.mapper, objects_of(*action.mapper, false), step, returns_defaults(*action.mapper)); break;
    case Kind::save_one: save(*action.mapper, std::move(objects), step, returns_defaults(*action.mapper)); break;
    case Kind::delete_all: remove(*action.mapper, objects_of(*action.mapper, true), step); break;
    case Kind::delete_one: {
        std::erase_if(objects, [&](const ModelBase* object) {
            const auto& state = *find(*object);
            return !state.deletes || state.list_only;
        });
        remove(*action.mapper, std::move(objects), step);
        break;
    }
    case Kind::process_all: {
        auto& processor = processors_[action.processor];
        process(processor, objects_of(*processor.mapper, action.deletes), action.deletes, step);
        break;
    }
    case Kind::process_one: process(processors_[action.processor], objects, action.deletes, step); break;
    case Kind::post_update: {
        const auto found = post_updates_.find(action.mapper);
        if (found == post_updates_.end()) break;
        std::vector<ModelBase*> chosen;
        for (auto* object : found->second.objects)
            if (is_deleted(*object) == action.deletes) chosen.push_back(object);
        written_.post_updated = chosen;
        step.batches = post_update_batches(std::move(chosen), found->second.columns);
        break;
    }
    case Kind::barrier: break;
    }
}

namespace {

bool is_key_expired(ModelBase& object) {
    const auto& mapper = *object.orm_state().mapper;
    return std::ranges::any_of(mapper.primary_key, [&](std::uint16_t index) {
        return MapperData::attribute(object, mapper.attributes[index]).is_expired();
    });
}

bool has_key(ModelBase& object) {
    const auto& mapper = *object.orm_state().mapper;
    return std::ranges::all_of(mapper.primary_key, [&](std::uint16_t index) {
        const auto& attribute = MapperData::attribute(object, mapper.attributes[index]);
        return attribute.is_present() && !mapper.attributes[index].operations->is_null(attribute);
    });
}

/// " (id 7)"
std::string named_key(ModelBase& object) {
    const auto& mapper = *object.orm_state().mapper;
    std::string text;
    for (const auto index : mapper.primary_key)
        text += (text.empty() ? " (" : ", ") + mapper.attributes[index].name + " " + to_string(stored_value(object, index).param(), 100);
    return text + ")";
}

} // namespace

namespace {

[[noreturn]] void throw_read_only(const MapperData& mapper) {
    throw FlushError("class " + mapper.class_name + " is mapped read_only(): its objects cannot be written");
}

} // namespace

void UnitOfWork::save(const MapperData& mapper, std::vector<ModelBase*> objects, FlushStep& step, bool returns_defaults) {
    // New ones first, in the order in which they were added; then stored ones in the order of their keys.
    std::vector<ModelBase*> stored;
    std::vector<ModelBase*> fresh;
    for (auto* object : objects) (object->orm_state().lifecycle == Lifecycle::persistent ? stored : fresh).push_back(object);
    for (auto* object : stored)
        if (is_key_expired(*object) && has_net_changes(*object)) step.refresh.push_back(object);
    if (!step.refresh.empty()) return;
    if (mapper.read_only && (!fresh.empty() || std::ranges::any_of(stored, [](auto* object) { return has_net_changes(*object); })))
        throw_read_only(mapper);
    sort_by_key(stored);
    if (!std::exchange(told_, true)) {
        for (auto* object : fresh) tell(*object, &MapperSignals::before_insert);
        for (auto* object : stored) tell(*object, &MapperSignals::before_update);
        if (announces_ && !(fresh.empty() && stored.empty())) {
            step.before_insert = std::move(fresh);
            step.before_update = std::move(stored);
            return;
        }
    }
    RowSwitches switches;
    for (auto* object : fresh) {
        if (!has_key(*object)) continue;
        GraphRef kept;
        auto* present = session_.identity_map.find(mapper, identity_key(*object, false), kept);
        if (present == nullptr) continue;
        if (!is_deleted(*present)) {
            session_.warn(
                "New object of class " + mapper.class_name + named_key(*object) + " conflicts with another one that is stored and in the session");
            continue;
        }
        find(*present)->list_only = true; // the row is not deleted: it becomes this object's
        switches.emplace(object, present);
    }
    if (!returns_defaults && !std::exchange(keyed_, true)) {
        for (auto* object : fresh)
            if (!switches.contains(object) && !missing_keys(*object).empty()) step.keyless.push_back(object);
        if (!step.keyless.empty()) return;
    }
    step.batches = save_batches(fresh, stored, switches, returns_defaults);
    written_.inserted = std::move(fresh);
    written_.updated = std::move(stored);
}

void UnitOfWork::remove(const MapperData& mapper, std::vector<ModelBase*> objects, FlushStep& step) {
    for (auto* object : objects)
        if (is_key_expired(*object)) step.refresh.push_back(object);
    if (!step.refresh.empty()) return;
    if (mapper.read_only && !objects.empty()) throw_read_only(mapper);
    sort_by_key(objects);
    if (!std::exchange(told_, true)) {
        for (auto* object : objects) tell(*object, &MapperSignals::before_delete);
        if (announces_ && !objects.empty()) {
            step.before_delete = std::move(objects);
            return;
        }
    }
    written_.deleted = objects;
    step.batches = delete_batches(mapper, std::move(objects));
}

/// The child's key becomes the parent's, or NULL.
void UnitOfWork::synchronize(ModelBase* parent, ModelBase& child, const Processor& processor) {
    const auto& info = *processor.info;
    if (!info.post_update && is_deleted(child)) return;
    const auto& mapper = *child.orm_state().mapper;
    for (const auto& [own, theirs] : info.child_pairs) {
        const auto& attribute_info = mapper.attributes[own];
        auto& attribute = MapperData::attribute(child, attribute_info);
        Value value;
        if (parent != nullptr) {
            const auto& source_info = parent->orm_state().mapper->attributes[theirs];
            const auto& source = MapperData::attribute(*parent, source_info);
            if (source.is_present()) value = source_info.operations->value(source);
        } else if (attribute_info.primary_key && attribute.is_present() && !attribute_info.operations->is_null(attribute)) {
            throw FlushError(
                mapper.class_name + "::" + attribute_info.name
                + " is part of the primary key and would become NULL, as its parent is gone: delete the object, or give the "
                  "relationship cascade(\"all, delete-orphan\")");
        }
        attribute.set_from_flush(value);
    }
}

void UnitOfWork::post_update(ModelBase& object, const Processor& processor) {
    const auto& info = *processor.info;
    auto& waiting = post_updates_[object.orm_state().mapper];
    if (std::ranges::find(waiting.objects, &object) == waiting.objects.end()) waiting.objects.push_back(&object);
    for (const auto& [column, parent_column] : info.child_pairs) {
        if (std::ranges::find(waiting.columns, column) == waiting.columns.end()) waiting.columns.push_back(column);
    }
}

/// Keys that are to be passed on and are expired: SQLAlchemy loads such rows again before it trusts them.
void UnitOfWork::refresh_sources(const Processor& processor, const std::vector<ModelBase*>& objects, bool deletes, FlushStep& step) {
    const auto& info = *processor.info;
    std::unordered_set<const ModelBase*> seen;
    const auto look = [&](ModelBase* object) {
        if (object == nullptr || !session_.contains(*object) || object->orm_state().lifecycle != Lifecycle::persistent) return;
        if (is_key_expired(*object) && seen.insert(object).second) step.refresh.push_back(object);
    };
    if (deletes && info.direction != Direction::many_to_many) return;
    for (auto* object : objects) {
        if (info.direction == Direction::one_to_many && !object->orm_state().expired) continue;
        const auto history = link_history(*object, info);
        if (info.direction == Direction::many_to_one) {
            for (auto* target : history.added) look(target);
            continue;
        }
        if (!history.added.empty() || !history.deleted.empty()) look(object);
        if (info.direction != Direction::many_to_many) continue;
        for (auto* member : history.added) look(member);
        for (auto* member : history.deleted) look(member);
    }
}

void UnitOfWork::process(Processor& processor, const std::vector<ModelBase*>& objects, bool deletes, FlushStep& step) {
    if (processor.follows_keys) {
        if (!deletes) follow_keys(processor, objects);
        return;
    }
    refresh_sources(processor, objects, deletes, step);
    if (!step.refresh.empty()) return;
    switch (processor.info->direction) {
    case Direction::one_to_many:
        for (auto* object : objects) process_one_to_many(processor, *object, deletes);
        break;
    case Direction::many_to_one:
        for (auto* object : objects) process_many_to_one(processor, *object, deletes);
        break;
    case Direction::many_to_many: process_many_to_many(processor, objects, deletes, step); break;
    }
}

namespace {

/// Whether a link is written. One to an object outside of the session is not, which is told.
bool takes_part(SessionState& session, const ModelBase& member, const ModelBase& owner, const RelationshipInfo& info) {
    if (session.contains(member)) return true;
    if (!member.orm_state().was_deleted)
        session.warn(
            "Object of type <" + member.orm_state().mapper->class_name + "> not in session, add operation along '"
            + owner.orm_state().mapper->class_name + "." + info.name + "' will not proceed");
    return false;
}

} // namespace

void UnitOfWork::process_one_to_many(Processor& processor, ModelBase& parent, bool deletes) {
    const auto& info = *processor.info;
    const auto history = link_history(parent, info);
    const auto clear = [&](ModelBase& child) {
        synchronize(nullptr, child, processor);
        if (info.post_update) post_update(child, processor);
    };
    if (deletes) {
        if (!info.post_update && info.passive_deletes == PassiveDeletes::all) return;
        for (auto* child : history.deleted)
            if (child != nullptr && !has_parent(*child, info, false)) clear(*child);
        if (!info.post_update && info.cascade.delete_) return;
        for (auto* child : history.unchanged)
            if (child != nullptr && !processor.children_added.contains(child)) clear(*child);
        return;
    }
    for (auto* child : history.added) {
        if (child == nullptr || !takes_part(session_, *child, parent, info)) continue;
        synchronize(&parent, *child, processor);
        if (info.post_update) post_update(*child, processor);
    }
    if (!info.cascade.delete_orphan && info.passive_deletes != PassiveDeletes::all)
        for (auto* child : history.deleted)
            if (child != nullptr && session_.contains(*child) && !has_parent(*child, info, false)) synchronize(nullptr, *child, processor);
    if (parent.orm_state().lifecycle == Lifecycle::persistent && key_changed(parent, info))
        for (auto* child : history.unchanged)
            if (child != nullptr) synchronize(&parent, *child, processor);
}

void UnitOfWork::process_many_to_one(Processor& processor, ModelBase& child, bool deletes) {
    const auto& info = *processor.info;
    if (deletes) {
        if (!info.post_update || info.cascade.delete_orphan || info.passive_deletes == PassiveDeletes::all) return;
        synchronize(nullptr, child, processor);
        for (auto* target : linked_now_or_before(child, info))
            if (target != nullptr) {
                post_update(child, processor);
                break;
            }
        return;
    }
    const auto history = link_history(child, info);
    if (history.empty()) return;
    if (!history.added.empty()) {
        auto* target = history.added.front();
        if (target != nullptr && !takes_part(session_, *target, child, info)) return; // it is nobody's row
        synchronize(target, child, processor);
    } else if (!history.deleted.empty()) {
        synchronize(nullptr, child, processor);
    }
    if (info.post_update) post_update(child, processor);
}

void UnitOfWork::process_many_to_many(Processor& processor, const std::vector<ModelBase*>& objects, bool deletes, FlushStep& step) {
    const auto& info = *processor.info;
    const auto& table = *info.secondary;
    AssociationBatch remove;
    AssociationBatch insert;
    remove.table = insert.table = &table;
    remove.mapper = insert.mapper = info.target;
    remove.deletes = true;
    std::vector<std::size_t> columns;
    for (const auto& pair : info.secondary_pairs) columns.push_back(pair.second);
    for (const auto& pair : info.secondary_target_pairs) columns.push_back(pair.second);
    std::ranges::sort(columns);
    remove.columns = insert.columns = columns;

    auto& written = written_links_[&table.data()];
    const auto add = [&](AssociationBatch& batch, ModelBase& object, ModelBase* member) {
        if (member == nullptr) return;
        if (&batch == &insert ? !takes_part(session_, *member, object, info) : !session_.contains(*member)) return;
        if (info.reverse >= 0) { // the other side may have written the link
            const auto known = written.find(member);
            if (known != written.end() && known->second.contains(&object)) return;
            written[&object].insert(member);
        }
        std::vector<Value> row(columns.size());
        const auto put = [&](ModelBase& source, const std::vector<std::pair<std::uint16_t, std::size_t>>& pairs) {
            for (const auto& [attribute, column] : pairs) {
                const auto& attribute_info = source.orm_state().mapper->attributes[attribute];
                row[static_cast<std::size_t>(std::ranges::find(columns, column) - columns.begin())] =
                    attribute_info.operations->value(MapperData::attribute(source, attribute_info));
            }
        };
        put(object, info.secondary_pairs);
        put(*member, info.secondary_target_pairs);
        batch.rows.push_back(std::move(row));
    };
    for (auto* object : objects) {
        const auto history = link_history(*object, info);
        for (auto* member : history.deleted) add(remove, *object, member);
        if (deletes) {
            for (auto* member : history.unchanged) add(remove, *object, member);
        } else {
            for (auto* member : history.added) add(insert, *object, member);
        }
    }
    if (!remove.rows.empty()) step.associations.push_back(std::move(remove));
    if (!insert.rows.empty()) step.associations.push_back(std::move(insert));
}

} // namespace azoth::orm
