// SPDX-License-Identifier: MIT
// Declaring tables: twice, with columns that are there already, with keys and constraints that come later.
#include "support/catch.hpp"

#include <string>
#include <vector>

#include <azoth/core.hpp>

using namespace azoth;

namespace {

struct Users : Table {
    Column<std::int32_t> id{*this, "id", primary_key};
    Column<std::string> name{*this, "name", String{30}};
    explicit Users(MetaData& md) : Table{"users", md} {}
    Users(MetaData& md, schema::Redeclare how) : Table{"users", md, how} {}
};

struct MoreUsers : Table {
    Column<std::string> name{*this, "name", String{99}, nullable};
    Column<std::int32_t> age{*this, "age"};
    MoreUsers(MetaData& md, schema::Redeclare how) : Table{"users", md, how} {}
};

std::string ddl(const Table& table) { return compile(CreateTable{table}, dialects::sqlite()).sql(); }
bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

} // namespace

TEST_CASE("a table that is there already is refused, extended or kept", "[schema][core.schema.table]") {
    MetaData metadata;
    const Users users{metadata};
    CHECK_THROWS_AS(Users{metadata}, InvalidRequestError);
    CHECK_THROWS_WITH(Users{metadata}, Catch::Contains("extend_existing"));

    SECTION("kept: the same table, whatever is declared") {
        const Users kept{metadata, keep_existing};
        CHECK(&kept.data() == &users.data());
        CHECK(kept.data().columns.size() == 2);
        CHECK(kept.name.node()->key == users.name.node()->key);
        CHECK_THROWS_AS((MoreUsers{metadata, keep_existing}), InvalidRequestError); // no column age
    }
    SECTION("extended: columns are replaced in their places, and added") {
        const MoreUsers more{metadata, extend_existing};
        CHECK(&more.data() == &users.data());
        REQUIRE(users.data().columns.size() == 3);
        CHECK(users.data().columns[1].type.length == 99);
        CHECK(users.data().columns[1].nullable);
        CHECK(has(ddl(users), "age INTEGER NOT NULL"));
        CHECK(has(ddl(users), "name VARCHAR(99)"));
    }
    SECTION("it must exist") {
        const Users same{metadata, must_exist};
        CHECK(&same.data() == &users.data());
        CHECK_THROWS_AS((Table{"nobody", metadata, must_exist}), InvalidRequestError);
        CHECK_FALSE(metadata.contains("nobody"));
    }
    SECTION("none is there: declared as always") {
        MetaData empty;
        const Users fresh{empty, keep_existing};
        CHECK(fresh.data().columns.size() == 2);
        CHECK(empty.contains("users"));
    }
    SECTION("the same name in another schema is another table") {
        const Table other{"users", metadata, extend_existing, "elsewhere"};
        CHECK(&other.data() != &users.data());
    }
}

TEST_CASE("a column of a name that is there is refused, or replaces it", "[schema][core.schema.table][core.schema.attach]") {
    MetaData metadata;
    Table t{"t", metadata};
    t.append_column("id", Integer{}, primary_key);
    t.append_column("x", Integer{}, foreign_key("u.id"));
    CHECK_THROWS_AS(t.append_column("x", Text{}), DuplicateColumnError);
    CHECK_THROWS_AS(table("light", "a", "a"), DuplicateColumnError);
    const auto x = t.append_column("x", String{5}, not_null, replace_existing);
    CHECK(x.type().length == 5);
    CHECK(t.data().columns.size() == 2);
    CHECK(t.data().foreign_keys.empty()); // the old column's went with it
    CHECK(has(ddl(t), "x VARCHAR(5) NOT NULL"));
}

TEST_CASE("constraints are appended, and attach themselves to the table of their columns", "[schema][core.schema.attach]") {
    MetaData metadata;
    Table t{"t", metadata};
    const auto a = t.add_column("a", Integer{});
    const auto b = t.add_column("b", Integer{});
    Table other{"other", metadata};
    const auto c = other.add_column("c", Integer{});
    t.append_constraint(PrimaryKeyConstraint{"b", named("pk_t")});
    t.append_constraint(CheckConstraint{"a > 0", named("ck_a")});
    const UniqueConstraint pair{a, b, named("uq_ab")};
    CHECK(pair.table() == t.shared_data());
    const Index by_a{"ix_a", a};
    const CheckConstraint less{a < b, named("ck_less")};
    const auto text = ddl(t);
    CHECK(has(text, "CONSTRAINT pk_t PRIMARY KEY (b)"));
    CHECK(has(text, "CONSTRAINT ck_a CHECK (a > 0)"));
    CHECK(has(text, "CONSTRAINT uq_ab UNIQUE (a, b)"));
    CHECK(has(text, "CONSTRAINT ck_less CHECK (a < b)"));
    REQUIRE(t.data().indexes.size() == 1);
    CHECK(t.data().indexes.front().name == "ix_a");
    CHECK_THROWS_AS((UniqueConstraint{a, c}), ArgumentError);
    CHECK_THROWS_AS((CheckConstraint{a < c}), ArgumentError);
    CHECK_THROWS_AS((UniqueConstraint{alias(t, "x").c("a")}), ArgumentError);
    CHECK(other.data().uniques.empty());
}

TEST_CASE("a primary key is a constraint, which says what the key is", "[schema][core.schema.primary_key]") {
    MetaData metadata;
    Table plain{"plain", metadata};
    plain.add_column("x", Integer{}, primary_key);
    plain.add_column("y", Integer{}, primary_key);
    CHECK(plain.primary_key_constraint().columns == std::vector<std::string>{"x", "y"});
    CHECK(plain.primary_key_constraint().name.empty());
    CHECK(plain.data().warnings.empty());
    const Table none{"none", metadata};
    CHECK(none.primary_key_constraint().columns.empty());

    Table t{"t", metadata};
    t.add_column("a", Integer{}, primary_key);
    t.add_column("b", Integer{});
    t.add_column("c", Integer{});
    const PrimaryKeyConstraint key{t, "c", "b", named("pk_t")};
    CHECK(t.primary_key_constraint().columns == std::vector<std::string>{"c", "b"});
    CHECK(t.primary_key_constraint().name == "pk_t");
    CHECK_FALSE(t.c("a").data()->primary_key); // the constraint wins over the column's word
    CHECK(t.c("b").data()->primary_key);
    CHECK_FALSE(t.c("b").data()->nullable);
    REQUIRE(t.data().warnings.size() == 1);
    CHECK(has(t.data().warnings.front(), "specifies columns 'a' as primary_key"));
    CHECK(has(ddl(t), "CONSTRAINT pk_t PRIMARY KEY (c, b)"));
    CHECK_THROWS_AS((PrimaryKeyConstraint{t, "nothing"}), ArgumentError);
}

TEST_CASE("a table without metadata has columns with types, and a schema", "[sql][core.expr.column]") {
    const auto t = table("event", column<std::int32_t>("id"), column("kind", String{20}), "note", in_schema("stats"));
    CHECK(t.schema() == "stats");
    CHECK(t.c("kind").type() == Type{String{20}});
    const auto on = [](const auto& statement) { return compile(statement, dialects::postgresql()).sql(); };
    CHECK(on(select(t.c("id")).where(t.c("kind") == "x")) == "SELECT stats.event.id FROM stats.event WHERE stats.event.kind = $1");
    CHECK(on(insert(t).values(t.c("id") = 1, t.c("note") = "n")) == "INSERT INTO stats.event (id, note) VALUES ($1, $2)");
    CHECK(on(update(t).values(t.c("note") = "n")) == "UPDATE stats.event SET note=$1");
    CHECK(on(delete_(t).where(t.c("id") == 1)) == "DELETE FROM stats.event WHERE stats.event.id = $1");
    CHECK(on(select(column("x"), column<int>("y")).select_from(t)) == "SELECT x, y FROM stats.event");
    CHECK(on(select(column("x")).where(column<int>("y") > 5)) == "SELECT x WHERE y > $1");
    CHECK_THROWS_AS(table("t", literal(5)), ArgumentError);
}
