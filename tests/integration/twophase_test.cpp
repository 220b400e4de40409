// SPDX-License-Identifier: MIT
// Two-phase transactions: prepared, they outlive their connection, and anybody may end them.
#include "support/backend.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <string>
#include <vector>

#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

namespace az = azoth;

namespace {

bool has_two_phases(const az::Engine& engine) { return engine.dialect()->name() != "sqlite"; }

asio::awaitable<std::int64_t> count(az::Engine engine) {
    auto connection = co_await engine.connect();
    const auto rows = co_await connection.exec_driver_sql("SELECT count(*) FROM t");
    const auto number = rows.one().get<std::int64_t>(0);
    co_await connection.close();
    co_return number;
}

asio::awaitable<bool> is_prepared(az::Engine engine, std::string xid) {
    auto connection = co_await engine.connect();
    const auto xids = co_await connection.recover_twophase();
    co_await connection.close();
    co_return std::ranges::find(xids, xid) != xids.end();
}

asio::awaitable<void> make_table(az::Engine engine) {
    auto connection = co_await engine.connect();
    co_await connection.run("CREATE TABLE t (id INTEGER)");
    co_await connection.commit();
    co_await connection.close();
}

template <class E>
asio::awaitable<bool> throws(asio::awaitable<void> work) {
    bool thrown = false;
    try {
        co_await std::move(work);
    } catch (const E&) {
        thrown = true;
    }
    co_return thrown;
}

asio::awaitable<void> insert(az::Connection& connection) { co_await connection.execute(az::text("INSERT INTO t VALUES (1)")); }

asio::awaitable<void> commits_and_rolls_back(az::Engine engine) {
    if (!has_two_phases(engine)) co_return;
    co_await make_table(engine);
    auto connection = co_await engine.connect();
    std::vector<std::string> told;
    const auto note = [&told](std::string what) {
        return [&told, what](const az::TransactionEvent& event) { told.push_back(what + (event.savepoint.empty() ? "" : " xid")); };
    };
    engine.events().begin_twophase.connect(note("begin"));
    engine.events().prepare_twophase.connect(note("prepare"));
    engine.events().commit_twophase.connect(note("commit"));
    engine.events().rollback_twophase.connect(note("rollback"));

    auto first = co_await connection.begin_twophase();
    CHECK(first.xid().starts_with("_sa_"));
    CHECK(first.xid().size() == 36);
    co_await insert(connection);
    co_await insert(connection);
    co_await first.prepare();
    CHECK(first.is_active());
    CHECK(connection.in_transaction());
    const bool waits = co_await is_prepared(engine, first.xid());
    CHECK(waits);
    auto before = co_await count(engine);
    CHECK(before == 0);
    const bool refused = co_await throws<az::InvalidRequestError>(insert(connection));
    CHECK(refused);
    const bool twice = co_await throws<az::InvalidRequestError>(first.prepare());
    CHECK(twice);
    co_await first.commit();
    CHECK_FALSE(connection.in_transaction());
    before = co_await count(engine);
    CHECK(before == 2);
    const bool ended = co_await throws<az::InvalidRequestError>(first.commit());
    CHECK(ended);
    co_await first.rollback(); // nothing any more

    auto second = co_await connection.begin_twophase("it's \"named\" \\ so");
    co_await insert(connection);
    co_await second.prepare();
    co_await second.rollback();
    auto third = co_await connection.begin_twophase();
    co_await insert(connection);
    co_await third.rollback();
    auto fourth = co_await connection.begin_twophase();
    co_await insert(connection);
    co_await fourth.commit(); // in one phase
    const std::vector<std::string> expected{"begin xid",    "prepare xid", "commit xid",   "begin xid", "prepare xid",
                                            "rollback xid", "begin xid",   "rollback xid", "begin xid", "commit xid"};
    CHECK(told == expected);

    // The connection is as any other afterwards.
    co_await insert(connection);
    co_await connection.rollback();
    const auto transaction = co_await connection.begin();
    co_await connection.close();
    const auto after = co_await count(engine);
    CHECK(after == 3);
}

asio::awaitable<void> outlives_its_connection(az::Engine engine) {
    if (!has_two_phases(engine)) co_return;
    co_await make_table(engine);
    std::string xids[2];
    for (auto& xid : xids) {
        auto connection = co_await engine.connect();
        auto transaction = co_await connection.begin_twophase();
        xid = transaction.xid();
        co_await insert(connection);
        co_await transaction.prepare();
    } // both are gone
    co_await engine.dispose();
    auto connection = co_await engine.connect();
    // MariaDB lets go of it when it has noticed that its session is gone.
    for (int i = 0; i < 50; ++i) {
        const bool first = co_await is_prepared(engine, xids[0]);
        const bool second = co_await is_prepared(engine, xids[1]);
        if (first && second) break;
        asio::steady_timer timer{co_await asio::this_coro::executor, std::chrono::milliseconds{20}};
        co_await timer.async_wait(asio::use_awaitable);
    }
    for (int i = 0; i < 100; ++i) {
        std::exception_ptr error;
        try {
            co_await connection.commit_prepared(xids[0]);
        } catch (const az::DBAPIError&) {
            error = std::current_exception();
        }
        if (!error) break;
        if (i == 99) std::rethrow_exception(error);
        asio::steady_timer timer{co_await asio::this_coro::executor, std::chrono::milliseconds{20}};
        co_await timer.async_wait(asio::use_awaitable);
    }
    co_await connection.rollback_prepared(xids[1]);
    const auto rows = co_await count(engine);
    CHECK(rows == 1);
    const bool unknown = co_await throws<az::DBAPIError>(connection.commit_prepared("no such transaction"));
    CHECK(unknown);
    co_await insert(connection);
    const bool inside = co_await throws<az::InvalidRequestError>(connection.rollback_prepared(xids[1]));
    CHECK(inside);
    co_await connection.close();
}

asio::awaitable<void> is_refused(az::Engine engine) {
    auto connection = co_await engine.connect();
    if (!has_two_phases(engine)) {
        const auto begin = [](az::Connection& c) -> asio::awaitable<void> { const auto t = co_await c.begin_twophase(); };
        const bool refused = co_await throws<az::NotSupportedError>(begin(connection));
        CHECK(refused);
        co_await connection.run("CREATE TABLE t (id INTEGER)"); // goes on
        co_await connection.close();
        co_return;
    }
    const auto begin = [](az::Connection& c, std::string xid) -> asio::awaitable<void> {
        const auto t = co_await c.begin_twophase(std::move(xid));
    };
    const bool too_long = co_await throws<az::ArgumentError>(begin(connection, std::string(65, 'x')));
    CHECK(too_long);
    co_await connection.execute(az::text("SELECT 1"));
    const bool second = co_await throws<az::InvalidRequestError>(begin(connection, "x"));
    CHECK(second);
    co_await connection.rollback();
    connection.isolation_level(az::IsolationLevel::autocommit);
    const bool automatic = co_await throws<az::InvalidRequestError>(begin(connection, "x"));
    CHECK(automatic);
    co_await connection.close();
}

asio::awaitable<void> abandoned_is_rolled_back(az::Engine engine) {
    if (!has_two_phases(engine)) co_return;
    co_await make_table(engine);
    auto connection = co_await engine.connect();
    {
        auto transaction = co_await connection.begin_twophase();
        co_await insert(connection);
    }
    co_await insert(connection); // another transaction
    co_await connection.commit();
    auto rows = co_await count(engine);
    CHECK(rows == 1);
    // A statement fails in it.
    auto transaction = co_await connection.begin_twophase();
    const bool failed = co_await throws<az::DBAPIError>(connection.run("INSERT INTO no_such_table VALUES (1)"));
    CHECK(failed);
    co_await transaction.rollback();
    co_await insert(connection);
    co_await connection.commit();
    rows = co_await count(engine);
    CHECK(rows == 2);
    {
        auto dropped = co_await engine.connect();
        auto open = co_await dropped.begin_twophase();
        co_await insert(dropped);
    }
    co_await connection.close();
    for (int i = 0; i < 3; ++i) { // whoever gets that connection finds it in order
        rows = co_await count(engine);
        CHECK(rows == 2);
    }
}

asio::awaitable<void> tells_the_isolation_level(az::Engine engine) {
    auto connection = co_await engine.connect();
    const auto default_level = co_await connection.get_isolation_level();
    const auto name = engine.dialect()->name();
    if (name == "sqlite") CHECK(default_level == az::IsolationLevel::serializable);
    if (name == "postgresql") CHECK(default_level == az::IsolationLevel::read_committed);
    if (name == "mariadb") CHECK(default_level == az::IsolationLevel::repeatable_read);
    CHECK_FALSE(connection.in_transaction());
    connection.isolation_level(az::IsolationLevel::autocommit);
    const auto under = co_await connection.get_isolation_level();
    CHECK(under == default_level);
    connection.isolation_level(az::IsolationLevel::serializable);
    auto level = co_await connection.get_isolation_level();
    CHECK(level == az::IsolationLevel::serializable);
    co_await connection.execute(az::text("SELECT 1"));
    level = co_await connection.get_isolation_level();
    CHECK(level == az::IsolationLevel::serializable);
    bool refused = false;
    try {
        connection.isolation_level(az::IsolationLevel::read_committed);
    } catch (const az::InvalidRequestError&) {
        refused = true;
    }
    CHECK(refused);
    co_await connection.close();
    auto next = co_await engine.connect(); // reset on return
    level = co_await next.get_isolation_level();
    CHECK(level == default_level);
    co_await next.close();
}

void everywhere(asio::awaitable<void> (*body)(az::Engine)) {
    for (const auto& name : backend_names()) {
        CAPTURE(name);
        Backend database{name};
        database.run(body(database.engine()));
    }
}

} // namespace

TEST_CASE("two-phase: prepare, commit and rollback", "[integration][twophase][core.txn.twophase][pg.twophase][my.xa]") {
    everywhere(commits_and_rolls_back);
}
TEST_CASE("two-phase: a prepared transaction outlives its connection", "[integration][twophase][core.txn.twophase][pg.twophase][my.xa]") {
    everywhere(outlives_its_connection);
}
TEST_CASE("two-phase: refused where there is none, and where it cannot begin", "[integration][twophase][core.txn.twophase]") {
    everywhere(is_refused);
}
TEST_CASE("two-phase: abandoned before it is prepared it is rolled back", "[integration][twophase][core.txn.twophase]") {
    everywhere(abandoned_is_rolled_back);
}
TEST_CASE("connection: the isolation level is set for a connection, asked for, and reset",
          "[integration][core.txn.isolation_per_conn][core.opt.isolation_level]") {
    everywhere(tells_the_isolation_level);
}
