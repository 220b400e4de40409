// SPDX-License-Identifier: MIT
// The MySQL and MariaDB driver, over MariaDB Connector/C's non-blocking interface.
#pragma once

#include <azoth/driver/driver.hpp>

#include <memory>

namespace azoth::mysql {

/// A driver for `mysql://user:password@host:port/database?option=value` and the same with
/// `mariadb://`.
///
/// Without a host the server's Unix socket is used, as it is for "localhost". Options, all of them
/// optional: `charset` (utf8mb4), `connect_timeout` in seconds for the whole of connecting (30; 0
/// is no limit), `read_timeout` and `write_timeout` in seconds of silence on the socket (none),
/// `ssl` (true demands TLS), `ssl_ca`, `ssl_cert`, `ssl_key` (files), `ssl_verify_server_cert`,
/// `unix_socket` (path), `init_command` (SQL), `sql_mode` (the server's default) and
/// `statement_cache_size` (128 prepared statements a connection; 0 keeps none).
[[nodiscard]] std::shared_ptr<const driver::Driver> make_driver();

} // namespace azoth::mysql
