// SPDX-License-Identifier: MIT
// SQLite's DDL: the INTEGER key that is the rowid, defaults that are expressions in parentheses, no comments.
#include <azoth/error.hpp>

#include "compiler/ddl_compiler.hpp"
#include "dialect/portable_compiler.hpp"
#include "dialect/sqlite.hpp"
#include "dialect/type_name.hpp"

namespace azoth {

namespace {

/// Expressions in DDL, where there are no parameters.
class SQLiteLiteralCompiler final : public PortableCompiler {
public:
    using PortableCompiler::PortableCompiler;

protected:
    void visit_function(const sql::FunctionNode& node) override {
        if (node.name == "now" && node.arguments.empty()) out_ += "CURRENT_TIMESTAMP";
        else PortableCompiler::visit_function(node);
    }
};

class SQLiteDdlCompiler final : public DdlCompiler {
public:
    using DdlCompiler::DdlCompiler;

protected:
    std::string column(const schema::TableData& table, const schema::ColumnData& column) const override {
        std::string text = dialect_.quote(column.name) + " " + type(table, column);
        if (column.server_default) {
            const auto value = default_text(table, column);
            text += " DEFAULT " + (is_single_term(value) ? value : "(" + value + ")");
        }
        if (!column.nullable) text += " NOT NULL";
        return text;
    }

    // Only a key declared INTEGER, exactly that word, is the rowid and so generates itself. SQLAlchemy writes
    // BIGINT or SMALLINT here, whose keys then stay NULL; but std::int64_t is BigInteger to us, and SQLite's
    // INTEGER has 64 bits.
    std::string type(const schema::TableData& table, const schema::ColumnData& column) const override {
        if (generates_itself(table, column) && table.primary_key().size() == 1) return "INTEGER";
        return DdlCompiler::type(table, column);
    }

    // An index lives in its table's schema, and says so before its own name.
    std::string create_index(const schema::TableData& table, const schema::IndexData& data) const override {
        return create_index_text(
            data, quote_table(dialect_, table.schema, index_name(table, data)), dialect_.quote(table.name));
    }

    // A foreign key stays within its schema, which is not written.
    bool can_refer(const schema::TableData& table, const schema::ForeignKeyData& key) const override {
        return schema::target_schema(table, key) == table.schema;
    }
    std::string referred_table(const schema::TableData&, const schema::ForeignKeyData& key) const override {
        return dialect_.quote(key.target_table);
    }

    std::string expression(const sql::Node& node) const override {
        const sql::BindList none;
        return SQLiteLiteralCompiler{dialect_, none, ParameterStyle::question_mark}.literal_expression(node);
    }
};

} // namespace

// Lengths and precisions mean nothing to SQLite; they are written where SQLAlchemy writes them, for who reads
// the schema.
std::string SQLiteDialect::type_text(const Type& type) const {
    switch (type.kind) {
    case TypeKind::null_type: throw_no_type();
    case TypeKind::boolean: return "BOOLEAN";
    case TypeKind::small_integer: return "SMALLINT";
    case TypeKind::integer: return "INTEGER";
    case TypeKind::big_integer: return "BIGINT";
    case TypeKind::float_: return "FLOAT";
    case TypeKind::double_: return "DOUBLE";
    case TypeKind::numeric: return numeric_text(type);
    case TypeKind::string: return with_argument("VARCHAR", type.length);
    case TypeKind::text: return with_argument("TEXT", type.length);
    case TypeKind::large_binary: return "BLOB";
    case TypeKind::date: return "DATE";
    case TypeKind::time: return "TIME";
    case TypeKind::date_time: return "DATETIME";
    case TypeKind::interval: return "DATETIME"; // SQLAlchemy's: the distance from 1970-01-01
    case TypeKind::uuid: return "CHAR(32)";
    case TypeKind::json: return "JSON";
    }
    throw_no_type();
}

std::vector<std::string> SQLiteDialect::create_table(const schema::TableData& table) const {
    return SQLiteDdlCompiler{*this}.create_table(table);
}

std::string SQLiteDialect::drop_table(const schema::TableData& table) const {
    return SQLiteDdlCompiler{*this}.drop_table(table);
}

} // namespace azoth
