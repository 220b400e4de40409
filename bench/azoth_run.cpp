// SPDX-License-Identifier: MIT
// The event loop under the contenders that use Azoth.
#include "azoth_run.hpp"

#include <exception>
#include <functional>
#include <utility>
#include <vector>

#ifdef AZOTH_USE_BOOST_ASIO
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#else
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#endif

namespace bench {
namespace {

using Workload = std::function<asio::awaitable<Outcome>(Run&, az::Engine)>;

asio::awaitable<void> connect_then(Run& run, az::Engine engine, const Workload& workload, Outcome& outcome) {
    // Connecting is not timed: the pool keeps the connection.
    auto connection = co_await engine.connect();
    co_await connection.close();
    outcome = co_await workload(run, engine);
    co_await engine.dispose();
}

/// The settings that the raw contender makes by PRAGMA.
std::string with_options(const std::string& url) {
    return url.starts_with("sqlite:") ? url + "?journal_mode=wal&synchronous=off" : url;
}

Outcome run_with(Run& run, const Workload& workload, az::EngineOptions options) {
    asio::io_context io{1};
    const auto engine = az::create_engine(io.get_executor(), with_options(run.url()), std::move(options));
    Outcome outcome;
    std::exception_ptr failure;
    asio::co_spawn(io, connect_then(run, engine, workload, outcome), [&](std::exception_ptr error) {
        failure = error;
    });
    io.run();
    if (failure)
        std::rethrow_exception(failure);
    return outcome;
}

asio::awaitable<void> fill_pool(az::Engine engine) {
    std::vector<az::Connection> connections;
    for (std::size_t i = 0; i < pool_connections; ++i)
        connections.push_back(co_await engine.connect());
    for (auto& connection : connections)
        co_await connection.close();
}

asio::awaitable<Outcome> share_pool(Run& run, az::Engine engine, SharedClient client) {
    co_await fill_pool(engine);
    Shared shared;
    auto executor = co_await asio::this_coro::executor;
    asio::steady_timer all_ended{executor, asio::steady_timer::time_point::max()};
    std::exception_ptr failure;
    const auto at_end = [&](std::exception_ptr error) {
        if (error)
            failure = error;
        if (++shared.ended == clients)
            all_ended.cancel();
    };
    run.start();
    for (std::size_t i = 0; i < clients; ++i)
        asio::co_spawn(executor, client(engine, shared), at_end);
    try {
        co_await all_ended.async_wait(asio::use_awaitable);
    } catch (const std::exception&) { // cancelled: all have ended
    }
    run.stop();
    if (failure)
        std::rethrow_exception(failure);
    co_return Outcome(shared_selects, shared.sum);
}

} // namespace

Outcome run_azoth(Run& run, asio::awaitable<Outcome> (*workload)(Run&, az::Engine)) {
    return run_with(run, workload, az::EngineOptions{});
}

Outcome run_azoth_clients(Run& run, SharedClient client, bool autocommit) {
    az::EngineOptions options;
    options.pool_size = pool_connections;
    options.max_overflow = 0;
    const auto workload = [client, autocommit](Run& timed, az::Engine engine) {
        if (autocommit)
            engine.update_execution_options(az::ExecutionOptions().isolation_level(az::IsolationLevel::autocommit));
        return share_pool(timed, std::move(engine), client);
    };
    return run_with(run, workload, std::move(options));
}

} // namespace bench
