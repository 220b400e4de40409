// SPDX-License-Identifier: MIT
// MySQL's and MariaDB's SQL: backticks, INNER JOIN, concat(), LIMIT offset, count.
#include "dialect/mysql.hpp"

#include "dialect/portable_compiler.hpp"
#include "dialect/reserved_words.hpp"

namespace azoth {

namespace {

class MySQLCompiler final : public PortableCompiler {
public:
    using PortableCompiler::PortableCompiler;

protected:
    void visit_constant(const sql::ConstantNode& node) override {
        // true and false are literals here although there is no boolean type
        if (node.constant == sql::Constant::true_) out_ += "true";
        else if (node.constant == sql::Constant::false_) out_ += "false";
        else PortableCompiler::visit_constant(node);
    }

    void visit_binary(const sql::BinaryNode& node) override {
        switch (node.op) {
        case sql::Operator::concat:
            out_ += "concat(";
            concat_operand(*node.left);
            out_ += ", ";
            concat_operand(*node.right);
            out_ += ')';
            return;
        case sql::Operator::is_distinct_from:
        case sql::Operator::is_not_distinct_from: {
            const bool distinct = node.op == sql::Operator::is_distinct_from;
            if (distinct) out_ += "NOT (";
            operand(*node.left, node.op);
            out_ += " <=> ";
            operand(*node.right, node.op);
            if (distinct) out_ += ')';
            return;
        }
        default: PortableCompiler::visit_binary(node);
        }
    }

    void render_limit(const sql::SelectNode& select) override {
        if (!select.limit && !select.offset) return;
        out_ += " LIMIT ";
        if (select.offset) {
            visit(*select.offset);
            out_ += ", ";
        }
        if (select.limit) visit(*select.limit);
        else out_ += "18446744073709551615"; // the manual's own "all rows"
    }

    std::string_view join_word(bool outer) const override { return outer ? " LEFT OUTER JOIN " : " INNER JOIN "; }

private:
    /// a || b || c is one concat().
    void concat_operand(const sql::Node& node) {
        if (node.kind == sql::NodeKind::binary) {
            const auto& binary = static_cast<const sql::BinaryNode&>(node);
            if (binary.op == sql::Operator::concat) {
                concat_operand(*binary.left);
                out_ += ", ";
                concat_operand(*binary.right);
                return;
            }
        }
        operand(node, sql::Operator::comma);
    }
};

} // namespace

MySQLDialect::MySQLDialect(bool is_mariadb) : is_mariadb_(is_mariadb) {
    features_.insert_returning = is_mariadb;
    features_.delete_returning = is_mariadb;
    features_.update_returning = false;
    features_.transactional_ddl = false;
    features_.last_insert_id = true;
    features_.default_values = false;
    features_.native_boolean = false;
    features_.sequences = is_mariadb;
}

std::string_view MySQLDialect::name() const noexcept { return is_mariadb_ ? "mariadb" : "mysql"; }

std::shared_ptr<const Compiled> MySQLDialect::compile(const sql::Node& statement, const sql::BindList& binds) const {
    return MySQLCompiler{*this, binds, ParameterStyle::question_mark}.compile(statement);
}

std::string MySQLDialect::quote(std::string_view identifier) const {
    return quote_identifier(identifier, {'`', '`', is_mariadb_ ? &is_reserved_in_mariadb : &is_reserved_in_mysql});
}

namespace dialects {

std::shared_ptr<const Dialect> mysql() {
    static const std::shared_ptr<const Dialect> dialect = std::make_shared<MySQLDialect>(false);
    return dialect;
}

std::shared_ptr<const Dialect> mariadb() {
    static const std::shared_ptr<const Dialect> dialect = std::make_shared<MySQLDialect>(true);
    return dialect;
}

} // namespace dialects
} // namespace azoth
