// SPDX-License-Identifier: MIT
// The pool under load: ten thousand callers for twenty connections, figures, and who has what.
#include "support/catch.hpp"

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/co_spawn.hpp>
#include <asio/post.hpp>

#include <azoth/sql/text.hpp>

#include "support/scripted_engine.hpp"

using namespace azoth;
using namespace azoth::testing;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;

namespace {

constexpr int callers = 10'000;

struct Crowd {
    std::vector<int> served; ///< in order
    int cancelled = 0;
    int failed = 0;
};

asio::awaitable<void> call(Engine engine, int number, Crowd& crowd) {
    auto connection = co_await engine.connect();
    crowd.served.push_back(number);
    co_await connection.execute(text("SELECT 1"));
    co_await connection.commit();
}

EngineOptions twenty() {
    EngineOptions options;
    options.pool_size = 20;
    options.max_overflow = 0;
    return options;
}

auto at_end(Crowd& crowd) {
    return [&crowd](std::exception_ptr error) {
        try {
            if (error) std::rethrow_exception(error);
        } catch (const asio_system_error& e) {
            CHECK(e.code() == asio::error::operation_aborted);
            ++crowd.cancelled;
        } catch (const std::exception&) {
            ++crowd.failed;
        }
    };
}

void check_quiet(const Engine& engine) {
    const auto now = engine.pool().figures();
    CHECK(now.in_use == 0);
    CHECK(now.waiting == 0);
    CHECK(now.created <= 20);
    CHECK(engine.pool().checked_out().empty());
}

} // namespace

TEST_CASE("pool: ten thousand callers are served by twenty connections, in the order they came", "[engine][pool]") {
    ScriptedEngine db{twenty()};
    Crowd crowd;
    for (int i = 0; i < callers; ++i) asio::co_spawn(db.io, call(db.engine, i, crowd), at_end(crowd));
    db.io.run_for(30s);
    CHECK(crowd.failed == 0);
    CHECK(crowd.served.size() == callers);
    CHECK(std::ranges::is_sorted(crowd.served));
    check_quiet(db.engine);
    const auto waits = db.engine.pool().figures().waits;
    CHECK(waits.total() == callers);
    CHECK(waits.quantile(0.99) >= waits.quantile(0.5));
}

TEST_CASE("pool: a third of ten thousand callers is cancelled at random, the others keep their order", "[engine][pool]") {
    ScriptedEngine db{twenty()};
    db.run([&]() -> asio::awaitable<void> {
        std::vector<Connection> all;
        for (int i = 0; i < 20; ++i) all.push_back(co_await db.engine.connect());
    });
    db.io.restart();
    Crowd crowd;
    std::vector<std::unique_ptr<asio::cancellation_signal>> signals;
    for (int i = 0; i < callers; ++i) {
        signals.push_back(std::make_unique<asio::cancellation_signal>());
        asio::co_spawn(
            db.io,
            call(db.engine, i, crowd),
            asio::bind_cancellation_slot(signals.back()->slot(), at_end(crowd))
        );
    }
    // All twenty are connected first: a caller whose turn it is to connect is overtaken while he does.
    std::minstd_rand random{20};
    // Some are waiting when it hits them, some have been granted a connection, some are at work, some have ended.
    for (int i = 0; i < 500 && !db.io.stopped(); ++i) {
        for (int k = 0; k < 15; ++k) db.io.poll_one();
        for (int k = 0; k < 12; ++k)
            signals[std::uniform_int_distribution<std::size_t>{0, callers - 1}(random)]->emit(
                asio::cancellation_type::terminal
            );
    }
    db.io.run_for(30s);
    CHECK(crowd.failed == 0);
    CHECK(crowd.cancelled > callers / 5);
    CHECK(std::ranges::is_sorted(crowd.served));
    CHECK(crowd.served.size() + static_cast<std::size_t>(crowd.cancelled) >= callers);
    check_quiet(db.engine);
    db.run([&]() -> asio::awaitable<void> {
        auto connection = co_await db.engine.connect();
        CHECK_FALSE(connection.in_transaction());
    });
}

TEST_CASE("pool: its figures tell what was recycled, what was invalidated, and how long callers waited", "[engine][pool]") {
    ScriptedEngine db{{.pool_size = 1, .max_overflow = 0, .pool_recycle = 20ms}};
    db.run([&]() -> asio::awaitable<void> {
        {
            auto connection = co_await db.engine.connect();
            connection.invalidate();
        }
        {
            auto connection = co_await db.engine.connect();
            co_await pause(1ms);
        }
        co_await pause(30ms);
        auto connection = co_await db.engine.connect();
    });
    const auto now = db.engine.pool().figures();
    CHECK(now.created == 3);
    CHECK(now.recycled == 1);
    CHECK(now.invalidated == 1);
    CHECK(now.waits.total() == 3);
    CHECK(now.waits.quantile(1.0) == 100us);
    WaitTimes waits;
    waits.add(3ms);
    waits.add(10s);
    CHECK(waits.quantile(0.5) == 5ms);
    CHECK(waits.quantile(1) == 5s);
}

TEST_CASE("pool: who has a connection is told, and named when the pool is used up", "[engine][pool]") {
    ScriptedEngine db{{.pool_size = 2, .max_overflow = 0, .pool_timeout = 20ms}};
    std::string message;
    db.run([&]() -> asio::awaitable<void> {
        auto leaked = co_await db.engine.connect();
        const auto line = __LINE__ - 1;
        co_await pause(10ms);
        auto other = co_await db.engine.connect();
        const auto all = db.engine.pool().checked_out();
        REQUIRE(all.size() == 2);
        CHECK(all.front().where.line() == line);
        CHECK_THAT(all.front().to_string(), Contains("pool_load_test.cpp:" + std::to_string(line)));
        const auto old = db.engine.pool().checked_out(5ms);
        CHECK(old.size() == 1);
        try {
            auto third = co_await db.engine.connect();
        } catch (const TimeoutError& error) {
            message = error.what();
        }
        co_await other.close();
        const auto left = db.engine.pool().checked_out();
        CHECK(left.size() == 1);
    });
    CHECK_THAT(message, Contains("In use for the longest time: connection 1, taken at ") && Contains("pool_load_test.cpp"));
}
