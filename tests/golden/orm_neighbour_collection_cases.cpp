// SPDX-License-Identifier: MIT
// Neighbouring scenarios: validators, numbered lists, maps, proxies, write-only collections.
#include <azoth/ext/association_proxy.hpp>

#include "golden/orm_collection_models.hpp"
#include "golden/orm_neighbour_collections.hpp"
#include "golden/orm_value_models.hpp"

#include <algorithm>

namespace golden {

namespace {

void add_validators(ScenarioRegistry& registry) {
    registry.with(&map_all<Contact, Phone>);
    registry.add("coll.validator.collection", [](Scenario& x) -> Task {
        auto c = az::make<Contact>(col<&Contact::email> = "a@b");
        co_await x.expect("bad", [&] { c->phones.append(az::make<Phone>(col<&Phone::number> = "")); });
        x.out("n", c->phones.size());
        c->phones.append(az::make<Phone>(col<&Phone::number> = "1"));
        x.session().add(c);
        co_await x.session().commit();
    });
    registry.add("coll.validator.constructor", [](Scenario& x) -> Task {
        co_await x.expect("make", [] { (void)az::make<Contact>(col<&Contact::email> = "nope"); });
        co_await x.session().commit();
    });
    registry.with(&map_all<Contact, Phone>, {"INSERT INTO contacts VALUES (1, 'a@b')", "INSERT INTO phones VALUES (1, 1, '1')"});
    registry.add("coll.validator.backref", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto c = co_await s.get<Contact>(1);
        co_await c->phones.load();
        auto p = az::make<Phone>(col<&Phone::id> = 9, col<&Phone::number> = "");
        co_await x.expect("scalar", [&] { p->contact = c; });
        x.out("n", c->phones.size());
        co_await s.commit();
    });
    registry.add("coll.validator.replace", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto c = co_await s.get<Contact>(1);
        const auto phones = co_await c->phones.load();
        co_await x.expect("bulk", [&] {
            c->phones = std::vector{phones[0], az::make<Phone>(col<&Phone::id> = 9, col<&Phone::number> = "")};
        });
        x.out("n", c->phones.size());
        co_await s.commit();
    });
    registry.add("coll.validator.update", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto c = co_await s.get<Contact>(1);
        c->email = "X@Y";
        co_await s.commit();
        const auto email = co_await c->email.load();
        x.out("e", value(email));
    });
}

std::shared_ptr<Track> track(std::int64_t id, const char* title) {
    return az::make<Track>(col<&Track::id> = id, col<&Track::title> = title);
}
template <class C>
nlohmann::json positions(const C& tracks) {
    auto all = nlohmann::json::array();
    for (const auto& t : tracks) all.push_back({*t->id, value(*t->position)});
    return all;
}

void add_numbered_lists(ScenarioRegistry& registry) {
    registry.with(&map_all<Playlist, Track>);
    registry.add("coll.ordering_list.new", [](Scenario& x) -> Task {
        auto p = az::make<Playlist>(col<&Playlist::id> = 1, col<&Playlist::name> = "p");
        p->tracks.append(track(1, "a"));
        p->tracks.insert(0, track(2, "b"));
        x.session().add(p);
        co_await x.session().commit();
        const auto tracks = co_await p->tracks.load();
        x.out("pos", positions(tracks));
    });
    registry.with(
        &map_all<Playlist, Track>,
        {"INSERT INTO playlists VALUES (1, 'p')", "INSERT INTO tracks VALUES (1, 1, 0, 'a'), (2, 1, 1, 'b'), (3, 1, 2, 'c')"});
    registry.add("coll.ordering_list.append", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto p = co_await s.get<Playlist>(1);
        co_await p->tracks.load();
        p->tracks.append(track(9, "n"));
        co_await s.commit();
        const auto tracks = co_await p->tracks.load();
        x.out("pos", positions(tracks));
    });
    registry.add("coll.ordering_list.insert", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto p = co_await s.get<Playlist>(1);
        co_await p->tracks.load();
        p->tracks.insert(1, track(9, "n"));
        co_await s.commit();
        const auto tracks = co_await p->tracks.load();
        x.out("pos", positions(tracks));
    });
    registry.add("coll.ordering_list.remove_middle", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto p = co_await s.get<Playlist>(1);
        co_await p->tracks.load();
        p->tracks.remove(p->tracks[1]);
        co_await s.commit();
        const auto tracks = co_await p->tracks.load();
        x.out("pos", positions(tracks));
    });
    registry.add("coll.ordering_list.replace", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto p = co_await s.get<Playlist>(1);
        auto tracks = co_await p->tracks.load();
        p->tracks = std::vector{tracks[2], tracks[0]};
        co_await s.commit();
        tracks = co_await p->tracks.load();
        x.out("pos", positions(tracks));
    });
    registry.add("coll.ordering_list.clear", [](Scenario& x) -> Task {
        auto p = co_await x.session().get<Playlist>(1);
        co_await p->tracks.load();
        p->tracks.clear();
        co_await x.session().commit();
    });
}

std::shared_ptr<Note> note(std::int64_t id, const char* keyword, const char* text) {
    return az::make<Note>(col<&Note::id> = id, col<&Note::keyword> = keyword, col<&Note::text> = text);
}
nlohmann::json texts(const Record& r) {
    auto all = nlohmann::json::object();
    for (const auto& n : r.notes) all[n->keyword->value_or("")] = value(*n->text);
    return all;
}

void add_maps(ScenarioRegistry& registry) {
    registry.add("coll.keyed.replace_key", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto r = co_await s.get<Record>(1);
        co_await r->notes.load();
        r->notes.add(note(9, "a", "n"));
        co_await s.commit();
        const auto notes = co_await r->notes.load();
        std::vector<std::string> all;
        for (const auto& n : notes) all.push_back(n->text->value_or(""));
        std::ranges::sort(all);
        x.out("texts", all);
    });
    registry.add("coll.keyed.pop", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto r = co_await s.get<Record>(1);
        co_await r->notes.load();
        auto n = r->notes.find("a");
        r->notes.remove(n);
        x.out("text", value(*n->text));
        co_await s.commit();
    });
    registry.add("coll.keyed.clear", [](Scenario& x) -> Task {
        auto r = co_await x.session().get<Record>(1);
        co_await r->notes.load();
        r->notes.clear();
        co_await x.session().commit();
    });
    registry.add("coll.keyed.bulk", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto r = co_await s.get<Record>(1);
        co_await r->notes.load();
        r->notes = std::vector{r->notes.find("b"), note(9, "c", "z")};
        co_await s.commit();
        const auto notes = co_await r->notes.load();
        std::vector<std::string> all;
        for (const auto& n : notes) all.push_back(n->keyword->value_or(""));
        std::ranges::sort(all);
        x.out("keys", all);
    });
    registry.add("coll.keyed.change_text", [](Scenario& x) -> Task {
        auto r = co_await x.session().get<Record>(1);
        co_await r->notes.load();
        r->notes.find("b")->text = "changed";
        co_await x.session().commit();
    });
    registry.add("coll.keyed.delete_owner", [](Scenario& x) -> Task {
        auto r = co_await x.session().get<Record>(1);
        co_await x.session().delete_(r);
        co_await x.session().commit();
    });
}

auto note_texts(Record& r) { return az::association_proxy<&Record::notes, &Note::text>(r); }
auto tag_names(Record& r) { return az::association_proxy<&Record::tags, &Tag::name>(r); }

void add_proxies(ScenarioRegistry& registry) {
    registry.add("coll.proxy.set_remove", [](Scenario& x) -> Task {
        auto r = co_await x.session().get<Record>(1);
        co_await r->tags.load();
        tag_names(*r).remove("t");
        co_await x.session().commit();
    });
    registry.add("coll.proxy.dict_read", [](Scenario& x) -> Task {
        auto r = co_await x.session().get<Record>(1);
        co_await r->notes.load();
        auto proxy = note_texts(*r);
        x.out("a", value(*proxy.find("a")));
        x.out("has", proxy.find("b").has_value());
        x.out("n", proxy.values().size());
    });
    registry.add("coll.proxy.dict_clear", [](Scenario& x) -> Task {
        auto r = co_await x.session().get<Record>(1);
        co_await r->notes.load();
        note_texts(*r).clear();
        co_await x.session().commit();
    });
    registry.add("coll.proxy.set_existing", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto r = co_await s.get<Record>(1);
        co_await r->tags.load();
        tag_names(*r).add("t");
        co_await s.commit();
        co_await r->tags.load();
        x.out("n", r->tags.size());
    });
    registry.add("coll.proxy.dict_replace", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto r = co_await s.get<Record>(1);
        co_await r->notes.load();
        const std::vector<std::pair<std::string, std::string>> wanted{{"a", "1"}, {"z", "2"}};
        note_texts(*r).assign(wanted);
        co_await s.commit();
        co_await r->notes.load();
        x.out("texts", texts(*r));
    });
    registry.with(&map_all<Record, Note, Tag>);
    registry.add("coll.proxy.new_owner", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto r = az::make<Record>(col<&Record::id> = 1, col<&Record::name> = "r");
        note_texts(*r).set("k", "v");
        tag_names(*r).add("x");
        s.add(r);
        co_await s.commit();
        co_await r->notes.load();
        co_await r->tags.load();
        auto names = nlohmann::json::array();
        for (const auto& name : tag_names(*r).values()) names.push_back(value(name));
        x.out("r", nlohmann::json::array({texts(*r), names}));
    });
}

std::shared_ptr<Entry> entry(std::int64_t id, const char* memo, std::int64_t amount) {
    return az::make<Entry>(col<&Entry::id> = id, col<&Entry::memo> = memo, col<&Entry::amount> = amount);
}

void add_write_only(ScenarioRegistry& registry) {
    registry.with(
        &map_all<Ledger, Entry, LTag>,
        {"INSERT INTO ledgers VALUES (1, 'l')", "INSERT INTO entries VALUES (1, 1, 'a', 1), (2, 1, 'b', 2)", "INSERT INTO ltags VALUES (1, 't')",
         "INSERT INTO ledger_tags VALUES (1, 1)"});
    registry.add("coll.writeonly.add", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto l = co_await s.get<Ledger>(1);
        l->entries.add(entry(9, "n", 3));
        x.mark("commit");
        co_await s.commit();
    });
    registry.add("coll.writeonly.delete_owner", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto l = co_await s.get<Ledger>(1);
        co_await s.delete_(l);
        co_await x.expect("commit", [&]() -> Task { co_await s.commit(); });
        co_await s.rollback();
    });
    registry.add("coll.writeonly.add_then_select", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto l = co_await s.get<Ledger>(1);
        l->entries.add(az::make<Entry>(col<&Entry::memo> = "n", col<&Entry::amount> = 3));
        auto rows = co_await s.scalars(l->entries.select());
        x.out("ids", ids(rows.all()));
        co_await s.commit();
    });
    registry.add("coll.writeonly.add_remove_pending", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto l = co_await s.get<Ledger>(1);
        auto e = entry(9, "n", 3);
        l->entries.add(e);
        l->entries.remove(e);
        x.out("in", s.contains(e));
        co_await s.commit();
    });
    registry.add("coll.writeonly.move", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto l = co_await s.get<Ledger>(1);
        auto m = az::make<Ledger>(col<&Ledger::id> = 2, col<&Ledger::name> = "m");
        s.add(m);
        auto e = co_await s.get<Entry>(1);
        l->entries.remove(e);
        m->entries.add(e);
        co_await s.commit();
    });
    registry.with(&map_all<Ledger, Entry, LTag>);
    registry.add("coll.writeonly.delete_owner_no_tags", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto l = az::make<Ledger>(col<&Ledger::id> = 1, col<&Ledger::name> = "l");
        l->entries.add(entry(1, "a", 1));
        s.add(l);
        co_await s.commit();
        co_await s.delete_(l);
        co_await s.commit();
    });
}

} // namespace

void add_neighbour_collection_scenarios(ScenarioRegistry& registry) {
    add_validators(registry);
    add_numbered_lists(registry);
    registry.with(
        &map_all<Record, Note, Tag>,
        {"INSERT INTO records VALUES (1, 'r')", "INSERT INTO notes VALUES (1, 1, 'a', 'x'), (2, 1, 'b', 'y')", "INSERT INTO tags VALUES (1, 't')",
         "INSERT INTO record_tags VALUES (1, 1)"});
    add_maps(registry);
    add_proxies(registry);
    add_write_only(registry);
}

} // namespace golden
