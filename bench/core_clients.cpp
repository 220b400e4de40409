// SPDX-License-Identifier: MIT
// W4, W8 and W9 by Azoth's Core: short transactions, many clients of one pool, pipelines.
#include "azoth_run.hpp"

#include <algorithm>
#include <tuple>
#include <vector>

#ifdef AZOTH_USE_BOOST_ASIO
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#else
#include <asio/co_spawn.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#endif

namespace bench {
namespace {

using Row = std::tuple<std::int64_t, std::string, std::string>;

std::uint64_t check_row(const Row& row) {
    return check_customer(std::get<0>(row), std::get<1>(row), std::get<2>(row));
}

// ---- W4 --------------------------------------------------------------------------------------

asio::awaitable<Outcome> short_transactions(Run& run, az::Engine engine) {
    az::MetaData metadata;
    const Customers customers{metadata};
    auto connection = co_await engine.connect();
    run.start();
    for (std::int64_t i = 1; i <= transactions; ++i) {
        const auto statement =
            az::insert(customers).values(customers.name = customer_name(i), customers.description = customer_description(i));
        co_await connection.execute(statement);
        co_await connection.commit();
    }
    run.stop();
    co_await connection.close();
    co_return Outcome(transactions, check_seeded(transactions));
}

/// No transaction: each statement is its own.
asio::awaitable<Outcome> autocommitted(Run& run, az::Engine engine) {
    az::MetaData metadata;
    const Customers customers{metadata};
    auto connection = co_await engine.connect();
    connection.isolation_level(az::IsolationLevel::autocommit);
    run.start();
    for (std::int64_t i = 1; i <= transactions; ++i) {
        const auto statement =
            az::insert(customers).values(customers.name = customer_name(i), customers.description = customer_description(i));
        co_await connection.execute(statement);
    }
    run.stop();
    co_await connection.close();
    co_return Outcome(transactions, check_seeded(transactions));
}

// ---- W8 --------------------------------------------------------------------------------------

struct Shared {
    explicit Shared(az::Engine which) : engine(std::move(which)) {}

    az::Engine engine;
    az::MetaData metadata;
    Customers customers{metadata};
    std::int64_t started = 0;
    std::uint64_t sum = 0;
    std::size_t ended = 0;
};

asio::awaitable<void> one_client(Shared& shared) {
    const auto& customers = shared.customers;
    while (shared.started < shared_selects) {
        const auto key = permuted_key(shared.started++);
        auto connection = co_await shared.engine.connect();
        const auto statement =
            az::select(customers.id, customers.name, customers.description).where(customers.id == key);
        const auto result = co_await connection.execute(statement);
        shared.sum += check_row(result.one());
        co_await connection.close();
    }
}

/// Connections are made before the clock is started, as the raw contender's.
asio::awaitable<void> fill_pool(az::Engine engine) {
    std::vector<az::Connection> connections;
    for (std::size_t i = 0; i < pool_connections; ++i) connections.push_back(co_await engine.connect());
    for (auto& connection : connections) co_await connection.close();
}

asio::awaitable<Outcome> many_clients(Run& run, az::Engine engine) {
    co_await fill_pool(engine);
    Shared shared{engine};
    auto executor = co_await asio::this_coro::executor;
    asio::steady_timer all_ended{executor, asio::steady_timer::time_point::max()};
    std::exception_ptr failure;
    const auto at_end = [&](std::exception_ptr error) {
        if (error) failure = error;
        if (++shared.ended == clients) all_ended.cancel();
    };
    run.start();
    for (std::size_t i = 0; i < clients; ++i) asio::co_spawn(executor, one_client(shared), at_end);
    try {
        co_await all_ended.async_wait(asio::use_awaitable);
    } catch (const std::exception&) { // cancelled: all have ended
    }
    run.stop();
    if (failure) std::rethrow_exception(failure);
    co_return Outcome(shared_selects, shared.sum);
}

// ---- W9 --------------------------------------------------------------------------------------

template <std::int64_t Batch>
asio::awaitable<Outcome> selects_pipelined(Run& run, az::Engine engine) {
    az::MetaData metadata;
    const Customers customers{metadata};
    auto connection = co_await engine.connect();
    const auto by_key = [&](std::int64_t key) {
        return az::select(customers.id, customers.name, customers.description).where(customers.id == key);
    };
    std::vector<Row> rows;
    std::vector<decltype(by_key(0))> statements;
    run.start();
    for (std::int64_t begin = 0; begin < pipelined_selects; begin += Batch) {
        statements.clear();
        for (auto i = begin; i < std::min(begin + Batch, pipelined_selects); ++i) statements.push_back(by_key(permuted_key(i)));
        const auto results = co_await connection.pipeline(statements);
        for (const auto& result : results) rows.push_back(result.one());
    }
    run.stop();
    co_await connection.close();
    std::uint64_t sum = 0;
    for (const auto& row : rows) sum += check_row(row);
    co_return Outcome(pipelined_selects, sum);
}

const Register contenders{
    {"W4", "sqlite", "core", azoth_contender<short_transactions>},
    {"W4", "postgresql", "core", azoth_contender<short_transactions>},
    {"W4", "mariadb", "core", azoth_contender<short_transactions>},
    {"W4", "sqlite", "core-autocommit", azoth_contender<autocommitted>},
    {"W4", "postgresql", "core-autocommit", azoth_contender<autocommitted>},
    {"W4", "mariadb", "core-autocommit", azoth_contender<autocommitted>},
    {"W8", "postgresql", "core", azoth_clients<many_clients>},
    {"W8", "mariadb", "core", azoth_clients<many_clients>},
    {"W9", "postgresql", "core", azoth_contender<selects_pipelined<100>>},
    {"W9", "postgresql", "core-pipe10", azoth_contender<selects_pipelined<10>>},
    {"W9", "postgresql", "core-pipe1000", azoth_contender<selects_pipelined<1000>>},
};

} // namespace
} // namespace bench
