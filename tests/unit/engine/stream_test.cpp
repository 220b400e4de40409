// SPDX-License-Identifier: MIT
// Streams: rows in pieces, and what happens to one that is not read to its end.
#include "support/catch.hpp"

#include <azoth/schema/metadata.hpp>
#include <azoth/sql/column.hpp>
#include <azoth/sql/select.hpp>
#include <azoth/sql/text.hpp>

#include "support/scripted_engine.hpp"

using namespace azoth;
using namespace azoth::testing;
using Catch::Matchers::Contains;

namespace {

using Log = std::vector<std::string>;

struct Things : Table {
    Column<std::int64_t> id{*this, "id", primary_key};
    Column<std::string> name{*this, "name"};
    explicit Things(MetaData& metadata) : Table{"thing", metadata} {}
};

Reply five_rows(const Call& call) {
    if (!call.text.starts_with("SELECT")) return {};
    std::vector<std::vector<Value>> rows;
    for (int i = 1; i <= 5; ++i) rows.push_back({integer(i), string("n" + std::to_string(i))});
    return Reply::table({"id", "name"}, std::move(rows));
}

} // namespace

TEST_CASE("stream: rows arrive in pieces, typed",
          "[engine][core.result.yield_per][stream][core.conn.stream][core.result.async_iteration][core.conn.server_side_cursors]"
          "[core.opt.stream_results]") {
    ScriptedEngine db;
    db.script->answer = five_rows;
    MetaData metadata;
    const Things things{metadata};
    db.run([&]() -> asio::awaitable<void> {
        auto connection = co_await db.engine.connect();
        auto stream =
            co_await connection.stream(select(things.id, things.name), ExecutionOptions().yield_per(2));
        CHECK(stream.keys() == std::vector<std::string>{"id", "name"});
        std::int64_t expected = 0;
        while (auto row = co_await stream.next()) {
            const auto& [id, name] = *row;
            CHECK(id == ++expected);
            CHECK(name == "n" + std::to_string(id));
        }
        CHECK(expected == 5);
        CHECK_FALSE((co_await stream.next()).has_value());
        co_await stream.close();
        co_await connection.execute(text("after"));
        co_await connection.commit();
    });
    CHECK(
        db.script->log() == Log{"BEGIN",
                                "SELECT thing.id, thing.name FROM thing",
                                "FETCH 2",
                                "FETCH 2",
                                "FETCH 2",
                                "FETCH 2",
                                "after",
                                "COMMIT"}
    );
}

TEST_CASE("stream: while it is open the connection does nothing else, and close() frees it",
          "[engine][stream][core.conn.stream][core.result.async_iteration]") {
    ScriptedEngine db;
    db.script->answer = five_rows;
    db.run([&]() -> asio::awaitable<void> {
        auto connection = co_await db.engine.connect();
        auto stream = co_await connection.stream(text("SELECT 1"), ExecutionOptions().yield_per(1));
        const auto row = co_await stream.next();
        CHECK(row->get<std::string>("name") == "n1");
        CHECK_THROWS_WITH(co_await connection.execute(text("x")), Contains("a stream is open"));
        auto moved = std::move(stream);
        co_await moved.close();
        CHECK_FALSE((co_await moved.next()).has_value());
        co_await connection.execute(text("x"));
        co_await connection.commit();
    });
    CHECK(db.script->log() == Log{"BEGIN", "SELECT 1", "FETCH 1", "CLOSE CURSOR", "x", "COMMIT"});
}

TEST_CASE("stream: destroyed in mid-answer it takes the transaction along", "[engine][stream]") {
    ScriptedEngine db;
    db.script->answer = five_rows;
    db.run([&]() -> asio::awaitable<void> {
        auto connection = co_await db.engine.connect();
        {
            auto stream = co_await connection.stream(text("SELECT 1"));
            co_await stream.next();
        }
        CHECK_THROWS_AS(co_await connection.execute(text("x")), PendingRollbackError);
        co_await connection.rollback();
        co_await connection.execute(text("y"));
        co_await connection.commit();
    });
    CHECK(db.script->log() == Log{"BEGIN", "SELECT 1", "FETCH 1000", "RECOVER", "BEGIN", "y", "COMMIT"});
}

TEST_CASE("stream: it may outlive its connection, of no use then", "[engine][stream]") {
    ScriptedEngine db{{.pool_size = 1, .max_overflow = 0}};
    db.script->answer = five_rows;
    db.run([&]() -> asio::awaitable<void> {
        Stream<> stream;
        {
            auto connection = co_await db.engine.connect();
            stream = co_await connection.stream(text("SELECT 1"), ExecutionOptions().yield_per(1));
            co_await stream.next();
        }
        CHECK_THROWS_AS(co_await stream.next(), ResourceClosedError);
        auto other = co_await db.engine.connect();
        CHECK_THROWS_AS(co_await stream.next(), ResourceClosedError);
        co_await other.execute(text("x"));
        co_await other.commit();
    });
    CHECK(db.script->log() == Log{"BEGIN", "SELECT 1", "FETCH 1", "RECOVER", "BEGIN", "x", "COMMIT"});
}

TEST_CASE("stream: mistakes show when it is opened", "[engine][stream]") {
    ScriptedEngine db;
    db.script->answer = five_rows;
    MetaData metadata;
    const Things things{metadata};
    db.run([&]() -> asio::awaitable<void> {
        auto connection = co_await db.engine.connect();
        CHECK_THROWS_WITH(co_await connection.stream(select(things.id)), Contains("its C++ type says 1"));
        co_await connection.rollback();
        CHECK_THROWS_AS(co_await connection.stream(text("UPDATE t SET x = 1")), ResourceClosedError);
        co_await connection.execute(text("x"));
    });
}
