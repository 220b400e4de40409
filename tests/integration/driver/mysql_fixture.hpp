// SPDX-License-Identifier: MIT
// What the tests of the MySQL and MariaDB driver share: connections, statements with values.
#pragma once

#include "support/catch.hpp"

#include <azoth/detail/asio.hpp>
#include <azoth/driver/driver.hpp>
#include <azoth/driver/mysql.hpp>
#include <azoth/engine/url.hpp>
#include <azoth/error.hpp>
#include <azoth/types/type_traits.hpp>
#include <azoth/types/value.hpp>

#include <cstdlib>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#ifdef AZOTH_USE_BOOST_ASIO
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#else
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#endif

namespace azoth::test_mysql {

using ConnectionPtr = std::unique_ptr<driver::Connection>;

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

using Body = asio::awaitable<void> (*)(driver::Connection&);

inline asio::awaitable<void>
connect_and_run(asio::any_io_executor executor, Body body, std::string options) {
    const auto connection = co_await connect(executor, std::move(options));
    co_await body(*connection);
}

/// Runs `task` to its end and throws what it throws.
inline void run_task(asio::io_context& context, asio::awaitable<void> task) {
    std::exception_ptr failure;
    asio::co_spawn(context, std::move(task), [&failure](std::exception_ptr e) { failure = e; });
    context.restart();
    context.run();
    if (failure)
        std::rethrow_exception(failure);
}

/// Runs `body` with a connection of its own; `options` is appended to the URL: "?name=value".
inline void with_connection(Body body, std::string options = {}) {
    if (server_url().empty())
        return;
    asio::io_context context;
    run_task(context, connect_and_run(context.get_executor(), body, std::move(options)));
}

/// A statement that owns its text and values.
class Query {
public:
    explicit Query(std::string sql) : sql_(std::move(sql)), hash_(std::hash<std::string>{}(sql_)) {}

    template <class T>
    Query&& bind(const T& value, Type type = TypeTraits<T>::type()) && {
        values_.push_back(std::make_unique<Value>(TypeTraits<T>::value(value)));
        params_.push_back(values_.back()->param());
        types_.push_back(type);
        return std::move(*this);
    }
    Query&& bind_null(Type type = {}) && {
        params_.emplace_back();
        types_.push_back(type);
        return std::move(*this);
    }
    Query&& unprepared() && {
        prepare_ = false;
        return std::move(*this);
    }

    [[nodiscard]] const std::string& sql() const { return sql_; }
    [[nodiscard]] driver::Statement statement() const {
        driver::Statement statement{sql_, hash_};
        statement.params = params_;
        statement.param_types = types_;
        statement.prepare = prepare_;
        return statement;
    }

private:
    std::string sql_;
    std::size_t hash_;
    bool prepare_ = true;
    std::vector<std::unique_ptr<Value>> values_;
    std::vector<Param> params_;
    std::vector<Type> types_;
};

inline asio::awaitable<driver::Result> execute(driver::Connection& connection, Query query) {
    co_return co_await connection.execute(query.statement());
}

template <class T>
T get(const RowBuffer& rows, std::size_t row = 0, std::size_t column = 0) {
    return TypeTraits<T>::decode(rows.field(row, column), TypeTraits<T>::type());
}

/// The one value of the one row of `query`.
template <class T>
asio::awaitable<T> scalar(driver::Connection& connection, Query query) {
    const auto result = co_await connection.execute(query.statement());
    REQUIRE(result.rows != nullptr);
    REQUIRE(result.rows->row_count() == 1);
    co_return get<T>(*result.rows);
}

/// Passes when `connection` answers and no transaction is open.
inline asio::awaitable<void> expect_health(driver::Connection& connection) {
    REQUIRE(connection.is_open());
    REQUIRE_FALSE(connection.needs_recovery());
    REQUIRE_FALSE(connection.in_transaction());
    const auto answer = co_await scalar<int>(connection, Query("SELECT 40 + 2"));
    REQUIRE(answer == 42);
}

/// The error that `task` ends with, as E; fails the test when there is none.
template <class E>
asio::awaitable<E> expect_error(asio::awaitable<void> task) {
    try {
        co_await std::move(task);
    } catch (const E& error) {
        co_return error;
    }
    FAIL("no error was thrown");
    throw std::logic_error("not reached");
}

inline asio::awaitable<void> ignore_result(driver::Connection& connection, Query query) {
    co_await connection.execute(query.statement());
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
