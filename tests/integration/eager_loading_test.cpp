// SPDX-License-Identifier: MIT
// Relationships loaded along with their owners: by the mapping and by options, in one SELECT or in two.
#include <memory>
#include <string>
#include <vector>

#include <azoth/azoth.hpp>

#include "support/on_each_database.hpp"

namespace az = azoth;
using az::col;

namespace {

struct Tag;
struct Town;
struct Street;

struct Land : az::Model<Land> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> name;
    az::Collection<Town> towns; // joined
    static void map(az::Mapper<Land>& m);
};
struct Town : az::Model<Town> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> name;
    az::Mapped<std::optional<std::int64_t>> land_id;
    az::Related<Land> land;         // joined
    az::Collection<Street> streets; // by one more SELECT
    az::Collection<Tag> tags;       // when asked for
    static void map(az::Mapper<Town>& m);
};
struct Street : az::Model<Street> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> name;
    az::Mapped<std::int64_t> town_id;
    az::Related<Town> town;
    static void map(az::Mapper<Street>& m);
};
struct Tag : az::Model<Tag> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> word;
    az::Collection<Town> towns;
    static void map(az::Mapper<Tag>& m);
};

void Land::map(az::Mapper<Land>& m) {
    m.table("land");
    m.column<&Land::id>(az::primary_key);
    m.column<&Land::name>(az::String{30});
    m.relationship<&Land::towns>(az::back_populates<&Town::land>(), az::order_by<&Town::name>(), az::lazy(az::Lazy::joined));
}
void Town::map(az::Mapper<Town>& m) {
    m.table("town");
    m.column<&Town::id>(az::primary_key);
    m.column<&Town::name>(az::String{30});
    m.column<&Town::land_id>(az::foreign_key<&Land::id>());
    m.relationship<&Town::land>(az::back_populates<&Land::towns>(), az::lazy(az::Lazy::joined));
    m.relationship<&Town::streets>(az::back_populates<&Street::town>(), az::order_by<&Street::id>(), az::lazy(az::Lazy::selectin));
    m.relationship<&Town::tags>(az::back_populates<&Tag::towns>(), az::order_by<&Tag::word>(), az::secondary("town_tag"));
}
void Street::map(az::Mapper<Street>& m) {
    m.table("street");
    m.column<&Street::id>(az::primary_key);
    m.column<&Street::name>(az::String{30});
    m.column<&Street::town_id>(az::foreign_key<&Town::id>());
    m.relationship<&Street::town>(az::back_populates<&Town::streets>());
}
void Tag::map(az::Mapper<Tag>& m) {
    m.table("tag");
    m.column<&Tag::id>(az::primary_key);
    m.column<&Tag::word>(az::String{30});
    m.relationship<&Tag::towns>(az::back_populates<&Town::tags>(), az::secondary("town_tag"));
}

struct Shelf : az::Model<Shelf> {
    az::Mapped<std::int64_t> id;
    az::WriteOnly<Tag> tags;
    static void map(az::Mapper<Shelf>& m) {
        m.table("shelf");
        m.column<&Shelf::id>(az::primary_key);
        m.relationship<&Shelf::tags>(az::secondary("shelf_tag"), az::lazy(az::Lazy::joined));
    }
};

std::shared_ptr<Town> town(std::int64_t id, const char* name) { return az::make<Town>(col<&Town::id> = id, col<&Town::name> = name); }

/// Italy with Bari (Via Po, Via Uno; old, south) and Asti (old); Malta with none; Atlas in no land.
asio::awaitable<void> fill(az::Engine engine) {
    az::Registry models;
    models.add<Land, Town, Street, Tag>();
    co_await models.metadata().create_all(engine);
    az::Session session{engine};
    auto italy = az::make<Land>(col<&Land::id> = 1, col<&Land::name> = "Italy");
    auto malta = az::make<Land>(col<&Land::id> = 2, col<&Land::name> = "Malta");
    auto bari = town(1, "Bari");
    auto asti = town(2, "Asti");
    auto atlas = town(3, "Atlas");
    italy->towns.append(bari);
    italy->towns.append(asti);
    bari->streets.append(az::make<Street>(col<&Street::id> = 1, col<&Street::name> = "Via Po"));
    bari->streets.append(az::make<Street>(col<&Street::id> = 2, col<&Street::name> = "Via Uno"));
    auto old = az::make<Tag>(col<&Tag::id> = 1, col<&Tag::word> = "old");
    auto south = az::make<Tag>(col<&Tag::id> = 2, col<&Tag::word> = "south");
    bari->tags.append(old);
    bari->tags.append(south);
    asti->tags.append(old);
    session.add_all(italy, malta, atlas);
    co_await session.commit();
}

std::string names(const az::Collection<Town>& towns) {
    std::string all;
    for (const auto& one : towns) all += *one->name + " ";
    return all;
}

asio::awaitable<void> come_with_their_owners(az::Engine engine, az::testing::StatementLog log) {
    co_await fill(engine);
    az::Session session{engine};
    log.clear();
    const auto lands = co_await session.scalars(az::select<Land>().order_by(col<&Land::name>));
    const auto all = lands.all();
    REQUIRE(all.size() == 2); // Italy's two rows are one object
    CHECK(log.count("SELECT land.id") == 1);
    CHECK(log.count("SELECT") == 2); // the streets of all towns
    CHECK(names(all[0]->towns) == "Asti Bari ");
    CHECK(all[1]->towns.empty());
    const auto bari = all[0]->towns[1];
    CHECK(bari->streets.size() == 2);
    CHECK(*bari->land->name == "Italy");
    CHECK_THROWS_AS(bari->tags.size(), az::NotLoadedError);
    CHECK(log.count("SELECT") == 2);

    const auto towns = co_await session.scalars(az::select<Town>().order_by(col<&Town::id>));
    const auto found = towns.all();
    REQUIRE(found.size() == 3);
    CHECK(found[0] == bari);
    CHECK(*found[1]->land->id == 1);
    CHECK(found[2]->land.get() == nullptr); // an outer join: no land, and no error
    CHECK(found[2]->streets.empty());
}

asio::awaitable<void> counted_rows_stay_whole(az::Engine engine, az::testing::StatementLog log) {
    co_await fill(engine);
    az::Session session{engine};
    log.clear();
    // Two lands, not two rows.
    const auto few = co_await session.scalars(az::select<Land>().order_by(col<&Land::name>).limit(2));
    const auto lands = few.all();
    REQUIRE(lands.size() == 2);
    CHECK(names(lands[0]->towns) == "Asti Bari ");
    CHECK(lands[1]->towns.empty());
    for (const auto& text : log.texts()) CHECK(text.find("JOIN") == std::string::npos);
    session.expunge_all();
    // One land for a town: there a join does no harm.
    log.clear();
    const auto statement = az::select<Town>().order_by(col<&Town::id>).limit(1).offset(1);
    const auto second = co_await session.scalars(statement);
    CHECK(*second.one()->land->name == "Italy");
    CHECK(log.texts().at(0).find("LEFT OUTER JOIN land AS land_1 ON land_1.id = town.land_id") != std::string::npos);
    session.expunge_all();
    // Several entities, and rows that are grouped.
    const auto pairs = co_await session.execute(az::select<Land, Town>().join<&Land::towns>().order_by(col<&Town::id>));
    const auto rows = pairs.all();
    REQUIRE(rows.size() == 2);
    CHECK(std::get<0>(rows[0])->towns.size() == 2);
    CHECK(std::get<1>(rows[0])->streets.size() == 2);
}

asio::awaitable<void> options_say_how(az::Engine engine, az::testing::StatementLog log) {
    co_await fill(engine);
    az::Session session{engine};
    log.clear();
    const auto joined = az::select<Tag>().order_by(col<&Tag::id>).options(az::joinedload<&Tag::towns>().joinedload<&Town::streets>());
    const auto found = co_await session.scalars(joined);
    const auto tags = found.all();
    REQUIRE(tags.size() == 2);
    CHECK(tags[0]->towns.size() == 2);
    CHECK(tags[1]->towns.size() == 1);
    CHECK(tags[1]->towns[0]->streets.size() == 2);
    CHECK(*tags[1]->towns[0]->land->name == "Italy"); // as its mapping says
    CHECK(log.count("SELECT") == 1);
    session.expunge_all();
    log.clear();
    const auto instead = az::select<Land>().order_by(col<&Land::id>).options(az::selectinload<&Land::towns>());
    const auto lands = co_await session.scalars(instead);
    CHECK(names(lands.all()[0]->towns) == "Asti Bari ");
    CHECK(log.texts().at(0).find("JOIN") == std::string::npos);
    // A criterion of the program's own join is no criterion of what is loaded.
    session.expunge_all();
    const auto with = az::select<Land>().join<&Land::towns>().where(col<&Town::name> == "Bari");
    const auto one = co_await session.scalars(with);
    CHECK(names(one.one()->towns) == "Asti Bari ");
}

asio::awaitable<void> what_is_there_stays(az::Engine engine) {
    co_await fill(engine);
    az::SessionOptions options;
    options.autoflush = false;
    az::Session session{engine, options};
    auto italy = co_await session.get<Land>(1);
    CHECK(names(italy->towns) == "Asti Bari ");
    auto added = town(9, "Como");
    italy->towns.append(added);
    co_await session.scalars(az::select<Land>());
    CHECK(names(italy->towns) == "Asti Bari Como "); // the program's change
    co_await session.flush();
    {
        az::Session other{engine};
        co_await session.commit();
        auto asti = co_await other.get<Town>(2);
        asti->land = nullptr;
        auto bari = co_await other.get<Town>(1);
        bari->name = "Barletta";
        co_await other.commit();
    }
    co_await session.refresh(italy); // its row and its links; objects that are there keep what they have
    CHECK(names(italy->towns) == "Bari Como ");
    auto fresh = co_await session.scalars(az::select<Land>().where(col<&Land::id> == 1), az::SessionExecution().populate_existing());
    CHECK(fresh.one() == italy);
    CHECK(names(italy->towns) == "Barletta Como ");
    co_await session.refresh_for_update(italy); // no join: PostgreSQL locks no outer rows
    CHECK(names(italy->towns) == "Barletta Como ");
    // A row that is gone.
    auto malta = co_await session.get<Land>(2);
    co_await session.execute(az::text("DELETE FROM land WHERE id = 2"));
    bool gone = false;
    try {
        co_await session.refresh(malta);
    } catch (const az::InvalidRequestError&) {
        gone = true;
    }
    CHECK(gone);
}

} // namespace

ON_EACH_DATABASE("eager loading: what the mapping says comes with its owners", "[orm.load]", come_with_their_owners)
ON_EACH_DATABASE("eager loading: limits count objects, and rows of several classes stay rows", "[orm.load]", counted_rows_stay_whole)
ON_EACH_DATABASE("eager loading: a statement's options say how", "[orm.load]", options_say_how)
ON_EACH_DATABASE("eager loading: what the session has stays, refresh() reads links anew", "[orm.load]", what_is_there_stays)

TEST_CASE("eager loading: not of what is never loaded whole", "[orm][mapping]") {
    az::Registry models;
    CHECK_THROWS_WITH((models.add<Shelf, Tag>()), Catch::Matchers::Contains("Shelf::tags") && Catch::Matchers::Contains("lazy()"));
}
