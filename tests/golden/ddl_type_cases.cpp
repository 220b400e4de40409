// SPDX-License-Identifier: MIT
// Constructs of area ddl.type: `CREATE TABLE t (c <type>)`, and the types that are created themselves.
#include "golden/core_corpus.hpp"
#include "golden/core_tables.hpp"

#include <azoth/sql/ddl.hpp>
#include <azoth/types/enum.hpp>
#include <azoth/types/mssql.hpp>
#include <azoth/types/mysql.hpp>
#include <azoth/types/oracle.hpp>
#include <azoth/types/postgresql.hpp>
#include <azoth/types/standard.hpp>

#include <utility>

namespace golden {

using namespace azoth;

namespace {

namespace pg = azoth::postgresql;
namespace my = azoth::mysql;
namespace ora = azoth::oracle;
namespace ms = azoth::mssql;

void of_type(Registry& registry, const std::string& id, const Type& type) {
    registry.add("ddl.type." + id, [type] {
        Table t{std::make_shared<schema::TableData>("t")};
        t.add_column("c", type);
        return CreateTable{t};
    });
}

void add_generic(Registry& registry) {
    of_type(registry, "array", ARRAY{Integer{}});
    of_type(registry, "boolean", Boolean{});
    of_type(registry, "date", DateType{});
    of_type(registry, "datetime_tz", DateTime{true});
    of_type(registry, "enum", Enum{{"a", "bb", "c's"}, "abc"});
    of_type(registry, "enum_non_native_check", Enum{{"a", "bb"}, "abc"}.native_enum(false).create_constraint());
    of_type(registry, "float_p", Float{20});
    of_type(registry, "interval", IntervalType{});
    of_type(registry, "json", JsonType{});
    of_type(registry, "largebinary", LargeBinary{});
    of_type(registry, "numeric", Numeric{});
    of_type(registry, "numeric_ps", Numeric{10, 2});
    of_type(registry, "smallinteger", SmallInteger{});
    of_type(registry, "string", String{});
    of_type(registry, "string_len", String{40});
    of_type(registry, "text", Text{});
    of_type(registry, "time", TimeType{});
    of_type(registry, "time_tz", TimeType{true});
    of_type(registry, "unicode_text", UnicodeText{});
    of_type(registry, "uuid_non_native", UuidType{false});
}

void add_standard(Registry& registry) {
    of_type(registry, "upper_binary", BINARY{16});
    of_type(registry, "upper_blob", BLOB{});
    of_type(registry, "upper_char", CHAR{3});
    of_type(registry, "upper_clob", CLOB{});
    of_type(registry, "upper_datetime", DATETIME{});
    of_type(registry, "upper_decimal", DECIMAL{9, 3});
    of_type(registry, "upper_double_precision", DOUBLE_PRECISION{});
    of_type(registry, "upper_nchar", NCHAR{3});
    of_type(registry, "upper_nvarchar", NVARCHAR{30});
    of_type(registry, "upper_real", REAL{});
    of_type(registry, "upper_smallint", SMALLINT{});
    of_type(registry, "upper_text", TEXT{});
}

void add_postgresql(Registry& registry) {
    of_type(registry, "pg_bit", pg::BIT{4});
    of_type(registry, "pg_bit_varying", pg::BIT_VARYING{8});
    of_type(registry, "pg_bytea", pg::BYTEA{});
    of_type(registry, "pg_citext", pg::CITEXT{});
    of_type(registry, "pg_domain", pg::DOMAIN{"posint", Integer{}}.check("VALUE > 0"));
    of_type(registry, "pg_hstore", pg::HSTORE{});
    of_type(registry, "pg_inet", pg::INET{});
    of_type(registry, "pg_interval_fields", pg::INTERVAL{"DAY TO SECOND", 3});
    of_type(registry, "pg_jsonb", pg::JSONB{});
    of_type(registry, "pg_macaddr", pg::MACADDR{});
    of_type(registry, "pg_money", pg::MONEY{});
    of_type(registry, "pg_time_p", pg::TIME{false, 2});
    of_type(registry, "pg_timestamp_p", pg::TIMESTAMP{true, 3});
    of_type(registry, "pg_tstzrange", pg::TSTZRANGE{});
    of_type(registry, "pg_tsvector", pg::TSVECTOR{});
    registry.add("ddl.type.create_domain", [] {
        return CreateType{
            pg::DOMAIN{"posint", Integer{}}.check("VALUE > 0").not_null().default_("1").constraint_name("pos")};
    });
    registry.add("ddl.type.drop_domain", [] { return DropType{pg::DOMAIN{"posint", Integer{}}}; });
    registry.add("ddl.type.create_enum", [] { return CreateType{pg::ENUM{{"a", "b"}, "ab"}}; });
    registry.add("ddl.type.create_enum_schema", [] { return CreateType{pg::ENUM{{"a", "b's"}, "ab", "app"}}; });
}

void add_mysql(Registry& registry) {
    of_type(registry, "my_bigint_unsigned", my::BIGINT{}.unsigned_());
    of_type(registry, "my_decimal_unsigned", my::DECIMAL{8, 2}.unsigned_());
    of_type(registry, "my_enum", my::ENUM{{"a", "b"}});
    of_type(registry, "my_longtext", my::LONGTEXT{});
    of_type(registry, "my_mediumint", my::MEDIUMINT{});
    of_type(registry, "my_mediumtext", my::MEDIUMTEXT{});
    of_type(registry, "my_set", my::SET{{"a", "b"}});
    of_type(registry, "my_tinyint", my::TINYINT{1});
    of_type(registry, "my_tinyint_unsigned", my::TINYINT{}.unsigned_());
    of_type(registry, "my_tinytext", my::TINYTEXT{});
    of_type(registry, "my_year", my::YEAR{4});
}

void add_oracle_and_mssql(Registry& registry) {
    of_type(registry, "ora_binary_double", ora::BINARY_DOUBLE{});
    of_type(registry, "ora_date", ora::DATE{});
    of_type(registry, "ora_float_binary", ora::FLOAT{53});
    of_type(registry, "ora_interval", ora::INTERVAL{2, 3});
    of_type(registry, "ora_long", ora::LONG{});
    of_type(registry, "ora_number", ora::NUMBER{10, 2});
    of_type(registry, "ora_number_plain", ora::NUMBER{});
    of_type(registry, "ora_nvarchar2", ora::NVARCHAR2{40});
    of_type(registry, "ora_raw", ora::RAW{16});
    of_type(registry, "ora_timestamp_local", ora::TIMESTAMP::local());
    of_type(registry, "ora_varchar2", ora::VARCHAR2{40});
    of_type(registry, "ms_bit", ms::BIT{});
    of_type(registry, "ms_datetime2", ms::DATETIME2{3});
    of_type(registry, "ms_rowversion", ms::ROWVERSION{});
    of_type(registry, "ms_smalldatetime", ms::SMALLDATETIME{});
    of_type(registry, "ms_sql_variant", ms::SQL_VARIANT{});
    of_type(registry, "ms_tinyint", ms::TINYINT{});
    of_type(registry, "ms_uniqueidentifier", ms::UNIQUEIDENTIFIER{});
    of_type(registry, "ms_varbinary_max", ms::VARBINARY{ms::max});
    of_type(registry, "ms_xml", ms::XML{});
}

} // namespace

void add_ddl_type_cases(Registry& registry) {
    add_generic(registry);
    add_standard(registry);
    add_postgresql(registry);
    add_mysql(registry);
    add_oracle_and_mssql(registry);
}

} // namespace golden
