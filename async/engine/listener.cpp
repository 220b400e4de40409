// SPDX-License-Identifier: MIT
// A listener's connection: made, watched, and made anew.
#include <azoth/engine/listener.hpp>

#include <algorithm>
#include <optional>
#include <utility>

#ifdef AZOTH_USE_BOOST_ASIO
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#else
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#endif

#include <azoth/engine/engine.hpp>
#include <azoth/error.hpp>

#include "engine/core.hpp"
#include "engine/timer.hpp"

namespace azoth {

namespace {

using namespace std::chrono_literals;

/// Silence after which the server is asked whether it is there, and how long it may take to say so.
constexpr auto heartbeat = 30s;
constexpr auto heartbeat_limit = 10s;
constexpr std::chrono::milliseconds first_pause{100};
constexpr std::chrono::milliseconds longest_pause{10'000};

asio::awaitable<std::unique_ptr<driver::Connection>>
connect(std::shared_ptr<engine::EngineCore> core, std::vector<std::string> channels) {
    auto connection = co_await core->driver->connect(core->executor, core->connect_url);
    core->pass_on_notices(*connection);
    for (auto& channel : channels) {
        if (core->echo() || core->options.statement_sink) core->log(core->echo(), "LISTEN " + channel);
        co_await connection->listen(std::move(channel));
    }
    co_return std::move(connection);
}

/// Shared with the coroutine that runs against the clock.
struct Heard {
    std::optional<driver::Notification> notification;

    Heard() = default;
};

asio::awaitable<void> hear(driver::Connection& connection, std::shared_ptr<Heard> heard) {
    heard->notification = co_await connection.next_notification();
}

asio::awaitable<void> ask(driver::Connection& connection) {
    co_await connection.ping();
}

/// The next notification. @throws DBAPIError when the connection is lost
asio::awaitable<driver::Notification> next_of(driver::Connection& connection) {
    for (;;) {
        auto heard = std::make_shared<Heard>();
        auto hearing = hear(connection, heard);
        const bool in_time = co_await engine::run_until(std::move(hearing), std::chrono::steady_clock::now() + heartbeat);
        if (in_time) co_return std::move(*heard->notification);
        auto asking = ask(connection);
        const bool answered =
            co_await engine::run_until(std::move(asking), std::chrono::steady_clock::now() + heartbeat_limit);
        if (answered) continue;
        connection.terminate();
        DiagnosticInfo info;
        info.code = errc::connection_lost;
        info.disconnect = true;
        info.message = "the server no longer answers a listener";
        throw OperationalError(std::move(info), {}, {});
    }
}

asio::awaitable<void> pause(std::chrono::milliseconds time) {
    asio::steady_timer timer{co_await asio::this_coro::executor};
    timer.expires_after(time);
    co_await timer.async_wait(asio::use_awaitable);
}

} // namespace

/// What a `next()` that waits keeps alive, though the listener is closed meanwhile.
struct Listener::State {
    struct Core {
        Core(std::shared_ptr<engine::EngineCore> engine_core, std::vector<std::string> names)
            : engine(std::move(engine_core)),
              channels(std::move(names)) {}

        const std::shared_ptr<engine::EngineCore> engine;
        const std::vector<std::string> channels;
        std::unique_ptr<driver::Connection> connection; ///< null: to be made anew
        bool waiting = false;
        bool closed = false;
    };

    State(std::shared_ptr<engine::EngineCore> engine_core, std::vector<std::string> names)
        : core(std::make_shared<Core>(std::move(engine_core), std::move(names))) {}
    ~State() {
        core->closed = true;
        if (core->connection) core->connection->terminate(); // wakes who waits
    }
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    const std::shared_ptr<Core> core;
};

Listener::Listener() noexcept = default;
Listener::~Listener() = default;
Listener::Listener(Listener&& other) noexcept = default;
Listener& Listener::operator=(Listener&& other) noexcept = default;
Listener::Listener(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}

void Listener::close() noexcept {
    state_.reset();
}

asio::awaitable<Listener>
Listener::open(std::shared_ptr<engine::EngineCore> core, std::vector<std::string> channels) {
    auto state = std::make_unique<State>(std::move(core), std::move(channels));
    state->core->connection = co_await connect(state->core->engine, state->core->channels);
    co_return Listener{std::move(state)};
}

namespace {

class Flag {
public:
    explicit Flag(bool& flag) noexcept : flag_(flag) { flag_ = true; }
    ~Flag() { flag_ = false; }
    Flag(const Flag&) = delete;
    Flag& operator=(const Flag&) = delete;

private:
    bool& flag_;
};

[[noreturn]] void throw_closed() {
    throw ResourceClosedError("this listener is closed; take another with engine.listen()");
}

} // namespace

asio::awaitable<Notification> Listener::next() {
    if (!state_) throw_closed();
    const auto core = state_->core;
    if (core->waiting) throw InvalidRequestError("another next() waits on this listener; await that one first");
    const Flag waiting{core->waiting};
    Notification news;
    // A heartbeat that was cut off leaves it in the middle of something.
    if (core->connection && !core->connection->needs_recovery()) {
        bool heard = false;
        try {
            auto notification = co_await next_of(*core->connection);
            heard = true;
            news.channel = std::move(notification.channel);
            news.payload = std::move(notification.payload);
            news.sender = notification.sender;
        } catch (const DBAPIError&) { // lost
        } catch (...) {
            if (core->closed) throw_closed();
            throw;
        }
        if (heard) co_return std::move(news);
    }
    // Lost, now or in a call that was cancelled before it was made anew.
    core->connection.reset();
    for (auto wait = first_pause; !core->closed; wait = std::min(wait * 2, longest_pause)) {
        try {
            core->connection = co_await connect(core->engine, core->channels);
        } catch (const DBAPIError& error) {
            if (error.code() == errc::authentication_failed) throw;
        }
        if (core->connection) break;
        co_await pause(wait);
    }
    if (core->closed) throw_closed();
    news.gap = true;
    co_return std::move(news);
}

} // namespace azoth
