// SPDX-License-Identifier: MIT
// What a dialect does unless it says otherwise.
#include <azoth/compiler/compiler.hpp>
#include <azoth/compiler/ddl_compiler.hpp>
#include <azoth/dialect/dialect.hpp>

namespace azoth {

Dialect::~Dialect() = default;

std::unique_ptr<DdlCompiler> Dialect::ddl_compiler() const { return std::make_unique<DdlCompiler>(*this); }

std::vector<std::string> Dialect::create_table(const schema::TableData& table) const {
    return ddl_compiler()->create_table(table);
}

std::string Dialect::next_key(const schema::TableData&, const schema::ColumnData&) const { return {}; }

std::string Dialect::drop_table(const schema::TableData& table) const { return ddl_compiler()->drop_table(table); }

std::shared_ptr<const Compiled> Dialect::compile(const sql::Node& statement, const sql::BindList& binds) const {
    return compiler(binds)->compile(statement);
}

std::string Dialect::literal_expression(const sql::Node& expression) const {
    const sql::BindList none;
    return compiler(none)->literal_expression(expression);
}

} // namespace azoth
