// SPDX-License-Identifier: MIT
// The dialect of PostgreSQL.
#pragma once

#include "dialect/base.hpp"

namespace azoth {

class PostgreSQLDialect final : public Dialect {
public:
    explicit PostgreSQLDialect(std::optional<ServerVersion> server = std::nullopt);

    [[nodiscard]] std::string_view name() const noexcept override;
    [[nodiscard]] const Features& features() const noexcept override { return features_; }
    [[nodiscard]] std::shared_ptr<const Compiled>
    compile(const sql::Node& statement, const sql::BindList& binds) const override;
    [[nodiscard]] std::string quote(std::string_view identifier) const override;
    [[nodiscard]] std::string type_text(const Type& type) const override;
    [[nodiscard]] Type type_from_text(std::string_view text) const override;
    [[nodiscard]] std::unique_ptr<DdlCompiler> ddl_compiler() const override;
    [[nodiscard]] std::string literal_expression(const sql::Node& expression) const override;
    [[nodiscard]] ReflectionQueries reflection(const ReflectionScope& scope) const override;

private:
    Features features_;
};

} // namespace azoth
