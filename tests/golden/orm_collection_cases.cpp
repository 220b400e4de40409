// SPDX-License-Identifier: MIT
// Scenarios: sets, maps, numbered lists, validators.
#include "golden/orm_collection_models.hpp"
#include "golden/orm_data.hpp"

#include <algorithm>

namespace golden {

namespace {

const std::vector<std::string> record_with_notes{
    "INSERT INTO records VALUES (1, 'r')", "INSERT INTO notes VALUES (1, 1, 'a', 'x'), (2, 1, 'b', 'y')"};
constexpr auto notes = &map_all<Record, Note, Tag>;

template <class C>
nlohmann::json keys(const C& loaded) {
    std::vector<std::string> all;
    for (const auto& note : loaded) all.push_back(note->keyword->value_or(""));
    std::ranges::sort(all);
    return all;
}

std::shared_ptr<Note> note(std::int64_t id, const char* keyword, const char* text) {
    return az::make<Note>(col<&Note::id> = id, col<&Note::keyword> = keyword, col<&Note::text> = text);
}

void add_sets_and_maps(ScenarioRegistry& registry) {
    registry.with(notes, {"INSERT INTO records VALUES (1, 'r')", "INSERT INTO tags VALUES (1, 'x')", "INSERT INTO record_tags VALUES (1, 1)"});
    registry.add("uow.m2m.set_collection", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto r = co_await s.get<Record>(1);
        auto t1 = co_await s.get<Tag>(1);
        co_await r->tags.load();
        r->tags.discard(t1);
        r->tags.add(az::make<Tag>(col<&Tag::id> = 9, col<&Tag::name> = "z"));
        co_await s.commit();
        const auto tags = co_await r->tags.load();
        x.out("tags", ids(tags));
    });
    registry.with(notes);
    registry.add("coll.keyed.insert", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto r = az::make<Record>(col<&Record::id> = 1, col<&Record::name> = "r");
        r->notes.add(note(1, "a", "x"));
        r->notes.add(note(2, "b", "y"));
        s.add(r);
        co_await s.commit();
        const auto loaded = co_await r->notes.load();
        x.out("keys", keys(loaded));
    });
    registry.with(notes, record_with_notes);
    registry.add("coll.keyed.delete_key", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto r = co_await s.get<Record>(1);
        co_await r->notes.load();
        r->notes.erase_key("a");
        co_await s.commit();
        const auto loaded = co_await r->notes.load();
        x.out("keys", keys(loaded));
    });
}

template <class C>
nlohmann::json positions(const C& tracks) {
    auto all = nlohmann::json::array();
    for (const auto& t : tracks) all.push_back({*t->id, value(*t->position)});
    return all;
}

void add_numbered_lists(ScenarioRegistry& registry) {
    registry.with(
        &map_all<Playlist, Track>,
        {"INSERT INTO playlists VALUES (1, 'p')", "INSERT INTO tracks VALUES (1, 1, 0, 'a'), (2, 1, 1, 'b'), (3, 1, 2, 'c')"});
    registry.add("coll.ordering_list.remove", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto p = co_await s.get<Playlist>(1);
        co_await p->tracks.load();
        p->tracks.pop(0);
        co_await s.commit();
        const auto tracks = co_await p->tracks.load();
        x.out("pos", positions(tracks));
    });
    registry.add("coll.ordering_list.move", [](Scenario& x) -> Task {
        auto& s = x.session();
        auto p = co_await s.get<Playlist>(1);
        co_await p->tracks.load();
        auto t = p->tracks.pop(2);
        p->tracks.insert(0, t);
        co_await s.commit();
        const auto tracks = co_await p->tracks.load();
        x.out("pos", positions(tracks));
    });
}

void add_validators(ScenarioRegistry& registry) {
    registry.with(&map_all<Contact, Phone>);
    registry.add("coll.validator.scalar", [](Scenario& x) -> Task {
        auto c = az::make<Contact>(col<&Contact::email> = "A@B.C");
        x.out("email", value(*c->email));
        co_await x.expect("bad", [&] { c->email = "nope"; });
        x.out("kept", value(*c->email));
        x.session().add(c);
        co_await x.session().commit();
    });
}

} // namespace

void add_collection_scenarios(ScenarioRegistry& registry) {
    add_sets_and_maps(registry);
    add_numbered_lists(registry);
    add_validators(registry);
}

} // namespace golden
