// SPDX-License-Identifier: MIT
// Neighbouring scenarios: new objects, one-to-many, many-to-one.
#include "golden/orm_neighbours.hpp"

namespace golden {

namespace {

std::shared_ptr<Thing> thing(std::int64_t id, const char* name) {
    return az::make<Thing>(col<&Thing::id> = id, col<&Thing::name> = name);
}

void add_inserts(ScenarioRegistry& registry) {
    registry.with(simple);
    registry.add("uow.insert.split_by_shape", [](Scenario& x) -> Task {
        auto a = thing(1, "a");
        a->value = 1;
        x.session().add_all(
            a, thing(2, "b"), az::make<Thing>(col<&Thing::id> = 3, col<&Thing::value> = 3), az::make<Thing>(col<&Thing::id> = 4));
        co_await x.session().commit();
    });
    registry.add("uow.insert.no_pk_value", [](Scenario& x) -> Task {
        x.session().add(az::make<Slug>(col<&Slug::title> = "t"));
        co_await x.expect("flush", [&]() -> Task { co_await x.session().flush(); });
        co_await x.session().rollback();
    });
    registry.add("uow.insert.empty", [](Scenario& x) -> Task {
        auto t = az::make<Thing>();
        x.session().add(t);
        co_await x.session().flush();
        x.out("id", *t->id);
        co_await x.session().commit();
    });
    registry.add("uow.insert.two_empty", [](Scenario& x) -> Task {
        std::vector things{az::make<Thing>(), az::make<Thing>()};
        x.session().add_all(things);
        co_await x.session().flush();
        x.out("ids", ids(things));
        co_await x.session().commit();
    });
    registry.add("uow.insert.pk_expression", [](Scenario& x) -> Task {
        auto t = az::make<Slug>(col<&Slug::code> = az::func::lower(az::literal("AB")), col<&Slug::title> = "t");
        x.session().add(t);
        co_await x.session().flush();
        const auto code = co_await t->code.load();
        x.out("code", code);
        co_await x.session().commit();
    });
    registry.add("uow.insert.conflict_two_pending", [](Scenario& x) -> Task {
        auto& s = x.session();
        s.add_all(thing(1, "a"), thing(1, "b"));
        co_await x.expect("flush", [&]() -> Task { co_await s.flush(); });
        co_await x.expect("again", [&]() -> Task { co_await s.flush(); });
        co_await x.expect("query", [&]() -> Task { co_await s.get<Thing>(7); });
        co_await s.rollback();
        s.add(thing(1, "c"));
        co_await s.commit();
    });
    registry.add("uow.insert.add_twice", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = thing(1, "a");
        s.add(t);
        s.add(t);
        x.out("new", s.new_objects().size());
        co_await s.commit();
        s.add(t);
        x.out("new2", s.new_objects().size());
        co_await s.commit();
    });
    registry.add("uow.insert.expunge_pending", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto a = thing(1, "a");
        auto b = thing(2, "b");
        s.add_all(a, b);
        s.expunge(a);
        co_await s.commit();
        x.out("in", std::vector<bool>{s.contains(a), s.contains(b)});
    });
    registry.with(shop);
    registry.add("uow.insert.graph_by_scalar", [](Scenario& x) -> Task {
        auto a = az::make<Address>(col<&Address::id> = 1, col<&Address::email_address> = "e");
        a->user = az::make<User>(col<&User::id> = 1, col<&User::name> = "u");
        auto o = az::make<Order>(col<&Order::id> = 1, col<&Order::description> = "o");
        o->user = a->user.get();
        o->address = a;
        x.session().add(o);
        co_await x.session().commit();
    });
    registry.with(&map_all<Ticket, LazyTicket, EagerTicket>);
    registry.add("uow.insert.mixed_eager", [](Scenario& x) -> Task {
        std::vector tickets{
            az::make<Ticket>(col<&Ticket::title> = "a", col<&Ticket::counter> = 1), az::make<Ticket>(col<&Ticket::title> = "b"),
            az::make<Ticket>(col<&Ticket::title> = "c", col<&Ticket::code> = "x")};
        x.session().add_all(tickets);
        co_await x.session().flush();
        auto all = nlohmann::json::array();
        for (const auto& t : tickets) all.push_back({*t->id, value(*t->status), value(*t->counter), value(*t->code)});
        x.out("v", all);
        co_await x.session().commit();
    });
    registry.add("uow.insert.explicit_ids_defaults", [](Scenario& x) -> Task {
        x.session().add_all(
            az::make<Ticket>(col<&Ticket::id> = 1, col<&Ticket::title> = "a"), az::make<Ticket>(col<&Ticket::id> = 2, col<&Ticket::title> = "b"));
        co_await x.session().flush();
        co_await x.session().commit();
    });
}

void add_one_to_many(ScenarioRegistry& registry) {
    using namespace pc_default;
    registry.with(&map_all<Parent, Child>, parents);
    registry.add("uow.o2m.replace_collection", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto p = co_await s.get<Parent>(1);
        const auto children = co_await p->children.load();
        p->children = std::vector{children[1], az::make<Child>(col<&Child::id> = 9, col<&Child::name> = "n")};
        co_await s.commit();
    });
    registry.add("uow.o2m.clear", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto p = co_await s.get<Parent>(1);
        co_await p->children.load();
        p->children.clear();
        co_await s.commit();
        co_await p->children.load();
        x.out("n", p->children.size());
    });
    registry.add("uow.o2m.move_by_scalar", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto p1 = co_await s.get<Parent>(1);
        auto p2 = co_await s.get<Parent>(2);
        auto c = co_await s.get<Child>(1);
        x.mark("move");
        c->parent = p2;
        co_await s.commit();
        const auto children = co_await p2->children.load();
        x.out("ids", ids(children));
    });
    registry.add("uow.o2m.move_by_scalar_loaded", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto p1 = co_await s.get<Parent>(1);
        auto p2 = co_await s.get<Parent>(2);
        auto children = co_await p1->children.load();
        x.mark("move");
        children[0]->parent = p2;
        x.out("old", ids(p1->children));
        co_await s.commit();
        children = co_await p2->children.load();
        x.out("ids", ids(children));
    });
    registry.add("uow.o2m.pending_then_load", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto p1 = co_await s.get<Parent>(1);
        auto p2 = co_await s.get<Parent>(2);
        auto c = co_await s.get<Child>(1);
        {
            const auto block = s.no_autoflush();
            c->parent = p2;
            auto children = co_await p2->children.load();
            x.out("new", ids(children));
            children = co_await p1->children.load();
            x.out("old", ids(children));
        }
        co_await s.commit();
    });
    registry.add("uow.o2m.remove_move_flush_between", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto p1 = co_await s.get<Parent>(1);
        auto p2 = co_await s.get<Parent>(2);
        const auto children = co_await p1->children.load();
        auto c = children[0];
        p1->children.remove(c);
        co_await s.flush();
        x.mark("second");
        co_await p2->children.load();
        p2->children.append(c);
        co_await s.commit();
    });
    registry.add("uow.o2m.append_and_delete_parent", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto p1 = co_await s.get<Parent>(1);
        auto p2 = co_await s.get<Parent>(2);
        const auto children = co_await p1->children.load();
        co_await p2->children.load();
        p2->children.append(children[0]);
        co_await s.delete_(p1);
        co_await s.commit();
    });
    registry.add("uow.o2m.delete_parent_of_pending", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto p = co_await s.get<Parent>(1);
        auto c = az::make<Child>(col<&Child::id> = 9, col<&Child::name> = "n");
        c->parent = p;
        s.add(c);
        co_await s.delete_(p);
        co_await x.expect("flush", [&]() -> Task { co_await s.flush(); });
        co_await s.rollback();
    });
    registry.add("uow.o2m.relationship_beats_column", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto p2 = co_await s.get<Parent>(2);
        auto c = co_await s.get<Child>(1);
        c->parent_id = 3;
        c->parent = p2;
        co_await s.commit();
        const auto id = co_await c->parent_id.load();
        x.out("id", value(id));
    });
    registry.add("uow.o2m.column_after_relationship", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto p2 = co_await s.get<Parent>(2);
        auto c = co_await s.get<Child>(1);
        c->parent = p2;
        c->parent_id = 3;
        co_await s.commit();
        const auto id = co_await c->parent_id.load();
        x.out("id", value(id));
    });
    registry.add("uow.o2m.pk_and_children_update", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto p = co_await s.get<Parent>(1);
        p->name = "z";
        const auto children = co_await p->children.load();
        for (const auto& c : children) c->name = "C" + std::to_string(*c->id);
        p->children.append(az::make<Child>(col<&Child::name> = "new"));
        co_await s.commit();
    });
}

void add_composite_keys(ScenarioRegistry& registry) {
    registry.with(&map_all<Part, Supply>, {"INSERT INTO parts VALUES ('acme', 3, 'x')", "INSERT INTO supplies VALUES (1, 'acme', 3, 1)"});
    registry.add("uow.o2m.composite_fk_remove", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto p = co_await s.get<Part>("acme", 3);
        const auto supplies = co_await p->supplies.load();
        p->supplies.remove(supplies[0]);
        co_await s.commit();
        const auto vendor = co_await supplies[0]->part_vendor.load();
        const auto number = co_await supplies[0]->part_number.load();
        x.out("fk", nlohmann::json{value(vendor), value(number)});
    });
    registry.add("uow.o2m.composite_fk_replace", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto supply = co_await s.get<Supply>(1);
        supply->part = az::make<Part>(col<&Part::vendor> = "zeta", col<&Part::number> = 1);
        co_await s.commit();
    });
}

void add_no_cascade(ScenarioRegistry& registry) {
    using namespace pc_none;
    registry.with(&map_all<Parent, Child>, {parents[0]});
    registry.add("uow.o2m.none_cascade_append", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto p = co_await s.get<Parent>(3);
        auto c = az::make<Child>(col<&Child::id> = 9, col<&Child::name> = "n");
        co_await p->children.load();
        p->children.append(c);
        x.out("in", s.contains(c));
        co_await s.commit();
    });
    registry.with(&map_all<Parent, Child>);
    registry.add("uow.o2m.none_cascade_added", [](Scenario& x) -> Task {
        auto p = az::make<Parent>(col<&Parent::id> = 1, col<&Parent::name> = "p");
        auto c = az::make<Child>(col<&Child::id> = 1, col<&Child::name> = "c");
        p->children.append(c);
        x.session().add(p);
        x.session().add(c);
        co_await x.session().commit();
    });
}

void add_many_to_one(ScenarioRegistry& registry) {
    using namespace one_way;
    registry.with(&map_all<Person, Pet, Account>);
    registry.add("uow.m2o.insert_new_target", [](Scenario& x) -> Task {
        auto a = az::make<Account>(col<&Account::id> = 1, col<&Account::label> = "x");
        a->owner = az::make<Person>(col<&Person::id> = 1, col<&Person::name> = "p");
        x.session().add(a);
        co_await x.session().commit();
    });
    registry.add("uow.m2o.shared_new_target", [](Scenario& x) -> Task {
        auto p = az::make<Person>(col<&Person::name> = "p");
        auto a = az::make<Account>(col<&Account::label> = "x");
        auto b = az::make<Account>(col<&Account::label> = "y");
        a->owner = p;
        b->owner = p;
        x.session().add_all(a, b);
        co_await x.session().commit();
    });
    registry.with(
        &map_all<Person, Pet, Account>,
        {"INSERT INTO persons VALUES (1, 'p'), (2, 'q')", "INSERT INTO accounts VALUES (1, 1, 'x')",
         "INSERT INTO pets VALUES (1, 1, 'a'), (2, 1, 'b')"});
    registry.add("uow.insert.fk_and_relationship", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto p = co_await s.get<Person>(2);
        auto a = az::make<Account>(col<&Account::id> = 5, col<&Account::owner_id> = 1, col<&Account::label> = "both");
        a->owner = p;
        s.add(a);
        co_await s.flush();
        x.out("fk", value(*a->owner_id));
        co_await s.commit();
    });
    registry.add("uow.m2o.delete_both", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto a = co_await s.get<Account>(1);
        auto p = co_await a->owner.load();
        co_await s.delete_(p);
        co_await s.delete_(a);
        co_await x.expect("commit", [&]() -> Task { co_await s.commit(); });
        co_await s.rollback();
    });
    registry.add("uow.m2o.unset_and_delete_target", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto a = co_await s.get<Account>(1);
        auto p = co_await a->owner.load();
        a->owner = nullptr;
        co_await s.delete_(p);
        co_await s.commit();
    });
    registry.add("uow.m2o.replace_loaded", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto a = co_await s.get<Account>(1);
        auto p = co_await a->owner.load();
        x.out("old", *p->id);
        a->owner = az::make<Person>(col<&Person::id> = 7, col<&Person::name> = "n");
        co_await s.commit();
        const auto id = co_await a->owner_id.load();
        x.out("new", value(id));
    });
    registry.add("uow.m2o.set_same", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto a = co_await s.get<Account>(1);
        a->owner = co_await s.get<Person>(1);
        x.out("modified", s.is_modified(a));
        co_await s.commit();
    });
    registry.add("uow.m2o.transient_not_added", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto a = co_await s.get<Account>(1);
        auto p = az::make<Person>(col<&Person::id> = 9, col<&Person::name> = "n");
        a->owner = p;
        x.out("in", s.contains(p));
        a->owner = nullptr;
        x.out("still", s.contains(p));
        co_await s.commit();
    });
}

} // namespace

void add_neighbour_graph_scenarios(ScenarioRegistry& registry) {
    add_inserts(registry);
    add_one_to_many(registry);
    add_composite_keys(registry);
    add_no_cascade(registry);
    add_many_to_one(registry);
}

} // namespace golden
