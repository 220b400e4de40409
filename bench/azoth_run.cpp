// SPDX-License-Identifier: MIT
// The event loop under the contenders that use Azoth.
#include "azoth_run.hpp"

#include <exception>
#include <string_view>
#include <utility>

#ifdef AZOTH_USE_BOOST_ASIO
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#else
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#endif

namespace bench {
namespace {

asio::awaitable<void> connect_then(
    Run& run, az::Engine engine, asio::awaitable<Outcome> (*workload)(Run&, az::Engine), Outcome& outcome
) {
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

Outcome run_with(Run& run, asio::awaitable<Outcome> (*workload)(Run&, az::Engine), az::EngineOptions options) {
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

} // namespace

Outcome run_azoth(Run& run, asio::awaitable<Outcome> (*workload)(Run&, az::Engine)) {
    return run_with(run, workload, az::EngineOptions{});
}

Outcome run_azoth_clients(Run& run, asio::awaitable<Outcome> (*workload)(Run&, az::Engine)) {
    az::EngineOptions options;
    options.pool_size = pool_connections;
    options.max_overflow = 0;
    return run_with(run, workload, std::move(options));
}

} // namespace bench
