// SPDX-License-Identifier: MIT
// Results: typed and untyped rows, and what they say when asked for what they do not have.
#include "support/catch.hpp"

#include <azoth/schema/metadata.hpp>
#include <azoth/sql/column.hpp>
#include <azoth/sql/dml.hpp>
#include <azoth/sql/select.hpp>
#include <azoth/sql/text.hpp>

#include "support/scripted_engine.hpp"

using namespace azoth;
using namespace azoth::testing;
using Catch::Matchers::Contains;

namespace {

struct People : Table {
    Column<std::int64_t> id{*this, "id", primary_key};
    Column<std::string> name{*this, "name"};
    Column<std::optional<std::string>> nick{*this, "nick"};
    explicit People(MetaData& metadata) : Table{"person", metadata} {}
};

/// A database that answers every statement with `reply`.
struct Answering {
    explicit Answering(Reply reply) {
        db.script->answer = [reply = std::move(reply)](const Call& call) {
            return call.text == "CONNECT" || call.text == "BEGIN" || call.text == "ROLLBACK" ? Reply{}
                                                                                             : reply;
        };
    }
    template <class S>
    auto execute(const S& statement) {
        using R = engine::result_type_t<S>;
        R result;
        db.run([&]() -> asio::awaitable<void> {
            auto connection = co_await db.engine.connect();
            result = co_await connection.execute(statement);
        });
        return result; // owns its rows: neither connection nor context is needed any more
    }

    ScriptedEngine db;
    MetaData metadata;
    People people{metadata};
};

Reply two_people() {
    return Reply::table(
        {"id", "name", "nick"},
        {{integer(1), string("Ada"), Value{}}, {integer(2), string("Bob"), string("b")}}
    );
}

} // namespace

TEST_CASE("result: rows are tuples of the statement's types",
          "[engine][result][core.result.typed_row][core.result.first_one][core.result.scalars]"
          "[core.result.fetch]") {
    Answering db{two_people()};
    const auto result = db.execute(select(db.people.id, db.people.name, db.people.nick));
    std::vector<std::string> seen;
    for (const auto& [id, name, nick] : result)
        seen.push_back(std::to_string(id) + name + nick.value_or("-"));
    CHECK(seen == std::vector<std::string>{"1Ada-", "2Bobb"});
    for (const auto& row : result) seen.push_back(std::get<1>(row)); // may be read again
    CHECK(seen.size() == 4);
    CHECK(result.all().size() == 2);
    CHECK(
        result.first() ==
        std::tuple<std::int64_t, std::string, std::optional<std::string>>{1, "Ada", std::nullopt}
    );
    CHECK(result.keys() == std::vector<std::string>{"id", "name", "nick"});
    CHECK(result.scalar() == 1);
    CHECK(result.scalars().all() == std::vector<std::int64_t>{1, 2});
    CHECK_THROWS_AS(result.one(), MultipleResultsFound);
    CHECK_THROWS_AS(result.one_or_none(), MultipleResultsFound);
    CHECK_THROWS_AS(result.scalar_one(), MultipleResultsFound);
    CHECK_THROWS_AS(result.scalar_one_or_none(), MultipleResultsFound);
}

TEST_CASE("result: no rows", "[engine][result][core.result.first_one]") {
    Answering db{Reply::table({"id"}, {})};
    const auto result = db.execute(select(db.people.id));
    CHECK(result.begin() == result.end());
    CHECK(result.all().empty());
    CHECK_FALSE(result.first());
    CHECK_FALSE(result.one_or_none());
    CHECK_FALSE(result.scalar());
    CHECK_FALSE(result.scalar_one_or_none());
    CHECK(result.scalars().all().empty());
    CHECK_THROWS_WITH(result.one(), "No row was found when one was required");
    CHECK_THROWS_AS(result.scalar_one(), NoResultFound);
}

TEST_CASE("result: one row", "[engine][result][core.result.first_one]") {
    Answering db{Reply::table({"nick"}, {{Value{}}})};
    const auto result = db.execute(select(db.people.nick));
    CHECK(result.one() == std::tuple<std::optional<std::string>>{std::nullopt});
    CHECK(result.one_or_none().has_value());
    CHECK_FALSE(result.scalar()); // NULL and no row alike
    CHECK(result.scalar_one() == std::nullopt);
}

TEST_CASE("result: a value that does not fit names its column", "[engine][result]") {
    Answering null_name{Reply::table({"id", "name"}, {{integer(1), Value{}}})};
    const auto nulls = null_name.execute(select(null_name.people.id, null_name.people.name));
    CHECK_THROWS_WITH(nulls.all(), Contains("column 'name'") && Contains("std::optional"));

    Answering text_id{Reply::table({"id"}, {{string("x")}})};
    const auto texts = text_id.execute(select(text_id.people.id));
    CHECK_THROWS_AS(texts.one(), TypeMismatchError);
    CHECK_THROWS_WITH(texts.scalar_one(), Contains("column 'id'"));
}

TEST_CASE("result: another number of columns than the types say", "[engine][result]") {
    Answering db{two_people()};
    CHECK_THROWS_WITH(
        db.execute(select(db.people.id, db.people.name)),
        Contains("returned 3 columns (id, name, nick)") && Contains("says 2")
    );
}

TEST_CASE("result: a statement without rows",
          "[engine][result][core.result.fetch][core.result.kind_flags][core.result.lastrowid]") {
    Reply reply;
    reply.affected = 3;
    reply.last_insert_id = 17;
    Answering db{reply};
    const auto result = db.execute(update(db.people).values(db.people.name = "x"));
    CHECK_FALSE(result.returns_rows());
    CHECK(result.rowcount() == 3);
    CHECK(result.last_insert_id() == 17);
    CHECK_THROWS_WITH(result.inserted_primary_key(), Contains("no INSERT"));
    CHECK(result.keys().empty());
    CHECK_THROWS_WITH(result.begin(), Contains("This result object does not return rows"));
    CHECK_THROWS_AS(result.all(), ResourceClosedError);
    CHECK_THROWS_AS(result.scalar(), ResourceClosedError);
    CHECK_THROWS_AS(result.scalars().all(), ResourceClosedError);
}

TEST_CASE("row: read by name and by position", "[engine][result][core.result.row]") {
    Answering db{two_people()};
    const auto result = db.execute(text("SELECT whatever"));
    const auto row = result.first();
    REQUIRE(row);
    CHECK(row->size() == 3);
    CHECK(row->keys() == std::vector<std::string>{"id", "name", "nick"});
    CHECK(row->get<std::int64_t>(0) == 1);
    CHECK(row->get<int>("id") == 1);
    CHECK((*row)["name"] == string("Ada"));
    CHECK((*row)[1] == string("Ada"));
    CHECK(row->is_null("nick"));
    CHECK_FALSE(row->is_null(0));
    CHECK(row->get<std::optional<std::string>>("nick") == std::nullopt);
    CHECK_THROWS_WITH(row->get<std::string>("nick"), Contains("column 'nick'") && Contains("std::optional"));
    CHECK_THROWS_WITH(row->get<int>("age"), Contains("no column 'age'") && Contains("id, name, nick"));
    CHECK_THROWS_WITH((*row)[3], Contains("no column 3"));
    CHECK(result.scalar<std::int64_t>() == 1);
    CHECK(result.scalars<std::string>(1).all() == std::vector<std::string>{"Ada", "Bob"});
}

TEST_CASE("row: a name that two columns have is ambiguous", "[engine][result][core.result.row]") {
    Answering db{Reply::table({"id", "id"}, {{integer(1), integer(2)}})};
    const auto row = db.execute(text("SELECT a.id, b.id")).one();
    CHECK(row.get<int>(1) == 2);
    CHECK_THROWS_WITH(row.get<int>("id"), Contains("ambiguous"));
}

TEST_CASE("result: rows as maps, by name", "[engine][result][core.result.mappings]") {
    Answering db{Reply::table({"id", "name", "id"}, {{integer(1), string("Ada"), integer(7)}})};
    const auto result = db.execute(text("SELECT"));
    const auto row = result.mappings().one();
    CHECK(row.get<std::string>("name") == "Ada");
    CHECK(row.get<int>("id") == 1); // the first of the two
    CHECK(row.contains("name"));
    CHECK_FALSE(row.contains("nick"));
    CHECK_THROWS_AS(row["nick"], NoSuchColumnError);
    CHECK(row.items().size() == 3);
    CHECK(row.items()[1].first == "name");
    CHECK(row.keys() == std::vector<std::string>{"id", "name", "id"});
}

TEST_CASE("result: in pieces, some columns, without duplicates", "[engine][result][core.result.columns][core.result.unique]") {
    Reply reply = Reply::table({"id", "name", "nick"}, {});
    for (const auto* name : {"Ada", "Bob", "Ada", "Cleo", "Bob"})
        reply.rows.push_back({integer(1), string(name), Value{}});
    Answering db{reply};
    const auto& people = db.people;
    const auto typed = db.execute(select(people.id, people.name, people.nick));
    const auto pieces = typed.partitions(2);
    REQUIRE(pieces.size() == 3);
    CHECK(pieces[0].size() == 2);
    CHECK(std::get<1>(pieces[2].front()) == "Bob");
    CHECK_THROWS_AS(typed.partitions(0), ArgumentError);

    CHECK(typed.unique().all().size() == 3);
    CHECK(typed.scalars().unique().all() == std::vector<std::int64_t>{1});
    const auto swapped = typed.columns<1, 0>();
    CHECK(swapped.keys() == std::vector<std::string>{"name", "id"});
    CHECK(swapped.unique().all()[2] == std::tuple<std::string, std::int64_t>{"Cleo", 1});
    CHECK(typed.scalars<1>().unique().all() == std::vector<std::string>{"Ada", "Bob", "Cleo"});

    const auto untyped = db.execute(text("SELECT"));
    const auto some = untyped.columns("nick", 1);
    CHECK(some.keys() == std::vector<std::string>{"nick", "name"});
    CHECK(some.first()->is_null(0));
    CHECK(some.scalars<std::string>("name").all().size() == 5);
    CHECK_THROWS_AS(untyped.columns("nothing"), NoSuchColumnError);
    CHECK(untyped.unique().all().size() == 3);
    CHECK(untyped.first()->get<std::string>("name") == "Ada"); // reading takes nothing away
}
