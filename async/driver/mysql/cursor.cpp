// SPDX-License-Identifier: MIT
// Opening, reading and abandoning an unbuffered result.
#include "driver/mysql/cursor.hpp"

#include <azoth/error.hpp>

#include <algorithm>
#include <utility>

namespace azoth::mysql {
namespace {

// About what is in the socket's buffers anyway; reading more to throw it away costs more than a
// side connection.
constexpr std::size_t short_rest = 4'000;

constexpr std::chrono::seconds patience{30};

} // namespace

asio::awaitable<std::unique_ptr<driver::Cursor>> Connection::open_cursor(driver::Statement statement
) {
    Operation operation{*this};
    if (!retired_.empty())
        co_await close_retired();
    auto* prepared = co_await prepare(statement, statement.params.size());
    if (prepared == nullptr)
        fail(*statement.sql); // what the server said to preparing it
    bind(*prepared, statement.params, statement.param_types);
    start_execution(*prepared);
    if (call_.pending())
        co_await finish_call();
    const bool current = finish_execution(*prepared);
    if (!current)
        prepared = co_await execute_anew(statement, *prepared);
    if (current_ == nullptr)
        co_return std::make_unique<Cursor>();
    co_return std::make_unique<Cursor>(*this, *prepared);
}

Cursor::Cursor() : columns_(std::make_shared<const std::vector<driver::ColumnInfo>>()) {}

Cursor::Cursor(Connection& connection, PreparedStatement& statement)
    : connection_(&connection),
      statement_(&statement),
      columns_(statement.columns()) {
    connection.cursor_ = this;
}

Cursor::~Cursor() {
    if (connection_ == nullptr)
        return;
    connection_->cursor_ = nullptr;
    connection_->broken_off_ = true;
}

void Cursor::leave() noexcept {
    connection_->cursor_ = nullptr;
    connection_ = nullptr;
}

asio::awaitable<std::shared_ptr<const RowBuffer>> Cursor::fetch(std::size_t max_rows) {
    if (lost_)
        throw ResourceClosedError(
            "the cursor's connection was closed or recovered; execute the statement again"
        );
    if (connection_ == nullptr)
        co_return nullptr;
    auto& connection = *connection_;
    Connection::Operation operation{connection, this};
    auto rows = std::make_shared<driver::PackedRows>(columns_->size());
    bool end = false;
    try {
        end = co_await connection.read_rows(*statement_, rows, std::max<std::size_t>(max_rows, 1));
        if (end)
            co_await connection.discard_more_results(*statement_);
    } catch (const DBAPIError&) {
        if (connection_ != nullptr && !connection.call_.pending())
            leave(); // an error ends the rows
        throw;
    }
    if (end)
        leave();
    if (rows->row_count() == 0)
        co_return nullptr;
    co_return rows;
}

asio::awaitable<void> Cursor::close() {
    if (connection_ == nullptr)
        co_return;
    auto& connection = *connection_;
    Connection::Operation operation{connection, this};
    const bool end = co_await connection.discard_rows(short_rest);
    if (end) {
        co_await connection.discard_more_results(*statement_);
    } else {
        co_await connection.stop_statement(std::chrono::steady_clock::now() + patience);
    }
    if (connection_ != nullptr)
        leave();
}

} // namespace azoth::mysql
