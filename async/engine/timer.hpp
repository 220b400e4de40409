// SPDX-License-Identifier: MIT
// Timers, and running an operation with a deadline.
#pragma once

#include <chrono>

#include <azoth/detail/asio.hpp>

#ifdef AZOTH_USE_BOOST_ASIO
#include <boost/asio/steady_timer.hpp>
#else
#include <asio/steady_timer.hpp>
#endif

namespace azoth::engine {

/// Runs `operation`; at the deadline it is told to stop (terminal cancellation) and waited for.
///
/// It runs on a strand of its own, so that cancelling it is safe on a context with several threads; the
/// caller's cancellation is passed on to it.
/// @return true when it ended before the deadline, or succeeded all the same; false when it was stopped
/// @throws what the operation throws, unless it was stopped at the deadline
[[nodiscard]] asio::awaitable<bool>
run_until(asio::awaitable<void> operation, std::chrono::steady_clock::time_point deadline);

} // namespace azoth::engine
