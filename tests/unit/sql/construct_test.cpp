// SPDX-License-Identifier: MIT
// Constructs of a program's own: expressions, FROM elements, statements, DDL; and what Azoth has itself, written otherwise.
#include "support/catch.hpp"

#include <string>
#include <vector>

#include <azoth/core.hpp>
#include <azoth/schema/metadata.hpp>
#include <azoth/sql/ddl.hpp>
#include <azoth/sql/table_function.hpp>
#include <azoth/sql/traverse.hpp>

#include "support/scripted_engine.hpp"

using namespace azoth;
using namespace azoth::testing;
using Catch::Matchers::Contains;

namespace {

struct Users : Table {
    Column<std::int32_t> id{*this, "id", primary_key};
    Column<std::string> name{*this, "name", String{30}};
    explicit Users(MetaData& md) : Table{"users", md} {}
};
struct Archive : Table {
    Column<std::int32_t> id{*this, "id", primary_key};
    Column<std::string> name{*this, "name", String{30}};
    explicit Archive(MetaData& md) : Table{"Archive", md} {}
};
struct World {
    MetaData metadata;
    Users users{metadata};
    Archive archive{metadata};
};

std::string on(const std::shared_ptr<const Dialect>& dialect, const auto& statement) { return compile(statement, dialect).sql(); }

/// Overrides until the end of a test.
struct Overridden {
    Overridden(sql::NodeKind what, std::string where, sql::ConstructHandler handler) : kind(what), dialect(std::move(where)) {
        override_compilation(kind, dialect, std::move(handler));
    }
    ~Overridden() { override_compilation(kind, dialect, {}); }
    sql::NodeKind kind;
    std::string dialect;
};

const Construct insert_from = Construct{"insert_from"}.compiles(
    [](SqlWriter& w) { w.raw("INSERT INTO ").argument(0).raw(" (").argument(1).raw(")"); });

} // namespace

TEST_CASE("the nearest function writes a construct, and without one the error names construct and dialect",
          "[sql][construct][core.ext.custom_construct]") {
    const World world;
    const auto& users = world.users;
    const auto half = Construct{"half"}
                          .compiles([](SqlWriter& w) { w.raw("(").argument(0).raw(" / 2)"); })
                          .compiles("mysql", [](SqlWriter& w) { w.argument(0).raw(" DIV 2"); });
    const auto statement = select(half.call<std::int32_t>(users.id + 1).label("h"));
    CHECK(on(dialects::sqlite(), statement) == "SELECT (users.id + ? / 2) AS h FROM users");
    CHECK_THAT(on(dialects::mariadb(), statement), Contains("DIV 2")); // MySQL's is for MariaDB too
    CHECK(on(dialects::postgresql(), select(half.call<std::int32_t>(select(users.id).scalar_subquery()).label("h")))
          == "SELECT ((SELECT users.id FROM users) / 2) AS h");

    const auto only = Construct{"only_oracle"}.compiles("oracle", [](SqlWriter& w) { w.raw("x"); });
    CHECK_THROWS_AS(on(dialects::sqlite(), select(only.call())), UnsupportedCompilationError);
    CHECK_THROWS_WITH(on(dialects::sqlite(), select(only.call())), Contains("'only_oracle'") && Contains("sqlite"));
    CHECK_THROWS_AS(on(dialects::sqlite(), insert_from.statement(world.archive)), ArgumentError); // too few arguments

    // Functions see the dialect and its server.
    const auto says = Construct{"says"}.compiles(
        [](SqlWriter& w) { w.raw(w.target().has(ServerVersion{3, 45}) ? "jsonb" : "json").raw("(").list().raw(")"); });
    CHECK(on(dialects::sqlite(ServerVersion{3, 40}), select(says.call(1).label("x"))) == "SELECT json(?) AS x");
    CHECK(on(dialects::sqlite(ServerVersion{3, 46}), select(says.call(1).label("x"))) == "SELECT jsonb(?) AS x");
}

TEST_CASE("what is not said to be cacheable is compiled each time", "[sql][construct][core.ext.custom_construct]") {
    ScriptedEngine db;
    int calls = 0;
    const auto counted = Construct{"counted"}.compiles([&calls](SqlWriter& w) { w.raw("f" + std::to_string(++calls) + "()"); });
    db.run([&]() -> asio::awaitable<void> {
        auto connection = co_await db.engine.connect();
        const auto statement = select(counted.call<std::int32_t>().label("x"));
        co_await connection.execute(statement);
        co_await connection.execute(statement);
        CHECK(calls == 2);
        CHECK(db.engine.compiled_cache().size() == 0);
        const auto kept = select(counted.cache_ok().call<std::int32_t>().label("x"));
        co_await connection.execute(kept);
        co_await connection.execute(kept);
        CHECK(calls == 3);
        CHECK(db.engine.compiled_cache().size() == 1);
        co_await connection.rollback();
        co_await connection.close();
    });
    CHECK(db.script->count("SELECT f1() AS x") == 1);
    CHECK(db.script->count("SELECT f2() AS x") == 1);
}

TEST_CASE("constructs are expressions, functions, FROM elements, statements and DDL", "[sql][construct][core.ext.bases]") {
    const World world;
    const auto& users = world.users;

    // A statement, with a table and a SELECT inside.
    const auto copied = insert_from.statement(world.archive, select(users.id, users.name).where(users.id > 5));
    CHECK(on(dialects::postgresql(), copied) == "INSERT INTO \"Archive\" (SELECT users.id, users.name FROM users WHERE users.id > $1)");
    CHECK(compile(copied, dialects::postgresql()).params().size() == 1);
    const auto both = insert_from.statement(world.archive, union_(select(users.id), select(world.archive.id)));
    CHECK(on(dialects::sqlite(), both) == "INSERT INTO \"Archive\" (SELECT users.id FROM users UNION SELECT \"Archive\".id FROM \"Archive\")");

    // A FROM element with columns.
    const auto series = Construct{"series"}
                            .compiles([](SqlWriter& w) { w.raw("generate_series(").list().raw(")"); })
                            .compiles("sqlite", [](SqlWriter& w) { w.raw("series_of(").list().raw(")"); })
                            .cache_ok();
    const auto rows = table_valued(series.call(1, 10), "value").alias("s");
    CHECK(on(dialects::postgresql(), select(rows.c("value")).where(rows.c("value") > 3))
          == "SELECT s.value FROM generate_series($1, $2) AS s WHERE s.value > $3");
    CHECK_THAT(on(dialects::sqlite(), select(rows.c("value"))), Contains("FROM series_of(?, ?) AS s"));

    // An element with a type: it has that type's operators.
    const auto upper_of = Construct{"upper_of"}.compiles([](SqlWriter& w) { w.raw("upper(").list().raw(")"); }).cache_ok();
    CHECK(on(dialects::sqlite(), select(users.id).where(upper_of.call<std::string>(users.name).startswith("A")))
          == "SELECT users.id FROM users WHERE (upper(users.name) LIKE ? || '%')");
    CHECK(sql::type_of(*upper_of.typed_call(Numeric{8, 2}, users.id).node()).precision == 8);

    // DDL: values stand in the text.
    const auto refresh = Construct{"refresh"}.compiles(
        [](SqlWriter& w) { w.raw("REFRESH VIEW ").identifier("Odd Name").raw(" LIMIT ").argument(0); });
    CHECK(on(dialects::postgresql(), refresh.ddl(5)) == "REFRESH VIEW \"Odd Name\" LIMIT 5");
    CHECK(on(dialects::mysql(), refresh.ddl("it's")) == "REFRESH VIEW `Odd Name` LIMIT 'it''s'");
    CHECK_THROWS_AS(on(dialects::sqlite(), Construct{"none"}.ddl()), UnsupportedCompilationError);

    // All that an expression is: replaced, compared, labelled.
    const auto other = sql::adapt(select(upper_of.call<std::string>(users.name).label("u")).node(), users.node(), alias(users, "a").node());
    CHECK(compile_node(*other, *dialects::sqlite()).sql() == "SELECT upper(a.name) AS u FROM users AS a");
}

TEST_CASE("a construct is executed as a statement", "[sql][construct][core.ext.bases]") {
    ScriptedEngine db;
    World world;
    const auto refresh = Construct{"refresh"}.compiles([](SqlWriter& w) { w.raw("REFRESH ").argument(0); });
    db.run([&]() -> asio::awaitable<void> {
        auto connection = co_await db.engine.connect();
        const auto statement = insert_from.statement(world.archive, select(world.users.id).where(world.users.id == 7));
        co_await connection.execute(statement);
        co_await connection.execute(refresh.ddl(world.archive));
        co_await connection.rollback();
        co_await connection.close();
    });
    const auto log = db.script->log();
    const auto has = [&](const std::string& text) { return std::ranges::find(log, text) != log.end(); };
    CHECK(has("INSERT INTO \"Archive\" (SELECT users.id FROM users WHERE users.id = ?)"));
    CHECK(has("REFRESH \"Archive\""));
}

TEST_CASE("what Azoth writes is written otherwise, on one dialect or all", "[sql][construct][core.ext.custom_construct]") {
    const World world;
    const auto& users = world.users;
    const auto added = insert(users).values(users.id = 1, users.name = "a");
    const auto plain = on(dialects::mysql(), added);
    {
        const Overridden all(sql::NodeKind::insert, "", [](SqlWriter& w) { w.raw("/* mine */ ").write_default(); });
        const Overridden one(sql::NodeKind::insert, "postgresql", [](SqlWriter& w) { w.write_default().raw(" -- here"); });
        CHECK(on(dialects::mysql(), added) == "/* mine */ " + plain);
        CHECK(on(dialects::postgresql(), added) == "INSERT INTO users (id, name) VALUES ($1, $2) -- here");
        CHECK(compile(added, dialects::mysql()).params().size() == 2);
        CHECK(on(dialects::mysql(), select(users.id)) == "SELECT users.id FROM users");
    }
    CHECK(on(dialects::mysql(), added) == plain);
    {
        const Overridden functions(sql::NodeKind::function, "sqlite", [](SqlWriter& w) {
            const auto& node = static_cast<const sql::FunctionNode&>(w.element());
            if (node.name != "greatest") w.write_default();
            else w.raw("max(").list().raw(")");
        });
        const Overridden tables(sql::NodeKind::table, "sqlite", [](SqlWriter& w) { w.write_default().raw(" INDEXED BY ix"); });
        const auto nested = select(func::call<std::int32_t>("greatest", users.id, func::call<std::int32_t>("greatest", users.id, 3)).label("g"));
        CHECK(on(dialects::sqlite(), nested) == "SELECT max(users.id, max(users.id, ?)) AS g FROM users INDEXED BY ix");
        CHECK(on(dialects::sqlite(), select(func::lower(users.name).label("l"))) == "SELECT lower(users.name) AS l FROM users INDEXED BY ix");
        CHECK_THAT(on(dialects::postgresql(), nested), Contains("greatest(users.id, greatest("));
    }
    {
        const Overridden select_all(sql::NodeKind::select, "sqlite", [](SqlWriter& w) { w.raw("EXPLAIN ").write_default(); });
        CHECK(on(dialects::sqlite(), select(users.id)) == "EXPLAIN SELECT users.id FROM users");
    }
    CHECK_THROWS_AS(override_compilation(sql::NodeKind::custom, "", [](SqlWriter&) {}), ArgumentError);
    const auto confused = Construct{"confused"}.compiles([](SqlWriter& w) { w.write_default(); });
    CHECK_THROWS_AS(on(dialects::sqlite(), select(confused.call())), InvalidRequestError);
}

TEST_CASE("what engines have compiled is forgotten when it is to be written otherwise", "[sql][construct][core.ext.custom_construct]") {
    ScriptedEngine db;
    World world;
    const auto statement = select(func::call<std::int32_t>("greatest", world.users.id, 3).label("g"));
    db.run([&]() -> asio::awaitable<void> {
        auto connection = co_await db.engine.connect();
        co_await connection.execute(statement);
        override_compilation(sql::NodeKind::function, "sqlite", [](SqlWriter& w) { w.raw("max(").list().raw(")"); });
        co_await connection.execute(statement);
        override_compilation(sql::NodeKind::function, "sqlite", {});
        co_await connection.execute(statement);
        co_await connection.rollback();
        co_await connection.close();
    });
    CHECK(db.script->count("SELECT max(users.id, ?) AS g FROM users") == 1);
    CHECK(db.script->count("SELECT greatest(users.id, ?) AS g FROM users") == 2);
}
