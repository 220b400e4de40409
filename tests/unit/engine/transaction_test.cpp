// SPDX-License-Identifier: MIT
// Transactions and savepoints: what is sent, in which order, and what happens when something goes wrong.
#include "support/catch.hpp"

#include <string>
#include <vector>

#include <asio/experimental/awaitable_operators.hpp>

#include <azoth/sql/text.hpp>

#include "support/scripted_engine.hpp"

using namespace azoth;
using namespace azoth::testing;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;

namespace {

using Log = std::vector<std::string>;

/// Fails, or hangs, as the text says.
Reply by_text(const Call& call) {
    if (call.text == "deadlock") {
        auto reply = Reply::failing(errc::deadlock, "deadlock", false, true);
        reply.ends_transaction = true;
        return reply;
    }
    if (call.text == "bad") return Reply::failing(errc::syntax_error, "bad");
    Reply reply;
    reply.hang = call.text == "slow";
    reply.ends_transaction = call.text == "ddl";
    return reply;
}

} // namespace

TEST_CASE("transaction: commit as you go",
          "[engine][transaction][core.txn.commit_as_you_go][core.conn.autobegin]") {
    ScriptedEngine db;
    db.run([&]() -> asio::awaitable<void> {
        auto connection = co_await db.engine.connect();
        co_await connection.commit(); // nothing to commit, nothing sent
        CHECK_FALSE(connection.in_transaction());
        co_await connection.execute(text("a"));
        co_await connection.execute(text("b"));
        CHECK(connection.in_transaction());
        co_await connection.commit();
        CHECK_FALSE(connection.in_transaction());
        co_await connection.execute(text("c"));
        co_await connection.rollback();
        co_await connection.rollback();
        co_await connection.close();
    });
    CHECK(db.script->log() == Log{"BEGIN", "a", "b", "COMMIT", "BEGIN", "c", "ROLLBACK"});
}

TEST_CASE("transaction: begin() is refused when there is one already",
          "[engine][transaction][core.txn.begin_once]") {
    ScriptedEngine db;
    db.run([&]() -> asio::awaitable<void> {
        auto connection = co_await db.engine.connect();
        co_await connection.execute(text("a"));
        CHECK_THROWS_WITH(co_await connection.begin(), Contains("has a transaction already"));
        co_await connection.rollback();
        auto transaction = co_await connection.begin();
        CHECK_THROWS_AS(co_await connection.begin(), InvalidRequestError);
        co_await transaction.commit();
    });
    CHECK(db.script->log() == Log{"BEGIN", "a", "ROLLBACK"}); // an empty transaction costs nothing
}

TEST_CASE("transaction: an ended one cannot be committed again",
          "[engine][transaction][core.txn.transaction_object]") {
    ScriptedEngine db;
    db.run([&]() -> asio::awaitable<void> {
        auto connection = co_await db.engine.connect();
        auto transaction =
            co_await connection.begin(TransactionOptions().isolation_level(IsolationLevel::serializable));
        co_await connection.execute(text("a"));
        CHECK(transaction.is_active());
        co_await transaction.commit();
        CHECK_FALSE(transaction.is_active());
        CHECK_THROWS_WITH(co_await transaction.commit(), Contains("has ended already"));
        co_await transaction.rollback(); // does nothing
        auto next = co_await connection.begin();
        CHECK_THROWS_AS(co_await transaction.commit(), InvalidRequestError);
        CHECK(next.is_active());
        co_await next.rollback();
    });
    CHECK(db.script->log() == Log{"BEGIN SERIALIZABLE", "a", "COMMIT"});
}

TEST_CASE(
    "transaction: one that goes out of scope is rolled back before the next statement",
    "[engine][transaction]"
) {
    ScriptedEngine db;
    db.run([&]() -> asio::awaitable<void> {
        auto connection = co_await db.engine.connect();
        {
            auto transaction = co_await connection.begin();
            co_await connection.execute(text("a"));
            auto savepoint = co_await connection.begin_nested();
        }
        CHECK(db.script->log() == Log{"BEGIN", "a", "SAVEPOINT sa_savepoint_1"}); // destructors do no I/O
        co_await connection.execute(text("b"));
        co_await connection.commit();
    });
    CHECK(
        db.script->log() == Log{"BEGIN", "a", "SAVEPOINT sa_savepoint_1", "ROLLBACK", "BEGIN", "b", "COMMIT"}
    );
}

TEST_CASE("savepoint: names count up, commit releases, rollback goes back",
          "[engine][transaction][core.txn.nested][core.txn.nested_order]") {
    ScriptedEngine db;
    db.run([&]() -> asio::awaitable<void> {
        auto connection = co_await db.engine.connect();
        auto first = co_await connection.begin_nested(); // begins the transaction as well
        CHECK(connection.in_nested_transaction());
        co_await connection.execute(text("a"));
        co_await first.commit();
        CHECK_FALSE(connection.in_nested_transaction());
        auto second = co_await connection.begin_nested();
        auto third = co_await connection.begin_nested();
        co_await second.rollback(); // takes the one inside along
        CHECK_FALSE(third.is_active());
        CHECK_THROWS_AS(co_await third.commit(), InvalidRequestError);
        {
            auto fourth = co_await connection.begin_nested();
            co_await connection.execute(text("b"));
        }
        co_await connection.commit();
    });
    CHECK(
        db.script->log() == Log{"BEGIN",
                                "SAVEPOINT sa_savepoint_1",
                                "a",
                                "RELEASE SAVEPOINT sa_savepoint_1",
                                "SAVEPOINT sa_savepoint_2",
                                "SAVEPOINT sa_savepoint_3",
                                "ROLLBACK TO SAVEPOINT sa_savepoint_2",
                                "SAVEPOINT sa_savepoint_4",
                                "b",
                                "ROLLBACK TO SAVEPOINT sa_savepoint_4",
                                "COMMIT"}
    );
}

TEST_CASE("transaction: ended by the database, it has to be rolled back before anything else",
          "[engine][transaction][core.txn.pending_rollback]") {
    ScriptedEngine db;
    db.script->answer = by_text;
    db.run([&]() -> asio::awaitable<void> {
        auto connection = co_await db.engine.connect();
        co_await connection.execute(text("a"));
        CHECK_THROWS_AS(co_await connection.execute(text("deadlock")), OperationalError);
        // Without the rollback "b" would be committed alone, without "a".
        CHECK_THROWS_AS(co_await connection.execute(text("b")), PendingRollbackError);
        CHECK_THROWS_AS(co_await connection.commit(), PendingRollbackError);
        co_await connection.rollback();
        co_await connection.execute(text("c"));
        co_await connection.commit();
    });
    CHECK(db.script->log() == Log{"BEGIN", "a", "deadlock", "BEGIN", "c", "COMMIT"});
}

TEST_CASE("transaction: a statement that fails leaves it as the database has it",
          "[engine][transaction][core.txn.nested]") {
    ScriptedEngine db;
    db.script->answer = by_text;
    db.run([&]() -> asio::awaitable<void> {
        auto connection = co_await db.engine.connect();
        auto savepoint = co_await connection.begin_nested();
        CHECK_THROWS_AS(co_await connection.execute(text("bad")), ProgrammingError);
        co_await savepoint.rollback();
        co_await connection.execute(text("good"));
        co_await connection.commit();
    });
    CHECK(
        db.script->log() == Log{"BEGIN",
                                "SAVEPOINT sa_savepoint_1",
                                "bad",
                                "ROLLBACK TO SAVEPOINT sa_savepoint_1",
                                "good",
                                "COMMIT"}
    );
}

TEST_CASE("transaction: DDL that commits by itself is followed by a new BEGIN",
          "[engine][transaction][core.txn.ddl]") {
    ScriptedEngine db;
    db.script->answer = by_text;
    db.run([&]() -> asio::awaitable<void> {
        auto connection = co_await db.engine.connect();
        co_await connection.execute(text("ddl"));
        co_await connection.execute(text("a"));
        co_await connection.commit();
    });
    CHECK(db.script->log() == Log{"BEGIN", "ddl", "BEGIN", "a", "COMMIT"});
}

TEST_CASE("transaction: a cancelled statement is recovered from, its transaction is lost",
          "[engine][transaction][core.txn.pending_rollback][core.conn.cancel]") {
    using namespace asio::experimental::awaitable_operators;
    ScriptedEngine db;
    db.script->answer = by_text;
    db.run([&]() -> asio::awaitable<void> {
        auto connection = co_await db.engine.connect();
        auto winner = co_await (connection.execute(text("slow")) || pause(5ms));
        CHECK(winner.index() == 1);
        CHECK_THROWS_AS(co_await connection.execute(text("a")), PendingRollbackError);
        co_await connection.rollback();
        co_await connection.execute(text("b"));
        co_await connection.commit();
    });
    CHECK(db.script->log() == Log{"BEGIN", "slow", "RECOVER", "BEGIN", "b", "COMMIT"});
}

TEST_CASE("timeout: the statement is cancelled, the connection recovered at once",
          "[engine][timeout][core.conn.cancel]") {
    ScriptedEngine db;
    db.script->answer = by_text;
    db.run([&]() -> asio::awaitable<void> {
        auto connection = co_await db.engine.connect();
        CHECK_THROWS_WITH(
            co_await connection.execute(text("slow"), ExecutionOptions().timeout(10ms)),
            Contains("after 10 ms")
        );
        CHECK(db.script->log() == Log{"BEGIN", "slow", "RECOVER"});
        co_await connection.rollback();
        co_await connection.execute(text("quick"), ExecutionOptions().timeout(1000ms));
        CHECK_THROWS_AS(
            co_await connection.execute(text("bad"), ExecutionOptions().timeout(1000ms)),
            ProgrammingError
        );
        co_await connection.commit();
    });
    CHECK(db.script->log() == Log{"BEGIN", "slow", "RECOVER", "BEGIN", "quick", "bad", "COMMIT"});
}

TEST_CASE("timeout: cancelling the caller cancels the statement", "[engine][timeout][core.conn.cancel]") {
    using namespace asio::experimental::awaitable_operators;
    ScriptedEngine db;
    db.script->answer = by_text;
    db.run([&]() -> asio::awaitable<void> {
        auto connection = co_await db.engine.connect();
        const auto before = std::chrono::steady_clock::now();
        const auto options = ExecutionOptions().timeout(10'000ms);
        auto winner = co_await (connection.execute(text("slow"), options) || pause(5ms));
        CHECK(winner.index() == 1);
        CHECK(std::chrono::steady_clock::now() - before < 2s);
        co_await connection.rollback();
        co_await connection.execute(text("a"));
    });
    CHECK(db.script->log() == Log{"BEGIN", "slow", "RECOVER", "BEGIN", "a", "ROLLBACK"});
}

TEST_CASE("connection: a second operation while one is suspended is refused",
          "[engine][connection][core.conn.concurrency_guard]") {
    ScriptedEngine db;
    db.script->answer = [](const Call& call) {
        Reply reply;
        if (call.text == "a") reply.delay = 10ms;
        return reply;
    };
    db.run([&]() -> asio::awaitable<void> {
        auto connection = co_await db.engine.connect();
        auto first = connection.execute(text("a"));
        bool ended = false;
        asio::co_spawn(db.io, std::move(first), [&](std::exception_ptr error, const Result<>&) {
            ended = !error;
        });
        co_await pause(2ms);
        CHECK_THROWS_WITH(co_await connection.execute(text("b")), Contains("another operation is suspended"));
        CHECK_THROWS_AS(co_await connection.close(), InvalidRequestError);
        co_await pause(20ms);
        CHECK(ended);
        co_await connection.execute(text("c"));
        co_await connection.commit();
    });
    CHECK(db.script->log() == Log{"BEGIN", "a", "c", "COMMIT"});
}

TEST_CASE("connection: use after close is refused, by all that were made of it",
          "[engine][connection][core.conn.close]") {
    ScriptedEngine db;
    db.run([&]() -> asio::awaitable<void> {
        auto connection = co_await db.engine.connect();
        auto transaction = co_await connection.begin();
        auto early = connection.execute(text("a"));
        co_await connection.close();
        co_await connection.close();
        CHECK_THROWS_WITH(co_await connection.execute(text("b")), Contains("engine.connect()"));
        CHECK_THROWS_AS(co_await connection.commit(), ResourceClosedError);
        CHECK_THROWS_AS(connection.server_version(), ResourceClosedError);
        CHECK_THROWS_AS(co_await transaction.commit(), ResourceClosedError);
        // The same database connection, but somebody else's now.
        auto other = co_await db.engine.connect();
        CHECK_THROWS_AS(co_await std::move(early), ResourceClosedError);
        CHECK_FALSE(transaction.is_active());
        CHECK(other.server_version() == "1.0-script");
        CHECK(other.native_handle() != nullptr);
    });
    CHECK(db.script->made() == 1);
    CHECK(db.script->log().empty());
}

TEST_CASE("engine.begin: commits, or rolls back and throws on", "[engine][begin][core.engine.begin]") {
    ScriptedEngine db;
    db.script->answer = by_text;
    db.run([&]() -> asio::awaitable<void> {
        const int answer = co_await db.engine.begin([](Connection& connection) -> asio::awaitable<int> {
            co_await connection.execute(text("a"));
            co_return 42;
        });
        CHECK(answer == 42);
        CHECK_THROWS_AS(
            co_await db.engine.begin([](Connection& connection) -> asio::awaitable<void> {
                co_await connection.execute(text("b"));
                throw std::logic_error("no");
            }),
            std::logic_error
        );
        CHECK(db.engine.pool().figures().idle == 1); // rolled back already
    });
    CHECK(db.script->log() == Log{"BEGIN", "a", "COMMIT", "BEGIN", "b", "ROLLBACK"});
}

TEST_CASE("engine.begin: after its transaction has ended no statement follows in it",
          "[engine][begin][core.txn.block_guard][core.engine.begin]") {
    ScriptedEngine db;
    db.run([&]() -> asio::awaitable<void> {
        co_await db.engine.begin([](Connection& connection) -> asio::awaitable<void> {
            co_await connection.execute(text("a"));
            co_await connection.commit();
        });
        CHECK_THROWS_WITH(
            co_await db.engine.begin([](Connection& connection) -> asio::awaitable<void> {
                co_await connection.rollback();
                co_await connection.execute(text("b"));
            }),
            Contains("engine.begin() has ended already")
        );
    });
    CHECK(db.script->log() == Log{"BEGIN", "a", "COMMIT"});
}

TEST_CASE("engine.begin: a unit that is worth it is tried again",
          "[engine][begin][core.txn.retry_recipe][app.retry]") {
    ScriptedEngine db;
    db.script->answer = by_text;
    db.run([&]() -> asio::awaitable<void> {
        int attempts = 0;
        const auto options = TransactionOptions().max_attempts(3);
        co_await db.engine.begin(options, [&](Connection& connection) -> asio::awaitable<void> {
            if (++attempts < 3) co_await connection.execute(text("deadlock"));
            else co_await connection.execute(text("a"));
        });
        CHECK(attempts == 3);
        attempts = 0;
        CHECK_THROWS_AS(
            co_await db.engine.begin(
                options,
                [&](Connection& connection) -> asio::awaitable<void> {
                    ++attempts;
                    co_await connection.execute(text("deadlock"));
                }
            ),
            OperationalError
        );
        CHECK(attempts == 3);
        attempts = 0;
        CHECK_THROWS_AS(
            co_await db.engine.begin(
                options,
                [&](Connection& connection) -> asio::awaitable<void> {
                    ++attempts;
                    co_await connection.execute(text("bad"));
                }
            ),
            ProgrammingError
        );
        CHECK(attempts == 1);
    });
}

TEST_CASE("engine.begin: cancelled, the pool rolls back", "[engine][begin][core.err.exit_errors]") {
    using namespace asio::experimental::awaitable_operators;
    ScriptedEngine db{{.pool_size = 1, .max_overflow = 0}};
    db.script->answer = by_text;
    const auto unit = [](Connection& connection) -> asio::awaitable<void> {
        co_await connection.execute(text("a"));
        co_await connection.execute(text("slow"));
    };
    db.run([&]() -> asio::awaitable<void> {
        auto winner = co_await (db.engine.begin(unit) || pause(5ms));
        CHECK(winner.index() == 1);
        auto next = co_await db.engine.connect();
        co_await next.execute(text("b"));
        co_await next.commit();
    });
    CHECK(db.script->log() == Log{"BEGIN", "a", "slow", "RECOVER", "BEGIN", "b", "COMMIT"});
}

TEST_CASE("commit: a lost answer is reported as such", "[engine][transaction]") {
    ScriptedEngine db;
    db.script->answer = [](const Call& call) {
        Reply reply;
        if (call.text == "COMMIT") {
            DiagnosticInfo info;
            info.message = "who knows";
            info.disconnect = true;
            reply = Reply::failing(CommitUnknownError{std::move(info), "COMMIT", {}});
            reply.disconnect = true;
        }
        return reply;
    };
    db.run([&]() -> asio::awaitable<void> {
        auto connection = co_await db.engine.connect();
        co_await connection.execute(text("a"));
        CHECK_THROWS_AS(co_await connection.commit(), CommitUnknownError);
        CHECK_FALSE(connection.in_transaction());
    });
    CHECK(db.script->alive() == 0);
}
