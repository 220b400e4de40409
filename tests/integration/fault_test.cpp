// SPDX-License-Identifier: MIT
// A network that spoils one message: each operation ends in a result or in an error that says what happened, and the
// pool goes on.
#include "support/backend.hpp"
#include "support/catch.hpp"

#include <iostream>
#include <string>
#include <tuple>
#include <vector>

#include <azoth/azoth.hpp>

#include "support/fault_proxy.hpp"

namespace az = azoth;
using namespace std::chrono_literals;
using az::testing::Fault;
using az::testing::FaultProxy;

namespace {

struct Facts : az::Table {
    az::Column<std::int64_t> id{*this, "id", az::primary_key};
    az::Column<std::int64_t> token{*this, "token"};
    az::Column<std::string> text{*this, "text", az::String{3000}};
    explicit Facts(az::MetaData& metadata) : az::Table{"fact", metadata} {}
};

struct Trial {
    explicit Trial(az::Engine which) : engine(std::move(which)) {}

    az::Engine engine;
    az::MetaData metadata;
    Facts facts{metadata};
    std::int64_t token = 0;
    std::int64_t written = 0;  ///< rows, until they are committed
    std::int64_t promised = 0; ///< rows that a commit() which returned has written
};

using Body = asio::awaitable<void> (*)(Trial&);

asio::awaitable<void> commit_a_row(Trial& t) {
    auto connection = co_await t.engine.connect();
    co_await connection.execute(az::insert(t.facts).values(t.facts.token = t.token, t.facts.text = "x"));
    t.written = 1;
    co_await connection.commit();
    t.promised = 1;
    co_await connection.close();
}
asio::awaitable<void> read_rows(Trial& t) {
    auto connection = co_await t.engine.connect();
    const auto rows = co_await connection.execute(az::select(t.facts.token, t.facts.text).where(t.facts.token == 0));
    for (const auto& row : rows.all()) CHECK(std::get<1>(row) == std::string(2000, 'k'));
    CHECK(rows.all().size() == 20);
    co_await connection.rollback();
}
asio::awaitable<void> stream_rows(Trial& t) {
    auto connection = co_await t.engine.connect();
    auto stream = co_await connection.stream(
        az::select(t.facts.text).where(t.facts.token == 0),
        az::ExecutionOptions().yield_per(8)
    );
    int rows = 0;
    while (auto row = co_await stream.next()) ++rows;
    CHECK(rows == 20);
}
asio::awaitable<void> batch_and_savepoint(Trial& t) {
    auto connection = co_await t.engine.connect();
    auto savepoint = co_await connection.begin_nested();
    const std::vector<std::tuple<std::int64_t, std::string>> rows(5, {t.token, "b"});
    co_await connection.execute(az::insert(t.facts).columns(t.facts.token, t.facts.text), rows);
    t.written = 5;
    co_await savepoint.commit();
    co_await connection.commit();
    t.promised = 5;
}
asio::awaitable<void> unit_and_pipeline(Trial& t) {
    co_await t.engine.begin([&](az::Connection& connection) -> asio::awaitable<void> {
        t.written = 1;
        co_await connection.pipeline(
            az::insert(t.facts).values(t.facts.token = t.token, t.facts.text = "p"),
            az::text("SELECT 1")
        );
    });
    t.promised = 1;
}

struct Operation {
    const char* name;
    Body body;
    bool fresh = false; ///< begins with an empty pool, so that connecting is part of it
};
constexpr Operation operations[] = {
    {"a commit on a new connection", commit_a_row, true},
    {"a commit", commit_a_row},
    {"rows", read_rows},
    {"a stream", stream_rows},
    {"a batch and a savepoint", batch_and_savepoint},
    {"a unit of work", unit_and_pipeline},
};

asio::awaitable<void> prepare(az::Engine engine) {
    az::MetaData metadata;
    const Facts facts{metadata};
    co_await metadata.create_all(engine);
    auto connection = co_await engine.connect();
    const std::vector<std::tuple<std::int64_t, std::string>> rows(20, {0, std::string(2000, 'k')});
    co_await connection.execute(az::insert(facts).columns(facts.token, facts.text), rows);
    co_await connection.commit();
}

asio::awaitable<void> dispose(az::Engine engine) { co_await engine.dispose(); }

asio::awaitable<void> count_rows(az::Engine engine, std::int64_t token, std::int64_t& rows) {
    auto connection = co_await engine.connect();
    const auto found =
        co_await connection.execute(az::text("SELECT count(*) FROM fact WHERE token = :t").bind("t", token));
    rows = found.scalar_one<std::int64_t>();
    co_await connection.rollback();
}

enum class End { well, error, unknown };

/// Runs `body` to its end. Whatever is no error of ours fails the test.
End run_trial(Backend& backend, asio::awaitable<void> body) {
    try {
        backend.run(std::move(body));
        return End::well;
    } catch (const az::CommitUnknownError&) {
        return End::unknown;
    } catch (const az::OperationalError& error) {
        const bool lost = error.is_disconnect() || error.code() == az::errc::connection_failed;
        CHECK(lost);
        CHECK_FALSE(std::string{error.what()}.empty());
        return End::error;
    }
}

struct Count {
    int trials = 0;
    int errors = 0;
    int unknown = 0;
};

void spoil_everywhere(Backend& backend, FaultProxy& proxy, az::Engine engine, const Operation& operation, Fault fault,
                      Count& count) {
    static std::int64_t token = 0;
    for (unsigned message = 1;; ++message) {
        INFO(operation.name << ", fault " << static_cast<int>(fault) << " at message " << message);
        REQUIRE(message < 500);
        if (operation.fresh) backend.run(dispose(engine));
        Trial trial{engine};
        trial.token = ++token;
        proxy.plan(fault, message);
        const auto end = run_trial(backend, operation.body(trial));
        const bool struck = proxy.struck();
        proxy.plan(Fault::none, 0);
        CHECK(engine.pool().figures().in_use == 0);
        // The next one notices nothing. (Its connection is asked first whether it is alive.)
        std::int64_t rows = -1;
        backend.run(count_rows(engine, trial.token, rows));
        CAPTURE(static_cast<int>(end), trial.promised, trial.written);
        if (end == End::unknown) CHECK((rows == 0 || rows == trial.written));
        else CHECK(rows == trial.promised);
        if (fault == Fault::delay) CHECK(end == End::well);
        ++count.trials;
        count.errors += end == End::error ? 1 : 0;
        count.unknown += end == End::unknown ? 1 : 0;
        if (!struck) {
            CHECK(end == End::well);
            return;
        }
    }
}

void spoil(std::initializer_list<Fault> faults) {
    for (const auto& name : backend_names()) {
        if (name.starts_with("sqlite")) continue; // no network
        CAPTURE(name);
        Backend backend{name};
        backend.run(prepare(backend.engine()));
        FaultProxy proxy{az::Url{backend.url()}};
        const auto engine = az::create_engine(
            backend.io().get_executor(),
            proxy.url(),
            {.pool_size = 1, .max_overflow = 0, .pool_timeout = 15s, .pool_pre_ping = true}
        );
        Count count;
        for (const auto fault : faults)
            for (const auto& operation : operations) spoil_everywhere(backend, proxy, engine, operation, fault, count);
        std::cout << "faults, " << name << ": " << count.trials << " messages spoilt, " << count.errors << " errors, "
                  << count.unknown << " commits unknown\n";
        backend.run(dispose(engine));
    }
}

/// The server says nothing any more: a timeout() ends the wait, and the next one has another connection.
asio::awaitable<void> time_out(az::Engine engine) {
    auto connection = co_await engine.connect();
    bool late = false;
    const auto begun = std::chrono::steady_clock::now();
    try {
        co_await connection.execute(az::text("SELECT 1"), az::ExecutionOptions().timeout(300ms));
    } catch (const az::TimeoutError&) {
        late = true;
    }
    CHECK(late);
    CHECK(std::chrono::steady_clock::now() - begun < 12s);
}

} // namespace

TEST_CASE("faults: a connection cut before any message",
          "[integration][faults][core.pool.pre_ping][core.err.is_disconnect]") { spoil({Fault::cut_before}); }
TEST_CASE("faults: a connection cut after any message",
          "[integration][faults][core.pool.pre_ping][core.err.is_disconnect]") { spoil({Fault::cut_after}); }
TEST_CASE("faults: half of any message",
          "[integration][faults][core.pool.pre_ping][core.err.is_disconnect]") { spoil({Fault::half}); }
TEST_CASE("faults: a connection reset at any message",
          "[integration][faults][core.pool.pre_ping][core.err.is_disconnect]") { spoil({Fault::reset}); }
TEST_CASE("faults: any message in pieces and late", "[integration][faults]") { spoil({Fault::delay}); }

TEST_CASE("faults: a server that falls silent is given up", "[integration][faults][slow][core.conn.cancel]") {
    for (const auto& name : backend_names()) {
        if (name.starts_with("sqlite")) continue;
        CAPTURE(name);
        Backend backend{name};
        backend.run(prepare(backend.engine()));
        FaultProxy proxy{az::Url{backend.url()}};
        const auto engine =
            az::create_engine(backend.io().get_executor(), proxy.url(), {.pool_size = 1, .max_overflow = 0});
        std::int64_t rows = -1;
        backend.run(count_rows(engine, 0, rows));
        CHECK(rows == 20);
        proxy.plan(Fault::silence, 2);
        backend.run(time_out(engine));
        proxy.plan(Fault::none, 0);
        backend.run(count_rows(engine, 0, rows));
        CHECK(rows == 20);
        backend.run(dispose(engine));
    }
}
