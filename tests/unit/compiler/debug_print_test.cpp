// SPDX-License-Identifier: MIT
// Statements and their parts as text for reading: SQL of no database in particular, with named parameters.
#include "support/catch.hpp"

#include <sstream>
#include <string>
#include <vector>

#include <azoth/core.hpp>
#include <azoth/types/postgresql.hpp>

using namespace azoth;

namespace {

struct Users : Table {
    Column<std::int32_t> id{*this, "id", primary_key};
    Column<std::string> name{*this, "name", String{30}};
    Column<std::optional<std::string>> fullname{*this, "fullname"};
    explicit Users(MetaData& md) : Table{"user_account", md} {}
};

struct Sample {
    MetaData metadata;
    Users users{metadata};
};

std::string flat(const std::string& text) {
    std::string result;
    for (const char c : text) {
        const bool blank = c == '\n' || c == '\t' || c == ' ';
        if (!blank) result += c;
        else if (!result.empty() && result.back() != ' ') result += ' ';
    }
    return result;
}

template <class E>
std::string shown(const E& element) {
    std::ostringstream out;
    out << element;
    return flat(out.str());
}

} // namespace

TEST_CASE("a statement prints with parameters named after columns", "[core.compile.debug_print]") {
    const Sample sample;
    const auto& users = sample.users;
    CHECK(shown(select(users.id, users.name).where(users.name == "ed", users.id > 5).limit(3))
          == "SELECT user_account.id, user_account.name FROM user_account WHERE user_account.name = :name_1 AND "
             "user_account.id > :id_1 LIMIT :param_1");
    CHECK(shown(select(users.id).where(users.id > 1, users.id < 9))
          == "SELECT user_account.id FROM user_account WHERE user_account.id > :id_1 AND user_account.id < :id_2");
    CHECK(shown(insert(users).values(users.id = 1, users.name = "ed"))
          == "INSERT INTO user_account (id, name) VALUES (:id, :name)");
    CHECK(shown(insert(users).values(users.name = "a").row(users.name = "b"))
          == "INSERT INTO user_account (name) VALUES (:name_m0), (:name_m1)");
    CHECK(shown(update(users).values(users.name = "ed").where(users.id == 3))
          == "UPDATE user_account SET name=:name WHERE user_account.id = :id_1");
    CHECK(shown(delete_(users).where(users.id == 3)) == "DELETE FROM user_account WHERE user_account.id = :id_1");
    CHECK(shown(text("SELECT :x").bind("x", 1)) == "SELECT :x");
    CHECK(shown(CreateTable{users}).starts_with("CREATE TABLE user_account ( id INTEGER NOT NULL, name VARCHAR(30) NOT NULL"));
}

TEST_CASE("lists stay unexpanded in print, and values out of it", "[core.compile.debug_print]") {
    const Sample sample;
    const auto& users = sample.users;
    const auto statement = select(users.id).where(users.id.in(std::vector<int>{1, 2, 3}), users.name == "secret");
    const auto text = shown(statement);
    CHECK(text == "SELECT user_account.id FROM user_account WHERE user_account.id IN (__[POSTCOMPILE_id_1]) AND user_account.name "
                  "= :name_1");
    CHECK(text.find("secret") == std::string::npos);
    CHECK(shown(select(users.id).where(users.id.in(std::vector<int>{}))).find("(__[POSTCOMPILE_id_1])") != std::string::npos);
}

TEST_CASE("any part of a statement prints without an engine", "[core.expr.compile_standalone]") {
    const Sample sample;
    const auto& users = sample.users;
    CHECK(shown(users.name == "ed") == "user_account.name = :name_1");
    CHECK(shown(users.id + 5 > 3) == "user_account.id + :id_1 > :param_1");
    CHECK(shown(func::lower(users.name) == "ed") == "lower(user_account.name) = :lower_1");
    CHECK(shown(users.id) == "user_account.id");
    CHECK(shown(users) == "user_account");
    CHECK(shown(column("x")) == "x");
    CHECK(shown(users.id.between(3, 9)) == "user_account.id BETWEEN :id_1 AND :id_2");
    CHECK(shown(users.name.is(null)) == "user_account.name IS NULL");
    CHECK(shown(and_(users.id == 1, or_(users.id == 2, users.name == "x")))
          == "user_account.id = :id_1 AND (user_account.id = :id_2 OR user_account.name = :name_1)");
    CHECK(shown(select(users.id).subquery("s")) == "(SELECT user_account.id AS id FROM user_account) AS s");
    CHECK(shown(alias(users, "u")) == "user_account AS u");
    CHECK(shown(literal(5)) == ":param_1");
    CHECK(shown(bindparam<int>("x")) == ":x");
}

TEST_CASE("what no standard has prints as well as it can", "[core.expr.compile_standalone]") {
    const Sample sample;
    const auto& users = sample.users;
    CHECK(shown(users.name.regexp_match("a.b")) == "user_account.name <regexp> :name_1");
    CHECK(shown(Sequence{"numbers"}.next_value()) == "<next sequence value: numbers>");
    CHECK(shown(users.name.ilike("ED%")).find("lower(") == 0);
    CHECK(shown(insert(users).values(users.name = "x").on_conflict_do_nothing()).find("ON CONFLICT DO NOTHING") != std::string::npos);
    CHECK(shown(insert(users).values(users.name = "x").on_duplicate_key_update(users.name = "y"))
              .find("ON DUPLICATE KEY UPDATE") != std::string::npos);
    CHECK(shown(cast(users.name, postgresql::CITEXT{})) == "CAST(user_account.name AS CITEXT)");
    CHECK(shown(try_cast(users.name, Integer{})) == "TRY_CAST(user_account.name AS INTEGER)");
    const auto odd = Construct{"odd"}.compiles("postgresql", [](SqlWriter& w) { w.raw("odd()"); });
    CHECK_THROWS_AS(shown(odd.call<int>()), CompileError); // nobody said how
}

TEST_CASE("a part prints as one dialect writes it", "[core.expr.compile_standalone]") {
    const Sample sample;
    const auto& users = sample.users;
    CHECK(flat(to_string(users.name.is_distinct_from("x"), dialects::sqlite())) == "user_account.name IS NOT ?");
    CHECK(flat(to_string(users.id == 5, dialects::postgresql())) == "user_account.id = $1");
    CHECK(flat(to_string(select(users.id), dialects::mysql())) == "SELECT user_account.id FROM user_account");
    CHECK(flat(to_string(users.id.in(1, 2), dialects::postgresql())) == "user_account.id IN ($1, $2)");
}

TEST_CASE("compile() takes literals, unexpanded lists and other schemas", "[core.compile.kwargs][core.bind.render_postcompile]") {
    MetaData metadata;
    Table t{"t", metadata, "crew"};
    t.add_column("id", Integer{}, primary_key);
    t.add_column("name", String{9});
    const auto statement = select(t.c("id")).where(t.c("id").in(std::vector<int>{1, 2}), t.c("name") == "it's");
    const auto with = [&](const CompileOptions& options) { return flat(compile(statement, dialects::sqlite(), options).sql()); };
    CHECK(with(CompileOptions{}) == "SELECT crew.t.id FROM crew.t WHERE crew.t.id IN (?, ?) AND crew.t.name = ?");
    CHECK(with(CompileOptions{}.literal_binds())
          == "SELECT crew.t.id FROM crew.t WHERE crew.t.id IN (1, 2) AND crew.t.name = 'it''s'");
    CHECK(with(CompileOptions{}.render_postcompile(false))
          == "SELECT crew.t.id FROM crew.t WHERE crew.t.id IN (__[POSTCOMPILE_id_1]) AND crew.t.name = ?");
    SchemaTranslateMap map;
    map["crew"] = "Other";
    CHECK(with(CompileOptions{}.schema_translate_map(map))
          == "SELECT \"Other\".t.id FROM \"Other\".t WHERE \"Other\".t.id IN (?, ?) AND \"Other\".t.name = ?");
    map["crew"] = "";
    CHECK(with(CompileOptions{}.schema_translate_map(map).literal_binds())
          == "SELECT t.id FROM t WHERE t.id IN (1, 2) AND t.name = 'it''s'");
    CHECK(compile(statement, dialects::sqlite(), CompileOptions{}).params().size() == 3);
    // Lists without members, and parameter rows in the same breath.
    const auto none = select(t.c("id")).where(t.c("id").in(std::vector<int>{}));
    CHECK(flat(compile(none, dialects::postgresql()).sql()) == "SELECT crew.t.id FROM crew.t WHERE crew.t.id IN (NULL) AND (1 != 1)");
}
