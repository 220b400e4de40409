// SPDX-License-Identifier: MIT
// Engines: what create_engine() refuses, the statement cache, the log, and what errors carry.
#include "support/catch.hpp"

#include <azoth/dialect/dialect.hpp>
#include <azoth/schema/metadata.hpp>
#include <azoth/sql/column.hpp>
#include <azoth/sql/dml.hpp>
#include <azoth/sql/select.hpp>
#include <azoth/sql/text.hpp>

#include "support/scripted_engine.hpp"

using namespace azoth;
using namespace azoth::testing;
using Catch::Matchers::Contains;

namespace {

using Lines = std::vector<std::string>;

struct Things : Table {
    Column<std::int64_t> id{*this, "id", primary_key};
    Column<std::string> name{*this, "name"};
    explicit Things(MetaData& metadata) : Table{"thing", metadata} {}
};

EngineOptions logging_to(Lines& lines) {
    EngineOptions options;
    options.echo = true;
    options.echo_sink = [&lines](std::string_view line) { lines.emplace_back(line); };
    return options;
}

} // namespace

TEST_CASE("create_engine: what it refuses", "[engine][core.engine.create]") {
    asio::io_context io;
    const auto executor = io.get_executor();
    const auto url = register_script(std::make_shared<Script>());
    CHECK_THROWS_AS(create_engine(executor, "nonsense://x"), NoSuchModuleError);
    CHECK_THROWS_WITH(create_engine(executor, "nonsense://x"), Contains("'nonsense'") && Contains("script"));
    CHECK_THROWS_WITH(create_engine(executor, "script1+fast://x"), Contains("'script1+fast'"));
    CHECK_THROWS_AS(create_engine(executor, "oracle+oracledb://x"), NoSuchModuleError);
    CHECK_THROWS_WITH(create_engine(executor, "mssql://x"), Contains("'mssql' writes SQL only"));
    CHECK_THROWS_AS(create_engine(executor, "no url at all"), ArgumentError);
    CHECK_THROWS_WITH(create_engine(executor, url, {.pool_size = -1}), Contains("pool_size is -1"));
    CHECK_THROWS_WITH(create_engine(executor, url, {.max_overflow = -2}), Contains("max_overflow is -2"));
    CHECK_THROWS_AS(create_engine(executor, url, {.pool_timeout = std::chrono::seconds{-1}}), ArgumentError);
    CHECK_THROWS_AS(create_engine(asio::any_io_executor{}, url), ArgumentError);
}

TEST_CASE("engine: says what it was made of", "[engine]") {
    ScriptedEngine db{{.pool_size = 7}};
    CHECK(db.engine.url().host == "test");
    CHECK(db.engine.dialect()->name() == "sqlite");
    CHECK(db.engine.options().pool_size == 7);
    CHECK(db.engine.executor() == db.io.get_executor());
    const auto copy = db.engine;
    CHECK(copy == db.engine);
}

TEST_CASE("engine: statements are compiled once", "[engine][cache][core.cache.key][core.compile.two_stage]") {
    ScriptedEngine db;
    MetaData metadata;
    const Things things{metadata};
    db.script->answer = [](const Call& call) {
        return call.text.starts_with("SELECT") ? Reply::table({"id"}, {}) : Reply{};
    };
    auto& cache = db.engine.compiled_cache();
    db.run([&]() -> asio::awaitable<void> {
        auto connection = co_await db.engine.connect();
        const auto kept = select(things.id).where(things.name == "a");
        co_await connection.execute(kept);
        co_await connection.execute(kept);
        CHECK(cache.misses() == 1);
        CHECK(cache.hits() == 1);
        co_await connection.execute(select(things.id).where(things.name == "b")
        ); // the same but for its value
        CHECK(cache.misses() == 1);
        CHECK(cache.hits() == 2);
        CHECK(cache.size() == 1);
        co_await connection.execute(select(things.id).where(things.name == "b").limit(1));
        CHECK(cache.size() == 2);
        const auto found = connection.lookup(kept.node());
        CHECK(found.cached);
        CHECK(found.binds->nodes.size() == 1);
    });
    std::vector<Value> values;
    for (const auto& call : db.script->calls())
        if (!call.params.empty()) values.push_back(call.params.front());
    CHECK(values == std::vector<Value>{string("a"), string("a"), string("b"), string("b")});
}

TEST_CASE("engine: the lower door executes what is compiled already",
          "[engine][core.conn.raw_access][core.conn.autobegin]") {
    ScriptedEngine db;
    MetaData metadata;
    const Things things{metadata};
    db.run([&]() -> asio::awaitable<void> {
        auto connection = co_await db.engine.connect();
        const auto statement = update(things).values(things.name = "a").where(things.id == 1);
        const auto found = connection.lookup(statement.node());
        Compiled::Bound bound;
        found.compiled->bind(*found.binds, bound);
        co_await connection.execute_compiled(found.compiled, bound);

        const auto batch = insert(things).columns(things.id);
        const auto rows = connection.lookup(batch.node());
        const std::vector<Param> params{TypeTraits<int>::param(1), TypeTraits<int>::param(2)};
        const auto result =
            co_await connection.execute_batch(rows.compiled, params, 2, driver::BatchWants::nothing);
        CHECK(result.affected == 2);
        co_await connection.run("CREATE TABLE x (y)");
        auto* driver = co_await connection.driver_connection();
        CHECK(driver->in_transaction());
        co_await connection.commit();
    });
    CHECK(
        db.script->log() ==
        Lines{
            "BEGIN",
            "UPDATE thing SET name=? WHERE thing.id = ?",
            "INSERT INTO thing (id) VALUES (?)",
            "CREATE TABLE x (y)",
            "COMMIT"
        }
    );
}

TEST_CASE("echo: statements, parameters and transactions, as SQLAlchemy shows them",
          "[engine][echo][core.engine.echo][core.log.txn][core.log.badges]") {
    Lines lines;
    ScriptedEngine db{logging_to(lines)};
    MetaData metadata;
    const Things things{metadata};
    db.run([&]() -> asio::awaitable<void> {
        auto connection = co_await db.engine.connect();
        for (int i = 1; i <= 2; ++i)
            co_await connection.execute(insert(things).values(things.id = i, things.name = "it's"));
        const std::vector<std::tuple<int, std::string>> rows{{3, "c"}, {4, "d"}};
        co_await connection.execute(insert(things).columns(things.id, things.name), rows);
        co_await connection.commit();
        co_await connection.execute(text("SELECT 1"));
        co_await connection.close();
    });
    CHECK(
        lines ==
        Lines{
            "BEGIN (implicit)",
            "INSERT INTO thing (id, name) VALUES (?, ?)",
            "[generated] (1, 'it''s')",
            "INSERT INTO thing (id, name) VALUES (?, ?)",
            "[cached] (2, 'it''s')",
            "INSERT INTO thing (id, name) VALUES (?, ?)",
            "[generated] [(3, 'c'), (4, 'd')]",
            "COMMIT",
            "BEGIN (implicit)",
            "SELECT 1",
            "[generated] ()",
            "ROLLBACK"
        }
    );
}

TEST_CASE("echo: hidden parameters stay hidden, long batches are shortened",
          "[engine][echo][core.engine.hide_parameters][core.log.params]") {
    Lines lines;
    auto options = logging_to(lines);
    MetaData metadata;
    const Things things{metadata};
    {
        ScriptedEngine db{options};
        db.run([&]() -> asio::awaitable<void> {
            auto connection = co_await db.engine.connect();
            std::vector<int> ids(100, 7);
            co_await connection.execute(insert(things).columns(things.id), ids);
        });
        CHECK_THAT(lines[2], Contains("displaying 10 of 100 total bound parameter sets"));
        CHECK(lines[2].size() < 200);
    }
    lines.clear();
    options.hide_parameters = true;
    ScriptedEngine db{options};
    db.run([&]() -> asio::awaitable<void> {
        auto connection = co_await db.engine.connect();
        co_await connection.execute(text("SELECT :secret").bind("secret", "xyzzy"));
    });
    for (const auto& line : lines) CHECK_THAT(line, !Contains("xyzzy"));
}

TEST_CASE("errors: the same class, with statement and parameters",
          "[engine][errors][core.err.statement_context][core.err.dbapi_wrap][core.engine.hide_parameters]") {
    const auto refuse = [](const Call& call) {
        return call.text.starts_with("INSERT") ? Reply::failing(errc::unique_violation, "duplicate")
                                               : Reply{};
    };
    MetaData metadata;
    const Things things{metadata};
    for (const bool hidden : {false, true}) {
        ScriptedEngine db{{.hide_parameters = hidden}};
        db.script->answer = refuse;
        bool caught = false;
        try {
            db.run([&]() -> asio::awaitable<void> {
                auto connection = co_await db.engine.connect();
                co_await connection.execute(insert(things).values(things.id = 1, things.name = "secret"));
            });
        } catch (const IntegrityError& error) {
            caught = true;
            CHECK(error.code() == errc::unique_violation);
            CHECK(error.statement() == "INSERT INTO thing (id, name) VALUES (?, ?)");
            if (hidden) {
                CHECK(error.parameters().empty());
                CHECK_THAT(error.what(), !Contains("secret"));
            } else {
                CHECK(error.parameters() == std::vector<std::string>{"1", "'secret'"});
                CHECK_THAT(error.what(), Contains("[parameters: (1, 'secret')]"));
            }
        }
        CHECK(caught);
    }
}

TEST_CASE("pipeline: statements in order, a tuple of results", "[engine][core.conn.scalar]") {
    ScriptedEngine db;
    MetaData metadata;
    const Things things{metadata};
    db.script->answer = [](const Call& call) {
        if (call.text.starts_with("SELECT thing.id")) return Reply::table({"id"}, {{integer(5)}});
        if (call.text.starts_with("SELECT thing.name")) return Reply::table({"name"}, {{string("x")}});
        return Reply{};
    };
    db.run([&]() -> asio::awaitable<void> {
        auto connection = co_await db.engine.connect();
        const auto results =
            co_await connection.pipeline(select(things.id), select(things.name), text("SELECT"));
        CHECK(std::get<0>(results).scalar_one() == 5);
        CHECK(std::get<1>(results).scalar_one() == "x");
        CHECK_FALSE(std::get<2>(results).returns_rows());
        const auto id = co_await connection.scalar(select(things.id));
        CHECK(id == 5);
        const auto names = co_await connection.scalars(select(things.name));
        CHECK(names.all() == std::vector<std::string>{"x"});
    });
}
