// SPDX-License-Identifier: MIT
// The dialect of Microsoft SQL Server 2022. It compiles only: there is no driver.
#pragma once

#include "dialect/base.hpp"

namespace azoth {

class MSSQLDialect final : public Dialect {
public:
    MSSQLDialect();

    [[nodiscard]] std::string_view name() const noexcept override;
    [[nodiscard]] const Features& features() const noexcept override { return features_; }
    [[nodiscard]] std::shared_ptr<const Compiled>
    compile(const sql::Node& statement, const sql::BindList& binds) const override;
    [[nodiscard]] std::string quote(std::string_view identifier) const override;
    /// "database.owner" is two names; brackets keep the dots of a name: "[a.b].dbo".
    [[nodiscard]] std::string quote_schema(std::string_view schema) const override;
    [[nodiscard]] std::string type_text(const Type& type) const override;
    [[nodiscard]] Type type_from_text(std::string_view text) const override;
    [[nodiscard]] std::vector<std::string> create_table(const schema::TableData& table) const override;
    [[nodiscard]] std::string drop_table(const schema::TableData& table) const override;
    [[nodiscard]] ReflectionQueries reflection() const override;

    /// An expression for DDL, its values written out and its columns without their table's name.
    [[nodiscard]] std::string ddl_expression(const sql::Node& node) const;

private:
    Features features_;
};

} // namespace azoth
