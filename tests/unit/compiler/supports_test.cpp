// SPDX-License-Identifier: MIT
// What a dialect does not have is refused when it is compiled; what SQL says of NULL is left to the database.
#include "support/catch.hpp"

#include <string>
#include <vector>

#include <azoth/core.hpp>
#include <azoth/sql/hstore.hpp>
#include <azoth/sql/postgresql.hpp>

using namespace azoth;

namespace {

struct Users : Table {
    Column<std::int32_t> id{*this, "id", primary_key};
    Column<std::optional<std::string>> name{*this, "name", String{30}};
    explicit Users(MetaData& md) : Table{"users", md} {}
};
struct Posts : Table {
    Column<std::int32_t> id{*this, "id", primary_key};
    Column<std::int32_t> user_id{*this, "user_id", foreign_key("users.id")};
    explicit Posts(MetaData& md) : Table{"posts", md} {}
};
struct Sample {
    MetaData metadata;
    Users users{metadata};
    Posts posts{metadata};
};

std::string on(const std::shared_ptr<const Dialect>& dialect, const auto& statement) { return compile(statement, dialect).sql(); }

} // namespace

TEST_CASE("what a dialect does not have is a CompileError, and never left out", "[dialect][dial.common.supports]") {
    const Sample sample;
    const auto& users = sample.users;
    const auto& posts = sample.posts;
    const auto refused = [](const std::shared_ptr<const Dialect>& dialect, const auto& statement) {
        CHECK_THROWS_AS(on(dialect, statement), CompileError);
    };
    using dialects::sqlite;
    refused(sqlite(), update(join(users, posts)).values(users.name = "x"));
    refused(sqlite(), delete_(users).where(users.id == posts.user_id));
    refused(sqlite(), insert(users).values(users.id = 1).on_duplicate_key_update(users.name = "x"));
    refused(dialects::postgresql(), insert(users).values(users.id = 1).on_duplicate_key_update(users.name = "x"));
    refused(dialects::mysql(), insert(users).values(users.id = 1).on_conflict_do_nothing());
    refused(dialects::oracle(), insert(users).values(users.id = 1).row(users.id = 2));
    refused(sqlite(), delete_(users).limit(3));
    refused(dialects::postgresql(), update(users).values(users.name = "x").limit(3));
    refused(dialects::mysql(), select(postgresql::array(1, 2)));
    refused(sqlite(), select(users.name.regexp_replace("a", "b")));
    Table unlimited{"t", const_cast<MetaData&>(sample.metadata)};
    unlimited.add_column("x", String{});
    refused(dialects::mysql(), CreateTable{unlimited}); // VARCHAR needs a length there
    CHECK_NOTHROW(on(dialects::postgresql(), CreateTable{unlimited}));

    // The exceptions, which change nothing that is read or written.
    CHECK(on(sqlite(), select(users.id).with_for_update()) == "SELECT users.id FROM users");
    CHECK(on(dialects::mssql(), select(users.id).with_for_update()) == "SELECT users.id FROM users");
    MetaData metadata;
    Table t{"t", metadata};
    t.comment("a note").add_column("id", Integer{}, primary_key, Identity{}, comment("a key"));
    t.add_column("n", Integer{}, Sequence{"numbers"});
    const auto statements = create_all_sql(metadata, *sqlite());
    REQUIRE(statements.size() == 1);
    for (const auto* word : {"COMMENT", "IDENTITY", "numbers"}) CHECK(statements.front().find(word) == std::string::npos);
    for (const auto& one : create_all_sql(metadata, *dialects::mysql())) {
        CHECK(one.find("SEQUENCE") == std::string::npos);
        CHECK(one.find("IDENTITY") == std::string::npos);
    }
}

TEST_CASE("what SQL makes of NULL is not for the client to simplify", "[compiler][dial.common.nulls]") {
    const Sample sample;
    const auto& users = sample.users;
    const auto where = [&](const auto& condition) {
        const auto text = on(dialects::postgresql(), select(users.id).where(condition));
        return text.substr(text.find("WHERE ") + 6);
    };
    CHECK(where(users.name != "x") == "users.name != $1"); // says nothing of rows without a name, and none is added
    CHECK(where(!(users.name == "x")) == "users.name != $1");
    CHECK(where(!(users.name > "x")) == "users.name <= $1");
    CHECK(where(users.name == users.name) == "users.name = users.name"); // not true where there is no name
    CHECK(where(or_(users.name == "x", users.name != "x")) == "users.name = $1 OR users.name != $2");
    CHECK(where(users.name.is_not_distinct_from(users.name)) == "users.name IS NOT DISTINCT FROM users.name");
    CHECK(where(users.name == null) == "users.name IS NULL");
    CHECK(where(users.name == std::optional<std::string>{}) == "users.name IS NULL");
    CHECK(where(users.name < null_()) == "users.name < NULL");
    CHECK(where(!users.name.in(std::vector<std::string>{"x"})) == "(users.name NOT IN ($1))");
    CHECK(where(and_(users.name == "x", null_() == users.name)).find("NULL") != std::string::npos);
    CHECK(where(case_(when(users.name == "x", true)).else_(false)).starts_with("CASE WHEN"));
}

TEST_CASE("a name says itself whether it is quoted, all the way to the text", "[compiler][core.text.quoted_name]") {
    MetaData metadata;
    Table t{quoted_name("plain", true), metadata, quoted_name("a.b", true)};
    t.add_column(quoted_name("x", true), Integer{}, primary_key);
    t.add_column(quoted_name("UPPER", false), Integer{});
    for (const auto& dialect : {dialects::postgresql(), dialects::sqlite()}) {
        const auto name = R"("a.b"."plain")";
        CHECK(on(dialect, select(t.c("x"), t.c("UPPER")))
              == "SELECT " + std::string{name} + ".\"x\", " + name + ".UPPER FROM " + name);
        CHECK(on(dialect, CreateTable{t}).find("\"x\" ") != std::string::npos);
        CHECK(on(dialect, delete_(t)) == std::string{"DELETE FROM "} + name);
    }
    CHECK(on(dialects::mysql(), select(column(quoted_name("x", true)))) == "SELECT `x`");
    CHECK(on(dialects::mssql(), select(column(quoted_name("x", true)))) == "SELECT [x]");
    CHECK(on(dialects::postgresql(), select(t.c("x").label(quoted_name("y", true)))).find("AS \"y\"") != std::string::npos);
    CHECK(on(dialects::postgresql(), select(alias(t, quoted_name("z", true)).c("x"))).find("AS \"z\"") != std::string::npos);
    // Through copies and other schemas it stays what it is.
    MetaData other;
    const auto copy = t.to_metadata(other);
    CHECK(on(dialects::postgresql(), delete_(copy)) == R"(DELETE FROM "a.b"."plain")");
    CHECK_THROWS_AS(on(dialects::postgresql(), select(column(quoted_name("", true)))), CompileError);
}

TEST_CASE("SQLite: locks are left out, tuples are lists of VALUES", "[dialect]") {
    const Sample sample;
    const auto& users = sample.users;
    CHECK(on(dialects::sqlite(), select(users.id).with_for_update()).find("FOR") == std::string::npos);
    CHECK(on(dialects::sqlite(), select(users.id).where(tuple_(users.id, users.name).in(std::vector<std::tuple<int, std::string>>{{1, "a"}, {2, "b"}})))
          == "SELECT users.id FROM users WHERE (users.id, users.name) IN (VALUES (?, ?), (?, ?))");
}

TEST_CASE("SQLite: indexes of some rows, and of expressions", "[dialect][sl.ddl.partial_index]") {
    MetaData metadata;
    const Users users{metadata};
    const Index some{users, "ix_some", users.name, dialect_option("sqlite_where", users.id > 5)};
    const Index lower{users, "ix_lower", func::lower(users.name), unique};
    const auto statements = create_all_sql(metadata, *dialects::sqlite());
    REQUIRE(statements.size() == 3);
    CHECK(statements[1] == "CREATE INDEX ix_some ON users (name) WHERE id > 5");
    CHECK(statements[2] == "CREATE UNIQUE INDEX ix_lower ON users (lower(name))");
    for (const auto& one : create_all_sql(metadata, *dialects::postgresql())) CHECK(one.find("WHERE") == std::string::npos);
}

TEST_CASE("hstore: access, tests and functions", "[dialect][postgresql]") {
    namespace pg = postgresql;
    MetaData metadata;
    Table t{"t", metadata};
    const auto h = t.add_column("h", pg::HSTORE{});
    const auto shown = [](const auto& expression) {
        const auto text = on(dialects::postgresql(), select(expression));
        return text.substr(7, text.rfind(" AS ") == std::string::npos ? text.find(" FROM") - 7 : text.rfind(" AS ") - 7);
    };
    const std::vector<std::string> keys{"a", "b"};
    CHECK(shown(pg::hstore::get(h, "a")) == "t.h[$1]");
    CHECK(shown(pg::has_key(h, "a")) == "t.h ? $1");
    CHECK(shown(pg::hstore::has_any(h, keys)) == "t.h ?| $1");
    CHECK(shown(pg::hstore::has_all(h, keys)) == "t.h ?& $1");
    CHECK(shown(pg::contains(h, Hstore{{"a", "1"}})) == "t.h @> $1");
    CHECK(shown(pg::contained_by(h, Hstore{{"a", "1"}})) == "t.h <@ $1");
    CHECK(shown(pg::concat(h, Hstore{{"a", "1"}})) == "t.h || $1");
    CHECK(shown(pg::hstore::defined(h, "a")) == "defined(t.h, $1)");
    CHECK(shown(pg::hstore::delete_key(h, "a")) == "delete(t.h, $1)");
    CHECK(shown(pg::hstore::delete_key(h, keys)) == "delete(t.h, $1)");
    CHECK(shown(pg::hstore::slice(h, keys)) == "slice(t.h, $1)");
    CHECK(shown(pg::hstore::keys(h)) == "akeys(t.h)");
    CHECK(shown(pg::hstore::vals(h)) == "avals(t.h)");
    CHECK(shown(pg::hstore::array(h)) == "hstore_to_array(t.h)");
    CHECK(shown(pg::hstore::matrix(h)) == "hstore_to_matrix(t.h)");
    CHECK(shown(pg::hstore::make("a", "1")) == "hstore($1, $2)");
    CHECK(shown(pg::hstore::make(keys, keys)) == "hstore($1, $2)");
}
