// SPDX-License-Identifier: MIT
// What MySQL's and MariaDB's error numbers and messages are taken to mean.
#include "../async/driver/mysql/error.hpp"
#include "../async/driver/mysql/options.hpp"
#include "support/catch.hpp"

using namespace azoth;
using namespace azoth::mysql;

namespace {

DiagnosticInfo read(unsigned int number, const char* sqlstate, const char* message) {
    return diagnose(NativeError{number, sqlstate, message});
}

} // namespace

TEST_CASE("mysql errors: duplicate keys name the constraint, and MySQL 8 the table",
          "[mysql][error][core.err.sqlstate_map]") {
    auto info = read(1062, "23000", "Duplicate entry 'a for key 'x'' for key 'uq_name'");
    CHECK(info.code == errc::unique_violation);
    CHECK(info.constraint == "uq_name");
    CHECK(info.table.empty());
    info = read(1062, "23000", "Duplicate entry 'a' for key 'users.uq_name'");
    CHECK(info.constraint == "uq_name");
    CHECK(info.table == "users");
}

TEST_CASE("mysql errors: foreign keys name constraint, table and column",
          "[mysql][error][core.err.sqlstate_map]") {
    const auto info = read(
        1452,
        "23000",
        "Cannot add or update a child row: a foreign key constraint fails (`my.db`.`child`, "
        "CONSTRAINT `fk_1` FOREIGN KEY "
        "(`parent`) REFERENCES `parent` (`id`))"
    );
    CHECK(info.code == errc::foreign_key_violation);
    CHECK(info.constraint == "fk_1");
    CHECK(info.table == "child");
    CHECK(info.column == "parent");
}

TEST_CASE("mysql errors: checks, columns and tables are named", "[mysql][error][core.err.sqlstate_map]") {
    auto info = read(4025, "23000", "CONSTRAINT `positive` failed for `db`.`t`");
    CHECK(info.code == errc::check_violation);
    CHECK(info.constraint == "positive");
    CHECK(info.table == "t");
    info = read(3819, "HY000", "Check constraint 'positive' is violated.");
    CHECK(info.code == errc::check_violation);
    CHECK(info.constraint == "positive");
    info = read(1048, "23000", "Column 'name' cannot be null");
    CHECK(info.code == errc::not_null_violation);
    CHECK(info.column == "name");
    info = read(1364, "HY000", "Field 'name' doesn't have a default value");
    CHECK(info.code == errc::not_null_violation);
    CHECK(info.column == "name");
    info = read(1054, "42S22", "Unknown column 't.nme' in 'field list'");
    CHECK(info.column == "nme");
    info = read(1146, "42S02", "Table 'db.t' doesn't exist");
    CHECK(info.table == "t");
    info = read(1406, "22001", "Data too long for column 'name' at row 1");
    CHECK(info.column == "name");
    info = read(1366, "22007", "Incorrect integer value: 'x' for column `db`.`t`.`n` at row 1");
    CHECK(info.code == errc::data_invalid);
    CHECK(info.column == "n");
}

TEST_CASE("mysql errors: what may be retried, and what ends the connection",
          "[mysql][error][my.conn.gone_away][core.err.is_disconnect]") {
    CHECK(read(1213, "40001", "").retryable);
    CHECK(read(1205, "HY000", "").retryable);
    CHECK_FALSE(read(1062, "23000", "").retryable);
    for (const unsigned int lost : {2006U, 2013U, 2055U, 1927U, 1053U}) {
        const auto info = read(lost, "HY000", "");
        CHECK(info.disconnect);
        CHECK(info.code == errc::connection_lost);
    }
    CHECK(read(1317, "70100", "").code == errc::query_canceled);
    CHECK(read(1792, "25006", "").code == errc::read_only);
}

TEST_CASE("mysql errors: unknown numbers take their meaning from SQLSTATE",
          "[mysql][error][core.err.sqlstate_map]") {
    const auto info = read(9999, "23000", "in another language: 'x");
    CHECK(info.native_code == 9999);
    CHECK(info.sqlstate == "23000");
    CHECK_THROWS_AS(throw_database_error(info), IntegrityError);
    CHECK_THROWS_AS(throw_database_error(read(9999, "HY000", "")), DatabaseError);
}

TEST_CASE("mysql errors: messages in other languages leave the names empty", "[mysql][error]") {
    for (const unsigned int number : {1062U, 1452U, 1048U, 1054U, 1146U, 1264U, 4025U, 3819U}) {
        const auto info = read(number, "HY000", "Doppelter Eintrag");
        CHECK(info.constraint.empty());
        CHECK(info.table.empty());
        CHECK(info.column.empty());
    }
}

TEST_CASE("mysql errors: names are taken out of their quotes", "[mysql][error]") {
    CHECK(last_name("`db`.`t`") == "t");
    CHECK(last_name("`a.b`") == "a.b");
    CHECK(last_name("'c'") == "c");
    CHECK(last_name("db.t") == "t");
    CHECK(last_name("").empty());
    CHECK(last_name("`").empty());
}

TEST_CASE(
    "mysql errors: connecting says where and what to do, never the password",
    "[mysql][error]"
) {
    ConnectOptions options{Url{"mysql://me:sesame@db.example:3310/shop"}};
    const auto info =
        diagnose_connect(NativeError{1045, "28000", "Access denied for user 'me'@'here'"}, options);
    CHECK(info.code == errc::authentication_failed);
    CHECK(info.disconnect);
    CHECK_THAT(info.message, Catch::Contains("db.example:3310") && Catch::Contains("user me"));
    CHECK_THAT(
        info.message,
        Catch::Contains("check user name and password") && !Catch::Contains("sesame")
    );
    const auto unknown =
        diagnose_connect(NativeError{1049, "42000", "Unknown database 'shop'"}, options);
    CHECK(unknown.code == errc::connection_failed);
}
