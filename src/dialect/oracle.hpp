// SPDX-License-Identifier: MIT
// The dialect of Oracle Database 23. It compiles only: there is no driver.
#pragma once

#include "dialect/base.hpp"

namespace azoth {

class OracleDialect final : public Dialect {
public:
    OracleDialect();

    [[nodiscard]] std::string_view name() const noexcept override;
    [[nodiscard]] std::unique_ptr<Compiler> compiler(const sql::BindList& binds) const override;
    [[nodiscard]] std::string quote(std::string_view identifier) const override;
    [[nodiscard]] std::string type_text(const Type& type) const override;
    [[nodiscard]] Type type_from_text(std::string_view text) const override;
    [[nodiscard]] std::unique_ptr<DdlCompiler> ddl_compiler() const override;
    [[nodiscard]] QuotedName normalize_name(std::string_view name) const override;
    [[nodiscard]] std::string denormalize_name(const QuotedName& name) const override;
    [[nodiscard]] ReflectionQueries reflection(const ReflectionScope& scope) const override;
};

} // namespace azoth
