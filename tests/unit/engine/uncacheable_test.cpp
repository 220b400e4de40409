// SPDX-License-Identifier: MIT
// What is compiled whenever it is executed: DDL, VALUES and rows in the statement, types that do not say that it need not be.
#include "support/catch.hpp"

#include <string>
#include <vector>

#include <azoth/schema/metadata.hpp>
#include <azoth/sql/column.hpp>
#include <azoth/sql/ddl.hpp>
#include <azoth/sql/dml.hpp>
#include <azoth/sql/select.hpp>
#include <azoth/sql/values.hpp>
#include <azoth/types/decorator.hpp>
#include <azoth/types/standard.hpp>

#include "support/scripted_engine.hpp"

using namespace azoth;
using namespace azoth::testing;

namespace {

struct Things : Table {
    Column<std::int64_t> id{*this, "id", primary_key};
    Column<std::string> name;
    explicit Things(MetaData& metadata, const Type& type = String{20}) : Table{"thing", metadata}, name{*this, "name", type} {}
};

/// Executes it twice. @return how many compilations are kept
std::size_t kept(ScriptedEngine& db, const auto& statement) {
    std::size_t size = 0;
    db.run([&]() -> asio::awaitable<void> {
        auto connection = co_await db.engine.connect();
        db.engine.compiled_cache().clear();
        co_await connection.execute(statement);
        co_await connection.execute(statement);
        size = db.engine.compiled_cache().size();
        co_await connection.rollback();
        co_await connection.close();
    });
    return size;
}

TypeDecorator word() {
    return TypeDecorator{String{20}}.process_bind_param([](const Value& value, std::string_view) { return value; });
}

} // namespace

TEST_CASE("DDL, VALUES and rows in the statement are compiled each time", "[engine][cache][core.cache.uncacheable]") {
    ScriptedEngine db;
    MetaData metadata;
    const Things things{metadata};
    CHECK(kept(db, select(things.id)) == 1);
    CHECK(kept(db, CreateTable{things}) == 0);
    CHECK(kept(db, insert(things).values(things.id = 1, things.name = "a")) == 1);
    CHECK(kept(db, insert(things).values(things.id = 1, things.name = "a").row(things.id = 2, things.name = "b")) == 0);
    const auto rows = values("v", named_column("n", Integer{})).row(1).row(2);
    CHECK(kept(db, select(rows.c("n"))) == 0);
    // However deep it lies.
    CHECK(kept(db, select(things.id).where(things.id.in(select(rows.c("n"))))) == 0);
    CHECK(kept(db, select(select(rows.c("n")).subquery("s").c("n"))) == 0);
}

TEST_CASE("a type that does not say whether it may be kept is told of once", "[engine][cache][core.cache.uncacheable]") {
    ScriptedEngine db;
    std::vector<std::string> warnings;
    db.engine.events().warning.connect([&](std::string_view warning) { warnings.emplace_back(warning); });
    MetaData metadata;
    const Things silent{metadata, word()};
    CHECK(kept(db, select(silent.id)) == 1); // has nothing of the type
    CHECK(warnings.empty());
    CHECK(kept(db, select(silent.name)) == 0);
    REQUIRE(warnings.size() == 1);
    CHECK(warnings.front().find("cache_ok") != std::string::npos);
    CHECK(warnings.front().find("String(20)") != std::string::npos);
    CHECK(kept(db, select(silent.id).where(silent.name == "a")) == 0);
    CHECK(kept(db, select(silent.id).where(silent.name.in("a", "b"))) == 0);
    CHECK(kept(db, insert(silent).values(silent.id = 1, silent.name = "a")) == 0);
    CHECK(kept(db, update(silent).values(silent.name = "a")) == 0);
    CHECK(warnings.size() == 1);

    MetaData more;
    const Things refused{more, word().cache_ok(false)};
    CHECK(kept(db, select(refused.name)) == 0);
    CHECK(warnings.size() == 1); // that was said
    MetaData still_more;
    const Things allowed{still_more, word().cache_ok()};
    CHECK(kept(db, select(allowed.name).where(allowed.name == "a")) == 1);
    CHECK(kept(db, insert(allowed).values(allowed.id = 1, allowed.name = "a")) == 1);
    CHECK(warnings.size() == 1);

    // Inside other types.
    CHECK_FALSE(ARRAY{word()}.is_cacheable());
    CHECK_FALSE(String{20}.with_variant(word(), "sqlite").is_cacheable());
    CHECK(String{20}.with_variant(word().cache_ok(), "sqlite").is_cacheable());
    CHECK(UuidType{}.as_uuid(false).is_cacheable());
}
