// SPDX-License-Identifier: MIT
// PostgreSQL's SQL: numbered placeholders, ILIKE, everything else as the base has it.
#include "dialect/postgresql.hpp"

#include "compiler/compiler.hpp"
#include "dialect/reserved_words.hpp"

namespace azoth {

namespace {

class PostgreSQLCompiler final : public Compiler {
public:
    using Compiler::Compiler;

protected:
    void render_divide(const sql::BinaryNode& node) override { divide_by_numeric(node); }

    void visit_binary(const sql::BinaryNode& node) override {
        if (node.op == sql::Operator::bitwise_xor) infix(node, "#");
        else Compiler::visit_binary(node);
    }

    void render_regexp(const sql::BinaryNode& node) override {
        infix(node, node.op == sql::Operator::regexp_match ? "~" : "!~");
    }

    void render_match(const sql::BinaryNode& node) override {
        operand(*node.left, node.op);
        out_ += " @@ plainto_tsquery(";
        visit(*node.right);
        out_ += ')';
    }
};

} // namespace

PostgreSQLDialect::PostgreSQLDialect() { features_.sequences = true; }

std::string_view PostgreSQLDialect::name() const noexcept { return "postgresql"; }

std::shared_ptr<const Compiled> PostgreSQLDialect::compile(const sql::Node& statement, const sql::BindList& binds) const {
    return PostgreSQLCompiler{*this, binds, ParameterStyle::dollar}.compile(statement);
}

std::string PostgreSQLDialect::quote(std::string_view identifier) const {
    return quote_identifier(identifier, {'"', '"', &is_reserved_in_postgresql});
}

namespace dialects {

std::shared_ptr<const Dialect> postgresql() {
    static const std::shared_ptr<const Dialect> dialect = std::make_shared<PostgreSQLDialect>();
    return dialect;
}

} // namespace dialects
} // namespace azoth
