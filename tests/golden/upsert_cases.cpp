// SPDX-License-Identifier: MIT
// Constructs of the area dml.upsert.
#include "golden/core_corpus.hpp"
#include "golden/core_tables.hpp"

namespace golden {

using namespace azoth;

namespace {

auto ed() {
    return insert(users).values(users.id = 1, users.name = "ed");
}

auto two_rows() {
    return insert(users)
        .values(users.id = 1, users.name = "a")
        .row(users.id = 2, users.name = "b");
}

auto order_item() {
    return insert(order_items)
        .values(order_items.order_id = 1, order_items.item_id = 2, order_items.quantity = 3);
}

/// PostgreSQL and SQLite have one ON CONFLICT in Azoth, so the cases of both are the same.
void add_on_conflict(Registry& registry) {
    const auto update = [] {
        return ed().on_conflict_do_update(index_elements("id"), users.name = excluded(users.name));
    };
    registry.add("upsert.lite.nothing", [] { return ed().on_conflict_do_nothing(); });
    registry.add("upsert.lite.nothing_columns", [] {
        return ed().on_conflict_do_nothing(index_elements("id"));
    });
    registry.add("upsert.lite.update", update);
    registry.add("upsert.lite.from_select", [] {
        return insert(users)
            .columns(users.id, users.name)
            .from_select(select(employees.id, employees.name).where(true_()))
            .on_conflict_do_update(index_elements("id"), users.name = excluded(users.name));
    });
    registry.add("upsert.pg.nothing", [] { return ed().on_conflict_do_nothing(); });
    registry.add("upsert.pg.nothing_constraint", [] {
        return ed().on_conflict_do_nothing(constraint("user_account_pkey"));
    });
    registry.add("upsert.pg.update", [] {
        return ed().on_conflict_do_update(index_elements(users.id), users.name = excluded(users.name));
    });
    registry.add("upsert.pg.update_increment", [] {
        return order_item().on_conflict_do_update(
            index_elements("order_id", "item_id"),
            order_items.quantity = order_items.quantity + excluded(order_items.quantity)
        );
    });
    registry.add("upsert.pg.update_index_where", [] {
        return ed().on_conflict_do_update(
            index_elements("name").where(users.fullname.is(null)),
            users.fullname = excluded(users.fullname)
        );
    });
    registry.add("upsert.pg.update_value", [] {
        return ed().on_conflict_do_update(
            index_elements("id"),
            users.name = "dup",
            users.fullname = excluded(users.fullname)
        );
    });
    registry.add("upsert.pg.multi_returning", [] {
        return two_rows()
            .on_conflict_do_update(index_elements("id"), users.name = excluded(users.name))
            .returning(users.id);
    });
}

} // namespace

void add_upsert_cases(Registry& registry) {
    add_on_conflict(registry);
    registry.add("upsert.my.multi", [] {
        return two_rows().on_duplicate_key_update(users.name = inserted(users.name));
    });
    registry.add("upsert.my.update_increment", [] {
        return order_item().on_duplicate_key_update(
            order_items.quantity = order_items.quantity + inserted(order_items.quantity)
        );
    });
    registry.add("upsert.my.update_inserted", [] {
        return ed().on_duplicate_key_update(users.name = inserted(users.name));
    });
    registry.add("upsert.my.update_value", [] { return ed().on_duplicate_key_update(users.name = "dup"); });
}

} // namespace golden
