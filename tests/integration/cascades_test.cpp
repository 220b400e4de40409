// SPDX-License-Identifier: MIT
// What follows an operation along a relationship, one cascade after the other, on every database.
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

asio::awaitable<void> defaults(az::Engine engine, az::testing::StatementLog) {
    co_await make_tables(engine);
    const auto& plain = az::mapper_of<Room>().relationships.front().cascade;
    CHECK((plain.save_update && plain.merge));
    CHECK_FALSE((plain.delete_ || plain.delete_orphan || plain.refresh_expire || plain.expunge));
    const auto& all = az::mapper_of<House>().relationships.front().cascade;
    CHECK((all.save_update && all.merge && all.delete_ && all.refresh_expire && all.expunge));
    CHECK_FALSE(all.delete_orphan);
    CHECK_THROWS_AS(az::cascade("delete-orphan"), az::ArgumentError);
    CHECK_THROWS_AS(az::cascade("remove"), az::ArgumentError);
    az::Session session{engine};
    auto here = room("r");
    here->house = house_of("h"); // a plain many-to-one link adds its target
    session.add(here);
    CHECK(session.contains(here->house.get()));
    session.expunge_all();
}

asio::awaitable<void> the_database_deletes(az::Engine engine, az::testing::StatementLog log) {
    co_await make_tables(engine);
    az::Session session{engine};
    auto with = [&](const char* name) {
        auto one = house_of(name);
        one->guests = std::vector{guest("a"), guest("b")};
        return one;
    };
    auto loaded = with("loaded");
    auto unloaded = with("unloaded");
    session.add_all(loaded, unloaded);
    co_await session.commit();
    session.expire(unloaded);
    co_await session.delete_(unloaded);
    log.clear();
    co_await session.flush();
    CHECK(log.count("SELECT guest") == 0); // nothing is loaded, nothing set to NULL
    CHECK(log.count("UPDATE guest") == 0);
    CHECK(log.count("DELETE FROM house") == 1);
    auto guests = co_await count<Guest>(session);
    CHECK(guests == 2);
    co_await session.delete_(loaded);
    log.clear();
    co_await session.flush();
    CHECK(log.count("UPDATE guest SET house_id") == 1); // members that are loaded are seen to as ever
    guests = co_await count<Guest>(session);
    CHECK(guests == 2);
    co_await session.commit();
}

asio::awaitable<void> merging_follows(az::Engine engine, az::testing::StatementLog) {
    co_await make_tables(engine);
    std::int64_t id = 0;
    std::int64_t room_id = 0;
    {
        az::Session session{engine};
        auto one = house_of("h");
        one->rooms.append(room("a"));
        session.add(one);
        co_await session.commit();
        id = *one->id;
        room_id = *one->rooms[0]->id;
    }
    az::Session session{engine};
    auto copy = az::make<House>(col<&House::id> = id, col<&House::name> = "changed");
    copy->rooms.append(az::make<Room>(col<&Room::id> = room_id, col<&Room::name> = "a!"));
    copy->rooms.append(room("b"));
    copy->key = key("k");
    auto merged = co_await session.merge(copy);
    CHECK(*merged->name == "changed");
    REQUIRE(merged->rooms.size() == 2);
    CHECK(*merged->rooms[0]->name == "a!");
    CHECK(session.contains(merged->rooms[1]));
    CHECK_FALSE(session.contains(copy->rooms[1]));
    CHECK(merged->key.get() != copy->key.get());
    co_await session.commit();
    const auto rooms = co_await count<Room>(session);
    CHECK(rooms == 2);
    auto silent = az::make<House>(col<&House::id> = id); // says nothing of its rooms
    auto again = co_await session.merge(silent);
    CHECK(again->rooms.size() == 2);
}

asio::awaitable<void> expiring_and_expunging_follow(az::Engine engine, az::testing::StatementLog log) {
    co_await make_tables(engine);
    az::Session session{engine};
    auto one = house_of("h");
    auto r = room("r");
    auto g = guest("g");
    one->rooms.append(r);
    one->guests.append(g);
    session.add(one);
    co_await session.commit();
    session.expire(one);
    CHECK_FALSE(r->name.is_present());
    CHECK(g->name.is_present()); // that link has no such cascade
    const auto name = co_await r->name.load();
    CHECK(name == "r");
    (void)co_await one->rooms.load();
    log.clear();
    co_await session.refresh(one); // loads itself; what it links to is expired only
    CHECK(one->name.is_present());
    CHECK_FALSE(r->name.is_present());
    CHECK(log.count("SELECT") == 1);
    (void)co_await one->rooms.load();
    (void)co_await one->guests.load();
    session.expunge(one);
    CHECK(az::inspect(*r).detached());
    CHECK(az::inspect(*g).persistent());
    co_await session.close();
}

asio::awaitable<void> orphans_of_a_single_parent(az::Engine engine, az::testing::StatementLog) {
    co_await make_tables(engine);
    az::Session session{engine};
    auto one = house_of("one");
    one->key = key("a");
    auto two = house_of("two");
    CHECK_THROWS_AS(two->key = one->key.get(), az::InvalidRequestError);
    CHECK(two->key.get() == nullptr);
    two->key = key("b");
    session.add_all(one, two);
    co_await session.commit();
    one->key = nullptr; // its key is deleted
    co_await session.commit();
    auto keys = co_await count<Key>(session);
    CHECK(keys == 1);
    co_await session.delete_(two);
    co_await session.commit();
    keys = co_await count<Key>(session);
    CHECK(keys == 0);
}

asio::awaitable<void> many_to_many_deletes(az::Engine engine, az::testing::StatementLog) {
    co_await make_tables(engine);
    az::Session session{engine};
    auto a = house_of("a");
    auto b = house_of("b");
    auto c = house_of("c");
    a->neighbours.add(b);
    c->neighbour_of.add(b); // b → c
    session.add_all(a, b, c);
    co_await session.commit();
    session.expunge_all();
    auto last = (co_await session.scalars(az::select<House>().where(col<&House::name> == "c"))).one();
    co_await session.delete_(last); // the rows between go, what is at their other ends stays
    co_await session.commit();
    auto left = co_await count<House>(session);
    CHECK(left == 2);
    auto first = (co_await session.scalars(az::select<House>().where(col<&House::name> == "a"))).one();
    co_await session.delete_(first); // `neighbours` has the delete cascade
    co_await session.commit();
    left = co_await count<House>(session);
    CHECK(left == 0);
}

asio::awaitable<void> write_only_owners(az::Engine engine, az::testing::StatementLog) {
    co_await make_tables(engine);
    az::Session session{engine};
    auto kept = az::make<Kept>();
    kept->things.add(az::make<Thing>());
    session.add(kept);
    co_await session.commit();
    co_await session.delete_(kept);
    std::string message;
    try {
        co_await session.flush();
    } catch (const az::InvalidRequestError& error) {
        message = error.what();
    }
    CHECK(message.find("Kept::things") != std::string::npos);
    CHECK(message.find("passive_deletes") != std::string::npos);
    co_await session.rollback();

    // Many-to-many: statements about the members of one owner.
    auto one = house_of("one");
    auto two = house_of("two");
    for (const auto* name : {"a", "b"}) one->visitors.add(guest(name));
    two->visitors.add(guest("c"));
    session.add_all(one, two);
    co_await session.commit();
    auto change = one->visitors.update().values(col<&Guest::name> = "changed").where(col<&Guest::name> != "b");
    (void)co_await session.execute(change);
    auto names = az::select(col<&Guest::name>).order_by(col<&Guest::id>);
    const auto all_names = (co_await session.scalars(names)).all();
    CHECK(all_names == std::vector<std::string>{"changed", "b", "c"});
    CHECK((co_await session.scalars(one->visitors.select())).all().size() == 2);
    CHECK_THROWS_AS(one->visitors.insert(), az::ArgumentError);
    co_await session.rollback();
}

} // namespace

ON_EACH_DATABASE("cascades: what they are unless said otherwise", "[orm.cascade.defaults]", defaults)
ON_EACH_DATABASE("cascades: the database deletes what is not loaded", "[orm.cascade.passive_deletes]", the_database_deletes)
ON_EACH_DATABASE("cascades: merging follows links", "[orm.cascade.merge]", merging_follows)
ON_EACH_DATABASE("cascades: expiring, refreshing and expunging follow links", "[orm.cascade.refresh_expire][orm.cascade.expunge]", expiring_and_expunging_follow)
ON_EACH_DATABASE("cascades: orphans of a single parent", "[orm.cascade.orphan_m2o][orm.rel.single_parent]", orphans_of_a_single_parent)
ON_EACH_DATABASE("cascades: many-to-many", "[orm.cascade.m2m_delete]", many_to_many_deletes)
ON_EACH_DATABASE("cascades: owners of write-only links", "[orm.coll.write_only_delete][orm.coll.write_only_m2m]", write_only_owners)
