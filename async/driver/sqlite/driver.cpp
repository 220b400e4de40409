// SPDX-License-Identifier: MIT
// The SQLite driver: connecting and closing.
#include <memory>
#include <utility>

#include <azoth/dialect/dialects.hpp>
#include <azoth/driver/sqlite.hpp>
#include <azoth/engine/url.hpp>
#include <azoth/error.hpp>

#include "driver/sqlite/connection.hpp"
#include "driver/sqlite/cursor.hpp"
#include "driver/sqlite/open.hpp"
#include "driver/sqlite/options.hpp"
#include "driver/sqlite/wait.hpp"

namespace azoth::sqlite {
namespace {

class Driver final : public driver::Driver {
public:
    [[nodiscard]] std::shared_ptr<const Dialect> dialect(const Url&) const override {
        return dialects::sqlite();
    }

    /// Completions go to the awaiting coroutine's executor, so `executor` has nothing to do here.
    [[nodiscard]] asio::awaitable<std::unique_ptr<driver::Connection>>
    connect(asio::any_io_executor, Url url) const override {
        const auto database = std::make_shared<Database>(parse_options(url));
        // Before the opening: from here on whatever ends early closes without waiting.
        std::unique_ptr<driver::Connection> connection = std::make_unique<Connection>(database);
        OpenTask task(*database);
        const auto outcome = task.advance(Place::loop);
        if (outcome != Outcome::done) co_await drive(database, task, outcome);
        co_return connection;
    }

    [[nodiscard]] std::shared_ptr<const Dialect>
    dialect_of(const Url&, const driver::Connection& connection, const driver::ServerInfo&) const override {
        const auto version = parse_server_version(connection.server_version());
        return version ? dialects::sqlite(*version) : nullptr;
    }

    [[nodiscard]] bool single_connection(const Url& url) const override {
        const auto options = parse_options(url);
        return options.memory && !options.shared_cache;
    }

    void validate(const Url& url) const override { static_cast<void>(parse_options(url)); }
};

} // namespace

asio::awaitable<void> Connection::close() {
    const auto database = database_;
    if (database->closed) co_return;
    const bool with_cursor = database->cursor != nullptr;
    if (database->busy && !with_cursor && !database->cut_off) {
        throw InvalidRequestError(
            "this SQLite connection is in use: an operation has not been awaited to its end");
    }
    database->cancel();
    if (!database->worker_idle()) co_await await_worker(database);
    if (database->closed) co_return;
    database->busy = true;
    database->cursor = nullptr; // its statement is finalized with all others
    CloseTask task(*database);
    const auto outcome = task.advance(Place::loop);
    if (outcome != Outcome::done) co_await drive(database, task, outcome);
    database->abandon(); // nothing is left to close, but the thread to be let go
}

std::shared_ptr<const driver::Driver> make_driver() { return std::make_shared<const Driver>(); }

} // namespace azoth::sqlite
