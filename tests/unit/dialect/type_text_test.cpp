// SPDX-License-Identifier: MIT
// SQL types as each dialect writes them, and as it reads them back from its catalogue.
#include "support/catch.hpp"

#include <string>
#include <vector>

#include <azoth/dialect/dialect.hpp>
#include <azoth/error.hpp>
#include <azoth/types/postgresql.hpp>

#include "dialect/type_name.hpp"

namespace {

using namespace azoth;

const auto on_postgresql = dialects::postgresql();
const auto mysql = dialects::mysql();
const auto mariadb = dialects::mariadb();
const auto sqlite = dialects::sqlite();

Type with_precision(Type type, std::int32_t precision) {
    type.precision = precision;
    return type;
}

} // namespace

TEST_CASE("type text: every type on every dialect",
          "[dialect][ddl][core.type.ddl_matrix][core.type.integer_family][core.type.float_double]"
          "[core.type.datetime][core.type.binary][core.type.uuid][core.type.string_text][core.type.null]") {
    struct Row {
        Type type;
        std::string postgresql, mysql, sqlite;
    };
    const std::vector<Row> rows{
        {Boolean{}, "BOOLEAN", "BOOL", "BOOLEAN"},
        {SmallInteger{}, "SMALLINT", "SMALLINT", "SMALLINT"},
        {Integer{}, "INTEGER", "INTEGER", "INTEGER"},
        {BigInteger{}, "BIGINT", "BIGINT", "BIGINT"},
        {Float{}, "FLOAT", "FLOAT", "FLOAT"},
        {Float{20}, "FLOAT(20)", "FLOAT(20)", "FLOAT"},
        {Double{}, "DOUBLE PRECISION", "DOUBLE", "DOUBLE"},
        {Numeric{}, "NUMERIC", "NUMERIC", "NUMERIC"},
        {Numeric{10}, "NUMERIC(10)", "NUMERIC(10)", "NUMERIC(10)"},
        {Numeric{10, 2}, "NUMERIC(10, 2)", "NUMERIC(10, 2)", "NUMERIC(10, 2)"},
        {String{40}, "VARCHAR(40)", "VARCHAR(40)", "VARCHAR(40)"},
        {Text{}, "TEXT", "TEXT", "TEXT"},
        {LargeBinary{}, "BYTEA", "BLOB", "BLOB"},
        {LargeBinary{16}, "BYTEA", "BLOB(16)", "BLOB"},
        {DateType{}, "DATE", "DATE", "DATE"},
        {TimeType{}, "TIME WITHOUT TIME ZONE", "TIME", "TIME"},
        {TimeType{true}, "TIME WITH TIME ZONE", "TIME", "TIME"},
        {with_precision(TimeType{}, 2), "TIME(2) WITHOUT TIME ZONE", "TIME(2)", "TIME"},
        {DateTime{}, "TIMESTAMP WITHOUT TIME ZONE", "DATETIME", "DATETIME"},
        {DateTime{true}, "TIMESTAMP WITH TIME ZONE", "DATETIME", "DATETIME"},
        {with_precision(DateTime{true}, 3), "TIMESTAMP(3) WITH TIME ZONE", "DATETIME(3)", "DATETIME"},
        {IntervalType{}, "INTERVAL", "DATETIME", "DATETIME"},
        {UuidType{}, "UUID", "CHAR(32)", "CHAR(32)"},
        {JsonType{}, "JSON", "JSON", "JSON"},
    };
    for (const auto& row : rows) {
        CAPTURE(to_string(row.type));
        CHECK(on_postgresql->type_text(row.type) == row.postgresql);
        CHECK(mysql->type_text(row.type) == row.mysql);
        CHECK(mariadb->type_text(row.type) == (row.type == UuidType{} ? "UUID" : row.mysql));
        CHECK(sqlite->type_text(row.type) == row.sqlite);
    }
    CHECK(on_postgresql->type_text(String{}) == "VARCHAR");
    CHECK(sqlite->type_text(String{}) == "VARCHAR");
    CHECK_THROWS_AS(mysql->type_text(String{}), CompileError);
    for (const auto& dialect : {on_postgresql, mysql, sqlite})
        CHECK_THROWS_AS(dialect->type_text(Type{}), CompileError);
}

TEST_CASE("type names: arguments are taken out wherever they stand", "[dialect][reflection]") {
    const auto time = parse_type_name("time(3) without time zone");
    CHECK(time.name == "time without time zone");
    CHECK(time.arguments == std::vector<std::int32_t>{3});
    const auto numeric = parse_type_name("NUMERIC( 10 ,  2 )");
    CHECK(numeric.name == "numeric");
    CHECK(numeric.arguments == std::vector<std::int32_t>{10, 2});
    const auto members = parse_type_name("enum('a)','it''s, so') unsigned");
    CHECK(members.name == "enum unsigned");
    CHECK(members.arguments.empty());
    CHECK(parse_type_name("  character   varying ").name == "character varying");
    CHECK(parse_type_name("varchar(").name == "varchar");
    CHECK(parse_type_name("varchar(99999999999)").argument(0) == Type::unset);
    CHECK(parse_type_name("").name.empty());
}

TEST_CASE("type from text: PostgreSQL", "[dialect][reflection]") {
    const auto type = [](std::string_view text) { return on_postgresql->type_from_text(text); };
    CHECK(type("boolean") == Boolean{});
    CHECK(type("smallint") == SmallInteger{});
    CHECK(type("integer") == Integer{});
    CHECK(type("bigint") == BigInteger{});
    CHECK(type("real") == Float{24});
    CHECK(type("double precision") == Double{});
    CHECK(type("numeric") == Numeric{});
    CHECK(type("numeric(10,2)") == Numeric{10, 2});
    CHECK(type("character varying") == String{});
    CHECK(type("character varying(30)") == String{30});
    CHECK(type("character(3)") == String{3});
    CHECK(type("text") == Text{});
    CHECK(type("bytea") == LargeBinary{});
    CHECK(type("date") == DateType{});
    CHECK(type("time without time zone") == TimeType{});
    CHECK(type("time with time zone") == TimeType{true});
    CHECK(type("timestamp without time zone") == DateTime{});
    CHECK(type("timestamp with time zone") == DateTime{true});
    CHECK(type("timestamp(3) with time zone") == with_precision(DateTime{true}, 3));
    CHECK(type("interval") == IntervalType{});
    CHECK(type("interval day to second(3)") == IntervalType{});
    CHECK(type("uuid") == UuidType{});
    CHECK(type("json") == JsonType{});
    CHECK(type("jsonb") == postgresql::JSONB{});
    CHECK(type("integer[]") == ARRAY{Integer{}});
    CHECK(type("character varying(30)[]") == ARRAY{String{30}});
    CHECK(type("int4range[]") == ARRAY{postgresql::INT4RANGE{}});
    CHECK(type("bit(3)") == postgresql::BIT{3});
    CHECK(type("bit varying(8)") == postgresql::BIT_VARYING{8});
    CHECK(type("inet") == postgresql::INET{});
    CHECK(type("datemultirange") == postgresql::DATEMULTIRANGE{});
    for (const auto* unknown : {"mood", "mood[]", "point", ""})
        CHECK((type(unknown).is_null_type() && !type(unknown).details));
}

TEST_CASE("type from text: MySQL and MariaDB", "[dialect][reflection]") {
    const auto type = [](std::string_view text) { return mariadb->type_from_text(text); };
    CHECK(type("tinyint(1)").kind == TypeKind::small_integer); // no BOOL
    CHECK(dialects::mysql()->type_text(type("tinyint(1)").on("mysql")) == "TINYINT(1)");
    CHECK(type("tinyint(4)") == SmallInteger{});
    CHECK(type("tinyint(1) unsigned") == SmallInteger{});
    CHECK(type("smallint(6)") == SmallInteger{});
    CHECK(type("smallint(5) unsigned") == Integer{});
    CHECK(type("mediumint(8) unsigned") == Integer{});
    CHECK(type("int(11)") == Integer{});
    CHECK(type("int") == Integer{});
    CHECK(type("int(10) unsigned zerofill") == BigInteger{});
    CHECK(type("bigint(20)") == BigInteger{});
    CHECK(type("bigint(20) unsigned") == BigInteger{});
    CHECK(type("float") == Float{});
    CHECK(type("float(7,3)") == Float{});
    CHECK(type("double") == Double{});
    CHECK(type("decimal(10,2)") == Numeric{10, 2});
    CHECK(type("decimal(8,2) unsigned") == Numeric{8, 2});
    CHECK(type("varchar(30)") == String{30});
    CHECK(type("char(32)") == String{32});
    for (const auto* text : {"tinytext", "text", "mediumtext", "longtext"}) CHECK(type(text) == Text{});
    for (const auto* text : {"tinyblob", "blob", "mediumblob", "longblob"})
        CHECK(type(text) == LargeBinary{});
    CHECK(type("varbinary(20)") == LargeBinary{20});
    CHECK(type("date") == DateType{});
    CHECK(type("time") == TimeType{});
    CHECK(type("datetime") == DateTime{});
    CHECK(type("datetime(6)") == with_precision(DateTime{}, 6));
    CHECK(type("timestamp") == DateTime{});
    CHECK(type("year(4)") == SmallInteger{});
    CHECK(type("uuid") == UuidType{});
    CHECK(type("json") == JsonType{});
    for (const auto* unknown : {"enum('int','b)')", "set('a')", "point", "inet6", ""})
        CHECK(type(unknown).is_null_type());
}

TEST_CASE("type from text: SQLite, by name and then by affinity", "[dialect][reflection][sl.type.affinity]") {
    const auto type = [](std::string_view text) { return sqlite->type_from_text(text); };
    CHECK(type("INTEGER") == Integer{});
    CHECK(type("INT") == Integer{});
    CHECK(type("bigint") == BigInteger{});
    CHECK(type("SMALLINT") == SmallInteger{});
    CHECK(type("BOOLEAN") == Boolean{});
    CHECK(type("VARCHAR(30)") == String{30});
    CHECK(type("VARCHAR") == String{});
    CHECK(type("TEXT") == Text{});
    CHECK(type("NUMERIC(10, 2)") == Numeric{10, 2});
    CHECK(type("DECIMAL(10,2)") == Numeric{10, 2});
    CHECK(type("FLOAT") == Float{});
    CHECK(type("REAL") == Double{});
    CHECK(type("DOUBLE PRECISION") == Double{});
    CHECK(type("DATE") == DateType{});
    CHECK(type("TIME") == TimeType{});
    CHECK(type("DATETIME") == DateTime{});
    CHECK(type("TIMESTAMP") == DateTime{});
    CHECK(type("BLOB") == LargeBinary{});
    CHECK(type("JSON") == JsonType{});
    // affinity
    CHECK(type("UNSIGNED BIG INT") == Integer{});
    CHECK(type("NATIVE CHARACTER(70)") == Text{});
    CHECK(type("CLOB") == Text{});
    CHECK(type("DOUBLE WIDE") == Double{});
    CHECK(type("MONEY") == Numeric{});
    CHECK(type("LONGBLOB").is_null_type());
    CHECK(type("").is_null_type());
}

TEST_CASE("type from text: a type that was created is read back", "[dialect][reflection]") {
    const std::vector<Type> types{
        Boolean{},  SmallInteger{}, Integer{},     BigInteger{}, Double{},    Numeric{10, 2}, String{40},
        Text{},     LargeBinary{},  DateType{},    TimeType{},   DateTime{},  JsonType{},
    };
    for (const auto& type : types) {
        CAPTURE(to_string(type));
        CHECK(on_postgresql->type_from_text(on_postgresql->type_text(type)) == type);
        CHECK(sqlite->type_from_text(sqlite->type_text(type)) == type);
        CHECK(mariadb->type_from_text(mariadb->type_text(type)) == type);
    }
}
