// SPDX-License-Identifier: MIT
// Listeners that are often wanted: spans for a tracer, a log of slow statements.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <azoth/engine/engine.hpp>

namespace azoth {

/// One statement, in the words of OpenTelemetry's conventions for database client calls.
struct Span {
    std::string name; ///< "SELECT"; the operation, with the database's name where it is known: "SELECT shop"
    std::chrono::system_clock::time_point start;
    std::chrono::system_clock::time_point end;
    bool failed = false;
    /// db.system.name, db.namespace, db.operation.name, db.query.text, db.operation.batch.size, server.address,
    /// server.port, error.type, db.response.status_code. Never a parameter or a password.
    std::vector<std::pair<std::string, std::string>> attributes;

    Span() = default;
    /// The attribute's value; empty when it is not there.
    [[nodiscard]] std::string_view attribute(std::string_view key) const noexcept;
};

/// Calls `sink` for each statement when it has ended. Give it to a tracer's exporter: no I/O in the sink itself.
/// @return for `engine.events().after_cursor_execute.disconnect()`
SignalConnection trace(const Engine& engine, std::function<void(const Span&)> sink);

/// Calls `sink` with a line for each statement that takes `threshold` or longer: the time, the SQL, its parameters
/// (unless the engine hides them), the error if it failed.
/// @return as `trace()`
SignalConnection
log_slow_queries(const Engine& engine, std::chrono::milliseconds threshold, std::function<void(std::string_view)> sink);

} // namespace azoth
