// SPDX-License-Identifier: MIT
// A database server of a test's own, which may be killed and started again. Its data is in a temporary folder.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include <sys/types.h>

namespace azoth::testing {

class OwnServer {
public:
    /// @param kind  postgresql or mariadb
    /// @throws std::runtime_error with the end of its log when it cannot be started
    /// @param certificate  good, expired, elsewhere (made for another host), or empty: no TLS
    explicit OwnServer(std::string kind, const std::string& certificate = {});
    ~OwnServer();
    OwnServer(const OwnServer&) = delete;
    OwnServer& operator=(const OwnServer&) = delete;

    [[nodiscard]] std::string url() const;
    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    /// With TLS: a file beside the certificate, as ca.pem, which signs it, and other_ca.pem, which does not.
    [[nodiscard]] std::string tls_file(const std::string& name) const { return (folder_ / "tls" / name).string(); }
    /// SIGKILL.
    void kill() noexcept;
    /// Starts it on the same data and port; returns when it takes connections.
    void start();

private:
    void spawn();
    [[nodiscard]] bool takes_connections() const;

    std::string kind_;
    std::filesystem::path folder_;
    std::uint16_t port_ = 0;
    pid_t process_ = 0;
};

} // namespace azoth::testing
