// SPDX-License-Identifier: MIT
// Listener: what NOTIFY sends, as an awaitable subscription that outlives its connection.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <azoth/driver/driver.hpp>

namespace azoth {

class Engine;

namespace engine {
class EngineCore;
}

/// What a listener hears.
struct Notification {
    std::string channel; ///< empty for a gap
    std::string payload;
    int sender = 0; ///< the server's process number of who sent it
    /// The connection was lost and made anew: what was sent meanwhile is lost. Load anew what you keep by notifications.
    bool gap = false;

    Notification() = default;
};

/// A subscription to channels, on a connection of its own that is no pool's. Made by `engine.listen()`; move-only; used by
/// one strand at a time. Destroyed, or closed, it ends without waiting.
class Listener {
public:
    /// A closed one.
    Listener() noexcept;
    ~Listener();
    Listener(Listener&& other) noexcept;
    Listener& operator=(Listener&& other) noexcept;

    /// The next notification, waited for without limit. When the connection is lost it is made anew, as often as it takes,
    /// with growing pauses, and what comes next is a `gap`. A server that has been silent for a while is asked whether it
    /// is there, so that a connection that died unnoticed is found.
    /// @throws OperationalError when the server refuses user or password; InvalidRequestError when another `next()` waits;
    ///   ResourceClosedError after `close()`.
    /// @cancellation terminal: nothing is lost, the next call goes on.
    [[nodiscard]] asio::awaitable<Notification> next();
    [[nodiscard]] bool closed() const noexcept { return state_ == nullptr; }
    void close() noexcept;

private:
    friend class Engine;
    struct State;
    explicit Listener(std::unique_ptr<State> state) noexcept;
    static asio::awaitable<Listener> open(std::shared_ptr<engine::EngineCore> core, std::vector<std::string> channels);

    std::unique_ptr<State> state_;
};

} // namespace azoth
