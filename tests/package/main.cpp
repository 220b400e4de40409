// SPDX-License-Identifier: MIT
// A user's program: compiles a statement for SQLite, then makes an engine, so that both halves are linked.
#include <azoth/azoth.hpp>

#include <asio.hpp>

#include <cstdint>
#include <iostream>
#include <string>

namespace az = azoth;

struct Users : az::Table {
    az::Column<std::int64_t> id{*this, "id", az::primary_key};
    az::Column<std::string>  name{*this, "name", az::String{30}};
    explicit Users(az::MetaData& metadata) : az::Table{"user_account", metadata} {}
};

int main() {
    az::MetaData metadata;
    const Users users{metadata};
    const auto statement = az::select(users.id, users.name).where(users.name == "sandy");
    const std::string sql = az::compile(statement, az::dialects::sqlite()).sql();
    std::cout << sql << '\n';

    asio::io_context io;
    auto engine = az::create_engine(io.get_executor(), "sqlite://");
    io.run();
    return sql.starts_with("SELECT user_account.id") ? 0 : 1;
}
