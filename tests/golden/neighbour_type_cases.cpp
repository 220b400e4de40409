// SPDX-License-Identifier: MIT
// Neighbours of the core corpus, group type.
#include "golden/core_tables.hpp"
#include "golden/neighbours.hpp"

#include <azoth/sql/ddl.hpp>
#include <azoth/types/mssql.hpp>
#include <azoth/types/mysql.hpp>
#include <azoth/types/oracle.hpp>
#include <azoth/types/postgresql.hpp>
#include <azoth/types/standard.hpp>

namespace golden {

using namespace azoth;

namespace {

namespace pg = azoth::postgresql;
namespace my = azoth::mysql;
namespace ora = azoth::oracle;
namespace ms = azoth::mssql;

/// `CREATE TABLE t (c <type>)`.
CreateTable of_type(const Type& type) {
    Table t{std::make_shared<schema::TableData>("t")};
    t.add_column("c", type);
    return CreateTable{t};
}

} // namespace

void add_neighbouring_type_cases(Registry& registry) {
    const auto add = [&](std::string id, NodeBuilder build) { registry.insert("near." + std::move(id), built(build)); };
    add("ddl.type.integer", [] { return of_type(Integer{}).node(); });
    add("ddl.type.biginteger", [] { return of_type(BigInteger{}).node(); });
    add("ddl.type.float", [] { return of_type(Float{}).node(); });
    add("ddl.type.double", [] { return of_type(Double{}).node(); });
    add("ddl.type.float_53", [] { return of_type(Float{53}).node(); });
    add("ddl.type.numeric_p", [] { return of_type(Numeric{8}).node(); });
    add("ddl.type.datetime", [] { return of_type(DateTime{}).node(); });
    add("ddl.type.text_len", [] { return of_type(Text{500}).node(); });
    add("ddl.type.unicode", [] { return of_type(Unicode{40}).node(); });
    add("ddl.type.unicode_text_len", [] { return of_type(UnicodeText{50}).node(); });
    add("ddl.type.largebinary_len", [] { return of_type(LargeBinary{40}).node(); });
    add("ddl.type.uuid", [] { return of_type(UuidType{}).node(); });
    add("ddl.type.enum_non_native", [] { return of_type(Enum{{"a", "bb"}}.native_enum(false)).node(); });
    add("ddl.type.enum_length", [] { return of_type(Enum{{"a", "bb"}, "x"}.native_enum(false).with_length(20)).node(); });
    add("ddl.type.enum_schema", [] { return of_type(Enum{{"a", "b"}, "ab", "app"}).node(); });
    add("ddl.type.enum_quoted", [] { return of_type(Enum{{"a%b", ""}, "Mixed Case"}).node(); });
    add("ddl.type.enum_unicode", [] { return of_type(Enum{{"ä", "żó"}, "u"}).node(); });
    add("ddl.type.boolean_check", [] { return of_type(checked_boolean("ck_c")).node(); });
    add("ddl.type.boolean_check_unnamed", [] { return of_type(checked_boolean()).node(); });
    add("ddl.type.string_collation", [] { return of_type(String{40, "C"}).node(); });
    add("ddl.type.text_collation", [] { return of_type(Text{Type::unset, "C"}).node(); });
    add("ddl.type.unicode_collation", [] { return of_type(Unicode{40, "x_y"}).node(); });
    add("ddl.type.interval_precision", [] { return of_type(IntervalType{true, 3, 4}).node(); });
    add("ddl.type.interval_non_native", [] { return of_type(IntervalType{false}).node(); });
    add("ddl.type.variant", [] { return of_type(String{20}.with_variant(pg::CITEXT{}, "postgresql")).node(); });
    add("ddl.type.variant_two", [] { return of_type(Integer{}.with_variant(my::INTEGER{}.unsigned_(), "mysql").with_variant(my::INTEGER{}.unsigned_(), "mariadb").with_variant(BigInteger{}, "postgresql")).node(); });
    add("ddl.type.upper_array", [] { return of_type(ARRAY{String{5}}).node(); });
    add("ddl.type.array_dimensions", [] { return of_type(ARRAY{Integer{}, 2}).node(); });
    add("ddl.type.array_numeric", [] { return of_type(ARRAY{Numeric{10, 2}}).node(); });
    add("ddl.type.upper_integer", [] { return of_type(INTEGER{}).node(); });
    add("ddl.type.upper_int", [] { return of_type(INT{}).node(); });
    add("ddl.type.upper_bigint", [] { return of_type(BIGINT{}).node(); });
    add("ddl.type.upper_boolean", [] { return of_type(BOOLEAN{}).node(); });
    add("ddl.type.upper_date", [] { return of_type(DATE{}).node(); });
    add("ddl.type.upper_time", [] { return of_type(TIME{}).node(); });
    add("ddl.type.upper_time_tz", [] { return of_type(TIME{true}).node(); });
    add("ddl.type.upper_timestamp", [] { return of_type(TIMESTAMP{}).node(); });
    add("ddl.type.upper_timestamp_tz", [] { return of_type(TIMESTAMP{true}).node(); });
    add("ddl.type.upper_datetime_tz", [] { return of_type(DATETIME{true}).node(); });
    add("ddl.type.upper_numeric", [] { return of_type(NUMERIC{9, 3}).node(); });
    add("ddl.type.upper_numeric_p", [] { return of_type(NUMERIC{9}).node(); });
    add("ddl.type.upper_decimal_plain", [] { return of_type(DECIMAL{}).node(); });
    add("ddl.type.upper_float", [] { return of_type(FLOAT{}).node(); });
    add("ddl.type.upper_float_p", [] { return of_type(FLOAT{10}).node(); });
    add("ddl.type.upper_double", [] { return of_type(DOUBLE{}).node(); });
    add("ddl.type.upper_varchar", [] { return of_type(VARCHAR{30}).node(); });
    add("ddl.type.upper_varchar_plain", [] { return of_type(VARCHAR{}).node(); });
    add("ddl.type.upper_char_plain", [] { return of_type(CHAR{}).node(); });
    add("ddl.type.upper_varchar_collation", [] { return of_type(VARCHAR{30, "C"}).node(); });
    add("ddl.type.upper_nvarchar_plain", [] { return of_type(NVARCHAR{}).node(); });
    add("ddl.type.upper_varbinary", [] { return of_type(VARBINARY{30}).node(); });
    add("ddl.type.upper_varbinary_plain", [] { return of_type(VARBINARY{}).node(); });
    add("ddl.type.upper_binary_plain", [] { return of_type(BINARY{}).node(); });
    add("ddl.type.upper_blob_len", [] { return of_type(BLOB{10}).node(); });
    add("ddl.type.upper_uuid", [] { return of_type(UUID{}).node(); });
    add("ddl.type.upper_json", [] { return of_type(JSON{}).node(); });
    add("ddl.type.upper_text_len", [] { return of_type(TEXT{10}).node(); });
    add("ddl.type.upper_bigint_array", [] { return of_type(ARRAY{BIGINT{}}).node(); });
    add("ddl.type.pg_bit_plain", [] { return of_type(pg::BIT{}).node(); });
    add("ddl.type.pg_bit_varying_plain", [] { return of_type(pg::BIT_VARYING{}).node(); });
    add("ddl.type.pg_cidr", [] { return of_type(pg::CIDR{}).node(); });
    add("ddl.type.pg_macaddr8", [] { return of_type(pg::MACADDR8{}).node(); });
    add("ddl.type.pg_oid", [] { return of_type(pg::OID{}).node(); });
    add("ddl.type.pg_regclass", [] { return of_type(pg::REGCLASS{}).node(); });
    add("ddl.type.pg_regconfig", [] { return of_type(pg::REGCONFIG{}).node(); });
    add("ddl.type.pg_tsquery", [] { return of_type(pg::TSQUERY{}).node(); });
    add("ddl.type.pg_jsonpath", [] { return of_type(pg::JSONPATH{}).node(); });
    add("ddl.type.pg_int4range", [] { return of_type(pg::INT4RANGE{}).node(); });
    add("ddl.type.pg_int8range", [] { return of_type(pg::INT8RANGE{}).node(); });
    add("ddl.type.pg_numrange", [] { return of_type(pg::NUMRANGE{}).node(); });
    add("ddl.type.pg_daterange", [] { return of_type(pg::DATERANGE{}).node(); });
    add("ddl.type.pg_tsrange", [] { return of_type(pg::TSRANGE{}).node(); });
    add("ddl.type.pg_int4multirange", [] { return of_type(pg::INT4MULTIRANGE{}).node(); });
    add("ddl.type.pg_int8multirange", [] { return of_type(pg::INT8MULTIRANGE{}).node(); });
    add("ddl.type.pg_nummultirange", [] { return of_type(pg::NUMMULTIRANGE{}).node(); });
    add("ddl.type.pg_datemultirange", [] { return of_type(pg::DATEMULTIRANGE{}).node(); });
    add("ddl.type.pg_tsmultirange", [] { return of_type(pg::TSMULTIRANGE{}).node(); });
    add("ddl.type.pg_tstzmultirange", [] { return of_type(pg::TSTZMULTIRANGE{}).node(); });
    add("ddl.type.pg_interval", [] { return of_type(pg::INTERVAL{}).node(); });
    add("ddl.type.pg_interval_p", [] { return of_type(pg::INTERVAL{"", 2}).node(); });
    add("ddl.type.pg_interval_year", [] { return of_type(pg::INTERVAL{"YEAR TO MONTH"}).node(); });
    add("ddl.type.pg_timestamp", [] { return of_type(pg::TIMESTAMP{}).node(); });
    add("ddl.type.pg_timestamp_tz", [] { return of_type(pg::TIMESTAMP{true}).node(); });
    add("ddl.type.pg_time_tz_p", [] { return of_type(pg::TIME{true, 3}).node(); });
    add("ddl.type.pg_enum", [] { return of_type(pg::ENUM{{"a", "b"}, "ab"}).node(); });
    add("ddl.type.pg_array", [] { return of_type(pg::ARRAY{Text{}}).node(); });
    add("ddl.type.pg_array_3", [] { return of_type(pg::ARRAY{Integer{}, 3}).node(); });
    add("ddl.type.pg_array_varchar_collate", [] { return of_type(pg::ARRAY{String{5, "C"}}).node(); });
    add("ddl.type.pg_array_enum", [] { return of_type(pg::ARRAY{Enum{{"a"}, "e"}}).node(); });
    add("ddl.type.pg_domain_schema", [] { return of_type(pg::DOMAIN{"d", Integer{}, "app"}).node(); });
    add("ddl.type.pg_array_timestamptz", [] { return of_type(pg::ARRAY{pg::TIMESTAMP{true}}).node(); });
    add("ddl.type.pg_array_jsonb", [] { return of_type(pg::ARRAY{pg::JSONB{}}).node(); });
    add("ddl.type.my_integer_unsigned", [] { return of_type(my::INTEGER{}.unsigned_()).node(); });
    add("ddl.type.my_integer_width", [] { return of_type(my::INTEGER{11}).node(); });
    add("ddl.type.my_integer_zerofill", [] { return of_type(my::INTEGER{6}.unsigned_().zerofill()).node(); });
    add("ddl.type.my_smallint_unsigned", [] { return of_type(my::SMALLINT{}.unsigned_()).node(); });
    add("ddl.type.my_mediumint_width", [] { return of_type(my::MEDIUMINT{8}.zerofill()).node(); });
    add("ddl.type.my_bigint_width", [] { return of_type(my::BIGINT{20}).node(); });
    add("ddl.type.my_double", [] { return of_type(my::DOUBLE{}).node(); });
    add("ddl.type.my_double_ps", [] { return of_type(my::DOUBLE{10, 2}).node(); });
    add("ddl.type.my_double_unsigned", [] { return of_type(my::DOUBLE{10, 2}.unsigned_()).node(); });
    add("ddl.type.my_float", [] { return of_type(my::FLOAT{}).node(); });
    add("ddl.type.my_float_ps", [] { return of_type(my::FLOAT{10, 2}).node(); });
    add("ddl.type.my_float_unsigned", [] { return of_type(my::FLOAT{}.unsigned_()).node(); });
    add("ddl.type.my_real", [] { return of_type(my::REAL{}).node(); });
    add("ddl.type.my_real_ps", [] { return of_type(my::REAL{8, 3}).node(); });
    add("ddl.type.my_decimal", [] { return of_type(my::DECIMAL{8, 2}).node(); });
    add("ddl.type.my_numeric_zerofill", [] { return of_type(my::NUMERIC{8, 2}.zerofill()).node(); });
    add("ddl.type.my_bit", [] { return of_type(my::BIT{4}).node(); });
    add("ddl.type.my_bit_plain", [] { return of_type(my::BIT{}).node(); });
    add("ddl.type.my_datetime_fsp", [] { return of_type(my::DATETIME{6}).node(); });
    add("ddl.type.my_timestamp_fsp", [] { return of_type(my::TIMESTAMP{3}).node(); });
    add("ddl.type.my_time_fsp", [] { return of_type(my::TIME{2}).node(); });
    add("ddl.type.my_year_plain", [] { return of_type(my::YEAR{}).node(); });
    add("ddl.type.my_char", [] { return of_type(my::CHAR{3}).node(); });
    add("ddl.type.my_varchar_charset", [] { return of_type(my::VARCHAR{30}.charset("utf8mb4")).node(); });
    add("ddl.type.my_varchar_collation", [] { return of_type(my::VARCHAR{30}.charset("utf8mb4").collation("utf8mb4_bin")).node(); });
    add("ddl.type.my_varchar_national", [] { return of_type(my::VARCHAR{30}.national()).node(); });
    add("ddl.type.my_varchar_binary", [] { return of_type(my::VARCHAR{30}.binary()).node(); });
    add("ddl.type.my_char_ascii", [] { return of_type(my::CHAR{3}.ascii()).node(); });
    add("ddl.type.my_char_unicode", [] { return of_type(my::CHAR{3}.unicode()).node(); });
    add("ddl.type.my_nchar", [] { return of_type(my::NCHAR{3}).node(); });
    add("ddl.type.my_nvarchar", [] { return of_type(my::NVARCHAR{30}).node(); });
    add("ddl.type.my_text_charset", [] { return of_type(my::TEXT{}.charset("latin1")).node(); });
    add("ddl.type.my_text_len", [] { return of_type(my::TEXT{500}).node(); });
    add("ddl.type.my_text_collation", [] { return of_type(my::TEXT{}.collation("utf8mb4_bin")).node(); });
    add("ddl.type.my_longtext_charset", [] { return of_type(my::LONGTEXT{}.charset("utf8mb4").collation("utf8mb4_bin")).node(); });
    add("ddl.type.my_tinyblob", [] { return of_type(my::TINYBLOB{}).node(); });
    add("ddl.type.my_mediumblob", [] { return of_type(my::MEDIUMBLOB{}).node(); });
    add("ddl.type.my_longblob", [] { return of_type(my::LONGBLOB{}).node(); });
    add("ddl.type.my_enum_charset", [] { return of_type(my::ENUM{{"a", "b"}}.charset("latin1")).node(); });
    add("ddl.type.my_enum_collation", [] { return of_type(my::ENUM{{"a", "b's"}}.collation("utf8mb4_bin")).node(); });
    add("ddl.type.my_set_charset", [] { return of_type(my::SET{{"a", "b"}}.charset("utf8mb4").collation("utf8mb4_bin")).node(); });
    add("ddl.type.my_set_quote", [] { return of_type(my::SET{{"a", "b's"}}).node(); });
    add("ddl.type.my_boolean_tinyint", [] { return of_type(my::TINYINT{1}).node(); });
    add("ddl.type.my_json", [] { return of_type(JSON{}).node(); });
    add("ddl.type.ora_binary_float", [] { return of_type(ora::BINARY_FLOAT{}).node(); });
    add("ddl.type.ora_nclob", [] { return of_type(ora::NCLOB{}).node(); });
    add("ddl.type.ora_rowid", [] { return of_type(ora::ROWID{}).node(); });
    add("ddl.type.ora_number_p", [] { return of_type(ora::NUMBER{8}).node(); });
    add("ddl.type.ora_number_scale", [] { return of_type(ora::NUMBER{Type::unset, 2}).node(); });
    add("ddl.type.ora_timestamp", [] { return of_type(ora::TIMESTAMP{}).node(); });
    add("ddl.type.ora_timestamp_tz", [] { return of_type(ora::TIMESTAMP{true}).node(); });
    add("ddl.type.ora_interval_plain", [] { return of_type(ora::INTERVAL{}).node(); });
    add("ddl.type.ora_interval_day", [] { return of_type(ora::INTERVAL{2}).node(); });
    add("ddl.type.ora_interval_second", [] { return of_type(ora::INTERVAL{Type::unset, 3}).node(); });
    add("ddl.type.ora_float_plain", [] { return of_type(ora::FLOAT{}).node(); });
    add("ddl.type.ora_raw_plain", [] { return of_type(ora::RAW{}).node(); });
    add("ddl.type.ora_varchar2_plain", [] { return of_type(ora::VARCHAR2{4000}).node(); });
    add("ddl.type.ora_char", [] { return of_type(CHAR{3}).node(); });
    add("ddl.type.ora_varchar", [] { return of_type(VARCHAR{30}).node(); });
    add("ddl.type.ora_blob", [] { return of_type(BLOB{}).node(); });
    add("ddl.type.ora_clob", [] { return of_type(CLOB{}).node(); });
    add("ddl.type.ora_nchar", [] { return of_type(NCHAR{5}).node(); });
    add("ddl.type.ms_datetime2_plain", [] { return of_type(ms::DATETIME2{}).node(); });
    add("ddl.type.ms_datetimeoffset", [] { return of_type(ms::DATETIMEOFFSET{}).node(); });
    add("ddl.type.ms_datetimeoffset_p", [] { return of_type(ms::DATETIMEOFFSET{3}).node(); });
    add("ddl.type.ms_image", [] { return of_type(ms::IMAGE{}).node(); });
    add("ddl.type.ms_money", [] { return of_type(ms::MONEY{}).node(); });
    add("ddl.type.ms_smallmoney", [] { return of_type(ms::SMALLMONEY{}).node(); });
    add("ddl.type.ms_ntext", [] { return of_type(ms::NTEXT{}).node(); });
    add("ddl.type.ms_nvarchar_max", [] { return of_type(ms::NVARCHAR{ms::max}).node(); });
    add("ddl.type.ms_nvarchar", [] { return of_type(ms::NVARCHAR{30}).node(); });
    add("ddl.type.ms_varchar_max", [] { return of_type(ms::VARCHAR{ms::max}).node(); });
    add("ddl.type.ms_varchar", [] { return of_type(ms::VARCHAR{30}).node(); });
    add("ddl.type.ms_varbinary", [] { return of_type(ms::VARBINARY{30}).node(); });
    add("ddl.type.ms_time", [] { return of_type(ms::TIME{}).node(); });
    add("ddl.type.ms_time_p", [] { return of_type(ms::TIME{3}).node(); });
    add("ddl.type.ms_timestamp", [] { return of_type(ms::TIMESTAMP{}).node(); });
    add("ddl.type.ms_varchar_collation", [] { return of_type(VARCHAR{30, "Latin1_General_CI_AS"}).node(); });
    add("ddl.type.ms_real", [] { return of_type(REAL{}).node(); });
    add("ddl.type.ms_json", [] { return of_type(JSON{}).node(); });
    add("ddl.type.ms_ntext_collation", [] { return of_type(ms::NTEXT{"C"}).node(); });
    add("ddl.type.lite_datetime", [] { return of_type(DATETIME{}).node(); });
    add("ddl.type.lite_json", [] { return of_type(JSON{}).node(); });
    add("ddl.type.mariadb_inet4", [] { return of_type(mariadb::INET4{}).node(); });
    add("ddl.type.mariadb_inet6", [] { return of_type(mariadb::INET6{}).node(); });
    add("ddl.type.create_domain_plain", [] { return CreateType{pg::DOMAIN{"d", String{5}}}.node(); });
    add("ddl.type.create_domain_collation", [] { return CreateType{pg::DOMAIN{"d", String{5}, "s"}.collation("C").default_sql("'x'")}.node(); });
    add("ddl.type.create_domain_check", [] { return CreateType{pg::DOMAIN{"d", Integer{}}.check("VALUE ~ '^a%'")}.node(); });
    add("ddl.type.drop_domain_schema", [] { return DropType{pg::DOMAIN{"d", Integer{}, "s"}}.node(); });
    add("ddl.type.drop_enum", [] { return DropType{pg::ENUM{{"a", "b"}, "ab"}}.node(); });
    add("ddl.type.drop_enum_schema", [] { return DropType{pg::ENUM{{"a", "b"}, "Ab", "app"}}.node(); });
}

} // namespace golden
