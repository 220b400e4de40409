// SPDX-License-Identifier: MIT
// The little that the SQLite driver reads of SQL text.
#include "support/catch.hpp"

#include "../async/driver/sqlite/sql_text.hpp"

using namespace azoth::sqlite;

TEST_CASE("sqlite text: comments, blanks and semicolons are skipped", "[sqlite]") {
    CHECK(skip_blank(" \t\r\n; SELECT 1") == "SELECT 1");
    CHECK(skip_blank("-- one\n/* two; */ x") == "x");
    CHECK(skip_blank("-- to the end").empty());
    CHECK(skip_blank("/* never closed").empty());
    CHECK(skip_blank("/*/ still inside */y") == "y");
    CHECK(skip_blank("- 1") == "- 1");
    CHECK(skip_blank("").empty());
}

TEST_CASE("sqlite text: the first word", "[sqlite]") {
    CHECK(first_word("select 1") == "SELECT");
    CHECK(first_word("/* hint */ Insert into t") == "INSERT");
    CHECK(first_word("(SELECT 1)").empty());
    CHECK(behind_first_word("PRAGMA  table_info(t)") == "table_info(t)");
    CHECK(mentions("SELECT COUNT(*)", "count("));
    CHECK_FALSE(mentions("SELECT country", "count("));
}
