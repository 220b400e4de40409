// SPDX-License-Identifier: MIT
// One statement for many rows of parameters: by array binding, or one by one.
#include "driver/mysql/connection.hpp"

#include <azoth/error.hpp>

#include <algorithm>
#include <cctype>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace azoth::mysql {
namespace {

// Well below any server's max_allowed_packet (16 MiB unless changed), and enough for a round trip
// not to matter.
constexpr std::size_t request_size = 1024 * 1024;

bool has_array_binding(MYSQL* handle) noexcept {
    unsigned long capabilities = 0;
    mariadb_get_infov(handle, MARIADB_CONNECTION_EXTENDED_SERVER_CAPABILITIES, &capabilities);
    return (capabilities & (MARIADB_CLIENT_STMT_BULK_OPERATIONS >> 32U)) != 0;
}

/// Rows changed by one execution, also where it answers with rows: RETURNING, and newer servers'
/// report of each row of an array (MariaDB 11.5, with a client library that asks for it).
std::int64_t affected_by(const driver::Result& result) {
    if (result.rows == nullptr)
        return std::max<std::int64_t>(result.affected, 0);
    const auto rows = result.rows->row_count();
    if (result.columns->size() != 2 || result.columns->back().name != "Affected_rows") {
        return static_cast<std::int64_t>(rows);
    }
    std::int64_t sum = 0;
    for (std::size_t row = 0; row < rows; ++row)
        sum += result.rows->field(row, 1).integer;
    return sum;
}

/// True for `INSERT INTO t ... VALUES (...) RETURNING ...`, where each row of parameters returns as
/// many rows as the others: one for each VALUES. When in doubt (a name may contain such a word) it
/// is false, which is only slower.
bool returns_evenly(std::string_view sql) {
    std::string upper{sql};
    std::transform(upper.begin(), upper.end(), upper.begin(), [](unsigned char c) {
        return static_cast<char>(std::toupper(c));
    });
    if (!upper.starts_with("INSERT "))
        return false;
    for (const auto* word : {"SELECT", "IGNORE", "DUPLICATE"}) {
        if (upper.find(word) != std::string::npos)
            return false;
    }
    return true;
}

/// Some rows of a larger buffer.
class RowSlice final : public RowBuffer {
public:
    RowSlice(std::shared_ptr<const RowBuffer> whole, std::size_t first, std::size_t count) noexcept
        : RowBuffer(count, whole->column_count()),
          whole_(std::move(whole)),
          first_(first) {}

    [[nodiscard]] Field field(std::size_t row, std::size_t column) const noexcept override {
        return whole_->field(first_ + row, column);
    }

private:
    std::shared_ptr<const RowBuffer> whole_;
    std::size_t first_;
};

/// The rows that `count` rows of parameters returned, apart again.
void split_rows(
    const std::shared_ptr<const RowBuffer>& rows,
    std::size_t count,
    driver::BatchResult& result,
    const std::string& sql
) {
    const std::size_t total = rows != nullptr ? rows->row_count() : 0;
    if (total % count != 0) {
        DiagnosticInfo info;
        info.message = std::to_string(count) + " rows of parameters returned " +
                       std::to_string(total) + " rows, which cannot be told apart";
        throw InterfaceError(std::move(info), sql, {});
    }
    const std::size_t each = total / count;
    for (std::size_t i = 0; i < count; ++i) {
        if (rows == nullptr)
            result.rows.push_back(nullptr);
        else
            result.rows.push_back(std::make_shared<const RowSlice>(rows, i * each, each));
    }
}

std::optional<BulkBinder>
make_binder(const driver::Statement& statement, std::span<const Param> params) {
    try {
        return BulkBinder::make(params, statement.param_types, statement.param_types.size());
    } catch (const DataError& error) {
        throw DataError(error.info(), *statement.sql, {});
    }
}

} // namespace

asio::awaitable<driver::BatchResult> Connection::execute_batch(
    driver::Statement statement,
    std::span<const Param> params,
    std::size_t rows,
    driver::BatchWants wants
) {
    Operation operation{*this};
    const std::size_t columns = statement.param_types.size();
    if (params.size() != rows * columns) {
        throw ArgumentError(
            "a batch of " + std::to_string(rows) + " rows with " + std::to_string(columns) +
            " parameters each, but " + std::to_string(params.size()) + " parameters were given"
        );
    }
    driver::BatchResult result;
    if (rows == 0)
        co_return result;
    if (!retired_.empty())
        co_await close_retired();
    // A batch is worth preparing, and array binding needs it.
    auto* prepared = co_await prepare(statement, 1);

    const bool fits = columns != 0 && columns == mysql_stmt_param_count(prepared->handle());
    const bool suits = wants == driver::BatchWants::nothing ||
                       (wants == driver::BatchWants::rows && returns_evenly(*statement.sql));
    if (rows > 1 && fits && suits && has_array_binding(handle_.get())) {
        auto binder = make_binder(statement, params);
        if (binder) {
            const bool done = co_await execute_bulk(*prepared, *binder, rows, wants, result);
            if (done)
                co_return result;
        }
    }
    for (std::size_t row = 0; row < rows; ++row) {
        statement.params = params.subspan(row * columns, columns);
        bind(*prepared, statement.params, statement.param_types);
        start_execution(*prepared);
        if (call_.pending())
            co_await finish_call();
        const bool current = finish_execution(*prepared);
        if (!current)
            prepared = co_await execute_anew(statement, *prepared);
        driver::Result one;
        if (current_ != nullptr)
            one = co_await read_result(*prepared);
        else
            one = change_result(*prepared);
        result.affected += affected_by(one);
        if (wants == driver::BatchWants::rows)
            result.rows.push_back(std::move(one.rows));
        if (wants == driver::BatchWants::last_insert_ids)
            result.last_insert_ids.push_back(one.last_insert_id);
    }
    co_return result;
}

asio::awaitable<bool> Connection::execute_bulk(
    PreparedStatement& statement,
    BulkBinder& binder,
    std::size_t rows,
    driver::BatchWants wants,
    driver::BatchResult& result
) {
    auto* const handle = statement.handle();
    if (mysql_stmt_bind_param(handle, binder.data()) != 0)
        fail(statement);
    for (std::size_t row = 0; row < rows;) {
        const std::size_t count = binder.rows_within(row, request_size);
        binder.start_at(row);
        statement.bulk = true;
        sink_.supply(handle, &binder, static_cast<unsigned int>(count));
        start_execution(statement);
        if (call_.pending())
            co_await finish_call();
        if (call_.result() != 0 && row == 0 && mysql_stmt_errno(handle) == ER_UNSUPPORTED_PS) {
            current_ = nullptr;
            co_return false;
        }
        const bool current = finish_execution(statement);
        if (!current)
            co_await give_up_outdated(statement);
        driver::Result one;
        if (current_ != nullptr)
            one = co_await read_result(statement);
        else
            one = change_result(statement);
        result.affected += affected_by(one);
        if (wants == driver::BatchWants::rows)
            split_rows(one.rows, count, result, statement.sql());
        row += count;
    }
    co_return true;
}

} // namespace azoth::mysql
