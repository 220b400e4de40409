// SPDX-License-Identifier: MIT
// PostgreSQL's SQL: numbered placeholders, ILIKE, everything else as the base has it.
#include <azoth/dialect/postgresql.hpp>

#include <chrono>
#include <string>

#include <azoth/error.hpp>
#include <azoth/types/details.hpp>

#include "dialect/base.hpp"
#include "dialect/reserved_words.hpp"

namespace azoth {

namespace {

std::string without_hyphens(std::string text) {
    std::erase(text, '-');
    return text;
}

bool is_hstore(const sql::NodePtr& node) { return details_of(sql::type_of(*node)).name == "HSTORE"; }

bool is_jsonb(const sql::NodePtr& node) { return details_of(sql::type_of(*node)).name == "JSONB"; }

} // namespace

PostgreSQLCompiler::PostgreSQLCompiler(const Dialect& dialect, const sql::BindList& binds)
    : Compiler(dialect, binds, ParameterStyle::dollar) {}

void PostgreSQLCompiler::render_divide(const sql::BinaryNode& node) { divide_by_numeric(node); }

void PostgreSQLCompiler::visit_binary(const sql::BinaryNode& node) {
    if (node.op == sql::Operator::bitwise_xor) infix(node, "#");
    else Compiler::visit_binary(node);
}

void PostgreSQLCompiler::render_regexp(const sql::BinaryNode& node) {
    const bool negated = node.op == sql::Operator::not_regexp_match;
    if (node.custom.empty()) return infix(node, negated ? "!~" : "~");
    if (node.custom == "i") return infix(node, negated ? "!~*" : "~*");
    operand(*node.left, node.op);
    out_ += negated ? " !~ CONCAT('(?', " : " ~ CONCAT('(?', ";
    out_ += quoted_text(node.custom) + ", ')', ";
    visit(*node.right);
    out_ += ')';
}

void PostgreSQLCompiler::render_match(const sql::BinaryNode& node) {
    operand(*node.left, node.op);
    out_ += " @@ plainto_tsquery(";
    if (!node.custom.empty()) out_ += quoted_text(node.custom) + ", ";
    visit(*node.right);
    out_ += ')';
}

void PostgreSQLCompiler::visit_next_value(const sql::NextValueNode& node) {
    out_ += "nextval('" + qualified(node.sequence->schema, node.sequence->name, true);
    out_ += "')";
}

void PostgreSQLCompiler::visit_function(const sql::FunctionNode& node) {
    if (node.name == "aggregate_strings") aggregate_strings(node, "string_agg");
    else if (node.name == "pow") Compiler::visit_function(sql::FunctionNode{"power", node.arguments, node.type});
    else Compiler::visit_function(node);
}

std::string PostgreSQLCompiler::literal(const Param& value) const {
    switch (value.kind) {
    case ParamKind::array: return array_literal(*value.array);
    case ParamKind::range: return quoted_text(range_text(*value.range));
    case ParamKind::multirange: return quoted_text(multirange_text(*value.multirange));
    default: return Compiler::literal(value);
    }
}

std::string PostgreSQLCompiler::literal_of(const Param& value, const Type& type) const {
    if (details_of(type).has(TypeFlag::not_native)) {
        if (value.kind == ParamKind::uuid) return without_hyphens(literal(value));
        if (value.kind == ParamKind::interval && type.kind == TypeKind::interval) return moment_literal(*value.interval);
    }
    // The elements of an array alone do not say what it is.
    if (value.kind != ParamKind::array || details_of(type).item.empty() || type.details->item.front().is_null_type())
        return literal(value);
    return "CAST(" + literal(value) + " AS " + dialect_.type_text(type) + ")";
}

std::string PostgreSQLCompiler::empty_set(const Type& type) const {
    return "SELECT CAST(NULL AS " + dialect_.type_text(type.is_null_type() ? Type{Integer{}} : type) + ") WHERE 1!=1";
}

void PostgreSQLCompiler::visit_array(const sql::ArrayNode& node) {
    out_ += "ARRAY[";
    list(node.items);
    out_ += ']';
    if (node.items.empty() && !details_of(node.type).item.empty()) out_ += "::" + dialect_.type_text(node.type);
}

void PostgreSQLCompiler::render_item(const sql::BinaryNode& node) {
    const bool is_path = node.op == sql::Operator::json_path_getitem;
    const bool subscripts = dialect_.has(ServerVersion{14}); // documents and hstore; arrays always could
    if (!subscripts && is_hstore(node.left)) return infix_eager(node, "->");
    if (node.op == sql::Operator::getitem || (!is_path && subscripts && is_jsonb(node.left) && node.type.kind == TypeKind::json)) {
        const bool group = node.left->kind == sql::NodeKind::function || node.left->kind == sql::NodeKind::cast;
        if (group) out_ += '(';
        const bool chained = node.left->kind == sql::NodeKind::binary
            && static_cast<const sql::BinaryNode&>(*node.left).op == sql::Operator::getitem;
        if (chained) visit(*node.left); // a[1][2]: an element of an element
        else operand(*node.left, node.op);
        if (group) out_ += ')';
        out_ += '[';
        operand(*node.right, node.op);
        out_ += ']';
        return;
    }
    if (node.type.kind == TypeKind::json) return infix_eager(node, is_path ? "#>" : "->");
    out_ += "CAST(";
    infix_eager(node, is_path ? "#>>" : "->>");
    out_ += " AS " + dialect_.type_text(node.type) + ")";
}

void PostgreSQLCompiler::render_item_text(const sql::BinaryNode& node) { infix_eager(node, text_of(node.op)); }

void PostgreSQLCompiler::render_precolumns(const sql::SelectNode& select) {
    const auto& on = select.select_parts().distinct_on;
    if (on.empty()) return Compiler::render_precolumns(select);
    out_ += "DISTINCT ON (";
    list(on);
    out_ += ") ";
}

void PostgreSQLCompiler::render_fetch(const sql::GenerativeSelectNode& select) {
    if (select.offset) {
        out_ += " OFFSET (";
        visit(*select.offset);
        out_ += ") ROWS";
    }
    out_ += " FETCH FIRST (";
    visit(*select.fetch->count);
    out_ += select.fetch->percent ? ") PERCENT ROWS " : ") ROWS ";
    out_ += select.fetch->with_ties ? "WITH TIES" : "ONLY";
}

void PostgreSQLCompiler::render_for_update(const sql::GenerativeSelectNode& select) {
    const auto& lock = *select.for_update;
    if (lock.read) out_ += lock.key_share ? " FOR KEY SHARE" : " FOR SHARE";
    else out_ += lock.key_share ? " FOR NO KEY UPDATE" : " FOR UPDATE";
    lock_targets(lock);
    lock_waiting(lock);
}

void PostgreSQLCompiler::render_from_hint(std::size_t start, const std::string& hint) {
    if (hint != "ONLY" && hint != "only") throw CompileError("PostgreSQL has no hint '" + hint + "' but ONLY");
    out_.insert(start, "ONLY ");
}

void PostgreSQLCompiler::render_update_from(const sql::DmlNode&, const std::vector<sql::NodePtr>& extra) {
    out_ += " FROM ";
    from_elements(extra);
}

void PostgreSQLCompiler::render_delete_tables(const sql::DmlNode& statement, const std::vector<sql::NodePtr>& extra) {
    render_from(*statement.table);
    if (extra.empty()) return;
    out_ += " USING ";
    from_elements(extra);
}

void PostgreSQLCompiler::render_upsert(const sql::DmlNode& insert, const sql::UpsertClause& upsert) { on_conflict(insert, upsert); }

std::string PostgreSQLCompiler::moment_literal(const Interval& interval) const {
    if (interval.months != 0)
        throw CompileError("an interval of months cannot be written here: a month is no fixed time");
    const std::chrono::microseconds distance = interval.time + std::chrono::days{interval.days};
    return literal(Param{ParamKind::timestamp, static_cast<std::int64_t>(distance.count())});
}

std::string PostgreSQLCompiler::array_literal(const ArrayValue& array) const {
    if (array.items.empty()) return "'{}'";
    std::string text = "ARRAY[";
    for (const auto& item : array.items) {
        if (text.size() > 6) text += ", ";
        text += literal(item.param());
    }
    return text + "]";
}

PostgreSQLDialect::PostgreSQLDialect(std::optional<ServerVersion> server) : Dialect(server) {
    features_.sequences = true;
    features_.sequences_optional = true;
    features_.max_identifier_length = 63;
    features_.insert_many_values = true;
    features_.many_values_order = ManyValues::Order::counted;
    features_.identity_columns = has(ServerVersion{10});
    features_.native_enum = true;
}

std::string_view PostgreSQLDialect::name() const noexcept { return "postgresql"; }

std::unique_ptr<Compiler> PostgreSQLDialect::compiler(const sql::BindList& binds) const {
    return std::make_unique<PostgreSQLCompiler>(*this, binds);
}

std::string PostgreSQLDialect::quote(std::string_view identifier) const {
    return quote_identifier(identifier, {'"', '"', &is_reserved_in_postgresql});
}

std::string PostgreSQLDialect::next_key(const schema::TableData& table, const schema::ColumnData& column) const {
    const auto in_quotes = [](const std::string& text) {
        std::string quoted = "'";
        for (const char c : text) quoted += c == '\'' ? std::string(2, c) : std::string(1, c);
        return quoted + "'";
    };
    const auto schema = table.schema.empty() ? std::string{} : quote_schema(table.schema) + ".";
    return "nextval(pg_get_serial_sequence(" + in_quotes(schema + quote(table.name)) + ", " + in_quotes(column.name) + "))";
}

namespace dialects {

std::shared_ptr<const Dialect> postgresql() {
    static const std::shared_ptr<const Dialect> dialect = std::make_shared<PostgreSQLDialect>();
    return dialect;
}

std::shared_ptr<const Dialect> postgresql(const ServerVersion& server) {
    static DialectOfKind<PostgreSQLDialect, ServerVersion> known;
    return known.get(server);
}

} // namespace dialects
} // namespace azoth
