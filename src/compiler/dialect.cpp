// SPDX-License-Identifier: MIT
// What a dialect does unless it says otherwise.
#include <azoth/dialect/dialect.hpp>

#include "compiler/compiler.hpp"
#include "compiler/ddl_compiler.hpp"

namespace azoth {

Dialect::~Dialect() = default;

std::unique_ptr<DdlCompiler> Dialect::ddl_compiler() const { return std::make_unique<DdlCompiler>(*this); }

std::vector<std::string> Dialect::create_table(const schema::TableData& table) const {
    return ddl_compiler()->create_table(table);
}

std::string Dialect::drop_table(const schema::TableData& table) const { return ddl_compiler()->drop_table(table); }

std::string Dialect::literal_expression(const sql::Node& expression) const {
    const sql::BindList none;
    return Compiler{*this, none, ParameterStyle::question_mark}.literal_expression(expression);
}

} // namespace azoth
