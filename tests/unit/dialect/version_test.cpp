// SPDX-License-Identifier: MIT
// What a dialect writes depends on its server's version; what the server does not have yet is refused.
#include "support/catch.hpp"

#include <string>

#include <azoth/core.hpp>
#include <azoth/sql/hstore.hpp>
#include <azoth/sql/json.hpp>
#include <azoth/sql/postgresql.hpp>
#include <azoth/types/sqlite.hpp>

using namespace azoth;
using Catch::Matchers::Contains;

namespace {

struct Items : Table {
    Column<std::int32_t> id{*this, "id", primary_key};
    Column<std::optional<std::string>> name{*this, "name", String{30}};
    explicit Items(MetaData& md) : Table{"item", md} {}
};
struct Parts : Table {
    Column<std::int32_t> id{*this, "id", primary_key};
    Column<std::int32_t> item_id{*this, "item_id", foreign_key("item.id")};
    explicit Parts(MetaData& md) : Table{"part", md} {}
};
struct Shop {
    MetaData metadata;
    Items items{metadata};
    Parts parts{metadata};
};

std::string on(const std::shared_ptr<const Dialect>& dialect, const auto& statement) { return compile(statement, dialect).sql(); }

std::shared_ptr<const Dialect> mysql_of(ServerVersion version, bool mariadb = false) {
    MySQLFlavour flavour;
    flavour.mariadb = mariadb;
    flavour.mariadb_name = mariadb;
    flavour.version = version;
    return dialects::mysql(flavour);
}

} // namespace

TEST_CASE("a server's version is read from its own text", "[dialect][dial.common.version]") {
    CHECK(parse_server_version("15.20 (Debian 15.20-1)") == ServerVersion{15, 20});
    CHECK(parse_server_version("10.11.6-MariaDB-0+deb12u1") == ServerVersion{10, 11, 6});
    CHECK(parse_server_version("5.5.5-10.6.4-MariaDB") == ServerVersion{10, 6, 4}); // for the sake of old clients
    CHECK(parse_server_version("5.5.5-log") == ServerVersion{5, 5, 5});
    CHECK(parse_server_version("8.0.36-0ubuntu0.22.04.1") == ServerVersion{8, 0, 36});
    CHECK(parse_server_version("3.40.1") == ServerVersion{3, 40, 1});
    CHECK(parse_server_version("17beta2") == ServerVersion{17});
    CHECK(parse_server_version("18") == ServerVersion{18});
    CHECK(parse_server_version("9.") == ServerVersion{9});
    CHECK(parse_server_version("9.-1") == ServerVersion{9});
    CHECK_FALSE(parse_server_version("").has_value());
    CHECK_FALSE(parse_server_version("unknown").has_value());
    CHECK_FALSE(parse_server_version("-3").has_value());
    CHECK_FALSE(parse_server_version("99999999999999").has_value());
    CHECK(ServerVersion{3, 9} < ServerVersion{3, 39});
    CHECK(ServerVersion{8, 0, 20} > ServerVersion{8});
    CHECK(to_string(ServerVersion{10, 11, 6}) == "10.11.6");
    CHECK(to_string(ServerVersion{15, 20}) == "15.20");
}

TEST_CASE("without a version a dialect writes for the newest server", "[dialect][dial.common.version]") {
    CHECK_FALSE(dialects::sqlite()->server_version_info().has_value());
    CHECK(dialects::sqlite()->has(ServerVersion{999}));
    CHECK(dialects::sqlite(ServerVersion{3, 45})->server_version_info() == ServerVersion{3, 45});
    CHECK(dialects::sqlite(ServerVersion{3, 45}) == dialects::sqlite(ServerVersion{3, 45})); // one for all engines
    CHECK(dialects::sqlite(ServerVersion{3, 45}) != dialects::sqlite(ServerVersion{3, 46}));
    CHECK(mysql_of(ServerVersion{8, 4}) == mysql_of(ServerVersion{8, 4}));
}

TEST_CASE("SQLite has RETURNING since 3.35, full joins since 3.39", "[dialect][dial.common.version]") {
    const Shop shop;
    const auto& items = shop.items;
    const auto old = dialects::sqlite(ServerVersion{3, 31, 1});
    const auto returning = insert(items).values(items.id = 1).returning(items.id);
    CHECK_FALSE(old->features().insert_returning);
    CHECK_FALSE(old->features().update_returning);
    CHECK_FALSE(old->features().insert_many_values);
    CHECK(old->features().max_parameters == 999);
    CHECK_THROWS_WITH(on(old, returning), Contains("RETURNING") && Contains("3.35") && Contains("3.31.1"));
    CHECK_THROWS_AS(on(old, returning), CompileError);
    CHECK(on(dialects::sqlite(ServerVersion{3, 35}), returning) == on(dialects::sqlite(), returning));
    // Nobody asked for it: it is left out.
    CHECK(on(old, insert(items).values(items.name = "a").return_defaults()) == "INSERT INTO item (name) VALUES (?)");

    const auto full = select(items.id).select_from(full_join(items, shop.parts));
    CHECK_THROWS_WITH(on(dialects::sqlite(ServerVersion{3, 38, 5}), full), Contains("FULL OUTER JOIN") && Contains("3.39"));
    CHECK_THAT(on(dialects::sqlite(ServerVersion{3, 39}), full), Contains("FULL OUTER JOIN"));
    const auto changed = update(items).values(items.name = "x").where(items.id == shop.parts.item_id);
    CHECK_THROWS_WITH(on(dialects::sqlite(ServerVersion{3, 32}), changed), Contains("3.33"));
    CHECK_THROWS_WITH(on(dialects::sqlite(ServerVersion{3, 23}), insert(items).values(items.id = 1).on_conflict_do_nothing()), Contains("3.24"));
    MetaData metadata;
    Table strict{"strict", metadata};
    strict.add_column("id", Integer{}, primary_key);
    strict.add_column("twice", Integer{}, Computed{"id * 2"});
    CHECK_THROWS_WITH(on(dialects::sqlite(ServerVersion{3, 30}), CreateTable{strict}), Contains("3.31"));
    CHECK_NOTHROW(on(dialects::sqlite(ServerVersion{3, 31}), CreateTable{strict}));
}

TEST_CASE("SQLite's binary documents are written and read by functions, since 3.45", "[dialect][sl.type.json]") {
    MetaData metadata;
    Table t{"t", metadata};
    t.add_column("id", Integer{}, primary_key);
    t.add_column("data", sqlite::JSONB{});
    t.add_column("other", JsonType{}.with_variant(sqlite::JSONB{}, "sqlite"));
    const auto now = dialects::sqlite(ServerVersion{3, 45});
    const auto written = insert(t).values(t.c("data") = Json{{"a", 1}}, t.c("other") = Json{2});
    CHECK(on(now, written) == "INSERT INTO t (data, other) VALUES (jsonb(?), jsonb(?))");
    CHECK(compile(written, now).params()[0] == Value{JsonText{"{\"a\":1}"}});
    CHECK(on(now, select(t.c("data"), t.c("other"))) == "SELECT json(t.data) AS data, json(t.other) AS other FROM t");
    CHECK_THAT(on(now, select(json_item(t.c("data"), "a"))), Contains("JSON_QUOTE(JSON_EXTRACT(t.data, ?))"));
    CHECK_THAT(on(now, CreateTable{t}), Contains("data JSONB") && Contains("other JSONB"));
    CHECK_THAT(on(dialects::postgresql(), insert(t).values(t.c("other") = Json{2})), Contains("(other) VALUES ($1)"));
    CHECK(written.node()->uncacheable == false);

    const auto old = dialects::sqlite(ServerVersion{3, 40, 1});
    CHECK_THROWS_WITH(on(old, written), Contains("JSONB needs sqlite 3.45") && Contains("3.40.1"));
    CHECK_THROWS_WITH(on(old, CreateTable{t}), Contains("3.45"));
    CHECK_THROWS_WITH(on(old, select(func::call("jsonb_extract", t.c("id"), "$"))), Contains("3.45"));
}

TEST_CASE("MySQL and MariaDB have grown apart", "[dialect][dial.common.version]") {
    const Shop shop;
    const auto& items = shop.items;
    const auto shared = select(items.id).with_for_update(ForUpdate{}.read().of(items));
    CHECK_THAT(on(mysql_of(ServerVersion{5, 7, 44}), shared), Contains(" LOCK IN SHARE MODE"));
    CHECK_THAT(on(mysql_of(ServerVersion{8, 4}), shared), Contains(" FOR SHARE OF item"));
    const auto upsert = insert(items).values(items.id = 1, items.name = "a").on_duplicate_key_update(items.name = excluded(items.name));
    CHECK_THAT(on(mysql_of(ServerVersion{8, 0, 19}), upsert), Contains("name = VALUES(name)"));
    CHECK_THAT(on(mysql_of(ServerVersion{8, 0, 20}), upsert), Contains("AS new ON DUPLICATE KEY UPDATE name = new.name"));
    const auto number = select(cast(items.name, Float{}));
    CHECK_THAT(on(mysql_of(ServerVersion{8, 0, 16}), number), !Contains("CAST"));
    CHECK_THAT(on(mysql_of(ServerVersion{8, 0, 17}), number), Contains("CAST(item.name AS FLOAT)"));

    const auto before = mysql_of(ServerVersion{10, 2}, true);
    const auto after = mysql_of(ServerVersion{10, 5}, true);
    const auto returning = insert(items).values(items.id = 1).returning(items.id);
    CHECK_FALSE(before->features().insert_returning);
    CHECK_FALSE(before->features().sequences);
    CHECK(after->features().insert_returning);
    CHECK(after->features().sequences);
    CHECK_THROWS_WITH(on(before, returning), Contains("10.5"));
    CHECK_NOTHROW(on(after, returning));
    CHECK(before->type_text(UuidType{}) == "CHAR(32)");
    CHECK(mysql_of(ServerVersion{10, 7}, true)->type_text(UuidType{}) == "UUID");
    CHECK_FALSE(mysql_of(ServerVersion{9, 1})->features().insert_returning); // however new

    MetaData metadata;
    Table t{"t", metadata};
    t.add_column("a", Integer{}, server_default(text("1 + 2")));
    CHECK_THAT(on(mysql_of(ServerVersion{8, 0, 12}), CreateTable{t}), Contains("DEFAULT 1 + 2"));
    CHECK_THAT(on(mysql_of(ServerVersion{8, 0, 13}), CreateTable{t}), Contains("DEFAULT (1 + 2)"));
}

TEST_CASE("PostgreSQL: identity since 10, subscripts since 14, computed when read since 18", "[dialect][dial.common.version]") {
    MetaData metadata;
    Table t{"t", metadata};
    t.add_column("id", Integer{}, primary_key, Identity{});
    CHECK_THAT(on(dialects::postgresql(ServerVersion{9, 6}), CreateTable{t}), Contains("id SERIAL NOT NULL"));
    CHECK_THAT(on(dialects::postgresql(ServerVersion{10}), CreateTable{t}), Contains("GENERATED BY DEFAULT AS IDENTITY"));

    Table documents{"doc", metadata};
    documents.add_column("data", postgresql::JSONB{});
    documents.add_column("pairs", postgresql::HSTORE{});
    const auto item = select(json_item(documents.c("data"), "k"));
    CHECK_THAT(on(dialects::postgresql(ServerVersion{13}), item), Contains("doc.data -> $1"));
    CHECK_THAT(on(dialects::postgresql(ServerVersion{14}), item), Contains("doc.data[$1]"));
    const auto pair = select(postgresql::hstore::get(documents.c("pairs"), "k"));
    CHECK_THAT(on(dialects::postgresql(ServerVersion{13}), pair), Contains("doc.pairs -> $1"));
    CHECK_THAT(on(dialects::postgresql(ServerVersion{14}), pair), Contains("doc.pairs[$1]"));

    Table computed{"computed", metadata};
    computed.add_column("a", Integer{});
    computed.add_column("b", Integer{}, Computed{"a + 1"});
    CHECK_THAT(on(dialects::postgresql(ServerVersion{15}), CreateTable{computed}), Contains("GENERATED ALWAYS AS (a + 1) STORED"));
    CHECK_THAT(on(dialects::postgresql(ServerVersion{18}), CreateTable{computed}), !Contains("STORED"));
    computed.add_column("c", Integer{}, Computed{"a + 2"}.persisted(false));
    CHECK_THROWS_WITH(on(dialects::postgresql(ServerVersion{15}), CreateTable{computed}), Contains("18"));

    Table distinct{"u", metadata};
    distinct.add_column("a", Integer{});
    UniqueConstraint{distinct, "a", dialect_option("postgresql_nulls_not_distinct", true)};
    CHECK_THROWS_WITH(on(dialects::postgresql(ServerVersion{14}), CreateTable{distinct}), Contains("NULLS NOT DISTINCT"));
    CHECK_THAT(on(dialects::postgresql(ServerVersion{15}), CreateTable{distinct}), Contains("NULLS NOT DISTINCT"));
}

TEST_CASE("names of a database that folds them to upper case", "[dialect][dial.common.name_normalise]") {
    const auto oracle = dialects::oracle();
    const auto normal = [&](std::string_view name) { return oracle->normalize_name(name); };
    CHECK(normal("USER_ACCOUNT") == "user_account");
    CHECK(normal("USER_ACCOUNT").quoting() == Quoting::automatic);
    CHECK(normal("MixedCase") == "MixedCase");
    CHECK(normal("ORDER") == "ORDER"); // quoted anyway, and then as it is
    CHECK(normal("WITH SPACE") == "WITH SPACE");
    CHECK(normal("_X") == "_X");
    CHECK(normal("lower") == "lower"); // somebody has put it in quotes
    CHECK(normal("lower").quoting() == Quoting::always);
    CHECK(normal("123") == "123");
    CHECK(normal("").empty());
    CHECK(normal("GRÖSSE") == "GRÖSSE");
    for (const auto* name : {"USER_ACCOUNT", "MixedCase", "ORDER", "WITH SPACE", "lower", "123", "T1$"})
        CHECK(oracle->denormalize_name(normal(name)) == name);
    CHECK(oracle->denormalize_name(QuotedName{"user_account"}) == "USER_ACCOUNT");
    CHECK(oracle->denormalize_name(QuotedName{"order"}) == "order");
    CHECK(oracle->quote(normal("lower")) == "\"lower\"");
    CHECK(oracle->quote(normal("LOWER")) == "lower");
    // Others keep names as they are.
    CHECK(dialects::postgresql()->normalize_name("USERS") == "USERS");
    CHECK(dialects::postgresql()->denormalize_name(QuotedName{"users"}) == "users");
}
