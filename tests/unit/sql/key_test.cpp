// SPDX-License-Identifier: MIT
// Statement keys: equal for statements that differ in bound values alone, and for no others.
#include "golden/core_tables.hpp"
#include "support/catch.hpp"

using namespace azoth;
using golden::addresses;
using golden::employees;
using golden::users;

namespace {

template <class S>
sql::Key key_of(const S& statement) {
    const auto node = statement.node();
    return sql::statement_key(*node, sql::collect_binds(*node));
}

/// What depends on values is left out, so these must be equal for any `a` and `b`.
template <class F, class V>
void check_value_free(F build, const V& a, const V& b) {
    CHECK(key_of(build(a)) == key_of(build(b)));
}

} // namespace

TEST_CASE("key: the same structure built twice has the same key", "[sql][key][core.cache.key]") {
    const auto build = [] {
        return select(users.id, func::count(addresses.id).label("n"))
            .join_from(users, addresses)
            .where(users.name.contains("x", autoescape), users.id.between(1, 5))
            .group_by(users.id)
            .order_by(desc("n"))
            .limit(3);
    };
    CHECK(key_of(build()) == key_of(build()));
}

TEST_CASE("key: bound values are not part of it", "[sql][key][core.cache.key]") {
    check_value_free([](int id) { return select(users).where(users.id == id); }, 1, 2);
    check_value_free([](int n) { return select(users).limit(n); }, 10, 20);
    check_value_free(
        [](const std::string& name) { return insert(users).values(users.name = name); },
        std::string{"a"},
        std::string{"b"}
    );
    check_value_free(
        [](const std::vector<int>& ids) { return select(users).where(users.id.in(ids)); },
        std::vector<int>{},
        std::vector<int>{1, 2, 3}
    );
}

TEST_CASE("key: what changes the text changes the key", "[sql][key][core.cache.key]") {
    const auto base = select(users.id).where(users.id == 1);
    std::vector<sql::Key> keys{
        key_of(base),
        key_of(select(users.id).where(users.id != 1)),
        key_of(select(users.name).where(users.id == 1)),
        key_of(select(users.id, users.id).where(users.id == 1)),
        key_of(base.distinct()),
        key_of(base.limit(1)),
        key_of(base.offset(1)),
        key_of(base.order_by(users.id)),
        key_of(base.order_by(users.id.desc())),
        key_of(base.group_by(users.id)),
        key_of(base.with_for_update()),
        key_of(select(users.id.label("x")).where(users.id == 1)),
        key_of(select(users.id).where(users.id.in({1}))),
        key_of(select(users.id).where(users.id.not_in({1}))),
        key_of(select(users.id).where(users.name.like("a"))),
        key_of(select(users.id).where(users.name.like("a", '/'))),
        key_of(select(users.id).where(users.name.like("a", '#'))),
        key_of(select(users.id).where(users.name.contains("a"))),
        key_of(select(users.id).where(users.id.is(null))),
        key_of(select(users.id.op("&&", 1))),
        key_of(select(users.id.op("||", 1))),
        key_of(select(users.id.cast(String{1}))),
        key_of(select(users.id.cast(String{2}))),
        key_of(update(users).where(users.id == 1).values(users.name = "x")),
        key_of(update(users).where(users.id == 1).values(users.fullname = "x")),
        key_of(delete_(users).where(users.id == 1)),
        key_of(delete_(users).where(users.id == 1).returning(users.id)),
    };
    for (std::size_t i = 0; i < keys.size(); ++i)
        for (std::size_t j = i + 1; j < keys.size(); ++j) {
            INFO(i << " and " << j);
            CHECK(keys[i] != keys[j]);
        }
}

TEST_CASE("key: a window's frame is part of it, the frame's distances are not", "[sql][key]") {
    const auto with = [](const auto& frame) { return select(func::count().over(order_by(users.id), frame)); };
    CHECK(key_of(with(rows(-2, 0))) == key_of(with(rows(-3, 0))));
    CHECK(key_of(with(rows(-2, 0))) != key_of(with(rows(-2, 1))));
    CHECK(key_of(with(rows(-2, 0))) != key_of(with(range(-2, 0))));
    CHECK(key_of(with(rows(unbounded, 0))) != key_of(with(rows(-2, 0))));
}

TEST_CASE("key: anonymous aliases count by their roles, not by who made them", "[sql][key][core.cache.key]") {
    const auto pair = [](bool swapped) {
        const auto a = alias(employees);
        const auto b = alias(employees);
        return swapped ? select(a.id, b.id).where(a.id == b.manager_id)
                       : select(a.id, b.id).where(b.id == a.manager_id);
    };
    CHECK(key_of(pair(false)) == key_of(pair(false)));
    CHECK(key_of(pair(true)) == key_of(pair(true)));
    CHECK(key_of(pair(false)) != key_of(pair(true)));
}

TEST_CASE("key: a parameter that occurs twice is not two parameters", "[sql][key][core.cache.key]") {
    const auto name = literal("ed");
    const auto shared = select(users.id).where(or_(users.name == name, users.fullname == name));
    const auto apart =
        select(users.id).where(or_(users.name == literal("ed"), users.fullname == literal("ed")));
    CHECK(key_of(shared) != key_of(apart));
    const auto other = literal("wendy");
    CHECK(
        key_of(shared) == key_of(select(users.id).where(or_(users.name == other, users.fullname == other)))
    );
}

TEST_CASE("key: tables are told apart even when they look the same", "[sql][key][core.cache.key]") {
    MetaData one;
    MetaData two;
    const golden::Users a{one};
    const golden::Users b{two};
    CHECK(key_of(select(a)) != key_of(select(b)));
    CHECK(key_of(select(a)) == key_of(select(golden::Users{a})));
}

TEST_CASE("key: text() differs by its text and by which parameters are given", "[sql][key]") {
    const auto statement = text("SELECT :a");
    CHECK(key_of(statement.bind("a", 1)) == key_of(statement.bind("a", 2)));
    CHECK(key_of(statement) != key_of(text("SELECT  :a")));
    CHECK(key_of(statement.bind("a", 1)) != key_of(statement.bind("a", "x")));
}
