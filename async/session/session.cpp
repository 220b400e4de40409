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
    if (failed)
        throw PendingRollbackError(
            "this session's transaction was rolled back after an error in a flush; call rollback() before using it again. "
            "The error was: " + failure);
}

namespace {

[[noreturn]] void throw_unbound(const std::string& what) {
    throw UnboundExecutionError(
        "this session has no engine for " + what + ": give it one when it is made, or use a SessionMaker that has one");
}

std::string verb_of(const sql::Node& statement) {
    switch (statement.kind) {
    case sql::NodeKind::insert: return "an INSERT";
    case sql::NodeKind::update: return "an UPDATE";
    case sql::NodeKind::delete_: return "a DELETE";
    case sql::NodeKind::select: return "a SELECT";
    default: return "a statement";
    }
}

} // namespace

void Core::require_bound(const orm::MapperData& mapper) const {
    if (!engine && outer == nullptr) throw_unbound("class " + mapper.class_name + " (table '" + mapper.table->name() + "')");
}

void Core::require_bound(const sql::Node& statement) const {
    if (engine || outer != nullptr) return;
    if (statement.kind == sql::NodeKind::select)
        for (const auto& element : static_cast<const sql::SelectNode&>(statement).columns)
            if (element->kind == sql::NodeKind::entity)
                if (const auto* tag = static_cast<const sql::EntityNode&>(*element).tag)
                    require_bound(*static_cast<const orm::MapperData*>(tag));
    const auto what = verb_of(statement);
    const bool dml = what == "an INSERT" || what == "an UPDATE" || what == "a DELETE";
    throw_unbound(dml ? what + " on table '" + static_cast<const sql::DmlNode&>(statement).table_data().name + "'" : what);
}

void Core::warn(std::string_view message) {
    signals.warning(message);
    if (engine) engine->events().warning.emit_quietly(message);
}

void Core::abandon(const std::string& reason) {
    savepoints.clear();
    savepoint_numbers.clear();
    connection.reset();
    outer_savepoint.reset(); // the connection rolls it back with its next operation
    joined = false;
    after_rollback();
    failed = true;
    failure = reason;
}

namespace {

asio::awaitable<void> join_outer(Core& core) {
    auto mode = core.options.join_transaction_mode;
    if (!core.outer->in_transaction()) mode = JoinTransactionMode::control_fully; // it begins one of its own
    else if (mode == JoinTransactionMode::conditional_savepoint)
        mode = core.outer->in_nested_transaction() ? JoinTransactionMode::create_savepoint : JoinTransactionMode::rollback_only;
    if (mode == JoinTransactionMode::create_savepoint) core.outer_savepoint.emplace(co_await core.outer->begin_nested());
    core.joined_as = mode;
    core.joined = true;
}

} // namespace

void note_begin(Core& core, TransactionOrigin origin) {
    if (core.begun) return;
    core.begun = true;
    core.origin = origin;
    ++core.transactions;
    core.signals.after_transaction_create(false);
}

asio::awaitable<Connection*> begin_connection(Core& core) {
    core.require_usable();
    const auto isolation_level = std::exchange(core.isolation_level, std::nullopt);
    if (core.open() == nullptr) {
        if (core.outer == nullptr && !core.engine) throw_unbound("a connection");
        if (core.outer != nullptr) co_await join_outer(core);
        else core.connection = co_await core.engine->connect(core.made_at);
        const auto level = isolation_level.value_or(core.options.isolation_level);
        if (level != IsolationLevel::server_default) core.open()->isolation_level(level);
        note_begin(core, TransactionOrigin::autobegin);
        core.signals.after_begin();
    }
    while (core.savepoints.size() < core.savepoint_numbers.size()) {
        auto savepoint = co_await core.open()->begin_nested();
        core.savepoints.push_back(std::move(savepoint));
        core.signals.after_begin();
    }
    co_return core.open();
}

asio::awaitable<void> end_joined(Core& core, bool commit) {
    core.joined = false;
    const auto mode = core.joined_as;
    if (mode == JoinTransactionMode::create_savepoint) {
        auto savepoint = std::move(*core.outer_savepoint);
        core.outer_savepoint.reset();
        if (commit) co_await savepoint.commit();
        else co_await savepoint.rollback();
    } else if (!commit) {
        co_await core.outer->rollback();
    } else if (mode == JoinTransactionMode::control_fully) {
        co_await core.outer->commit();
    }
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
    Core& core, const orm::MapperData& mapper, std::vector<Value> key, orm::GraphRef& owner, bool for_update) {
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
    co_return co_await find_or_load(core, mapper, std::move(key), owner, for_update);
}

namespace {

asio::awaitable<void> flush_session(Core& core) {
    if (core.in_prepare_flush) throw InvalidRequestError("session.flush(): the session is flushing already");
    const Operation operation{core};
    if (!core.has_changes()) co_return;
    core.require_usable();
    co_await flush_changes(core);
}

asio::awaitable<void> commit_session(Core& core) {
    const Operation operation{core};
    core.require_usable();
    while (!core.savepoint_numbers.empty()) co_await end_savepoint(core, true);
    core.signals.before_commit();
    constexpr int rounds = 100; // after_flush_postexec may add to the session: SQLAlchemy's number
    for (int round = 0; core.has_changes(); ++round) {
        if (round == rounds)
            throw FlushError("session.commit(): 100 flushes have followed each other; does a listener of after_flush_postexec always add something?");
        co_await flush_changes(core);
    }
    const bool was_open = core.open() != nullptr;
    if (was_open) {
        std::exception_ptr error;
        try {
            if (core.connection) co_await core.connection->commit();
            else co_await end_joined(core, true);
        } catch (...) {
            error = std::current_exception();
        }
        if (error) {
            core.abandon("COMMIT failed");
            std::rethrow_exception(error);
        }
        core.signals.after_commit();
        // Not close(): it would throw when cancelled, as if nothing had been committed.
        core.connection.reset();
    }
    const bool had_begun = std::exchange(core.begun, false);
    core.after_commit(core.options.expire_on_commit && was_open);
    if (had_begun) core.signals.after_transaction_end(false);
}

asio::awaitable<void> rollback_session(Core& core) {
    const Operation operation{core};
    core.savepoints.clear();
    core.savepoint_numbers.clear();
    const bool had_begun = std::exchange(core.begun, false);
    const bool failed = std::exchange(core.failed, false);
    core.after_rollback();
    if (failed && !core.connection) core.signals.after_soft_rollback();
    if (core.connection) {
        // The connection goes back first, so that a cancelled rollback leaves no transaction with us.
        auto connection = std::move(*core.connection);
        core.connection.reset();
        co_await connection.close();
        core.signals.after_rollback();
        core.signals.after_soft_rollback();
    } else if (core.joined) {
        co_await end_joined(core, false);
        core.signals.after_rollback();
        core.signals.after_soft_rollback();
    }
    if (had_begun) core.signals.after_transaction_end(false);
}

asio::awaitable<void> delete_marked(Core& core, std::shared_ptr<ModelBase> object) {
    const Operation operation{core};
    core.require_usable();
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
    if (options.attributes.empty() && options.links.empty()) {
        core.expire(*object);
        for (std::size_t i = 0; i < mapper.attributes.size(); ++i)
            if (!mapper.attributes[i].deferred) attributes.push_back(static_cast<std::uint16_t>(i));
    } else {
        for (const auto index : options.attributes) core.expire_attribute(*object, index);
        for (const auto index : options.links) core.expire_link(*object, index);
        // SQLAlchemy selects the key at least, which says whether the row is there.
        if (!options.links.empty() || attributes.empty()) {
            for (const auto index : mapper.primary_key)
                if (std::ranges::find(attributes, index) == attributes.end()) attributes.push_back(index);
            std::ranges::sort(attributes);
        }
    }
    co_await autoflush(core); // of other objects; what changed of this one is forgotten
    try {
        co_await load_attributes(core, *object, std::move(attributes), options.for_update);
    } catch (const ObjectDeletedError& gone) {
        throw InvalidRequestError(std::string{"session.refresh(): "} + gone.what());
    }
    for (const auto index : options.links) co_await load_link_of(core, *object, mapper.relationships[index], false);
}

asio::awaitable<Connection*> open_connection(Core& core) {
    const Operation operation{core};
    co_return co_await begin_connection(core);
}

asio::awaitable<Connection*> open_isolated(Core& core, IsolationLevel level) {
    const Operation operation{core};
    core.isolation_level = level;
    if (core.open() != nullptr)
        core.warn("session.connection(): the transaction has begun already; its isolation level stays as it is");
    co_return co_await begin_connection(core);
}

asio::awaitable<void> close_session(Core& core) {
    // Objects go first, with the values they have: they are detached, not expired.
    core.expunge_all();
    core.failed = false;
    co_await rollback_session(core);
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

Session::Session(SessionOptions options) : core_(new session::Core(std::nullopt, options, std::source_location::current())) {
    core_->session = this;
}
Session::Session(Engine engine, SessionOptions options, std::source_location at)
    : core_(new session::Core(std::move(engine), options, at)) {
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

const Engine& SessionMaker::engine() const {
    if (!engine_) throw UnboundExecutionError("this SessionMaker has no engine yet: configure(engine) comes first");
    return *engine_;
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
asio::awaitable<void> Session::commit() { return session::commit_session(core()); }
asio::awaitable<void> Session::rollback() { return session::rollback_session(core()); }
asio::awaitable<void> Session::close() { return session::close_session(core()); }
asio::awaitable<Connection*> Session::connection() { return session::open_connection(core()); }
asio::awaitable<Connection*> Session::connection(IsolationLevel level) { return session::open_isolated(core(), level); }

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
    for (const auto attribute : what.attributes) core().expire_attribute(object, attribute);
    for (const auto link : what.links) core().expire_link(object, link);
}
void Session::expire_all() { core().expire_all(); }

bool Session::has_object(const ModelBase& object) const noexcept {
    return core_ != nullptr && core_->contains(object);
}
std::size_t Session::identity_map_size() const { return core().identity_map.size(); }
bool Session::has_changes() const noexcept { return core_ != nullptr && core_->has_changes(); }
bool Session::in_transaction() const noexcept {
    return core_ != nullptr && core_->open() != nullptr && core_->open()->in_transaction();
}
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
