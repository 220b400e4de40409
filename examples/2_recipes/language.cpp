// Farther into the SQL language: trees by a recursive CTE, windows, CASE, upserts, rows by name, text, and words of one's own.
#include <azoth/azoth.hpp>

#include <asio.hpp>

#include <cstdint>
#include <exception>
#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace az = azoth;

struct Parts : az::Table {
    az::Column<std::int64_t>                id{*this, "id", az::primary_key, az::autoincrement(false)};
    az::Column<std::string>                 name{*this, "name", az::String{40}};
    az::Column<std::optional<std::int64_t>> whole{*this, "whole", az::foreign_key("part.id")};
    az::Column<std::int32_t>                stock{*this, "stock"};
    explicit Parts(az::MetaData& md) : az::Table{"part", md} {}
};

using Row = std::map<std::string, az::Value>;

// Many rows by name: few statements, however many rows.
asio::awaitable<void> fill(az::Connection& conn, const Parts& parts) {
    const std::vector<Row> rows{
        {{"id", 1}, {"name", "bicycle"}, {"whole", az::null}, {"stock", 2}},
        {{"id", 2}, {"name", "wheel"}, {"whole", 1}, {"stock", 4}},
        {{"id", 3}, {"name", "spoke"}, {"whole", 2}, {"stock", 144}},
        {{"id", 4}, {"name", "bell"}, {"whole", 1}, {"stock", 0}},
    };
    co_await conn.execute(az::insert(parts), rows);
}

// All that a bicycle is made of, however deep.
asio::awaitable<void> walk(az::Connection& conn, const Parts& parts) {
    auto top = az::select(parts.id, parts.name, az::literal(0).label("depth"))
                   .where(parts.whole == az::null)
                   .cte("tree", {.recursive = true});
    auto below = az::select(parts.id, parts.name, top.c("depth") + 1).join(top, parts.whole == top.c("id"));
    auto tree = top.union_all(below);
    auto all = co_await conn.execute(az::select(tree.c("name"), tree.c("depth")).order_by(tree.c("depth"), tree.c("id")));
    for (const auto& row : all) std::cout << row.get<std::int64_t>("depth") << ' ' << row.get<std::string>("name") << '\n';
}

// CASE, a window, and a filter that is only there when it is wanted.
asio::awaitable<void> report(az::Connection& conn, const Parts& parts, std::optional<std::int32_t> at_least) {
    auto supply = az::case_(az::when(parts.stock == 0, "none"), az::when(parts.stock < 10, "few")).else_("many");
    auto stmt = az::select(
                    parts.name, supply.label("supply"),
                    az::func::row_number().over(az::order_by(parts.stock.desc())).label("place"))
                    .order_by(az::asc("place"));
    if (at_least) stmt = stmt.where(parts.stock >= *at_least);
    for (const auto& [name, supply_of, place] : co_await conn.execute(stmt)) std::cout << place << ' ' << name << ' ' << supply_of << '\n';
}

// Each database has words of its own for an upsert.
asio::awaitable<void> restock(az::Connection& conn, const Parts& parts) {
    auto insert = az::insert(parts).values(parts.id = 4, parts.name = "bell", parts.stock = 6);
    const auto dialect = conn.dialect()->name();
    if (dialect == "postgresql" || dialect == "sqlite")
        co_await conn.execute(insert.on_conflict_do_update(az::index_elements(parts.id), parts.stock = az::excluded(parts.stock)));
    else co_await conn.execute(insert.on_duplicate_key_update(parts.stock = az::inserted(parts.stock)));
}

asio::awaitable<void> run(az::Engine engine) {
    az::MetaData metadata;
    const Parts parts{metadata};
    co_await metadata.create_all(engine);
    auto conn = co_await engine.connect();

    co_await fill(conn, parts);
    co_await walk(conn, parts);
    co_await report(conn, parts, 1);
    co_await restock(conn, parts);
    co_await report(conn, parts, std::nullopt);

    // Text: values are always parameters, and a name may stand for a list.
    auto text = az::text("SELECT name FROM part WHERE id IN :ids ORDER BY id").bind("ids", std::vector<int>{1, 3});
    for (const auto& row : co_await conn.execute(text)) std::cout << row.get<std::string>(0) << '\n';

    // A word that Azoth does not have, written as each database wants it.
    const auto least = az::Construct{"least"}
                           .compiles([](az::SqlWriter& w) { w.raw("least(").list().raw(")"); })
                           .compiles("sqlite", [](az::SqlWriter& w) { w.raw("min(").list().raw(")"); })
                           .cache_ok();
    const auto fewest = co_await conn.scalar(az::select(least.call<std::int32_t>(7, 3, 5)));
    std::cout << fewest.value() << '\n';
    co_await conn.commit();
    co_await conn.close();
    co_await engine.dispose();
}

int main(int argc, char** argv) {
    asio::io_context io;
    auto engine = az::create_engine(io.get_executor(), argc > 1 ? argv[1] : "sqlite://");
    asio::co_spawn(io, run(engine), [](std::exception_ptr e) { if (e) std::rethrow_exception(e); });
    io.run();
}
