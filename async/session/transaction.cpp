// SPDX-License-Identifier: MIT
// A session's transaction: which databases it is in, how it begins there, and how it ends.
#include <exception>
#include <string>
#include <utility>

#include <azoth/error.hpp>
#include <azoth/sql/dml.hpp>
#include <azoth/sql/from.hpp>

#include "session/core.hpp"

namespace azoth::session {

namespace {

[[noreturn]] void throw_unbound(const std::string& what) {
    throw UnboundExecutionError(
        "this session has no engine for " + what + ": give it one when it is made, or use a SessionMaker that has one");
}

/// "class User (table 'users')", "an INSERT on table 'users'", "a SELECT"
std::string named(const orm::MapperData* mapper, const sql::Node* statement) {
    if (mapper != nullptr && (statement == nullptr || statement->kind == sql::NodeKind::select))
        return "class " + mapper->class_name + " (table '" + mapper->table->name() + "')";
    if (statement == nullptr) return "a connection";
    const auto dml = [&](const char* verb) {
        return std::string{verb} + " on table '" + static_cast<const sql::DmlNode&>(*statement).table_data().name + "'";
    };
    switch (statement->kind) {
    case sql::NodeKind::insert: return dml("an INSERT");
    case sql::NodeKind::update: return dml("an UPDATE");
    case sql::NodeKind::delete_: return dml("a DELETE");
    case sql::NodeKind::select: return "a SELECT";
    default: return "a statement";
    }
}

/// The class that a statement is about: its first entity, or what is mapped to the table that it changes.
const orm::MapperData* subject_of(const sql::Node& statement) {
    switch (statement.kind) {
    case sql::NodeKind::select:
        for (const auto& element : static_cast<const sql::SelectNode&>(statement).columns)
            if (element->kind == sql::NodeKind::entity)
                if (const auto* tag = static_cast<const sql::EntityNode&>(*element).tag) return static_cast<const orm::MapperData*>(tag);
        return nullptr;
    case sql::NodeKind::insert:
    case sql::NodeKind::update:
    case sql::NodeKind::delete_: return orm::mapper_of_table(static_cast<const sql::DmlNode&>(statement).table_data());
    default: return nullptr;
    }
}

} // namespace

const Engine* Core::engine_for(const orm::MapperData* mapper, const sql::Node* statement) {
    if (outer != nullptr) return nullptr;
    if (binds.simple() && binds.default_engine() != nullptr) return binds.default_engine();
    if (mapper == nullptr && statement != nullptr) mapper = subject_of(*statement);
    const BindRequest request{mapper, statement, flushing};
    if (const auto* route = binds.route()) {
        if (auto chosen = (*route)(request)) {
            for (const auto& known : routed)
                if (known == *chosen) return &known;
            return &routed.emplace_back(std::move(*chosen));
        }
    }
    const auto* engine = binds.find(request);
    if (engine == nullptr) throw_unbound(named(mapper, statement));
    return engine;
}

Part* Core::part_of(const Engine* engine) noexcept {
    for (auto& part : parts)
        if (engine == nullptr ? !part.engine : part.engine && *part.engine == *engine) return &part;
    return nullptr;
}

void Core::warn(std::string_view message) {
    signals.warning(message);
    if (const auto* engine = binds.default_engine()) engine->events().warning.emit_quietly(message);
}

void Core::abandon(const std::string& reason) {
    savepoint_numbers.clear();
    parts.clear();
    outer_savepoint.reset(); // the connection rolls it back with its next operation
    after_rollback();
    failed = true;
    failure = reason;
}

void Core::throw_not_begun() const {
    if (closed) require_usable();
    throw InvalidRequestError("autobegin is off for this session: session.begin() has to come first, for each transaction");
}

namespace {

asio::awaitable<void> join_outer(Core& core) {
    auto mode = core.options.join_transaction_mode;
    if (!core.outer->in_transaction()) mode = JoinTransactionMode::control_fully; // it begins one of its own
    else if (mode == JoinTransactionMode::conditional_savepoint)
        mode = core.outer->in_nested_transaction() ? JoinTransactionMode::create_savepoint : JoinTransactionMode::rollback_only;
    if (mode == JoinTransactionMode::create_savepoint) core.outer_savepoint.emplace(co_await core.outer->begin_nested());
    core.joined_as = mode;
    core.parts.emplace_back().connection = core.outer;
}

/// Takes a connection out of the engine's pool.
asio::awaitable<void> open_part(Core& core, const Engine& engine, IsolationLevel level) {
    const Engine source = core.execution_options.empty() ? engine : engine.execution_options(core.execution_options);
    auto connection = co_await source.connect(core.made_at);
    auto& part = core.parts.emplace_back();
    part.engine = engine;
    part.own.emplace(std::move(connection));
    part.connection = &*part.own;
    if (level != IsolationLevel::server_default) part.own->isolation_level(level);
    if (!core.options.twophase) co_return;
    std::exception_ptr error;
    try {
        part.twophase.emplace(co_await part.own->begin_twophase());
    } catch (...) {
        error = std::current_exception();
    }
    if (!error) co_return;
    core.parts.pop_back();
    std::rethrow_exception(error);
}

} // namespace

void note_begin(Core& core, TransactionOrigin origin) {
    if (core.begun) return;
    if (origin == TransactionOrigin::autobegin) core.require_begun();
    core.set_begun(true);
    core.origin = origin;
    ++core.transactions;
    core.signals.after_transaction_create(false);
}

asio::awaitable<Connection*> begin_connection(Core& core, const Engine* engine) {
    core.require_usable();
    const auto isolation_level = std::exchange(core.isolation_level, std::nullopt);
    auto* part = core.part_of(engine);
    if (part == nullptr) {
        if (!core.begun) core.require_begun();
        const auto level = isolation_level.value_or(core.options.isolation_level);
        if (engine == nullptr) {
            co_await join_outer(core);
            if (level != IsolationLevel::server_default) core.outer->isolation_level(level);
        } else {
            co_await open_part(core, *engine, level);
        }
        part = &core.parts.back();
        note_begin(core, TransactionOrigin::autobegin);
        core.signals.after_begin();
    }
    while (part->savepoints.size() < core.savepoint_numbers.size()) {
        auto savepoint = co_await part->connection->begin_nested();
        part->savepoints.push_back(std::move(savepoint));
        core.signals.after_begin();
    }
    co_return part->connection;
}

asio::awaitable<void> end_joined(Core& core, bool commit) {
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

asio::awaitable<void> release_parts(Core& core) {
    // They are nobody's first, so that a cancelled rollback leaves no transaction with us.
    auto parts = std::exchange(core.parts, {});
    for (auto& part : parts) {
        part.savepoints.clear();
        if (!part.own) {
            co_await end_joined(core, false);
            continue;
        }
        auto connection = std::move(*part.own);
        co_await connection.close();
    }
}

namespace {

/// Prepares what can be; where one cannot, all are rolled back.
asio::awaitable<void> prepare_parts(Core& core) {
    std::exception_ptr error;
    for (auto& part : core.parts) {
        if (!part.twophase || error) continue;
        try {
            co_await part.twophase->prepare();
        } catch (...) {
            error = std::current_exception();
        }
    }
    if (!error) co_return;
    for (auto& part : core.parts) {
        if (!part.twophase) continue;
        try {
            co_await part.twophase->rollback();
        } catch (...) { // the first error says more
        }
    }
    std::rethrow_exception(error);
}

asio::awaitable<void> commit_parts(Core& core) {
    co_await prepare_parts(core);
    std::exception_ptr error;
    for (auto& part : core.parts) {
        if (error && !part.twophase) continue; // what was prepared is to be committed all the same
        try {
            if (part.twophase) co_await part.twophase->commit();
            else if (part.own) co_await part.own->commit();
            else co_await end_joined(core, true);
        } catch (...) {
            if (!error) error = std::current_exception();
        }
    }
    if (error) std::rethrow_exception(error);
}

} // namespace

asio::awaitable<void> commit_session(Core& core) {
    const Operation operation{core};
    core.require_usable();
    core.require_begun();
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
            co_await commit_parts(core);
        } catch (...) {
            error = std::current_exception();
        }
        if (error) {
            core.abandon("COMMIT failed");
            std::rethrow_exception(error);
        }
        core.signals.after_commit();
        // Not close(): it would throw when cancelled, as if nothing had been committed.
        core.parts.clear();
    }
    const bool had_begun = core.begun;
    core.set_begun(false);
    core.after_commit(core.options.expire_on_commit && was_open);
    if (had_begun) core.signals.after_transaction_end(false);
}

asio::awaitable<void> rollback_session(Core& core) {
    const Operation operation{core};
    core.savepoint_numbers.clear();
    for (auto& part : core.parts) part.savepoints.clear();
    const bool had_begun = core.begun;
    core.set_begun(false);
    const bool failed = std::exchange(core.failed, false);
    core.after_rollback();
    if (failed && core.parts.empty()) core.signals.after_soft_rollback();
    if (!core.parts.empty()) {
        co_await release_parts(core);
        core.signals.after_rollback();
        core.signals.after_soft_rollback();
    }
    if (had_begun) core.signals.after_transaction_end(false);
}

asio::awaitable<void> close_session(Core& core, bool for_good) {
    // Objects go first, with the values they have: they are detached, not expired.
    core.expunge_all();
    core.failed = false;
    if (for_good) core.closed = true;
    co_await rollback_session(core);
    if (core.closed) core.needs_begin = true; // and nothing can begin any more
}

namespace {

asio::awaitable<Connection*> open_connection(Core& core, const orm::MapperData* mapper) {
    const Operation operation{core};
    core.require_usable();
    co_return co_await begin_connection(core, core.engine_for(mapper, nullptr));
}

asio::awaitable<Connection*> open_isolated(Core& core, IsolationLevel level) {
    const Operation operation{core};
    core.require_usable();
    core.isolation_level = level;
    if (core.open() != nullptr)
        core.warn("session.connection(): the transaction has begun already; its isolation level stays as it is");
    co_return co_await begin_connection(core, core.engine_for(nullptr, nullptr));
}

} // namespace

} // namespace azoth::session

namespace azoth {

asio::awaitable<void> Session::commit() { return session::commit_session(core()); }
asio::awaitable<void> Session::rollback() { return session::rollback_session(core()); }
asio::awaitable<void> Session::close() { return session::close_session(core(), !core().options.close_resets_only); }
asio::awaitable<void> Session::reset() { return session::close_session(core(), false); }
asio::awaitable<Connection*> Session::connection() { return session::open_connection(core(), nullptr); }
asio::awaitable<Connection*> Session::connection(IsolationLevel level) { return session::open_isolated(core(), level); }
asio::awaitable<Connection*> Session::connection_of(const orm::MapperData& mapper) { return session::open_connection(core(), &mapper); }

bool Session::in_transaction() const noexcept {
    if (core_ == nullptr) return false;
    for (const auto& part : core_->parts)
        if (part.connection->in_transaction()) return true;
    return false;
}

void Session::execution_options(const ExecutionOptions& options) {
    core().execution_options = options.over(core().execution_options);
}
const ExecutionOptions& Session::get_execution_options() const { return core().execution_options; }
std::map<std::string, std::any>& Session::info() { return core().info; }

Session SessionMaker::make(SessionOptions options, std::source_location at) const {
    require_bound();
    Session session{binds_, options, at};
    if (!execution_options_.empty()) session.execution_options(execution_options_);
    session.info() = info_;
    session.take_listeners(*events_);
    return session;
}

void SessionMaker::require_bound() const {
    if (binds_.simple() && binds_.default_engine() == nullptr)
        throw UnboundExecutionError("this SessionMaker has no engine yet: configure(engine) comes first");
}

} // namespace azoth
