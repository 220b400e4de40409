// SPDX-License-Identifier: MIT
// run_sync(): a coroutine from a program that has no event loop of its own.
#pragma once

#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

#include <azoth/detail/asio.hpp>
#include <azoth/engine/engine.hpp>

#ifdef AZOTH_USE_BOOST_ASIO
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#else
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#endif

namespace azoth {

namespace engine {

template <class F>
using sync_result_t = typename AwaitedType<std::invoke_result_t<F&, asio::any_io_executor>>::type;

template <class F>
[[nodiscard]] asio::awaitable<void> run_into(F& f, asio::any_io_executor executor) {
    co_await f(std::move(executor));
}
template <class F, class R>
[[nodiscard]] asio::awaitable<void> run_into(F& f, asio::any_io_executor executor, std::optional<R>& result) {
    result.emplace(co_await f(std::move(executor)));
}

} // namespace engine

/// Runs `f(executor)`, a coroutine, to its end on an event loop of its own and returns what it returns; then what it left behind
/// (connections on their way back to a pool). For scripts and tests: blocks the thread. Engines made inside end inside.
///
///     const auto names = az::run_sync([](az::asio::any_io_executor executor) -> az::asio::awaitable<std::vector<std::string>> {
///         auto engine = az::create_engine(executor, "sqlite:///shop.db");
///         …
///     });
/// @throws what the coroutine throws.
template <class F>
    requires requires { typename engine::sync_result_t<F>; }
engine::sync_result_t<F> run_sync(F f) {
    using R = engine::sync_result_t<F>;
    asio::io_context io;
    std::exception_ptr error;
    const auto ended = [&error](std::exception_ptr e) { error = std::move(e); };
    if constexpr (std::is_void_v<R>) {
        asio::co_spawn(io, engine::run_into(f, asio::any_io_executor(io.get_executor())), ended);
        io.run();
        if (error) std::rethrow_exception(error);
    } else {
        std::optional<R> result;
        asio::co_spawn(io, engine::run_into(f, asio::any_io_executor(io.get_executor()), result), ended);
        io.run();
        if (error) std::rethrow_exception(error);
        return std::move(*result);
    }
}

} // namespace azoth
