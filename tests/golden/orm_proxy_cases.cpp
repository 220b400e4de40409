// SPDX-License-Identifier: MIT
// Scenarios: association proxies and write-only collections.
#include <azoth/ext/association_proxy.hpp>

#include "golden/orm_collection_models.hpp"
#include "golden/orm_data.hpp"
#include "golden/orm_value_models.hpp"

#include <algorithm>
#include <ranges>

namespace golden {

namespace {

std::shared_ptr<Entry> entry(const char* memo, std::int64_t amount) {
    return az::make<Entry>(col<&Entry::memo> = memo, col<&Entry::amount> = amount);
}

void add_write_only(ScenarioRegistry& registry) {
    registry.with(&map_all<Ledger, Entry, LTag>);
    registry.add("coll.writeonly.initial", [](Scenario& x) -> Task {
        auto l = az::make<Ledger>(col<&Ledger::id> = 1, col<&Ledger::name> = "l");
        auto a = entry("a", 1);
        a->id = 1;
        auto b = entry("b", 2);
        b->id = 2;
        l->entries.add_all(std::vector{a, b});
        x.session().add(l);
        co_await x.session().commit();
    });
    registry.with(
        &map_all<Ledger, Entry, LTag>,
        {"INSERT INTO ledgers VALUES (1, 'l')", "INSERT INTO entries VALUES (1, 1, 'a', 1), (2, 1, 'b', 2)", "INSERT INTO ltags VALUES (1, 't')",
         "INSERT INTO ledger_tags VALUES (1, 1)"});
    registry.add("coll.writeonly.add_all", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto l = co_await s.get<Ledger>(1);
        l->entries.add_all(std::vector{entry("x", 1), entry("y", 2)});
        co_await s.commit();
    });
    registry.add("coll.writeonly.select", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto l = co_await s.get<Ledger>(1);
        auto rows = co_await s.scalars(l->entries.select().where(col<&Entry::amount> > 1));
        x.out("ids", ids(rows.all()));
    });
    registry.add("coll.writeonly.remove", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto l = co_await s.get<Ledger>(1);
        auto e = co_await s.get<Entry>(1);
        l->entries.remove(e);
        co_await s.commit();
    });
    registry.add("coll.writeonly.bulk", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto l = co_await s.get<Ledger>(1);
        const std::vector<std::tuple<std::string, std::int64_t>> rows{{"x", 5}, {"y", 6}};
        auto* connection = co_await s.connection();
        co_await connection->execute(l->entries.insert().columns(col<&Entry::memo>, col<&Entry::amount>), rows);
        co_await s.execute(l->entries.update().where(col<&Entry::amount> == 5).values(col<&Entry::memo> = "five"));
        co_await s.execute(l->entries.delete_().where(col<&Entry::amount> == 6));
        co_await s.commit();
    });
    registry.add("coll.writeonly.iterate_error", [](Scenario& x) -> Task {
        auto l = co_await x.session().get<Ledger>(1);
        co_await x.expect("iterate", [] {
            // No loop over it compiles.
            if constexpr (!std::ranges::range<az::WriteOnly<Entry>>) throw std::domain_error("a write-only collection is not iterated");
        });
    });
}

void add_proxies(ScenarioRegistry& registry) {
    registry.with(school, students);
    registry.add("uow.assoc.proxy_append", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto st = co_await s.get<Student>(2);
        auto c = co_await s.get<Course>(1);
        co_await st->enrollments.load();
        auto courses = az::association_proxy<&Student::enrollments, &Enrollment::course>(*st);
        courses.append(c);
        co_await s.commit();
        const auto loaded = co_await courses.load();
        auto titles = nlohmann::json::array();
        for (const auto& course : loaded) {
            const auto title = co_await course->title.load();
            titles.push_back(value(title));
        }
        x.out("courses", titles);
    });
    const auto texts = [](const Record& r) {
        auto all = nlohmann::json::object();
        for (const auto& n : r.notes) all[n->keyword->value_or("")] = value(*n->text);
        return all;
    };
    static const auto show = texts;
    registry.with(
        &map_all<Record, Note, Tag>,
        {"INSERT INTO records VALUES (1, 'r')", "INSERT INTO notes VALUES (1, 1, 'a', 'x'), (2, 1, 'b', 'y')"});
    registry.add("coll.proxy.dict_set", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto r = co_await s.get<Record>(1);
        co_await r->notes.load();
        auto note_texts = az::association_proxy<&Record::notes, &Note::text>(*r);
        note_texts.set("a", "changed");
        note_texts.set("c", "new");
        co_await s.commit();
        co_await r->notes.load();
        x.out("texts", show(*r));
    });
    registry.add("coll.proxy.dict_delete", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto r = co_await s.get<Record>(1);
        co_await r->notes.load();
        az::association_proxy<&Record::notes, &Note::text>(*r).erase_key("b");
        co_await s.commit();
        co_await r->notes.load();
        x.out("texts", show(*r));
    });
    registry.add("coll.proxy.set_add", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto r = co_await s.get<Record>(1);
        co_await r->tags.load();
        auto tag_names = az::association_proxy<&Record::tags, &Tag::name>(*r);
        tag_names.add("x");
        co_await s.flush();
        tag_names.add("y");
        co_await s.commit();
        auto names = co_await tag_names.load();
        std::ranges::sort(names);
        auto all = nlohmann::json::array();
        for (const auto& name : names) all.push_back(value(name));
        x.out("names", all);
    });
    registry.add("coll.proxy.query_any", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto tagged = az::select<Record>().where(az::association_proxy<&Record::tags, &Tag::name>() == "x");
        x.out("n", (co_await s.scalars(tagged)).all().size());
        auto noted = az::select<Record>().where(az::association_proxy<&Record::notes, &Note::text>().contains("x"));
        x.out("n2", (co_await s.scalars(noted)).all().size());
    });
}

} // namespace

void add_proxy_scenarios(ScenarioRegistry& registry) {
    add_write_only(registry);
    add_proxies(registry);
}

} // namespace golden
