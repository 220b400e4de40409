// SPDX-License-Identifier: MIT
// What comes before what: actions on whole classes, split into actions on single objects where classes form a ring.
#include <azoth/orm/unit_of_work.hpp>

#include <algorithm>

namespace azoth::orm {

std::size_t UnitOfWork::class_action(Kind kind, const MapperData& mapper, bool deletes) {
    const auto [entry, fresh] = class_actions_.try_emplace({kind, &mapper, deletes}, actions_.size());
    if (fresh) {
        Action action;
        action.kind = kind;
        action.mapper = &mapper;
        action.deletes = deletes;
        actions_.push_back(action);
    }
    return entry->second;
}

std::size_t UnitOfWork::process_action(std::size_t processor, bool deletes) {
    const auto [entry, fresh] = class_actions_.try_emplace({Kind::process_all, processors_[processor].info, deletes}, actions_.size());
    if (fresh) {
        Action action;
        action.kind = Kind::process_all;
        action.processor = processor;
        action.deletes = deletes;
        actions_.push_back(action);
    }
    return entry->second;
}

std::size_t UnitOfWork::object_action(Kind kind, ModelBase& object) {
    auto& known = kind == Kind::save_one ? save_actions_ : delete_actions_;
    const auto [entry, fresh] = known.try_emplace(&object, actions_.size());
    if (fresh) {
        Action action;
        action.kind = kind;
        action.mapper = object.orm_state().mapper;
        action.deletes = kind == Kind::delete_one;
        action.object = &object;
        actions_.push_back(action);
    }
    return entry->second;
}

std::size_t UnitOfWork::process_object_action(std::size_t processor, ModelBase& object, bool deletes) {
    auto& known = deletes ? processors_[processor].delete_actions : processors_[processor].save_actions;
    const auto [entry, fresh] = known.try_emplace(&object, actions_.size());
    if (fresh) {
        Action action;
        action.kind = Kind::process_one;
        action.processor = processor;
        action.deletes = deletes;
        action.object = &object;
        actions_.push_back(action);
    }
    return entry->second;
}

void UnitOfWork::before(std::size_t first, std::size_t second) {
    if (first == none || second == none) return;
    if (known_edges_.insert((static_cast<std::uint64_t>(first) << 32) | second).second) edges_.emplace_back(first, second);
}

void UnitOfWork::plan_processor(std::size_t number) {
    const auto& processor = processors_[number];
    const auto& info = *processor.info;
    const auto& parent = *processor.mapper;
    if (processor.follows_keys) {
        const auto process = class_actions_.try_emplace({Kind::process_all, &processor, false}, actions_.size());
        if (process.second) {
            Action action;
            action.kind = Kind::process_all;
            action.processor = number;
            actions_.push_back(action);
        }
        before(class_action(Kind::save_all, parent), process.first->second);
        return;
    }
    const auto& child = *info.target;
    const auto after_save = process_action(number, false);
    const auto before_delete = process_action(number, true);
    const auto parent_saves = class_action(Kind::save_all, parent);
    const auto child_saves = class_action(Kind::save_all, child);
    const auto parent_deletes = class_action(Kind::delete_all, parent);
    const auto child_deletes = class_action(Kind::delete_all, child);
    switch (info.direction) {
    case Direction::one_to_many:
        if (info.post_update) {
            const auto post_updates = class_action(Kind::post_update, child, false);
            const auto pre_updates = class_action(Kind::post_update, child, true);
            before(child_saves, after_save);
            before(parent_saves, after_save);
            before(after_save, post_updates);
            before(before_delete, pre_updates);
            before(pre_updates, parent_deletes);
            before(pre_updates, child_deletes);
        } else {
            before(parent_saves, after_save);
            before(after_save, child_saves);
            before(after_save, child_deletes);
            before(child_saves, parent_deletes);
            before(child_deletes, parent_deletes);
            before(before_delete, child_saves);
            before(before_delete, child_deletes);
        }
        break;
    case Direction::many_to_one:
        if (info.post_update) {
            const auto post_updates = class_action(Kind::post_update, parent, false);
            const auto pre_updates = class_action(Kind::post_update, parent, true);
            before(child_saves, after_save);
            before(parent_saves, after_save);
            before(after_save, post_updates);
            before(after_save, pre_updates);
            before(before_delete, pre_updates);
            before(pre_updates, child_deletes);
            before(pre_updates, parent_deletes);
        } else {
            before(child_saves, after_save);
            before(after_save, parent_saves);
            before(parent_saves, child_deletes);
            before(parent_deletes, child_deletes);
        }
        break;
    case Direction::many_to_many:
        before(parent_saves, after_save);
        before(child_saves, after_save);
        before(after_save, child_deletes);
        before(before_delete, parent_saves);
        before(before_delete, parent_deletes);
        before(before_delete, child_deletes);
        before(before_delete, child_saves);
        break;
    }
}

/// The actions that are part of a ring. There are few actions on whole classes, so each may be tried.
std::vector<bool> UnitOfWork::find_rings() const {
    const auto count = actions_.size();
    std::vector<std::vector<std::size_t>> next(count);
    for (const auto& [first, second] : edges_) next[first].push_back(second);
    std::vector<bool> in_ring(count);
    for (std::size_t start = 0; start < count; ++start) {
        std::vector<bool> seen(count);
        std::vector<std::size_t> open{next[start]};
        while (!open.empty() && !in_ring[start]) {
            const auto action = open.back();
            open.pop_back();
            if (action == start) in_ring[start] = true;
            if (seen[action]) continue;
            seen[action] = true;
            open.insert(open.end(), next[action].begin(), next[action].end());
        }
    }
    return in_ring;
}

void UnitOfWork::split_processor(
    std::size_t number, const std::vector<ModelBase*>& objects, bool deletes, const std::vector<bool>& ring) {
    auto& processor = processors_[number];
    const auto& info = *processor.info;
    const auto in_ring = [&](std::size_t action) { return action < ring.size() && ring[action]; };
    actions_[process_action(number, deletes)].disabled = true;

    const auto child_saves = class_action(Kind::save_all, *info.target);
    const auto child_deletes = class_action(Kind::delete_all, *info.target);
    const bool child_in_ring = in_ring(child_saves);
    const auto parents = class_action(deletes ? Kind::delete_all : Kind::save_all, *processor.mapper);
    const bool parent_in_ring = in_ring(parents);

    for (auto* object : objects) {
        const auto linked = linked_now_or_before(*object, info);
        if (linked.empty()) continue;
        const auto process = process_object_action(number, *object, deletes);
        const auto own = parent_in_ring ? object_action(deletes ? Kind::delete_one : Kind::save_one, *object) : parents;
        const auto relate = [&](std::size_t child, bool child_deleted) {
            switch (info.direction) {
            case Direction::one_to_many:
                if (info.post_update) {
                    if (deletes) {
                        const auto pre_updates = class_action(Kind::post_update, *info.target, true);
                        before(process, pre_updates);
                        before(pre_updates, own);
                    } else {
                        if (!child_deleted) before(own, process);
                        before(child, process);
                        before(process, class_action(Kind::post_update, *info.target, false));
                    }
                } else if (deletes) {
                    before(process, child);
                    before(child, own);
                } else {
                    before(own, process);
                    before(process, child);
                    before(own, child);
                }
                break;
            case Direction::many_to_one:
                if (info.post_update) {
                    if (deletes) {
                        const auto pre_updates = class_action(Kind::post_update, *processor.mapper, true);
                        before(process, pre_updates);
                        before(pre_updates, own);
                        before(pre_updates, child);
                    } else {
                        const auto post_updates = class_action(Kind::post_update, *processor.mapper, false);
                        if (child_deleted) {
                            before(process, post_updates);
                            before(post_updates, child);
                        } else {
                            before(own, process);
                            before(child, process);
                            before(process, post_updates);
                        }
                    }
                } else if (deletes) {
                    if (child_deleted) before(own, child);
                } else {
                    if (!child_deleted) before(child, process);
                    before(process, own);
                }
                break;
            case Direction::many_to_many:
                if (deletes) {
                    before(process, child);
                    before(process, own);
                } else {
                    before(own, process);
                    if (child_deleted) before(process, child);
                    else before(child, process);
                }
                break;
            }
        };
        if (!child_in_ring) {
            relate(child_saves, false);
            relate(child_deletes, true);
            continue;
        }
        for (auto* child : linked) {
            const auto* entry = child == nullptr ? nullptr : find(*child);
            if (entry == nullptr) relate(none, false);
            else relate(object_action(entry->deletes ? Kind::delete_one : Kind::save_one, *child), entry->deletes);
        }
    }
}

void UnitOfWork::split_rings() {
    const auto ring = find_rings();
    if (std::ranges::find(ring, true) == ring.end()) return;
    const auto class_edges = std::exchange(edges_, {});
    known_edges_.clear();
    const auto class_count = ring.size();

    // The single objects' actions for each class action of the ring.
    std::vector<std::vector<std::size_t>> parts(class_count);
    for (std::size_t i = 0; i < class_count; ++i) {
        if (!ring[i]) continue;
        const auto action = actions_[i];
        if (action.kind == Kind::save_all || action.kind == Kind::delete_all) {
            const bool deletes = action.kind == Kind::delete_all;
            const auto objects = objects_of(*action.mapper, deletes);
            for (auto* object : objects) parts[i].push_back(object_action(deletes ? Kind::delete_one : Kind::save_one, *object));
            for (std::size_t number = 0; number < processors_.size(); ++number)
                if (processors_[number].in_plan && processors_[number].mapper == action.mapper && !processors_[number].follows_keys)
                    split_processor(number, objects, deletes, ring);
        }
    }
    // Saves come before deletes, so that a deleted row's key can be given to another object. One barrier stands for all pairs.
    for (std::size_t i = 0; i < class_count; ++i) {
        if (actions_[i].kind != Kind::save_all || !ring[i]) continue;
        const auto deletes = class_action(Kind::delete_all, *actions_[i].mapper);
        if (!ring[deletes]) {
            for (const auto part : parts[i]) before(part, deletes);
            continue;
        }
        const auto barrier = actions_.size();
        actions_.emplace_back();
        for (const auto part : parts[i]) before(part, barrier);
        for (const auto part : parts[deletes]) before(barrier, part);
    }
    const auto split_edges = std::exchange(edges_, {});
    known_edges_.clear();
    const auto add = [&](const std::pair<std::size_t, std::size_t>& edge) {
        const auto is_ring = [&](std::size_t action) { return action < class_count && ring[action]; };
        if (actions_[edge.first].disabled || actions_[edge.second].disabled) return;
        if (is_ring(edge.first) && is_ring(edge.second)) return;
        if (is_ring(edge.first)) {
            for (const auto part : parts[edge.first]) before(part, edge.second);
        } else if (is_ring(edge.second)) {
            for (const auto part : parts[edge.second]) before(edge.first, part);
        } else {
            before(edge.first, edge.second);
        }
    };
    for (const auto& edge : class_edges) add(edge);
    for (const auto& edge : split_edges) add(edge);
    for (std::size_t i = 0; i < class_count; ++i)
        if (ring[i]) actions_[i].disabled = true;
}

const std::string& UnitOfWork::sort_key(const Action& action) const {
    const bool processes = action.kind == Kind::process_all || action.kind == Kind::process_one;
    return processes ? processors_[action.processor].sort_key : action.mapper->class_name;
}

/// Level by level: what nothing open comes before, then what only that came before, …; in each level in SQLAlchemy's order.
void UnitOfWork::order() {
    split_rings();
    const auto count = actions_.size();
    std::vector<std::vector<std::size_t>> next(count);
    std::vector<std::size_t> open_before(count);
    for (const auto& [first, second] : edges_) {
        if (actions_[first].disabled || actions_[second].disabled) continue;
        next[first].push_back(second);
        ++open_before[second];
    }
    std::vector<std::size_t> level(count);
    std::vector<std::size_t> ready;
    for (std::size_t i = 0; i < count; ++i)
        if (open_before[i] == 0 && !actions_[i].disabled) ready.push_back(i);
    for (std::size_t i = 0; i < ready.size(); ++i) {
        const auto action = ready[i];
        for (const auto after : next[action]) {
            // A barrier is no step of its own.
            level[after] = std::max(level[after], level[action] + (actions_[after].kind == Kind::barrier ? 0 : 1));
            if (--open_before[after] == 0) ready.push_back(after);
        }
    }
    std::size_t enabled = 0;
    for (const auto& action : actions_) enabled += action.disabled ? 0 : 1;
    ring_ = ready.size() != enabled;

    struct Ready {
        std::size_t level;
        int rank;
        const std::string* key;
        std::size_t action;
    };
    const auto rank = [](Kind kind) {
        switch (kind) {
        case Kind::delete_all: return 0;
        case Kind::delete_one: return 1;
        case Kind::post_update: return 2;
        case Kind::process_all: return 3;
        case Kind::process_one: return 4;
        case Kind::save_one: return 4;
        case Kind::save_all: return 5;
        case Kind::barrier: return 6;
        }
        return 6;
    };
    std::vector<Ready> entries;
    for (const auto action : ready)
        if (actions_[action].kind != Kind::barrier)
            entries.push_back({level[action], rank(actions_[action].kind), &sort_key(actions_[action]), action});
    std::ranges::sort(entries, [&](const Ready& a, const Ready& b) {
        if (a.level != b.level) return a.level < b.level;
        if (a.rank != b.rank) return a.rank < b.rank;
        if (*a.key != *b.key) return *a.key < *b.key;
        const auto& first = actions_[a.action];
        const auto& second = actions_[b.action];
        return std::tuple(first.deletes, a.action) < std::tuple(second.deletes, b.action);
    });
    const Ready* last = nullptr;
    for (const auto& entry : entries) {
        const bool single = actions_[entry.action].object != nullptr;
        const bool same = last != nullptr && single && actions_[last->action].object != nullptr && last->level == entry.level
            && last->rank == entry.rank && *last->key == *entry.key && actions_[last->action].deletes == actions_[entry.action].deletes
            && actions_[last->action].kind == actions_[entry.action].kind;
        if (!same) steps_.emplace_back();
        steps_.back().push_back(entry.action);
        last = &entry;
    }
}

} // namespace azoth::orm
