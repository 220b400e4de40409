// SPDX-License-Identifier: MIT
// Transactions, errors, streams, and connections that are handed on.
#include <algorithm>
#include <chrono>
#include <exception>
#include <string>
#include <tuple>
#include <vector>

#include "testing/suite_case.hpp"

namespace azoth::testing {

namespace {

/// What `work` throws has to be an E; it is returned as text.
template <class E>
asio::awaitable<std::string> refused(std::string what, asio::awaitable<void> work) {
    std::string message;
    std::string other;
    try {
        co_await std::move(work);
    } catch (const E& error) {
        message = error.what();
    } catch (const std::exception& error) {
        other = error.what();
    }
    expect(other.empty(), what + " threw another error: " + other);
    expect(!message.empty(), what + " was not refused");
    co_return message;
}

asio::awaitable<void> add(Connection& connection, const Items& items, std::string name) {
    co_await connection.execute(insert(items).values(items.name = name));
}

asio::awaitable<std::int64_t> count(Connection& connection, const Items& items) {
    const auto rows = co_await connection.execute(select(func::count(items.id)));
    co_return rows.scalar_one();
}

asio::awaitable<void> run_text(Connection& connection, std::string sql) { co_await connection.execute(text(sql)); }

asio::awaitable<void> commits_and_rolls_back(Engine engine) {
    const SuiteTables tables;
    auto connection = co_await engine.connect();
    co_await add(connection, tables.items, "kept");
    expect(connection.in_transaction(), "the first statement began no transaction");
    co_await connection.commit();
    co_await add(connection, tables.items, "dropped");
    co_await connection.rollback();
    expect(!connection.in_transaction(), "a transaction is open after ROLLBACK");
    auto transaction = co_await connection.begin();
    co_await add(connection, tables.items, "kept, too");
    co_await transaction.commit();
    const auto rows = co_await count(connection, tables.items);
    expect_equal("rows", rows, 2);
}

asio::awaitable<void> sets_savepoints(Engine engine) {
    const SuiteTables tables;
    auto connection = co_await engine.connect();
    auto transaction = co_await connection.begin();
    co_await add(connection, tables.items, "outside");
    auto first = co_await connection.begin_nested();
    co_await add(connection, tables.items, "inside");
    co_await first.rollback();
    auto second = co_await connection.begin_nested();
    co_await refused<IntegrityError>("a name that there is", add(connection, tables.items, "outside"));
    co_await second.rollback(); // the transaction goes on after an error
    auto third = co_await connection.begin_nested();
    co_await add(connection, tables.items, "released");
    co_await third.commit();
    co_await transaction.commit();
    const auto rows = co_await count(connection, tables.items);
    expect_equal("rows", rows, 2);
}

asio::awaitable<void> tells_levels(Engine engine) {
    auto connection = co_await engine.connect();
    connection.isolation_level(IsolationLevel::serializable);
    auto transaction = co_await connection.begin();
    const auto level = co_await connection.get_isolation_level();
    expect(level == IsolationLevel::serializable, "SERIALIZABLE was asked for, and the server has another level");
    co_await transaction.rollback();
}

asio::awaitable<void> commits_each_statement(Engine engine) {
    const SuiteTables tables;
    auto connection = co_await engine.connect();
    connection.isolation_level(IsolationLevel::autocommit);
    co_await add(connection, tables.items, "at once");
    co_await connection.rollback();
    const auto rows = co_await count(connection, tables.items);
    expect_equal("rows after a ROLLBACK that has nothing to do", rows, 1);
}

asio::awaitable<void> prepares(Engine engine) {
    const SuiteTables tables;
    auto connection = co_await engine.connect();
    auto transaction = co_await connection.begin_twophase();
    co_await add(connection, tables.items, "prepared");
    co_await transaction.prepare();
    co_await transaction.commit();
    auto other = co_await connection.begin_twophase();
    co_await add(connection, tables.items, "given up");
    co_await other.prepare();
    co_await other.rollback();
    const auto rows = co_await count(connection, tables.items);
    expect_equal("rows", rows, 1);
    co_await connection.rollback();
    const auto xids = co_await connection.recover_twophase();
    expect(std::ranges::find(xids, transaction.xid()) == xids.end(), "a transaction that was committed is still prepared");
}

asio::awaitable<void> hides_what_is_open(Engine engine) {
    const SuiteTables tables;
    auto writer = co_await engine.connect();
    auto reader = co_await engine.connect();
    co_await add(writer, tables.items, "not yet");
    const auto before = co_await count(reader, tables.items);
    expect_equal("rows of another's open transaction", before, 0);
    co_await reader.rollback();
    co_await writer.commit();
    const auto after = co_await count(reader, tables.items);
    expect_equal("rows that were committed", after, 1);
}

asio::awaitable<void> resets_connections(Engine engine) {
    const SuiteTables tables;
    {
        auto connection = co_await engine.connect();
        co_await add(connection, tables.items, "forgotten");
    } // back to the pool, with an open transaction
    auto connection = co_await engine.connect();
    expect(!connection.in_transaction(), "a connection came out of the pool with a transaction");
    const auto rows = co_await count(connection, tables.items);
    expect_equal("rows that nobody committed", rows, 0);
}

asio::awaitable<void> classifies_errors(Engine engine) {
    const SuiteTables tables;
    const auto& items = tables.items;
    auto connection = co_await engine.connect();
    co_await add(connection, items, "one");
    co_await connection.commit();
    const auto message = co_await refused<IntegrityError>("a name that there is", add(connection, items, "one"));
    expect(message.find("azs_item") != std::string::npos, "an error does not say its statement: " + message);
    co_await connection.rollback();
    co_await refused<DBAPIError>("what is no SQL", run_text(connection, "SELEC 1"));
    co_await connection.rollback();
    co_await refused<DBAPIError>("a table that is not there", run_text(connection, "SELECT * FROM azs_none"));
    co_await connection.rollback();
    const auto rows = co_await count(connection, items);
    expect_equal("rows afterwards", rows, 1);
}

asio::awaitable<void> enforces_foreign_keys(Engine engine) {
    const SuiteTables tables;
    const auto& parts = tables.parts;
    auto connection = co_await engine.connect();
    const auto orphan = [](Connection& on, const Parts& table) -> asio::awaitable<void> {
        co_await on.execute(insert(table).values(table.item_id = 12345, table.number = 1));
        co_await on.commit(); // where it is checked at the end
    };
    co_await refused<IntegrityError>("a row without its parent", orphan(connection, parts));
    co_await connection.rollback();
}

asio::awaitable<void> streams(Engine engine) {
    const SuiteTables tables;
    const auto& items = tables.items;
    auto connection = co_await engine.connect();
    std::vector<std::tuple<std::string, std::int64_t>> rows;
    for (std::int64_t i = 0; i < 1'000; ++i) rows.emplace_back("row " + std::to_string(i), i);
    co_await connection.execute(insert(items).columns(items.name, items.amount), rows);
    const auto statement = select(items.amount).order_by(items.amount);
    const auto options = ExecutionOptions().yield_per(64);
    auto stream = co_await connection.stream(statement, options);
    std::int64_t expected = 0;
    while (auto row = co_await stream.next()) expect_equal("a row", std::get<0>(*row).value_or(-1), expected++);
    expect_equal("rows of a stream", expected, 1'000);
    auto early = co_await connection.stream(statement, options);
    const auto first = co_await early.next();
    expect(first.has_value(), "a stream has no first row");
    co_await early.close();
    const auto all = co_await count(connection, items);
    expect_equal("rows, after a stream that was given up", all, 1'000);
}

/// Takes minutes: rows × rows × … of one table.
asio::awaitable<void> runs_for_long(Connection& connection) {
    std::string sql = "SELECT count(*) FROM azs_item a";
    for (const char name : {'b', 'c', 'd', 'e', 'f'}) sql += std::string{" CROSS JOIN azs_item "} + name;
    sql += " WHERE a.amount + b.amount + c.amount + d.amount + e.amount + f.amount < 0";
    const auto options = ExecutionOptions().timeout(std::chrono::milliseconds{200});
    co_await connection.execute(text(sql), options);
}

asio::awaitable<void> cuts_off(Engine engine) {
    const SuiteTables tables;
    const auto& items = tables.items;
    {
        auto connection = co_await engine.connect();
        std::vector<std::tuple<std::string, std::int64_t>> rows;
        for (std::int64_t i = 0; i < 100; ++i) rows.emplace_back("row " + std::to_string(i), i);
        co_await connection.execute(insert(items).columns(items.name, items.amount), rows);
        co_await connection.commit();
        const auto started = std::chrono::steady_clock::now();
        co_await refused<TimeoutError>("a statement that takes too long", runs_for_long(connection));
        const auto took = std::chrono::steady_clock::now() - started;
        expect(took < std::chrono::seconds{20}, "a statement was cut off late");
        co_await connection.rollback();
        const auto again = co_await count(connection, items);
        expect_equal("rows, on the same connection", again, 100);
    }
    auto next = co_await engine.connect();
    const auto rows = co_await count(next, items);
    expect_equal("rows, for who is next", rows, 100);
}

constexpr DialectCase cases[] = {
    {"COMMIT keeps, ROLLBACK does not", "", nullptr, commits_and_rolls_back},
    {"savepoints, also after an error", "Requirements::savepoints",
     [](const Dialect&, const Requirements& needs) { return needs.savepoints; }, sets_savepoints},
    {"isolation levels", "Requirements::isolation_levels",
     [](const Dialect&, const Requirements& needs) { return needs.isolation_levels; }, tells_levels},
    {"autocommit", "", nullptr, commits_each_statement},
    {"two-phase transactions", "Requirements::two_phase",
     [](const Dialect&, const Requirements& needs) { return needs.two_phase; }, prepares},
    {"others see what is committed, and only that", "Requirements::many_connections",
     [](const Dialect&, const Requirements& needs) { return needs.many_connections; }, hides_what_is_open},
    {"a connection comes out of the pool clean", "", nullptr, resets_connections},
    {"errors have their classes, and connections outlive them", "", nullptr, classifies_errors},
    {"foreign keys are enforced", "Requirements::foreign_keys",
     [](const Dialect&, const Requirements& needs) { return needs.foreign_keys; }, enforces_foreign_keys},
    {"rows come in pieces, and can be given up", "", nullptr, streams},
    {"a statement is cut off, and its connection goes on", "Requirements::interrupts",
     [](const Dialect&, const Requirements& needs) { return needs.interrupts; }, cuts_off},
};

} // namespace

std::span<const DialectCase> transaction_cases() { return cases; }

} // namespace azoth::testing
