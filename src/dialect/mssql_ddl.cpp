// SPDX-License-Identifier: MIT
// SQL Server's DDL: NULL always said, IDENTITY, comments as extended properties.
#include <azoth/error.hpp>

#include "compiler/ddl_compiler.hpp"
#include "dialect/mssql.hpp"
#include "dialect/type_name.hpp"

namespace azoth {

namespace {

class MSSQLDdlCompiler final : public DdlCompiler {
public:
    explicit MSSQLDdlCompiler(const MSSQLDialect& dialect) noexcept : DdlCompiler(dialect), mssql_(dialect) {}

protected:
    std::string column(const schema::TableData& table, const schema::ColumnData& column) const override {
        std::string text = dialect_.quote(column.name) + " " + type(table, column);
        text += column.nullable ? " NULL" : " NOT NULL";
        if (generates_itself(table, column)) text += " IDENTITY";
        else if (column.server_default) text += " DEFAULT " + default_text(table, column);
        return text;
    }

    void add_comments(const schema::TableData& table, std::vector<std::string>& statements) const override {
        const auto add = [&](const std::string& comment, const std::string& about) {
            if (comment.empty()) return;
            const auto schema = table.schema.empty() ? std::string{"dbo"} : mssql_.quote_schema(table.schema);
            statements.push_back(
                "execute sp_addextendedproperty 'MS_Description', N" + literal(comment) + ", 'schema', " + schema +
                ", 'table', " + dialect_.quote(table.name) + about);
        };
        add(table.comment, {});
        for (const auto& column : table.columns) add(column.comment, ", 'column', " + dialect_.quote(column.name));
    }

    std::size_t max_name_length() const override { return 128; }

    std::string expression(const sql::Node& node) const override { return mssql_.ddl_expression(node); }

private:
    const MSSQLDialect& mssql_;
};

} // namespace

std::string MSSQLDialect::type_text(const Type& type) const {
    const auto sized = [&type](std::string_view name) {
        return std::string{name} + "(" + (type.length == Type::unset ? "max" : std::to_string(type.length)) + ")";
    };
    switch (type.kind) {
    case TypeKind::null_type: throw_no_type();
    case TypeKind::boolean: return "BIT";
    case TypeKind::small_integer: return "SMALLINT";
    case TypeKind::integer: return "INTEGER";
    case TypeKind::big_integer: return "BIGINT";
    case TypeKind::float_: return with_argument("FLOAT", type.precision);
    case TypeKind::double_: return "DOUBLE PRECISION";
    case TypeKind::numeric: return numeric_text(type);
    case TypeKind::string:
    case TypeKind::text: return sized("VARCHAR");
    case TypeKind::large_binary: return sized("VARBINARY");
    case TypeKind::date: return "DATE";
    case TypeKind::time: return with_argument("TIME", type.precision);
    case TypeKind::date_time:
        if (type.timezone) return with_argument("DATETIMEOFFSET", type.precision);
        return type.precision == Type::unset ? "DATETIME" : with_argument("DATETIME2", type.precision);
    case TypeKind::interval: return "DATETIME"; // SQLAlchemy's: the distance from 1970-01-01
    case TypeKind::uuid: return "UNIQUEIDENTIFIER";
    case TypeKind::json: return "NVARCHAR(max)";
    }
    throw_no_type();
}

Type MSSQLDialect::type_from_text(std::string_view) const { throw_no_driver(name()); }
ReflectionQueries MSSQLDialect::reflection() const { throw_no_driver(name()); }

std::vector<std::string> MSSQLDialect::create_table(const schema::TableData& table) const {
    return MSSQLDdlCompiler{*this}.create_table(table);
}

std::string MSSQLDialect::drop_table(const schema::TableData& table) const {
    return MSSQLDdlCompiler{*this}.drop_table(table);
}

} // namespace azoth
