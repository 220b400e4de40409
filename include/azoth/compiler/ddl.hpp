// SPDX-License-Identifier: MIT
// All that it takes to create or drop the tables of a MetaData, as SQL text in order.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <azoth/dialect/dialect.hpp>
#include <azoth/schema/metadata.hpp>

namespace azoth {

enum class SchemaObject { table, sequence, type, view };

/// Whether the database has such a thing already; its schema is empty where none is named, and translated where it is to be.
using ExistsRule = std::function<bool(SchemaObject kind, const std::string& schema, const std::string& name)>;

/// A place in the list of statements where listeners are told.
struct DdlMark {
    std::size_t position = 0; ///< before the statement of that number
    schema::DdlEvent event = schema::DdlEvent::before_create;
    const Table* table = nullptr;     ///< null: all of them
    std::vector<const Table*> tables; ///< without a table: those that are created or dropped, in order

    DdlMark() = default;
};

/// Types, then sequences, then the tables with their indexes and comments, referred-to ones first; foreign keys of tables in a
/// ring are added by ALTER TABLE at the end. What exists is left alone.
/// @throws CompileError that names what cannot be written.
[[nodiscard]] std::vector<std::string>
create_all_sql(
    const MetaData& metadata, const Dialect& dialect, const ExistsRule& exists = {}, const SchemaTranslateMap& map = {},
    std::vector<DdlMark>* marks = nullptr);

/// The other way round; what does not exist is left alone.
/// @throws CircularDependencyError for a ring of foreign keys without names, where the database does not drop it unasked.
[[nodiscard]] std::vector<std::string>
drop_all_sql(
    const MetaData& metadata, const Dialect& dialect, const ExistsRule& exists = {}, const SchemaTranslateMap& map = {},
    std::vector<DdlMark>* marks = nullptr);

/// The schemas in which `metadata` has tables, sequences or types; the connection's own is "".
[[nodiscard]] std::vector<std::string> schemas_of(const MetaData& metadata, const Dialect& dialect, const SchemaTranslateMap& map = {});

} // namespace azoth
