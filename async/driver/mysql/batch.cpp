// SPDX-License-Identifier: MIT
// One statement for many rows of parameters: array binding where nothing is to be handed back, else one by one.
#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include <azoth/error.hpp>

#include "driver/mysql/connection.hpp"

namespace azoth::mysql {
namespace {

// Well below any server's max_allowed_packet (16 MiB unless changed), and enough for a round trip not to matter.
constexpr std::size_t request_size = 1024 * 1024;

bool has_array_binding(MYSQL* handle) noexcept {
    unsigned long capabilities = 0;
    mariadb_get_infov(handle, MARIADB_CONNECTION_EXTENDED_SERVER_CAPABILITIES, &capabilities);
    return (capabilities & (MARIADB_CLIENT_STMT_BULK_OPERATIONS >> 32U)) != 0;
}

/// Rows changed by one execution, also where it answers with rows: RETURNING, and newer servers' report of each row of
/// an array (MariaDB 11.5, with a client library that asks for it).
std::int64_t affected_by(const driver::Result& result) {
    if (result.rows == nullptr) return std::max<std::int64_t>(result.affected, 0);
    const auto rows = result.rows->row_count();
    if (result.columns->size() != 2 || result.columns->back().name != "Affected_rows") {
        return static_cast<std::int64_t>(rows);
    }
    std::int64_t sum = 0;
    for (std::size_t row = 0; row < rows; ++row) sum += result.rows->field(row, 1).integer;
    return sum;
}

} // namespace

asio::awaitable<driver::BatchResult> Connection::execute_batch(
    driver::Statement statement, std::span<const Param> params, std::size_t rows, driver::BatchWants wants) {
    Operation operation{*this};
    const std::size_t columns = statement.param_types.size();
    if (params.size() != rows * columns) {
        throw ArgumentError(
            "a batch of " + std::to_string(rows) + " rows with " + std::to_string(columns) + " parameters each, but "
            + std::to_string(params.size()) + " parameters were given");
    }
    driver::BatchResult result;
    if (rows == 0) co_return result;
    if (!retired_.empty()) co_await close_retired();
    // A batch is worth preparing, and array binding needs it.
    auto* prepared = co_await prepare(statement, 1);

    const bool fits = columns != 0 && columns == mysql_stmt_param_count(prepared->handle());
    if (wants == driver::BatchWants::nothing && rows > 1 && fits && has_array_binding(handle_.get())) {
        auto binder = BulkBinder::make(params, statement.param_types, columns);
        if (binder) {
            result.affected = co_await execute_bulk(*prepared, *binder, rows);
            if (result.affected >= 0) co_return result;
            result.affected = 0; // not a kind of statement that takes arrays
        }
    }
    for (std::size_t row = 0; row < rows; ++row) {
        statement.params = params.subspan(row * columns, columns);
        bind(*prepared, statement.params, statement.param_types);
        start_execution(*prepared);
        if (call_.pending()) co_await finish_call();
        const bool current = finish_execution(*prepared);
        if (!current) prepared = co_await execute_anew(statement, *prepared);
        driver::Result one;
        if (current_ != nullptr) one = co_await read_result(*prepared);
        else one = change_result(*prepared);
        result.affected += affected_by(one);
        if (wants == driver::BatchWants::rows) result.rows.push_back(std::move(one.rows));
        if (wants == driver::BatchWants::last_insert_ids) result.last_insert_ids.push_back(one.last_insert_id);
    }
    co_return result;
}

asio::awaitable<std::int64_t>
Connection::execute_bulk(PreparedStatement& statement, BulkBinder& binder, std::size_t rows) {
    auto* const handle = statement.handle();
    if (mysql_stmt_bind_param(handle, binder.data()) != 0) fail(statement);
    std::int64_t affected = 0;
    for (std::size_t row = 0; row < rows;) {
        const std::size_t count = binder.rows_within(row, request_size);
        binder.start_at(row);
        statement.bulk = true;
        sink_.supply(handle, &binder, static_cast<unsigned int>(count));
        start_execution(statement);
        if (call_.pending()) co_await finish_call();
        if (call_.result() != 0) {
            current_ = nullptr;
            binder.rethrow(statement.sql());
            if (row == 0 && mysql_stmt_errno(handle) == ER_UNSUPPORTED_PS) co_return -1;
            fail(statement);
        }
        static_cast<void>(finish_execution(statement)); // has succeeded
        driver::Result result;
        if (current_ != nullptr) result = co_await read_result(statement);
        else result = change_result(statement);
        affected += affected_by(result);
        row += count;
    }
    co_return affected;
}

} // namespace azoth::mysql
