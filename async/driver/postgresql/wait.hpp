// SPDX-License-Identifier: MIT
// Waiting for a socket in either direction, and for blocking calls, both with a deadline.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

#include <azoth/detail/asio.hpp>

#ifdef AZOTH_USE_BOOST_ASIO
#include <boost/asio/posix/stream_descriptor.hpp>
#else
#include <asio/posix/stream_descriptor.hpp>
#endif

namespace azoth::postgresql {

using Deadline = std::chrono::steady_clock::time_point;
inline constexpr Deadline no_deadline = Deadline::max();

enum class Ready : std::uint8_t { read, write, timeout };

/// Waits until `socket` can be read (when `read`), written (when `write`), or `deadline` is reached: what
/// comes first. The socket may be shared with nobody meanwhile; the context may run on several threads.
/// @cancellation terminal.
[[nodiscard]] asio::awaitable<Ready> wait_any(
    asio::posix::stream_descriptor& socket, bool read, bool write, Deadline deadline);

/// Runs `work` on a thread of its own and waits for its end; false when `deadline` is reached first, and
/// then, as after a cancellation, the work goes on alone: it must own all it touches. `work` must not throw.
/// For calls of C libraries that block: name lookup, PQcancel.
/// @cancellation terminal.
[[nodiscard]] asio::awaitable<bool> run_blocking(
    asio::any_io_executor executor, std::function<void()> work, Deadline deadline);

} // namespace azoth::postgresql
