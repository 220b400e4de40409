// SPDX-License-Identifier: MIT
// The scenarios of corpus/orm_neighbours.jsonl: what stands beside the cases of orm_scenarios.jsonl, one function for each group of areas.
#pragma once

#include "golden/orm_data.hpp"

namespace golden {

void add_neighbour_graph_scenarios(ScenarioRegistry& registry);
void add_neighbour_pattern_scenarios(ScenarioRegistry& registry);
void add_neighbour_change_scenarios(ScenarioRegistry& registry);
void add_neighbour_session_scenarios(ScenarioRegistry& registry);
void add_neighbour_transaction_scenarios(ScenarioRegistry& registry);
void add_neighbour_value_scenarios(ScenarioRegistry& registry);

} // namespace golden
