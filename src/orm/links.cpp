// SPDX-License-Identifier: MIT
// Changing links: both sides of a relationship follow, graphs keep each other, sessions are told.
#include <azoth/orm/links.hpp>

#include <algorithm>
#include <exception>
#include <optional>
#include <unordered_set>
#include <utility>

#include <azoth/error.hpp>
#include <azoth/orm/mapper_data.hpp>
#include <azoth/orm/session_state.hpp>

namespace azoth::orm {

// Defined at the end.
[[nodiscard]] bool tracks_parents(const RelationshipInfo& info);
void record_parent(ModelBase& child, const RelationshipInfo& info, const ModelBase& parent);
void forget_parent(ModelBase& child, const RelationshipInfo& info, const ModelBase& parent);

namespace {

const RelationshipInfo& info_of(const AttributeBase& link) {
    return link.owner()->orm_state().mapper->relationships[link.index()];
}

/// Keeps a member of a collection that may not be loaded: until the flush, or, where no session will flush, for good.
GraphRef kept_until_flush(const ObjectState& owner, const ModelBase& member) {
    auto* graph = member.orm_state().graph;
    if (owner.session != nullptr) return GraphRef{graph};
    orm::link(owner.graph, graph);
    return {};
}

const RelationshipInfo* reverse_of(const AttributeBase& link) {
    const auto& info = info_of(link);
    return info.viewonly ? nullptr : info.other_side();
}

void require_managed(const AttributeBase& link, const ModelBase* object) {
    if (link.owner() == nullptr)
        throw ArgumentError("objects are linked through objects that were made by make<T>() or loaded by a session");
    if (object != nullptr && object->orm_state().mapper == nullptr)
        throw ArgumentError(
            link.owner()->orm_state().mapper->class_name + "::" + info_of(link).name
            + ": only objects made by make<T>() or loaded by a session can be linked");
}

/// After a change on `owner`: its session writes it, and takes what it links to by the save-update cascade.
void tell_session(ModelBase& owner, const RelationshipInfo& info, ModelBase* linked) {
    auto& state = owner.orm_state();
    if (state.session == nullptr) return;
    state.session->mark_dirty(owner);
    // One that is there stays as it is: to be deleted, for instance.
    if (linked != nullptr && info.cascade.save_update && !state.session->contains(*linked)) state.session->add(*linked);
}

/// A new object that lost the parent it cannot be without is not to be inserted.
void let_pending_orphan_go(ModelBase& child) {
    auto& state = child.orm_state();
    if (state.lifecycle >= Lifecycle::persistent || !is_orphan(child)) return;
    if (state.session != nullptr) state.session->expunge(child);
    else state.orphaned_outside = true;
}

/// What is linked by one object at most is not linked by a second one, as far as memory knows.
void require_single(const RelationshipInfo& info, const ModelBase& owner, ModelBase* target, const ModelBase* old) {
    if (!info.single_parent || target == nullptr || target == old) return;
    bool taken = has_parent(*target, info, false);
    if (const auto* reverse = info.other_side(); reverse != nullptr && !reverse->collection) {
        const auto* other = MapperData::related(*target, *reverse).target();
        if (other == &owner) return;
        taken = taken || other != nullptr;
    }
    if (taken)
        throw InvalidRequestError(
            "an object of class " + target->orm_state().mapper->class_name + " is linked by another object of class "
            + owner.orm_state().mapper->class_name + " already, and " + owner.orm_state().mapper->class_name + "::" + info.name
            + " allows a single parent");
}

std::optional<ModelBase*> known_link(ModelBase* target, bool known) {
    if (known) return target;
    return std::nullopt;
}

/// What the other side causes is told, too. It can be refused, but nothing else put in its place.
void tell_set(const RelationshipInfo& info, ModelBase& object, ModelBase* target, ModelBase* old, bool known) {
    if (!info.watch) return;
    Incoming incoming{target};
    info.watch->set(object, incoming, known_link(old, known));
}
void tell_appended(const LinkWatch& watch, ModelBase& owner, ModelBase& member) {
    Incoming incoming{&member};
    watch.append(owner, incoming);
}

[[noreturn]] void throw_link_not_loaded(const AttributeBase& link, const char* eager_option) {
    if (link.owner() == nullptr)
        throw NotLoadedError("this link belongs to an object that was not made by make<T>() or loaded by a session");
    const auto& state = link.owner()->orm_state();
    const auto name = state.mapper->class_name + "::" + info_of(link).name;
    if (state.session == nullptr)
        throw NotLoadedError(
            name + " is not loaded, and the object has no session any more: load it while the session is open, or with "
            + eager_option + "<&" + name + ">()");
    throw NotLoadedError(
        name + " is not loaded: co_await object->" + info_of(link).name + ".load() loads it, or options(" + eager_option
        + "<&" + name + ">()) with the query");
}

} // namespace

void RelatedBase::require_present() const { throw_link_not_loaded(*this, "selectinload"); }
void CollectionBase::require_present() const { throw_link_not_loaded(*this, "selectinload"); }

bool RelatedBase::peek(ModelBase*& target) const {
    target = nullptr;
    if (is_present()) {
        target = target_;
        return true;
    }
    const auto& state = owner()->orm_state();
    const auto& info = info_of(*this);
    if (state.session == nullptr || !info.to_primary_key) return false;
    std::vector<Value> key;
    for (const auto& [here, there] : info.pairs) {
        const auto& attribute_info = state.mapper->attributes[here];
        const auto& attribute = MapperData::attribute(*owner(), attribute_info);
        const Changes::Old* original = nullptr;
        if (state.changes)
            for (const auto& old : state.changes->values)
                if (old.attribute == here) original = &old;
        if (original != nullptr ? !original->known : !attribute.is_present()) return false;
        key.push_back(original != nullptr ? original->value : attribute_info.operations->value(attribute));
        if (key.back().is_null()) return true;
    }
    GraphRef kept;
    target = state.session->identity_map.find(*info.target, identity_key(key), kept);
    return target != nullptr;
}

void RelatedBase::assign(ModelBase* target, ModelBase* old, bool known) {
    auto& object = *owner();
    auto& state = object.orm_state();
    const auto& info = info_of(*this);
    if (is_present() && target_ == target && (state.lifecycle >= Lifecycle::persistent || is_changed())) return;
    if (state.lifecycle >= Lifecycle::persistent && !info.viewonly) {
        auto& targets = state.changed().targets;
        if (std::ranges::find(targets, index_, &Changes::OldTarget::relationship) == targets.end())
            targets.push_back({index_, old, known});
    }
    if (target != nullptr) orm::link(state.graph, target->orm_state().graph);
    if (tracks_parents(info)) {
        if (old != nullptr && old != target) forget_parent(*old, info, object);
        if (target != nullptr) record_parent(*target, info, object);
    }
    target_ = target;
    flags_ = present | changed;
    if (!info.viewonly) tell_session(object, info, nullptr);
}

void RelatedBase::link(ModelBase* target) {
    require_managed(*this, target);
    auto& object = *owner();
    auto& state = object.orm_state();
    if (state.session != nullptr) state.session->warn_in_flush("setting a link");
    const auto& info = info_of(*this);
    if (!is_present() && state.lifecycle >= Lifecycle::persistent && info.direction == Direction::one_to_many)
        require_present(); // the object that is there would keep its key
    ModelBase* old = nullptr;
    const bool known = peek(old);
    Incoming incoming{target};
    if (info.watch) {
        if (info.watch->validate && target != nullptr) info.watch->validate(object, *target, false);
        info.watch->set(object, incoming, known_link(old, known));
        target = incoming.object;
        require_managed(*this, target);
    }
    require_single(info, object, target, old);
    if (const auto* reverse = reverse_of(*this); reverse != nullptr && reverse->collection && target != nullptr && target != old)
        MapperData::collection(*target, *reverse).require_key(object);
    const GraphRef kept{old != nullptr ? old->orm_state().graph : nullptr};
    const auto* reverse = reverse_of(*this);
    const auto* there = reverse != nullptr && reverse->collection && target != old ? reverse->watch.get() : nullptr;
    if (there != nullptr && there->validate && there->validates_backrefs) { // before anything changes
        if (old != nullptr && there->validates_removal) there->validate(*old, object, true);
        if (target != nullptr) there->validate(*target, object, false);
    }
    assign(target, old, known);
    if (there != nullptr && old != nullptr) there->remove(*old, object);
    if (there != nullptr && target != nullptr) tell_appended(*there, *target, object);
    if (reverse != nullptr) {
        if (old != nullptr && old != target) {
            if (reverse->collection) {
                MapperData::collection(*old, *reverse).erase(&object);
            } else {
                tell_set(*reverse, *old, nullptr, &object, true);
                MapperData::related(*old, *reverse).assign(nullptr, &object, true);
            }
        }
        if (target != nullptr && target != old) {
            if (reverse->collection) {
                MapperData::collection(*target, *reverse).insert(&object);
            } else {
                // Whoever had the target before keeps showing it until that is loaded again, as in SQLAlchemy.
                auto& back = MapperData::related(*target, *reverse);
                ModelBase* before = nullptr;
                const bool before_known = back.peek(before);
                tell_set(*reverse, *target, &object, before, before_known);
                back.assign(&object, before, before_known);
            }
        }
    }
    if (old != nullptr && old != target && info.cascade.delete_orphan) let_pending_orphan_go(*old);
    tell_session(object, info, target);
}

void CollectionBase::insert(ModelBase* object, std::size_t position) {
    auto& self = *owner();
    auto& state = self.orm_state();
    const auto& info = info_of(*this);
    const bool stored = state.lifecycle >= Lifecycle::persistent;
    if (is_present() && !(stored && info.write_only)) {
        require_key(*object);
        if (auto* found = keys())
            if (auto* before = found->same_key(*object); before != nullptr && before != object) unlink(before);
        const bool again = info.list && is_item(object);
        orm::link(state.graph, object->orm_state().graph);
        items_.insert(position >= items_.size() ? items_.end() : items_.begin() + static_cast<std::ptrdiff_t>(position), object);
        if (found_by_) {
            if (!found_by_->members.empty()) found_by_->members.insert(object);
            if (found_by_->keys) found_by_->keys->add(*object);
        }
        if (again) return; // a list shows it twice; the link is one
    }
    if (info.viewonly) return;
    if (stored) {
        auto& changes = state.changed();
        if (!changes.removed.erase(index_, object)) changes.added.add(index_, object, kept_until_flush(state, *object));
    }
    if (tracks_parents(info)) record_parent(*object, info, self);
    tell_session(self, info, nullptr);
}

void CollectionBase::erase(ModelBase* object, std::size_t position) {
    auto& self = *owner();
    auto& state = self.orm_state();
    const auto& info = info_of(*this);
    const bool stored = state.lifecycle >= Lifecycle::persistent;
    if (is_present() && !(stored && info.write_only)) {
        const auto found = position < items_.size() ? items_.begin() + static_cast<std::ptrdiff_t>(position) : std::ranges::find(items_, object);
        if (found == items_.end()) return;
        items_.erase(found);
        if (info.list && std::ranges::find(items_, object) != items_.end()) return; // it was there twice
        if (found_by_) {
            found_by_->members.erase(object);
            if (found_by_->keys) found_by_->keys->remove(*object);
        }
    }
    if (info.viewonly) return;
    if (stored) {
        auto& changes = state.changed();
        if (!changes.added.erase(index_, object)) changes.removed.add(index_, object, kept_until_flush(state, *object));
    }
    if (tracks_parents(info)) forget_parent(*object, info, self);
    tell_session(self, info, nullptr);
}

bool CollectionBase::has(const ModelBase* object) const {
    // The other side knows without a search.
    if (const auto* reverse = reverse_of(*this); reverse != nullptr && !reverse->collection) {
        const auto& back = MapperData::related(const_cast<ModelBase&>(*object), *reverse);
        if (back.is_present() && back.target() != owner()) return false;
        if (back.is_present() && !is_present()) return true;
    }
    return is_present() && is_item(object);
}

CollectionBase::Index& CollectionBase::index() const {
    if (!found_by_) found_by_ = std::make_unique<Index>();
    return *found_by_;
}

bool CollectionBase::is_item(const ModelBase* object) const {
    constexpr std::size_t short_list = 32;
    if (items_.size() <= short_list) return std::ranges::find(items_, object) != items_.end();
    auto& members = index().members;
    if (members.empty()) members.insert(items_.begin(), items_.end());
    return members.contains(object);
}

KeyIndex* CollectionBase::keys() const {
    if (owner() == nullptr) return nullptr;
    const auto make = info_of(*this).make_keys;
    if (make == nullptr) return nullptr;
    auto& keys = index().keys;
    if (!keys) {
        keys = make();
        for (auto* object : items_) keys->add(*object);
    }
    return keys.get();
}

void CollectionBase::require_key(const ModelBase& object) {
    const auto* found = is_present() ? keys() : nullptr;
    if (found == nullptr || found->has_key(object)) return;
    throw InvalidRequestError(
        owner()->orm_state().mapper->class_name + "::" + info_of(*this).name
        + " is a map, and the object has no key yet: set its key before it is put in");
}

void CollectionBase::set_items(std::vector<ModelBase*> items) {
    clear_items();
    items_ = std::move(items);
    (void)keys(); // they are what they are now
}

void CollectionBase::clear_items() noexcept {
    items_.clear();
    found_by_.reset();
}

void CollectionBase::link(ModelBase* object, std::size_t position) {
    require_managed(*this, object);
    if (object == nullptr) throw ArgumentError("a collection holds objects, not null");
    auto& self = *owner();
    const auto& info = info_of(*this);
    if (self.orm_state().session != nullptr) self.orm_state().session->warn_in_flush("adding to a collection");
    const auto is_there = [&] {
        if (!has(object) || (info.list && is_present())) return false;
        if (info.watch) info.watch->append_wo_mutation(self, *object);
        return true;
    };
    if (is_there()) return;
    Incoming incoming{object};
    if (info.watch) {
        if (info.watch->validate) info.watch->validate(self, *object, false);
        info.watch->append(self, incoming);
        if (incoming.object != object) {
            object = incoming.object;
            require_managed(*this, object);
            if (object == nullptr) throw ArgumentError("a collection holds objects, not null");
            if (is_there()) return;
        }
    }
    put(object, position);
}

void CollectionBase::put(ModelBase* object, std::size_t position) {
    auto& self = *owner();
    const auto& info = info_of(*this);
    require_single(info, self, object, nullptr);
    if (const auto* other = reverse_of(*this); other != nullptr && !other->collection && other->watch && other->watch->validate
        && other->watch->validates_backrefs)
        other->watch->validate(*object, self, false); // before anything changes
    const auto* session = self.orm_state().session;
    if (session != nullptr && object->orm_state().session == session && object->orm_state().lifecycle == Lifecycle::deleted)
        throw InvalidRequestError(
            "an object of class " + object->orm_state().mapper->class_name + " has been deleted in this transaction: it cannot be put into "
            + self.orm_state().mapper->class_name + "::" + info.name);
    insert(object, position);
    if (is_present()) flags_ |= changed; // by the program, not only by the other side
    if (const auto* reverse = reverse_of(*this)) {
        if (reverse->collection) {
            if (reverse->watch) tell_appended(*reverse->watch, *object, self);
            MapperData::collection(*object, *reverse).insert(&self);
        } else {
            auto& back = MapperData::related(*object, *reverse);
            ModelBase* old = nullptr;
            const bool known = back.peek(old);
            tell_set(*reverse, *object, &self, old, known);
            back.assign(&self, old, known);
            if (old != nullptr && old != &self) {
                if (info.watch) info.watch->remove(*old, *object);
                MapperData::collection(*old, info).erase(object);
            }
        }
    }
    tell_session(self, info, object);
}

void CollectionBase::link_instead(ModelBase* object, std::size_t position) {
    require_managed(*this, object);
    if (object == nullptr) throw ArgumentError("a collection holds objects, not null");
    auto* before = items_[position];
    const GraphRef kept{before->orm_state().graph};
    const bool pending = before->orm_state().session != nullptr && before->orm_state().lifecycle == Lifecycle::pending;
    unlink(before, position);
    std::exception_ptr refused;
    try {
        link(object, position);
    } catch (...) {
        refused = std::current_exception();
    }
    if (!refused) return;
    put(before, position);
    if (pending && before->orm_state().session == nullptr && owner()->orm_state().session != nullptr)
        owner()->orm_state().session->add(*before); // it had been let go as an orphan
    std::rethrow_exception(refused);
}

void CollectionBase::unlink(ModelBase* object, std::size_t position) {
    require_managed(*this, object);
    if (object == nullptr) throw ArgumentError("a collection holds objects, not null");
    auto& self = *owner();
    const auto& info = info_of(*this);
    const bool all_known = is_present() && !(info.write_only && self.orm_state().lifecycle >= Lifecycle::persistent);
    if (all_known && !is_item(object))
        throw ArgumentError(
            self.orm_state().mapper->class_name + "::" + info.name + ": the object is not in this collection");
    if (self.orm_state().session != nullptr) self.orm_state().session->warn_in_flush("removing from a collection");
    const GraphRef kept{object->orm_state().graph};
    if (info.watch) {
        if (info.watch->validate && info.watch->validates_removal) info.watch->validate(self, *object, true);
        info.watch->remove(self, *object);
    }
    erase(object, position);
    if (const auto* reverse = reverse_of(*this)) {
        if (reverse->collection) {
            if (reverse->watch) reverse->watch->remove(*object, self);
            MapperData::collection(*object, *reverse).erase(&self);
        } else if (!all_known || !is_item(object)) { // the last of several
            auto& back = MapperData::related(*object, *reverse);
            if (!back.is_present() || back.target() == &self) {
                tell_set(*reverse, *object, nullptr, &self, true);
                back.assign(nullptr, &self, true);
            }
        }
    }
    if (info.cascade.delete_orphan && !(all_known && is_item(object))) let_pending_orphan_go(*object);
}

void CollectionBase::replace(const std::vector<ModelBase*>& given) {
    require_managed(*this, nullptr);
    auto& self = *owner();
    const auto& info = info_of(*this);
    if (!is_present() || (info.write_only && self.orm_state().lifecycle >= Lifecycle::persistent)) require_present();
    const auto watch = info.watch;
    auto objects = given;
    std::vector<GraphRef> kept;
    if (watch) watch->bulk_replace(self, objects, kept);
    // All are checked before the first one is taken.
    for (auto* object : objects) {
        require_managed(*this, object);
        if (object == nullptr) throw ArgumentError("a collection holds objects, not null");
        if (watch && watch->validate) watch->validate(self, *object, false);
    }
    const auto before = items_;
    for (auto* object : before) kept.emplace_back(object->orm_state().graph);
    if (self.orm_state().session != nullptr) self.orm_state().session->warn_in_flush("replacing a collection");
    std::vector<ModelBase*> stay;
    for (auto*& object : objects) {
        if (has(object)) {
            stay.push_back(object);
            continue;
        }
        if (watch) {
            Incoming incoming{object};
            watch->append(self, incoming);
            object = incoming.object;
            require_managed(*this, object);
            if (object == nullptr) throw ArgumentError("a collection holds objects, not null");
            if (has(object)) continue;
            kept.push_back(std::move(incoming.kept));
        }
        put(object, at_end);
    }
    if (watch)
        for (auto* object : stay) watch->append_wo_mutation(self, *object);
    const std::unordered_set<const ModelBase*> wanted(objects.begin(), objects.end());
    for (auto* object : before)
        if (!wanted.contains(object)) unlink(object);
    if (info.list) {
        items_ = objects; // with what is in it more than once
    } else {
        std::vector<ModelBase*> in_order;
        std::unordered_set<const ModelBase*> placed;
        for (auto* object : objects)
            if (placed.insert(object).second) in_order.push_back(object);
        if (items_.size() == in_order.size()) items_ = std::move(in_order); // a map may have taken one of several with the same key
    }
    if (watch) {
        watch->dispose_collection(self, before);
        watch->init_collection(self);
    }
}

bool tracks_parents(const RelationshipInfo& info) {
    return !info.viewonly && (info.direction == Direction::one_to_many || info.single_parent);
}

void record_parent(ModelBase& child, const RelationshipInfo& info, const ModelBase& parent) {
    auto& state = child.orm_state();
    // What a new object's own link says needs no record.
    if (state.lifecycle < Lifecycle::persistent && info.reverse >= 0 && !info.other_side()->collection) return;
    auto& parents = state.changed().parents;
    const auto known = std::ranges::find(parents, &info, &Changes::Parent::relationship);
    if (known != parents.end()) known->parent = &parent;
    else parents.push_back({&info, &parent});
}

void forget_parent(ModelBase& child, const RelationshipInfo& info, const ModelBase& parent) {
    auto& state = child.orm_state();
    if (state.lifecycle < Lifecycle::persistent && info.reverse >= 0 && !info.other_side()->collection) return;
    auto& parents = state.changed().parents;
    const auto known = std::ranges::find(parents, &info, &Changes::Parent::relationship);
    if (known == parents.end()) parents.push_back({&info, nullptr});
    else if (known->parent == &parent) known->parent = nullptr; // it may have been taken by another meanwhile
}

bool has_parent(ModelBase& child, const RelationshipInfo& info, bool otherwise) {
    const auto& state = child.orm_state();
    if (state.changes)
        for (const auto& known : state.changes->parents)
            if (known.relationship == &info) return known.parent != nullptr;
    if (state.lifecycle < Lifecycle::persistent && info.reverse >= 0 && !info.other_side()->collection)
        return MapperData::related(child, *info.other_side()).target() != nullptr;
    return otherwise;
}

bool is_orphan(ModelBase& child) {
    const auto& state = child.orm_state();
    if (state.changes)
        for (const auto& known : state.changes->parents)
            if (known.relationship->cascade.delete_orphan && known.parent == nullptr) return true;
    if (state.lifecycle >= Lifecycle::persistent) return false;
    return std::ranges::any_of(state.mapper->relationships, [&](const auto& info) {
        const auto* parents = info.other_side();
        return parents != nullptr && parents->cascade.delete_orphan && !info.collection
            && MapperData::related(child, info).target() == nullptr;
    });
}

} // namespace azoth::orm
