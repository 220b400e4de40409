// SPDX-License-Identifier: MIT
// Oracle and SQL Server on what the corpus does not have: values written into the text, literals, schemas of two names.
#include "golden/core_tables.hpp"
#include "support/catch.hpp"

#include <azoth/compiler/literal.hpp>
#include <azoth/error.hpp>

#include <chrono>
#include <string>
#include <vector>

using namespace azoth;
using golden::sample;
using golden::users;

namespace {

const auto oracle = dialects::oracle();
const auto mssql = dialects::mssql();

Type with_precision(Type type, std::int32_t precision) {
    type.precision = precision;
    return type;
}

std::string literal_of(const std::shared_ptr<const Dialect>& dialect, const Value& value) {
    const auto text = literal_sql(select(Expr<Value>{sql::make_bind(value, Type{})}.label("x")), dialect);
    const auto begin = std::string{"SELECT "}.size();
    return text.substr(begin, text.find(" AS x") - begin);
}

} // namespace

TEST_CASE("a limit that is written into the text is no part of the compiled statement",
          "[dialect][cache][core.bind.literal_execute][or.limit][ms.limit]") {
    const auto build = [](int limit) { return select(users.id).where(users.name == "ed").limit(limit); };
    for (const auto& [dialect, before, after] : {
             std::tuple{oracle, "SELECT user_account.id FROM user_account WHERE user_account.name = ? FETCH FIRST ", " ROWS ONLY"},
             std::tuple{mssql, "SELECT TOP ", " user_account.id FROM user_account WHERE user_account.name = ?"},
         }) {
        const auto first = build(1);
        const auto compiled = dialect->compile(*first.node(), sql::collect_binds(*first.node()));
        for (const int limit : {5, 70}) {
            const auto other = build(limit);
            CHECK(other.node()->key == first.node()->key);
            const auto binds = sql::collect_binds(*other.node());
            Compiled::Bound bound;
            compiled->bind(binds, bound);
            CHECK(*bound.sql == before + std::to_string(limit) + after);
            CHECK(bound.params.size() == 1);
        }
    }
}

TEST_CASE("a path that Oracle has in its text is no part of the compiled statement", "[dialect][cache][json]") {
    const auto build = [](const std::string& key) { return select(golden::items.attrs[key]); };
    const auto first = build("color");
    const auto compiled = oracle->compile(*first.node(), sql::collect_binds(*first.node()));
    for (const std::string key : {"color", "it's"}) {
        const auto other = build(key);
        CHECK(other.node()->key == first.node()->key);
        const auto binds = sql::collect_binds(*other.node());
        Compiled::Bound bound;
        compiled->bind(binds, bound);
        const std::string path = key == "color" ? "color" : "it''s";
        CHECK(*bound.sql == "SELECT JSON_QUERY(item.attrs, '$.\"" + path + "\"') AS anon_1 FROM item");
        CHECK(bound.params.empty());
    }
}

TEST_CASE("outputs of RETURNING … INTO are slots at the end", "[dialect][returning][or.returning]") {
    const auto statement = delete_(users).where(users.id == 5).returning(users.id, users.name);
    const auto compiled = oracle->compile(*statement.node(), sql::collect_binds(*statement.node()));
    REQUIRE(compiled->slots.size() == 3);
    CHECK(compiled->slots[1].source == BindSlot::Source::output);
    CHECK(compiled->slots[2].index == 1);
    CHECK(compiled->slots[2].type == String{30});
    CHECK(compiled->columns.size() == 2);
    CHECK(compiled->returns_rows);
    CHECK(compile(statement, oracle).params().back().is_null());
}

TEST_CASE("literals of Oracle and SQL Server", "[dialect][literal][core.bind.literal_binds]") {
    using namespace std::chrono;
    const auto moment = parse_timestamp("2024-05-06 07:08:09").value();
    const auto finer = parse_timestamp("2024-05-06 07:08:09.25").value();
    struct Row {
        Value value;
        std::string oracle, mssql;
    };
    const std::vector<Row> rows{
        {Value{true}, "1", "1"},
        {Value{moment}, "TO_DATE('2024-05-06 07:08:09', 'YYYY-MM-DD HH24:MI:SS')", "'2024-05-06 07:08:09'"},
        {Value{finer},
         "TO_TIMESTAMP('2024-05-06 07:08:09.250000', 'YYYY-MM-DD HH24:MI:SS.FF')",
         "'2024-05-06 07:08:09.250000'"},
        {Value{TimestampTz{moment.time_since_epoch()}},
         "TO_TIMESTAMP_TZ('2024-05-06 07:08:09 +00:00', 'YYYY-MM-DD HH24:MI:SS.FF TZH:TZM')",
         "'2024-05-06 07:08:09 +00:00'"},
        {Value{Bytes{std::byte{0x0a}, std::byte{0xff}}}, "HEXTORAW('0aff')", "0x0aff"},
        {Value{std::string{"it's"}}, "'it''s'", "'it''s'"},
    };
    for (const auto& row : rows) {
        CHECK(literal_of(oracle, row.value) == row.oracle);
        CHECK(literal_of(mssql, row.value) == row.mssql);
    }
    Interval interval;
    interval.days = 1;
    interval.time = milliseconds{1500};
    CHECK(literal_of(oracle, Value{interval}) == "NUMTODSINTERVAL(86401.5, 'SECOND')");
    interval.months = 1;
    CHECK_THROWS_AS(literal_of(oracle, Value{interval}), CompileError);
}

TEST_CASE("type text of Oracle and SQL Server", "[dialect][ddl][or.types][ms.types]") {
    CHECK(oracle->type_text(BigInteger{}) == "NUMBER(19)");
    CHECK(mssql->type_text(BigInteger{}) == "BIGINT");
    CHECK(oracle->type_text(with_precision(DateTime{true}, 3)) == "TIMESTAMP(3) WITH TIME ZONE");
    CHECK(mssql->type_text(with_precision(DateTime{true}, 3)) == "DATETIMEOFFSET(3)");
    CHECK(mssql->type_text(with_precision(DateTime{}, 3)) == "DATETIME2(3)");
    CHECK(mssql->type_text(with_precision(TimeType{}, 2)) == "TIME(2)");
    CHECK(mssql->type_text(LargeBinary{16}) == "VARBINARY(16)");
    CHECK_THROWS_AS(oracle->type_text(Float{20}), CompileError);
    CHECK_THROWS_AS(oracle->type_text(Type{}), CompileError);
    CHECK_THROWS_AS(mssql->type_text(Type{}), CompileError);
}

TEST_CASE("a schema of SQL Server may be two names", "[dialect][quoting][ms.ident]") {
    CHECK(mssql->quote_schema("dbo") == "dbo");
    CHECK(mssql->quote_schema("Sales.dbo") == "[Sales].dbo");
    CHECK(mssql->quote_schema("[a.b].dbo") == "[a.b].dbo");
    CHECK(mssql->quote_schema("[a.b]") == "[a.b]");
    CHECK(mssql->quote_schema("server.Sales.dbo") == "[server.Sales].dbo");
    CHECK(mssql->quote("a]b") == "[a]]b]");
    CHECK(oracle->quote_schema("a.b") == "\"a.b\"");
}

TEST_CASE("SQL Server orders a subquery only when its rows depend on it", "[dialect][select][ms.limit]") {
    const auto inner = select(users.id).order_by(users.name);
    const auto text = [](const auto& statement) { return compile(statement, mssql).sql(); };
    CHECK(text(select(sample.id).where(sample.id.in(inner))) ==
          "SELECT sample.id FROM sample WHERE sample.id IN (SELECT user_account.id FROM user_account)");
    CHECK(text(select(sample.id).where(sample.id.in(inner.offset(2)))) ==
          "SELECT sample.id FROM sample WHERE sample.id IN (SELECT user_account.id FROM user_account ORDER BY "
          "user_account.name OFFSET ? ROWS)");
    CHECK_THROWS_AS(text(select(users.id).offset(2)), CompileError);
}

TEST_CASE("a collation of SQL Server cannot smuggle in SQL", "[dialect][quoting]") {
    CHECK(compile(select(users.name.collate("Latin1_General_CI_AS")), mssql).sql() ==
          "SELECT user_account.name COLLATE Latin1_General_CI_AS AS anon_1 FROM user_account");
    CHECK_THROWS_AS(compile(select(users.name.collate("C FROM x --")), mssql), CompileError);
}

TEST_CASE("a collation belongs to the result of a CAST", "[dialect][cast]") {
    const auto text = compile(select(users.id.cast(String(5, "Latin1_General_BIN"))), mssql).sql();
    CHECK(text == "SELECT CAST(user_account.id AS VARCHAR(5)) COLLATE Latin1_General_BIN AS id FROM user_account");
}

TEST_CASE("what needs a connection is refused by dialects that only write SQL", "[dialect]") {
    CHECK_THROWS_AS(oracle->reflection(ReflectionScope{}), NoSuchModuleError);
    CHECK_THROWS_AS(mssql->type_from_text("int"), NoSuchModuleError);
}
