// SPDX-License-Identifier: MIT
// Neighbouring scenarios: rollback, savepoints, states and histories, events.
#include "golden/orm_neighbours.hpp"

#include <stdexcept>

namespace golden {

namespace {

std::shared_ptr<Thing> thing(std::int64_t id, const char* name) {
    return az::make<Thing>(col<&Thing::id> = id, col<&Thing::name> = name);
}
std::shared_ptr<UniqueMember> member(std::int64_t id, const char* name) {
    return az::make<UniqueMember>(col<&UniqueMember::id> = id, col<&UniqueMember::name> = name);
}
std::shared_ptr<pc_default::Child> child(std::int64_t id, const char* name) {
    return az::make<pc_default::Child>(col<&pc_default::Child::id> = id, col<&pc_default::Child::name> = name);
}

void add_rollbacks(ScenarioRegistry& registry) {
    registry.with(simple);
    registry.add("session.rollback.new_is_transient", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = thing(1, "a");
        s.add(t);
        co_await s.flush();
        co_await s.rollback();
        x.out("st", nlohmann::json{az::inspect(*t).transient(), s.contains(t), *t->id, value(*t->name)});
        s.add(t);
        co_await s.commit();
    });
    registry.add("session.rollback.generated_id", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = az::make<Thing>(col<&Thing::name> = "a");
        s.add(t);
        co_await s.flush();
        x.out("id", *t->id);
        co_await s.rollback();
        x.out("st", az::inspect(*t).transient());
        s.add(t);
        co_await s.commit();
        const auto id = co_await t->id.load();
        x.out("id2", id);
    });
    registry.add("session.rollback.new_and_deleted", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = thing(1, "a");
        s.add(t);
        co_await s.flush();
        co_await s.delete_(t);
        co_await s.flush();
        co_await s.rollback();
        x.out("st", std::vector<bool>{az::inspect(*t).transient(), s.contains(t)});
    });
    registry.with(simple, things_abc);
    registry.add("session.rollback.deleted_restored", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(1);
        co_await s.delete_(t);
        co_await s.flush();
        x.out("deleted", az::inspect(*t).deleted());
        co_await s.rollback();
        x.out("st", std::vector<bool>{az::inspect(*t).persistent(), s.contains(t)});
        const auto name = co_await t->name.load();
        x.out("name", value(name));
        co_await s.commit();
    });
    registry.add("session.rollback.delete_unflushed", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(1);
        co_await s.delete_(t);
        co_await s.rollback();
        x.out("deleted", s.deleted_objects().size());
        co_await s.commit();
    });
    registry.add("session.rollback.expunged", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(1);
        t->name = "z";
        co_await s.flush();
        s.expunge(t);
        co_await s.rollback();
        x.out("st", nlohmann::json{az::inspect(*t).detached(), value(*t->name)});
    });
    registry.add("session.rollback.twice", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(1);
        co_await s.rollback();
        co_await s.rollback();
        x.mark("access");
        const auto name = co_await t->name.load();
        x.out("name", value(name));
    });
    registry.with(&map_all<UniqueMember>, {"INSERT INTO members VALUES (1, 'x', NULL)"});
    registry.add("session.rollback.add_after_error", [](Scenario& x) -> Task {
        auto& s = x.session();
        s.add(member(2, "x"));
        co_await x.expect("flush", [&]() -> Task { co_await s.flush(); });
        co_await x.expect("pending", [&]() -> Task { co_await s.commit(); });
        co_await s.rollback();
        s.add(member(3, "y"));
        co_await s.commit();
    });
    using namespace pc_default;
    registry.with(&map_all<Parent, Child>, parents);
    registry.add("session.rollback.collection", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto p = co_await s.get<Parent>(1);
        co_await p->children.load();
        auto c = child(9, "n");
        p->children.append(c);
        co_await s.flush();
        co_await s.rollback();
        const auto children = co_await p->children.load();
        x.out("ids", ids(children));
        x.out("c", std::vector<bool>{s.contains(c), az::inspect(*c).transient()});
    });
    registry.add("session.rollback.collection_unflushed", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto p = co_await s.get<Parent>(1);
        co_await p->children.load();
        auto c = child(9, "n");
        p->children.append(c);
        co_await s.rollback();
        const auto children = co_await p->children.load();
        x.out("ids", ids(children));
        x.out("c", s.contains(c));
        co_await s.commit();
    });
}

void add_savepoints(ScenarioRegistry& registry) {
    registry.with(simple, things_abc);
    registry.add("session.savepoint.changed", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(1);
        auto n = co_await s.begin_nested();
        t->name = "z";
        co_await s.flush();
        co_await n.rollback();
        x.mark("access");
        const auto name = co_await t->name.load();
        x.out("name", value(name));
        co_await s.commit();
    });
    registry.add("session.savepoint.changed_unflushed", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(1);
        auto u = co_await s.get<Thing>(2);
        auto n = co_await s.begin_nested();
        t->name = "z";
        co_await n.rollback();
        x.mark("access");
        const auto first = co_await t->name.load();
        const auto second = co_await u->name.load();
        x.out("names", nlohmann::json{value(first), value(second)});
        co_await s.commit();
    });
    registry.add("session.savepoint.changed_before", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(1);
        t->name = "z";
        auto n = co_await s.begin_nested();
        t->value = 9;
        co_await s.flush();
        co_await n.rollback();
        const auto name = co_await t->name.load();
        const auto v = co_await t->value.load();
        x.out("r", nlohmann::json{value(name), value(v)});
        co_await s.commit();
    });
    registry.add("session.savepoint.deleted", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(1);
        auto n = co_await s.begin_nested();
        co_await s.delete_(t);
        co_await s.flush();
        co_await n.rollback();
        const bool persistent = az::inspect(*t).persistent();
        const auto name = co_await t->name.load();
        x.out("st", nlohmann::json{persistent, value(name)});
        co_await s.commit();
    });
    registry.add("session.savepoint.deleted_kept", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(1);
        auto n = co_await s.begin_nested();
        co_await s.delete_(t);
        co_await n.commit();
        x.out("st", std::vector<bool>{az::inspect(*t).deleted(), s.contains(t)});
        co_await s.commit();
        x.out("st2", az::inspect(*t).detached());
    });
    registry.add("session.savepoint.inner_commit_outer_rollback", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(1);
        auto n1 = co_await s.begin_nested();
        auto n2 = co_await s.begin_nested();
        t->name = "z";
        co_await n2.commit();
        co_await n1.rollback();
        const auto name = co_await t->name.load();
        x.out("name", value(name));
        co_await s.commit();
    });
    registry.with(simple);
    registry.add("session.savepoint.outer_rollback", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto a = thing(1, "a");
        auto n = co_await s.begin_nested();
        s.add(a);
        co_await n.commit();
        co_await s.rollback();
        x.out("st", std::vector<bool>{az::inspect(*a).transient(), s.contains(a)});
    });
    registry.add("session.savepoint.commit_with_open", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto n = co_await s.begin_nested();
        s.add(thing(1, "a"));
        co_await s.commit();
        x.out("active", n.is_active());
    });
    registry.add("session.savepoint.rollback_with_open", [](Scenario& x) -> Task {
        auto& s = x.session();
        s.add(thing(1, "a"));
        auto n = co_await s.begin_nested();
        s.add(thing(2, "b"));
        co_await s.rollback();
        x.out("n", s.objects().size());
        x.out("active", n.is_active());
    });
    registry.add("session.savepoint.nothing", [](Scenario& x) -> Task {
        auto n = co_await x.session().begin_nested();
        co_await n.commit();
        co_await x.session().commit();
    });
    registry.add("session.savepoint.two_in_a_row", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto first = [&]() -> Task {
            s.add(thing(1, "1"));
            co_return;
        };
        auto second = [&]() -> Task {
            s.add(thing(2, "2"));
            co_return;
        };
        co_await s.begin_nested(first);
        co_await s.begin_nested(second);
        co_await s.commit();
    });
    registry.with(&map_all<UniqueMember>, {"INSERT INTO members VALUES (1, 'x', NULL)"});
    registry.add("session.savepoint.error_inside", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto n = co_await s.begin_nested();
        s.add(member(2, "x"));
        co_await x.expect("flush", [&]() -> Task { co_await s.flush(); });
        co_await x.expect("query", [&]() -> Task { co_await s.get<UniqueMember>(1); });
        co_await s.rollback();
        x.out("active", n.is_active());
        s.add(member(3, "y"));
        co_await s.commit();
    });
    using namespace pc_default;
    registry.with(&map_all<Parent, Child>, parents);
    registry.add("session.savepoint.collection", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto p = co_await s.get<Parent>(1);
        co_await p->children.load();
        auto n = co_await s.begin_nested();
        p->children.append(child(9, "n"));
        co_await s.flush();
        co_await n.rollback();
        const auto children = co_await p->children.load();
        x.out("ids", ids(children));
        co_await s.commit();
    });
}

template <class T>
nlohmann::json values_of(const az::History<std::optional<T>>& history) {
    auto all = nlohmann::json::array();
    for (const auto* list : {&history.added, &history.unchanged, &history.deleted}) {
        auto part = nlohmann::json::array();
        for (const auto& v : *list) part.push_back(value(v));
        all.push_back(part);
    }
    return all;
}

void add_states(ScenarioRegistry& registry) {
    registry.with(simple, things_abc);
    registry.add("session.state.expunge", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(1);
        s.expunge(t);
        t->name = "z";
        co_await s.commit();
        x.out("st", nlohmann::json{az::inspect(*t).detached(), value(*t->name)});
    });
    registry.add("session.state.expunge_all", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(1);
        s.add(az::make<Thing>(col<&Thing::id> = 9));
        s.expunge_all();
        x.out("n", s.objects().size());
        co_await s.commit();
    });
    registry.add("session.state.dirty_no_net_change", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(1);
        t->name = "a";
        x.out("dirty", std::vector<bool>{!s.dirty_objects().empty(), s.is_modified(t)});
        co_await s.commit();
    });
    registry.add("session.state.history_loaded", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(1);
        x.out("1", values_of(az::get_history(t->name)));
        t->name = az::null;
        x.out("2", values_of(az::get_history(t->name)));
        co_await s.flush();
        x.out("3", values_of(az::get_history(t->name)));
    });
    registry.add("session.state.make_transient_readd", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(1);
        az::make_transient(t);
        x.out("st", az::inspect(*t).transient());
        t->name = "z";
        s.add(t);
        co_await x.expect("flush", [&]() -> Task { co_await s.flush(); });
        co_await s.rollback();
    });
    registry.add("session.state.add_detached", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto s2 = x.new_session();
        auto t = co_await s2.get<Thing>(1);
        co_await s2.close();
        s.add(t);
        x.out("st", std::vector<bool>{az::inspect(*t).persistent(), s.contains(t)});
        x.mark("get");
        auto found = co_await s.get<Thing>(1);
        x.out("same", found == t);
        co_await s.commit();
    });
    registry.add("session.state.add_detached_conflict", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto s2 = x.new_session();
        auto t = co_await s2.get<Thing>(1);
        co_await s2.close();
        auto u = co_await s.get<Thing>(1);
        co_await x.expect("add", [&] { s.add(t); });
    });
    registry.add("session.state.transaction_flags", [](Scenario& x) -> Task {
        auto& s = x.session();
        x.out("1", s.in_transaction());
        auto t = co_await s.get<Thing>(1);
        x.out("2", s.in_transaction());
        co_await s.commit();
        x.out("3", s.in_transaction());
    });
    registry.with(simple);
    registry.add("session.state.expunge_not_in_session", [](Scenario& x) -> Task {
        auto t = az::make<Thing>(col<&Thing::id> = 1);
        co_await x.expect("expunge", [&] { x.session().expunge(t); });
    });
    registry.add("session.state.history_new", [](Scenario& x) -> Task {
        auto t = thing(1, "a");
        x.out("h", values_of(az::get_history(t->name)));
        x.out("v", values_of(az::get_history(t->value)));
        co_return;
    });
    {
        using namespace pc_expunge;
        registry.with(&map_all<Parent, Child>, parents);
        registry.add("session.state.expunge_cascade", [](Scenario& x) -> Task {
            auto& s = x.session();
            auto p = co_await s.get<Parent>(1);
            const auto children = co_await p->children.load();
            s.expunge(p);
            x.out("in", std::vector<bool>{s.contains(children[0]), s.contains(children[1])});
        });
    }
    using namespace pc_default;
    registry.with(&map_all<Parent, Child>, parents);
    registry.add("session.state.is_modified", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto p = co_await s.get<Parent>(1);
        x.out("1", s.is_modified(p));
        co_await p->children.load();
        p->children.append(az::make<Child>(col<&Child::id> = 9));
        x.out("2", s.is_modified(p));
        co_await s.flush();
        x.out("3", s.is_modified(p));
        co_await s.commit();
    });
    registry.add("session.state.history_scalar_link", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto c = co_await s.get<Child>(1);
        auto p2 = co_await s.get<Parent>(2);
        auto p1 = co_await c->parent.load();
        x.out("p", *p1->id);
        c->parent = p2;
        const auto h = az::get_history(c->parent);
        x.out("h", nlohmann::json{ids(h.added), ids(h.unchanged), ids(h.deleted)});
        co_await s.commit();
    });
}

/// Notes the names of a session's events, and of those of the class Thing.
struct EventLog {
    std::vector<std::string> names;
    std::vector<az::SignalConnection> connections;

    explicit EventLog(az::Session& s) {
        auto& e = s.events();
        const auto note = [&](az::orm::Signal<>& signal, const char* name) {
            connections.push_back(signal.connect([this, name] { names.emplace_back(name); }));
        };
        note(e.before_flush, "before_flush");
        note(e.after_flush, "after_flush");
        note(e.after_flush_postexec, "after_flush_postexec");
        note(e.before_commit, "before_commit");
        note(e.after_commit, "after_commit");
        note(e.after_rollback, "after_rollback");
        note(e.after_begin, "after_begin");
        note(e.after_soft_rollback, "after_soft_rollback");
        auto things = az::events<Thing>();
        const auto note_thing = [&](auto& signal, const char* name) {
            connections.push_back(signal.connect([this, name](Thing& t) { names.push_back(std::string{name} + ":" + t.name->value_or("")); }));
        };
        note_thing(things.before_insert, "before_insert");
        note_thing(things.after_insert, "after_insert");
        note_thing(things.before_update, "before_update");
        note_thing(things.after_update, "after_update");
        note_thing(things.before_delete, "before_delete");
        note_thing(things.after_delete, "after_delete");
    }
    EventLog(const EventLog&) = delete;
    EventLog& operator=(const EventLog&) = delete;
    ~EventLog() {
        for (auto& connection : connections) connection.disconnect();
    }
};

void add_session_events(ScenarioRegistry& registry) {
    registry.with(simple);
    registry.add("session.events.rollback", [](Scenario& x) -> Task {
        auto& s = x.session();
        const EventLog log{s};
        s.add(thing(1, "a"));
        co_await s.flush();
        co_await s.rollback();
        x.out("events", log.names);
    });
    registry.add("session.events.nested", [](Scenario& x) -> Task {
        auto& s = x.session();
        const EventLog log{s};
        auto n = co_await s.begin_nested();
        s.add(thing(1, "a"));
        co_await n.commit();
        n = co_await s.begin_nested();
        s.add(thing(2, "b"));
        co_await s.flush();
        co_await n.rollback();
        co_await s.commit();
        x.out("events", log.names);
    });
    registry.add("session.events.before_commit_adds", [](Scenario& x) -> Task {
        auto& s = x.session();
        s.events().before_commit.connect([&s, done = false]() mutable {
            if (!std::exchange(done, true)) s.add(thing(2, "b"));
        });
        s.add(thing(1, "a"));
        co_await s.commit();
    });
    registry.add("session.events.listener_raises", [](Scenario& x) -> Task {
        auto& s = x.session();
        s.events().before_flush.connect([] { throw std::invalid_argument("no"); });
        s.add(thing(1, "a"));
        co_await x.expect("flush", [&]() -> Task { co_await s.flush(); });
        x.out("new", s.new_objects().size());
    });
    registry.with(&map_all<UniqueMember>, {"INSERT INTO members VALUES (1, 'x', NULL)"});
    registry.add("session.events.flush_error", [](Scenario& x) -> Task {
        auto& s = x.session();
        const EventLog log{s};
        s.add(member(2, "x"));
        co_await x.expect("commit", [&]() -> Task { co_await s.commit(); });
        co_await s.rollback();
        x.out("events", log.names);
    });
    registry.with(simple, things_abc);
    registry.add("session.events.update_delete", [](Scenario& x) -> Task {
        auto& s = x.session();
        const EventLog log{s};
        auto a = co_await s.get<Thing>(1);
        auto b = co_await s.get<Thing>(2);
        a->name = "z";
        co_await s.delete_(b);
        s.add(thing(9, "n"));
        co_await s.commit();
        x.out("events", log.names);
    });
    registry.add("session.events.before_update_modifies", [](Scenario& x) -> Task {
        auto connection = az::events<Thing>().before_update.connect([](Thing& t) { t.value = 77; });
        auto a = co_await x.session().get<Thing>(1);
        a->name = "z";
        co_await x.session().commit();
        connection.disconnect();
    });
    registry.add("session.events.query_load", [](Scenario& x) -> Task {
        auto& s = x.session();
        std::vector<std::string> seq;
        auto load = az::events<Thing>().load.connect([&](Thing& t) { seq.push_back("load:" + std::to_string(*t.id)); });
        auto refresh = az::events<Thing>().refresh.connect([&](Thing& t) { seq.push_back("refresh:" + std::to_string(*t.id)); });
        const auto query = az::select<Thing>().order_by(col<&Thing::id>);
        auto rows = co_await s.scalars(query);
        const auto all = rows.all();
        co_await s.scalars(query);
        co_await s.commit();
        co_await s.scalars(query);
        load.disconnect();
        refresh.disconnect();
        x.out("events", seq);
    });
    registry.add("session.events.transitions_rollback", [](Scenario& x) -> Task {
        auto& s = x.session();
        std::vector<std::string> seq;
        auto& e = s.events();
        std::vector<az::SignalConnection> listening;
        const auto note = [&](az::orm::Signal<az::ModelBase&>& signal, const char* name) {
            listening.push_back(signal.connect([&seq, name](az::ModelBase&) { seq.emplace_back(name); }));
        };
        note(e.transient_to_pending, "transient_to_pending");
        note(e.pending_to_persistent, "pending_to_persistent");
        note(e.persistent_to_deleted, "persistent_to_deleted");
        note(e.deleted_to_detached, "deleted_to_detached");
        note(e.loaded_as_persistent, "loaded_as_persistent");
        note(e.pending_to_transient, "pending_to_transient");
        note(e.persistent_to_detached, "persistent_to_detached");
        note(e.persistent_to_transient, "persistent_to_transient");
        note(e.deleted_to_persistent, "deleted_to_persistent");
        note(e.detached_to_persistent, "detached_to_persistent");
        auto t = co_await s.get<Thing>(1);
        co_await s.delete_(t);
        co_await s.flush();
        auto n = az::make<Thing>(col<&Thing::id> = 9);
        s.add(n);
        co_await s.flush();
        co_await s.rollback();
        auto p = az::make<Thing>(col<&Thing::id> = 10);
        s.add(p);
        s.expunge(p);
        s.expunge(t);
        s.add(t);
        co_await s.close();
        x.out("events", seq);
        for (auto& connection : listening) connection.disconnect(); // `seq` ends before the session
    });
}

} // namespace

void add_neighbour_transaction_scenarios(ScenarioRegistry& registry) {
    add_rollbacks(registry);
    add_savepoints(registry);
    add_states(registry);
    add_session_events(registry);
}

} // namespace golden
