// SPDX-License-Identifier: MIT
// BEGIN, COMMIT and ROLLBACK, and what a COMMIT's answer may mean.
#include <string>
#include <string_view>

#include <azoth/error.hpp>

#include "driver/postgresql/connection.hpp"
#include "driver/postgresql/error.hpp"
#include "driver/postgresql/pipeline.hpp"

namespace azoth::postgresql {
namespace {

std::string_view isolation_clause(driver::IsolationLevel level) {
    switch (level) {
    case driver::IsolationLevel::autocommit: // the engine sends no BEGIN
    case driver::IsolationLevel::server_default: break;
    case driver::IsolationLevel::read_uncommitted: return " ISOLATION LEVEL READ UNCOMMITTED";
    case driver::IsolationLevel::read_committed: return " ISOLATION LEVEL READ COMMITTED";
    case driver::IsolationLevel::repeatable_read: return " ISOLATION LEVEL REPEATABLE READ";
    case driver::IsolationLevel::serializable: return " ISOLATION LEVEL SERIALIZABLE";
    }
    return {};
}

[[noreturn]] void throw_commit_unknown(DiagnosticInfo info) {
    info.code = errc::connection_lost;
    info.message =
        "the answer to COMMIT was lost, the transaction may or may not be committed: " + info.message;
    throw CommitUnknownError(std::move(info), "COMMIT", {});
}

/// The server has answered COMMIT with an error, but cannot tell what became of the transaction.
bool is_undecided(const std::string& sqlstate) {
    return sqlstate == "08007" || sqlstate == "40003";
}

} // namespace

std::string begin_text(const driver::BeginOptions& options) {
    std::string sql = "BEGIN";
    sql += isolation_clause(options.isolation_level);
    if (options.read_only) sql += " READ ONLY";
    return sql;
}

asio::awaitable<void> Connection::begin(driver::BeginOptions options) {
    Operation operation{*this};
    const std::string sql = begin_text(options);
    co_await run_simple(sql);
}

asio::awaitable<void> Connection::commit() {
    Operation operation{*this};
    const std::string sql = "COMMIT";
    ResultPtr answer;
    try {
        answer = co_await run_simple(sql);
    } catch (const asio_system_error& error) {
        if (!in_flight_) throw; // nothing was sent
        // Cut off while the server was deciding: to call that an abort would be a guess.
        DiagnosticInfo info;
        info.message = error.what();
        throw_commit_unknown(std::move(info));
    } catch (const DBAPIError& error) {
        if (!error.is_disconnect() && !is_undecided(error.sqlstate())) throw;
        throw_commit_unknown(error.info());
    }
    // A transaction in which a statement has failed is rolled back, and the server calls that no error.
    if (answer != nullptr && std::string_view{PQcmdStatus(answer.get())} != "COMMIT") {
        DiagnosticInfo info;
        info.sqlstate = "25P02";
        info.message =
            "the transaction was rolled back instead of committed, because a statement in it had failed; "
            "use a savepoint around statements that may fail";
        throw InternalError(std::move(info), sql, {});
    }
}

asio::awaitable<void> Connection::rollback() {
    Operation operation{*this};
    const std::string sql = "ROLLBACK";
    co_await run_simple(sql);
}

} // namespace azoth::postgresql
