// SPDX-License-Identifier: MIT
#include <azoth/testing/dialect_suite.hpp>

#include <exception>
#include <system_error>

#include <asio/error.hpp>

#include "testing/suite_case.hpp"

namespace azoth::testing {

std::span<const DialectCase> dialect_suite() {
    static const std::vector<DialectCase> all = [] {
        std::vector<DialectCase> cases;
        for (const auto part : {statement_cases(), transaction_cases(), schema_cases()})
            cases.insert(cases.end(), part.begin(), part.end());
        return cases;
    }();
    return all;
}

asio::awaitable<void> run_dialect_case(Engine engine, DialectCase one) {
    const SuiteTables tables;
    co_await tables.metadata.drop_all(engine);
    co_await tables.metadata.create_all(engine);
    co_await one.run(engine); // what throws leaves its tables, to be looked at
    co_await tables.metadata.drop_all(engine);
}

asio::awaitable<SuiteReport> run_dialect_suite(Engine engine, Requirements requirements) {
    {
        const auto connection = co_await engine.connect(); // after this the dialect is the server's
    }
    SuiteReport report;
    for (const auto& one : dialect_suite()) {
        std::string name{one.name};
        if (one.possible != nullptr && !one.possible(*engine.dialect(), requirements)) {
            report.skipped.emplace_back(std::move(name), one.needs);
            continue;
        }
        std::string wrong;
        try {
            co_await run_dialect_case(engine, one);
            report.passed.push_back(std::move(name));
            continue;
        } catch (const std::system_error& error) {
            if (error.code() == asio::error::operation_aborted) throw;
            wrong = error.what();
        } catch (const std::exception& error) {
            wrong = error.what();
        }
        report.failed.emplace_back(std::move(name), std::move(wrong));
    }
    co_return report;
}

std::string SuiteReport::to_string() const {
    std::string text;
    for (const auto& [name, wrong] : failed) text += "FAILED   " + name + ": " + wrong + "\n";
    for (const auto& [name, needs] : skipped) text += "left out " + name + ": needs " + needs + "\n";
    return text + std::to_string(passed.size()) + " passed, " + std::to_string(failed.size()) + " failed, "
        + std::to_string(skipped.size()) + " left out\n";
}

} // namespace azoth::testing
