// SPDX-License-Identifier: MIT
// A service of the execution context, there only to be shut down with it.
#include "engine/context.hpp"

#include <mutex>
#include <vector>

#ifdef AZOTH_USE_BOOST_ASIO
#include <boost/asio/execution_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/query.hpp>
#else
#include <asio/execution_context.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/query.hpp>
#endif

#include "engine/pool_state.hpp"
#include "engine/timer.hpp"

namespace azoth::engine {

namespace {

class ContextService final : public asio::execution_context::service {
public:
    inline static asio::execution_context::id id;

    explicit ContextService(asio::execution_context& context) : service(context) {}
    /// All services were shut down, coroutine frames destroyed; connections outside of those are still there.
    /// Services made before this one, which is those that sockets and timers use, are destroyed after it.
    ~ContextService() override {
        for (const auto& weak : pools_)
            if (const auto pool = weak.lock()) pool->context_destroyed();
    }

    void add(const std::shared_ptr<PoolState>& pool) {
        const std::lock_guard lock{mutex_};
        std::erase_if(pools_, [](const auto& weak) { return weak.expired(); });
        pools_.push_back(pool);
    }

private:
    void shutdown() noexcept override {
        for (const auto& weak : pools_)
            if (const auto pool = weak.lock()) pool->context_shutdown();
    }

    std::mutex mutex_;
    std::vector<std::weak_ptr<PoolState>> pools_;
};

} // namespace

void follow_context(const asio::any_io_executor& executor, const std::shared_ptr<PoolState>& pool) {
    // What connections will use has to exist before our service, to be destroyed after it.
    {
        const asio::steady_timer timer{executor};
    }
    {
        const asio::posix::stream_descriptor descriptor{executor};
    }
    asio::execution_context& context = asio::query(executor, asio::execution::context);
    asio::use_service<ContextService>(context).add(pool);
}

} // namespace azoth::engine
