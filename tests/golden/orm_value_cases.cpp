// SPDX-License-Identifier: MIT
// Scenarios: values that are changed in place.
#include "golden/orm_data.hpp"
#include "golden/orm_value_models.hpp"

namespace golden {

namespace {

void add_documents(ScenarioRegistry& registry) {
    registry.with(&map_all<Settings>);
    registry.add("uow.mutable.null_vs_unset", [](Scenario& x) -> Task {
        auto unset = az::make<Settings>(col<&Settings::id> = 2, col<&Settings::name> = "unset");
        auto none = az::make<Settings>(col<&Settings::id> = 3, col<&Settings::name> = "none", col<&Settings::plain> = az::Json(nullptr));
        auto sql_null = az::make<Settings>(col<&Settings::id> = 4, col<&Settings::name> = "sqlnull");
        sql_null->plain = az::Expr<az::Json>{az::sql::make_null()};
        x.session().add_all(unset, none, sql_null);
        co_await x.session().commit();
    });
    registry.with(&map_all<Settings>, {"INSERT INTO settings VALUES (1, 's', '{\"a\": 1}', '[1, 2]', '{\"k\": 1}')"});
    registry.add("uow.mutable.dict_delete_pop", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto o = co_await s.get<Settings>(1);
        o->data.mutate()->erase("a");
        co_await s.commit();
        const auto data = co_await o->data.load();
        x.out("data", *data);
    });
    registry.add("uow.mutable.list_append", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto o = co_await s.get<Settings>(1);
        o->items.mutate()->push_back(3);
        o->items.mutate()->erase(0);
        co_await s.commit();
        const auto items = co_await o->items.load();
        x.out("items", *items);
    });
    registry.add("uow.mutable.untracked", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto o = co_await s.get<Settings>(1);
        (*o->plain.raw())["z"] = 1;
        x.out("dirty", !s.dirty_objects().empty());
        co_await s.flush();
        x.mark("flag");
        o->plain.flag_modified();
        co_await s.commit();
    });
}

void add_composites(ScenarioRegistry& registry) {
    registry.with(&map_all<Vertex>);
    registry.add("uow.insert.composite_attribute", [](Scenario& x) -> Task {
        auto a = az::make<Vertex>(col<&Vertex::id> = 1, col<&Vertex::start> = Point{1, 2}, col<&Vertex::end> = Point{3, 4});
        auto b = az::make<Vertex>(col<&Vertex::id> = 2, col<&Vertex::start> = Point{5, 6});
        b->end = az::null;
        x.session().add_all(a, b);
        co_await x.session().commit();
    });
    registry.with(&map_all<Vertex>, {"INSERT INTO vertices VALUES (1, 1, 2, 3, 4)"});
    registry.add("uow.composite.replace", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto v = co_await s.get<Vertex>(1);
        v->start = Point{9, 8};
        co_await s.flush();
        x.mark("one column");
        v->start = Point{9, 7};
        co_await s.commit();
        const auto start = co_await v->start.load();
        x.out("start", nlohmann::json{value(start.x), value(start.y)});
    });
    registry.add("uow.composite.same_value", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto v = co_await s.get<Vertex>(1);
        v->start = Point{1, 2};
        x.out("modified", s.is_modified(v));
        co_await s.commit();
    });
    registry.add("uow.composite.none", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto v = co_await s.get<Vertex>(1);
        v->end = az::null;
        co_await s.commit();
        const auto end = co_await v->end.load();
        x.out("none", !(end == Point{})); // a value, of two NULLs
    });
    registry.add("uow.composite.query", [](Scenario& x) -> Task {
        auto statement = az::select(col<&Vertex::id>, col<&Vertex::end>).where(col<&Vertex::start> == Point{1, 2});
        auto rows = nlohmann::json::array();
        for (const auto& [id, point] : co_await x.session().execute(statement)) rows.push_back({id, value(point.x), value(point.y)});
        x.out("r", rows);
    });
}

} // namespace

void add_value_scenarios(ScenarioRegistry& registry) {
    add_documents(registry);
    add_composites(registry);
}

} // namespace golden
