// SPDX-License-Identifier: MIT
// Scenarios beside those of the corpus, with what SQLAlchemy 2.1 (MIT licence) does with them.
#include "golden/core_corpus.hpp"
#include "golden/orm_neighbour_collections.hpp"
#include "golden/orm_neighbours.hpp"
#include "support/catch.hpp"
#include "support/paths.hpp"

#include <cstdlib>
#include <iostream>

TEST_CASE("what stands beside the ORM scenarios sends the statements that SQLAlchemy sends", "[golden][orm][orm_neighbours]") {
    const std::string here = azoth::testing::in_tests("golden/");
    const auto corpus = golden::read_scenarios(here + "corpus/orm_neighbours.jsonl");
    const auto accepted = golden::read_list(here + "accepted_differences_orm_neighbours.txt");
    golden::ScenarioRegistry registry;
    golden::add_neighbour_graph_scenarios(registry);
    golden::add_neighbour_pattern_scenarios(registry);
    golden::add_neighbour_change_scenarios(registry);
    golden::add_neighbour_session_scenarios(registry);
    golden::add_neighbour_transaction_scenarios(registry);
    golden::add_neighbour_value_scenarios(registry);
    golden::add_neighbour_collection_scenarios(registry);

    CHECK(registry.repeated().empty());
    for (const auto& [id, program] : registry.all()) {
        INFO(id);
        CHECK(corpus.contains(id));
    }
    for (const auto& [id, reason] : accepted) {
        INFO("accepted_differences_orm_neighbours.txt: " << id);
        CHECK(registry.all().contains(id));
        CHECK_FALSE(reason.empty());
    }

    const char* only = std::getenv("AZOTH_SCENARIO"); // one id, while working on it
    std::size_t passed = 0;
    std::size_t differing = 0;
    for (const auto& [id, expected] : corpus) {
        if (only != nullptr && id != only) continue;
        const auto found = registry.all().find(id);
        INFO(id);
        if (found == registry.all().end()) {
            FAIL_CHECK("not registered");
            continue;
        }
        const auto differences = golden::run_scenario(expected, found->second);
        const bool is_accepted = accepted.contains(id);
        if (differences.empty()) ++passed;
        else if (is_accepted) ++differing;
        INFO(differences);
        CHECK((differences.empty() || is_accepted));
        if (is_accepted && differences.empty()) FAIL_CHECK("no longer differs: take it off the accepted list");
    }
    std::cout << "golden orm neighbours: " << corpus.size() << " cases, " << passed << " passed, " << differing << " accepted differences\n";
}
