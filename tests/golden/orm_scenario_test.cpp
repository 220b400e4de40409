// SPDX-License-Identifier: MIT
// Every scenario of the corpus: the statements of a unit of work, their order and values, what is observed, and what is stored.
#include "golden/core_corpus.hpp"
#include "golden/orm_corpus.hpp"
#include "support/catch.hpp"
#include "support/paths.hpp"

#include <cstdlib>
#include <iostream>

namespace {

golden::ScenarioRegistry all_scenarios() {
    golden::ScenarioRegistry registry;
    golden::add_insert_scenarios(registry);
    golden::add_relationship_scenarios(registry);
    golden::add_pattern_scenarios(registry);
    golden::add_update_scenarios(registry);
    golden::add_delete_scenarios(registry);
    golden::add_value_scenarios(registry);
    golden::add_session_scenarios(registry);
    golden::add_transaction_scenarios(registry);
    golden::add_state_scenarios(registry);
    golden::add_collection_scenarios(registry);
    golden::add_proxy_scenarios(registry);
    golden::add_eager_scenarios(registry);
    return registry;
}

std::string in_golden(const std::string& file) { return azoth::testing::in_tests("golden/" + file); }

} // namespace

TEST_CASE("every ORM scenario sends the statements that SQLAlchemy sends", "[golden][orm]") {
    const auto corpus = golden::read_scenarios(in_golden("corpus/orm_scenarios.jsonl"));
    const auto not_yet = golden::read_list(in_golden("not_yet_orm_scenarios.txt"));
    const auto accepted = golden::read_list(in_golden("accepted_differences_orm_scenarios.txt"));
    const auto registry = all_scenarios();

    CHECK(registry.repeated().empty());
    for (const auto& [id, program] : registry.all()) {
        INFO(id);
        CHECK(corpus.contains(id));
        CHECK_FALSE(not_yet.contains(id));
    }
    for (const auto& [id, reason] : not_yet) {
        INFO("not_yet_orm_scenarios.txt: " << id);
        CHECK(corpus.contains(id));
    }
    for (const auto& [id, reason] : accepted) {
        INFO("accepted_differences_orm_scenarios.txt: " << id);
        CHECK(registry.all().contains(id));
        CHECK_FALSE(reason.empty());
    }

    const char* only = std::getenv("AZOTH_SCENARIO"); // one id, while working on it
    std::size_t passed = 0;
    std::size_t differing = 0;
    std::size_t missing = 0;
    for (const auto& [id, expected] : corpus) {
        if (only != nullptr && id != only) continue;
        const auto found = registry.all().find(id);
        if (found == registry.all().end()) {
            ++missing;
            INFO(id << " is neither registered nor in not_yet_orm_scenarios.txt");
            CHECK(not_yet.contains(id));
            continue;
        }
        const auto differences = golden::run_scenario(expected, found->second);
        const bool is_accepted = accepted.contains(id);
        if (differences.empty()) ++passed;
        else if (is_accepted) ++differing;
        INFO(id << differences);
        CHECK((differences.empty() || is_accepted));
        if (is_accepted && differences.empty()) FAIL_CHECK(id << " no longer differs: take it off the accepted list");
    }
    std::cout << "golden orm scenarios: " << corpus.size() << " cases, " << passed << " passed, " << differing
              << " accepted differences, " << missing << " missing\n";
}

TEST_CASE("every ORM scenario leaves the same rows on the servers", "[golden][orm][servers]") {
    const auto corpus = golden::read_scenarios(in_golden("corpus/orm_scenarios.jsonl"));
    const auto accepted = golden::read_list(in_golden("accepted_differences_orm_scenarios_servers.txt"));
    const auto registry = all_scenarios();
    for (const auto& [id, reason] : accepted) {
        INFO("accepted_differences_orm_scenarios_servers.txt: " << id);
        CHECK(registry.all().contains(id));
        CHECK_FALSE(reason.empty());
    }
    const char* only = std::getenv("AZOTH_SCENARIO");
    for (const auto& name : backend_names()) {
        if (name.starts_with("sqlite")) continue;
        std::size_t passed = 0;
        std::size_t differing = 0;
        std::size_t left_out = 0;
        for (const auto& [id, program] : registry.all()) {
            if (only != nullptr && id != only) continue;
            const auto& expected = corpus.at(id);
            if (!expected.foreign_keys) { // the program breaks them, which a server does not take
                ++left_out;
                continue;
            }
            Backend backend{name};
            const auto differences = golden::run_scenario_on(backend, expected, program);
            const bool is_accepted = accepted.contains(id);
            if (differences.empty()) ++passed;
            else if (is_accepted) ++differing;
            INFO(name << ": " << id << differences);
            CHECK((differences.empty() || is_accepted));
        }
        std::cout << "golden orm scenarios on " << name << ": " << passed << " passed, " << differing << " accepted differences, "
                  << left_out << " left out\n";
    }
}
