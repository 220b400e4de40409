// SPDX-License-Identifier: MIT
// Constructs of the area from: aliases, joins, subqueries, schemas.
#include "golden/core_corpus.hpp"
#include "golden/core_tables.hpp"

namespace golden {

using namespace azoth;

namespace {

void add_values(Registry& registry) {
    const auto two = [](std::string name, const char* first, const char* second) {
        return values(std::move(name), named_column(first, Integer{}), named_column(second, String{}))
            .row(1, "x")
            .row(2, "y");
    };
    registry.add("from.values", [two] {
        const auto v = two("v", "a", "b");
        return select(v.c("a"), v.c("b"));
    });
    registry.add("from.values.cte", [two] {
        const auto v = two("v", "a", "b").cte("vals");
        return select(v.c("b")).where(v.c("a") == 2);
    });
    registry.add("from.values.in", [] {
        const auto v = values(named_column("a", Integer{}), named_column("b", String{})).row(1, "x");
        return select(users.id).where(tuple_(users.id, users.name).in(v.scalar_values()));
    });
    registry.add("from.values.join", [two] {
        const auto v = two("v", "uid", "tag");
        return select(users.name, v.c("tag")).join(v, users.id == v.c("uid"));
    });
    registry.add("from.values.literal", [] {
        return select(values("v", named_column("a", Integer{}), named_column("b", String{}))
                          .row(1, "x")
                          .row(2, "it's")
                          .literal_binds());
    });
    registry.add("from.values.unnamed", [] {
        return select(values(named_column("a", Integer{})).row(1).row(2).c("a"));
    });
}

void add_joins(Registry& registry) {
    registry.add("from.join.full", [] { return select(users.name).full_join(addresses); });
    registry.add("from.join.nested_right_on", [] {
        return select(users.id).select_from(join(
            users,
            join(orders, order_items, orders.id == order_items.order_id),
            users.id == orders.user_id
        ));
    });
    registry.add("from.subquery.of_union", [] {
        const auto u = union_(select(users.id), select(orders.id)).subquery("u");
        return select(u.c("id")).order_by(u.c("id"));
    });
    registry.add("from.tablesample.method_seed", [] {
        const auto t =
            tablesample(users, func::call("bernoulli", 10), "t", func::call("abs", 3));
        return select(t.name);
    });
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
    add_values(registry);
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
