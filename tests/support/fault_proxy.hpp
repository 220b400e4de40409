// SPDX-License-Identifier: MIT
// A proxy between a client and its database server that knows where messages begin and end, and spoils one of them.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <thread>

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>

#include <azoth/detail/asio.hpp>
#include <azoth/engine/url.hpp>

namespace azoth::testing {

enum class Fault : std::uint8_t {
    none,
    cut_before, ///< the connection is closed instead of the message
    cut_after,  ///< the message, then the end of the connection
    half,       ///< half of the message, then the end of the connection
    reset,      ///< the connection is reset (RST) instead of the message
    delay,      ///< byte by byte at first, then a pause, then the rest: nothing is lost
    silence,    ///< neither this message nor any later one; the connection stays open
};

/// On loopback, on a thread of its own. One message, counted over all connections and both directions, meets the
/// fault; what comes later passes.
class FaultProxy {
public:
    /// @param server  postgresql or mariadb, without TLS
    explicit FaultProxy(const Url& server);
    ~FaultProxy();
    FaultProxy(const FaultProxy&) = delete;
    FaultProxy& operator=(const FaultProxy&) = delete;

    /// The server's URL, by way of the proxy.
    [[nodiscard]] Url url() const;
    /// The next message is number 1. `message` meets `fault`.
    void plan(Fault fault, unsigned message) noexcept;
    [[nodiscard]] bool struck() const noexcept { return struck_.load(); }
    /// Messages since plan().
    [[nodiscard]] unsigned messages() const noexcept { return count_.load(); }

private:
    friend class ProxiedConnection;
    asio::awaitable<void> accept();
    /// What the message that comes next meets.
    [[nodiscard]] Fault next_message() noexcept;

    Url server_;
    asio::io_context io_;
    asio::ip::tcp::acceptor acceptor_;
    asio::ip::tcp::endpoint target_;
    std::atomic<Fault> fault_{Fault::none};
    std::atomic<unsigned> strike_{0};
    std::atomic<unsigned> count_{0};
    std::atomic<bool> struck_{false};
    std::thread thread_;
};

} // namespace azoth::testing
