// SPDX-License-Identifier: MIT
// A connection's everyday verbs: statements, batches, cursors.
#include "driver/sqlite/connection.hpp"

#include <functional>
#include <utility>

#include <sqlite3.h>

#include <azoth/error.hpp>

#include "driver/sqlite/cursor.hpp"
#include "driver/sqlite/execute.hpp"
#include "driver/sqlite/wait.hpp"

namespace azoth::sqlite {

// The coroutines here share the database instead of using `this`: a connection may be destroyed before the
// frames that used it, when a whole context goes.

asio::awaitable<driver::Result> Connection::execute(driver::Statement statement) {
    const auto database = database_;
    if (turn_is_over(*database)) co_await asio::post(asio::use_awaitable);
    const Operation operation(*database);
    SingleRun run(*database, statement);
    const auto outcome = run.advance(Place::loop);
    if (outcome != Outcome::done) co_await drive(database, run, outcome);
    co_return run.take_result();
}

asio::awaitable<driver::BatchResult> Connection::execute_batch(
    driver::Statement statement, std::span<const Param> params, std::size_t rows, driver::BatchWants wants) {
    const auto database = database_;
    if (turn_is_over(*database)) co_await asio::post(asio::use_awaitable);
    const Operation operation(*database);
    BatchRun run(*database, statement, params, rows, wants);
    const auto outcome = run.advance(Place::loop);
    if (outcome != Outcome::done) co_await drive(database, run, outcome);
    co_return run.take_result();
}

asio::awaitable<std::unique_ptr<driver::Cursor>> Connection::open_cursor(driver::Statement statement) {
    const auto database = database_;
    if (turn_is_over(*database)) co_await asio::post(asio::use_awaitable);
    Operation operation(*database);
    auto state = std::make_shared<CursorState>(*database, statement);
    // CursorState does not clean up by itself; until a Cursor does, this does.
    struct Cleanup {
        explicit Cleanup(CursorState* s) noexcept : state(s) {}
        ~Cleanup() {
            if (state != nullptr) state->release();
        }
        Cleanup(const Cleanup&) = delete;
        Cleanup& operator=(const Cleanup&) = delete;
        CursorState* state;
    } cleanup(state.get());
    const auto outcome = state->advance(Place::loop);
    if (outcome != Outcome::done) co_await drive(database, *state, outcome);
    std::unique_ptr<driver::Cursor> cursor = std::make_unique<Cursor>(database, std::move(state));
    cleanup.state = nullptr;
    operation.hand_over();
    co_return cursor;
}

asio::awaitable<void> Connection::run(std::string sql) {
    driver::Statement statement(sql, std::hash<std::string>{}(sql));
    statement.prepare = false;
    co_await execute(statement);
}

asio::awaitable<void> Connection::ping() {
    // There is no server that could have gone.
    const Operation operation(*database_);
    co_return;
}

std::string Connection::server_version() const { return sqlite3_libversion(); }

} // namespace azoth::sqlite
