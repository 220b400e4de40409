// SPDX-License-Identifier: MIT
// The dialect of no database in particular: SQL for reading.
#pragma once

#include "dialect/base.hpp"

namespace azoth {

class GenericDialect final : public Dialect {
public:
    GenericDialect();

    [[nodiscard]] std::string_view name() const noexcept override { return "default"; }
    [[nodiscard]] std::unique_ptr<Compiler> compiler(const sql::BindList& binds) const override;
    [[nodiscard]] std::string quote(std::string_view identifier) const override;
    [[nodiscard]] std::string type_text(const Type& type) const override;
    /// @throws NoSuchModuleError
    [[nodiscard]] Type type_from_text(std::string_view text) const override;
    /// @throws NoSuchModuleError
    [[nodiscard]] ReflectionQueries reflection(const ReflectionScope& scope) const override;
};

} // namespace azoth
