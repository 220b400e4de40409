// SPDX-License-Identifier: MIT
// The PostgreSQL driver with many rows: batches on their way in, cursors on their way out.
#include "integration/driver/postgresql_fixture.hpp"

using namespace azoth;
using namespace azoth::test_postgresql;
using Connection = driver::Connection;

namespace {

/// Rows of (integer, text) for a batch.
class Rows {
public:
    explicit Rows(std::size_t count, std::string text = "text") : text_(std::move(text)) {
        for (std::size_t i = 0; i < count; ++i) {
            params_.emplace_back(ParamKind::integer, static_cast<std::int64_t>(i));
            params_.emplace_back(ParamKind::text, std::string_view{text_});
        }
    }

    /// The statement of a batch, with types but no parameters of its own.
    [[nodiscard]] driver::Statement statement(const std::string& sql) const {
        driver::Statement statement{sql, std::hash<std::string>{}(sql)};
        statement.param_types = types_;
        return statement;
    }
    [[nodiscard]] std::span<const Param> params() const { return params_; }
    [[nodiscard]] std::size_t size() const { return params_.size() / 2; }
    void set_key(std::size_t row, std::int64_t key) { params_[row * 2].integer = key; }
    void set_types(Type key, Type text) { types_ = {key, text}; }

private:
    std::string text_;
    std::vector<Param> params_;
    std::vector<Type> types_{Integer(), String()};
};

const std::string insert = "INSERT INTO b (id, name) VALUES ($1, $2)";
const std::string insert_returning = "INSERT INTO b (id, name) VALUES ($1, $2) RETURNING id * 2, name";
const std::string create = "CREATE TEMPORARY TABLE b (id integer PRIMARY KEY, name text)";

asio::awaitable<void> large_batch(Connection& c) {
    co_await c.run(create);
    const Rows rows(10'000);
    const auto inserted = co_await c.execute_batch(
        rows.statement(insert), rows.params(), rows.size(), driver::BatchWants::nothing);
    CHECK(inserted.affected == 10'000);
    CHECK(inserted.rows.empty());
    const auto count = co_await scalar<int>(c, Query("SELECT count(*) FROM b"));
    CHECK(count == 10'000);
    const std::string update = "UPDATE b SET name = $2 || '!' WHERE id >= $1 AND id < $1 + 2";
    const auto updated = co_await c.execute_batch(
        rows.statement(update), rows.params().first(200), 100, driver::BatchWants::nothing);
    CHECK(updated.affected == 200);
    co_await expect_health(c);
}

asio::awaitable<void> returning_batch(Connection& c) {
    co_await c.run(create);
    const Rows rows(1'200); // more than one chunk
    const auto batch = co_await c.execute_batch(
        rows.statement(insert_returning), rows.params(), rows.size(), driver::BatchWants::rows);
    CHECK(batch.affected == 1'200);
    REQUIRE(batch.rows.size() == 1'200);
    for (std::size_t i = 0; i < batch.rows.size(); ++i) {
        REQUIRE(batch.rows[i]->row_count() == 1);
        REQUIRE(get<std::size_t>(*batch.rows[i]) == i * 2);
        REQUIRE(get<std::string>(*batch.rows[i], 0, 1) == "text");
    }
    const std::string none = "DELETE FROM b WHERE id = $1 AND name <> $2 RETURNING id";
    const auto deleted =
        co_await c.execute_batch(rows.statement(none), rows.params().first(6), 3, driver::BatchWants::rows);
    CHECK(deleted.affected == 0);
    REQUIRE(deleted.rows.size() == 3);
    CHECK(deleted.rows[0]->row_count() == 0);
    const auto empty = co_await c.execute_batch(rows.statement(insert), std::span<const Param>(), 0, driver::BatchWants::rows);
    CHECK(empty.rows.empty());
    co_await expect_error<InvalidRequestError>(
        [](Connection& connection, const Rows& r) -> asio::awaitable<void> {
            co_await connection.execute_batch(
                r.statement(insert), r.params(), r.size(), driver::BatchWants::last_insert_ids);
        }(c, rows));
    co_await expect_health(c);
}

asio::awaitable<void> insert_all(Connection& c, const Rows& rows, const std::string& sql) {
    co_await c.execute_batch(rows.statement(sql), rows.params(), rows.size(), driver::BatchWants::rows);
}

asio::awaitable<void> failing_batch(Connection& c) {
    co_await c.run(create);
    Rows rows(2'000);
    rows.set_key(1'300, 7); // seven is there already
    const auto error = co_await expect_error<IntegrityError>(insert_all(c, rows, insert));
    CHECK(error.code() == errc::unique_violation);
    CHECK(error.statement() == insert);
    // What is between two syncs is one transaction: the chunks before stay, its own is undone.
    const auto kept = co_await scalar<int>(c, Query("SELECT count(*) FROM b"));
    CHECK(kept == 1'000);
    co_await c.run("TRUNCATE b");
    co_await c.begin(driver::BeginOptions());
    co_await expect_error<IntegrityError>(insert_all(c, rows, insert_returning));
    co_await c.rollback();
    const auto none = co_await scalar<int>(c, Query("SELECT count(*) FROM b"));
    CHECK(none == 0);
    co_await expect_error<ProgrammingError>(insert_all(c, rows, "INSERT INTO nowhere VALUES ($1, $2)"));
    rows.set_key(1'999, 5'000'000'000);
    const auto refused = co_await expect_error<DataError>(insert_all(c, rows, insert));
    CHECK(refused.code() == errc::out_of_range);
    const auto still_none = co_await scalar<int>(c, Query("SELECT count(*) FROM b"));
    CHECK(still_none == 0);
    co_await expect_health(c);
}

asio::awaitable<void> wide_batch(Connection& c) {
    // More than both sides' socket buffers hold, in both directions: stalls unless read while sending.
    const Rows rows(300, std::string(100'000, 'w'));
    const std::string echo = "SELECT $1::integer, $2::text || 'x'";
    const auto batch =
        co_await c.execute_batch(rows.statement(echo), rows.params(), rows.size(), driver::BatchWants::rows);
    REQUIRE(batch.rows.size() == 300);
    CHECK(batch.rows[299]->field(0, 1).size == 100'001);
    co_await expect_health(c);
}

asio::awaitable<void> mixed_batch(Connection& c) {
    co_await c.run("CREATE TEMPORARY TABLE m (id bigint, name text)");
    Rows rows(3);
    rows.set_types(Type(), Type());
    rows.set_key(2, 5'000'000'000); // all of a column are sent as the type that holds all
    const std::string sql = "INSERT INTO m VALUES ($1, $2) RETURNING id";
    const auto batch =
        co_await c.execute_batch(rows.statement(sql), rows.params(), rows.size(), driver::BatchWants::rows);
    CHECK(get<std::int64_t>(*batch.rows.at(2)) == 5'000'000'000);
}

asio::awaitable<void> read_in_pieces(Connection& c) {
    co_await c.run("CREATE TYPE pg_temp.tint AS ENUM ('red', 'blue')");
    auto query = Query("SELECT g, CASE WHEN g % 2 = 0 THEN 'x' || g END, 'blue'::pg_temp.tint FROM "
                       "generate_series(1, $1) g")
                     .bind(2'500);
    const auto cursor = co_await c.open_cursor(query.statement());
    REQUIRE(cursor->columns() != nullptr);
    CHECK(cursor->columns()->size() == 3);
    CHECK_FALSE(c.needs_recovery());
    co_await expect_error<InvalidRequestError>(c.ping());
    int expected = 0;
    std::size_t pieces = 0;
    while (const auto rows = co_await cursor->fetch(1'000)) {
        ++pieces;
        for (std::size_t row = 0; row < rows->row_count(); ++row) {
            REQUIRE(get<int>(*rows, row) == ++expected);
            REQUIRE(rows->field(row, 1).is_null() == (expected % 2 != 0));
            REQUIRE(get<std::string>(*rows, row, 2) == "blue");
        }
    }
    CHECK(expected == 2'500);
    CHECK(pieces == 3);
    co_await cursor->close();
    co_await expect_health(c);
}

asio::awaitable<void> close_early(Connection& c) {
    // In the select list, where the server makes the rows one by one instead of all beforehand.
    const auto endless = Query("SELECT generate_series(1, 1000000000000)");
    const auto cursor = co_await c.open_cursor(endless.statement());
    const auto some = co_await cursor->fetch(10);
    CHECK(some->row_count() == 10);
    const auto begun = std::chrono::steady_clock::now();
    co_await cursor->close();
    CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds(10));
    co_await expect_health(c);

    // A transaction survives the early end of a cursor in it.
    co_await c.begin(driver::BeginOptions());
    const auto inside = co_await c.open_cursor(endless.statement());
    co_await inside->fetch(10);
    CHECK(c.in_transaction());
    co_await inside->close();
    const auto one = co_await scalar<int>(c, Query("SELECT 1"));
    CHECK(one == 1);
    co_await c.commit();

    // So it does where no cursor can be declared: then the rest is read.
    co_await c.begin(driver::BeginOptions());
    co_await c.run("CREATE TEMPORARY TABLE taken (g integer)");
    const auto changing = Query("INSERT INTO taken SELECT g FROM generate_series(1, 20000) g RETURNING g");
    const auto changed = co_await c.open_cursor(changing.statement());
    co_await changed->fetch(10);
    co_await changed->close();
    const auto taken = co_await scalar<std::int64_t>(c, Query("SELECT count(*) FROM taken"));
    CHECK(taken == 20'000);
    co_await c.rollback();

    {
        const auto dropped = co_await c.open_cursor(endless.statement());
        co_await dropped->fetch(10);
    }
    CHECK(c.needs_recovery());
    co_await expect_error<InvalidRequestError>(c.ping());
    co_await c.recover(std::chrono::steady_clock::now() + std::chrono::seconds(20));
    co_await expect_health(c);
}

/// The server counts the rows that it makes, in a sequence.
asio::awaitable<void> makes_no_more_than_is_read(Connection& c) {
    co_await c.run("CREATE TEMPORARY SEQUENCE made");
    const driver::BeginOptions options;
    auto counting = Query("SELECT nextval('made'), $1 || g FROM generate_series(1, 1000000) g").bind(std::string("row "));
    auto statement = counting.statement();
    statement.begin = &options;
    const auto cursor = co_await c.open_cursor(statement);
    REQUIRE(cursor->columns() != nullptr);
    CHECK(cursor->columns()->size() == 2);
    CHECK(c.in_transaction());
    co_await expect_error<InvalidRequestError>(c.ping());
    const auto ten = co_await cursor->fetch(10);
    REQUIRE(ten->row_count() == 10);
    CHECK(get<std::string>(*ten, 9, 1) == "row 10");
    co_await cursor->close();
    const auto made = co_await scalar<std::int64_t>(c, Query("SELECT last_value FROM made"));
    CHECK(made == 10);
    const auto nothing = co_await cursor->fetch(10);
    CHECK(nothing == nullptr);
    // What is read to its end leaves nothing open: the table can be altered.
    co_await c.run("CREATE TEMPORARY TABLE few AS SELECT g FROM generate_series(1, 5) g");
    const auto all = Query("SELECT g FROM few -- into the void");
    const std::vector<std::size_t> pieces{2, 5, 6};
    for (const auto piece : pieces) {
        const auto reading = co_await c.open_cursor(all.statement());
        std::size_t rows = 0;
        while (const auto some = co_await reading->fetch(piece)) rows += some->row_count();
        CHECK(rows == 5);
    }
    co_await c.run("ALTER TABLE few ADD COLUMN h integer");
    co_await c.commit();
}

asio::awaitable<void> open_only(Connection& c, Query query);

/// Errors of a declared cursor: when it is opened, and where the row fails; and what it leaves behind.
asio::awaitable<void> failing_declared_cursor(Connection& c) {
    co_await c.begin(driver::BeginOptions());
    co_await expect_error<ProgrammingError>(open_only(c, Query("SELECT * FROM nowhere")));
    co_await c.rollback();
    co_await c.begin(driver::BeginOptions());
    const auto late = Query("SELECT 1 / (500 - g) FROM generate_series(1, 1000) g");
    const auto cursor = co_await c.open_cursor(late.statement());
    std::size_t rows = 0;
    std::string sql;
    try {
        while (const auto piece = co_await cursor->fetch(100)) rows += piece->row_count();
    } catch (const DataError& error) {
        sql = error.statement();
    }
    CHECK(rows == 400);
    CHECK(sql == "SELECT 1 / (500 - g) FROM generate_series(1, 1000) g"); // and nothing of a FETCH
    co_await cursor->close();
    co_await c.rollback();
    {
        co_await c.begin(driver::BeginOptions());
        const auto short_one = Query("SELECT 1");
        const auto dropped = co_await c.open_cursor(short_one.statement());
        co_await dropped->fetch(10);
    }
    CHECK_FALSE(c.needs_recovery());
    co_await c.rollback();
    co_await expect_health(c);
}

asio::awaitable<void> open_only(Connection& c, Query query) {
    co_await c.open_cursor(query.statement());
}

asio::awaitable<void> failing_cursor(Connection& c) {
    co_await expect_error<ProgrammingError>(open_only(c, Query("SELECT * FROM nowhere")));
    co_await expect_error<DataError>(open_only(c, Query("SELECT 1 / $1").bind(0)));
    co_await expect_health(c);
    const auto late = Query("SELECT 1 / (500 - g) FROM generate_series(1, 1000) g");
    const auto cursor = co_await c.open_cursor(late.statement());
    std::size_t rows = 0;
    std::exception_ptr failure;
    try {
        while (const auto piece = co_await cursor->fetch(100)) rows += piece->row_count();
    } catch (const DataError&) {
        failure = std::current_exception();
    }
    CHECK(failure != nullptr);
    CHECK(rows >= 400);
    co_await cursor->close();
    co_await expect_health(c);

    const auto no_rows = Query("SET application_name = 'x'");
    const auto none = co_await c.open_cursor(no_rows.statement());
    CHECK(none->columns() == nullptr);
    const auto nothing = co_await none->fetch(10);
    CHECK(nothing == nullptr);
    co_await expect_health(c);
}

} // namespace

TEST_CASE("postgresql: a batch of ten thousand rows is inserted", "[postgresql]") {
    with_connection(large_batch);
}
TEST_CASE("postgresql: a batch hands back the rows of each of its rows", "[postgresql]") {
    with_connection(returning_batch);
}
TEST_CASE("postgresql: an error in a batch is the first one, and the connection goes on", "[postgresql]") {
    with_connection(failing_batch);
}
TEST_CASE("postgresql: a batch of large rows in both directions does not stall", "[postgresql]") {
    with_connection(wide_batch);
}
TEST_CASE("postgresql: a batch of untyped values finds a type for all of a column", "[postgresql]") {
    with_connection(mixed_batch);
}
TEST_CASE("postgresql: a cursor reads in pieces",
          "[postgresql][pg.conn.server_cursor][core.conn.server_side_cursors]") {
    with_connection(read_in_pieces);
}
TEST_CASE("postgresql: a cursor can be given up early", "[postgresql][pg.conn.server_cursor]") {
    with_connection(close_early);
}
TEST_CASE("postgresql: a cursor fails when opened, or where the row fails", "[postgresql]") {
    with_connection(failing_cursor);
}
TEST_CASE("postgresql: in a transaction the server makes no more rows than are read",
          "[postgresql][pg.conn.server_cursor][core.result.async_iteration]") {
    with_connection(makes_no_more_than_is_read);
}
TEST_CASE("postgresql: a cursor in a transaction fails when opened, or where the row fails", "[postgresql]") {
    with_connection(failing_declared_cursor);
}
