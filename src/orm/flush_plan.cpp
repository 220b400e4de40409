// SPDX-License-Identifier: MIT
// Ordering the unit of work: classes by their foreign keys, objects of a self-referential class by their links.
#include <azoth/orm/flush_plan.hpp>

#include <algorithm>
#include <limits>
#include <map>
#include <unordered_map>
#include <utility>

#include <azoth/error.hpp>

namespace azoth::orm {

namespace {

/// The objects that a plan is about, and what each takes over from its parents. Objects know their entry by number
/// while this exists.
class Entries {
public:
    Entries() = default;
    Entries(const Entries&) = delete;
    Entries& operator=(const Entries&) = delete;
    ~Entries() {
        for (auto& entry : entries_) entry.object->orm_state().plan_entry = 0;
    }

    /// Whether this is the first time the object is put into a list to be saved.
    bool list(ModelBase& object) { return !std::exchange(entry_of(object).listed, true); }

    /// A child follows one parent for each foreign key: the last word wins, and a parent beats none.
    void add_sync(const KeySync& sync) {
        auto* place = &entry_of(*sync.child).first_sync;
        for (; *place != none; place = &syncs_[*place].next) {
            auto& other = syncs_[*place].sync;
            if (other.relationship->child_pairs != sync.relationship->child_pairs) continue;
            if (sync.parent != nullptr || other.parent == nullptr) other = sync;
            return;
        }
        *place = static_cast<std::uint32_t>(syncs_.size());
        syncs_.push_back({sync, none});
    }

    [[nodiscard]] bool has_syncs(const ModelBase& object) const {
        const auto entry = object.orm_state().plan_entry;
        return entry != 0 && entries_[entry - 1].first_sync != none;
    }

    template <class Visit>
    void each_sync(const ModelBase& object, Visit&& visit) const {
        const auto entry = object.orm_state().plan_entry;
        if (entry == 0) return;
        for (auto i = entries_[entry - 1].first_sync; i != none; i = syncs_[i].next) visit(syncs_[i].sync);
    }

private:
    static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();
    struct Entry {
        ModelBase* object;
        std::uint32_t first_sync;
        bool listed;
    };
    struct Sync {
        KeySync sync;
        std::uint32_t next; ///< of the same child
    };

    Entry& entry_of(ModelBase& object) {
        auto& number = object.orm_state().plan_entry;
        if (number == 0) {
            entries_.push_back({&object, none, false});
            number = static_cast<std::uint32_t>(entries_.size());
        }
        return entries_[number - 1];
    }

    std::vector<Entry> entries_;
    std::vector<Sync> syncs_;
};

bool is_written(const ModelBase& object) {
    const auto& state = object.orm_state();
    return !state.to_be_deleted && (state.lifecycle == Lifecycle::pending || state.lifecycle == Lifecycle::persistent);
}

void collect_one_to_many(ModelBase& parent, const RelationshipInfo& info, std::uint16_t index, Entries& entries) {
    const auto& state = parent.orm_state();
    const auto sync = [&](ModelBase& child, ModelBase* to) {
        if (is_written(child)) entries.add_sync({&child, &info, to});
    };
    if (state.to_be_deleted) {
        each_linked(parent, info, [&](ModelBase& child) { sync(child, nullptr); });
        return;
    }
    if (state.lifecycle == Lifecycle::pending) {
        each_linked(parent, info, [&](ModelBase& child) { sync(child, &parent); });
        return;
    }
    if (!state.changes) return;
    if (info.collection) {
        for (const auto& member : state.changes->removed)
            if (member.relationship == index) sync(*member.object, nullptr);
        for (const auto& member : state.changes->added)
            if (member.relationship == index) sync(*member.object, &parent);
    } else {
        for (const auto& old : state.changes->targets) {
            if (old.relationship != index) continue;
            if (old.target != nullptr) sync(*old.target, nullptr);
            if (auto* target = MapperData::related(parent, info).target()) sync(*target, &parent);
        }
    }
}

void collect_many_to_one(ModelBase& child, const RelationshipInfo& info, std::uint16_t index, Entries& entries) {
    const auto& state = child.orm_state();
    if (!is_written(child)) return;
    const auto& link = MapperData::related(child, info);
    if (!link.is_present()) return;
    const bool changed = state.changes && std::ranges::any_of(state.changes->targets, [&](const auto& old) {
        return old.relationship == index;
    });
    const bool new_link = state.lifecycle == Lifecycle::pending && (link.target() != nullptr || link.is_changed());
    if (changed || new_link) entries.add_sync({&child, &info, link.target()});
}

/// Classes in the order in which they are saved; equal choices by class name, as SQLAlchemy breaks ties.
std::vector<const MapperData*> order_classes(const std::vector<const MapperData*>& involved) {
    std::vector<const MapperData*> remaining = involved;
    std::ranges::sort(remaining, [](const auto* a, const auto* b) {
        return a->class_name != b->class_name ? a->class_name < b->class_name : a < b;
    });
    const auto refers_to = [](const MapperData& from, const MapperData& to) {
        return &from != &to && std::ranges::any_of(from.table->data().foreign_keys, [&](const auto& key) {
            return key.target_table == to.table->name();
        });
    };
    std::vector<const MapperData*> ordered;
    while (!remaining.empty()) {
        const auto next = std::ranges::find_if(remaining, [&](const MapperData* candidate) {
            return std::ranges::none_of(remaining, [&](const MapperData* other) { return refers_to(*candidate, *other); });
        });
        if (next == remaining.end()) {
            std::string names;
            for (const auto* mapper : remaining) names += " " + mapper->class_name;
            throw CircularDependencyError("the tables of these classes refer to each other in a ring:" + names);
        }
        ordered.push_back(*next);
        remaining.erase(next);
    }
    return ordered;
}

/// Splits the objects of one class into levels: what a level's rows refer to is in an earlier one.
/// @param parent_of  calls back with each object of the same class that the first refers to
template <class ParentsOf>
std::vector<std::vector<ModelBase*>> levels(const std::vector<ModelBase*>& objects, const ParentsOf& parents_of) {
    std::unordered_map<const ModelBase*, std::size_t> open;
    std::unordered_map<const ModelBase*, std::vector<ModelBase*>> children;
    for (auto* object : objects) open.emplace(object, 0);
    for (auto* object : objects)
        parents_of(*object, [&](ModelBase& parent) {
            if (!open.contains(&parent)) return;
            ++open[object];
            children[&parent].push_back(object);
        });

    std::vector<std::vector<ModelBase*>> result;
    std::vector<ModelBase*> level;
    for (auto* object : objects)
        if (open[object] == 0) level.push_back(object);
    std::size_t placed = 0;
    while (!level.empty()) {
        placed += level.size();
        std::vector<ModelBase*> next;
        for (auto* object : level)
            for (auto* child : children[object])
                if (--open[child] == 0) next.push_back(child);
        result.push_back(std::exchange(level, std::move(next)));
    }
    if (placed != objects.size())
        throw CircularDependencyError(
            "objects of class " + objects.front()->orm_state().mapper->class_name
            + " refer to each other in a ring, so none can be written first");
    return result;
}

bool is_self_referential(const MapperData& mapper) {
    return std::ranges::any_of(mapper.table->data().foreign_keys, [&](const auto& key) {
        return key.target_table == mapper.table->name();
    });
}

/// The parents that the row of a persistent object still refers to, when their links are loaded.
template <class Visit>
void linked_parents(ModelBase& object, Visit&& visit) {
    for (const auto& info : object.orm_state().mapper->relationships) {
        if (info.direction != Direction::many_to_one || info.target != object.orm_state().mapper) continue;
        const auto& link = MapperData::related(object, info);
        if (link.is_present() && link.target() != nullptr) visit(*link.target());
    }
}

} // namespace

FlushPlan plan_flush(SessionState& session) {
    FlushPlan plan;
    Entries entries;
    std::vector<ModelBase*> saved;
    std::vector<ModelBase*> deleted;

    // UPDATEs stand before INSERTs in the lists, too: make_batches() sorts each group.
    for (const auto& pinned : session.dirty_objects())
        if (is_written(*pinned.object) && entries.list(*pinned.object)) saved.push_back(pinned.object);
    for (const auto& pinned : session.new_objects())
        if (is_written(*pinned.object) && entries.list(*pinned.object)) saved.push_back(pinned.object);
    for (const auto& pinned : session.deleted_objects()) deleted.push_back(pinned.object);

    const auto collect = [&](ModelBase& object) {
        const auto& relationships = object.orm_state().mapper->relationships;
        for (std::size_t i = 0; i < relationships.size(); ++i) {
            const auto index = static_cast<std::uint16_t>(i);
            if (relationships[i].direction == Direction::one_to_many)
                collect_one_to_many(object, relationships[i], index, entries);
            else collect_many_to_one(object, relationships[i], index, entries);
        }
    };
    for (auto* object : saved) collect(*object);
    for (auto* object : deleted) collect(*object);

    // Children that nobody touched but whose parent changed. In the order of their parents' collections.
    const auto bring_in = [&](ModelBase& parent) {
        for (const auto& info : parent.orm_state().mapper->relationships) {
            if (info.direction != Direction::one_to_many) continue;
            const auto take = [&](ModelBase& child) {
                if (child.orm_state().session != &session || !is_written(child) || !entries.has_syncs(child)) return;
                if (!entries.list(child)) return;
                saved.push_back(&child);
                plan.touched.emplace_back(child);
            };
            each_linked(parent, info, take);
            if (parent.orm_state().changes) {
                for (const auto& member : parent.orm_state().changes->removed) take(*member.object);
                for (const auto& old : parent.orm_state().changes->targets)
                    if (old.target != nullptr) take(*old.target);
            }
        }
    };
    for (std::size_t i = 0, own = saved.size(); i < own; ++i) bring_in(*saved[i]);
    for (auto* object : deleted) bring_in(*object);

    std::map<const MapperData*, std::vector<ModelBase*>> saved_by_class;
    std::map<const MapperData*, std::vector<ModelBase*>> deleted_by_class;
    std::vector<const MapperData*> involved;
    const auto sort_in = [&](auto& by_class, ModelBase& object) {
        const auto* mapper = object.orm_state().mapper;
        by_class[mapper].push_back(&object);
        if (std::ranges::find(involved, mapper) == involved.end()) involved.push_back(mapper);
    };
    for (auto* object : saved) sort_in(saved_by_class, *object);
    for (auto* object : deleted) sort_in(deleted_by_class, *object);
    const auto ordered = order_classes(involved);

    const auto add_group = [&](const MapperData& mapper, bool deletes, std::vector<ModelBase*> objects) {
        auto& group_syncs = plan.syncs.emplace_back();
        if (!deletes)
            for (auto* object : objects)
                entries.each_sync(*object, [&](const KeySync& sync) { group_syncs.push_back(sync); });
        plan.groups.push_back({&mapper, deletes, std::move(objects)});
    };
    for (const auto* mapper : ordered) {
        const auto found = saved_by_class.find(mapper);
        if (found == saved_by_class.end()) continue;
        if (!is_self_referential(*mapper)) {
            add_group(*mapper, false, std::move(found->second));
            continue;
        }
        auto by_level = levels(found->second, [&](ModelBase& object, const auto& visit) {
            entries.each_sync(object, [&](const KeySync& sync) {
                if (sync.parent != nullptr && sync.parent->orm_state().lifecycle == Lifecycle::pending) visit(*sync.parent);
            });
        });
        for (auto& level : by_level) add_group(*mapper, false, std::move(level));
    }
    for (auto mapper = ordered.rbegin(); mapper != ordered.rend(); ++mapper) {
        const auto found = deleted_by_class.find(*mapper);
        if (found == deleted_by_class.end()) continue;
        if (!is_self_referential(**mapper)) {
            add_group(**mapper, true, std::move(found->second));
            continue;
        }
        auto by_level = levels(found->second, [&](ModelBase& object, const auto& visit) { linked_parents(object, visit); });
        for (auto level = by_level.rbegin(); level != by_level.rend(); ++level) add_group(**mapper, true, std::move(*level));
    }
    return plan;
}

std::vector<ModelBase*> find_orphans(SessionState& session) {
    std::vector<ModelBase*> orphans;
    for (const auto& pinned : session.dirty_objects()) {
        const auto& state = pinned.object->orm_state();
        if (!state.changes) continue;
        for (const auto& member : state.changes->removed) {
            const auto& info = state.mapper->relationships[member.relationship];
            auto& child = member.object->orm_state();
            if (!info.cascade.delete_orphan || child.session != &session || child.to_be_deleted) continue;
            // Moved to another parent it is no orphan.
            bool adopted = false;
            if (info.reverse >= 0) {
                const auto& back = info.target->relationships[static_cast<std::size_t>(info.reverse)];
                adopted = MapperData::related(*member.object, back).target() != nullptr
                    && MapperData::related(*member.object, back).is_present();
            } else {
                for (const auto& other : session.dirty_objects())
                    if (other.object->orm_state().mapper == state.mapper && other.object->orm_state().changes)
                        adopted = adopted || std::ranges::any_of(other.object->orm_state().changes->added, [&](const auto& added) {
                            return added.relationship == member.relationship && added.object == member.object;
                        });
            }
            if (!adopted) orphans.push_back(member.object);
        }
    }
    return orphans;
}

} // namespace azoth::orm
