// SPDX-License-Identifier: MIT
// MySQL's and MariaDB's SQL: backticks, INNER JOIN, concat(), LIMIT offset, count.
#include <azoth/dialect/mysql.hpp>

#include <string>

#include <azoth/error.hpp>
#include <azoth/types/details.hpp>

#include "dialect/base.hpp"
#include "dialect/reserved_words.hpp"

namespace azoth {

MySQLCompiler::MySQLCompiler(const MySQLDialect& dialect, const sql::BindList& binds)
    : PortableCompiler(dialect, binds, ParameterStyle::question_mark), is_mariadb_(dialect.flavour().mariadb),
      escapes_(!dialect.flavour().no_backslash_escapes) {}

void MySQLCompiler::visit_constant(const sql::ConstantNode& node) {
    // true and false are literals here although there is no boolean type
    if (node.constant == sql::Constant::true_) out_ += "true";
    else if (node.constant == sql::Constant::false_) out_ += "false";
    else PortableCompiler::visit_constant(node);
}

void MySQLCompiler::visit_binary(const sql::BinaryNode& node) {
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

bool MySQLCompiler::divides_integers() const { return false; } // `/` is true division

std::string MySQLCompiler::empty_set(const Type&) const { return "SELECT _in_0 FROM (SELECT 1 AS _in_0) as _empty_set WHERE 1!=1"; }

void MySQLCompiler::render_default_from(const sql::SelectNode& select) {
    if (!select.where.empty()) out_ += " FROM DUAL";
}

void MySQLCompiler::render_extract(std::string_view field, const sql::Node& from) {
    PortableCompiler::render_extract(field == "milliseconds" ? "millisecond" : field, from);
}

void MySQLCompiler::render_match(const sql::BinaryNode& node) {
    out_ += "MATCH (";
    visit(*node.left);
    out_ += ") AGAINST (";
    visit(*node.right);
    out_ += " IN BOOLEAN MODE)";
}

void MySQLCompiler::visit_function(const sql::FunctionNode& node) {
    if (node.name == "aggregate_strings") group_concat(node);
    else if (node.arguments.empty() && node.name == "random") out_ += "rand()";
    else if (node.name == "rollup") {
        list(node.arguments);
        out_ += " WITH ROLLUP";
    } else if (node.arguments.empty() && node.name == "sysdate") out_ += "SYSDATE()";
    else PortableCompiler::visit_function(node);
}

void MySQLCompiler::visit_cast(const sql::CastNode& node) {
    if (node.is_try) throw UnsupportedCompilationError("MySQL has no TRY_CAST");
    check_known(node.type);
    const auto target = cast_target(node.type);
    if (target.empty()) {
        operand(*node.operand, sql::Operator::comma);
        return;
    }
    out_ += "CAST(";
    visit(*node.operand);
    out_ += " AS " + target + ")";
}

std::string MySQLCompiler::literal(const Param& value) const {
    if (value.kind == ParamKind::boolean) return value.integer != 0 ? "true" : "false";
    auto text = PortableCompiler::literal(value);
    if (value.kind != ParamKind::text || !escapes_) return text;
    // A backslash escapes here unless the server runs with NO_BACKSLASH_ESCAPES.
    std::string escaped;
    for (const char c : text) {
        escaped += c;
        if (c == '\\') escaped += c;
    }
    return escaped;
}

void MySQLCompiler::visit_next_value(const sql::NextValueNode& node) {
    out_ += "nextval(" + qualified(node.sequence->schema, node.sequence->name) + ")";
}

void MySQLCompiler::render_regexp(const sql::BinaryNode& node) {
    const bool negated = node.op == sql::Operator::not_regexp_match;
    if (node.custom.empty()) return PortableCompiler::render_regexp(node);
    if (is_mariadb_) {
        operand(*node.left, node.op);
        out_ += negated ? " NOT REGEXP " : " REGEXP ";
        pattern_with_flags(node);
        return;
    }
    if (negated) out_ += "NOT ";
    out_ += "REGEXP_LIKE(";
    visit(*node.left);
    out_ += ", ";
    visit(*node.right);
    out_ += ", " + quoted_text(node.custom) + ")";
}

void MySQLCompiler::render_regexp_replace(const sql::BinaryNode& node) {
    if (!is_mariadb_ || node.custom.empty()) return PortableCompiler::render_regexp_replace(node);
    out_ += "REGEXP_REPLACE(";
    visit(*node.left);
    out_ += ", ";
    pattern_with_flags(node);
    out_ += ", ";
    visit(*node.third);
    out_ += ')';
}

void MySQLCompiler::render_item(const sql::BinaryNode& node) {
    if (node.op == sql::Operator::getitem) return PortableCompiler::render_item(node);
    if (node.type.kind == TypeKind::json) return extract(node);
    out_ += "CASE "; // JSON's null is no NULL
    extract(node);
    out_ += " WHEN 'null' THEN NULL ";
    switch (node.type.kind) {
    case TypeKind::boolean: out_ += "WHEN true THEN true ELSE false"; break;
    case TypeKind::small_integer:
    case TypeKind::integer:
    case TypeKind::big_integer:
        out_ += "ELSE CAST(";
        extract(node);
        out_ += " AS SIGNED INTEGER)";
        break;
    case TypeKind::numeric:
    case TypeKind::float_:
    case TypeKind::double_:
        if (node.type.precision != Type::unset && node.type.scale != Type::unset) {
            out_ += "ELSE CAST(";
            extract(node);
            out_ += " AS DECIMAL(" + std::to_string(node.type.precision) + ", " + std::to_string(node.type.scale) + "))";
        } else {
            out_ += "ELSE ";
            extract(node);
            out_ += "+0.0000000000000000000000";
        }
        break;
    case TypeKind::string:
    case TypeKind::text:
        out_ += "ELSE JSON_UNQUOTE(";
        extract(node);
        out_ += ')';
        break;
    default:
        out_ += "ELSE ";
        extract(node);
    }
    out_ += " END";
}

void MySQLCompiler::render_for_update(const sql::GenerativeSelectNode& select) {
    const auto& lock = *select.for_update;
    if (lock.read) out_ += !is_mariadb_ && dialect_.has(ServerVersion{8, 0, 1}) ? " FOR SHARE" : " LOCK IN SHARE MODE";
    else out_ += " FOR UPDATE";
    if (!is_mariadb_ && dialect_.has(ServerVersion{8})) lock_targets(lock); // else all tables are locked
    lock_waiting(lock);
}

void MySQLCompiler::render_from_hint(std::size_t, const std::string& hint) { out_ += " " + hint; }

bool MySQLCompiler::cte_follows_insert() const { return true; }

void MySQLCompiler::render_update_tables(const sql::DmlNode& update, const std::vector<sql::NodePtr>& extra) {
    render_from(*update.table);
    if (extra.empty()) return;
    out_ += ", ";
    from_elements(extra);
}

void MySQLCompiler::render_update_from(const sql::DmlNode&, const std::vector<sql::NodePtr>&) {}

bool MySQLCompiler::updates_many_tables() const { return true; }

void MySQLCompiler::render_delete_tables(const sql::DmlNode& statement, const std::vector<sql::NodePtr>& extra) {
    if (extra.empty()) return render_from(*statement.table);
    if (statement.table->kind == sql::NodeKind::table) render_from(*statement.table);
    else from_name(*statement.table);
    out_ += " USING ";
    render_from(*statement.table);
    out_ += ", ";
    from_elements(extra);
}

void MySQLCompiler::render_dml_limit(const sql::DmlNode& statement) {
    if (!statement.limit) return;
    out_ += " LIMIT ";
    written(*statement.limit);
}

void MySQLCompiler::render_upsert(const sql::DmlNode& insert, const sql::UpsertClause& upsert) {
    if (upsert.action != sql::UpsertClause::Action::on_duplicate_key_update)
        throw UnsupportedCompilationError("MySQL has no ON CONFLICT; use on_duplicate_key_update()");
    new_row_.clear();
    if (!is_mariadb_ && !insert.from_select && dialect_.has(ServerVersion{8, 0, 20})) {
        new_row_ = insert.table_data().name == "new" ? "new_1" : "new";
        out_ += "AS " + new_row_ + " ";
    }
    out_ += "ON DUPLICATE KEY UPDATE ";
    upsert_assignments(insert, upsert);
}

void MySQLCompiler::render_returning(const sql::DmlNode& dml) {
    if (is_mariadb_ && dml.kind == sql::NodeKind::insert) require(dialect_, "INSERT … RETURNING", ServerVersion{10, 5});
    PortableCompiler::render_returning(dml);
}

void MySQLCompiler::render_excluded(const sql::ColumnNode& column) {
    if (new_row_.empty()) out_ += "VALUES(" + dialect_.quote(column.name) + ")";
    else out_ += new_row_ + "." + dialect_.quote(column.name);
}

void MySQLCompiler::render_limit(const sql::GenerativeSelectNode& select) {
    if (!select.limit && !select.offset) return;
    out_ += " LIMIT ";
    if (select.offset) {
        visit(*select.offset);
        out_ += ", ";
    }
    if (select.limit) visit(*select.limit);
    else out_ += "18446744073709551615"; // the manual's own "all rows"
}

std::string_view MySQLCompiler::join_word(sql::JoinKind how) const {
    return how == sql::JoinKind::inner ? " INNER JOIN " : PortableCompiler::join_word(how);
}

std::string MySQLCompiler::cast_target(const Type& type) const {
    if (details_of(type).name == "enum") return {};
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
    case TypeKind::json: return dialect_.type_text(type);
    case TypeKind::float_:
    case TypeKind::double_: {
        const bool casts = dialect_.has(is_mariadb_ ? ServerVersion{10, 4, 5} : ServerVersion{8, 0, 17});
        return casts ? dialect_.type_text(type) : std::string{};
    }
    case TypeKind::null_type:
    case TypeKind::boolean:
    case TypeKind::uuid: return {};
    }
    return {};
}

void MySQLCompiler::extract(const sql::BinaryNode& node) {
    out_ += "JSON_EXTRACT(";
    visit(*node.left);
    out_ += ", ";
    visit_document_path(*node.right);
    out_ += ')';
}

void MySQLCompiler::pattern_with_flags(const sql::BinaryNode& node) {
    out_ += "CONCAT('(?', " + quoted_text(node.custom) + ", ')', ";
    visit(*node.right);
    out_ += ')';
}

void MySQLCompiler::group_concat(const sql::FunctionNode& node) {
    out_ += "group_concat(";
    visit(*node.arguments.at(0));
    if (!node.order_by.empty()) {
        out_ += " ORDER BY ";
        list(node.order_by);
    }
    out_ += " SEPARATOR ";
    in_text(*node.arguments.at(1));
    out_ += ')';
}

void MySQLCompiler::concat_operand(const sql::Node& node) {
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

MySQLDialect::MySQLDialect(const MySQLFlavour& flavour)
    : Dialect(flavour.version), flavour_(flavour), is_mariadb_(flavour.mariadb) {
    const bool returns = is_mariadb_ && has(ServerVersion{10, 5});
    features_.insert_returning = returns;
    features_.delete_returning = is_mariadb_ && has(ServerVersion{10, 0, 5});
    features_.update_returning = false;
    features_.transactional_ddl = false;
    features_.last_insert_id = true;
    features_.default_values = false;
    features_.native_boolean = false;
    features_.sequences = is_mariadb_ && has(ServerVersion{10, 3});
    features_.max_identifier_length = 255;
    features_.insert_many_values = returns;
    if (returns) features_.many_values_order = ManyValues::Order::ascending;
    features_.native_enum = true;
}

std::string_view MySQLDialect::name() const noexcept { return flavour_.mariadb_name ? "mariadb" : "mysql"; }

std::unique_ptr<Compiler> MySQLDialect::compiler(const sql::BindList& binds) const {
    return std::make_unique<MySQLCompiler>(*this, binds);
}

std::string MySQLDialect::quote(std::string_view identifier) const {
    const char mark = flavour_.ansi_quotes ? '"' : '`';
    return quote_identifier(identifier, {mark, mark, is_mariadb_ ? &is_reserved_in_mariadb : &is_reserved_in_mysql});
}

std::string MySQLDialect::quote_always(std::string_view identifier) const {
    const char mark = flavour_.ansi_quotes ? '"' : '`';
    return enclose(identifier, mark, mark);
}

namespace dialects {

std::shared_ptr<const Dialect> mysql(const MySQLFlavour& flavour) {
    if (flavour == MySQLFlavour{}) return mysql();
    static DialectOfKind<MySQLDialect, MySQLFlavour> known;
    return known.get(flavour);
}

std::shared_ptr<const Dialect> mysql() {
    static const std::shared_ptr<const Dialect> dialect = std::make_shared<MySQLDialect>(MySQLFlavour{});
    return dialect;
}

std::shared_ptr<const Dialect> mariadb() {
    static const std::shared_ptr<const Dialect> dialect = [] {
        MySQLFlavour flavour;
        flavour.mariadb = true;
        flavour.mariadb_name = true;
        return std::make_shared<MySQLDialect>(flavour);
    }();
    return dialect;
}

} // namespace dialects
} // namespace azoth
