// SPDX-License-Identifier: MIT
// Decorated types and quoted names in SQL: values converted on their way, SQL around values and columns, forced quotes.
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include <azoth/compiler/literal.hpp>
#include <azoth/core.hpp>

#include "support/catch.hpp"

using namespace azoth;

namespace {

Value number(std::int64_t n) { return Value{n}; }

/// Stored as a hundred times what it is.
TypeDecorator hundredfold() {
    const auto times = [](const Value& value, std::string_view) {
        return value.is_null() ? number(-1) : number(std::get<std::int64_t>(value.variant()) * 100);
    };
    return TypeDecorator{Integer{}}.process_bind_param(times);
}

struct Prices : Table {
    Column<std::int64_t> id{*this, "id", primary_key};
    Column<std::int64_t> price;
    Column<std::string> name;
    explicit Prices(MetaData& metadata, const Type& price_type, const Type& name_type)
        : Table{"price", metadata}, price{*this, "price", price_type}, name{*this, "name", name_type} {}
};

} // namespace

TEST_CASE("decorated types: bound values are converted, in lists and NULL too",
          "[compiler][types][core.ctype.decorator]") {
    MetaData metadata;
    const Prices prices{metadata, hundredfold(), String{}};
    const auto one = compile(select(prices.id).where(prices.price == 3), dialects::sqlite());
    CHECK(one.params() == std::vector<Value>{number(300)});
    const auto list = compile(select(prices.id).where(prices.price.in(1, 2, 3)), dialects::postgresql());
    CHECK(list.sql() == "SELECT price.id FROM price WHERE price.price IN ($1, $2, $3)");
    CHECK(list.params() == std::vector<Value>{number(100), number(200), number(300)});
    const auto inserted = compile(insert(prices).values(prices.c("price") = null, prices.id = 1), dialects::sqlite());
    CHECK(inserted.params() == std::vector<Value>{number(1), number(-1)});
    CHECK(literal_sql(select(prices.id).where(prices.price == 3), dialects::sqlite())
          == "SELECT price.id FROM price WHERE price.price = 300");
    CHECK(dialects::mysql()->type_text(hundredfold()) == "INTEGER");
    CHECK_THROWS_AS(TypeDecorator{Type{hundredfold()}}, ArgumentError);
}

TEST_CASE("decorated types: one function is not another in the cache", "[compiler][types]") {
    const auto a = hundredfold();
    const auto same = a;
    CHECK(Type{a} == Type{same});
    CHECK(a.hash() == same.hash());
    CHECK_FALSE(Type{a} == Type{hundredfold()});
    CHECK_FALSE(a.hash() == hundredfold().hash());
    const auto node = [](const Type& type) { return cast(literal(std::int64_t{1}), type).node()->key; };
    CHECK(node(a) == node(same));
    CHECK_FALSE(node(a) == node(hundredfold()));
}

TEST_CASE("decorated types: SQL around values and selected columns", "[compiler][types][core.ctype.sql_processing]") {
    const auto folded = TypeDecorator{String{20}}
                            .bind_expression(type_expression([](const auto& x) { return func::call("lower", x); }))
                            .column_expression(type_expression([](const auto& x) { return func::call("upper", x); }));
    MetaData metadata;
    const Prices prices{metadata, Integer{}, folded};
    const auto sql = [](const auto& statement) { return compile(statement, dialects::postgresql()).sql(); };
    CHECK(sql(select(prices.name).where(prices.name == "x"))
          == "SELECT upper(price.name) AS name FROM price WHERE price.name = lower($1)");
    CHECK(sql(select(prices.id).where(prices.name.in("a", "b")))
          == "SELECT price.id FROM price WHERE price.name IN (lower($1), lower($2))");
    const auto inner = select(prices.id, prices.name).subquery("s");
    CHECK(sql(select(inner.c("name")))
          == "SELECT upper(s.name) AS name FROM (SELECT price.id AS id, price.name AS name FROM price) AS s");
    CHECK(sql(insert(prices).values(prices.id = 1, prices.name = "x"))
          == "INSERT INTO price (id, name) VALUES ($1, lower($2))");
    CHECK(sql(insert(prices).columns(prices.id, prices.name)) == "INSERT INTO price (id, name) VALUES ($1, lower($2))");
    CHECK(sql(select(prices.name.label("n"))) == "SELECT upper(price.name) AS n FROM price");
}

TEST_CASE("quoted names: everywhere the name is written", "[compiler]") {
    MetaData metadata;
    Table table{quoted_name("tbl", true), metadata, quoted_name("my.schema", true)};
    const auto id = table.add_column("id", Integer{}, primary_key, quote(true));
    const auto mixed = table.add_column(quoted_name("MixedCase", false), Integer{});
    const auto& pg = dialects::postgresql();
    CHECK(compile(select(id, mixed), pg).sql() == "SELECT \"my.schema\".\"tbl\".\"id\", \"my.schema\".\"tbl\".MixedCase FROM \"my.schema\".\"tbl\"");
    CHECK(compile(select(id), dialects::mssql()).sql() == "SELECT [my.schema].[tbl].[id] FROM [my.schema].[tbl]");
    CHECK(compile(insert(table).values(id = 1, mixed = 2), dialects::mysql()).sql()
          == "INSERT INTO `my.schema`.`tbl` (`id`, MixedCase) VALUES (?, ?)");
    const auto inner = select(id, mixed).subquery(quoted_name("sub", true));
    CHECK(compile(select(inner.c("MixedCase")), pg).sql()
          == "SELECT \"sub\".MixedCase FROM (SELECT \"my.schema\".\"tbl\".\"id\" AS \"id\", "
             "\"my.schema\".\"tbl\".MixedCase AS MixedCase FROM \"my.schema\".\"tbl\") AS \"sub\"");
    CHECK(compile(select(id.label(quoted_name("x", true))).order_by("x"), pg).sql()
          == "SELECT \"my.schema\".\"tbl\".\"id\" AS \"x\" FROM \"my.schema\".\"tbl\" ORDER BY \"x\"");
    const auto ddl = pg->create_table(table.data()).front();
    CHECK(ddl.find("CREATE TABLE \"my.schema\".\"tbl\"") != std::string::npos);
    CHECK(ddl.find("PRIMARY KEY (\"id\")") != std::string::npos);
    // another quoting is another statement
    CHECK_FALSE(column(quoted_name("a", true)).node()->key == column("a").node()->key);
    CHECK_FALSE(column(quoted_name("a", true)).node()->key == column(quoted_name("a", false)).node()->key);
    CHECK_THROWS_AS(compile(select(column(quoted_name("", false))), pg), CompileError);
    CHECK_THROWS_AS(compile(select(column(quoted_name(std::string("a\0b", 3), false))), pg), CompileError);
}

TEST_CASE("literals: arrays and ranges", "[compiler]") {
    const auto shown = [](const auto& value, const auto& dialect) {
        return literal_sql(select(literal(value)), dialect).substr(7);
    };
    CHECK(shown(std::vector<std::string>{"a", "b'"}, dialects::postgresql()) == "CAST(ARRAY['a', 'b'''] AS VARCHAR[]) AS anon_1");
    CHECK(shown(std::vector<std::int32_t>{}, dialects::postgresql()) == "CAST('{}' AS INTEGER[]) AS anon_1");
    CHECK(shown(Range<std::int32_t>{1, 2}, dialects::postgresql()) == "'[1,2)' AS anon_1");
    CHECK_THROWS_AS(shown(std::vector<std::int32_t>{1}, dialects::sqlite()), CompileError);
}

TEST_CASE("enumerations and domains are in MetaData's schema", "[compiler][ddl][core.type.schema_type]") {
    MetaData metadata{"shop"};
    Table table{"t", metadata};
    table.add_column("id", Integer{}, primary_key);
    table.add_column("a", Enum{{"x"}, "inherits"});
    table.add_column("b", Enum{{"x"}, "has_one", "own"});
    table.add_column("c", ARRAY{Enum{{"x"}, "inside"}});
    std::string script;
    for (const auto& statement : create_all_sql(metadata, *dialects::postgresql())) script += statement + ";";
    for (const char* part : {"CREATE TYPE shop.inherits", "CREATE TYPE own.has_one", "CREATE TYPE shop.inside", "a shop.inherits",
                             "b own.has_one", "c shop.inside[]"}) {
        INFO(part << " in " << script);
        CHECK(script.find(part) != std::string::npos);
    }
}
