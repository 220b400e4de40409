// SPDX-License-Identifier: MIT
// Transactions, plain statements and ping.
#include "driver/mysql/connection.hpp"

#include <azoth/error.hpp>

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
}

asio::awaitable<void> Connection::commit() {
    Operation operation{*this};
    start_query("COMMIT");
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

} // namespace azoth::mysql
