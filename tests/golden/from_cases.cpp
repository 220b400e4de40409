// SPDX-License-Identifier: MIT
// Constructs of the area from: aliases, joins, subqueries, schemas.
#include "golden/core_corpus.hpp"
#include "golden/core_tables.hpp"

namespace golden {

using namespace azoth;

namespace {

void add_joins(Registry& registry) {
    registry.add("from.implicit_cross", [] { return select(users.id, items.id); });
    registry.add("from.join.by_fk", [] {
        return select(users.name, addresses.email_address).join_from(users, addresses);
    });
    registry.add("from.join.explicit_on", [] {
        return select(users.name).join(addresses, users.id == addresses.user_id);
    });
    registry.add("from.join.on_true", [] { return select(users.id).join(items, true_()); });
    registry.add("from.join.on_two_criteria", [] {
        return select(users.name)
            .join(addresses, and_(users.id == addresses.user_id, addresses.email_address != "x"));
    });
    registry.add("from.join.outer", [] { return select(users.name).outer_join(addresses); });
    registry.add("from.join.outer_isouter", [] { return select(users.name).outer_join(addresses); });
    registry.add("from.join.select_method", [] {
        return select(users, addresses).join_from(users, addresses);
    });
    registry.add("from.join.self_alias", [] {
        const auto manager = alias(employees, "mgr");
        return select(employees.name, manager.name.label("boss"))
            .join(manager, employees.manager_id == manager.id);
    });
    registry.add("from.join.target_only", [] { return select(users.name).join(addresses); });
    registry.add("from.join.three", [] {
        return select(users.name, items.name).select_from(users).join(orders).join(order_items).join(items);
    });
    registry.add("from.join.to_subquery", [] {
        const auto sub = select(addresses.user_id, func::count(addresses.id).label("n"))
                             .group_by(addresses.user_id)
                             .subquery();
        return select(users.name, sub.c("n")).outer_join(sub, users.id == sub.c("user_id"));
    });
    registry.add("from.join.two_aliases", [] {
        const auto a = alias(employees, "a");
        const auto b = alias(employees, "b");
        return select(a.name, b.name).join_from(a, b, a.department == b.department);
    });
    registry.add("from.join.unrelated_error", [] { return select(users.id).join_from(users, employees); });
    registry.add("from.select_from_two", [] {
        return select(literal_column("1")).select_from(users, items);
    });
}

} // namespace

void add_from_cases(Registry& registry) {
    add_joins(registry);
    registry.add("from.alias.mixed_case", [] {
        const auto u = alias(users, "U1");
        return select(u.id).where(u.id == 1);
    });
    registry.add("from.alias.reserved_name", [] { return select(alias(users, "select").id); });
    registry.add("from.alias.two_anonymous", [] {
        const auto a = alias(users);
        const auto b = alias(users);
        return select(a.id, b.id).where(a.id < b.id);
    });
    registry.add("from.schema.join", [] {
        return select(users.name, events.kind).join_from(users, events, users.id == events.id);
    });
    registry.add("from.schema.quoted", [] {
        MetaData metadata;
        struct Quoted : Table {
            Column<std::int32_t> id{*this, "id"};
            explicit Quoted(MetaData& md) : Table{"event", md, "My Schema"} {}
        };
        return select(Quoted{metadata}.id);
    });
    registry.add("from.schema.table", [] { return select(events.id, events.kind); });
    registry.add("from.subquery.anonymous", [] { return select(select(users.id).subquery()); });
    registry.add("from.subquery.duplicate_names", [] {
        return select(select(users.id, addresses.id).join_from(users, addresses).subquery("s"));
    });
    registry.add("from.subquery.expression_column", [] {
        const auto s = select((items.price * 2).label("p2")).subquery("s");
        return select(s.c("p2")).where(s.c("p2") > 10);
    });
    registry.add("from.subquery.nested", [] {
        const auto a = select(users.id).where(users.id > 1).subquery("a");
        const auto b = select(a.c("id")).where(a.c("id") > 2).subquery("b");
        return select(b.c("id")).where(b.c("id") > 3);
    });
}

} // namespace golden
