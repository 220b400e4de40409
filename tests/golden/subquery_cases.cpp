// SPDX-License-Identifier: MIT
// Constructs of the areas subquery and cte.
#include "golden/core_corpus.hpp"
#include "golden/core_tables.hpp"

namespace golden {

using namespace azoth;

namespace {

void add_ctes(Registry& registry) {
    registry.add("cte.anonymous", [] { return select(select(users.id).cte().c("id")); });
    registry.add("cte.chained", [] {
        const auto totals =
            select(orders.user_id, func::sum(orders.total).label("s")).group_by(orders.user_id).cte("totals");
        const auto top = select(totals.c("user_id")).where(totals.c("s") > 100).cte("top_users");
        return select(users.name).where(users.id.in(select(top.c("user_id"))));
    });
    registry.add("cte.in_subquery", [] {
        const auto paid = select(orders.user_id).where(orders.status == "paid").cte("paid");
        return select(users.name).where(users.id.in(select(paid.c("user_id"))));
    });
    registry.add("cte.plain", [] {
        const auto big = select(users.id, users.name).where(users.id > 5).cte("big");
        return select(big.c("name")).where(big.c("id") < 10);
    });
    registry.add("cte.reserved_name", [] { return select(select(users.id).cte("Order").c("id")); });
    registry.add("cte.add_cte.nest_here", [] {
        const auto c = select(users.id.label("uid")).cte("here");
        return select(
            select(literal_column("uid")).select_from(c).add_cte(c, true).subquery("s")
        );
    });
    registry.add("cte.dml.two_inserts", [] {
        const auto u = insert(users).values(users.name = "ed").returning(users.id).cte("u");
        return insert(addresses)
            .columns(addresses.user_id, addresses.email_address)
            .from_select(select(u.c("id"), literal("ed@x.org")));
    });
    registry.add("cte.dml.update_returning", [] {
        const auto up = update(items)
                            .values(items.price = items.price * 2)
                            .where(items.id < 5)
                            .returning(items.id, items.price)
                            .cte("up");
        return select(up).where(up.c("price") > 10);
    });
    registry.add("cte.in_union", [] {
        const auto c = select(users.id).where(users.id > 3).cte("c");
        return union_(select(c.c("id")), select(c.c("id") + 100));
    });
    registry.add("cte.materialized", [] {
        const auto c = select(users.id).cte("c").prefix_with("MATERIALIZED", "postgresql");
        return select(c.c("id"));
    });
    registry.add("cte.nesting", [] {
        const auto inner = select(users.id).cte("inner_cte", {.nesting = true});
        const auto outer = select(inner.c("id")).cte("outer_cte");
        return select(outer.c("id"));
    });
    registry.add("cte.of_union", [] {
        return select(func::count()).select_from(union_all(select(users.id), select(orders.id)).cte("ids"));
    });
    registry.add("cte.recursive.tree", [] {
        const auto roots = select(employees.id, employees.manager_id, employees.name)
                               .where(employees.manager_id.is(null))
                               .cte("tree", {.recursive = true});
        const auto e = alias(employees, "e");
        const auto tree =
            roots.union_all(select(e.id, e.manager_id, e.name).join(roots, e.manager_id == roots.c("id")));
        return select(tree.c("id"), tree.c("name")).order_by(tree.c("id"));
    });
    registry.add("cte.recursive.union_distinct", [] {
        const auto first = select(employees.id).where(employees.id == 1).cte("t", {.recursive = true});
        return select(first.union_(select(employees.id).where(employees.manager_id == first.c("id"))));
    });
    registry.add("cte.suffix", [] {
        const auto first = select(literal_column("1").label("n")).cte("n", {.recursive = true});
        const auto n = first.union_all(select(first.c("n") + 1).where(first.c("n") < 3))
                           .suffix_with("CYCLE n SET is_cycle USING path");
        return select(n.c("n"));
    });
    registry.add("cte.used_twice", [] {
        const auto c = select(users.id).cte("c");
        const auto a = c.alias("a");
        const auto b = c.alias("b");
        return select(a.c("id"), b.c("id")).where(a.c("id") < b.c("id"));
    });
}

void add_exists(Registry& registry) {
    const auto of_ed = [] { return exists(select(users.id).where(users.name == "ed")); };
    registry.add("subquery.exists", [] {
        return select(users.name)
            .where(exists(select(literal_column("*")).where(addresses.user_id == users.id)));
    });
    registry.add("subquery.exists.column", [of_ed] { return select(of_ed()); });
    registry.add("subquery.exists.labelled", [of_ed] { return select(of_ed().label("found")); });
    registry.add("subquery.exists.select_from", [] {
        return select(users.id).where(exists(
            select(literal_column("1")).join_from(orders, order_items).where(orders.user_id == users.id)
        ));
    });
    registry.add("subquery.exists.select_method", [] {
        return select(exists(select(users.id).where(users.id == 5)));
    });
}

} // namespace

void add_subquery_cases(Registry& registry) {
    add_ctes(registry);
    add_exists(registry);
    const auto count_addresses = [] {
        return select(func::count(addresses.id)).where(addresses.user_id == users.id).scalar_subquery();
    };
    registry.add("subquery.all", [] {
        return select(items.id).where(items.price >= all_(select(orders.total).scalar_subquery()));
    });
    registry.add("subquery.any", [] {
        return select(items.id).where(items.price > any_(select(orders.total).scalar_subquery()));
    });
    registry.add("subquery.correlate.auto_alias", [] {
        const auto e = alias(employees, "e");
        return select(employees.name)
            .where(
                employees.salary >
                select(func::avg(e.salary)).where(e.department == employees.department).scalar_subquery()
            );
    });
    registry.add("subquery.in", [] { return select(users.name).where(users.id.in(select(orders.user_id))); });
    registry.add("subquery.in.limited", [] {
        return select(users.name).where(users.id.in(select(orders.user_id).order_by(orders.total).limit(3)));
    });
    registry.add("subquery.insert_value", [] {
        const auto ed = select(users.id).where(users.name == "ed").scalar_subquery();
        return insert(addresses).values(addresses.user_id = ed, addresses.email_address = "ed@x.org");
    });
    registry.add("subquery.scalar.arith", [] {
        return select(select(func::count(users.id)).scalar_subquery() + 5);
    });
    registry.add("subquery.scalar.column", [count_addresses] {
        return select(users.name, count_addresses());
    });
    registry.add("subquery.scalar.labelled", [count_addresses] {
        return select(users.name, count_addresses().label("n"));
    });
    registry.add("subquery.scalar.uncorrelated", [] {
        return select(users.id).where(users.id == select(func::max(orders.user_id)).scalar_subquery());
    });
}

} // namespace golden
