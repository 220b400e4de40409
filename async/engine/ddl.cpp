// SPDX-License-Identifier: MIT
// Creating, dropping and reflecting the tables of a MetaData.
#include <azoth/engine/ddl.hpp>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <azoth/compiler/ddl.hpp>
#include <azoth/dialect/dialect.hpp>
#include <azoth/error.hpp>
#include <azoth/schema/reflected.hpp>

#include "engine/reflection.hpp"
#include "engine/slot.hpp"

namespace azoth::engine {

namespace {

/// The names of what exists, by kind and schema; the connection's own schema is "".
using Existing = std::map<std::pair<SchemaObject, std::string>, std::set<std::string>>;

/// What stands for schemas on this connection.
SchemaTranslateMap translations(const Connection& connection) {
    const auto& lease = ScopeAccess::lease(connection);
    return is_current(lease) && lease.slot->schema_map ? *lease.slot->schema_map : SchemaTranslateMap{};
}

asio::awaitable<Existing> existing_objects(Connection& connection, const MetaData& metadata) {
    struct Question {
        SchemaObject kind;
        std::string query;
    };
    Existing existing;
    const auto schemas = schemas_of(metadata, *connection.dialect(), translations(connection));
    for (const auto& schema : schemas) {
        const ReflectionScope scope{schema};
        const auto queries = connection.dialect()->reflection(scope);
        const Question questions[] = {
            {SchemaObject::table, queries.tables},
            {SchemaObject::sequence, queries.sequences},
            {SchemaObject::type, queries.types},
        };
        for (const auto& question : questions) {
            if (question.query.empty()) continue;
            auto* driver = co_await connection.driver_connection();
            auto names = co_await object_names(*driver, question.query, schema);
            existing[{question.kind, schema}].insert(names.begin(), names.end());
        }
        // The catalogue's list of tables has the views in it.
        existing[{SchemaObject::view, schema}] = existing[{SchemaObject::table, schema}];
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

/// Tells those who listen what comes next, or was done last.
asio::awaitable<void> tell(Connection& connection, const MetaData& metadata, const DdlMark& mark, bool checkfirst) {
    auto& events = ScopeAccess::lease(connection).slot->core->events;
    auto* event = &events.before_create;
    if (mark.event == schema::DdlEvent::after_create) event = &events.after_create;
    if (mark.event == schema::DdlEvent::before_drop) event = &events.before_drop;
    if (mark.event == schema::DdlEvent::after_drop) event = &events.after_drop;
    if (event->empty()) co_return;
    DdlStage stage;
    stage.metadata = &metadata;
    stage.table = mark.table;
    stage.tables = mark.tables;
    stage.checkfirst = checkfirst;
    const auto listeners = event->snapshot();
    for (const auto& listener : *listeners) {
        const bool wanted = event->take(*listener);
        if (wanted) co_await event->function_of(*listener)(connection, stage);
    }
}

asio::awaitable<void> run_all(
    Connection& connection, const MetaData& metadata, std::vector<std::string> statements, std::vector<DdlMark> marks) {
    std::size_t next = 0;
    for (std::size_t i = 0; i <= statements.size(); ++i) {
        for (; next < marks.size() && marks[next].position == i; ++next)
            co_await tell(connection, metadata, marks[next], true);
        if (i < statements.size()) co_await connection.run(std::move(statements[i]));
    }
}

asio::awaitable<void> create_with(Connection& connection, const MetaData& metadata) {
    auto& core = *ScopeAccess::lease(connection).slot->core;
    for (const auto* table : metadata.tables())
        for (const auto& warning : table->data().warnings) core.events.warning.emit_quietly(std::string_view{warning});
    const auto existing = co_await existing_objects(connection, metadata);
    std::vector<DdlMark> marks;
    auto statements = create_all_sql(metadata, *connection.dialect(), rule_of(existing), translations(connection), &marks);
    co_await run_all(connection, metadata, std::move(statements), std::move(marks));
}

asio::awaitable<void> drop_with(Connection& connection, const MetaData& metadata) {
    const auto existing = co_await existing_objects(connection, metadata);
    std::vector<DdlMark> marks;
    auto statements = drop_all_sql(metadata, *connection.dialect(), rule_of(existing), translations(connection), &marks);
    co_await run_all(connection, metadata, std::move(statements), std::move(marks));
}

/// Puts what the catalogue says into a MetaData.
class Reflector {
public:
    Reflector(Connection& connection, MetaData& metadata, const ReflectOptions& options)
        : lease_(ScopeAccess::lease(connection)), dialect_(*connection.dialect()), metadata_(metadata), options_(options),
          schema_(options.schema_name().empty() ? metadata.schema() : options.schema_name()), map_(translations(connection)) {}

    asio::awaitable<void> reflect_all() {
        auto present = co_await read(schema_, std::nullopt, true);
        std::erase_if(present, [this](const auto& object) { return object->temporary || !is_wanted_kind(*object); });
        if (options_.names()) check_names(present);
        std::erase_if(present, [this](const auto& object) { return !is_wanted(object->name); });
        if (present.empty()) co_return;
        // A few are asked for one by one; of many everything is read at once.
        constexpr std::size_t few = 3;
        Objects objects;
        if (present.size() <= few && options_.names()) {
            for (const auto& object : present) {
                auto one = co_await read(schema_, object->name);
                for (auto& each : one) objects.push_back(std::move(each));
            }
        } else {
            objects = co_await read(schema_, std::nullopt);
        }
        for (const auto& object : objects) known_.emplace(std::pair{schema_, object->name}, object);
        for (const auto& object : present)
            if (const auto found = known_.find({schema_, object->name}); found != known_.end()) add_or_skip(*found->second);
        co_await follow();
    }

    asio::awaitable<Table> reflect_one(std::string name) {
        const auto* present = metadata_.find(name, schema_);
        if (present != nullptr && !options_.extends()) co_return *present;
        const auto objects = co_await read(schema_, name);
        if (objects.empty()) throw NoSuchTableError("the database has no table '" + full_name(name) + "'");
        check_reflectable(*objects.front());
        add(*objects.front());
        const std::string real_name = objects.front()->name;
        co_await follow();
        co_return metadata_.table(real_name, schema_);
    }

private:
    /// What is in the schema that stands for `schema`, as if it were in that one.
    asio::awaitable<Objects> read(std::string schema, std::optional<std::string> name, bool names_only = false) {
        const std::string real = schema::translated(&map_, schema);
        auto objects = co_await read_objects(lease_, real, std::move(name), names_only);
        if (real == schema) co_return objects;
        for (auto& object : objects) {
            auto moved = std::make_shared<ReflectedTable>(*object);
            if (moved->schema == real) moved->schema = schema;
            for (auto& key : moved->foreign_keys)
                if (key.referred_schema == real) key.referred_schema = schema;
            object = std::move(moved);
        }
        co_return objects;
    }

    std::string full_name(const std::string& name) const { return schema_.empty() ? name : schema_ + "." + name; }

    bool is_wanted_kind(const ReflectedTable& object) const {
        if (object.foreign) return false; // SQLAlchemy's get_table_names() has none either
        return object.kind == ObjectKind::table || options_.with_views();
    }

    bool is_wanted(const std::string& name) const {
        const auto& names = options_.names();
        if (names && std::ranges::find(*names, name) == names->end()) return false;
        return options_.wants(name);
    }

    void check_names(const Objects& present) const {
        std::string missing;
        for (const auto& name : *options_.names()) {
            const bool is_there = std::ranges::any_of(present, [&](const auto& object) { return object->name == name; });
            if (!is_there) missing += (missing.empty() ? "" : ", ") + name;
        }
        if (!missing.empty())
            throw InvalidRequestError(
                "could not reflect: requested table(s) not available" + (schema_.empty() ? "" : " in schema '" + schema_ + "'") +
                ": " + missing);
    }

    void add_or_skip(const ReflectedTable& object) {
        if (object.unreflectable.empty()) add(object);
        else lease_.slot->core->warn("Skipping table " + object.name + ": " + object.unreflectable);
    }

    void add(const ReflectedTable& object) {
        const schema::Quote quote = [this](std::string_view name) { return dialect_.quote(name); };
        if (const auto* present = metadata_.find(object.name, object.schema)) {
            if (!options_.extends()) return;
            schema::extend_table(*present->shared_data(), object, options_, quote, metadata_.column_listeners());
        } else {
            // Columns are chosen in the table that was asked for only.
            const bool asked_for = added_.empty();
            const auto& chosen = asked_for ? options_ : all_columns_;
            metadata_.add(Table{schema::make_table(object, chosen, quote, metadata_.column_listeners())});
        }
        added_.emplace_back(object.schema, object.name);
    }

    /// Reads what the tables refer to, and what those refer to.
    asio::awaitable<void> follow() {
        for (std::size_t i = 0; options_.resolves() && i < added_.size(); ++i) {
            const auto* table = metadata_.find(added_[i].second, added_[i].first);
            const auto keys = table->data().foreign_keys;
            for (const auto& key : keys) {
                const auto& schema = key.target_schema.empty() ? metadata_.schema() : key.target_schema;
                if (metadata_.find(key.target_table, schema) != nullptr) continue;
                auto found = known_.find({schema, key.target_table});
                if (found == known_.end()) {
                    const auto objects = co_await read(schema, key.target_table);
                    if (objects.empty()) continue; // SQLite takes foreign keys to tables that do not exist
                    found = known_.emplace(std::pair{schema, key.target_table}, objects.front()).first;
                }
                if (metadata_.find(found->second->name, found->second->schema) == nullptr) add(*found->second);
            }
        }
    }

    const Lease lease_;
    const Dialect& dialect_;
    MetaData& metadata_;
    const ReflectOptions& options_;
    const ReflectOptions all_columns_;
    const std::string schema_;
    const SchemaTranslateMap map_;
    std::map<std::pair<std::string, std::string>, std::shared_ptr<const ReflectedTable>> known_;
    std::vector<std::pair<std::string, std::string>> added_; ///< schema and name
};

asio::awaitable<void> reflect_with(Connection& connection, MetaData& metadata, ReflectOptions options) {
    Reflector reflector{connection, metadata, options};
    co_await reflector.reflect_all();
}

asio::awaitable<Table>
reflect_table_with(Connection& connection, MetaData& metadata, std::string name, ReflectOptions options) {
    Reflector reflector{connection, metadata, options};
    auto table = co_await reflector.reflect_one(std::move(name));
    co_return table;
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
/// It reads before it writes, so another's write may be in its way: on SQLite that is an error, which ends with the other one's.
const TransactionOptions ddl_transaction = TransactionOptions().max_attempts(8);
struct Reflect {
    MetaData* metadata;
    ReflectOptions options;
    Reflect(MetaData& target, ReflectOptions wanted) : metadata(&target), options(std::move(wanted)) {}
    asio::awaitable<void> operator()(Connection& connection) const {
        return reflect_with(connection, *metadata, options);
    }
};
struct ReflectOne {
    MetaData* metadata;
    std::string name;
    ReflectOptions options;
    ReflectOne(MetaData& target, std::string table, ReflectOptions wanted)
        : metadata(&target), name(std::move(table)), options(std::move(wanted)) {}
    asio::awaitable<Table> operator()(Connection& connection) const {
        return reflect_table_with(connection, *metadata, name, options);
    }
};

} // namespace
} // namespace azoth::engine

namespace azoth {

asio::awaitable<void> create_tables(const Engine& engine, const MetaData& metadata) {
    return engine.begin(engine::ddl_transaction, engine::Create{&metadata});
}
asio::awaitable<void> create_tables(Connection& connection, const MetaData& metadata) {
    return engine::create_with(connection, metadata);
}
asio::awaitable<void> drop_tables(const Engine& engine, const MetaData& metadata) {
    return engine.begin(engine::ddl_transaction, engine::Drop{&metadata});
}
asio::awaitable<void> drop_tables(Connection& connection, const MetaData& metadata) {
    return engine::drop_with(connection, metadata);
}
asio::awaitable<void> reflect_tables(const Engine& engine, MetaData& metadata, ReflectOptions options) {
    return engine.begin(engine::Reflect{metadata, std::move(options)});
}
asio::awaitable<void> reflect_tables(Connection& connection, MetaData& metadata, ReflectOptions options) {
    return engine::reflect_with(connection, metadata, std::move(options));
}
asio::awaitable<Table>
reflect_table(const Engine& engine, MetaData& metadata, std::string name, ReflectOptions options) {
    return engine.begin(engine::ReflectOne{metadata, std::move(name), std::move(options)});
}
asio::awaitable<Table>
reflect_table(Connection& connection, MetaData& metadata, std::string name, ReflectOptions options) {
    return engine::reflect_table_with(connection, metadata, std::move(name), std::move(options));
}

} // namespace azoth
