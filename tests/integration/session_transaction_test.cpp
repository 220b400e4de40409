// SPDX-License-Identifier: MIT
// What a session holds, and what it tells of its transaction, on every database.
#include "support/backend.hpp"
#include "support/catch.hpp"
#include "support/on_each_database.hpp"
#include "support/houses.hpp"

#include <azoth/azoth.hpp>
#include <azoth/testing/statement_log.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace az = azoth;
using az::col;
using namespace house;

namespace {

asio::awaitable<void> sessions_that_keep(az::Engine engine, az::testing::StatementLog log) {
    co_await make_tables(engine);
    const auto graphs = az::orm::live_graphs();
    {
        az::SessionOptions options;
        options.keep_objects = true;
        az::Session session{engine, options};
        session.add(house_of("h"));
        co_await session.commit();
        CHECK(session.identity_map_size() == 1); // nobody else holds it
        auto loaded = (co_await session.scalars(az::select<House>())).one();
        const auto id = *loaded->id;
        loaded.reset();
        log.clear();
        auto again = co_await session.get<House>(id);
        CHECK(log.size() == 0);
        again->name = "changed";
        co_await session.commit();
        session.expunge(again);
        CHECK(session.identity_map_size() == 0);
        again.reset();
        (void)co_await session.get<House>(id);
        CHECK(session.identity_map_size() == 1);
        auto gone = co_await session.get<House>(id);
        co_await session.delete_(gone);
        co_await session.commit();
        gone.reset();
        CHECK(session.identity_map_size() == 0);
        session.add(house_of("last"));
        co_await session.commit();
        co_await session.close();
        CHECK(session.identity_map_size() == 0);
    }
    CHECK(az::orm::live_graphs() == graphs);
}

asio::awaitable<void> transaction_handles(az::Engine engine, az::testing::StatementLog) {
    co_await make_tables(engine);
    az::Session session{engine};
    CHECK_FALSE(session.get_transaction());
    CHECK_FALSE(session.get_nested_transaction());
    session.begin();
    auto outer = session.get_transaction();
    REQUIRE(outer);
    CHECK(outer->origin() == az::TransactionOrigin::begin);
    CHECK(outer->is_active());
    CHECK_FALSE(outer->nested());
    CHECK_FALSE(outer->parent());
    const auto first = co_await session.begin_nested();
    CHECK(first.is_active());
    auto second = co_await session.begin_nested();
    CHECK(session.in_nested_transaction());
    auto inner = session.get_nested_transaction();
    REQUIRE(inner);
    CHECK(inner->nested());
    REQUIRE(inner->parent());
    CHECK(inner->parent()->nested());
    REQUIRE(inner->parent()->parent());
    CHECK(inner->parent()->parent()->origin() == az::TransactionOrigin::begin);
    co_await second.rollback();
    CHECK_FALSE(inner->is_active());
    CHECK(outer->is_active());
    co_await session.commit();
    CHECK_FALSE(outer->is_active());
    CHECK_FALSE(session.get_transaction());
    const auto none = co_await count<House>(session);
    CHECK(none == 0);
    CHECK(session.in_transaction());
    CHECK(session.get_transaction()->origin() == az::TransactionOrigin::autobegin);
    co_await session.rollback();
    CHECK_FALSE(session.get_transaction());
}

asio::awaitable<void> isolation_levels(az::Engine engine, az::testing::StatementLog log) {
    co_await make_tables(engine);
    {
        az::SessionOptions options;
        options.isolation_level = az::IsolationLevel::serializable;
        az::Session session{engine, options};
        auto* connection = co_await session.connection();
        const auto level = co_await connection->get_isolation_level();
        CHECK(level == az::IsolationLevel::serializable);
        co_await session.commit();
    }
    az::Session session{engine};
    (void)co_await session.connection(az::IsolationLevel::serializable); // this transaction's
    session.add(house_of("h"));
    std::vector<std::string> warnings;
    auto told = session.events().warning.connect([&](std::string_view text) { warnings.emplace_back(text); });
    auto* connection = co_await session.connection(az::IsolationLevel::read_committed); // too late: it stays as it is
    CHECK(warnings.size() == 1);
    const auto kept = co_await connection->get_isolation_level();
    CHECK(kept == az::IsolationLevel::serializable);
    told.disconnect();
    co_await session.commit();
    // The connection went back with what it was made with.
    log.clear();
    auto found = (co_await session.scalars(az::select<House>())).one();
    co_await session.commit();

    // Without transactions objects are the same.
    az::SessionOptions at_once;
    at_once.isolation_level = az::IsolationLevel::autocommit;
    az::Session automatic{engine, at_once};
    log.clear();
    auto written = house_of("at once");
    automatic.add(written);
    co_await automatic.flush();
    CHECK(log.count("COMMIT") == 0);
    CHECK(az::inspect(*written).persistent());
    co_await automatic.rollback(); // undoes nothing in the database
    const auto still = co_await count<House>(session);
    CHECK(still == 2);
}

} // namespace

ON_EACH_DATABASE("sessions: sessions that keep their objects", "[orm.idmap.strong_option]", sessions_that_keep)
ON_EACH_DATABASE("sessions: handles of transactions", "[orm.tx.handles]", transaction_handles)
ON_EACH_DATABASE("sessions: isolation levels", "[orm.tx.isolation]", isolation_levels)
