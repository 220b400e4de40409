// SPDX-License-Identifier: MIT
#include "driver/postgresql/declared_cursor.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

#include <azoth/error.hpp>

#include "driver/postgresql/error.hpp"
#include "driver/postgresql/pipeline.hpp"
#include "driver/postgresql/sql_text.hpp"

namespace azoth::postgresql {

asio::awaitable<std::unique_ptr<driver::Cursor>> Connection::declare_cursor(driver::Statement statement) {
    const std::string& sql = *statement.sql;
    check_text(sql);
    const std::string name = "azoth_cursor_" + std::to_string(++cursors_declared_);
    const std::string declare = "DECLARE " + name + " NO SCROLL CURSOR FOR " + sql;
    sending();
    if (!pipeline_.enter(channel_.get())) channel_.throw_lost(nullptr, sql);
    Answers answers;
    queue_lead(statement);
    answers.prepare = pipeline_.count();
    queue_unprepared(declare);
    answers.statement = pipeline_.count();
    if (PQsendDescribePortal(channel_.get(), name.c_str()) != 1) channel_.throw_lost(nullptr, sql);
    pipeline_.queued();
    if (!pipeline_.sync()) channel_.throw_lost(nullptr, sql);
    co_await finish_pipeline(answers, sql);
    if (answers.failure != nullptr) answers.throw_failure(statement);
    std::shared_ptr<const Shape> shape;
    if (answers.answer != nullptr && PQnfields(answers.answer.get()) > 0) shape = co_await shape_of(answers.answer.get());
    co_return std::make_unique<DeclaredCursor>(*this, sql, name, std::move(shape));
}

DeclaredCursor::DeclaredCursor(
    Connection& connection, std::string sql, std::string name, std::shared_ptr<const Shape> shape)
    : connection_(&connection), sql_(std::move(sql)), name_(std::move(name)), shape_(std::move(shape)) {
    if (shape_ != nullptr) columns_ = shape_->columns;
    connection.cursor_ = this;
}

DeclaredCursor::~DeclaredCursor() {
    if (connection_ != nullptr) connection_->cursor_ = nullptr;
}

void DeclaredCursor::forget() noexcept {
    if (connection_ != nullptr) connection_->cursor_ = nullptr;
    connection_ = nullptr;
}

void DeclaredCursor::detach() noexcept {
    forget();
    detached_ = true;
}

asio::awaitable<void> DeclaredCursor::ask(Intake& intake, std::string text) {
    Connection& connection = *connection_;
    Channel& channel = connection.channel_;
    connection.sending();
    if (PQsendQueryParams(channel.get(), text.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 1) != 1)
        channel.throw_lost(nullptr, sql_);
    if (PQflush(channel.get()) != 0) {
        const Progress progress = co_await channel.flush();
        if (progress == Progress::lost) channel.throw_lost(nullptr, sql_);
    }
    co_await connection.take_answers(intake, sql_);
}

asio::awaitable<void> DeclaredCursor::give_up() {
    if (PQtransactionStatus(connection_->channel_.get()) != PQTRANS_INTRANS) co_return;
    Intake intake{connection_->channel_.get()};
    co_await ask(intake, "CLOSE " + name_);
    if (intake.failure != nullptr) throw_database_error(diagnose(intake.failure.get()), sql_);
}

asio::awaitable<std::shared_ptr<const RowBuffer>> DeclaredCursor::fetch(std::size_t max_rows) {
    if (detached_) throw ResourceClosedError("the cursor's connection was closed or recovered");
    if (connection_ == nullptr) co_return nullptr;
    Operation operation{*connection_, Operation::Kind::of_cursor};
    DetachOnFailure guard{*this};
    constexpr std::size_t most = std::numeric_limits<std::int32_t>::max();
    const auto wanted = std::clamp<std::size_t>(max_rows, 1, most);
    Intake intake{connection_->channel_.get()};
    co_await ask(intake, "FETCH FORWARD " + std::to_string(wanted) + " FROM " + name_);
    if (intake.failure != nullptr) { // and the transaction has failed with it
        guard.done();
        forget();
        throw_database_error(diagnose(intake.failure.get()), sql_);
    }
    const auto rows = intake.answer == nullptr ? 0 : static_cast<std::size_t>(PQntuples(intake.answer.get()));
    // An open cursor would keep the table from being altered.
    if (rows < wanted || shape_ == nullptr) {
        co_await give_up();
        guard.done();
        forget();
    }
    guard.done();
    if (rows == 0 || shape_ == nullptr) co_return nullptr;
    co_return std::make_shared<ResultBuffer>(std::move(intake.answer), shape_);
}

asio::awaitable<void> DeclaredCursor::close() {
    if (connection_ == nullptr) co_return;
    Operation operation{*connection_, Operation::Kind::of_cursor};
    DetachOnFailure guard{*this};
    co_await give_up();
    guard.done();
    forget();
}

} // namespace azoth::postgresql
