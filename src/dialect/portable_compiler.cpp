// SPDX-License-Identifier: MIT
// ILIKE by lower().
#include "dialect/portable_compiler.hpp"

#include <memory>
#include <vector>

namespace azoth {

sql::NodePtr PortableCompiler::case_folded(const sql::NodePtr& node) const {
    return std::make_shared<sql::FunctionNode>("lower", std::vector<sql::NodePtr>{node}, String{});
}

std::string_view PortableCompiler::like_word(bool, bool negated) const { return negated ? " NOT LIKE " : " LIKE "; }

} // namespace azoth
