// SPDX-License-Identifier: MIT
// EngineCore: what an engine, its pools and its connections share.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <azoth/compiler/cache.hpp>
#include <azoth/dialect/dialect.hpp>
#include <azoth/driver/driver.hpp>
#include <azoth/engine/connection.hpp>
#include <azoth/engine/events.hpp>
#include <azoth/engine/options.hpp>
#include <azoth/engine/url.hpp>

namespace azoth::engine {

/// Who wants to know what servers say besides their answers. Thread-safe.
class NoticeListeners {
public:
    void add(std::function<void(const driver::Notice&)> listener) {
        const std::lock_guard lock{mutex_};
        listeners_.push_back(std::move(listener));
    }
    void tell(const driver::Notice& notice) const {
        std::unique_lock lock{mutex_};
        const auto listeners = listeners_; // one of them may add another
        lock.unlock();
        for (const auto& listener : listeners) listener(notice);
    }

private:
    mutable std::mutex mutex_;
    std::vector<std::function<void(const driver::Notice&)>> listeners_;
};

/// Constant after construction, but for the cache and the listeners, which are thread-safe.
class EngineCore {
public:
    /// @throws ArgumentError, NoSuchModuleError.
    EngineCore(asio::any_io_executor io_executor, Url database, EngineOptions engine_options);

    /// @param statement  a SELECT, INSERT, UPDATE, DELETE or text()
    /// @param schema_map   null: schemas as they are
    /// @param fetches_key  an INSERT without RETURNING brings the key back that the database makes
    [[nodiscard]] Lookup
    lookup(const sql::NodePtr& statement, const SchemaTranslateMap* schema_map = nullptr, bool fetches_key = false);

    [[nodiscard]] bool echo() const noexcept { return options.echo || options.statement_sink; }
    /// Somebody wants to know of statements.
    [[nodiscard]] bool watched() const noexcept {
        return echo() || !events.before_cursor_execute.empty() || !events.after_cursor_execute.empty();
    }
    /// One line for the log: a statement without parameters. Call only when echo() says so.
    void log(std::string_view line) const;
    /// A statement and its parameters, as SQLAlchemy shows them: `rows` tuples of `params.size() / rows`
    /// values.
    void
    log_statement(const std::string& sql, std::span<const Param> params, std::size_t rows, bool cached) const;
    /// The same, where each row is executed on its own.
    void log_each(const std::string& sql, std::span<const Param> params, std::size_t rows, bool cached) const;

    /// A new connection: what its server says is passed on.
    void pass_on_notices(driver::Connection& connection) const {
        connection.on_notice = [listeners = notices](const driver::Notice& notice) { listeners->tell(notice); };
    }

private:
    /// Tells what a statement that was just compiled seems to have wrong.
    void warn(const Compiled& compiled);
    void write_line(std::string_view line) const;

public:
    const Url url;
    const Url connect_url; ///< with `connect_args`
    const std::shared_ptr<const driver::Driver> driver;
    const std::shared_ptr<const Dialect> dialect;
    const bool single_connection; ///< each connection would be a database of its own: one is kept for ever
    const EngineOptions options;
    const std::shared_ptr<const SchemaTranslateMap> schema_map; ///< of connections that choose none; null: none
    CompiledCache cache;
    const std::shared_ptr<NoticeListeners> notices = std::make_shared<NoticeListeners>();
    EngineEvents events;
    asio::any_io_executor executor; ///< emptied when its context is destroyed
};

/// The parameters as text, for errors and the log.
[[nodiscard]] std::vector<std::string> describe(std::span<const Param> params);

} // namespace azoth::engine
