// SPDX-License-Identifier: MIT
// What the contenders that use Azoth share: the event loop, the engine, the tables.
#pragma once

#include "harness.hpp"
#include "workloads.hpp"

#include <azoth/azoth.hpp>

#include <cstdint>
#include <string>

namespace bench {

namespace az = azoth;
namespace asio = azoth::asio;

/// Runs a workload on one thread, as the raw contenders do; its engine has a connection ready.
[[nodiscard]] Outcome run_azoth(Run& run, asio::awaitable<Outcome> (*workload)(Run&, az::Engine));

template <asio::awaitable<Outcome> (*Workload)(Run&, az::Engine)>
[[nodiscard]] Outcome azoth_contender(Run& run) {
    return run_azoth(run, Workload);
}

/// What W8's clients count together.
struct Shared {
    std::int64_t started = 0;
    std::uint64_t sum = 0;
    std::size_t ended = 0;
};

/// One client of W8, until all selects are done.
using SharedClient = asio::awaitable<void> (*)(az::Engine, Shared&);

/// W8: the clients share a pool whose connections are made before the clock is started, as the raw contender's.
/// @param autocommit  each select is its own transaction, as the raw contender's: without BEGIN and ROLLBACK
[[nodiscard]] Outcome run_azoth_clients(Run& run, SharedClient client, bool autocommit);

template <SharedClient Client, bool Autocommit = false>
[[nodiscard]] Outcome azoth_clients(Run& run) {
    return run_azoth_clients(run, Client, Autocommit);
}

/// The table as the Core sees it.
struct Customers : az::Table {
    az::Column<std::int64_t> id{*this, "id", az::primary_key};
    az::Column<std::string> name{*this, "name", az::String{255}};
    az::Column<std::string> description{*this, "description", az::String{255}};
    explicit Customers(az::MetaData& metadata) : az::Table{"customer", metadata} {}
};

} // namespace bench
