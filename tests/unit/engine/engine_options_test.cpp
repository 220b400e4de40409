// SPDX-License-Identifier: MIT
// What engines and connections can be told, and what they say of themselves, on a scripted database.
#include "support/catch.hpp"

#include <azoth/compiler/cache.hpp>
#include <azoth/engine/config.hpp>
#include <azoth/engine/mock.hpp>
#include <azoth/schema/metadata.hpp>
#include <azoth/sql/column.hpp>
#include <azoth/sql/dml.hpp>
#include <azoth/sql/select.hpp>
#include <azoth/sql/text.hpp>

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>

#include "support/scripted_engine.hpp"

using namespace azoth;
using namespace azoth::testing;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;

namespace {

using Lines = std::vector<std::string>;

struct Things : Table {
    Column<std::int64_t> id{*this, "id", primary_key};
    Column<std::string> name{*this, "name"};
    explicit Things(MetaData& metadata) : Table{"thing", metadata} {}
};

asio::awaitable<void> connect_and_close(Engine engine) {
    auto connection = co_await engine.connect();
    co_await connection.execute(text("SELECT 1"));
    co_await connection.close();
}

} // namespace

TEST_CASE("first connection: the server is asked once, also by many at a time", "[engine][core.engine.first_connect_init]") {
    ScriptedEngine db;
    db.script->tells_server_info = true;
    db.script->answer = [](const Call& call) {
        Reply reply;
        if (call.text == "SERVER INFO") reply.delay = 10ms;
        return reply;
    };
    auto& events = db.engine.events();
    events.connect.connect([](driver::Connection& connection) -> asio::awaitable<void> { co_await connection.run("SET late"); });
    events.connect.connect_first([](driver::Connection& connection) -> asio::awaitable<void> {
        co_await connection.run("SET early");
    });
    CHECK_FALSE(db.engine.server_info());
    db.run([&]() -> asio::awaitable<void> {
        for (int i = 0; i < 3; ++i) asio::co_spawn(db.io, connect_and_close(db.engine), asio::detached);
        auto connection = co_await db.engine.connect();
        CHECK(connection.default_schema_name() == "main");
        CHECK(connection.default_isolation_level() == IsolationLevel::serializable);
        co_await connection.close();
        co_await pause(30ms);
    });
    CHECK(db.engine.server_info()->default_schema == "main");
    CHECK(db.script->made() == 4);
    std::size_t asked = 0;
    Lines of_first;
    for (const auto& call : db.script->calls()) {
        if (call.text == "SERVER INFO") ++asked;
        if (call.connection == 1 && of_first.size() < 4) of_first.push_back(call.text);
    }
    CHECK(asked == 1);
    CHECK(of_first == Lines{"CONNECT", "SET early", "SERVER INFO", "SET late"});
}

TEST_CASE("first connection: when asking fails the next one asks", "[engine][core.engine.first_connect_init]") {
    ScriptedEngine db;
    db.script->tells_server_info = true;
    int asked = 0;
    db.script->answer = [&](const Call& call) {
        if (call.text == "SERVER INFO" && ++asked == 1) return Reply::failing(errc::connection_lost, "gone", true);
        return Reply{};
    };
    db.run([&]() -> asio::awaitable<void> {
        bool failed = false;
        try {
            auto connection = co_await db.engine.connect();
        } catch (const OperationalError&) {
            failed = true;
        }
        CHECK(failed);
        auto connection = co_await db.engine.connect();
        CHECK(connection.default_schema_name() == "main");
    });
    CHECK(asked == 2);
}

TEST_CASE("engines may share a pool, and keep their own log and events", "[engine][pool][core.engine.pool_options]") {
    ScriptedEngine db{{.pool_size = 1, .max_overflow = 0}};
    Lines lines;
    EngineOptions options;
    options.pool = db.engine.pool();
    options.logging_name = "second";
    options.echo = true;
    options.log_sink = [&lines](const LogRecord& record) {
        lines.push_back(std::string{record.logger} + ": " + std::string{record.message});
    };
    const auto second = create_engine(db.io.get_executor(), register_script(db.script), options);
    db.run([&]() -> asio::awaitable<void> {
        co_await connect_and_close(db.engine);
        co_await pause(2ms);
        CHECK(lines.empty());
        co_await connect_and_close(second);
    });
    CHECK(db.script->made() == 1);
    REQUIRE(lines.size() == 4);
    CHECK(lines[1] == "azoth.engine.second: SELECT 1");
    options.pool_size = 2;
    CHECK_THROWS_WITH(create_engine(db.io.get_executor(), register_script(db.script), options), Contains("a pool is given"));
}

TEST_CASE("what a connection comes back with is rolled back, committed or left", "[engine][pool][core.engine.pool_options]") {
    const auto returned = [](PoolReset mode) {
        ScriptedEngine db{{.pool_reset_on_return = mode}};
        db.run([&]() -> asio::awaitable<void> {
            {
                auto connection = co_await db.engine.connect();
                co_await connection.execute(text("SELECT 1"));
            }
            co_await pause(5ms);
        });
        return db.script->log();
    };
    CHECK(returned(PoolReset::rollback) == Lines{"BEGIN", "SELECT 1", "ROLLBACK"});
    CHECK(returned(PoolReset::commit) == Lines{"BEGIN", "SELECT 1", "COMMIT"});
    CHECK(returned(PoolReset::none) == Lines{"BEGIN", "SELECT 1"});
}

TEST_CASE("log: loggers have names and levels, and the level counts from the next checkout",
          "[engine][echo][core.log.namespaces][core.engine.pool_options]") {
    Lines lines;
    EngineOptions options;
    options.pool_logging_name = "p";
    options.log_sink = [&lines](const LogRecord& record) {
        lines.push_back(std::string{record.logger} + (record.level == Echo::debug ? " DEBUG " : " INFO ") + std::string{record.message});
    };
    ScriptedEngine db{options};
    db.script->answer = [](const Call& call) {
        return call.text == "SELECT 1" ? Reply::table({"x"}, {{integer(7)}}) : Reply{};
    };
    db.run([&]() -> asio::awaitable<void> {
        auto connection = co_await db.engine.connect();
        db.engine.echo(Echo::debug);
        co_await connection.execute(text("SELECT 1"));
        CHECK(lines.empty()); // sampled when it was taken
        co_await connection.close();
        db.engine.echo_pool(Echo::debug);
        co_await connect_and_close(db.engine);
        db.engine.echo(false);
        db.engine.echo_pool(true);
        auto another = co_await db.engine.connect();
        another.invalidate();
    });
    CHECK(lines == Lines{
        "azoth.pool.p DEBUG connection 1 checked out from pool", "azoth.engine INFO BEGIN (implicit)",
        "azoth.engine INFO SELECT 1", "azoth.engine INFO [cached] ()", "azoth.engine DEBUG Col ('x')",
        "azoth.engine DEBUG Row (7)", "azoth.engine INFO ROLLBACK", "azoth.pool.p DEBUG connection 1 returned to pool",
        "azoth.pool.p INFO connection 1 invalidated"});
}

TEST_CASE("a raw connection has nothing in between and goes back to the pool", "[engine][core.engine.raw_connection]") {
    ScriptedEngine db;
    db.run([&]() -> asio::awaitable<void> {
        auto raw = co_await db.engine.raw_connection();
        CHECK(db.engine.pool().figures().in_use == 1);
        co_await raw.driver_connection().run("CHECKPOINT");
        CHECK(raw.native_handle() != nullptr);
        raw.close();
        CHECK(raw.closed());
        CHECK_THROWS_AS(raw.driver_connection(), ResourceClosedError);
        co_await pause(2ms);
        CHECK(db.engine.pool().figures().idle == 1);
        const RawConnection none;
        CHECK_THROWS_AS(none.native_handle(), ResourceClosedError);
    });
    CHECK(db.script->log() == Lines{"CHECKPOINT"});
}

TEST_CASE("execution options: an engine made of another shares its pool, and the nearest word wins",
          "[engine][core.engine.execution_options][core.txn.isolation_per_engine][core.opt.user]") {
    ScriptedEngine db;
    Lines seen;
    db.engine.events().before_cursor_execute.connect([&](StatementEvent& event) {
        const auto* who = event.options->get<std::string>("who");
        seen.push_back(event.sql + " by " + (who != nullptr ? *who : "nobody"));
        CHECK(event.options->get<int>("who") == nullptr);
    });
    const auto strict = db.engine.execution_options(
        ExecutionOptions().isolation_level(IsolationLevel::serializable).set("who", std::string{"engine"}));
    db.run([&]() -> asio::awaitable<void> {
        {
            auto connection = co_await strict.connect();
            co_await connection.execute(text("SELECT 1"));
            co_await connection.rollback();
            connection.execution_options(ExecutionOptions().set("who", std::string{"connection"}));
            co_await connection.execute(text("SELECT 2"));
            co_await connection.execute(text("SELECT 3"), ExecutionOptions().set("who", std::string{"statement"}));
            CHECK_THROWS_AS(
                connection.execution_options(ExecutionOptions().isolation_level(IsolationLevel::autocommit)), InvalidRequestError);
            bool refused = false;
            const auto level = ExecutionOptions().isolation_level(IsolationLevel::autocommit);
            try {
                co_await connection.execute(text("SELECT 4"), level);
            } catch (const ArgumentError&) {
                refused = true;
            }
            CHECK(refused);
            co_await connection.close();
        }
        co_await connect_and_close(db.engine); // none of it is left
        db.engine.update_execution_options(ExecutionOptions().set("who", std::string{"updated"}));
        co_await connect_and_close(db.engine);
    });
    CHECK(db.script->made() == 1);
    CHECK(strict.pool().figures().created == 1);
    CHECK(*strict.get_execution_options().isolation_level() == IsolationLevel::serializable);
    CHECK(seen == Lines{"SELECT 1 by engine", "SELECT 2 by connection", "SELECT 3 by statement", "SELECT 1 by nobody",
                        "SELECT 1 by updated"});
    CHECK(db.script->log() == Lines{"BEGIN SERIALIZABLE", "SELECT 1", "ROLLBACK", "BEGIN SERIALIZABLE", "SELECT 2", "SELECT 3",
                                    "ROLLBACK", "BEGIN", "SELECT 1", "ROLLBACK", "BEGIN", "SELECT 1", "ROLLBACK"});
}

TEST_CASE("execution options: another cache of compiled statements, or none", "[engine][cache][core.opt.compiled_cache]") {
    ScriptedEngine db;
    MetaData metadata;
    const Things things{metadata};
    db.script->answer = [](const Call&) { return Reply::table({"id"}, {}); };
    const auto own = std::make_shared<CompiledCache>(10);
    db.run([&]() -> asio::awaitable<void> {
        auto connection = co_await db.engine.connect();
        const auto kept = select(things.id);
        connection.execution_options(ExecutionOptions().compiled_cache(own));
        co_await connection.execute(kept);
        co_await connection.execute(kept);
        CHECK(own->size() == 1);
        CHECK(own->hits() == 1);
        CHECK(db.engine.compiled_cache().size() == 0);
        connection.execution_options(ExecutionOptions().compiled_cache(nullptr));
        const auto found = connection.lookup(kept.node());
        CHECK_FALSE(found.cached);
        co_await connection.execute(kept);
        CHECK(own->hits() == 1);
        co_await connection.close();
        auto other = co_await db.engine.connect();
        co_await other.execute(kept);
        CHECK(db.engine.compiled_cache().size() == 1);
    });
}

TEST_CASE("engine_from_config: options as text", "[engine][core.engine.from_config]") {
    asio::io_context io;
    const auto url = register_script(std::make_shared<Script>());
    const std::map<std::string, std::string> good{
        {"sqlalchemy.url", url},          {"sqlalchemy.echo", "debug"},       {"sqlalchemy.pool_size", "7"},
        {"sqlalchemy.max_overflow", "-1"}, {"sqlalchemy.pool_timeout", "1.5"}, {"sqlalchemy.pool_recycle", "-1"},
        {"sqlalchemy.pool_pre_ping", "Yes"}, {"sqlalchemy.query_cache_size", "9"}, {"sqlalchemy.isolation_level", "READ_COMMITTED"},
        {"sqlalchemy.poolclass", "QueuePool"}, {"sqlalchemy.pool_reset_on_return", "none"}, {"other.thing", "left alone"}};
    const auto engine = engine_from_config(io.get_executor(), good);
    CHECK(engine.echo().level() == Echo::debug);
    CHECK(engine.options().pool_size == 7);
    CHECK(engine.options().max_overflow == -1);
    CHECK(engine.options().pool_timeout == 1500ms);
    CHECK(engine.options().pool_recycle == 0ms);
    CHECK(engine.options().pool_pre_ping);
    CHECK(engine.options().query_cache_size == 9);
    CHECK(engine.options().isolation_level == IsolationLevel::read_committed);
    CHECK(engine.options().pool_reset_on_return == PoolReset::none);
    const auto with = [&](const std::string& key, const std::string& value) {
        return engine_from_config(io.get_executor(), {{"db_url", url}, {"db_" + key, value}}, "db_");
    };
    CHECK_FALSE(with("echo", "off").echo());
    CHECK_THROWS_WITH(with("pool_size", "many"), Contains("'db_pool_size' is 'many'"));
    CHECK_THROWS_WITH(with("pool_size", "5 "), Contains("a number"));
    CHECK_THROWS_WITH(with("pool_timeout", "nan"), Contains("seconds"));
    CHECK_THROWS_WITH(with("echo", ""), Contains("true or false"));
    CHECK_THROWS_WITH(with("pool_sizes", "5"), Contains("'db_pool_sizes'") && Contains("'pool_size'"));
    CHECK_THROWS_AS(engine_from_config(io.get_executor(), {}), ArgumentError);
}

TEST_CASE("creator: connections of the program's own making", "[engine][core.engine.creator]") {
    const auto script = std::make_shared<Script>();
    const auto made_by = make_scripted_driver(script);
    EngineOptions options;
    int calls = 0;
    options.creator = [&](asio::any_io_executor executor) -> asio::awaitable<std::unique_ptr<driver::Connection>> {
        if (++calls > 1) co_return nullptr;
        auto connection = co_await made_by->connect(executor, Url{"sqlite://"});
        co_return connection;
    };
    asio::io_context io;
    const auto unused = std::make_shared<Script>();
    const auto engine = create_engine(io.get_executor(), register_script(unused), options);
    run(io, [&]() -> asio::awaitable<void> {
        auto connection = co_await engine.connect();
        co_await connection.execute(text("SELECT 1"));
        bool refused = false;
        try {
            auto second = co_await engine.connect();
        } catch (const ArgumentError&) {
            refused = true;
        }
        CHECK(refused);
    });
    CHECK(unused->made() == 0);
    CHECK(script->made() == 1);
}

TEST_CASE("warnings: listened to, logged, or thrown, and none without the linter",
          "[engine][core.err.warnings][core.engine.linting_toggle]") {
    MetaData metadata;
    const Things things{metadata};
    const auto again = alias(things, "again");
    const auto product = select(things.id).where(again.id == 1);
    const auto execute = [&](EngineOptions options, Lines& told) {
        ScriptedEngine db{std::move(options)};
        db.script->answer = [](const Call& call) {
            return call.text.starts_with("SELECT") ? Reply::table({"id"}, {}) : Reply{};
        };
        db.engine.events().warning.connect([&](std::string_view warning) { told.emplace_back(warning); });
        db.run([&]() -> asio::awaitable<void> {
            auto connection = co_await db.engine.connect();
            co_await connection.execute(product);
        });
    };
    Lines told;
    Lines logged;
    EngineOptions options;
    options.log_sink = [&](const LogRecord& record) {
        if (record.warning) logged.emplace_back(record.message);
    };
    execute(options, told);
    REQUIRE(told.size() == 1);
    CHECK_THAT(told[0], Contains("cartesian product"));
    CHECK(logged.empty());
    options.warnings = WarningAction::log;
    execute(options, told);
    CHECK(told.size() == 2);
    CHECK(logged.size() == 1);
    options.warnings = WarningAction::error;
    CHECK_THROWS_AS(execute(options, told), SAWarning);
    options.enable_from_linting = false;
    told.clear();
    execute(options, told);
    CHECK(told.empty());
}

TEST_CASE("mock engine: what create_all() would send", "[engine][core.engine.mock]") {
    MetaData metadata;
    const Things things{metadata};
    Lines script;
    const auto mock = create_mock_engine("mssql://", [&](const std::string& sql) { script.push_back(sql); });
    metadata.create_all(mock);
    mock.execute(insert(things).values(things.id = 1, things.name = "it's"));
    metadata.drop_all(mock);
    REQUIRE(script.size() == 3);
    CHECK_THAT(script[0], Contains("CREATE TABLE thing") && Contains("IDENTITY"));
    CHECK_THAT(script[1], Contains("INSERT INTO thing (id, name) VALUES (1, ") && Contains("it''s"));
    CHECK_THAT(script[2], Contains("DROP TABLE thing"));
    CHECK_THROWS_AS(create_mock_engine("nonsense://", [](const std::string&) {}), NoSuchModuleError);
    CHECK_THROWS_AS(create_mock_engine("sqlite://", nullptr), ArgumentError);
}

TEST_CASE("checkout: a listener may refuse a connection, or all of them", "[engine][pool][core.pool.disconnect_event]") {
    ScriptedEngine db;
    int refusals = 0;
    bool all = false;
    db.engine.events().checkout.connect([&](const PoolEvent&) {
        if (refusals == 0) return;
        --refusals;
        if (all) throw InvalidatePoolError("of no use");
        throw DisconnectionError("of no use");
    });
    db.run([&]() -> asio::awaitable<void> {
        {
            auto one = co_await db.engine.connect();
            auto two = co_await db.engine.connect();
            co_await one.close();
            co_await two.close();
        }
        CHECK(db.engine.pool().figures().idle == 2);
        refusals = 1;
        {
            auto connection = co_await db.engine.connect();
            CHECK(db.script->made() == 3);
            CHECK(db.engine.pool().figures().idle == 1);
        }
        refusals = 1;
        all = true;
        {
            auto connection = co_await db.engine.connect();
            CHECK(db.script->made() == 4);
            CHECK(db.engine.pool().figures().idle == 0);
        }
        refusals = 2;
        bool refused = false;
        try {
            auto connection = co_await db.engine.connect();
        } catch (const InvalidRequestError& error) {
            refused = std::string{error.what()}.find("This connection is closed") != std::string::npos;
        }
        CHECK(refused);
        CHECK(db.engine.pool().figures().in_use == 0);
        auto connection = co_await db.engine.connect();
        co_await connection.execute(text("SELECT 1"));
    });
}

TEST_CASE("connection: says what state it is in", "[engine][core.conn.state]") {
    ScriptedEngine db;
    db.run([&]() -> asio::awaitable<void> {
        auto connection = co_await db.engine.connect();
        CHECK_FALSE(connection.closed());
        CHECK_FALSE(connection.invalidated());
        CHECK_FALSE(connection.get_transaction());
        CHECK_FALSE(connection.get_nested_transaction());
        connection.info()["tenant"] = std::string{"blue"};
        co_await connection.execute(text("SELECT 1"));
        CHECK(connection.in_transaction());
        CHECK_FALSE(connection.in_nested_transaction());
        {
            auto seen = connection.get_transaction();
            REQUIRE(seen);
            CHECK(seen->is_active());
        }
        CHECK(connection.in_transaction()); // looking at it has not ended it
        auto savepoint = co_await connection.begin_nested();
        CHECK(connection.in_nested_transaction());
        auto inner = connection.get_nested_transaction();
        REQUIRE(inner);
        co_await inner->rollback();
        CHECK_FALSE(savepoint.is_active());
        auto outer = connection.get_transaction();
        co_await outer->commit();
        CHECK_FALSE(connection.in_transaction());
        co_await connection.close();
        CHECK(connection.closed());
        CHECK_THROWS_AS(connection.get_transaction(), ResourceClosedError);
        CHECK_THROWS_AS(connection.info(), ResourceClosedError);
        auto same = co_await db.engine.connect();
        CHECK(std::any_cast<std::string>(same.info().at("tenant")) == "blue");
        same.invalidate();
        CHECK(same.invalidated());
        co_await same.execute(text("SELECT 2"));
        CHECK(same.info().empty());
    });
}

TEST_CASE("events: before and after statements, and of new connections",
          "[engine][events][core.event.before_after_execute][core.event.engine_connect]") {
    ScriptedEngine db;
    MetaData metadata;
    const Things things{metadata};
    Lines after;
    db.script->answer = [](const Call& call) {
        return call.text.starts_with("SELECT") ? Reply::table({"id"}, {{integer(1)}, {integer(2)}}) : Reply{};
    };
    auto& events = db.engine.events();
    events.engine_connect.connect([](Connection& connection) { connection.isolation_level(IsolationLevel::autocommit); });
    int before = 0;
    events.before_execute.connect([&](sql::NodePtr& statement) {
        ++before;
        if (statement->kind == sql::NodeKind::select) statement = select(things.id).where(things.name == "put in").node();
    });
    events.after_execute.connect([&](const sql::NodePtr& statement, const engine::ResultData& data) {
        after.push_back(std::to_string(static_cast<int>(statement->kind == sql::NodeKind::select)) + " " + std::to_string(data.row_count()));
    });
    db.run([&]() -> asio::awaitable<void> {
        auto connection = co_await db.engine.connect();
        co_await connection.execute(select(things.id));
        const std::vector<std::tuple<int, std::string>> rows{{3, "c"}, {4, "d"}};
        co_await connection.execute(insert(things).columns(things.id, things.name), rows);
        co_await connection.pipeline(select(things.id), select(things.id));
    });
    CHECK(before == 4);
    CHECK(after == Lines{"1 2", "0 0", "1 2", "1 2"});
    CHECK(db.script->calls()[1].text == "SELECT thing.id FROM thing WHERE thing.name = ?");
    CHECK(db.script->calls()[1].params == std::vector<Value>{string("put in")});
}

TEST_CASE("timeouts: of parameter rows and pipelines, too", "[engine][core.conn.cancel]") {
    ScriptedEngine db;
    MetaData metadata;
    const Things things{metadata};
    db.script->answer = [](const Call& call) {
        Reply reply;
        reply.hang = call.text.starts_with("INSERT");
        return reply;
    };
    db.run([&]() -> asio::awaitable<void> {
        auto connection = co_await db.engine.connect();
        const std::vector<std::tuple<int, std::string>> rows{{3, "c"}, {4, "d"}};
        const auto limit = ExecutionOptions().timeout(20ms);
        const auto statement = insert(things).columns(things.id, things.name);
        int timeouts = 0;
        try {
            co_await connection.execute(statement, rows, limit);
        } catch (const TimeoutError&) {
            ++timeouts;
        }
        co_await connection.rollback();
        const auto one = insert(things).values(things.id = 1);
        try {
            co_await connection.pipeline(limit, one, one);
        } catch (const TimeoutError&) {
            ++timeouts;
        }
        co_await connection.rollback();
        connection.execution_options(limit); // all statements of the connection
        try {
            co_await connection.execute(one);
        } catch (const TimeoutError&) {
            ++timeouts;
        }
        CHECK(timeouts == 3);
        co_await connection.rollback();
        co_await connection.execute(text("SELECT 1"));
    });
}

TEST_CASE("a listener puts connections right before others have them", "[engine][pool][events]") {
    ScriptedEngine db;
    db.engine.events().reset_connection.connect([](driver::Connection& connection) -> asio::awaitable<void> {
        co_await connection.run("DISCARD ALL");
    });
    db.run([&]() -> asio::awaitable<void> {
        co_await connect_and_close(db.engine);
        co_await pause(5ms);
        co_await connect_and_close(db.engine);
        co_await pause(5ms);
    });
    CHECK(db.script->made() == 1);
    CHECK(db.script->count("DISCARD ALL") == 2);
}
