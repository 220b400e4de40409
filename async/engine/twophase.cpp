// SPDX-License-Identifier: MIT
// Two-phase transactions: beginning and preparing them, and ending those that others have prepared.
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <azoth/engine/connection.hpp>
#include <azoth/error.hpp>

#include "engine/failure.hpp"
#include "engine/slot.hpp"

namespace azoth::engine {

namespace {

/// "_sa_" and 32 hexadecimal digits, as SQLAlchemy's.
std::string make_xid() {
    static constexpr std::string_view digits = "0123456789abcdef";
    std::random_device random;
    std::string xid = "_sa_";
    for (int word = 0; word < 4; ++word) {
        auto bits = static_cast<std::uint32_t>(random());
        for (int i = 0; i < 8; ++i, bits >>= 4) xid += digits[bits & 15U];
    }
    return xid;
}

void tell(Slot& slot, Signal<void(const TransactionEvent&)>& event, std::string_view xid) {
    if (event.empty()) return;
    TransactionEvent about;
    about.connection = slot.id;
    about.savepoint = xid;
    event.emit(about);
}

void check_xid(const std::string& xid) {
    // What the stricter of the servers takes.
    if (xid.size() > 64) throw ArgumentError("the name of a two-phase transaction has at most 64 bytes, '" + xid + "' has more");
    if (xid.find('\0') != std::string::npos) throw ArgumentError("the name of a two-phase transaction has a zero byte in it");
}

asio::awaitable<TwoPhaseTransaction> begin_twophase_on(Lease lease, std::string xid) {
    if (xid.empty()) xid = make_xid();
    check_xid(xid);
    Operation operation{lease};
    Slot& slot = operation.slot();
    if (slot.needs_attention()) co_await attend(slot);
    if (slot.transaction != 0)
        throw InvalidRequestError(
            "this connection has a transaction already, begun by begin() or by its first statement; commit() or "
            "rollback() it before begin_twophase()");
    if (is_autocommit(slot))
        throw InvalidRequestError("this connection is in autocommit mode: there are no transactions to be prepared");
    tell(slot, slot.core->events.begin_twophase, xid);
    slot.log("BEGIN TWOPHASE " + xid + " (implicit)");
    try {
        co_await slot.driver->begin_twophase(xid, slot.begin_options);
    } catch (...) {
        rethrow_failure(slot, "BEGIN TWOPHASE", {});
    }
    slot.transaction = slot.next_serial();
    slot.xid = xid;
    slot.on_server = true;
    co_return ScopeAccess::make_twophase(lease, slot.transaction, std::move(xid));
}

asio::awaitable<void> prepare(Lease lease, std::uint64_t serial) {
    Operation operation{lease};
    Slot& slot = operation.slot();
    if (slot.failed || slot.abandoned != 0) co_await settle(slot);
    if (slot.transaction != serial) throw InvalidRequestError("this transaction has ended already, by commit() or rollback()");
    if (slot.lost)
        throw PendingRollbackError("this connection's transaction was lost; call rollback() before anything else");
    if (slot.prepared) throw InvalidRequestError("this transaction is prepared already");
    tell(slot, slot.core->events.prepare_twophase, slot.xid);
    slot.log("PREPARE TWOPHASE " + slot.xid);
    const std::string xid = slot.xid;
    try {
        co_await slot.driver->prepare_twophase(xid);
    } catch (...) {
        rethrow_failure(slot, "PREPARE TWOPHASE", {});
    }
    slot.prepared = true;
    slot.on_server = false;
    slot.savepoints.clear();
}

asio::awaitable<void> end_prepared(Lease lease, std::string xid, bool commit) {
    check_xid(xid);
    Operation operation{lease};
    Slot& slot = operation.slot();
    if (slot.needs_attention()) co_await attend(slot);
    if (slot.transaction != 0)
        throw InvalidRequestError("a prepared transaction cannot be ended inside another: commit() or rollback() first");
    const std::string words = commit ? "COMMIT PREPARED" : "ROLLBACK PREPARED";
    slot.log(words + " " + xid);
    try {
        if (commit) co_await slot.driver->commit_twophase(xid, true);
        else co_await slot.driver->rollback_twophase(xid, true);
    } catch (...) {
        rethrow_failure(slot, words, {});
    }
}

asio::awaitable<std::vector<std::string>> recover_on(Lease lease) {
    Operation operation{lease};
    Slot& slot = operation.slot();
    if (slot.needs_attention()) co_await attend(slot);
    std::vector<std::string> xids;
    try {
        xids = co_await slot.driver->recover_twophase();
    } catch (...) {
        rethrow_failure(slot, "RECOVER TWOPHASE", {});
    }
    co_return xids;
}

asio::awaitable<IsolationLevel> isolation_level_on(Lease lease) {
    Operation operation{lease};
    Slot& slot = operation.slot();
    if (slot.needs_attention()) co_await attend(slot);
    // The next BEGIN will say so.
    const auto wanted = slot.begin_options.isolation_level;
    if (!slot.on_server && wanted != IsolationLevel::server_default && wanted != IsolationLevel::autocommit) co_return wanted;
    auto level = IsolationLevel::server_default;
    try {
        level = co_await slot.driver->isolation_level();
    } catch (...) {
        rethrow_failure(slot, {}, {});
    }
    co_return level;
}

} // namespace
} // namespace azoth::engine

namespace azoth {

asio::awaitable<TwoPhaseTransaction> Connection::begin_twophase(std::string xid) {
    return engine::begin_twophase_on(lease_, std::move(xid));
}
asio::awaitable<std::vector<std::string>> Connection::recover_twophase() { return engine::recover_on(lease_); }
asio::awaitable<void> Connection::commit_prepared(std::string xid) {
    return engine::end_prepared(lease_, std::move(xid), true);
}
asio::awaitable<void> Connection::rollback_prepared(std::string xid) {
    return engine::end_prepared(lease_, std::move(xid), false);
}
asio::awaitable<IsolationLevel> Connection::get_isolation_level() { return engine::isolation_level_on(lease_); }

asio::awaitable<void> TwoPhaseTransaction::prepare() { return engine::prepare(lease_, serial_); }
asio::awaitable<void> TwoPhaseTransaction::commit() { return engine::commit_scope(lease_, serial_); }
asio::awaitable<void> TwoPhaseTransaction::rollback() { return engine::rollback_scope(lease_, serial_); }

} // namespace azoth
