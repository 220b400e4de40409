// SPDX-License-Identifier: MIT
// Keys of whole statements: every clause counts, values and the names of nothing do not.
#include "golden/core_tables.hpp"
#include "support/catch.hpp"

#include <azoth/dialect/dialect.hpp>
#include <azoth/sql/postgresql.hpp>

using namespace azoth;
using golden::addresses;
using golden::docs;
using golden::employees;
using golden::items;
using golden::orders;
using golden::users;

namespace {

template <class S>
sql::Key key_of(const S& statement) {
    const auto node = statement.node();
    return sql::statement_key(*node, sql::collect_binds(*node));
}

void check_all_differ(const std::vector<sql::Key>& keys) {
    for (std::size_t i = 0; i < keys.size(); ++i)
        for (std::size_t j = i + 1; j < keys.size(); ++j) {
            INFO(i << " and " << j);
            CHECK(keys[i] != keys[j]);
        }
}

} // namespace

TEST_CASE("key: each clause of a SELECT is part of it", "[sql][key][core.cache.key]") {
    const auto base = select(users.id);
    const auto inner = select(func::count(addresses.id)).where(addresses.user_id == users.id);
    check_all_differ({
        key_of(base),
        key_of(base.distinct_on(users.name)),
        key_of(base.fetch(1)),
        key_of(base.fetch(1, {.percent = true})),
        key_of(base.fetch(1, {.with_ties = true})),
        key_of(base.with_for_update(ForUpdate{}.read())),
        key_of(base.with_for_update(ForUpdate{}.nowait())),
        key_of(base.with_for_update(ForUpdate{}.of(users))),
        key_of(base.prefix_with("A")),
        key_of(base.prefix_with("A", "mysql")),
        key_of(base.suffix_with("A")),
        key_of(base.with_statement_hint("A")),
        key_of(base.with_hint(users, "A")),
        key_of(base.set_label_style(LabelStyle::tablename_plus_col)),
        key_of(base.limit(bindparam("n", 1))),
        key_of(base.limit(bindparam("m", 1))),
        key_of(select(inner.scalar_subquery())),
        key_of(select(inner.correlate(users).scalar_subquery())),
        key_of(select(inner.correlate(null).scalar_subquery())),
        key_of(select(inner.correlate_except(addresses).scalar_subquery())),
        key_of(select(users.id).full_join(addresses)),
        key_of(select(users.id).outer_join(addresses)),
        key_of(select(users.id).join(addresses)),
    });
}

TEST_CASE("key: set operations, CTEs and what else stands in FROM are part of it", "[sql][key][core.cache.key]") {
    const auto a = select(users.id);
    const auto b = select(orders.id);
    const auto from = [](const auto& element) { return select(literal_column("1")).select_from(element); };
    const auto v = values("v", named_column("a", Integer{}));
    const auto f = table_valued(func::call("f", 1), "a");
    const auto first = a.cte("c", {.recursive = true});
    check_all_differ({
        key_of(union_(a, b)),
        key_of(union_all(a, b)),
        key_of(union_(b, a)),
        key_of(intersect(a, b)),
        key_of(except_(a, b)),
        key_of(union_(a, b).order_by("id")),
        key_of(union_(a, b).limit(1)),
        key_of(from(a.subquery("c"))),
        key_of(from(a.lateral("c"))),
        key_of(from(a.cte("c"))),
        key_of(from(a.cte("d"))),
        key_of(from(a.cte("c", {.nesting = true}))),
        key_of(from(first)),
        key_of(from(first.union_(b))),
        key_of(from(first.union_all(b))),
        key_of(from(a.cte("c").prefix_with("MATERIALIZED"))),
        key_of(from(a.cte("c").suffix_with("MATERIALIZED"))),
        key_of(a.add_cte(b.cte("c"))),
        key_of(a.add_cte(b.cte("c"), true)),
        key_of(from(v.row(1))),
        key_of(from(v.row(1).row(2))),
        key_of(from(v.row(1).literal_binds())),
        key_of(from(v.row(2).literal_binds())),
        key_of(from(f.alias("t"))),
        key_of(from(f.render_derived("t"))),
        key_of(from(f.render_derived("t", true))),
        key_of(from(f.with_ordinality("n").alias("t"))),
        key_of(from(f.lateral("t"))),
        key_of(from(tablesample(users, func::call("bernoulli", 1), "t"))),
        key_of(from(tablesample(users, func::call("bernoulli", 1), "t", literal(3)))),
        key_of(from(alias(users, "t"))),
    });
}

TEST_CASE("key: each clause of INSERT, UPDATE and DELETE is part of it", "[sql][key][core.cache.key]") {
    const auto one = insert(users).values(users.id = 1, users.name = "a");
    const auto set = users.name = excluded(users.name);
    const auto target = index_elements(users.id);
    check_all_differ({
        key_of(one),
        key_of(one.row(users.id = 2, users.name = "b")),
        key_of(one.prefix_with("IGNORE")),
        key_of(one.on_conflict_do_nothing()),
        key_of(one.on_conflict_do_nothing(target)),
        key_of(one.on_conflict_do_nothing(constraint("pk"))),
        key_of(one.on_conflict_do_update(target, set)),
        key_of(one.on_conflict_do_update(target.where(users.id > 1), set)),
        key_of(one.on_conflict_do_update(target, set, update_where(users.id > 1))),
        key_of(one.on_duplicate_key_update(set)),
        key_of(one.ordered_on_duplicate_key_update(set)),
        key_of(insert(users).columns(users.name).from_select(select(items.name))),
        key_of(insert(users).columns(users.name).from_select(select(items.name), false)),
        key_of(insert(users).columns(users.fullname).from_select(select(items.name))),
        key_of(update(users).values(users.name = "a")),
        key_of(update(users).ordered_values(users.name = "a")),
        key_of(update(users).values(users.name = "a").limit(1)),
        key_of(update(docs).values(postgresql::set_item(docs.tags, 1, "a"))),
        key_of(update(docs).values(docs.tags = postgresql::array_value(std::vector<std::string>{"a"}))),
        key_of(delete_(users)),
        key_of(delete_(users).limit(1)),
        key_of(delete_(alias(users, "u"))),
    });
}

TEST_CASE("key: values stay out of it wherever they stand", "[sql][key][core.cache.key]") {
    const auto v = values("v", named_column("a", Integer{}));
    CHECK(key_of(select(v.row(1))) == key_of(select(v.row(2))));
    CHECK(
        key_of(insert(users).values(users.name = "a").row(users.name = "b")) ==
        key_of(insert(users).values(users.name = "c").row(users.name = "d"))
    );
    const std::vector<std::tuple<std::int32_t, std::string>> none;
    const auto pairs = [](const auto& rows) { return select(users.id).where(tuple_(users.id, users.name).in(rows)); };
    CHECK(key_of(pairs(none)) == key_of(pairs(std::vector<std::tuple<std::int32_t, std::string>>{{1, "a"}})));
    const auto named = select(users.id).where(users.name == bindparam<std::string>("n"));
    CHECK(key_of(named) == key_of(named.params("n", "ed")));
    CHECK(key_of(select(items.attrs["a"])) == key_of(select(items.attrs["b"])));
}

TEST_CASE("key: one subquery twice is not two of the same name", "[sql][key][core.cache.key]") {
    const auto named = [](int id) { return select(users.id).where(users.id == id).subquery("s"); };
    const auto pair = [](const Subquery& a, const Subquery& b) {
        return select(literal_column("1"))
            .where(exists(select(a.c("id"))), exists(select(b.c("id"))));
    };
    const auto same = named(1);
    CHECK(key_of(pair(same, same)) != key_of(pair(named(1), named(2))));
    const auto two = compile(pair(named(1), named(2)), dialects::postgresql());
    REQUIRE(two.params().size() == 2);
    CHECK(two.params()[1] == Value{std::int64_t{2}});
}
