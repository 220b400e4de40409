// SPDX-License-Identifier: MIT
// Every operation, cancelled at its first suspension, its second, ... until it runs to its end, on every database. After
// each the next borrower of the pool has a connection without a transaction, gets the rows it asked for, and finds
// what was committed and nothing else.
#include "support/backend.hpp"
#include "support/catch.hpp"

#include <iostream>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/co_spawn.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <asio/steady_timer.hpp>

#include <azoth/azoth.hpp>

#include "support/run.hpp"

namespace az = azoth;
using az::col;
using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;

namespace {

struct Entry;

struct Line : az::Model<Line> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::int64_t> entry_id;
    az::Mapped<std::string> text;
    az::Related<Entry> entry;
    static void map(az::Mapper<Line>& m);
};
struct Entry : az::Model<Entry> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::int64_t> token;
    az::Mapped<std::string> note;
    az::Collection<Line> lines;
    static void map(az::Mapper<Entry>& m);
};
void Line::map(az::Mapper<Line>& m) {
    m.table("line");
    m.column<&Line::id>(az::primary_key);
    m.column<&Line::entry_id>(az::foreign_key<&Entry::id>());
    m.column<&Line::text>(az::String{40});
    m.relationship<&Line::entry>(az::back_populates<&Entry::lines>());
}
void Entry::map(az::Mapper<Entry>& m) {
    m.table("entry");
    m.column<&Entry::id>(az::primary_key);
    m.column<&Entry::token>();
    m.column<&Entry::note>(az::String{40});
    m.relationship<&Entry::lines>(az::back_populates<&Line::entry>(), az::cascade("all, delete-orphan"));
}

/// The same table for the Core.
struct Entries : az::Table {
    az::Column<std::int64_t> id{*this, "id", az::primary_key};
    az::Column<std::int64_t> token{*this, "token"};
    az::Column<std::string> note{*this, "note", az::String{40}};
    explicit Entries(az::MetaData& metadata) : az::Table{"entry", metadata} {}
};

/// One operation on the way to being cancelled.
struct Trial {
    explicit Trial(az::Engine which) : engine(std::move(which)) {}

    az::Engine engine;
    az::MetaData metadata;
    Entries entries{metadata};
    std::int64_t token = 0;    ///< in all rows that it writes
    std::int64_t written = 0;  ///< rows, until they are committed
    std::int64_t promised = 0; ///< rows that a commit() which returned has written

    [[nodiscard]] auto insertion() {
        ++written;
        return az::insert(entries).values(entries.token = token, entries.note = "n");
    }
    void committed() { promised = written; }
};

using Body = asio::awaitable<void> (*)(Trial&);

/// A little work on the server, so that cancelling hits while it works.
az::TextClause nap(const az::Connection& connection) {
    const auto name = connection.dialect()->name();
    if (name == "postgresql") return az::text("SELECT 7 FROM pg_sleep(0.002)");
    if (name == "mariadb") return az::text("SELECT 7 + 0 * SLEEP(0.002)");
    return az::text("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) SELECT max(i) FROM n");
}

/// Many rows, on each database.
constexpr const char* many_rows = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900) SELECT i FROM n";

asio::awaitable<void> connect_and_close(Trial& t) {
    auto connection = co_await t.engine.connect();
    co_await connection.close();
}

asio::awaitable<void> hold(az::Connection connection) {
    co_await azoth::testing::pause(1ms);
    co_await connection.close();
}
asio::awaitable<void> wait_in_queue(Trial& t) {
    auto first = co_await t.engine.connect();
    co_await (hold(std::move(first)) && connect_and_close(t));
}

asio::awaitable<void> execute_plain(Trial& t) {
    auto connection = co_await t.engine.connect();
    co_await connection.execute(az::text("SELECT 1"));
    const auto statement = nap(connection);
    co_await connection.execute(statement);
    co_await connection.run("SELECT 2");
    co_await connection.close();
}
asio::awaitable<void> execute_with_parameters(Trial& t) {
    auto connection = co_await t.engine.connect();
    for (int i = 0; i < 2; ++i) co_await connection.execute(t.insertion());
    const auto rows = co_await connection.execute(az::select(t.entries.note).where(t.entries.token == t.token));
    CHECK(rows.all().size() == 2);
    co_await connection.close();
}
asio::awaitable<void> read_typed_rows(Trial& t) {
    auto connection = co_await t.engine.connect();
    const auto statement = az::select(t.entries.id, t.entries.note).order_by(t.entries.id);
    for (const auto& row : co_await connection.execute(statement)) CHECK(std::get<0>(row) > 0);
    co_await connection.scalar(az::select(az::func::count(t.entries.id)));
    co_await connection.scalars(az::select(t.entries.note));
    co_await connection.close();
}
asio::awaitable<void> execute_in_time(Trial& t) {
    auto connection = co_await t.engine.connect();
    co_await connection.execute(t.insertion(), az::ExecutionOptions().timeout(30s));
    const auto statement = nap(connection);
    co_await connection.execute(statement, az::ExecutionOptions().timeout(30s));
    co_await connection.close();
}
asio::awaitable<void> execute_out_of_time(Trial& t) {
    auto connection = co_await t.engine.connect();
    const auto name = connection.dialect()->name();
    auto endless = az::text("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n");
    if (name == "postgresql") endless = az::text("SELECT pg_sleep(30)");
    if (name == "mariadb") endless = az::text("SELECT SLEEP(30)");
    bool late = false;
    try {
        co_await connection.execute(endless, az::ExecutionOptions().timeout(3ms));
    } catch (const az::TimeoutError&) {
        late = true;
    }
    CHECK(late);
    co_await connection.rollback();
    co_await connection.execute(az::text("SELECT 1"));
    co_await connection.close();
}
asio::awaitable<void> stream_to_the_end(Trial& t) {
    auto connection = co_await t.engine.connect();
    auto stream = co_await connection.stream(az::text(many_rows), az::ExecutionOptions().yield_per(100));
    int rows = 0;
    while (auto row = co_await stream.next()) ++rows;
    CHECK(rows == 900);
    co_await connection.close();
}
asio::awaitable<void> stream_and_close(Trial& t) {
    auto connection = co_await t.engine.connect();
    auto stream = co_await connection.stream(az::text(many_rows), az::ExecutionOptions().yield_per(100));
    co_await stream.next();
    co_await stream.close();
    co_await connection.execute(az::text("SELECT 1"));
    co_await connection.close();
}
asio::awaitable<void> stream_and_forget(Trial& t) {
    auto connection = co_await t.engine.connect();
    {
        auto stream = co_await connection.stream(az::text(many_rows), az::ExecutionOptions().yield_per(100));
        co_await stream.next();
    }
    co_await connection.rollback();
    co_await connection.execute(az::text("SELECT 1"));
    co_await connection.close();
}
asio::awaitable<void> stream_without_transaction(Trial& t) {
    auto connection = co_await t.engine.connect();
    connection.isolation_level(az::IsolationLevel::autocommit);
    auto stream = co_await connection.stream(az::text(many_rows), az::ExecutionOptions().yield_per(100));
    co_await stream.next();
    co_await stream.close();
    co_await connection.execute(az::text("SELECT 1"));
    co_await connection.close();
}
asio::awaitable<void> pipeline(Trial& t) {
    auto connection = co_await t.engine.connect();
    const auto answers = co_await connection.pipeline(
        t.insertion(),
        az::select(az::func::count(t.entries.id)).where(t.entries.token == t.token),
        az::text("SELECT 3")
    );
    CHECK(std::get<1>(answers).scalar_one() == 1);
    co_await connection.commit();
    t.committed();
    co_await connection.close();
}
asio::awaitable<void> batch(Trial& t) {
    auto connection = co_await t.engine.connect();
    const std::vector<std::tuple<std::int64_t, std::string>> rows(500, {t.token, std::string(30, 'x')});
    const auto statement = az::insert(t.entries).columns(t.entries.token, t.entries.note);
    t.written += 500;
    co_await connection.execute(statement, rows);
    co_await connection.rollback();
    const auto few = std::vector<std::tuple<std::int64_t, std::string>>(40, {t.token, "y"});
    t.written = 40;
    const auto returned = co_await connection.execute(statement.returning(t.entries.id), few);
    CHECK(returned.all().size() == 40);
    co_await connection.commit();
    t.committed();
    co_await connection.close();
}
asio::awaitable<void> begin_and_commit(Trial& t) {
    auto connection = co_await t.engine.connect();
    auto transaction = co_await connection.begin();
    co_await connection.execute(t.insertion());
    co_await transaction.commit();
    t.committed();
    co_await connection.close();
}
asio::awaitable<void> commit_twice(Trial& t) {
    auto connection = co_await t.engine.connect();
    co_await connection.execute(t.insertion());
    co_await connection.commit();
    t.committed();
    co_await connection.execute(t.insertion());
    co_await connection.commit();
    t.committed();
    co_await connection.close();
}
asio::awaitable<void> begin_with_options(Trial& t) {
    auto connection = co_await t.engine.connect();
    const auto options = az::TransactionOptions().isolation_level(az::IsolationLevel::serializable);
    auto transaction = co_await connection.begin(options);
    co_await connection.execute(t.insertion());
    co_await transaction.commit();
    t.committed();
    auto reading = co_await connection.begin(az::TransactionOptions().read_only());
    co_await connection.execute(az::select(t.entries.id).limit(1));
    co_await reading.rollback();
    co_await connection.close();
}
asio::awaitable<void> begin_and_roll_back(Trial& t) {
    auto connection = co_await t.engine.connect();
    auto transaction = co_await connection.begin();
    co_await connection.execute(t.insertion());
    co_await transaction.rollback();
    co_await connection.execute(t.insertion());
    co_await connection.rollback();
    co_await connection.close();
}
asio::awaitable<void> savepoints(Trial& t) {
    auto connection = co_await t.engine.connect();
    auto outer = co_await connection.begin_nested();
    co_await connection.execute(t.insertion());
    auto inner = co_await connection.begin_nested();
    co_await connection.execute(t.insertion());
    co_await inner.rollback();
    --t.written;
    co_await outer.commit();
    co_await connection.commit();
    t.committed();
    co_await connection.close();
}
asio::awaitable<void> unit_of_work(Trial& t) {
    co_await t.engine.begin([&](az::Connection& connection) -> asio::awaitable<void> {
        co_await connection.execute(t.insertion());
        const auto statement = nap(connection);
        co_await connection.execute(statement);
    });
    t.committed();
}
asio::awaitable<void> unit_of_work_retried(Trial& t) {
    int attempts = 0;
    const auto options =
        az::TransactionOptions().isolation_level(az::IsolationLevel::serializable).max_attempts(3);
    const auto unit = [&](az::Connection& connection) -> asio::awaitable<void> {
        t.written = 0;
        co_await connection.execute(t.insertion());
        if (++attempts == 1) {
            az::DiagnosticInfo info;
            info.code = az::errc::serialization_failure;
            info.retryable = true;
            throw az::OperationalError(info, {}, {});
        }
    };
    co_await t.engine.begin(options, std::ref(unit));
    CHECK(attempts == 2);
    t.committed();
}
asio::awaitable<void> abandoned(Trial& t) {
    auto connection = co_await t.engine.connect();
    auto transaction = co_await connection.begin();
    co_await connection.execute(t.insertion());
    auto savepoint = co_await connection.begin_nested();
    co_await connection.execute(t.insertion());
}
asio::awaitable<void> fail_and_go_on(Trial& t) {
    auto connection = co_await t.engine.connect();
    bool failed = false;
    try {
        co_await connection.execute(az::text("SELECT no_such_column FROM entry"));
    } catch (const az::DBAPIError&) {
        failed = true;
    }
    CHECK(failed);
    co_await connection.rollback();
    co_await connection.execute(t.insertion());
    co_await connection.commit();
    t.committed();
    co_await connection.close();
}
asio::awaitable<void> reflect(Trial& t) {
    az::MetaData found;
    co_await found.reflect(t.engine);
    CHECK(found.find("entry") != nullptr);
}
asio::awaitable<void> inspect(Trial& t) {
    auto connection = co_await t.engine.connect();
    auto inspector = az::inspect(connection);
    const auto tables = co_await inspector.get_table_names();
    CHECK(tables.size() == 2);
    const auto columns = co_await inspector.get_columns("entry");
    CHECK(columns.size() == 3);
    co_await connection.close();
}
asio::awaitable<void> dispose(Trial& t) {
    co_await connect_and_close(t);
    co_await t.engine.dispose();
}

std::shared_ptr<Entry> new_entry(Trial& t) {
    ++t.written;
    auto entry = az::make<Entry>(col<&Entry::token> = t.token, col<&Entry::note> = "o");
    for (int i = 0; i < 3; ++i) entry->lines.append(az::make<Line>(col<&Line::text> = "l"));
    return entry;
}
asio::awaitable<void> session_flush(Trial& t) {
    az::Session session{t.engine};
    session.add(new_entry(t));
    co_await session.flush();
    co_await session.rollback();
}
asio::awaitable<void> session_commit(Trial& t) {
    az::Session session{t.engine};
    auto entry = new_entry(t);
    session.add(entry);
    co_await session.commit();
    t.committed();
    entry->note = "changed";
    co_await session.commit();
    co_await session.close();
}
asio::awaitable<void> session_load(Trial& t) {
    az::Session session{t.engine};
    auto statement = az::select<Entry>().options(az::selectinload<&Entry::lines>()).order_by(col<&Entry::id>).limit(20);
    auto entries = (co_await session.scalars(statement)).all();
    REQUIRE_FALSE(entries.empty());
    auto lazily = (co_await session.scalars(az::select<Line>().limit(2))).all();
    for (const auto& line : lazily) co_await line->entry.load();
    co_await session.refresh(entries.front());
    const auto id = *entries.front()->id;
    entries.clear();
    lazily.clear();
    auto again = co_await session.get<Entry>(id);
    CHECK(again != nullptr);
    co_await session.close();
}
asio::awaitable<void> session_nested(Trial& t) {
    az::Session session{t.engine};
    session.add(new_entry(t));
    co_await session.flush();
    auto inner = co_await session.begin_nested();
    auto refused = az::make<Entry>(col<&Entry::token> = t.token, col<&Entry::note> = "taken back");
    session.add(refused);
    co_await session.flush();
    co_await inner.rollback();
    co_await session.commit();
    t.committed();
    co_await session.close();
}
asio::awaitable<void> session_delete(Trial& t) {
    az::Session session{t.engine};
    auto entry = new_entry(t);
    session.add(entry);
    co_await session.flush();
    co_await session.delete_(entry);
    t.written = 0;
    co_await session.commit();
    t.committed();
}

struct Operation {
    const char* name;
    Body body;
    bool fresh = false; ///< begins with an empty pool, so that connecting is part of it
};

constexpr Operation operations[] = {
    {"connect, close", connect_and_close},
    {"connect with an empty pool", connect_and_close, true},
    {"wait in the queue", wait_in_queue},
    {"wait in the queue of an empty pool", wait_in_queue, true},
    {"execute", execute_plain},
    {"execute on a new connection", execute_with_parameters, true},
    {"execute with parameters", execute_with_parameters},
    {"typed rows", read_typed_rows},
    {"execute with a timeout", execute_in_time},
    {"a timeout that strikes", execute_out_of_time},
    {"stream, to its end", stream_to_the_end},
    {"stream, closed before", stream_and_close},
    {"stream, forgotten", stream_and_forget},
    {"stream without a transaction", stream_without_transaction},
    {"pipeline", pipeline},
    {"batch", batch},
    {"begin, commit", begin_and_commit},
    {"commit as you go", commit_twice},
    {"begin with options", begin_with_options},
    {"rollback", begin_and_roll_back},
    {"savepoints", savepoints},
    {"engine.begin", unit_of_work},
    {"engine.begin, tried again", unit_of_work_retried},
    {"abandoned scopes", abandoned},
    {"a statement that fails", fail_and_go_on},
    {"reflect", reflect},
    {"inspect", inspect},
    {"dispose", dispose},
    {"session.flush", session_flush},
    {"session.commit", session_commit},
    {"session load, get, refresh", session_load},
    {"session.begin_nested", session_nested},
    {"session.delete_", session_delete},
};

asio::awaitable<void> prepare(az::Engine engine) {
    az::Registry models;
    models.add<Entry, Line>();
    co_await models.metadata().create_all(engine);
    az::Session session{engine};
    auto entry = az::make<Entry>(col<&Entry::token> = std::int64_t{0}, col<&Entry::note> = "kept");
    for (int i = 0; i < 4; ++i) entry->lines.append(az::make<Line>(col<&Line::text> = "kept"));
    session.add(entry);
    co_await session.commit();
}

asio::awaitable<void> dispose_engine(az::Engine engine) { co_await engine.dispose(); }

/// What a borrower finds who knows nothing of what went before. @return the rows with that token
asio::awaitable<void> borrow(az::Engine engine, std::int64_t token, std::int64_t& rows) {
    auto connection = co_await engine.connect();
    CHECK_FALSE(connection.in_transaction());
    const auto own = co_await connection.execute(az::text("SELECT :a + 0").bind("a", token + 17));
    CHECK(own.scalar_one<std::int64_t>() == token + 17);
    const auto kept = co_await connection.execute(az::text("SELECT token, note FROM entry WHERE token = 0"));
    CHECK(kept.one().get<std::string>("note") == "kept");
    const auto found =
        co_await connection.execute(az::text("SELECT count(*) FROM entry WHERE token = :t").bind("t", token));
    rows = found.scalar_one<std::int64_t>();
    // Had it a transaction open, this would put that one's rows into the database.
    co_await connection.commit();
    auto transaction = co_await connection.begin();
    const auto again =
        co_await connection.execute(az::text("SELECT count(*) FROM entry WHERE token = :t").bind("t", token));
    CHECK(again.scalar_one<std::int64_t>() == rows);
    co_await transaction.rollback();
    co_await connection.close();
}

struct Outcome {
    bool ended = false;
    std::exception_ptr error;
};

/// Runs `body`; cancels it after `steps` handlers of the loop, at once or when the answer has most likely come.
Outcome cancel_after(asio::io_context& io, asio::awaitable<void> body, int steps, bool late) {
    Outcome outcome;
    asio::cancellation_signal signal;
    const auto at_end = [&outcome](std::exception_ptr error) {
        outcome.ended = true;
        outcome.error = error;
    };
    io.restart();
    asio::co_spawn(io, std::move(body), asio::bind_cancellation_slot(signal.slot(), at_end));
    for (int i = 0; i < steps && !outcome.ended; ++i)
        if (io.run_one() == 0) break;
    if (!outcome.ended && late) std::this_thread::sleep_for(1ms);
    if (!outcome.ended) signal.emit(asio::cancellation_type::terminal);
    io.run_for(20s);
    return outcome;
}

/// @return the number of points at which it was cancelled
int cancel_everywhere(Backend& backend, const az::Engine& engine, const Operation& operation, bool late) {
    static std::int64_t token = 0;
    int points = 0;
    for (int steps = 0;; ++steps) {
        INFO(operation.name << ", cancelled after " << steps << " handlers" << (late ? " and a pause" : ""));
        REQUIRE(steps < 3000);
        if (operation.fresh && engine.url().dialect != "sqlite") backend.run(dispose_engine(engine));
        Trial trial{engine};
        trial.token = ++token;
        const auto outcome = cancel_after(backend.io(), operation.body(trial), steps, late);
        REQUIRE(outcome.ended);
        bool unknown = false;
        bool aborted = false;
        try {
            if (outcome.error) std::rethrow_exception(outcome.error);
        } catch (const asio::multiple_exceptions& errors) { // of both sides of &&
            aborted = true;
            CHECK_THROWS_AS(std::rethrow_exception(errors.first_exception()), asio::system_error);
        } catch (const az::CommitUnknownError&) {
            unknown = true;
        } catch (const asio::system_error& error) {
            aborted = true;
            CHECK(error.code() == asio::error::operation_aborted);
        }
        CHECK(engine.pool().figures().in_use == 0);
        CHECK(engine.pool().figures().waiting == 0);
        std::int64_t rows = -1;
        backend.run(borrow(engine, trial.token, rows));
        CAPTURE(unknown, aborted, trial.promised, trial.written);
        if (unknown) CHECK((rows == trial.promised || rows == trial.written));
        else CHECK(rows == trial.promised);
        if (!unknown && !aborted) break;
        ++points;
    }
    return points;
}

int try_all(const std::string& name) {
    Backend backend{name};
    const bool in_memory = name == "sqlite";
    if (!in_memory) backend.run(prepare(backend.engine()));
    int points = 0;
    for (const auto& operation : operations) {
        if (in_memory && operation.body == dispose) continue; // the database would be gone
        for (const bool late : {false, true}) {
            const auto engine = backend.make_engine({.pool_size = 1, .max_overflow = 0, .pool_pre_ping = true});
            if (in_memory) backend.run(prepare(engine));
            points += cancel_everywhere(backend, engine, operation, late);
            backend.run(dispose_engine(engine));
        }
    }
    return points;
}

} // namespace

TEST_CASE("cancel: at every suspension of every operation, the next borrower notices nothing",
          "[integration][cancel][core.conn.cancel][core.err.exit_errors]") {
    int total = 0;
    for (const auto& name : backend_names()) {
        CAPTURE(name);
        const int points = try_all(name);
        total += points;
        std::cout << "cancel matrix, " << name << ": " << points << " points\n";
    }
    std::cout << "cancel matrix: " << total << " points\n";
    CHECK(total >= 300);
}
