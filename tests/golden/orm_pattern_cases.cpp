// SPDX-License-Identifier: MIT
// Scenarios: many-to-many, trees, association objects, one-to-one, rings, changed keys.
#include "golden/orm_data.hpp"

namespace golden {

namespace {

void add_many_to_many(ScenarioRegistry& registry) {
    registry.with(shop);
    registry.add("uow.m2m.insert_graph", [](Scenario& x) -> Task {
        auto k = az::make<Keyword>(col<&Keyword::id> = 1, col<&Keyword::name> = "red");
        auto o = az::make<Order>(col<&Order::id> = 1, col<&Order::description> = "o");
        auto a = az::make<Item>(col<&Item::id> = 1, col<&Item::description> = "a");
        a->keywords.append(k);
        auto b = az::make<Item>(col<&Item::id> = 2, col<&Item::description> = "b");
        b->keywords.append(k);
        o->items.append(a);
        o->items.append(b);
        x.session().add(o);
        co_await x.session().commit();
    });
    registry.add("uow.m2m.both_sides_same_link", [](Scenario& x) -> Task {
        auto o = az::make<Order>(col<&Order::id> = 9, col<&Order::description> = "x");
        auto i = az::make<Item>(col<&Item::id> = 9, col<&Item::description> = "y");
        o->items.append(i);
        x.out("orders", i->orders.size());
        x.session().add(o);
        co_await x.session().commit();
    });
    registry.with(shop, orders);
    registry.add("uow.m2m.append", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto o = co_await s.get<Order>(2);
        auto i = co_await s.get<Item>(1);
        co_await o->items.load();
        o->items.append(i);
        co_await s.commit();
    });
    registry.add("uow.m2m.remove", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto o = co_await s.get<Order>(1);
        const auto items = co_await o->items.load();
        o->items.remove(items[0]);
        co_await s.commit();
    });
    registry.add("uow.m2m.replace_collection", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto o = co_await s.get<Order>(1);
        auto i3 = co_await s.get<Item>(3);
        const auto items = co_await o->items.load();
        o->items = std::vector{items[1], i3};
        co_await s.commit();
    });
    registry.add("uow.m2m.move_item", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto o1 = co_await s.get<Order>(1);
        auto o2 = co_await s.get<Order>(2);
        const auto items = co_await o1->items.load();
        o1->items.remove(items[0]);
        co_await o2->items.load();
        o2->items.append(items[0]);
        co_await s.commit();
    });
    registry.add("uow.m2m.stale_delete", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto o = co_await s.get<Order>(1);
        const auto items = co_await o->items.load();
        co_await s.execute(az::delete_(order_items()).where(order_items().order_id == 1, order_items().item_id == 1));
        o->items.remove(items[0]);
        co_await x.expect("flush", [&]() -> Task { co_await s.flush(); });
        co_await s.rollback();
    });
}

void add_trees(ScenarioRegistry& registry) {
    registry.with(&map_all<Node>);
    registry.add("uow.selfref.insert_tree", [](Scenario& x) -> Task {
        auto root = az::make<Node>(col<&Node::id> = 1, col<&Node::name> = "root");
        auto a = az::make<Node>(col<&Node::id> = 2, col<&Node::name> = "a");
        a->children.append(az::make<Node>(col<&Node::id> = 3, col<&Node::name> = "a1"));
        root->children.append(a);
        x.session().add(root);
        co_await x.session().commit();
    });
    registry.add("uow.selfref.self_parent", [](Scenario& x) -> Task {
        auto n = az::make<Node>(col<&Node::id> = 1, col<&Node::name> = "x");
        n->parent = n;
        x.session().add(n);
        co_await x.expect("flush", [&]() -> Task { co_await x.session().flush(); });
        co_await x.session().rollback();
    });
    registry.with(&map_all<Node>, tree);
    registry.add("uow.selfref.delete_parent_default", [](Scenario& x) -> Task {
        auto n = co_await x.session().get<Node>(2);
        co_await x.session().delete_(n);
        co_await x.session().commit();
    });
    registry.add("uow.selfref.delete_leaf", [](Scenario& x) -> Task {
        auto n = co_await x.session().get<Node>(4);
        co_await x.session().delete_(n);
        co_await x.session().commit();
    });
    registry.add("uow.selfref.reparent", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto a2 = co_await s.get<Node>(5);
        auto b = co_await s.get<Node>(3);
        a2->parent = b;
        co_await s.commit();
        const auto children = co_await b->children.load();
        x.out("children of b", ids(children));
    });
}

void add_association_objects(ScenarioRegistry& registry) {
    registry.with(school);
    registry.add("uow.assoc.insert", [](Scenario& x) -> Task {
        auto st = az::make<Student>(col<&Student::id> = 1, col<&Student::name> = "ann");
        auto math = az::make<Enrollment>(col<&Enrollment::grade> = "A");
        math->course = az::make<Course>(col<&Course::id> = 1, col<&Course::title> = "math");
        auto art = az::make<Enrollment>(col<&Enrollment::grade> = "B");
        art->course = az::make<Course>(col<&Course::id> = 2, col<&Course::title> = "art");
        st->enrollments.append(math);
        st->enrollments.append(art);
        x.session().add(st);
        co_await x.session().commit();
    });
    registry.with(school, students);
    registry.add("uow.assoc.remove", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto st = co_await s.get<Student>(1);
        const auto enrollments = co_await st->enrollments.load();
        for (const auto& e : enrollments)
            if (e->course_id == 1) st->enrollments.remove(e);
        co_await s.commit();
    });
    registry.add("uow.assoc.delete_student", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto st = co_await s.get<Student>(1);
        co_await s.delete_(st);
        co_await s.commit();
    });
}

void add_one_to_one(ScenarioRegistry& registry) {
    using namespace one_to_one;
    const std::string stored = "INSERT INTO passports VALUES (1, 1, 'N1')";
    const std::string locker = "INSERT INTO lockers VALUES (1, 1, 'L1')";
    registry.with(&map_all<Person, Passport, Locker>, {"INSERT INTO persons VALUES (1, 'p')", stored, locker});
    registry.add("uow.o2o.replace_default", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto p = co_await s.get<Person>(1);
        co_await p->locker.load();
        p->locker = az::make<Locker>(col<&Locker::id> = 2, col<&Locker::code> = "L2");
        co_await s.commit();
    });
    registry.add("uow.o2o.set_none", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto p = co_await s.get<Person>(1);
        co_await p->passport.load();
        p->passport = nullptr;
        {
            const auto block = s.no_autoflush(); // Python loads the old value of an assignment without one
            co_await p->locker.load();
        }
        p->locker = nullptr;
        co_await s.commit();
    });
    registry.with(&map_all<Person, Passport, Locker>, {"INSERT INTO persons VALUES (1, 'p'), (2, 'q')", stored, locker});
    registry.add("uow.o2o.steal", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto p1 = co_await s.get<Person>(1);
        auto p2 = co_await s.get<Person>(2);
        auto l = co_await p1->locker.load();
        co_await p2->locker.load();
        p2->locker = l;
        x.out("p1.locker", p1->locker.get() == nullptr);
        co_await s.commit();
    });
}

void add_rings_and_keys(ScenarioRegistry& registry) {
    using namespace balls;
    registry.with(
        &map_all<Player, Ball>,
        {"PRAGMA defer_foreign_keys = ON", "INSERT INTO players VALUES (1, 'p', 1)", "INSERT INTO balls VALUES (1, 1, 'red'), (2, 1, 'blue')"});
    registry.add("uow.cycle.post_update_change", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto p = co_await s.get<Player>(1);
        const auto all = co_await p->balls.load();
        p->favorite = all[1];
        co_await s.commit();
    });
    registry.add("uow.cycle.post_update_with_other_change", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto p = co_await s.get<Player>(1);
        p->name = "q";
        const auto all = co_await p->balls.load();
        p->favorite = all[1];
        co_await s.commit();
    });
    registry.with(
        &map_all<natural::Team, natural::Member>,
        {"INSERT INTO teams VALUES ('red', 'Rome')", "INSERT INTO members VALUES (1, 'red', 'm1'), (2, 'red', 'm2')"});
    registry.add("uow.pk.cascade_passive_not_loaded", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<natural::Team>("red");
        t->code = "blue";
        co_await s.commit();
    });
    registry.with(simple, things_abc);
    registry.add("uow.pk.switch_delete_insert", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto a = co_await s.get<Thing>(1);
        co_await s.delete_(a);
        s.add(az::make<Thing>(col<&Thing::id> = 1, col<&Thing::name> = "new"));
        co_await s.commit();
    });
}

} // namespace

void add_pattern_scenarios(ScenarioRegistry& registry) {
    add_many_to_many(registry);
    add_trees(registry);
    add_association_objects(registry);
    add_one_to_one(registry);
    add_rings_and_keys(registry);
}

} // namespace golden
