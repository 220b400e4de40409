// SPDX-License-Identifier: MIT
// Slot: one connection of a pool, with the state of whoever has it on lease.
#pragma once

#include <any>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <exception>
#include <map>
#include <memory>
#include <source_location>
#include <string>
#include <vector>

#include <azoth/detail/lock.hpp>
#include <azoth/driver/driver.hpp>
#include <azoth/engine/transaction.hpp>

#include "engine/core.hpp"

namespace azoth::engine {

class PoolState;

/// In the pool's list, or on lease to one Connection. On lease it is touched by the Connection's strand only,
/// except for what is atomic.
class Slot {
public:
    Slot(
        std::shared_ptr<EngineCore> engine_core,
        std::unique_ptr<driver::Connection> connection,
        std::uint64_t gen
    )
        : core(std::move(engine_core)),
          driver(std::move(connection)),
          generation(gen) {}

    // ---- who has it ----------------------------------------------------------------------------
    enum class Use : std::uint8_t {
        idle,
        busy,     ///< an operation runs
        orphaned, ///< an operation runs whose Connection is gone: the operation gives the slot back
    };

    std::shared_ptr<EngineCore> core; ///< of the engine that it was taken from last: several may share a pool
    std::unique_ptr<driver::Connection> driver; ///< null once the context is destroyed
    std::uint64_t generation;                   ///< of the pool, when connecting began
    std::shared_ptr<PoolState> pool;            ///< only on lease: an idle slot does not keep its pool
    std::atomic<std::uint64_t> lease{0};        ///< odd while on lease
    std::atomic<Use> use{Use::idle};
    bool invalidated = false; ///< to be closed when it comes back
    bool loss_told = false;   ///< it was given up, and the pool knows
    bool was_reset = false;   ///< since it came back
    std::atomic<bool> detached{false}; ///< has no place in the pool any more
    std::uint64_t id = 0;     ///< its number in the pool, from 1
    detail::TinyLock taken_lock; ///< for the two below
    std::source_location taken_at;
    std::chrono::steady_clock::time_point taken;
    Echo echo = false;        ///< the engine's, when it was taken
    ExecutionOptions options; ///< the engine's and the connection's
    std::map<std::string, std::any> info; ///< the user's, of the database connection

    // ---- its transaction -----------------------------------------------------------------------
    struct SavepointEntry {
        std::uint64_t serial;
        unsigned number; ///< sa_savepoint_<number>
    };

    std::uint64_t transaction = 0; ///< its serial; 0: none
    bool on_server = false;        ///< BEGIN was sent
    bool beginning = false;        ///< with the statement that runs, or was cut off
    bool autobegun = false;        ///< what is `beginning` is no begin() of the user's
    bool lost = false;             ///< the server has it no more, the user has not rolled back yet
    bool in_unit = false;          ///< engine.begin(): what follows the transaction's end is refused
    std::string xid;               ///< of a two-phase transaction; empty: it is none
    bool prepared = false;         ///< the server keeps it until it is committed or rolled back
    driver::BeginOptions begin_options;
    /// Of transactions that do not choose one; kept until the connection goes back.
    driver::BeginOptions begin_defaults;
    /// In place of the schemas that statements name; null: none. Kept until the connection goes back.
    std::shared_ptr<const SchemaTranslateMap> schema_map;
    std::vector<SavepointEntry> savepoints;
    unsigned savepoints_set = 0; ///< on this lease
    std::uint64_t abandoned = 0; ///< the outermost scope that was destroyed while it was active
    std::uint64_t serials = 0;

    // ---- its condition -------------------------------------------------------------------------
    bool failed = false; ///< an operation failed or was cut off: ask the driver before the next
    std::unique_ptr<driver::Cursor> cursor;
    std::uint64_t stream = 0; ///< the serial of the open stream; 0: none

    [[nodiscard]] std::uint64_t next_serial() noexcept { return ++serials; }
    /// Somebody wants to know of statements, by the log or by the sink of them.
    [[nodiscard]] bool logs() const noexcept { return echo || core->options.statement_sink; }
    [[nodiscard]] bool watched() const noexcept {
        return logs() || !core->events.before_cursor_execute.empty() || !core->events.after_cursor_execute.empty();
    }
    /// One line for the log, if there is one.
    void log(std::string_view line) const {
        if (logs()) core->log(echo, line);
    }
    /// Takes over what options say of transactions. @pre there is none
    void apply(const ExecutionOptions& more);
    /// Something has to be seen to before the next statement.
    [[nodiscard]] bool needs_attention() const noexcept {
        return failed || lost || prepared || abandoned != 0 || (in_unit && transaction == 0);
    }
    [[nodiscard]] bool has_scope(std::uint64_t serial) const noexcept;
    /// Marks a scope, and those inside it, to be rolled back.
    void abandon(std::uint64_t serial) noexcept;
    void end_transaction() noexcept;
    /// The savepoint and those set after it are gone.
    void end_savepoint(std::uint64_t serial) noexcept;
    /// As for a new borrower.
    void renew() noexcept;
    /// What the error, or the driver, says.
    /// An operation has failed: takes back what it had begun.
    void note_failure() noexcept;
    [[nodiscard]] bool is_disconnected(const std::exception_ptr& error) const noexcept;
};

/// True while the lease is the slot's.
[[nodiscard]] inline bool is_current(const Lease& lease) noexcept {
    return lease.slot && lease.slot->lease.load(std::memory_order_acquire) == lease.number;
}

/// Each statement is its own transaction: no BEGIN is sent, COMMIT and ROLLBACK mean nothing to the database.
[[nodiscard]] inline bool is_autocommit(const Slot& slot) noexcept {
    return slot.begin_options.isolation_level == driver::IsolationLevel::autocommit;
}

/// Nothing is open or unread on it.
[[nodiscard]] inline bool is_clean(const driver::Connection& driver) noexcept {
    return driver.is_open() && !driver.needs_recovery() && !driver.in_transaction();
}

/// Ends a lease: the slot goes back to its pool, now or when the operation that runs has ended.
void give_back(Lease lease) noexcept;
/// The slot goes to its pool, as it is or by way of a reset. Nobody uses it any more.
void return_to_pool(std::shared_ptr<Slot> slot) noexcept;

/// Held while one operation runs.
class Operation {
public:
    enum class Kind : std::uint8_t { ordinary, of_stream };

    /// @param lease  refers to the caller's, which outlives this
    /// @throws ResourceClosedError when the lease is over; InvalidRequestError when another operation runs or
    ///   a stream is open.
    explicit Operation(const Lease& lease, Kind kind = Kind::ordinary);
    ~Operation();
    Operation(const Operation&) = delete;
    Operation& operator=(const Operation&) = delete;

    [[nodiscard]] Slot& slot() const noexcept { return *lease_.slot; }
    [[nodiscard]] driver::Connection& driver() const noexcept { return *lease_.slot->driver; }

private:
    const Lease& lease_;
};

/// What engine's files need of the handles' insides.
struct ScopeAccess {
    template <class Scope>
    [[nodiscard]] static Scope make(const Lease& lease, std::uint64_t serial) {
        return Scope(lease, serial);
    }
    /// One that does not own: destroyed it leaves the transaction alone.
    template <class Scope>
    [[nodiscard]] static Scope look_at(const Lease& lease, std::uint64_t serial) {
        return Scope(lease, serial, false);
    }
    [[nodiscard]] static TwoPhaseTransaction make_twophase(const Lease& lease, std::uint64_t serial, std::string xid) {
        return TwoPhaseTransaction(lease, serial, std::move(xid));
    }
    [[nodiscard]] static Connection make_connection(Lease lease) { return Connection(std::move(lease)); }
    [[nodiscard]] static const Lease& lease(const Connection& connection) noexcept {
        return connection.lease_;
    }
    /// The transaction was ended by the user, on a connection that is still his. A lost one is not ended.
    [[nodiscard]] static bool has_ended(const TransactionScope& scope) noexcept {
        return is_current(scope.lease_) && !scope.lease_.slot->has_scope(scope.serial_);
    }
};

/// Brings a connection that needs attention to where a statement may be sent.
/// @throws PendingRollbackError when its transaction is lost; ResourceClosedError when it is.
[[nodiscard]] asio::awaitable<void> attend(Slot& slot);
/// The same as far as it can be done without looking at the transaction: recovery, abandoned scopes.
[[nodiscard]] asio::awaitable<void> settle(Slot& slot);
/// Sends BEGIN. @pre the slot needs no attention
[[nodiscard]] asio::awaitable<void> begin_on_server(Slot& slot);
/// Has BEGIN sent with `statement`, where the driver can: false when `begin_on_server()` has to.
/// @pre the slot needs no attention and is not `on_server`
[[nodiscard]] bool begin_with(Slot& slot, driver::Statement& statement);

/// What a transaction's commit() and rollback() do. @param serial  of the transaction
[[nodiscard]] asio::awaitable<void> commit_scope(Lease lease, std::uint64_t serial);
[[nodiscard]] asio::awaitable<void> rollback_scope(Lease lease, std::uint64_t serial);
/// Connects again where the connection was lost or given up. @pre there is no transaction
[[nodiscard]] asio::awaitable<void> reconnect(Slot& slot);

/// Rolls back what is open and gives the connection back; what cannot be rolled back here is put right by the
/// pool.
[[nodiscard]] asio::awaitable<void> close_owned(Connection connection);

/// How long putting a connection right may take, unless its borrower waits longer.
inline constexpr std::chrono::seconds recovery_time{5};

} // namespace azoth::engine
