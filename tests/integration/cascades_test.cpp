// SPDX-License-Identifier: MIT
// What follows an operation along a relationship, and how collections are kept, one by one, on every database.
#include "support/backend.hpp"
#include "support/catch.hpp"

#include <azoth/azoth.hpp>
#include <azoth/testing/statement_log.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace az = azoth;
using az::col;

namespace {
namespace house {

struct Room;
struct Key;
struct Guest;

/// A container of the program's own: the longest first. It counts what it is told.
struct ByLength {
    std::vector<Room*> rooms;
    int appended = 0, removed = 0;

    void append(Room& room);
    void remove(Room& room) {
        ++removed;
        std::erase(rooms, &room);
    }
    [[nodiscard]] auto begin() const { return rooms.begin(); }
    [[nodiscard]] auto end() const { return rooms.end(); }
};

struct House : az::Model<House> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> name;
    az::Mapped<std::optional<std::int64_t>> key_id;
    az::Collection<Room> rooms;                    // all cascades
    az::Collection<Guest> guests;                  // the database deletes them
    az::Related<Key> key;                          // its key goes with it
    az::Collection<House, az::AsSet> neighbours;   // a set
    az::Collection<House, az::AsSet> neighbour_of;
    az::Collection<Room, az::KeptIn<ByLength>> by_length; // read only here
    az::WriteOnly<Guest> visitors;                 // many-to-many, never loaded

    static void map(az::Mapper<House>& m);
};
struct Room : az::Model<Room> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> name;
    az::Mapped<std::optional<std::int64_t>> house_id;
    az::Related<House> house;

    static void map(az::Mapper<Room>& m);
};
struct Guest : az::Model<Guest> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> name;
    az::Mapped<std::optional<std::int64_t>> house_id;
    az::Related<House> house;

    static void map(az::Mapper<Guest>& m);
};
struct Key : az::Model<Key> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> name;

    static void map(az::Mapper<Key>& m) {
        m.table("house_key");
        m.column<&Key::id>(az::primary_key);
        m.column<&Key::name>(az::String{50});
    }
};
struct Kept : az::Model<Kept> { // owner of a write-only link without passive_deletes
    az::Mapped<std::int64_t> id;
    az::WriteOnly<struct Thing> things;

    static void map(az::Mapper<Kept>& m);
};
struct Thing : az::Model<Thing> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::optional<std::int64_t>> kept_id;

    static void map(az::Mapper<Thing>& m) {
        m.table("thing");
        m.column<&Thing::id>(az::primary_key);
        m.column<&Thing::kept_id>(az::foreign_key<&Kept::id>());
    }
};

void ByLength::append(Room& room) {
    ++appended;
    const auto shorter = [&](const Room* other) { return other->name->size() < room.name->size(); };
    rooms.insert(std::find_if(rooms.begin(), rooms.end(), shorter), &room);
}
void House::map(az::Mapper<House>& m) {
    m.table("house");
    m.column<&House::id>(az::primary_key);
    m.column<&House::name>(az::String{50});
    m.column<&House::key_id>(az::foreign_key<&Key::id>());
    m.relationship<&House::rooms>(az::back_populates<&Room::house>(), az::cascade("all"), az::order_by<&Room::id>());
    m.relationship<&House::guests>(az::back_populates<&Guest::house>(), az::passive_deletes);
    m.relationship<&House::key>(az::cascade("all, delete-orphan"), az::single_parent);
    m.relationship<&House::neighbours>(
        az::secondary("neighbour", "house_id", "other_id"), az::back_populates<&House::neighbour_of>(), az::cascade("save-update, merge, delete"));
    m.relationship<&House::neighbour_of>(az::secondary("neighbour", "other_id", "house_id"), az::back_populates<&House::neighbours>());
    m.relationship<&House::by_length>(az::viewonly);
    m.relationship<&House::visitors>(az::secondary("visitor"), az::passive_deletes);
}
void Room::map(az::Mapper<Room>& m) {
    m.table("room");
    m.column<&Room::id>(az::primary_key);
    m.column<&Room::name>(az::String{50});
    m.column<&Room::house_id>(az::foreign_key<&House::id>());
    m.relationship<&Room::house>(az::back_populates<&House::rooms>());
}
void Guest::map(az::Mapper<Guest>& m) {
    m.table("guest");
    m.column<&Guest::id>(az::primary_key);
    m.column<&Guest::name>(az::String{50});
    m.column<&Guest::house_id>(az::foreign_key<&House::id>(az::ondelete("CASCADE")));
    m.relationship<&Guest::house>(az::back_populates<&House::guests>());
}
void Kept::map(az::Mapper<Kept>& m) {
    m.table("kept");
    m.column<&Kept::id>(az::primary_key);
    m.relationship<&Kept::things>();
}

} // namespace house
using namespace house;

asio::awaitable<void> make_tables(az::Engine engine) {
    az::Registry models;
    models.add<House, Room, Guest, Key, Kept, Thing>();
    CHECK(models.warnings().empty());
    co_await models.metadata().create_all(engine);
}

std::shared_ptr<House> house_of(const char* name) { return az::make<House>(col<&House::name> = name); }
std::shared_ptr<Room> room(const char* name) { return az::make<Room>(col<&Room::name> = name); }
std::shared_ptr<Guest> guest(const char* name) { return az::make<Guest>(col<&Guest::name> = name); }
std::shared_ptr<Key> key(const char* name) { return az::make<Key>(col<&Key::name> = name); }

template <class T>
asio::awaitable<std::int64_t> count(az::Session& session) {
    auto statement = az::select(az::func::count()).select_from<T>();
    co_return co_await session.scalar(statement);
}

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

asio::awaitable<void> sessions_that_keep(az::Engine engine, az::testing::StatementLog log) {
    co_await make_tables(engine);
    const auto graphs = az::orm::live_graphs();
    {
        az::SessionOptions options;
        options.keep_objects = true;
        az::Session session{engine, options};
        session.add(house_of("h"));
        co_await session.commit();
        CHECK(session.identity_map_size() == 1); // nobody else holds it
        auto loaded = (co_await session.scalars(az::select<House>())).one();
        const auto id = *loaded->id;
        loaded.reset();
        log.clear();
        auto again = co_await session.get<House>(id);
        CHECK(log.size() == 0);
        again->name = "changed";
        co_await session.commit();
        session.expunge(again);
        CHECK(session.identity_map_size() == 0);
        again.reset();
        (void)co_await session.get<House>(id);
        CHECK(session.identity_map_size() == 1);
        auto gone = co_await session.get<House>(id);
        co_await session.delete_(gone);
        co_await session.commit();
        gone.reset();
        CHECK(session.identity_map_size() == 0);
        session.add(house_of("last"));
        co_await session.commit();
        co_await session.close();
        CHECK(session.identity_map_size() == 0);
    }
    CHECK(az::orm::live_graphs() == graphs);
}

asio::awaitable<void> transaction_handles(az::Engine engine, az::testing::StatementLog) {
    co_await make_tables(engine);
    az::Session session{engine};
    CHECK_FALSE(session.get_transaction());
    CHECK_FALSE(session.get_nested_transaction());
    session.begin();
    auto outer = session.get_transaction();
    REQUIRE(outer);
    CHECK(outer->origin() == az::TransactionOrigin::begin);
    CHECK(outer->is_active());
    CHECK_FALSE(outer->nested());
    CHECK_FALSE(outer->parent());
    const auto first = co_await session.begin_nested();
    CHECK(first.is_active());
    auto second = co_await session.begin_nested();
    CHECK(session.in_nested_transaction());
    auto inner = session.get_nested_transaction();
    REQUIRE(inner);
    CHECK(inner->nested());
    REQUIRE(inner->parent());
    CHECK(inner->parent()->nested());
    REQUIRE(inner->parent()->parent());
    CHECK(inner->parent()->parent()->origin() == az::TransactionOrigin::begin);
    co_await second.rollback();
    CHECK_FALSE(inner->is_active());
    CHECK(outer->is_active());
    co_await session.commit();
    CHECK_FALSE(outer->is_active());
    CHECK_FALSE(session.get_transaction());
    const auto none = co_await count<House>(session);
    CHECK(none == 0);
    CHECK(session.in_transaction());
    CHECK(session.get_transaction()->origin() == az::TransactionOrigin::autobegin);
    co_await session.rollback();
    CHECK_FALSE(session.get_transaction());
}

asio::awaitable<void> isolation_levels(az::Engine engine, az::testing::StatementLog log) {
    co_await make_tables(engine);
    {
        az::SessionOptions options;
        options.isolation_level = az::IsolationLevel::serializable;
        az::Session session{engine, options};
        auto* connection = co_await session.connection();
        const auto level = co_await connection->get_isolation_level();
        CHECK(level == az::IsolationLevel::serializable);
        co_await session.commit();
    }
    az::Session session{engine};
    (void)co_await session.connection(az::IsolationLevel::serializable); // this transaction's
    session.add(house_of("h"));
    co_await session.commit();
    // The connection went back with what it was made with.
    log.clear();
    auto found = (co_await session.scalars(az::select<House>())).one();
    co_await session.commit();

    // Without transactions objects are the same.
    az::SessionOptions at_once;
    at_once.isolation_level = az::IsolationLevel::autocommit;
    az::Session automatic{engine, at_once};
    log.clear();
    auto written = house_of("at once");
    automatic.add(written);
    co_await automatic.flush();
    CHECK(log.count("COMMIT") == 0);
    CHECK(az::inspect(*written).persistent());
    co_await automatic.rollback(); // undoes nothing in the database
    const auto still = co_await count<House>(session);
    CHECK(still == 2);
}

} // namespace

#define ON_EACH_DATABASE(sentence, tags, body)                                               \
    TEST_CASE("cascades: " sentence, "[integration][orm]" tags) {                            \
        const auto database = GENERATE(from_range(backend_names()));                         \
        INFO("database: " << database);                                                      \
        Backend backend{database};                                                           \
        az::testing::StatementLog log;                                                       \
        az::EngineOptions options;                                                           \
        log.attach(options);                                                                 \
        backend.run(body(backend.make_engine(options), log));                                \
    }

ON_EACH_DATABASE("what they are unless said otherwise", "[orm.cascade.defaults]", defaults)
ON_EACH_DATABASE("the database deletes what is not loaded", "[orm.cascade.passive_deletes]", the_database_deletes)
ON_EACH_DATABASE("merging follows links", "[orm.cascade.merge]", merging_follows)
ON_EACH_DATABASE("expiring, refreshing and expunging follow links", "[orm.cascade.refresh_expire][orm.cascade.expunge]", expiring_and_expunging_follow)
ON_EACH_DATABASE("orphans of a single parent", "[orm.cascade.orphan_m2o][orm.rel.single_parent]", orphans_of_a_single_parent)
ON_EACH_DATABASE("many-to-many", "[orm.cascade.m2m_delete]", many_to_many_deletes)
ON_EACH_DATABASE("lists keep their order and may hold an object twice", "[lists]", lists)
ON_EACH_DATABASE("sets hold an object once", "[orm.coll.set]", sets)
ON_EACH_DATABASE("containers of the program's own are told once", "[orm.coll.custom]", containers_of_ones_own)
ON_EACH_DATABASE("values can be set as a loader sets them", "[orm.coll.adapter]", committed_values)
ON_EACH_DATABASE("owners of write-only links", "[orm.coll.write_only_delete][orm.coll.write_only_m2m]", write_only_owners)
ON_EACH_DATABASE("sessions that keep their objects", "[orm.idmap.strong_option]", sessions_that_keep)
ON_EACH_DATABASE("handles of transactions", "[orm.tx.handles]", transaction_handles)
ON_EACH_DATABASE("isolation levels", "[orm.tx.isolation]", isolation_levels)
