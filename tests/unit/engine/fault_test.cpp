// SPDX-License-Identifier: MIT
// Everything goes wrong once at every step of a long piece of work, in every way; the next borrower must not notice.
#include "support/catch.hpp"

#include <string>
#include <tuple>
#include <vector>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/post.hpp>

#include <azoth/schema/metadata.hpp>
#include <azoth/sql/column.hpp>
#include <azoth/sql/dml.hpp>
#include <azoth/sql/text.hpp>

#include "support/scripted_engine.hpp"

using namespace azoth;
using namespace azoth::testing;
using namespace std::chrono_literals;

namespace {

struct Things : Table {
    Column<std::int64_t> id{*this, "id", primary_key};
    explicit Things(MetaData& metadata) : Table{"thing", metadata} {}
};

/// A bit of everything a connection can do. Asks the database more than a dozen times.
asio::awaitable<void> work(Engine engine, const Things& things) {
    {
        auto connection = co_await engine.connect();
        co_await connection.execute(text("SELECT 1"));
        auto savepoint = co_await connection.begin_nested();
        const std::vector<int> rows(3, 1);
        co_await connection.execute(insert(things).columns(things.id), rows);
        co_await savepoint.rollback();
        co_await connection.commit();
        auto stream = co_await connection.stream(text("SELECT 2"), ExecutionOptions().yield_per(1));
        co_await stream.next();
        co_await stream.close();
        co_await connection.execute(text("SELECT 3"), ExecutionOptions().timeout(1h));
        co_await connection.close();
    }
    co_await engine.begin([](Connection& connection) -> asio::awaitable<void> {
        co_await connection.execute(text("SELECT 4"));
        auto inner = co_await connection.begin_nested();
        co_await inner.commit();
    });
    auto connection = co_await engine.connect();
    co_await connection.execute(text("SELECT 5")); // left open: for the pool to roll back
}

enum class Fault { none, cancel, error, disconnect };

/// Runs work() with a fault at call number `step`, then what a borrower after it would do. @return the number of calls
int run_with_fault(Fault fault, int step) {
    EngineOptions options;
    options.pool_size = 1;
    options.max_overflow = 0;
    options.pool_pre_ping = true;
    options.pool_timeout = 10s;
    ScriptedEngine db{options};
    MetaData metadata;
    const Things things{metadata};
    asio::cancellation_signal stop;
    int calls = 0;
    bool done = false;
    db.script->answer = [&](const Call& call) {
        Reply reply;
        if (call.text == "SELECT 2") reply = Reply::table({"x"}, {{integer(1)}, {integer(2)}});
        if (done || ++calls != step) return reply;
        switch (fault) {
        case Fault::none: break;
        case Fault::cancel:
            reply.hang = true;
            asio::post(db.io, [&] { stop.emit(asio::cancellation_type::terminal); });
            break;
        case Fault::error: return Reply::failing(errc::syntax_error, "refused");
        case Fault::disconnect: return Reply::failing(errc::connection_lost, "gone", true);
        }
        return reply;
    };

    std::exception_ptr error;
    bool ended = false;
    asio::co_spawn(db.io, work(db.engine, things), asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr e) {
                       error = e;
                       ended = true;
                   }));
    db.io.run_for(10s);
    REQUIRE(ended);
    try {
        if (error) std::rethrow_exception(error);
    } catch (const std::logic_error& misuse) { // the script's: the driver was used as it must not be
        FAIL(misuse.what());
    } catch (const std::exception&) { // what was asked for
    }

    done = true;
    CHECK(db.engine.pool().figures().in_use == 0);
    CHECK(db.script->alive() <= 1);
    db.script->forget_log();
    db.run([&]() -> asio::awaitable<void> {
        auto connection = co_await db.engine.connect();
        CHECK_FALSE(connection.in_transaction());
        co_await connection.execute(text("SELECT 6"));
        co_await connection.commit();
    });
    std::vector<std::string> asked;
    for (const auto& call : db.script->calls())
        if (call.text != "CONNECT" && call.text != "PING") asked.push_back(call.text);
    CHECK(asked == std::vector<std::string>{"BEGIN", "SELECT 6", "COMMIT"});
    return calls;
}

} // namespace

TEST_CASE("faults: at every step, of every kind, the next borrower gets a clean connection",
          "[engine][faults][core.conn.cancel][core.err.exit_errors][core.pool.reset_on_return]") {
    const int steps = run_with_fault(Fault::none, 0);
    CHECK(steps >= 20);
    for (const auto fault : {Fault::cancel, Fault::error, Fault::disconnect}) {
        for (int step = 1; step <= steps; ++step) {
            CAPTURE(static_cast<int>(fault), step);
            run_with_fault(fault, step);
        }
    }
}
