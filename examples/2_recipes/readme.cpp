// The program of the README: one mapped class, one object saved, one query.
#include <azoth/azoth.hpp>

#include <asio.hpp>

#include <cstdint>
#include <iostream>
#include <optional>
#include <string>

namespace az = azoth;
using az::col;

struct User : az::Model<User> {
    az::Mapped<std::int64_t>               id;
    az::Mapped<std::string>                name;
    az::Mapped<std::optional<std::string>> fullname;

    static void map(az::Mapper<User>& m) {
        m.table("user_account");
        m.column<&User::id>(az::primary_key);
        m.column<&User::name>(az::String{30});
        m.column<&User::fullname>(az::String{60});
    }
};

asio::awaitable<void> run(az::Engine engine) {
    az::Registry models;
    models.add<User>();
    co_await models.metadata().create_all(engine);

    az::Session session{engine};
    session.add(az::make<User>(col<&User::name> = "sandy", col<&User::fullname> = "Sandy Cheeks"));
    co_await session.commit();

    auto statement = az::select<User>().where(col<&User::name>.like("s%")).order_by(col<&User::id>);
    for (const auto& user : co_await session.scalars(statement)) std::cout << *user->name << '\n';
}

int main() {
    asio::io_context io;
    auto engine = az::create_engine(io.get_executor(), "sqlite://");   // or postgresql://…, mariadb://…
    asio::co_spawn(io, run(engine), [](std::exception_ptr e) { if (e) std::rethrow_exception(e); });
    io.run();
}
