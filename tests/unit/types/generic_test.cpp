// SPDX-License-Identifier: MIT
// From the types of one database to those that all have.
#include "support/catch.hpp"

#include <azoth/error.hpp>
#include <azoth/types/decorator.hpp>
#include <azoth/types/enum.hpp>
#include <azoth/types/mssql.hpp>
#include <azoth/types/mysql.hpp>
#include <azoth/types/oracle.hpp>
#include <azoth/types/postgresql.hpp>

using namespace azoth;

TEST_CASE("as_generic: what one database calls a type", "[types][core.reflect.as_generic]") {
    struct Row {
        Type own;
        Type generic;
    };
    for (const auto& row : {
             Row{mysql::TINYINT{1}, Integer{}},
             Row{mysql::MEDIUMINT{9}.unsigned_(), Integer{}},
             Row{mysql::BIGINT{20}.unsigned_().zerofill(), BigInteger{}},
             Row{mysql::DECIMAL{8, 2}, Numeric{8, 2}},
             Row{mysql::LONGTEXT{}.charset("latin1"), Text{}},
             Row{mysql::VARCHAR{30}.collation("utf8mb4_bin"), String{30, "utf8mb4_bin"}},
             Row{mysql::NVARCHAR{30}, Unicode{30}},
             Row{mysql::SET{{"a", "b"}}, String{}},
             Row{mysql::ENUM{{"a", "b"}}, Enum{{"a", "b"}}},
             Row{mysql::TIMESTAMP{6}, DateTime{}},
             Row{mysql::LONGBLOB{}, LargeBinary{}},
             Row{postgresql::JSONB{}, JsonType{}},
             Row{postgresql::CITEXT{}, Text{}},
             Row{postgresql::BYTEA{}, LargeBinary{}},
             Row{postgresql::TIMESTAMP{true, 3}, DateTime{true}},
             Row{postgresql::INTERVAL{"DAY TO SECOND", 3}, IntervalType{}},
             Row{postgresql::ENUM{{"a"}, "mood", "app"}, Enum{{"a"}, "mood", "app"}},
             Row{oracle::VARCHAR2{20}, String{20}},
             Row{mssql::UNIQUEIDENTIFIER{}, UuidType{}},
             Row{mssql::BIT{}, Boolean{}},
             Row{VARCHAR{20}, String{20}},
             Row{TEXT{}, Text{}},
             Row{SMALLINT{}, SmallInteger{}},
             Row{DOUBLE_PRECISION{}, Double{}},
         }) {
        CAPTURE(to_string(row.own));
        auto generic = row.own.as_generic();
        if (row.own.kind == TypeKind::interval) generic.precision = Type::unset;
        CHECK(generic == row.generic);
    }
}

TEST_CASE("as_generic: generic types are themselves", "[types][core.reflect.as_generic]") {
    const Enum colour{{"red", "blue"}, "colour"};
    for (const auto& type : {Type{}, Type{Integer{}}, Type{Numeric{10, 2}}, Type{String{30, "C"}}, Type{Unicode{9}}, Type{colour},
                             Type{colour.create_constraint()}, Type{ARRAY{Integer{}, 2}}, Type{DateTime{true}}})
        CHECK(type.as_generic() == type);
    // Variants are one database's, and go.
    CHECK(Integer{}.with_variant(mysql::TINYINT{}, "mysql").as_generic() == Integer{});
}

TEST_CASE("as_generic: some types are one database's alone", "[types][core.reflect.as_generic]") {
    for (const auto& type : {Type{postgresql::INET{}}, Type{postgresql::TSVECTOR{}}, Type{postgresql::INT4RANGE{}}, Type{postgresql::HSTORE{}},
                             Type{postgresql::BIT{3}}, Type{mysql::YEAR{}}, Type{mssql::SQL_VARIANT{}}, Type{UserDefinedType{"GEOMETRY"}}}) {
        CAPTURE(to_string(type));
        CHECK_THROWS_AS(type.as_generic(), ArgumentError);
        CHECK(type.as_generic(true).is_null_type());
    }
}

TEST_CASE("as_generic: a decorated type may say what it is", "[types][core.reflect.as_generic]") {
    const TypeDecorator cents{Integer{}};
    CHECK(cents.as_generic() == Integer{});
    const auto money = cents.as_generic(Numeric{10, 2});
    CHECK(money.as_generic() == Numeric{10, 2});
    const auto address = TypeDecorator{postgresql::INET{}}.as_generic(String{45});
    CHECK(Type{address}.as_generic() == String{45});
}
