// SPDX-License-Identifier: MIT
// What the PostgreSQL driver accepts in a URL.
#include "../async/driver/postgresql/options.hpp"
#include "support/catch.hpp"

#include <azoth/driver/postgresql.hpp>
#include <azoth/engine/url.hpp>
#include <azoth/error.hpp>

#include <string>

using namespace azoth;
using postgresql::read_options;

namespace {

std::string keyword(const postgresql::ConnectOptions& options, const std::string& name) {
    std::string found = "(none)";
    for (const auto& [key, value] : options.keywords) {
        if (key == name) found = value;
    }
    return found;
}

} // namespace

TEST_CASE("postgresql options: the parts of a URL are libpq's keywords",
          "[driver][postgresql][pg.conn.url][core.url.connect_args]") {
    const auto options = read_options(Url("postgresql://jane:s3cret@db.example:5433/shop?sslmode=require"));
    REQUIRE(options.targets.size() == 1);
    CHECK(options.targets[0].host == "db.example");
    CHECK(options.targets[0].port == "5433");
    CHECK(options.targets[0].is_name());
    CHECK(keyword(options, "user") == "jane");
    CHECK(keyword(options, "password") == "s3cret");
    CHECK(keyword(options, "dbname") == "shop");
    CHECK(keyword(options, "sslmode") == "require");
    CHECK(keyword(options, "client_encoding") == "UTF8");
    CHECK(keyword(options, "fallback_application_name") == "azoth");
    CHECK(options.prepared_statement_cache_size == 256);
    CHECK(options.connect_timeout == std::chrono::seconds(30));
    CHECK_THAT(options.where, !Catch::Contains("s3cret") && Catch::Contains("db.example:5433"));
}

TEST_CASE("postgresql options: the driver's own are not libpq's", "[driver][postgresql]") {
    const auto options = read_options(
        Url("postgresql://h/d?prepared_statement_cache_size=0&connect_timeout=5&application_name=shop"));
    CHECK(options.prepared_statement_cache_size == 0);
    CHECK(options.connect_timeout == std::chrono::seconds(5));
    CHECK(keyword(options, "connect_timeout") == "(none)");
    CHECK(keyword(options, "application_name") == "shop");
}

TEST_CASE("postgresql options: sockets and several hosts", "[driver][postgresql][pg.conn.url]") {
    const auto socket = read_options(Url("postgresql:///d?host=/var/run/postgresql"));
    REQUIRE(socket.targets.size() == 1);
    CHECK(socket.targets[0].host == "/var/run/postgresql");
    CHECK_FALSE(socket.targets[0].is_name());
    const auto several = read_options(Url("postgresql:///d?host=a:5433&host=[::1]:5434&host=b&port=5440"));
    REQUIRE(several.targets.size() == 3);
    CHECK(several.targets[0].host == "a");
    CHECK(several.targets[0].port == "5433");
    CHECK(several.targets[1].host == "::1");
    CHECK(several.targets[1].port == "5434");
    CHECK(several.targets[2].port == "5440");
}

TEST_CASE("postgresql options: what cannot be is refused without connecting", "[driver][postgresql]") {
    const auto driver = postgresql::make_driver();
    CHECK_THROWS_WITH(
        driver->validate(Url("postgresql://h/d?ssl_mode=require")),
        Catch::Contains("ssl_mode") && Catch::Contains("sslmode")
            && Catch::Contains("prepared_statement_cache_size"));
    for (const auto* url :
         {"postgresql://h/d?prepared_statement_cache_size=many", "postgresql://h/d?connect_timeout=-1",
          "postgresql://h/d?client_encoding=LATIN1", "postgresql://h/d?host=other",
          "postgresql://u@h/d?user=v", "postgresql:///d?host=a&host=b&port=1,2,3",
          "postgresql:///d?host=a:99999", "postgresql://h/d?hostaddr=1.2.3.4,5.6.7.8"}) {
        INFO(url);
        CHECK_THROWS_AS(driver->validate(Url(url)), ArgumentError);
    }
    CHECK_NOTHROW(driver->validate(Url("postgresql://h/d?client_encoding=utf-8")));
    CHECK_FALSE(driver->single_connection(Url("postgresql://h/d")));
}
