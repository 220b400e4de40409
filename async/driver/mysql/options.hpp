// SPDX-License-Identifier: MIT
// What a database URL says about connecting to MySQL or MariaDB.
#pragma once

#include <azoth/driver/driver.hpp>
#include <azoth/engine/url.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

namespace azoth::mysql {

struct ConnectOptions {
    ConnectOptions() = default;
    /// @throws ArgumentError for an unknown option or a value that cannot be used.
    explicit ConnectOptions(const Url& url);

    /// Where the server is, for messages: "127.0.0.1:3306", "socket /run/mysqld/mysqld.sock".
    [[nodiscard]] std::string where() const;

    std::string host; ///< empty: the server's Unix socket
    unsigned int port = 0;
    std::string user;
    std::optional<std::string> password;
    std::string database;
    std::string charset = "utf8mb4";
    std::chrono::seconds connect_timeout{30}; ///< zero is no limit; so it is for the two below
    std::chrono::seconds read_timeout{0};
    std::chrono::seconds write_timeout{0};
    std::optional<bool> ssl; ///< true demands TLS
    std::string ssl_ca;
    std::string ssl_cert;
    std::string ssl_key;
    std::optional<bool> ssl_verify_server_cert;
    std::string unix_socket;
    std::string init_command;
    std::optional<std::string> sql_mode; ///< nothing: as the server has it
    std::size_t statement_cache_size = 128;
};

/// The dialect of a server of that version. @param named  the dialect in the URL
/// @throws InvalidRequestError when it says mariadb and the server is none
[[nodiscard]] std::shared_ptr<const Dialect>
flavoured_dialect(const std::string& named, const std::string& version, const driver::ServerInfo& info);

} // namespace azoth::mysql
