// SPDX-License-Identifier: MIT
// Connections to MySQL or MariaDB for the tests of their driver.
#pragma once

#include <cstdlib>

#include <azoth/driver/mysql.hpp>

#include "integration/driver/driver_fixture.hpp"

namespace azoth::test_mysql {

using namespace test_driver;

/// The server's URL; empty, with a warning, when the environment names none.
inline std::string server_url() {
    const char* url = std::getenv("AZOTH_TEST_MARIADB_URL");
    if (url == nullptr)
        WARN("AZOTH_TEST_MARIADB_URL is not set: nothing is tested");
    return url != nullptr ? url : "";
}

inline asio::awaitable<ConnectionPtr>
connect(asio::any_io_executor executor, std::string options = {}) {
    std::string text = server_url();
    if (!options.empty() && text.find('?') != std::string::npos)
        options.front() = '&';
    Url url{text + options};
    const auto driver = mysql::make_driver();
    co_return co_await driver->connect(executor, std::move(url));
}

inline asio::awaitable<void>
connect_and_run(asio::any_io_executor executor, Body body, std::string options) {
    const auto connection = co_await connect(executor, std::move(options));
    co_await body(*connection);
}

/// Runs `body` with a connection of its own; `options` is appended to the URL: "?name=value".
inline void with_connection(Body body, std::string options = {}) {
    if (server_url().empty())
        return;
    asio::io_context context;
    run_task(context, connect_and_run(context.get_executor(), body, std::move(options)));
}

/// A table whose names are unique.
inline asio::awaitable<void> make_users(driver::Connection& c) {
    co_await c.run("DROP TEMPORARY TABLE IF EXISTS users");
    co_await c.run(
        "CREATE TEMPORARY TABLE users (id INTEGER PRIMARY KEY AUTO_INCREMENT, name VARCHAR(40), "
        "CONSTRAINT uq_users_name UNIQUE (name)) ENGINE=InnoDB"
    );
}

} // namespace azoth::test_mysql
