// SPDX-License-Identifier: MIT
// Attributes that are more, or less, than a column: composites that may be empty, slots for a statement's expression, defaults of
// objects, keys of which a part may be NULL.
#include "support/backend.hpp"
#include "support/catch.hpp"
#include "support/on_each_database.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <azoth/testing/statement_log.hpp>

namespace az = azoth;
using az::col;
using Catch::Matchers::Contains;

namespace {

struct Point {
    std::int32_t x{}, y{};
    bool operator==(const Point&) const = default;
};
struct Span {
    std::optional<std::int32_t> low, high;
    bool operator==(const Span&) const = default;
};

struct Vertex : az::Model<Vertex> {
    az::Mapped<std::int64_t> id;
    az::Composite<Point> start;
    az::Composite<std::optional<Point>> end;
    az::Composite<Span> span; // always there, though all of it may be NULL

    static void map(az::Mapper<Vertex>& m) {
        m.table("vertex");
        m.column<&Vertex::id>(az::primary_key);
        m.composite<&Vertex::start>(az::field<&Point::x>("x1"), az::field<&Point::y>("y1"));
        m.composite<&Vertex::end>(az::field<&Point::x>("x2"), az::field<&Point::y>("y2"));
        m.composite<&Vertex::span>(az::field<&Span::low>(), az::field<&Span::high>());
    }
};
struct Misordered : az::Model<Misordered> {
    az::Mapped<std::int64_t> id;
    az::Composite<Point> at;
    static void map(az::Mapper<Misordered>& m) {
        m.table("misordered");
        m.column<&Misordered::id>(az::primary_key);
        m.composite<&Misordered::at>(az::field<&Point::y>("y"), az::field<&Point::x>("x"));
    }
};

// A comparison of one's own: by the sum of the coordinates, on values and in SQL.
inline constexpr auto distance = az::hybrid<&Vertex::start>([](const Point& point) { return point.x + point.y; })
                                     .expression([](const auto& point) { return point.template field<&Point::x>() + point.template field<&Point::y>(); });

asio::awaitable<void> empty_composites(az::Engine engine) {
    az::Registry models;
    models.add<Vertex>();
    co_await models.metadata().create_all(engine);
    const auto& table = az::mapper_of<Vertex>().table->data();
    CHECK_FALSE(table.find("x1")->nullable);
    CHECK(table.find("x2")->nullable);
    CHECK_THROWS_AS(az::mapper_of<Misordered>(), az::ArgumentError);

    az::Session session{engine};
    auto open = az::make<Vertex>(col<&Vertex::start> = Point{1, 2});
    CHECK(open->end.get() == std::nullopt); // of a new object
    auto closed = az::make<Vertex>(col<&Vertex::start> = Point{3, 4}, col<&Vertex::end> = Point{5, 6});
    closed->span = Span{7, std::nullopt};
    session.add_all(open, closed);
    co_await session.commit();
    session.expunge_all();

    auto found = (co_await session.scalars(az::select<Vertex>().order_by(col<&Vertex::id>))).all();
    REQUIRE(found.size() == 2);
    CHECK(*found[0]->end == std::nullopt);
    CHECK(found[0]->span->low == std::nullopt); // an object all the same
    CHECK(*found[1]->span == Span{7, std::nullopt});
    CHECK(*found[1]->end == Point{5, 6});
    CHECK((*found[1]->end)->y == 6);
    found[1]->end = std::nullopt;
    found[0]->end = Point{7, 8};
    co_await session.commit();
    for (const auto& vertex : found) session.expire(vertex);
    const auto first = co_await found[0]->end.load();
    const auto second = co_await found[1]->end.load();
    CHECK(first == Point{7, 8});
    CHECK(second == std::nullopt);
    found[0]->end = az::null;
    co_await session.flush();
    // Only a part of it is NULL.
    auto half = az::text("UPDATE vertex SET x2 = 9, y2 = NULL WHERE x1 = 1");
    (void)co_await session.execute(half);
    session.expire(found[0]);
    const auto part = co_await found[0]->end.load();
    CHECK(part == Point{9, 0});
    co_await session.rollback();
}

asio::awaitable<void> composites_in_sql(az::Engine engine) {
    az::Registry models;
    models.add<Vertex>();
    co_await models.metadata().create_all(engine);
    az::Session session{engine};
    auto insert = az::insert<Vertex>()
                      .values(col<&Vertex::id> = 1, col<&Vertex::start> = Point{1, 2}, col<&Vertex::end> = std::optional<Point>{})
                      .row(col<&Vertex::id> = 2, col<&Vertex::start> = Point{3, 4}, col<&Vertex::end> = std::optional<Point>{Point{5, 6}});
    CHECK(az::compile(insert, az::dialects::sqlite()).sql()
          == "INSERT INTO vertex (id, x1, y1, x2, y2) VALUES (?, ?, ?, ?, ?), (?, ?, ?, ?, ?)");
    (void)co_await session.execute(insert);
    auto ends = az::select(col<&Vertex::id>, col<&Vertex::end>).order_by(col<&Vertex::id>);
    const auto rows = (co_await session.execute(ends)).all();
    CHECK(std::get<1>(rows.at(0)) == std::nullopt);
    CHECK(std::get<1>(rows.at(1)) == Point{5, 6});

    auto update = az::update<Vertex>().where(col<&Vertex::start> == Point{1, 2}).values(col<&Vertex::start> = Point{10, 20});
    CHECK(az::compile(update, az::dialects::sqlite()).sql() == "UPDATE vertex SET x1=?, y1=? WHERE vertex.x1 = ? AND vertex.y1 = ?");
    (void)co_await session.execute(update);
    const auto count = [&session](auto condition) -> asio::awaitable<std::int64_t> {
        auto statement = az::select(az::func::count()).select_from<Vertex>().where(condition);
        const auto found = co_await session.scalar(statement);
        co_return found;
    };
    const auto moved = co_await count(col<&Vertex::start> == Point{10, 20});
    CHECK(moved == 1);
    const auto beyond = co_await count(col<&Vertex::start> >= Point{10, 20});
    CHECK(beyond == 1);
    const auto open = co_await count(col<&Vertex::end> == az::null);
    CHECK(open == 1);
    const auto closed = co_await count(col<&Vertex::end> != az::null);
    CHECK(closed == 1);
    const auto none = co_await count(col<&Vertex::end> == std::optional<Point>{});
    CHECK(none == 1);
    const auto half = co_await count(col<&Vertex::span> == Span{});
    CHECK(half == 2); // IS NULL, part by part
    const auto near = co_await count(distance() < 8);
    CHECK(near == 1);
    const auto one = (co_await session.scalars(az::select<Vertex>().where(distance() == 30))).one();
    CHECK(distance(*one) == 30);
    CHECK_THROWS_AS(col<&Vertex::end> < std::optional<Point>{}, az::ArgumentError);
    CHECK(az::compile(az::select(col<&Vertex::id>).where(col<&Vertex::start> != Point{1, 2}), az::dialects::sqlite()).sql()
          == "SELECT vertex.id FROM vertex WHERE vertex.x1 != ? AND vertex.y1 != ?");
    co_await session.rollback();
}

struct Match : az::Model<Match> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::int64_t> goals;
    az::Mapped<std::int64_t> minutes;
    az::Mapped<std::optional<std::int64_t>> rate;
    az::Mapped<std::optional<std::int64_t>> total; // with an expression of its own
    static void map(az::Mapper<Match>& m) {
        m.table("match_played");
        m.column<&Match::id>(az::primary_key);
        m.columns<&Match::goals, &Match::minutes>();
        m.query_expression<&Match::rate>();
        m.query_expression<&Match::total>([] { return col<&Match::goals> + col<&Match::minutes>; });
    }
};

asio::awaitable<void> slots_are_filled_by_statements(az::Engine engine) {
    az::Registry models;
    models.add<Match>();
    co_await models.metadata().create_all(engine);
    az::Session session{engine};
    auto fresh = az::make<Match>(col<&Match::goals> = 2, col<&Match::minutes> = 3);
    CHECK(*fresh->rate == std::nullopt);
    session.add(fresh);
    co_await session.commit();
    session.expunge_all();
    fresh.reset();

    const auto with_rate = az::select<Match>().options(az::with_expression<&Match::rate>(col<&Match::goals> * std::int64_t{10}));
    auto match = (co_await session.scalars(az::select<Match>())).one();
    CHECK(*match->rate == std::nullopt);
    CHECK(*match->total == 5);
    (void)co_await session.scalars(with_rate);
    CHECK(*match->rate == std::nullopt); // it was there already
    (void)co_await session.scalars(with_rate, az::SessionExecution().populate_existing());
    CHECK(*match->rate == 20);
    (void)co_await session.scalars(az::select<Match>());
    CHECK(*match->rate == 20);

    match->goals = 7;
    co_await session.flush();
    CHECK(*match->rate == std::nullopt); // lost, and not loaded by itself
    CHECK(*match->total == std::nullopt);
    const auto asked = co_await match->rate.load();
    CHECK(asked == std::nullopt);
    (void)co_await session.scalars(with_rate);
    CHECK(*match->rate == 70);
    CHECK(*match->total == 10);
    session.expire(match);
    CHECK(*match->rate == std::nullopt);
    const auto goals = co_await match->goals.load();
    CHECK(goals == 7);
    CHECK(*match->rate == std::nullopt);
    CHECK(*match->total == std::nullopt);
    (void)co_await session.scalars(with_rate);
    CHECK(*match->rate == 70);
    co_await session.refresh(match);
    CHECK(*match->rate == std::nullopt);
    CHECK(*match->total == 10);
    co_await session.commit();

    // Streams and first objects are filled, too.
    session.expunge_all();
    match.reset();
    auto again = (co_await session.scalars(with_rate)).one();
    CHECK(*again->rate == 70);
    again.reset();
    session.expunge_all();
    {
        auto stream = co_await session.stream_scalars(with_rate);
        const auto batch = co_await stream.next();
        REQUIRE(batch.has_value());
        CHECK(*(*batch)->rate == 70);
        co_await stream.close();
    }
    // In other places the slot is NULL, and a subquery does not have the expression.
    const auto sqlite = az::dialects::sqlite();
    CHECK(az::compile(az::select(col<&Match::id>).where(col<&Match::rate> > 5).order_by(col<&Match::rate>), sqlite).sql()
          == "SELECT match_played.id FROM match_played WHERE NULL > ? ORDER BY NULL");
    const auto rows = with_rate.subquery("rows");
    CHECK_THAT(az::compile(az::select(rows.c("id")), sqlite).sql(), !Contains("*"));
    CHECK_THROWS_AS(az::with_expression<&Match::goals>(col<&Match::id>), az::ArgumentError);
    co_await session.rollback();
}

struct Depot;
struct Truck : az::Model<Truck> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> colour;
    az::Mapped<std::optional<std::int64_t>> depot_id;
    az::Related<Depot> depot;
    std::string driver = "nobody"; // not mapped
    static void map(az::Mapper<Truck>& m);
};
struct Depot : az::Model<Depot> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> town;
    static void map(az::Mapper<Depot>& m) {
        m.table("depot");
        m.column<&Depot::id>(az::primary_key, az::init(false));
        m.column<&Depot::town>(az::String{20});
    }
};
void Truck::map(az::Mapper<Truck>& m) {
    m.table("truck");
    m.column<&Truck::id>(az::primary_key, az::init(false));
    m.column<&Truck::colour>(az::String{20}, az::init_default("red"), az::insert_default("blue"));
    m.column<&Truck::depot_id>(az::foreign_key<&Depot::id>(), az::init_default(std::int64_t{1}));
    m.relationship<&Truck::depot>();
}

asio::awaitable<void> defaults_of_objects(az::Engine engine) {
    az::Registry models;
    models.add<Truck, Depot>();
    co_await models.metadata().create_all(engine);
    az::Session session{engine};
    auto first = az::make<Depot>(col<&Depot::town> = "Ulm");
    session.add(first);
    co_await session.flush();
    REQUIRE(*first->id == 1);
    auto plain = az::make<Truck>();
    CHECK(*plain->colour == "red");
    session.add(plain);
    co_await session.flush();
    CHECK(*plain->colour == "blue");
    CHECK(*plain->depot_id == 1); // written, though nobody set it
    auto linked = az::make<Truck>(col<&Truck::depot> = az::make<Depot>(col<&Depot::town> = "Bonn"), col<&Truck::colour> = "green");
    session.add(linked);
    co_await session.flush();
    CHECK(*linked->depot_id == *linked->depot->id); // the link's key, not the default
    CHECK(*linked->colour == "green");
    const auto id = *linked->id;
    linked->driver = "Ann";
    session.expire(linked);
    const auto colour = co_await linked->colour.load();
    CHECK(colour == "green");
    CHECK(linked->driver == "Ann"); // what is not mapped stays with the object
    co_await session.commit();
    session.expunge_all();
    linked.reset();
    auto loaded = co_await session.get<Truck>(id);
    CHECK(loaded->driver == "nobody"); // a load leaves it as the constructor did
    CHECK(*loaded->colour == "green");

    // A merge does not take defaults for values.
    session.expunge_all();
    auto copy = az::make<Truck>();
    copy->id = id;
    auto merged = co_await session.merge(copy);
    CHECK(*merged->colour == "green");
    co_await session.rollback();
}

struct Street : az::Model<Street> {
    az::Mapped<std::int64_t> number;
    az::Mapped<std::optional<std::int64_t>> part;
    az::Mapped<std::string> name;
    static void map(az::Mapper<Street>& m) {
        m.table("street");
        m.columns<&Street::number, &Street::part>();
        m.column<&Street::name>(az::String{20});
        m.primary_key<&Street::number, &Street::part>();
    }
};
struct StrictStreet : az::Model<StrictStreet> {
    az::Mapped<std::int64_t> number;
    az::Mapped<std::optional<std::int64_t>> part;
    az::Mapped<std::string> name;
    static void map(az::Mapper<StrictStreet>& m) {
        m.table("strict_street");
        m.columns<&StrictStreet::number, &StrictStreet::part>();
        m.column<&StrictStreet::name>(az::String{20});
        m.primary_key<&StrictStreet::number, &StrictStreet::part>();
        m.allow_partial_pks(false);
    }
};
struct Door : az::Model<Door> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::optional<std::int64_t>> number, part;
    az::Related<Street> street;
    az::Related<StrictStreet> strict;
    static void map(az::Mapper<Door>& m) {
        m.table("door");
        m.column<&Door::id>(az::primary_key);
        m.columns<&Door::number, &Door::part>();
        m.relationship<&Door::street>(az::viewonly, az::primaryjoin([] {
            return az::foreign(col<&Door::number>) == col<&Street::number> && az::foreign(col<&Door::part>) == col<&Street::part>;
        }));
        m.relationship<&Door::strict>(az::viewonly, az::primaryjoin([] {
            return az::foreign(col<&Door::number>) == col<&StrictStreet::number> && az::foreign(col<&Door::part>) == col<&StrictStreet::part>;
        }));
    }
};

asio::awaitable<void> links_by_keys_with_nulls(az::Engine engine) {
    az::Registry models;
    models.add<Street, StrictStreet, Door>();
    co_await models.metadata().create_all(engine);
    az::Session session{engine};
    for (const char* table : {"street", "strict_street"})
        for (const char* row : {"1, 2, 'both'", "1, NULL, 'half'", "2, NULL, 'other'"}) {
            auto statement = az::text(std::string{"INSERT INTO "} + table + " (number, part, name) VALUES (" + row + ")");
            (void)co_await session.execute(statement);
        }
    session.add(az::make<Door>(col<&Door::id> = 1, col<&Door::number> = 1, col<&Door::part> = 2));
    session.add(az::make<Door>(col<&Door::id> = 2, col<&Door::number> = 1));
    session.add(az::make<Door>(col<&Door::id> = 3));
    co_await session.commit();
    session.expunge_all();
    const auto street_of = [&session](std::int64_t id) -> asio::awaitable<std::string> {
        auto door = co_await session.get<Door>(id);
        auto street = co_await door->street.load();
        auto strict = co_await door->strict.load();
        co_return (street ? *street->name : "none") + "/" + (strict ? *strict->name : "none");
    };
    const auto whole = co_await street_of(1);
    CHECK(whole == "both/both");
    const auto half = co_await street_of(2);
    CHECK(half == "half/none"); // a row that may be there; strictly none
    const auto none = co_await street_of(3);
    CHECK(none == "none/none");

    // Which rows are objects, and which merge() looks for.
    std::size_t loosely = 0, strictly = 0;
    for (const auto& street : co_await session.scalars(az::select<Street>())) loosely += street != nullptr ? 1U : 0U;
    for (const auto& street : co_await session.scalars(az::select<StrictStreet>())) strictly += street != nullptr ? 1U : 0U;
    CHECK(loosely == 3);
    CHECK(strictly == 1);
    auto merged = co_await session.merge(az::make<Street>(col<&Street::number> = 2, col<&Street::part> = az::null, col<&Street::name> = "new"));
    CHECK(az::inspect(merged).persistent());
    session.expunge(merged);
    auto strict_copy = az::make<StrictStreet>(col<&StrictStreet::number> = 2, col<&StrictStreet::part> = az::null, col<&StrictStreet::name> = "new");
    auto added = co_await session.merge(strict_copy);
    CHECK(az::inspect(added).pending());
    session.expunge(added);
    co_await session.rollback();
}

} // namespace

ON_EACH_DATABASE("mapping: composites may be empty", "[orm.composite.none]", empty_composites)
ON_EACH_DATABASE("mapping: composites are selected, compared and written by statements", "[orm.composite.sql]", composites_in_sql)
ON_EACH_DATABASE("mapping: slots are filled by statements, and by nothing else",
                 "[orm.expr.query_expression][orm.colload.with_expression]", slots_are_filled_by_statements)
ON_EACH_DATABASE("mapping: objects have defaults of their own, and members that are not mapped",
                 "[orm.dc.insert_default][orm.dc.nonmapped]", defaults_of_objects)
ON_EACH_DATABASE("mapping: links by keys of which a part is NULL", "[orm.mapper.partial_pks]", links_by_keys_with_nulls)
