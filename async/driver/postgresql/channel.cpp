// SPDX-License-Identifier: MIT
// Flushing, reading and losing a connection.
#include "driver/postgresql/channel.hpp"

#include <cerrno>
#include <system_error>

#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

#include <azoth/error.hpp>

#include "driver/postgresql/error.hpp"

namespace azoth::postgresql {
namespace {

using SslPending = int (*)(const void*);

/// OpenSSL's own function, from the library libpq has brought along: linking OpenSSL for it would tie us to a
/// version.
SslPending find_ssl_pending() noexcept {
    static const auto function = reinterpret_cast<SslPending>(dlsym(RTLD_DEFAULT, "SSL_pending"));
    return function;
}

/// Asked before each wait: a server that never stops sending would win every race against the timer.
bool has_passed(Deadline deadline) noexcept {
    return deadline != no_deadline && std::chrono::steady_clock::now() >= deadline;
}

bool is_copy(ExecStatusType status) noexcept {
    return status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH;
}

} // namespace

asio::posix::stream_descriptor watch_socket(const asio::any_io_executor& executor, const PGconn* connection) {
    asio::posix::stream_descriptor socket(executor);
    const int copy = ::fcntl(PQsocket(connection), F_DUPFD_CLOEXEC, 0);
    if (copy < 0)
        throw std::system_error(errno, std::generic_category(), "cannot watch the connection's socket");
    asio_error_code error;
    socket.assign(copy, error);
    if (error) {
        ::close(copy);
        throw asio_system_error(error, "cannot watch the connection's socket");
    }
    return socket;
}

Channel::Channel(asio::any_io_executor executor, ConnectionPtr connection)
    : executor_(std::move(executor)), connection_(std::move(connection)),
      tls_(find_ssl_pending() != nullptr ? PQsslStruct(connection_.get(), "OpenSSL") : nullptr),
      socket_(watch_socket(executor_, connection_.get())) {}

void Channel::close() noexcept {
    tls_ = nullptr;
    connection_.reset();
    asio_error_code ignored;
    socket_.close(ignored);
}

bool Channel::pending_in_tls() const noexcept {
    return is_open() && find_ssl_pending()(tls_) > 0;
}

asio::awaitable<Progress> Channel::wait_input(Deadline deadline) {
    if (has_passed(deadline)) co_return Progress::timed_out;
    if (!has_hidden_input()) {
        const Ready ready = co_await wait_any(socket_, true, false, deadline);
        if (ready == Ready::timeout) co_return Progress::timed_out;
    }
    co_return consume() ? Progress::made : Progress::lost;
}

asio::awaitable<Progress> Channel::wait_either(Deadline deadline) {
    if (has_passed(deadline)) co_return Progress::timed_out;
    const Ready ready = co_await wait_any(socket_, true, true, deadline);
    if (ready == Ready::timeout) co_return Progress::timed_out;
    co_return ready == Ready::write || consume() ? Progress::made : Progress::lost;
}

asio::awaitable<Progress> Channel::flush(Deadline deadline) {
    for (;;) {
        const int left = PQflush(connection_.get());
        if (left == 0) co_return Progress::made;
        if (left < 0) co_return Progress::lost;
        const Progress progress = co_await wait_either(deadline);
        if (progress != Progress::made) co_return progress;
    }
}

asio::awaitable<Progress> Channel::leave_copy(Deadline deadline) {
    // From the client: refuse. The answer is no longer than a line, so it fits the output buffer.
    if (PQputCopyEnd(connection_.get(), "COPY FROM STDIN has no data here") == 1)
        co_return co_await flush(deadline);
    // To the client: read past it.
    for (;;) {
        char* line = nullptr;
        const int size = PQgetCopyData(connection_.get(), &line, 1);
        PQfreemem(line);
        if (size < 0) co_return Progress::made; // over, or failed: the next result tells
        if (size > 0) continue;
        const Progress progress = co_await wait_input(deadline);
        if (progress != Progress::made) co_return progress;
    }
}

void Channel::throw_lost(const PGresult* failure, const std::string& sql) {
    const std::string words = PQerrorMessage(connection_.get());
    ResultPtr last;
    // What the server said before it closed may still lie in libpq's buffer. Only asked when the socket is
    // closed: PQgetResult would wait on an open one.
    if (failure == nullptr && connection_ != nullptr && PQstatus(connection_.get()) == CONNECTION_BAD) {
        for (int i = 0; i < 4 && failure == nullptr; ++i) {
            ResultPtr result{PQgetResult(connection_.get())};
            if (result == nullptr) break;
            if (!is_from_server(result.get())) continue;
            last = std::move(result);
            failure = last.get();
        }
    }
    auto info = diagnose_loss(words, failure);
    close();
    throw_database_error(std::move(info), sql);
}

Step Intake::advance() {
    for (;;) {
        if (PQisBusy(connection_) != 0) return Step::blocked;
        ResultPtr result{PQgetResult(connection_)};
        if (result == nullptr) return Step::done;
        const auto status = PQresultStatus(result.get());
        if (is_copy(status)) {
            had_copy = true;
            return Step::copy;
        }
        if (status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE) {
            if (failure == nullptr) failure = std::move(result);
        } else {
            answer = std::move(result);
        }
    }
}

bool Pipeline::enter(PGconn* connection) noexcept {
    connection_ = connection;
    index_ = 0;
    queued_ = 0;
    syncs_ = 0;
    nulls_ = 0;
    unsynced_ = false;
    return PQenterPipelineMode(connection) == 1;
}

bool Pipeline::sync() noexcept {
    unsynced_ = false;
    ++syncs_;
    return PQpipelineSync(connection_) == 1;
}

} // namespace azoth::postgresql
