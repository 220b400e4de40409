// SPDX-License-Identifier: MIT
// A database of a test's own: on SQLite a memory or file database, on the servers a schema or database that is dropped again.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <asio/io_context.hpp>

#include <azoth/azoth.hpp>

/// The databases that tests run on: "sqlite", "sqlite file", and the servers that the environment names
/// (AZOTH_TEST_POSTGRESQL_URL, AZOTH_TEST_MARIADB_URL). With AZOTH_TEST_REQUIRE_SERVERS set a missing one is an error.
[[nodiscard]] std::vector<std::string> backend_names();

class Backend {
public:
    /// @param name  of backend_names()
    explicit Backend(const std::string& name);
    ~Backend();
    Backend(const Backend&) = delete;
    Backend& operator=(const Backend&) = delete;

    [[nodiscard]] asio::io_context& io() noexcept { return io_; }
    [[nodiscard]] const azoth::Engine& engine() const noexcept { return engine_; }
    [[nodiscard]] const std::string& url() const noexcept { return url_; }
    /// Another engine on the same database.
    [[nodiscard]] azoth::Engine make_engine(azoth::EngineOptions options);
    /// Runs a coroutine to its end, throws what it throws. @throws std::runtime_error after 60 s
    void run(asio::awaitable<void> body);

private:
    [[nodiscard]] std::string make_namespace(const std::string& name);

    asio::io_context io_;
    std::string admin_url_; ///< of the server itself; empty for SQLite
    std::string drop_;      ///< SQL that removes the namespace
    std::filesystem::path file_;
    std::string url_;
    azoth::Engine engine_;
};
