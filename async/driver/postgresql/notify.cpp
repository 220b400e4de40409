// SPDX-License-Identifier: MIT
// LISTEN and NOTIFY.
#include <memory>
#include <string>
#include <utility>

#include <azoth/error.hpp>

#include "driver/postgresql/connection.hpp"
#include "driver/postgresql/sql_text.hpp"

namespace azoth::postgresql {
namespace {

struct NotifyDeleter {
    void operator()(PGnotify* notification) const noexcept { PQfreemem(notification); }
};

} // namespace

asio::awaitable<void> Connection::listen(std::string channel) {
    // Always quoted: pg_notify() takes a channel's name as it is, too.
    std::string sql = "LISTEN \"";
    for (const char c : channel) {
        if (c == '"') sql += '"';
        sql += c;
    }
    sql += '"';
    co_await run(sql);
}

asio::awaitable<driver::Notification> Connection::next_notification() {
    Operation operation{*this};
    for (;;) {
        const std::unique_ptr<PGnotify, NotifyDeleter> received{PQnotifies(channel_.get())};
        if (received != nullptr) {
            driver::Notification notification;
            notification.channel = received->relname;
            notification.payload = received->extra;
            notification.sender = received->be_pid;
            co_return std::move(notification);
        }
        const Progress progress = co_await channel_.wait_input(no_deadline);
        if (progress == Progress::lost) channel_.throw_lost(nullptr, {});
    }
}

asio::awaitable<void>
Connection::notify(std::string channel, std::string payload, const driver::BeginOptions* begin) {
    static const std::string sql = "SELECT pg_catalog.pg_notify($1, $2)";
    static const std::size_t hash = std::hash<std::string>{}(sql);
    const Param params[] = {Param{ParamKind::text, channel}, Param{ParamKind::text, payload}};
    driver::Statement statement{sql, hash};
    statement.params = params;
    statement.begin = begin;
    co_await execute(statement);
}

} // namespace azoth::postgresql
