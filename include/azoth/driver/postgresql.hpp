// SPDX-License-Identifier: MIT
// The PostgreSQL driver, over libpq's non-blocking interface.
#pragma once

#include <memory>

#include <azoth/driver/driver.hpp>

namespace azoth::postgresql {

/// A driver for `postgresql://user:password@host:port/database?option=value`.
///
/// Every keyword of libpq's connection strings is an option (`sslmode`, `application_name`, `options`, ...);
/// `host` may occur more than once, as `host:port`. Of our own: `prepared_statement_cache_size` (256; 0 keeps
/// no prepared statements, for a pooler in transaction mode) and `connect_timeout` in seconds for the whole
/// of connecting (30; 0 is no limit).
[[nodiscard]] std::shared_ptr<const driver::Driver> make_driver();

} // namespace azoth::postgresql
