// SPDX-License-Identifier: MIT
// Rows in pieces: libpq's single-row mode, copied into one buffer per fetch. Queries in a transaction: see declared_cursor.cpp.
#include <string>
#include <utility>

#include <azoth/error.hpp>

#include "driver/postgresql/connection.hpp"
#include "driver/postgresql/error.hpp"
#include "driver/postgresql/pipeline.hpp"
#include "driver/postgresql/sql_text.hpp"

namespace azoth::postgresql {
namespace {

/// How long `close()` may take to stop a statement and read what is under way.
constexpr std::chrono::seconds close_limit{30};

} // namespace

asio::awaitable<std::unique_ptr<driver::Cursor>> Connection::open_cursor(driver::Statement statement) {
    Operation operation{*this};
    const std::string& sql = *statement.sql;
    if (begins_copy(sql)) throw_copy_refused(sql);
    statement.timeout = {};
    parameters_.decide(sql, statement.params, statement.param_types);
    parameters_.encode(statement.params);
    const bool in_transaction = statement.begin != nullptr || PQtransactionStatus(channel_.get()) == PQTRANS_INTRANS;
    if (in_transaction && can_be_declared(sql)) co_return co_await declare_cursor(statement);
    // What the columns are is needed before the first row: types that users created cannot be asked for while
    // rows arrive. For a statement that has been executed before, the cache knows.
    Prepared* prepared = nullptr;
    std::shared_ptr<const Shape> shape;
    for (int attempt = 0;; ++attempt) {
        if (keeps(statement)) prepared = cache_.find(sql, statement.sql_hash, parameters_.oids());
        if (prepared != nullptr) shape = prepared->shape;
        if (shape == nullptr) {
            shape = co_await describe(statement);
            statement.begin = nullptr;
            if (keeps(statement)) prepared = cache_.find(sql, statement.sql_hash, parameters_.oids());
        }
        if (statement.begin != nullptr) {
            const std::string begin = begin_text(*statement.begin);
            co_await run_simple(begin);
            statement.begin = nullptr;
        }
        if (!send(statement, prepared)) channel_.throw_lost(nullptr, sql);
        if (PQsetSingleRowMode(channel_.get()) != 1) channel_.throw_lost(nullptr, sql);
        if (PQflush(channel_.get()) != 0) {
            const Progress progress = co_await channel_.flush();
            if (progress == Progress::lost) channel_.throw_lost(nullptr, sql);
        }
        auto cursor = std::make_unique<Cursor>(*this, sql, shape);
        co_await cursor->start();
        if (cursor->failure() == nullptr) co_return std::move(cursor);
        if (prepared != nullptr && attempt == 0 && is_stale_statement(cursor->failure())) {
            cache_.forget(prepared, !is_gone_statement(cursor->failure()));
            prepared = nullptr;
            shape = nullptr;
            if (PQtransactionStatus(channel_.get()) == PQTRANS_IDLE) continue;
        }
        throw_database_error(diagnose(cursor->failure()), sql);
    }
}

Cursor::Cursor(Connection& connection, std::string sql, std::shared_ptr<const Shape> shape)
    : connection_(&connection), sql_(std::move(sql)), shape_(std::move(shape)) {
    if (shape_ != nullptr) columns_ = shape_->columns;
    connection.cursor_ = this;
}

Cursor::~Cursor() {
    if (connection_ != nullptr) connection_->cursor_ = nullptr;
}

const std::shared_ptr<const std::vector<driver::ColumnInfo>>& Cursor::columns() const noexcept {
    return columns_;
}

void Cursor::detach() noexcept {
    if (connection_ != nullptr) connection_->cursor_ = nullptr;
    connection_ = nullptr;
    detached_ = true;
}

void Cursor::finish() {
    connection_->settled();
    connection_->cursor_ = nullptr;
    connection_ = nullptr;
}

Step Cursor::advance(PackedBuffer& rows, std::size_t max_rows) {
    PGconn* const connection = connection_->channel_.get();
    if (first_ != nullptr) {
        rows.append(first_.get());
        first_.reset();
    }
    while (rows.row_count() < max_rows) {
        if (PQisBusy(connection) != 0) return Step::blocked;
        ResultPtr result{PQgetResult(connection)};
        if (result == nullptr) {
            finish();
            return Step::done;
        }
        switch (PQresultStatus(result.get())) {
        case PGRES_SINGLE_TUPLE: rows.append(result.get()); break;
        case PGRES_COMMAND_OK:
        case PGRES_EMPTY_QUERY:
        case PGRES_TUPLES_OK: break; // the end, without rows
        default:
            if (failure_ == nullptr) failure_ = std::move(result);
        }
    }
    return Step::done;
}

asio::awaitable<void> Cursor::start() {
    PGconn* const connection = connection_->channel_.get();
    for (;;) {
        while (PQisBusy(connection) != 0) {
            const Progress progress = co_await connection_->channel_.wait_input(no_deadline);
            if (progress == Progress::lost) connection_->channel_.throw_lost(failure_.get(), sql_);
        }
        ResultPtr result{PQgetResult(connection)};
        if (result == nullptr) {
            finish();
            co_return;
        }
        const auto status = PQresultStatus(result.get());
        if (status == PGRES_SINGLE_TUPLE) {
            first_ = std::move(result);
            co_return;
        }
        if (status == PGRES_FATAL_ERROR && failure_ == nullptr) failure_ = std::move(result);
    }
}

asio::awaitable<std::shared_ptr<const RowBuffer>> Cursor::fetch(std::size_t max_rows) {
    if (detached_) throw ResourceClosedError("the cursor's connection was closed or recovered");
    if (connection_ == nullptr) co_return nullptr;
    Operation operation{*connection_, Operation::Kind::of_cursor};
    auto rows = std::make_shared<PackedBuffer>(shape_ != nullptr ? shape_->wires.size() : 0);
    rows->set_shape(shape_);
    Channel& channel = connection_->channel_;
    DetachOnFailure guard{*this};
    if (max_rows == 0) max_rows = 1;
    while (advance(*rows, max_rows) == Step::blocked) {
        const Progress progress = co_await channel.wait_input(no_deadline);
        if (progress == Progress::lost) channel.throw_lost(failure_.get(), sql_);
    }
    guard.done();
    if (failure_ != nullptr && connection_ == nullptr) {
        const ResultPtr failure = std::move(failure_);
        throw_database_error(diagnose(failure.get()), sql_);
    }
    if (rows->row_count() == 0) co_return nullptr;
    co_return rows;
}

asio::awaitable<void> Cursor::close() {
    if (connection_ == nullptr) co_return;
    Connection& connection = *connection_;
    Operation operation{connection, Operation::Kind::of_cursor};
    DetachOnFailure guard{*this};
    const auto deadline = std::chrono::steady_clock::now() + close_limit;
    first_.reset();
    // Stopping the server spares reading the rest. It would also end the transaction, or undo what the
    // statement has changed; then the rest is read.
    if (!connection.was_in_transaction_ && only_reads(sql_)) {
        co_await connection.cancel_and_drain(deadline);
    } else {
        const bool drained = co_await connection.drain(no_deadline);
        static_cast<void>(drained);
    }
    guard.done();
    connection.cursor_ = nullptr;
    connection_ = nullptr;
}

} // namespace azoth::postgresql
