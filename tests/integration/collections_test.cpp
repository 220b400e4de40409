// SPDX-License-Identifier: MIT
// How collections are kept: lists, sets, containers of the program's own, on every database.
#include "support/backend.hpp"
#include "support/catch.hpp"
#include "support/on_each_database.hpp"
#include "support/houses.hpp"

#include <azoth/azoth.hpp>
#include <azoth/testing/statement_log.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace az = azoth;
using az::col;
using namespace house;

namespace {

asio::awaitable<void> lists(az::Engine engine, az::testing::StatementLog) {
    co_await make_tables(engine);
    az::Session session{engine};
    auto one = house_of("h");
    auto a = room("a");
    auto b = room("b");
    auto c = room("c");
    one->rooms.append(a);
    one->rooms.append(c);
    one->rooms.insert(1, b);
    one->rooms.append(a); // twice
    CHECK(one->rooms.size() == 4);
    CHECK(one->rooms[3] == a);
    one->rooms.remove(a); // the first of the two: the link stays
    CHECK(one->rooms.size() == 3);
    CHECK(one->rooms[2] == a);
    CHECK(a->house.get() == one);
    session.add(one);
    co_await session.commit();
    CHECK(*a->house_id == *one->id);
    one->rooms.append(b); // stored and shown twice: nothing to write
    co_await session.commit();
    one->rooms.pop(); // the second of the two
    CHECK(one->rooms[0] == b);
    CHECK(one->rooms[2] == a);
    one->rooms.pop();
    CHECK(a->house.get() == nullptr);
    REQUIRE(one->rooms.size() == 2);
    CHECK(one->rooms[1] == c);
    co_await session.commit();
    CHECK(*a->house_id == std::nullopt);
    one->rooms = {c, b, c};
    CHECK(one->rooms.size() == 3);
    co_await session.commit();
    session.expire(one);
    const auto rooms = co_await one->rooms.load();
    CHECK(rooms.size() == 2); // as they are loaded
    CHECK_THROWS_AS(one->rooms.remove(room("none")), az::ArgumentError);
    one->rooms.discard(room("none"));
    one->rooms.clear();
    CHECK(one->rooms.empty());
    co_await session.commit();
    // A long list, its members put in twice.
    std::vector<std::shared_ptr<Room>> many;
    for (int i = 0; i < 1000; ++i) many.push_back(room("m"));
    for (int round = 0; round < 2; ++round)
        for (const auto& member : many) one->rooms.append(member);
    CHECK(one->rooms.size() == 2000);
    for (const auto& member : many) one->rooms.remove(member);
    CHECK(one->rooms.size() == 1000);
    CHECK(many[999]->house.get() == one);
    co_await session.rollback();
}

asio::awaitable<void> sets(az::Engine engine, az::testing::StatementLog log) {
    co_await make_tables(engine);
    az::Session session{engine};
    auto one = house_of("one");
    auto two = house_of("two");
    one->neighbours.add(two);
    one->neighbours.add(two); // the same object is the same
    CHECK(one->neighbours.size() == 1);
    one->neighbours.add(house_of("two")); // an equal one is another
    CHECK(one->neighbours.size() == 2);
    session.add(one);
    co_await session.commit();
    session.expunge_all();
    auto found = (co_await session.scalars(az::select<House>().where(col<&House::name> == "one"))).one();
    const auto members = co_await found->neighbours.load();
    REQUIRE(members.size() == 2);
    CHECK(found->neighbours.contains(members[0]));
    CHECK(members[0]->neighbour_of.is_loaded() == false);
    found->neighbours.discard(members[0]);
    found->neighbours.discard(members[0]);
    log.clear();
    co_await session.commit();
    CHECK(log.count("DELETE") == 1);
}

asio::awaitable<void> containers_of_ones_own(az::Engine engine, az::testing::StatementLog) {
    co_await make_tables(engine);
    az::Session session{engine};
    auto one = house_of("h");
    for (const auto* name : {"aa", "bbbb", "c"}) one->rooms.append(room(name));
    session.add(one);
    co_await session.commit();
    session.expunge_all();
    auto found = (co_await session.scalars(az::select<House>())).one();
    CHECK_THROWS_AS(found->by_length.container(), az::NotLoadedError);
    (void)co_await found->by_length.load();
    const auto& kept = found->by_length.container();
    REQUIRE(kept.rooms.size() == 3);
    CHECK(*kept.rooms.front()->name == "bbbb");
    CHECK(*kept.rooms.back()->name == "c");
    CHECK(kept.appended == 3); // once each
    auto more = room("ddd");
    found->by_length.append(more);
    found->by_length.append(more); // once in it
    CHECK(found->by_length.container().appended == 4);
    CHECK(*found->by_length.container().rooms[1]->name == "ddd");
    found->by_length.remove(more);
    CHECK(found->by_length.container().removed == 1);
    CHECK(found->by_length.size() == 3);
}

asio::awaitable<void> committed_values(az::Engine engine, az::testing::StatementLog log) {
    co_await make_tables(engine);
    az::Session session{engine};
    auto one = house_of("h");
    auto r = room("r");
    session.add_all(one, r);
    co_await session.commit();
    int told = 0;
    one->rooms.append(room("pending"));
    az::set_committed_value(one->rooms, std::vector{r}); // as a loader does: no event, no change
    az::set_committed_value(r->house, one);
    az::set_committed_value(one->name, "as if loaded");
    CHECK(told == 0);
    CHECK(one->rooms.size() == 1);
    CHECK(r->house.get() == one);
    CHECK(az::get_history(one->rooms).added.empty());
    CHECK(az::get_history(one->name).added.empty());
    session.expunge_all();
    log.clear();
    session.add(one);
    co_await session.commit();
    CHECK(log.count("UPDATE") + log.count("INSERT") == 0);
    CHECK_THROWS_AS(az::set_committed_value(one->rooms, std::vector<std::shared_ptr<Room>>{nullptr}), az::ArgumentError);
}

} // namespace

ON_EACH_DATABASE("collections: lists keep their order and may hold an object twice", "[lists]", lists)
ON_EACH_DATABASE("collections: sets hold an object once", "[orm.coll.set]", sets)
ON_EACH_DATABASE("collections: containers of the program's own are told once", "[orm.coll.custom]", containers_of_ones_own)
ON_EACH_DATABASE("collections: values can be set as a loader sets them", "[orm.coll.adapter]", committed_values)
