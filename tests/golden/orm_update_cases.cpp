// SPDX-License-Identifier: MIT
// Scenarios: changed values, version counters, defaults.
#include "golden/orm_data.hpp"

namespace golden {

namespace {

void add_updates(ScenarioRegistry& registry) {
    registry.with(simple, things_abc);
    registry.add("uow.update.changed_column_only", [](Scenario& x) -> Task {
        auto t = co_await x.session().get<Thing>(1);
        t->name = "z";
        co_await x.session().commit();
    });
    registry.add("uow.update.two_columns", [](Scenario& x) -> Task {
        auto t = co_await x.session().get<Thing>(1);
        t->value = 5;
        t->name = "z";
        co_await x.session().commit();
    });
    registry.add("uow.update.no_change", [](Scenario& x) -> Task {
        auto t = co_await x.session().get<Thing>(1);
        x.mark("flush");
        co_await x.session().flush();
        x.mark("commit");
        co_await x.session().commit();
    });
    registry.add("uow.update.change_back", [](Scenario& x) -> Task {
        auto t = co_await x.session().get<Thing>(1);
        t->name = "z";
        t->name = "a";
        x.out("is_modified", x.session().is_modified(t));
        co_await x.session().commit();
    });
    registry.add("uow.update.many_different_columns", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto rows = co_await s.scalars(az::select<Thing>().order_by(col<&Thing::id>));
        const auto ts = rows.all();
        ts[0]->value = 10;
        ts[1]->name = "z";
        ts[2]->value = 30;
        co_await s.commit();
    });
    registry.add("uow.update.sql_expression", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(1);
        t->value = col<&Thing::value> + 1;
        co_await s.flush();
        x.mark("access");
        const auto v = co_await t->value.load();
        x.out("value", value(v));
        co_await s.commit();
    });
    registry.add("uow.update.expired_attribute_set", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(1);
        co_await s.commit();
        x.mark("set");
        t->name = "z";
        x.mark("commit");
        co_await s.commit();
    });
    registry.add("uow.update.set_same_on_expired", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(1);
        co_await s.commit();
        t->name = "a";
        co_await s.commit();
    });
    registry.add("uow.update.flag_modified", [](Scenario& x) -> Task {
        auto t = co_await x.session().get<Thing>(1);
        t->name.flag_modified();
        co_await x.session().commit();
    });
    registry.add("uow.update.row_missing", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Thing>(1);
        co_await s.execute(az::text("DELETE FROM things WHERE id = 1"));
        t->name = "z";
        co_await x.expect("flush", [&]() -> Task { co_await s.flush(); });
        co_await s.rollback();
    });
    registry.with(&map_all<UniqueMember>, {"INSERT INTO members VALUES (1, 'x', NULL), (2, 'y', NULL)"});
    registry.add("uow.update.swap_unique", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto a = co_await s.get<UniqueMember>(1);
        auto b = co_await s.get<UniqueMember>(2);
        const std::string name = *a->name;
        a->name = *b->name;
        b->name = name;
        co_await x.expect("flush", [&]() -> Task { co_await s.flush(); });
        co_await s.rollback();
        const auto first = co_await a->name.load();
        const auto second = co_await b->name.load();
        x.out("names", std::vector{first, second});
    });
}

void add_versions(ScenarioRegistry& registry) {
    registry.with(&map_all<Doc>, {"INSERT INTO docs VALUES (1, 'a', 1)"});
    registry.add("uow.version.no_change", [](Scenario& x) -> Task {
        auto d = co_await x.session().get<Doc>(1);
        d->title = "a";
        co_await x.session().commit();
        const auto v = co_await d->version_id.load();
        x.out("v", v);
    });
    registry.add("uow.version.statement_update_no_bump", [](Scenario& x) -> Task {
        auto& s = x.session();
        co_await s.execute(az::update<Doc>().where(col<&Doc::id> == 1).values(col<&Doc::title> = "z"));
        co_await s.commit();
    });
    registry.add("uow.version.merge_wrong_version", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto other = az::make<Doc>(col<&Doc::id> = 1, col<&Doc::title> = "z", col<&Doc::version_id> = 7);
        co_await x.expect("merge", [&]() -> Task { co_await s.merge(other); });
        co_await s.rollback();
    });
    registry.with(&map_all<Doc>, {"INSERT INTO docs VALUES (1, 'a', 1), (2, 'b', 1)"});
    registry.add("uow.version.two_objects", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto a = co_await s.get<Doc>(1);
        auto b = co_await s.get<Doc>(2);
        a->title = "x";
        b->title = "y";
        co_await s.commit();
        const auto first = co_await a->version_id.load();
        const auto second = co_await b->version_id.load();
        x.out("v", std::vector{first, second});
    });
}

void add_defaults(ScenarioRegistry& registry) {
    registry.with(&map_all<Ticket, EagerTicket>);
    registry.add("uow.defaults.insert_eager", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = az::make<EagerTicket>(col<&EagerTicket::title> = "a");
        s.add(t);
        co_await s.flush();
        x.mark("access");
        x.out("r", nlohmann::json{value(*t->status), value(*t->counter), value(*t->code)});
        co_await s.commit();
    });
    registry.add("uow.defaults.explicit_values", [](Scenario& x) -> Task {
        auto t = az::make<Ticket>(
            col<&Ticket::title> = "a", col<&Ticket::status> = "s", col<&Ticket::counter> = 1, col<&Ticket::code> = "c");
        auto n = az::make<Ticket>(
            col<&Ticket::title> = "b", col<&Ticket::status> = az::null, col<&Ticket::counter> = az::null, col<&Ticket::code> = az::null);
        x.session().add_all(t, n);
        co_await x.session().commit();
    });
    registry.with(&map_all<Ticket, EagerTicket>, {"INSERT INTO tickets VALUES (1, 'a', 'new', 5, 'abc')"});
    registry.add("uow.defaults.onupdate", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Ticket>(1);
        t->title = "z";
        co_await s.flush();
        x.mark("access");
        x.out("status", value(*t->status));
        co_await s.commit();
    });
    registry.add("uow.defaults.onupdate_explicit", [](Scenario& x) -> Task {
        auto t = co_await x.session().get<Ticket>(1);
        t->title = "z";
        t->status = "mine";
        co_await x.session().commit();
    });
}

} // namespace

void add_update_scenarios(ScenarioRegistry& registry) {
    add_updates(registry);
    add_versions(registry);
    add_defaults(registry);
}

} // namespace golden
