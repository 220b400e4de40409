// SPDX-License-Identifier: MIT
// Pool: the figures of an engine's connections.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace azoth {

namespace engine {
class PoolState;
}

/// A pool at one moment.
struct PoolStatus {
    std::size_t size = 0;      ///< connections that are kept when idle
    std::size_t idle = 0;      ///< ready to be handed out
    std::size_t in_use = 0;    ///< handed out, being made, or being reset on their way back
    std::size_t waiting = 0;   ///< callers that wait for one
    std::size_t overflow = 0;  ///< above `size`
    std::uint64_t created = 0; ///< connections made since the pool was
};

/// An engine's pool, for looking at. FIFO-fair, bounded by `pool_size` + `max_overflow`, shared by all
/// threads.
class Pool {
public:
    explicit Pool(std::shared_ptr<engine::PoolState> state) noexcept : state_(std::move(state)) {}

    [[nodiscard]] PoolStatus figures() const;
    /// The figures in a sentence.
    [[nodiscard]] std::string status() const;

private:
    std::shared_ptr<engine::PoolState> state_;
};

} // namespace azoth
