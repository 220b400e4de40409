// SPDX-License-Identifier: MIT
// Where sessions come from and what they are part of: makers, scopes, connections of others; states of objects.
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

asio::awaitable<std::int64_t> count_authors(az::Engine engine) {
    auto connection = co_await engine.connect();
    auto result = co_await connection.scalar(az::select(az::func::count()).select_from<Author>());
    co_await connection.close();
    co_return *result;
}

std::shared_ptr<Author> author(const char* name) { return az::make<Author>(col<&Author::name> = name); }

asio::awaitable<void> makers_make_sessions(az::Engine engine) {
    co_await make_tables(engine);
    az::SessionMaker make;
    CHECK_THROWS_AS(make(), az::InvalidRequestError);
    make.configure(engine);
    az::SessionOptions options;
    options.expire_on_commit = true;
    make.configure(options);
    co_await make.begin([](az::Session& session) -> asio::awaitable<void> {
        session.add(author("Ann"));
        co_return;
    });
    bool thrown = false;
    try {
        co_await make.begin([](az::Session& session) -> asio::awaitable<void> {
            session.add(author("Bob"));
            co_await session.flush();
            throw std::runtime_error("enough");
        });
    } catch (const std::runtime_error& error) {
        thrown = std::string{error.what()} == "enough";
    }
    CHECK(thrown);
    auto authors = co_await count_authors(engine);
    CHECK(authors == 1);

    std::shared_ptr<Author> carol;
    co_await az::with_session(engine, [&carol](az::Session& session) -> asio::awaitable<void> {
        carol = author("Carol");
        session.add(carol);
        CHECK(az::object_session(*carol) == &session);
        co_return;
    });
    CHECK(az::object_session(*carol) == nullptr);
    CHECK(*carol->name == "Carol");
    authors = co_await count_authors(engine);
    CHECK(authors == 2);

    auto session = make();
    auto ann = (co_await session.scalars(az::select<Author>().where(col<&Author::name> == "Ann"))).one();
    ann->motto = "new";
    co_await session.commit();
    CHECK_THROWS_AS(*ann->motto, az::NotLoadedError); // the maker's options
    auto moved = std::move(session);
    CHECK(az::object_session(*ann) == &moved);
    co_await moved.close();
}

asio::awaitable<void> tests_keep_a_transaction_around(az::Engine engine) {
    co_await make_tables(engine);
    auto connection = co_await engine.connect();
    auto outer = co_await connection.begin();
    (void)co_await connection.execute(az::insert<Author>().values(col<&Author::name> = "outside"));
    {
        az::SessionOptions options;
        options.join_transaction_mode = az::JoinTransactionMode::create_savepoint;
        az::Session session{connection, options};
        auto ann = author("Ann");
        session.add(ann);
        co_await session.commit();
        CHECK(az::inspect(*ann).persistent());
        session.add(author("Bob"));
        co_await session.flush();
        co_await session.rollback(); // Bob's savepoint only
        auto names = (co_await session.scalars(az::select(col<&Author::name>).order_by(col<&Author::name>))).all();
        CHECK(names == std::vector<std::string>{"Ann", "outside"});
        auto savepoint = co_await session.begin_nested();
        CHECK(session.in_nested_transaction());
        session.add(author("Carol"));
        co_await savepoint.rollback();
        CHECK_FALSE(session.in_nested_transaction());
        bool refused = false;
        session.add(az::make<Author>(col<&Author::id> = *ann->id, col<&Author::name> = "double"));
        try {
            co_await session.flush();
        } catch (const az::IntegrityError&) {
            refused = true;
        }
        CHECK(refused);
        co_await session.rollback();
        names = (co_await session.scalars(az::select(col<&Author::name>).order_by(col<&Author::name>))).all();
        CHECK(names == std::vector<std::string>{"Ann", "outside"});
        co_await session.close();
    }
    CHECK(connection.in_transaction());
    co_await outer.rollback();
    co_await connection.close();
    const auto authors = co_await count_authors(engine);
    CHECK(authors == 0);
}

asio::awaitable<void> other_ways_to_join(az::Engine engine) {
    co_await make_tables(engine);
    auto connection = co_await engine.connect();
    { // no transaction yet: the session's own
        az::Session session{connection};
        session.add(author("own"));
        co_await session.commit();
        CHECK_FALSE(connection.in_transaction());
    }
    { // conditional: without a savepoint only a rollback reaches the transaction
        auto outer = co_await connection.begin();
        az::Session session{connection};
        session.add(author("joined"));
        co_await session.commit();
        CHECK(outer.is_active());
        co_await session.close();
        co_await outer.commit();
    }
    {
        auto outer = co_await connection.begin();
        az::Session session{connection};
        session.add(author("lost"));
        co_await session.flush();
        co_await session.rollback();
        CHECK_FALSE(outer.is_active());
    }
    {
        auto outer = co_await connection.begin();
        az::SessionOptions options;
        options.join_transaction_mode = az::JoinTransactionMode::control_fully;
        az::Session session{connection, options};
        session.add(author("controlled"));
        co_await session.commit();
        CHECK_FALSE(outer.is_active());
    }
    co_await connection.close();
    const auto authors = co_await count_authors(engine);
    CHECK(authors == 3);
}

asio::awaitable<void> states_are_told(az::Engine engine) {
    co_await make_tables(engine);
    az::Session session{engine};
    auto ann = author("Ann");
    CHECK(az::inspect(*ann).transient());
    CHECK_FALSE(az::inspect(*ann).has_identity());
    CHECK(az::inspect(*ann).identity().empty());
    session.add(ann);
    CHECK(az::inspect(*ann).pending());
    CHECK(az::inspect(*ann).in_session());
    co_await session.commit();
    CHECK(az::inspect(*ann).persistent());
    CHECK_FALSE(az::inspect(*ann).modified());
    CHECK(az::inspect(*ann).identity() == std::vector<az::Value>{az::Value{*ann->id}});
    ann->name = "Ann"; // the same: touched, yet nothing to write
    CHECK(az::inspect(*ann).modified());
    CHECK_FALSE(session.is_modified(ann));
    ann->name = "Anna";
    const auto history = az::get_history(ann->name);
    CHECK(history.added == std::vector<std::string>{"Anna"});
    CHECK(history.deleted == std::vector<std::string>{"Ann"});
    co_await session.commit();

    const auto id = *ann->id;
    co_await session.delete_(ann);
    co_await session.flush();
    CHECK(az::inspect(*ann).deleted());
    co_await session.rollback();
    CHECK(az::inspect(*ann).persistent());
    CHECK_FALSE(az::inspect(*ann).was_deleted());
    co_await session.delete_(ann);
    co_await session.commit();
    CHECK(az::inspect(*ann).detached());
    CHECK(az::inspect(*ann).was_deleted());
    CHECK_THROWS_AS(session.add(ann), az::InvalidRequestError);
    az::make_transient(ann);
    session.add(ann); // as a new row
    co_await session.commit();
    CHECK(*ann->id == id);

    auto known = az::make<Author>();
    CHECK_THROWS_AS(az::make_transient_to_detached(known), az::ArgumentError);
    known->id = id;
    az::make_transient_to_detached(known);
    session.expunge_all();
    session.add(known); // no SELECT
    CHECK(az::inspect(*known).persistent());
    const auto name = co_await known->name.load();
    CHECK(name == "Anna");
    CHECK_THROWS_AS(az::make_transient_to_detached(known), az::InvalidRequestError);
}

/// What was deleted stays deleted, although others still show it.
asio::awaitable<void> cascades_do_not_raise_the_dead(az::Engine engine) {
    co_await make_tables(engine);
    az::Session session{engine};
    auto ann = author("Ann");
    auto note = az::make<Note>(col<&Note::text> = "n");
    ann->notes.append(note);
    session.add(ann);
    co_await session.commit();
    auto notes = co_await ann->notes.load();
    co_await session.delete_(note);
    co_await session.commit();
    CHECK(ann->notes.size() == 1); // as in SQLAlchemy: a flush does not edit collections
    ann->notes.append(az::make<Note>(col<&Note::text> = "other"));
    co_await session.commit();
    auto statement = az::select(az::func::count()).select_from<Note>();
    const auto left = co_await session.scalar(statement);
    CHECK(left == 1);
    CHECK_THROWS_AS(session.add(ann), az::InvalidRequestError);
    // Nor does a link to what is to be deleted take it back.
    auto bob = author("Bob");
    session.add(bob);
    co_await session.commit();
    session.expire_all();
    co_await session.delete_(bob);
    auto later = az::make<Note>(col<&Note::text> = "later");
    session.add(later);
    CHECK(session.deleted_objects().size() == 1);
    co_await session.commit();
    CHECK(az::inspect(*bob).detached());
}

/// Many members of a collection that is not loaded, and of one without another side: neither is searched for each.
asio::awaitable<void> many_members_at_once(az::Engine engine) {
    co_await make_tables(engine);
    az::Session session{engine};
    auto ann = author("Ann");
    session.add(ann);
    co_await session.commit();
    session.expire_all();
    constexpr int many = 20'000;
    std::vector<std::shared_ptr<Note>> notes;
    for (int i = 0; i < many; ++i) notes.push_back(az::make<Note>(col<&Note::text> = std::to_string(i)));
    for (const auto& note : notes) ann->notes.append(note);
    for (int i = 0; i < many; i += 2) ann->notes.remove(notes[static_cast<std::size_t>(many - 1 - i)]);
    const auto loaded = co_await ann->notes.load();
    CHECK(loaded.size() == many / 2);
    co_await session.rollback();
}

} // namespace

ON_EACH_DATABASE("session: makers and scopes", "[orm.session.factory][orm.session.scope][orm.session.object_session]", makers_make_sessions)
ON_EACH_DATABASE("session: a test's transaction around a session", "[orm.tx.external]", tests_keep_a_transaction_around)
ON_EACH_DATABASE("session: other ways to join a transaction", "[orm.tx.external]", other_ways_to_join)
ON_EACH_DATABASE("session: states are told", "[orm.state.machine][orm.state.inspect][orm.session.make_transient][orm.session.is_modified]",
                 states_are_told)
ON_EACH_DATABASE("session: cascades do not bring back what was deleted", "[orm.cascade.collections_not_edited]", cascades_do_not_raise_the_dead)
ON_EACH_DATABASE("session: many members at once", "[orm.coll.pending_mutation]", many_members_at_once)
