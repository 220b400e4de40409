// SPDX-License-Identifier: MIT
// Statements without a database.
#include <azoth/engine/mock.hpp>

#include <utility>

#include <azoth/compiler/ddl.hpp>
#include <azoth/compiler/literal.hpp>
#include <azoth/dialect/dialects.hpp>
#include <azoth/driver/driver.hpp>
#include <azoth/engine/url.hpp>
#include <azoth/error.hpp>

namespace azoth {

MockEngine::MockEngine(std::shared_ptr<const Dialect> dialect, Executor executor)
    : dialect_(std::move(dialect)), executor_(std::move(executor)) {
    if (!executor_) throw ArgumentError("create_mock_engine(): there is no function to take the statements");
}

void MockEngine::execute_node(const sql::Node& statement) const {
    executor_(literal_sql_node(statement, *dialect_));
}

MockEngine create_mock_engine(std::string_view url, MockEngine::Executor executor) {
    const Url parsed{url};
    auto dialect = parsed.dialect == "oracle"  ? dialects::oracle()
                   : parsed.dialect == "mssql" ? dialects::mssql()
                                               : driver::find_driver(parsed.dialect)->dialect(parsed);
    return MockEngine{std::move(dialect), std::move(executor)};
}

void create_tables(const MockEngine& engine, const MetaData& metadata) {
    for (const auto& sql : create_all_sql(metadata, *engine.dialect())) engine.run(sql);
}

void drop_tables(const MockEngine& engine, const MetaData& metadata) {
    for (const auto& sql : drop_all_sql(metadata, *engine.dialect())) engine.run(sql);
}

} // namespace azoth
