// SPDX-License-Identifier: MIT
// Listeners of create_all() and drop_all(), and types of the catalogue that nobody knows, on every database.
#include "support/backend.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <azoth/azoth.hpp>

namespace az = azoth;
using Catch::Matchers::Contains;

namespace {

using Names = std::vector<std::string>;

struct First : az::Table {
    az::Column<std::int64_t> id{*this, "id", az::primary_key};
    explicit First(az::MetaData& metadata) : az::Table{"first", metadata} {}
};

struct Second : az::Table {
    az::Column<std::int64_t> id{*this, "id", az::primary_key};
    az::Column<std::int64_t> first_id{*this, "first_id", az::foreign_key("first.id")};
    explicit Second(az::MetaData& metadata) : az::Table{"second", metadata} {}
};

std::string backend_name() {
    const auto names = backend_names();
    return GENERATE_COPY(from_range(names));
}

std::string described(const std::string& what, const az::DdlStage& stage) {
    std::string text = what + " " + (stage.table != nullptr ? stage.table->name() : "all");
    for (const auto* table : stage.tables) text += " " + table->name();
    return text;
}

using Told = asio::awaitable<void>;

asio::awaitable<void> check(az::Engine engine) {
    az::MetaData metadata;
    const First first{metadata};
    const Second second{metadata};
    Names told;
    auto& events = engine.events();
    events.before_create.connect([&](az::Connection&, const az::DdlStage& stage) -> Told {
        told.push_back(described("before", stage));
        CHECK(stage.metadata == &metadata);
        CHECK(stage.checkfirst);
        co_return;
    });
    // Inside the sequence: the first table is there, the second not yet.
    events.after_create.connect([&](az::Connection& connection, const az::DdlStage& stage) -> Told {
        told.push_back(described("after", stage));
        if (stage.table == nullptr || stage.table->name() != "first") co_return;
        co_await connection.execute(az::insert(first).values(first.id = 7));
    });
    events.before_drop.connect([&](az::Connection& connection, const az::DdlStage& stage) -> Told {
        told.push_back(described("drop", stage));
        if (stage.table == nullptr || stage.table->name() != "first") co_return;
        const auto id = co_await connection.scalar(az::select(first.id));
        CHECK(id == 7);
    });
    events.after_drop.connect([&](az::Connection&, const az::DdlStage& stage) -> Told {
        told.push_back(described("dropped", stage));
        co_return;
    });
    co_await metadata.create_all(engine);
    CHECK(told == Names{"before all first second", "before first", "after first", "before second", "after second",
                        "after all first second"});
    told.clear();
    co_await metadata.create_all(engine); // nothing is left to do
    CHECK(told == Names{"before all", "after all"});
    told.clear();
    co_await metadata.drop_all(engine);
    CHECK(told == Names{"drop all second first", "drop second", "dropped second", "drop first", "dropped first",
                        "dropped all second first"});
}

/// @param type  of the database's that Azoth does not know
asio::awaitable<void> make_odd(az::Engine engine, std::string type) {
    auto connection = co_await engine.connect();
    co_await connection.run("CREATE TABLE odd (id integer PRIMARY KEY, what " + type + ")");
    co_await connection.commit();
    co_await connection.close();
}

asio::awaitable<void> check_unknown(az::Engine engine) {
    Names warnings;
    engine.events().warning.connect([&](std::string_view warning) { warnings.emplace_back(warning); });
    az::MetaData metadata;
    const auto odd = co_await az::reflect_table(engine, metadata, "odd");
    CHECK(odd.data().find("what")->type.is_null_type());
    REQUIRE_FALSE(warnings.empty());
    CHECK_THAT(warnings.front(), Contains("Did not recognize type") && Contains("'what'"));
    CHECK_THROWS_AS(engine.dialect()->create_table(odd.data()), az::CompileError);
}

asio::awaitable<void> check_mapped(az::Engine engine) {
    Names warnings;
    engine.events().warning.connect([&](std::string_view warning) { warnings.emplace_back(warning); });
    az::MetaData metadata;
    const auto odd = co_await az::reflect_table(engine, metadata, "odd");
    CHECK(odd.data().find("what")->type.kind == az::TypeKind::text);
    CHECK(warnings.empty());
}

} // namespace

namespace {

struct Declared : az::Table {
    az::Column<std::int64_t> id{*this, "id", az::primary_key};
    az::Column<std::int64_t> amount{*this, "amount", az::default_(std::int64_t{30})};
    explicit Declared(az::MetaData& metadata) : az::Table{"declared", metadata} {}
};

/// What only the program knows does not come back.
asio::awaitable<void> check_program_side(az::Engine engine) {
    az::MetaData metadata;
    const Declared declared{metadata};
    co_await metadata.create_all(engine);
    az::MetaData reflected;
    const auto table = co_await az::reflect_table(engine, reflected, "declared");
    const auto* amount = table.data().find("amount");
    REQUIRE(amount != nullptr);
    CHECK_FALSE(amount->default_);
    CHECK(amount->server_default == nullptr);
    CHECK(amount->key.empty());
}

} // namespace

TEST_CASE("reflection: defaults of the program are not in the catalogue", "[integration][reflection][core.reflect.limits]") {
    Backend db{backend_name()};
    db.run(check_program_side(db.engine()));
}

TEST_CASE("create_all and drop_all tell what they do, between their statements", "[integration][ddl][core.event.ddl]") {
    Backend db{backend_name()};
    db.run(check(db.engine()));
}

TEST_CASE("reflection: unknown types are warned of, and may be given", "[integration][reflection][core.reflect.types_map][core.reflect.limits]") {
    const auto names = backend_names();
    const std::string backend = GENERATE("postgresql", "mariadb");
    if (std::ranges::find(names, backend) == names.end()) return;
    Backend db{backend};
    db.run(make_odd(db.engine(), "point"));
    db.run(check_unknown(db.engine()));
    az::EngineOptions options;
    options.ischema_names = {{"point", az::Text{}}};
    db.run(check_mapped(db.make_engine(options)));
}
