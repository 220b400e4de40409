// SPDX-License-Identifier: MIT
// The options that a mysql:// or mariadb:// URL may have.
#include "../async/driver/mysql/options.hpp"
#include "support/catch.hpp"

#include <azoth/dialect/dialect.hpp>
#include <azoth/error.hpp>

#include <chrono>
#include <string>

using namespace azoth;
using namespace azoth::mysql;
using namespace std::chrono_literals;

TEST_CASE("mysql options: defaults", "[mysql][options][my.conn.charset]") {
    const ConnectOptions options{Url{"mariadb://me@db.example/shop"}};
    CHECK(options.host == "db.example");
    CHECK(options.port == 0);
    CHECK(options.user == "me");
    CHECK_FALSE(options.password);
    CHECK(options.database == "shop");
    CHECK(options.charset == "utf8mb4");
    CHECK(options.connect_timeout == 30s);
    CHECK(options.read_timeout == 0s);
    CHECK(options.statement_cache_size == 128);
    CHECK_FALSE(options.ssl);
    CHECK_FALSE(options.sql_mode);
}

TEST_CASE("mysql options: all of them", "[mysql][options][my.conn.ssl_unix][core.url.connect_args]") {
    const ConnectOptions options{Url{
        "mysql://h/"
        "d?charset=latin1&connect_timeout=5&read_timeout=6&write_timeout=7&ssl=true&ssl_ca=/"
        "ca&ssl_cert=/cert"
        "&ssl_key=/"
        "key&ssl_verify_server_cert=no&init_command=SET%20x%3D1&sql_mode=&statement_cache_size=0"
    }};
    CHECK(options.charset == "latin1");
    CHECK(options.connect_timeout == 5s);
    CHECK(options.read_timeout == 6s);
    CHECK(options.write_timeout == 7s);
    CHECK(options.ssl == true);
    CHECK(options.ssl_ca == "/ca");
    CHECK(options.ssl_cert == "/cert");
    CHECK(options.ssl_key == "/key");
    CHECK(options.ssl_verify_server_cert == false);
    CHECK(options.init_command == "SET x=1");
    CHECK(options.sql_mode == "");
    CHECK(options.statement_cache_size == 0);
}

TEST_CASE("mysql options: unknown ones are refused with those there are", "[mysql][options]") {
    try {
        const ConnectOptions options{Url{"mysql://me:sesame@h/d?chraset=utf8"}};
        FAIL("no error");
    } catch (const ArgumentError& error) {
        CHECK_THAT(
            error.what(),
            Catch::Contains("chraset") && Catch::Contains("charset, connect_timeout")
        );
        CHECK_THAT(error.what(), !Catch::Contains("sesame"));
    }
}

TEST_CASE("mysql options: values that cannot be are refused", "[mysql][options][core.url.connect_args]") {
    for (const auto* query :
         {"connect_timeout=soon",
          "connect_timeout=",
          "connect_timeout=-1",
          "read_timeout=3s",
          "write_timeout=99999999999",
          "ssl=maybe",
          "statement_cache_size=1e3",
          "charset=",
          "ssl=false&ssl_ca=/ca",
          "unix_socket=/s"}) {
        INFO(query);
        CHECK_THROWS_AS(
            ConnectOptions{Url{std::string{"mysql://db.example/d?"} + query}},
            ArgumentError
        );
    }
}

TEST_CASE("mysql options: where the server is", "[mysql][options]") {
    CHECK(ConnectOptions{Url{"mysql://db.example/d"}}.where() == "db.example:3306");
    CHECK(ConnectOptions{Url{"mysql://[::1]:3307/d"}}.where() == "[::1]:3307");
    CHECK(ConnectOptions{Url{"mysql:///d"}}.where() == "localhost");
    CHECK(ConnectOptions{Url{"mysql:///d?unix_socket=/run/s"}}.where() == "socket /run/s");
}

TEST_CASE("mysql: a server's version tells which dialect it has", "[driver][mysql][my.conn.flavour]") {
    const azoth::driver::ServerInfo info;
    const auto dialect = [&](const char* named, const char* version) {
        return azoth::mysql::flavoured_dialect(named, version, info);
    };
    CHECK(dialect("mariadb", "10.11.6-MariaDB")->name() == "mariadb");
    CHECK(dialect("mysql", "8.0.36")->name() == "mysql");
    CHECK_FALSE(dialect("mysql", "8.0.36")->features().insert_returning);
    const auto mixed = dialect("mysql", "11.4.2-MariaDB");
    CHECK(mixed->name() == "mysql");
    CHECK(mixed->features().insert_returning);
    CHECK_THROWS_AS(dialect("mariadb", "8.0.36"), azoth::InvalidRequestError);
    CHECK_THROWS_WITH(dialect("mariadb", "8.0.36"), Catch::Matchers::Contains("8.0.36") && Catch::Matchers::Contains("mysql://"));
    CHECK_THROWS_AS(dialect("mariadb", ""), azoth::InvalidRequestError);
}
