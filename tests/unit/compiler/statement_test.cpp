// SPDX-License-Identifier: MIT
// Statements on what the corpus does not have: what is refused, values in their places, size, rows with types.
#include "golden/core_tables.hpp"
#include "support/catch.hpp"

#include <azoth/dialect/dialect.hpp>
#include <azoth/error.hpp>

using namespace azoth;
using golden::addresses;
using golden::docs;
using golden::employees;
using golden::events;
using golden::items;
using golden::orders;
using golden::users;

namespace {

std::string on_postgresql(const auto& statement) {
    return compile(statement, dialects::postgresql()).sql();
}

Value integer(std::int64_t value) {
    return Value{value};
}

template <class... Ts>
constexpr bool has_types(const Compound<Ts...>&) {
    return true;
}

} // namespace

TEST_CASE("set operations keep the types of their first part", "[compiler][core.setop.basic]") {
    const auto both = union_(select(users.id, users.name), select(orders.id, orders.status));
    static_assert(std::same_as<std::remove_cvref_t<decltype(both)>, Compound<std::int32_t, std::string>>);
    CHECK(has_types(both));
    const auto node = both.order_by("name").node();
    const auto compiled = dialects::sqlite()->compile(*node, sql::collect_binds(*node));
    REQUIRE(compiled->columns.size() == 2);
    CHECK(compiled->columns[1].name == "name");
    CHECK(compiled->returns_rows);
}

TEST_CASE("set operations of different widths are refused", "[compiler][core.setop.basic]") {
    const auto uneven = union_(select(users.id), select(orders.id, orders.status));
    CHECK_THROWS_WITH(compile(uneven, dialects::sqlite()), Catch::Contains("number of columns"));
}

TEST_CASE("set operations are ordered by bare names", "[compiler][core.setop.order_by_name]") {
    const auto both = union_(select(users.id), select(orders.id));
    CHECK(on_postgresql(both.order_by(users.id)).ends_with("ORDER BY id"));
    CHECK_THROWS_AS(on_postgresql(both.order_by("nope")), CompileError);
}

TEST_CASE("a thousand parts and a thousand nested set operations", "[compiler][core.setop.basic]") {
    auto flat = union_all(select(users.id), select(users.id).where(users.id == 0));
    for (int i = 1; i < 1'000; ++i)
        flat = union_all(flat, select(users.id).where(users.id == i));
    const auto compiled = compile(flat, dialects::postgresql());
    CHECK(compiled.params().size() == 1'000);
    CHECK(compiled.params()[999] == integer(999));
}

TEST_CASE("a CTE is written once, before what reads it", "[compiler][core.from.cte]") {
    const auto a = select(users.id).where(users.id == 1).cte("a");
    const auto b = select(a.c("id")).where(a.c("id") != 2).cte("b");
    const auto statement = select(b.c("id"), a.c("id")).where(b.c("id") == a.c("id"));
    const auto compiled = compile(statement, dialects::postgresql());
    CHECK(compiled.sql().starts_with("WITH a AS (SELECT user_account.id AS id FROM user_account WHERE "
                                     "user_account.id = $1), b AS ("));
    CHECK(compiled.params() == std::vector<Value>{integer(1), integer(2)});
}

TEST_CASE("two CTEs of one name are refused", "[compiler][core.from.cte]") {
    const auto c = [] { return select(users.id).cte("c"); };
    CHECK_THROWS_WITH(on_postgresql(select(c().c("id"), c().c("id"))), Catch::Contains("'c'"));
}

TEST_CASE("any recursive CTE makes the word apply to all", "[compiler][core.from.cte_recursive]") {
    const auto plain = select(users.id).cte("plain");
    const auto first = select(employees.id).cte("tree", {.recursive = true});
    const auto tree = first.union_all(select(employees.id).where(employees.manager_id == first.c("id")));
    const auto both = select(plain.c("id"), tree.c("id"));
    CHECK(on_postgresql(both).starts_with("WITH RECURSIVE plain AS ("));
    CHECK(compile(both, dialects::mssql()).sql().starts_with("WITH plain AS ("));
}

TEST_CASE("an anonymous recursive CTE refers to itself by its number", "[compiler][core.from.cte_recursive]") {
    const auto first = select(employees.id).cte({}, {.recursive = true});
    const auto tree = first.union_all(select(employees.id).where(employees.manager_id == first.c("id")));
    CHECK(
        on_postgresql(select(tree.c("id"))) ==
        "WITH RECURSIVE anon_1(id) AS (SELECT employee.id AS id FROM employee UNION ALL SELECT employee.id AS id FROM "
        "employee, anon_1 WHERE employee.manager_id = anon_1.id) SELECT anon_1.id FROM anon_1"
    );
}

TEST_CASE("an unnamed column of a subquery has one number everywhere", "[compiler][core.expr.anon_names]") {
    const auto s = select(users.id + 1, func::count()).subquery();
    const auto columns = s.columns();
    REQUIRE(columns.size() == 2);
    CHECK(
        on_postgresql(select(columns[0], columns[1])) ==
        "SELECT anon_2.anon_1, anon_2.count_1 FROM (SELECT user_account.id + $1 AS anon_1, count(*) AS count_1 FROM "
        "user_account) AS anon_2"
    );
}

TEST_CASE("correlation by word", "[compiler][core.select.correlate_explicit]") {
    const auto count = select(func::count(addresses.id)).where(addresses.user_id == users.id);
    const auto where = [](const auto& inner) {
        const auto sql = on_postgresql(select(users.name).where(inner.scalar_subquery() > 1));
        return sql.substr(sql.find("WHERE ("));
    };
    CHECK(where(count).starts_with("WHERE (SELECT count(address.id) AS count_1 FROM address WHERE"));
    CHECK(where(count.correlate(users)).starts_with("WHERE (SELECT count(address.id) AS count_1 FROM address WHERE"));
    CHECK(where(count.correlate(null)).find("FROM address, user_account") != std::string::npos);
    CHECK(where(count.correlate_except(addresses)) == where(count));
}

TEST_CASE("a subquery in FROM sees its neighbours only when it is lateral", "[compiler][core.select.lateral_correlation]") {
    const auto of_user = select(orders.id).where(orders.user_id == users.id);
    CHECK(on_postgresql(select(users.id, of_user.subquery("s").c("id"))).find("FROM orders, user_account") != std::string::npos);
    CHECK(
        on_postgresql(select(users.id, of_user.lateral("s").c("id"))) ==
        "SELECT user_account.id, s.id AS id_1 FROM user_account, LATERAL (SELECT orders.id AS id FROM orders WHERE "
        "orders.user_id = user_account.id) AS s"
    );
}

TEST_CASE("a named parameter is one parameter", "[compiler][core.bind.bindparam]") {
    const auto name = bindparam<std::string>("n");
    const auto statement = select(users.id).where(users.name == name, users.fullname == bindparam<std::string>("n"));
    CHECK_THROWS_WITH(compile(statement, dialects::postgresql()), Catch::Contains("'n'"));
    const auto given = statement.params("n", "ed");
    CHECK(on_postgresql(given).ends_with("name = $1 AND user_account.fullname = $1"));
    CHECK(compile(given, dialects::sqlite()).params().size() == 2);
    CHECK(compile(given.params("n", "wendy"), dialects::postgresql()).params()[0] == Value{std::string{"wendy"}});
}

TEST_CASE("a list can be given later, an empty one too", "[compiler][core.op.in_bindparam]") {
    const auto statement = select(users.id).where(users.id.in(expanding<std::int32_t>("ids")));
    CHECK_THROWS_AS(compile(statement, dialects::postgresql()), InvalidRequestError);
    CHECK(compile(statement.params("ids", std::vector<int>{1, 2}), dialects::postgresql()).sql().ends_with("IN ($1, $2)"));
    CHECK(compile(statement.params("ids", std::vector<int>{}), dialects::postgresql()).sql().ends_with("IN (NULL) AND (1 != 1)"));
    CHECK_THROWS_AS(compile(statement.params("ids", 3), dialects::postgresql()), InvalidRequestError);
}

TEST_CASE("a parameter must not be called like a column that is set", "[compiler][core.bind.bindparam]") {
    const auto statement =
        update(users).values(users.name = "x").where(users.name == bindparam("name", "ed"));
    CHECK_THROWS_WITH(compile(statement, dialects::sqlite()), Catch::Contains("'name'"));
}

TEST_CASE("rows of an INSERT have the columns of the first", "[compiler][core.insert.multi_values]") {
    const auto one = insert(users).values(users.name = "a", users.fullname = "A");
    CHECK_THROWS_AS(one.row(users.name = "b"), ArgumentError);
    CHECK_THROWS_AS(one.row(users.name = "b", users.id = 2), ArgumentError);
    const auto two = compile(one.row(users.fullname = "B", users.name = "b"), dialects::sqlite());
    CHECK(two.sql() == "INSERT INTO user_account (name, fullname) VALUES (?, ?), (?, ?)");
    CHECK(two.params()[2] == Value{std::string{"b"}});
    CHECK_THROWS_AS(insert(users).rows(std::vector<std::tuple<int, int>>{{1, 2}}), ArgumentError);
}

TEST_CASE("ten thousand rows", "[compiler][core.insert.multi_values]") {
    std::vector<std::tuple<int, std::string, std::string>> rows(10'000, {1, "a", "b"});
    const auto compiled = compile(insert(users).rows(rows), dialects::postgresql());
    CHECK(compiled.params().size() == 30'000);
    CHECK(compiled.sql().ends_with("($29998, $29999, $30000)"));
}

TEST_CASE("INSERT … SELECT puts WITH where the database takes it", "[compiler][core.from.cte_in_insert]") {
    const auto c = select(items.name).cte("c");
    const auto statement = insert(users).columns(users.name).from_select(select(c.c("name")));
    CHECK(on_postgresql(statement).starts_with("WITH c AS ("));
    CHECK(compile(statement, dialects::mysql()).sql().starts_with("INSERT INTO user_account (name) WITH c AS ("));
}

TEST_CASE("upserts do not name the schema", "[compiler][core.insert.upsert]") {
    const auto statement = insert(events)
                               .values(events.id = 1, events.kind = "a")
                               .on_conflict_do_update(
                                   index_elements(events.id),
                                   events.kind = events.kind + excluded(events.kind),
                                   update_where(events.id > 5)
                               );
    CHECK(
        on_postgresql(statement) ==
        "INSERT INTO analytics.event (id, kind) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET kind = (event.kind || "
        "excluded.kind) WHERE event.id > $3"
    );
}

TEST_CASE("a DML statement with RETURNING is typed, and a CTE", "[compiler][core.from.cte_dml]") {
    const auto gone = delete_(users).where(users.id == 1).returning(users.id, users.name);
    static_assert(std::same_as<std::remove_cvref_t<decltype(gone)>, Delete<std::int32_t, std::string>>);
    const auto c = gone.cte("gone");
    const auto statement = select(c.c("name"));
    const auto node = statement.node();
    const auto compiled = dialects::postgresql()->compile(*node, sql::collect_binds(*node));
    CHECK(compiled->sql.starts_with("WITH gone AS (DELETE FROM user_account WHERE"));
    CHECK(compiled->columns.size() == 1); // the outer statement's, not those of RETURNING
}

TEST_CASE("UPDATE in the given order, and of a table under another name", "[compiler][core.update.values]") {
    CHECK(
        on_postgresql(update(users).ordered_values(users.fullname = "a", users.name = "b")) ==
        "UPDATE user_account SET fullname=$1, name=$2"
    );
    const auto u = alias(users, "u");
    CHECK(on_postgresql(update(u).values(u.name = "b").where(u.id == 1)) == "UPDATE user_account AS u SET name=$1 WHERE u.id = $2");
}

TEST_CASE("any_ and all_ stand on the right", "[compiler][core.expr.any_all]") {
    const auto totals = select(orders.total).scalar_subquery();
    CHECK(on_postgresql(select(items.id).where(any_(totals) < items.price)).ends_with("item.price > ANY (SELECT orders.total FROM orders)"));
}

TEST_CASE("document paths escape what they are made of", "[compiler][core.op.json_index]") {
    const auto compiled = compile(select(items.attrs["a\"b"]), dialects::sqlite());
    CHECK(compiled.params()[0] == Value{std::string{R"($."a\"b")"}});
}
