// SPDX-License-Identifier: MIT
// Events: what an engine tells those who listen. Without listeners each costs a load and a comparison.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <azoth/detail/asio.hpp>
#include <azoth/driver/driver.hpp>
#include <azoth/engine/url.hpp>
#include <azoth/signal.hpp>
#include <azoth/sql/node.hpp>

namespace azoth {

class Connection;
class ExecutionOptions;
class MetaData;
class Table;

namespace engine {
struct ResultData;
}

/// SQL on its way to the database, or back. Views: nothing in it outlives the call.
struct StatementEvent {
    std::uint64_t connection = 0;  ///< number of the connection in its pool, from 1
    std::string sql;               ///< before: may be changed, and is sent so; the placeholders have to be the same
    std::span<const Param> params; ///< `rows` rows of them, in the order of the placeholders
    std::size_t rows = 1;          ///< of parameters; more than one for executemany
    bool cached = false;           ///< the compilation was found, not made
    bool hide_parameters = false;  ///< the engine's wish
    const ExecutionOptions* options = nullptr; ///< the engine's, the connection's and this execution's; never null in an event
    /// What a listener keeps between before and after; empty at first.
    std::shared_ptr<void> user;
    // after:
    std::chrono::nanoseconds duration{0};
    std::int64_t affected = -1;    ///< rows changed; -1 when unknown
    std::exception_ptr error;      ///< null when it went well

    StatementEvent() = default;
};

/// An error of the database or its client library, before it is thrown.
struct ErrorEvent {
    std::uint64_t connection = 0;
    std::string_view sql;
    std::span<const Param> params;
    std::exception_ptr error;   ///< may be replaced by another, which is thrown then
    bool is_disconnect = false; ///< may be changed: the connection is closed when it comes back
    /// May be changed: with a disconnect all connections of the pool made before now are replaced.
    bool invalidate_pool_on_disconnect = true;
    bool is_pre_ping = false;

    ErrorEvent() = default;
};

/// A connection of the pool.
struct PoolEvent {
    std::uint64_t connection = 0; ///< its number, from 1
    bool terminate_only = false;  ///< reset: it is closed, not reset

    PoolEvent() = default;
};

/// A transaction of one connection.
struct TransactionEvent {
    std::uint64_t connection = 0;
    std::string_view savepoint; ///< its name; empty for the transaction itself

    TransactionEvent() = default;
};

/// Tables that are created or dropped.
struct DdlStage {
    const MetaData* metadata = nullptr;
    const Table* table = nullptr; ///< the one; null: all of them
    std::vector<const Table*> tables; ///< without a table: those that are created or dropped, in order
    bool checkfirst = true;           ///< what is there, or is not, is left out

    DdlStage() = default;
};

/// What happens in an engine and its pool, as in SQLAlchemy's `PoolEvents` and `ConnectionEvents`.
///
///     engine.events().after_cursor_execute.connect([](az::StatementEvent& e) { … });
///
/// Listeners are called where the event happens, on any thread, and must not take long. They do no I/O; only those of
/// `connect` are coroutines.
struct EngineEvents {
    Signal<void(Url&)> do_connect;         ///< before connecting; may change where and as whom
    /// A new connection, before anybody has it: for SET and PRAGMA. What it throws, connecting throws. Those of
    /// `connect_first()` come before the engine asks its first connection what the server is.
    Signal<asio::awaitable<void>(driver::Connection&)> connect;
    /// May throw DisconnectionError, for another connection in place of this one, or InvalidatePoolError, for others in place
    /// of all; what else it throws, connect() throws.
    Signal<void(const PoolEvent&)> checkout;
    Signal<void(const PoolEvent&)> checkin;    ///< given back, before it is reset
    Signal<void(const PoolEvent&)> reset;      ///< before what is open is rolled back
    /// A connection that has come back, with nothing open, before anybody else has it: for SQL that takes back what its
    /// borrower has set. When it throws the connection is closed.
    Signal<asio::awaitable<void>(driver::Connection&)> reset_connection;
    Signal<void(const PoolEvent&)> invalidate; ///< of no use any more; it will be closed
    Signal<void(const PoolEvent&)> soft_invalidate; ///< will be closed when it comes back
    Signal<void(const PoolEvent&)> detach;     ///< no longer the pool's
    Signal<void(const PoolEvent&)> close;      ///< before goodbye is said
    Signal<void()> engine_disposed;

    /// Before compilation; may put another statement in its place, of the same columns.
    Signal<void(sql::NodePtr&)> before_execute;
    /// The statement, as it was executed, and what it gave; not of streams, and not when it failed.
    Signal<void(const sql::NodePtr&, const engine::ResultData&)> after_execute;
    /// A connection was handed out, before its borrower has it: for `isolation_level()` and the like.
    Signal<void(Connection&)> engine_connect;
    Signal<void(StatementEvent&)> before_cursor_execute;
    Signal<void(StatementEvent&)> after_cursor_execute; ///< also when it failed
    Signal<void(ErrorEvent&)> handle_error;
    /// Something seems to be a mistake: FROM elements that nothing connects, in a statement that is compiled for the first time;
    /// a type in the catalogue that is not known. See `EngineOptions::warnings`.
    Signal<void(std::string_view)> warning;

    // Of create_all() and drop_all(), on whose connection they may execute statements, between theirs.
    Signal<asio::awaitable<void>(Connection&, const DdlStage&)> before_create;
    Signal<asio::awaitable<void>(Connection&, const DdlStage&)> after_create;
    Signal<asio::awaitable<void>(Connection&, const DdlStage&)> before_drop;
    Signal<asio::awaitable<void>(Connection&, const DdlStage&)> after_drop;

    Signal<void(const TransactionEvent&)> begin;
    Signal<void(const TransactionEvent&)> commit;
    Signal<void(const TransactionEvent&)> rollback; ///< asked for here; not the pool's own
    Signal<void(const TransactionEvent&)> savepoint;
    Signal<void(const TransactionEvent&)> release_savepoint;
    Signal<void(const TransactionEvent&)> rollback_savepoint;
    // `savepoint` is the transaction's xid.
    Signal<void(const TransactionEvent&)> begin_twophase;
    Signal<void(const TransactionEvent&)> prepare_twophase;
    Signal<void(const TransactionEvent&)> commit_twophase;
    Signal<void(const TransactionEvent&)> rollback_twophase;

    EngineEvents() = default;
};

} // namespace azoth
