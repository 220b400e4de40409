// SPDX-License-Identifier: MIT
// Asking a SELECT what it is, columns by name, columns once more, functions by any case, moments and spans of time.
#include "golden/core_tables.hpp"
#include "support/catch.hpp"

#include <string>

#include <azoth/core.hpp>

using namespace azoth;
using golden::addresses;
using golden::orders;
using golden::sample;
using golden::users;

namespace {

std::string on_postgresql(const auto& statement) { return compile(statement, dialects::postgresql()).sql(); }


} // namespace

TEST_CASE("filter_by() finds columns by name in all FROM elements", "[sql][core.select.filter_by]") {
    CHECK(on_postgresql(select(users.id).filter_by("name", "ed", "id", 5))
          == "SELECT user_account.id FROM user_account WHERE user_account.name = $1 AND user_account.id = $2");
    CHECK(on_postgresql(select(users.id).filter_by("fullname", null)).ends_with("WHERE user_account.fullname IS NULL"));
    const auto joined = select(users.id).join_from(users, addresses);
    CHECK(on_postgresql(joined.filter_by("email_address", "x")).ends_with("WHERE address.email_address = $1"));
    CHECK_THROWS_WITH(joined.filter_by("id", 5), Catch::Contains("user_account") && Catch::Contains("address"));
    CHECK_THROWS_WITH(joined.filter_by("nope", 5), Catch::Contains("'nope'"));
    CHECK_THROWS_AS(select(literal(1)).filter_by("x", 5), ArgumentError);
    const auto sub = select(users.name.label("n")).subquery("s");
    CHECK(on_postgresql(select(sub.c("n")).filter_by("n", "x")).ends_with("WHERE s.n = $1"));
}

TEST_CASE("a SELECT says what it returns and where from", "[sql][core.select.introspect]") {
    const auto statement = select(users.id, func::count().label("n"), users.id + 1).where(addresses.user_id == users.id);
    const auto columns = statement.column_descriptions();
    REQUIRE(columns.size() == 3);
    CHECK(columns[0].name == "id");
    CHECK(columns[0].type == Type{Integer{}});
    CHECK(columns[0].expression == users.id.node());
    CHECK(columns[1].name == "n");
    REQUIRE(statement.columns_clause_froms().size() == 1);
    CHECK(statement.columns_clause_froms().front() == users.node());
    CHECK(statement.get_final_froms().size() == 2);
    CHECK(select(users.id).join_from(users, addresses).get_final_froms().size() == 1);
    REQUIRE(statement.whereclause());
    CHECK(statement.whereclause()->kind == sql::NodeKind::binary);
    CHECK_FALSE(select(users.id).whereclause());
    CHECK(statement.subquery("s").columns().size() == 3);
    CHECK(select(literal(1)).get_final_froms().empty());
}

TEST_CASE("columns are added and exchanged", "[sql][core.select.columns_edit]") {
    CHECK(on_postgresql(select(users.id).add_columns(users.name)) == "SELECT user_account.id, user_account.name FROM user_account");
    const auto both = select(users.id, addresses.id).where(addresses.user_id == users.id);
    CHECK(on_postgresql(select(users.id, addresses.id).with_only_columns(users.id)) == "SELECT user_account.id FROM user_account");
    CHECK(on_postgresql(both.with_only_columns_of_same_froms(func::count()))
          == "SELECT count(*) AS count_1 FROM user_account, address WHERE address.user_id = user_account.id");
}

TEST_CASE("a column that a subquery has twice is one column", "[sql][core.select.labels_style][core.select.subquery_columns]") {
    const auto twice = select(users.id, users.id, users.name).subquery("s");
    CHECK(on_postgresql(select(twice.c("id"), twice.c("id_1"), twice.c("name")))
          == "SELECT s.id, s.id AS id_1, s.name FROM (SELECT user_account.id AS id, user_account.id AS id__1, user_account.name "
             "AS name FROM user_account) AS s");
    CHECK(on_postgresql(select(twice.c("name")).where(twice.c("id_1") == 5)).ends_with("WHERE s.id = $1"));
    const auto c = select(users.id, users.id).cte("c");
    CHECK(on_postgresql(select(c)) == "WITH c AS (SELECT user_account.id AS id, user_account.id AS id__1 FROM user_account) SELECT "
                                      "c.id, c.id AS id_1 FROM c");
    const auto a = alias(users, "a");
    const auto mixed = select(users.id, a.id, a.id).subquery("s");
    CHECK(on_postgresql(select(mixed)).starts_with("SELECT s.id, s.id_1, s.id_1 AS "));
}

TEST_CASE("NOT a column is known by the column's name", "[sql][core.expr.not][core.select.subquery_columns]") {
    const auto sub = select(!sample.flag, -sample.bits, sample.bits.bitwise_not()).subquery("s");
    CHECK(on_postgresql(select(sub))
          == "SELECT s.flag, s.anon_1, s.anon_2 FROM (SELECT NOT sample.flag AS flag, -sample.bits AS anon_1, ~sample.bits AS "
             "anon_2 FROM sample) AS s");
    CHECK(compile(select(sub), dialects::sqlite()).sql().find("(SELECT sample.flag = 0 AS flag,") != std::string::npos);
    CHECK(on_postgresql(select(select(!sample.flag, sample.flag).subquery("s")))
          == "SELECT s.flag, s.flag_1 FROM (SELECT NOT sample.flag AS flag, sample.flag AS flag_1 FROM sample) AS s");
}

TEST_CASE("known functions in any case of letters, with their types", "[sql][core.func.known][core.func.generic]") {
    CHECK(on_postgresql(select(func::call("COUNT"))) == "SELECT count(*) AS count_1");
    CHECK(on_postgresql(select(func::call("Now"))) == "SELECT now() AS now_1");
    CHECK(compile(select(func::call("NOW")), dialects::sqlite()).sql() == "SELECT CURRENT_TIMESTAMP AS now_1");
    CHECK(on_postgresql(select(func::call("CURRENT_TIMESTAMP"))) == "SELECT CURRENT_TIMESTAMP AS current_timestamp_1");
    CHECK(on_postgresql(select(func::call("Foo", users.id))) == "SELECT Foo(user_account.id) AS \"Foo_1\" FROM user_account");
    const auto grouped = select(func::count()).select_from(users).group_by(func::call("rollup", users.id, users.name));
    CHECK(on_postgresql(grouped).ends_with("GROUP BY ROLLUP(user_account.id, user_account.name)"));
    CHECK(compile(grouped, dialects::mysql()).sql().ends_with("GROUP BY user_account.id, user_account.name WITH ROLLUP"));
    CHECK(on_postgresql(select(func::call("pkg.Sub.fn"))) == "SELECT pkg.Sub.fn() AS fn_1");
    const auto type = [](const auto& call) { return sql::type_of(*call.node()); };
    CHECK(type(func::call("count", users.id)) == Type{Integer{}});
    CHECK(type(func::call("MAX", users.name)) == Type{String{30}});
    CHECK(type(func::call("coalesce", users.name, "x")) == Type{String{30}});
    CHECK(type(func::call("now")) == Type{DateTime{}});
    CHECK(type(func::call("rank")) == Type{Integer{}});
    CHECK(type(func::call("cume_dist")) == Type{Numeric{}});
    CHECK(type(func::call("whatever")).is_null_type());
}

TEST_CASE("what moments and spans of time make together", "[sql][core.op.arith]") {
    Interval day;
    day.days = 1;
    const auto type = [](const auto& e) { return sql::type_of(*e.node()).kind; };
    const auto bound = [](const auto& e) {
        return sql::type_of(*static_cast<const sql::BinaryNode&>(*e.node()).right).kind;
    };
    static_assert(std::same_as<decltype(orders.placed_at - orders.placed_at)::value_type, std::optional<Interval>>);
    static_assert(std::same_as<decltype(sample.day + day)::value_type, std::optional<Timestamp>>);
    static_assert(std::same_as<decltype(sample.day - sample.day)::value_type, std::optional<std::int32_t>>);
    static_assert(std::same_as<decltype(sample.day + 5)::value_type, std::optional<Date>>);
    CHECK(type(orders.placed_at + day) == TypeKind::date_time);
    CHECK(bound(orders.placed_at + day) == TypeKind::interval);
    CHECK(type(orders.placed_at - day) == TypeKind::date_time);
    CHECK(type(orders.placed_at - orders.placed_at) == TypeKind::interval);
    CHECK(type(sample.day - sample.day) == TypeKind::integer);
    CHECK(type(sample.day + day) == TypeKind::date_time);
    CHECK(type(sample.day - 5) == TypeKind::date);
    CHECK(type(sample.at + day) == TypeKind::time);
    CHECK(sql::type_of(*(sample.stamp - day).node()).timezone);
    CHECK(on_postgresql(select(orders.placed_at + day)) == "SELECT orders.placed_at + $1 AS anon_1 FROM orders");
    CHECK(sql::arithmetic_type(sql::Operator::multiply, Integer{}, IntervalType{}).kind == TypeKind::interval);
    CHECK(sql::arithmetic_type(sql::Operator::add, Integer{}, Numeric{}).kind == TypeKind::numeric);
    CHECK(sql::arithmetic_type(sql::Operator::add, Type{}, Integer{}).kind == TypeKind::integer);
}
