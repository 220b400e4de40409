// SPDX-License-Identifier: MIT
// The driver as the engine sees it.
#include <memory>
#include <utility>

#include <azoth/dialect/dialects.hpp>
#include <azoth/driver/postgresql.hpp>
#include <azoth/engine/url.hpp>

#include "driver/postgresql/connect.hpp"
#include "driver/postgresql/connection.hpp"
#include "driver/postgresql/options.hpp"

namespace azoth::postgresql {
namespace {

class Driver final : public driver::Driver {
public:
    [[nodiscard]] std::shared_ptr<const Dialect> dialect(const Url&) const override {
        return dialects::postgresql();
    }

    [[nodiscard]] asio::awaitable<std::unique_ptr<driver::Connection>> connect(
        asio::any_io_executor executor, Url url) const override {
        auto options = read_options(url);
        const auto cache_size = options.prepared_statement_cache_size;
        auto connection = co_await postgresql::connect(executor, std::move(options));
        co_return std::make_unique<Connection>(executor, std::move(connection), cache_size);
    }

    [[nodiscard]] std::shared_ptr<const Dialect>
    dialect_of(const Url&, const driver::Connection& connection, const driver::ServerInfo&) const override {
        const auto version = parse_server_version(connection.server_version());
        return version ? dialects::postgresql(*version) : nullptr;
    }

    [[nodiscard]] bool single_connection(const Url&) const override { return false; }

    void validate(const Url& url) const override { static_cast<void>(read_options(url)); }
};

} // namespace

std::shared_ptr<const driver::Driver> make_driver() {
    return std::make_shared<const Driver>();
}

} // namespace azoth::postgresql
