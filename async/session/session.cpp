// SPDX-License-Identifier: MIT
// The session's operations: what each does with its transaction and its objects.
#include <azoth/session/session.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

#include <azoth/orm/errors.hpp>
#include <azoth/orm/flush_plan.hpp>
#include <azoth/session/identity_key.hpp>
#include <azoth/session/loading.hpp>

#include "session/core.hpp"

namespace azoth {

namespace session {

void CoreDeleter::operator()(Core* core) const noexcept { delete core; }

Operation::Operation(Core& core) : core_(core) {
    if (core.busy)
        throw ConcurrentOperationError(
            "this Session is in the middle of another operation: a session is for one coroutine at a time; give each its own");
    core.busy = true;
}

void Core::require_usable() const {
    if (closed)
        throw InvalidRequestError(
            "this session has been closed for good (close_resets_only is off): it cannot be used any more");
    if (failed)
        throw PendingRollbackError(
            "this session's transaction was rolled back after an error in a flush; call rollback() before using it again. "
            "The error was: " + failure);
}

asio::awaitable<engine::ResultData> execute(Core& core, sql::NodePtr statement, StatementOptions options) {
    const Operation operation{core};
    if (options.autoflush) co_await autoflush(core);
    co_return co_await run_statement(core, statement);
}

asio::awaitable<std::shared_ptr<const LoadedRows>> load_rows(Core& core, sql::NodePtr statement, StatementOptions options) {
    const Operation operation{core};
    if (options.autoflush) co_await autoflush(core);
    co_return co_await load_objects(core, std::move(statement), options.populate_existing);
}

namespace {

/// The version of an object that is here; NULL when nobody counts versions, or it is not known.
Value known_version(ModelBase* object) {
    if (object == nullptr || object->orm_state().mapper->version_id < 0) return {};
    const auto& mapper = *object->orm_state().mapper;
    const auto index = static_cast<std::uint16_t>(mapper.version_id);
    const auto& attribute = orm::MapperData::attribute(*object, mapper.attributes[index]);
    if (!attribute.is_present() || attribute.is_expired()) return {};
    return orm::stored_value(*object, index);
}

/// Whoever locks a row wants what was read before. The object keeps its version, so that no flush overwrites what others wrote.
void require_version(ModelBase& object, const Value& version) {
    const auto& mapper = *object.orm_state().mapper;
    const auto& info = mapper.attributes[static_cast<std::size_t>(mapper.version_id)];
    auto& attribute = orm::MapperData::attribute(object, info);
    const auto stored = info.operations->value(attribute);
    if (stored == version) return;
    info.operations->assign(attribute, version);
    throw StaleDataError(
        "an object of class " + mapper.class_name + " has version " + to_string(version.param(), 100) + ", and its row has version "
        + to_string(stored.param(), 100) + ": somebody else changed it meanwhile; refresh() it");
}

} // namespace

asio::awaitable<ModelBase*> find_or_load(
    Core& core, const orm::MapperData& mapper, std::vector<Value> key, orm::GraphRef& owner, bool for_update, SelectChange change) {
    if (key.size() != mapper.primary_key.size())
        throw ArgumentError(
            "session.get(): the primary key of " + mapper.class_name + " has " + std::to_string(mapper.primary_key.size())
            + " columns, not " + std::to_string(key.size()));
    if (!for_update) {
        if (auto* object = core.identity_map.find(mapper, orm::identity_key(key), owner)) {
            if (!object->orm_state().expired) co_return object;
            bool gone = false;
            try {
                co_await load_expired(core, *object, true);
            } catch (const ObjectDeletedError&) {
                gone = true;
            }
            if (!gone) co_return object;
            owner.reset(); // another row may have the key by now
        }
    }
    co_await autoflush(core);
    auto statement = orm::select_by_key(mapper, key);
    if (change) change(*statement);
    orm::GraphRef present_owner;
    Value version;
    if (for_update) {
        statement->set_for_update({});
        version = known_version(core.identity_map.find(mapper, orm::identity_key(key), present_owner));
    }
    const auto rows = co_await load_objects(core, std::move(statement), for_update);
    if (rows->data.row_count() == 0) co_return nullptr;
    if (!version.is_null()) require_version(*rows->objects.front().front(), version);
    owner = rows->graph;
    co_return rows->objects.front().front();
}

asio::awaitable<ModelBase*>
get(Core& core, const orm::MapperData& mapper, std::vector<Value> key, orm::GraphRef& owner, bool for_update) {
    const Operation operation{core};
    core.require_usable();
    co_return co_await find_or_load(core, mapper, std::move(key), owner, for_update, nullptr);
}

namespace {

asio::awaitable<void> flush_session(Core& core) {
    if (core.in_prepare_flush) throw InvalidRequestError("session.flush(): the session is flushing already");
    const Operation operation{core};
    if (!core.has_changes()) co_return;
    core.require_usable();
    co_await flush_changes(core);
}

asio::awaitable<void> delete_marked(Core& core, std::shared_ptr<ModelBase> object) {
    const Operation operation{core};
    core.require_usable();
    core.require_begun();
    if (!object) throw ArgumentError("session.delete_(): there is no object to delete");
    co_await mark_deleted(core, *object);
}

asio::awaitable<void> refresh_loaded(Core& core, std::shared_ptr<ModelBase> object, RefreshOptions options) {
    const Operation operation{core};
    core.require_usable();
    if (!object) throw ArgumentError("session.refresh(): there is no object");
    core.require_persistent(*object, "refresh()");
    const auto& mapper = *object->orm_state().mapper;
    auto attributes = options.attributes;
    const bool whole = options.attributes.empty() && options.links.empty();
    if (whole) {
        core.expire(*object);
        for (std::size_t i = 0; i < mapper.attributes.size(); ++i)
            if (!mapper.attributes[i].deferred) attributes.push_back(static_cast<std::uint16_t>(i));
    } else {
        core.expire_members(*object, options.attributes, options.links);
        // SQLAlchemy selects the key at least, which says whether the row is there.
        if (!options.links.empty() || attributes.empty()) {
            for (const auto index : mapper.primary_key)
                if (std::ranges::find(attributes, index) == attributes.end()) attributes.push_back(index);
            std::ranges::sort(attributes);
        }
    }
    co_await autoflush(core); // of other objects; what changed of this one is forgotten
    try {
        if (whole && orm::loads_eagerly(mapper)) co_await load_whole(core, *object, options.for_update);
        else co_await load_attributes(core, *object, std::move(attributes), options.for_update);
    } catch (const ObjectDeletedError& gone) {
        throw InvalidRequestError(std::string{"session.refresh(): "} + gone.what());
    }
    for (const auto index : options.links) co_await load_link_of(core, *object, mapper.relationships[index], false);
}

} // namespace

asio::awaitable<void> load_link(orm::AttributeBase& link) {
    auto* owner = link.owner();
    auto* state = owner != nullptr ? &owner->orm_state() : nullptr;
    if (state == nullptr || state->session == nullptr) {
        const auto name = state == nullptr
            ? std::string{"this link"}
            : state->mapper->class_name + "::" + state->mapper->relationships[link.index()].name;
        throw DetachedInstanceError(
            name + " cannot be loaded: its object is in no session (it was closed, or the object was never added)");
    }
    const orm::GraphRef kept{state->graph}; // the object stays while its link is loaded
    auto& core = static_cast<Core&>(*state->session);
    const Operation operation{core};
    core.require_usable();
    co_await load_link_of(core, *owner, state->mapper->relationships[link.index()], true);
}

asio::awaitable<void> load_value(orm::AttributeBase& attribute) {
    auto* owner = attribute.owner();
    auto* state = owner != nullptr ? &owner->orm_state() : nullptr;
    if (state == nullptr || state->session == nullptr) {
        const auto name = state == nullptr ? std::string{"this attribute"}
                                           : state->mapper->class_name + "::" + state->mapper->attributes[attribute.index()].name;
        throw DetachedInstanceError(name + " cannot be loaded: its object is in no session (it was closed, or the object was never added)");
    }
    if (state->mapper->attributes[attribute.index()].query_expression) co_return; // only statements fill it
    const orm::GraphRef kept{state->graph};
    auto& core = static_cast<Core&>(*state->session);
    const Operation operation{core};
    core.require_usable();
    if (attribute.is_changed() && !attribute.is_present()) co_await autoflush(core); // an expression that waits to be written
    if (attribute.is_expired()) {
        co_await load_expired(core, *owner, true);
    } else if (!attribute.is_present()) {
        co_await autoflush(core);
        std::vector<std::uint16_t> wanted(1, attribute.index());
        co_await load_attributes(core, *owner, std::move(wanted));
    }
}

namespace {

/// The session of an object, ready for an operation.
Core& core_of(const ModelBase* object, const char* operation) {
    if (object == nullptr) throw ArgumentError(std::string{operation} + "(): there is no object");
    const auto& state = object->orm_state();
    if (state.session == nullptr)
        throw DetachedInstanceError(
            std::string{operation} + "(): the object"
            + (state.mapper != nullptr ? " of class " + state.mapper->class_name : std::string{})
            + " is in no session (it was closed, or the object was never added)");
    return static_cast<Core&>(*state.session);
}

} // namespace

asio::awaitable<void> load_for_all(std::vector<std::shared_ptr<ModelBase>> owners, orm::LoaderOption option) {
    if (owners.empty()) co_return;
    auto& core = core_of(owners.front().get(), "load_all");
    const Operation operation{core};
    core.require_usable();
    std::vector<ModelBase*> plain;
    for (const auto& owner : owners) {
        if (&core_of(owner.get(), "load_all") != &core)
            throw ArgumentError("load_all(): the objects are in different sessions");
        plain.push_back(owner.get());
    }
    co_await autoflush(core);
    const auto& info = option.mapper->relationships[option.relationship];
    for (auto* owner : plain) {
        if (orm::MapperData::link(*owner, info).is_present()) continue;
        for (const auto index : info.local_attributes())
            if (orm::MapperData::attribute(*owner, option.mapper->attributes[index]).is_expired()) {
                co_await load_expired(core, *owner, false);
                break;
            }
    }
    const std::vector<orm::LoaderOption> options(1, option);
    co_await load_options(core, options, std::move(plain), orm::make_graph());
}

asio::awaitable<void> load_members(std::shared_ptr<ModelBase> object, RefreshOptions members) {
    auto& core = core_of(object.get(), "load");
    const Operation operation{core};
    core.require_usable();
    const auto& mapper = *object->orm_state().mapper;
    const auto missing = [&] {
        std::vector<std::uint16_t> found;
        for (const auto index : members.attributes) {
            const auto& attribute = orm::MapperData::attribute(*object, mapper.attributes[index]);
            if (!attribute.is_present() || attribute.is_expired()) found.push_back(index);
        }
        return found;
    };
    if (!missing().empty()) {
        co_await autoflush(core);
        auto wanted = missing(); // a flush may have loaded some
        if (std::ranges::any_of(wanted, [&](auto index) { return orm::MapperData::attribute(*object, mapper.attributes[index]).is_expired(); }))
            std::ranges::copy(orm::expired_attributes(*object), std::back_inserter(wanted)); // what is expired comes together
        std::ranges::sort(wanted);
        const auto twice = std::ranges::unique(wanted);
        wanted.erase(twice.begin(), twice.end());
        if (!wanted.empty()) co_await load_attributes(core, *object, std::move(wanted));
    }
    for (const auto index : members.links)
        if (!orm::MapperData::link(*object, mapper.relationships[index]).is_present())
            co_await load_link_of(core, *object, mapper.relationships[index], true);
}

} // namespace session

Session::Session(SessionOptions options) : Session(SessionBinds(), options) {}
Session::Session(Engine engine, SessionOptions options, std::source_location at) : Session(SessionBinds{std::move(engine)}, options, at) {}
Session::Session(SessionBinds binds, SessionOptions options, std::source_location at)
    : core_(new session::Core(std::move(binds), options, at)) {
    core_->session = this;
}
Session::Session(Connection& connection, SessionOptions options) : core_(new session::Core(connection, options)) {
    core_->session = this;
}
Session::Session(Session&& other) noexcept : core_(std::move(other.core_)) {
    if (core_) core_->session = this;
}
Session& Session::operator=(Session&& other) noexcept {
    core_ = std::move(other.core_);
    if (core_) core_->session = this;
    return *this;
}

Session* object_session(const ModelBase& object) noexcept {
    const auto* state = object.orm_state().session;
    return state == nullptr ? nullptr : static_cast<const session::Core*>(state)->session;
}

session::Core& Session::core() const {
    if (!core_) throw ResourceClosedError("this Session was moved from");
    return *core_;
}

void Session::add_object(ModelBase* object) {
    if (object == nullptr) throw ArgumentError("session.add(): there is no object to add");
    core().add(*object);
}

asio::awaitable<void> Session::flush() { return session::flush_session(core()); }

asio::awaitable<void> Session::delete_object(std::shared_ptr<ModelBase> object) {
    return session::delete_marked(core(), std::move(object));
}
asio::awaitable<void> Session::refresh_object(std::shared_ptr<ModelBase> object, session::RefreshOptions options) {
    return session::refresh_loaded(core(), std::move(object), std::move(options));
}

void Session::expunge_object(ModelBase& object) { core().expunge(object); }
void Session::expunge_all() { core().expunge_all(); }

void Session::expire_object(ModelBase& object, const session::RefreshOptions& what) {
    core().require_persistent(object, "expire()");
    if (what.attributes.empty() && what.links.empty()) core().expire(object);
    else core().expire_members(object, what.attributes, what.links);
}
void Session::expire_all() { core().expire_all(); }

bool Session::has_object(const ModelBase& object) const noexcept {
    return core_ != nullptr && core_->contains(object);
}
std::size_t Session::identity_map_size() const { return core().identity_map.size(); }
bool Session::has_changes() const noexcept { return core_ != nullptr && core_->has_changes(); }
bool Session::in_nested_transaction() const noexcept { return core_ != nullptr && !core_->savepoint_numbers.empty(); }

namespace {

std::vector<std::shared_ptr<ModelBase>> handles(const std::vector<orm::Pinned>& list, bool deleted_too) {
    std::vector<std::shared_ptr<ModelBase>> objects;
    for (const auto& pinned : list)
        if (deleted_too || !pinned.object->orm_state().to_be_deleted) objects.push_back(orm::handle_of<ModelBase>(pinned.object));
    return objects;
}

} // namespace

std::vector<std::shared_ptr<ModelBase>> Session::new_objects() const { return handles(core().SessionState::new_objects(), true); }
std::vector<std::shared_ptr<ModelBase>> Session::dirty_objects() const { return handles(core().SessionState::dirty_objects(), false); }
std::vector<std::shared_ptr<ModelBase>> Session::deleted_objects() const { return handles(core().SessionState::deleted_objects(), true); }
std::vector<std::shared_ptr<ModelBase>> Session::objects() const {
    auto all = new_objects();
    core().identity_map.for_each([&](ModelBase& object) { all.push_back(orm::handle_of<ModelBase>(&object)); });
    return all;
}
SessionEvents& Session::events() { return *core().events; }
void Session::take_listeners(const SessionEvents& events) { core().events->connect_all(events); }
NoAutoflush Session::no_autoflush() { return NoAutoflush{core().autoflush_blocks}; }

ObjectKey identity_key(const ModelBase& object) {
    const auto* mapper = object.orm_state().mapper;
    if (mapper == nullptr) throw UnmappedInstanceError("identity_key(): the object was not made by make<T>() or loaded by a session");
    return {*mapper, orm::stored_key(const_cast<ModelBase&>(object))};
}

void session::throw_no_object(const orm::MapperData& mapper) {
    throw NoResultFound("session.get_one(): there is no row of class " + mapper.class_name + " with this primary key");
}

} // namespace azoth
