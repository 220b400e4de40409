// SPDX-License-Identifier: MIT
// The conformance suite: what any dialect and its driver have to do, for who writes one. It needs no test framework.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <azoth/detail/asio.hpp>
#include <azoth/engine/engine.hpp>

namespace azoth::testing {

/// What a database has that its dialect's Features do not tell. Cases that need what it lacks are left out, and say so.
struct Requirements {
    bool exact_decimals = true;    ///< NUMERIC keeps 20 digits
    bool foreign_keys = true;      ///< they are enforced, not only parsed
    bool savepoints = true;
    bool isolation_levels = true;  ///< SERIALIZABLE can be asked for, and the server tells which level there is
    bool two_phase = false;        ///< a transaction can be prepared
    bool many_connections = true;  ///< two connections see one database
    bool interrupts = true;        ///< a statement that runs can be cut off
    bool reflection = true;        ///< the catalogue tells of tables, columns, keys and indexes
    bool views = true;
    bool recursive_ctes = true;
    bool window_functions = true;

    Requirements() = default;
};

/// One thing to be shown.
struct DialectCase {
    std::string_view name;
    std::string_view needs;                                ///< in words; empty: nothing
    bool (*possible)(const Dialect&, const Requirements&); ///< null: always
    asio::awaitable<void> (*run)(Engine);                  ///< throws when it does not hold
};

/// How a run ended.
struct SuiteReport {
    std::vector<std::string> passed;
    std::vector<std::pair<std::string, std::string>> skipped; ///< case, what it needs
    std::vector<std::pair<std::string, std::string>> failed;  ///< case, what was wrong

    SuiteReport() = default;
    [[nodiscard]] bool ok() const noexcept { return failed.empty() && !passed.empty(); }
    /// A line for each case that did not pass, and one with the numbers.
    [[nodiscard]] std::string to_string() const;
};

/// All cases. Each expects the tables of the suite, empty: `run_dialect_case()` sees to that.
[[nodiscard]] std::span<const DialectCase> dialect_suite();

/// Runs one case in tables of its own, whose names begin with "azs_"; those that are there are dropped before, and again behind: after a case that throws they are left.
/// @throws what the case throws
[[nodiscard]] asio::awaitable<void> run_dialect_case(Engine engine, DialectCase one);

/// Runs all that is possible, one after the other, and goes on after one that fails.
/// @cancellation terminal: ends between two cases or in one, and leaves its tables.
[[nodiscard]] asio::awaitable<SuiteReport> run_dialect_suite(Engine engine, Requirements requirements = Requirements());

} // namespace azoth::testing
