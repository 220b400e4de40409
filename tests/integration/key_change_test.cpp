// SPDX-License-Identifier: MIT
// Primary keys that are changed, and what refers to them.
#include "support/backend.hpp"
#include "support/catch.hpp"
#include "support/run.hpp"

#include <azoth/azoth.hpp>
#include <azoth/testing/statement_log.hpp>

namespace az = azoth;
using az::col;

namespace {

struct Country : az::Model<Country> {
    az::Mapped<std::string> code;
    az::Mapped<std::string> name;

    static void map(az::Mapper<Country>& m) {
        m.table("country");
        m.column<&Country::code>(az::String{2}, az::primary_key);
        m.column<&Country::name>(az::String{40});
    }
};
/// The database follows the key: ON UPDATE CASCADE.
struct City : az::Model<City> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::optional<std::string>> country_code;
    az::Related<Country> country;

    static void map(az::Mapper<City>& m) {
        m.table("city");
        m.column<&City::id>(az::primary_key);
        m.column<&City::country_code>(az::String{2}, az::foreign_key<&Country::code>(az::onupdate("CASCADE")));
        m.relationship<&City::country>();
    }
};
/// The session follows the key.
struct River : az::Model<River> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::optional<std::string>> country_code;
    az::Related<Country> country;

    static void map(az::Mapper<River>& m) {
        m.table("river");
        m.column<&River::id>(az::primary_key);
        m.column<&River::country_code>(az::String{2}, az::foreign_key<&Country::code>());
        m.relationship<&River::country>(az::passive_updates(false));
    }
};

asio::awaitable<void> links_follow_a_trusted_key(az::Engine engine) {
    az::Registry models;
    models.add<Country, City>();
    co_await models.metadata().create_all(engine);
    az::Session session{engine};
    auto country = az::make<Country>(col<&Country::code> = "xa", col<&Country::name> = "A");
    auto city = az::make<City>();
    auto other = az::make<City>();
    city->country = country;
    session.add_all(city, other);
    co_await session.commit();

    country->code = "xb";
    co_await session.flush();
    CHECK(city->country_code->value() == "xb"); // in memory, without an UPDATE
    CHECK_FALSE(other->country_code->has_value());
    CHECK_FALSE(session.is_modified(city));
    auto found = co_await session.get<Country>("xb");
    CHECK(found == country);
    co_await session.commit();
    session.expunge_all();
    auto stored = co_await session.get<City>(*city->id);
    CHECK(stored->country_code->value() == "xb");
    auto loaded = co_await stored->country.load();
    CHECK(*loaded->name == "A");

    loaded->code = "xc";
    co_await session.flush();
    co_await session.rollback();
    const auto code = co_await loaded->code.load();
    CHECK(code == "xb");
    auto again = co_await session.get<Country>("xb");
    CHECK(again == loaded);
}

asio::awaitable<void> the_session_follows(az::Engine engine, az::testing::StatementLog log) {
    log.record(false);
    az::Registry models;
    models.add<Country, River>();
    co_await models.metadata().create_all(engine);
    az::Session session{engine};
    auto country = az::make<Country>(col<&Country::code> = "xa", col<&Country::name> = "A");
    std::vector<std::shared_ptr<River>> rivers;
    for (int i = 0; i < 3; ++i) rivers.push_back(az::make<River>());
    rivers[0]->country = country;
    rivers[2]->country = country;
    session.add(country);
    session.add_all(rivers);
    co_await session.commit();
    log.record(true);
    country->code = "xb";
    co_await session.flush();
    log.record(false);
    const auto& statements = log.statements();
    REQUIRE(statements.size() == 3); // BEGIN too
    CHECK(statements[1].sql.find("UPDATE country") == 0);
    CHECK(statements[2].sql.find("UPDATE river") == 0);
    CHECK(statements[2].rows.size() == 2);
    co_await session.commit();
    session.expunge_all();
    auto stored = co_await session.get<River>(*rivers[2]->id);
    CHECK(stored->country_code->value() == "xb");
}

} // namespace

TEST_CASE("session: links follow a key that the database cascades",
          "[integration][orm][orm.relpersist.mutable_pk][orm.relpersist.passive_updates]") {
    const auto database = GENERATE(from_range(backend_names()));
    INFO("database: " << database);
    Backend backend{database};
    backend.run(links_follow_a_trusted_key(backend.engine()));
}

TEST_CASE("session: without passive_updates it updates what refers to a changed key", "[integration][orm][orm.relpersist.passive_updates]") {
    asio::io_context io;
    az::testing::StatementLog log;
    az::EngineOptions options;
    log.attach(options);
    const auto engine = az::create_engine(io.get_executor(), "sqlite://?foreign_keys=off", options);
    az::testing::run(io, [&] { return the_session_follows(engine, log); });
}
