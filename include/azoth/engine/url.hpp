// SPDX-License-Identifier: MIT
// Database URLs: dialect+driver://user:password@host:port/database?key=value (RFC 3986 percent encoding).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace azoth {

/// A database URL, taken apart and decoded. A value; setters are copies, as SQLAlchemy's `URL.set`.
class Url {
public:
    Url() = default;
    /// @throws ArgumentError that says which part cannot be read (never with the password in it).
    explicit Url(std::string_view text);

    std::string dialect;  ///< "postgresql", "mysql", "mariadb", "sqlite", lower case
    std::string driver;   ///< what follows '+', mostly empty
    std::string username;
    std::optional<std::string> password;
    std::string host;     ///< without brackets for IPv6; empty for local
    std::optional<std::uint16_t> port;
    std::string database; ///< sqlite: the path ("/abs" after four slashes), empty or ":memory:" for memory
    std::vector<std::pair<std::string, std::string>> query; ///< decoded, in order; a key may occur again

    /// The last value of `key`, nothing when it does not occur.
    [[nodiscard]] std::optional<std::string> option(std::string_view key) const;

    /// The URL as text; the password as "***" unless asked for.
    [[nodiscard]] std::string to_string(bool hide_password = true) const;

    friend bool operator==(const Url&, const Url&) = default;
};

} // namespace azoth
