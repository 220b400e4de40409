// SPDX-License-Identifier: MIT
// Events, tracing and the autocommit mode, on a scripted database.
#include "support/catch.hpp"

#include <string>
#include <vector>

#include <azoth/engine/tracing.hpp>
#include <azoth/sql/text.hpp>

#include "support/scripted_engine.hpp"

using namespace azoth;
using namespace azoth::testing;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;

namespace {

using Names = std::vector<std::string>;

} // namespace

TEST_CASE("events: listeners come first, once, and go, also while they are called", "[engine][events][core.event.api]") {
    Signal<void(int)> signal;
    Names calls;
    CHECK(signal.empty());
    signal.emit(1);
    const auto a = signal.connect([&](int i) { calls.push_back("a" + std::to_string(i)); });
    signal.connect_first([&](int i) { calls.push_back("b" + std::to_string(i)); });
    signal.connect_once([&](int i) { calls.push_back("once" + std::to_string(i)); });
    SignalConnection self;
    self = signal.connect([&](int) {
        calls.emplace_back("self");
        CHECK(signal.disconnect(self));
    });
    signal.emit(1);
    CHECK(calls == Names{"b1", "a1", "once1", "self"});
    CHECK(signal.contains(a));
    CHECK(signal.disconnect(a));
    CHECK_FALSE(signal.disconnect(a));
    CHECK_FALSE(signal.contains(a));
    calls.clear();
    signal.emit(2);
    CHECK(calls == Names{"b2"});
}

TEST_CASE("events: of the pool, in order",
          "[engine][events][core.event.connect][core.event.do_connect][core.event.checkout_checkin][core.event.reset]"
          "[core.event.invalidate][core.pool.events]") {
    ScriptedEngine db{{.pool_size = 1, .max_overflow = 0}};
    auto& events = db.engine.events();
    Names calls;
    events.do_connect.connect([&](Url&) { calls.emplace_back("do_connect"); });
    events.connect.connect([&](driver::Connection& connection) -> asio::awaitable<void> {
        calls.emplace_back("connect");
        co_await connection.run("SET x");
    });
    events.checkout.connect([&](const PoolEvent& e) { calls.push_back("checkout " + std::to_string(e.connection)); });
    events.checkin.connect([&](const PoolEvent& e) { calls.push_back("checkin " + std::to_string(e.connection)); });
    events.reset.connect([&](const PoolEvent& e) { calls.emplace_back(e.terminate_only ? "terminate" : "reset"); });
    events.invalidate.connect([&](const PoolEvent&) { calls.emplace_back("invalidate"); });
    events.close.connect([&](const PoolEvent&) { calls.emplace_back("close"); });
    events.engine_disposed.connect([&] { calls.emplace_back("disposed"); });
    db.run([&]() -> asio::awaitable<void> {
        {
            auto connection = co_await db.engine.connect();
            co_await connection.execute(text("SELECT 1"));
        }
        co_await pause(2ms);
        {
            auto connection = co_await db.engine.connect();
            connection.invalidate();
        }
        co_await db.engine.dispose();
    });
    CHECK(calls == Names{"do_connect", "connect", "checkout 1", "checkin 1", "reset", "checkout 1", "invalidate",
                         "checkin 1", "terminate", "close", "disposed"});
    CHECK(db.script->log().front() == "SET x");
}

TEST_CASE("events: statements before and after, changed on the way",
          "[engine][events][core.event.before_after_cursor_execute]") {
    ScriptedEngine db;
    auto& events = db.engine.events();
    Names calls;
    db.script->answer = [](const Call& call) {
        if (call.text == "SELECT bad") return Reply::failing(errc::syntax_error, "refused");
        return Reply::table({"x"}, {{integer(1)}});
    };
    events.before_execute.connect([](sql::NodePtr& node) {
        static const auto other = text("SELECT other");
        static int first = 0;
        if (first++ == 0) node = other.node();
    });
    events.before_cursor_execute.connect([&](StatementEvent& e) {
        if (e.sql.find("bad") == std::string::npos) e.sql += " /* traced */";
        e.user = std::make_shared<int>(7);
    });
    events.after_cursor_execute.connect([&](StatementEvent& e) {
        CHECK(*std::static_pointer_cast<int>(e.user) == 7);
        CHECK(e.duration.count() >= 0);
        calls.push_back(e.sql + (e.error ? " failed" : ""));
    });
    db.run([&]() -> asio::awaitable<void> {
        auto connection = co_await db.engine.connect();
        co_await connection.execute(text("SELECT 1"));
        co_await connection.run("VACUUM");
        bool failed = false;
        try {
            co_await connection.execute(text("SELECT bad"));
        } catch (const ProgrammingError&) {
            failed = true;
        }
        CHECK(failed);
    });
    CHECK(calls == Names{"SELECT other /* traced */", "VACUUM /* traced */", "SELECT bad failed"});
    CHECK(db.script->count("SELECT other /* traced */") == 1);
    CHECK(db.script->count("VACUUM /* traced */") == 1);
}

TEST_CASE("events: handle_error may replace the error, and say what becomes of the pool",
          "[engine][events][core.event.handle_error]") {
    ScriptedEngine db;
    db.script->answer = [](const Call& call) {
        if (call.text == "SELECT gone") return Reply::failing(errc::connection_lost, "gone", true);
        if (call.text == "SELECT bad") return Reply::failing(errc::syntax_error, "refused");
        return Reply{};
    };
    bool invalidate = false;
    db.engine.events().handle_error.connect([&](ErrorEvent& e) {
        CHECK(e.is_disconnect == (e.sql == "SELECT gone"));
        e.invalidate_pool_on_disconnect = invalidate;
        if (e.sql == "SELECT bad") e.error = std::make_exception_ptr(std::runtime_error("mine"));
    });
    db.run([&]() -> asio::awaitable<void> {
        std::string what;
        auto idle = co_await db.engine.connect();
        {
            auto connection = co_await db.engine.connect();
            try {
                co_await connection.execute(text("SELECT bad"));
            } catch (const std::runtime_error& error) {
                what = error.what();
            }
        }
        CHECK(what == "mine");
        co_await idle.close();
        for (invalidate = false;; invalidate = true) {
            co_await pause(2ms);
            const auto before = db.engine.pool().figures();
            auto connection = co_await db.engine.connect();
            bool failed = false;
            try {
                co_await connection.execute(text("SELECT gone"));
            } catch (const OperationalError&) {
                failed = true;
            }
            CHECK(failed);
            CHECK(db.engine.pool().figures().idle == (invalidate ? 0 : before.idle - 1));
            if (invalidate) break;
        }
    });
}

TEST_CASE("events: transactions and savepoints, not the pool's own rollback", "[engine][events][core.event.txn]") {
    ScriptedEngine db;
    auto& events = db.engine.events();
    Names calls;
    const auto listen = [&](Signal<void(const TransactionEvent&)>& signal, std::string name) {
        signal.connect([&calls, name](const TransactionEvent& e) {
            calls.push_back(name + (e.savepoint.empty() ? "" : " " + std::string{e.savepoint}));
        });
    };
    listen(events.begin, "begin");
    listen(events.commit, "commit");
    listen(events.rollback, "rollback");
    listen(events.savepoint, "savepoint");
    listen(events.release_savepoint, "release");
    listen(events.rollback_savepoint, "rollback to");
    db.run([&]() -> asio::awaitable<void> {
        {
            auto connection = co_await db.engine.connect();
            auto first = co_await connection.begin_nested();
            co_await first.commit();
            auto second = co_await connection.begin_nested();
            co_await second.rollback();
            co_await connection.commit();
            co_await connection.execute(text("SELECT 1"));
            co_await connection.rollback();
            co_await connection.execute(text("SELECT 1"));
        }
        co_await pause(2ms);
    });
    CHECK(calls == Names{"begin", "savepoint sa_savepoint_1", "release sa_savepoint_1", "savepoint sa_savepoint_2",
                         "rollback to sa_savepoint_2", "commit", "begin", "rollback", "begin"});
}

TEST_CASE("tracing: a span for each statement, in OpenTelemetry's words", "[engine][events]") {
    ScriptedEngine db;
    db.script->answer = [](const Call& call) {
        return call.text == "select bad" ? Reply::failing(errc::syntax_error, "refused") : Reply{};
    };
    std::vector<Span> spans;
    Names slow;
    trace(db.engine, [&](const Span& span) { spans.push_back(span); });
    const auto id = log_slow_queries(db.engine, 0ms, [&](std::string_view line) { slow.emplace_back(line); });
    db.run([&]() -> asio::awaitable<void> {
        auto connection = co_await db.engine.connect();
        co_await connection.execute(text("INSERT INTO t VALUES (:a)").bind("a", "secret"));
        CHECK(db.engine.events().after_cursor_execute.disconnect(id));
        try {
            co_await connection.execute(text("select bad"));
        } catch (const ProgrammingError&) { // as meant
        }
    });
    REQUIRE(spans.size() == 2);
    CHECK(spans[0].attribute("db.operation.name") == "INSERT");
    CHECK(spans[0].attribute("db.query.text").find("secret") == std::string_view::npos);
    CHECK(spans[0].start <= spans[0].end);
    CHECK_FALSE(spans[0].failed);
    CHECK(spans[1].failed);
    CHECK_FALSE(spans[1].attribute("error.type").empty());
    REQUIRE(slow.size() == 1);
    CHECK_THAT(slow[0], Contains("INSERT INTO t VALUES") && Contains("secret"));
}

TEST_CASE("autocommit: no BEGIN and no COMMIT, the connection's state as ever", "[engine][transaction][core.txn.autocommit]") {
    ScriptedEngine db;
    db.run([&]() -> asio::awaitable<void> {
        auto connection = co_await db.engine.connect();
        connection.isolation_level(IsolationLevel::autocommit);
        co_await connection.execute(text("SELECT 1"));
        CHECK(connection.in_transaction());
        CHECK_THROWS_AS(connection.isolation_level(IsolationLevel::serializable), InvalidRequestError);
        co_await connection.commit();
        CHECK_FALSE(connection.in_transaction());
        co_await connection.execute(text("SELECT 2"));
        co_await connection.rollback();
        co_await connection.close();
        // The next one has none of it.
        auto next = co_await db.engine.connect();
        co_await next.execute(text("SELECT 3"));
        co_await next.rollback();
    });
    CHECK(db.script->log() == Names{"SELECT 1", "SELECT 2", "BEGIN", "SELECT 3", "ROLLBACK"});
}

TEST_CASE("autocommit: for all connections of an engine",
          "[engine][transaction][core.txn.autocommit][core.engine.isolation_level]") {
    ScriptedEngine db{{.isolation_level = IsolationLevel::autocommit}};
    db.run([&]() -> asio::awaitable<void> {
        co_await db.engine.begin([](Connection& connection) -> asio::awaitable<void> {
            co_await connection.execute(text("SELECT 1"));
        });
        const auto serializable = TransactionOptions().isolation_level(IsolationLevel::serializable);
        co_await db.engine.begin(serializable, [](Connection& connection) -> asio::awaitable<void> {
            co_await connection.execute(text("SELECT 2"));
        });
    });
    CHECK(db.script->log() == Names{"SELECT 1", "BEGIN SERIALIZABLE", "SELECT 2", "COMMIT"});
}
