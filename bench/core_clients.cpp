// SPDX-License-Identifier: MIT
// W4, W8 and W9 by Azoth's Core: short transactions, many clients of one pool, pipelines.
#include "azoth_run.hpp"

#include <algorithm>
#include <tuple>
#include <vector>

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

asio::awaitable<void> one_client(az::Engine engine, Shared& shared) {
    az::MetaData metadata;
    const Customers customers{metadata};
    while (shared.started < shared_selects) {
        const auto key = permuted_key(shared.started++);
        auto connection = co_await engine.connect();
        const auto statement =
            az::select(customers.id, customers.name, customers.description).where(customers.id == key);
        const auto result = co_await connection.execute(statement);
        shared.sum += check_row(result.one());
        co_await connection.close();
    }
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
    {"W8", "postgresql", "core", azoth_clients<one_client>},
    {"W8", "mariadb", "core", azoth_clients<one_client>},
    {"W8", "postgresql", "core-autocommit", azoth_clients<one_client, true>},
    {"W8", "mariadb", "core-autocommit", azoth_clients<one_client, true>},
    {"W9", "postgresql", "core", azoth_contender<selects_pipelined<100>>},
    {"W9", "postgresql", "core-pipe10", azoth_contender<selects_pipelined<10>>},
    {"W9", "postgresql", "core-pipe1000", azoth_contender<selects_pipelined<1000>>},
};

} // namespace
} // namespace bench
