// SPDX-License-Identifier: MIT
// The neighbouring scenarios of collections that are no plain lists.
#pragma once

#include "golden/orm_neighbours.hpp"

namespace golden {

void add_neighbour_collection_scenarios(ScenarioRegistry& registry);

} // namespace golden
