// SPDX-License-Identifier: MIT
// PostgreSQL's DDL: SERIAL for keys that generate themselves, COMMENT ON as statements.
#include <azoth/error.hpp>

#include "compiler/ddl_compiler.hpp"
#include "dialect/postgresql.hpp"
#include "dialect/type_name.hpp"

namespace azoth {

namespace {

class PostgreSQLDdlCompiler final : public DdlCompiler {
public:
    using DdlCompiler::DdlCompiler;

protected:
    std::string type(const schema::TableData& table, const schema::ColumnData& column) const override {
        if (!generates_itself(table, column)) return DdlCompiler::type(table, column);
        switch (column.type.kind) {
        case TypeKind::small_integer: return "SMALLSERIAL";
        case TypeKind::big_integer: return "BIGSERIAL";
        default: return "SERIAL";
        }
    }

    void add_comments(const schema::TableData& table, std::vector<std::string>& statements) const override {
        comment_on(table, statements);
    }

    std::size_t max_name_length() const override { return 63; }
};

} // namespace

std::string PostgreSQLDialect::type_text(const Type& type) const {
    const auto temporal = [&type](std::string_view name) {
        return with_argument(name, type.precision) +
               (type.timezone ? " WITH TIME ZONE" : " WITHOUT TIME ZONE");
    };
    switch (type.kind) {
    case TypeKind::null_type: throw_no_type();
    case TypeKind::boolean: return "BOOLEAN";
    case TypeKind::small_integer: return "SMALLINT";
    case TypeKind::integer: return "INTEGER";
    case TypeKind::big_integer: return "BIGINT";
    case TypeKind::float_: return with_argument("FLOAT", type.precision);
    case TypeKind::double_: return "DOUBLE PRECISION";
    case TypeKind::numeric: return numeric_text(type);
    case TypeKind::string: return with_argument("VARCHAR", type.length);
    case TypeKind::text: return "TEXT"; // takes no length
    case TypeKind::large_binary: return "BYTEA";
    case TypeKind::date: return "DATE";
    case TypeKind::time: return temporal("TIME");
    case TypeKind::date_time: return temporal("TIMESTAMP");
    case TypeKind::interval: return "INTERVAL";
    case TypeKind::uuid: return "UUID";
    case TypeKind::json: return "JSON";
    }
    throw_no_type();
}

std::vector<std::string> PostgreSQLDialect::create_table(const schema::TableData& table) const {
    return PostgreSQLDdlCompiler{*this}.create_table(table);
}

std::string PostgreSQLDialect::drop_table(const schema::TableData& table) const {
    return PostgreSQLDdlCompiler{*this}.drop_table(table);
}

} // namespace azoth
