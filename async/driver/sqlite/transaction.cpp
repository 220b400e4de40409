// SPDX-License-Identifier: MIT
// A connection's transactions, and its return to order after a cancellation.
#include <algorithm>
#include <chrono>
#include <functional>
#include <string>
#include <utility>

#include <sqlite3.h>

#include <azoth/error.hpp>
#include <azoth/types/type_traits.hpp>

#include "driver/sqlite/connection.hpp"
#include "driver/sqlite/cursor.hpp"
#include "driver/sqlite/error.hpp"
#include "driver/sqlite/execute.hpp"
#include "driver/sqlite/wait.hpp"

namespace azoth::sqlite {
namespace {

/// A statement that every connection uses, with its hash.
struct Phrase {
    explicit Phrase(const char* text) : sql(text), hash(std::hash<std::string>{}(sql)) {}
    [[nodiscard]] driver::Statement statement() const { return {sql, hash}; }

    std::string sql;
    std::size_t hash;
};

// Between two looks at a worker that is to stop: a statement rarely needs longer to notice.
constexpr std::chrono::milliseconds longest_pause{20};

struct Phrases {
    Phrase begin{"BEGIN"};
    Phrase begin_immediate{"BEGIN IMMEDIATE"};
    Phrase commit{"COMMIT"};
    Phrase rollback{"ROLLBACK"};
    Phrase query_only{"PRAGMA query_only = 1"};
    Phrase query_any{"PRAGMA query_only = 0"};
};

const Phrases& phrases() {
    static const Phrases instance;
    return instance;
}

/// Setting a flag in memory: always here, whatever the placement of other pragmas.
void set_query_only(Database& database, bool on) {
    const auto& phrase = on ? phrases().query_only : phrases().query_any;
    char* message = nullptr;
    const int rc = sqlite3_exec(database.handle, phrase.sql.c_str(), nullptr, nullptr, &message);
    sqlite3_free(message);
    if (rc != SQLITE_OK) throw_error(diagnose(database.handle, rc), phrase.sql);
    database.query_only = on;
}

asio::awaitable<void> perform(std::shared_ptr<Database> database, const Phrase& phrase, bool see_through) {
    SingleRun run(*database, phrase.statement());
    if (see_through) run.see_through();
    const auto outcome = run.advance(Place::loop);
    if (outcome != Outcome::done) co_await drive(database, run, outcome);
}

asio::awaitable<void> roll_back(std::shared_ptr<Database> database) {
    // Some errors (a full disk, an interrupted change) have rolled back already.
    if (sqlite3_get_autocommit(database->handle) == 0) co_await perform(database, phrases().rollback, true);
    if (database->query_only) set_query_only(*database, false);
}

} // namespace

asio::awaitable<void> Connection::begin(driver::BeginOptions options) {
    const auto database = database_;
    if (turn_is_over(*database)) co_await asio::post(asio::use_awaitable);
    const Operation operation(*database);
    if (options.isolation_level == driver::IsolationLevel::serializable && !options.read_only) {
        co_await perform(database, phrases().begin_immediate, false);
    } else {
        co_await perform(database, phrases().begin, false);
    }
    if (options.read_only) set_query_only(*database, true);
}

asio::awaitable<void> Connection::commit() {
    const auto database = database_;
    const Operation operation(*database);
    co_await perform(database, phrases().commit, true);
    if (database->query_only) set_query_only(*database, false);
}

asio::awaitable<void> Connection::rollback() {
    const auto database = database_;
    const Operation operation(*database);
    co_await roll_back(database);
}

asio::awaitable<driver::IsolationLevel> Connection::isolation_level() {
    const std::string sql = "PRAGMA read_uncommitted";
    const driver::Statement statement{sql, std::hash<std::string>{}(sql)};
    const auto result = co_await execute(statement);
    const bool dirty = result.rows != nullptr && result.rows->row_count() > 0 &&
                       wire::decode_integer(result.rows->field(0, 0)) != 0;
    co_return dirty ? driver::IsolationLevel::read_uncommitted : driver::IsolationLevel::serializable;
}

asio::awaitable<driver::ServerInfo> Connection::server_info() {
    driver::ServerInfo info;
    info.default_schema = "main";
    info.default_isolation_level = driver::IsolationLevel::serializable;
    co_return info;
}

asio::awaitable<void> Connection::recover(std::chrono::steady_clock::time_point deadline) {
    const auto database = database_;
    if (database->closed) throw ResourceClosedError("this SQLite connection is closed");
    database->cut_off = true; // until all of this has succeeded
    database->cancel();
    // Asked for from time to time, which unlike a wait can be given up: nothing of this frame is the
    // worker's.
    const auto executor = co_await asio::this_coro::executor;
    asio::steady_timer timer(executor);
    for (std::chrono::milliseconds pause{1}; !database->worker_idle();
         pause = std::min(pause * 2, longest_pause)) {
        if (std::chrono::steady_clock::now() >= deadline) {
            DiagnosticInfo info;
            info.code = errc::query_canceled;
            info.message = "the running SQLite statement did not stop in time";
            info.disconnect = true;
            throw_database_error(std::move(info));
        }
        timer.expires_at(std::min(deadline, std::chrono::steady_clock::now() + pause));
        co_await timer.async_wait(asio::use_awaitable);
        if (database->closed)
            throw ResourceClosedError("this SQLite connection was closed while it was recovered");
    }
    database->forget_cancel();
    if (const auto cursor = std::exchange(database->cursor, nullptr)) cursor->release();
    // Ours are reset by now; what a user left running on the native handle would keep the transaction open.
    for (auto* statement = sqlite3_next_stmt(database->handle, nullptr); statement != nullptr;
         statement = sqlite3_next_stmt(database->handle, statement)) {
        if (sqlite3_stmt_busy(statement) != 0) sqlite3_reset(statement);
    }
    co_await roll_back(database);
    database->cut_off = false;
    database->busy = false;
}

} // namespace azoth::sqlite
