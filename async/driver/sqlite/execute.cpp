// SPDX-License-Identifier: MIT
// Statements as tasks: one execution.
#include "driver/sqlite/execute.hpp"

#include <chrono>
#include <limits>
#include <utility>

#include <sqlite3.h>

#include "driver/sqlite/error.hpp"
#include "driver/sqlite/row.hpp"
#include "driver/sqlite/sql_text.hpp"

namespace azoth::sqlite {
namespace {

// An opaque read (a count over a whole table) may run here again after it took less than this.
constexpr std::chrono::microseconds short_enough{300};

bool is_lock(int code) noexcept {
    // Another connection's lock. SQLITE_LOCKED alone is a conflict with this connection's own statements.
    return (code & 0xff) == SQLITE_BUSY || code == SQLITE_LOCKED_SHAREDCACHE;
}

} // namespace

std::optional<Outcome> StatementTask::prepare(Place place, std::span<const Param> params) {
    if (statement_ == nullptr) {
        if (place == Place::loop && database_.options.execution == Execution::worker) return Outcome::worker;
        const auto acquired =
            database_.statements.acquire(database_.handle, sql(), text_.sql_hash, text_.prepare);
        if (acquired.statement == nullptr) return failed(acquired.code);
        statement_ = acquired.statement;
        if (acquired.tail != nullptr) {
            const std::string_view rest{
                acquired.tail, static_cast<std::size_t>(sql().data() + sql().size() - acquired.tail)};
            if (!skip_blank(rest).empty()) {
                release();
                throw_programming_error(
                    "more than one statement in the text; SQLite takes one at a time", sql());
            }
        }
        if (statement_->handle == nullptr) { // nothing but comments
            release();
            return Outcome::done;
        }
    }
    if (place == Place::loop && !database_.may_run_here(*statement_, params)) return Outcome::worker;
    return std::nullopt;
}

Outcome StatementTask::failed(int code) {
    auto report = diagnose(database_.handle, code); // first: resetting forgets the message
    if (statement_ != nullptr) sqlite3_reset(statement_->handle);
    if ((code & 0xff) == SQLITE_INTERRUPT) {
        if (database_.canceled()) return Outcome::canceled;
        if (database_.budget_exceeded()) {
            if (statement_ != nullptr) statement_->slow = true;
            return Outcome::worker;
        }
    }
    if (is_lock(report.native_code)) {
        // A transaction that has read keeps the state it has seen. It cannot write to one that others have
        // moved on from, and waiting while it holds its read lock may be what the others wait for.
        const bool holds_state = sqlite3_get_autocommit(database_.handle) == 0
                                 && sqlite3_txn_state(database_.handle, nullptr) == SQLITE_TXN_READ;
        if (!holds_state && report.native_code != SQLITE_BUSY_SNAPSHOT)
            return wait_for_lock(std::move(report));
        report.message +=
            ": the transaction has read before it wants to write, and another connection writes; "
            "roll back and run it again, or begin it as serializable (BEGIN IMMEDIATE)";
    }
    throw_error(std::move(report), sql());
}

void StatementTask::release() noexcept {
    if (statement_ == nullptr) return;
    auto& statement = *std::exchange(statement_, nullptr);
    if (!database_.closed) database_.statements.release(statement); // else the worker closes everything
}

void StatementTask::finish(Place place, std::size_t runs) {
    auto& statement = *statement_;
    const auto& traits = statement.traits;
    // A read that stayed within the budget on the loop has nothing to say: it would have been stopped.
    if (place == Place::worker || traits.kind == StatementKind::change)
        statement.slow = database_.took_long(runs);
    if (traits.attaches) database_.durable = true;
    const bool sets = traits.sets;
    release();
    if (sets) database_.read_durability();
}

int SingleRun::step_rows(Place place) {
    auto* handle = statement_->handle;
    int rc = sqlite3_step(handle);
    if (!rows_ && (rc == SQLITE_ROW || rc == SQLITE_DONE)) {
        // Not before the step: only that notices a changed schema.
        result_.columns = statement_->current_columns();
        if (result_.columns) {
            rows_ = std::make_shared<driver::PackedRows>(static_cast<std::size_t>(statement_->column_count));
        }
    }
    std::size_t left = place == Place::loop ? inline_rows : std::numeric_limits<std::size_t>::max();
    while (rc == SQLITE_ROW) {
        append_row(handle, statement_->column_count, *rows_);
        if (--left == 0) break;
        rc = sqlite3_step(handle);
    }
    return rc;
}

Outcome SingleRun::advance(Place place) {
    if (const auto outcome = prepare(place, text_.params)) return *outcome;
    if (!bound_) {
        // Borrowed: the caller's coroutine is suspended for as long as this runs, on whichever thread.
        bind_all(statement_->handle, statement_->parameter_count, text_.params, Lifetime::borrowed, sql());
        bound_ = true;
    }
    const auto& traits = statement_->traits;
    const bool stoppable =
        traits.kind == StatementKind::read && database_.options.execution != Execution::here;
    database_.begin_budget(place, stoppable);
    using Clock = std::chrono::steady_clock;
    const auto start = traits.opaque ? Clock::now() : Clock::time_point{};
    const int rc = step_rows(place);
    if (rc == SQLITE_ROW) return slice_over();
    if (rc != SQLITE_DONE) {
        rows_ = nullptr; // begun again, if at all
        result_.columns = nullptr;
        return failed(rc);
    }
    if (traits.opaque) statement_->proved_short = Clock::now() - start < short_enough;
    if (traits.kind == StatementKind::change) {
        result_.affected = sqlite3_changes64(database_.handle);
        if (traits.inserts && result_.affected > 0) {
            result_.last_insert_id = sqlite3_last_insert_rowid(database_.handle);
        }
    }
    result_.rows = std::move(rows_);
    finish(place);
    return Outcome::done;
}

} // namespace azoth::sqlite
