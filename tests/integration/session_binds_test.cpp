// SPDX-License-Identifier: MIT
// Sessions on several databases, and sessions by scope.
#include "support/backend.hpp"
#include "support/catch.hpp"
#include "support/domain.hpp"

#include <azoth/azoth.hpp>
#include <azoth/testing/statement_log.hpp>


#include <future>
#include <optional>
#include <string>
#include <vector>

namespace az = azoth;
using az::col;
using namespace domain;

namespace {

/// What is kept apart: not mapped itself.
struct Archived {
    virtual ~Archived() = default;
};
struct Invoice : az::Model<Invoice>, Archived {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> text;
    az::Mapped<std::optional<std::int64_t>> folder_id;
    static void map(az::Mapper<Invoice>& m) {
        m.table("invoice");
        m.column<&Invoice::id>(az::primary_key);
        m.column<&Invoice::text>(az::String{50});
        m.column<&Invoice::folder_id>();
    }
};
struct Secret : Archived {};
struct Letter : az::Model<Letter>, Secret {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> text;
    static void map(az::Mapper<Letter>& m) {
        m.table("letter");
        m.column<&Letter::id>(az::primary_key);
        m.column<&Letter::text>(az::String{50});
    }
};

/// Another database, with what was sent to it.
struct Other {
    Backend backend;
    az::testing::StatementLog log;
    az::Engine engine;

    /// @param io  where both are used; null: the backend's own
    explicit Other(const std::string& name, asio::io_context* io = nullptr)
        : backend(name), engine(make(io == nullptr ? backend.io() : *io, backend, log)) {}
    static az::Engine make(asio::io_context& io, const Backend& backend, az::testing::StatementLog& log) {
        az::EngineOptions options;
        log.attach(options);
        return az::create_engine(io.get_executor(), backend.url(), options);
    }
};

asio::awaitable<void> make_tables(az::Engine engine) {
    az::Registry models;
    models.add<Author, Book, Note, Node, Invoice, Letter>();
    co_await models.metadata().create_all(engine);
}

std::shared_ptr<Author> author(const char* name) { return az::make<Author>(col<&Author::name> = name); }

template <class T>
asio::awaitable<std::int64_t> count(az::Engine engine) {
    auto connection = co_await engine.connect();
    auto statement = az::select(az::func::count()).select_from<T>();
    const auto found = co_await connection.scalar(statement);
    co_await connection.close();
    co_return *found;
}

asio::awaitable<void> rows_go_where_they_belong(Other& one, Other& two) {
    co_await make_tables(one.engine);
    co_await make_tables(two.engine);
    const auto& notes = *az::mapper_of<Note>().table;
    const auto binds = az::SessionBinds(one.engine).bind<Archived>(two.engine).bind<Secret>(one.engine).bind(notes, two.engine);
    az::SessionMaker sessions{binds};
    auto session = sessions();
    session.add_all(
        author("Ann"), az::make<Invoice>(col<&Invoice::text> = "i"), az::make<Letter>(col<&Letter::text> = "l"), az::make<Note>(col<&Note::text> = "n"));
    co_await session.commit();
    auto found = co_await count<Author>(one.engine);
    CHECK(found == 1);
    found = co_await count<Invoice>(two.engine); // by its base
    CHECK(found == 1);
    found = co_await count<Letter>(one.engine); // by the closest of its bases
    CHECK(found == 1);
    found = co_await count<Note>(two.engine); // by its table
    CHECK(found == 1);
    for (auto* other : {&one, &two}) {
        found = co_await count<Author>(other->engine);
        const auto more = co_await count<Invoice>(other->engine);
        CHECK(found + more == 1);
    }
    // Reading, statements about tables, and rows that are changed.
    session.expunge_all();
    auto invoice = (co_await session.scalars(az::select<Invoice>())).one();
    auto ann = (co_await session.scalars(az::select<Author>())).one();
    invoice->text = "paid";
    ann->name = "Anna";
    co_await session.flush();
    session.expire(invoice);
    const auto text = co_await invoice->text.load();
    CHECK(text == "paid");
    auto rename = az::update<Note>().values(col<&Note::text> = "new");
    (void)co_await session.execute(rename);
    auto* where = co_await session.connection<Invoice>();
    auto* first = co_await session.connection();
    CHECK(where != first);
    co_await session.rollback();
    // Both are rolled back.
    invoice = (co_await session.scalars(az::select<Invoice>())).one();
    const auto before = co_await invoice->text.load();
    CHECK(before == "i");
    co_await session.commit();

    // A savepoint in each, and the same for what fails.
    auto savepoint = co_await session.begin_nested();
    session.add_all(author("Bob"), az::make<Invoice>(col<&Invoice::text> = "second"));
    co_await session.flush();
    co_await savepoint.rollback();
    session.add_all(author("Carol"), az::make<Invoice>(col<&Invoice::text> = "third"));
    co_await session.commit();
    found = co_await count<Author>(one.engine);
    CHECK(found == 2);
    found = co_await count<Invoice>(two.engine);
    CHECK(found == 2);
    session.add_all(author("Dora"), az::make<Invoice>(col<&Invoice::id> = *invoice->id, col<&Invoice::text> = "taken"));
    bool failed = false;
    session.expunge(invoice);
    try {
        co_await session.commit();
    } catch (const az::IntegrityError&) {
        failed = true;
    }
    CHECK(failed);
    co_await session.rollback();
    found = co_await count<Author>(one.engine);
    CHECK(found == 2);
    co_await session.close();

    // Nothing for what is not bound.
    az::Session partly{az::SessionBinds().bind<Invoice>(two.engine)};
    partly.add(author("nowhere"));
    std::string unbound;
    try {
        co_await partly.flush();
    } catch (const az::UnboundExecutionError& error) {
        unbound = error.what();
    }
    CHECK(unbound.find("Author") != std::string::npos);
    co_await partly.close();
    co_await one.engine.dispose();
    co_await two.engine.dispose();
}

asio::awaitable<void> the_program_chooses(Other& one, Other& two) {
    co_await make_tables(one.engine);
    co_await make_tables(two.engine);
    // What is written goes to the leader, what is read comes from the follower.
    std::vector<std::string> asked;
    const auto binds = az::SessionBinds(one.engine).route([&](const az::BindRequest& request) -> std::optional<az::Engine> {
        asked.push_back(
            (request.mapper == nullptr ? std::string{"?"} : request.mapper->class_name) + (request.flushing ? " flush" : request.is_select() ? " select" : " other"));
        if (request.is_select()) return two.engine;
        return std::nullopt;
    });
    az::Session session{binds};
    session.add(author("Ann"));
    co_await session.flush();
    REQUIRE_FALSE(asked.empty());
    for (const auto& question : asked) CHECK(question == "Author flush");
    asked.clear();
    auto read = (co_await session.scalars(az::select<Author>())).all();
    CHECK(read.empty()); // the follower has not heard of her
    CHECK(asked == std::vector<std::string>{"Author select"});
    asked.clear();
    auto rename = az::update<Author>().values(col<&Author::name> = "new");
    (void)co_await session.execute(rename);
    CHECK(asked == std::vector<std::string>{"Author other"});
    co_await session.commit();
    const auto written = co_await count<Author>(one.engine);
    CHECK(written == 1);
    co_await session.close();
    co_await one.engine.dispose();
    co_await two.engine.dispose();
}

asio::awaitable<void> both_or_none(Other& one, Other& two) {
    co_await make_tables(one.engine);
    co_await make_tables(two.engine);
    if (one.engine.dialect()->name() == "sqlite") co_return;
    az::SessionOptions options;
    options.twophase = true;
    az::Session session{az::SessionBinds(one.engine).bind<Invoice>(two.engine), options};
    std::vector<std::string> told;
    const auto note = [&](const char* what) { return [&told, what](const az::TransactionEvent&) { told.emplace_back(what); }; };
    for (auto* other : {&one, &two}) {
        other->engine.events().prepare_twophase.connect(note("prepare"));
        other->engine.events().commit_twophase.connect(note("commit"));
        other->engine.events().rollback_twophase.connect(note("rollback"));
    }
    session.add_all(author("Ann"), az::make<Invoice>(col<&Invoice::text> = "i"));
    co_await session.commit();
    CHECK(told == std::vector<std::string>{"prepare", "prepare", "commit", "commit"});
    told.clear();
    // The second cannot be prepared: its listener says so. Neither is committed.
    session.add_all(author("Bob"), az::make<Invoice>(col<&Invoice::text> = "j"));
    co_await session.flush();
    int prepared = 0;
    for (auto* other : {&one, &two})
        other->engine.events().prepare_twophase.connect([&](const az::TransactionEvent&) {
            if (++prepared == 2) throw az::InvalidRequestError("not now");
        });
    bool failed = false;
    try {
        co_await session.commit();
    } catch (const az::InvalidRequestError&) {
        failed = true;
    }
    CHECK(failed);
    co_await session.rollback();
    const auto authors = co_await count<Author>(one.engine);
    CHECK(authors == 1);
    const auto invoices = co_await count<Invoice>(two.engine);
    CHECK(invoices == 1);
    co_await session.close();
    co_await one.engine.dispose();
    co_await two.engine.dispose();
}

asio::awaitable<void> sessions_by_scope(az::Engine engine) {
    co_await make_tables(engine);
    az::ScopedSession<> sessions{az::SessionMaker{engine}};
    const az::Scope request;
    const az::Scope job;
    CHECK_FALSE(sessions.has(&request));
    auto& of_request = sessions(&request);
    CHECK(&sessions(&request) == &of_request);
    CHECK(&sessions(&job) != &of_request);
    CHECK(sessions.size() == 2);
    of_request.add(author("Ann"));
    co_await of_request.commit();
    auto again = (co_await sessions(&request).scalars(az::select<Author>())).one();
    CHECK(*again->name == "Ann");
    again->name = "not written";
    co_await sessions.remove(&request); // rolls back, lets objects go
    co_await sessions.remove(&request); // nothing
    CHECK(az::inspect(*again).detached());
    CHECK_FALSE(sessions.has(&request));
    CHECK(sessions.has(&job));
    co_await sessions.remove(&job);
    az::SessionOptions options;
    options.autoflush = false;
    auto& careful = sessions(&request, options);
    careful.add(author("Bob"));
    const auto found = (co_await careful.scalars(az::select<Author>())).all();
    CHECK(found.size() == 1);
    CHECK_THROWS_AS(sessions(&request, options), az::InvalidRequestError);
    CHECK_THROWS_AS(sessions.set(&request, az::Session{engine}), az::InvalidRequestError);
    co_await sessions.remove(&request);
    CHECK_THROWS_AS(sessions->begin(), az::InvalidRequestError); // nothing says which scope this is

    // Which scope is the current one says the program.
    std::string current = "first";
    az::ScopedSession<std::string> by_name{az::SessionMaker{engine}, [&] { return current; }};
    by_name->add(author("Carol"));
    co_await by_name->flush();
    CHECK((*by_name).has_changes() == false);
    co_await by_name.remove();
    current = "second";
    CHECK_FALSE(by_name.has());
    CHECK(by_name->new_objects().empty());
    co_await by_name.remove();
    az::ScopedSession<int> unbound{az::SessionMaker{}};
    CHECK_THROWS_AS(unbound(1), az::UnboundExecutionError);
    CHECK(unbound.size() == 0);
}

} // namespace

#define ON_TWO_DATABASES(sentence, tags, body)                                               \
    TEST_CASE("session binds: " sentence, "[integration][orm]" tags) {                       \
        const auto database = GENERATE(from_range(backend_names()));                         \
        INFO("database: " << database);                                                      \
        Other one{database};                                                                 \
        Other two{database, &one.backend.io()};                                              \
        one.backend.run(body(one, two));                                                     \
    }

ON_TWO_DATABASES("by class or base or table", "[orm.bind.multi][orm.session.ctor]", rows_go_where_they_belong)
ON_TWO_DATABASES("the program chooses", "[orm.bind.get_bind]", the_program_chooses)
ON_TWO_DATABASES("in two phases both are committed or none", "[orm.bind.multi][orm.session.ctor]", both_or_none)

TEST_CASE("scoped sessions: one for each scope, until it is removed", "[integration][orm][orm.scope.registry]") {
    const auto database = GENERATE(from_range(backend_names()));
    INFO("database: " << database);
    Backend backend{database};
    backend.run(sessions_by_scope(backend.engine()));
}

TEST_CASE("scoped sessions: several threads ask at once", "[integration][orm][orm.scope.registry]") {
    Backend backend{"sqlite"};
    az::ScopedSession<int> sessions{az::SessionMaker{backend.engine()}};
    std::vector<std::future<std::vector<az::Session*>>> threads;
    for (int t = 0; t < 4; ++t)
        threads.push_back(std::async(std::launch::async, [&sessions] {
            std::vector<az::Session*> found;
            for (int scope = 0; scope < 100; ++scope) found.push_back(&sessions(scope));
            return found;
        }));
    auto first = threads.front().get();
    for (std::size_t t = 1; t < threads.size(); ++t) CHECK(threads[t].get() == first);
    CHECK(sessions.size() == 100);
}
