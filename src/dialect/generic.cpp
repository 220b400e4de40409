// SPDX-License-Identifier: MIT
// SQL for reading: the standard's where there is one, else something that says what is meant.
#include "dialect/generic.hpp"

#include <string>
#include <utility>

#include <azoth/compiler/compiler.hpp>
#include <azoth/compiler/debug_print.hpp>
#include <azoth/compiler/type_compiler.hpp>
#include <azoth/error.hpp>

#include "dialect/reserved_words.hpp"

namespace azoth {

namespace {

bool is_reserved_in_sql(std::string_view word) { return word == "set" || is_reserved_in_postgresql(word); }

constexpr QuotingRules quoting{.open = '"', .close = '"', .is_reserved = is_reserved_in_sql, .starts_with_underscore = true};

class GenericCompiler final : public Compiler {
public:
    using Compiler::Compiler;

protected:
    void visit_binary(const sql::BinaryNode& node) override {
        switch (node.op) {
        case sql::Operator::getitem: return item(node, "[", "]");
        case sql::Operator::json_getitem:
        case sql::Operator::json_path_getitem: return item(node, "[", "]");
        case sql::Operator::json_text:
        case sql::Operator::json_path_text: return item(node, "[", "]");
        default: Compiler::visit_binary(node);
        }
    }
    void visit_next_value(const sql::NextValueNode& node) override {
        out_ += "<next sequence value: " + qualified(node.sequence->schema, node.sequence->name) + ">";
    }
    sql::NodePtr case_folded(const sql::NodePtr& node) const override {
        return std::make_shared<sql::FunctionNode>("lower", std::vector<sql::NodePtr>{node}, String{});
    }
    std::string_view like_word(bool, bool negated) const override { return negated ? " NOT LIKE " : " LIKE "; }
    void render_regexp(const sql::BinaryNode& node) override {
        infix(node, node.op == sql::Operator::not_regexp_match ? "<not regexp>" : "<regexp>");
    }
    void render_regexp_replace(const sql::BinaryNode& node) override {
        out_ += "<regexp replace>(";
        visit(*node.left);
        out_ += ", ";
        visit(*node.right);
        out_ += ", ";
        visit(*node.third);
        out_ += ')';
    }
    void render_match(const sql::BinaryNode& node) override {
        if (node.op == sql::Operator::not_match) out_ += "NOT ";
        infix(node, "MATCH");
    }
    void render_update_from(const sql::DmlNode&, const std::vector<sql::NodePtr>& extra) override {
        out_ += " FROM ";
        from_elements(extra);
    }
    bool updates_many_tables() const override { return true; }
    void render_delete_tables(const sql::DmlNode& statement, const std::vector<sql::NodePtr>& extra) override {
        render_from(*statement.table);
        if (extra.empty()) return;
        out_ += ", ";
        from_elements(extra);
    }
    void render_dml_limit(const sql::DmlNode& statement) override {
        if (!statement.limit) return;
        out_ += " LIMIT ";
        visit(*statement.limit);
    }
    void render_upsert(const sql::DmlNode& insert, const sql::UpsertClause& upsert) override {
        if (upsert.action != sql::UpsertClause::Action::on_duplicate_key_update) return on_conflict(insert, upsert);
        out_ += "ON DUPLICATE KEY UPDATE ";
        upsert_assignments(insert, upsert);
    }
    void visit_cast(const sql::CastNode& node) override {
        out_ += node.is_try ? "TRY_CAST(" : "CAST(";
        visit(*node.operand);
        out_ += " AS " + dialect_.type_text(node.type) + ")";
    }

private:
    void item(const sql::BinaryNode& node, std::string_view open, std::string_view close) {
        operand(*node.left, node.op);
        out_ += open;
        visit(*node.right);
        out_ += close;
    }
};

class GenericTypeCompiler final : public TypeCompiler {
public:
    using TypeCompiler::TypeCompiler;

    [[nodiscard]] std::string best_effort(const Type& type) const {
        if (type.is_null_type() && !type.details) return "NULL";
        try {
            return text(type);
        } catch (const CompileError&) { // a database's own: by its name
            const auto& details = details_of(type);
            return details.name.empty() ? to_string(type) : details.name;
        }
    }
};

} // namespace

GenericDialect::GenericDialect() {
    features_.native_boolean = true;
    features_.native_enum = false;
    features_.sequences = true;
    features_.identity_columns = true;
}

std::unique_ptr<Compiler> GenericDialect::compiler(const sql::BindList& binds) const {
    return std::make_unique<GenericCompiler>(*this, binds, ParameterStyle::named);
}

std::string GenericDialect::quote(std::string_view identifier) const { return quote_identifier(identifier, quoting); }

std::string GenericDialect::type_text(const Type& type) const { return GenericTypeCompiler{*this}.best_effort(type); }

Type GenericDialect::type_from_text(std::string_view) const { throw_no_driver(name()); }

ReflectionQueries GenericDialect::reflection(const ReflectionScope&) const { throw_no_driver(name()); }

namespace {
const std::shared_ptr<const Dialect>& the_generic() {
    static const std::shared_ptr<const Dialect> dialect = std::make_shared<const GenericDialect>();
    return dialect;
}
} // namespace

std::shared_ptr<const Dialect> dialects::generic() { return the_generic(); }

std::string to_string(const sql::NodePtr& element) { return to_string(element, *the_generic()); }

std::string to_string(const sql::NodePtr& element, const Dialect& dialect) {
    auto binds = sql::collect_binds(*element);
    binds.is_element = true;
    const auto compiled = dialect.compile(*element, binds);
    if (!compiled->expanding) return compiled->sql;
    Compiled::Bound bound;
    compiled->bind(binds, bound);
    return *bound.sql;
}

} // namespace azoth
