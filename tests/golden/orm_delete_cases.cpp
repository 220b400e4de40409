// SPDX-License-Identifier: MIT
// Scenarios: deletion, its cascades, and orphans.
#include "golden/orm_data.hpp"

namespace golden {

namespace {

void add_deletes(ScenarioRegistry& registry) {
    registry.with(simple, things_abc);
    registry.add("uow.delete.simple", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(2);
        co_await s.delete_(t);
        co_await s.commit();
        x.out("deleted is detached", az::inspect(*t).detached());
    });
    registry.add("uow.delete.undelete_by_add", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(1);
        co_await s.delete_(t);
        s.add(t);
        x.out("in deleted", !s.deleted_objects().empty());
        co_await s.commit();
    });
    {
        using namespace pc_notnull;
        registry.with(&map_all<Parent, Child>, parents);
        registry.add("uow.delete.notnull_children_error", [](Scenario& x) -> Task {
            auto& s = x.session();
            auto p = co_await s.get<Parent>(1);
            co_await s.delete_(p);
            co_await x.expect("flush", [&]() -> Task { co_await s.flush(); });
            co_await s.rollback();
        });
    }
    {
        using namespace pc_delete;
        registry.with(&map_all<Parent, Child>, parents);
        registry.add("uow.delete.cascade_delete", [](Scenario& x) -> Task {
            auto& s = x.session();
            auto p = co_await s.get<Parent>(1);
            co_await s.delete_(p);
            x.out("deleted count", s.deleted_objects().size());
            co_await s.commit();
        });
        registry.add("uow.delete.cascade_delete_remove", [](Scenario& x) -> Task {
            auto& s = x.session();
            auto p = co_await s.get<Parent>(1);
            co_await p->children.load();
            p->children.pop(0);
            co_await s.commit();
        });
    }
    {
        using namespace pc_passive;
        registry.with(&map_all<Parent, Child>, parents);
        registry.add("uow.delete.passive_partially_loaded", [](Scenario& x) -> Task {
            auto& s = x.session();
            auto p = co_await s.get<Parent>(1);
            auto c = co_await s.get<Child>(1);
            co_await s.delete_(p);
            co_await s.flush();
            x.out("child in session", s.contains(c));
            co_await s.commit();
        });
    }
    {
        using namespace pc_default;
        registry.with(&map_all<Parent, Child>, parents);
        registry.add("uow.delete.child_only", [](Scenario& x) -> Task {
            auto& s = x.session();
            auto p = co_await s.get<Parent>(1);
            auto children = co_await p->children.load();
            co_await s.delete_(children[0]);
            co_await s.flush();
            x.out("after flush", p->children.size());
            co_await s.commit();
            children = co_await p->children.load();
            x.out("after commit", children.size());
        });
    }
    {
        using namespace pc_m2o_delete;
        registry.with(&map_all<Parent, Child>, parents);
        registry.add("uow.delete.m2o_cascade", [](Scenario& x) -> Task {
            auto& s = x.session();
            auto c = co_await s.get<Child>(3);
            co_await s.delete_(c);
            co_await s.commit();
        });
    }
}

void add_orphans(ScenarioRegistry& registry) {
    using namespace pc_orphan;
    registry.with(&map_all<Parent, Child>, parents);
    registry.add("uow.orphan.replace_collection", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto p = co_await s.get<Parent>(1);
        const auto children = co_await p->children.load();
        auto n = az::make<Child>(col<&Child::id> = 9, col<&Child::name> = "n");
        p->children = std::vector{children[1], n};
        co_await s.commit();
    });
    registry.add("uow.orphan.move", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto p1 = co_await s.get<Parent>(1);
        auto p2 = co_await s.get<Parent>(2);
        const auto children = co_await p1->children.load();
        co_await p2->children.load();
        x.mark("move");
        p1->children.remove(children[0]);
        p2->children.append(children[0]);
        co_await s.commit();
    });
    registry.add("uow.orphan.move_autoflush_deletes", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto p1 = co_await s.get<Parent>(1);
        auto p2 = co_await s.get<Parent>(2);
        const auto children = co_await p1->children.load();
        auto c = children[0];
        p1->children.remove(c);
        x.mark("access");
        co_await x.expect("append", [&]() -> Task {
            co_await p2->children.load();
            p2->children.append(c);
        });
        x.out("child deleted", az::inspect(*c).deleted());
        co_await s.rollback();
    });
    registry.add("uow.orphan.scalar_none", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto p = co_await s.get<Parent>(1);
        const auto children = co_await p->children.load();
        children[0]->parent = nullptr;
        x.out("ids", ids(p->children));
        co_await s.commit();
    });
    registry.add("uow.orphan.pending_removed", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto p = co_await s.get<Parent>(3);
        auto c = az::make<Child>(col<&Child::id> = 9, col<&Child::name> = "n");
        co_await p->children.load();
        p->children.append(c);
        x.out("in session", s.contains(c));
        p->children.remove(c);
        x.out("in session after", s.contains(c));
        co_await s.commit();
    });
    registry.add("uow.orphan.remove_and_readd", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto p = co_await s.get<Parent>(1);
        const auto children = co_await p->children.load();
        p->children.remove(children[0]);
        p->children.append(children[0]);
        co_await s.commit();
    });
    using namespace three_level;
    registry.with(
        &map_all<Continent, Country, City>,
        {"INSERT INTO continents VALUES (1, 'eu'), (2, 'asia')", "INSERT INTO countries VALUES (1, 1, 'fr'), (2, 1, 'it'), (3, 2, 'jp')",
         "INSERT INTO cities VALUES (1, 1, 'paris'), (2, 1, 'nice'), (3, 2, 'rome')"});
    registry.add("uow.orphan.two_levels", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto c = co_await s.get<Continent>(1);
        co_await c->countries.load();
        c->countries.pop(0);
        co_await s.commit();
    });
}

} // namespace

void add_delete_scenarios(ScenarioRegistry& registry) {
    add_deletes(registry);
    add_orphans(registry);
}

} // namespace golden
