// SPDX-License-Identifier: MIT
// Running a coroutine from a test: on an io_context, until it has ended, its exception thrown again.
#pragma once

#include <chrono>
#include <exception>
#include <memory>
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
    struct Run {
        F body;
        std::exception_ptr error;
        bool ended = false;
    };
    const auto run = std::make_shared<Run>(Run{std::move(body), nullptr}); // a body that is late may end in a later run
    io.restart();
    asio::co_spawn(
        io,
        [run]() -> asio::awaitable<void> { co_await run->body(); },
        [run](std::exception_ptr error) {
            run->error = std::move(error);
            run->ended = true;
        }
    );
    io.run_for(limit);
    if (run->error) std::rethrow_exception(run->error);
    if (!run->ended) throw std::runtime_error("the coroutine did not end in time");
}

/// Lets others run for a while.
inline asio::awaitable<void> pause(std::chrono::milliseconds time) {
    asio::steady_timer timer{co_await asio::this_coro::executor};
    timer.expires_after(time);
    co_await timer.async_wait(asio::use_awaitable);
}

} // namespace azoth::testing
