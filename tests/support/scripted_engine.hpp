// SPDX-License-Identifier: MIT
// An engine over a scripted database, with the context it runs on.
#pragma once

#include <memory>
#include <utility>

#include <azoth/engine/engine.hpp>

#include "support/run.hpp"
#include "support/scripted_driver.hpp"

namespace azoth::testing {

/// `body` is a coroutine lambda; it may capture by reference.
struct ScriptedEngine {
    explicit ScriptedEngine(EngineOptions options = EngineOptions{}, bool single_connection = false)
        : script(std::make_shared<Script>()),
          engine(make(single_connection, std::move(options))) {}

    template <class F>
    void run(F body) {
        testing::run(io, std::move(body));
    }

    std::shared_ptr<Script> script;
    asio::io_context io;
    Engine engine;

private:
    Engine make(bool single_connection, EngineOptions options) {
        script->single_connection = single_connection;
        return create_engine(io.get_executor(), register_script(script), std::move(options));
    }
};

} // namespace azoth::testing
