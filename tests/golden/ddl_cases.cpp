// SPDX-License-Identifier: MIT
// Constructs of the ddl areas.
#include "golden/core_corpus.hpp"
#include "golden/core_tables.hpp"

namespace golden {

using namespace azoth;

void add_ddl_cases(Registry& registry) {
    registry.add_table("ddl.table.create.addresses", [] { return addresses; });
    registry.add_table("ddl.table.create.employees", [] { return employees; });
    registry.add_table("ddl.table.create.events", [] { return events; });
    registry.add_table("ddl.table.create.odd", [] { return odd; });
    registry.add_table("ddl.table.create.order_items", [] { return order_items; });
    registry.add_table("ddl.table.create.shipments", [] { return shipments; });
}

} // namespace golden
