// SPDX-License-Identifier: MIT
// Naming conventions: the names that constraints and indexes get when they are given none.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <azoth/sql/fwd.hpp>

namespace azoth {

namespace schema {
struct TableData;
struct ForeignKeyData;
} // namespace schema

/// Templates by kind of constraint: "ix", "uq", "ck", "fk", "pk". Their tokens are those of SQLAlchemy:
/// `%(table_name)s`, `%(column_0_name)s`, `%(column_0_N_name)s` (all columns, joined by '_'), `%(column_0N_name)s` (all,
/// joined by nothing), `%(column_0_label)s`, `%(referred_table_name)s`, `%(referred_column_0_name)s`, `%(constraint_name)s`,
/// and those of the user's own.
///
///     az::MetaData metadata{az::NamingConvention{{{"pk", "pk_%(table_name)s"}, {"uq", "uq_%(table_name)s_%(column_0_name)s"}}}};
struct NamingConvention {
    using Token = std::function<std::string(const schema::TableData& table)>;

    /// SQLAlchemy's default: only indexes get a name, `ix_%(column_0_label)s`.
    NamingConvention();
    explicit NamingConvention(std::map<std::string, std::string> templates_by_kind) : templates(std::move(templates_by_kind)) {}

    /// A token of the user's own. @return this
    NamingConvention& token(std::string name, Token make);

    std::map<std::string, std::string> templates;
    std::map<std::string, Token> tokens;
};

namespace schema {

/// What a convention is asked to name.
struct NameRequest {
    std::string_view kind; ///< "ix", "uq", "ck", "fk", "pk"
    const TableData* table = nullptr;
    std::string name;        ///< as given; empty: none
    bool is_final = false;   ///< given by conv(): no convention applies to it
    std::vector<std::string> columns;
    const ForeignKeyData* key = nullptr; ///< of a foreign key
};
struct ConventionName {
    std::string text;       ///< empty: it has no name
    bool generated = false; ///< by a convention: cut to fit where it is too long
};
/// @throws InvalidRequestError when the template asks for a name that was not given, ArgumentError for an unknown token.
[[nodiscard]] ConventionName convention_name(const NameRequest& request);

} // namespace schema
} // namespace azoth
