// SPDX-License-Identifier: MIT
// Readiness of a client library's socket, awaited with or without a deadline.
#pragma once

#include <azoth/detail/asio.hpp>

#include <chrono>
#include <cstdint>
#include <memory>

#ifdef AZOTH_USE_BOOST_ASIO
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#else
#include <asio/posix/stream_descriptor.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>
#endif

namespace azoth::mysql {

using Deadline = std::chrono::steady_clock::time_point;
inline constexpr Deadline no_deadline = Deadline::max();

/// Watches a duplicate of the descriptor, not the descriptor itself: the client library closes its
/// own in the middle of a call when the connection breaks, and by the time we hear of it the number
/// may be another socket's. Shared, so that a timer's handler that is already under way finds it
/// alive.
class Socket : public std::enable_shared_from_this<Socket> {
public:
    /// @throws std::system_error when no descriptor is left.
    Socket(const asio::any_io_executor& executor, int descriptor);

    enum class Direction : std::uint8_t { read, write };

    /// Waits until the socket is ready. @cancellation terminal.
    [[nodiscard]] asio::awaitable<void> wait(Direction direction) {
        return stream_.async_wait(kind(direction), asio::use_awaitable);
    }

    /// The same, until `deadline` at the latest; false when that passed first. @cancellation
    /// terminal.
    [[nodiscard]] asio::awaitable<bool> wait_until(Direction direction, Deadline deadline);

    /// No wait of the connection is to last longer, whatever it waits for; kept here, where it
    /// outlives the connection.
    Deadline limit = no_deadline;

    /// Ends the connection in both directions: whatever reads or writes it fails at once from now
    /// on.
    void shut_down() noexcept;

private:
    using Stream = asio::posix::stream_descriptor;

    static Stream::wait_type kind(Direction direction) noexcept {
        return direction == Direction::read ? Stream::wait_read : Stream::wait_write;
    }

    Stream stream_;
    asio::steady_timer timer_;
    std::uint64_t round_ =
        0; ///< counts waits with a deadline, so that a late timer does not cut the next one
    bool timed_out_ = false;
};

} // namespace azoth::mysql
