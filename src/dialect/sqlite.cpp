// SPDX-License-Identifier: MIT
// SQLite's SQL: LIMIT always with OFFSET, no FOR UPDATE, IS for distinctness, CURRENT_TIMESTAMP for now().
#include "dialect/sqlite.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include <azoth/error.hpp>

#include "dialect/portable_compiler.hpp"
#include "dialect/reserved_words.hpp"

namespace azoth {

namespace {

class SQLiteCompiler final : public PortableCompiler {
public:
    using PortableCompiler::PortableCompiler;

protected:
    void visit_binary(const sql::BinaryNode& node) override {
        switch (node.op) {
        case sql::Operator::is_distinct_from: infix(node, "IS NOT"); return;
        case sql::Operator::is_not_distinct_from: infix(node, "IS"); return;
        case sql::Operator::bitwise_xor: // a ^ b is what only one of them has
            out_ += "((";
            infix(node, "|");
            out_ += ") - (";
            infix(node, "&");
            out_ += "))";
            return;
        default: PortableCompiler::visit_binary(node);
        }
    }

    void render_divide(const sql::BinaryNode& node) override {
        operand(*node.left, node.op);
        out_ += " / (";
        operand(*node.right, node.op);
        out_ += " + 0.0)";
    }

    void render_extract(std::string_view field, const sql::Node& from) override {
        static constexpr std::pair<std::string_view, std::string_view> formats[] = {
            {"month", "%m"}, {"day", "%d"},  {"year", "%Y"}, {"second", "%S"}, {"hour", "%H"},
            {"doy", "%j"},   {"minute", "%M"}, {"epoch", "%s"}, {"dow", "%w"},    {"week", "%W"},
        };
        const auto* found = std::ranges::find(formats, field, &std::pair<std::string_view, std::string_view>::first);
        if (found == std::end(formats))
            throw CompileError("SQLite has no EXTRACT(" + std::string{field} + "): it knows year, month, day, hour, "
                               "minute, second, dow, doy, week and epoch");
        out_ += "CAST(STRFTIME('";
        out_ += found->second;
        out_ += "', ";
        visit(from);
        out_ += ") AS INTEGER)";
    }

    void visit_function(const sql::FunctionNode& node) override {
        if (node.name == "aggregate_strings") aggregate_strings(node, "group_concat");
        else if (node.arguments.empty() && node.name == "now") out_ += "CURRENT_TIMESTAMP";
        else if (node.arguments.empty() && node.name == "localtimestamp")
            out_ += "DATETIME(CURRENT_TIMESTAMP, 'localtime')";
        else if (node.name.starts_with("jsonb")) {
            require(dialect_, "JSONB", ServerVersion{3, 45});
            PortableCompiler::visit_function(node);
        } else if (node.name == "char_length")
            PortableCompiler::visit_function(sql::FunctionNode{"length", node.arguments, node.type});
        else PortableCompiler::visit_function(node);
    }

    void render_regexp_replace(const sql::BinaryNode&) override { throw UnsupportedCompilationError("SQLite has no REGEXP_REPLACE"); }

    void render_item(const sql::BinaryNode& node) override {
        if (node.op == sql::Operator::getitem) return PortableCompiler::render_item(node);
        if (node.type.kind == TypeKind::json) out_ += "JSON_QUOTE(";
        else out_ += "CAST(";
        out_ += "JSON_EXTRACT(";
        visit(*node.left);
        out_ += ", ";
        visit_document_path(*node.right);
        out_ += ')';
        if (node.type.kind != TypeKind::json) out_ += " AS " + dialect_.type_text(node.type);
        out_ += ')';
    }

    std::string_view join_word(sql::JoinKind how) const override {
        if (how == sql::JoinKind::full_outer) require(dialect_, "FULL OUTER JOIN", ServerVersion{3, 39});
        return PortableCompiler::join_word(how);
    }

    /// No parentheses around a part of a set operation: it is selected from.
    std::string_view part_opening() const override { return "SELECT * FROM ("; }

    void render_returning(const sql::DmlNode& dml) override {
        require(dialect_, "RETURNING", ServerVersion{3, 35});
        PortableCompiler::render_returning(dml);
    }

    void render_update_from(const sql::DmlNode&, const std::vector<sql::NodePtr>& extra) override {
        require(dialect_, "UPDATE of one table by another", ServerVersion{3, 33});
        out_ += " FROM ";
        from_elements(extra);
    }

    void render_upsert(const sql::DmlNode& insert, const sql::UpsertClause& upsert) override {
        require(dialect_, "ON CONFLICT of an INSERT", ServerVersion{3, 24});
        if (!upsert.constraint.empty())
            throw CompileError("SQLite has no ON CONFLICT ON CONSTRAINT; name the columns of the index");
        on_conflict(insert, upsert);
    }

    std::string_view tuple_list_word() const override { return "VALUES "; }

    void render_limit(const sql::GenerativeSelectNode& select) override {
        if (!select.limit && !select.offset) return;
        out_ += " LIMIT ";
        if (select.limit) visit(*select.limit);
        else constant(-1);
        out_ += " OFFSET ";
        if (select.offset) visit(*select.offset);
        else constant(0);
    }

    /// Times are text here, always with six digits of microseconds, so that they compare.
    std::string literal(const Param& value) const override {
        auto text = PortableCompiler::literal(value);
        const bool has_clock = value.kind == ParamKind::time || value.kind == ParamKind::timestamp;
        if (has_clock && text.find('.') == std::string::npos) text.insert(text.size() - 1, ".000000");
        return text;
    }

    void render_for_update(const sql::GenerativeSelectNode&) override {} // one writer at a time: nothing to lock
    bool qualifies_returning() const override { return false; }
    std::string empty_set(const Type&) const override { return empty_in_list(false, 1); }
    std::string empty_in_list(bool, std::size_t width) const override {
        std::string ones = "1";
        for (std::size_t i = 1; i < width; ++i) ones += ", 1";
        return "SELECT " + ones + " FROM (SELECT " + ones + ") WHERE 1!=1";
    }

private:
    void constant(std::int64_t value) {
        BindSlot slot;
        slot.source = BindSlot::Source::constant;
        slot.type = Integer{};
        slot.value = Value{value};
        bind_placeholder(slot, nullptr);
    }
};

} // namespace

SQLiteDialect::SQLiteDialect(std::optional<ServerVersion> library) : Dialect(library) {
    const bool returns = has(ServerVersion{3, 35});
    features_.insert_returning = returns;
    features_.update_returning = returns;
    features_.delete_returning = returns;
    if (!has(ServerVersion{3, 32})) features_.max_parameters = 999;
    features_.last_insert_id = true;
    features_.insert_many_values = returns; // a rowid tells no order: keys of the program's own do
    features_.last_insert_id_batch = 32; // RETURNING costs an ephemeral table for each row
    features_.schemas = false;
    features_.native_boolean = false;
}

std::string_view SQLiteDialect::name() const noexcept { return "sqlite"; }

std::shared_ptr<const Compiled> SQLiteDialect::compile(const sql::Node& statement, const sql::BindList& binds) const {
    return SQLiteCompiler{*this, binds, ParameterStyle::question_mark}.compile(statement);
}

std::string SQLiteDialect::literal_expression(const sql::Node& expression) const {
    const sql::BindList none;
    return SQLiteCompiler{*this, none, ParameterStyle::question_mark}.literal_expression(expression);
}

std::string SQLiteDialect::quote(std::string_view identifier) const {
    return quote_identifier(identifier, {'"', '"', &is_reserved_in_sqlite});
}

namespace dialects {

std::shared_ptr<const Dialect> sqlite() {
    static const std::shared_ptr<const Dialect> dialect = std::make_shared<SQLiteDialect>();
    return dialect;
}

std::shared_ptr<const Dialect> sqlite(const ServerVersion& library) {
    static DialectOfKind<SQLiteDialect, ServerVersion> known;
    return known.get(library);
}

} // namespace dialects
} // namespace azoth
