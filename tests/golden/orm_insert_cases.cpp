// SPDX-License-Identifier: MIT
// Scenarios: new objects, and the order of tables.
#include "golden/orm_data.hpp"

namespace golden {

namespace {

std::shared_ptr<User> user(std::int64_t id, const char* name) { return az::make<User>(col<&User::id> = id, col<&User::name> = name); }
std::shared_ptr<Address> address(const char* email) { return az::make<Address>(col<&Address::email_address> = email); }
std::shared_ptr<Thing> thing(std::int64_t id, const char* name) {
    return az::make<Thing>(col<&Thing::id> = id, col<&Thing::name> = name);
}

void add_shapes(ScenarioRegistry& registry) {
    registry.with(shop);
    registry.add("uow.insert.single", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto u = az::make<User>(col<&User::name> = "ed", col<&User::age> = 5);
        s.add(u);
        co_await s.commit();
        const auto id = co_await u->id.load();
        x.out("id", id);
    });
    registry.add("uow.insert.explicit_pk", [](Scenario& x) -> Task {
        auto u = user(42, "ed");
        x.session().add(u);
        co_await x.session().flush();
        x.out("id", *u->id);
        co_await x.session().commit();
    });
    registry.add("uow.insert.many_same_shape", [](Scenario& x) -> Task {
        std::vector us{
            az::make<User>(col<&User::name> = "a", col<&User::age> = 1), az::make<User>(col<&User::name> = "b", col<&User::age> = 2),
            az::make<User>(col<&User::name> = "c", col<&User::age> = 3)};
        x.session().add_all(us);
        co_await x.session().flush();
        x.out("ids", ids(us));
        co_await x.session().commit();
    });
    registry.add("uow.insert.many_explicit_pk", [](Scenario& x) -> Task {
        x.session().add_all(user(3, "c"), user(1, "a"), user(2, "b"));
        co_await x.session().commit();
    });
    registry.add("uow.insert.mixed_pk", [](Scenario& x) -> Task {
        std::vector us{az::make<User>(col<&User::name> = "a"), user(10, "b"), user(11, "c"), az::make<User>(col<&User::name> = "d")};
        x.session().add_all(us);
        co_await x.session().flush();
        x.out("ids", ids(us));
        co_await x.session().commit();
    });
    registry.add("uow.insert.sql_expression_value", [](Scenario& x) -> Task {
        auto u = az::make<User>(col<&User::name> = az::func::lower(az::literal("ED")), col<&User::age> = 1);
        x.session().add(u);
        co_await x.session().flush();
        x.mark("access name");
        const auto name = co_await u->name.load();
        x.out("name", name);
        co_await x.session().commit();
    });
    registry.add("uow.insert.mixed_sql_expression", [](Scenario& x) -> Task {
        auto a = user(1, "a");
        a->age = 1;
        auto b = user(2, "b");
        b->age = az::literal(1) + az::literal(1);
        auto c = user(3, "c");
        c->age = 3;
        x.session().add_all(a, b, c);
        co_await x.session().commit();
    });
    registry.add("uow.insert.none_values", [](Scenario& x) -> Task {
        auto a = user(1, "a");
        a->fullname = az::null;
        x.session().add_all(a, user(2, "b"));
        co_await x.session().commit();
    });
    registry.with(&map_all<Part, Supply>);
    registry.add("uow.insert.composite_pk", [](Scenario& x) -> Task {
        auto p = az::make<Part>(col<&Part::vendor> = "acme", col<&Part::number> = 3, col<&Part::label> = "bolt");
        p->supplies.append(az::make<Supply>(col<&Supply::quantity> = 1));
        p->supplies.append(az::make<Supply>(col<&Supply::quantity> = 2));
        x.session().add(p);
        co_await x.session().commit();
    });
    registry.with(&map_all<Document>);
    registry.add("uow.insert.renamed_columns", [](Scenario& x) -> Task {
        auto d = az::make<Document>(col<&Document::title> = "t", col<&Document::position> = 1);
        x.session().add(d);
        co_await x.session().flush();
        d->position = 2;
        co_await x.session().commit();
        const auto id = co_await d->id.load();
        x.out("id", id);
    });
    registry.with(simple);
    registry.add("uow.insert.two_classes_independent", [](Scenario& x) -> Task {
        x.session().add_all(
            az::make<Slug>(col<&Slug::code> = "a"), thing(1, "t1"), az::make<Slug>(col<&Slug::code> = "b"), thing(2, "t2"));
        co_await x.session().commit();
    });
    registry.add("uow.insert.delete_pending_error", [](Scenario& x) -> Task {
        auto t = thing(1, "x");
        x.session().add(t);
        co_await x.expect("delete", [&]() -> Task { co_await x.session().delete_(t); });
        co_await x.session().commit();
    });
    registry.with(simple, {"INSERT INTO things VALUES (1, 'one', NULL)"});
    registry.add("uow.insert.duplicate_identity", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(1);
        auto t2 = thing(1, "other");
        s.add(t2);
        co_await x.expect("flush", [&]() -> Task { co_await s.flush(); });
        co_await s.rollback();
        x.out("t2 in session", s.contains(t2));
        const auto name = co_await t->name.load();
        x.out("name", value(name));
        co_await s.commit();
    });
}

void add_order(ScenarioRegistry& registry) {
    registry.with(shop);
    registry.add("uow.o2m.insert_graph_two_parents", [](Scenario& x) -> Task {
        auto a = user(1, "a");
        auto b = user(2, "b");
        a->addresses.append(address("a1"));
        a->addresses.append(address("a2"));
        b->addresses.append(address("b1"));
        b->addresses.append(address("b2"));
        x.session().add_all(a, b);
        co_await x.session().commit();
    });
    registry.add("uow.order.children_added_first", [](Scenario& x) -> Task {
        auto a = address("a");
        a->id = 1;
        auto u = user(1, "u");
        x.session().add(a);
        x.session().add(u);
        a->user = u;
        co_await x.session().commit();
    });
    registry.add("uow.order.four_tables", [](Scenario& x) -> Task {
        auto i = az::make<Item>(col<&Item::id> = 1, col<&Item::description> = "i");
        auto o = az::make<Order>(col<&Order::id> = 1, col<&Order::description> = "o");
        o->items.append(i);
        auto a = address("a");
        a->id = 1;
        auto u = user(1, "u");
        u->orders.append(o);
        u->addresses.append(a);
        o->address = a;
        x.session().add_all(i, o, a, u);
        co_await x.session().commit();
    });
    registry.with(simple, things_ab);
    registry.add("uow.order.insert_update_delete_mix", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto a = co_await s.get<Thing>(1);
        auto b = co_await s.get<Thing>(2);
        a->value = 99;
        co_await s.delete_(b);
        s.add(thing(3, "n"));
        co_await s.commit();
    });
    registry.with(shop, orders);
    registry.add("uow.order.delete_reverse", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto u = co_await s.get<User>(1);
        const auto addresses = co_await u->addresses.load();
        const auto loaded = co_await u->orders.load();
        x.mark("delete");
        for (const auto& a : addresses) co_await s.delete_(a);
        for (const auto& o : loaded) co_await s.delete_(o);
        co_await s.delete_(u);
        co_await s.commit();
    });
    using namespace three_level;
    registry.with(&map_all<Continent, Country, City>);
    registry.add("uow.order.three_levels_insert", [](Scenario& x) -> Task {
        auto eu = az::make<Continent>(col<&Continent::id> = 1, col<&Continent::name> = "eu");
        auto fr = az::make<Country>(col<&Country::id> = 1, col<&Country::name> = "fr");
        fr->cities.append(az::make<City>(col<&City::id> = 1, col<&City::name> = "paris"));
        fr->cities.append(az::make<City>(col<&City::id> = 2, col<&City::name> = "nice"));
        auto it = az::make<Country>(col<&Country::id> = 2, col<&Country::name> = "it");
        it->cities.append(az::make<City>(col<&City::id> = 3, col<&City::name> = "rome"));
        eu->countries.append(fr);
        eu->countries.append(it);
        x.session().add(eu);
        co_await x.session().commit();
    });
}

} // namespace

void add_insert_scenarios(ScenarioRegistry& registry) {
    add_shapes(registry);
    add_order(registry);
}

} // namespace golden
