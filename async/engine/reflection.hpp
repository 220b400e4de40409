// SPDX-License-Identifier: MIT
// Reading what is in a database from its catalogue.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <azoth/detail/asio.hpp>
#include <azoth/dialect/dialect.hpp>
#include <azoth/driver/driver.hpp>
#include <azoth/engine/transaction.hpp>
#include <azoth/schema/reflected.hpp>

namespace azoth {

/// The tables and views of a schema, each with everything about it: as many queries for all of them as for one. Sees what the
/// connection's transaction sees.
///
/// @param schema  empty: the connection's own; the tables then name none either
/// @param table   only this one; nothing: all
/// @param names_only  one query: name, kind and comment
/// @return        by name, system tables left out; empty when there is no such schema or table
/// @cancellation  terminal, as `driver::Connection::execute`
[[nodiscard]] asio::awaitable<std::vector<std::shared_ptr<ReflectedTable>>> reflect_objects(
    driver::Connection& connection, const Dialect& dialect, std::string schema,
    std::optional<std::string> table = std::nullopt, bool names_only = false);

/// Types that are the engine's for names that the catalogue has, in place of the dialect's.
/// @return what no type is known for, as warnings
[[nodiscard]] std::vector<std::string> settle_types(
    std::vector<std::shared_ptr<ReflectedTable>>& objects, const Dialect& dialect,
    const std::vector<std::pair<std::string, Type>>& names);

/// The tables alone, as descriptions.
[[nodiscard]] asio::awaitable<std::vector<std::shared_ptr<schema::TableData>>>
reflect_schema(driver::Connection& connection, const Dialect& dialect, std::string schema);

/// The first column of one of the dialect's catalogue queries.
/// @param parameters  empty strings are NULL
[[nodiscard]] asio::awaitable<std::vector<std::string>>
catalogue_names(driver::Connection& connection, std::string query, std::vector<std::string> parameters);
/// Its first two columns; NULL is empty.
[[nodiscard]] asio::awaitable<std::vector<std::pair<std::string, std::string>>>
catalogue_pairs(driver::Connection& connection, std::string query, std::vector<std::string> parameters);
/// The names that one of the dialect's catalogue queries lists for a schema.
[[nodiscard]] asio::awaitable<std::vector<std::string>>
object_names(driver::Connection& connection, std::string query, std::string schema);

namespace engine {

using Objects = std::vector<std::shared_ptr<ReflectedTable>>;
using Pairs = std::vector<std::pair<std::string, std::string>>;

// The same on a lease, in its transaction. @throws as a statement does
[[nodiscard]] asio::awaitable<Objects>
read_objects(Lease lease, std::string schema, std::optional<std::string> table, bool names_only = false);
/// @throws UnreflectableTableError when nothing but its name is known.
void check_reflectable(const ReflectedTable& table);
/// Null when there are no rows.
[[nodiscard]] asio::awaitable<std::shared_ptr<const RowBuffer>>
read_catalogue(Lease lease, std::string query, std::vector<std::string> parameters);
[[nodiscard]] asio::awaitable<Pairs> read_pairs(Lease lease, std::string query, std::vector<std::string> parameters);

} // namespace engine
} // namespace azoth
