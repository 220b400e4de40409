// SPDX-License-Identifier: MIT
// Connections to PostgreSQL for the tests of its driver.
#pragma once

#include <cstdlib>

#include <azoth/driver/postgresql.hpp>

#include "integration/driver/driver_fixture.hpp"

namespace azoth::test_postgresql {

using namespace test_driver;

/// The server's URL; empty, with a warning, when the environment names none.
inline std::string server_url() {
    const char* url = std::getenv("AZOTH_TEST_POSTGRESQL_URL");
    if (url == nullptr) WARN("AZOTH_TEST_POSTGRESQL_URL is not set: nothing is tested");
    return url != nullptr ? url : "";
}

inline asio::awaitable<ConnectionPtr> connect(asio::any_io_executor executor, std::string option = {}) {
    Url url{server_url()};
    if (const auto equals = option.find('='); equals != std::string::npos) {
        url.query.emplace_back(option.substr(0, equals), option.substr(equals + 1));
    }
    const auto driver = postgresql::make_driver();
    co_return co_await driver->connect(executor, std::move(url));
}

inline asio::awaitable<void> connect_and_run(asio::any_io_executor executor, Body body, std::string option) {
    const auto connection = co_await connect(executor, std::move(option));
    co_await body(*connection);
}

/// Runs `body` with a connection of its own; `option` is added to the URL: "name=value".
inline void with_connection(Body body, std::string option = {}) {
    if (server_url().empty()) return;
    asio::io_context context;
    run_task(context, connect_and_run(context.get_executor(), body, std::move(option)));
}

} // namespace azoth::test_postgresql
