// SPDX-License-Identifier: MIT
// Constructs of the area setop.
#include "golden/core_corpus.hpp"
#include "golden/core_tables.hpp"

namespace golden {

using namespace azoth;

void add_set_operation_cases(Registry& registry) {
    const auto u = [] { return select(users.id); };
    const auto o = [] { return select(orders.id); };
    registry.add("setop.for_update", [u, o] { return union_(u(), o()).with_for_update(); });
    registry.add("setop.group_by", [u, o] { return union_all(u(), o()).group_by("id"); });
    registry.add("setop.inner_order", [u, o] { return union_all(u().order_by(users.name), o()); });
    registry.add("setop.intersect", [u] { return intersect(u(), select(orders.user_id)); });
    registry.add("setop.limit", [u, o] { return union_all(u(), o()).limit(5); });
    registry.add("setop.literal_columns", [] {
        return union_all(
            select(literal_column("'a'").label("k"), literal(1).label("v")),
            select(literal_column("'b'"), literal(2))
        );
    });
    registry.add("setop.nested", [u, o] { return intersect(union_(u(), o()), select(items.id)); });
    registry.add("setop.nested_right", [u] {
        return except_(u(), union_(select(orders.user_id), select(addresses.user_id)));
    });
    registry.add("setop.order_by_desc_text", [u, o] { return union_(u(), o()).order_by(text("id DESC")); });
    registry.add("setop.order_limit_offset", [u, o] {
        return union_all(u(), o()).order_by("id").limit(5).offset(10);
    });
    registry.add("setop.params", [u] {
        return union_(u().where(users.name == "a"), u().where(users.name == "b"));
    });
    registry.add("setop.scalar_in", [] {
        return select(users.name)
            .where(users.id.in(union_(select(orders.user_id), select(addresses.user_id))));
    });
    registry.add("setop.union_all", [u, o] { return u().union_all(o()); });
    registry.add("setop.union_of_unions", [u, o] {
        return union_all(union_(u(), o()), union_(select(items.id), select(addresses.id)));
    });
}

} // namespace golden
