// SPDX-License-Identifier: MIT
// One open database with all that belongs to it, shared by the connection, its running operation and the worker.
#include "driver/sqlite/database.hpp"

#include <system_error>
#include <utility>

#include <sqlite3.h>

#include <azoth/error.hpp>

namespace azoth::sqlite {

Database::Database(Options wanted) : options(std::move(wanted)) {
    statements.set_capacity(options.statement_cache_size);
}

Database::~Database() { shut(); }

int Database::on_progress(void* self) noexcept {
    auto& database = *static_cast<Database*>(self);
    if (database.canceled()) return 1;
    if (--database.ticks_left_ >= 0) return 0;
    database.exceeded_ = true;
    return 1;
}

void Database::cancel() noexcept {
    // The flag is seen between instructions; the interrupt as well inside some long ones. The handle is open:
    // only the worker closes it, in a task that may not be interrupted or after its last.
    worker.interrupt([this] {
        cancel_.store(true, std::memory_order_relaxed);
        if (handle != nullptr) sqlite3_interrupt(handle);
    });
}

bool Database::may_end_here() const noexcept {
    return !durable || sqlite3_txn_state(handle, nullptr) != SQLITE_TXN_WRITE;
}

bool Database::may_run_here(
    const PreparedStatement& statement, std::span<const Param> params) const noexcept {
    if (options.execution == Execution::here) return true;
    if (options.execution == Execution::worker) return false;
    const auto& traits = statement.traits;
    switch (traits.kind) {
    case StatementKind::read: return !statement.slow && (!traits.opaque || statement.proved_short);
    case StatementKind::change: {
        // In autocommit mode the statement ends with a commit, which waits for the disk.
        if (!traits.bounded || statement.slow || (durable && sqlite3_get_autocommit(handle) != 0))
            return false;
        std::size_t bytes = 0;
        for (const auto& param : params) bytes += param.size;
        return bytes <= inline_bytes;
    }
    case StatementKind::begin: return true;
    case StatementKind::end: return may_end_here();
    case StatementKind::rollback_to: return !durable;
    case StatementKind::pragma: return traits.bounded;
    case StatementKind::other: return false;
    }
    return false;
}

void Database::read_durability() {
    durable = false;
    if (options.memory) return;
    sqlite3_stmt* statement = nullptr;
    durable = true; // the careful answer, should the question fail
    if (sqlite3_prepare_v2(handle, "PRAGMA synchronous", -1, &statement, nullptr) == SQLITE_OK
        && sqlite3_step(statement) == SQLITE_ROW) {
        durable = sqlite3_column_int(statement, 0) != 0;
    }
    sqlite3_finalize(statement);
}

void Database::need_worker() {
    if (worker.has_thread()) return;
    try {
        worker.start([self = shared_from_this()] { self->shut(); });
    } catch (const std::system_error& failure) {
        DiagnosticInfo info;
        info.sqlstate = "HY000";
        info.message = std::string{"cannot start the worker thread of a SQLite connection ("} + failure.what()
                       + "); execution=inline does without";
        throw_database_error(std::move(info));
    }
}

bool Database::transaction_open() noexcept {
    if (closed || handle == nullptr) return false;
    if (worker_idle()) in_transaction = sqlite3_get_autocommit(handle) == 0;
    return in_transaction;
}

void Database::shut() noexcept {
    if (handle == nullptr) return;
    statements.clear();
    // What a user prepared on the native handle keeps it alive until finalized, instead of leaking it.
    sqlite3_close_v2(std::exchange(handle, nullptr));
}

void Database::abandon() noexcept {
    if (closed) return;
    closed = true;
    busy = false;
    cut_off = false;
    cursor = nullptr;
    cancel();
    // The last connection to a file that goes writes back its log: that is for a thread that may wait.
    const bool may_block = handle != nullptr && !options.memory && options.execution != Execution::here;
    if (!worker.has_thread() && may_block) {
        try {
            worker.start([self = shared_from_this()] { self->shut(); });
        } catch (...) {
            // No thread to be had: then here, blocking, rather than not at all.
        }
    }
    if (worker.has_thread()) worker.stop();
    else shut();
}

Operation::Operation(Database& database) : database_(database) {
    if (database.closed) throw ResourceClosedError("this SQLite connection is closed");
    if (database.cut_off) {
        throw InvalidRequestError(
            "an operation of this SQLite connection was cancelled: recover() it before further use");
    }
    if (database.busy) {
        throw InvalidRequestError("this SQLite connection is already in use: an operation has not been "
                                  "awaited to its end, or a cursor is "
                                  "open; use a connection for each coroutine");
    }
    database.busy = true;
    database.forget_cancel();
}

} // namespace azoth::sqlite
