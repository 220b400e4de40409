// SPDX-License-Identifier: MIT
// Creating and dropping on every database: rings of foreign keys, enumerations, sequences, indexes, DDL as statements.
#include "support/backend.hpp"
#include "support/catch.hpp"

#include <cstdint>
#include <optional>
#include <string>

#include <azoth/azoth.hpp>

namespace az = azoth;

namespace {

std::string backend_name() {
    const auto names = backend_names();
    return GENERATE_COPY(from_range(names));
}

/// A team has a captain, who is a member of it.
struct Teams : az::Table {
    az::Column<std::int64_t> id{*this, "id", az::primary_key};
    az::Column<std::optional<std::int64_t>> captain_id{
        *this, "captain_id", az::foreign_key("member.id", az::named("fk_team_captain"))};
    explicit Teams(az::MetaData& metadata) : az::Table{"team", metadata} {}
};
struct Members : az::Table {
    az::Column<std::int64_t> id{*this, "id", az::primary_key};
    az::Column<std::optional<std::int64_t>> team_id{
        *this, "team_id", az::foreign_key("team.id", az::named("fk_member_team"))};
    explicit Members(az::MetaData& metadata) : az::Table{"member", metadata} {}
};
struct Ring {
    az::MetaData metadata;
    Teams teams{metadata};
    Members members{metadata};
};

asio::awaitable<std::int64_t> count(az::Connection& connection, const az::Table& table) {
    const auto rows = co_await connection.execute(az::select(az::func::count()).select_from(table));
    co_return rows.scalar_one();
}

asio::awaitable<void> use_a_ring(az::Engine engine) {
    const Ring ring;
    co_await ring.metadata.create_all(engine);
    co_await ring.metadata.create_all(engine); // what is there is left alone

    auto connection = co_await engine.connect();
    co_await connection.execute(az::insert(ring.teams).values(ring.teams.id = std::int64_t{1}));
    co_await connection.execute(
        az::insert(ring.members).values(ring.members.id = std::int64_t{7}, ring.members.team_id = std::int64_t{1}));
    co_await connection.execute(az::update(ring.teams).values(ring.teams.captain_id = std::int64_t{7}));
    co_await connection.commit();
    bool refused = false;
    try {
        co_await connection.execute(az::update(ring.teams).values(ring.teams.captain_id = std::int64_t{8}));
        co_await connection.commit();
    } catch (const az::IntegrityError&) {
        refused = true;
    }
    CHECK(refused);
    co_await connection.rollback();
    co_await connection.execute(az::update(ring.teams).values(ring.teams.captain_id = az::null));
    co_await connection.execute(az::update(ring.members).values(ring.members.team_id = az::null));
    co_await connection.commit();
    co_await connection.close();

    co_await ring.metadata.drop_all(engine);
    az::MetaData left;
    co_await left.reflect(engine);
    CHECK(left.tables().empty());
}

struct Tickets : az::Table {
    az::Column<std::int64_t> id{*this, "id", az::primary_key};
    az::Column<std::string> state{*this, "state", az::Enum{{"open", "it's done"}, "ticket_state"}};
    az::Column<std::string> title{*this, "title", az::String{40}};
    az::Column<std::int32_t> number{*this, "number", az::Sequence{"ticket_number"}, az::default_(std::int32_t{1})};
    az::Column<std::optional<std::int32_t>> twice{*this, "twice", az::Computed{"number * 2"}.persisted()};
    az::CheckConstraint positive{*this, number > 0, az::named("ck_number")};
    az::UniqueConstraint once{*this, title, number, az::named("uq_title_number")};
    az::Index by_title{*this, "ix_title", title.desc(), number};
    explicit Tickets(az::MetaData& metadata) : az::Table{"ticket", metadata} { comment("what's to do"); }
};

asio::awaitable<void> use_everything(az::Engine engine) {
    az::MetaData metadata{az::NamingConvention{{{"ix", "ix_%(column_0_label)s"}, {"pk", "pk_%(table_name)s"}}}};
    const Tickets tickets{metadata};
    co_await metadata.create_all(engine);
    auto connection = co_await engine.connect();
    const auto insert = az::insert(tickets).values(
        tickets.state = "it's done", tickets.title = "a", tickets.number = std::int32_t{21});
    co_await connection.execute(insert);
    const auto rows = co_await connection.execute(az::select(tickets.state, tickets.twice));
    const auto [state, twice] = rows.one();
    CHECK(state == "it's done");
    CHECK(twice == 42);
    co_await connection.commit();

    const auto view = az::CreateView{az::select(tickets.title).where(tickets.number > 3), "big_ticket"};
    co_await connection.execute(view);
    const auto seen = co_await count(connection, view.table());
    CHECK(seen == 1);
    co_await connection.execute(az::DropView{view.table()}.if_exists());
    co_await connection.execute(az::DropIndex{tickets.by_title});
    co_await connection.execute(az::CreateIndex{tickets.by_title});
    co_await connection.commit();
    co_await connection.close();
    co_await metadata.drop_all(engine);
    co_await metadata.create_all(engine); // nothing was left: no type, no sequence
    co_await metadata.drop_all(engine);
}

} // namespace

TEST_CASE("ddl: tables that refer to each other are created, enforced and dropped",
          "[integration][core.ddl.cycles][core.constraint.fk_use_alter][core.constraint.fk]"
          "[core.schema.create_drop]") {
    Backend backend{backend_name()};
    backend.run(use_a_ring(backend.engine()));
}

TEST_CASE("ddl: types, sequences, checks, indexes, computed columns and views are what the database takes",
          "[integration][core.ddl.elements][core.ddl.order][core.type.enum][core.default.computed]"
          "[core.ddl.create_view][core.index.basic]") {
    Backend backend{backend_name()};
    backend.run(use_everything(backend.engine()));
}
