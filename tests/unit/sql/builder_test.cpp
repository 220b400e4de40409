// SPDX-License-Identifier: MIT
// Statements are values: a builder's call leaves the statement it is called on as it was.
#include "golden/core_tables.hpp"
#include "support/catch.hpp"

#include <azoth/dialect/dialect.hpp>
#include <azoth/error.hpp>

using namespace azoth;
using golden::addresses;
using golden::employees;
using golden::events;
using golden::orders;
using golden::shipments;
using golden::users;

namespace {

template <class S>
std::string sql_of(const S& statement) {
    return compile(statement, dialects::postgresql()).sql();
}

template <class F>
std::string message_of(F act) {
    try {
        act();
    } catch (const Error& error) {
        return error.what();
    }
    return "nothing was thrown";
}

bool mentions(const std::string& message, std::initializer_list<std::string_view> parts) {
    for (const auto part : parts)
        if (message.find(part) == std::string::npos)
            return false;
    return true;
}

} // namespace

TEST_CASE("select: each call returns a new statement",
          "[sql][select][core.select.basic][core.select.where]") {
    const auto base = select(users.id);
    const auto before = sql_of(base);
    (void)base.where(users.id == 1);
    (void)base.order_by(users.id);
    (void)base.group_by(users.id);
    (void)base.having(func::count() > 1);
    (void)base.limit(1);
    (void)base.offset(1);
    (void)base.distinct();
    (void)base.join(addresses);
    (void)base.select_from(users);
    (void)base.with_for_update();
    CHECK(sql_of(base) == before);

    const auto filtered = base.where(users.id == 1);
    const auto twice = filtered.where(users.name == "x");
    CHECK(sql_of(filtered) == "SELECT user_account.id FROM user_account WHERE user_account.id = $1");
    CHECK(sql_of(twice).ends_with("WHERE user_account.id = $1 AND user_account.name = $2"));
}

TEST_CASE("select: where() on a temporary changes no statement that shares its node",
          "[sql][select][core.select.basic]") {
    const auto base = select(users.id);
    const auto moved = Select<std::int32_t>{base}.where(users.id == 1);
    CHECK(sql_of(base).find("WHERE") == std::string::npos);
    CHECK(sql_of(moved).find("WHERE") != std::string::npos);
}

TEST_CASE("insert, update, delete: each call returns a new statement",
          "[sql][dml][core.insert.values][core.delete.basic]") {
    const auto base = insert(users).values(users.name = "a");
    const auto more = base.values(users.fullname = "b");
    (void)base.returning(users.id);
    CHECK(sql_of(base) == "INSERT INTO user_account (name) VALUES ($1)");
    CHECK(sql_of(more) == "INSERT INTO user_account (name, fullname) VALUES ($1, $2)");

    const auto all = delete_(users);
    (void)all.where(users.id == 1);
    CHECK(sql_of(all) == "DELETE FROM user_account");

    const auto changed = update(users).values(users.name = "a");
    (void)changed.where(users.id == 1);
    CHECK(sql_of(changed) == "UPDATE user_account SET name=$1");
}

TEST_CASE("values(): a column that is set again keeps the last value", "[sql][dml][core.insert.values]") {
    const auto statement = insert(users).values(users.name = "a").values(users.name = "b");
    const auto compiled = compile(statement, dialects::postgresql());
    CHECK(compiled.sql() == "INSERT INTO user_account (name) VALUES ($1)");
    REQUIRE(compiled.params().size() == 1);
    CHECK(to_string(compiled.params().front().param()) == "'b'");
}

TEST_CASE("values(): a column of another table is refused by name", "[sql][dml][core.insert.unconsumed]") {
    const auto message = message_of([] { (void)insert(users).values(addresses.email_address = "x"); });
    CHECK(mentions(message, {"email_address", "user_account"}));
}

TEST_CASE("join_from(): tables that no foreign key connects are both named",
          "[sql][join][core.select.join_on_fk]") {
    const auto message = message_of([] { (void)select(users.id).join_from(users, events); });
    CHECK(mentions(message, {"user_account", "analytics.event", "no foreign key", "ON condition"}));
}

TEST_CASE("join_from(): two foreign keys between the same tables are ambiguous",
          "[sql][join][core.select.join_on_fk]") {
    struct Transfers : Table {
        Column<std::int32_t> sender{*this, "sender", foreign_key("user_account.id")};
        Column<std::int32_t> receiver{*this, "receiver", foreign_key("user_account.id")};
        explicit Transfers(MetaData& md) : Table{"transfer", md} {}
    };
    MetaData metadata;
    const Transfers transfers{metadata};
    const auto message = message_of([&] { (void)select(users.id).join_from(users, transfers); });
    CHECK(mentions(message, {"user_account", "transfer", "more than one foreign key"}));
    CHECK(sql_of(select(users.id).join_from(users, transfers, users.id == transfers.sender))
              .ends_with("JOIN transfer ON user_account.id = transfer.sender"));
}

TEST_CASE("join(): a composite foreign key compares all its columns", "[sql][join][core.select.join_on_fk]") {
    CHECK(
        sql_of(select(shipments.id).join(golden::order_items))
            .ends_with("ON order_item.order_id = shipment.order_id AND order_item.item_id = shipment.item_id")
    );
}

TEST_CASE("join(): it needs something to join to", "[sql][join][core.select.join_on_fk]") {
    const auto message = message_of([] { (void)select(literal_column("1")).join(users); });
    CHECK(mentions(message, {"nothing to join", "select_from()"}));
}

TEST_CASE("c(): an unknown column is answered with those there are",
          "[sql][column][core.schema.column_collection]") {
    CHECK(mentions(message_of([] { (void)users.c("nmae"); }), {"nmae", "'id'", "'name'", "'fullname'"}));
    const auto sub = select(orders.user_id, func::count().label("n")).subquery("s");
    CHECK(mentions(message_of([&] { (void)sub.c("count"); }), {"'s'", "count", "'user_id'", "'n'"}));
}

TEST_CASE("subquery: columns without a name of their own are numbered and can be selected",
          "[sql][subquery][core.select.subquery_columns][core.select.labels_style]") {
    const auto sub = select(func::count(), users.id + 1, users.id, addresses.id).subquery("s");
    CHECK(
        sql_of(select(sub)) == "SELECT s.count_1, s.anon_1, s.id, s.id_1 FROM (SELECT count(*) AS count_1, "
                               "user_account.id + $1 AS anon_1, "
                               "user_account.id AS id, address.id AS id_1 FROM user_account, address) AS s"
    );
}

TEST_CASE("subquery: a name that is taken by a label gets the next number",
          "[sql][subquery][core.select.subquery_columns]") {
    const auto sub = select(users.id, users.name.label("id_1"), addresses.id).subquery("s");
    CHECK(sql_of(select(sub.c("id_2"))).starts_with("SELECT s.id_2 FROM (SELECT user_account.id AS id, "));
}

TEST_CASE("and_(), or_(): true and false are folded away", "[sql][boolean][core.expr.null_true_false]") {
    CHECK(sql_of(select(users.id).where(and_(true_(), users.id == 1))).ends_with("WHERE user_account.id = $1")
    );
    CHECK(sql_of(select(users.id).where(true_(), users.id == 1)).ends_with("WHERE user_account.id = $1"));
    CHECK(sql_of(select(users.id).where(false_(), users.id == 1)).ends_with("WHERE false"));
    CHECK(sql_of(select(users.id).where(or_(false_(), false_()))).ends_with("WHERE false"));
    CHECK(sql_of(select(users.id).where(and_(true_(), true_()))).ends_with("WHERE true"));
}

TEST_CASE("autoescape: only a value can be escaped", "[sql][like]") {
    CHECK(mentions(
        message_of([] { (void)users.name.contains(users.fullname, autoescape); }),
        {"autoescape", "expression"}
    ));
}

TEST_CASE("extract(): a field that is no word is refused", "[sql][extract]") {
    CHECK(mentions(
        message_of([] { (void)extract("year FROM x) --", orders.placed_at); }),
        {"extract()", "year FROM x"}
    ));
    CHECK_THROWS_AS(compile(select(extract("century", orders.placed_at)), dialects::sqlite()), CompileError);
}
