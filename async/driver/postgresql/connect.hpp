// SPDX-License-Identifier: MIT
// Connecting without blocking.
#pragma once

#include <azoth/detail/asio.hpp>

#include "driver/postgresql/libpq.hpp"
#include "driver/postgresql/options.hpp"

namespace azoth::postgresql {

/// An idle connection in non-blocking mode.
///
/// @throws OperationalError that says as whom, where, why, and what to do about it.
/// @cancellation terminal.
[[nodiscard]] asio::awaitable<ConnectionPtr> connect(asio::any_io_executor executor, ConnectOptions options);

} // namespace azoth::postgresql
