// SPDX-License-Identifier: MIT
// What a URL asks for, as libpq's keywords and the driver's own options.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace azoth {
class Url;
}

namespace azoth::postgresql {

/// One server to try: libpq tries them in order.
struct Target {
    std::string host;    ///< a name, an address, or the folder of a socket; empty: libpq's default
    std::string address; ///< numeric, once resolved; empty for a socket
    std::string port;    ///< empty: libpq's default

    Target() = default;
    Target(std::string h, std::string a, std::string p)
        : host(std::move(h)), address(std::move(a)), port(std::move(p)) {}
    /// Whether `host` has to be looked up before libpq, which would block, sees it.
    [[nodiscard]] bool is_name() const noexcept {
        return address.empty() && !host.empty() && host.front() != '/' && host.front() != '@';
    }
};

struct ConnectOptions {
    std::vector<Target> targets; ///< at least one
    /// libpq's keywords other than host, hostaddr and port.
    std::vector<std::pair<std::string, std::string>> keywords;
    std::size_t prepared_statement_cache_size = 256;
    std::chrono::milliseconds connect_timeout{30'000}; ///< 0: no limit
    std::string where; ///< for messages: user, database, hosts; never the password

    ConnectOptions() = default;
};

/// @throws ArgumentError for options that neither libpq nor the driver knows, or whose value cannot be.
[[nodiscard]] ConnectOptions read_options(const Url& url);

} // namespace azoth::postgresql
