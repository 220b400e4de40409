// SPDX-License-Identifier: MIT
// A server killed and started again under load: what was reported committed is there, once; what was reported to have
// failed is not; only commits reported as unknown may be either.
#include "support/catch.hpp"

#include <cstdlib>
#include <iostream>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <utility>

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>

#include <azoth/azoth.hpp>

#include "support/own_server.hpp"
#include "support/run.hpp"

namespace az = azoth;
using namespace std::chrono_literals;
using az::testing::OwnServer;
using az::testing::run;

namespace {

struct Facts : az::Table {
    az::Column<std::int64_t> id{*this, "id", az::primary_key};
    az::Column<std::int64_t> worker{*this, "worker"};
    az::Column<std::int64_t> number{*this, "number"};
    explicit Facts(az::MetaData& metadata) : az::Table{"fact", metadata} {}
};

using Key = std::pair<std::int64_t, std::int64_t>; // worker, number

struct Record {
    std::set<Key> committed;
    std::set<Key> unknown;
    std::size_t failed = 0;
    std::size_t timeouts = 0;
    int workers = 0; ///< that have not ended
    bool over = false;
    std::string surprise;
};

asio::awaitable<void> insert_one(az::Engine engine, const Facts& facts, Key key) {
    auto connection = co_await engine.connect();
    co_await connection.execute(
        az::insert(facts).values(facts.worker = key.first, facts.number = key.second)
    );
    co_await connection.commit();
}

asio::awaitable<void> work(az::Engine engine, const Facts& facts, std::int64_t worker, Record& record) {
    for (std::int64_t number = 1; !record.over; ++number) {
        const Key key{worker, number};
        bool failed = false;
        try {
            co_await insert_one(engine, facts, key);
            record.committed.insert(key);
        } catch (const az::CommitUnknownError&) {
            record.unknown.insert(key);
            failed = true;
        } catch (const az::TimeoutError&) {
            ++record.timeouts;
            failed = true;
        } catch (const az::DBAPIError&) {
            ++record.failed;
            failed = true;
        }
        if (failed) co_await az::testing::pause(20ms);
    }
}

void survive(const std::string& kind) {
    OwnServer server{kind};
    asio::io_context io;
    az::MetaData metadata;
    const Facts facts{metadata};
    const auto engine = az::create_engine(
        io.get_executor(),
        server.url(),
        {.pool_size = 16, .max_overflow = 0, .pool_timeout = 5s}
    );
    run(io, [&]() -> asio::awaitable<void> { co_await metadata.create_all(engine); });

    Record record;
    record.workers = 64;
    for (std::int64_t worker = 1; worker <= 64; ++worker)
        asio::co_spawn(io, work(engine, facts, worker, record), [&record](std::exception_ptr error) {
            --record.workers;
            try {
                if (error) std::rethrow_exception(error);
            } catch (const std::exception& surprise) {
                record.surprise = surprise.what();
            }
        });
    io.restart();
    // The load runs on another thread: a server ends with the thread that has started it.
    std::thread load([&io] { io.run_for(120s); });
    int kills = 0;
    try {
        const auto end = std::chrono::steady_clock::now() + 30s;
        while (std::chrono::steady_clock::now() < end) {
            std::this_thread::sleep_for(3s);
            server.kill();
            std::this_thread::sleep_for(100ms);
            server.start();
            ++kills;
        }
        std::this_thread::sleep_for(500ms);
    } catch (const std::exception& error) {
        asio::post(io, [&record, text = std::string{error.what()}] { record.surprise = text; });
    }
    asio::post(io, [&record] { record.over = true; });
    load.join();
    REQUIRE(record.workers == 0);
    CHECK(record.surprise == "");
    CHECK(engine.pool().figures().in_use == 0);
    CHECK(engine.pool().figures().waiting == 0);

    std::map<Key, int> found;
    run(io, [&]() -> asio::awaitable<void> {
        auto connection = co_await engine.connect();
        const auto rows = co_await connection.execute(az::select(facts.worker, facts.number));
        for (const auto& [worker, number] : rows) ++found[{worker, number}];
        co_await connection.close();
        co_await engine.dispose();
    });
    std::size_t lost = 0;
    std::size_t doubled = 0;
    std::size_t unreported = 0;
    for (const auto& key : record.committed)
        if (!found.contains(key)) ++lost;
    for (const auto& [key, count] : found) {
        if (count != 1) ++doubled;
        if (!record.committed.contains(key) && !record.unknown.contains(key)) ++unreported;
    }
    CHECK(lost == 0);
    CHECK(doubled == 0);
    CHECK(unreported == 0);
    CHECK(record.failed > 0);
    CHECK(kills >= 5);
    CHECK(record.committed.size() > 100);
    std::cout << kind << " killed " << kills << " times: " << record.committed.size() << " rows committed, " << record.unknown.size()
              << " unknown, " << record.failed << " errors, " << record.timeouts << " timeouts, " << lost << " lost, "
              << doubled << " doubled\n";
}

} // namespace

TEST_CASE("a PostgreSQL server killed and restarted under load loses nothing that was committed", "[integration][faults][slow]") {
    if (std::getenv("AZOTH_TEST_POSTGRESQL_URL") == nullptr) return;
    survive("postgresql");
}
TEST_CASE("a MariaDB server killed and restarted under load loses nothing that was committed", "[integration][faults][slow]") {
    if (std::getenv("AZOTH_TEST_MARIADB_URL") == nullptr) return;
    survive("mariadb");
}
