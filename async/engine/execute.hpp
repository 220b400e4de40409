// SPDX-License-Identifier: MIT
// The pieces of executing that statements, batches and streams share.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "engine/slot.hpp"

namespace azoth::engine {

/// Executes `compiled` for `rows` rows of parameters, in a transaction. @pre an Operation holds the slot
[[nodiscard]] asio::awaitable<driver::BatchResult> send_batch(
    Slot& slot,
    std::shared_ptr<const Compiled> compiled,
    std::span<const Param> params,
    std::size_t rows,
    driver::BatchWants wants,
    bool cached,
    ExecutionOptions options
);

/// A statement's compilation for this connection, with the schemas that it uses.
/// @param map          null: the connection's own
/// @param fetches_key  an INSERT brings the key back that the database makes
[[nodiscard]] Lookup lookup(
    Slot& slot, const sql::NodePtr& statement, const std::shared_ptr<const SchemaTranslateMap>& map = nullptr,
    bool fetches_key = false);

/// The driver's view of a statement; valid as long as both.
[[nodiscard]] driver::Statement make_statement(const Compiled& compiled, const Compiled::Bound& bound);

/// What a statement that succeeded may have done to the transaction.
void note_success(Slot& slot) noexcept;

} // namespace azoth::engine
