// SPDX-License-Identifier: MIT
// What SQLite and MySQL render alike where PostgreSQL has an operator of its own.
#pragma once

#include "compiler/compiler.hpp"

namespace azoth {

/// `a ILIKE b` becomes `lower(a) LIKE lower(b)`.
class PortableCompiler : public Compiler {
public:
    using Compiler::Compiler;

protected:
    void visit_binary(const sql::BinaryNode& node) override;
};

} // namespace azoth
