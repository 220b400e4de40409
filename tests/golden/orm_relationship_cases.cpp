// SPDX-License-Identifier: MIT
// Scenarios: one-to-many, many-to-one, and both sides following each other.
#include "golden/orm_data.hpp"

namespace golden {

namespace {

void add_one_to_many(ScenarioRegistry& registry) {
    registry.with(shop, users);
    registry.add("uow.o2m.append_to_persistent", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto u = co_await s.get<User>(1);
        x.mark("append");
        co_await u->addresses.load();
        u->addresses.append(az::make<Address>(col<&Address::id> = 9, col<&Address::email_address> = "new"));
        x.mark("commit");
        co_await s.commit();
    });
    registry.add("uow.o2m.child_side_assignment", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto u = co_await s.get<User>(1);
        x.mark("assign");
        auto a = az::make<Address>(col<&Address::id> = 9, col<&Address::email_address> = "new");
        a->user = u;
        x.out("pending by cascade", s.contains(a));
        s.add(a);
        x.mark("commit");
        co_await s.commit();
        x.mark("collection");
        const auto addresses = co_await u->addresses.load();
        x.out("ids", ids(addresses));
    });
    {
        using namespace pc_default;
        registry.with(&map_all<Parent, Child>, parents);
        registry.add("uow.o2m.remove_nulls_fk", [](Scenario& x) -> Task {
            auto& s = x.session();
            auto p = co_await s.get<Parent>(1);
            const auto children = co_await p->children.load();
            auto c = children[0];
            p->children.remove(c);
            x.out("child.parent", c->parent.get() == nullptr);
            co_await s.commit();
        });
        registry.add("uow.o2m.move_child_collection", [](Scenario& x) -> Task {
            auto& s = x.session();
            auto p1 = co_await s.get<Parent>(1);
            auto p2 = co_await s.get<Parent>(2);
            const auto children = co_await p1->children.load();
            co_await p2->children.load();
            x.mark("move");
            p2->children.append(children[0]);
            x.out("old", ids(p1->children));
            x.out("new", ids(p2->children));
            co_await s.commit();
        });
        registry.add("uow.o2m.fk_column_directly", [](Scenario& x) -> Task {
            auto& s = x.session();
            auto p1 = co_await s.get<Parent>(1);
            auto c = co_await s.get<Child>(1);
            auto parent = co_await c->parent.load();
            x.out("parent", *parent->id);
            c->parent_id = 2;
            co_await s.flush();
            x.out("parent still", *c->parent->id);
            co_await s.commit();
            parent = co_await c->parent.load();
            x.out("parent after commit", *parent->id);
        });
        registry.add("uow.o2m.add_and_remove_before_flush", [](Scenario& x) -> Task {
            auto& s = x.session();
            auto p = co_await s.get<Parent>(3);
            auto c = az::make<Child>(col<&Child::id> = 9, col<&Child::name> = "x");
            co_await p->children.load();
            p->children.append(c);
            p->children.remove(c);
            x.out("in session", s.contains(c));
            co_await s.commit();
        });
        registry.add("backref.no_cascade_into_session", [](Scenario& x) -> Task {
            auto& s = x.session();
            auto p = co_await s.get<Parent>(1);
            auto c = az::make<Child>(col<&Child::id> = 9, col<&Child::name> = "n");
            c->parent = p;
            x.out("in session", s.contains(c));
            co_await s.commit();
        });
        registry.add("backref.collection_cascade_into_session", [](Scenario& x) -> Task {
            auto& s = x.session();
            auto p = co_await s.get<Parent>(3);
            auto c = az::make<Child>(col<&Child::id> = 9, col<&Child::name> = "n");
            co_await p->children.load();
            p->children.append(c);
            x.out("in session", s.contains(c));
            const auto fresh = s.new_objects();
            x.out("new", fresh.size() == 1 && fresh[0] == c);
            co_await s.commit();
        });
    }
    {
        using namespace pc_notnull;
        registry.with(&map_all<Parent, Child>, parents);
        registry.add("uow.o2m.remove_notnull_error", [](Scenario& x) -> Task {
            auto& s = x.session();
            auto p = co_await s.get<Parent>(1);
            auto children = co_await p->children.load();
            p->children.remove(children[0]);
            co_await x.expect("flush", [&]() -> Task { co_await s.flush(); });
            co_await s.rollback();
            children = co_await p->children.load();
            x.out("children", ids(children));
        });
    }
    {
        using namespace one_way;
        registry.with(&map_all<Person, Pet, Account>);
        registry.add("uow.o2m.one_directional", [](Scenario& x) -> Task {
            auto& s = x.session();
            auto p = az::make<Person>(col<&Person::id> = 1, col<&Person::name> = "p");
            p->pets.append(az::make<Pet>(col<&Pet::id> = 1, col<&Pet::name> = "a"));
            p->pets.append(az::make<Pet>(col<&Pet::id> = 2, col<&Pet::name> = "b"));
            s.add(p);
            co_await s.flush();
            x.mark("remove");
            p->pets.pop(0);
            co_await s.commit();
        });
    }
}

void add_many_to_one(ScenarioRegistry& registry) {
    using namespace one_way;
    registry.with(&map_all<Person, Pet, Account>, {"INSERT INTO persons VALUES (1, 'p')", "INSERT INTO accounts VALUES (1, 1, 'x')"});
    registry.add("uow.m2o.set_none", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto a = co_await s.get<Account>(1);
        x.mark("set none");
        a->owner = nullptr;
        x.mark("commit");
        co_await s.commit();
    });
    registry.add("uow.m2o.delete_target_default", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto p = co_await s.get<Person>(1);
        co_await s.delete_(p);
        co_await x.expect("flush", [&]() -> Task { co_await s.flush(); });
        co_await s.rollback();
    });
    registry.with(
        &map_all<Person, Pet, Account>, {"INSERT INTO persons VALUES (1, 'p'), (2, 'q')", "INSERT INTO accounts VALUES (1, 1, 'x')"});
    registry.add("uow.m2o.replace", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto a = co_await s.get<Account>(1);
        auto p2 = co_await s.get<Person>(2);
        a->owner = p2;
        co_await s.commit();
    });
}

void add_two_sides(ScenarioRegistry& registry) {
    registry.with(shop);
    registry.add("backref.set_scalar_appends", [](Scenario& x) -> Task {
        auto u1 = az::make<User>(col<&User::name> = "1");
        auto u2 = az::make<User>(col<&User::name> = "2");
        auto a = az::make<Address>(col<&Address::email_address> = "a");
        a->user = u1;
        x.out("u1", u1->addresses.size());
        a->user = u2;
        x.out("u1 after", u1->addresses.size());
        x.out("u2 after", u2->addresses.size());
        a->user = nullptr;
        x.out("u2 end", u2->addresses.size());
        co_return;
    });
    registry.add("backref.replace_collection", [](Scenario& x) -> Task {
        auto a = az::make<Address>(col<&Address::email_address> = "a");
        auto b = az::make<Address>(col<&Address::email_address> = "b");
        auto u = az::make<User>(col<&User::name> = "u");
        u->addresses.append(a);
        u->addresses = std::vector{b};
        x.out("a.user", a->user.get() == nullptr);
        x.out("b.user", b->user.get() == u);
        co_return;
    });
}

} // namespace

void add_relationship_scenarios(ScenarioRegistry& registry) {
    add_one_to_many(registry);
    add_many_to_one(registry);
    add_two_sides(registry);
}

} // namespace golden
