// SPDX-License-Identifier: MIT
// Where and as what an engine connects: lists of hosts, arguments for the client library, an isolation level for all connections.
#include "support/backend.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>

#include "support/run.hpp"

namespace az = azoth;

namespace {

asio::awaitable<bool> connects(az::Engine engine) {
    bool connected = true;
    try {
        auto connection = co_await engine.connect();
        const auto rows = co_await connection.exec_driver_sql("SELECT 1");
        CHECK(rows.one().get<int>(0) == 1);
        co_await connection.close();
    } catch (const az::OperationalError&) {
        connected = false;
    }
    co_await engine.dispose();
    co_return connected;
}

asio::awaitable<void> has_level(az::Engine engine, az::IsolationLevel wanted) {
    auto connection = co_await engine.connect();
    co_await connection.execute(az::text("SELECT 1"));
    const auto level = co_await connection.get_isolation_level();
    CHECK(level == wanted);
    co_await connection.close();
}

asio::awaitable<void> keeps_arguments(az::Engine engine) {
    auto connection = co_await engine.connect();
    if (engine.dialect()->name() == "postgresql") {
        const auto rows = co_await connection.exec_driver_sql("SHOW application_name");
        CHECK(rows.one().get<std::string>(0) == "by argument");
    }
    std::vector<az::Value> values(1, az::Value{std::int64_t{41}});
    const std::string sql = engine.dialect()->name() == "postgresql" ? "SELECT ':x', $1::int + 1" : "SELECT ':x', ? + 1";
    const auto rows = co_await connection.exec_driver_sql(sql, values);
    CHECK(rows.one().get<std::string>(0) == ":x");
    CHECK(rows.one().get<int>(1) == 42);
    co_await connection.close();
}

/// What a listener sets for every new connection stays, whatever is rolled back; what a transaction sets does not.
asio::awaitable<void> has_a_search_path(az::Engine engine) {
    engine.events().connect.connect([](az::driver::Connection& connection) -> asio::awaitable<void> {
        co_await connection.run("SET search_path TO pg_catalog");
    });
    auto connection = co_await engine.connect();
    const auto path = [](az::Connection& on) -> asio::awaitable<std::string> {
        const auto rows = co_await on.exec_driver_sql("SHOW search_path");
        co_return rows.one().get<std::string>(0);
    };
    auto now = co_await path(connection);
    CHECK(now == "pg_catalog");
    co_await connection.run("SET search_path TO information_schema");
    now = co_await path(connection);
    CHECK(now == "information_schema");
    co_await connection.rollback();
    now = co_await path(connection);
    CHECK(now == "pg_catalog");
    co_await connection.close();
}

} // namespace

TEST_CASE("connect: a search path for all connections of an engine", "[integration][pg.conn.search_path][core.event.connect]") {
    for (const auto& name : backend_names()) {
        if (name != "postgresql") continue; // no other has one
        Backend database{name};
        const auto engine = database.make_engine(az::EngineOptions{});
        database.run(has_a_search_path(engine));
    }
}

TEST_CASE("connect: of several PostgreSQL hosts the first that will do is taken", "[integration][pg.conn.url]") {
    const char* text = std::getenv("AZOTH_TEST_POSTGRESQL_URL");
    if (text == nullptr) {
        WARN("AZOTH_TEST_POSTGRESQL_URL is not set: not tested");
        return;
    }
    az::Url url{text};
    const auto host = url.host + ":" + std::to_string(url.port.value_or(5432));
    url.host.clear();
    url.port.reset();
    const auto attempt = [&](const std::vector<std::pair<std::string, std::string>>& options) {
        auto one = url;
        one.query.insert(one.query.end(), options.begin(), options.end());
        asio::io_context io;
        bool connected = false;
        const auto engine = az::create_engine(io.get_executor(), one);
        az::testing::run(io, [&]() -> asio::awaitable<void> { connected = co_await connects(engine); });
        return connected;
    };
    CHECK(attempt({{"host", "127.0.0.1:1"}, {"host", host}}));
    CHECK(attempt({{"host", "127.0.0.1:1," + host}}));
    CHECK(attempt({{"host", "no-such-host.invalid," + host}}));
    CHECK_FALSE(attempt({{"host", "127.0.0.1:1"}, {"host", "127.0.0.1:2"}}));
    CHECK(attempt({{"host", host}, {"target_session_attrs", "read-write"}}));
    CHECK(attempt({{"host", host}, {"target_session_attrs", "prefer-standby"}}));
    CHECK_FALSE(attempt({{"host", host + "," + host}, {"target_session_attrs", "standby"}}));
}

TEST_CASE("connect: an isolation level for all connections of an engine",
          "[integration][core.engine.isolation_level][pg.conn.isolation][my.conn.isolation]") {
    for (const auto& name : backend_names()) {
        CAPTURE(name);
        Backend database{name};
        for (const auto level : {az::IsolationLevel::serializable, az::IsolationLevel::read_committed}) {
            const bool is_server = name == "postgresql" || name == "mariadb";
            if (!is_server && level != az::IsolationLevel::serializable) continue;
            az::EngineOptions options;
            options.isolation_level = level;
            const auto engine = database.make_engine(options);
            database.run(has_level(engine, level));
        }
    }
}

TEST_CASE("connect: arguments for the client library, and SQL as it takes it",
          "[integration][core.engine.connect_args][core.conn.exec_driver_sql]") {
    for (const auto& name : backend_names()) {
        CAPTURE(name);
        Backend database{name};
        az::EngineOptions options;
        if (name == "postgresql") options.connect_args = {{"application_name", "by argument"}};
        if (name == "mariadb") options.connect_args = {{"charset", "utf8mb4"}};
        const auto engine = database.make_engine(options);
        database.run(keeps_arguments(engine));
    }
}
