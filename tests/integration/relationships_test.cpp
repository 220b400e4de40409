// SPDX-License-Identifier: MIT
// The patterns of relationships, one by one, on every database: what is written, what is loaded, what is refused.
#include "support/backend.hpp"
#include "support/catch.hpp"
#include "support/on_each_database.hpp"

#include <azoth/azoth.hpp>
#include <azoth/testing/statement_log.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace az = azoth;
using az::col;

namespace {
namespace people {

using Id = az::Mapped<std::int64_t>;
using Number = az::Mapped<std::optional<std::int64_t>>;
using Text = az::Mapped<std::string>;

struct Passport;
struct Home;
struct Course;
struct Enrollment;

struct Person : az::Model<Person> {
    Id id;
    Text name;
    Number work_id;
    Number holiday_id;
    az::Related<Passport> passport; // one-to-one
    az::Related<Home> work;         // two keys to one table
    az::Related<Home> holiday;
    az::Collection<Course> courses; // many-to-many
    az::Collection<Person> friends; // with itself
    az::Collection<Person> friend_of;
    az::Collection<Enrollment> enrollments; // the association table as a class
    az::Collection<Enrollment> best;        // read only, with another condition
    az::Collection<Enrollment> good;        // written, with another condition

    static void map(az::Mapper<Person>& m);
};
struct Passport : az::Model<Passport> {
    Id id;
    Number person_id;
    Text number;
    az::Related<Person> person;

    static void map(az::Mapper<Passport>& m);
};
struct Home : az::Model<Home> {
    Id id;
    Text city;
    az::Collection<Person> workers;

    static void map(az::Mapper<Home>& m);
};
struct Course : az::Model<Course> {
    Id id;
    Text title;
    az::Collection<Person> people;

    static void map(az::Mapper<Course>& m);
};
struct Enrollment : az::Model<Enrollment> {
    az::Mapped<std::int64_t> person_id;
    az::Mapped<std::int64_t> course_id;
    Number grade;
    az::Related<Person> person;
    az::Related<Course> course;

    static void map(az::Mapper<Enrollment>& m);
};
struct Region : az::Model<Region> { // a key of two columns
    Text country;
    Text code;
    az::Collection<struct City> cities;

    static void map(az::Mapper<Region>& m);
};
struct City : az::Model<City> {
    Id id;
    az::Mapped<std::optional<std::string>> country;
    az::Mapped<std::optional<std::string>> region;
    Text name;
    az::Related<Region> in;

    static void map(az::Mapper<City>& m);
};

void Person::map(az::Mapper<Person>& m) {
    m.table("person");
    m.column<&Person::id>(az::primary_key);
    m.column<&Person::name>(az::String{50});
    m.column<&Person::work_id>(az::foreign_key<&Home::id>());
    m.column<&Person::holiday_id>(az::foreign_key<&Home::id>());
    m.relationship<&Person::passport>(az::back_populates<&Passport::person>());
    m.relationship<&Person::work>(az::foreign_keys<&Person::work_id>(), az::back_populates<&Home::workers>());
    m.relationship<&Person::holiday>(az::foreign_keys<&Person::holiday_id>());
    m.relationship<&Person::courses>(az::secondary("person_course"), az::back_populates<&Course::people>(), az::order_by<&Course::title>());
    m.relationship<&Person::friends>(
        az::secondary("person_friend", "person_id", "friend_id"), az::back_populates<&Person::friend_of>(), az::order_by<&Person::name>());
    m.relationship<&Person::friend_of>(az::secondary("person_friend", "friend_id", "person_id"), az::back_populates<&Person::friends>());
    m.relationship<&Person::enrollments>(
        az::back_populates<&Enrollment::person>(), az::cascade("all, delete-orphan"), az::order_by_desc<&Enrollment::grade>());
    m.relationship<&Person::best>(
        az::primaryjoin([] { return col<&Person::id> == col<&Enrollment::person_id> && col<&Enrollment::grade> == 1; }), az::viewonly);
    m.relationship<&Person::good>(
        az::primaryjoin([] { return col<&Person::id> == az::foreign(col<&Enrollment::person_id>) && col<&Enrollment::grade> < 3; }),
        az::overlaps("enrollments, person"));
}
void Passport::map(az::Mapper<Passport>& m) {
    m.table("passport");
    m.column<&Passport::id>(az::primary_key);
    m.column<&Passport::person_id>(az::foreign_key<&Person::id>());
    m.column<&Passport::number>(az::String{20});
    m.relationship<&Passport::person>(az::back_populates<&Person::passport>());
}
void Home::map(az::Mapper<Home>& m) {
    m.table("home");
    m.column<&Home::id>(az::primary_key);
    m.column<&Home::city>(az::String{50});
    m.relationship<&Home::workers>(az::foreign_keys<&Person::work_id>(), az::back_populates<&Person::work>());
}
void Course::map(az::Mapper<Course>& m) {
    m.table("course");
    m.column<&Course::id>(az::primary_key);
    m.column<&Course::title>(az::String{50});
    m.relationship<&Course::people>(az::secondary("person_course"), az::back_populates<&Person::courses>());
}
void Enrollment::map(az::Mapper<Enrollment>& m) {
    m.table("enrollment");
    m.column<&Enrollment::person_id>(az::primary_key, az::foreign_key<&Person::id>());
    m.column<&Enrollment::course_id>(az::primary_key, az::foreign_key<&Course::id>());
    m.column<&Enrollment::grade>();
    m.relationship<&Enrollment::person>(az::back_populates<&Person::enrollments>());
    m.relationship<&Enrollment::course>();
}
void Region::map(az::Mapper<Region>& m) {
    m.table("region");
    m.column<&Region::country>(az::String{2}, az::primary_key);
    m.column<&Region::code>(az::String{10}, az::primary_key);
    m.relationship<&Region::cities>(az::back_populates<&City::in>(), az::order_by<&City::name>());
}
void City::map(az::Mapper<City>& m) {
    m.table("city");
    m.column<&City::id>(az::primary_key);
    m.column<&City::country>(az::String{2});
    m.column<&City::region>(az::String{10});
    m.column<&City::name>(az::String{50});
    m.foreign_key<&City::country, &City::region>(az::references<&Region::country, &Region::code>());
    m.relationship<&City::in>(az::back_populates<&Region::cities>());
}

} // namespace people
using namespace people;

asio::awaitable<void> make_tables(az::Engine engine) {
    az::Registry models;
    models.add<Person, Passport, Home, Course, Enrollment, Region, City>();
    CHECK(models.warnings().empty());
    co_await models.metadata().create_all(engine);
}

std::shared_ptr<Person> person(const char* name) { return az::make<Person>(col<&Person::name> = name); }
std::shared_ptr<Course> course(const char* title) { return az::make<Course>(col<&Course::title> = title); }
std::shared_ptr<Passport> passport(const char* number) { return az::make<Passport>(col<&Passport::number> = number); }

template <class T>
asio::awaitable<std::int64_t> count(az::Session& session) {
    auto statement = az::select(az::func::count()).select_from<T>();
    co_return co_await session.scalar(statement);
}
asio::awaitable<std::int64_t> count_rows(az::Session& session, std::string table) {
    auto statement = az::text("SELECT count(*) FROM " + table);
    const auto rows = co_await session.execute(statement);
    co_return rows.one().get<std::int64_t>(0);
}

asio::awaitable<void> one_to_one(az::Engine engine, az::testing::StatementLog) {
    co_await make_tables(engine);
    az::Session session{engine};
    auto ann = person("Ann");
    auto first = passport("1");
    ann->passport = first;
    CHECK(first->person.get() == ann);
    session.add(ann);
    co_await session.commit();
    auto second = passport("2");
    ann->passport = second; // the first one loses its key
    CHECK(first->person.get() == nullptr);
    co_await session.commit();
    CHECK(*first->person_id == std::nullopt);
    CHECK(second->person_id->value() == *ann->id);
    session.expire(ann);
    CHECK_THROWS_AS(ann->passport = nullptr, az::NotLoadedError); // who would be left with its key is not known
    const auto loaded = co_await ann->passport.load();
    CHECK(loaded == second);

    // Nothing in the database forbids a second row: it is told of, and the first is taken.
    auto third = passport("3");
    session.add(third);
    third->person_id = *ann->id;
    co_await session.commit();
    std::vector<std::string> warnings;
    engine.events().warning.connect([&](std::string_view text) { warnings.emplace_back(text); });
    session.expire(ann);
    const auto either = co_await ann->passport.load();
    CHECK((either == second || either == third));
    REQUIRE(warnings.size() == 1);
    CHECK(warnings.front().find("Person.passport") != std::string::npos);
    session.expunge_all();
    auto statement = az::select<Person>().options(az::selectinload<&Person::passport>());
    (void)co_await session.scalars(statement);
    CHECK(warnings.size() == 2);
}

asio::awaitable<void> many_to_many(az::Engine engine, az::testing::StatementLog log) {
    co_await make_tables(engine);
    az::Session session{engine};
    auto ann = person("Ann");
    auto bob = person("Bob");
    auto maths = course("maths");
    auto art = course("art");
    ann->courses = std::vector{maths, art};
    art->people.append(bob);
    CHECK(bob->courses.contains(art));
    session.add_all(ann, bob);
    co_await session.commit();
    auto rows = co_await count_rows(session, "person_course");
    CHECK(rows == 3);
    session.expire(ann);
    const auto in_order = co_await ann->courses.load();
    REQUIRE(in_order.size() == 2);
    CHECK(in_order[0] == art); // by title

    // A list may show an object twice. Two new entries are two rows, which the table's key refuses.
    auto history = course("history");
    bob->courses.append(history);
    bob->courses.append(history);
    CHECK(bob->courses.size() == 3);
    bool refused = false;
    try {
        co_await session.flush();
    } catch (const az::IntegrityError&) {
        refused = true;
    }
    CHECK(refused);
    co_await session.rollback();

    // Deleting either side deletes the rows between, loaded for that.
    session.expunge_all();
    auto again = (co_await session.scalars(az::select<Course>().where(col<&Course::title> == "art"))).one();
    co_await session.delete_(again);
    log.clear();
    co_await session.commit();
    CHECK(log.count("SELECT") == 1);
    CHECK(log.count("DELETE") == 2);
    rows = co_await count_rows(session, "person_course");
    CHECK(rows == 1);
    const auto people = co_await count<Person>(session);
    CHECK(people == 2);
}

asio::awaitable<void> friends_of_friends(az::Engine engine, az::testing::StatementLog) {
    co_await make_tables(engine);
    az::Session session{engine};
    auto ann = person("Ann");
    auto bob = person("Bob");
    auto cid = person("Cid");
    ann->friends.append(bob);
    cid->friend_of.append(ann);
    CHECK(bob->friend_of.contains(ann));
    CHECK(ann->friends.contains(cid));
    session.add(ann);
    co_await session.commit();
    session.expunge_all();
    auto found = (co_await session.scalars(az::select<Person>().where(col<&Person::name> == "Bob"))).one();
    CHECK((co_await found->friends.load()).empty());
    const auto of = co_await found->friend_of.load();
    REQUIRE(of.size() == 1);
    CHECK(*of[0]->name == "Ann");
    const auto friends = co_await of[0]->friends.load();
    REQUIRE(friends.size() == 2);
    CHECK(*friends[1]->name == "Cid");

    // The target is an alias of the table; what is asked of it is asked of the alias.
    const auto names = [&session](az::Expr<bool> condition) -> asio::awaitable<std::vector<std::string>> {
        auto statement = az::select(col<&Person::name>).where(condition).order_by(col<&Person::name>);
        auto found_names = co_await session.scalars(statement);
        co_return found_names.all();
    };
    const auto with_friends = co_await names(az::any<&Person::friends>());
    CHECK(with_friends == std::vector<std::string>{"Ann"});
    const auto with_cid = co_await names(az::any<&Person::friends>(col<&Person::name> == "Cid"));
    CHECK(with_cid == std::vector<std::string>{"Ann"});
    const auto with_dora = co_await names(az::any<&Person::friends>(col<&Person::name> == "Dora"));
    CHECK(with_dora.empty());
    const auto of_ann = co_await names(az::any<&Person::friend_of>(col<&Person::name> == "Ann"));
    CHECK(of_ann == std::vector<std::string>{"Bob", "Cid"});
}

asio::awaitable<void> association_objects(az::Engine engine, az::testing::StatementLog) {
    co_await make_tables(engine);
    az::Session session{engine};
    auto ann = person("Ann");
    for (const auto* title : {"a", "b", "c"}) {
        auto enrollment = az::make<Enrollment>();
        enrollment->course = course(title);
        enrollment->grade = title[0] - 'a' + 1;
        ann->enrollments.append(enrollment);
    }
    session.add(ann);
    co_await session.commit(); // both keys come from the two sides
    session.expunge_all();
    auto found = (co_await session.scalars(az::select<Person>())).one();
    const auto enrollments = co_await found->enrollments.load();
    REQUIRE(enrollments.size() == 3);
    CHECK(enrollments[0]->grade->value() == 3); // grades descend
    found->enrollments.remove(enrollments[0]);
    co_await session.commit();
    const auto left = co_await count<Enrollment>(session);
    CHECK(left == 2);
    const auto courses = co_await count<Course>(session);
    CHECK(courses == 3);
    co_await session.delete_(found);
    co_await session.commit();
    const auto none = co_await count<Enrollment>(session);
    CHECK(none == 0);
}

asio::awaitable<void> conditions_of_ones_own(az::Engine engine, az::testing::StatementLog log) {
    co_await make_tables(engine);
    az::Session session{engine};
    auto ann = person("Ann");
    for (int grade = 1; grade <= 4; ++grade) {
        auto enrollment = az::make<Enrollment>();
        enrollment->course = course("c");
        enrollment->grade = grade;
        ann->enrollments.append(enrollment);
    }
    session.add(ann);
    co_await session.commit();
    session.expunge_all();
    auto found = (co_await session.scalars(az::select<Person>())).one();
    const auto best = co_await found->best.load();
    CHECK(best.size() == 1);
    const auto good = co_await found->good.load();
    CHECK(good.size() == 2);
    const auto with_options = (co_await session.scalars(
        az::select<Person>().options(az::selectinload<&Person::best>(), az::selectinload<&Person::good>()))).one();
    CHECK(with_options->good.size() == 2);
    auto joined = az::select(az::func::count()).select_from<Person>().join<&Person::good>();
    const auto rows = co_await session.scalar(joined);
    CHECK(rows == 2);
    auto exists = az::select<Person>().where(az::any<&Person::best>(col<&Enrollment::grade> > 1));
    CHECK((co_await session.scalars(exists)).all().empty());

    // In memory and in a flush the condition says nothing: what is put in is there, its key is written.
    auto poor = az::make<Enrollment>(col<&Enrollment::grade> = 4);
    poor->course = course("d");
    found->good.append(poor);
    CHECK(found->good.contains(poor));
    co_await session.commit();
    CHECK(*poor->person_id == *found->id);
    session.expire(found);
    CHECK((co_await found->good.load()).size() == 2);

    // What is only read is never written, and no other side follows it.
    auto unseen = az::make<Enrollment>(col<&Enrollment::grade> = 1);
    (void)co_await found->best.load();
    found->best.append(unseen);
    found->best.remove(best[0]);
    CHECK(found->best.contains(unseen));
    CHECK_FALSE(session.contains(unseen)); // nor does save-update follow it
    log.clear();
    co_await session.commit();
    CHECK(log.count("INSERT") + log.count("UPDATE") + log.count("DELETE") == 0);
    CHECK(found->best.contains(unseen)); // stale until it is expired
    session.expire(found);
    const auto again = co_await found->best.load();
    CHECK(again.size() == 1);
    CHECK(again[0] == best[0]);
}

asio::awaitable<void> two_keys_to_one_table(az::Engine engine, az::testing::StatementLog) {
    co_await make_tables(engine);
    az::Session session{engine};
    auto ann = person("Ann");
    ann->work = az::make<Home>(col<&Home::city> = "Ulm");
    ann->holiday = az::make<Home>(col<&Home::city> = "Rom");
    session.add(ann);
    co_await session.commit();
    session.expunge_all();
    auto found = (co_await session.scalars(az::select<Person>())).one();
    CHECK(*(co_await found->work.load())->city == "Ulm");
    CHECK(*(co_await found->holiday.load())->city == "Rom");
    auto ulm = found->work.get();
    auto rom = found->holiday.get();
    CHECK((co_await ulm->workers.load()).size() == 1);
    CHECK((co_await rom->workers.load()).empty()); // that is the other key
    found->holiday = nullptr;
    co_await session.commit();
    CHECK(*found->holiday_id == std::nullopt);
    CHECK(found->work_id->value() == *ulm->id);
}

asio::awaitable<void> keys_of_two_columns(az::Engine engine, az::testing::StatementLog log) {
    co_await make_tables(engine);
    az::Session session{engine};
    for (const auto* code : {"BW", "BY"}) {
        auto region = az::make<Region>(col<&Region::country> = "DE", col<&Region::code> = code);
        for (const auto* name : {"b", "a"})
            region->cities.append(az::make<City>(col<&City::name> = std::string{code} + name));
        session.add(region);
    }
    co_await session.commit();
    session.expunge_all();
    log.clear();
    auto statement = az::select<Region>().options(az::selectinload<&Region::cities>()).order_by(col<&Region::code>);
    auto regions = (co_await session.scalars(statement)).all();
    REQUIRE(regions.size() == 2);
    CHECK(log.count("SELECT") == 2);
    REQUIRE(regions[1]->cities.size() == 2);
    CHECK(*regions[1]->cities[0]->name == "BYa");
    auto moved = regions[1]->cities[0];
    moved->in = regions[0];
    co_await session.commit();
    CHECK(moved->region->value() == "BW");
    moved->in = nullptr; // both columns
    co_await session.commit();
    CHECK(*moved->country == std::nullopt);
    CHECK(*moved->region == std::nullopt);
    session.expunge_all();
    auto city = (co_await session.scalars(az::select<City>().where(col<&City::name> == "BWa"))).one();
    CHECK(*(co_await city->in.load())->code == "BW");
    const auto nowhere = (co_await session.scalars(az::select<City>().where(!az::has<&City::in>()))).all();
    CHECK(nowhere.size() == 1);
}

} // namespace

ON_EACH_DATABASE("relationships: one-to-one", "[orm.rel.one_to_one][orm.rel.uselist]", one_to_one)
ON_EACH_DATABASE("relationships: many-to-many", "[orm.rel.many_to_many][orm.rel.order_by]", many_to_many)
ON_EACH_DATABASE("relationships: many-to-many of a class with itself, and EXISTS over it", "[orm.rel.self_ref_m2m]", friends_of_friends)
ON_EACH_DATABASE("relationships: an association table as a class", "[orm.rel.association_object]", association_objects)
ON_EACH_DATABASE("relationships: conditions of the program's own, written and read only", "[orm.joincond.primaryjoin][orm.rel.viewonly]", conditions_of_ones_own)
ON_EACH_DATABASE("relationships: two keys to one table", "[orm.joincond.foreign_keys]", two_keys_to_one_table)
ON_EACH_DATABASE("relationships: keys of two columns", "[orm.rel.composite_keys]", keys_of_two_columns)

// ---- mappings that are wrong, or look so; no database ----

namespace {
namespace doubtful {

struct Child;
struct Parent : az::Model<Parent> {
    az::Mapped<std::int64_t> id;
    az::Collection<Child> children;

    static void map(az::Mapper<Parent>& m) {
        m.table("parent");
        m.column<&Parent::id>(az::primary_key);
        m.relationship<&Parent::children>();
    }
};
struct Child : az::Model<Child> { // writes parent_id, too, and does not say that it knows
    az::Mapped<std::int64_t> id;
    az::Mapped<std::optional<std::int64_t>> parent_id;
    az::Related<Parent> parent;

    static void map(az::Mapper<Child>& m) {
        m.table("child");
        m.column<&Child::id>(az::primary_key);
        m.column<&Child::parent_id>(az::foreign_key<&Parent::id>());
        m.relationship<&Child::parent>();
    }
};
struct WritesViewonly : az::Model<WritesViewonly> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::optional<std::int64_t>> parent_id;
    az::Related<Parent> parent;

    static void map(az::Mapper<WritesViewonly>& m) {
        m.table("writes_viewonly");
        m.column<&WritesViewonly::id>(az::primary_key);
        m.column<&WritesViewonly::parent_id>(az::foreign_key<&Parent::id>());
        m.relationship<&WritesViewonly::parent>(az::viewonly, az::cascade("all"));
    }
};
struct NoKey : az::Model<NoKey> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::int64_t> number;
    az::Related<Parent> parent;

    static void map(az::Mapper<NoKey>& m) {
        m.table("no_key");
        m.column<&NoKey::id>(az::primary_key);
        m.column<&NoKey::number>();
        m.relationship<&NoKey::parent>(az::primaryjoin([] { return col<&NoKey::number> == col<&Parent::id>; }));
    }
};
// The same, the key named in the condition; and a tree, its other side named there.
struct Named : az::Model<Named> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::int64_t> number;
    az::Mapped<std::optional<std::int64_t>> above_id;
    az::Related<Parent> parent;
    az::Related<Named> above;
    az::Collection<Named> below;

    static void map(az::Mapper<Named>& m) {
        m.table("named");
        m.column<&Named::id>(az::primary_key);
        m.column<&Named::number>();
        m.column<&Named::above_id>(az::foreign_key<&Named::id>());
        m.relationship<&Named::parent>(az::primaryjoin([] { return az::foreign(col<&Named::number>) == col<&Parent::id>; }));
        m.relationship<&Named::above>(
            az::primaryjoin([] { return az::remote(col<&Named::id>) == col<&Named::above_id>; }), az::back_populates<&Named::below>());
        m.relationship<&Named::below>(
            az::primaryjoin([] { return col<&Named::id> == az::remote(az::foreign(col<&Named::above_id>)); }),
            az::back_populates<&Named::above>());
    }
};

} // namespace doubtful
} // namespace

TEST_CASE("relationships: two that write one column without knowing each other are told of", "[unit][orm][orm.rel.overlaps]") {
    az::Registry models;
    models.add<doubtful::Parent, doubtful::Child>();
    REQUIRE(models.warnings().size() == 1);
    const auto& text = models.warnings().front();
    INFO(text);
    CHECK(text.find("Parent.children") != std::string::npos);
    CHECK(text.find("Child.parent") != std::string::npos);
    CHECK(text.find("child.parent_id") != std::string::npos);
    CHECK(text.find("overlaps(") != std::string::npos);
}

TEST_CASE("relationships: what is only read has no cascade that writes", "[unit][orm][orm.rel.viewonly]") {
    CHECK_THROWS_WITH(az::mapper_of<doubtful::WritesViewonly>(), Catch::Contains("WritesViewonly::parent") && Catch::Contains("viewonly"));
}

TEST_CASE("relationships: a condition needs a key, which may be marked", "[unit][orm][orm.joincond.annotations]") {
    CHECK_THROWS_WITH(az::mapper_of<doubtful::NoKey>(), Catch::Contains("NoKey::parent") && Catch::Contains("foreign()"));
    const auto& mapper = az::mapper_of<doubtful::Named>();
    CHECK(mapper.relationships[0].direction == az::orm::Direction::many_to_one);
    CHECK(mapper.relationships[1].direction == az::orm::Direction::many_to_one);
    CHECK(mapper.relationships[1].to_primary_key);
    CHECK(mapper.relationships[2].direction == az::orm::Direction::one_to_many);
    CHECK_THROWS_AS(az::foreign(az::func::lower(col<&people::Home::city>)), az::ArgumentError);
    // In SQL a marked column is the column.
    const auto marked = az::select(col<&people::Home::id>).where(az::remote(col<&people::Home::city>) == "x");
    const auto plain = az::select(col<&people::Home::id>).where(col<&people::Home::city> == "x");
    CHECK(az::compile(marked, az::dialects::sqlite()).sql() == az::compile(plain, az::dialects::sqlite()).sql());
}
