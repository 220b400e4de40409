// SPDX-License-Identifier: MIT
// Scenarios: merge, expiry, refresh, autoflush, the identity map.
#include "golden/orm_data.hpp"

namespace golden {

namespace {

std::shared_ptr<Thing> thing(std::int64_t id, const char* name) {
    return az::make<Thing>(col<&Thing::id> = id, col<&Thing::name> = name);
}
auto count_things() { return az::select(az::func::count()).select_from<Thing>(); }

void add_merges(ScenarioRegistry& registry) {
    registry.with(simple, things_abc);
    registry.add("session.merge.no_pk", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto n = az::make<Thing>(col<&Thing::name> = "n");
        auto m = co_await s.merge(n);
        co_await s.commit();
        const auto id = co_await m->id.load();
        x.out("id", id);
    });
    registry.add("session.merge.unchanged", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto n = thing(1, "a");
        n->value = 1;
        auto m = co_await s.merge(n);
        x.out("modified", s.is_modified(m));
        co_await s.commit();
    });
    registry.add("session.merge.load_false", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto s2 = x.new_session();
        auto t = co_await s2.get<Thing>(1);
        co_await s2.close();
        x.mark("merge");
        auto m = co_await s.merge_without_loading(t);
        x.out("name", value(*m->name));
        x.out("persistent", az::inspect(*m).persistent());
        co_await s.commit();
    });
    using namespace pc_default;
    registry.with(&map_all<Parent, Child>, parents);
    registry.add("session.merge.m2o", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto c = az::make<Child>(col<&Child::id> = 1, col<&Child::name> = "x");
        c->parent = az::make<Parent>(col<&Parent::id> = 2);
        auto m = co_await s.merge(c);
        co_await s.commit();
        auto parent = co_await m->parent.load();
        x.out("parent", *parent->id);
    });
}

void add_expiry(ScenarioRegistry& registry) {
    registry.with(simple, things_abc);
    registry.add("session.expire.on_commit_reload", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(1);
        co_await s.commit();
        x.mark("access name");
        const auto name = co_await t->name.load();
        x.out("name", value(name));
        x.mark("access value");
        const auto v = co_await t->value.load();
        x.out("value", value(v));
    });
    registry.add("session.expire.single_attribute", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(1);
        s.expire<&Thing::name>(t);
        x.mark("value");
        const auto v = co_await t->value.load();
        x.out("value", value(v));
        x.mark("name");
        const auto name = co_await t->name.load();
        x.out("name", value(name));
    });
    registry.add("session.expire.discards_change", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(1);
        t->name = "z";
        s.expire(t);
        const auto name = co_await t->name.load();
        x.out("name", value(name));
        co_await s.commit();
    });
    registry.add("session.expire.all", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto a = co_await s.get<Thing>(1);
        auto b = co_await s.get<Thing>(2);
        s.expire_all();
        x.mark("a");
        auto name = co_await a->name.load();
        x.out("a", value(name));
        x.mark("b");
        name = co_await b->name.load();
        x.out("b", value(name));
    });
    registry.add("session.expire.query_refreshes_expired", [](Scenario& x) -> Task {
        auto& s = x.session();
        const auto query = az::select<Thing>().order_by(col<&Thing::id>);
        auto rows = co_await s.scalars(query);
        const auto ts = rows.all();
        co_await s.commit();
        x.mark("query");
        auto again = co_await s.scalars(query);
        const auto ts2 = again.all();
        x.mark("access");
        auto names = nlohmann::json::array();
        for (const auto& t : ts) {
            const auto name = co_await t->name.load();
            names.push_back(value(name));
        }
        x.out("names", names);
        x.out("same", ts[0] == ts2[0]);
    });
    using namespace pc_default;
    registry.with(&map_all<Parent, Child>, parents);
    registry.add("session.expire.collection", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto p = co_await s.get<Parent>(1);
        co_await p->children.load();
        s.expire<&Parent::children>(p);
        x.mark("access");
        const auto children = co_await p->children.load();
        x.out("n", children.size());
        x.mark("name");
        const auto name = co_await p->name.load();
        x.out("name", value(name));
    });
    registry.add("session.refresh.relationship", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto p = co_await s.get<Parent>(1);
        x.mark("refresh");
        co_await s.refresh<&Parent::children>(p);
        x.mark("access");
        x.out("n", p->children.size());
    });
}

void add_refresh(ScenarioRegistry& registry) {
    registry.with(simple, things_abc);
    registry.add("session.refresh.attributes", [](Scenario& x) -> Task {
        auto t = co_await x.session().get<Thing>(1);
        co_await x.session().refresh<&Thing::value>(t);
    });
    registry.add("session.refresh.for_update", [](Scenario& x) -> Task {
        auto t = co_await x.session().get<Thing>(1);
        co_await x.session().refresh_for_update(t);
    });
    registry.with(simple);
    registry.add("session.refresh.pending_error", [](Scenario& x) -> Task {
        auto t = thing(1, "x");
        x.session().add(t);
        co_await x.expect("refresh", [&]() -> Task { co_await x.session().refresh(t); });
        co_await x.session().rollback();
    });
}

void add_autoflush(ScenarioRegistry& registry) {
    registry.with(simple, things_abc);
    registry.add("session.autoflush.before_query", [](Scenario& x) -> Task {
        auto& s = x.session();
        s.add(thing(9, "n"));
        x.mark("query");
        const auto n = co_await s.scalar(count_things());
        x.out("n", n);
        co_await s.commit();
    });
    registry.add(
        "session.autoflush.off",
        [](Scenario& x) -> Task {
            auto& s = x.session();
            s.add(thing(9, "n"));
            x.mark("query");
            const auto n = co_await s.scalar(count_things());
            x.out("n", n);
            x.mark("commit");
            co_await s.commit();
        },
        false);
    registry.add("session.autoflush.no_autoflush_block", [](Scenario& x) -> Task {
        auto& s = x.session();
        s.add(thing(9, "n"));
        {
            const auto block = s.no_autoflush();
            const auto n = co_await s.scalar(count_things());
            x.out("inside", n);
        }
        const auto n = co_await s.scalar(count_things());
        x.out("outside", n);
        co_await s.commit();
    });
    registry.add("session.autoflush.get", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(1);
        s.add(thing(9, "n"));
        x.mark("get hit");
        auto a = co_await s.get<Thing>(1);
        x.mark("get miss");
        auto b = co_await s.get<Thing>(2);
        x.mark("commit");
        co_await s.commit();
    });
    registry.add("session.autoflush.execution_option", [](Scenario& x) -> Task {
        auto& s = x.session();
        s.add(thing(9, "n"));
        const auto n = co_await s.scalar(count_things(), az::SessionExecution{}.autoflush(false));
        x.out("n", n);
        co_await s.commit();
    });
}

void add_identity(ScenarioRegistry& registry) {
    registry.with(simple, things_abc);
    registry.add("session.identity.get_missing", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(77);
        x.out("first", t == nullptr);
        t = co_await s.get<Thing>(77);
        x.out("second", t == nullptr);
    });
    registry.add("session.identity.get_expired", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(1);
        co_await s.commit();
        x.mark("get");
        auto u = co_await s.get<Thing>(1);
        x.out("same", t == u);
    });
    registry.add("session.identity.get_for_update", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(1);
        auto u = co_await s.get_for_update<Thing>(1);
        x.out("same", t == u);
    });
    registry.add("session.identity.add_attached_elsewhere", [](Scenario& x) -> Task {
        auto s2 = x.new_session();
        auto t = co_await s2.get<Thing>(1);
        co_await s2.rollback();
        co_await x.expect("add", [&] { x.session().add(t); });
    });
    registry.with(simple);
    registry.add("session.identity.get_one_missing", [](Scenario& x) -> Task {
        co_await x.expect("get_one", [&]() -> Task { co_await x.session().get_one<Thing>(5); });
    });
    registry.with(&map_all<Part, Supply>, {"INSERT INTO parts VALUES ('acme', 3, 'x')"});
    registry.add("session.identity.get_composite", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto a = co_await s.get<Part>("acme", 3);
        auto b = co_await s.get<Part>("acme", 3);
        x.out("same", a == b);
    });
}

} // namespace

void add_session_scenarios(ScenarioRegistry& registry) {
    add_merges(registry);
    add_expiry(registry);
    add_refresh(registry);
    add_autoflush(registry);
    add_identity(registry);
}

} // namespace golden
