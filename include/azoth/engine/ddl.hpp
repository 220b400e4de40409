// SPDX-License-Identifier: MIT
// What MetaData's create_all(), drop_all() and reflect() do on an Engine or a Connection; found through
// those.
#pragma once

#include <string>

#include <azoth/engine/engine.hpp>
#include <azoth/schema/metadata.hpp>

namespace azoth {

/// Creates the tables that do not exist, referred-to ones first. On an engine: in a transaction of its own
/// where the database can roll DDL back, and again when another one was in its way; on a connection: in the connection's, for
/// the caller to commit.
[[nodiscard]] asio::awaitable<void> create_tables(const Engine& engine, const MetaData& metadata);
[[nodiscard]] asio::awaitable<void> create_tables(Connection& connection, const MetaData& metadata);
/// Drops the tables that exist, dependents first.
[[nodiscard]] asio::awaitable<void> drop_tables(const Engine& engine, const MetaData& metadata);
[[nodiscard]] asio::awaitable<void> drop_tables(Connection& connection, const MetaData& metadata);
/// Adds the tables of a schema, and those they refer to, that `metadata` does not have yet.
/// @throws InvalidRequestError when `options` ask for a table that is not there
[[nodiscard]] asio::awaitable<void>
reflect_tables(const Engine& engine, MetaData& metadata, ReflectOptions options = ReflectOptions());
[[nodiscard]] asio::awaitable<void>
reflect_tables(Connection& connection, MetaData& metadata, ReflectOptions options = ReflectOptions());
/// Adds one table or view, and the tables it refers to: SQLAlchemy's `Table(name, metadata, autoload_with=…)`. One that
/// `metadata` has is left as it is, or completed: see `ReflectOptions::extend_existing()`.
/// @throws NoSuchTableError when there is none
[[nodiscard]] asio::awaitable<Table>
reflect_table(const Engine& engine, MetaData& metadata, std::string name, ReflectOptions options = ReflectOptions());
[[nodiscard]] asio::awaitable<Table>
reflect_table(Connection& connection, MetaData& metadata, std::string name, ReflectOptions options = ReflectOptions());

} // namespace azoth
