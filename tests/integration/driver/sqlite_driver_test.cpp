// SPDX-License-Identifier: MIT
// The SQLite driver's verbs and values, on every way that statements can go.
#include "integration/driver/sqlite_fixture.hpp"

#include <limits>

using namespace azoth;
using namespace azoth::test_sqlite;
using namespace std::chrono_literals;

namespace {

asio::awaitable<void> make_users(driver::Connection& connection) {
    std::string sql =
        "CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(30) NOT NULL UNIQUE, age INTEGER)";
    co_await connection.run(sql);
}

asio::awaitable<driver::Result> add_user(driver::Connection& connection, std::string name) {
    auto query = Query("INSERT INTO users (name, age) VALUES (?, ?)").bind(name).bind(std::int64_t{30});
    co_return co_await execute(connection, std::move(query));
}

} // namespace

TEST_CASE("sqlite: insert, select, update and delete report what they did",
          "[sqlite][sl.insert_pk][core.conn.rowcount][core.result.lastrowid]") {
    with_each([](driver::Connection& connection) -> asio::awaitable<void> {
        co_await make_users(connection);
        const auto first = co_await add_user(connection, "ann");
        CHECK(first.affected == 1);
        CHECK(first.last_insert_id == 1);
        CHECK(first.rows == nullptr);
        CHECK(first.columns == nullptr);
        const auto second = co_await add_user(connection, "bob");
        CHECK(second.last_insert_id == 2);

        const auto all =
            co_await execute(connection, Query("SELECT id, name, age * 2 FROM users ORDER BY id"));
        REQUIRE(all.rows->row_count() == 2);
        REQUIRE(all.rows->column_count() == 3);
        CHECK(all.affected == -1);
        CHECK(get<std::string>(*all.rows, 1, 1) == "bob");
        CHECK(get<int>(*all.rows, 1, 2) == 60);
        CHECK((*all.columns)[0].name == "id");
        CHECK((*all.columns)[0].type.is_integer());
        CHECK((*all.columns)[1].type.is_text());
        CHECK((*all.columns)[2].type.is_null_type());

        const auto none = co_await execute(connection, Query("SELECT id FROM users WHERE id = 99"));
        CHECK(none.rows->row_count() == 0);
        CHECK(none.rows->column_count() == 1);

        auto update = Query("UPDATE users SET age = ? WHERE id = ?").bind(31).bind(1);
        const auto updated = co_await execute(connection, std::move(update));
        CHECK(updated.affected == 1);
        const auto all_updated = co_await execute(connection, Query("UPDATE users SET age = age + 1"));
        CHECK(all_updated.affected == 2);
        const auto deleted = co_await execute(connection, Query("DELETE FROM users"));
        CHECK(deleted.affected == 2);
        co_await expect_count(connection, "users", 0);
    });
}

TEST_CASE("sqlite: RETURNING gives the new row", "[sqlite][sl.dml.returning]") {
    with_each([](driver::Connection& connection) -> asio::awaitable<void> {
        co_await make_users(connection);
        const auto made = co_await execute(
            connection, Query("INSERT INTO users (name) VALUES (?), (?) RETURNING id, name")
                            .bind(std::string{"a"})
                            .bind(std::string{"b"}));
        REQUIRE(made.rows->row_count() == 2);
        CHECK(get<std::string>(*made.rows, 1, 1) == "b");
        CHECK(made.affected == 2);
        CHECK_FALSE(connection.in_transaction());
    });
}

TEST_CASE("sqlite: every kind of value comes back as it went in",
          "[sqlite][dial.common.driver_types][core.type.numeric][core.type.datetime]") {
    with_each([](driver::Connection& connection) -> asio::awaitable<void> {
        std::string create = "CREATE TABLE v (x)"; // no affinity: values are stored as bound
        co_await connection.run(create);
        const auto echo = [&connection](auto value) -> asio::awaitable<void> {
            using T = decltype(value);
            auto insert = Query("INSERT INTO v VALUES (?)").bind(value);
            co_await execute(connection, std::move(insert));
            const auto read = co_await scalar<T>(connection, Query("SELECT x FROM v"));
            CHECK(read == value);
            co_await execute(connection, Query("DELETE FROM v"));
        };
        co_await echo(true);
        co_await echo(std::numeric_limits<std::int64_t>::min());
        co_await echo(std::uint64_t{9'223'372'036'854'775'807ULL});
        co_await echo(0.1);
        const std::string unicode = "grüße, 世界 🌍";
        co_await echo(unicode);
        const std::string empty;
        co_await echo(empty);
        const std::string large(300'000, 'x');
        co_await echo(large);
        const Bytes bytes{std::byte{0}, std::byte{255}, std::byte{0}};
        co_await echo(bytes);
        const Bytes no_bytes;
        co_await echo(no_bytes);
        const Decimal exact("12345678901234567890.123456789");
        co_await echo(exact);
        const Decimal digits(std::string(1000, '7') + ".5");
        co_await echo(digits);
        const Date date{std::chrono::year{2024} / 2 / 29};
        co_await echo(date);
        const Time time{13h + 45min + 1us};
        co_await echo(time);
        const Timestamp before{std::chrono::microseconds{-1}};
        co_await echo(before);
        const TimestampTz moment{std::chrono::microseconds{1'700'000'000'123'456}};
        co_await echo(moment);
        const Interval interval(0, -3, 90min);
        auto insert = Query("INSERT INTO v VALUES (?)").bind(interval);
        co_await execute(connection, std::move(insert));
        const auto read = co_await scalar<Interval>(connection, Query("SELECT x FROM v"));
        CHECK(read.time == 90min - 72h);
        co_await execute(connection, Query("DELETE FROM v"));
        const Uuid uuid("00112233-4455-6677-8899-aabbccddeeff");
        co_await echo(uuid);
    });
}

TEST_CASE("sqlite: values are stored the way SQLAlchemy stores them",
          "[sqlite][sl.type.affinity][core.type.interval][core.type.uuid]") {
    with_connection([](driver::Connection& connection) -> asio::awaitable<void> {
        const auto stored = [&connection](auto value, const char* expected) -> asio::awaitable<void> {
            auto query = Query("SELECT typeof(x) || ' ' || x FROM (SELECT ? AS x)").bind(value);
            co_await expect_value<std::string>(connection, std::move(query), expected);
        };
        co_await stored(true, "integer 1");
        co_await stored(Date{std::chrono::year{2024} / 1 / 2}, "text 2024-01-02");
        co_await stored(Time{13h + 45min}, "text 13:45:00.000000");
        const Timestamp moment{std::chrono::microseconds{1'704'203'100'000'000}};
        co_await stored(moment, "text 2024-01-02 13:45:00.000000");
        const TimestampTz utc{std::chrono::microseconds{1'704'203'100'000'007}};
        co_await stored(utc, "text 2024-01-02 13:45:00.000007");
        const Interval interval(0, 1, 2h);
        co_await stored(interval, "text 1970-01-02 02:00:00.000000");
        const Uuid uuid("00112233-4455-6677-8899-aabbccddeeff");
        co_await stored(uuid, "text 00112233445566778899aabbccddeeff");
        const Decimal price("12.50");
        co_await stored(price, "real 12.5");
        const Decimal tiny("0.1234567890123456789");
        co_await stored(tiny, "text 0.1234567890123456789");
        const auto nothing = co_await execute(connection, Query("SELECT typeof(?)").bind_null());
        CHECK(get<std::string>(*nothing.rows) == "null");
    });
}

TEST_CASE("sqlite: what cannot be stored is refused", "[sqlite]") {
    with_connection([](driver::Connection& connection) -> asio::awaitable<void> {
        const auto refused = [&connection](auto value) -> asio::awaitable<void> {
            bool thrown = false;
            try {
                auto query = Query("SELECT ?").bind(value);
                co_await execute(connection, std::move(query));
            } catch (const DataError&) {
                thrown = true;
            }
            CHECK(thrown);
        };
        co_await refused(std::numeric_limits<std::uint64_t>::max());
        const std::string zero("a\0b", 3);
        co_await refused(zero);
        const Interval month(1, 0, 0us);
        co_await refused(month);
        co_await refused(Time{25h});
        co_await refused(Date{std::chrono::year{10000} / 1 / 1});
        co_await expect_value<int>(connection, Query("SELECT 1"), 1);
    });
}

TEST_CASE("sqlite: transactions commit, roll back and are reported",
          "[sqlite][sl.conn.transactions][core.txn.ddl]") {
    with_each([](driver::Connection& connection) -> asio::awaitable<void> {
        co_await make_users(connection);
        driver::BeginOptions options;
        co_await connection.begin(options);
        CHECK(connection.in_transaction());
        co_await add_user(connection, "ann");
        co_await connection.commit();
        CHECK_FALSE(connection.in_transaction());

        co_await connection.begin(options);
        co_await add_user(connection, "bob");
        std::string savepoint = "SAVEPOINT s";
        co_await connection.run(savepoint);
        co_await add_user(connection, "cid");
        std::string back = "ROLLBACK TO SAVEPOINT s";
        co_await connection.run(back);
        std::string release = "RELEASE SAVEPOINT s";
        co_await connection.run(release);
        CHECK(connection.in_transaction());
        co_await expect_count(connection, "users", 2);
        co_await connection.rollback();
        co_await expect_count(connection, "users", 1);
        co_await connection.rollback(); // nothing to roll back is no error

        std::string ddl = "CREATE TABLE gone (x)";
        co_await connection.begin(options);
        co_await connection.run(ddl);
        co_await connection.rollback();
        const auto missing = co_await failure_of(connection, Query("SELECT * FROM gone"));
        CHECK(missing.code == errc::undefined_table);
        CHECK(missing.table == "gone");
    });
}

TEST_CASE("sqlite: a read-only transaction refuses to write, the next one does not", "[sqlite]") {
    with_each([](driver::Connection& connection) -> asio::awaitable<void> {
        co_await make_users(connection);
        driver::BeginOptions options;
        options.read_only = true;
        co_await connection.begin(options);
        const auto refused = co_await failure_of(connection, Query("INSERT INTO users (name) VALUES ('x')"));
        CHECK(refused.code == errc::read_only);
        co_await connection.rollback();
        co_await add_user(connection, "ann");
        co_await expect_count(connection, "users", 1);
    });
}

TEST_CASE("sqlite: a batch counts, returns rows and keys in order", "[sqlite]") {
    with_each([](driver::Connection& connection) -> asio::awaitable<void> {
        std::string create = "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT)";
        co_await connection.run(create);
        const std::size_t rows = 1500; // above what is done in one go on the caller's thread
        std::vector<std::string> names;
        for (std::size_t i = 0; i < rows; ++i) names.push_back("name " + std::to_string(i));
        std::vector<Param> params;
        for (const auto& name : names) params.emplace_back(ParamKind::text, name);
        const std::vector<Type> types{Text{}};
        const std::string plain = "INSERT INTO t (name) VALUES (?)";
        driver::Statement insert{plain, std::hash<std::string>{}(plain)};
        insert.param_types = types;

        driver::BeginOptions options;
        co_await connection.begin(options);
        const auto first =
            co_await connection.execute_batch(insert, params, rows, driver::BatchWants::last_insert_ids);
        CHECK(first.affected == 1500);
        REQUIRE(first.last_insert_ids.size() == rows);
        CHECK(first.last_insert_ids[1499] == 1500);

        const std::string returning = plain + " RETURNING id, name";
        driver::Statement insert_returning{returning, std::hash<std::string>{}(returning)};
        insert_returning.param_types = types;
        const std::span<const Param> some(params.data(), 600);
        auto second =
            co_await connection.execute_batch(insert_returning, some, 600, driver::BatchWants::rows);
        co_await connection.commit();
        REQUIRE(second.rows.size() == 600);
        const auto last = second.rows[599];
        second.rows.clear(); // each buffer lives on its own
        REQUIRE(last->row_count() == 1);
        CHECK(get<int>(*last, 0, 0) == 2100);
        CHECK(get<std::string>(*last, 0, 1) == "name 599");

        const auto empty = co_await connection.execute_batch(
            insert, std::span<const Param>(), 0, driver::BatchWants::nothing);
        CHECK(empty.affected == 0);
        co_await expect_count(connection, "t", 2100);
    });
}

TEST_CASE("sqlite: errors say which kind, table and column", "[sqlite][core.err.sqlstate_map][sl.errors]") {
    with_each([](driver::Connection& connection) -> asio::awaitable<void> {
        co_await make_users(connection);
        std::string orders = "CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users, "
                             "price INTEGER CONSTRAINT positive CHECK (price > 0))";
        co_await connection.run(orders);
        co_await add_user(connection, "ann");

        const auto twice = co_await failure_of(connection, Query("INSERT INTO users (name) VALUES ('ann')"));
        CHECK(twice.code == errc::unique_violation);
        CHECK(twice.table == "users");
        CHECK(twice.column == "name");
        const auto same_key =
            co_await failure_of(connection, Query("INSERT INTO users (id, name) VALUES (1, 'x')"));
        CHECK(same_key.code == errc::unique_violation);
        const auto not_null =
            co_await failure_of(connection, Query("INSERT INTO users (name) VALUES (NULL)"));
        CHECK(not_null.code == errc::not_null_violation);
        CHECK(not_null.column == "name");
        const auto no_parent =
            co_await failure_of(connection, Query("INSERT INTO orders (user_id) VALUES (7)"));
        CHECK(no_parent.code == errc::foreign_key_violation);
        const auto check = co_await failure_of(connection, Query("INSERT INTO orders (price) VALUES (-1)"));
        CHECK(check.code == errc::check_violation);
        CHECK(check.constraint == "positive");
        const auto no_column = co_await failure_of(connection, Query("SELECT nonsense FROM users"));
        CHECK(no_column.code == errc::undefined_column);
        const auto nonsense = co_await failure_of(connection, Query("SELEC 1"));
        CHECK(nonsense.code == errc::syntax_error);
        const auto table_twice = co_await failure_of(connection, Query("CREATE TABLE users (x)"));
        CHECK(table_twice.code == errc::duplicate_table);
        const auto no_value = co_await failure_of(connection, Query("SELECT ?"));
        CHECK(no_value.message.find("1 placeholders") != std::string::npos);
        const auto several = co_await failure_of(connection, Query("DELETE FROM users; DELETE FROM orders"));
        CHECK(several.message.find("more than one statement") != std::string::npos);
        co_await expect_count(connection, "users", 1);

        // A comment behind, a semicolon, or nothing but those are fine.
        co_await expect_value<int>(connection, Query("SELECT 5; -- five"), 5);
        const auto comment = co_await execute(connection, Query("-- nothing"));
        CHECK(comment.rows == nullptr);
        try {
            co_await execute(connection, Query("SELECT nonsense"));
            FAIL("no error");
        } catch (const ProgrammingError& error) {
            CHECK(error.statement() == "SELECT nonsense");
        }
    });
}

TEST_CASE("sqlite: a changed schema shows in statements prepared before", "[sqlite][core.cache.prepared]") {
    with_each([](driver::Connection& connection) -> asio::awaitable<void> {
        co_await make_users(connection);
        co_await add_user(connection, "ann");
        const auto before = co_await execute(connection, Query("SELECT * FROM users"));
        CHECK(before.columns->size() == 3);
        const auto again = co_await execute(connection, Query("SELECT * FROM users"));
        CHECK(again.columns->size() == 3);
        std::string alter = "ALTER TABLE users ADD COLUMN city TEXT DEFAULT 'Rome'";
        co_await connection.run(alter);
        const auto after = co_await execute(connection, Query("SELECT * FROM users"));
        REQUIRE(after.columns->size() == 4);
        CHECK((*after.columns)[3].name == "city");
        CHECK(get<std::string>(*after.rows, 0, 3) == "Rome");
    });
}

TEST_CASE("sqlite: ten thousand short statements, with others getting their turn", "[sqlite]") {
    with_each([](driver::Connection& connection) -> asio::awaitable<void> {
        co_await make_numbers(connection, 1000);
        auto executor = co_await asio::this_coro::executor;
        int turns = 0;
        bool over = false;
        const auto other = [&]() -> asio::awaitable<void> {
            while (!over) {
                ++turns;
                co_await asio::post(asio::use_awaitable);
            }
        };
        bool other_ended = false;
        asio::co_spawn(executor, other(), [&](std::exception_ptr) { other_ended = true; });
        std::int64_t sum = 0;
        const std::string sql = "SELECT i, t FROM n WHERE i = ?";
        const auto hash = std::hash<std::string>{}(sql);
        for (int i = 0; i < 10'000; ++i) {
            const Param key{ParamKind::integer, std::int64_t{i % 1000 + 1}};
            driver::Statement statement{sql, hash};
            statement.params = {&key, 1};
            const auto result = co_await connection.execute(statement);
            sum += result.rows->field(0, 0).integer;
        }
        over = true;
        while (!other_ended) co_await pause(1ms);
        CHECK(sum == 10 * 500'500);
        CHECK(turns > 20);
    });
}

TEST_CASE("sqlite: what else a connection can say", "[sqlite][sl.conn.pragmas]") {
    with_each([](driver::Connection& connection) -> asio::awaitable<void> {
        co_await connection.ping();
        CHECK(connection.is_open());
        CHECK(connection.server_version().substr(0, 2) == "3.");
        CHECK(connection.native_handle() != nullptr);
        co_await expect_value<int>(connection, Query("PRAGMA foreign_keys"), 1);
        co_await connection.close();
        co_await connection.close();
        CHECK_FALSE(connection.is_open());
        bool refused = false;
        try {
            co_await connection.ping();
        } catch (const ResourceClosedError&) {
            refused = true;
        }
        CHECK(refused);
    });
}

TEST_CASE("sqlite: what cannot be opened says what to do", "[sqlite]") {
    const Folder folder;
    asio::io_context context;
    const auto message = [&](std::string url) {
        std::string text;
        try {
            run_task(
                context, connect_and_run(std::move(url), [](driver::Connection&) -> asio::awaitable<void> {
                    co_return;
                }));
        } catch (const OperationalError& error) {
            text = error.what();
        }
        return text;
    };
    CHECK(
        message("sqlite:///" + folder.file("no/such/file.db")).find("create it first") != std::string::npos);
    CHECK(message(folder.url("?mode=rw")).find("there is no such file") != std::string::npos);
    CHECK(
        message("sqlite:///" + std::filesystem::path(folder.file()).parent_path().string())
            .find("it is a folder")
        != std::string::npos);
    {
        std::FILE* file = std::fopen(folder.file().c_str(), "w");
        for (int i = 0; i < 1000; ++i) std::fputs("this is no database\n", file);
        std::fclose(file);
    }
    CHECK(message(folder.url()).find("is not a database") != std::string::npos);
    CHECK(message(folder.url("?execution=inline")).find("is not a database") != std::string::npos);
}

TEST_CASE("sqlite: pragmas of the URL take effect, mode=ro does not write",
          "[sqlite][sl.conn.pragmas][sl.conn.open][dial.common.on_connect]") {
    const Folder folder;
    asio::io_context context;
    run_task(
        context, connect_and_run(
                     folder.url("?journal_mode=wal&synchronous=normal&cache_size=-4000&foreign_keys=off"),
                     [](driver::Connection& connection) -> asio::awaitable<void> {
                         co_await expect_value<std::string>(connection, Query("PRAGMA journal_mode"), "wal");
                         co_await expect_value<int>(connection, Query("PRAGMA synchronous"), 1);
                         co_await expect_value<int>(connection, Query("PRAGMA cache_size"), -4000);
                         co_await expect_value<int>(connection, Query("PRAGMA foreign_keys"), 0);
                         co_await make_numbers(connection, 3);
                     }));
    run_task(
        context,
        connect_and_run(folder.url("?mode=ro"), [](driver::Connection& connection) -> asio::awaitable<void> {
            co_await expect_count(connection, "n", 3);
            const auto refused = co_await failure_of(connection, Query("DELETE FROM n"));
            CHECK(refused.code == errc::read_only);
        }));
}

TEST_CASE("sqlite: memory databases with a name and a shared cache are one", "[sqlite][sl.conn.open]") {
    asio::io_context context;
    const std::string url = "sqlite:///azoth_shared_test?mode=memory&cache=shared";
    CHECK_FALSE(sqlite::make_driver()->single_connection(Url{url}));
    CHECK(sqlite::make_driver()->single_connection(Url{"sqlite://"}));
    CHECK(sqlite::make_driver()->single_connection(Url{"sqlite:///:memory:"}));
    CHECK(sqlite::make_driver()->single_connection(Url{"sqlite:///x?mode=memory"}));
    CHECK_FALSE(sqlite::make_driver()->single_connection(Url{"sqlite:///x.db"}));
    const auto both = [](std::string shared) -> asio::awaitable<void> {
        const auto one = co_await connect(shared);
        const auto two = co_await connect(shared);
        co_await make_numbers(*one, 5);
        co_await expect_count(*two, "n", 5);
    };
    run_task(context, both(url));
}
