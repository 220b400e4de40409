// SPDX-License-Identifier: MIT
// Connecting, and what is done over a side connection: calls that block, for threads of their own.
#pragma once

#include <memory>
#include <string>

#include <azoth/driver/driver.hpp>

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

/// The dialect of a server of that version. @param named  the dialect in the URL
/// @throws InvalidRequestError when it says mariadb and the server is none
[[nodiscard]] std::shared_ptr<const Dialect>
flavoured_dialect(const std::string& named, const std::string& version, const driver::ServerInfo& info);

} // namespace azoth::mysql
