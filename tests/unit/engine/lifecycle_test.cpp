// SPDX-License-Identifier: MIT
// Giving a connection up, taking it out of the pool, connecting again; pools that keep none or one; arguments for the client.
#include "support/catch.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <azoth/engine/engine.hpp>
#include <azoth/error.hpp>
#include <azoth/sql/text.hpp>

#include "support/run.hpp"
#include "support/scripted_engine.hpp"

namespace {

using namespace azoth;
using namespace azoth::testing;
using namespace std::chrono_literals;
using Names = std::vector<std::string>;

} // namespace

TEST_CASE("connection: invalidated it connects again with the next statement",
          "[engine][core.conn.invalidate][core.pool.invalidate_hard]") {
    ScriptedEngine db{{.pool_size = 1, .max_overflow = 0}};
    db.run([&]() -> asio::awaitable<void> {
        auto connection = co_await db.engine.connect();
        CHECK_FALSE(connection.invalidated());
        connection.invalidate();
        CHECK(connection.invalidated());
        connection.invalidate(); // once more changes nothing
        co_await connection.execute(text("SELECT 1"));
        CHECK_FALSE(connection.invalidated());
        CHECK(db.script->made() == 2);

        // In a transaction it has to be rolled back first.
        connection.invalidate();
        CHECK(connection.in_transaction());
        bool refused = false;
        try {
            co_await connection.execute(text("SELECT 2"));
        } catch (const PendingRollbackError&) {
            refused = true;
        }
        CHECK(refused);
        refused = false;
        try {
            co_await connection.commit();
        } catch (const PendingRollbackError&) {
            refused = true;
        }
        CHECK(refused);
        co_await connection.rollback();
        co_await connection.execute(text("SELECT 3"));
        CHECK(db.script->made() == 3);
        co_await connection.commit();
        co_await connection.close();
        CHECK_THROWS_AS(connection.invalidate(), ResourceClosedError);
    });
    const auto now = db.engine.pool().figures();
    CHECK(now.idle == 1);
    CHECK(now.in_use == 0);
    CHECK(now.created == 3);
    CHECK(now.invalidated == 2);
    CHECK(db.script->alive() == 1);
}

TEST_CASE("connection: lost while a statement ran, it goes on after rollback()",
          "[engine][core.txn.pending_rollback][core.err.is_disconnect]") {
    ScriptedEngine db;
    db.script->answer = [&](const Call& call) {
        if (call.text == "SELECT bad") return Reply::failing(errc::connection_lost, "gone", true);
        return Reply{};
    };
    db.run([&]() -> asio::awaitable<void> {
        auto connection = co_await db.engine.connect();
        bool lost = false;
        try {
            co_await connection.execute(text("SELECT bad"));
        } catch (const OperationalError&) {
            lost = true;
        }
        CHECK(lost);
        co_await connection.rollback();
        CHECK_FALSE(connection.in_transaction());
        co_await connection.commit(); // nothing to commit, and no reason to connect
        CHECK(db.script->made() == 1);
        co_await connection.execute(text("SELECT 1"));
        CHECK(db.script->made() == 2);
        co_await connection.close();
    });
    CHECK(db.engine.pool().figures().in_use == 0);
}

TEST_CASE("connection: invalidated softly it goes on, and is closed when it comes back", "[engine][core.pool.invalidate_soft]") {
    ScriptedEngine db;
    int told = 0;
    db.engine.events().soft_invalidate.connect([&](const PoolEvent&) { ++told; });
    db.run([&]() -> asio::awaitable<void> {
        auto connection = co_await db.engine.connect();
        connection.invalidate_soft();
        co_await connection.execute(text("SELECT 1"));
        CHECK(db.script->made() == 1);
        co_await connection.close();
        co_await pause(2ms);
        CHECK(db.script->alive() == 0);
        auto next = co_await db.engine.connect();
        co_await next.close();
    });
    CHECK(told == 1);
    CHECK(db.script->made() == 2);
}

TEST_CASE("connection: detached it is no longer the pool's", "[engine][core.pool.detach]") {
    ScriptedEngine db{{.pool_size = 1, .max_overflow = 0, .pool_timeout = 50ms}};
    Names calls;
    db.engine.events().detach.connect([&](const PoolEvent&) { calls.emplace_back("detach"); });
    db.engine.events().checkin.connect([&](const PoolEvent&) { calls.emplace_back("checkin"); });
    db.engine.events().close.connect([&](const PoolEvent&) { calls.emplace_back("close"); });
    db.run([&]() -> asio::awaitable<void> {
        auto connection = co_await db.engine.connect();
        connection.detach();
        connection.detach();
        CHECK(db.engine.pool().figures().in_use == 0);
        CHECK(db.engine.pool().checked_out().empty());
        auto other = co_await db.engine.connect(); // there is room again
        co_await connection.execute(text("SELECT 1"));
        co_await connection.close();
        co_await pause(2ms);
        CHECK(db.script->alive() == 1);
        co_await other.close();
    });
    CHECK(calls == Names{"detach", "close", "checkin"});
    CHECK(db.engine.pool().figures().idle == 1);
}

TEST_CASE("pool: null keeps no connection, and limits none", "[engine][core.pool.null]") {
    ScriptedEngine db{{.pool_size = 1, .max_overflow = 0, .poolclass = PoolClass::null_pool}};
    db.run([&]() -> asio::awaitable<void> {
        auto first = co_await db.engine.connect();
        auto second = co_await db.engine.connect();
        CHECK(db.script->alive() == 2);
        co_await first.execute(text("SELECT 1"));
        co_await first.close();
        co_await second.close();
        co_await pause(2ms);
        CHECK(db.script->alive() == 0);
        auto third = co_await db.engine.connect();
        co_await third.close();
    });
    CHECK(db.script->made() == 3);
    CHECK(db.engine.pool().figures().idle == 0);
}

TEST_CASE("pool: static has one connection, for which all wait", "[engine][core.pool.static]") {
    ScriptedEngine db{{.pool_timeout = 20ms, .poolclass = PoolClass::static_pool}};
    db.run([&]() -> asio::awaitable<void> {
        auto first = co_await db.engine.connect();
        bool refused = false;
        try {
            auto second = co_await db.engine.connect();
        } catch (const TimeoutError&) {
            refused = true;
        }
        CHECK(refused);
        co_await first.execute(text("SELECT 1"));
        co_await first.close(); // rolled back, as ever
        auto next = co_await db.engine.connect();
        co_await next.close();
    });
    CHECK(db.script->made() == 1);
    CHECK(db.script->count("ROLLBACK") == 1);
}

TEST_CASE("engine: connect_args win over the URL", "[engine][core.engine.connect_args][core.url.connect_args][core.event.do_connect]") {
    auto script = std::make_shared<Script>();
    Url url{register_script(script)};
    url.username = "name";
    url.password = "old";
    url.port = 1;
    url.query = {{"x", "1"}, {"y", "2"}};
    EngineOptions options;
    options.connect_args = {{"x", "3"}, {"password", "new"}, {"port", "9"}, {"z", ""}};
    asio::io_context io;
    const auto engine = create_engine(io.get_executor(), url, options);
    Url seen;
    engine.events().do_connect.connect([&](Url& asked) { seen = asked; });
    run(io, [&]() -> asio::awaitable<void> {
        auto connection = co_await engine.connect();
        co_await connection.close();
    });
    CHECK(seen.password == "new");
    CHECK(seen.port == 9);
    CHECK(seen.option("x") == "3");
    CHECK(seen.option("y") == "2");
    CHECK(seen.option("z") == "");
    CHECK(engine.url().option("x") == "1"); // as it was said

    options.connect_args = {{"port", "many"}};
    CHECK_THROWS_AS(create_engine(io.get_executor(), url, options), ArgumentError);
}

TEST_CASE("connection: SQL as the client library takes it", "[engine][core.conn.exec_driver_sql]") {
    ScriptedEngine db;
    db.script->answer = [](const Call& call) {
        if (call.text == "COMMIT" || call.text == "BEGIN") return Reply{};
        return Reply::table({"n"}, {{integer(7)}});
    };
    db.run([&]() -> asio::awaitable<void> {
        auto connection = co_await db.engine.connect();
        std::vector<Value> values{integer(1), string("x"), Value{}};
        const auto rows = co_await connection.exec_driver_sql("SELECT ':a' || ?, ?, ?", values);
        CHECK(rows.one().get<int>("n") == 7);
        CHECK(connection.in_transaction());
        co_await connection.commit();
    });
    bool found = false;
    for (const auto& call : db.script->calls()) {
        if (call.text != "SELECT ':a' || ?, ?, ?") continue;
        found = true;
        REQUIRE(call.params.size() == 3);
        CHECK(call.params[0] == integer(1));
        CHECK(call.params[2].is_null());
    }
    CHECK(found);
}
