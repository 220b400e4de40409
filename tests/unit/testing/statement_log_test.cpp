// SPDX-License-Identifier: MIT
#include <azoth/testing/statement_log.hpp>

#include <azoth/engine/run_sync.hpp>
#include <azoth/sql/text.hpp>

#include <stdexcept>

#include "support/catch.hpp"
#include "support/scripted_engine.hpp"

namespace az = azoth;

TEST_CASE("statement log: what an engine sends is recorded, transactions included", "[testing]") {
    const az::testing::StatementLog log;
    az::EngineOptions options;
    log.attach(options);
    az::testing::ScriptedEngine scripted{options};
    scripted.run([&]() -> az::asio::awaitable<void> {
        auto connection = co_await scripted.engine.connect();
        const auto insert = az::text("INSERT INTO t VALUES (:x)").bind("x", 7);
        co_await connection.execute(insert);
        co_await connection.commit();
        co_await connection.close();
    });
    const auto statements = log.statements();
    REQUIRE(statements.size() == 3);
    CHECK(log.texts().front() == "BEGIN");
    CHECK(log.texts().back() == "COMMIT");
    CHECK(log.count("INSERT") == 1);
    REQUIRE(statements[1].rows.size() == 1);
    CHECK(statements[1].rows[0] == std::vector<az::Value>{az::Value{std::int64_t{7}}});
}

TEST_CASE("statement log: copies share the record, which can be cleared, paused and marked", "[testing]") {
    az::testing::StatementLog log;
    auto copy = log;
    copy.mark("# here");
    CHECK(log.texts() == std::vector<std::string>{"# here"});
    log.clear();
    CHECK(copy.size() == 0);
}

TEST_CASE("run_sync: a coroutine's result and its error come back", "[engine]") {
    const auto seven = az::run_sync([](az::asio::any_io_executor) -> az::asio::awaitable<int> { co_return 7; });
    CHECK(seven == 7);
    CHECK_THROWS_AS(
        az::run_sync([](az::asio::any_io_executor) -> az::asio::awaitable<void> {
            throw std::runtime_error("no");
            co_return;
        }),
        std::runtime_error);
}
