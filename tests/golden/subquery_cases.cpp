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
