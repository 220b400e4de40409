// SPDX-License-Identifier: MIT
// Oracle's DDL: VARCHAR2 and NUMBER, indexes named with their schema, no ON UPDATE.
#include <azoth/error.hpp>

#include "compiler/ddl_compiler.hpp"
#include "dialect/oracle.hpp"
#include "dialect/type_name.hpp"

namespace azoth {

namespace {

class OracleDdlCompiler final : public DdlCompiler {
public:
    explicit OracleDdlCompiler(const OracleDialect& dialect) noexcept : DdlCompiler(dialect), oracle_(dialect) {}

protected:
    std::string create_index(const schema::TableData& table, const schema::IndexData& data) const override {
        return create_index_text(
            data,
            quote_table(dialect_, table.schema, index_name(table, data)),
            quote_table(dialect_, table.schema, table.name));
    }

    bool has_on_update() const override { return false; } // triggers do it

    void add_comments(const schema::TableData& table, std::vector<std::string>& statements) const override {
        comment_on(table, statements);
    }

    std::size_t max_name_length() const override { return 128; }

    std::string expression(const sql::Node& node) const override { return oracle_.ddl_expression(node); }

private:
    const OracleDialect& oracle_;
};

} // namespace

std::string OracleDialect::type_text(const Type& type) const {
    switch (type.kind) {
    case TypeKind::null_type: throw_no_type();
    case TypeKind::boolean: return "BOOLEAN";
    case TypeKind::small_integer: return "SMALLINT";
    case TypeKind::integer: return "INTEGER";
    case TypeKind::big_integer: return "NUMBER(19)";
    case TypeKind::float_:
        if (type.precision != Type::unset)
            throw CompileError(
                "Oracle's FLOAT counts binary digits, which Float{" + std::to_string(type.precision) +
                "} does not say: use Double{} or Numeric{}");
        return "FLOAT";
    case TypeKind::double_: return "DOUBLE PRECISION";
    case TypeKind::numeric: return numeric_text(type);
    case TypeKind::string:
        return type.length == Type::unset ? "VARCHAR2" : "VARCHAR2(" + std::to_string(type.length) + " CHAR)";
    case TypeKind::text: return "CLOB";
    case TypeKind::large_binary: return "BLOB";
    case TypeKind::date: return "DATE";
    case TypeKind::time: return "TIME"; // SQLAlchemy's: the server has no such type and says so
    case TypeKind::date_time: // DATE has the time of the day too, in whole seconds
        if (type.precision == Type::unset) return "DATE";
        return with_argument("TIMESTAMP", type.precision) + (type.timezone ? " WITH TIME ZONE" : "");
    case TypeKind::interval: return "INTERVAL DAY TO SECOND";
    case TypeKind::uuid: return "CHAR(32)";
    case TypeKind::json: return "JSON";
    }
    throw_no_type();
}

Type OracleDialect::type_from_text(std::string_view) const { throw_no_driver(name()); }
ReflectionQueries OracleDialect::reflection() const { throw_no_driver(name()); }

std::vector<std::string> OracleDialect::create_table(const schema::TableData& table) const {
    return OracleDdlCompiler{*this}.create_table(table);
}

std::string OracleDialect::drop_table(const schema::TableData& table) const {
    return OracleDdlCompiler{*this}.drop_table(table);
}

} // namespace azoth
