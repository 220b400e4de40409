// SPDX-License-Identifier: MIT
// How sessions are made: their options, several databases, scopes. On every database.
#include "support/backend.hpp"
#include "support/catch.hpp"
#include "support/on_each_database.hpp"
#include "support/domain.hpp"

#include <azoth/azoth.hpp>
#include <azoth/testing/statement_log.hpp>

#include <any>
#include <string>
#include <vector>

namespace az = azoth;
using az::col;
using Catch::Matchers::Contains;
using namespace domain;

namespace {

asio::awaitable<void> make_tables(az::Engine engine) {
    az::Registry models;
    models.add<Author, Book, Note, Node>();
    co_await models.metadata().create_all(engine);
}

std::shared_ptr<Author> author(const char* name) { return az::make<Author>(col<&Author::name> = name); }

template <class E, class F>
asio::awaitable<std::string> error_of(F f) {
    std::string text;
    try {
        co_await f();
    } catch (const E& error) {
        text = error.what();
        if (text.empty()) text = "?";
    }
    co_return text;
}

template <class T>
asio::awaitable<std::int64_t> count(az::Engine engine) {
    auto connection = co_await engine.connect();
    auto statement = az::select(az::func::count()).select_from<T>();
    const auto found = co_await connection.scalar(statement);
    co_await connection.close();
    co_return *found;
}

asio::awaitable<void> transactions_are_begun(az::Engine engine) {
    co_await make_tables(engine);
    az::SessionOptions options;
    options.autobegin = false;
    az::Session session{engine, options};
    auto ann = author("Ann");
    const auto refuses = [&](auto use) -> asio::awaitable<bool> {
        const auto error = co_await error_of<az::InvalidRequestError>(use);
        co_return Contains("session.begin()").match(error);
    };
    CHECK_THROWS_WITH(session.add(ann), Contains("session.begin()"));
    CHECK(az::inspect(*ann).transient());
    bool refused = co_await refuses([&]() -> asio::awaitable<void> { (void)co_await session.scalars(az::select<Author>()); });
    CHECK(refused);
    refused = co_await refuses([&]() -> asio::awaitable<void> { (void)co_await session.connection(); });
    CHECK(refused);
    refused = co_await refuses([&] { return session.commit(); });
    CHECK(refused);
    refused = co_await refuses([&]() -> asio::awaitable<void> { (void)co_await session.begin_nested(); });
    CHECK(refused);
    co_await session.rollback(); // nothing
    session.begin();
    session.add(ann);
    co_await session.commit();
    // The next transaction has to be begun, too.
    CHECK_THROWS_WITH((ann->name = "Anna"), Contains("session.begin()"));
    CHECK(*ann->name == "Ann");
    session.begin();
    ann->name = "Anna";
    co_await session.rollback();
    refused = co_await refuses([&]() -> asio::awaitable<void> { (void)co_await ann->name.load(); });
    CHECK(refused);
    session.begin();
    const auto name = co_await ann->name.load();
    CHECK(name == "Ann");
    co_await session.close();
    CHECK_THROWS_AS(session.add(author("Bob")), az::InvalidRequestError);
    session.begin();
    session.add(author("Bob"));
    co_await session.commit();
    const auto authors = co_await count<Author>(engine);
    CHECK(authors == 2);
}

asio::awaitable<void> sessions_end(az::Engine engine) {
    co_await make_tables(engine);
    az::SessionOptions options;
    options.close_resets_only = false;
    az::Session once{engine, options};
    once.add(author("Ann"));
    co_await once.flush();
    co_await once.reset(); // usable again
    CHECK(once.objects().empty());
    once.add(author("Bob"));
    co_await once.commit();
    co_await once.close();
    CHECK_THROWS_WITH(once.add(author("Carol")), Contains("closed for good"));
    auto error = co_await error_of<az::InvalidRequestError>([&]() -> asio::awaitable<void> { (void)co_await once.get<Author>(1); });
    CHECK_THAT(error, Contains("closed for good"));
    CHECK_THROWS_WITH(once.begin(), Contains("closed for good"));
    co_await once.close(); // again: nothing
    co_await once.reset();
    CHECK_THROWS_WITH(once.begin(), Contains("closed for good"));
    // Otherwise a session is as new.
    az::Session again{engine};
    again.add(author("Carol"));
    co_await again.close();
    again.add(author("Dora"));
    co_await again.commit();
    const auto authors = co_await count<Author>(engine);
    CHECK(authors == 2);
}

struct Tenants : az::Session {
    explicit Tenants(az::Session session) : az::Session(std::move(session)) {}
    [[nodiscard]] std::string tenant() { return std::any_cast<std::string>(info().at("tenant")); }
};

asio::awaitable<void> sessions_know(az::Engine engine) {
    co_await make_tables(engine);
    az::SessionMaker sessions{engine};
    sessions.info()["tenant"] = std::string{"blue"};
    az::ExecutionOptions how;
    sessions.execution_options(how.set("who", std::string{"maker"}).yield_per(7));
    auto first = sessions();
    auto second = sessions();
    first.info()["tenant"] = std::string{"red"}; // its own copy
    CHECK(std::any_cast<std::string>(first.info().at("tenant")) == "red");
    CHECK(std::any_cast<std::string>(second.info().at("tenant")) == "blue");
    CHECK(std::any_cast<std::string>(sessions.info().at("tenant")) == "blue");
    auto* connection = co_await first.connection();
    REQUIRE(connection->get_execution_options().get<std::string>("who") != nullptr);
    CHECK(*connection->get_execution_options().get<std::string>("who") == "maker");
    CHECK(connection->get_execution_options().yield_per() == 7);
    first.execution_options(az::ExecutionOptions().set("who", std::string{"session"}));
    co_await first.rollback();
    connection = co_await first.connection(); // from the next transaction on, over what there was
    CHECK(*connection->get_execution_options().get<std::string>("who") == "session");
    CHECK(connection->get_execution_options().yield_per() == 7);
    co_await first.close();
    {
        auto plain = co_await engine.connect(); // they do not stay on the connection
        CHECK(plain.get_execution_options().get<std::string>("who") == nullptr);
        co_await plain.close();
    }
    // A class of the program's own.
    auto mine = sessions.make<Tenants>();
    CHECK(mine.tenant() == "blue");
    auto ann = author("Ann");
    mine.add(ann);
    CHECK(az::object_session(*ann) == &mine);
    co_await mine.commit();
    // Defaults: autoflush, values that stay after a commit.
    mine.add(author("Bob"));
    const auto found = (co_await mine.scalars(az::select<Author>())).all();
    CHECK(found.size() == 2);
    co_await mine.commit();
    CHECK(*ann->name == "Ann");
    az::SessionOptions options;
    options.expire_on_commit = true;
    options.autoflush = false;
    co_await mine.close();
    auto other = sessions(options);
    auto carol = author("Carol");
    other.add(carol);
    const auto before = (co_await other.scalars(az::select<Author>())).all();
    CHECK(before.size() == 2);
    co_await other.commit();
    CHECK_THROWS_AS(*carol->name, az::NotLoadedError);
    co_await other.close();
}

asio::awaitable<void> two_phases(az::Engine engine) {
    co_await make_tables(engine);
    az::SessionOptions options;
    options.twophase = true;
    az::Session session{engine, options};
    if (engine.dialect()->name() == "sqlite") { // has none, and says so
        session.add(author("Ann"));
        const auto error = co_await error_of<az::NotSupportedError>([&] { return session.flush(); });
        CHECK_FALSE(error.empty());
        co_await session.rollback();
        co_return;
    }
    std::vector<std::string> told;
    engine.events().prepare_twophase.connect([&](const az::TransactionEvent&) { told.emplace_back("prepare"); });
    engine.events().commit_twophase.connect([&](const az::TransactionEvent&) { told.emplace_back("commit"); });
    session.add(author("Ann"));
    co_await session.commit();
    CHECK(told == std::vector<std::string>{"prepare", "commit"});
    session.add(author("Bob"));
    co_await session.flush();
    co_await session.rollback();
    CHECK(told.size() == 2);
    auto savepoint = co_await session.begin_nested();
    session.add(author("Carol"));
    co_await session.flush();
    co_await savepoint.rollback();
    co_await session.commit();
    const auto authors = co_await count<Author>(engine);
    CHECK(authors == 1);
    co_await session.close();
}

} // namespace

ON_EACH_DATABASE("session options: a transaction has to be begun where autobegin is off", "[orm.session.ctor]", transactions_are_begun)
ON_EACH_DATABASE("session options: a session may end with close()", "[orm.session.ctor]", sessions_end)
ON_EACH_DATABASE("session options: values of the program's own, execution options, a class of one's own", "[orm.session.ctor]", sessions_know)
ON_EACH_DATABASE("session options: commit prepares first", "[orm.session.ctor]", two_phases)
