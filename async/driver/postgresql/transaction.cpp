// SPDX-License-Identifier: MIT
// BEGIN, COMMIT and ROLLBACK, and what a COMMIT's answer may mean.
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <azoth/error.hpp>
#include <azoth/types/type_traits.hpp>

#include "driver/isolation.hpp"
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
    if (options.deferrable) sql += " DEFERRABLE";
    return sql;
}

asio::awaitable<void> Connection::begin(driver::BeginOptions options) {
    Operation operation{*this};
    const std::string sql = begin_text(options);
    co_await run_simple(sql);
}

asio::awaitable<void> Connection::commit_by(std::string sql, std::string_view tag) {
    Operation operation{*this};
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
    if (answer != nullptr && std::string_view{PQcmdStatus(answer.get())} != tag) {
        DiagnosticInfo info;
        info.sqlstate = "25P02";
        info.message =
            "the transaction was rolled back instead of committed, because a statement in it had failed; "
            "use a savepoint around statements that may fail";
        throw InternalError(std::move(info), sql, {});
    }
}

asio::awaitable<void> Connection::commit() { return commit_by("COMMIT", "COMMIT"); }

asio::awaitable<void> Connection::rollback() {
    Operation operation{*this};
    const std::string sql = "ROLLBACK";
    co_await run_simple(sql);
}

// ---- two phases --------------------------------------------------------------------------------

namespace {

/// As a literal that means the same whatever standard_conforming_strings says.
std::string as_literal(const std::string& xid) {
    std::string text = "E'";
    for (const char c : xid) {
        if (c == '\'' || c == '\\') text += c;
        text += c;
    }
    return text + "'";
}

std::vector<std::string> first_column(const driver::Result& result) {
    std::vector<std::string> values;
    if (result.rows == nullptr) return values;
    values.resize(result.rows->row_count());
    for (std::size_t i = 0; i < values.size(); ++i)
        if (const auto field = result.rows->field(i, 0); !field.is_null()) wire::decode_string(field, values[i]);
    return values;
}

} // namespace

asio::awaitable<void> Connection::begin_twophase(std::string, driver::BeginOptions options) { return begin(options); }

asio::awaitable<void> Connection::prepare_twophase(std::string xid) {
    // A transaction in which a statement has failed is rolled back instead, as by COMMIT.
    return commit_by("PREPARE TRANSACTION " + as_literal(xid), "PREPARE TRANSACTION");
}

asio::awaitable<void> Connection::commit_twophase(std::string xid, bool prepared) {
    if (!prepared) return commit();
    return commit_by("COMMIT PREPARED " + as_literal(xid), "COMMIT PREPARED");
}

asio::awaitable<void> Connection::rollback_twophase(std::string xid, bool prepared) {
    if (!prepared) return rollback();
    return run("ROLLBACK PREPARED " + as_literal(xid));
}

asio::awaitable<std::vector<std::string>> Connection::recover_twophase() {
    const std::string sql = "SELECT gid::text FROM pg_prepared_xacts WHERE database = current_database() ORDER BY gid";
    driver::Statement statement{sql, std::hash<std::string>{}(sql)};
    statement.prepare = false;
    const auto result = co_await execute(statement);
    co_return first_column(result);
}

asio::awaitable<driver::IsolationLevel> Connection::isolation_level() {
    const std::string sql = "SHOW transaction_isolation";
    driver::Statement statement{sql, std::hash<std::string>{}(sql)};
    statement.prepare = false;
    const auto result = co_await execute(statement);
    const auto values = first_column(result);
    co_return values.empty() ? driver::IsolationLevel::server_default : driver::isolation_level_of(values.front());
}

asio::awaitable<driver::ServerInfo> Connection::server_info() {
    const std::string sql = "SELECT unnest(ARRAY[current_schema()::text, current_setting('default_transaction_isolation')])";
    driver::Statement statement{sql, std::hash<std::string>{}(sql)};
    statement.prepare = false;
    const auto result = co_await execute(statement);
    const auto values = first_column(result);
    driver::ServerInfo info;
    if (values.size() == 2) {
        info.default_schema = values[0];
        info.default_isolation_level = driver::isolation_level_of(values[1]);
    }
    co_return info;
}

} // namespace azoth::postgresql
