// SPDX-License-Identifier: MIT
// How the PostgreSQL driver reads the server's errors.
#include "../async/driver/postgresql/error.hpp"
#include "support/catch.hpp"

#include <azoth/error.hpp>

using namespace azoth;
using namespace azoth::postgresql;

TEST_CASE("postgresql errors: fields become properties", "[driver][postgresql][core.err.sqlstate_map]") {
    ServerMessage message;
    message.severity = "ERROR";
    message.sqlstate = "23505";
    message.primary = "duplicate key value violates unique constraint \"users_pkey\"";
    message.detail = "Key (id)=(1) already exists.";
    message.constraint = "users_pkey";
    message.table = "users";
    const auto info = diagnose(message);
    CHECK(info.code == errc::unique_violation);
    CHECK(info.sqlstate == "23505");
    CHECK(info.constraint == "users_pkey");
    CHECK(info.table == "users");
    CHECK_FALSE(info.disconnect);
    CHECK_FALSE(info.retryable);
    CHECK_THAT(info.message, Catch::Contains("users_pkey") && Catch::Contains("DETAIL: Key (id)=(1)"));
}

TEST_CASE("postgresql errors: what may succeed when run again", "[driver][postgresql]") {
    for (const auto* sqlstate : {"40001", "40P01"}) {
        ServerMessage message;
        message.sqlstate = sqlstate;
        CHECK(diagnose(message).retryable);
        CHECK_FALSE(diagnose(message).disconnect);
    }
}

TEST_CASE("postgresql errors: what ends the connection",
          "[driver][postgresql][pg.disconnect][core.err.is_disconnect]") {
    for (const auto* sqlstate : {"57P01", "08006", "25P03", "57P05"}) {
        ServerMessage message;
        message.severity = "ERROR";
        message.sqlstate = sqlstate;
        CHECK(diagnose(message).disconnect);
        CHECK(diagnose(message).code == errc::connection_lost);
    }
    ServerMessage fatal;
    fatal.severity = "FATAL";
    fatal.sqlstate = "XX000";
    CHECK(diagnose(fatal).disconnect);
}

TEST_CASE("postgresql errors: a lost connection is told in libpq's words",
          "[driver][postgresql][pg.disconnect][core.err.is_disconnect]") {
    const auto info = diagnose_loss("server closed the connection unexpectedly\n", nullptr);
    CHECK(info.disconnect);
    CHECK(info.code == errc::connection_lost);
    CHECK(info.message == "the connection to the server was lost: server closed the connection unexpectedly");
}

TEST_CASE("postgresql errors: a refused login says what to check", "[driver][postgresql]") {
    const auto info = diagnose_connect(
        "connection to server at \"127.0.0.1\", port 5432 failed: FATAL:  28P01: password "
        "authentication failed for "
        "user \"jane\"\nLOCATION:  auth_failed, auth.c:338\n",
        "database \"d\" on 127.0.0.1:5432 as user \"jane\"");
    CHECK(info.code == errc::authentication_failed);
    CHECK(info.sqlstate == "28P01");
    CHECK_THAT(
        info.message,
        Catch::Contains("FATAL:  password authentication failed") && Catch::Contains("pg_hba.conf"));
    CHECK_THAT(info.message, !Catch::Contains("LOCATION") && !Catch::Contains("28P01:"));
}

TEST_CASE("postgresql errors: no server is told in libpq's words", "[driver][postgresql]") {
    const auto info = diagnose_connect(
        "connection to server at \"localhost\" (::1), port 5432 failed: Connection refused\n"
        "\tIs the server running on that host and accepting TCP/IP connections?\n",
        "database \"d\" on localhost:5432 as user \"jane\"");
    CHECK(info.code == errc::connection_failed);
    CHECK(info.sqlstate.empty());
    CHECK_THAT(info.message, Catch::Contains("Is the server running") && Catch::Contains("localhost:5432"));
}

TEST_CASE("postgresql errors: of several hosts the last answer counts", "[driver][postgresql]") {
    const auto info = diagnose_connect(
        "connection to server at \"a\" (10.0.0.1), port 5432 failed: Connection refused\n"
        "connection to server at \"b\" (10.0.0.2), port 5432 failed: FATAL:  3D000: database \"d\" "
        "does not exist\n",
        "database \"d\" on a:5432, b:5432 as user \"jane\"");
    CHECK(info.sqlstate == "3D000");
    CHECK(info.code == errc::connection_failed);
    CHECK_THAT(info.message, Catch::Contains("create it"));
}
