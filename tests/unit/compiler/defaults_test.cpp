// SPDX-License-Identifier: MIT
// What a statement leaves out: defaults by functions, by SQL, by sequences, and those of an UPDATE.
#include "support/catch.hpp"

#include <cstdint>
#include <optional>
#include <string>

#include <azoth/core.hpp>

using namespace azoth;

namespace {

std::string text_of(const auto& statement, const std::shared_ptr<const Dialect>& dialect = dialects::postgresql()) {
    return compile(statement, dialect).sql();
}

std::vector<std::string> values_of(const auto& statement, const std::shared_ptr<const Dialect>& dialect = dialects::postgresql()) {
    std::vector<std::string> values;
    const auto compiled = compile(statement, dialect);
    for (const auto& value : compiled.params()) values.push_back(to_string(value.param()));
    return values;
}

using Texts = std::vector<std::string>;

std::int64_t number(const Value& value) { return std::get<std::int64_t>(value.variant()); }

struct Goods : Table {
    Column<std::int32_t> id{*this, "id", primary_key};
    Column<std::int32_t> price{*this, "price"};
    Column<std::int32_t> doubled{
        *this, "doubled", default_([](const DefaultContext& row) { return static_cast<std::int32_t>(number(row.get("price")) * 2); })};
    Column<std::int32_t> fourfold{
        *this, "fourfold", default_([](const DefaultContext& row) { return static_cast<std::int32_t>(number(row.get("doubled")) * 2); })};
    explicit Goods(MetaData& md) : Table{"goods", md} {}
};

struct Stamped : Table {
    Column<std::int32_t> id{*this, "id", primary_key};
    Column<std::optional<std::int32_t>> changes{*this, "changes", onupdate_value(7)};
    Column<std::string> name{*this, "name", String{20}};
    Column<std::optional<Timestamp>> changed{*this, "changed", onupdate_value(func::now())};
    explicit Stamped(MetaData& md) : Table{"stamped", md} {}
};

} // namespace

TEST_CASE("a default may look at its row, and at the defaults before it", "[compiler][core.default.context][core.default.callable]") {
    MetaData metadata;
    const Goods goods{metadata};
    CHECK(values_of(insert(goods).values(goods.id = 1, goods.price = 5)) == Texts{"1", "5", "10", "20"});
    CHECK(values_of(insert(goods).values(goods.id = 1, goods.price = 5, goods.doubled = 3)) == Texts{"1", "5", "3", "6"});
    // each row has its own
    const auto two = insert(goods).row(goods.id = 1, goods.price = 5).row(goods.id = 2, goods.price = 6);
    CHECK(values_of(two, dialects::sqlite()) == Texts{"1", "5", "10", "20", "2", "6", "12", "24"});
    CHECK_THROWS_WITH(values_of(insert(goods).values(goods.id = 1)), Catch::Contains("'price'") && Catch::Contains("'id'"));
}

TEST_CASE("a scalar default is for rows that leave the column out, and NULL is a value", "[compiler][core.default.scalar]") {
    MetaData metadata;
    struct T : Table {
        Column<std::int32_t> id{*this, "id", primary_key};
        Column<std::optional<std::int32_t>> a{*this, "a", default_(7)};
        explicit T(MetaData& md) : Table{"t", md} {}
    };
    const T t{metadata};
    CHECK(values_of(insert(t).values(t.id = 1)) == Texts{"1", "7"});
    CHECK(values_of(insert(t).values(t.id = 1, t.a = null)) == Texts{"1", "NULL"});
    CHECK(values_of(insert(t).values(t.id = 1, t.a = 8)) == Texts{"1", "8"});
}

TEST_CASE("a default by SQL is written into the statement, its values as parameters", "[compiler][core.default.sql]") {
    MetaData metadata;
    struct T : Table {
        Column<std::int32_t> id{*this, "id", primary_key};
        Column<std::optional<std::int32_t>> a{*this, "a", default_(func::call("coalesce", 5, 6))};
        explicit T(MetaData& md) : Table{"t", md} {}
    };
    const T t{metadata};
    CHECK(text_of(insert(t).values(t.id = 1)) == "INSERT INTO t (id, a) VALUES ($1, coalesce($2, $3))");
    CHECK(values_of(insert(t).values(t.id = 1)) == Texts{"1", "5", "6"});
    CHECK(text_of(insert(t).values(t.id = 1), dialects::mysql()) == "INSERT INTO t (id, a) VALUES (?, coalesce(?, ?))");
    CHECK(values_of(insert(t).row(t.id = 1).row(t.id = 2), dialects::sqlite()) == Texts{"1", "5", "6", "2", "5", "6"});
}

TEST_CASE("columns that change with every update, unless SET names them", "[compiler][core.default.sql][core.update.values]") {
    MetaData metadata;
    const Stamped t{metadata};
    CHECK(text_of(update(t).values(t.name = "x").where(t.id == 1))
          == "UPDATE stamped SET changes=$1, name=$2, changed=now() WHERE stamped.id = $3");
    CHECK(values_of(update(t).values(t.name = "x").where(t.id == 1)) == Texts{"7", "'x'", "1"});
    CHECK(text_of(update(t).values(t.name = "x"), dialects::sqlite())
          == "UPDATE stamped SET changes=?, name=?, changed=CURRENT_TIMESTAMP");
    CHECK(values_of(update(t).values(t.name = "x", t.changes = 9)) == Texts{"9", "'x'"});
    CHECK(values_of(update(t).values(t.name = "x", t.changes = null)) == Texts{"NULL", "'x'"});
    CHECK(text_of(update(t).ordered_values(t.name = "x")) == "UPDATE stamped SET name=$1, changes=$2, changed=now()");
    // they are no part of an upsert
    CHECK(text_of(insert(t).values(t.id = 1, t.name = "x").on_conflict_do_update(index_elements(t.id), t.name = "y"))
          == "INSERT INTO stamped (id, name) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET name = $3");
}

TEST_CASE("a column's sequence is asked for its next value", "[compiler][core.default.sequence][core.default.next_value]") {
    MetaData metadata;
    struct T : Table {
        Column<std::int32_t> id{*this, "id", Sequence{"t_seq"}, primary_key};
        Column<std::optional<std::string>> a{*this, "a", String{5}};
        explicit T(MetaData& md) : Table{"t", md} {}
    };
    const T t{metadata};
    const auto statement = insert(t).values(t.a = "x");
    CHECK(text_of(statement) == "INSERT INTO t (id, a) VALUES (nextval('t_seq'), $1)");
    CHECK(text_of(statement, dialects::mariadb()) == "INSERT INTO t (id, a) VALUES (nextval(t_seq), ?)");
    CHECK(text_of(statement, dialects::mssql()) == "INSERT INTO t (id, a) VALUES (NEXT VALUE FOR t_seq, ?)");
    CHECK(text_of(statement, dialects::oracle()) == "INSERT INTO t (id, a) VALUES (t_seq.nextval, ?)");
    CHECK(text_of(statement, dialects::sqlite()) == "INSERT INTO t (a) VALUES (?)");
    CHECK(text_of(statement, dialects::mysql()) == "INSERT INTO t (a) VALUES (?)");
    CHECK(text_of(insert(t).values(t.id = 5, t.a = "x")) == "INSERT INTO t (id, a) VALUES ($1, $2)");

    struct Optional : Table {
        Column<std::int32_t> id{*this, "id", Sequence{"o_seq"}.optional(), primary_key};
        Column<std::optional<std::string>> a{*this, "a", String{5}};
        explicit Optional(MetaData& md) : Table{"o", md} {}
    };
    const Optional o{metadata};
    CHECK(text_of(insert(o).values(o.a = "x")) == "INSERT INTO o (a) VALUES ($1)");
    CHECK(text_of(insert(o).values(o.a = "x"), dialects::mariadb()) == "INSERT INTO o (id, a) VALUES (nextval(o_seq), ?)");
}

TEST_CASE("INSERT from SELECT adds what the program and sequences fill in",
          "[compiler][core.insert.from_select][core.default.sql]") {
    MetaData metadata;
    struct T : Table {
        Column<std::int32_t> id{*this, "id", Sequence{"t_seq"}, primary_key};
        Column<std::optional<std::string>> a{*this, "a", String{5}};
        Column<std::optional<std::int32_t>> b{*this, "b", default_(7)};
        Column<std::optional<Timestamp>> at{*this, "at", default_(func::now())};
        Column<std::optional<std::int32_t>> c{*this, "c", default_(literal_column("5"))};
        explicit T(MetaData& md) : Table{"t", md} {}
    };
    const T t{metadata};
    const auto source = select(t.a);
    CHECK(text_of(insert(t).columns(t.a).from_select(source))
          == "INSERT INTO t (a, id, b, at, c) SELECT t.a, nextval('t_seq') AS next_value_1, $1 AS anon_1, now() AS now_1, 5 FROM t");
    CHECK(text_of(insert(t).columns(t.a).from_select(source, false)) == "INSERT INTO t (a) SELECT t.a FROM t");
    CHECK_THROWS_AS(text_of(insert(t).columns(t.a).from_select(union_(source, source))), CompileError);
}

TEST_CASE("an UPDATE of several tables changes what is to change in each", "[compiler][core.default.sql][my.dml.multi_table]") {
    MetaData metadata;
    const Stamped t{metadata};
    struct Other : Table {
        Column<std::int32_t> id{*this, "id", primary_key};
        Column<std::optional<std::int32_t>> x{*this, "x", onupdate_value(3)};
        Column<std::optional<std::int32_t>> y{*this, "y"};
        explicit Other(MetaData& md) : Table{"other", md} {}
    };
    const Other u{metadata};
    CHECK(text_of(update(t).values(t.name = "x", u.y = 1).where(u.id == t.id), dialects::mysql())
          == "UPDATE stamped, other SET other.x=?, other.y=?, stamped.changes=?, stamped.name=?, stamped.changed=now() WHERE "
             "other.id = stamped.id");
    CHECK(text_of(update(t).values(t.name = "x").where(u.id == t.id), dialects::mysql())
          == "UPDATE stamped, other SET stamped.changes=?, stamped.name=?, stamped.changed=now() WHERE other.id = stamped.id");
}
