// SPDX-License-Identifier: MIT
// The dialect of Microsoft SQL Server 2022. It compiles only: there is no driver.
#pragma once

#include "dialect/base.hpp"

namespace azoth {

class MSSQLDialect final : public Dialect {
public:
    MSSQLDialect();

    [[nodiscard]] std::string_view name() const noexcept override;
    [[nodiscard]] std::unique_ptr<Compiler> compiler(const sql::BindList& binds) const override;
    [[nodiscard]] std::string quote(std::string_view identifier) const override;
    [[nodiscard]] std::string quote_always(std::string_view identifier) const override;
    /// "database.owner" is two names; brackets keep the dots of a name: "[a.b].dbo".
    [[nodiscard]] std::string quote_schema(std::string_view schema) const override;
    [[nodiscard]] std::string type_text(const Type& type) const override;
    [[nodiscard]] Type type_from_text(std::string_view text) const override;
    [[nodiscard]] std::unique_ptr<DdlCompiler> ddl_compiler() const override;
    [[nodiscard]] ReflectionQueries reflection(const ReflectionScope& scope) const override;
};

/// Collations are words that take no quotes. @throws CompileError for what is none.
[[nodiscard]] const std::string& checked_collation(const std::string& name);

} // namespace azoth
