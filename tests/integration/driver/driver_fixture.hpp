// SPDX-License-Identifier: MIT
// What the tests of all drivers share: running coroutines, statements that own their values, cancelling, errors.
#pragma once

#include "support/catch.hpp"

#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <azoth/detail/asio.hpp>
#include <azoth/driver/driver.hpp>
#include <azoth/engine/url.hpp>
#include <azoth/error.hpp>
#include <azoth/types/type_traits.hpp>
#include <azoth/types/value.hpp>

#ifdef AZOTH_USE_BOOST_ASIO
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#else
#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#endif

namespace azoth::test_driver {

// Results are named before they are checked: GCC 12 runs a co_await inside of CHECK twice.

using ConnectionPtr = std::unique_ptr<driver::Connection>;
using Body = asio::awaitable<void> (*)(driver::Connection&);
using Clock = std::chrono::steady_clock;

/// Runs `task` to its end and throws what it throws.
inline void run_task(asio::io_context& context, asio::awaitable<void> task) {
    std::exception_ptr failure;
    bool ended = false;
    asio::co_spawn(context, std::move(task), [&](std::exception_ptr e) {
        failure = e;
        ended = true;
    });
    context.restart();
    context.run();
    if (failure) std::rethrow_exception(failure);
    REQUIRE(ended);
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

inline asio::awaitable<void> pause(std::chrono::milliseconds duration) {
    asio::steady_timer timer(co_await asio::this_coro::executor);
    timer.expires_after(duration);
    co_await timer.async_wait(asio::use_awaitable);
}

/// Starts `task`, cancels it after `steps` handlers of the loop, and runs it to its end. What it threw, or
/// null.
inline std::exception_ptr cancel_after(asio::io_context& context, asio::awaitable<void> task, int steps) {
    asio::cancellation_signal signal;
    std::exception_ptr failure;
    const auto at_end = [&failure](std::exception_ptr e) { failure = e; };
    asio::co_spawn(context, std::move(task), asio::bind_cancellation_slot(signal.slot(), at_end));
    context.restart();
    for (int i = 0; i < steps && !context.stopped(); ++i) context.run_one();
    signal.emit(asio::cancellation_type::terminal);
    context.run();
    return failure;
}

/// The same after some time, when `task` waits for the server.
inline std::exception_ptr
cancel_after(asio::io_context& context, asio::awaitable<void> task, std::chrono::milliseconds time) {
    asio::cancellation_signal signal;
    std::exception_ptr failure;
    const auto at_end = [&failure](std::exception_ptr e) { failure = e; };
    asio::co_spawn(context, std::move(task), asio::bind_cancellation_slot(signal.slot(), at_end));
    context.restart();
    context.run_for(time);
    signal.emit(asio::cancellation_type::terminal);
    context.run();
    return failure;
}

} // namespace azoth::test_driver
