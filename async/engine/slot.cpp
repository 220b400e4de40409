// SPDX-License-Identifier: MIT
// The state of a connection on lease: its transaction and savepoints, and what went wrong.
#include "engine/slot.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include <azoth/error.hpp>

#include "engine/pool_state.hpp"

namespace azoth::engine {

bool Slot::has_scope(std::uint64_t serial) const noexcept {
    if (serial == 0) return false;
    return serial == transaction ||
           std::ranges::find(savepoints, serial, &SavepointEntry::serial) != savepoints.end();
}

void Slot::abandon(std::uint64_t serial) noexcept {
    // Serials grow inwards: the smaller one is the scope outside.
    if (!has_scope(serial)) return;
    if (prepared) { // the server's from now on: somebody will end it by its name, on another connection
        end_transaction();
        invalidated = true;
        return;
    }
    if (abandoned == 0 || serial < abandoned) abandoned = serial;
}

void Slot::end_transaction() noexcept {
    transaction = 0;
    on_server = false;
    beginning = false;
    lost = false;
    prepared = false;
    xid.clear();
    abandoned = 0;
    savepoints.clear();
    begin_options = begin_defaults;
}

void Slot::apply(const ExecutionOptions& more) {
    options = more.over(options);
    if (const auto level = options.isolation_level()) begin_defaults.isolation_level = *level;
    if (const auto on = options.postgresql_readonly()) begin_defaults.read_only = *on;
    if (const auto on = options.postgresql_deferrable()) begin_defaults.deferrable = *on;
    if (auto map = options.schema_map()) schema_map = std::move(map);
    if (transaction == 0) begin_options = begin_defaults;
}

void Slot::end_savepoint(std::uint64_t serial) noexcept {
    savepoints.erase(std::ranges::find(savepoints, serial, &SavepointEntry::serial), savepoints.end());
    if (abandoned != transaction && !has_scope(abandoned)) abandoned = 0;
}

void Slot::renew() noexcept {
    echo = core->echo();
    options = ExecutionOptions();
    begin_defaults = {};
    begin_defaults.isolation_level = core->options.isolation_level;
    schema_map = core->schema_map;
    end_transaction();
    in_unit = false;
    failed = false;
    invalidated = false;
    loss_told = false;
    savepoints_set = 0;
    stream = 0;
}

void Slot::note_failure() noexcept {
    failed = true;
    // Refused before it was sent, or with it the BEGIN that it carried: as if nothing had been begun.
    if (std::exchange(beginning, false) && driver && !driver->needs_recovery() && !driver->in_transaction()) {
        on_server = false;
        if (autobegun) transaction = 0;
    }
}

bool Slot::is_disconnected(const std::exception_ptr& error) const noexcept {
    if (!driver || !driver->is_open()) return true;
    try {
        std::rethrow_exception(error);
    } catch (const DBAPIError& database_error) {
        return database_error.is_disconnect();
    } catch (...) { // says nothing about the connection
        return false;
    }
}

Operation::Operation(const Lease& lease, Kind kind) : lease_(lease) {
    if (!is_current(lease) || !lease.slot->driver)
        throw ResourceClosedError("this connection is closed; take another one with engine.connect()");
    auto use = Slot::Use::idle;
    if (!lease.slot->use.compare_exchange_strong(use, Slot::Use::busy, std::memory_order_acquire))
        throw IllegalStateChangeError(
            "another operation is suspended on this connection; await that one first, or use a second "
            "connection"
        );
    if (kind == Kind::ordinary && lease.slot->stream != 0) {
        lease.slot->use.store(Slot::Use::idle, std::memory_order_release);
        throw InvalidRequestError(
            "a stream is open on this connection; read it to its end or close() it first, or use a second "
            "connection"
        );
    }
}

Operation::~Operation() {
    if (lease_.slot->use.exchange(Slot::Use::idle, std::memory_order_acq_rel) == Slot::Use::orphaned)
        return_to_pool(lease_.slot);
}

} // namespace azoth::engine
