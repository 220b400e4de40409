// SPDX-License-Identifier: MIT
// Scenarios: rollback and commit, savepoints, events.
#include "golden/orm_data.hpp"

namespace golden {

namespace {

std::shared_ptr<Thing> thing(std::int64_t id, const char* name) {
    return az::make<Thing>(col<&Thing::id> = id, col<&Thing::name> = name);
}
std::shared_ptr<UniqueMember> member(std::int64_t id, const char* name) {
    return az::make<UniqueMember>(col<&UniqueMember::id> = id, col<&UniqueMember::name> = name);
}

void add_rollbacks(ScenarioRegistry& registry) {
    registry.with(simple, things_abc);
    registry.add("session.rollback.dirty_restored", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(1);
        t->name = "z";
        co_await s.flush();
        co_await s.rollback();
        x.mark("access");
        const auto name = co_await t->name.load();
        x.out("name", value(name));
    });
    registry.add("session.rollback.unflushed_change", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(1);
        t->name = "z";
        co_await s.rollback();
        const auto name = co_await t->name.load();
        x.out("name", value(name));
    });
    registry.with(simple);
    registry.add("session.rollback.no_transaction", [](Scenario& x) -> Task {
        co_await x.session().rollback();
        co_await x.session().commit();
    });
    registry.add("session.rollback.commit_no_work", [](Scenario& x) -> Task {
        auto& s = x.session();
        co_await s.commit();
        x.mark("add");
        s.add(thing(1, "x"));
        co_await s.commit();
    });
    registry.add("session.rollback.close_rolls_back", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = thing(1, "x");
        s.add(t);
        co_await s.flush();
        co_await s.close();
        x.out("in session", s.contains(t));
    });
    registry.with(simple, {"INSERT INTO slugs VALUES ('a', 'A')"});
    registry.add("session.rollback.pk_change_restored", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Slug>("a");
        t->code = "b";
        co_await s.flush();
        co_await s.rollback();
        const auto code = co_await t->code.load();
        x.out("code", code);
        auto again = co_await s.get<Slug>("a");
        x.out("same", again == t);
    });
    registry.with(&map_all<UniqueMember>, {"INSERT INTO members VALUES (1, 'x', NULL)"});
    registry.add("session.rollback.unique_violation_recover", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto ok = member(5, "ok");
        auto bad = member(6, "x");
        s.add_all(ok, bad);
        co_await x.expect("flush", [&]() -> Task { co_await s.commit(); });
        co_await s.rollback();
        x.out("ok in session", s.contains(ok));
        s.add(ok);
        co_await s.commit();
    });
}

void add_savepoints(ScenarioRegistry& registry) {
    registry.with(simple);
    registry.add("session.savepoint.commit", [](Scenario& x) -> Task {
        auto& s = x.session();
        s.add(thing(1, "outer"));
        auto inner = [&]() -> Task {
            s.add(thing(2, "inner"));
            co_return;
        };
        co_await s.begin_nested(inner);
        co_await s.commit();
    });
    registry.add("session.savepoint.rollback_partial", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto a = thing(1, "outer");
        s.add(a);
        auto n = co_await s.begin_nested();
        auto b = thing(2, "inner");
        s.add(b);
        co_await s.flush();
        co_await n.rollback();
        x.out("a in session", s.contains(a));
        x.out("b in session", s.contains(b));
        co_await s.commit();
    });
    registry.add("session.savepoint.two_levels", [](Scenario& x) -> Task {
        auto& s = x.session();
        s.add(thing(1, "1"));
        auto n1 = co_await s.begin_nested();
        s.add(thing(2, "2"));
        auto n2 = co_await s.begin_nested();
        s.add(thing(3, "3"));
        co_await s.flush();
        co_await n2.rollback();
        co_await n1.commit();
        co_await s.commit();
    });
    registry.with(&map_all<UniqueMember>, {"INSERT INTO members VALUES (1, 'x', NULL)"});
    registry.add("session.savepoint.exception", [](Scenario& x) -> Task {
        auto& s = x.session();
        s.add(member(2, "y"));
        auto inner = [&]() -> Task {
            s.add(member(3, "x"));
            co_return;
        };
        co_await x.expect("nested", [&]() -> Task { co_await s.begin_nested(inner); });
        s.add(member(4, "z"));
        co_await s.commit();
    });
    registry.add("session.savepoint.sequence_upsert", [](Scenario& x) -> Task {
        auto& s = x.session();
        const std::vector<std::pair<std::int64_t, const char*>> all{{2, "a"}, {3, "x"}, {4, "b"}};
        for (const auto& [id, name] : all) {
            auto inner = [&s, row_id = id, row_name = name]() -> Task {
                s.add(member(row_id, row_name));
                co_return;
            };
            co_await x.expect(name, [&]() -> Task { co_await s.begin_nested(inner); });
        }
        co_await s.commit();
    });
}

/// Notes the names of a session's and a class's events.
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

void add_events(ScenarioRegistry& registry) {
    registry.with(simple);
    registry.add("session.events.insert_commit", [](Scenario& x) -> Task {
        auto& s = x.session();
        const EventLog log{s};
        s.add_all(thing(1, "a"), thing(2, "b"));
        co_await s.commit();
        x.out("events", log.names);
    });
    registry.add("session.events.before_insert_modifies", [](Scenario& x) -> Task {
        auto connection = az::events<Thing>().before_insert.connect([](Thing& t) { t.value = 77; });
        x.session().add(thing(1, "a"));
        co_await x.session().commit();
        connection.disconnect();
    });
    registry.add("session.events.before_flush_adds", [](Scenario& x) -> Task {
        auto& s = x.session();
        s.events().before_flush.connect([&s] {
            for (const auto& object : s.new_objects())
                if (std::dynamic_pointer_cast<Slug>(object)) return;
            s.add(az::make<Slug>(col<&Slug::code> = "log", col<&Slug::title> = "t"));
        });
        s.add(thing(1, "a"));
        co_await s.commit();
    });
    registry.with(simple, things_abc);
    registry.add("session.events.no_net_change", [](Scenario& x) -> Task {
        auto& s = x.session();
        const EventLog log{s};
        auto a = co_await s.get<Thing>(1);
        a->name = "a";
        co_await s.commit();
        x.out("events", log.names);
    });
    registry.add("session.events.load_refresh", [](Scenario& x) -> Task {
        auto& s = x.session();
        std::vector<std::string> seq;
        auto load = az::events<Thing>().load.connect([&](Thing& t) { seq.push_back("load:" + std::to_string(*t.id)); });
        auto refresh = az::events<Thing>().refresh.connect([&](Thing& t) { seq.push_back("refresh:" + std::to_string(*t.id)); });
        auto t = co_await s.get<Thing>(1);
        s.expire(t);
        co_await t->name.load();
        co_await s.refresh(t);
        load.disconnect();
        refresh.disconnect();
        x.out("events", seq);
    });
    registry.add("session.events.state_transitions", [](Scenario& x) -> Task {
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
        auto t = thing(9, "n");
        s.add(t);
        co_await s.flush();
        co_await s.delete_(t);
        co_await s.flush();
        co_await s.commit();
        auto u = co_await s.get<Thing>(1);
        s.expunge(u);
        auto v = az::make<Thing>(col<&Thing::id> = 10);
        s.add(v);
        co_await s.rollback();
        x.out("events", seq);
        for (auto& connection : listening) connection.disconnect(); // `seq` ends before the session
    });
    registry.with(shop);
    registry.add("session.events.attribute_set", [](Scenario& x) -> Task {
        auto seq = nlohmann::json::array();
        auto set = az::events<&User::name>().set.connect([&](User&, const std::string& v, const std::string* old) {
            seq.push_back({"set", v, old != nullptr ? *old : "no value"});
        });
        auto collection = az::events<&User::addresses>();
        auto append = collection.append.connect([&](User&, Address& a) { seq.push_back({"append", *a.email_address}); });
        auto remove = collection.remove.connect([&](User&, Address& a) { seq.push_back({"remove", *a.email_address}); });
        auto u = az::make<User>(col<&User::name> = "a");
        u->name = "b";
        auto a = az::make<Address>(col<&Address::email_address> = "e");
        u->addresses.append(a);
        u->addresses.remove(a);
        for (auto* connection : {&set, &append, &remove}) connection->disconnect();
        x.out("events", seq);
        co_return;
    });
}

} // namespace

void add_transaction_scenarios(ScenarioRegistry& registry) {
    add_rollbacks(registry);
    add_savepoints(registry);
    add_events(registry);
}

} // namespace golden
