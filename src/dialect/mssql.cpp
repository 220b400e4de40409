// SPDX-License-Identifier: MIT
// SQL Server's SQL: brackets, TOP and OFFSET, OUTPUT, + for strings, no boolean values and no FOR UPDATE.
#include "dialect/mssql.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <utility>

#include <azoth/compiler/portable_compiler.hpp>
#include <azoth/error.hpp>

#include "dialect/reserved_words.hpp"

namespace azoth {

namespace {

using sql::NodeKind;
using sql::Operator;

class MSSQLCompiler final : public PortableCompiler {
public:
    using PortableCompiler::PortableCompiler;

protected:
    /// In OUTPUT the target's columns belong to what was put in, or taken away.
    void visit_column(const sql::ColumnNode& node) override {
        if (output_of_ == nullptr || node.from.get() != output_of_) return PortableCompiler::visit_column(node);
        out_ += output_word_;
        out_ += dialect_.quote(node.name);
    }

    void visit_binary(const sql::BinaryNode& node) override {
        switch (node.op) {
        case Operator::eq: // parameters stand on the right where they can
            if (node.left->kind == NodeKind::bind && node.right->kind != NodeKind::bind) {
                infix(sql::BinaryNode{node.op, node.right, node.left, node.type}, "=");
                return;
            }
            break;
        case Operator::concat: infix(node, "+"); return;
        case Operator::is_distinct_from: out_ += "NOT "; [[fallthrough]];
        case Operator::is_not_distinct_from: // INTERSECT takes two NULLs for equal
            out_ += "EXISTS (SELECT ";
            operand(*node.left, node.op);
            out_ += " INTERSECT SELECT ";
            operand(*node.right, node.op);
            out_ += ')';
            return;
        case Operator::collate:
            operand(*node.left, node.op);
            out_ += " COLLATE " + checked_collation(static_cast<const sql::LabelReferenceNode&>(*node.right).name);
            return;
        default: break;
        }
        PortableCompiler::visit_binary(node);
    }

    void visit_next_value(const sql::NextValueNode& node) override {
        out_ += "NEXT VALUE FOR " + qualified(node.sequence->schema, node.sequence->name);
    }

    void render_divide(const sql::BinaryNode& node) override { divide_by_numeric(node); }

    void render_regexp(const sql::BinaryNode&) override {
        throw CompileError("SQL Server has no regular expressions");
    }

    void render_regexp_replace(const sql::BinaryNode& node) override { render_regexp(node); }

    void visit_cast(const sql::CastNode& node) override {
        if (!node.is_try) return PortableCompiler::visit_cast(node);
        out_ += "TRY_CAST (";
        visit(*node.operand);
        out_ += " AS " + dialect_.type_text(node.type) + ")";
    }

    void render_item(const sql::BinaryNode& node) override {
        if (node.op == Operator::getitem) return PortableCompiler::render_item(node);
        const auto access = [&](std::string_view function) {
            out_ += function;
            out_ += '(';
            visit(*node.left);
            out_ += ", ";
            visit_document_path(*node.right);
            out_ += ')';
        };
        if (node.type.kind == TypeKind::json) return access("JSON_QUERY");
        const auto cast_to = [&](const std::string& type) {
            out_ += "ELSE CAST(";
            access("JSON_VALUE");
            out_ += " AS " + type + ")";
        };
        out_ += "CASE ";
        access("JSON_VALUE");
        out_ += " WHEN NULL THEN NULL ";
        switch (node.type.kind) {
        case TypeKind::small_integer:
        case TypeKind::integer:
        case TypeKind::big_integer: cast_to("INTEGER"); break;
        case TypeKind::float_:
        case TypeKind::double_: cast_to("FLOAT"); break;
        case TypeKind::numeric:
            cast_to("NUMERIC(" + std::to_string(node.type.precision) + ", " + std::to_string(node.type.scale) + ")");
            break;
        case TypeKind::boolean:
            out_ += "WHEN 'true' THEN 1 WHEN 'false' THEN 0 ";
            cast_to("BIT");
            break;
        case TypeKind::string:
        case TypeKind::text:
            out_ += "ELSE ";
            access("JSON_VALUE");
            break;
        default:
            out_ += "ELSE ";
            access("JSON_QUERY");
        }
        out_ += " END";
    }

    void render_match(const sql::BinaryNode& node) override {
        out_ += "CONTAINS (";
        operand(*node.left, node.op);
        out_ += ", ";
        operand(*node.right, node.op);
        out_ += ')';
    }

    void render_extract(std::string_view field, const sql::Node& from) override {
        static constexpr std::array<std::pair<std::string_view, std::string_view>, 4> names{
            {{"doy", "dayofyear"}, {"dow", "weekday"}, {"milliseconds", "millisecond"}, {"microseconds", "microsecond"}}};
        const auto* known = std::ranges::find(names, field, &std::pair<std::string_view, std::string_view>::first);
        out_ += "DATEPART(";
        raw(known == names.end() ? field : known->second);
        out_ += ", ";
        visit(from);
        out_ += ')';
    }

    void visit_function(const sql::FunctionNode& node) override {
        const auto renamed = [&](std::string name) {
            PortableCompiler::visit_function(sql::FunctionNode{std::move(name), node.arguments, node.type});
        };
        if (node.name == "aggregate_strings") aggregate_strings_within_group(node, "string_agg");
        else if (node.name == "now") out_ += "CURRENT_TIMESTAMP";
        else if (node.name == "current_date") out_ += "GETDATE()";
        else if (node.name == "length" || node.name == "char_length") renamed("LEN");
        else if (node.name == "pow") renamed("POWER");
        else PortableCompiler::visit_function(node);
    }

    void render_frame_distance(const sql::Node& distance) override { written(distance); }

    // ---- how many rows: TOP alone, OFFSET and FETCH as parts of ORDER BY --------------------

    /// A number that the statement was given, not an expression or a named parameter.
    static bool is_simple(const sql::NodePtr& count) {
        return count && count->kind == NodeKind::bind && static_cast<const sql::BindNode&>(*count).name.empty();
    }
    /// FETCH becomes TOP only for what OFFSET … FETCH does not have.
    static bool uses_top(const sql::GenerativeSelectNode& select) {
        if (select.offset || select.kind != NodeKind::select) return false;
        if (select.fetch) return is_simple(select.fetch->count) && (select.fetch->percent || select.fetch->with_ties);
        return is_simple(select.limit);
    }

    void render_precolumns(const sql::SelectNode& select) override {
        PortableCompiler::render_precolumns(select);
        if (!uses_top(select)) return;
        out_ += "TOP ";
        written(select.fetch ? *select.fetch->count : *select.limit);
        out_ += ' ';
        if (!select.fetch) return;
        if (select.fetch->percent) out_ += "PERCENT ";
        if (select.fetch->with_ties) out_ += "WITH TIES ";
    }

    /// A subquery has no order unless it is needed to say which rows it has.
    void render_order_by(const sql::GenerativeSelectNode& select) override {
        if (is_subquery() && !select.limit && !select.offset && !select.fetch) return;
        PortableCompiler::render_order_by(select);
    }

    void render_limit(const sql::GenerativeSelectNode& select) override {
        const auto& count = select.fetch ? select.fetch->count : select.limit;
        if (uses_top(select) || (!count && !select.offset)) return;
        if (select.order_by.empty())
            throw CompileError("SQL Server needs an ORDER BY for OFFSET: give the SELECT an order_by()");
        if (select.fetch && (select.fetch->percent || select.fetch->with_ties))
            throw CompileError("SQL Server has PERCENT and WITH TIES only without an offset");
        out_ += " OFFSET ";
        if (select.offset) visit(*select.offset);
        else out_ += '0';
        out_ += " ROWS";
        if (!count) return;
        out_ += " FETCH FIRST ";
        visit(*count);
        out_ += " ROWS ONLY";
    }

    void render_fetch(const sql::GenerativeSelectNode& select) override { render_limit(select); }
    void render_for_update(const sql::GenerativeSelectNode&) override {} // only cursors know it; there are table hints
    void render_from_hint(std::size_t, const std::string& hint) override { out_ += " " + hint; }
    std::string_view with_word(bool) const override { return "WITH "; }

    void render_update_from(const sql::DmlNode& update, const std::vector<sql::NodePtr>& extra) override {
        out_ += " FROM ";
        render_from(*update.table);
        out_ += ", ";
        from_elements(extra);
    }

    void render_delete_tables(const sql::DmlNode& statement, const std::vector<sql::NodePtr>& extra) override {
        if (extra.empty()) {
            PortableCompiler::render_delete_tables(statement, extra);
            return;
        }
        if (statement.table->kind == NodeKind::table) render_from(*statement.table);
        else from_name(*statement.table);
        returning(statement);
        out_ += " FROM ";
        render_from(*statement.table);
        out_ += ", ";
        from_elements(extra);
    }

    // ---- OUTPUT -------------------------------------------------------------------------------

    bool returning_precedes_values() const override { return true; }

    void render_returning(const sql::DmlNode& dml) override {
        out_ += " OUTPUT ";
        output_of_ = dml.table.get();
        output_word_ = dml.kind == NodeKind::delete_ ? "deleted." : "inserted.";
        returned_columns(dml.returning, true);
        output_of_ = nullptr;
    }

    std::string literal(const Param& value) const override {
        switch (value.kind) {
        case ParamKind::uuid: return Compiler::literal(value);
        case ParamKind::bytes: return "0x" + hexadecimal(value.view());
        case ParamKind::timestamp_tz: {
            auto text = PortableCompiler::literal(value); // the time in UTC
            text.insert(text.size() - 1, " +00:00");
            return text;
        }
        default: return PortableCompiler::literal(value);
        }
    }

    std::string literal_of(const Param& value, const Type& type) const override {
        const auto text = literal(value);
        return value.kind == ParamKind::text && type.national ? "N" + text : text;
    }

private:
    const sql::Node* output_of_ = nullptr; ///< in OUTPUT: the statement's target
    std::string_view output_word_;
};

/// The last name of a schema "database.owner", and what is before it; brackets protect dots.
std::pair<std::string, std::string> schema_elements(std::string_view schema) {
    std::vector<std::string> parts{{}};
    bool in_brackets = false;
    for (const char c : schema) {
        if (c == '[' && !in_brackets) in_brackets = true;
        else if (c == ']' && in_brackets) in_brackets = false;
        else if (c == '.' && !in_brackets) parts.emplace_back();
        else parts.back() += c;
    }
    auto owner = std::move(parts.back());
    parts.pop_back();
    std::string database;
    for (const auto& part : parts) database += (database.empty() ? "" : ".") + part;
    return {std::move(database), std::move(owner)};
}

} // namespace

const std::string& checked_collation(const std::string& name) {
    const auto plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    };
    if (name.empty() || !std::ranges::all_of(name, plain))
        throw CompileError("'" + name + "' cannot be a collation of SQL Server");
    return name;
}

MSSQLDialect::MSSQLDialect() {
    features_.native_boolean = false;
    features_.sequences = true;
    features_.sequences_optional = true;
    features_.max_identifier_length = 128;
    features_.identity_columns = true;
}

std::string_view MSSQLDialect::name() const noexcept { return "mssql"; }

std::unique_ptr<Compiler> MSSQLDialect::compiler(const sql::BindList& binds) const {
    return std::make_unique<MSSQLCompiler>(*this, binds, ParameterStyle::question_mark);
}

std::string MSSQLDialect::quote(std::string_view identifier) const {
    return quote_identifier(identifier, {'[', ']', &is_reserved_in_mssql});
}

std::string MSSQLDialect::quote_schema(std::string_view schema) const {
    const auto [database, owner] = schema_elements(schema);
    return database.empty() ? quote(owner) : quote(database) + "." + quote(owner);
}

std::string MSSQLDialect::quote_always(std::string_view identifier) const { return enclose(identifier, '[', ']'); }

namespace dialects {

std::shared_ptr<const Dialect> mssql() {
    static const std::shared_ptr<const Dialect> dialect = std::make_shared<MSSQLDialect>();
    return dialect;
}

} // namespace dialects
} // namespace azoth
