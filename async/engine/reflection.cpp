// SPDX-License-Identifier: MIT
// Runs a dialect's catalogue queries; what their rows mean is decided in the pure half.
#include "engine/reflection.hpp"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <iterator>
#include <span>
#include <utility>

#include <azoth/error.hpp>
#include <azoth/types/type.hpp>
#include <azoth/types/type_traits.hpp>

#include "dialect/reflection.hpp"
#include "dialect/type_name.hpp"
#include "engine/execute.hpp"
#include "engine/failure.hpp"

namespace azoth {

namespace {

/// The rows of one query; null when there are none to speak of.
asio::awaitable<std::shared_ptr<const RowBuffer>>
run_query(driver::Connection& connection, std::string sql, std::vector<std::string> parameters) {
    std::vector<Param> params(parameters.size());
    for (std::size_t i = 0; i < parameters.size(); ++i)
        if (!parameters[i].empty()) params[i] = Param{ParamKind::text, parameters[i]};
    const std::vector<Type> types(parameters.size(), String{});
    driver::Statement statement{sql, std::hash<std::string>{}(sql)};
    statement.params = params;
    statement.param_types = types;
    statement.prepare = false; // asked once, mostly
    auto result = co_await connection.execute(statement);
    co_return std::move(result.rows);
}

// Apart from the coroutines, whose frames confuse GCC 12's idea of what is in bounds.
std::vector<std::string> parameters_of(const std::string& schema, const std::optional<std::string>& table) {
    std::vector<std::string> parameters{schema};
    if (table) parameters.push_back(*table);
    return parameters;
}

std::string cell(const RowBuffer& rows, std::size_t row, std::size_t column) {
    std::string text;
    const Field field = rows.field(row, column);
    if (!field.is_null()) wire::decode_string(field, text);
    return text;
}

/// Something in the schema does not fit together, as a view and a table that is gone.
bool is_about_an_object(const DatabaseError& error) {
    const auto code = error.info().code;
    return code == errc::unknown || code == errc::undefined_table || code == errc::undefined_column || code == errc::syntax_error;
}

} // namespace

asio::awaitable<std::vector<std::shared_ptr<ReflectedTable>>> reflect_objects(
    driver::Connection& connection, const Dialect& dialect, std::string schema, std::optional<std::string> table,
    bool names_only) {
    using Add = void (ReflectedSchema::*)(const RowBuffer&);
    struct Step {
        const std::string* query;
        Add add;
    };
    const ReflectionScope scope{schema, table.has_value()};
    const auto queries = dialect.reflection(scope);
    const Step steps[] = {
        {&queries.columns, &ReflectedSchema::add_columns},
        {&queries.primary_keys, &ReflectedSchema::add_primary_keys},
        {&queries.foreign_keys, &ReflectedSchema::add_foreign_keys},
        {&queries.uniques, &ReflectedSchema::add_uniques},
        {&queries.indexes, &ReflectedSchema::add_indexes},
        {&queries.checks, &ReflectedSchema::add_checks},
        {&queries.excludes, &ReflectedSchema::add_excludes},
        {&queries.column_enums, &ReflectedSchema::add_column_enums},
        {&queries.table_options, &ReflectedSchema::add_table_options},
        {&queries.partitions, &ReflectedSchema::add_table_options},
        {&queries.definitions, &ReflectedSchema::add_definitions},
    };
    const auto parameters = parameters_of(schema, table);
    ReflectedSchema reflected{dialect, schema};
    const auto tables = co_await run_query(connection, queries.tables, parameters);
    if (tables == nullptr || tables->row_count() == 0) co_return std::move(reflected).take();
    reflected.add_tables(*tables);
    if (names_only) co_return std::move(reflected).take();
    for (const auto& step : steps) {
        if (step.query->empty()) continue;
        std::shared_ptr<const RowBuffer> rows;
        std::string broken;
        try {
            rows = co_await run_query(connection, *step.query, parameters);
        } catch (const DatabaseError& error) {
            if (!queries.objects_fail_alone || !is_about_an_object(error)) throw;
            broken = error.info().message;
        }
        if (broken.empty()) {
            if (rows != nullptr) (reflected.*step.add)(*rows);
            continue;
        }
        auto objects = std::move(reflected).take();
        if (table) {
            for (const auto& object : objects) object->unreflectable = broken;
            co_return objects;
        }
        // One of them cannot be read: each alone, then.
        std::vector<std::shared_ptr<ReflectedTable>> readable;
        for (const auto& object : objects) {
            auto one = co_await reflect_objects(connection, dialect, schema, object->name, false);
            std::ranges::move(one, std::back_inserter(readable));
        }
        co_return readable;
    }
    co_return std::move(reflected).take();
}

std::vector<std::string> settle_types(
    std::vector<std::shared_ptr<ReflectedTable>>& objects, const Dialect& dialect,
    const std::vector<std::pair<std::string, Type>>& names) {
    std::vector<std::string> warnings;
    for (const auto& object : objects)
        for (auto& column : object->columns) {
            const auto name = parse_type_name(column.type_text).name;
            const auto known = std::ranges::find(names, name, &std::pair<std::string, Type>::first);
            if (known != names.end()) column.type = known->second;
            // A column of SQLite may have no type at all, and nothing is wrong with it.
            if (!column.type.is_null_type() || column.type_text.empty()) continue;
            warnings.push_back(
                "Did not recognize type '" + column.type_text + "' of column '" + column.name + "' of '" + object->name +
                "' (" + std::string{dialect.name()} + ")");
        }
    return warnings;
}

asio::awaitable<std::vector<std::shared_ptr<schema::TableData>>>
reflect_schema(driver::Connection& connection, const Dialect& dialect, std::string schema) {
    const auto objects = co_await reflect_objects(connection, dialect, std::move(schema));
    const schema::Quote quote = [&dialect](std::string_view name) { return dialect.quote(name); };
    std::vector<std::shared_ptr<schema::TableData>> tables;
    for (const auto& object : objects)
        if (object->kind == ObjectKind::table && !object->temporary)
            tables.push_back(schema::make_table(*object, ReflectOptions{}, quote));
    co_return tables;
}

asio::awaitable<std::vector<std::string>>
catalogue_names(driver::Connection& connection, std::string query, std::vector<std::string> parameters) {
    const auto rows = co_await run_query(connection, std::move(query), std::move(parameters));
    std::vector<std::string> names;
    if (rows == nullptr) co_return names;
    for (std::size_t i = 0; i < rows->row_count(); ++i) names.push_back(cell(*rows, i, 0));
    co_return names;
}

asio::awaitable<std::vector<std::pair<std::string, std::string>>>
catalogue_pairs(driver::Connection& connection, std::string query, std::vector<std::string> parameters) {
    const auto rows = co_await run_query(connection, std::move(query), std::move(parameters));
    std::vector<std::pair<std::string, std::string>> pairs;
    if (rows == nullptr) co_return pairs;
    for (std::size_t i = 0; i < rows->row_count(); ++i) pairs.emplace_back(cell(*rows, i, 0), rows->column_count() > 1 ? cell(*rows, i, 1) : std::string{});
    co_return pairs;
}

asio::awaitable<std::vector<std::string>>
object_names(driver::Connection& connection, std::string query, std::string schema) {
    auto parameters = parameters_of(schema, std::nullopt);
    auto names = co_await catalogue_names(connection, std::move(query), std::move(parameters));
    co_return names;
}

namespace engine {

void check_reflectable(const ReflectedTable& table) {
    if (table.unreflectable.empty()) return;
    const auto name = table.schema.empty() ? table.name : table.schema + "." + table.name;
    throw UnreflectableTableError("'" + name + "' cannot be reflected: " + table.unreflectable);
}

asio::awaitable<Objects>
read_objects(Lease lease, std::string schema, std::optional<std::string> table, bool names_only) {
    Operation operation{lease};
    Slot& slot = operation.slot();
    if (slot.needs_attention()) co_await attend(slot);
    if (!slot.on_server) co_await begin_on_server(slot);
    Objects objects;
    try {
        objects = co_await reflect_objects(*slot.driver, *slot.core->dialect(), std::move(schema), std::move(table), names_only);
    } catch (...) {
        rethrow_failure(slot, {}, {});
    }
    note_success(slot);
    for (const auto& warning : settle_types(objects, *slot.core->dialect(), slot.core->options.ischema_names))
        slot.core->warn(warning);
    co_return objects;
}

asio::awaitable<Pairs> read_pairs(Lease lease, std::string query, std::vector<std::string> parameters) {
    Operation operation{lease};
    Slot& slot = operation.slot();
    if (slot.needs_attention()) co_await attend(slot);
    if (!slot.on_server) co_await begin_on_server(slot);
    Pairs pairs;
    try {
        pairs = co_await catalogue_pairs(*slot.driver, query, std::move(parameters));
    } catch (...) {
        rethrow_failure(slot, query, {});
    }
    note_success(slot);
    co_return pairs;
}

asio::awaitable<std::shared_ptr<const RowBuffer>>
read_catalogue(Lease lease, std::string query, std::vector<std::string> parameters) {
    Operation operation{lease};
    Slot& slot = operation.slot();
    if (slot.needs_attention()) co_await attend(slot);
    if (!slot.on_server) co_await begin_on_server(slot);
    std::shared_ptr<const RowBuffer> rows;
    try {
        rows = co_await run_query(*slot.driver, query, std::move(parameters));
    } catch (...) {
        rethrow_failure(slot, query, {});
    }
    note_success(slot);
    co_return rows;
}

} // namespace engine

} // namespace azoth
