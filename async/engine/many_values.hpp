// SPDX-License-Identifier: MIT
// An INSERT that returns rows, for many parameter rows in few statements.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "engine/slot.hpp"

namespace azoth::engine {

/// A row of a buffer.
using RowPlace = std::pair<const RowBuffer*, std::size_t>;

struct ManyRows {
    std::vector<std::shared_ptr<const RowBuffer>> buffers;
    std::vector<RowPlace> places; ///< their rows, in order
    std::int64_t affected = 0;

    ManyRows() = default;
};

/// Executes `compiled`, which has many_values, for `rows` rows of `params`.
/// @throws InvalidRequestError when a row comes back whose key none of them has. @pre an Operation holds the slot
[[nodiscard]] asio::awaitable<ManyRows> send_many_values(
    Slot& slot,
    std::shared_ptr<const Compiled> compiled,
    std::span<const Param> params,
    std::size_t rows,
    std::size_t page_size,
    bool cached,
    ExecutionOptions options
);

/// As `send_batch()` with the rows wanted. Where a server does much for each statement and numbered rows keep their order,
/// whole pages of rows go in one statement each; what is left over is sent row by row.
[[nodiscard]] asio::awaitable<driver::BatchResult>
send_in_pages(Slot& slot, std::shared_ptr<const Compiled> compiled, std::span<const Param> params, std::size_t rows);

} // namespace azoth::engine
