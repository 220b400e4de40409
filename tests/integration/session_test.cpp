// SPDX-License-Identifier: MIT
// The ORM on every database: what a session writes is what the next one reads.
#include "support/backend.hpp"
#include "support/catch.hpp"
#include "support/on_each_database.hpp"
#include "support/domain.hpp"

#include <algorithm>

#include <azoth/azoth.hpp>
#include <azoth/testing/statement_log.hpp>

namespace az = azoth;
using az::col;
using namespace domain;

namespace {

/// Author Ann with books One and Two and a note, author Bob with nothing. Keys are the database's.
asio::awaitable<void> save_sample(az::Engine engine) {
    az::Registry models;
    models.add<Author, Book, Note, Node>();
    co_await models.metadata().create_all(engine);
    az::Session session{engine};
    auto ann = az::make<Author>(col<&Author::name> = "Ann", col<&Author::motto> = "Ünïcode ✓ 'quoted'");
    ann->books.append(az::make<Book>(col<&Book::title> = "One", col<&Book::pages> = 11));
    ann->books.append(az::make<Book>(col<&Book::title> = "Two"));
    ann->notes.append(az::make<Note>(col<&Note::text> = "n"));
    session.add_all(ann, az::make<Author>(col<&Author::name> = "Bob"));
    co_await session.commit();
}

template <class T>
asio::awaitable<std::int64_t> count(az::Session& session) {
    auto statement = az::select(az::func::count()).select_from<T>();
    co_return co_await session.scalar(statement);
}

asio::awaitable<std::shared_ptr<Author>> find_author(az::Session& session, std::string name) {
    auto statement = az::select<Author>().where(col<&Author::name> == name);
    auto found = co_await session.scalars(statement);
    co_return found.one();
}

asio::awaitable<void> saves_and_loads(az::Engine engine) {
    co_await save_sample(engine);
    az::Session session{engine};
    auto ann = co_await find_author(session, "Ann");
    CHECK(ann->motto->value() == "Ünïcode ✓ 'quoted'");
    CHECK_THROWS_AS(ann->books.size(), az::NotLoadedError);
    auto books = co_await ann->books.load();
    REQUIRE(books.size() == 2);
    CHECK(*books[0]->author_id == *ann->id);
    CHECK(*books[1]->pages == 100);
    CHECK(books[0]->author.get() == ann); // known without a query
    auto bob = co_await find_author(session, "Bob");
    CHECK(*bob->motto == std::nullopt);
    auto none = co_await bob->books.load();
    CHECK(none.empty());
}

asio::awaitable<void> one_object_per_row(az::Engine engine) {
    co_await save_sample(engine);
    az::Session session{engine};
    auto ann = co_await find_author(session, "Ann");
    auto again = co_await find_author(session, "Ann");
    CHECK(ann == again);
    auto by_key = co_await session.get<Author>(*ann->id);
    CHECK(by_key == ann);
    auto missing = co_await session.get<Author>(std::int64_t{987654});
    CHECK(missing == nullptr);
    CHECK(session.identity_map_size() == 1);
    ann.reset();
    again.reset();
    by_key.reset();
    CHECK(session.identity_map_size() == 0);
}

asio::awaitable<void> loads_with_selectin(az::Engine engine) {
    co_await save_sample(engine);
    az::Session session{engine};
    auto statement = az::select<Author>()
                         .options(az::selectinload<&Author::books>(), az::selectinload<&Author::notes>())
                         .order_by(col<&Author::name>);
    auto authors = (co_await session.scalars(statement)).all();
    REQUIRE(authors.size() == 2);
    CHECK(authors[0]->books.size() == 2);
    CHECK(authors[0]->notes.size() == 1);
    CHECK(authors[1]->books.empty());
    auto books_statement = az::select<Book>().options(az::selectinload<&Book::author>()).order_by(col<&Book::title>);
    auto books = (co_await session.scalars(books_statement)).all();
    CHECK(*books[0]->author->name == "Ann");
    co_await session.close();
    CHECK(*authors[0]->books[1]->author->name == "Ann"); // the graph outlives its session
}

asio::awaitable<void> changes_are_written(az::Engine engine) {
    co_await save_sample(engine);
    {
        az::Session session{engine};
        auto ann = co_await find_author(session, "Ann");
        auto bob = co_await find_author(session, "Bob");
        ann->motto = az::null;
        auto books = co_await ann->books.load();
        bob->books.append(books[0]); // moves
        bob->notes.append(az::make<Note>(col<&Note::text> = "new")); // to a collection that is not loaded
        co_await session.commit();
    }
    az::Session session{engine};
    auto ann = co_await find_author(session, "Ann");
    auto bob = co_await find_author(session, "Bob");
    CHECK(*ann->motto == std::nullopt);
    CHECK((co_await ann->books.load()).size() == 1);
    CHECK((co_await bob->books.load()).size() == 1);
    CHECK((co_await bob->notes.load()).size() == 1);
}

asio::awaitable<void> deletes_follow_cascades(az::Engine engine) {
    co_await save_sample(engine);
    {
        az::Session session{engine};
        auto ann = co_await find_author(session, "Ann");
        co_await session.delete_(ann);
        co_await session.commit();
    }
    az::Session session{engine};
    auto authors = co_await count<Author>(session);
    CHECK(authors == 1);
    auto books = co_await count<Book>(session);
    CHECK(books == 0);
    auto notes = (co_await session.scalars(az::select<Note>())).all();
    REQUIRE(notes.size() == 1);
    CHECK(*notes[0]->author_id == std::nullopt);
}

asio::awaitable<void> orphans_are_deleted(az::Engine engine) {
    co_await save_sample(engine);
    az::Session session{engine};
    auto ann = co_await find_author(session, "Ann");
    auto books = co_await ann->books.load();
    ann->books.remove(books[0]);
    co_await session.commit();
    auto remaining = co_await count<Book>(session);
    CHECK(remaining == 1);
}

asio::awaitable<void> trees_are_saved(az::Engine engine) {
    co_await save_sample(engine);
    az::Session session{engine};
    auto root = az::make<Node>(col<&Node::name> = "root");
    for (const char* name : {"a", "b"}) {
        auto child = az::make<Node>(col<&Node::name> = name);
        child->parent = root;
        child->children.append(az::make<Node>(col<&Node::name> = std::string{name} + "1"));
    }
    session.add(root);
    co_await session.commit();
    session.expunge_all();
    auto statement = az::select<Node>().where(col<&Node::name> == "b1");
    auto leaf = (co_await session.scalars(statement)).one();
    auto parent = co_await leaf->parent.load();
    auto top = co_await parent->parent.load();
    CHECK(*top->name == "root");
    const auto above = co_await top->parent.load();
    CHECK(above == nullptr);
    CHECK((co_await top->children.load()).size() == 2);
}

asio::awaitable<void> a_failed_flush_wants_rollback(az::Engine engine) {
    co_await save_sample(engine);
    az::Session session{engine};
    auto ann = co_await find_author(session, "Ann");
    ann->motto = "changed";
    session.add(az::make<Author>(col<&Author::id> = *ann->id, col<&Author::name> = "double"));
    bool refused = false;
    try {
        co_await session.commit();
    } catch (const az::IntegrityError& error) {
        refused = error.code() == az::errc::unique_violation;
    }
    CHECK(refused);
    bool pending = false;
    try {
        (void)co_await find_author(session, "Ann");
    } catch (const az::PendingRollbackError&) {
        pending = true;
    }
    CHECK(pending);
    co_await session.rollback();
    CHECK_THROWS_AS(*ann->motto, az::NotLoadedError);
    co_await session.refresh(ann);
    CHECK(ann->motto->value() == "Ünïcode ✓ 'quoted'");
    auto authors = co_await count<Author>(session);
    CHECK(authors == 2);
}

asio::awaitable<void> rollback_undoes(az::Engine engine) {
    co_await save_sample(engine);
    az::Session session{engine};
    auto ann = co_await find_author(session, "Ann");
    auto carol = az::make<Author>(col<&Author::name> = "Carol");
    session.add(carol);
    ann->name = "Anna";
    co_await session.flush();
    CHECK(carol->id.is_present());
    co_await session.rollback();
    CHECK_FALSE(session.contains(carol));
    auto authors = co_await count<Author>(session);
    CHECK(authors == 2);
    co_await session.refresh(ann);
    CHECK(*ann->name == "Ann");
    session.add(carol); // transient again: it can be saved anew
    co_await session.commit();
    authors = co_await count<Author>(session);
    CHECK(authors == 3);
}

asio::awaitable<void> queries_see_pending_changes(az::Engine engine) {
    co_await save_sample(engine);
    az::Session session{engine};
    session.add(az::make<Author>(col<&Author::name> = "Carol"));
    auto authors = co_await count<Author>(session);
    CHECK(authors == 3);
}

asio::awaitable<void> stale_rows_are_noticed(az::Engine engine) {
    co_await save_sample(engine);
    az::Session session{engine};
    auto note = (co_await session.scalars(az::select<Note>())).one();
    auto statement = az::delete_<Note>();
    (void)co_await session.execute(statement);
    note->text = "changed";
    bool stale = false;
    try {
        co_await session.commit();
    } catch (const az::StaleDataError&) {
        stale = true;
    }
    CHECK(stale);
    co_await session.rollback();
}

asio::awaitable<void> detached_links_say_so(az::Engine engine) {
    co_await save_sample(engine);
    std::shared_ptr<Author> ann;
    {
        az::Session session{engine};
        ann = co_await find_author(session, "Ann");
    }
    CHECK(*ann->name == "Ann");
    bool refused = false;
    try {
        (void)co_await ann->books.load();
    } catch (const az::InvalidRequestError& error) {
        refused = std::string{error.what()}.find("Author::books") != std::string::npos;
    }
    CHECK(refused);
}

asio::awaitable<void> rows_mix_objects_and_values(az::Engine engine) {
    co_await save_sample(engine);
    az::Session session{engine};
    auto statement = az::select<Author, Book>().join<&Author::books>().order_by(col<&Book::title>);
    std::vector<std::string> seen;
    for (const auto& [author, book] : co_await session.execute(statement)) seen.push_back(*author->name + " " + *book->title);
    CHECK(seen == std::vector<std::string>{"Ann One", "Ann Two"});
    auto outer = az::select<Author, Book>().outer_join<&Author::books>().where(col<&Author::name> == "Bob");
    auto rows = co_await session.execute(outer);
    auto row = rows.one();
    CHECK(std::get<1>(row) == nullptr);
}

asio::awaitable<void> many_rows_keep_their_keys(az::Engine engine) {
    co_await save_sample(engine);
    az::Session session{engine};
    std::vector<std::shared_ptr<Author>> authors;
    for (int i = 0; i < 1200; ++i) {
        authors.push_back(az::make<Author>(col<&Author::name> = "author " + std::to_string(i)));
        authors.back()->notes.append(az::make<Note>(col<&Note::text> = std::to_string(i)));
    }
    session.add_all(authors);
    co_await session.commit();
    session.expunge_all();
    auto statement = az::select<Author>().where(col<&Author::name>.like("author %")).options(az::selectinload<&Author::notes>());
    std::size_t right = 0;
    for (const auto& author : co_await session.scalars(statement))
        if (author->notes.size() == 1 && "author " + *author->notes[0]->text == *author->name) ++right;
    CHECK(right == 1200);
}

} // namespace

ON_EACH_DATABASE("session: what is saved is loaded",
                 "[orm.core.no_implicit_io][orm.loading.lazy][orm.rel.one_to_many][orm.tx.commit]", saves_and_loads)
ON_EACH_DATABASE("session: there is one object for a row, while somebody holds it",
                 "[orm.idmap.unique][orm.idmap.weak][orm.session.get]", one_object_per_row)
ON_EACH_DATABASE("session: selectinload loads for all at once", "[orm.loading.selectinload]", loads_with_selectin)
ON_EACH_DATABASE("session: changes are written, moves and unloaded collections too",
                 "[orm.coll.pending_mutation][orm.flush.update]", changes_are_written)
ON_EACH_DATABASE("session: deleting follows cascades and frees the others",
                 "[orm.cascade.delete][orm.session.delete]", deletes_follow_cascades)
ON_EACH_DATABASE("session: orphans are deleted", "[orm.cascade.delete_orphan]", orphans_are_deleted)
ON_EACH_DATABASE("session: trees are saved and walked", "[orm.rel.self_ref]", trees_are_saved)
ON_EACH_DATABASE("session: a failed flush wants rollback, then works again",
                 "[orm.tx.inactive][orm.refresh.refresh]", a_failed_flush_wants_rollback)
ON_EACH_DATABASE("session: rollback undoes rows and objects", "[orm.tx.rollback][orm.session.flush]", rollback_undoes)
ON_EACH_DATABASE("session: queries see pending changes", "[orm.session.autoflush]", queries_see_pending_changes)
ON_EACH_DATABASE("session: a row that is gone is noticed", "[orm.flush.rowcount]", stale_rows_are_noticed)
ON_EACH_DATABASE("session: links of detached objects say so", "[orm.state.detached_access]", detached_links_say_so)
ON_EACH_DATABASE("session: rows mix entities",
                 "[orm.select.entity][orm.select.multi][orm.select.join_rel][orm.exec.execute]", rows_mix_objects_and_values)
ON_EACH_DATABASE("session: 1,200 parents with children keep their keys",
                 "[orm.flush.insert_batch][orm.loading.selectinload]", many_rows_keep_their_keys)

namespace {
asio::awaitable<void> saves_pages_of_authors(az::Engine engine) {
    co_await save_sample(engine);
    az::Session session{engine};
    std::vector<std::shared_ptr<Author>> authors;
    for (int i = 0; i < 2300; ++i) authors.push_back(az::make<Author>(col<&Author::name> = "author " + std::to_string(i)));
    session.add_all(authors);
    co_await session.commit();
    std::size_t right = 0;
    for (const auto& author : authors) {
        co_await session.refresh(author); // by its key
        if (*author->name == "author " + std::to_string(right)) ++right;
    }
    CHECK(right == authors.size());
}
} // namespace

TEST_CASE("session: whole pages of new rows go to PostgreSQL in one statement each", "[integration][orm][orm.flush.insert_batch]") {
    const auto names = backend_names();
    if (std::ranges::find(names, "postgresql") == names.end()) return;
    Backend backend{"postgresql"};
    const az::testing::StatementLog log;
    az::EngineOptions options;
    log.attach(options);
    backend.run(saves_pages_of_authors(backend.make_engine(options)));
    const auto is_page = [](const std::string& text) { return text.find(") AS imp_sen(") != std::string::npos; };
    const auto texts = log.texts();
    CHECK(std::ranges::count_if(texts, is_page) == 2);
}
