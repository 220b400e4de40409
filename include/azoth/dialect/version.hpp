// SPDX-License-Identifier: MIT
// ServerVersion: which release of a database a server is.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace azoth {

/// {15, 20}, {10, 11, 6}, {3, 40, 1}. Compared number by number; what is not said is 0.
struct ServerVersion {
    int major{0};
    int minor{0};
    int patch{0};

    constexpr ServerVersion() noexcept = default;
    constexpr explicit ServerVersion(int first, int second = 0, int third = 0) noexcept
        : major{first}, minor{second}, patch{third} {}

    friend constexpr auto operator<=>(const ServerVersion&, const ServerVersion&) noexcept = default;
};

/// The first numbers in a server's own text: "15.20 (Debian 15.20-1)", "10.11.6-MariaDB", "5.5.5-10.6.4-MariaDB" (which is 10.6.4:
/// MariaDB once said 5.5.5 for the sake of old clients), "17beta2". Nothing when it begins with no number.
[[nodiscard]] std::optional<ServerVersion> parse_server_version(std::string_view text) noexcept;

/// "15.20", "10.11.6".
[[nodiscard]] std::string to_string(const ServerVersion& version);

} // namespace azoth
