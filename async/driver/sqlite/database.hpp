// SPDX-License-Identifier: MIT
// One open database with all that belongs to it, shared by the connection, its running operation and the worker.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>

#include <azoth/types/field.hpp>

#include "driver/sqlite/options.hpp"
#include "driver/sqlite/statement.hpp"
#include "driver/sqlite/task.hpp"
#include "driver/sqlite/worker.hpp"

namespace azoth::sqlite {

class CursorState;

/// The budget of a statement on the caller's thread: about 0.3 ms of SQLite's virtual machine, or this many
/// rows.
inline constexpr int instructions_per_tick = 1000;
inline constexpr std::int64_t inline_ticks = 50;
inline constexpr std::size_t inline_rows = 2000;
/// Parameters of a change that are copied into pages here; writing more than this goes to the worker.
inline constexpr std::size_t inline_bytes = std::size_t{1} << 20;
/// Statements that may finish here, one after another, before other coroutines of the context get a turn.
inline constexpr int statements_per_turn = 64;

/// Thread safety: the connection's side uses everything while the worker is idle, and while it is not only
/// what says "any time". The worker's mutex orders both sides.
class Database : public std::enable_shared_from_this<Database> {
public:
    explicit Database(Options options);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    Options options;
    sqlite3* handle = nullptr;
    StatementCache statements;

    /// A COMMIT may have to wait for the disk: a file, and `synchronous` is not off.
    bool durable = false;
    /// `PRAGMA query_only` is set for the current transaction.
    bool query_only = false;

    // ---- the connection's side only, any time
    bool busy = false;           ///< an operation runs, or a cursor is open
    bool cut_off = false;        ///< an operation was cancelled: recover() comes first
    bool closed = false;         ///< nobody but the worker touches `handle` any more
    bool in_transaction = false; ///< as seen last while the worker was idle
    int turns_left = statements_per_turn;
    std::shared_ptr<CursorState> cursor; ///< the open one

    /// Sets what the next steps may cost; without a limit the cost is only counted.
    void begin_budget(Place place, bool stoppable) noexcept {
        ticks_left_ = place == Place::loop && stoppable ? inline_ticks : unlimited;
        exceeded_ = false;
    }
    [[nodiscard]] bool budget_exceeded() const noexcept { return exceeded_; }
    /// True when the work since `begin_budget()`, which had no limit, took longer than `runs` times the
    /// budget.
    [[nodiscard]] bool took_long(std::size_t runs) const noexcept {
        return unlimited - ticks_left_ > inline_ticks * static_cast<std::int64_t>(runs);
    }

    [[nodiscard]] bool canceled() const noexcept { return cancel_.load(std::memory_order_relaxed); }
    /// Asks what the worker does now to stop. Any time.
    void cancel() noexcept;
    void forget_cancel() noexcept { cancel_.store(false, std::memory_order_relaxed); }

    /// May `statement` run on the caller's thread?
    [[nodiscard]] bool
    may_run_here(const PreparedStatement& statement, std::span<const Param> params) const noexcept;
    /// May ending the transaction run on the caller's thread?
    [[nodiscard]] bool may_end_here() const noexcept;
    /// Re-reads `durable`.
    void read_durability();

    /// Starts the worker's thread, if that has not happened. @throws OperationalError when there are no
    /// threads left
    void need_worker();
    [[nodiscard]] bool worker_idle() { return !worker.has_thread() || worker.idle(); }
    /// True when the handle may be asked now.
    [[nodiscard]] bool transaction_open() noexcept;

    /// Finalizes everything and closes the handle, on the calling thread.
    void shut() noexcept;
    /// Closes without waiting: at once where that cannot block, else on the worker. Idempotent.
    void abandon() noexcept;

    Worker worker;

private:
    static constexpr std::int64_t unlimited = std::numeric_limits<std::int64_t>::max();
    friend class OpenTask;
    static int on_progress(void* self) noexcept;

    std::int64_t ticks_left_ = unlimited;
    bool exceeded_ = false;
    std::atomic<bool> cancel_ = false;
};

/// Holds a connection for one operation. @throws ResourceClosedError, InvalidRequestError when it cannot be
/// had.
class Operation {
public:
    explicit Operation(Database& database);
    ~Operation() {
        if (!handed_over_) database_.busy = false;
    }
    Operation(const Operation&) = delete;
    Operation& operator=(const Operation&) = delete;

    /// The connection stays busy: a cursor holds it from now on.
    void hand_over() noexcept { handed_over_ = true; }

private:
    Database& database_;
    bool handed_over_ = false;
};

} // namespace azoth::sqlite
