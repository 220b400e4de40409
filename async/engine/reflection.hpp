// SPDX-License-Identifier: MIT
// Reading the tables of a schema from the database's catalogue.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <azoth/detail/asio.hpp>
#include <azoth/dialect/dialect.hpp>
#include <azoth/driver/driver.hpp>
#include <azoth/schema/data.hpp>

namespace azoth {

/// Five queries, however many tables there are. Sees what the connection's transaction sees.
///
/// @param schema  empty: the connection's own; the tables then name none either
/// @return        the tables by name, views and system tables left out; empty when there is no such schema
/// @cancellation  terminal, as `driver::Connection::execute`
[[nodiscard]] asio::awaitable<std::vector<std::shared_ptr<schema::TableData>>>
reflect_schema(driver::Connection& connection, const Dialect& dialect, std::string schema);

/// The names that one of the dialect's catalogue queries lists for a schema.
[[nodiscard]] asio::awaitable<std::vector<std::string>>
object_names(driver::Connection& connection, std::string query, std::string schema);

} // namespace azoth
