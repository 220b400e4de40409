// SPDX-License-Identifier: MIT
// Prepared statements: prepare once, bind, execute, read.
#include "driver/mysql/connection.hpp"

#include <azoth/error.hpp>

#include <algorithm>
#include <cctype>
#include <limits>
#include <string_view>
#include <utility>

namespace azoth::mysql {
namespace {

constexpr std::size_t all_rows = std::numeric_limits<std::size_t>::max();

[[noreturn]] void
throw_parameter_count(const std::string& sql, std::size_t wanted, std::size_t given) {
    DiagnosticInfo info;
    info.code = errc::syntax_error;
    info.sqlstate = "07001"; // wrong number of parameters
    info.message = "the statement has " + std::to_string(wanted) + " placeholders, but " +
                   std::to_string(given) + " parameters were given";
    throw ProgrammingError(std::move(info), sql, {});
}

constexpr const char* columns_changed =
    "the columns of the result have changed since the statement was prepared; it was executed, but "
    "what it returned "
    "cannot be read";

/// To execute it twice does no harm.
bool only_reads(std::string_view sql) {
    static constexpr std::string_view select = "SELECT";
    const auto start = sql.find_first_not_of(" \t\r\n(");
    if (start == std::string_view::npos)
        return false;
    const auto word = sql.substr(start, select.size());
    return std::equal(word.begin(), word.end(), select.begin(), select.end(), [](char a, char b) {
        return std::toupper(static_cast<unsigned char>(a)) == b;
    });
}

} // namespace

asio::awaitable<driver::Result> Connection::execute(driver::Statement statement) {
    Operation operation{*this};
    if (!retired_.empty())
        co_await close_retired();
    PreparedStatement* prepared = nullptr;
    // One round trip instead of two for what is executed once.
    const bool as_text = !statement.prepare && statement.params.empty();
    if (!as_text) {
        prepared = cache_.find(*statement.sql, statement.sql_hash);
        if (prepared == nullptr || !prepared->is_prepared()) {
            prepared = co_await prepare(statement, statement.params.size());
        }
    }
    if (prepared == nullptr) {
        auto result = co_await execute_text(*statement.sql);
        co_return result;
    }
    bind(*prepared, statement.params, statement.param_types);
    start_execution(*prepared);
    if (call_.pending())
        co_await finish_call();
    const bool current = finish_execution(*prepared);
    if (!current)
        prepared = co_await execute_anew(statement, *prepared);
    if (current_ == nullptr)
        co_return change_result(*prepared);
    auto result = co_await read_result(*prepared);
    co_return result;
}

asio::awaitable<PreparedStatement*>
Connection::prepare(const driver::Statement& statement, std::size_t parameters) {
    auto* prepared = cache_.find(*statement.sql, statement.sql_hash);
    if (prepared != nullptr && prepared->is_prepared())
        co_return prepared;
    if (prepared != nullptr)
        retire(*prepared); // its preparation was cut off

    auto fresh =
        std::make_unique<PreparedStatement>(handle_.get(), *statement.sql, statement.sql_hash);
    prepared = fresh.get();
    const bool keep = statement.prepare && cache_.capacity() != 0;
    if (keep) {
        cache_.insert(std::move(fresh));
        if (auto surplus = cache_.take_surplus())
            retired_.push_back(std::move(surplus));
    } else {
        retired_.push_back(std::move(fresh)); // lives until the next statement
    }
    const auto& sql = prepared->sql();
    call_.begin<mysql_stmt_prepare_start, mysql_stmt_prepare_cont>(
        prepared->handle(),
        sql.data(),
        static_cast<unsigned long>(sql.size())
    );
    if (call_.pending())
        co_await finish_call();
    if (call_.result() == 0)
        co_return prepared;
    const bool unsupported = mysql_stmt_errno(prepared->handle()) == ER_UNSUPPORTED_PS;
    if (keep)
        retire(*prepared);
    if (unsupported && parameters == 0)
        co_return nullptr;
    fail(*prepared);
}

void Connection::retire(const PreparedStatement& statement) {
    if (auto taken = cache_.take(&statement))
        retired_.push_back(std::move(taken));
}

asio::awaitable<void> Connection::close_retired() {
    while (!retired_.empty()) {
        auto* const handle = retired_.back()->release();
        retired_.pop_back();
        call_.begin<mysql_stmt_close_start, mysql_stmt_close_cont>(handle
        ); // the server does not answer
        if (call_.pending())
            co_await finish_call();
    }
}

void Connection::bind(
    PreparedStatement& statement,
    std::span<const Param> params,
    std::span<const Type> types
) {
    auto* const handle = statement.handle();
    const std::size_t wanted = mysql_stmt_param_count(handle);
    if (wanted != params.size())
        throw_parameter_count(statement.sql(), wanted, params.size());
    if (statement.bulk) {
        sink_.stop_supplying(handle);
        statement.bulk = false;
    }
    if (params.empty())
        return;
    try {
        binder_.bind(params, types);
    } catch (const DataError& error) {
        throw DataError(error.info(), statement.sql(), {});
    }
    if (mysql_stmt_bind_param(handle, binder_.data()) != 0)
        fail(statement);
}

void Connection::start_execution(PreparedStatement& statement) {
    current_ = &statement;
    call_.begin<mysql_stmt_execute_start, mysql_stmt_execute_cont>(statement.handle());
}

bool Connection::finish_execution(PreparedStatement& statement) {
    auto* const handle = statement.handle();
    if (call_.result() != 0) {
        current_ = nullptr;
        if (mysql_stmt_errno(handle) == CR_NEW_STMT_METADATA)
            return false;
        fail(statement);
    }
    status_is_stale_ = false;
    if (mysql_stmt_field_count(handle) == 0)
        current_ = nullptr;
    else
        statement.update_columns();
    return true;
}

asio::awaitable<PreparedStatement*>
Connection::execute_anew(const driver::Statement& statement, PreparedStatement& outdated) {
    if (!only_reads(*statement.sql))
        co_await give_up_outdated(outdated);
    // The result that has begun is read away when the statement is closed.
    retire(outdated);
    co_await close_retired();
    auto* const fresh = co_await prepare(statement, 1);
    bind(*fresh, statement.params, statement.param_types);
    start_execution(*fresh);
    if (call_.pending())
        co_await finish_call();
    const bool current = finish_execution(*fresh);
    if (!current)
        co_await give_up_outdated(*fresh);
    co_return fresh;
}

asio::awaitable<void> Connection::give_up_outdated(PreparedStatement& outdated) {
    const std::string sql = outdated.sql();
    retire(outdated);
    co_await close_retired();
    fail(NativeError{CR_NEW_STMT_METADATA, "HY000", columns_changed}, sql);
}

driver::Result Connection::change_result(const PreparedStatement& statement) {
    driver::Result result;
    result.affected = static_cast<std::int64_t>(mysql_stmt_affected_rows(statement.handle()));
    result.last_insert_id = static_cast<std::int64_t>(mysql_stmt_insert_id(statement.handle()));
    return result;
}

asio::awaitable<bool> Connection::read_rows(
    PreparedStatement& statement,
    std::shared_ptr<driver::PackedRows> rows,
    std::size_t limit
) {
    auto* const handle = statement.handle();
    sink_.deliver(handle, statement.decoders(), rows);
    for (std::size_t i = 0; i < limit; ++i) {
        call_.begin<mysql_stmt_fetch_start, mysql_stmt_fetch_cont>(handle);
        if (call_.pending())
            co_await finish_call();
        const int outcome = call_.result();
        if (outcome != 0) {
            current_ = nullptr;
            sink_.release();
            if (outcome != MYSQL_NO_DATA)
                fail(statement);
            co_return true;
        }
        sink_.rethrow();
        rows->finish_row();
    }
    sink_.release();
    co_return false;
}

asio::awaitable<driver::Result> Connection::read_result(PreparedStatement& statement) {
    driver::Result result;
    auto* const handle = statement.handle();
    auto rows = std::make_shared<driver::PackedRows>(statement.columns()->size());
    result.columns = statement.columns();
    co_await read_rows(statement, rows, all_rows);
    result.rows = std::move(rows);
    if (mysql_stmt_more_results(handle))
        co_await discard_more_results(statement);
    co_return result;
}

asio::awaitable<void> Connection::discard_more_results(PreparedStatement& statement) {
    auto* const handle = statement.handle();
    if (!mysql_stmt_more_results(handle))
        co_return;
    // The library has overwritten the columns with those of the last result: CALL is prepared anew
    // each time.
    retire(statement);
    current_ = &statement;
    while (mysql_stmt_more_results(handle)) {
        call_.begin<mysql_stmt_next_result_start, mysql_stmt_next_result_cont>(handle);
        if (call_.pending())
            co_await finish_call();
        if (call_.result() > 0) {
            current_ = nullptr;
            fail(statement);
        }
        co_await discard_rows(all_rows);
        current_ = &statement;
    }
    current_ = nullptr;
}

asio::awaitable<bool> Connection::discard_rows(std::size_t limit) {
    auto* const handle = current_->handle();
    sink_.discard(handle);
    for (std::size_t i = 0; i < limit; ++i) {
        // Where a result has no rows, this fails without asking the server.
        call_.begin<mysql_stmt_fetch_start, mysql_stmt_fetch_cont>(handle);
        if (call_.pending())
            co_await finish_call();
        if (call_.result() != 0) {
            current_ = nullptr;
            co_return true;
        }
    }
    co_return false;
}

} // namespace azoth::mysql
