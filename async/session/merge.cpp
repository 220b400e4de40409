// SPDX-License-Identifier: MIT
// Copying objects into a session.
#include <algorithm>
#include <iterator>
#include <map>
#include <unordered_map>

#include <azoth/error.hpp>
#include <azoth/orm/load_plan.hpp>

#include "session/core.hpp"

namespace azoth::session {

namespace {

/// One merge(): each object is copied once.
struct Merge {
    Core* core = nullptr;
    bool load = true;
    SelectChange options; ///< of the SELECTs of what was given
    std::unordered_map<const ModelBase*, ModelBase*> copies;
    /// By row: two objects of one row become one.
    std::map<const orm::MapperData*, std::unordered_map<orm::IdentityKey, ModelBase*>> by_key;
    std::vector<orm::GraphRef> kept;

    Merge() = default;
};

/// Whether a row may have the key: parts of it may be NULL, where the mapping says so.
bool may_be_stored(const orm::MapperData& mapper, const std::vector<Value>& key) {
    const auto nulls = std::ranges::count_if(key, &Value::is_null);
    return nulls == 0 || (mapper.allow_partial_pks && nulls < std::ssize(key));
}

void check_version(ModelBase& source, ModelBase& target) {
    const auto& mapper = *source.orm_state().mapper;
    if (mapper.version_id < 0) return;
    const auto& info = mapper.attributes[static_cast<std::size_t>(mapper.version_id)];
    const auto& given = orm::MapperData::attribute(source, info);
    const auto& stored = orm::MapperData::attribute(target, info);
    if (!given.is_present() || !stored.is_present() || info.operations->value(given) == info.operations->value(stored)) return;
    throw StaleDataError(
        "session.merge(): the version of the object of class " + mapper.class_name + " is not the row's; load it again");
}

void copy_attributes(ModelBase& source, ModelBase& target, bool as_loaded) {
    const auto& mapper = *source.orm_state().mapper;
    for (const auto& info : mapper.attributes) {
        if (info.computed && !as_loaded) continue;
        const auto& from = orm::MapperData::attribute(source, info);
        auto& to = orm::MapperData::attribute(target, info);
        // A default of a new object is nothing that was set.
        const bool unset = info.init_default && !from.is_changed() && source.orm_state().lifecycle < orm::Lifecycle::persistent;
        if (!from.is_present() || unset) {
            if (as_loaded) to.set_flags(orm::AttributeBase::expired);
            continue;
        }
        auto value = info.operations->value(from);
        if (as_loaded) {
            info.operations->assign(to, value);
            to.set_flags(orm::AttributeBase::present | (from.flags() & orm::AttributeBase::expired));
            continue;
        }
        if (to.is_present() && info.operations->value(to) == value) continue;
        to.assign_value(value);
    }
}

asio::awaitable<ModelBase*> merge_one(Merge& merge, ModelBase& source, bool given);

/// The targets of a link, as objects of the session.
asio::awaitable<void> merge_link(Merge& merge, ModelBase& source, ModelBase& target, const orm::RelationshipInfo& info) {
    auto& core = *merge.core;
    const auto& link = orm::MapperData::link(source, info);
    const bool fresh = source.orm_state().lifecycle < orm::Lifecycle::persistent;
    if (!info.collection) {
        const bool set = link.is_present() && (!fresh || link.is_changed() || orm::MapperData::related(source, info).target() != nullptr);
        if (!set) co_return;
        auto* member = orm::MapperData::related(source, info).target();
        ModelBase* copy = nullptr;
        if (member != nullptr) copy = co_await merge_one(merge, *member, false);
        auto& to = orm::MapperData::related(target, info);
        if (!merge.load) {
            orm::fill_related(target, info, copy);
            co_return;
        }
        if (!to.is_present() && info.direction == orm::Direction::one_to_many && target.orm_state().lifecycle == orm::Lifecycle::persistent)
            co_await load_link_of(core, target, info, false);
        ModelBase* present = nullptr;
        if (!to.peek(present) || present != copy) to.link(copy);
        co_return;
    }
    const auto items = orm::MapperData::collection(source, info).items();
    // What only the other side put into a new object's collection says nothing about the rest of it.
    if (!link.is_present() || (fresh && !link.is_changed()) || info.write_only) co_return;
    // First, so that members which are there already are not looked for one by one.
    if (merge.load && !orm::MapperData::link(target, info).is_present()) co_await load_link_of(core, target, info, false);
    std::vector<ModelBase*> copies;
    for (auto* member : items) {
        auto* copy = co_await merge_one(merge, *member, false);
        copies.push_back(copy);
    }
    if (!merge.load) {
        orm::fill_collection(target, info, std::move(copies));
        co_return;
    }
    orm::MapperData::collection(target, info).replace(copies);
}

/// @param given  by the program, not reached by a cascade
asio::awaitable<ModelBase*> merge_one(Merge& merge, ModelBase& source, bool given) {
    auto& core = *merge.core;
    auto& state = source.orm_state();
    if (state.mapper == nullptr) throw ArgumentError("session.merge(): the object was not made by make<T>() or loaded by a session");
    if (const auto known = merge.copies.find(&source); known != merge.copies.end()) co_return known->second;
    if (state.session == &core && state.lifecycle != orm::Lifecycle::pending) {
        merge.copies.emplace(&source, &source);
        co_return &source;
    }
    if (state.session == &core)
        core.warn(
            "session.merge(): an object of class " + state.mapper->class_name
            + " is new in this session already, and is copied all the same: this is probably not what you want");
    const auto& mapper = *state.mapper;
    const auto key = orm::stored_key(source);
    if (!merge.load && (state.lifecycle < orm::Lifecycle::persistent || state.changes))
        throw InvalidRequestError(
            "session.merge_without_loading(): the object of class " + mapper.class_name
            + " was never stored or has changes; merge() it");

    ModelBase* target = nullptr;
    bool fresh = false;
    orm::GraphRef owner;
    const bool has_key = may_be_stored(mapper, key);
    if (has_key) {
        auto& known = merge.by_key[&mapper];
        const auto same = known.find(orm::identity_key(key));
        if (same != known.end()) {
            target = same->second;
            owner = orm::GraphRef{target->orm_state().graph};
        } else if (merge.load) {
            SelectChange change;
            if (given) change = merge.options;
            target = co_await find_or_load(core, mapper, key, owner, false, std::move(change));
        } else {
            target = core.identity_map.find(mapper, orm::identity_key(key), owner);
        }
    }
    if (target == nullptr) {
        owner = orm::make_graph(mapper.object_size);
        target = mapper.create(*owner, !merge.load);
        fresh = true;
        if (!merge.load) {
            target->orm_state().lifecycle = orm::Lifecycle::persistent;
            target->orm_state().session = &core;
        }
    }
    merge.kept.push_back(owner);
    merge.copies.emplace(&source, target);
    if (has_key) merge.by_key[&mapper].emplace(orm::identity_key(key), target);
    if (merge.load && !fresh && target->orm_state().lifecycle == orm::Lifecycle::persistent) {
        co_await load_expired(core, *target, false);
        check_version(source, *target);
    }
    copy_attributes(source, *target, !merge.load && fresh);
    if (fresh && !merge.load) core.identity_map.insert(orm::identity_key(*target, false), *target);
    if (fresh && merge.load) core.add(*target);
    for (const auto& info : mapper.relationships)
        if (info.cascade.merge) co_await merge_link(merge, source, *target, info);
    if (fresh) orm::tell(*target, &orm::MapperSignals::load);
    co_return target;
}

} // namespace

asio::awaitable<std::vector<std::shared_ptr<ModelBase>>>
merge(Core& core, std::vector<std::shared_ptr<ModelBase>> objects, bool load, SelectChange options) {
    const Operation operation{core};
    core.require_usable();
    for (const auto& object : objects)
        if (!object) throw ArgumentError("session.merge(): there is no object to merge");
    if (load) co_await autoflush(core);
    // Nothing is flushed while only a part is copied.
    const NoAutoflush guard{core.autoflush_blocks};
    Merge work;
    work.core = &core;
    work.load = load;
    work.options = std::move(options);
    std::vector<std::shared_ptr<ModelBase>> merged;
    for (const auto& object : objects) {
        auto* target = co_await merge_one(work, *object, true);
        merged.push_back(orm::handle_of<ModelBase>(target));
    }
    co_return merged;
}

} // namespace azoth::session

namespace azoth {

asio::awaitable<std::vector<std::shared_ptr<ModelBase>>> Session::merge_objects(
    session::Core& core, std::vector<std::shared_ptr<ModelBase>> objects, bool load, session::SelectChange options) {
    return session::merge(core, std::move(objects), load, std::move(options));
}

} // namespace azoth
