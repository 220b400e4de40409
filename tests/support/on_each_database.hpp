// SPDX-License-Identifier: MIT
// ON_EACH_DATABASE: one test body against every database.
#pragma once

#include <concepts>
#include <string>

#include <azoth/testing/statement_log.hpp>

#include "support/backend.hpp"
#include "support/catch.hpp"

/// Runs `body(engine)`, or `body(engine, log)` where the engine reports to that StatementLog, on each of backend_names().
template <class Body>
void on_each_database(const Body& body) {
    const auto database = GENERATE(from_range(backend_names()));
    INFO("database: " << database);
    Backend backend{database};
    if constexpr (std::invocable<const Body&, azoth::Engine>) {
        backend.run(body(backend.engine()));
    } else {
        azoth::testing::StatementLog log;
        azoth::EngineOptions options;
        log.attach(options);
        backend.run(body(backend.make_engine(options), log));
    }
}

/// A test case of the ORM: its name, tags of its own, and a coroutine function for on_each_database().
#define ON_EACH_DATABASE(sentence, tags, body) \
    TEST_CASE(sentence, "[integration][orm]" tags) { on_each_database(body); }
