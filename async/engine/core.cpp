// SPDX-License-Identifier: MIT
// What an engine is made of, and finding a statement's compilation.
#include "engine/core.hpp"

#include <charconv>
#include <cstdint>
#include <string>
#include <utility>

#include <azoth/error.hpp>

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
    return options;
}

const std::shared_ptr<const sql::BindList>& no_binds() {
    static const auto none = std::make_shared<const sql::BindList>();
    return none;
}

} // namespace

EngineCore::EngineCore(asio::any_io_executor io_executor, Url database, EngineOptions engine_options)
    : url(std::move(database)),
      connect_url(with_arguments(url, engine_options.connect_args)),
      driver(driver_for(connect_url)),
      dialect(driver->dialect(connect_url)),
      single_connection(driver->single_connection(connect_url) || engine_options.poolclass == PoolClass::static_pool),
      options(checked(std::move(engine_options))),
      schema_map(
          options.schema_translate_map.empty() ? nullptr
                                               : std::make_shared<const SchemaTranslateMap>(options.schema_translate_map)),
      cache(options.query_cache_size),
      executor(std::move(io_executor)) {
    if (!executor) throw ArgumentError("create_engine(): the executor is empty");
}

void EngineCore::warn(const Compiled& compiled) {
    if (!options.enable_from_linting) return;
    for (const auto& warning : compiled.warnings) {
        events.warning.emit_quietly(std::string_view{warning});
        if (echo()) log("warning: " + warning);
    }
}

Lookup EngineCore::lookup(const sql::NodePtr& statement, const SchemaTranslateMap* translations, bool fetches_key) {
    const auto& node = static_cast<const sql::StatementNode&>(*statement);
    const auto* map = translations != nullptr && !translations->empty() ? translations : nullptr;
    fetches_key = fetches_key && node.kind == sql::NodeKind::insert;
    Lookup found;
    const bool is_ddl = node.kind == sql::NodeKind::ddl;
    if (is_ddl || node.uncacheable) { // tables may have changed since: never kept
        auto binds = std::make_shared<sql::BindList>();
        if (node.has_binds) *binds = sql::collect_binds(node);
        binds->schema_map = map;
        binds->fetches_key = fetches_key;
        found.compiled = dialect->compile(node, *binds);
        found.binds = std::move(binds);
        warn(*found.compiled);
        return found;
    }
    // What is compiled depends on whether schemas are left open, not on what they are.
    const auto variant = static_cast<std::uint64_t>(map != nullptr ? 1 : 0) | static_cast<std::uint64_t>(fetches_key ? 2 : 0);
    auto memo_key = node.key;
    if (variant != 0) memo_key.mix(variant);
    const auto finished = [&](Lookup&& lookup) {
        if (map != nullptr) lookup.compiled = with_schemas(std::move(lookup.compiled), map, *dialect);
        return std::move(lookup);
    };
    auto content = cache.recall(node, memo_key);
    if (content.compiled) {
        found.compiled = std::move(content.compiled);
        found.binds = std::move(content.binds);
        found.cached = true;
        return finished(std::move(found));
    }
    found.binds =
        node.has_binds ? std::make_shared<const sql::BindList>(sql::collect_binds(node)) : no_binds();
    auto key = sql::statement_key(node, *found.binds);
    if (variant != 0) key.mix(variant);
    found.compiled = cache.find(key);
    found.cached = found.compiled != nullptr;
    if (!found.compiled) {
        auto binds = *found.binds;
        binds.schema_tokens = map != nullptr;
        binds.fetches_key = fetches_key;
        found.compiled = cache.insert(key, dialect->compile(node, binds));
        warn(*found.compiled);
    }
    content.compiled = found.compiled;
    content.binds = found.binds;
    cache.remember(node, memo_key, std::move(content));
    return finished(std::move(found));
}

} // namespace azoth::engine
