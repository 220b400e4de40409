// SPDX-License-Identifier: MIT
// The pool: who gets a connection, when, and in what state.
#include "support/catch.hpp"

#include <string>
#include <vector>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/detached.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <asio/thread_pool.hpp>

#include <azoth/sql/text.hpp>

#include "support/scripted_engine.hpp"

using namespace azoth;
using namespace azoth::testing;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;

namespace {

using Names = std::vector<std::string>;

asio::awaitable<void> take_turn(Engine engine, Names& order, std::string name) {
    auto connection = co_await engine.connect();
    order.push_back(name);
    co_await pause(1ms);
}

} // namespace

TEST_CASE("pool: no connection is made before the first is asked for",
          "[engine][pool][core.engine.create][core.engine.connect][core.pool.queue]") {
    ScriptedEngine db;
    CHECK(db.script->made() == 0);
    db.run([&]() -> asio::awaitable<void> {
        auto connection = co_await db.engine.connect();
        CHECK(db.script->made() == 1);
        CHECK(db.engine.pool().figures().in_use == 1);
        co_await connection.close();
        CHECK(db.engine.pool().figures().idle == 1);
    });
    CHECK(db.script->log().empty());
}

TEST_CASE("pool: a connection that comes back is handed out again", "[engine][pool][core.engine.connect]") {
    ScriptedEngine db;
    db.run([&]() -> asio::awaitable<void> {
        for (int i = 0; i < 3; ++i) {
            auto connection = co_await db.engine.connect();
            co_await connection.close();
            CHECK(connection.closed());
        }
        // Destroyed, not closed: the same.
        for (int i = 0; i < 3; ++i) auto connection = co_await db.engine.connect();
    });
    CHECK(db.script->made() == 1);
}

TEST_CASE("pool: connections above pool_size are closed when they come back",
          "[engine][pool][core.pool.queue][core.pool.status]") {
    ScriptedEngine db{{.pool_size = 1, .max_overflow = 2}};
    db.run([&]() -> asio::awaitable<void> {
        {
            auto first = co_await db.engine.connect();
            auto second = co_await db.engine.connect();
            auto third = co_await db.engine.connect();
            CHECK(db.engine.pool().figures().overflow == 2);
            CHECK(db.engine.pool().figures().in_use == 3);
        }
        co_await pause(5ms);
        const auto now = db.engine.pool().figures();
        CHECK(now.overflow == 0);
        CHECK(now.idle == 1);
        CHECK(now.in_use == 0);
        CHECK(now.created == 3);
    });
    CHECK(db.script->alive() == 1);
    CHECK(db.script->count("CLOSE") == 2);
    CHECK(
        db.engine.pool().status() ==
        "Pool size: 1  Connections in pool: 1  Current overflow: 0  Checked out connections: 0  Waiting: 0"
    );
}

TEST_CASE("pool: who waits first is served first", "[engine][pool][core.pool.queue]") {
    ScriptedEngine db{{.pool_size = 1, .max_overflow = 0}};
    Names order;
    db.run([&]() -> asio::awaitable<void> {
        auto connection = co_await db.engine.connect();
        for (const auto* name : {"a", "b", "c", "d"}) {
            auto turn = take_turn(db.engine, order, name);
            asio::co_spawn(db.io, std::move(turn), asio::detached);
        }
        co_await pause(5ms);
        CHECK(db.engine.pool().figures().waiting == 4);
        CHECK(order.empty());
        co_await connection.close();
    });
    CHECK(order == Names{"a", "b", "c", "d"});
    CHECK(db.script->made() == 1);
    CHECK(db.engine.pool().figures().waiting == 0);
}

TEST_CASE("pool: the wait ends with pool_timeout and says what to do", "[engine][pool][core.pool.queue]") {
    ScriptedEngine db{{.pool_size = 1, .max_overflow = 0, .pool_timeout = 1500ms}};
    std::string message;
    db.run([&]() -> asio::awaitable<void> {
        auto connection = co_await db.engine.connect();
        const auto before = std::chrono::steady_clock::now();
        try {
            auto second = co_await db.engine.connect();
        } catch (const TimeoutError& error) {
            message = error.what();
        }
        CHECK(std::chrono::steady_clock::now() - before >= 1400ms);
        CHECK(db.engine.pool().figures().waiting == 0);
    });
    CHECK_THAT(
        message,
        Contains("QueuePool limit of size 1 overflow 0 reached, connection timed out after 1.5 s")
    );
    CHECK_THAT(message, Contains("raise pool_size"));
}

TEST_CASE("pool: the time for connecting is part of pool_timeout", "[engine][pool]") {
    ScriptedEngine db{{.pool_timeout = 30ms}};
    db.script->answer = [](const Call& call) {
        Reply reply;
        reply.hang = call.text == "CONNECT";
        return reply;
    };
    db.run([&]() -> asio::awaitable<void> { CHECK_THROWS_AS(co_await db.engine.connect(), TimeoutError); });
    CHECK(db.script->alive() == 0);
    CHECK(db.engine.pool().figures().in_use == 0);
}

TEST_CASE("pool: a connection that cannot be made leaves its place to the next in the queue",
          "[engine][pool][core.pool.queue]") {
    ScriptedEngine db{{.pool_size = 1, .max_overflow = 0}};
    int attempts = 0;
    db.script->answer = [&](const Call& call) {
        if (call.text != "CONNECT") return Reply{};
        auto reply = ++attempts == 1 ? Reply::failing(errc::connection_failed, "refused") : Reply{};
        reply.delay = 5ms;
        return reply;
    };
    Names order;
    db.run([&]() -> asio::awaitable<void> {
        auto turn = take_turn(db.engine, order, "second");
        bool refused = false;
        asio::co_spawn(
            db.io,
            [&]() -> asio::awaitable<void> {
                try {
                    auto connection = co_await db.engine.connect();
                } catch (const OperationalError&) {
                    refused = true;
                }
            },
            asio::detached
        );
        co_await pause(1ms);
        asio::co_spawn(db.io, std::move(turn), asio::detached);
        co_await pause(30ms);
        CHECK(refused);
    });
    CHECK(order == Names{"second"});
}

TEST_CASE("pool: a cancelled waiter leaves the queue, and nothing is lost", "[engine][pool]") {
    using namespace asio::experimental::awaitable_operators;
    ScriptedEngine db{{.pool_size = 1, .max_overflow = 0}};
    Names order;
    db.run([&]() -> asio::awaitable<void> {
        auto connection = co_await db.engine.connect();
        auto winner = co_await (db.engine.connect() || pause(5ms));
        CHECK(winner.index() == 1);
        CHECK(db.engine.pool().figures().waiting == 0);
        auto turn = take_turn(db.engine, order, "after");
        asio::co_spawn(db.io, std::move(turn), asio::detached);
        co_await pause(2ms);
        co_await connection.close();
        co_await pause(10ms);
        CHECK(db.engine.pool().figures().idle == 1);
    });
    CHECK(order == Names{"after"});
}

TEST_CASE("pool: a connection granted at the moment of cancellation goes back", "[engine][pool]") {
    ScriptedEngine db{{.pool_size = 1, .max_overflow = 0}};
    for (const bool grant_first : {true, false}) {
        db.run([&]() -> asio::awaitable<void> {
            asio::cancellation_signal stop;
            bool ended = false;
            auto connection = co_await db.engine.connect();
            auto waiting = db.engine.connect();
            asio::co_spawn(
                db.io,
                std::move(waiting),
                asio::bind_cancellation_slot(
                    stop.slot(),
                    [&](std::exception_ptr, Connection) { ended = true; }
                )
            );
            co_await pause(2ms);
            // Both in one turn of the loop: the waiter hears of the two together.
            if (grant_first) {
                connection = Connection{};
                stop.emit(asio::cancellation_type::terminal);
            } else {
                stop.emit(asio::cancellation_type::terminal);
                connection = Connection{};
            }
            co_await pause(5ms);
            CHECK(ended);
            const auto now = db.engine.pool().figures();
            CHECK(now.idle == 1);
            CHECK(now.in_use == 0);
            CHECK(now.waiting == 0);
        });
    }
    CHECK(db.script->made() == 1);
}

TEST_CASE("pool: an old connection is replaced", "[engine][pool][core.pool.recycle]") {
    ScriptedEngine db{{.pool_recycle = 20ms}};
    db.run([&]() -> asio::awaitable<void> {
        {
            auto connection = co_await db.engine.connect();
        }
        {
            auto connection = co_await db.engine.connect();
        }
        CHECK(db.script->made() == 1);
        co_await pause(30ms);
        {
            auto connection = co_await db.engine.connect();
        }
        CHECK(db.script->made() == 2);
    });
    CHECK(db.script->alive() == 1);
}

TEST_CASE("pool: pre-ping asks, and replaces all when the server went away",
          "[engine][pool][core.pool.pre_ping][core.pool.checkout_order]") {
    ScriptedEngine db{{.pool_pre_ping = true}};
    bool away = false;
    db.script->answer = [&](const Call& call) {
        if (call.text == "PING" && away) return Reply::failing(errc::connection_lost, "gone", true);
        return Reply{};
    };
    db.run([&]() -> asio::awaitable<void> {
        {
            auto first = co_await db.engine.connect();
            auto second = co_await db.engine.connect();
        }
        CHECK(db.script->count("PING") == 0); // one that was just made is not asked
        {
            auto connection = co_await db.engine.connect();
        }
        CHECK(db.script->count("PING") == 1);
        CHECK(db.script->made() == 2);
        away = true;
        auto connection = co_await db.engine.connect();
        CHECK(db.script->made() == 3);
        CHECK(db.engine.pool().figures().idle == 0);
        co_await pause(5ms);
        CHECK(db.script->alive() == 1);
    });
}

TEST_CASE("pool: LIFO hands out the one that came back last", "[engine][pool][core.pool.lifo]") {
    for (const bool lifo : {true, false}) {
        ScriptedEngine db{{.pool_use_lifo = lifo}};
        db.run([&]() -> asio::awaitable<void> {
            auto first = co_await db.engine.connect();
            auto second = co_await db.engine.connect();
            co_await first.close();
            co_await second.close();
            auto again = co_await db.engine.connect();
            co_await again.execute(text("SELECT 1"));
        });
        CHECK(db.script->log()[1] == (lifo ? "2: SELECT 1" : "1: SELECT 1"));
    }
}

TEST_CASE("pool: after a disconnect all connections of that time are replaced",
          "[engine][pool][core.pool.invalidate_pool][core.err.is_disconnect][app.disconnect]") {
    ScriptedEngine db;
    db.script->answer = [&](const Call& call) {
        if (call.text == "SELECT 1")
            return Reply::failing(errc::connection_lost, "server closed the connection", true);
        return Reply{};
    };
    db.run([&]() -> asio::awaitable<void> {
        auto busy = co_await db.engine.connect();
        {
            auto idle = co_await db.engine.connect();
            auto broken = co_await db.engine.connect();
            co_await idle.close();
            CHECK(db.engine.pool().figures().idle == 1);
            CHECK_THROWS_AS(co_await broken.execute(text("SELECT 1")), OperationalError);
            CHECK(db.engine.pool().figures().idle == 0);
            CHECK_THROWS_AS(co_await broken.execute(text("SELECT 2")), PendingRollbackError);
        }
        co_await busy.close(); // still worked, but of the same time
        co_await pause(5ms);
        const auto now = db.engine.pool().figures();
        CHECK(now.idle == 0);
        CHECK(now.in_use == 0);
        auto fresh = co_await db.engine.connect();
        co_await fresh.execute(text("SELECT 2"));
    });
    CHECK(db.script->made() == 4);
    CHECK(db.script->alive() == 1);
}

TEST_CASE("pool: what was left open is rolled back before the next borrower has it",
          "[engine][pool][core.pool.reset_on_return]") {
    ScriptedEngine db{{.pool_size = 1, .max_overflow = 0}};
    db.run([&]() -> asio::awaitable<void> {
        {
            auto connection = co_await db.engine.connect();
            co_await connection.execute(text("UPDATE t SET x = 1"));
        }
        CHECK(db.engine.pool().figures().idle == 0); // not yet
        auto next = co_await db.engine.connect();
        CHECK_FALSE(next.in_transaction());
        co_await next.execute(text("SELECT 1"));
        co_await next.commit();
    });
    CHECK(
        db.script->log() == Names{"BEGIN", "UPDATE t SET x = 1", "ROLLBACK", "BEGIN", "SELECT 1", "COMMIT"}
    );
}

TEST_CASE("pool: a connection that cannot be reset is closed, its place free",
          "[engine][pool][core.pool.reset_on_return]") {
    ScriptedEngine db{{.pool_size = 1, .max_overflow = 0}};
    db.script->answer = [&](const Call& call) {
        if (call.text == "ROLLBACK" && call.connection == 1)
            return Reply::failing(errc::connection_lost, "gone", true);
        return Reply{};
    };
    db.run([&]() -> asio::awaitable<void> {
        {
            auto connection = co_await db.engine.connect();
            co_await connection.execute(text("SELECT 1"));
        }
        auto next = co_await db.engine.connect();
        co_await next.execute(text("SELECT 2"));
        co_await next.commit();
    });
    CHECK(db.script->made() == 2);
    CHECK(db.script->alive() == 1);
}

TEST_CASE("pool: a reset that hangs is given up after its own time",
          "[engine][pool][slow][core.pool.reset_on_return]") {
    ScriptedEngine db{{.pool_size = 1, .max_overflow = 0}};
    db.script->answer = [&](const Call& call) {
        Reply reply;
        reply.hang = call.text == "ROLLBACK" && call.connection == 1;
        return reply;
    };
    db.run([&]() -> asio::awaitable<void> {
        {
            auto connection = co_await db.engine.connect();
            co_await connection.execute(text("SELECT 1"));
        }
        const auto before = std::chrono::steady_clock::now();
        auto next = co_await db.engine.connect(); // waits for the place
        CHECK(std::chrono::steady_clock::now() - before >= 4900ms);
        co_await next.execute(text("SELECT 2"));
        co_await next.commit();
    });
    CHECK(db.script->made() == 2);
    CHECK(db.script->alive() == 1);
}

TEST_CASE("pool: a database in memory keeps its one connection",
          "[engine][pool][core.pool.singleton][sl.conn.open]") {
    ScriptedEngine db{{.pool_size = 5, .max_overflow = 5, .pool_timeout = 20ms, .pool_recycle = 1ms}, true};
    db.run([&]() -> asio::awaitable<void> {
        {
            auto connection = co_await db.engine.connect();
            CHECK_THROWS_WITH(
                co_await db.engine.connect(),
                Contains("lives in one connection, which is in use")
            );
        }
        co_await pause(5ms);
        auto again = co_await db.engine.connect();
    });
    CHECK(db.script->made() == 1);
    CHECK(db.engine.pool().figures().size == 1);
}

TEST_CASE("pool: dispose() closes what is idle and begins anew", "[engine][pool][core.engine.dispose][core.pool.recreate_dispose]") {
    ScriptedEngine db;
    db.run([&]() -> asio::awaitable<void> {
        auto in_use = co_await db.engine.connect();
        {
            auto idle = co_await db.engine.connect();
        }
        co_await db.engine.dispose();
        CHECK(db.script->alive() == 1);
        CHECK(db.engine.pool().figures().created == 0);
        co_await in_use.execute(text("SELECT 1")); // goes on
        co_await in_use.commit();
        co_await in_use.close();
        co_await pause(5ms);
        CHECK(db.script->alive() == 0);
        auto fresh = co_await db.engine.connect();
        CHECK(db.script->made() == 3);
    });
}

TEST_CASE("pool: connections may outlive the engine", "[engine][pool]") {
    auto script = std::make_shared<Script>();
    asio::io_context io;
    run(io, [&]() -> asio::awaitable<void> {
        Connection connection;
        {
            auto engine = create_engine(io.get_executor(), register_script(script));
            connection = co_await engine.connect();
        }
        co_await connection.execute(text("SELECT 1"));
    });
    CHECK(script->log() == Names{"BEGIN", "SELECT 1", "ROLLBACK"});
    CHECK(script->alive() == 0);
}

TEST_CASE("pool: the context may be destroyed first", "[engine][pool]") {
    auto script = std::make_shared<Script>();
    script->answer = [](const Call& call) {
        Reply reply;
        reply.hang = call.text == "SELECT 2";
        return reply;
    };
    std::optional<Engine> engine;
    Connection kept;
    {
        asio::io_context io;
        engine = create_engine(io.get_executor(), register_script(script));
        run(io, [&]() -> asio::awaitable<void> {
            kept = co_await engine->connect();
            co_await kept.execute(text("SELECT 1"));
            auto idle = co_await engine->connect();
        });
        // Two more in mid-work: one hangs in a statement, one waits for the pool's reset.
        io.restart();
        asio::co_spawn(
            io,
            [&]() -> asio::awaitable<void> {
                auto hanging = co_await engine->connect();
                {
                    auto dirty = co_await engine->connect();
                    co_await dirty.execute(text("SELECT 3"));
                }
                co_await hanging.execute(text("SELECT 2"));
            },
            asio::detached
        );
        io.run_for(20ms);
        CHECK(script->alive() == 3);
    }
    CHECK(script->alive() == 0);
    asio::io_context other;
    CHECK_THROWS_AS(
        run(other, [&]() -> asio::awaitable<void> { co_await kept.execute(text("SELECT 4")); }),
        ResourceClosedError
    );
}

TEST_CASE(
    "pool: a connection destroyed under its own operation goes back when that has ended",
    "[engine][pool]"
) {
    ScriptedEngine db{{.pool_size = 1, .max_overflow = 0}};
    db.script->answer = [](const Call& call) {
        Reply reply;
        if (call.text == "SELECT 1") reply.delay = 10ms;
        return reply;
    };
    db.run([&]() -> asio::awaitable<void> {
        bool ended = false;
        {
            auto connection = co_await db.engine.connect();
            auto work = connection.execute(text("SELECT 1"));
            asio::co_spawn(db.io, std::move(work), [&](std::exception_ptr, const Result<>&) {
                ended = true;
            });
            co_await pause(2ms);
        }
        CHECK(db.engine.pool().figures().in_use == 1);
        auto next = co_await db.engine.connect();
        CHECK(ended);
        CHECK_FALSE(next.in_transaction());
    });
    CHECK(db.script->log() == Names{"BEGIN", "SELECT 1", "ROLLBACK"});
}

TEST_CASE("pool: many coroutines on several threads share few connections", "[engine][pool]") {
    auto script = std::make_shared<Script>();
    script->answer = [](const Call& call) {
        Reply reply;
        if (call.text == "SELECT 1") reply.delay = 1ms;
        return reply;
    };
    std::atomic<int> done{0};
    std::atomic<int> failed{0};
    asio::thread_pool threads{4};
    auto engine =
        create_engine(threads.get_executor(), register_script(script), {.pool_size = 3, .max_overflow = 1});
    for (int i = 0; i < 200; ++i) {
        asio::co_spawn(
            threads,
            [&engine, i]() -> asio::awaitable<void> {
                auto connection = co_await engine.connect();
                co_await connection.execute(text("SELECT 1"));
                if (i % 3 == 0) co_await connection.commit();
                if (i % 3 == 1) co_await connection.close();
            },
            [&](std::exception_ptr error) { ++(error ? failed : done); }
        );
    }
    threads.join();
    CHECK(done == 200);
    CHECK(failed == 0);
    CHECK(script->count("SELECT 1") == 200);
    const auto now = engine.pool().figures();
    CHECK(now.in_use == 0);
    CHECK(now.idle <= 3);
    CHECK(now.waiting == 0);
}
