// SPDX-License-Identifier: MIT
// What a connection is between its operations, and the verbs of one statement without parameters.
#include "driver/postgresql/connection.hpp"

#include <string_view>
#include <utility>

#include <azoth/error.hpp>

#include "driver/postgresql/error.hpp"

namespace azoth::postgresql {

namespace {

/// libpq's C code calls this: nothing may be thrown through it.
void receive_notice(void* connection, const PGresult* result) noexcept {
    const auto& listener = static_cast<const driver::Connection*>(static_cast<Connection*>(connection))->on_notice;
    if (!listener) return;
    try {
        listener(make_notice(result));
    } catch (...) { // what a listener throws concerns no statement
    }
}

} // namespace

Connection::Connection(
    asio::any_io_executor executor, ConnectionPtr connection, std::size_t statement_cache_size)
    : channel_(std::move(executor), std::move(connection)), cache_(statement_cache_size) {
    PQsetNoticeReceiver(channel_.get(), receive_notice, this);
}

Connection::~Connection() {
    terminate();
    if (operation_ != nullptr) operation_->forget_connection();
}

void Connection::terminate() noexcept {
    if (cursor_ != nullptr) cursor_->detach();
    channel_.close();
}

asio::awaitable<void> Connection::close() {
    // libpq's goodbye is five bytes that it tries to send once; there is no answer to wait for.
    if (operation_ != nullptr) {
        throw InvalidRequestError(
            "this connection is busy with another operation; await that one, or terminate()");
    }
    terminate();
    co_return;
}

void Connection::sending() noexcept {
    const auto status = PQtransactionStatus(channel_.get());
    was_in_transaction_ = status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
    in_flight_ = true;
}

bool Connection::in_transaction() const noexcept {
    switch (PQtransactionStatus(channel_.get())) {
    case PQTRANS_INTRANS:
    case PQTRANS_INERROR: return true;
    case PQTRANS_ACTIVE: return was_in_transaction_;
    case PQTRANS_IDLE:
    case PQTRANS_UNKNOWN: break;
    }
    return false;
}

bool Connection::needs_recovery() const noexcept {
    return is_cut_off() && operation_ == nullptr && cursor_ == nullptr && channel_.is_open();
}

std::string Connection::server_version() const {
    const char* version = PQparameterStatus(channel_.get(), "server_version");
    // "15.20 (Debian 15.20-0+deb12u1)"
    const std::string_view text = version != nullptr ? version : "";
    return std::string{text.substr(0, text.find(' '))};
}

Operation::Operation(Connection& connection, Kind kind) : connection_(&connection) {
    if (connection.operation_ != nullptr) {
        throw InvalidRequestError("this connection is busy with another operation; await that one first, "
                                  "or use a second connection");
    }
    if (connection.channel_.get() == nullptr) {
        throw ResourceClosedError("this connection is closed");
    }
    if (!connection.channel_.is_open()) {
        connection.channel_.throw_lost(nullptr, {});
    }
    if (kind == Kind::ordinary && connection.cursor_ != nullptr) {
        throw InvalidRequestError(
            "this connection is busy with a cursor or a COPY; bring it to its end or close it first, "
            "or use a second connection");
    }
    if (kind == Kind::ordinary && connection.is_cut_off()) {
        throw InvalidRequestError(
            "an operation was cut off on this connection; recover() or terminate() it first");
    }
    connection.operation_ = this;
}

asio::awaitable<void> Connection::take_answers(Intake& intake, const std::string& sql) {
    for (Step step = intake.advance(); step != Step::done; step = intake.advance()) {
        Progress progress = Progress::made;
        if (step == Step::copy) progress = co_await channel_.leave_copy();
        else progress = co_await channel_.wait_input(no_deadline);
        if (progress == Progress::lost) channel_.throw_lost(intake.failure.get(), sql);
    }
    settled();
}

asio::awaitable<ResultPtr> Connection::run_simple(const std::string& sql) {
    if (sql.find('\0') != std::string::npos) throw ArgumentError("a SQL text must not contain a zero byte");
    sending();
    if (PQsendQuery(channel_.get(), sql.c_str()) != 1) channel_.throw_lost(nullptr, sql);
    if (PQflush(channel_.get()) != 0) {
        const Progress progress = co_await channel_.flush();
        if (progress == Progress::lost) channel_.throw_lost(nullptr, sql);
    }
    Intake intake{channel_.get()};
    co_await take_answers(intake, sql);
    if (intake.failure != nullptr) throw_database_error(diagnose(intake.failure.get()), sql);
    if (intake.had_copy) throw_copy_refused(sql);
    co_return std::move(intake.answer);
}

asio::awaitable<void> Connection::run(std::string sql) {
    Operation operation{*this};
    co_await run_simple(sql);
}

asio::awaitable<void> Connection::ping() {
    Operation operation{*this};
    // The shortest question there is: an empty statement, allowed in a failed transaction too.
    const std::string nothing;
    co_await run_simple(nothing);
}

} // namespace azoth::postgresql
