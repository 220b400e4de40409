// SPDX-License-Identifier: MIT
// Engines out of configuration files: options as text.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include <azoth/engine/engine.hpp>

namespace azoth {

/// An engine by options whose names begin with `prefix`, as "sqlalchemy.pool_size" = "10": those of EngineOptions that a text
/// can say, and `url`. Others are left alone. "true", "yes", "on" and "1" are true; `echo` may be "debug"; times are seconds.
/// @throws ArgumentError for an option that there is none of, or a value that cannot be read; when there is no `url`; and as
///   `create_engine()`
[[nodiscard]] Engine engine_from_config(
    asio::any_io_executor executor, const std::map<std::string, std::string>& configuration,
    std::string_view prefix = "sqlalchemy.");
/// The same for what a text cannot say: `options` are the defaults.
[[nodiscard]] Engine engine_from_config(
    asio::any_io_executor executor, const std::map<std::string, std::string>& configuration, std::string_view prefix,
    EngineOptions options);

} // namespace azoth
