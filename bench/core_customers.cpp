// SPDX-License-Identifier: MIT
// W2 and W3 by Azoth's Core: typed rows of a connection.
#include "azoth_run.hpp"

#include <tuple>
#include <vector>

namespace bench {
namespace {

using Row = std::tuple<std::int64_t, std::string, std::string>;

std::uint64_t check_rows(const std::vector<Row>& rows) {
    std::uint64_t sum = 0;
    for (const auto& [id, name, description] : rows)
        sum += check_customer(id, name, description);
    return sum;
}

// ---- W2 --------------------------------------------------------------------------------------

asio::awaitable<Outcome> read_all(Run& run, az::Engine engine) {
    az::MetaData metadata;
    const Customers customers{metadata};
    auto connection = co_await engine.connect();
    std::vector<Row> rows;
    run.start();
    {
        const auto statement = az::select(customers.id, customers.name, customers.description);
        const auto result = co_await connection.execute(statement);
        rows = result.all();
    }
    run.stop();
    co_await connection.close();
    co_return Outcome(static_cast<std::int64_t>(rows.size()), check_rows(rows));
}

asio::awaitable<Outcome> read_stream(Run& run, az::Engine engine) {
    az::MetaData metadata;
    const Customers customers{metadata};
    auto connection = co_await engine.connect();
    std::vector<Row> rows;
    run.start();
    {
        const auto statement = az::select(customers.id, customers.name, customers.description);
        auto stream = co_await connection.stream(statement);
        while (auto row = co_await stream.next())
            rows.push_back(std::move(*row));
    }
    run.stop();
    co_await connection.close();
    co_return Outcome(static_cast<std::int64_t>(rows.size()), check_rows(rows));
}

// ---- W3 --------------------------------------------------------------------------------------

/// The statement is built anew for each key, as code does that has the key in a variable.
asio::awaitable<Outcome> short_selects_built(Run& run, az::Engine engine) {
    az::MetaData metadata;
    const Customers customers{metadata};
    auto connection = co_await engine.connect();
    std::vector<Row> rows;
    run.start();
    for (std::int64_t i = 0; i < short_selects; ++i) {
        const auto statement = az::select(customers.id, customers.name, customers.description)
                                   .where(customers.id == permuted_key(i));
        const auto result = co_await connection.execute(statement);
        rows.push_back(result.one());
    }
    run.stop();
    co_await connection.close();
    co_return Outcome(short_selects, check_rows(rows));
}

const Register contenders{
    {"W2", "sqlite", "core", azoth_contender<read_all>},
    {"W2", "postgresql", "core", azoth_contender<read_all>},
    {"W2", "mariadb", "core", azoth_contender<read_all>},
    {"W2", "sqlite", "core-stream", azoth_contender<read_stream>},
    {"W2", "postgresql", "core-stream", azoth_contender<read_stream>},
    {"W2", "mariadb", "core-stream", azoth_contender<read_stream>},
    {"W3", "sqlite", "core", azoth_contender<short_selects_built>},
    {"W3", "postgresql", "core", azoth_contender<short_selects_built>},
    {"W3", "mariadb", "core", azoth_contender<short_selects_built>},
};

} // namespace
} // namespace bench
