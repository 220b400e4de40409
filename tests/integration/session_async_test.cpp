// SPDX-License-Identifier: MIT
// Sessions among coroutines: what is loaded when it is asked for, one operation and one task at a time, cancelled or refused.
#include "support/backend.hpp"
#include "support/catch.hpp"
#include "support/on_each_database.hpp"
#include "support/domain.hpp"
#include "support/run.hpp"

#include <azoth/azoth.hpp>

#include <atomic>
#include <thread>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/strand.hpp>
#include <asio/thread_pool.hpp>

namespace az = azoth;
using az::col;
using Catch::Matchers::Contains;
using namespace domain;

namespace {

template <class E>
asio::awaitable<std::string> thrown_by(asio::awaitable<void> operation) {
    std::string message;
    try {
        co_await std::move(operation);
    } catch (const E& error) {
        message = error.what();
        if (message.empty()) message = "?";
    }
    co_return message;
}

asio::awaitable<void> make_tables(az::Engine engine) {
    az::Registry models;
    models.add<Author, Book, Note, Node>();
    co_await models.metadata().create_all(engine);
}

/// Authors "a0", "a1", … with as many notes as their number.
asio::awaitable<void> save_authors(az::Engine engine, int count) {
    co_await make_tables(engine);
    az::Session session{engine};
    std::vector<std::shared_ptr<Author>> authors;
    for (int i = 0; i < count; ++i) {
        authors.push_back(az::make<Author>(col<&Author::name> = "a" + std::to_string(i), col<&Author::motto> = "m"));
        for (int k = 0; k < i % 3; ++k) authors.back()->notes.append(az::make<Note>(col<&Note::text> = std::to_string(k)));
    }
    session.add_all(authors);
    co_await session.commit();
}

/// Counts the SELECTs of an engine while it exists.
class Selects {
public:
    explicit Selects(const az::Engine& engine)
        : connection_(engine.events().before_cursor_execute.connect([count = count_](const az::StatementEvent& event) {
              if (event.sql.starts_with("SELECT")) ++*count;
          })) {}
    Selects(const Selects&) = delete;
    Selects& operator=(const Selects&) = delete;
    ~Selects() { connection_.disconnect(); }
    [[nodiscard]] std::size_t count() const { return *count_; }

private:
    std::shared_ptr<std::size_t> count_ = std::make_shared<std::size_t>(0);
    az::SignalConnection connection_;
};

template <class T>
asio::awaitable<void> load_quietly(T& link) {
    (void)co_await link.load();
}

asio::awaitable<void> loads_on_request(az::Engine engine) {
    co_await save_authors(engine, 5);
    az::Session session{engine};
    auto authors = (co_await session.scalars(az::select<Author>().order_by(col<&Author::id>))).all();
    const Selects log{engine};
    CHECK_FALSE(authors[2]->notes.is_loaded());
    co_await az::load_all<&Author::notes>(authors);
    CHECK(log.count() == 1);
    CHECK(authors[0]->notes.empty());
    CHECK(authors[2]->notes.size() == 2);
    CHECK(authors[2]->notes[0]->author.get() == authors[2]);
    co_await az::load_all<&Author::notes>(authors); // they are there
    (void)co_await authors[2]->notes.load();
    const auto name = co_await authors[2]->name.load();
    CHECK(name == "a2");
    CHECK(log.count() == 1);

    session.expire(authors[1]);
    CHECK_FALSE(authors[1]->name.is_loaded());
    co_await az::load<&Author::name, &Author::motto, &Author::notes>(authors[1]); // columns by one, the link by one more
    CHECK(log.count() == 3);
    CHECK(authors[1]->name.is_loaded());
    CHECK(authors[1]->notes.size() == 1);
    co_await az::load<&Author::name, &Author::notes>(authors[1]);
    CHECK(log.count() == 3);
    for (const auto& author : authors) session.expire(author);
    co_await az::load_all<&Author::notes>(authors); // their keys are known
    CHECK(authors[4]->notes.size() == 1);

    co_await az::load_all<&Author::notes>(std::vector<std::shared_ptr<Author>>{});
    session.expunge(authors[3]);
    const auto detached = co_await thrown_by<az::DetachedInstanceError>(az::load_all<&Author::books>(authors));
    CHECK_THAT(detached, Contains("Author"));
    const auto alone = co_await thrown_by<az::DetachedInstanceError>(load_quietly(authors[3]->books));
    CHECK_THAT(alone, Contains("Author::books"));
    const auto columns = co_await thrown_by<az::DetachedInstanceError>(az::load<&Author::motto>(authors[3]));
    CHECK_THAT(columns, Contains("load()"));
    co_await session.commit(); // a memory database has one connection
    az::Session other{engine};
    auto elsewhere = (co_await other.scalars(az::select<Author>().limit(1))).all();
    elsewhere.push_back(authors[0]);
    const auto mixed = co_await thrown_by<az::ArgumentError>(az::load_all<&Author::books>(elsewhere));
    CHECK_THAT(mixed, Contains("different sessions"));
}

asio::awaitable<void> many_links_take_few_statements(az::Engine engine) {
    co_await save_authors(engine, 501);
    az::Session session{engine};
    auto authors = (co_await session.scalars(az::select<Author>())).all();
    const Selects log{engine};
    co_await az::load_all<&Author::notes>(authors);
    CHECK(log.count() == 2);
    std::size_t notes = 0;
    for (const auto& author : authors) notes += author->notes.size();
    CHECK(notes == 501);
}

asio::awaitable<void> history_with_a_load(az::Engine engine) {
    co_await save_authors(engine, 3);
    az::Session session{engine};
    auto author = (co_await session.scalars(az::select<Author>().where(col<&Author::name> == "a2"))).one();
    CHECK(az::get_history(author->notes).unchanged.empty()); // does not load
    CHECK_FALSE(author->notes.is_loaded());
    author->notes.append(az::make<Note>(col<&Note::text> = "new"));
    auto pending = az::get_history(author->notes);
    CHECK(pending.added.size() == 1);
    {
        const auto guard = session.no_autoflush(); // else the load writes the note first
        const auto whole = co_await az::load_history(author->notes);
        CHECK(whole.added.size() == 1);
        CHECK(whole.unchanged.size() == 2);
        CHECK(whole.deleted.empty());
    }
    author->name = "other";
    const auto known = co_await az::load_history(author->name);
    CHECK(known.deleted == std::vector<std::string>{"a2"});
    co_await session.flush();
    CHECK(az::get_history(author->name).unchanged == std::vector<std::string>{"other"}); // a flush begins anew
    CHECK(az::get_history(author->notes).added.empty());
    session.expire(author);
    author->name = "blind"; // what it was is not known
    CHECK(az::get_history(author->name).deleted.empty());
    CHECK(az::get_history(author->name).added == std::vector<std::string>{"blind"});
    const auto motto = co_await az::load_history(author->motto);
    CHECK(motto.unchanged == std::vector<std::optional<std::string>>{"m"});
    auto note = (co_await session.scalars(az::select<Note>().limit(1))).one();
    session.expire(note);
    const auto reference = co_await az::load_history(note->author);
    CHECK(reference.unchanged.size() == 1);
}

/// A second operation while the first is suspended.
asio::awaitable<void> one_operation_at_a_time(az::Engine engine) {
    co_await save_authors(engine, 3);
    auto session = std::make_shared<az::Session>(engine);
    session->add(az::make<Author>(col<&Author::name> = "pending"));
    std::string refused;
    std::string refused_too;
    // The listener runs in the middle of the flush, on purpose.
    session->events().before_flush.connect_once([&] {
        const auto probe = [](std::shared_ptr<az::Session> busy, std::string& message) -> asio::awaitable<void> {
            message = co_await thrown_by<az::ConcurrentOperationError>(busy->commit());
        };
        asio::co_spawn(engine.executor(), probe(session, refused), asio::detached);
        asio::co_spawn(engine.executor(), probe(session, refused_too), asio::detached);
    });
    co_await session->flush();
    co_await az::testing::pause(std::chrono::milliseconds{20});
    // On a database that never suspends the second operation came when the first was over: then it simply worked.
    if (engine.dialect()->name() != "sqlite") {
        CHECK_THAT(refused + refused_too, Contains("another operation"));
    }
    co_await session->rollback();
    auto found = (co_await session->scalars(az::select<Author>())).all();
    CHECK(found.size() >= 3);

    // Whatever the database: an open stream holds the connection, an awaitable listener holds the flush.
    std::string nested;
    auto connection = session->events().prepare_flush.connect([&](az::Session& flushing) -> asio::awaitable<void> {
        nested = co_await thrown_by<az::InvalidRequestError>(flushing.flush());
    });
    found[0]->motto = "changed";
    co_await session->flush();
    CHECK_THAT(nested, Contains("flushing already"));
    connection.disconnect();
    co_await session->commit();
}

asio::awaitable<void> errors_come_from_where_they_belong(az::Engine engine) {
    co_await save_authors(engine, 2);
    az::Session session{engine};
    CHECK_THROWS_AS(session.add(std::shared_ptr<Author>{}), az::ArgumentError); // at once
    auto operation = session.get<Author>(std::int64_t{1}, std::int64_t{2}); // a key of one column: nothing is thrown yet
    const auto run = [](asio::awaitable<std::shared_ptr<Author>> get) -> asio::awaitable<void> { (void)co_await std::move(get); };
    const auto message = co_await thrown_by<az::ArgumentError>(run(std::move(operation)));
    CHECK_THAT(message, Contains("primary key of Author"));
    auto author = (co_await session.scalars(az::select<Author>().limit(1))).one();
    CHECK_THROWS_AS(author->books.size(), az::NotLoadedError);
    auto twin = az::make<Author>(col<&Author::id> = *author->id, col<&Author::name> = "twin");
    session.expunge(author);
    session.add(twin);
    std::string sql;
    try {
        co_await session.flush();
    } catch (const az::IntegrityError& error) {
        sql = error.statement();
        CHECK(error.code() == az::errc::unique_violation);
    }
    CHECK_THAT(sql, Contains("INSERT INTO author"));
    az::Session moved{std::move(session)};
    CHECK_THROWS_AS(session.flush(), az::ResourceClosedError);
    co_await moved.rollback();
}

/// Cancelled in its middle an operation leaves a session that wants rollback(), or one that nothing has happened to.
asio::awaitable<void> a_cancelled_flush_is_undone(az::Engine engine) {
    co_await save_authors(engine, 2);
    for (int pause = 0; pause < 4; ++pause) {
        az::Session session{engine};
        for (int i = 0; i < 200; ++i) session.add(az::make<Author>(col<&Author::name> = "new" + std::to_string(i)));
        bool cancelled = false;
        bool ended = false;
        asio::cancellation_signal stop;
        const auto flush = [](az::Session& of, bool& was_cancelled, bool& has_ended) -> asio::awaitable<void> {
            try {
                co_await of.flush();
            } catch (const az::asio_system_error&) {
                was_cancelled = true;
            }
            has_ended = true;
        };
        asio::co_spawn(
            co_await asio::this_coro::executor, flush(session, cancelled, ended),
            asio::bind_cancellation_slot(stop.slot(), asio::detached));
        co_await az::testing::pause(std::chrono::milliseconds{pause});
        stop.emit(asio::cancellation_type::terminal);
        while (!ended) co_await az::testing::pause(std::chrono::milliseconds{1});
        if (cancelled) {
            const auto message = co_await thrown_by<az::PendingRollbackError>(session.flush());
            if (!message.empty()) CHECK_THAT(message, Contains("rollback()"));
        }
        co_await session.rollback();
        auto statement = az::select(az::func::count()).select_from<Author>();
        const auto count = co_await session.scalar(statement); // the session works again, nothing was written
        CHECK(count == 2);
        co_await session.close();
    }
}

asio::awaitable<void> a_session_for_each_task(az::Engine engine) {
    co_await save_authors(engine, 4);
    az::SessionMaker sessions{engine};
    std::atomic<int> ended{0};
    const auto task = [](az::SessionMaker maker, int number, std::atomic<int>& done) -> asio::awaitable<void> {
        for (bool again = true; again;) { // SQLite has one writer at a time: who has read before it writes is sent back
            again = false;
            auto session = maker();
            try {
                auto statement = az::select<Author>().where(col<&Author::name> == "a" + std::to_string(number));
                auto author = (co_await session.scalars(statement)).one();
                author->motto = "by task " + std::to_string(number);
                co_await session.commit();
            } catch (const az::DBAPIError& error) {
                if (!error.is_retryable()) throw;
                again = true;
            }
            if (!again) continue;
            co_await session.close();
            co_await az::testing::pause(std::chrono::milliseconds{1});
        }
        ++done;
    };
    std::exception_ptr failure;
    const auto note = [&](std::exception_ptr error) {
        if (error) failure = error;
    };
    for (int i = 0; i < 4; ++i) asio::co_spawn(co_await asio::this_coro::executor, task(sessions, i, ended), note);
    while (ended < 4 && !failure) co_await az::testing::pause(std::chrono::milliseconds{1});
    if (failure) std::rethrow_exception(failure);
    auto first = sessions();
    auto second = sessions();
    auto author = (co_await first.scalars(az::select<Author>().where(col<&Author::name> == "a3"))).one();
    CHECK(author->motto->value() == "by task 3");
    co_await first.commit(); // a memory database has one connection
    CHECK_THROWS_AS(second.add(author), az::InvalidRequestError); // it belongs to the first
    auto copy = co_await second.merge(author);
    CHECK(copy != author);
    CHECK(*copy->name == "a3");
    co_await second.close();
    first.expunge(author);
    second.add(author);
    CHECK(az::inspect(*author).persistent());
    co_await second.close();
}

asio::awaitable<void> recommended_settings(az::Engine engine) {
    co_await save_authors(engine, 3);
    CHECK_FALSE(az::SessionOptions().expire_on_commit);
    az::Session session{engine};
    auto author = az::make<Author>(col<&Author::name> = "new");
    session.add(author);
    co_await session.commit();
    CHECK(*author->name == "new"); // readable after the commit
    CHECK(author->notes.empty());  // a new object's collections are there
    auto loaded = (co_await session.scalars(az::select<Author>().where(col<&Author::name> == "a2"))).one();
    CHECK_THROWS_AS(loaded->notes.size(), az::NotLoadedError); // nothing loads by itself
    co_await session.commit();
    az::SessionOptions options;
    options.expire_on_commit = true;
    az::Session expiring{engine, options};
    auto again = (co_await expiring.scalars(az::select<Author>().where(col<&Author::name> == "a2"))).one();
    co_await expiring.commit();
    CHECK_THROWS_AS(*again->name, az::NotLoadedError);
    const auto name = co_await again->name.load();
    CHECK(name == "a2");
}

asio::awaitable<void> sessions_without_a_database(az::Engine engine) {
    co_await save_authors(engine, 1);
    az::Session session;
    session.add(az::make<Author>(col<&Author::name> = "x"));
    CHECK(session.new_objects().size() == 1);
    const auto flushed = co_await thrown_by<az::UnboundExecutionError>(session.flush());
    CHECK_THAT(flushed, Contains("class Author") && Contains("'author'"));
    co_await session.rollback();
    const auto run = [](az::Session& s) -> asio::awaitable<void> { (void)co_await s.scalars(az::select<Book>()); };
    const auto selected = co_await thrown_by<az::UnboundExecutionError>(run(session));
    CHECK_THAT(selected, Contains("class Book"));
    const auto change = [](az::Session& s) -> asio::awaitable<void> {
        auto statement = az::delete_<Note>();
        (void)co_await s.execute(statement);
    };
    const auto deleted = co_await thrown_by<az::UnboundExecutionError>(change(session));
    CHECK_THAT(deleted, Contains("DELETE") && Contains("'note'"));
    const auto connect = [](az::Session& s) -> asio::awaitable<void> { (void)co_await s.connection(); };
    const auto connected = co_await thrown_by<az::UnboundExecutionError>(connect(session));
    CHECK_THAT(connected, Contains("a connection"));
    az::SessionMaker later;
    CHECK_THROWS_AS(later(), az::UnboundExecutionError);
    later.configure(engine);
    auto bound = later();
    auto found = (co_await bound.scalars(az::select<Author>())).all();
    CHECK(found.size() == 1);
}

asio::awaitable<void> connections_with_an_isolation_level(az::Engine engine) {
    co_await save_authors(engine, 1);
    az::Session session{engine};
    std::vector<std::string> warnings;
    session.events().warning.connect([&](std::string_view text) { warnings.emplace_back(text); });
    auto* connection = co_await session.connection(az::IsolationLevel::serializable);
    CHECK(session.in_transaction() == connection->in_transaction());
    const auto level = co_await connection->get_isolation_level();
    CHECK(level == az::IsolationLevel::serializable);
    auto author = (co_await session.scalars(az::select<Author>())).one(); // on the same connection
    auto* again = co_await session.connection();
    CHECK(again == connection);
    CHECK(warnings.empty());
    (void)co_await session.connection(az::IsolationLevel::read_committed); // too late
    REQUIRE(warnings.size() == 1);
    CHECK_THAT(warnings[0], Contains("begun already"));
    co_await session.commit();
    co_await session.close();
    az::Session next{engine};
    auto* plain = co_await next.connection();
    CHECK(plain != nullptr);
    co_await next.close();
}

} // namespace

ON_EACH_DATABASE("session: attributes, links and links of many objects load on request, once", "[orm.async.load_api]", loads_on_request)
ON_EACH_DATABASE("session: a link of 501 objects takes two statements", "[orm.async.load_api]", many_links_take_few_statements)
ON_EACH_DATABASE("session: histories come with and without a load", "[orm.history.api]", history_with_a_load)
ON_EACH_DATABASE("session: a second operation is refused while one is suspended", "[orm.core.reentrancy]", one_operation_at_a_time)
ON_EACH_DATABASE("session: errors come from the co_await, misuse throws at the call", "[orm.core.errors]", errors_come_from_where_they_belong)
ON_EACH_DATABASE("session: a cancelled flush is undone", "[orm.core.cancel]", a_cancelled_flush_is_undone)
ON_EACH_DATABASE("session: each task has its own", "[orm.async.session_per_task]", a_session_for_each_task)
ON_EACH_DATABASE("session: the defaults suit coroutines", "[orm.async.expire_default]", recommended_settings)
ON_EACH_DATABASE("session: without an engine it says what it could not execute", "[orm.bind.none]", sessions_without_a_database)
ON_EACH_DATABASE("session: its connection takes an isolation level first", "[orm.session.connection]", connections_with_an_isolation_level)

TEST_CASE("session: on a strand of a context with several threads", "[integration][orm][orm.async.executor]") {
    const auto database = GENERATE(from_range(backend_names()));
    INFO("database: " << database);
    Backend backend{database};
    backend.run(save_authors(backend.engine(), 4));
    asio::thread_pool threads{4};
    // A memory database has one connection: its engine is the backend's own.
    if (database == "sqlite") return;
    auto engine = az::create_engine(threads.get_executor(), backend.url());
    std::atomic<int> right{0};
    std::atomic<int> on_strand{0};
    const auto work = [](az::Engine of, asio::strand<asio::thread_pool::executor_type> strand, std::atomic<int>& good,
                         std::atomic<int>& here) -> asio::awaitable<void> {
        az::Session session{of};
        for (int i = 0; i < 25; ++i) {
            auto authors = (co_await session.scalars(az::select<Author>())).all();
            co_await az::load_all<&Author::notes>(authors);
            if (authors.size() == 4) ++good;
            if (strand.running_in_this_thread()) ++here; // every resumption is on the session's strand
            co_await session.rollback();
        }
        co_await session.close();
    };
    for (int i = 0; i < 4; ++i) {
        auto strand = asio::make_strand(threads.get_executor());
        asio::co_spawn(strand, work(engine, strand, right, on_strand), asio::detached);
    }
    threads.join();
    CHECK(right == 100);
    CHECK(on_strand == 100);
}
