// SPDX-License-Identifier: MIT
// Walking trees, replacing parts of them, comparing them, and constructs of one's own.
#include "golden/core_tables.hpp"
#include "support/catch.hpp"

#include <string>

#include <azoth/core.hpp>
#include <azoth/sql/traverse.hpp>

using namespace azoth;
using golden::addresses;
using golden::users;

namespace {

std::string text_of(const sql::NodePtr& statement) { return compile_node(*statement, *dialects::postgresql()).sql(); }

sql::NodePtr same(const sql::NodePtr&) { return nullptr; }

} // namespace

TEST_CASE("iterate() gives parents before children, and each node once", "[sql][core.visit.traverse]") {
    const auto condition = users.id == 5 && users.name == "ed";
    const auto nodes = sql::iterate(condition.node());
    REQUIRE(nodes.size() == 8); // AND, two comparisons, two columns, their table, two values
    CHECK(nodes.front() == condition.node());
    CHECK(std::ranges::count(nodes, sql::NodeKind::table, [](const auto& node) { return node->kind; }) == 1);
    CHECK(sql::iterate(nullptr).empty());
    std::size_t visited = 0;
    sql::traverse(condition.node(), [&](const sql::Node&) { ++visited; });
    CHECK(visited == nodes.size());
}

TEST_CASE("a tree of a hundred thousand levels is walked without recursion", "[sql][core.visit.traverse]") {
    auto deep = users.id.node();
    std::vector<sql::NodePtr> levels; // taken apart level by level, too
    for (int i = 0; i < 100'000; ++i) {
        deep = sql::make_unary(sql::Operator::negate, deep, Integer{});
        levels.push_back(deep);
    }
    CHECK(sql::iterate(deep).size() == 100'002);
    deep.reset();
    while (!levels.empty()) levels.pop_back();
}

TEST_CASE("what replacement_traverse() does not touch is shared", "[sql][core.visit.traverse]") {
    const auto statement = select(users.id).where(users.name == "ed", users.id > 7).order_by(users.id).limit(3);
    CHECK(sql::replacement_traverse(statement.node(), same) == statement.node());
    CHECK(sql::cloned_traverse(statement.node(), same) == statement.node());
    const auto a = alias(users, "a");
    const auto moved = sql::adapt(statement.node(), users.node(), a.node());
    CHECK(text_of(moved) == "SELECT a.id FROM user_account AS a WHERE a.name = $1 AND a.id > $2 ORDER BY a.id LIMIT $3");
    CHECK(text_of(statement.node()).find(" AS a") == std::string::npos);
}

TEST_CASE("every kind of statement can be rebuilt over another table", "[sql][core.visit.traverse][core.visit.utils]") {
    const auto a = alias(users, "a");
    const auto moved = [&](const auto& statement) { return text_of(sql::adapt(statement.node(), users.node(), a.node())); };
    CHECK(moved(select(func::count(users.id).over(partition_by(users.name)), case_(when(users.id == 1, "x")).else_("y"))
                    .group_by(users.name).having(users.id.in(1, 2)).distinct())
          == "SELECT DISTINCT count(a.id) OVER (PARTITION BY a.name) AS anon_1, CASE WHEN (a.id = $1) THEN $2 ELSE $3 END AS "
             "anon_2 FROM user_account AS a GROUP BY a.name HAVING a.id IN ($4, $5)");
    CHECK(moved(union_(select(users.id), select(users.id)).order_by("id"))
          == "SELECT a.id FROM user_account AS a UNION SELECT a.id FROM user_account AS a ORDER BY id");
    const auto sub = select(users.id, users.name).subquery("s");
    CHECK(moved(select(sub.c("id"))) == "SELECT s.id FROM (SELECT a.id AS id, a.name AS name FROM user_account AS a) AS s");
    const auto cte = select(users.id).cte("c");
    CHECK(moved(select(cte.c("id"))) == "WITH c AS (SELECT a.id AS id FROM user_account AS a) SELECT c.id FROM c");
    CHECK(moved(select(addresses.id).join_from(users, addresses))
          == "SELECT address.id FROM user_account AS a JOIN address ON a.id = address.user_id");
    CHECK(moved(update(addresses).values(addresses.email_address = users.name).where(addresses.user_id == users.id))
          == "UPDATE address SET email_address=a.name FROM user_account AS a WHERE address.user_id = a.id");
    CHECK(moved(delete_(addresses).where(addresses.user_id.in(select(users.id))))
          == "DELETE FROM address WHERE address.user_id IN (SELECT a.id FROM user_account AS a)");
    CHECK(moved(insert(addresses).columns(addresses.email_address).from_select(select(users.name)))
          == "INSERT INTO address (email_address) SELECT a.name FROM user_account AS a");
}

TEST_CASE("values are replaced, and what was shared stays shared", "[sql][core.visit.traverse]") {
    const auto five = literal(5);
    const auto statement = select(five.label("x")).where(users.id == five);
    const auto changed = sql::cloned_traverse(statement.node(), [](const sql::NodePtr& node) -> sql::NodePtr {
        if (node->kind != sql::NodeKind::bind) return nullptr;
        return sql::make_bind(Value{std::int64_t{6}}, Integer{});
    });
    const auto compiled = compile_node(*changed, *dialects::postgresql());
    CHECK(compiled.sql() == "SELECT $1 AS x FROM user_account WHERE user_account.id = $1");
    REQUIRE(compiled.params().size() == 1);
    CHECK(to_string(compiled.params().front().param()) == "6");
}

TEST_CASE("tables, columns and likeness of trees", "[sql][core.visit.utils][core.expr.compare_identity]") {
    const auto statement = select(users.id, addresses.id).where(users.id == addresses.user_id);
    CHECK(sql::find_tables(statement.node()).size() == 2);
    CHECK(sql::find_columns(statement.node()).size() == 3);
    CHECK(sql::compare(*(users.id == 5).node(), *(users.id == 6).node()));
    CHECK_FALSE(sql::compare(*(users.id == 5).node(), *(users.id != 5).node()));
    CHECK_FALSE(sql::compare(*users.id.node(), *addresses.id.node()));
    CHECK(sql::compare(*alias(users).id.node(), *alias(users).id.node()));

    const auto& name = *users.name.column_node();
    const auto sub = select(users.id, users.name.label("n")).subquery("s");
    const auto found = sql::corresponding_column(sub.node(), name);
    REQUIRE(found);
    CHECK(found->name == "n");
    const auto outer = select(sub.c("n")).subquery("o");
    REQUIRE(sql::corresponding_column(outer.node(), name));
    CHECK(sql::corresponding_column(outer.node(), name)->from == outer.node());
    CHECK(sql::corresponding_column(alias(users, "a").node(), name)->name == "name");
    CHECK_FALSE(sql::corresponding_column(sub.node(), *addresses.id.column_node()));
}

TEST_CASE("a construct of one's own is written by the nearest handler", "[sql][construct]") {
    const auto greatest = Construct{"greatest"}
                              .compiles([](SqlWriter& w) { w.raw("greatest(").list().raw(")"); })
                              .compiles("sqlite", [](SqlWriter& w) { w.raw("max(").list().raw(")"); })
                              .compiles("mysql", [](SqlWriter& w) { w.raw("GREATEST(").list().raw(")"); })
                              .cache_ok();
    const auto statement = select(greatest.call<std::int32_t>(users.id, 7).label("g")).where(greatest.call<std::int32_t>(users.id) > 3);
    CHECK(compile(statement, dialects::postgresql()).sql()
          == "SELECT greatest(user_account.id, $1) AS g FROM user_account WHERE greatest(user_account.id) > $2");
    CHECK(compile(statement, dialects::sqlite()).sql().starts_with("SELECT max(user_account.id, ?) AS g"));
    CHECK(compile(statement, dialects::mariadb()).sql().starts_with("SELECT GREATEST("));
    CHECK(compile(statement, dialects::postgresql()).params().size() == 2);
    CHECK_FALSE(statement.node()->uncacheable);

    const auto nowhere = Construct{"nowhere"}.compiles("oracle", [](SqlWriter& w) { w.identifier("Odd Name"); });
    CHECK_THROWS_WITH(
        compile(select(nowhere.call()), dialects::sqlite()), Catch::Contains("'nowhere'") && Catch::Contains("sqlite"));
    CHECK(compile(select(nowhere.call().label("x")), dialects::oracle()).sql() == "SELECT \"Odd Name\" AS x FROM DUAL");
    CHECK(select(nowhere.call()).node()->uncacheable);
    CHECK_THROWS_AS(Construct{""}, ArgumentError);
    const auto demands = Construct{"demands"}.compiles([](SqlWriter& w) { w.argument(1); });
    CHECK_THROWS_AS(compile(select(demands.call(1)), dialects::sqlite()), ArgumentError);
    CHECK(text_of(sql::adapt(statement.node(), users.node(), alias(users, "a").node())).find("greatest(a.id, $1)") != std::string::npos);
}
