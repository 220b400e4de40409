// SPDX-License-Identifier: MIT
// What a compilation warns of, and how it cuts names that are too long.
#include "golden/core_tables.hpp"
#include "support/catch.hpp"

#include <string>

#include <azoth/core.hpp>

using namespace azoth;
using golden::addresses;
using golden::orders;
using golden::users;

namespace {

std::vector<std::string> warnings(const auto& statement) {
    const auto node = statement.node();
    return dialects::postgresql()->compile(*node, sql::collect_binds(*node))->warnings;
}

std::string on(const auto& statement, const std::shared_ptr<const Dialect>& dialect) {
    return compile(statement, dialect).sql();
}

} // namespace

TEST_CASE("FROM elements that nothing connects are warned of, by name", "[compiler][core.lint.cartesian]") {
    const auto loose = warnings(select(users.id, addresses.id));
    REQUIRE(loose.size() == 1);
    CHECK(loose.front() == "SELECT statement has a cartesian product between FROM element(s) \"address\" and FROM element "
                           "\"user_account\".  Apply join condition(s) between each element to resolve.");
    CHECK(warnings(select(users.id, addresses.id).where(addresses.id == 5)).size() == 1);
    CHECK(warnings(select(users.id, addresses.id, orders.id).where(users.id == addresses.user_id)).size() == 1);
    CHECK(warnings(select(users.id).where(addresses.id == 5)).size() == 1);
    // a subquery has FROM elements of its own
    CHECK(warnings(select(users.id).where(exists(select(orders.id, addresses.id).where(orders.user_id == users.id)))).size() == 1);
}

TEST_CASE("what a comparison or a join connects is not warned of", "[compiler][core.lint.cartesian]") {
    CHECK(warnings(select(users.id)).empty());
    CHECK(warnings(select(literal(1))).empty());
    CHECK(warnings(select(users.id, addresses.id).where(users.id == addresses.user_id)).empty());
    CHECK(warnings(select(users.id, addresses.id).where(users.id == addresses.user_id || users.id == 7)).empty());
    CHECK(warnings(select(users.id, addresses.id).where(users.name.like(addresses.email_address))).empty());
    CHECK(warnings(select(users.id, addresses.id).join_from(users, addresses)).empty());
    CHECK(warnings(select(users.id).join(addresses, true_())).empty());
    CHECK(warnings(select(users.id).where(exists(select(addresses.id).where(addresses.user_id == users.id)))).empty());
    const auto beside = select(addresses.id).where(addresses.user_id == users.id).lateral("beside");
    CHECK(warnings(select(users.id, beside.c("id"))).empty());
    const auto a = alias(users, "a");
    CHECK(warnings(select(users.id, a.id, addresses.id).where(users.id == addresses.user_id, a.id == addresses.user_id)).empty());
}

TEST_CASE("UPDATE and DELETE of several tables are warned of, too", "[compiler][core.lint.cartesian]") {
    CHECK(warnings(update(users).values(users.name = "x").where(addresses.id == 5)).size() == 1);
    CHECK(warnings(update(users).values(users.name = "x").where(addresses.user_id == users.id)).empty());
    CHECK(warnings(delete_(users).where(addresses.id == 5)).size() == 1);
    CHECK(warnings(delete_(users).where(addresses.user_id == users.id)).empty());
}

TEST_CASE("invented names are cut to what the dialect takes, and numbered", "[compiler][core.compile.label_truncation]") {
    const std::string name(61, 'n');
    const auto wide = table("wide_table", name);
    const auto statement = select(wide.c(name)).set_label_style(LabelStyle::tablename_plus_col);
    const auto whole = "wide_table_" + name;
    CHECK(on(statement, dialects::postgresql())
          == "SELECT wide_table." + name + " AS " + whole.substr(0, 57) + "_1 FROM wide_table");
    CHECK(on(statement, dialects::sqlite()) == "SELECT wide_table." + name + " AS " + whole + " FROM wide_table");
    CHECK(on(statement, dialects::postgresql()) == on(statement, dialects::postgresql()));

    // two that begin alike are still two
    const auto two = table("t", name + "a", name + "b");
    const auto both = on(select(two.c(name + "a"), two.c(name + "b")).set_label_style(LabelStyle::tablename_plus_col),
                         dialects::postgresql());
    CHECK(both.find("_1, ") != std::string::npos);
    CHECK(both.find("_2 FROM") != std::string::npos);

    const auto called = on(select(func::call(std::string(62, 'f'))), dialects::postgresql());
    CHECK(called == "SELECT " + std::string(62, 'f') + "() AS " + std::string(57, 'f') + "_1");
    const auto anonymous = on(select(alias(table(std::string(62, 't'), "x")).c("x")), dialects::postgresql());
    CHECK(anonymous.ends_with(" AS " + std::string(57, 't') + "_1"));
    // a label that was given stays as it is
    CHECK(on(select(users.id.label(std::string(70, 'l'))), dialects::postgresql()).find(std::string(70, 'l')) != std::string::npos);
}
