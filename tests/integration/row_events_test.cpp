// SPDX-License-Identifier: MIT
// Row events that are awaited, and what happens to single objects, on every database.
#include "support/backend.hpp"
#include "support/catch.hpp"
#include "support/on_each_database.hpp"
#include "support/domain.hpp"
#include "support/listening.hpp"

#include <azoth/azoth.hpp>

#include <stdexcept>

namespace az = azoth;
using az::col;
using Catch::Matchers::Contains;
using namespace domain;

namespace {

using Names = std::vector<std::string>;

asio::awaitable<void> make_tables(az::Engine engine) {
    az::Registry models;
    models.add<Author, Book, Note, Node>();
    co_await models.metadata().create_all(engine);
}

std::shared_ptr<Author> author(const char* name) { return az::make<Author>(col<&Author::name> = name); }

asio::awaitable<std::int64_t> count_notes(az::Connection& connection) {
    auto statement = az::select(az::func::count()).select_from<Note>();
    const auto found = co_await connection.scalar(statement);
    co_return *found;
}

/// An audit trail: a row for each row that is written, by SQL.
asio::awaitable<void> note_down(az::Connection& connection, std::string text) {
    auto statement = az::insert<Note>().values(col<&Note::text> = text);
    (void)co_await connection.execute(statement);
}

template <class E, class F>
asio::awaitable<bool> throws(F f) {
    bool thrown = false;
    try {
        co_await f();
    } catch (const E&) {
        thrown = true;
    }
    co_return thrown;
}

asio::awaitable<void> rows_are_awaited(az::Engine engine) {
    co_await make_tables(engine);
    Names calls;
    Listening listening;
    auto events = az::row_events<Author>();
    az::Session session{engine};
    listening += events.before_insert.connect([&](az::Connection& connection, Author& a) -> asio::awaitable<void> {
        const auto notes = co_await count_notes(connection);
        a.motto = "one of " + std::to_string(notes); // a column of the same row
        calls.push_back("before insert " + *a.name);
    });
    listening += events.after_insert.connect([&](az::Connection& connection, Author& a) -> asio::awaitable<void> {
        co_await note_down(connection, "inserted " + std::to_string(*a.id));
        calls.push_back("after insert " + *a.name);
    });
    listening += events.before_update.connect([&](az::Connection&, Author& a) -> asio::awaitable<void> {
        calls.push_back("before update " + *a.name);
        if (*a.name == "Anna") a.motto = "changed";
        co_return;
    });
    listening += events.after_update.connect([&](az::Connection&, Author& a) -> asio::awaitable<void> {
        calls.push_back("after update " + *a.name);
        co_return;
    });
    listening += events.before_delete.connect([&](az::Connection& connection, Author& a) -> asio::awaitable<void> {
        co_await note_down(connection, "deleting " + *a.name);
        calls.push_back("before delete " + *a.name);
    });
    listening += events.after_delete.connect([&](az::Connection&, Author& a) -> asio::awaitable<void> {
        calls.push_back("after delete " + *a.name);
        co_return;
    });
    listening += az::row_events<az::ModelBase>().after_insert.connect([&](az::Connection&, az::ModelBase& object) -> asio::awaitable<void> {
        calls.push_back("all " + object.orm_state().mapper->class_name);
        co_return;
    });
    auto ann = author("Ann");
    auto bob = author("Bob");
    session.add_all(ann, bob);
    co_await session.commit();
    CHECK(calls == Names{"before insert Ann", "before insert Bob", "after insert Ann", "all Author", "after insert Bob", "all Author"});
    CHECK(**ann->motto == "one of 0");
    session.expire(ann);
    auto motto = co_await ann->motto.load();
    CHECK(motto == "one of 0");
    auto notes = (co_await session.scalars(az::select<Note>().order_by(col<&Note::id>))).all();
    REQUIRE(notes.size() == 2);
    CHECK(*notes[1]->text == "inserted " + std::to_string(*bob->id));
    calls.clear();

    ann->name = "Ann"; // no net change: both are told, no UPDATE follows
    co_await session.flush();
    CHECK(calls == Names{"before update Ann", "after update Ann"});
    calls.clear();
    ann->name = "Anna";
    co_await session.commit();
    session.expire(ann);
    motto = co_await ann->motto.load();
    CHECK(motto == "changed");
    calls.clear();
    co_await session.delete_(bob);
    co_await session.flush();
    CHECK(calls == Names{"before delete Bob", "after delete Bob"});
    co_await session.rollback();
    notes = (co_await session.scalars(az::select<Note>())).all();
    CHECK(notes.size() == 2); // in the transaction of the flush
    calls.clear();
    // Not for statements of the program's own.
    auto rename = az::update<Author>().values(col<&Author::name> = "bulk");
    (void)co_await session.execute(rename);
    auto remove = az::delete_<Author>();
    (void)co_await session.execute(remove);
    auto more = az::insert<Author>().values(col<&Author::name> = "bulk");
    (void)co_await session.execute(more);
    CHECK(calls.empty());
    co_await session.rollback();
}

asio::awaitable<void> listeners_leave_the_session_alone(az::Engine engine) {
    co_await make_tables(engine);
    az::Session session{engine};
    Names warnings;
    auto told = session.events().warning.connect([&](std::string_view text) { warnings.emplace_back(text); });
    auto events = az::row_events<Author>();
    {
        Listening listening;
        int refused = 0;
        listening += events.before_insert.connect([&](az::Connection&, Author& a) -> asio::awaitable<void> {
            const bool flush = co_await throws<az::InvalidRequestError>([&] { return session.flush(); });
            const bool commit = co_await throws<az::InvalidRequestError>([&] { return session.commit(); });
            const bool query = co_await throws<az::InvalidRequestError>([&]() -> asio::awaitable<void> {
                (void)co_await session.get<Author>(1);
            });
            auto self = az::orm::handle_of<Author>(&a);
            const bool remove = co_await throws<az::InvalidRequestError>([&] { return session.delete_(self); });
            refused += (flush ? 1 : 0) + (commit ? 1 : 0) + (query ? 1 : 0) + (remove ? 1 : 0);
            session.add(author("late"));
            a.notes.append(az::make<Note>(col<&Note::text> = "late"));
        });
        session.add(author("Ann"));
        co_await session.flush();
        CHECK(refused == 4);
        REQUIRE(warnings.size() >= 2);
        CHECK_THAT(warnings[0], Contains("session.add()"));
        co_await session.rollback();
    }
    {
        Listening listening;
        listening += events.after_insert.connect([](az::Connection&, Author&) -> asio::awaitable<void> {
            throw std::runtime_error("not this one");
            co_return;
        });
        auto bob = author("Bob");
        session.add(bob);
        const bool failed = co_await throws<std::runtime_error>([&] { return session.flush(); });
        CHECK(failed);
        const bool pending = co_await throws<az::PendingRollbackError>([&] { return session.flush(); });
        CHECK(pending == session.has_changes());
        co_await session.rollback();
        CHECK(az::inspect(*bob).transient());
    }
    told.disconnect();
    // A listener of warnings that throws makes errors of them.
    session.events().warning.connect([](std::string_view text) { throw az::InvalidRequestError(std::string{text}); });
    Listening listening;
    listening += events.before_insert.connect([&](az::Connection&, Author&) -> asio::awaitable<void> {
        session.add(author("late"));
        co_return;
    });
    session.add(author("Carol"));
    const bool failed = co_await throws<az::InvalidRequestError>([&] { return session.flush(); });
    CHECK(failed);
    co_await session.rollback();
    auto statement = az::select(az::func::count()).select_from<Author>();
    const auto authors = co_await session.scalar(statement);
    CHECK(authors == 0);
}

asio::awaitable<void> objects_are_told(az::Engine engine) {
    co_await make_tables(engine);
    Names calls;
    Listening listening;
    auto events = az::events<Author>();
    const auto joined = [](const az::orm::AttributeNames& names) {
        std::string text;
        for (const auto& name : names) text += " " + name;
        return text;
    };
    listening += events.init.connect([&](Author& a) {
        calls.push_back(std::string{"init"} + (a.name.is_present() ? " named" : ""));
        a.motto = "by init";
    });
    listening += events.init_failure.connect([&](Author&) { calls.emplace_back("init failure"); });
    listening += events.load.connect([&](Author& a) { calls.push_back("load " + *a.name); });
    listening += events.refresh.connect([&](Author&, const az::orm::AttributeNames& names) { calls.push_back("refresh" + joined(names)); });
    listening += events.refresh_flush.connect([&](Author&, const az::orm::AttributeNames& names) { calls.push_back("refresh_flush" + joined(names)); });
    listening += events.expire.connect([&](Author&, const az::orm::AttributeNames& names) { calls.push_back("expire" + joined(names)); });
    int plain = 0;
    listening += events.expire.connect([&](Author&) { ++plain; }); // without names
    const auto happened = [&](const Names& expected) {
        CHECK(calls == expected);
        calls.clear();
    };
    auto ann = author("Ann");
    CHECK(**ann->motto == "by init");
    happened({"init"});
    {
        Listening refusing;
        refusing += az::events<&Author::name>().set.connect([](Author&, const std::string& name, const std::string*) {
            if (name == "bad") throw std::invalid_argument("bad");
        });
        CHECK_THROWS_AS(author("bad"), std::invalid_argument);
        happened({"init", "init failure"});
    }
    az::Session session{engine};
    session.add(ann);
    co_await session.commit();
    happened({}); // the key is no refresh
    session.expire(ann);
    happened({"expire"});
    session.expire(ann); // again: nothing happens
    happened({});
    const auto name = co_await ann->name.load();
    CHECK(name == "Ann");
    happened({"refresh id name motto"});
    session.expire<&Author::motto, &Author::notes>(ann);
    happened({"expire motto notes"});
    (void)(co_await session.scalars(az::select<Author>())).one(); // a query brings it along
    happened({"refresh motto"});
    CHECK(plain == 2);
    co_await session.refresh(ann);
    happened({"expire", "refresh id name motto"});
    (void)(co_await session.scalars(az::select<Author>(), az::SessionExecution{}.populate_existing())).one();
    happened({"refresh id name motto"});
    session.expunge_all();
    auto loaded = (co_await session.scalars(az::select<Author>())).one();
    happened({"load Ann"});
    (void)(co_await session.scalars(az::select<Author>())).one(); // it is there
    happened({});
    session.expunge_all();
    auto given = az::make<Author>(col<&Author::id> = *loaded->id, col<&Author::name> = "Other");
    calls.clear();
    auto merged = co_await session.merge(given);
    happened({"load Ann"}); // its row was loaded
    auto fresh = az::make<Author>(col<&Author::id> = 4711, col<&Author::name> = "Fresh");
    calls.clear();
    auto added = co_await session.merge(fresh);
    happened({"load Fresh"}); // as in SQLAlchemy
    // Before what is loaded along by statements of its own.
    session.expunge_all();
    session.add(az::make<Book>(col<&Book::title> = "t", col<&Book::author_id> = *loaded->id));
    co_await session.flush();
    session.expunge_all();
    calls.clear();
    listening += events.load.connect([&](Author& a) { calls.push_back(a.books.is_loaded() ? "books" : "no books yet"); });
    auto with_books = (co_await session.scalars(az::select<Author>().options(az::selectinload<&Author::books>()))).one();
    happened({"load Other", "no books yet"});
    CHECK(with_books->books.size() == 1);
    co_await session.rollback();
    // What a flush gives: the program's defaults. (What the database makes: see the tests of defaults.)
    Names given_by_flush;
    listening += az::events<Book>().refresh_flush.connect([&](Book& b, const az::orm::AttributeNames& names) {
        given_by_flush.push_back(joined(names) + "=" + std::to_string(*b.pages));
    });
    session.expunge_all();
    session.add(az::make<Book>(col<&Book::title> = "t", col<&Book::author_id> = *loaded->id));
    co_await session.flush();
    CHECK(given_by_flush == Names{" pages=100"});
    co_await session.rollback();
}

} // namespace

ON_EACH_DATABASE("row events: listeners are awaited, with the flush's connection", "[orm.event.mapper_persist]", rows_are_awaited)
ON_EACH_DATABASE("row events: listeners leave the session alone", "[orm.event.mapper_persist]", listeners_leave_the_session_alone)
ON_EACH_DATABASE("row events: objects are made, loaded, loaded again, expired", "[orm.event.instance]", objects_are_told)
