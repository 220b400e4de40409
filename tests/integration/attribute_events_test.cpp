// SPDX-License-Identifier: MIT
// What attributes and links tell: who listens may refuse, or put something else in place. On every database.
#include "support/backend.hpp"
#include "support/catch.hpp"
#include "support/on_each_database.hpp"
#include "support/houses.hpp"
#include "support/listening.hpp"

#include <azoth/azoth.hpp>

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace az = azoth;
using az::col;
using namespace house;

namespace {

using Names = std::vector<std::string>;

Names names_of(const std::vector<std::shared_ptr<Room>>& rooms) {
    Names names;
    for (const auto& one : rooms) names.push_back(*one->name);
    return names;
}
Names names_of(const az::Collection<Room>& rooms) {
    Names names;
    for (const auto& one : rooms) names.push_back(*one->name);
    return names;
}

/// Notes what the rooms of houses tell.
struct Told {
    Names calls;
    Listening listening;

    Told() {
        auto rooms = az::events<&House::rooms>();
        listening += rooms.append.connect([this](House& h, Room& r) { calls.push_back(*h.name + " + " + *r.name); });
        listening += rooms.remove.connect([this](House& h, Room& r) { calls.push_back(*h.name + " - " + *r.name); });
        listening += az::events<&Room::house>().set.connect([this](Room& r, House* now, std::optional<House*> old) {
            const auto text = [](House* h) { return h == nullptr ? std::string{"none"} : *h->name; };
            calls.push_back(*r.name + ": " + (old ? text(*old) : "?") + " to " + text(now));
        });
    }
    [[nodiscard]] Names take() { return std::exchange(calls, {}); }
};

asio::awaitable<void> lists_by_position(az::Engine engine) {
    co_await make_tables(engine);
    az::Session session{engine};
    auto one = house_of("one");
    for (const auto* name : {"a", "b", "c", "d"}) one->rooms.append(room(name));
    session.add(one);
    co_await session.commit();
    session.expunge_all();
    auto found = (co_await session.scalars(az::select<House>())).one();
    (void)co_await found->rooms.load();
    CHECK(names_of(found->rooms) == Names{"a", "b", "c", "d"});
    Told told;
    const auto b = found->rooms[1];
    found->rooms.set(1, room("B"));
    CHECK(names_of(found->rooms) == Names{"a", "B", "c", "d"});
    CHECK(told.take() == Names{"one - b", "b: one to none", "one + B", "B: none to one"});
    CHECK(b->house.get() == nullptr);
    CHECK(found->rooms[1]->house.get() == found);

    const auto B = found->rooms[1];
    found->rooms.set(1, B); // itself: it goes and comes
    CHECK(told.take() == Names{"one - B", "B: one to none", "one + B", "B: none to one"});
    CHECK(B->house.get() == found);
    CHECK(session.contains(B));

    found->rooms.insert(0, room("first"));
    found->rooms.insert(5, room("last"));
    CHECK(names_of(found->rooms) == Names{"first", "a", "B", "c", "d", "last"});
    (void)told.take();
    std::vector<std::shared_ptr<Room>> others{room("x"), room("y"), room("z")};
    found->rooms.set_slice(1, 3, others); // more than there were
    CHECK(names_of(found->rooms) == Names{"first", "x", "y", "z", "c", "d", "last"});
    CHECK(told.take() == Names{"one - a", "a: one to none", "one - B", "B: one to none", "one + x", "x: none to one", "one + y",
                               "y: none to one", "one + z", "z: none to one"});
    found->rooms.set_slice(3, 5, {});
    CHECK(names_of(found->rooms) == Names{"first", "x", "y", "d", "last"});
    found->rooms.remove_slice(0, 1);
    found->rooms.remove_slice(2, 2);
    found->rooms.remove_slice(3, 1); // nothing between them
    found->rooms.remove_slice(100, 200);
    CHECK(names_of(found->rooms) == Names{"x", "y", "d", "last"});
    std::vector<std::shared_ptr<Room>> more{room("p"), room("q")};
    found->rooms.set_slice(3, 100, more);
    found->rooms.set_slice(50, 60, {room("end")});
    CHECK(names_of(found->rooms) == Names{"x", "y", "d", "p", "q", "end"});
    CHECK(found->rooms.pop(0)->house.get() == nullptr);
    co_await session.commit();
    session.expunge_all();
    auto again = (co_await session.scalars(az::select<House>())).one();
    auto stored = names_of(co_await again->rooms.load());
    std::ranges::sort(stored);
    CHECK(stored == Names{"d", "end", "p", "q", "y"});

    // One of several of the same goes from its place, and the link stays until the last one has gone.
    auto two = house_of("two");
    auto twin = room("twin");
    std::vector<std::shared_ptr<Room>> twice{twin, room("mid"), twin};
    two->rooms = twice;
    two->rooms.set(2, room("end"));
    CHECK(names_of(two->rooms) == Names{"twin", "mid", "end"});
    CHECK(twin->house.get() == two);
    two->rooms.remove_slice(0, 1);
    CHECK(twin->house.get() == nullptr);
    // Nobody of this is told while rows are loaded.
    session.expunge_all();
    (void)told.take();
    auto loaded = (co_await session.scalars(az::select<House>().options(az::selectinload<&House::rooms>()))).one();
    CHECK(loaded->rooms.size() == 5);
    CHECK(told.take().empty());

    // What refuses the new one leaves the old one where it is.
    Listening refusing;
    refusing += az::events<&House::rooms>().append.connect([](House&, Room& r) {
        if (*r.name == "no") throw std::invalid_argument("no");
    });
    const auto kept = loaded->rooms[1];
    CHECK_THROWS_AS(loaded->rooms.set(1, room("no")), std::invalid_argument);
    CHECK(loaded->rooms[1] == kept);
    CHECK(loaded->rooms.size() == 5);
    CHECK(kept->house.get() == loaded);
    // Of what is not loaded nothing has a position.
    session.expire(loaded);
    CHECK_THROWS_AS(loaded->rooms.set(0, room("r")), az::NotLoadedError);
    CHECK_THROWS_AS(loaded->rooms.set_slice(0, 1, {}), az::NotLoadedError);
    CHECK_THROWS_AS(loaded->rooms.remove_slice(0, 1), az::NotLoadedError);
    CHECK_THROWS_AS(loaded->rooms.insert(0, room("r")), az::NotLoadedError);
    co_await session.rollback();
}

asio::awaitable<void> both_sides_are_told(az::Engine engine) {
    co_await make_tables(engine);
    az::Session session{engine};
    auto one = house_of("one");
    auto two = house_of("two");
    auto r = room("r");
    one->rooms.append(r);
    session.add_all(one, two);
    co_await session.commit();
    Told told;
    r->house = two;
    CHECK(told.take() == Names{"r: one to two", "one - r", "two + r"});
    one->rooms.append(r);
    CHECK(told.take() == Names{"one + r", "r: two to one", "two - r"});
    r->house = one; // the same: told, and nothing happens
    CHECK(told.take() == Names{"r: one to one"});
    r->house = nullptr;
    CHECK(told.take() == Names{"r: one to none", "one - r"});
    co_await session.rollback();

    // The old target is not known where nothing is loaded.
    session.expunge_all();
    auto bare = (co_await session.scalars(az::select<Room>())).one();
    bare->house = nullptr;
    CHECK(told.take() == Names{"r: ? to none"});
    co_await session.rollback();

    // A listener that gives another object, which nobody else holds; and one that refuses.
    session.expunge_all();
    Listening listening;
    auto rooms = az::events<&House::rooms>();
    listening += rooms.append.connect_retval([](House&, Room& given) -> std::shared_ptr<Room> {
        if (*given.name == "bad") return room("good");
        if (*given.name == "never") throw std::invalid_argument("never");
        if (*given.name == "null") return nullptr;
        return az::orm::handle_of<Room>(&given);
    });
    auto three = house_of("three");
    three->rooms.append(room("bad"));
    REQUIRE(three->rooms.size() == 1);
    CHECK(*three->rooms[0]->name == "good");
    CHECK(three->rooms[0]->house.get() == three);
    CHECK_THROWS_AS(three->rooms.append(room("never")), std::invalid_argument);
    CHECK_THROWS_AS(three->rooms.append(room("null")), az::ArgumentError);
    CHECK(three->rooms.size() == 1);
    std::vector<std::shared_ptr<Room>> replacement{room("bad"), room("x")};
    three->rooms = replacement;
    CHECK(names_of(three->rooms) == Names{"good", "x"});
    listening += az::events<&Room::house>().set.connect_retval([&](Room& which, House* now, std::optional<House*>) -> std::shared_ptr<House> {
        if (*which.name == "homeless") return nullptr;
        return az::orm::handle_of<House>(now);
    });
    auto homeless = room("homeless");
    homeless->house = three;
    CHECK(homeless->house.get() == nullptr);
    CHECK(three->rooms.size() == 2);
    // A set that has the object already.
    Names there;
    listening += az::events<&House::neighbours>().append_wo_mutation.connect([&](House&, House& other) { there.push_back(*other.name); });
    auto four = house_of("four");
    three->neighbours.add(four);
    CHECK(there.empty());
    three->neighbours.add(four);
    CHECK(there == Names{"four"});
    // Many-to-many: the other side's collection is told.
    Names of_other;
    listening += az::events<&House::neighbour_of>().append.connect([&](House& owner, House& other) { of_other.push_back(*owner.name + " + " + *other.name); });
    listening += az::events<&House::neighbour_of>().remove.connect([&](House& owner, House& other) { of_other.push_back(*owner.name + " - " + *other.name); });
    auto five = house_of("five");
    three->neighbours.add(five);
    three->neighbours.remove(five);
    CHECK(of_other == Names{"five + three", "five - three"});
}

asio::awaitable<void> whole_collections(az::Engine engine) {
    co_await make_tables(engine);
    az::Session session{engine};
    Names calls;
    Listening listening;
    auto rooms = az::events<&House::rooms>();
    listening += rooms.bulk_replace.connect([&](House& h, std::vector<std::shared_ptr<Room>>& members) {
        calls.push_back("replace " + *h.name + " " + std::to_string(members.size()));
        std::erase_if(members, [](const auto& member) { return *member->name == "unwanted"; });
        members.push_back(room("added"));
    });
    listening += rooms.append.connect([&](House&, Room& r) { calls.push_back("+ " + *r.name); });
    listening += rooms.append_wo_mutation.connect([&](House&, Room& r) { calls.push_back("= " + *r.name); });
    listening += rooms.remove.connect([&](House&, Room& r) { calls.push_back("- " + *r.name); });
    listening += rooms.init_collection.connect([&](House& h) { calls.push_back("init " + std::to_string(h.rooms.size())); });
    listening += rooms.dispose_collection.connect([&](House&, const std::vector<std::shared_ptr<Room>>& before) {
        calls.push_back("dispose " + std::to_string(before.size()));
    });
    auto one = house_of("one");
    CHECK(calls == Names{"init 0"});
    calls.clear();
    auto a = room("a");
    one->rooms.append(a);
    one->rooms.append(room("b"));
    session.add(one);
    co_await session.commit();
    CHECK(calls == Names{"+ a", "+ b"}); // each at a time
    calls.clear();
    std::vector<std::shared_ptr<Room>> next{a, room("c"), room("unwanted")};
    one->rooms = next;
    CHECK(calls == Names{"replace one 3", "+ c", "+ added", "= a", "- b", "dispose 2", "init 3"});
    CHECK(names_of(one->rooms) == Names{"a", "c", "added"});
    co_await session.commit();
    session.expunge_all();
    calls.clear();
    auto found = (co_await session.scalars(az::select<House>())).one();
    (void)co_await found->rooms.load();
    CHECK(calls == Names{"init 3"}); // loaded
}

asio::awaitable<void> values_are_told(az::Engine engine) {
    co_await make_tables(engine);
    az::Session session{engine};
    Listening listening;
    Names calls;
    auto names = az::events<&House::name>();
    listening += names.set.connect([&](House&, const std::string& name, const std::string* old) {
        calls.push_back((old == nullptr ? "?" : *old) + " to " + name);
        if (name == "refused") throw std::invalid_argument("refused");
    });
    listening += names.modified.connect([&](House& h) { calls.push_back("modified " + *h.name); });
    auto one = az::make<House>();
    one->name = "first";
    one->name = "second";
    CHECK_THROWS_AS(one->name = "refused", std::invalid_argument);
    CHECK(calls == Names{"? to first", "first to second", "second to refused"});
    CHECK(*one->name == "second");
    calls.clear();
    one->name.flag_modified();
    one->name.mutate() += "!";
    CHECK(calls == Names{"modified second", "modified second"});
    session.add(one);
    co_await session.commit();
    calls.clear();
    session.expunge_all();
    auto found = (co_await session.scalars(az::select<House>())).one();
    session.expire<&House::name>(found);
    const auto loaded = co_await found->name.load();
    CHECK(loaded == "second!");
    CHECK(calls.empty()); // loading is no setting
    session.expire<&House::name>(found);
    found->name = "blind"; // the old value is not known
    CHECK(calls == Names{"? to blind"});
    co_await session.commit();
    calls.clear();
    (void)found->name.mutate(); // counts, whatever becomes of it
    CHECK(calls == Names{"modified blind"});
    CHECK(session.is_modified(found));
    co_await session.commit();

    // A value for what was never set: the row has it, too.
    int asked = 0;
    listening += az::events<&Room::name>().init_scalar.connect([&](Room&) {
        ++asked;
        return std::string{"by default"};
    });
    auto r = az::make<Room>();
    CHECK(asked == 0);
    CHECK(*r->name == "by default");
    CHECK(*r->name == "by default");
    CHECK(asked == 1);
    auto set = room("set");
    CHECK(*set->name == "set");
    CHECK(asked == 1);
    session.add(r);
    co_await session.commit();
    session.expire(r);
    CHECK_THROWS_AS(*r->name, az::NotLoadedError); // of a stored object it is asked for nothing
    const auto by_default = co_await r->name.load();
    CHECK(by_default == "by default");
    CHECK(asked == 1);
    co_await session.rollback();
}

} // namespace

ON_EACH_DATABASE("attribute events: members of a list are replaced, inserted and removed by position", "[orm.coll.list]", lists_by_position)
ON_EACH_DATABASE("attribute events: both sides of a relationship are told, and may refuse or replace", "[orm.event.attribute]", both_sides_are_told)
ON_EACH_DATABASE("attribute events: collections are told as a whole", "[orm.event.attribute]", whole_collections)
ON_EACH_DATABASE("attribute events: values are told when the program sets them", "[orm.event.attribute]", values_are_told)
