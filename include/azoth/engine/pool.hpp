// SPDX-License-Identifier: MIT
// Pool: the figures of an engine's connections.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <source_location>
#include <string>
#include <vector>

namespace azoth {

namespace engine {
class PoolState;
}

/// How long callers waited for their connection, those who did not wait at all included; connecting does not count.
struct WaitTimes {
    /// Upper bounds of the buckets; the last bucket has none.
    static constexpr std::array<std::chrono::microseconds, 11> bounds{
        std::chrono::microseconds{100},    std::chrono::microseconds{1'000},   std::chrono::microseconds{2'000},
        std::chrono::microseconds{5'000},  std::chrono::microseconds{10'000},  std::chrono::microseconds{20'000},
        std::chrono::microseconds{50'000}, std::chrono::microseconds{100'000}, std::chrono::microseconds{500'000},
        std::chrono::seconds{1},           std::chrono::seconds{5}
    };
    std::array<std::uint64_t, bounds.size() + 1> counts{};

    void add(std::chrono::steady_clock::duration wait) noexcept;
    [[nodiscard]] std::uint64_t total() const noexcept;
    /// The bound that the share `q` of all waits stayed below; the largest bound when there is none. 0.99: nearly all.
    [[nodiscard]] std::chrono::microseconds quantile(double q) const noexcept;
};

/// A connection that is in use, and who has it.
struct CheckedOut {
    std::uint64_t connection = 0; ///< its number in the pool, from 1
    std::source_location where;   ///< of the call of connect(), begin(), or the session's making
    std::chrono::milliseconds since{0};

    CheckedOut() = default;
    /// "connection 3, taken at shop.cpp:42 in serve(), 1250 ms ago"
    [[nodiscard]] std::string to_string() const;
};

/// A pool at one moment.
struct PoolStatus {
    std::size_t size = 0;      ///< connections that are kept when idle
    std::size_t idle = 0;      ///< ready to be handed out
    std::size_t in_use = 0;    ///< handed out, being made, or being reset on their way back
    std::size_t waiting = 0;   ///< callers that wait for one
    std::size_t overflow = 0;  ///< above `size`
    std::uint64_t created = 0; ///< connections made since the pool was
    std::uint64_t recycled = 0;    ///< given up because they were older than `pool_recycle`
    std::uint64_t invalidated = 0; ///< given up because they were lost, could not be reset, or by `invalidate()`
    WaitTimes waits;
};

/// An engine's pool, for looking at. FIFO-fair, bounded by `pool_size` + `max_overflow`, shared by all
/// threads.
class Pool {
public:
    explicit Pool(std::shared_ptr<engine::PoolState> state) noexcept : state_(std::move(state)) {}
    /// For engines, which may share one.
    [[nodiscard]] const std::shared_ptr<engine::PoolState>& state() const noexcept { return state_; }

    [[nodiscard]] PoolStatus figures() const;
    /// The figures in a sentence.
    [[nodiscard]] std::string status() const;
    /// The connections in use for `least` or longer, the longest first: a leak shows here, and says where it was taken.
    [[nodiscard]] std::vector<CheckedOut> checked_out(std::chrono::milliseconds least = std::chrono::milliseconds{0}) const;

private:
    std::shared_ptr<engine::PoolState> state_;
};

} // namespace azoth
