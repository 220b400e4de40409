// SPDX-License-Identifier: MIT
// Both sides of a relationship follow each other, and linked objects live together.
#include "support/catch.hpp"
#include "support/domain.hpp"

#include <azoth/error.hpp>
#include <azoth/orm/inspect.hpp>
#include <azoth/orm/session_state.hpp>

namespace az = azoth;
using az::col;
using namespace domain;

TEST_CASE("links: appending sets the other side", "[orm][links][orm.backpop.sync_collection]") {
    auto author = az::make<Author>(col<&Author::name> = "Ann");
    auto book = az::make<Book>(col<&Book::title> = "One");
    author->books.append(book);
    CHECK(book->author.get() == author);
    CHECK(author->books.size() == 1);
    author->books.append(book); // a list shows it twice; the link is one
    CHECK(author->books.size() == 2);
    author->books.remove(book);
    CHECK(book->author.get() == author);
    author->books.remove(book);
    CHECK(book->author.get() == nullptr);
}

TEST_CASE("links: assigning the parent fills its collection, moving takes it out of the old one",
          "[orm][links][orm.backpop.sync_scalar][orm.backpop.sync_collection]") {
    auto first = az::make<Author>();
    auto second = az::make<Author>();
    auto book = az::make<Book>();
    book->author = first;
    CHECK(first->books.size() == 1);
    book->author = second;
    CHECK(first->books.empty());
    CHECK(second->books[0] == book);
    first->books.append(book);
    CHECK(second->books.empty());
    CHECK(book->author.get() == first);
    book->author = nullptr;
    CHECK(first->books.empty());
}

TEST_CASE("links: removing clears the other side, and a stranger cannot be removed",
          "[orm][links][orm.backpop.sync_collection]") {
    auto author = az::make<Author>();
    auto book = az::make<Book>();
    author->books.append(book);
    author->books.remove(book);
    CHECK(author->books.empty());
    CHECK_FALSE(book->author);
    CHECK_THROWS_AS(author->books.remove(book), az::ArgumentError);
}

TEST_CASE("links: a graph lives as long as any handle on it", "[orm][graph][orm.core.handles]") {
    const auto before = az::orm::live_graphs();
    std::shared_ptr<Book> book;
    {
        auto author = az::make<Author>(col<&Author::name> = "Ann");
        book = az::make<Book>(col<&Book::title> = "One");
        author->books.append(book);
        author->books.append(az::make<Book>(col<&Book::title> = "Two"));
    }
    CHECK(*book->author->name == "Ann"); // only the child is held, yet it finds its parent and its sibling
    CHECK(book->author->books.size() == 2);
    book.reset();
    CHECK(az::orm::live_graphs() == before);
}

TEST_CASE("session: add takes what is linked along, in order",
          "[orm][session][orm.cascade.save_update][orm.session.add]") {
    az::orm::SessionState session;
    auto author = az::make<Author>(col<&Author::name> = "Ann");
    auto one = az::make<Book>(col<&Book::title> = "One");
    auto two = az::make<Book>(col<&Book::title> = "Two");
    author->books.append(one);
    author->books.append(two);
    session.add(*author);
    REQUIRE(session.new_objects().size() == 3);
    CHECK(session.new_objects()[0].object == author.get());
    CHECK(session.new_objects()[1].object == one.get());
    CHECK(session.new_objects()[2].object == two.get());
    auto late = az::make<Book>(col<&Book::title> = "Three");
    author->books.append(late);
    CHECK(late->orm_state().session == &session);
}

TEST_CASE("session: an object belongs to one session",
          "[orm][session][orm.session.add][orm.session.expunge]") {
    az::orm::SessionState first;
    az::orm::SessionState second;
    auto author = az::make<Author>();
    first.add(*author);
    CHECK_THROWS_AS(second.add(*author), az::InvalidRequestError);
    first.expunge(*author);
    second.add(*author);
    CHECK(author->orm_state().session == &second);
}

TEST_CASE("session: it keeps new objects alive and lets them go with itself",
          "[orm][session][orm.idmap.weak]") {
    const auto before = az::orm::live_graphs();
    {
        az::orm::SessionState session;
        session.add(*az::make<Author>(col<&Author::name> = "Ann"));
        REQUIRE(session.new_objects().size() == 1);
        CHECK(*static_cast<Author&>(*session.new_objects()[0].object).name == "Ann");
    }
    CHECK(az::orm::live_graphs() == before);
}

namespace {

struct Crew;
struct Sailor : az::Model<Sailor> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::optional<std::int64_t>> crew_id;
    az::Mapped<std::string> name;
    az::Related<Crew> crew;
    static void map(az::Mapper<Sailor>& m);
};
struct Crew : az::Model<Crew> {
    az::Mapped<std::int64_t> id;
    az::Collection<Sailor> sailors;
    static void map(az::Mapper<Crew>& m);
};
std::vector<std::string> asked;
void Sailor::map(az::Mapper<Sailor>& m) {
    m.table("sailor");
    m.column<&Sailor::id>(az::primary_key);
    m.column<&Sailor::crew_id>(az::foreign_key<&Crew::id>());
    m.column<&Sailor::name>(az::String{20});
    m.relationship<&Sailor::crew>(az::back_populates<&Crew::sailors>());
    m.validates<&Sailor::crew>([](Crew& crew) { asked.push_back("crew " + std::to_string(*crew.id)); }, {.backrefs = false});
}
void Crew::map(az::Mapper<Crew>& m) {
    m.table("crew");
    m.column<&Crew::id>(az::primary_key);
    m.relationship<&Crew::sailors>(az::back_populates<&Sailor::crew>());
    m.validates<&Crew::sailors>(
        [](Sailor& sailor, bool removed) {
            if (*sailor.name == "pirate") throw az::ArgumentError("no pirates");
            asked.push_back((removed ? "remove " : "add ") + *sailor.name);
        },
        {.removals = true});
}

} // namespace

TEST_CASE("links: validators are asked about members, removals and the other side as they wish", "[orm][links][orm.attr.validates]") {
    auto first = az::make<Crew>(col<&Crew::id> = 1);
    auto second = az::make<Crew>(col<&Crew::id> = 2);
    auto ann = az::make<Sailor>(col<&Sailor::name> = "Ann");
    auto pirate = az::make<Sailor>(col<&Sailor::name> = "pirate");
    asked.clear();
    first->sailors.append(ann); // the sailor's own validator does not want to hear of it
    CHECK(asked == std::vector<std::string>{"add Ann"});
    asked.clear();
    ann->crew = second;
    CHECK(asked == std::vector<std::string>{"crew 2", "remove Ann", "add Ann"});
    asked.clear();
    second->sailors.remove(ann);
    CHECK(asked == std::vector<std::string>{"remove Ann"});
    CHECK_THROWS_AS(first->sailors.append(pirate), az::ArgumentError);
    CHECK(first->sailors.empty());
    CHECK(pirate->crew.get() == nullptr);
    CHECK_THROWS_AS((pirate->crew = first), az::ArgumentError); // through the other side
    CHECK(pirate->crew.get() == nullptr);
    CHECK(first->sailors.empty());
    CHECK_THROWS_AS((first->sailors = std::vector{ann, pirate}), az::ArgumentError);
    CHECK(first->sailors.empty());
}

TEST_CASE("links: an object that was not made by make<T>() cannot be inspected", "[orm][core.err.hierarchy]") {
    const Author stray;
    CHECK_THROWS_AS(az::inspect(stray), az::NoInspectionAvailable);
    const auto author = az::make<Author>();
    CHECK(az::inspect(*author).transient());
}
