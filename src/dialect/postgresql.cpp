// SPDX-License-Identifier: MIT
// PostgreSQL's SQL: numbered placeholders, ILIKE, everything else as the base has it.
#include "dialect/postgresql.hpp"

#include "compiler/compiler.hpp"
#include "dialect/reserved_words.hpp"

namespace azoth {

PostgreSQLDialect::PostgreSQLDialect() { features_.sequences = true; }

std::string_view PostgreSQLDialect::name() const noexcept { return "postgresql"; }

std::shared_ptr<const Compiled> PostgreSQLDialect::compile(const sql::Node& statement, const sql::BindList& binds) const {
    return Compiler{*this, binds, ParameterStyle::dollar}.compile(statement);
}

std::string PostgreSQLDialect::quote(std::string_view identifier) const {
    return quote_identifier(identifier, {'"', '"', &is_reserved_in_postgresql});
}

namespace dialects {

std::shared_ptr<const Dialect> postgresql() {
    static const std::shared_ptr<const Dialect> dialect = std::make_shared<PostgreSQLDialect>();
    return dialect;
}

} // namespace dialects
} // namespace azoth
