// SPDX-License-Identifier: MIT
// What an engine is made of, and finding a statement's compilation.
#include "engine/core.hpp"

#include <charconv>
#include <cstdint>
#include <string>
#include <utility>

#include <azoth/error.hpp>

#include "engine/dml_execution.hpp"

namespace azoth::engine {

namespace {

std::shared_ptr<const driver::Driver> driver_for(const Url& url) {
    auto found =
        azoth::driver::find_driver(url.driver.empty() ? url.dialect : url.dialect + "+" + url.driver);
    found->validate(url);
    return found;
}

/// What the client library is given: the arguments win over what the URL says.
Url with_arguments(Url url, const std::vector<std::pair<std::string, std::string>>& arguments) {
    for (const auto& [key, value] : arguments) {
        if (key == "user" || key == "username") {
            url.username = value;
        } else if (key == "password") {
            url.password = value;
        } else if (key == "database" || key == "dbname") {
            url.database = value;
        } else if (key == "host") {
            url.host = value;
        } else if (key == "port") {
            std::uint16_t port = 0;
            const auto* end = value.data() + value.size();
            const auto parsed = std::from_chars(value.data(), end, port);
            if (parsed.ec != std::errc{} || parsed.ptr != end)
                throw ArgumentError("connect_args: there is no port '" + value + "'");
            url.port = port;
        } else {
            std::erase_if(url.query, [&key](const auto& pair) { return pair.first == key; });
            url.query.emplace_back(key, value);
            continue;
        }
        // The same said in the URL's query.
        std::erase_if(url.query, [&key](const auto& pair) { return pair.first == key; });
    }
    return url;
}

EngineOptions checked(EngineOptions options) {
    const auto refuse = [](const std::string& what) { throw ArgumentError("create_engine(): " + what); };
    if (options.pool_size < 0)
        refuse("pool_size is " + std::to_string(options.pool_size) + "; 0 means no limit");
    if (options.max_overflow < -1)
        refuse("max_overflow is " + std::to_string(options.max_overflow) + "; -1 means no limit");
    if (options.pool_timeout.count() < 0) refuse("pool_timeout is negative");
    if (options.pool_recycle.count() < 0) refuse("pool_recycle is negative; 0 means never");
    if (options.pool) {
        const EngineOptions fresh;
        const bool others = options.pool_size != fresh.pool_size || options.max_overflow != fresh.max_overflow ||
                            options.pool_timeout != fresh.pool_timeout || options.poolclass != fresh.poolclass ||
                            options.pool_recycle != fresh.pool_recycle || options.pool_pre_ping || options.pool_use_lifo ||
                            options.pool_reset_on_return != fresh.pool_reset_on_return || options.echo_pool ||
                            !options.pool_logging_name.empty() || options.creator;
        if (others) refuse("a pool is given: then it has the options of pools, and no other can be given");
    }
    return options;
}

const std::shared_ptr<const sql::BindList>& no_binds() {
    static const auto none = std::make_shared<const sql::BindList>();
    return none;
}

} // namespace

EngineCore::EngineCore(asio::any_io_executor io_executor, Url database, EngineOptions engine_options)
    : echo_(engine_options.echo.level()),
      echo_pool_(engine_options.echo_pool.level()),
      url(std::move(database)),
      connect_url(with_arguments(url, engine_options.connect_args)),
      driver(driver_for(connect_url)),
      url_dialect(driver->dialect(connect_url)),
      single_connection(driver->single_connection(connect_url) || engine_options.poolclass == PoolClass::static_pool),
      options(checked(std::move(engine_options))),
      schema_map(
          options.schema_translate_map.empty() ? nullptr
                                               : std::make_shared<const SchemaTranslateMap>(options.schema_translate_map)),
      cache(options.query_cache_size),
      executor(std::move(io_executor)) {
    if (!executor) throw ArgumentError("create_engine(): the executor is empty");
}

void EngineCore::warn(std::string_view warning) {
    events.warning.emit_quietly(warning);
    if (options.warnings == WarningAction::error) throw SAWarning(std::string{warning});
    if (echo() || options.warnings == WarningAction::log) write_line("warning: " + std::string{warning}, Echo::on, true);
}

void EngineCore::warn_of(const Compiled& compiled) {
    if (!options.enable_from_linting) return;
    for (const auto& warning : compiled.warnings) warn(warning);
}

Lookup EngineCore::lookup(
    const sql::NodePtr& statement, const SchemaTranslateMap* translations, bool fetches_key,
    const std::optional<std::shared_ptr<CompiledCache>>& other) {
    const auto& node = static_cast<const sql::StatementNode&>(*statement);
    const auto& writer = *dialect();
    CompiledCache* const kept = other ? other->get() : &cache;
    const auto* map = translations != nullptr && !translations->empty() ? translations : nullptr;
    fetches_key = fetches_key && node.kind == sql::NodeKind::insert;
    Lookup found;
    if (node.kind == sql::NodeKind::ddl || node.uncacheable || kept == nullptr) { // tables may have changed since: never kept
        auto binds = std::make_shared<sql::BindList>();
        if (node.has_binds) *binds = sql::collect_binds(node);
        binds->schema_map = map;
        binds->fetches_key = fetches_key;
        binds->lint = options.enable_from_linting;
        found.compiled = writer.compile(node, *binds);
        found.binds = std::move(binds);
        warn_of(*found.compiled);
        return found;
    }
    // What is compiled depends on whether schemas are left open, not on what they are.
    const auto variant = static_cast<std::uint64_t>(map != nullptr ? 1 : 0) | static_cast<std::uint64_t>(fetches_key ? 2 : 0);
    auto memo_key = node.key;
    if (variant != 0) memo_key.mix(variant);
    const auto finished = [&](Lookup&& lookup) {
        if (map != nullptr) lookup.compiled = with_schemas(std::move(lookup.compiled), map, writer);
        return std::move(lookup);
    };
    if (!other) { // what a statement remembers is for the engine's cache
        auto content = kept->recall(node, memo_key);
        if (content.compiled) {
            found.compiled = std::move(content.compiled);
            found.binds = std::move(content.binds);
            found.cached = true;
            return finished(std::move(found));
        }
    }
    found.binds =
        node.has_binds ? std::make_shared<const sql::BindList>(sql::collect_binds(node)) : no_binds();
    auto key = sql::statement_key(node, *found.binds);
    if (variant != 0) key.mix(variant);
    if (other) { // engines of several dialects may share it
        key.mix(writer.name());
        key.mix(reinterpret_cast<std::uintptr_t>(&writer));
    }
    found.compiled = kept->find(key);
    found.cached = found.compiled != nullptr;
    if (!found.compiled) {
        auto binds = *found.binds;
        binds.schema_tokens = map != nullptr;
        binds.fetches_key = fetches_key;
        binds.lint = options.enable_from_linting;
        found.compiled = kept->insert(key, writer.compile(node, binds));
        warn_of(*found.compiled);
    }
    if (!other) {
        sql::StatementMemo::Content content;
        content.compiled = found.compiled;
        content.binds = found.binds;
        kept->remember(node, memo_key, std::move(content));
    }
    return finished(std::move(found));
}

} // namespace azoth::engine
