// SPDX-License-Identifier: MIT
// Scenarios: what a session knows of its objects, their states and histories.
#include "golden/orm_data.hpp"

#include <algorithm>

namespace golden {

namespace {

nlohmann::json state_of(const az::ModelBase& object) {
    const auto i = az::inspect(object);
    auto names = nlohmann::json::array();
    if (i.transient()) names.push_back("transient");
    if (i.pending()) names.push_back("pending");
    if (i.persistent()) names.push_back("persistent");
    if (i.deleted()) names.push_back("deleted");
    if (i.detached()) names.push_back("detached");
    return names;
}

template <class T>
nlohmann::json values_of(const std::vector<std::optional<T>>& list) {
    auto all = nlohmann::json::array();
    for (const auto& v : list) all.push_back(value(v));
    return all;
}

void add_things(ScenarioRegistry& registry) {
    registry.with(simple, things_abc);
    registry.add("session.state.lists", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto a = co_await s.get<Thing>(1);
        auto b = co_await s.get<Thing>(2);
        a->name = "z";
        co_await s.delete_(b);
        s.add(az::make<Thing>(col<&Thing::id> = 9, col<&Thing::name> = "n"));
        x.out("before", std::vector{s.new_objects().size(), s.dirty_objects().size(), s.deleted_objects().size()});
        co_await s.flush();
        x.out("after", std::vector{s.new_objects().size(), s.dirty_objects().size(), s.deleted_objects().size()});
        co_await s.commit();
    });
    registry.add("session.state.detached_modify_reattach", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto s2 = x.new_session();
        auto t = co_await s2.get<Thing>(1);
        co_await s2.close();
        t->name = "z";
        s.add(t);
        x.out("dirty", s.dirty_objects().size() == 1);
        co_await s.commit();
    });
    registry.add("session.state.make_transient_copy", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(1);
        az::make_transient(t);
        t->id = 0;
        t->id.set_flags(0); // no key: the database makes one
        s.add(t);
        co_await s.commit();
        const auto id = co_await t->id.load();
        x.out("id", id);
    });
    registry.add("session.state.iterate_session", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto a = co_await s.get<Thing>(1);
        auto b = co_await s.get<Thing>(2);
        auto n = az::make<Thing>(col<&Thing::id> = 9);
        s.add(n);
        x.out("n", s.objects().size());
        x.out("contains", std::vector<bool>{s.contains(a), s.contains(n)});
        co_await s.rollback();
    });
    registry.add("session.state.close_reset_usable", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(1);
        co_await s.close();
        auto u = co_await s.get<Thing>(1);
        x.out("same", t == u);
        co_await s.commit();
    });
    registry.with(simple);
    registry.add("session.state.transitions", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = az::make<Thing>(col<&Thing::id> = 9, col<&Thing::name> = "n");
        x.out("1", state_of(*t));
        s.add(t);
        x.out("2", state_of(*t));
        co_await s.flush();
        x.out("3", state_of(*t));
        co_await s.delete_(t);
        x.out("4", state_of(*t));
        co_await s.flush();
        x.out("5", state_of(*t));
        co_await s.commit();
        x.out("6", state_of(*t));
    });
    registry.add("session.state.begin_twice_error", [](Scenario& x) -> Task {
        auto& s = x.session();
        s.begin();
        co_await x.expect("begin", [&] { s.begin(); });
        co_await s.rollback();
    });
}

void add_links(ScenarioRegistry& registry) {
    registry.with(shop, users);
    registry.add("session.state.unloaded", [](Scenario& x) -> Task {
        auto& s = x.session();
        const auto sorted = [](std::vector<std::string> names) {
            // A synonym is no attribute of its own in Azoth; SQLAlchemy lists it as one.
            names.emplace_back("login");
            std::ranges::sort(names);
            return names;
        };
        auto u = co_await s.get<User>(1);
        x.out("after get", sorted(az::inspect(*u).unloaded()));
        s.expire<&User::name>(u);
        x.out("after expire", sorted(az::inspect(*u).unloaded()));
    });
    {
        using namespace pc_default;
        registry.with(&map_all<Parent, Child>, parents);
        registry.add("session.state.history", [](Scenario& x) -> Task {
            auto& s = x.session();
            auto p = co_await s.get<Parent>(1);
            p->name = "z";
            co_await p->children.load();
            p->children.pop(0);
            p->children.append(az::make<Child>(col<&Child::id> = 9, col<&Child::name> = "n"));
            const auto name = az::get_history(p->name);
            x.out("name", nlohmann::json{values_of(name.added), values_of(name.unchanged), values_of(name.deleted)});
            const auto children = az::get_history(p->children);
            x.out("children", nlohmann::json{ids(children.added), ids(children.unchanged), ids(children.deleted)});
            co_await s.commit();
        });
    }
    using namespace pc_expunge;
    registry.with(&map_all<Parent, Child>, parents);
    registry.add("session.state.expire_cascade", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto p = co_await s.get<Parent>(1);
        const auto children = co_await p->children.load();
        s.expire(p);
        x.mark("child access");
        const auto name = co_await children[0]->name.load();
        x.out("c", value(name));
    });
}

} // namespace

void add_state_scenarios(ScenarioRegistry& registry) {
    add_things(registry);
    add_links(registry);
}

} // namespace golden
