// SPDX-License-Identifier: MIT
// The Inspector: asks the catalogue, remembers the answers, hands parts of them out.
#include <azoth/engine/inspector.hpp>

#include <algorithm>
#include <set>
#include <utility>

#include <azoth/dialect/dialect.hpp>
#include <azoth/error.hpp>
#include <azoth/schema/sort.hpp>

#include "dialect/reflection.hpp"
#include "engine/reflection.hpp"
#include "engine/slot.hpp"

namespace azoth {

using engine::Objects;
using engine::Pairs;

namespace {

[[noreturn]] void throw_not_supported(const Dialect& dialect, const std::string& what) {
    DiagnosticInfo info;
    info.code = errc::not_supported;
    info.message = std::string{dialect.name()} + " " + what;
    throw NotSupportedError(std::move(info), {}, {});
}

} // namespace

bool InspectOptions::takes(const ReflectedTable& table) const noexcept {
    if ((static_cast<unsigned>(table.kind) & static_cast<unsigned>(kind_)) == 0) return false;
    if (scope_ != ObjectScope::any && table.temporary != (scope_ == ObjectScope::temporary)) return false;
    return !names_ || std::ranges::find(*names_, table.name) != names_->end();
}

struct Inspector::State {
    explicit State(const Engine& database) : engine(database), dialect(database.dialect()) {}
    explicit State(Connection& on) : connection(&on), dialect(on.dialect()) {}

    std::optional<Engine> engine;
    Connection* connection = nullptr;
    std::shared_ptr<const Dialect> dialect;

    std::map<std::string, Objects> names;    ///< by schema: names and kinds
    std::map<std::string, Objects> schemas;  ///< by schema: all there is
    std::map<TableKey, std::shared_ptr<const ReflectedTable>> tables;
    using Question = std::pair<std::string, std::vector<std::string>>; ///< a query and its parameters
    std::map<Question, Pairs> answers;
    std::map<Question, std::shared_ptr<const RowBuffer>> rows;

    asio::awaitable<Objects> read(std::string schema, std::optional<std::string> table, bool names_only) {
        Objects objects;
        if (connection != nullptr) {
            objects = co_await engine::read_objects(engine::ScopeAccess::lease(*connection), schema, table, names_only);
            co_return objects;
        }
        auto own = co_await engine->connect();
        objects = co_await engine::read_objects(engine::ScopeAccess::lease(own), schema, table, names_only);
        co_await own.close();
        co_return objects;
    }

    asio::awaitable<Pairs> ask(std::string query, std::vector<std::string> parameters) {
        std::pair key{query, parameters};
        if (const auto found = answers.find(key); found != answers.end()) co_return found->second;
        Pairs pairs;
        if (connection != nullptr) {
            pairs = co_await engine::read_pairs(engine::ScopeAccess::lease(*connection), query, parameters);
        } else {
            auto own = co_await engine->connect();
            pairs = co_await engine::read_pairs(engine::ScopeAccess::lease(own), query, parameters);
            co_await own.close();
        }
        answers.emplace(std::move(key), pairs);
        co_return pairs;
    }

    /// Null when there are none, and when there is no such query.
    asio::awaitable<std::shared_ptr<const RowBuffer>> read_rows(std::string query, std::string schema) {
        std::shared_ptr<const RowBuffer> result;
        if (query.empty()) co_return result;
        Question key{query, std::vector<std::string>(1, schema)};
        if (const auto known = rows.find(key); known != rows.end()) co_return known->second;
        auto parameters = key.second;
        if (connection != nullptr) {
            result = co_await engine::read_catalogue(engine::ScopeAccess::lease(*connection), query, std::move(parameters));
        } else {
            auto own = co_await engine->connect();
            result = co_await engine::read_catalogue(engine::ScopeAccess::lease(own), query, std::move(parameters));
            co_await own.close();
        }
        rows.emplace(std::move(key), result);
        co_return result;
    }

    asio::awaitable<std::vector<std::string>> ask_names(std::string query, std::vector<std::string> parameters) {
        std::vector<std::string> result;
        if (query.empty()) co_return result;
        const auto pairs = co_await ask(std::move(query), std::move(parameters));
        for (const auto& pair : pairs) result.push_back(pair.first);
        co_return result;
    }

    [[nodiscard]] ReflectionQueries queries(std::string schema = {}, bool one_table = false) const {
        return dialect->reflection(ReflectionScope{std::move(schema), one_table});
    }

    /// Names and kinds of a schema's tables and views.
    asio::awaitable<Objects> list(std::string schema) {
        if (const auto all = schemas.find(schema); all != schemas.end()) co_return all->second;
        if (const auto known = names.find(schema); known != names.end()) co_return known->second;
        auto objects = co_await read(schema, std::nullopt, true);
        names.emplace(schema, objects);
        co_return objects;
    }

    asio::awaitable<Objects> all(std::string schema) {
        if (const auto known = schemas.find(schema); known != schemas.end()) co_return known->second;
        auto objects = co_await read(schema, std::nullopt, false);
        schemas.emplace(schema, objects);
        for (const auto& object : objects) tables.emplace(TableKey{schema, object->name}, object);
        co_return objects;
    }

    /// Null when there is no such table.
    asio::awaitable<std::shared_ptr<const ReflectedTable>> find(std::string table, std::string schema) {
        TableKey key{schema, table};
        if (const auto known = tables.find(key); known != tables.end()) co_return known->second;
        const auto objects = co_await read(schema, table, false);
        std::shared_ptr<const ReflectedTable> found;
        if (!objects.empty()) {
            found = objects.front();
            tables.emplace(std::move(key), found);
        }
        co_return found;
    }

    asio::awaitable<std::shared_ptr<const ReflectedTable>> get(std::string table, std::string schema) {
        auto found = co_await find(table, schema);
        if (found == nullptr)
            throw NoSuchTableError("the database has no table '" + (schema.empty() ? "" : schema + ".") + table + "'");
        engine::check_reflectable(*found);
        co_return found;
    }

    asio::awaitable<std::vector<std::string>> names_of(std::string schema, InspectOptions options, bool foreign) {
        const auto objects = co_await list(schema);
        std::vector<std::string> result;
        for (const auto& object : objects)
            if (object->foreign == foreign && options.takes(*object)) result.push_back(object->name);
        co_return result;
    }

    asio::awaitable<std::vector<std::string>> temporary_names(ObjectKind kind) {
        if (queries().hides_temporary_tables) throw_not_supported(*dialect, "keeps no list of temporary tables");
        const auto options = InspectOptions{}.kind(kind).scope(ObjectScope::temporary);
        auto result = co_await names_of(std::string(), options, false);
        co_return result;
    }

    /// Whether a SELECT finds a table that no list has. A failed statement does not end a transaction where this is asked.
    asio::awaitable<bool> answers_to(std::string table, std::string schema) {
        std::string sql = "SELECT 1 FROM ";
        if (!schema.empty()) sql += dialect->quote_schema(schema) + ".";
        sql += dialect->quote(table) + " LIMIT 0";
        bool found = true;
        try {
            if (connection != nullptr) {
                co_await connection->run(sql);
            } else {
                auto own = co_await engine->connect();
                co_await own.run(sql);
                co_await own.close();
            }
        } catch (const DBAPIError& error) {
            if (error.is_disconnect()) throw;
            found = false;
        }
        co_return found;
    }

    template <class T>
    asio::awaitable<MultiReflection<T>> multi(InspectOptions options, T ReflectedTable::* part) {
        MultiReflection<T> result;
        const auto& wanted = options.names();
        if (wanted && wanted->size() == 1) {
            const auto found = co_await find(wanted->front(), options.schema_name());
            if (found != nullptr && found->unreflectable.empty() && options.takes(*found)) result.emplace(TableKey{options.schema_name(), found->name}, (*found).*part);
            co_return result;
        }
        const auto objects = co_await all(options.schema_name());
        for (const auto& object : objects)
            if (object->unreflectable.empty() && options.takes(*object))
                result.emplace(TableKey{options.schema_name(), object->name}, (*object).*part);
        co_return result;
    }

    template <class T>
    static asio::awaitable<T> part_of(std::shared_ptr<State> state, std::string table, std::string schema, T ReflectedTable::* part) {
        const auto found = co_await state->get(std::move(table), std::move(schema));
        co_return (*found).*part;
    }
    template <class T>
    static asio::awaitable<MultiReflection<T>>
    parts_of(std::shared_ptr<State> state, InspectOptions options, T ReflectedTable::* part) {
        auto result = co_await state->multi(std::move(options), part);
        co_return result;
    }
    static asio::awaitable<std::vector<std::string>>
    kind_of(std::shared_ptr<State> state, std::string schema, ObjectKind kind, ObjectScope scope, bool foreign = false) {
        const auto options = InspectOptions{}.kind(kind).scope(scope);
        auto result = co_await state->names_of(std::move(schema), options, foreign);
        co_return result;
    }
    static asio::awaitable<std::vector<std::string>>
    asked(std::shared_ptr<State> state, std::string query, std::vector<std::string> parameters) {
        auto result = co_await state->ask_names(std::move(query), std::move(parameters));
        co_return result;
    }
    static asio::awaitable<bool> contains(asio::awaitable<std::vector<std::string>> list, std::string name) {
        const auto names = co_await std::move(list);
        co_return std::ranges::find(names, name) != names.end();
    }
    static asio::awaitable<bool> is_there(std::shared_ptr<State> state, std::string table, std::string schema) {
        const auto objects = co_await state->list(schema);
        if (std::ranges::any_of(objects, [&](const auto& object) { return object->name == table; })) co_return true;
        // Another spelling of the name, or a table that only its session sees.
        const auto one = co_await state->read(schema, table, true);
        if (!one.empty()) co_return true;
        if (!state->queries().hides_temporary_tables) co_return false;
        const bool found = co_await state->answers_to(std::move(table), std::move(schema));
        co_return found;
    }
};

Inspector::Inspector(const Engine& engine) : state_(std::make_shared<State>(engine)) {}
Inspector::Inspector(Connection& connection) : state_(std::make_shared<State>(connection)) {}

void Inspector::clear_cache() {
    state_->names.clear();
    state_->schemas.clear();
    state_->tables.clear();
    state_->answers.clear();
    state_->rows.clear();
}

// ---- names -------------------------------------------------------------------------------------

using Names = asio::awaitable<std::vector<std::string>>;

Names Inspector::get_schema_names() { return State::asked(state_, state_->queries().schemas, {}); }

asio::awaitable<std::string> Inspector::default_schema_name() {
    const auto state = state_;
    std::vector<std::string> none;
    const auto names = co_await state->ask_names(state->queries().default_schema, std::move(none));
    co_return names.empty() ? std::string{} : names.front();
}

Names Inspector::get_table_names(std::string schema) {
    return State::kind_of(state_, std::move(schema), ObjectKind::table, ObjectScope::default_);
}
Names Inspector::get_view_names(std::string schema) {
    return State::kind_of(state_, std::move(schema), ObjectKind::view, ObjectScope::default_);
}
Names Inspector::get_materialized_view_names(std::string schema) {
    return State::kind_of(state_, std::move(schema), ObjectKind::materialized_view, ObjectScope::default_);
}
Names Inspector::get_foreign_table_names(std::string schema) {
    return State::kind_of(state_, std::move(schema), ObjectKind::table, ObjectScope::any, true);
}

namespace {

std::vector<std::string> schema_and_name(const std::string& schema, const std::string& name) { return {schema, name}; }

} // namespace

Names Inspector::get_temp_table_names() { return state_->temporary_names(ObjectKind::table); }
Names Inspector::get_temp_view_names() { return state_->temporary_names(ObjectKind::any_view); }

Names Inspector::get_sequence_names(std::string schema) {
    std::vector<std::string> parameters(1, schema);
    return State::asked(state_, state_->queries(schema).sequences, std::move(parameters));
}

asio::awaitable<std::map<std::string, std::vector<std::string>>> Inspector::get_enums(std::string schema) {
    const auto state = state_;
    const auto rows = co_await state->read_rows(state->queries(schema).enums, schema);
    std::map<std::string, std::vector<std::string>> enums;
    if (rows) enums = read_enums(*rows);
    co_return enums;
}

asio::awaitable<std::vector<ReflectedDomain>> Inspector::get_domains(std::string schema) {
    const auto state = state_;
    const auto rows = co_await state->read_rows(state->queries(schema).domains, schema);
    std::vector<ReflectedDomain> domains;
    if (rows) domains = read_domains(*rows, *state->dialect);
    co_return domains;
}

asio::awaitable<std::int64_t> Inspector::get_table_oid(std::string table, std::string schema) {
    const auto state = state_;
    const auto query = state->queries(schema, true).table_oid;
    if (query.empty()) throw_not_supported(*state->dialect, "does not number its tables");
    auto parameters = schema_and_name(schema, table);
    const auto numbers = co_await state->ask_names(query, std::move(parameters));
    if (numbers.empty()) throw NoSuchTableError("the database has no table '" + (schema.empty() ? "" : schema + ".") + table + "'");
    co_return std::stoll(numbers.front());
}

// ---- what exists -------------------------------------------------------------------------------

asio::awaitable<bool> Inspector::has_table(std::string table, std::string schema) {
    return State::is_there(state_, std::move(table), std::move(schema));
}
asio::awaitable<bool> Inspector::has_schema(std::string schema) {
    return State::contains(get_schema_names(), std::move(schema));
}
asio::awaitable<bool> Inspector::has_sequence(std::string sequence, std::string schema) {
    return State::contains(get_sequence_names(std::move(schema)), std::move(sequence));
}

asio::awaitable<bool> Inspector::has_index(std::string table, std::string index_name, std::string schema) {
    const auto state = state_;
    const auto found = co_await state->find(std::move(table), std::move(schema));
    co_return found != nullptr && std::ranges::find(found->indexes, index_name, &ReflectedIndex::name) != found->indexes.end();
}

asio::awaitable<std::map<std::string, bool>>
Inspector::has_multi_table(std::vector<std::string> tables, std::string schema) {
    const auto state = state_;
    std::map<std::string, bool> result;
    for (const auto& table : tables) {
        const bool found = co_await State::is_there(state, table, schema);
        result.emplace(table, found);
    }
    co_return result;
}

// ---- one table ---------------------------------------------------------------------------------

asio::awaitable<std::vector<ReflectedColumn>> Inspector::get_columns(std::string table, std::string schema) {
    return State::part_of(state_, std::move(table), std::move(schema), &ReflectedTable::columns);
}
asio::awaitable<ReflectedPrimaryKey> Inspector::get_pk_constraint(std::string table, std::string schema) {
    return State::part_of(state_, std::move(table), std::move(schema), &ReflectedTable::pk_constraint);
}
asio::awaitable<std::vector<ReflectedForeignKey>> Inspector::get_foreign_keys(std::string table, std::string schema) {
    return State::part_of(state_, std::move(table), std::move(schema), &ReflectedTable::foreign_keys);
}
asio::awaitable<std::vector<ReflectedUniqueConstraint>>
Inspector::get_unique_constraints(std::string table, std::string schema) {
    return State::part_of(state_, std::move(table), std::move(schema), &ReflectedTable::unique_constraints);
}
asio::awaitable<std::vector<ReflectedIndex>> Inspector::get_indexes(std::string table, std::string schema) {
    return State::part_of(state_, std::move(table), std::move(schema), &ReflectedTable::indexes);
}
asio::awaitable<std::vector<ReflectedCheckConstraint>>
Inspector::get_check_constraints(std::string table, std::string schema) {
    return State::part_of(state_, std::move(table), std::move(schema), &ReflectedTable::check_constraints);
}
asio::awaitable<std::string> Inspector::get_table_comment(std::string table, std::string schema) {
    if (!state_->queries().has_comments) throw_not_supported(*state_->dialect, "has no comments on tables");
    return State::part_of(state_, std::move(table), std::move(schema), &ReflectedTable::comment);
}
asio::awaitable<schema::DialectOptions> Inspector::get_table_options(std::string table, std::string schema) {
    return State::part_of(state_, std::move(table), std::move(schema), &ReflectedTable::table_options);
}

asio::awaitable<std::string> Inspector::get_view_definition(std::string view, std::string schema) {
    const auto state = state_;
    const auto query = state->queries(schema, true).view_definition;
    auto parameters = schema_and_name(schema, view);
    const auto texts = co_await state->ask_names(query, std::move(parameters));
    if (texts.empty()) throw NoSuchTableError("the database has no view '" + (schema.empty() ? "" : schema + ".") + view + "'");
    co_return texts.front();
}

asio::awaitable<ReflectedTable> Inspector::get_table(std::string table, std::string schema) {
    const auto state = state_;
    const auto found = co_await state->get(std::move(table), std::move(schema));
    co_return *found;
}

// ---- many --------------------------------------------------------------------------------------

asio::awaitable<MultiReflection<std::vector<ReflectedColumn>>> Inspector::get_multi_columns(InspectOptions options) {
    return State::parts_of(state_, std::move(options), &ReflectedTable::columns);
}
asio::awaitable<MultiReflection<ReflectedPrimaryKey>> Inspector::get_multi_pk_constraint(InspectOptions options) {
    return State::parts_of(state_, std::move(options), &ReflectedTable::pk_constraint);
}
asio::awaitable<MultiReflection<std::vector<ReflectedForeignKey>>> Inspector::get_multi_foreign_keys(InspectOptions options) {
    const bool ignores = options.ignores_search_path();
    auto reading = State::parts_of(state_, std::move(options), &ReflectedTable::foreign_keys);
    auto result = co_await std::move(reading);
    if (ignores)
        for (auto& [table, keys] : result)
            for (auto& key : keys) key.referred_schema = key.schema_ignoring_search_path;
    co_return result;
}
asio::awaitable<MultiReflection<std::vector<ReflectedUniqueConstraint>>>
Inspector::get_multi_unique_constraints(InspectOptions options) {
    return State::parts_of(state_, std::move(options), &ReflectedTable::unique_constraints);
}
asio::awaitable<MultiReflection<std::vector<ReflectedIndex>>> Inspector::get_multi_indexes(InspectOptions options) {
    return State::parts_of(state_, std::move(options), &ReflectedTable::indexes);
}
asio::awaitable<MultiReflection<std::vector<ReflectedCheckConstraint>>>
Inspector::get_multi_check_constraints(InspectOptions options) {
    return State::parts_of(state_, std::move(options), &ReflectedTable::check_constraints);
}
asio::awaitable<MultiReflection<std::string>> Inspector::get_multi_table_comment(InspectOptions options) {
    return State::parts_of(state_, std::move(options), &ReflectedTable::comment);
}
asio::awaitable<MultiReflection<schema::DialectOptions>> Inspector::get_multi_table_options(InspectOptions options) {
    return State::parts_of(state_, std::move(options), &ReflectedTable::table_options);
}

asio::awaitable<std::vector<SortedTableName>> Inspector::get_sorted_table_and_fkc_names(std::string schema) {
    const auto state = state_;
    const auto objects = co_await state->all(schema);
    const schema::Quote quote = [state](std::string_view name) { return state->dialect->quote(name); };
    std::vector<Table> tables;
    for (const auto& object : objects)
        if (object->kind == ObjectKind::table && !object->temporary && !object->foreign)
            tables.emplace_back(schema::make_table(*object, ReflectOptions{}, quote));
    std::vector<const Table*> sorting;
    for (const auto& table : tables) sorting.push_back(&table);
    const auto sorted = schema::sort_tables_and_constraints(sorting);
    const auto later = sorted.altered_keys();
    std::vector<SortedTableName> result;
    for (const auto* table : sorted.tables) {
        auto& entry = result.emplace_back();
        entry.table = table->name();
        for (const auto& key : table->data().foreign_keys)
            if (!later.contains(&key)) entry.foreign_keys.emplace_back(table->name(), key.name);
    }
    auto& last = result.emplace_back();
    for (const auto& [table, key] : sorted.by_alter) last.foreign_keys.emplace_back(table->name(), key->name);
    co_return result;
}

} // namespace azoth
