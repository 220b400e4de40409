// SPDX-License-Identifier: MIT
// Neighbouring scenarios: merge, expiry, refresh, populate_existing, autoflush, the identity map.
#include "golden/orm_neighbours.hpp"

namespace golden {

namespace {

std::shared_ptr<Thing> thing(std::int64_t id, const char* name) {
    return az::make<Thing>(col<&Thing::id> = id, col<&Thing::name> = name);
}
auto all_things() { return az::select<Thing>().order_by(col<&Thing::id>); }
auto thing_1() { return az::select<Thing>().where(col<&Thing::id> == 1); }

void add_merges(ScenarioRegistry& registry) {
    registry.with(simple, things_abc);
    registry.add("session.merge.existing", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto m = co_await s.merge(thing(1, "z"));
        x.out("m", nlohmann::json{value(*m->name), value(*m->value)});
        co_await s.commit();
    });
    registry.add("session.merge.new_with_pk", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto m = co_await s.merge(thing(9, "z"));
        x.out("pending", az::inspect(*m).pending());
        co_await s.commit();
    });
    registry.add("session.merge.onto_present", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(1);
        x.mark("merge");
        auto m = co_await s.merge(thing(1, "z"));
        x.out("same", m == t);
        co_await s.commit();
    });
    registry.add("session.merge.none_value", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = az::make<Thing>(col<&Thing::id> = 1, col<&Thing::name> = az::null);
        auto m = co_await s.merge(t);
        co_await s.commit();
    });
    registry.add("session.merge.detached", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto s2 = x.new_session();
        auto t = co_await s2.get<Thing>(1);
        co_await s2.close();
        t->name = "z";
        x.mark("merge");
        auto m = co_await s.merge(t);
        x.out("other", m != t);
        co_await s.commit();
    });
    registry.add("session.merge.load_false_dirty", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto s2 = x.new_session();
        auto t = co_await s2.get<Thing>(1);
        co_await s2.close();
        t->name = "z";
        co_await x.expect("merge", [&]() -> Task { co_await s.merge_without_loading(t); });
    });
    registry.add("session.merge.autoflush", [](Scenario& x) -> Task {
        auto& s = x.session();
        s.add(thing(9, "n"));
        auto m = co_await s.merge(thing(9, "m"));
        co_await s.commit();
    });
    registry.add("session.merge.same_session", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(1);
        t->name = "z";
        auto m = co_await s.merge(t);
        x.out("same", m == t);
        co_await s.commit();
    });
    registry.with(simple);
    registry.add("session.merge.twice_same", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto a = co_await s.merge(thing(1, "a"));
        auto b = co_await s.merge(thing(1, "b"));
        x.out("same", a == b);
        co_await s.commit();
    });
    registry.add("session.merge.load_false_new", [](Scenario& x) -> Task {
        auto t = thing(1, "z");
        co_await x.expect("merge", [&]() -> Task { co_await x.session().merge_without_loading(t); });
    });
    registry.with(shop, orders);
    registry.add("session.merge.m2m", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto o = az::make<Order>(col<&Order::id> = 1);
        o->items.append(az::make<Item>(col<&Item::id> = 2, col<&Item::description> = "coat2"));
        o->items.append(az::make<Item>(col<&Item::id> = 3, col<&Item::description> = "shoe"));
        auto m = co_await s.merge(o);
        co_await s.commit();
    });
}

/// A parent with children, none of them stored.
template <class Parent, class Child>
std::shared_ptr<Parent> family(std::int64_t id, const char* name, const std::vector<std::pair<std::int64_t, const char*>>& children) {
    auto p = az::make<Parent>(col<&Parent::id> = id, col<&Parent::name> = name);
    for (const auto& [child, child_name] : children) {
        auto c = az::make<Child>(col<&Child::name> = child_name);
        if (child != 0) c->id = child;
        p->children.append(c);
    }
    return p;
}

void add_merged_families(ScenarioRegistry& registry) {
    {
        using namespace pc_default;
        registry.with(&map_all<Parent, Child>, parents);
        registry.add("session.merge.collection", [](Scenario& x) -> Task {
            auto& s = x.session();
            auto p = family<Parent, Child>(1, "z", {{1, "c1"}, {9, "n"}});
            auto m = co_await s.merge(p);
            co_await s.commit();
            const auto children = co_await m->children.load();
            x.out("ids", ids(children));
        });
        registry.add("session.merge.m2o_none", [](Scenario& x) -> Task {
            auto& s = x.session();
            auto c = az::make<Child>(col<&Child::id> = 1);
            c->parent = nullptr;
            auto m = co_await s.merge(c);
            co_await s.commit();
        });
        registry.add("session.merge.load_false_collection", [](Scenario& x) -> Task {
            auto& s = x.session();
            auto s2 = x.new_session();
            auto p = co_await s2.get<Parent>(1);
            co_await p->children.load();
            co_await s2.close();
            x.mark("merge");
            auto m = co_await s.merge_without_loading(p);
            x.out("ids", ids(m->children));
            co_await s.commit();
        });
        registry.with(&map_all<Parent, Child>);
        registry.add("session.merge.new_graph", [](Scenario& x) -> Task {
            auto& s = x.session();
            auto p = family<Parent, Child>(1, "p", {{1, "c"}, {0, "d"}});
            auto m = co_await s.merge(p);
            co_await s.commit();
            const auto children = co_await m->children.load();
            x.out("ids", ids(children));
        });
    }
    {
        using namespace pc_orphan;
        registry.with(&map_all<Parent, Child>, parents);
        registry.add("session.merge.collection_orphan", [](Scenario& x) -> Task {
            auto& s = x.session();
            auto p = family<Parent, Child>(1, "p1", {{2, "x"}});
            auto m = co_await s.merge(p);
            co_await s.commit();
            const auto children = co_await m->children.load();
            x.out("ids", ids(children));
        });
    }
    using namespace pc_none;
    registry.with(&map_all<Parent, Child>, {parents[0]});
    registry.add("session.merge.none_cascade", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto p = family<Parent, Child>(1, "z", {{9, "n"}});
        auto m = co_await s.merge(p);
        co_await s.commit();
    });
}

void add_expiry(ScenarioRegistry& registry) {
    registry.with(simple, things_abc);
    registry.add("session.expire.row_gone", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(1);
        co_await s.execute(az::text("DELETE FROM things WHERE id = 1"));
        s.expire(t);
        co_await x.expect("access", [&]() -> Task { co_await t->name.load(); });
        co_await s.rollback();
    });
    registry.add("session.expire.two_attributes", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(1);
        s.expire<&Thing::name, &Thing::value>(t);
        const auto name = co_await t->name.load();
        x.out("name", value(name));
        x.mark("value");
        const auto v = co_await t->value.load();
        x.out("value", value(v));
    });
    registry.add("session.expire.one_of_changed", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(1);
        t->name = "z";
        t->value = 9;
        s.expire<&Thing::name>(t);
        co_await s.commit();
        const auto name = co_await t->name.load();
        const auto v = co_await t->value.load();
        x.out("r", nlohmann::json{value(name), value(v)});
    });
    registry.add("session.expire.partial_then_set", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(1);
        s.expire(t);
        t->name = "z";
        x.mark("value");
        const auto v = co_await t->value.load();
        x.out("value", value(v));
        const auto name = co_await t->name.load();
        x.out("name", value(name));
        co_await s.commit();
    });
    registry.add("session.expire.all_with_changes", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto a = co_await s.get<Thing>(1);
        auto b = co_await s.get<Thing>(2);
        a->name = "z";
        s.expire_all();
        co_await s.commit();
        const auto name = co_await a->name.load();
        x.out("a", value(name));
    });
    registry.add("session.expire.delete_expired", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(1);
        co_await s.commit();
        co_await s.delete_(t);
        co_await s.commit();
    });
    registry.add("session.expire.pk", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(1);
        co_await s.commit();
        const auto id = co_await t->id.load();
        x.out("id", id);
    });
    registry.with(simple);
    registry.add("session.expire.pending_error", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = az::make<Thing>(col<&Thing::id> = 1);
        s.add(t);
        co_await x.expect("expire", [&] { s.expire(t); });
        co_await s.rollback();
    });
    using namespace pc_default;
    registry.with(&map_all<Parent, Child>, parents);
    registry.add("session.expire.m2o", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto c = co_await s.get<Child>(1);
        auto p = co_await c->parent.load();
        x.out("p", *p->id);
        s.expire<&Child::parent>(c);
        x.mark("access");
        p = co_await c->parent.load();
        x.out("p", *p->id);
    });
    registry.add("session.expire.collection_pending", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto p = co_await s.get<Parent>(1);
        co_await p->children.load();
        auto n = az::make<Child>(col<&Child::id> = 9, col<&Child::name> = "n");
        p->children.append(n);
        s.expire<&Parent::children>(p);
        const auto children = co_await p->children.load();
        x.out("ids", ids(children));
        co_await s.commit();
    });
    registry.add("session.expire.update_expired_relationship", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto c = co_await s.get<Child>(1);
        auto p2 = co_await s.get<Parent>(2);
        co_await s.commit();
        x.mark("set");
        c->parent = p2;
        co_await s.commit();
    });
}

void add_refresh(ScenarioRegistry& registry) {
    registry.with(simple, things_abc);
    registry.add("session.refresh.basic", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(1);
        t->name = "z";
        co_await s.refresh(t);
        x.out("name", value(*t->name));
        co_await s.commit();
    });
    registry.add("session.refresh.sees_others", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(1);
        co_await s.execute(az::text("UPDATE things SET name = 'q' WHERE id = 1"));
        x.out("stale", value(*t->name));
        co_await s.refresh(t);
        x.out("name", value(*t->name));
        co_await s.rollback();
    });
    registry.add("session.refresh.row_gone", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(1);
        co_await s.execute(az::text("DELETE FROM things WHERE id = 1"));
        co_await x.expect("refresh", [&]() -> Task { co_await s.refresh(t); });
        co_await s.rollback();
    });
    registry.add("session.refresh.autoflush", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(1);
        auto u = co_await s.get<Thing>(2);
        u->name = "z";
        co_await s.refresh(t);
        co_await s.commit();
    });
    registry.add("session.refresh.expired", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(1);
        co_await s.commit();
        co_await s.refresh(t);
        x.mark("access");
        x.out("name", value(*t->name));
    });
    registry.add("session.populate_existing", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(1);
        t->name = "z";
        {
            const auto block = s.no_autoflush();
            co_await s.scalars(thing_1(), az::SessionExecution{}.populate_existing());
        }
        x.out("name", value(*t->name));
        x.out("dirty", !s.dirty_objects().empty());
        co_await s.commit();
    });
    registry.add("session.populate_existing_autoflush", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(1);
        t->name = "z";
        co_await s.scalars(thing_1(), az::SessionExecution{}.populate_existing());
        x.out("name", value(*t->name));
        co_await s.commit();
    });
    registry.add("session.query_keeps_changes", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(1);
        auto names = nlohmann::json::array();
        {
            const auto block = s.no_autoflush();
            t->name = "z";
            auto rows = co_await s.scalars(all_things());
            const auto all = rows.all();
            for (const auto& one : all) names.push_back(value(*one->name));
        }
        x.out("names", names);
        co_await s.commit();
    });
    {
        using namespace pc_default;
        registry.with(&map_all<Parent, Child>, parents);
        registry.add("session.refresh.links_loaded", [](Scenario& x) -> Task {
            auto& s = x.session();
            auto p = co_await s.get<Parent>(1);
            co_await p->children.load();
            co_await s.refresh(p);
            x.mark("access");
            const auto children = co_await p->children.load();
            x.out("n", children.size());
        });
        registry.add("session.refresh.mixed", [](Scenario& x) -> Task {
            auto& s = x.session();
            auto p = co_await s.get<Parent>(1);
            co_await s.refresh<&Parent::name, &Parent::children>(p);
            x.mark("access");
            x.out("n", nlohmann::json{value(*p->name), p->children.size()});
        });
    }
    using namespace pc_expunge;
    registry.with(&map_all<Parent, Child>, parents);
    registry.add("session.refresh.cascade", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto p = co_await s.get<Parent>(1);
        const auto children = co_await p->children.load();
        co_await s.refresh(p);
        x.mark("child");
        const auto name = co_await children[0]->name.load();
        x.out("c", value(name));
    });
}

void add_autoflush(ScenarioRegistry& registry) {
    registry.with(simple, things_abc);
    registry.add("session.autoflush.expired_attribute", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto a = co_await s.get<Thing>(1);
        auto b = co_await s.get<Thing>(2);
        co_await s.commit();
        a->name = "z";
        x.mark("b");
        const auto name = co_await b->name.load();
        x.out("b", value(name));
        x.mark("commit");
        co_await s.commit();
    });
    registry.add("session.autoflush.refresh_and_begin_nested", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto a = co_await s.get<Thing>(1);
        a->name = "z";
        auto n = co_await s.begin_nested();
        x.mark("inside");
        co_await n.commit();
        co_await s.commit();
    });
    registry.add("session.autoflush.core_statement", [](Scenario& x) -> Task {
        auto& s = x.session();
        s.add(thing(9, "n"));
        x.mark("text");
        auto result = co_await s.execute(az::text("SELECT count(*) FROM things"));
        x.out("n", result.one().get<std::int64_t>(0));
        co_await s.commit();
    });
    registry.add("session.autoflush.connection_no_flush", [](Scenario& x) -> Task {
        auto& s = x.session();
        s.add(thing(9, "n"));
        co_await s.connection();
        x.mark("commit");
        co_await s.commit();
    });
    registry.with(&map_all<UniqueMember>, {"INSERT INTO members VALUES (1, 'x', NULL)"});
    registry.add("session.autoflush.error_in_query", [](Scenario& x) -> Task {
        auto& s = x.session();
        s.add(az::make<UniqueMember>(col<&UniqueMember::id> = 5, col<&UniqueMember::name> = "x"));
        co_await x.expect("query", [&]() -> Task { co_await s.scalars(az::select<UniqueMember>()); });
        co_await x.expect("again", [&]() -> Task { co_await s.scalars(az::select<UniqueMember>()); });
        co_await s.rollback();
        auto rows = co_await s.scalars(az::select<UniqueMember>());
        x.out("n", rows.all().size());
    });
    using namespace pc_default;
    registry.with(&map_all<Parent, Child>, parents);
    registry.add("session.autoflush.lazy_load", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto p = co_await s.get<Parent>(1);
        s.add(az::make<Child>(col<&Child::id> = 9, col<&Child::name> = "n", col<&Child::parent_id> = 1));
        x.mark("load");
        const auto children = co_await p->children.load();
        x.out("ids", ids(children));
        co_await s.commit();
    });
    registry.add("session.autoflush.m2o_in_memory", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto p = co_await s.get<Parent>(1);
        auto c = co_await s.get<Child>(1);
        c->name = "z";
        x.mark("load");
        auto parent = co_await c->parent.load();
        x.out("p", value(*parent->name));
        x.mark("commit");
        co_await s.commit();
    });
    registry.add("session.autoflush.m2o_from_database", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto c = co_await s.get<Child>(1);
        c->name = "z";
        x.mark("load");
        auto parent = co_await c->parent.load();
        x.out("p", value(*parent->name));
        x.mark("commit");
        co_await s.commit();
    });
}

void add_identity(ScenarioRegistry& registry) {
    registry.with(simple, things_abc);
    registry.add("session.identity.query_same", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(1);
        auto rows = co_await s.scalars(az::select<Thing>().where(col<&Thing::name> == "a"));
        x.out("same", rows.one() == t);
    });
    registry.add("session.identity.expired_row_gone", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(1);
        co_await s.commit();
        co_await s.execute(az::text("DELETE FROM things WHERE id = 1"));
        auto found = co_await s.get<Thing>(1);
        x.out("none", found == nullptr);
        co_await s.rollback();
    });
    registry.add("session.identity.expunged_then_loaded", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(1);
        s.expunge(t);
        auto u = co_await s.get<Thing>(1);
        x.out("same", t == u);
        co_await x.expect("add", [&] { s.add(t); });
    });
    registry.add("session.identity.two_sessions", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto s2 = x.new_session();
        auto t = co_await s.get<Thing>(1);
        co_await s2.close();
        auto u = co_await s.get<Thing>(1);
        x.out("same", t == u);
    });
    registry.add("session.identity.pk_switch_lookup", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(1);
        t->id = 9;
        auto found = co_await s.get<Thing>(1);
        x.out("old", found == t);
        co_await s.flush();
        auto after = co_await s.get<Thing>(9);
        auto before = co_await s.get<Thing>(1);
        x.out("new", std::vector<bool>{after == t, before == nullptr});
        co_await s.commit();
    });
    registry.with(simple);
    registry.add("session.identity.new_after_flush", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = thing(1, "a");
        s.add(t);
        co_await s.flush();
        x.mark("get");
        auto found = co_await s.get<Thing>(1);
        x.out("same", found == t);
        co_await s.commit();
    });
    registry.add("session.identity.pending_not_found", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = thing(1, "a");
        s.add(t);
        {
            const auto block = s.no_autoflush();
            auto found = co_await s.get<Thing>(1);
            x.out("none", found == nullptr);
        }
        co_await s.commit();
    });
}

} // namespace

void add_neighbour_session_scenarios(ScenarioRegistry& registry) {
    add_merges(registry);
    add_merged_families(registry);
    add_expiry(registry);
    add_refresh(registry);
    add_autoflush(registry);
    add_identity(registry);
}

} // namespace golden
