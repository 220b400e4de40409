// SPDX-License-Identifier: MIT
// What MetaData's create_all(), drop_all() and reflect() do on an Engine or a Connection; found through
// those.
#pragma once

#include <azoth/engine/engine.hpp>
#include <azoth/schema/metadata.hpp>

namespace azoth {

/// Creates the tables that do not exist, referred-to ones first. On an engine: in a transaction of its own
/// where the database can roll DDL back; on a connection: in the connection's, for the caller to commit.
[[nodiscard]] asio::awaitable<void> create_tables(const Engine& engine, const MetaData& metadata);
[[nodiscard]] asio::awaitable<void> create_tables(Connection& connection, const MetaData& metadata);
/// Drops the tables that exist, dependents first.
[[nodiscard]] asio::awaitable<void> drop_tables(const Engine& engine, const MetaData& metadata);
[[nodiscard]] asio::awaitable<void> drop_tables(Connection& connection, const MetaData& metadata);
/// Adds the tables of the connection's own schema that `metadata` does not have yet.
[[nodiscard]] asio::awaitable<void> reflect_tables(const Engine& engine, MetaData& metadata);
[[nodiscard]] asio::awaitable<void> reflect_tables(Connection& connection, MetaData& metadata);

} // namespace azoth
