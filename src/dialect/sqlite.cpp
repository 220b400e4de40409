// SPDX-License-Identifier: MIT
// SQLite's SQL: LIMIT always with OFFSET, no FOR UPDATE, IS for distinctness, CURRENT_TIMESTAMP for now().
#include <azoth/dialect/sqlite.hpp>

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include <azoth/error.hpp>

#include "dialect/base.hpp"
#include "dialect/reserved_words.hpp"

namespace azoth {

SQLiteCompiler::SQLiteCompiler(const Dialect& dialect, const sql::BindList& binds)
    : PortableCompiler(dialect, binds, ParameterStyle::question_mark) {}

void SQLiteCompiler::visit_binary(const sql::BinaryNode& node) {
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

void SQLiteCompiler::render_divide(const sql::BinaryNode& node) {
    operand(*node.left, node.op);
    out_ += " / (";
    operand(*node.right, node.op);
    out_ += " + 0.0)";
}

void SQLiteCompiler::render_extract(std::string_view field, const sql::Node& from) {
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

void SQLiteCompiler::visit_function(const sql::FunctionNode& node) {
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

void SQLiteCompiler::render_regexp_replace(const sql::BinaryNode&) { throw UnsupportedCompilationError("SQLite has no REGEXP_REPLACE"); }

void SQLiteCompiler::render_item(const sql::BinaryNode& node) {
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

std::string_view SQLiteCompiler::join_word(sql::JoinKind how) const {
    if (how == sql::JoinKind::full_outer) require(dialect_, "FULL OUTER JOIN", ServerVersion{3, 39});
    return PortableCompiler::join_word(how);
}

std::string_view SQLiteCompiler::part_opening() const { return "SELECT * FROM ("; }

void SQLiteCompiler::render_returning(const sql::DmlNode& dml) {
    require(dialect_, "RETURNING", ServerVersion{3, 35});
    PortableCompiler::render_returning(dml);
}

void SQLiteCompiler::render_update_from(const sql::DmlNode&, const std::vector<sql::NodePtr>& extra) {
    require(dialect_, "UPDATE of one table by another", ServerVersion{3, 33});
    out_ += " FROM ";
    from_elements(extra);
}

void SQLiteCompiler::render_upsert(const sql::DmlNode& insert, const sql::UpsertClause& upsert) {
    require(dialect_, "ON CONFLICT of an INSERT", ServerVersion{3, 24});
    if (!upsert.constraint.empty())
        throw CompileError("SQLite has no ON CONFLICT ON CONSTRAINT; name the columns of the index");
    on_conflict(insert, upsert);
}

std::string_view SQLiteCompiler::tuple_list_word() const { return "VALUES "; }

void SQLiteCompiler::render_limit(const sql::GenerativeSelectNode& select) {
    if (!select.limit && !select.offset) return;
    out_ += " LIMIT ";
    if (select.limit) visit(*select.limit);
    else constant(-1);
    out_ += " OFFSET ";
    if (select.offset) visit(*select.offset);
    else constant(0);
}

std::string SQLiteCompiler::literal(const Param& value) const {
    auto text = PortableCompiler::literal(value);
    const bool has_clock = value.kind == ParamKind::time || value.kind == ParamKind::timestamp;
    if (has_clock && text.find('.') == std::string::npos) text.insert(text.size() - 1, ".000000");
    return text;
}

void SQLiteCompiler::render_for_update(const sql::GenerativeSelectNode&) {} // one writer at a time: nothing to lock

bool SQLiteCompiler::qualifies_returning() const { return false; }

std::string SQLiteCompiler::empty_set(const Type&) const { return empty_in_list(false, 1); }

std::string SQLiteCompiler::empty_in_list(bool, std::size_t width) const {
    std::string ones = "1";
    for (std::size_t i = 1; i < width; ++i) ones += ", 1";
    return "SELECT " + ones + " FROM (SELECT " + ones + ") WHERE 1!=1";
}

void SQLiteCompiler::constant(std::int64_t value) {
    BindSlot slot;
    slot.source = BindSlot::Source::constant;
    slot.type = Integer{};
    slot.value = Value{value};
    bind_placeholder(slot, nullptr);
}

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

std::unique_ptr<Compiler> SQLiteDialect::compiler(const sql::BindList& binds) const {
    return std::make_unique<SQLiteCompiler>(*this, binds);
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
