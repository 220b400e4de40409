// SPDX-License-Identifier: MIT
// The rules of links, cascades and transactions, one by one, on every database.
#include "support/backend.hpp"
#include "support/catch.hpp"
#include "support/on_each_database.hpp"
#include "support/domain.hpp"

#include <azoth/azoth.hpp>

#include <stdexcept>

namespace az = azoth;
using az::col;
using namespace domain;

namespace {

asio::awaitable<void> make_tables(az::Engine engine) {
    az::Registry models;
    models.add<Author, Book, Note, Node>();
    co_await models.metadata().create_all(engine);
}

std::shared_ptr<Author> author(const char* name) { return az::make<Author>(col<&Author::name> = name); }
std::shared_ptr<Note> note(const char* text) { return az::make<Note>(col<&Note::text> = text); }

asio::awaitable<void> both_sides_follow(az::Engine engine) {
    co_await make_tables(engine);
    auto ann = author("Ann");
    auto bob = author("Bob");
    auto n = note("n");
    n->author = ann;
    CHECK(ann->notes.size() == 1);
    bob->notes.append(n); // takes it from Ann
    CHECK(ann->notes.empty());
    CHECK(n->author.get() == bob);
    bob->notes.remove(n);
    CHECK(n->author.get() == nullptr);
    n->author = ann;
    n->author = ann; // again: once is enough
    CHECK(ann->notes.size() == 1);
    n->author = nullptr;
    CHECK(ann->notes.empty());
    CHECK_THROWS_AS(ann->notes.remove(n), az::ArgumentError);

    az::Session session{engine};
    session.add_all(ann, bob);
    co_await session.commit();
    auto later = note("later");
    later->author = ann; // a link to an object of the session does not add: SQLAlchemy's cascade_backrefs is gone
    CHECK_FALSE(session.contains(later));
    ann->notes.append(note("direct"));
    CHECK(session.new_objects().size() == 1);
    session.add(later);
    co_await session.commit();

    later->author_id = *bob->id; // a key that is set by hand does not move the link
    CHECK(later->author.get() == ann);
    co_await session.commit();
    session.expire(later);
    const auto owner = co_await later->author.load();
    CHECK(owner == bob);
    later->author = ann; // nor does a link set the key, before the flush
    CHECK(later->author_id->value() == *bob->id);
    co_await session.flush();
    CHECK(later->author_id->value() == *ann->id);
}

asio::awaitable<void> new_collections_are_empty(az::Engine engine) {
    co_await make_tables(engine);
    auto ann = author("Ann");
    CHECK(ann->books.empty());
    CHECK(*ann->motto == std::nullopt); // nothing was set: NULL, and still not set
    CHECK_THROWS_AS(*az::make<Book>()->pages, az::NotLoadedError);
    az::Session session{engine};
    session.add(ann);
    co_await session.flush();
    CHECK(ann->books.empty());
    co_await session.commit();
    CHECK(ann->books.empty());
    auto a = az::make<Book>(col<&Book::title> = "a");
    auto b = az::make<Book>(col<&Book::title> = "b");
    auto c = az::make<Book>(col<&Book::title> = "c");
    ann->books = {a, b};
    co_await session.commit();
    ann->books = {b, c}; // b stays, a goes
    const auto history = az::get_history(ann->books);
    CHECK(history.added.size() == 1);
    CHECK(history.unchanged.size() == 1);
    CHECK(history.deleted.size() == 1);
    co_await session.commit();
    CHECK(az::inspect(*a).detached());
    session.expire(ann);
    CHECK_THROWS_AS((ann->books = {c}), az::NotLoadedError);
    auto books = co_await ann->books.load();
    CHECK(books.size() == 2);
    CHECK(ann->books[0] == b);
}

/// While a stream is open its connection does nothing else.
asio::awaitable<void> one_operation_at_a_time(az::Engine engine) {
    co_await make_tables(engine);
    az::Session session{engine};
    session.add(author("Ann"));
    std::size_t refused = 0;
    co_await session.flush();
    auto stream = co_await session.stream_scalars(az::select<Author>());
    try {
        (void)co_await session.scalars(az::select<Author>());
    } catch (const az::InvalidRequestError&) {
        ++refused;
    }
    CHECK(refused == 1);
    co_await stream.close();
    auto authors = (co_await session.scalars(az::select<Author>())).all();
    CHECK(authors.size() == 1);
    co_await session.rollback();
}

asio::awaitable<void> savepoints_undo_their_part(az::Engine engine) {
    co_await make_tables(engine);
    az::Session session{engine};
    CHECK_FALSE(session.in_transaction());
    auto ann = author("Ann");
    auto bob = author("Bob");
    session.add_all(ann, bob);
    co_await session.flush();
    CHECK(session.in_transaction());
    CHECK_THROWS_AS(session.begin(), az::InvalidRequestError);
    auto savepoint = co_await session.begin_nested();
    ann->name = "changed";
    auto carol = author("Carol");
    session.add(carol);
    co_await session.delete_(bob);
    co_await session.flush();
    CHECK(az::inspect(*bob).deleted());
    co_await savepoint.rollback();
    CHECK(az::inspect(*carol).transient());
    CHECK(az::inspect(*bob).persistent());
    CHECK_THROWS_AS(*ann->name, az::NotLoadedError); // it was changed: unknown now
    const auto name = co_await ann->name.load();
    CHECK(name == "Ann");
    auto second = co_await session.begin_nested();
    session.add(carol);
    co_await second.commit();
    bool thrown = false;
    try {
        co_await session.begin_nested([&]() -> asio::awaitable<void> {
            session.add(az::make<Author>(col<&Author::id> = *ann->id, col<&Author::name> = "double"));
            co_await session.flush();
        });
    } catch (const az::IntegrityError&) {
        thrown = true;
    }
    CHECK(thrown);
    co_await session.commit(); // the outer transaction is good
    auto statement = az::select(az::func::count()).select_from<Author>();
    const auto count = co_await session.scalar(statement);
    CHECK(count == 3);
}

asio::awaitable<void> values_are_expressions(az::Engine engine) {
    co_await make_tables(engine);
    az::Session session{engine};
    auto ann = author("Ann");
    auto book = az::make<Book>(col<&Book::title> = "b", col<&Book::pages> = 10);
    ann->books.append(book);
    session.add(ann);
    co_await session.commit();
    book->pages = col<&Book::pages> + 5;
    CHECK_THROWS_AS(*book->pages, az::NotLoadedError);
    co_await session.flush();
    const auto pages = co_await book->pages.load();
    CHECK(pages == 15);
    // What is loaded stays, although the row has changed meanwhile.
    auto statement = az::update<Book>().values(col<&Book::pages> = 99);
    auto* connection = co_await session.connection();
    (void)co_await connection->execute(statement);
    auto again = (co_await session.scalars(az::select<Book>())).one();
    CHECK(again == book);
    CHECK(*book->pages == 15);
    auto over = (co_await session.scalars(az::select<Book>(), az::SessionExecution{}.populate_existing())).one();
    CHECK(*over->pages == 99);
    book->title = "not flushed";
    session.expire(book);
    CHECK_THROWS_AS(*book->title, az::NotLoadedError);
    const auto title = co_await book->title.load();
    CHECK(title == "b");
}

asio::awaitable<void> merging_copies(az::Engine engine) {
    co_await make_tables(engine);
    std::int64_t id = 0;
    {
        az::Session session{engine};
        auto ann = author("Ann");
        ann->motto = "kept";
        ann->notes.append(note("one"));
        session.add(ann);
        co_await session.commit();
        id = *ann->id;
    }
    az::Session session{engine};
    auto copy = az::make<Author>(col<&Author::id> = id, col<&Author::name> = "Anna");
    auto merged = co_await session.merge(copy);
    CHECK(merged != copy);
    CHECK(az::inspect(*copy).transient());
    CHECK(*merged->name == "Anna");
    CHECK(merged->motto->value() == "kept"); // the copy says nothing about it
    CHECK(session.is_modified(merged));
    auto twice = co_await session.merge(copy);
    CHECK(twice == merged);
    auto fresh = co_await session.merge(author("Bob"));
    CHECK(az::inspect(*fresh).pending());
    co_await session.commit();
    session.expunge_all();
    auto clean = az::make<Author>();
    CHECK(az::inspect(*merged).detached());
    auto back = co_await session.merge_without_loading(merged);
    CHECK(*back->name == "Anna");
    bool refused = false;
    try {
        (void)co_await session.merge_without_loading(clean);
    } catch (const az::InvalidRequestError&) {
        refused = true;
    }
    CHECK(refused);
}

asio::awaitable<void> sessions_list_their_objects(az::Engine engine) {
    co_await make_tables(engine);
    az::Session session{engine};
    auto ann = author("Ann");
    auto bob = author("Bob");
    session.add_all(ann, bob);
    CHECK(session.new_objects().size() == 2);
    CHECK(session.has_changes());
    co_await session.commit();
    CHECK(session.new_objects().empty());
    CHECK(session.objects().size() == 2);
    ann->name = "Ann"; // touched: dirty, though there is nothing to write
    CHECK(session.dirty_objects().size() == 1);
    co_await session.delete_(bob);
    CHECK(session.deleted_objects().size() == 1);
    session.add(bob); // after all not
    CHECK(session.deleted_objects().empty());
    session.expunge(bob);
    CHECK_FALSE(session.contains(bob));
    CHECK(az::inspect(*bob).detached());
    az::Session other{engine};
    other.add(bob);
    bool refused = false;
    try {
        session.add(bob);
    } catch (const az::InvalidRequestError&) {
        refused = true;
    }
    CHECK(refused);
    auto text = az::text("SELECT count(*) FROM author");
    const auto rows = co_await session.execute(text);
    CHECK(rows.one().get<std::int64_t>(0) == 2);
    co_await other.close();
    co_await session.close();
    CHECK(az::inspect(*ann).detached());
    session.add(ann); // a closed session is used again
    CHECK(az::inspect(*ann).persistent());
    co_await session.close();
}

} // namespace

ON_EACH_DATABASE("session: both sides of a link follow each other",
                 "[orm.backpop.sync_scalar][orm.backpop.sync_collection][orm.backpop.loop_guard][orm.backpop.no_cascade][orm.backpop.no_orm_magic]",
                 both_sides_follow)
ON_EACH_DATABASE("session: new objects have empty collections, others are replaced as a whole",
                 "[orm.coll.transient_empty][orm.coll.bulk_replace][orm.map.defaults_none]", new_collections_are_empty)
ON_EACH_DATABASE("session: nothing else while a stream is open", "[streams]", one_operation_at_a_time)
ON_EACH_DATABASE("session: savepoints undo their part", "[orm.tx.nested][orm.tx.nested_state][orm.tx.autobegin]", savepoints_undo_their_part)
ON_EACH_DATABASE("session: values are SQL expressions, and what is loaded stays",
                 "[orm.flush.sql_values][orm.refresh.loaded_wins][orm.refresh.expire][orm.exec.populate_existing]", values_are_expressions)
ON_EACH_DATABASE("session: merging copies onto the session's objects", "[orm.merge.basic][orm.merge.noload]", merging_copies)
ON_EACH_DATABASE("session: sessions list their objects",
                 "[orm.session.collections][orm.session.close][orm.session.expunge][orm.session.execute_core]", sessions_list_their_objects)
