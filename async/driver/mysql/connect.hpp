// SPDX-License-Identifier: MIT
// Connecting, and what is done over a side connection: calls that block, for threads of their own.
#pragma once

#include "driver/mysql/client.hpp"
#include "driver/mysql/error.hpp"
#include "driver/mysql/options.hpp"

namespace azoth::mysql {

/// Connects, TLS handshake included, and readies the handle for the non-blocking calls. Blocks.
/// Null on failure, with `error` set.
[[nodiscard]] HandlePtr
connect_blocking(const ConnectOptions& options, NativeError& error) noexcept;

/// Stops the statement that connection `thread_id` is running, over a connection of its own.
/// Blocks. The statement may have ended by then, so that the next one on that connection is hit.
void kill_query_blocking(ConnectOptions options, unsigned long thread_id) noexcept;

} // namespace azoth::mysql
