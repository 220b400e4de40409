// SPDX-License-Identifier: MIT
// Runs a dialect's catalogue queries; what their rows mean is decided in the pure half.
#include "engine/reflection.hpp"

#include <cstddef>
#include <functional>
#include <span>
#include <utility>

#include <azoth/types/type.hpp>
#include <azoth/types/type_traits.hpp>

#include "dialect/reflection.hpp"

namespace azoth {

namespace {

/// The rows of one query; null when there are none to speak of.
asio::awaitable<std::shared_ptr<const RowBuffer>>
run_query(driver::Connection& connection, const std::string& sql, const std::string& schema) {
    Param parameter;
    if (!schema.empty()) parameter = Param{ParamKind::text, schema};
    const Type type = String{};
    driver::Statement statement{sql, std::hash<std::string>{}(sql)};
    statement.params = std::span{&parameter, 1};
    statement.param_types = std::span{&type, 1};
    statement.prepare = false; // asked once, mostly
    auto result = co_await connection.execute(statement);
    co_return std::move(result.rows);
}

} // namespace

asio::awaitable<std::vector<std::shared_ptr<schema::TableData>>>
reflect_schema(driver::Connection& connection, const Dialect& dialect, std::string schema) {
    using Add = void (ReflectedSchema::*)(const RowBuffer&);
    struct Step {
        const std::string* query;
        Add add;
    };
    const auto queries = dialect.reflection();
    const Step steps[] = {
        {&queries.tables, &ReflectedSchema::add_tables},
        {&queries.columns, &ReflectedSchema::add_columns},
        {&queries.primary_keys, &ReflectedSchema::add_primary_keys},
        {&queries.foreign_keys, &ReflectedSchema::add_foreign_keys},
        {&queries.uniques, &ReflectedSchema::add_uniques},
    };
    ReflectedSchema reflected{dialect, schema};
    for (const auto& step : steps) {
        const auto rows = co_await run_query(connection, *step.query, schema);
        if (rows != nullptr) (reflected.*step.add)(*rows);
    }
    co_return std::move(reflected).take();
}

asio::awaitable<std::vector<std::string>>
object_names(driver::Connection& connection, std::string query, std::string schema) {
    const auto rows = co_await run_query(connection, query, schema);
    std::vector<std::string> names;
    if (rows == nullptr) co_return names;
    names.resize(rows->row_count());
    for (std::size_t i = 0; i < names.size(); ++i) wire::decode_string(rows->field(i, 0), names[i]);
    co_return names;
}

} // namespace azoth
