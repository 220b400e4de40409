// SPDX-License-Identifier: MIT
// The corpus of scenarios (corpus/orm_scenarios.jsonl): small ORM programs with the statements SQLAlchemy sends for them.
#pragma once

#include <azoth/azoth.hpp>
#include <azoth/testing/statement_log.hpp>

#include "support/backend.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace golden {

struct ExpectedScenario {
    std::string id;
    std::string area;
    bool foreign_keys = true;
    bool unordered_runs = false;
    nlohmann::json log, observed, raised, tables;
};

/// By id. @throws std::runtime_error when the file cannot be read.
[[nodiscard]] std::map<std::string, ExpectedScenario> read_scenarios(const std::string& path);

/// What a scenario's program works with.
class Scenario {
public:
    Scenario(azoth::Engine engine, azoth::testing::StatementLog log, azoth::SessionOptions options);

    [[nodiscard]] azoth::Session& session() noexcept { return *session_; }
    [[nodiscard]] azoth::Session new_session() const { return azoth::Session{engine_, options_}; }
    [[nodiscard]] const azoth::Engine& engine() const noexcept { return engine_; }

    /// Pins down between which steps a statement is sent.
    void mark(const std::string& text) { log_.mark("# " + text); }
    template <class V>
    void out(const std::string& label, const V& value) {
        observed.push_back({label, value});
    }
    /// Runs what may fail, and notes under which name.
    template <class F>
    azoth::asio::awaitable<void> expect(std::string label, F f) {
        std::exception_ptr error;
        try {
            if constexpr (std::is_void_v<std::invoke_result_t<F&>>) f();
            else co_await f();
        } catch (...) {
            error = std::current_exception();
        }
        raised.push_back({label, error ? nlohmann::json(error_name(error)) : nlohmann::json(nullptr)});
        co_return;
    }

    nlohmann::json observed = nlohmann::json::array();
    nlohmann::json raised = nlohmann::json::array();

private:
    /// SQLAlchemy's name of it. @throws the error itself when it has none.
    [[nodiscard]] static std::string error_name(const std::exception_ptr& error);

    azoth::Engine engine_;
    azoth::testing::StatementLog log_;
    azoth::SessionOptions options_;
    std::unique_ptr<azoth::Session> session_;
};

/// The programs that Azoth can run, by id.
class ScenarioRegistry {
public:
    using Program = azoth::asio::awaitable<void> (*)(Scenario&);

    struct Case {
        std::vector<std::string> setup; ///< SQL
        void (*map)(azoth::Registry& models) = nullptr;
        bool autoflush = true;
        Program program = nullptr;
    };
    /// The classes and rows of the cases added from now on.
    void with(void (*map)(azoth::Registry& models), std::vector<std::string> setup = {}) {
        map_ = map;
        setup_ = std::move(setup);
    }
    void add(const std::string& id, Program program, bool autoflush = true) {
        if (!cases_.emplace(id, Case{setup_, map_, autoflush, program}).second) repeated_.push_back(id);
    }

    [[nodiscard]] const std::map<std::string, Case>& all() const noexcept { return cases_; }
    [[nodiscard]] const std::vector<std::string>& repeated() const noexcept { return repeated_; }

private:
    void (*map_)(azoth::Registry& models) = nullptr;
    std::vector<std::string> setup_;
    std::map<std::string, Case> cases_;
    std::vector<std::string> repeated_;
};

/// Runs a program on a new database in memory. @return what differs from what was expected; empty when nothing does
[[nodiscard]] std::string run_scenario(const ExpectedScenario& expected, const ScenarioRegistry::Case& program);

/// The same on a server, comparing what is raised and what is stored.
[[nodiscard]] std::string run_scenario_on(Backend& backend, const ExpectedScenario& expected, const ScenarioRegistry::Case& program);

// One for each group of areas.
void add_insert_scenarios(ScenarioRegistry& registry);
void add_relationship_scenarios(ScenarioRegistry& registry);
void add_pattern_scenarios(ScenarioRegistry& registry);
void add_update_scenarios(ScenarioRegistry& registry);
void add_delete_scenarios(ScenarioRegistry& registry);
void add_value_scenarios(ScenarioRegistry& registry);
void add_session_scenarios(ScenarioRegistry& registry);
void add_transaction_scenarios(ScenarioRegistry& registry);
void add_state_scenarios(ScenarioRegistry& registry);
void add_collection_scenarios(ScenarioRegistry& registry);
void add_proxy_scenarios(ScenarioRegistry& registry);
void add_eager_scenarios(ScenarioRegistry& registry);

} // namespace golden
