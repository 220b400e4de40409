// SPDX-License-Identifier: MIT
// Transactions, plain statements and ping.
#include "driver/mysql/connection.hpp"

#include "driver/isolation.hpp"

#include <azoth/error.hpp>
#include <azoth/types/type_traits.hpp>

#include <string_view>
#include <utility>

namespace azoth::mysql {
namespace {

std::string_view isolation_statement(driver::IsolationLevel level) {
    switch (level) {
    case driver::IsolationLevel::autocommit: // the engine sends no BEGIN
    case driver::IsolationLevel::server_default:
        break;
    case driver::IsolationLevel::read_uncommitted:
        return "SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED";
    case driver::IsolationLevel::read_committed:
        return "SET TRANSACTION ISOLATION LEVEL READ COMMITTED";
    case driver::IsolationLevel::repeatable_read:
        return "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ";
    case driver::IsolationLevel::serializable:
        return "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE";
    }
    return {};
}

[[noreturn]] void throw_commit_unknown(DiagnosticInfo info) {
    info.code = errc::connection_lost;
    info.message = "the answer to COMMIT was lost, the transaction may or may not be committed: " +
                   info.message;
    throw CommitUnknownError(std::move(info), "COMMIT", {});
}

} // namespace

asio::awaitable<void> Connection::run(std::string sql) {
    Operation operation{*this};
    co_await query_and_discard(sql);
}

asio::awaitable<void> Connection::begin(driver::BeginOptions options) {
    Operation operation{*this};
    // Holds for the next transaction only, and cannot be set inside one.
    const auto isolation = isolation_statement(options.isolation_level);
    if (!isolation.empty()) {
        co_await query_and_discard(isolation);
        isolation_is_set_ = true; // cut off from here on, somebody else's transaction would get it
    }
    std::string_view start = "START TRANSACTION";
    if (options.read_only)
        start = "START TRANSACTION READ ONLY";
    co_await query_and_discard(start);
    isolation_is_set_ = false;
    begun_level_ = options.isolation_level;
}

asio::awaitable<void> Connection::commit_by(std::string sql) {
    start_query(sql);
    try {
        co_await finish_query();
    } catch (const asio_system_error& error) {
        // Cut off while the server was deciding: to call that an abort would be a guess.
        DiagnosticInfo info;
        info.message = error.what();
        throw_commit_unknown(std::move(info));
    } catch (const DBAPIError& error) {
        if (!error.is_disconnect())
            throw;
        throw_commit_unknown(error.info());
    }
}

asio::awaitable<void> Connection::commit() {
    Operation operation{*this};
    co_await commit_by("COMMIT");
}

asio::awaitable<void> Connection::rollback() {
    Operation operation{*this};
    co_await query_and_discard("ROLLBACK");
}

asio::awaitable<void> Connection::ping() {
    Operation operation{*this};
    call_.begin<mysql_ping_start, mysql_ping_cont>(handle_.get());
    if (call_.pending())
        co_await finish_call();
    if (call_.result() != 0)
        fail(std::string{});
}

// ---- two phases: the server calls them XA ------------------------------------------------------

namespace {

/// In hexadecimal digits, which mean the same in every sql_mode and character set.
std::string xa(std::string_view verb, const std::string& xid, std::string_view rest = {}) {
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string sql = "XA ";
    sql.append(verb).append(" X'");
    for (const char c : xid) {
        const auto byte = static_cast<unsigned char>(c);
        sql += digits[byte >> 4U];
        sql += digits[byte & 15U];
    }
    return sql.append("'").append(rest);
}

std::string text_at(const driver::Result& result, std::size_t row, std::size_t column) {
    std::string text;
    wire::decode_string(result.rows->field(row, column), text);
    return text;
}

} // namespace

asio::awaitable<void> Connection::begin_twophase(std::string xid, driver::BeginOptions options) {
    Operation operation{*this};
    const auto isolation = isolation_statement(options.isolation_level);
    if (!isolation.empty()) {
        co_await query_and_discard(isolation);
        isolation_is_set_ = true;
    }
    const auto start = xa("START", xid);
    co_await query_and_discard(start);
    isolation_is_set_ = false;
    begun_level_ = options.isolation_level;
}

asio::awaitable<void> Connection::prepare_twophase(std::string xid) {
    Operation operation{*this};
    const auto end = xa("END", xid);
    co_await query_and_discard(end);
    const auto prepare = xa("PREPARE", xid);
    co_await commit_by(prepare);
}

asio::awaitable<void> Connection::commit_twophase(std::string xid, bool prepared) {
    Operation operation{*this};
    if (!prepared) {
        const auto end = xa("END", xid);
        co_await query_and_discard(end);
    }
    const auto commit = xa("COMMIT", xid, prepared ? "" : " ONE PHASE");
    co_await commit_by(commit);
}

asio::awaitable<void> Connection::rollback_twophase(std::string xid, bool prepared) {
    Operation operation{*this};
    if (!prepared) {
        const auto end = xa("END", xid);
        try {
            co_await query_and_discard(end);
        } catch (const DBAPIError& error) { // ended already, or to be rolled back only: that is what follows
            if (error.is_disconnect())
                throw;
        }
    }
    const auto rollback = xa("ROLLBACK", xid);
    co_await query_and_discard(rollback);
}

asio::awaitable<std::vector<std::string>> Connection::recover_twophase() {
    Operation operation{*this};
    const std::string sql = "XA RECOVER";
    const auto result = co_await execute_text(sql);
    std::vector<std::string> xids;
    for (std::size_t i = 0; result.rows != nullptr && i < result.rows->row_count(); ++i) {
        const auto length = wire::decode_integer(result.rows->field(i, 1));
        xids.push_back(text_at(result, i, 3).substr(0, static_cast<std::size_t>(length)));
    }
    co_return xids;
}

asio::awaitable<driver::IsolationLevel> Connection::isolation_level() {
    Operation operation{*this};
    // The session's variable says nothing about a transaction that was begun with a level of its own.
    if (in_transaction() && begun_level_ != driver::IsolationLevel::server_default)
        co_return begun_level_;
    const std::string sql =
        "SHOW VARIABLES WHERE Variable_name IN ('transaction_isolation', 'tx_isolation')";
    const auto result = co_await execute_text(sql);
    if (result.rows == nullptr || result.rows->row_count() == 0)
        co_return driver::IsolationLevel::server_default;
    co_return driver::isolation_level_of(text_at(result, 0, 1));
}

asio::awaitable<driver::ServerInfo> Connection::server_info() {
    Operation operation{*this};
    const std::string sql = "SHOW VARIABLES WHERE Variable_name IN ('transaction_isolation', 'tx_isolation', 'sql_mode', "
                            "'lower_case_table_names')";
    const auto result = co_await execute_text(sql);
    driver::ServerInfo info;
    for (std::size_t i = 0; result.rows != nullptr && i < result.rows->row_count(); ++i) {
        const auto name = text_at(result, i, 0);
        const auto value = text_at(result, i, 1);
        if (name.ends_with("_isolation")) info.default_isolation_level = driver::isolation_level_of(value);
        if (name == "lower_case_table_names") info.lower_case_table_names = value == "2" ? 2 : (value == "1" ? 1 : 0);
        if (name != "sql_mode") continue;
        info.ansi_quotes = value.find("ANSI_QUOTES") != std::string::npos;
        info.no_backslash_escapes = value.find("NO_BACKSLASH_ESCAPES") != std::string::npos;
    }
    const std::string own = "SELECT database()";
    const auto schema = co_await execute_text(own);
    const bool has_schema = schema.rows != nullptr && schema.rows->row_count() == 1 && !schema.rows->field(0, 0).is_null();
    if (has_schema) info.default_schema = text_at(schema, 0, 0);
    co_return info;
}

} // namespace azoth::mysql
