// SPDX-License-Identifier: MIT
// What is read from the text of SQLite's own catalogue.
#include "support/catch.hpp"

#include <string>
#include <vector>

#include "dialect/sqlite_schema_text.hpp"

using namespace azoth;
using Names = std::vector<std::string>;

TEST_CASE("sqlite schema text: names of constraints, checks, generated columns", "[dialect][reflection][sl.reflect]") {
    const auto table = parse_sqlite_table(R"(CREATE TABLE "my ""t""" ( -- a comment, with a ( in it
  id INTEGER CONSTRAINT pk_t PRIMARY KEY AUTOINCREMENT,
  [a b] VARCHAR(20) NOT NULL CONSTRAINT "uq one" UNIQUE DEFAULT 'x, UNIQUE (y)' /* CHECK (no) */,
  c DECIMAL(10, 2) CHECK (c > 0 AND c <> ')'),
  d INT GENERATED ALWAYS AS (c * (2 + 1)) STORED,
  e INT REFERENCES p (x) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
  f INT CONSTRAINT fk_f REFERENCES p NOT DEFERRABLE,
  CONSTRAINT uq_two UNIQUE ("a b" COLLATE NOCASE, c DESC) ON CONFLICT IGNORE,
  CONSTRAINT ck_x CHECK ((d IS NULL) OR lower("a b") = 'q'),
  CONSTRAINT fk_two FOREIGN KEY (c, d) REFERENCES q (x, y) MATCH FULL
) STRICT, WITHOUT ROWID)");
    REQUIRE(table.has_value());
    CHECK(table->primary_key_name == "pk_t");
    CHECK(table->autoincrement);
    CHECK(table->strict);
    CHECK(table->without_rowid);
    REQUIRE(table->uniques.size() == 2);
    CHECK(table->uniques[0].name == "uq one");
    CHECK(table->uniques[0].columns == Names{"a b"});
    CHECK(table->uniques[1].name == "uq_two");
    CHECK(table->uniques[1].columns == Names{"a b", "c"});
    REQUIRE(table->checks.size() == 2);
    CHECK(table->checks[0].name.empty());
    CHECK(table->checks[0].text == "c > 0 AND c <> ')'");
    CHECK(table->checks[1].name == "ck_x");
    CHECK(table->checks[1].text == "(d IS NULL) OR lower(\"a b\") = 'q'");
    REQUIRE(table->generated.size() == 1);
    CHECK(table->generated[0].column == "d");
    CHECK(table->generated[0].text == "c * (2 + 1)");
    REQUIRE(table->foreign_keys.size() == 3);
    CHECK(table->foreign_keys[0].columns == Names{"e"});
    CHECK(table->foreign_keys[0].deferrable == true);
    CHECK(table->foreign_keys[0].initially == "DEFERRED");
    CHECK(table->foreign_keys[1].name == "fk_f");
    CHECK(table->foreign_keys[1].deferrable == false);
    CHECK(table->foreign_keys[2].name == "fk_two");
    CHECK(table->foreign_keys[2].columns == Names{"c", "d"});
}

TEST_CASE("sqlite schema text: an index's parts and condition", "[dialect][reflection][sl.reflect]") {
    const auto index = parse_sqlite_index(
        "CREATE UNIQUE INDEX \"ix(1)\" ON t (lower(a) DESC, b COLLATE NOCASE ASC, c) WHERE a IS NOT NULL AND (b > 1)");
    REQUIRE(index.has_value());
    CHECK(index->parts == Names{"lower(a)", "b COLLATE NOCASE", "c"});
    CHECK(index->where == "a IS NOT NULL AND (b > 1)");
}

TEST_CASE("sqlite schema text: what is no definition, or ends too early, is no error", "[dialect][reflection]") {
    for (const auto* text : {"", "CREATE", "CREATE TABLE", "CREATE TABLE t", "CREATE TABLE t (", "CREATE TABLE t (a, 'b",
                             "CREATE VIRTUAL TABLE t USING fts5(a)", "/*", "--", "\"", "(", ")", "CREATE TABLE t AS SELECT 1"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_sqlite_table(text).has_value());
        CHECK_FALSE(parse_sqlite_index(text).has_value());
    }
    CHECK(parse_sqlite_table("CREATE TABLE t ()").has_value());
    CHECK(parse_sqlite_table("CREATE TABLE t (,CONSTRAINT)").has_value());
}
