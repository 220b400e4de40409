// SPDX-License-Identifier: MIT
// ILIKE by lower().
#include "dialect/portable_compiler.hpp"

namespace azoth {

void PortableCompiler::visit_binary(const sql::BinaryNode& node) {
    if (node.op != sql::Operator::ilike && node.op != sql::Operator::not_ilike) {
        Compiler::visit_binary(node);
        return;
    }
    out_ += "lower(";
    visit(*node.left);
    out_ += node.op == sql::Operator::ilike ? ") LIKE lower(" : ") NOT LIKE lower(";
    visit(*node.right);
    out_ += ')';
    if (node.third) {
        out_ += " ESCAPE ";
        visit(*node.third);
    }
}

} // namespace azoth
