// SPDX-License-Identifier: MIT
// Oracle's SQL: FROM DUAL, FETCH FIRST, RETURNING … INTO, functions in place of operators, no AS before an alias.
#include "dialect/oracle.hpp"

#include <chrono>
#include <cstdint>
#include <string>

#include <azoth/compiler/portable_compiler.hpp>
#include <azoth/error.hpp>
#include <azoth/types/details.hpp>

#include "dialect/reserved_words.hpp"

namespace azoth {

namespace {

using sql::Operator;

class OracleCompiler final : public PortableCompiler {
public:
    using PortableCompiler::PortableCompiler;

protected:
    /// There is a boolean type, but the words TRUE and FALSE are younger than it.
    void visit_constant(const sql::ConstantNode& node) override {
        if (node.constant == sql::Constant::true_) out_ += '1';
        else if (node.constant == sql::Constant::false_) out_ += '0';
        else PortableCompiler::visit_constant(node);
    }

    void visit_unary(const sql::UnaryNode& node) override {
        if (node.op == Operator::bitwise_not) refuse_operator(node.op);
        PortableCompiler::visit_unary(node);
    }

    void visit_binary(const sql::BinaryNode& node) override {
        switch (node.op) {
        case Operator::modulo: call("mod", node); return;
        case Operator::bitwise_and: call("BITAND", node); return;
        case Operator::bitwise_or: call("BITOR", node); return;
        case Operator::bitwise_xor: call("BITXOR", node); return;
        case Operator::bitwise_lshift:
        case Operator::bitwise_rshift: refuse_operator(node.op);
        case Operator::is_distinct_from:
        case Operator::is_not_distinct_from: // DECODE takes two NULLs for equal
            out_ += "DECODE(";
            arguments(node);
            out_ += node.op == Operator::is_distinct_from ? ", 0, 1) = 1" : ", 0, 1) = 0";
            return;
        default: PortableCompiler::visit_binary(node);
        }
    }

    bool divides_integers() const override { return false; } // `/` is true division

    void render_regexp(const sql::BinaryNode& node) override {
        if (node.op == Operator::not_regexp_match) out_ += "NOT ";
        out_ += "REGEXP_LIKE(";
        arguments(node);
        if (!node.custom.empty()) out_ += ", " + quoted_text(node.custom);
        out_ += ')';
    }

    void render_item(const sql::BinaryNode& node) override {
        if (node.op == Operator::getitem) return PortableCompiler::render_item(node);
        const auto access = [&](std::string_view function) {
            out_ += function;
            out_ += '(';
            visit(*node.left);
            out_ += ", ";
            visit_document_path(*node.right, true);
        };
        const auto value_of = [&](const std::string& type) {
            access("JSON_VALUE");
            out_ += " RETURNING " + type + " ERROR ON ERROR)";
        };
        switch (node.type.kind) {
        case TypeKind::boolean:
            out_ += "CASE ";
            access("JSON_VALUE");
            out_ += ") WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE CAST(";
            access("JSON_VALUE");
            out_ += ") AS NUMBER(1)) END";
            return;
        case TypeKind::small_integer:
        case TypeKind::integer:
        case TypeKind::big_integer: return value_of("INTEGER");
        case TypeKind::float_:
        case TypeKind::double_: return value_of("FLOAT");
        case TypeKind::numeric:
            return value_of("NUMBER(" + std::to_string(node.type.precision) + ", " + std::to_string(node.type.scale) + ")");
        case TypeKind::string:
        case TypeKind::text: return value_of("VARCHAR2(4000)");
        default:
            access("JSON_QUERY");
            out_ += ')';
        }
    }

    void render_table_function(const sql::TableFunctionNode& function) override {
        if (function.options.lateral) out_ += "LATERAL ";
        out_ += "TABLE (";
        visit(*function.function);
        out_ += ") " + dialect_.quote(alias_name(function));
        derived_columns(function);
    }

    void visit_column(const sql::ColumnNode& node) override {
        PortableCompiler::visit_column(node);
        if (node.name.empty() && node.from) out_ += ".COLUMN_VALUE";
    }

    void render_match(const sql::BinaryNode& node) override { call("CONTAINS ", node); }

    void visit_function(const sql::FunctionNode& node) override {
        const auto renamed = [&](std::string name) {
            PortableCompiler::visit_function(sql::FunctionNode{std::move(name), node.arguments, node.type});
        };
        if (node.name == "aggregate_strings") aggregate_strings_within_group(node, "LISTAGG");
        else if (node.name == "now") out_ += "CURRENT_TIMESTAMP";
        else if (node.name == "char_length") renamed("LENGTH");
        else if (node.name == "pow") renamed("POWER");
        else if (node.arguments.empty() && (node.name == "uid" || node.name == "UID")) out_ += node.name;
        else PortableCompiler::visit_function(node);
    }

    void visit_next_value(const sql::NextValueNode& node) override {
        out_ += qualified(node.sequence->schema, node.sequence->name) + ".nextval";
    }

    /// Strings are cast to VARCHAR2, which has to have a length here.
    void visit_cast(const sql::CastNode& node) override {
        if (node.is_try) throw UnsupportedCompilationError("Oracle has no TRY_CAST");
        check_known(node.type);
        Type type = node.type.on(dialect_.name());
        const auto& details = details_of(type);
        if (type.kind == TypeKind::string && details.spec.empty() && details.name != "ROWID")
            type = String{type.length == Type::unset ? 4000 : type.length};
        out_ += "CAST(";
        visit(*node.operand);
        out_ += " AS " + dialect_.type_text(type) + ")";
    }

    std::string empty_set(const Type&) const override { return "SELECT 1 FROM DUAL WHERE 1!=1"; }
    void render_default_from(const sql::SelectNode&) override { out_ += " FROM DUAL"; }
    std::string_view alias_word() const override { return " "; }
    bool orders_by_label() const override { return false; }

    std::string_view with_word(bool) const override { return "WITH "; }
    bool cte_follows_insert() const override { return true; }

    std::string_view set_operation_word(sql::SetOperation operation) const override {
        return operation == sql::SetOperation::except ? "MINUS" : PortableCompiler::set_operation_word(operation);
    }

    void render_select_hint(const sql::SelectNode& select) override {
        for (const auto& [table, text] : table_hints(select)) out_ += "/*+ " + text + " */ ";
    }

    void render_limit(const sql::GenerativeSelectNode& select) override {
        offset_rows(select);
        if (select.limit) {
            out_ += " FETCH FIRST ";
            written(*select.limit);
            out_ += " ROWS ONLY";
        }
    }

    void render_fetch(const sql::GenerativeSelectNode& select) override {
        offset_rows(select);
        out_ += " FETCH FIRST ";
        written(*select.fetch->count);
        out_ += select.fetch->percent ? " PERCENT ROWS " : " ROWS ";
        out_ += select.fetch->with_ties ? "WITH TIES" : "ONLY";
    }

    void render_for_update(const sql::GenerativeSelectNode& select) override {
        if (is_subquery()) return;
        out_ += " FOR UPDATE";
        const auto& lock = *select.for_update;
        if (!lock.of.empty()) {
            out_ += " OF ";
            lock_columns(lock);
        }
        lock_waiting(lock);
    }

    void check_multiple_rows() const override {
        throw CompileError("Oracle has no INSERT of several rows by VALUES; execute it with parameter rows");
    }

    void render_returning(const sql::DmlNode& dml) override {
        out_ += " RETURNING ";
        const auto count = returned_columns(dml.returning, false);
        out_ += " INTO ";
        output_placeholders(count);
    }

    std::string literal(const Param& value) const override {
        switch (value.kind) {
        case ParamKind::boolean: return value.integer != 0 ? "1" : "0";
        case ParamKind::bytes: return "HEXTORAW('" + hexadecimal(value.view()) + "')";
        case ParamKind::date: return "TO_DATE(" + PortableCompiler::literal(value) + ", 'YYYY-MM-DD')";
        case ParamKind::timestamp: {
            const auto text = PortableCompiler::literal(value);
            if (text.find('.') == std::string::npos) return "TO_DATE(" + text + ", 'YYYY-MM-DD HH24:MI:SS')";
            return "TO_TIMESTAMP(" + text + ", 'YYYY-MM-DD HH24:MI:SS.FF')";
        }
        case ParamKind::timestamp_tz: {
            auto text = Compiler::literal(Param{ParamKind::timestamp, value.integer}); // in UTC
            text.insert(text.size() - 1, " +00:00");
            return "TO_TIMESTAMP_TZ(" + text + ", 'YYYY-MM-DD HH24:MI:SS.FF TZH:TZM')";
        }
        case ParamKind::interval: return interval_literal(*value.interval);
        default: return PortableCompiler::literal(value);
        }
    }

private:
    void offset_rows(const sql::GenerativeSelectNode& select) {
        if (!select.offset) return;
        out_ += " OFFSET ";
        written(*select.offset);
        out_ += " ROWS";
    }

    /// Oracle locks by columns; of a whole table each of them does.
    void lock_columns(const sql::ForUpdateClause& lock) {
        bool first = true;
        const auto add = [&](const sql::Node& column) {
            if (!first) out_ += ", ";
            first = false;
            visit(column);
        };
        for (const auto& element : lock.of) {
            if (element->kind == sql::NodeKind::column) add(*element);
            else add(*sql::columns_of(element).front());
        }
    }

    [[noreturn]] static void refuse_operator(Operator op) {
        throw CompileError("Oracle has no operator " + std::string{text_of(op)});
    }

    void arguments(const sql::BinaryNode& node) {
        operand(*node.left, node.op);
        out_ += ", ";
        operand(*node.right, node.op);
    }

    void call(std::string_view function, const sql::BinaryNode& node) {
        out_ += function;
        out_ += '(';
        arguments(node);
        out_ += ')';
    }

    static std::string interval_literal(const Interval& interval) {
        if (interval.months != 0)
            throw CompileError("an interval of months cannot be written here: a month is no fixed time");
        const auto microseconds =
            std::chrono::duration_cast<std::chrono::microseconds>(interval.time + std::chrono::days{interval.days});
        auto seconds = Decimal{static_cast<std::int64_t>(microseconds.count()), 6}.to_string();
        while (seconds.ends_with('0') && !seconds.ends_with(".0")) seconds.pop_back();
        return "NUMTODSINTERVAL(" + seconds + ", 'SECOND')";
    }
};

} // namespace

OracleDialect::OracleDialect() {
    features_.transactional_ddl = false;
    features_.default_values = false;
    features_.sequences = true;
    features_.max_identifier_length = 128;
    features_.identity_columns = true;
}

std::string_view OracleDialect::name() const noexcept { return "oracle"; }

std::unique_ptr<Compiler> OracleDialect::compiler(const sql::BindList& binds) const {
    return std::make_unique<OracleCompiler>(*this, binds, ParameterStyle::question_mark);
}

// Names without quotes are folded to upper case here and to lower case in what a program says, so a lower-case name needs
// no quotes and an upper-case one does, as on every other database.
std::string OracleDialect::quote(std::string_view identifier) const {
    QuotingRules rules{'"', '"', &is_reserved_in_oracle};
    rules.starts_with_underscore = false;
    return quote_identifier(identifier, rules);
}

namespace {

std::string with_letters(std::string_view name, char from, char to, int distance) {
    std::string changed{name};
    for (char& c : changed)
        if (c >= from && c <= to) c = static_cast<char>(c + distance);
    return changed;
}
std::string in_lower_case(std::string_view name) { return with_letters(name, 'A', 'Z', 'a' - 'A'); }
std::string in_upper_case(std::string_view name) { return with_letters(name, 'a', 'z', 'A' - 'a'); }

} // namespace

QuotedName OracleDialect::normalize_name(std::string_view name) const {
    if (name.empty()) return {};
    const auto lower = in_lower_case(name);
    const auto upper = in_upper_case(name);
    if (lower == upper) return QuotedName{name}; // no letters
    if (name == upper && quote(std::string_view{lower}) == lower) return lower;
    if (name == lower) return {lower, Quoting::always};
    return QuotedName{name};
}

std::string OracleDialect::denormalize_name(const QuotedName& name) const {
    if (name.empty() || name.quoting() == Quoting::always) return name;
    const bool folds = name == in_lower_case(name) && (name.quoting() == Quoting::never || quote(std::string_view{name}) == name);
    return folds ? in_upper_case(name) : std::string{name};
}

namespace dialects {

std::shared_ptr<const Dialect> oracle() {
    static const std::shared_ptr<const Dialect> dialect = std::make_shared<OracleDialect>();
    return dialect;
}

} // namespace dialects
} // namespace azoth
