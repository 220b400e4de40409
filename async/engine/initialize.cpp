// SPDX-License-Identifier: MIT
// What an engine finds out about its server by its first connection.
#include <chrono>
#include <utility>

#ifdef AZOTH_USE_BOOST_ASIO
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#else
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#endif

#include "engine/core.hpp"
#include "engine/timer.hpp"

namespace azoth::engine {

/// Held by the one who asks; whether he succeeds or not, another may ask afterwards.
class EngineCore::Initializing {
public:
    explicit Initializing(EngineCore& core) noexcept : core_(core) {}
    ~Initializing() { core_.initializing_.store(false); }
    Initializing(const Initializing&) = delete;
    Initializing& operator=(const Initializing&) = delete;

private:
    EngineCore& core_;
};

asio::awaitable<void> EngineCore::initialize(driver::Connection& connection) {
    // Others look again from time to time: a wait that nobody has to be woken from ends well whatever becomes of him who asks.
    constexpr std::chrono::milliseconds pause{1};
    while (known_.load(std::memory_order_acquire) == nullptr) {
        if (initializing_.exchange(true)) {
            auto own_executor = co_await asio::this_coro::executor;
            asio::steady_timer timer{own_executor, pause};
            co_await timer.async_wait(asio::use_awaitable);
            continue;
        }
        const Initializing asking{*this};
        if (known_.load(std::memory_order_acquire) != nullptr) co_return; // while we came here
        auto known = std::make_unique<Known>();
        known->info = co_await connection.server_info();
        known->dialect = driver->dialect_of(connect_url, connection, known->info);
        if (connection.in_transaction()) co_await connection.rollback();
        known_data_ = std::move(known);
        known_.store(known_data_.get(), std::memory_order_release);
    }
}

} // namespace azoth::engine
