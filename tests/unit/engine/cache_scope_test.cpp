// SPDX-License-Identifier: MIT
// What a cached compilation belongs to: an engine, a structure, names of parameter rows, whether schemas are left open.
#include "support/catch.hpp"

#include <map>
#include <string>
#include <vector>

#include <azoth/schema/metadata.hpp>
#include <azoth/sql/column.hpp>
#include <azoth/sql/dml.hpp>
#include <azoth/sql/select.hpp>

#include "support/scripted_engine.hpp"

using namespace azoth;
using namespace azoth::testing;

namespace {

struct Things : Table {
    Column<std::int64_t> id{*this, "id", primary_key};
    Column<std::optional<std::string>> name{*this, "name"};
    Column<std::optional<std::string>> note{*this, "note"};
    explicit Things(MetaData& metadata) : Table{"thing", metadata, "crew"} {}
};

using ByName = std::map<std::string, Value>;

} // namespace

TEST_CASE("a compilation is one engine's, of one structure, set of names and way of execution", "[engine][cache][core.cache.scope]") {
    ScriptedEngine one;
    ScriptedEngine two;
    MetaData metadata;
    const Things things{metadata};
    const auto by_id = [&](std::int64_t id) { return select(things.name).where(things.id == id); };
    const auto text = [](const char* value) { return Value{std::string{value}}; };

    one.run([&]() -> asio::awaitable<void> {
        auto connection = co_await one.engine.connect();
        auto& cache = one.engine.compiled_cache();
        co_await connection.execute(by_id(1));
        co_await connection.execute(by_id(2));
        CHECK(cache.size() == 1);
        CHECK(two.engine.compiled_cache().size() == 0);

        // A map of schemas: one more, whatever is in it.
        SchemaTranslateMap map;
        map["crew"] = "first";
        connection.schema_translate_map(map);
        co_await connection.execute(by_id(3));
        CHECK(cache.size() == 2);
        map["crew"] = "second";
        connection.schema_translate_map(map);
        co_await connection.execute(by_id(4));
        CHECK(cache.size() == 2);
        connection.schema_translate_map(SchemaTranslateMap{});
        co_await connection.execute(by_id(5));
        CHECK(cache.size() == 2);
        std::vector<std::string> froms;
        for (const auto& call : one.script->calls())
            if (const auto from = call.text.find("FROM "); from != std::string::npos)
                froms.push_back(call.text.substr(from + 5, call.text.find(' ', from + 5) - from - 5));
        CHECK(froms == std::vector<std::string>{"crew.thing", "crew.thing", "first.thing", "second.thing", "crew.thing"});

        // Rows by name: another set of names is another statement, another order of them is not.
        const auto plain = insert(things);
        std::vector<ByName> names(1);
        names[0].emplace("name", text("a"));
        std::vector<ByName> both(1);
        both[0].emplace("note", text("n"));
        both[0].emplace("name", text("a"));
        co_await connection.execute(plain, names);
        CHECK(cache.size() == 3);
        co_await connection.execute(plain, both);
        CHECK(cache.size() == 4);
        co_await connection.execute(plain, names);
        CHECK(cache.size() == 4);

        // One row executed by itself and rows for the same columns are two.
        co_await connection.execute(insert(things).values(things.name = "x"));
        CHECK(cache.size() == 5);
        co_await connection.execute(insert(things).values(things.name = "y"));
        CHECK(cache.size() == 5);
        co_await connection.rollback();
        co_await connection.close();
    });
    two.run([&]() -> asio::awaitable<void> {
        auto connection = co_await two.engine.connect();
        co_await connection.execute(by_id(1));
        CHECK(two.engine.compiled_cache().misses() == 1); // not the other engine's
        co_await connection.rollback();
        co_await connection.close();
    });
}
