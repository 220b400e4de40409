// SPDX-License-Identifier: MIT
// SQLite's result codes and messages as portable errors.
#include "support/catch.hpp"

#include <azoth/error.hpp>

#include "../async/driver/sqlite/error.hpp"

using namespace azoth;
using sqlite::diagnose;

namespace {

// Extended result codes (sqlite3.h).
constexpr int error = 1;
constexpr int busy = 5;
constexpr int readonly = 8;
constexpr int ioerr_write = 10 | 3 << 8;
constexpr int full = 13;
constexpr int constraint_check = 19 | 1 << 8;
constexpr int constraint_foreign_key = 19 | 3 << 8;
constexpr int constraint_not_null = 19 | 5 << 8;
constexpr int constraint_primary_key = 19 | 6 << 8;
constexpr int constraint_unique = 19 | 8 << 8;
constexpr int misuse = 21;
constexpr int not_a_database = 26;

} // namespace

TEST_CASE("sqlite errors: constraints name table and columns",
          "[sqlite][error][sl.errors][core.err.sqlstate_map]") {
    const auto one = diagnose(constraint_unique, "UNIQUE constraint failed: users.name");
    CHECK(one.code == errc::unique_violation);
    CHECK(one.table == "users");
    CHECK(one.column == "name");
    CHECK(one.native_code == constraint_unique);
    const auto two = diagnose(constraint_primary_key, "UNIQUE constraint failed: links.a, links.b");
    CHECK(two.code == errc::unique_violation);
    CHECK(two.table == "links");
    CHECK(two.column == "a, b");
    CHECK(diagnose(constraint_unique, "UNIQUE constraint failed: index 'ix_lower'").constraint == "ix_lower");
    const auto missing = diagnose(constraint_not_null, "NOT NULL constraint failed: users.name");
    CHECK(missing.code == errc::not_null_violation);
    CHECK(missing.column == "name");
    const auto check = diagnose(constraint_check, "CHECK constraint failed: positive");
    CHECK(check.code == errc::check_violation);
    CHECK(check.constraint == "positive");
    CHECK(
        diagnose(constraint_foreign_key, "FOREIGN KEY constraint failed").code
        == errc::foreign_key_violation);
}

TEST_CASE("sqlite errors: what a statement gets wrong is read from the message", "[sqlite][error]") {
    const auto table = diagnose(error, "no such table: main.users");
    CHECK(table.code == errc::undefined_table);
    CHECK(table.table == "users");
    const auto column = diagnose(error, "no such column: u.nmae");
    CHECK(column.code == errc::undefined_column);
    CHECK(column.column == "nmae");
    CHECK(diagnose(error, "table users has no column named nmae").code == errc::undefined_column);
    CHECK(diagnose(error, "near \"SELEC\": syntax error").code == errc::syntax_error);
    CHECK(diagnose(error, "incomplete input").code == errc::syntax_error);
    const auto twice = diagnose(error, "table users already exists");
    CHECK(twice.code == errc::duplicate_table);
    CHECK(twice.table == "users");
    CHECK(diagnose(error, "integer overflow").code == errc::out_of_range);
    CHECK(diagnose(error, "cannot commit - no transaction is active").code == errc::unknown);
}

TEST_CASE("sqlite errors: the class thrown fits", "[sqlite][error][core.err.sqlstate_map]") {
    CHECK_THROWS_AS(sqlite::throw_error(diagnose(constraint_unique, "")), IntegrityError);
    CHECK_THROWS_AS(sqlite::throw_error(diagnose(error, "no such table: x")), ProgrammingError);
    CHECK_THROWS_AS(sqlite::throw_error(diagnose(error, "something else")), OperationalError);
    CHECK_THROWS_AS(sqlite::throw_error(diagnose(busy, "database is locked")), OperationalError);
    CHECK_THROWS_AS(sqlite::throw_error(diagnose(ioerr_write, "disk I/O error")), OperationalError);
    CHECK_THROWS_AS(sqlite::throw_error(diagnose(full, "database or disk is full")), OperationalError);
    CHECK_THROWS_AS(
        sqlite::throw_error(diagnose(not_a_database, "file is not a database")), OperationalError);
    CHECK_THROWS_AS(sqlite::throw_error(diagnose(misuse, "bad parameter")), InterfaceError);
    const auto locked = diagnose(busy, "database is locked");
    CHECK(locked.code == errc::lock_timeout);
    CHECK(locked.retryable);
    CHECK(diagnose(readonly, "attempt to write a readonly database").code == errc::read_only);
}
