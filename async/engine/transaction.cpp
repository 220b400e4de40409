// SPDX-License-Identifier: MIT
// BEGIN, COMMIT, ROLLBACK and savepoints; and bringing a connection back to order before its next statement.
#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include <azoth/engine/connection.hpp>
#include <azoth/error.hpp>

#include "engine/failure.hpp"
#include "engine/slot.hpp"

namespace azoth::engine {

namespace {

std::string savepoint_name(const Slot::SavepointEntry& entry) {
    return "sa_savepoint_" + std::to_string(entry.number);
}

/// Tells the listeners of one of the events about transactions.
void tell(Slot& slot, Signal<void(const TransactionEvent&)>& event, std::string_view savepoint = {}) {
    if (event.empty()) return;
    TransactionEvent about;
    about.connection = slot.id;
    about.savepoint = savepoint;
    event.emit(about);
}

asio::awaitable<void> run(Slot& slot, std::string sql) {
    slot.log(sql);
    try {
        co_await slot.driver->run(sql);
    } catch (...) {
        rethrow_failure(slot, sql, {});
    }
}

asio::awaitable<void> roll_back_twophase(Slot& slot) {
    const std::string xid = slot.xid;
    const bool prepared = slot.prepared;
    const bool open = slot.driver->is_open() && (slot.on_server || prepared);
    slot.end_transaction();
    tell(slot, slot.core->events.rollback_twophase, xid);
    if (!open) co_return;
    slot.log("ROLLBACK TWOPHASE " + xid);
    try {
        co_await slot.driver->rollback_twophase(xid, prepared);
    } catch (...) {
        rethrow_failure(slot, "ROLLBACK TWOPHASE", {});
    }
}

/// ROLLBACK, if there is anything to roll back. The transaction is over, whatever happens.
asio::awaitable<void> roll_back(Slot& slot) {
    const bool open = slot.on_server && slot.driver->is_open() && slot.driver->in_transaction();
    const bool begun = slot.transaction != 0;
    if (!slot.xid.empty()) {
        co_await roll_back_twophase(slot);
        co_return;
    }
    slot.end_transaction();
    if (begun) tell(slot, slot.core->events.rollback);
    if (!open) co_return;
    slot.log("ROLLBACK");
    try {
        co_await slot.driver->rollback();
    } catch (...) {
        rethrow_failure(slot, "ROLLBACK", {});
    }
}

asio::awaitable<void> roll_back_to(Slot& slot, std::uint64_t serial) {
    const auto entry = *std::ranges::find(slot.savepoints, serial, &Slot::SavepointEntry::serial);
    const auto name = savepoint_name(entry);
    tell(slot, slot.core->events.rollback_savepoint, name);
    co_await run(slot, "ROLLBACK TO SAVEPOINT " + name);
    slot.end_savepoint(serial);
}

/// Recovery of what was cut off. Afterwards the driver is idle, or the connection is closed.
asio::awaitable<void> recover(Slot& slot) {
    auto& driver = *slot.driver;
    if (driver.needs_recovery()) {
        slot.cursor.reset();
        slot.stream = 0;
        try {
            co_await driver.recover(std::chrono::steady_clock::now() + recovery_time);
        } catch (const Error&) {
            driver.terminate();
            throw;
        }
    }
    slot.failed = false;
    if (slot.on_server && !driver.in_transaction()) {
        // The database has ended the transaction, by itself or on our request: nobody shall go on as if it
        // had not.
        slot.on_server = false;
        slot.lost = true;
        slot.savepoints.clear();
    }
}

[[noreturn]] void throw_lost() {
    throw PendingRollbackError(
        "this connection's transaction has ended by an error, a timeout or a cancellation, and is rolled back "
        "on the server; call rollback() before anything else"
    );
}

} // namespace

asio::awaitable<void> settle(Slot& slot) {
    if (slot.failed) {
        if (slot.driver->is_open()) {
            co_await recover(slot);
        } else if (slot.transaction != 0) {
            slot.on_server = false;
            slot.lost = true;
            slot.savepoints.clear();
        } else {
            co_await reconnect(slot);
        }
    }
    if (slot.abandoned != 0) {
        if (slot.abandoned == slot.transaction) {
            co_await roll_back(slot);
        } else {
            const auto serial = std::exchange(slot.abandoned, 0);
            if (slot.has_scope(serial)) co_await roll_back_to(slot, serial);
        }
    }
}

asio::awaitable<void> attend(Slot& slot) {
    co_await settle(slot);
    if (slot.lost) throw_lost();
    if (slot.prepared)
        throw InvalidRequestError(
            "this connection's transaction is prepared: nothing but commit() or rollback() can follow");
    if (slot.in_unit && slot.transaction == 0)
        throw InvalidRequestError(
            "the transaction of this engine.begin() has ended already, by commit() or rollback(); no "
            "statement can follow in it"
        );
}

asio::awaitable<void> begin_on_server(Slot& slot) {
    if (is_autocommit(slot)) {
        if (slot.transaction == 0) {
            slot.log("BEGIN (implicit; DBAPI should not BEGIN due to autocommit mode)");
            slot.transaction = slot.next_serial();
            tell(slot, slot.core->events.begin);
        }
        co_return;
    }
    slot.log("BEGIN");
    tell(slot, slot.core->events.begin);
    try {
        co_await slot.driver->begin(slot.begin_options);
    } catch (...) {
        rethrow_failure(slot, "BEGIN", {});
    }
    if (slot.transaction == 0) slot.transaction = slot.next_serial();
    slot.on_server = true;
}

bool begin_with(Slot& slot, driver::Statement& statement) {
    if (is_autocommit(slot) || !slot.driver->carries_begin()) return false;
    slot.log("BEGIN");
    tell(slot, slot.core->events.begin);
    statement.begin = &slot.begin_options;
    slot.autobegun = slot.transaction == 0;
    if (slot.autobegun) slot.transaction = slot.next_serial();
    slot.beginning = true;
    slot.on_server = true;
    return true;
}

namespace {

asio::awaitable<std::uint64_t> begin_transaction(Lease lease, TransactionOptions options, bool in_unit) {
    Operation operation{lease};
    Slot& slot = operation.slot();
    if (slot.needs_attention()) co_await attend(slot);
    if (slot.transaction != 0)
        throw InvalidRequestError(
            "this connection has a transaction already, begun by begin() or by its first statement; commit() or "
            "rollback() it first, or use begin_nested() for a savepoint in it"
        );
    slot.begin_options = options.begin_options();
    const auto& defaults = slot.begin_defaults;
    if (slot.begin_options.isolation_level == IsolationLevel::server_default)
        slot.begin_options.isolation_level = defaults.isolation_level;
    slot.begin_options.read_only = slot.begin_options.read_only || defaults.read_only;
    slot.begin_options.deferrable = slot.begin_options.deferrable || defaults.deferrable;
    slot.in_unit = in_unit;
    slot.transaction = slot.next_serial();
    co_return slot.transaction;
}

asio::awaitable<Transaction> begin_scope(Lease lease, TransactionOptions options, bool in_unit) {
    const auto serial = co_await begin_transaction(lease, options, in_unit);
    co_return ScopeAccess::make<Transaction>(lease, serial);
}

asio::awaitable<Savepoint> begin_savepoint(Lease lease) {
    Operation operation{lease};
    Slot& slot = operation.slot();
    if (slot.needs_attention()) co_await attend(slot);
    if (!slot.on_server) co_await begin_on_server(slot);
    const Slot::SavepointEntry entry{slot.next_serial(), ++slot.savepoints_set};
    const auto name = savepoint_name(entry);
    tell(slot, slot.core->events.savepoint, name);
    co_await run(slot, "SAVEPOINT " + name);
    slot.savepoints.push_back(entry);
    co_return ScopeAccess::make<Savepoint>(lease, entry.serial);
}

[[noreturn]] void throw_ended(const char* what) {
    throw InvalidRequestError(
        std::string{"this "} + what +
        " has ended already, by commit() or rollback(), or with the transaction around it"
    );
}

asio::awaitable<void> commit_twophase(Slot& slot) {
    const std::string xid = slot.xid;
    tell(slot, slot.core->events.commit_twophase, xid);
    slot.log("COMMIT TWOPHASE " + xid);
    try {
        co_await slot.driver->commit_twophase(xid, slot.prepared);
    } catch (...) {
        if (slot.driver->needs_recovery() || !slot.driver->is_open() || !slot.prepared) slot.end_transaction();
        rethrow_failure(slot, "COMMIT TWOPHASE", {});
    }
    slot.end_transaction();
}

/// @param serial  of the transaction that has to be the current one; 0: any
asio::awaitable<void> commit_transaction(Lease lease, std::uint64_t serial) {
    Operation operation{lease};
    Slot& slot = operation.slot();
    if (serial == 0 && slot.transaction == 0 && !slot.driver->is_open()) co_return;
    if (slot.failed || slot.abandoned != 0) co_await settle(slot);
    if (serial != 0 && slot.transaction != serial) throw_ended("transaction");
    if (slot.lost) throw_lost();
    if (!slot.xid.empty()) {
        co_await commit_twophase(slot);
        co_return;
    }
    if (slot.transaction != 0) tell(slot, slot.core->events.commit);
    if (slot.transaction != 0 && is_autocommit(slot))
        slot.log("COMMIT using DBAPI connection.commit(), has no effect due to autocommit mode");
    if (slot.on_server) {
        slot.log("COMMIT");
        try {
            co_await slot.driver->commit();
        } catch (...) {
            // SQLite may be busy and have the transaction still: then commit() can be tried again.
            if (slot.driver->needs_recovery() || !slot.driver->in_transaction()) slot.end_transaction();
            rethrow_failure(slot, "COMMIT", {});
        }
    }
    slot.end_transaction();
}

asio::awaitable<void> rollback_transaction(Lease lease, std::uint64_t serial) {
    Operation operation{lease};
    Slot& slot = operation.slot();
    if (serial != 0 && slot.transaction != serial) co_return;
    if (slot.failed && slot.driver->is_open()) co_await recover(slot);
    co_await roll_back(slot);
}

asio::awaitable<void> commit_savepoint(Lease lease, std::uint64_t serial) {
    Operation operation{lease};
    Slot& slot = operation.slot();
    if (slot.failed || slot.abandoned != 0) co_await settle(slot);
    if (slot.lost) throw_lost();
    const auto found = std::ranges::find(slot.savepoints, serial, &Slot::SavepointEntry::serial);
    if (found == slot.savepoints.end()) throw_ended("savepoint");
    const auto name = savepoint_name(*found);
    tell(slot, slot.core->events.release_savepoint, name);
    co_await run(slot, "RELEASE SAVEPOINT " + name);
    slot.end_savepoint(serial);
}

asio::awaitable<void> rollback_savepoint(Lease lease, std::uint64_t serial) {
    Operation operation{lease};
    Slot& slot = operation.slot();
    if (slot.failed || slot.abandoned != 0) co_await settle(slot);
    if (slot.has_scope(serial)) co_await roll_back_to(slot, serial);
}

} // namespace

asio::awaitable<void> commit_scope(Lease lease, std::uint64_t serial) {
    return commit_transaction(std::move(lease), serial);
}
asio::awaitable<void> rollback_scope(Lease lease, std::uint64_t serial) {
    return rollback_transaction(std::move(lease), serial);
}

TransactionScope::~TransactionScope() {
    if (owns_ && serial_ != 0 && is_current(lease_)) lease_.slot->abandon(serial_);
}

TransactionScope& TransactionScope::operator=(TransactionScope&& other) noexcept {
    if (this == &other) return *this;
    if (owns_ && serial_ != 0 && is_current(lease_)) lease_.slot->abandon(serial_);
    lease_ = std::move(other.lease_);
    serial_ = std::exchange(other.serial_, 0);
    owns_ = other.owns_;
    return *this;
}

bool TransactionScope::is_active() const noexcept {
    return is_current(lease_) && lease_.slot->has_scope(serial_) && !lease_.slot->lost;
}

asio::awaitable<Transaction> begin_unit(Connection& connection, TransactionOptions options) {
    return begin_scope(ScopeAccess::lease(connection), options, true);
}

asio::awaitable<void> finish_unit(Transaction& transaction) {
    // A lost transaction is not active, yet not ended by the unit: commit() says what is wrong.
    if (ScopeAccess::has_ended(transaction)) co_return;
    co_await transaction.commit();
}

asio::awaitable<void> close_owned(Connection connection) {
    const auto lease = ScopeAccess::lease(connection);
    try {
        co_await rollback_transaction(lease, 0);
    } catch (const Error&) { // the pool tries again, or closes it
    }
}

asio::awaitable<void> give_up(Connection& connection) {
    try {
        co_await connection.close();
    } catch (...) { // cancelled: the pool does it
    }
}

} // namespace azoth::engine

namespace azoth {

asio::awaitable<void> Transaction::commit() {
    return engine::commit_transaction(lease_, serial_);
}
asio::awaitable<void> Transaction::rollback() {
    return engine::rollback_transaction(lease_, serial_);
}
asio::awaitable<void> Savepoint::commit() {
    return engine::commit_savepoint(lease_, serial_);
}
asio::awaitable<void> Savepoint::rollback() {
    return engine::rollback_savepoint(lease_, serial_);
}

asio::awaitable<Transaction> Connection::begin() {
    return engine::begin_scope(lease_, TransactionOptions{}, false);
}
asio::awaitable<Transaction> Connection::begin(TransactionOptions options) {
    return engine::begin_scope(lease_, options, false);
}
asio::awaitable<Savepoint> Connection::begin_nested() {
    return engine::begin_savepoint(lease_);
}
asio::awaitable<void> Connection::commit() {
    return engine::commit_transaction(lease_, 0);
}
asio::awaitable<void> Connection::rollback() {
    return engine::rollback_transaction(lease_, 0);
}

} // namespace azoth
