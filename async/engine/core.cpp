// SPDX-License-Identifier: MIT
// What an engine is made of, and finding a statement's compilation.
#include "engine/core.hpp"

#include <atomic>
#include <charconv>
#include <cstdint>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include <azoth/error.hpp>
#include <azoth/sql/construct.hpp>
#include <azoth/sql/visit.hpp>
#include <azoth/types/decorator.hpp>
#include <azoth/types/type_traits.hpp>

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

/// The engine's own way with JSON documents, as a conversion of their types.
std::shared_ptr<const TypeConversion> documents_of(const EngineOptions& options) {
    if (!options.json_serializer && !options.json_deserializer) return nullptr;
    static std::atomic<std::uint64_t> serial{std::uint64_t{1} << 63U}; // not those of decorated types
    const auto changed = [](auto change) {
        return [change](const Value& value, std::string_view) {
            const auto* document = std::get_if<JsonText>(&value.variant());
            return document == nullptr ? value : Value{JsonText{change(document->text)}};
        };
    };
    auto conversion = std::make_shared<TypeConversion>();
    if (options.json_serializer)
        conversion->process_bind_param =
            changed([write = options.json_serializer](const std::string& text) { return write(wire::parse_json(text)); });
    if (options.json_deserializer)
        conversion->process_result_value =
            changed([read = options.json_deserializer](const std::string& text) { return wire::dump_json(read(text)); });
    conversion->cache_ok = true;
    conversion->serial = ++serial;
    return conversion;
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
      documents(documents_of(options)),
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

void EngineCore::warn_of_types(const sql::NodePtr& statement) {
    const auto look_at = [this](const Type& type) {
        if (!type.details) return;
        const auto here = type.on(dialect()->name()); // it may be a variant that is decorated
        const auto& conversion = details_of(here).conversion;
        if (!conversion || conversion->cache_ok) return;
        std::unique_lock lock{warned_mutex_};
        const bool first = warned_types_.insert(conversion->serial).second;
        lock.unlock();
        if (first)
            warn("a TypeDecorator over " + to_string(type) + " does not say whether statements with it may be kept compiled, so they are "
                 "compiled whenever they are executed; say cache_ok(true) or cache_ok(false)");
    };
    // Only what is not to be kept has such a type somewhere below: thousands of rows of plain values are passed over.
    std::unordered_set<const sql::Node*> seen{statement.get()};
    std::vector<const sql::Node*> open{statement.get()};
    while (!open.empty()) {
        const auto* node = open.back();
        open.pop_back();
        sql::each_child(*node, [&](const sql::NodePtr& child) {
            if (child->uncacheable && seen.insert(child.get()).second) open.push_back(child.get());
        });
        look_at(sql::type_of(*node));
        if (node->kind == sql::NodeKind::in_list)
            for (const auto& item : static_cast<const sql::InListNode&>(*node).item_types) look_at(item);
        if (node->kind == sql::NodeKind::insert || node->kind == sql::NodeKind::update)
            for (const auto& pair : static_cast<const sql::DmlNode&>(*node).assignments) look_at(pair.column->type);
    }
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
        if (node.uncacheable) warn_of_types(statement);
        binds->schema_map = map;
        binds->fetches_key = fetches_key;
        binds->documents = documents;
        binds->lint = options.enable_from_linting;
        found.compiled = writer.compile(node, *binds);
        found.binds = std::move(binds);
        warn_of(*found.compiled);
        return found;
    }
    // What is compiled depends on whether schemas are left open, not on what they are; and on who writes it.
    const auto variant = static_cast<std::uint64_t>(map != nullptr ? 1 : 0) | static_cast<std::uint64_t>(fetches_key ? 2 : 0)
        | sql::compilation_overrides_serial() << 2U;
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
        if (documents) key.mix(documents->serial);
    }
    found.compiled = kept->find(key);
    found.cached = found.compiled != nullptr;
    if (!found.compiled) {
        auto binds = *found.binds;
        binds.schema_tokens = map != nullptr;
        binds.fetches_key = fetches_key;
        binds.documents = documents;
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
