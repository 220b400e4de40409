// SPDX-License-Identifier: MIT
// The session's operations: what each does with its transaction and its objects.
#include <azoth/session/session.hpp>

#include <azoth/error.hpp>
#include <azoth/session/loading.hpp>

#include "session/core.hpp"

namespace azoth {

namespace session {

void CoreDeleter::operator()(Core* core) const noexcept { delete core; }

Operation::Operation(Core& core) : core_(core) {
    if (core.busy)
        throw InvalidRequestError(
            "this Session is in the middle of another operation: a session is for one coroutine at a time; give each its own");
    core.busy = true;
}

void Core::require_usable() const {
    if (failed)
        throw PendingRollbackError(
            "this session's transaction was rolled back after an error in a flush; call rollback() before using it again. "
            "The error was: " + failure);
}

void Core::abandon(const std::string& reason) {
    connection.reset();
    after_rollback();
    failed = true;
    failure = reason;
}

asio::awaitable<Connection*> begin_connection(Core& core) {
    core.require_usable();
    if (!core.connection) core.connection = co_await core.engine.connect(core.made_at);
    co_return &*core.connection;
}

asio::awaitable<engine::ResultData> run_statement(Core& core, sql::NodePtr statement) {
    auto* connection = co_await begin_connection(core);
    auto lookup = connection->lookup(statement);
    Compiled::Bound bound;
    lookup.compiled->bind(*lookup.binds, bound);
    auto result = co_await connection->execute_compiled(lookup.compiled, bound);
    co_return engine::ResultData(std::move(result), lookup.compiled);
}

asio::awaitable<engine::ResultData> execute(Core& core, sql::NodePtr statement) {
    const Operation operation{core};
    if (core.options.autoflush && core.has_changes()) co_await flush_changes(core);
    co_return co_await run_statement(core, std::move(statement));
}

asio::awaitable<std::shared_ptr<const LoadedRows>> load_rows(Core& core, sql::NodePtr statement) {
    const Operation operation{core};
    if (core.options.autoflush && core.has_changes()) co_await flush_changes(core);
    co_return co_await load_objects(core, std::move(statement));
}

asio::awaitable<ModelBase*> get(Core& core, const orm::MapperData& mapper, std::vector<Value> key, orm::GraphRef& owner) {
    const Operation operation{core};
    if (key.size() != mapper.primary_key.size())
        throw ArgumentError(
            "session.get(): the primary key of " + mapper.class_name + " has " + std::to_string(mapper.primary_key.size())
            + " columns, not " + std::to_string(key.size()));
    if (auto* object = core.identity_map.find(mapper, orm::identity_key(key), owner)) {
        const auto& first = mapper.attributes.back();
        if (orm::MapperData::attribute(*object, first).is_present()) co_return object;
    }
    const auto rows = co_await load_objects(core, orm::select_by_key(mapper, key));
    if (rows->data.row_count() == 0) co_return nullptr;
    owner = rows->graph;
    co_return rows->objects.front().front();
}

namespace {

asio::awaitable<void> flush_session(Core& core) {
    const Operation operation{core};
    core.require_usable();
    if (core.has_changes()) co_await flush_changes(core);
}

asio::awaitable<void> commit_session(Core& core) {
    const Operation operation{core};
    core.require_usable();
    if (core.has_changes()) co_await flush_changes(core);
    if (core.connection) {
        std::exception_ptr error;
        try {
            co_await core.connection->commit();
        } catch (...) {
            error = std::current_exception();
        }
        if (error) {
            core.abandon("COMMIT failed");
            std::rethrow_exception(error);
        }
        // Not close(): it would throw when cancelled, as if nothing had been committed.
        core.connection.reset();
    }
    core.after_commit(core.options.expire_on_commit);
}

asio::awaitable<void> rollback_session(Core& core) {
    const Operation operation{core};
    const bool was_failed = std::exchange(core.failed, false);
    if (!was_failed) core.after_rollback();
    if (core.connection) {
        // The connection goes back first, so that a cancelled rollback leaves no transaction with us.
        auto connection = std::move(*core.connection);
        core.connection.reset();
        co_await connection.close();
    }
}

asio::awaitable<void> delete_marked(Core& core, std::shared_ptr<ModelBase> object) {
    const Operation operation{core};
    core.require_usable();
    if (!object) throw ArgumentError("session.delete_(): there is no object to delete");
    co_await mark_deleted(core, *object);
}

asio::awaitable<void> refresh_loaded(Core& core, std::shared_ptr<ModelBase> object) {
    const Operation operation{core};
    core.require_usable();
    if (!object || object->orm_state().session != &core || object->orm_state().lifecycle != orm::Lifecycle::persistent)
        throw InvalidRequestError("session.refresh(): the object is not persistent in this session");
    if (core.options.autoflush && core.has_changes()) co_await flush_changes(core);
    const auto& mapper = *object->orm_state().mapper;
    std::vector<Value> key;
    for (const auto index : mapper.primary_key)
        key.push_back(mapper.attributes[index].operations->value(
            orm::MapperData::attribute(*object, mapper.attributes[index])));
    auto statement = orm::select_by_key(mapper, key);
    const auto data = co_await run_statement(core, statement);
    if (data.row_count() == 0)
        throw InvalidRequestError("session.refresh(): the row of this " + mapper.class_name + " is not there any more");
    const auto plan = orm::plan_load(*statement, *data.compiled);
    orm::populate(plan.entities.front(), *data.rows, 0, *object, true);
}

asio::awaitable<Connection*> open_connection(Core& core) {
    const Operation operation{core};
    co_return co_await begin_connection(core);
}

asio::awaitable<void> close_session(Core& core) {
    // Objects go first, with the values they have: they are detached, not expired.
    core.expunge_all();
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
        throw InvalidRequestError(
            name + " cannot be loaded: its object is in no session (it was closed, or the object was never added)");
    }
    const orm::GraphRef kept{state->graph}; // the object stays while its link is loaded
    auto& core = static_cast<Core&>(*state->session);
    const Operation operation{core};
    core.require_usable();
    if (core.options.autoflush && core.has_changes()) co_await flush_changes(core);
    co_await load_link_of(core, *owner, state->mapper->relationships[link.index()]);
}

} // namespace session

Session::Session(Engine engine, SessionOptions options, std::source_location at)
    : core_(new session::Core(std::move(engine), options, at)) {}

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

asio::awaitable<void> Session::delete_object(std::shared_ptr<ModelBase> object) {
    return session::delete_marked(core(), std::move(object));
}
asio::awaitable<void> Session::refresh_object(std::shared_ptr<ModelBase> object) {
    return session::refresh_loaded(core(), std::move(object));
}

void Session::expunge_object(ModelBase& object) { core().expunge(object); }
void Session::expunge_all() { core().expunge_all(); }

void Session::expire_object(ModelBase& object) {
    if (!has_object(object) || object.orm_state().lifecycle != orm::Lifecycle::persistent)
        throw InvalidRequestError("session.expire(): the object is not persistent in this session");
    orm::SessionState::expire(object);
}

bool Session::has_object(const ModelBase& object) const noexcept {
    return core_ != nullptr && object.orm_state().session == core_.get();
}
std::size_t Session::identity_map_size() const { return core().identity_map.size(); }
bool Session::has_changes() const noexcept { return core_ != nullptr && core_->has_changes(); }
bool Session::in_transaction() const noexcept {
    return core_ != nullptr && core_->connection && core_->connection->in_transaction();
}

} // namespace azoth
