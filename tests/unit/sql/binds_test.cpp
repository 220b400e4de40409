// SPDX-License-Identifier: MIT
// Collecting bound values: their order follows the structure, and each occurs once.
#include "golden/core_tables.hpp"
#include "support/catch.hpp"

using namespace azoth;
using golden::orders;
using golden::users;

namespace {

template <class S>
std::vector<std::string> values_of(const S& statement) {
    std::vector<std::string> values;
    for (const auto* node : sql::collect_binds(*statement.node()).nodes) {
        if (node->kind == sql::NodeKind::in_list)
            values.push_back(
                "list of " + std::to_string(static_cast<const sql::InListNode&>(*node).values.size())
            );
        else
            values.push_back(to_string(static_cast<const sql::BindNode&>(*node).value.param()));
    }
    return values;
}

using Texts = std::vector<std::string>;

} // namespace

TEST_CASE("binds: columns come before criteria, criteria before limits", "[sql][binds]") {
    const auto statement =
        select(users.id + 1).limit(4).offset(5).where(users.id == 2).having(func::count() > 3);
    CHECK(values_of(statement) == Texts{"1", "2", "3", "4", "5"});
}

TEST_CASE("binds: the order does not depend on the order of the builder's calls", "[sql][binds]") {
    CHECK(values_of(select(users.id).where(users.id == 1).limit(2)) == Texts{"1", "2"});
    CHECK(values_of(select(users.id).limit(2).where(users.id == 1)) == Texts{"1", "2"});
}

TEST_CASE("binds: an IN list is one entry, behind what it is about", "[sql][binds]") {
    CHECK(values_of(select(users.id).where((users.id + 7).in({1, 2, 3}))) == Texts{"7", "list of 3"});
}

TEST_CASE("binds: one that occurs twice is listed once", "[sql][binds]") {
    const auto name = literal("ed");
    const auto statement = select(users.id).where(users.name == name, users.fullname == name, users.id == 1);
    CHECK(values_of(statement) == Texts{"'ed'", "1"});
    CHECK(sql::collect_binds(*statement.node()).sharing != sql::Key{});
}

TEST_CASE("binds: many repeated ones are still told apart", "[sql][binds]") {
    std::vector<sql::NodePtr> conditions;
    std::vector<Expr<int>> numbers;
    for (int i = 0; i < 100; ++i)
        numbers.push_back(literal(i));
    for (int round = 0; round < 2; ++round)
        for (const auto& number : numbers)
            conditions.push_back((users.id == number).node());
    const Expr<bool> any{sql::make_boolean_list(sql::Operator::or_, conditions)};
    CHECK(values_of(select(users.id).where(any)).size() == 100);
}

TEST_CASE("binds: a subquery that several columns refer to is walked once", "[sql][binds]") {
    const auto totals = select(orders.user_id, func::sum(orders.total).label("t"))
                            .where(orders.total > 5)
                            .group_by(orders.user_id)
                            .subquery();
    const auto statement = select(totals.c("user_id"), totals.c("t")).where(totals.c("t") < 9);
    CHECK(values_of(statement) == Texts{"5", "9"});
}

TEST_CASE("binds: true, false, NULL and a LIKE's escape are not among them", "[sql][binds]") {
    const auto statement = select(users.id).where(
        golden::sample.flag == true,
        users.fullname.is(null),
        users.name.like("a/%", '/')
    );
    CHECK(values_of(statement) == Texts{"'a/%'"});
}
