// SPDX-License-Identifier: MIT
// Changing links: both sides of a relationship follow, graphs keep each other, sessions are told.
#include <azoth/orm/links.hpp>

#include <algorithm>

#include <azoth/error.hpp>
#include <azoth/orm/mapper_data.hpp>
#include <azoth/orm/session_state.hpp>

namespace azoth::orm {

namespace {

const RelationshipInfo& info_of(const AttributeBase& link) {
    return link.owner()->orm_state().mapper->relationships[link.index()];
}

const RelationshipInfo* reverse_of(const AttributeBase& link) {
    const auto& info = info_of(link);
    return info.reverse < 0 ? nullptr : &info.target->relationships[static_cast<std::size_t>(info.reverse)];
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
    if (linked != nullptr && info.cascade.save_update && !state.to_be_deleted) state.session->add(*linked);
}

void erase_member(std::vector<Changes::Member>& members, std::uint16_t relationship, const ModelBase* object) {
    std::erase_if(members, [&](const auto& member) { return member.relationship == relationship && member.object == object; });
}

bool has_member(const std::vector<Changes::Member>& members, std::uint16_t relationship, const ModelBase* object) {
    return std::ranges::any_of(
        members, [&](const auto& member) { return member.relationship == relationship && member.object == object; });
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

void RelatedBase::assign(ModelBase* target) {
    auto& object = *owner();
    auto& state = object.orm_state();
    if (is_present() && target_ == target && (state.lifecycle >= Lifecycle::persistent || is_changed())) return;
    const bool known = state.changes && std::ranges::any_of(state.changes->targets, [&](const auto& old) {
        return old.relationship == index_;
    });
    if (!known && state.lifecycle >= Lifecycle::persistent)
        state.changed().targets.push_back({index_, is_present() ? target_ : nullptr});
    if (target != nullptr) orm::link(state.graph, target->orm_state().graph);
    target_ = target;
    flags_ = present | changed;
    tell_session(object, info_of(*this), nullptr);
}

void RelatedBase::link(ModelBase* target) {
    require_managed(*this, target);
    auto& object = *owner();
    auto* old = is_present() ? target_ : nullptr;
    assign(target);
    if (const auto* reverse = reverse_of(*this)) {
        if (old != nullptr && old != target) {
            if (reverse->collection) MapperData::collection(*old, *reverse).erase(&object);
            else MapperData::related(*old, *reverse).assign(nullptr);
        }
        if (target != nullptr && target != old) {
            if (reverse->collection) MapperData::collection(*target, *reverse).insert(&object);
            else MapperData::related(*target, *reverse).assign(&object);
        }
    }
    tell_session(object, info_of(*this), target);
}

void CollectionBase::insert(ModelBase* object) {
    auto& self = *owner();
    auto& state = self.orm_state();
    if (is_present()) {
        orm::link(state.graph, object->orm_state().graph);
        items_.push_back(object);
    }
    if (state.lifecycle >= Lifecycle::persistent) {
        auto& changes = state.changed();
        if (has_member(changes.removed, index_, object)) erase_member(changes.removed, index_, object);
        else if (!has_member(changes.added, index_, object))
            changes.added.push_back({index_, object, GraphRef{object->orm_state().graph}});
    }
    tell_session(self, info_of(*this), nullptr);
}

void CollectionBase::erase(ModelBase* object) {
    auto& self = *owner();
    auto& state = self.orm_state();
    if (is_present()) {
        const auto found = std::ranges::find(items_, object);
        if (found == items_.end()) return;
        items_.erase(found);
    }
    if (state.lifecycle >= Lifecycle::persistent) {
        auto& changes = state.changed();
        if (has_member(changes.added, index_, object)) erase_member(changes.added, index_, object);
        else if (!has_member(changes.removed, index_, object))
            changes.removed.push_back({index_, object, GraphRef{object->orm_state().graph}});
    }
    tell_session(self, info_of(*this), nullptr);
}

bool CollectionBase::has(const ModelBase* object) const {
    // The other side knows without a search.
    if (const auto* reverse = reverse_of(*this); reverse != nullptr && !reverse->collection) {
        const auto& back = MapperData::related(const_cast<ModelBase&>(*object), *reverse);
        if (back.is_present()) return back.target() == owner();
    }
    return is_present() && std::ranges::find(items_, object) != items_.end();
}

void CollectionBase::link(ModelBase* object) {
    require_managed(*this, object);
    if (object == nullptr) throw ArgumentError("a collection holds objects, not null");
    auto& self = *owner();
    if (has(object)) return;
    insert(object);
    if (const auto* reverse = reverse_of(*this); reverse != nullptr && !reverse->collection) {
        auto& back = MapperData::related(*object, *reverse);
        auto* old = back.is_present() ? back.target() : nullptr;
        back.assign(&self);
        if (old != nullptr && old != &self) MapperData::collection(*old, info_of(*this)).erase(object);
    }
    tell_session(self, info_of(*this), object);
}

void CollectionBase::unlink(ModelBase* object) {
    require_managed(*this, object);
    if (object == nullptr) throw ArgumentError("a collection holds objects, not null");
    if (is_present() && std::ranges::find(items_, object) == items_.end())
        throw ArgumentError(
            owner()->orm_state().mapper->class_name + "::" + info_of(*this).name + ": the object is not in this collection");
    erase(object);
    if (const auto* reverse = reverse_of(*this); reverse != nullptr && !reverse->collection) {
        auto& back = MapperData::related(*object, *reverse);
        if (!back.is_present() || back.target() == owner()) back.assign(nullptr);
    }
}

} // namespace azoth::orm
