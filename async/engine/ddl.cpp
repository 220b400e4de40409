// SPDX-License-Identifier: MIT
// Creating, dropping and reflecting the tables of a MetaData.
#include <azoth/engine/ddl.hpp>

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <azoth/compiler/ddl.hpp>
#include <azoth/dialect/dialect.hpp>

#include "engine/execute.hpp"
#include "engine/failure.hpp"
#include "engine/reflection.hpp"

namespace azoth::engine {

namespace {

/// The names of what exists, by kind and schema; the connection's own schema is "".
using Existing = std::map<std::pair<SchemaObject, std::string>, std::set<std::string>>;

asio::awaitable<Existing> existing_objects(Connection& connection, const MetaData& metadata) {
    struct Question {
        SchemaObject kind;
        std::string query;
    };
    const auto queries = connection.dialect()->reflection();
    const Question questions[] = {
        {SchemaObject::table, queries.tables},
        {SchemaObject::sequence, queries.sequences},
        {SchemaObject::type, queries.types},
        {SchemaObject::view, queries.views},
    };
    Existing existing;
    const auto schemas = schemas_of(metadata, *connection.dialect());
    for (const auto& schema : schemas) {
        for (const auto& question : questions) {
            if (question.query.empty()) continue;
            auto* driver = co_await connection.driver_connection();
            auto names = co_await object_names(*driver, question.query, schema);
            existing[{question.kind, schema}].insert(names.begin(), names.end());
        }
    }
    co_return existing;
}

/// Looks into `existing`, which has to live as long.
ExistsRule rule_of(const Existing& existing) {
    return [&existing](SchemaObject kind, const std::string& schema, const std::string& name) {
        const auto found = existing.find({kind, schema});
        return found != existing.end() && found->second.contains(name);
    };
}

asio::awaitable<void> run_all(Connection& connection, std::vector<std::string> statements) {
    for (auto& statement : statements) co_await connection.run(std::move(statement));
}

asio::awaitable<void> create_with(Connection& connection, const MetaData& metadata) {
    const auto existing = co_await existing_objects(connection, metadata);
    auto statements = create_all_sql(metadata, *connection.dialect(), rule_of(existing));
    co_await run_all(connection, std::move(statements));
}

asio::awaitable<void> drop_with(Connection& connection, const MetaData& metadata) {
    const auto existing = co_await existing_objects(connection, metadata);
    auto statements = drop_all_sql(metadata, *connection.dialect(), rule_of(existing));
    co_await run_all(connection, std::move(statements));
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
