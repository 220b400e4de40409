// SPDX-License-Identifier: MIT
// MySQL's and MariaDB's SQL: backticks, INNER JOIN, concat(), LIMIT offset, count.
#include "dialect/mysql.hpp"

#include <string>

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
            infix(node, "<=>");
            if (distinct) out_ += ')';
            return;
        }
        default: PortableCompiler::visit_binary(node);
        }
    }

    bool divides_integers() const override { return false; } // `/` is true division

    void render_match(const sql::BinaryNode& node) override {
        out_ += "MATCH (";
        visit(*node.left);
        out_ += ") AGAINST (";
        visit(*node.right);
        out_ += " IN BOOLEAN MODE)";
    }

    void visit_function(const sql::FunctionNode& node) override {
        if (node.arguments.empty() && node.name == "random") out_ += "rand()";
        else if (node.arguments.empty() && node.name == "sysdate") out_ += "SYSDATE()";
        else PortableCompiler::visit_function(node);
    }

    /// CAST takes few types here, under names of its own; to the others the operand is not cast.
    void visit_cast(const sql::CastNode& node) override {
        const auto target = cast_target(node.type);
        if (target.empty()) {
            operand(*node.operand, sql::Operator::comma);
            return;
        }
        out_ += "CAST(";
        visit(*node.operand);
        out_ += " AS " + target + ")";
    }

    std::string literal(const Param& value) const override {
        if (value.kind == ParamKind::boolean) return value.integer != 0 ? "true" : "false";
        auto text = PortableCompiler::literal(value);
        if (value.kind != ParamKind::text) return text;
        // A backslash escapes here unless the server runs with NO_BACKSLASH_ESCAPES.
        std::string escaped;
        for (const char c : text) {
            escaped += c;
            if (c == '\\') escaped += c;
        }
        return escaped;
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
    [[nodiscard]] std::string cast_target(const Type& type) const {
        const auto sized = [&](std::string_view name) {
            return std::string{name} + (type.length == Type::unset ? "" : "(" + std::to_string(type.length) + ")");
        };
        switch (type.kind) {
        case TypeKind::small_integer:
        case TypeKind::integer:
        case TypeKind::big_integer: return "SIGNED INTEGER";
        case TypeKind::string:
        case TypeKind::text: return sized("CHAR");
        case TypeKind::large_binary: return sized("BINARY");
        case TypeKind::numeric: {
            auto text = dialect_.type_text(type);
            if (text.starts_with("NUMERIC")) text.replace(0, 7, "DECIMAL");
            return text;
        }
        case TypeKind::date:
        case TypeKind::time:
        case TypeKind::date_time:
        case TypeKind::interval:
        case TypeKind::float_:
        case TypeKind::double_:
        case TypeKind::json: return dialect_.type_text(type);
        case TypeKind::null_type:
        case TypeKind::boolean:
        case TypeKind::uuid: return {};
        }
        return {};
    }

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
        operand(node, sql::Operator::concat);
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
