// SPDX-License-Identifier: MIT
// Neighbouring scenarios: versions, defaults, documents, composites.
#include "golden/orm_neighbours.hpp"
#include "golden/orm_value_models.hpp"

namespace golden {

namespace {

const char* const other_version = "UPDATE docs SET version_id = 5 WHERE id = 1";

void add_versions(ScenarioRegistry& registry) {
    registry.with(&map_all<Doc>);
    registry.add("uow.version.insert", [](Scenario& x) -> Task {
        auto d = az::make<Doc>(col<&Doc::title> = "a");
        x.session().add(d);
        co_await x.session().flush();
        x.out("v", *d->version_id);
        co_await x.session().commit();
    });
    registry.add("uow.version.insert_explicit", [](Scenario& x) -> Task {
        auto d = az::make<Doc>(col<&Doc::id> = 1, col<&Doc::title> = "a", col<&Doc::version_id> = 40);
        x.session().add(d);
        co_await x.session().commit();
        const auto v = co_await d->version_id.load();
        x.out("v", v);
    });
    registry.add("uow.version.many_inserts", [](Scenario& x) -> Task {
        x.session().add_all(
            az::make<Doc>(col<&Doc::id> = 1, col<&Doc::title> = "a"), az::make<Doc>(col<&Doc::id> = 2, col<&Doc::title> = "b"));
        co_await x.session().commit();
    });
    registry.with(&map_all<Doc>, {"INSERT INTO docs VALUES (1, 'a', 1)"});
    registry.add("uow.version.update", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto d = co_await s.get<Doc>(1);
        d->title = "b";
        co_await s.flush();
        x.out("v", *d->version_id);
        d->title = "c";
        co_await s.commit();
        const auto v = co_await d->version_id.load();
        x.out("v2", v);
    });
    registry.add("uow.version.stale_update", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto d = co_await s.get<Doc>(1);
        co_await s.execute(az::text(other_version));
        d->title = "b";
        co_await x.expect("flush", [&]() -> Task { co_await s.flush(); });
        co_await s.rollback();
    });
    registry.add("uow.version.stale_delete", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto d = co_await s.get<Doc>(1);
        co_await s.execute(az::text(other_version));
        co_await s.delete_(d);
        co_await x.expect("flush", [&]() -> Task { co_await s.flush(); });
        co_await s.rollback();
    });
    registry.add("uow.version.merge_right", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto m = co_await s.merge(az::make<Doc>(col<&Doc::id> = 1, col<&Doc::title> = "z", col<&Doc::version_id> = 1));
        co_await s.commit();
        const auto v = co_await m->version_id.load();
        x.out("v", v);
    });
    registry.add("uow.version.merge_unset", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto m = co_await s.merge(az::make<Doc>(col<&Doc::id> = 1, col<&Doc::title> = "z"));
        co_await s.commit();
        const auto v = co_await m->version_id.load();
        x.out("v", v);
    });
    registry.add("uow.version.rollback", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto d = co_await s.get<Doc>(1);
        d->title = "b";
        co_await s.flush();
        co_await s.rollback();
        d->title = "c";
        co_await s.commit();
        const auto v = co_await d->version_id.load();
        x.out("v", v);
    });
    registry.add("uow.version.set_by_program", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto d = co_await s.get<Doc>(1);
        d->version_id = 9;
        co_await s.commit();
        const auto v = co_await d->version_id.load();
        x.out("v", v);
    });
    registry.add("uow.version.expression", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto d = co_await s.get<Doc>(1);
        d->title = az::func::upper(col<&Doc::title>);
        co_await s.commit();
        const auto title = co_await d->title.load();
        x.out("r", nlohmann::json{value(title), *d->version_id});
    });
    registry.with(&map_all<Doc>, {"INSERT INTO docs VALUES (1, 'a', 1), (2, 'b', 1)"});
    registry.add("uow.version.delete", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto a = co_await s.get<Doc>(1);
        auto b = co_await s.get<Doc>(2);
        co_await s.delete_(a);
        co_await s.delete_(b);
        co_await s.commit();
    });
}

/// What a ticket's defaults made, loaded where it is not there.
template <class T>
azoth::asio::awaitable<nlohmann::json> defaults_of(std::shared_ptr<T> t) {
    const auto status = co_await t->status.load();
    const auto counter = co_await t->counter.load();
    const auto code = co_await t->code.load();
    co_return nlohmann::json{value(status), value(counter), value(code)};
}

template <class T>
Task insert_and_look(Scenario& x, std::shared_ptr<T> t) {
    x.session().add(t);
    co_await x.session().flush();
    x.mark("access");
    const auto made = co_await defaults_of(t);
    x.out("r", made);
    co_await x.session().commit();
}

void add_defaults(ScenarioRegistry& registry) {
    registry.with(&map_all<Ticket, LazyTicket, EagerTicket>);
    registry.add("uow.defaults.auto", [](Scenario& x) -> Task { return insert_and_look(x, az::make<Ticket>(col<&Ticket::title> = "a")); });
    registry.add("uow.defaults.lazy", [](Scenario& x) -> Task {
        return insert_and_look(x, az::make<LazyTicket>(col<&LazyTicket::title> = "a"));
    });
    registry.add("uow.defaults.lazy_explicit_id", [](Scenario& x) -> Task {
        return insert_and_look(
            x, az::make<LazyTicket>(col<&LazyTicket::id> = 1, col<&LazyTicket::title> = "a", col<&LazyTicket::counter> = 1));
    });
    registry.add("uow.defaults.eager_explicit_id", [](Scenario& x) -> Task {
        return insert_and_look(x, az::make<EagerTicket>(col<&EagerTicket::id> = 1, col<&EagerTicket::title> = "a"));
    });
    registry.add("uow.defaults.auto_explicit_id", [](Scenario& x) -> Task {
        return insert_and_look(x, az::make<Ticket>(col<&Ticket::id> = 1, col<&Ticket::title> = "a"));
    });
    registry.add("uow.defaults.many_lazy", [](Scenario& x) -> Task {
        auto& s = x.session();
        std::vector all{az::make<LazyTicket>(col<&LazyTicket::title> = "a"), az::make<LazyTicket>(col<&LazyTicket::title> = "b")};
        s.add_all(all);
        co_await s.flush();
        x.out("ids", ids(all));
        x.mark("access");
        const auto counter = co_await all[1]->counter.load();
        x.out("r", nlohmann::json::array({value(counter)}));
        co_await s.commit();
    });
    registry.add("uow.defaults.many_eager", [](Scenario& x) -> Task {
        auto& s = x.session();
        std::vector all{
            az::make<EagerTicket>(col<&EagerTicket::title> = "a"), az::make<EagerTicket>(col<&EagerTicket::title> = "b"),
            az::make<EagerTicket>(col<&EagerTicket::title> = "c", col<&EagerTicket::counter> = 1)};
        s.add_all(all);
        co_await s.flush();
        x.mark("access");
        auto made = nlohmann::json::array();
        for (const auto& t : all) made.push_back({*t->id, value(*t->status), value(*t->counter), value(*t->code)});
        x.out("r", made);
        co_await s.commit();
    });
    registry.add("uow.defaults.insert_expression", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = az::make<Ticket>(col<&Ticket::title> = "a", col<&Ticket::counter> = az::literal(2) + az::literal(3));
        s.add(t);
        co_await s.flush();
        const auto counter = co_await t->counter.load();
        x.out("c", value(counter));
        co_await s.commit();
    });
    registry.with(
        &map_all<Ticket, LazyTicket, EagerTicket>,
        {"INSERT INTO lazy_tickets VALUES (1, 'a', 'new', 5, 'abc')", "INSERT INTO eager_tickets VALUES (1, 'a', 'new', 5, 'abc')"});
    registry.add("uow.defaults.update_expression_eager", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto e = co_await s.get<EagerTicket>(1);
        auto l = co_await s.get<LazyTicket>(1);
        e->counter = col<&EagerTicket::counter> + 1;
        l->counter = col<&LazyTicket::counter> + 1;
        co_await s.flush();
        x.mark("access");
        const auto first = co_await e->counter.load();
        const auto second = co_await l->counter.load();
        x.out("r", nlohmann::json{value(first), value(second)});
        co_await s.commit();
    });
    registry.with(&map_all<Ticket, LazyTicket, EagerTicket>, {"INSERT INTO tickets VALUES (1, 'a', 'new', 5, 'abc')"});
    registry.add("uow.defaults.update_expression_auto", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto t = co_await s.get<Ticket>(1);
        t->counter = col<&Ticket::counter> + 1;
        co_await s.flush();
        x.mark("access");
        const auto counter = co_await t->counter.load();
        const auto status = co_await t->status.load();
        x.out("r", nlohmann::json{value(counter), value(status)});
        co_await s.commit();
    });
    registry.add("uow.defaults.set_none_update", [](Scenario& x) -> Task {
        auto t = co_await x.session().get<Ticket>(1);
        t->code = az::null;
        t->status = az::null;
        co_await x.session().commit();
    });
}

void add_documents(ScenarioRegistry& registry) {
    registry.with(&map_all<Settings>);
    registry.add("uow.mutable.insert", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto o = az::make<Settings>(col<&Settings::id> = 1, col<&Settings::data> = az::Json::object(), col<&Settings::items> = az::Json::array({1}));
        s.add(o);
        (*o->data.mutate())["x"] = nullptr;
        co_await s.flush();
        o->items.mutate()->push_back(2);
        co_await s.commit();
    });
    registry.with(&map_all<Settings>, {"INSERT INTO settings VALUES (1, 's', '{\"a\": 1}', '[1, 2]', '{\"k\": 1}')"});
    registry.add("uow.mutable.dict_set", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto o = co_await s.get<Settings>(1);
        (*o->data.mutate())["b"] = 2;
        co_await s.commit();
        const auto data = co_await o->data.load();
        x.out("data", *data);
    });
    registry.add("uow.mutable.dict_same", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto o = co_await s.get<Settings>(1);
        (*o->data.mutate())["a"] = 1;
        x.out("dirty", !s.dirty_objects().empty());
        co_await s.commit();
    });
    registry.add("uow.mutable.replace", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto o = co_await s.get<Settings>(1);
        o->data = az::Json{{"n", {1, 2}}};
        o->items = az::Json::array();
        co_await s.commit();
        const auto data = co_await o->data.load();
        const auto items = co_await o->items.load();
        x.out("r", nlohmann::json::array({*data, *items}));
    });
    registry.add("uow.mutable.plain_replace", [](Scenario& x) -> Task {
        auto o = co_await x.session().get<Settings>(1);
        o->plain = az::Json{{"k", 2}};
        co_await x.session().commit();
    });
    registry.add("uow.mutable.plain_none", [](Scenario& x) -> Task {
        auto o = co_await x.session().get<Settings>(1);
        o->plain = az::Json(nullptr);
        co_await x.session().commit();
    });
    registry.add("uow.mutable.plain_sql_null", [](Scenario& x) -> Task {
        auto o = co_await x.session().get<Settings>(1);
        o->plain = az::Expr<az::Json>{az::sql::make_null()};
        co_await x.session().commit();
    });
    registry.add("uow.mutable.rollback", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto o = co_await s.get<Settings>(1);
        (*o->data.mutate())["b"] = 2;
        co_await s.flush();
        co_await s.rollback();
        const auto data = co_await o->data.load();
        x.out("data", *data);
    });
    registry.add("uow.mutable.plain_same", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto o = co_await s.get<Settings>(1);
        o->plain = az::Json{{"k", 1}};
        x.out("dirty", std::vector<bool>{!s.dirty_objects().empty(), s.is_modified(o)});
        co_await s.commit();
    });
    registry.add("uow.mutable.after_commit", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto o = co_await s.get<Settings>(1);
        co_await s.commit();
        x.mark("change");
        co_await o->data.load();
        (*o->data.mutate())["b"] = 2;
        co_await s.commit();
        const auto data = co_await o->data.load();
        x.out("data", *data);
    });
}

void add_composites(ScenarioRegistry& registry) {
    registry.with(&map_all<Vertex>);
    registry.add("uow.composite.insert_unset", [](Scenario& x) -> Task {
        auto v = az::make<Vertex>(col<&Vertex::id> = 1);
        v->start = Point{1, std::nullopt};
        x.session().add(v);
        co_await x.session().commit();
    });
    registry.with(&map_all<Vertex>, {"INSERT INTO vertices VALUES (1, 1, 2, 3, 4)"});
    registry.add("uow.composite.one_column", [](Scenario& x) -> Task {
        auto v = co_await x.session().get<Vertex>(1);
        v->end = Point{3, 9};
        co_await x.session().commit();
    });
    registry.add("uow.composite.expired", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto v = co_await s.get<Vertex>(1);
        co_await s.commit();
        v->start = Point{7, 8};
        co_await s.commit();
        const auto start = co_await v->start.load();
        const auto end = co_await v->end.load();
        x.out("r", nlohmann::json{value(start.x), value(end.y)});
    });
    registry.add("uow.composite.rollback", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto v = co_await s.get<Vertex>(1);
        v->start = Point{7, 8};
        co_await s.flush();
        co_await s.rollback();
        const auto start = co_await v->start.load();
        x.out("r", nlohmann::json{value(start.x), value(start.y)});
    });
    registry.add("uow.composite.back", [](Scenario& x) -> Task {
        auto v = co_await x.session().get<Vertex>(1);
        v->start = Point{7, 8};
        v->start = Point{1, 2};
        co_await x.session().commit();
    });
}

} // namespace

void add_neighbour_value_scenarios(ScenarioRegistry& registry) {
    add_versions(registry);
    add_defaults(registry);
    add_documents(registry);
    add_composites(registry);
}

} // namespace golden
