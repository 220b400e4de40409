// SPDX-License-Identifier: MIT
// A context that is destroyed while coroutines wait in it, whatever they wait for: nothing hangs, nothing is used after it is gone.
#include "support/backend.hpp"
#include "support/catch.hpp"
#include "support/domain.hpp"

#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <asio/co_spawn.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

#include <azoth/azoth.hpp>

namespace az = azoth;
using namespace domain;
using namespace std::chrono_literals;

namespace {

/// Seconds of work for the database. A server does not notice that nobody waits for it any more: it is to sleep.
az::TextClause slow(const az::Engine& engine) {
    const auto name = engine.dialect()->name();
    if (name == "postgresql") return az::text("SELECT pg_sleep(5)");
    if (name == "mariadb") return az::text("SELECT SLEEP(5)");
    return az::text("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n");
}

/// 100 million rows.
az::TextClause many_rows() {
    const std::string ten = "(SELECT 0 AS n UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5"
                            " UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9)";
    std::string sql = "SELECT a.n FROM " + ten + " a";
    for (const char name : {'b', 'c', 'd', 'e', 'f', 'g', 'h'}) sql += " CROSS JOIN " + ten + " " + name;
    return az::text(sql);
}

asio::awaitable<void> wait_for_ever() {
    asio::steady_timer timer{co_await asio::this_coro::executor, 10min};
    co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void> in_a_statement(az::Engine engine) {
    const std::string kept(1000, 'x'); // what the frame owns
    auto connection = co_await engine.connect();
    const auto statement = slow(engine);
    co_await connection.execute(statement);
}

asio::awaitable<void> in_a_stream(az::Engine engine) {
    auto connection = co_await engine.connect();
    const auto statement = many_rows();
    auto stream = co_await connection.stream(statement);
    for (std::size_t rows = 1;; ++rows) {
        co_await stream.next();
        // Rows that are there already make nobody wait; the context is to have its turn.
        if (rows % 100 == 0) co_await asio::post(asio::use_awaitable);
    }
}

asio::awaitable<void> between_two_rows(az::Engine engine) {
    auto connection = co_await engine.connect();
    const auto statement = many_rows();
    auto stream = co_await connection.stream(statement);
    co_await stream.next();
    co_await wait_for_ever();
}

asio::awaitable<void> in_a_transaction(az::Engine engine) {
    co_await engine.begin([](az::Connection& connection) -> asio::awaitable<void> {
        auto savepoint = co_await connection.begin_nested();
        co_await connection.execute(az::text("SELECT 1"));
        co_await wait_for_ever();
    });
}

asio::awaitable<void> in_the_queue_of_the_pool(az::Engine engine) {
    std::vector<az::Connection> all;
    for (;;) all.push_back(co_await engine.connect());
}

asio::awaitable<void> in_a_session(az::Engine engine) {
    az::Session session{engine};
    auto author = az::make<Author>();
    author->name = "never written";
    session.add(author);
    co_await session.flush();
    auto nested = co_await session.begin_nested();
    author->name = "nor this";
    co_await session.flush();
    co_await wait_for_ever();
    co_await nested.rollback();
}

asio::awaitable<void> on_the_way_back(az::Engine engine) {
    for (;;) {
        auto connection = co_await engine.connect();
        co_await connection.execute(az::text("SELECT 1"));
    } // each with a transaction to roll back
}

asio::awaitable<void> create(az::Engine engine) {
    az::Registry models;
    models.add<Author, Book, Note>();
    co_await models.metadata().create_all(engine);
}

using Body = asio::awaitable<void> (*)(az::Engine);

enum class Order : std::uint8_t { engine_first, context_first };

void abandon(const std::string& url, Body body, std::chrono::milliseconds after, Order order) {
    az::EngineOptions options;
    options.pool_size = 2;
    options.max_overflow = 0;
    auto io = std::make_unique<asio::io_context>();
    std::optional<az::Engine> engine = az::create_engine(io->get_executor(), url, options);
    for (int i = 0; i < 2; ++i) asio::co_spawn(*io, body(*engine), [](std::exception_ptr) {});
    io->run_for(after);
    if (order == Order::engine_first) engine.reset();
    io.reset();
}

} // namespace

TEST_CASE("a context is destroyed with work in it", "[integration]") {
    const auto database = GENERATE(from_range(backend_names()));
    if (database == "sqlite") return; // a database of each connection's own: the file is the one that tells
    INFO("database: " << database);
    Backend backend{database};
    backend.run(create(backend.engine()));
    const Body bodies[] = {in_a_statement,           in_a_stream,  between_two_rows, in_a_transaction,
                           in_the_queue_of_the_pool, in_a_session, on_the_way_back};
    int runs = 0;
    for (const auto body : bodies) {
        for (const auto after : {0ms, 1ms, 3ms, 10ms, 40ms}) {
            for (const auto order : {Order::engine_first, Order::context_first}) {
                const auto started = std::chrono::steady_clock::now();
                abandon(backend.url(), body, after, order);
                CHECK(std::chrono::steady_clock::now() - started < 10s);
                ++runs;
            }
        }
    }
    CHECK(runs == 70);
    // Nobody holds a lock, and the database has seen nothing.
    az::Session session{backend.engine()};
    backend.run([](az::Session& s) -> asio::awaitable<void> {
        const auto authors = co_await s.scalars(az::select<Author>());
        CHECK(authors.all().empty());
        auto author = az::make<Author>();
        author->name = "written";
        s.add(author);
        co_await s.commit();
    }(session));
}
