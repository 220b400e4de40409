// SPDX-License-Identifier: MIT
// The connection's state, and the one loop that awaits every call of the client library.
#include "driver/mysql/connection.hpp"

#include "driver/mysql/cursor.hpp"

#include <azoth/error.hpp>

#include <algorithm>
#include <utility>

namespace azoth::mysql {

Connection::Connection(asio::any_io_executor executor, HandlePtr handle, ConnectOptions options)
    : executor_(std::move(executor)),
      options_(std::move(options)),
      handle_(std::move(handle)),
      socket_(std::make_shared<Socket>(executor_, mysql_get_socket(handle_.get()))),
      call_(mysql_get_ssl_cipher(handle_.get()) != nullptr),
      cache_(options_.statement_cache_size) {}

Connection::~Connection() {
    if (operation_ != nullptr)
        operation_->abandon();
    terminate();
}

// ---- one call --------------------------------------------------------------------------------

asio::awaitable<void> Connection::finish_call() {
    while (call_.pending()) {
        const int wants = call_.wants();
        // After the handshake the library waits for one direction at a time.
        const auto direction =
            (wants & MYSQL_WAIT_WRITE) != 0 ? Socket::Direction::write : Socket::Direction::read;
        int happened = wants & (MYSQL_WAIT_READ | MYSQL_WAIT_WRITE);
        const auto timeout =
            direction == Socket::Direction::read ? options_.read_timeout : options_.write_timeout;
        if (timeout.count() == 0 && socket_->limit == no_deadline) {
            co_await socket_->wait(direction);
        } else {
            Deadline limit = socket_->limit;
            if (timeout.count() != 0)
                limit = std::min(limit, std::chrono::steady_clock::now() + timeout);
            const auto socket = socket_;
            const bool ready = co_await socket->wait_until(direction, limit);
            if (!ready && limit == socket->limit) {
                const NativeError error{
                    CR_SERVER_LOST,
                    "HY000",
                    "the server did not answer in time"
                };
                fail(error, {});
            }
            if (!ready) {
                // Over TLS the library does not look at timeouts, but it does find the socket dead.
                socket->shut_down();
                if ((wants & MYSQL_WAIT_TIMEOUT) != 0)
                    happened = MYSQL_WAIT_TIMEOUT;
            }
        }
        // terminate() may have ended it meanwhile; then statements and results are gone as well.
        if (!call_.pending())
            throw asio_system_error(asio::error::operation_aborted);
        call_.resume(happened);
    }
}

void Connection::fail(const std::string& sql) {
    if (handle_ == nullptr)
        fail(NativeError{CR_SERVER_LOST, "HY000", "the connection was closed"}, sql);
    fail(
        NativeError{
            mysql_errno(handle_.get()),
            mysql_sqlstate(handle_.get()),
            mysql_error(handle_.get())
        },
        sql
    );
}

void Connection::fail(const PreparedStatement& statement) {
    auto* const handle = statement.handle();
    // An error between rows that are not buffered is told of the connection only.
    if (mysql_stmt_errno(handle) == 0)
        fail(statement.sql());
    fail(
        NativeError{
            mysql_stmt_errno(handle),
            mysql_stmt_sqlstate(handle),
            mysql_stmt_error(handle)
        },
        statement.sql()
    );
}

void Connection::fail(const NativeError& error, const std::string& sql) {
    auto info = diagnose(error);
    // The library gives the socket up when the conversation cannot go on, whatever error it calls
    // that.
    if (handle_ == nullptr || handle_->net.pvio == nullptr)
        info.disconnect = true;
    if (info.disconnect && !call_.pending())
        open_ = false;
    status_is_stale_ = true;
    throw_database_error(std::move(info), sql);
}

// ---- state -----------------------------------------------------------------------------------

bool Connection::in_transaction() const noexcept {
    if (handle_ == nullptr)
        return false;
    unsigned int status = 0;
    mariadb_get_infov(handle_.get(), MARIADB_CONNECTION_SERVER_STATUS, &status);
    if ((status & SERVER_STATUS_IN_TRANS) != 0)
        return true;
    // Without autocommit a statement that failed may have opened one nevertheless.
    return status_is_stale_ && (status & SERVER_STATUS_AUTOCOMMIT) == 0;
}

std::string Connection::server_version() const {
    if (handle_ == nullptr)
        return {};
    const std::string_view text = mysql_get_server_info(handle_.get());
    // What the packager added says nothing about the server: "10.11.6-MariaDB-0+deb12u1",
    // "8.0.36-0ubuntu0.22.04.1".
    static constexpr std::string_view fork = "-MariaDB";
    if (const auto at = text.find(fork); at != std::string_view::npos) {
        return std::string{text.substr(0, at + fork.size())};
    }
    return std::string{text.substr(0, text.find('-'))};
}

bool Connection::is_idle() const noexcept {
    return !call_.pending() && current_ == nullptr && text_result_ == nullptr &&
           !isolation_is_set_ && handle_ != nullptr && handle_->status == MYSQL_STATUS_READY &&
           (handle_->server_status & SERVER_MORE_RESULTS_EXIST) == 0;
}

Connection::Operation::Operation(Connection& connection, const Cursor* on_behalf_of)
    : connection_(&connection) {
    if (!connection.open_) {
        throw ResourceClosedError(
            "the database connection is closed, by this side or by a failure; open another one"
        );
    }
    if (connection.broken_off_) {
        throw InvalidRequestError(
            "the last operation on this connection was cut off; recover() or terminate() it first"
        );
    }
    if (connection.operation_ != nullptr) {
        throw InvalidRequestError("another operation on this connection has not ended; await it "
                                  "first, or use a second connection");
    }
    if (connection.cursor_ != on_behalf_of) {
        throw InvalidRequestError(
            "a cursor is open on this connection; read it to its end or close() it first"
        );
    }
    connection.operation_ = this;
}

Connection::Operation::~Operation() {
    if (connection_ == nullptr)
        return;
    connection_->operation_ = nullptr;
    if (!connection_->open_ || connection_->is_idle())
        return;
    // An open cursor's rows are waiting rightly, unless the call for them was cut off.
    const bool between_fetches = connection_->cursor_ != nullptr && !connection_->call_.pending();
    if (!between_fetches)
        connection_->broken_off_ = true;
}

void Connection::detach_cursor() noexcept {
    if (cursor_ != nullptr)
        cursor_->detach();
    cursor_ = nullptr;
}

} // namespace azoth::mysql
