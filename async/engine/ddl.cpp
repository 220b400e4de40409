// SPDX-License-Identifier: MIT
// Creating, dropping and reflecting the tables of a MetaData.
#include <azoth/engine/ddl.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <azoth/dialect/dialect.hpp>

#include "engine/execute.hpp"
#include "engine/failure.hpp"
#include "engine/reflection.hpp"

namespace azoth::engine {

namespace {

/// The tables that exist, by schema; the connection's own under "".
using Existing = std::map<std::string, std::set<std::string>>;

asio::awaitable<Existing> existing_tables(Connection& connection, const std::vector<const Table*>& tables) {
    Existing existing;
    for (const auto* table : tables) {
        const auto [entry, is_new] = existing.try_emplace(table->schema());
        if (!is_new) continue;
        auto* driver = co_await connection.driver_connection();
        auto names = co_await table_names(*driver, *connection.dialect(), entry->first);
        entry->second.insert(names.begin(), names.end());
    }
    co_return existing;
}

bool exists(const Existing& existing, const Table& table) {
    const auto schema = existing.find(table.schema());
    return schema != existing.end() && schema->second.contains(table.name());
}

asio::awaitable<void> create_with(Connection& connection, const MetaData& metadata) {
    const auto tables = metadata.sorted_tables();
    const auto existing = co_await existing_tables(connection, tables);
    for (const auto* table : tables) {
        if (exists(existing, *table)) continue;
        for (auto& statement : connection.dialect()->create_table(table->data()))
            co_await connection.run(statement);
    }
}

asio::awaitable<void> drop_with(Connection& connection, const MetaData& metadata) {
    auto tables = metadata.sorted_tables();
    std::ranges::reverse(tables);
    const auto existing = co_await existing_tables(connection, tables);
    for (const auto* table : tables) {
        if (!exists(existing, *table)) continue;
        auto statement = connection.dialect()->drop_table(table->data());
        co_await connection.run(std::move(statement));
    }
}

asio::awaitable<std::vector<std::shared_ptr<schema::TableData>>> read_schema(Lease lease) {
    Operation operation{lease};
    Slot& slot = operation.slot();
    if (slot.needs_attention()) co_await attend(slot);
    if (!slot.on_server) co_await begin_on_server(slot);
    std::vector<std::shared_ptr<schema::TableData>> tables;
    try {
        tables = co_await reflect_schema(*slot.driver, *slot.core->dialect, std::string{});
    } catch (...) {
        rethrow_failure(slot, {}, {});
    }
    note_success(slot);
    co_return tables;
}

asio::awaitable<void> reflect_with(Connection& connection, MetaData& metadata) {
    const auto tables = co_await read_schema(ScopeAccess::lease(connection));
    for (const auto& table : tables)
        if (metadata.find(table->name, table->schema) == nullptr) metadata.add(Table{table});
}

// Units of work for engine.begin(): objects that a coroutine frame can hold without harm.
struct Create {
    const MetaData* metadata;
    asio::awaitable<void> operator()(Connection& connection) const {
        return create_with(connection, *metadata);
    }
};
struct Drop {
    const MetaData* metadata;
    asio::awaitable<void> operator()(Connection& connection) const {
        return drop_with(connection, *metadata);
    }
};
struct Reflect {
    MetaData* metadata;
    asio::awaitable<void> operator()(Connection& connection) const {
        return reflect_with(connection, *metadata);
    }
};

} // namespace
} // namespace azoth::engine

namespace azoth {

asio::awaitable<void> create_tables(const Engine& engine, const MetaData& metadata) {
    return engine.begin(engine::Create{&metadata});
}
asio::awaitable<void> create_tables(Connection& connection, const MetaData& metadata) {
    return engine::create_with(connection, metadata);
}
asio::awaitable<void> drop_tables(const Engine& engine, const MetaData& metadata) {
    return engine.begin(engine::Drop{&metadata});
}
asio::awaitable<void> drop_tables(Connection& connection, const MetaData& metadata) {
    return engine::drop_with(connection, metadata);
}
asio::awaitable<void> reflect_tables(const Engine& engine, MetaData& metadata) {
    return engine.begin(engine::Reflect{&metadata});
}
asio::awaitable<void> reflect_tables(Connection& connection, MetaData& metadata) {
    return engine::reflect_with(connection, metadata);
}

} // namespace azoth
