// SPDX-License-Identifier: MIT
// The drivers that come with the library. Including this registers them; azoth.hpp does.
#pragma once

namespace azoth {

/// Registers the drivers this build has: sqlite, postgresql, mysql and mariadb. Does nothing the second time.
/// A program that does not include azoth.hpp calls it before its first `create_engine()`.
void register_builtin_drivers();

namespace detail {

// Also what makes a static link keep the drivers.
[[maybe_unused]] inline const bool builtin_drivers_registered = (register_builtin_drivers(), true);

} // namespace detail
} // namespace azoth
