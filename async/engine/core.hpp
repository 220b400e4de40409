// SPDX-License-Identifier: MIT
// EngineCore: what an engine, its pools and its connections share.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
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
#include <azoth/types/decorator.hpp>

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
    /// @param other        the cache in place of the engine's; null: none
    [[nodiscard]] Lookup lookup(
        const sql::NodePtr& statement, const SchemaTranslateMap* schema_map = nullptr, bool fetches_key = false,
        const std::optional<std::shared_ptr<CompiledCache>>& other = std::nullopt);

    /// What is logged of a connection is settled when it is taken: see `Slot::log()`.
    [[nodiscard]] Echo echo() const noexcept { return echo_.load(std::memory_order_relaxed); }
    [[nodiscard]] Echo echo_pool() const noexcept { return echo_pool_.load(std::memory_order_relaxed); }
    void set_echo(Echo level) noexcept { echo_.store(level.level(), std::memory_order_relaxed); }
    void set_echo_pool(Echo level) noexcept { echo_pool_.store(level.level(), std::memory_order_relaxed); }
    /// One line for the log: a statement without parameters.
    void log(Echo echo, std::string_view line) const;
    /// A statement and its parameters, as SQLAlchemy shows them: `rows` tuples of `params.size() / rows`
    /// values.
    void log_statement(
        Echo echo, const std::string& sql, std::span<const Param> params, std::size_t rows, bool cached) const;
    /// The same, where each row is executed on its own.
    void log_each(Echo echo, const std::string& sql, std::span<const Param> params, std::size_t rows, bool cached) const;
    /// The names of a result's columns and its rows; with Echo::debug.
    void log_rows(const driver::Result& result) const;
    /// What the pool does. @param level  `on`: a connection is given up; `debug`: all else
    void log_pool(Echo::Level level, std::string_view what, std::uint64_t connection) const;
    /// Tells of something that seems to be a mistake. @throws SAWarning where the engine's options want that
    void warn(std::string_view warning);

    /// The URL's dialect, or what the server turned out to have.
    [[nodiscard]] const std::shared_ptr<const Dialect>& dialect() const noexcept {
        const auto* known = known_.load(std::memory_order_acquire);
        return known != nullptr && known->dialect ? known->dialect : url_dialect;
    }
    /// What the server has said; null before the first connection.
    [[nodiscard]] const driver::ServerInfo* server_info() const noexcept {
        const auto* known = known_.load(std::memory_order_acquire);
        return known != nullptr ? &known->info : nullptr;
    }
    /// Asks the first connection what its server is; others wait for the answer.
    /// @throws what asking throws; InvalidRequestError when the server is none that the URL means
    [[nodiscard]] asio::awaitable<void> initialize(driver::Connection& connection);

    /// A new connection: what its server says is passed on.
    void pass_on_notices(driver::Connection& connection) const {
        connection.on_notice = [listeners = notices](const driver::Notice& notice) { listeners->tell(notice); };
    }

private:
    struct Known {
        driver::ServerInfo info;
        std::shared_ptr<const Dialect> dialect; ///< null: the URL's
    };
    class Initializing;

    /// Tells of types that do not say whether statements with them may be kept, each once.
    void warn_of_types(const sql::NodePtr& statement);
    /// Tells what a statement that was just compiled seems to have wrong.
    void warn_of(const Compiled& compiled);
    void write_line(std::string_view line, Echo::Level level = Echo::on, bool warning = false) const;
    void write(std::string_view logger, std::string_view line, Echo::Level level, bool warning) const;

    std::atomic<Echo::Level> echo_;
    std::atomic<Echo::Level> echo_pool_;
    std::mutex warned_mutex_;
    std::set<std::uint64_t> warned_types_; // by the serial of their conversion
    std::atomic<bool> initializing_{false};
    std::unique_ptr<const Known> known_data_; // set by who initializes, then constant
    std::atomic<const Known*> known_{nullptr};

public:
    const Url url;
    const Url connect_url; ///< with `connect_args`
    const std::shared_ptr<const driver::Driver> driver;
    const std::shared_ptr<const Dialect> url_dialect;
    const bool single_connection; ///< each connection would be a database of its own: one is kept for ever
    const EngineOptions options;
    const std::shared_ptr<const TypeConversion> documents; ///< by `json_serializer` and `json_deserializer`; null: neither is given
    const std::shared_ptr<const SchemaTranslateMap> schema_map; ///< of connections that choose none; null: none
    CompiledCache cache;
    const std::shared_ptr<NoticeListeners> notices = std::make_shared<NoticeListeners>();
    EngineEvents events;
    asio::any_io_executor executor; ///< emptied when its context is destroyed
};

/// The parameters as text, for errors and the log.
[[nodiscard]] std::vector<std::string> describe(std::span<const Param> params);

} // namespace azoth::engine
