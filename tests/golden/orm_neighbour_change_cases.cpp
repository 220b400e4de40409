// SPDX-License-Identifier: MIT
// Neighbouring scenarios: updates, changed keys, deletion, orphans, both sides following each other.
#include "golden/orm_neighbours.hpp"

namespace golden {

namespace {

std::shared_ptr<Thing> thing(std::int64_t id, const char* name) {
    return az::make<Thing>(col<&Thing::id> = id, col<&Thing::name> = name);
}

void add_updates(ScenarioRegistry& registry) {
    registry.with(simple, things_abc);
    registry.add("uow.update.set_none", [](Scenario& x) -> Task {
        auto t = co_await x.session().get<Thing>(1);
        t->name = az::null;
        co_await x.session().commit();
    });
    registry.add("uow.update.pk", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(1);
        t->id = 9;
        co_await s.commit();
        const auto id = co_await t->id.load();
        x.out("id", id);
        auto before = co_await s.get<Thing>(1);
        auto after = co_await s.get<Thing>(9);
        x.out("get", std::vector<bool>{before == nullptr, after == t});
    });
    registry.add("uow.update.pk_conflict", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(1);
        t->id = 2;
        co_await x.expect("flush", [&]() -> Task { co_await s.flush(); });
        co_await s.rollback();
        const auto id = co_await t->id.load();
        x.out("id", id);
    });
    registry.add("uow.update.expression_two_rows", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto a = co_await s.get<Thing>(1);
        auto b = co_await s.get<Thing>(2);
        a->value = col<&Thing::value> + 1;
        b->value = col<&Thing::value> + 1;
        co_await s.flush();
        const auto first = co_await a->value.load();
        const auto second = co_await b->value.load();
        x.out("v", nlohmann::json{value(first), value(second)});
        co_await s.commit();
    });
    registry.add("uow.update.expression_and_column", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto a = co_await s.get<Thing>(1);
        a->name = "z";
        a->value = col<&Thing::value> * 2;
        co_await s.commit();
        const auto v = co_await a->value.load();
        x.out("v", value(v));
    });
    registry.add("uow.update.expression_then_value", [](Scenario& x) -> Task {
        auto a = co_await x.session().get<Thing>(1);
        a->value = col<&Thing::value> + 1;
        a->value = 7;
        co_await x.session().commit();
    });
    registry.add("uow.update.same_shape_batches", [](Scenario& x) -> Task {
        auto rows = co_await x.session().scalars(az::select<Thing>().order_by(col<&Thing::id>));
        const auto names = std::vector{"A", "B", "C"};
        std::size_t i = 0;
        const auto all = rows.all();
        for (const auto& t : all) t->name = names[i++];
        co_await x.session().commit();
    });
    registry.add("uow.update.interleaved_shapes", [](Scenario& x) -> Task {
        auto rows = co_await x.session().scalars(az::select<Thing>().order_by(col<&Thing::id>));
        const auto all = rows.all();
        all[0]->name = "x";
        all[1]->value = 9;
        all[2]->name = "y";
        co_await x.session().commit();
    });
    registry.add("uow.update.update_then_delete", [](Scenario& x) -> Task {
        auto t = co_await x.session().get<Thing>(1);
        t->name = "z";
        co_await x.session().delete_(t);
        co_await x.session().commit();
    });
    registry.add("uow.update.rows_missing_two", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto a = co_await s.get<Thing>(1);
        auto b = co_await s.get<Thing>(2);
        co_await s.execute(az::text("DELETE FROM things WHERE id = 2"));
        a->name = "x";
        b->name = "y";
        co_await x.expect("flush", [&]() -> Task { co_await s.flush(); });
        co_await s.rollback();
    });
    registry.with(simple);
    registry.add("uow.update.new_then_update_before_flush", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = thing(1, "a");
        s.add(t);
        t->name = "b";
        co_await s.flush();
        t->name = "c";
        co_await s.flush();
        t->name = "c";
        co_await s.commit();
    });
    registry.with(&map_all<Part, Supply>, {"INSERT INTO parts VALUES ('acme', 3, 'x')", "INSERT INTO supplies VALUES (1, 'acme', 3, 1)"});
    registry.add("uow.update.composite_pk_part", [](Scenario& x) -> Task {
        auto p = co_await x.session().get<Part>("acme", 3);
        p->label = "z";
        co_await x.session().commit();
    });
    registry.add("uow.pk.composite_change", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto p = co_await s.get<Part>("acme", 3);
        p->label = "y";
        {
            const auto block = s.no_autoflush();
            const auto supplies = co_await p->supplies.load();
            for (const auto& supply : supplies) p->supplies.remove(supply);
        }
        co_await s.flush();
        p->number = 4;
        co_await s.commit();
        const auto vendor = co_await p->vendor.load();
        x.out("id", nlohmann::json{vendor, *p->number});
    });
}

template <class Team, class Member>
void add_key_changes(ScenarioRegistry& registry) {
    registry.with(
        &map_all<Team, Member>,
        {"INSERT INTO teams VALUES ('red', 'Rome')", "INSERT INTO members VALUES (1, 'red', 'm1'), (2, 'red', 'm2')"});
}

void add_keys(ScenarioRegistry& registry) {
    {
        using namespace natural;
        add_key_changes<Team, Member>(registry);
        registry.add("uow.pk.passive_loaded", [](Scenario& x) -> Task {
            auto& s = x.session();
            auto t = co_await s.get<Team>("red");
            const auto members = co_await t->members.load();
            t->code = "blue";
            co_await s.flush();
            x.out("codes", nlohmann::json{value(*members[0]->team_code), value(*members[1]->team_code)});
            co_await s.commit();
            const auto first = co_await members[0]->team_code.load();
            const auto second = co_await members[1]->team_code.load();
            x.out("codes2", nlohmann::json{value(first), value(second)});
        });
    }
    {
        using namespace natural_active;
        add_key_changes<Team, Member>(registry);
        registry.add("uow.pk.active_not_loaded", [](Scenario& x) -> Task {
            auto t = co_await x.session().get<Team>("red");
            t->code = "blue";
            co_await x.session().commit();
        });
        registry.add("uow.pk.active_loaded", [](Scenario& x) -> Task {
            auto& s = x.session();
            auto t = co_await s.get<Team>("red");
            const auto members = co_await t->members.load();
            t->code = "blue";
            co_await s.flush();
            x.out("codes", nlohmann::json{value(*members[0]->team_code), value(*members[1]->team_code)});
            co_await s.commit();
        });
        registry.add("uow.pk.active_add_member", [](Scenario& x) -> Task {
            auto& s = x.session();
            auto t = co_await s.get<Team>("red");
            t->code = "blue";
            co_await t->members.load();
            t->members.append(az::make<Member>(col<&Member::id> = 9, col<&Member::name> = "n"));
            co_await s.commit();
        });
        registry.add("uow.pk.active_m2o_loaded", [](Scenario& x) -> Task {
            auto& s = x.session();
            auto m = co_await s.get<Member>(1);
            auto t = co_await m->team.load();
            t->code = "blue";
            co_await s.commit();
            const auto code = co_await m->team_code.load();
            x.out("m", value(code));
        });
    }
    {
        using namespace pc_delete;
        registry.with(&map_all<Parent, Child>, parents);
        registry.add("uow.pk.switch_with_children", [](Scenario& x) -> Task {
            auto& s = x.session();
            auto p = co_await s.get<Parent>(1);
            co_await s.delete_(p);
            auto n = az::make<Parent>(col<&Parent::id> = 1, col<&Parent::name> = "new");
            n->children.append(az::make<Child>(col<&Child::id> = 9, col<&Child::name> = "n"));
            s.add(n);
            co_await s.commit();
        });
    }
    registry.with(simple, things_abc);
    registry.add("uow.pk.switch_same_values", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto a = co_await s.get<Thing>(1);
        co_await s.delete_(a);
        auto n = thing(1, "a");
        n->value = 1;
        s.add(n);
        co_await s.commit();
        auto found = co_await s.get<Thing>(1);
        x.out("same", found == n);
    });
    registry.add("uow.pk.swap", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto a = co_await s.get<Thing>(1);
        auto b = co_await s.get<Thing>(2);
        a->id = 2;
        b->id = 1;
        co_await x.expect("flush", [&]() -> Task { co_await s.flush(); });
        co_await s.rollback();
    });
    registry.add("uow.pk.delete_changed_pk", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto a = co_await s.get<Thing>(1);
        a->id = 9;
        co_await s.delete_(a);
        co_await s.commit();
    });
}

void add_deletes(ScenarioRegistry& registry) {
    {
        using namespace pc_default;
        registry.with(&map_all<Parent, Child>, parents);
        registry.add("uow.delete.default_nulls", [](Scenario& x) -> Task {
            auto p = co_await x.session().get<Parent>(1);
            co_await x.session().delete_(p);
            co_await x.session().commit();
        });
        registry.add("uow.delete.default_nulls_loaded", [](Scenario& x) -> Task {
            auto& s = x.session();
            auto p = co_await s.get<Parent>(1);
            const auto children = co_await p->children.load();
            co_await s.delete_(p);
            co_await s.flush();
            x.out("fk", nlohmann::json{value(*children[0]->parent_id), value(*children[1]->parent_id)});
            co_await s.commit();
        });
    }
    {
        using namespace pc_passive;
        registry.with(&map_all<Parent, Child>, parents);
        registry.add("uow.delete.passive_not_loaded", [](Scenario& x) -> Task {
            auto p = co_await x.session().get<Parent>(1);
            co_await x.session().delete_(p);
            co_await x.session().commit();
        });
        registry.add("uow.delete.passive_loaded", [](Scenario& x) -> Task {
            auto& s = x.session();
            auto p = co_await s.get<Parent>(1);
            const auto children = co_await p->children.load();
            co_await s.delete_(p);
            co_await s.commit();
        });
    }
    {
        using namespace pc_passive_all;
        registry.with(&map_all<Parent, Child>, parents);
        registry.add("uow.delete.passive_all", [](Scenario& x) -> Task {
            auto& s = x.session();
            auto p = co_await s.get<Parent>(1);
            const auto children = co_await p->children.load();
            co_await s.delete_(p);
            co_await s.commit();
        });
    }
    {
        using namespace pc_passive_setnull;
        registry.with(&map_all<Parent, Child>, parents);
        registry.add("uow.delete.passive_setnull", [](Scenario& x) -> Task {
            auto p = co_await x.session().get<Parent>(1);
            co_await x.session().delete_(p);
            co_await x.session().commit();
        });
        registry.add("uow.delete.passive_setnull_loaded", [](Scenario& x) -> Task {
            auto& s = x.session();
            auto p = co_await s.get<Parent>(1);
            const auto children = co_await p->children.load();
            co_await s.delete_(p);
            co_await s.commit();
        });
        registry.add("uow.delete.passive_setnull_partial", [](Scenario& x) -> Task {
            auto& s = x.session();
            auto p = co_await s.get<Parent>(1);
            auto c = co_await s.get<Child>(1);
            co_await s.delete_(p);
            co_await s.flush();
            x.out("fk", value(*c->parent_id));
            co_await s.commit();
            const auto id = co_await c->parent_id.load();
            x.out("fk2", value(id));
        });
    }
    {
        using namespace pc_m2o_delete;
        registry.with(&map_all<Parent, Child>, parents);
        registry.add("uow.delete.m2o_cascade_keeps_sibling", [](Scenario& x) -> Task {
            auto& s = x.session();
            auto c = co_await s.get<Child>(3);
            auto p = co_await s.get<Parent>(2);
            c->parent = nullptr;
            co_await s.commit();
        });
    }
    {
        using namespace pc_expunge;
        registry.with(&map_all<Parent, Child>, parents);
        registry.add("uow.delete.collection_cascade_all", [](Scenario& x) -> Task {
            auto& s = x.session();
            auto p = co_await s.get<Parent>(1);
            co_await p->children.load();
            p->children.append(az::make<Child>(col<&Child::id> = 9, col<&Child::name> = "n"));
            co_await s.delete_(p);
            co_await x.expect("flush", [&]() -> Task { co_await s.flush(); });
            co_await s.rollback();
        });
    }
}

void add_deleted_things(ScenarioRegistry& registry) {
    registry.with(simple, things_abc);
    registry.add("uow.delete.twice", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(1);
        co_await s.delete_(t);
        co_await s.delete_(t);
        co_await s.commit();
        co_await x.expect("delete", [&]() -> Task { co_await s.delete_(t); });
    });
    registry.add("uow.delete.detached", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto s2 = x.new_session();
        auto t = co_await s2.get<Thing>(1);
        co_await s2.close();
        co_await s.delete_(t);
        co_await s.commit();
    });
    registry.add("uow.delete.row_gone", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(1);
        co_await s.execute(az::text("DELETE FROM things WHERE id = 1"));
        co_await s.delete_(t);
        co_await s.commit();
    });
    registry.add("uow.delete.many", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto rows = co_await s.scalars(az::select<Thing>());
        const auto all = rows.all();
        for (const auto& t : all) co_await s.delete_(t);
        co_await s.commit();
    });
    registry.add("uow.delete.get_after_delete", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(1);
        co_await s.delete_(t);
        auto found = co_await s.get<Thing>(1);
        x.out("get", found == t);
        co_await s.flush();
        found = co_await s.get<Thing>(1);
        x.out("after", found == nullptr);
        co_await s.commit();
    });
    registry.add("uow.delete.query_autoflushes", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(1);
        co_await s.delete_(t);
        auto rows = co_await s.scalars(az::select<Thing>());
        x.out("n", rows.all().size());
        co_await s.rollback();
        x.out("back", s.contains(t));
    });
    registry.add("uow.delete.readd_after_flush", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(1);
        co_await s.delete_(t);
        co_await s.flush();
        co_await x.expect("add", [&] { s.add(t); });
        co_await s.commit();
    });
    registry.add("uow.delete.readd_after_commit", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(1);
        co_await s.delete_(t);
        co_await s.commit();
        co_await x.expect("add", [&] { s.add(t); });
        az::make_transient(t);
        s.add(t);
        co_await s.commit();
    });
    registry.with(simple);
    registry.add("uow.delete.transient_error", [](Scenario& x) -> Task {
        auto t = az::make<Thing>(col<&Thing::id> = 1);
        co_await x.expect("delete", [&]() -> Task { co_await x.session().delete_(t); });
    });
}

void add_orphans(ScenarioRegistry& registry) {
    {
        using namespace pc_orphan;
        registry.with(&map_all<Parent, Child>, parents);
        registry.add("uow.delete.deleted_child_stays_in_collection", [](Scenario& x) -> Task {
            auto& s = x.session();
            auto p = co_await s.get<Parent>(1);
            auto children = co_await p->children.load();
            co_await s.delete_(children[0]);
            p->name = "z";
            co_await s.commit();
            children = co_await p->children.load();
            x.out("ids", ids(children));
        });
        registry.add("uow.orphan.remove", [](Scenario& x) -> Task {
            auto p = co_await x.session().get<Parent>(1);
            co_await p->children.load();
            p->children.pop(0);
            co_await x.session().commit();
        });
        registry.add("uow.orphan.clear", [](Scenario& x) -> Task {
            auto p = co_await x.session().get<Parent>(1);
            co_await p->children.load();
            p->children.clear();
            co_await x.session().commit();
        });
        registry.add("uow.orphan.scalar_moves", [](Scenario& x) -> Task {
            auto& s = x.session();
            auto p1 = co_await s.get<Parent>(1);
            auto p2 = co_await s.get<Parent>(2);
            auto c = co_await s.get<Child>(1);
            c->parent = p2;
            co_await s.commit();
            const auto children = co_await p2->children.load();
            x.out("ids", ids(children));
        });
        registry.add("uow.orphan.scalar_none_not_loaded", [](Scenario& x) -> Task {
            auto& s = x.session();
            auto c = co_await s.get<Child>(1);
            c->parent = nullptr;
            co_await x.expect("flush", [&]() -> Task { co_await s.commit(); });
            co_await s.rollback();
        });
        registry.add("uow.orphan.delete_parent_and_move", [](Scenario& x) -> Task {
            auto& s = x.session();
            auto p1 = co_await s.get<Parent>(1);
            auto p2 = co_await s.get<Parent>(2);
            const auto children = co_await p1->children.load();
            co_await p2->children.load();
            p1->children.remove(children[0]);
            p2->children.append(children[0]);
            co_await s.delete_(p1);
            co_await s.commit();
        });
        registry.with(&map_all<Parent, Child>);
        registry.add("uow.orphan.never_added", [](Scenario& x) -> Task {
            x.session().add(az::make<Child>(col<&Child::id> = 1, col<&Child::name> = "c"));
            co_await x.expect("flush", [&]() -> Task { co_await x.session().flush(); });
            co_await x.session().rollback();
        });
    }
    {
        using namespace three_level;
        registry.with(
            &map_all<Continent, Country, City>,
            {"INSERT INTO continents VALUES (1, 'eu'), (2, 'asia')", "INSERT INTO countries VALUES (1, 1, 'fr'), (2, 1, 'it'), (3, 2, 'jp')",
             "INSERT INTO cities VALUES (1, 1, 'paris'), (2, 1, 'nice'), (3, 2, 'rome')"});
        registry.add("uow.orphan.removed_at_two_levels", [](Scenario& x) -> Task {
            auto& s = x.session();
            auto c = co_await s.get<Continent>(1);
            const auto countries = co_await c->countries.load();
            co_await countries[0]->cities.load();
            countries[0]->cities.pop(0);
            c->countries.remove(countries[0]);
            co_await s.commit();
        });
        registry.with(&map_all<Continent, Country, City>);
        registry.add("uow.orphan.pending_grandchild", [](Scenario& x) -> Task {
            auto& s = x.session();
            auto c = az::make<Continent>(col<&Continent::id> = 1, col<&Continent::name> = "eu");
            auto fr = az::make<Country>(col<&Country::id> = 1, col<&Country::name> = "fr");
            auto p = az::make<City>(col<&City::id> = 1, col<&City::name> = "p");
            fr->cities.append(p);
            c->countries.append(fr);
            s.add(c);
            c->countries.remove(fr);
            x.out("in", std::vector<bool>{s.contains(fr), s.contains(p)});
            co_await s.commit();
        });
    }
    registry.with(school, students);
    registry.add("uow.orphan.two_parents", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto c = co_await s.get<Course>(1);
        const auto enrollments = co_await c->enrollments.load();
        c->enrollments.remove(enrollments[0]);
        co_await s.commit();
    });
}

void add_two_sides(ScenarioRegistry& registry) {
    registry.with(shop);
    registry.add("backref.append_sets_scalar", [](Scenario& x) -> Task {
        auto u = az::make<User>(col<&User::name> = "u");
        auto a = az::make<Address>(col<&Address::email_address> = "a");
        u->addresses.append(a);
        x.out("set", a->user.get() == u);
        u->addresses.remove(a);
        x.out("unset", a->user.get() == nullptr);
        co_return;
    });
    registry.add("backref.append_moves", [](Scenario& x) -> Task {
        auto u1 = az::make<User>(col<&User::name> = "1");
        auto u2 = az::make<User>(col<&User::name> = "2");
        auto a = az::make<Address>(col<&Address::email_address> = "a");
        u1->addresses.append(a);
        u2->addresses.append(a);
        x.out("u1", u1->addresses.size());
        x.out("user", a->user.get() == u2);
        co_return;
    });
    registry.add("backref.m2m", [](Scenario& x) -> Task {
        auto o = az::make<Order>(col<&Order::description> = "o");
        auto i = az::make<Item>(col<&Item::description> = "i");
        o->items.append(i);
        x.out("n", i->orders.size());
        i->orders.remove(o);
        x.out("n2", o->items.size());
        co_return;
    });
    registry.add("backref.append_twice", [](Scenario& x) -> Task {
        auto u = az::make<User>(col<&User::id> = 1, col<&User::name> = "u");
        auto a = az::make<Address>(col<&Address::id> = 1, col<&Address::email_address> = "a");
        u->addresses.append(a);
        u->addresses.append(a);
        x.out("n", u->addresses.size());
        x.session().add(u);
        co_await x.session().commit();
        co_await u->addresses.load();
        x.out("n2", u->addresses.size());
    });
    {
        using namespace one_to_one;
        registry.with(&map_all<Person, Passport, Locker>);
        registry.add("backref.o2o", [](Scenario& x) -> Task {
            auto p = az::make<Person>(col<&Person::name> = "p");
            auto q = az::make<Person>(col<&Person::name> = "q");
            auto l = az::make<Locker>(col<&Locker::code> = "l");
            auto m = az::make<Locker>(col<&Locker::code> = "m");
            p->locker = l;
            x.out("1", l->person.get() == p);
            m->person = p;
            x.out("2", std::vector<bool>{p->locker.get() == m, l->person.get() == nullptr});
            q->locker = m;
            x.out("3", std::vector<bool>{p->locker.get() == nullptr, m->person.get() == q});
            co_return;
        });
    }
    using namespace pc_default;
    registry.with(&map_all<Parent, Child>, parents);
    registry.add("backref.persistent_cascade", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto c = co_await s.get<Child>(1);
        auto p = az::make<Parent>(col<&Parent::id> = 9, col<&Parent::name> = "n");
        p->children.append(c);
        x.out("in", s.contains(p));
        co_await s.commit();
    });
    registry.add("backref.scalar_new_parent", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto c = co_await s.get<Child>(1);
        c->parent = az::make<Parent>(col<&Parent::id> = 9, col<&Parent::name> = "n");
        x.out("in", s.contains(c->parent.get()));
        co_await s.commit();
    });
}

} // namespace

void add_neighbour_change_scenarios(ScenarioRegistry& registry) {
    add_updates(registry);
    add_keys(registry);
    add_deletes(registry);
    add_deleted_things(registry);
    add_orphans(registry);
    add_two_sides(registry);
}

} // namespace golden
