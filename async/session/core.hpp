// SPDX-License-Identifier: MIT
// A session's working half: its connection, and one operation at a time.
#pragma once

#include <any>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <source_location>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <azoth/engine/connection.hpp>
#include <azoth/engine/engine.hpp>
#include <azoth/orm/errors.hpp>
#include <azoth/orm/session_state.hpp>
#include <azoth/session/events.hpp>
#include <azoth/session/session.hpp>
#include <azoth/session/session_maker.hpp>

namespace azoth::session {

/// What a session has in one database, while its transaction is open.
struct Part {
    std::optional<Engine> engine;     ///< none: the connection is one that the session was given
    std::optional<Connection> own;
    Connection* connection = nullptr; ///< `own`, or the one that was given
    std::optional<TwoPhaseTransaction> twophase;
    std::vector<Savepoint> savepoints; ///< that were sent, the innermost last: the first statement inside one sends it

    Part() = default;
    Part(const Part&) = delete;
    Part& operator=(const Part&) = delete;
};

class Core : public orm::SessionState {
public:
    /// @param databases  none: what the session is to execute has no place to go
    Core(SessionBinds databases, SessionOptions chosen, std::source_location at)
        : Core(std::make_shared<SessionEvents>(), std::move(databases), nullptr, chosen, at) {}
    Core(Connection& given, SessionOptions chosen)
        : Core(std::make_shared<SessionEvents>(), SessionBinds{}, &given, chosen, std::source_location{}) {}

    std::shared_ptr<SessionEvents> events;
    SessionBinds binds;
    std::deque<Engine> routed;    ///< engines that a route has chosen
    Connection* outer = nullptr;  ///< the connection that the session was given
    JoinTransactionMode joined_as = JoinTransactionMode::control_fully;
    std::optional<Savepoint> outer_savepoint;
    Session* session = nullptr;   ///< where it is now
    SessionOptions options;
    ExecutionOptions execution_options; ///< of its own connections
    std::map<std::string, std::any> info;
    std::source_location made_at; ///< what the pool names while the session has a connection
    std::deque<Part> parts;       ///< that are open, in the order of their first statements
    std::vector<std::uint64_t> savepoint_numbers; ///< of begin_nested(), sent or not
    std::uint64_t last_savepoint = 0;
    /// Who listens to do_orm_execute, of the statement that they are asked about.
    std::shared_ptr<const SignalBase::Listeners> asked;
    int autoflush_blocks = 0; ///< no_autoflush() guards that exist
    bool begun = false;       ///< by begin(), or by the first statement
    TransactionOrigin origin = TransactionOrigin::autobegin; ///< of what has begun
    std::uint64_t transactions = 0; ///< that have begun: the number of the last one
    std::optional<IsolationLevel> isolation_level; ///< for the connection that is being taken
    bool busy = false;
    bool flushing = false;    ///< from its first load to its last statement
    bool closed = false;      ///< for good
    bool failed = false;      ///< a flush failed: rollback() comes first
    std::string failure;      ///< its message

    /// The first connection of the transaction; null without one.
    [[nodiscard]] Connection* open() noexcept { return parts.empty() ? nullptr : parts.front().connection; }
    /// The transaction is lost: the pool rolls the connections back, the objects are as after a rollback.
    void abandon(const std::string& reason);
    /// @throws PendingRollbackError after a failed flush; InvalidRequestError after the session's end.
    void require_usable() const;
    /// The database for a class, a statement, or both; null for the connection that the session was given.
    /// @throws UnboundExecutionError naming them when there is none; what a route throws.
    [[nodiscard]] const Engine* engine_for(const orm::MapperData* mapper, const sql::Node* statement);
    /// Where the transaction is open there; null where it is not.
    [[nodiscard]] Part* part_of(const Engine* engine) noexcept;
    /// To listeners of the session, then of the engine.
    void warn(std::string_view message) override;
    [[nodiscard]] bool autoflushes() const noexcept {
        return options.autoflush && autoflush_blocks == 0 && !in_prepare_flush && has_changes();
    }
    bool in_prepare_flush = false; ///< a listener of prepare_flush uses the session
    [[noreturn]] void throw_not_begun() const override;
    /// Whether a transaction has begun.
    void set_begun(bool on) noexcept {
        begun = on;
        needs_begin = !on && !options.autobegin;
    }

private:
    Core(std::shared_ptr<SessionEvents> told, SessionBinds databases, Connection* given, SessionOptions chosen, std::source_location at)
        : SessionState(told), events(std::move(told)), binds(std::move(databases)), outer(given), options(chosen), made_at(at) {
        if (options.keep_objects) identity_map.keep_objects();
        set_begun(false);
    }
};

/// Marks the session as busy for one operation. @throws ConcurrentOperationError when it is.
class Operation {
public:
    explicit Operation(Core& core);
    ~Operation() { core_.busy = false; }
    Operation(const Operation&) = delete;
    Operation& operator=(const Operation&) = delete;

private:
    Core& core_;
};

// The steps that operations are made of; the caller holds the Operation.

/// The connection of the transaction in a database; begins it there.
/// @param engine  of `engine_for()`, null for the connection that the session was given
[[nodiscard]] asio::awaitable<Connection*> begin_connection(Core& core, const Engine* engine);
/// A transaction begins, if none has. @throws InvalidRequestError when it is for the program to begin it
void note_begin(Core& core, TransactionOrigin origin);
/// Ends what the session has in the transaction of a connection that it was given.
[[nodiscard]] asio::awaitable<void> end_joined(Core& core, bool commit);
/// Gives the connections back, which rolls them back, and tells so. Before that the objects are as they were.
[[nodiscard]] asio::awaitable<void> release_parts(Core& core);
[[nodiscard]] asio::awaitable<void> commit_session(Core& core);
[[nodiscard]] asio::awaitable<void> rollback_session(Core& core);
[[nodiscard]] asio::awaitable<void> close_session(Core& core, bool for_good);
/// Makes the objects of rows.
void make_objects(Core& core, LoadedRows& rows, bool populate_existing);
/// Executes a statement, asking nobody.
[[nodiscard]] asio::awaitable<engine::ResultData> send_statement(Connection& connection, sql::NodePtr statement);
/// Asks who listens to do_orm_execute, then the database.
/// @param statement  what a listener made of it, afterwards; the caller keeps it
[[nodiscard]] asio::awaitable<engine::ResultData> run_statement(Core& core, sql::NodePtr& statement, LoadContext context = LoadContext());
/// The same for what is streamed: who listens may change the statement only.
[[nodiscard]] asio::awaitable<void> ask_before_stream(Core& core, sql::NodePtr& statement);
/// Awaits who listens to prepare_flush.
[[nodiscard]] asio::awaitable<void> prepare_flush(Core& core);
[[nodiscard]] asio::awaitable<void> flush_changes(Core& core);
/// flush_changes() where queries do it by themselves.
[[nodiscard]] asio::awaitable<void> autoflush(Core& core);
/// Marks the object for deletion, with what its delete cascades reach; loads them for that.
[[nodiscard]] asio::awaitable<void> mark_deleted(Core& core, ModelBase& object);
/// @param flush_first  autoflush before a SELECT, where one is needed
[[nodiscard]] asio::awaitable<void>
load_link_of(Core& core, ModelBase& owner, const orm::RelationshipInfo& info, bool flush_first);
/// Loads attributes of one object. @throws ObjectDeletedError when its row is gone.
[[nodiscard]] asio::awaitable<void>
load_attributes(Core& core, ModelBase& object, std::vector<std::uint16_t> attributes, bool for_update = false);
/// Loads all of one object, and what its mapping loads along with it. @throws ObjectDeletedError when its row is gone.
[[nodiscard]] asio::awaitable<void> load_whole(Core& core, ModelBase& object, bool for_update);
/// Loads what is expired, if anything is.
[[nodiscard]] asio::awaitable<void> load_expired(Core& core, ModelBase& object, bool flush_first);
[[nodiscard]] asio::awaitable<std::shared_ptr<const LoadedRows>>
load_objects(Core& core, sql::NodePtr statement, bool populate_existing = false, LoadContext context = LoadContext());
/// The object with this key from the identity map (loaded again when it is expired) or the database.
/// @param change  what loader options make of the SELECT; empty: nothing
[[nodiscard]] asio::awaitable<ModelBase*> find_or_load(
    Core& core, const orm::MapperData& mapper, std::vector<Value> key, orm::GraphRef& owner, bool for_update, SelectChange change);
/// Ends the innermost savepoint.
[[nodiscard]] asio::awaitable<void> end_savepoint(Core& core, bool commit);
/// Loads the relationships of loader options for objects that are there.
[[nodiscard]] asio::awaitable<void> load_options(
    Core& core, const std::vector<orm::LoaderOption>& options, std::vector<ModelBase*> owners, orm::GraphRef graph);

} // namespace azoth::session
