// SPDX-License-Identifier: MIT
// One statement for many rows: what is sent, in which pieces, and rows that do not fit.
#include "support/catch.hpp"

#include <array>
#include <ranges>

#include <azoth/schema/metadata.hpp>
#include <azoth/sql/column.hpp>
#include <azoth/sql/dml.hpp>
#include <azoth/sql/text.hpp>

#include "support/scripted_engine.hpp"

using namespace azoth;
using namespace azoth::testing;
using Catch::Matchers::Contains;

namespace {

struct Things : Table {
    Column<std::int64_t> id{*this, "id", primary_key};
    Column<std::string> name{*this, "name"};
    Column<std::optional<std::string>> note{*this, "note"};
    explicit Things(MetaData& metadata) : Table{"thing", metadata} {}
};

struct Numbered : Table {
    Column<std::string> name{*this, "name", primary_key};
    Column<std::int64_t> number{*this, "number", default_([count = std::int64_t{0}]() mutable {
                                    return ++count;
                                })};
    explicit Numbered(MetaData& metadata) : Table{"numbered", metadata} {}
};

struct Fixture : ScriptedEngine {
    MetaData metadata;
    Things things{metadata};
    Numbered numbered{metadata};

    /// The statements sent, BEGIN and its like left out.
    std::vector<Call> statements() const {
        auto calls = script->calls();
        std::erase_if(calls, [](const Call& call) { return !call.text.starts_with("INSERT"); });
        return calls;
    }
    template <class S, class R>
    engine::result_type_t<S> insert_rows(const S& statement, R&& rows) {
        engine::result_type_t<S> result;
        run([&]() -> asio::awaitable<void> {
            auto connection = co_await engine.connect();
            result = co_await connection.execute(statement, std::forward<R>(rows));
            co_await connection.commit();
        });
        return result;
    }
};

} // namespace

TEST_CASE("executemany: one call for many rows", "[engine][batch][core.insert.executemany]") {
    Fixture db;
    const std::vector<std::tuple<std::int64_t, std::string>> rows{{1, "a"}, {2, "b"}, {3, "c"}};
    const auto result = db.insert_rows(insert(db.things).columns(db.things.id, db.things.name), rows);
    CHECK(result.rowcount() == 3);
    const auto sent = db.statements();
    REQUIRE(sent.size() == 1);
    CHECK(sent[0].text == "INSERT INTO thing (id, name) VALUES (?, ?)");
    CHECK(sent[0].rows == 3);
    CHECK(
        sent[0].params ==
        std::vector<Value>{integer(1), string("a"), integer(2), string("b"), integer(3), string("c")}
    );
}

TEST_CASE("executemany: ranges of all kinds", "[engine][batch]") {
    Fixture db;
    const auto statement = insert(db.things).columns(db.things.id, db.things.name);
    const auto one = insert(db.things).columns(db.things.name);
    const std::vector<Value> expected{integer(1), string("x"), integer(2), string("x")};

    db.insert_rows(statement, std::vector<std::pair<int, const char*>>{{1, "x"}, {2, "x"}});
    db.insert_rows(
        statement,
        std::vector<std::vector<Value>>{{integer(1), string("x")}, {integer(2), string("x")}}
    );
    // Made as it is read: no row stays where it is.
    db.insert_rows(statement, std::views::iota(1, 3) | std::views::transform([](int i) {
                                  return std::tuple<int, std::string>{i, "x"};
                              }));
    for (const auto& call : db.statements()) CHECK(call.params == expected);
    CHECK(db.statements().size() == 3);

    db.script->forget_log();
    db.insert_rows(one, std::vector<std::string>{"a", "b"});
    CHECK(db.statements().at(0).params == std::vector<Value>{string("a"), string("b")});

    db.script->forget_log();
    db.insert_rows(
        insert(db.things).columns(db.things.id, db.things.note),
        std::vector<std::tuple<int, std::optional<std::string>>>{{1, std::nullopt}, {2, "n"}}
    );
    CHECK(db.statements().at(0).params == std::vector<Value>{integer(1), Value{}, integer(2), string("n")});
}

TEST_CASE("executemany: no rows, no statement", "[engine][batch][core.conn.executemany_rules]") {
    Fixture db;
    const std::vector<std::tuple<std::int64_t>> none;
    CHECK(db.insert_rows(insert(db.things).columns(db.things.id), none).rowcount() == 0);
    const auto returning = insert(db.things).columns(db.things.id).returning(db.things.name);
    CHECK(db.insert_rows(returning, none).all().empty());
    CHECK(db.script->log().empty());
}

TEST_CASE("executemany: values of the statement and defaults join each row",
          "[engine][batch][core.default.callable]") {
    Fixture db;
    const auto statement = insert(db.things).columns(db.things.id).values(db.things.name = "fixed");
    db.insert_rows(statement, std::vector<std::int64_t>{1, 2});
    CHECK(db.statements().at(0).params.size() == 4);
    CHECK(std::ranges::count(db.statements().at(0).params, string("fixed")) == 2);

    db.script->forget_log();
    db.insert_rows(insert(db.numbered).columns(db.numbered.name), std::vector<std::string>{"a", "b"});
    const auto params = db.statements().at(0).params;
    CHECK(std::ranges::count(params, integer(1)) == 1);
    CHECK(std::ranges::count(params, integer(2)) == 1);
}

TEST_CASE("executemany: RETURNING rows come in the order of the rows",
          "[engine][batch][core.insert.returning]") {
    Fixture db;
    db.script->answer = [](const Call& call) {
        if (!call.text.starts_with("INSERT")) return Reply{};
        std::vector<std::vector<Value>> rows;
        for (const auto& param : call.params) rows.push_back({param});
        return Reply::table({"name"}, std::move(rows));
    };
    const auto statement = insert(db.things).columns(db.things.name).returning(db.things.name);
    const auto result = db.insert_rows(statement, std::vector<std::string>{"c", "a", "b"});
    CHECK(result.scalars().all() == std::vector<std::string>{"c", "a", "b"});
    CHECK(result.keys() == std::vector<std::string>{"name"});
}

TEST_CASE("executemany: many rows are sent in pieces", "[engine][batch]") {
    Fixture db;
    const auto rows = std::views::iota(0, 100'000);
    const auto result = db.insert_rows(insert(db.things).columns(db.things.id), rows);
    CHECK(result.rowcount() == 100'000);
    std::size_t sum = 0;
    for (const auto& call : db.statements()) {
        CHECK(call.rows <= 40'000);
        sum += call.rows;
    }
    CHECK(sum == 100'000);
    CHECK(db.statements().size() == 4);
    CHECK(db.script->count("BEGIN") == 1);
}

TEST_CASE("executemany: rows that do not fit are refused", "[engine][batch][core.conn.executemany_rules]") {
    Fixture db;
    const std::vector<std::tuple<int, std::string, int>> wide{{1, "a", 2}};
    CHECK_THROWS_WITH(
        db.insert_rows(insert(db.things).columns(db.things.id, db.things.name), wide),
        Contains("takes 2 values a row (id, name), but a row has 3")
    );
    CHECK_THROWS_AS(db.insert_rows(insert(db.things).values(db.things.id = 1), wide), ArgumentError);
    CHECK_THROWS_AS(db.insert_rows(text("SELECT 1"), wide), ArgumentError);
    CHECK(db.script->log().empty());
    db.run([&]() -> asio::awaitable<void> {
        auto connection = co_await db.engine.connect();
        CHECK_THROWS_AS(
            co_await connection.execute(insert(db.things).columns(db.things.id)),
            InvalidRequestError
        );
        co_await connection.execute(text("SELECT 1")); // the connection is none the worse for it
    });
}
