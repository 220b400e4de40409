// SPDX-License-Identifier: MIT
// W4 and W8 by Azoth's ORM: a session for each transaction, a session for each client's select.
#include "azoth_run.hpp"

#include <memory>
#include <utility>

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

using az::col;

struct Client : az::Model<Client> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> name;
    az::Mapped<std::string> description;

    static void map(az::Mapper<Client>& m) {
        m.table("customer");
        m.column<&Client::id>(az::primary_key);
        m.column<&Client::name>(az::String{255});
        m.column<&Client::description>(az::String{255});
    }
};

// ---- W4 --------------------------------------------------------------------------------------

asio::awaitable<Outcome> short_transactions(Run& run, az::Engine engine) {
    run.start();
    for (std::int64_t i = 1; i <= transactions; ++i) {
        az::Session session{engine};
        auto added = az::make<Client>(col<&Client::name> = customer_name(i), col<&Client::description> = customer_description(i));
        session.add(std::move(added));
        co_await session.commit();
        co_await session.close();
    }
    run.stop();
    co_return Outcome(transactions, check_seeded(transactions));
}

// ---- W8 --------------------------------------------------------------------------------------

struct Shared {
    std::int64_t started = 0;
    std::uint64_t sum = 0;
    std::size_t ended = 0;
};

asio::awaitable<void> one_client(az::Engine engine, Shared& shared) {
    while (shared.started < shared_selects) {
        const auto key = permuted_key(shared.started++);
        az::Session session{engine};
        const auto found = co_await session.get<Client>(key);
        shared.sum += check_customer(*found->id, *found->name, *found->description);
        co_await session.close();
    }
}

asio::awaitable<void> fill_pool(az::Engine engine) {
    std::vector<az::Connection> connections;
    for (std::size_t i = 0; i < pool_connections; ++i) connections.push_back(co_await engine.connect());
    for (auto& connection : connections) co_await connection.close();
}

asio::awaitable<Outcome> many_clients(Run& run, az::Engine engine) {
    co_await fill_pool(engine);
    Shared shared;
    auto executor = co_await asio::this_coro::executor;
    asio::steady_timer all_ended{executor, asio::steady_timer::time_point::max()};
    std::exception_ptr failure;
    const auto at_end = [&](std::exception_ptr error) {
        if (error) failure = error;
        if (++shared.ended == clients) all_ended.cancel();
    };
    run.start();
    for (std::size_t i = 0; i < clients; ++i) asio::co_spawn(executor, one_client(engine, shared), at_end);
    try {
        co_await all_ended.async_wait(asio::use_awaitable);
    } catch (const std::exception&) { // cancelled: all have ended
    }
    run.stop();
    if (failure) std::rethrow_exception(failure);
    co_return Outcome(shared_selects, shared.sum);
}

const Register contenders{
    {"W4", "sqlite", "orm", azoth_contender<short_transactions>},
    {"W4", "postgresql", "orm", azoth_contender<short_transactions>},
    {"W4", "mariadb", "orm", azoth_contender<short_transactions>},
    {"W8", "postgresql", "orm", azoth_clients<many_clients>},
    {"W8", "mariadb", "orm", azoth_clients<many_clients>},
};

} // namespace
} // namespace bench
