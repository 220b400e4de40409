// SPDX-License-Identifier: MIT
// Scenarios: relationships that are loaded along with their owners, by the mapping or by options.
#include "golden/orm_data.hpp"

#include <algorithm>

namespace golden {

namespace {

template <class Parent>
Task all_parents(Scenario& x) {
    const auto found = co_await x.session().scalars(az::select<Parent>().order_by(col<&Parent::id>));
    x.mark("access");
    for (const auto& p : found) x.out(value(*p->name), ids(p->children));
}

template <class Parent>
Task first_parent(Scenario& x) {
    auto p = co_await x.session().get<Parent>(1);
    x.mark("access");
    x.out("ids", ids(p->children));
}

void add_mapped(ScenarioRegistry& registry) {
    registry.with(&map_all<pc_lazy_joined::Parent, pc_lazy_joined::Child>, parents);
    registry.add("load.mapped.joined", all_parents<pc_lazy_joined::Parent>);
    registry.add("load.mapped.get_joined", first_parent<pc_lazy_joined::Parent>);
    registry.add("session.refresh.eager_mapped", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto p = co_await s.get<pc_lazy_joined::Parent>(1);
        x.mark("refresh");
        co_await s.refresh(p);
        x.out("n", p->children.size());
    });
    registry.with(&map_all<pc_lazy_selectin::Parent, pc_lazy_selectin::Child>, parents);
    registry.add("load.mapped.selectin", all_parents<pc_lazy_selectin::Parent>);
    registry.add("load.mapped.get_selectin", first_parent<pc_lazy_selectin::Parent>);
}

void add_options(ScenarioRegistry& registry) {
    registry.with(shop, users);
    registry.add("load.eager.o2m_joined", [](Scenario& x) -> Task {
        const auto statement = az::select<User>().order_by(col<&User::id>).options(az::joinedload<&User::addresses>());
        const auto found = co_await x.session().scalars(statement);
        x.mark("access");
        for (const auto& u : found) x.out(*u->name, ids(u->addresses));
    });
    registry.with(shop, orders);
    registry.add("load.eager.m2m_joined", [](Scenario& x) -> Task {
        const auto statement = az::select<Order>().order_by(col<&Order::id>).options(az::joinedload<&Order::items>());
        const auto found = co_await x.session().scalars(statement);
        x.mark("access");
        for (const auto& o : found) x.out(value(*o->description), ids(o->items));
    });
    registry.add("load.eager.two_level_joined", [](Scenario& x) -> Task {
        const auto statement =
            az::select<User>().order_by(col<&User::id>).options(az::joinedload<&User::orders>().joinedload<&Order::items>());
        const auto found = co_await x.session().scalars(statement);
        x.mark("access");
        for (const auto& u : found) {
            std::vector<std::pair<std::int64_t, nlohmann::json>> sorted;
            for (const auto& o : u->orders) sorted.emplace_back(*o->id, ids(o->items));
            std::ranges::sort(sorted, {}, [](const auto& order) { return order.first; });
            auto list = nlohmann::json::array();
            for (const auto& [id, items] : sorted) list.push_back(nlohmann::json::array({id, items}));
            x.out(*u->name, list);
        }
    });
    registry.add("load.eager.two_collections_joined", [](Scenario& x) -> Task {
        const auto statement =
            az::select<User>().order_by(col<&User::id>).options(az::joinedload<&User::addresses>(), az::joinedload<&User::orders>());
        const auto found = co_await x.session().scalars(statement);
        auto list = nlohmann::json::array();
        for (const auto& u : found) list.push_back(nlohmann::json::array({*u->id, u->addresses.size(), u->orders.size()}));
        x.out("r", list);
    });
}

} // namespace

void add_eager_scenarios(ScenarioRegistry& registry) {
    add_mapped(registry);
    add_options(registry);
}

} // namespace golden
