// SPDX-License-Identifier: MIT
// Running a coroutine from a test: on an io_context, until it has ended, its exception thrown again.
#pragma once

#include <chrono>
#include <exception>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

#include <azoth/detail/asio.hpp>

namespace azoth::testing {

/// Runs `body()`, a coroutine, and what it leaves behind on the context (connections on their way back to a
/// pool).
/// @throws what it throws; std::runtime_error when it does not end within `limit`
template <class F>
    requires std::is_invocable_v<F&>
void run(asio::io_context& io, F body, std::chrono::seconds limit = std::chrono::seconds{20}) {
    std::exception_ptr error;
    bool ended = false;
    io.restart();
    asio::co_spawn(
        io,
        [&]() -> asio::awaitable<void> { co_await body(); },
        [&](std::exception_ptr e) {
            error = e;
            ended = true;
        }
    );
    io.run_for(limit);
    if (error) std::rethrow_exception(error);
    if (!ended) throw std::runtime_error("the coroutine did not end in time");
}

/// Lets others run for a while.
inline asio::awaitable<void> pause(std::chrono::milliseconds time) {
    asio::steady_timer timer{co_await asio::this_coro::executor};
    timer.expires_after(time);
    co_await timer.async_wait(asio::use_awaitable);
}

} // namespace azoth::testing
