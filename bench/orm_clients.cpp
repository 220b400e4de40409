// SPDX-License-Identifier: MIT
// W4 and W8 by Azoth's ORM: a session for each transaction, a session for each client's select.
#include "azoth_run.hpp"

#include <memory>
#include <utility>

namespace bench {
namespace {

using az::col;

struct Client : az::Model<Client> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> name;
    az::Mapped<std::string> description;

    static void map(az::Mapper<Client>& m) {
        m.table("customer");
        m.column<&Client::id>(az::primary_key);
        m.column<&Client::name>(az::String{255});
        m.column<&Client::description>(az::String{255});
    }
};

// ---- W4 --------------------------------------------------------------------------------------

asio::awaitable<Outcome> short_transactions(Run& run, az::Engine engine) {
    run.start();
    for (std::int64_t i = 1; i <= transactions; ++i) {
        az::Session session{engine};
        auto added = az::make<Client>(col<&Client::name> = customer_name(i), col<&Client::description> = customer_description(i));
        session.add(std::move(added));
        co_await session.commit();
        co_await session.close();
    }
    run.stop();
    co_return Outcome(transactions, check_seeded(transactions));
}

// ---- W8 --------------------------------------------------------------------------------------

asio::awaitable<void> one_client(az::Engine engine, Shared& shared) {
    while (shared.started < shared_selects) {
        const auto key = permuted_key(shared.started++);
        az::Session session{engine};
        const auto found = co_await session.get<Client>(key);
        shared.sum += check_customer(*found->id, *found->name, *found->description);
        co_await session.close();
    }
}

const Register contenders{
    {"W4", "sqlite", "orm", azoth_contender<short_transactions>},
    {"W4", "postgresql", "orm", azoth_contender<short_transactions>},
    {"W4", "mariadb", "orm", azoth_contender<short_transactions>},
    {"W8", "postgresql", "orm", azoth_clients<one_client>},
    {"W8", "mariadb", "orm", azoth_clients<one_client>},
    {"W8", "postgresql", "orm-autocommit", azoth_clients<one_client, true>},
    {"W8", "mariadb", "orm-autocommit", azoth_clients<one_client, true>},
};

} // namespace
} // namespace bench
