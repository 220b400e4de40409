// SPDX-License-Identifier: MIT
// Waiting for the worker, and seeing a task through to its end wherever it has to run.
#pragma once

#include <memory>

#include "driver/sqlite/asio.hpp"
#include "driver/sqlite/database.hpp"

namespace azoth::sqlite {

/// Waits until the worker is idle.
///
/// @param task   given to the idle worker first, unless null; kept alive by the awaiting caller
/// @cancellation terminal: asks the worker to stop, and still waits until it has: its task may point into the
/// frames of
///   those who wait. Returns as ever then; the task's outcome tells whether it was in time. When the
///   coroutine is destroyed while it waits (with its context), the same is done blocking.
[[nodiscard]] asio::awaitable<void> await_worker(std::shared_ptr<Database> database, Task* task = nullptr);

/// Goes on after `outcome`, the first piece's, until `task` is done: on the worker, here in turns, after
/// waiting for locks.
///
/// @param task   kept alive by the awaiting caller
/// @throws       the task's failure; OperationalError when a lock was not to be had within `busy_timeout`
/// @cancellation terminal: throws operation_aborted once nothing touches `task` any more; `cut_off` is set
///   when the task was stopped half-way
[[nodiscard]] asio::awaitable<void> drive(std::shared_ptr<Database> database, Task& task, Outcome outcome);

/// Lets other coroutines of the context run when this connection has kept them waiting for some time.
[[nodiscard]] inline bool turn_is_over(Database& database) noexcept {
    if (--database.turns_left >= 0) return false;
    database.turns_left = statements_per_turn;
    return true;
}

} // namespace azoth::sqlite
