// What PostgreSQL alone offers: COPY, pipelines, LISTEN and NOTIFY, notices.
#include <azoth/azoth.hpp>

#include <asio.hpp>

#include <cstdint>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <tuple>
#include <vector>

namespace az = azoth;

struct Cities : az::Table {
    az::Column<std::int64_t> id{*this, "id", az::primary_key};
    az::Column<std::string>  name{*this, "name", az::String{60}};
    explicit Cities(az::MetaData& md) : az::Table{"city", md} {}
};

asio::awaitable<void> run(az::Engine engine) {
    engine.on_notice([](const az::Notice& notice) { std::cout << notice.severity << ": " << notice.message << '\n'; });

    az::MetaData metadata;
    const Cities cities{metadata};
    co_await metadata.create_all(engine);
    auto connection = co_await engine.connect();

    // COPY: rows in, by columns; rows out, some at a time.
    const std::vector<std::tuple<std::int64_t, std::string>> rows{{1, "Kraków"}, {2, "Porto"}, {3, "Oslo"}};
    co_await connection.copy_in(std::tie(cities.id, cities.name), rows);
    auto stream = co_await connection.copy_out(az::select(cities.id, cities.name).order_by(cities.id));
    while (auto city = co_await stream.next()) std::cout << std::get<1>(*city) << '\n';

    // A pipeline: one round trip for all.
    auto answers = co_await connection.pipeline(
        az::select(az::func::count(cities.id)), az::select(cities.name).where(cities.id == 2));
    auto& [count, name] = answers;
    std::cout << count.scalar_one() << ' ' << name.scalar_one() << '\n';
    co_await connection.commit();

    // A listener comes back by itself when its connection is lost, and says so with a gap.
    auto listener = co_await engine.listen("city_changed");
    co_await connection.notify("city_changed", "2");
    co_await connection.commit();
    const auto news = co_await listener.next();
    if (news.gap) std::cout << "load all cities anew\n";
    else std::cout << "city " << news.payload << " has changed\n";
    listener.close();

    co_await metadata.drop_all(connection);
    co_await connection.commit();
    co_await connection.close();
    co_await engine.dispose();
}

int main(int argc, char** argv) {
    asio::io_context io;
    auto engine = az::create_engine(io.get_executor(), argc > 1 ? argv[1] : "postgresql://localhost/test");
    asio::co_spawn(io, run(engine), [](std::exception_ptr e) { if (e) std::rethrow_exception(e); });
    io.run();
}
