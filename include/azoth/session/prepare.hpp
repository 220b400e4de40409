// SPDX-License-Identifier: MIT
// prepare<T…>(): completes the mapping of classes whose tables are in the database only.
#pragma once

#include <utility>

#include <azoth/detail/asio.hpp>
#include <azoth/engine/ddl.hpp>
#include <azoth/orm/registry.hpp>

namespace azoth {

namespace session {

template <class Bind>
[[nodiscard]] asio::awaitable<void> reflect_names(Bind& bind, MetaData& metadata, orm::ReflectedNames names) {
    for (auto& [schema, tables] : names.tables) {
        auto options = ReflectOptions().schema(schema).only(std::move(tables));
        co_await reflect_tables(bind, metadata, std::move(options));
    }
}

} // namespace session

/// Reads the tables of classes with `m.reflected_table(models, "…")`, and the association tables that their relationships name, from
/// the database, and adds the classes to the registry. Listeners of `models.metadata().column_reflect()` are asked for each column.
/// @param bind  an Engine or a Connection; it and `models` must outlive the call
/// @throws InvalidRequestError when a table is not there; ArgumentError when a mapping does not fit its table.
template <orm::MappedClass... T, class Bind>
    requires(sizeof...(T) > 0)
[[nodiscard]] asio::awaitable<void> prepare(Registry& models, Bind& bind) {
    orm::ReflectedNames tables;
    (tables.template add_table_of<T>(), ...);
    co_await session::reflect_names(bind, models.metadata(), std::move(tables));
    orm::ReflectedNames associations;
    (associations.add_association_tables(orm::mapped_data<T>(), models.metadata()), ...);
    co_await session::reflect_names(bind, models.metadata(), std::move(associations));
    models.template add<T...>();
}

} // namespace azoth
