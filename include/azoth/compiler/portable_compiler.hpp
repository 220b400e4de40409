// SPDX-License-Identifier: MIT
// What SQLite and MySQL render alike where PostgreSQL has an operator of its own.
#pragma once

#include <string>
#include <string_view>

#include <azoth/compiler/compiler.hpp>

namespace azoth {

/// `a ILIKE b` becomes `lower(a) LIKE lower(b)`; literals are what the drivers store in types that the database lacks.
class PortableCompiler : public Compiler {
public:
    using Compiler::Compiler;

protected:
    [[nodiscard]] sql::NodePtr case_folded(const sql::NodePtr& node) const override;
    [[nodiscard]] std::string_view like_word(bool any_case, bool negated) const override;
    [[nodiscard]] std::string literal(const Param& value) const override;
};

} // namespace azoth
