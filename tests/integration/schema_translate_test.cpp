// SPDX-License-Identifier: MIT
// One set of tables in many schemas: what is executed, created and reflected through a schema_translate_map.
#include "support/backend.hpp"
#include "support/catch.hpp"

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include <azoth/azoth.hpp>
#include <azoth/testing/statement_log.hpp>

namespace az = azoth;

namespace {

std::string backend_name() {
    const auto names = backend_names();
    return GENERATE_COPY(from_range(names));
}

struct Here : az::Table { // of no schema
    az::Column<std::int64_t> id{*this, "id", az::primary_key};
    az::Column<std::string> name{*this, "name", az::String{20}};
    explicit Here(az::MetaData& md) : az::Table{"here", md} {}
};
struct There : az::Table { // of a schema that does not exist
    az::Column<std::int64_t> id{*this, "id", az::primary_key};
    az::Column<std::string> name{*this, "name", az::String{20}};
    explicit There(az::MetaData& md) : az::Table{"there", md, "per_user"} {}
};

/// Two schemas of this test's own.
struct Tenants {
    std::string one;
    std::string two;
    std::vector<std::string> make;
    std::vector<std::string> drop;

    explicit Tenants(const std::string& dialect) : one("azoth_tenant_one"), two("azoth tenant \"two\"") {
        if (dialect == "sqlite") {
            two = "tenant two";
            make = {"ATTACH ':memory:' AS azoth_tenant_one", "ATTACH ':memory:' AS \"tenant two\""};
        } else if (dialect == "postgresql") {
            make = {"CREATE SCHEMA azoth_tenant_one", R"(CREATE SCHEMA "azoth tenant ""two""")"};
            drop = {"DROP SCHEMA azoth_tenant_one CASCADE", R"(DROP SCHEMA "azoth tenant ""two""" CASCADE)"};
        } else {
            two = "azoth_tenant`two";
            make = {"CREATE DATABASE azoth_tenant_one", "CREATE DATABASE `azoth_tenant``two`"};
            drop = {"DROP DATABASE azoth_tenant_one", "DROP DATABASE `azoth_tenant``two`"};
        }
    }
};

asio::awaitable<void> run_each(az::Engine engine, std::vector<std::string> statements) {
    auto connection = co_await engine.connect();
    connection.isolation_level(az::IsolationLevel::autocommit);
    for (const auto& statement : statements) co_await connection.run(statement);
    co_await connection.close();
}

asio::awaitable<void> tenants(az::Engine engine, bool& done) {
    const Tenants schemas{std::string{engine.dialect()->name()}};
    co_await run_each(engine, schemas.make);
    az::MetaData metadata;
    const Here here{metadata};
    const There there{metadata};
    az::SchemaTranslateMap first;
    first["per_user"] = schemas.one;
    first[""] = schemas.one;
    az::SchemaTranslateMap second;
    second["per_user"] = schemas.two;
    az::SchemaTranslateMap away; // the schema is taken away, and the one without gets one
    away["per_user"] = "";
    away[""] = schemas.two;

    auto connection = co_await engine.connect();
    connection.schema_translate_map(first);
    co_await metadata.create_all(connection);
    co_await metadata.create_all(connection); // it sees that they are there
    co_await connection.commit();
    connection.schema_translate_map(away);
    co_await metadata.create_all(connection);
    co_await connection.commit();
    connection.schema_translate_map(second);
    co_await connection.execute(az::CreateTable{there});
    co_await connection.commit();

    // The same statement object, toggled between maps with and without an entry for no schema.
    auto& cache = engine.compiled_cache();
    const auto add = az::insert(there).values(there.name = "x");
    const auto add_here = az::insert(here).values(here.name = "h");
    const auto count = az::select(az::func::count()).select_from(there);
    const auto count_here = az::select(az::func::count(here.id)).where(here.name == "h");
    for (int round = 0; round < 2; ++round) {
        connection.schema_translate_map(first);
        co_await connection.execute(add);
        co_await connection.execute(add);
        co_await connection.execute(add_here);
        connection.schema_translate_map(second);
        const auto key = co_await connection.execute(add);
        CHECK(key.inserted_primary_key().get<std::int64_t>(0) == round + 1);
        connection.schema_translate_map(away);
        co_await connection.execute(add_here);
        co_await connection.execute(add_here);
        co_await connection.execute(add_here);
        const auto in_two = co_await connection.scalar(count_here);
        CHECK(in_two == 3 * (round + 1));
        connection.schema_translate_map(first);
        const auto here_in_one = co_await connection.scalar(count_here);
        CHECK(here_in_one == round + 1);
        const auto in_one = co_await connection.scalar(count);
        CHECK(in_one == 2 * (round + 1));
    }
    const auto compiled = cache.size();
    const auto misses = cache.misses();
    const auto with = az::ExecutionOptions{}.schema_translate_map(second); // for one execution only
    const auto there_in_two = co_await connection.execute(count, with);
    CHECK(there_in_two.scalar() == 2);
    az::SchemaTranslateMap mapped_again = second;
    mapped_again["unused"] = "whatever";
    connection.schema_translate_map(mapped_again);
    const auto still = co_await connection.scalar(count);
    CHECK(still == 2);
    CHECK(cache.size() == compiled); // maps are no part of what is compiled
    CHECK(cache.misses() == misses);

    // Rows, RETURNING and streams; text() is left alone.
    connection.schema_translate_map(first);
    const std::vector<std::tuple<std::string>> rows{{"p"}, {"q"}};
    co_await connection.execute(az::insert(there).columns(there.name), rows);
    const auto after = co_await connection.scalar(count);
    CHECK(after == 6);
    auto stream = co_await connection.stream(az::select(there.name));
    std::size_t streamed = 0;
    while (co_await stream.next()) ++streamed;
    CHECK(streamed == 6);
    co_await connection.commit();
    bool failed = false;
    try {
        co_await connection.execute(az::text("SELECT * FROM per_user.there"));
    } catch (const az::DBAPIError&) {
        failed = true;
    }
    CHECK(failed);
    co_await connection.rollback();

    // Reflection of a table reads from the schema that stands for its own.
    az::MetaData reflected;
    connection.schema_translate_map(second);
    const auto found = co_await az::reflect_table(connection, reflected, "there", az::ReflectOptions{}.schema("per_user"));
    CHECK(found.schema() == "per_user");
    CHECK(found.c("name").name() == "name");
    const auto read = co_await connection.scalar(az::select(az::func::count()).select_from(found));
    CHECK(read == 2);
    co_await connection.rollback();

    for (const auto& map : {first, away}) {
        connection.schema_translate_map(map);
        co_await metadata.drop_all(connection);
        co_await connection.commit();
    }
    connection.schema_translate_map(second);
    co_await connection.execute(az::DropTable{there});
    co_await connection.commit();

    // The next borrower knows nothing of it.
    connection.schema_translate_map(first);
    co_await connection.close();
    auto next = co_await engine.connect();
    failed = false;
    try {
        co_await next.scalar(count);
    } catch (const az::DBAPIError& error) {
        failed = error.statement().find("per_user") != std::string::npos;
    }
    CHECK(failed);
    co_await next.close();
    co_await run_each(engine, schemas.drop);
    done = true;
}

asio::awaitable<void> of_engine(Backend& backend, bool& done) {
    az::EngineOptions options;
    options.schema_translate_map["per_user"] = "";
    const auto engine = backend.make_engine(options);
    az::MetaData metadata;
    const There there{metadata};
    co_await metadata.create_all(engine);
    co_await engine.begin([&](az::Connection& connection) -> asio::awaitable<void> {
        co_await connection.execute(az::insert(there).values(there.name = "x"));
    });
    auto connection = co_await engine.connect();
    const auto names = co_await connection.scalars(az::select(there.name));
    CHECK(names.all() == std::vector<std::string>{"x"});
    const auto raw = co_await connection.scalar(az::text("SELECT count(*) FROM there"));
    CHECK(raw == az::Value{std::int64_t{1}});
    co_await connection.close();
    co_await metadata.drop_all(engine);
    co_await engine.dispose();
    done = true;
}

} // namespace

TEST_CASE(
    "tables are executed, created and reflected in the schemas that stand for theirs",
    "[integration][core.conn.schema_translate_map][core.schema.dynamic_schema]") {
    const auto name = backend_name();
    if (name == "sqlite file") return; // attached databases belong to one connection
    Backend backend{name};
    bool done = false;
    backend.run(tenants(backend.engine(), done));
    CHECK(done);
}

TEST_CASE("an engine has a schema_translate_map for all its connections", "[integration][core.opt.schema_translate_map]") {
    Backend backend{backend_name()};
    bool done = false;
    backend.run(of_engine(backend, done));
    CHECK(done);
}
