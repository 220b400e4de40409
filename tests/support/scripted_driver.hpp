// SPDX-License-Identifier: MIT
// A database that is a script: it records what is asked of it and answers as a test says, late, wrongly, or
// never.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <azoth/detail/asio.hpp>
#include <azoth/driver/driver.hpp>
#include <azoth/error.hpp>
#include <azoth/types/value.hpp>

namespace azoth::testing {

/// What is asked of the database.
struct Call {
    int connection = 0; ///< which of the connections made, from 1
    std::string text;   ///< the SQL, or CONNECT, BEGIN, COMMIT, ROLLBACK, PING, RECOVER, CLOSE, FETCH
    std::vector<Value> params;
    std::size_t rows = 1; ///< of parameters
};

/// What it does then.
struct Reply {
    std::vector<std::string> columns; ///< none: the statement returns no rows
    std::vector<std::vector<Value>> rows;
    std::vector<Type> types; ///< none: not said
    std::int64_t affected = -1;
    std::int64_t last_insert_id = 0;
    std::chrono::milliseconds delay{0};
    bool hang = false;             ///< no answer, until cancelled
    bool ends_transaction = false; ///< as a deadlock, or DDL on MariaDB
    bool disconnect = false;       ///< the connection is dead afterwards
    std::exception_ptr error;

    template <class E>
    static Reply failing(E what) {
        Reply reply;
        reply.error = std::make_exception_ptr(std::move(what));
        return reply;
    }
    /// A DBAPIError of the class that fits the code.
    static Reply failing(errc code, std::string message, bool disconnect = false, bool retryable = false);
    static Reply table(std::vector<std::string> columns, std::vector<std::vector<Value>> rows);
};

/// Shared by the driver, its connections and the test. Thread-safe.
class Script {
public:
    /// Called for everything asked; the default answers at once, with nothing.
    std::function<Reply(const Call&)> answer;
    bool single_connection = false;
    bool tells_server_info = false; ///< asked "SERVER INFO" on an engine's first connection

    Reply record(Call call);
    /// The texts, in order. "2: SELECT 1" is what connection 2 was asked when there was more than one.
    [[nodiscard]] std::vector<std::string> log() const;
    [[nodiscard]] std::vector<Call> calls() const;
    void forget_log();
    /// How often `text` was asked.
    [[nodiscard]] std::size_t count(const std::string& text) const;

    int next_connection();
    void gone() noexcept;
    [[nodiscard]] int made() const;
    [[nodiscard]] int alive() const;

private:
    mutable std::mutex mutex_;
    std::vector<Call> calls_;
    int made_ = 0;
    int alive_ = 0;
};

/// A driver over `script`, with SQLite's dialect.
[[nodiscard]] std::shared_ptr<const driver::Driver> make_scripted_driver(std::shared_ptr<Script> script);

/// Registers it and makes the URL that finds it; each call a name of its own.
[[nodiscard]] std::string register_script(std::shared_ptr<Script> script);

[[nodiscard]] Value integer(std::int64_t value);
[[nodiscard]] Value string(std::string value);

} // namespace azoth::testing
