// SPDX-License-Identifier: MIT
// The PostgreSQL driver's cache of prepared statements, and what it reads out of SQL texts.
#include "../async/driver/postgresql/sql_text.hpp"
#include "../async/driver/postgresql/statement_cache.hpp"
#include "support/catch.hpp"

#include <azoth/error.hpp>

#include <functional>
#include <string>
#include <vector>

using namespace azoth;
using namespace azoth::postgresql;

namespace {

Prepared* find(StatementCache& cache, const std::string& sql, const std::vector<std::uint32_t>& oids = {}) {
    return cache.find(sql, std::hash<std::string>{}(sql), oids);
}

void insert(StatementCache& cache, const std::string& sql, const std::vector<std::uint32_t>& oids = {}) {
    cache.insert(cache.next_name(), sql, std::hash<std::string>{}(sql), oids);
}

} // namespace

TEST_CASE("postgresql statements: the least recently used one goes",
          "[driver][postgresql][core.cache.prepared]") {
    StatementCache cache(2);
    insert(cache, "a");
    insert(cache, "b");
    REQUIRE(find(cache, "a") != nullptr);
    insert(cache, "c");
    CHECK(find(cache, "b") == nullptr);
    CHECK(find(cache, "a") != nullptr);
    CHECK(find(cache, "c") != nullptr);
    CHECK(cache.size() == 2);
    CHECK(cache.doomed() == std::vector<std::string>{"azoth_2"});
}

TEST_CASE("postgresql statements: one text with other types is another statement",
          "[driver][postgresql][core.cache.prepared]") {
    StatementCache cache(10);
    insert(cache, "a", {23});
    CHECK(find(cache, "a", {20}) == nullptr);
    CHECK(find(cache, "a") == nullptr);
    REQUIRE(find(cache, "a", {23}) != nullptr);
    CHECK(find(cache, "a", {23})->name == "azoth_1");
}

TEST_CASE("postgresql statements: texts whose hashes collide are told apart", "[driver][postgresql]") {
    StatementCache cache(10);
    cache.insert("one", "a", 7, {});
    CHECK(cache.find("b", 7, {}) == nullptr);
    cache.insert("two", "b", 7, {});
    CHECK(cache.find("a", 7, {}) == nullptr);
    CHECK(cache.find("b", 7, {})->name == "two");
    CHECK(cache.doomed() == std::vector<std::string>{"one"});
}

TEST_CASE("postgresql statements: what the server has lost need not be deallocated",
          "[driver][postgresql][core.cache.prepared]") {
    StatementCache cache(10);
    insert(cache, "a");
    insert(cache, "b");
    cache.forget(find(cache, "a"), false);
    cache.forget(find(cache, "b"), true);
    CHECK(cache.size() == 0);
    CHECK(cache.doomed() == std::vector<std::string>{"azoth_2"});
}

TEST_CASE("postgresql statements: COPY is recognised behind comments", "[driver][postgresql]") {
    CHECK(begins_copy("COPY t FROM STDIN"));
    CHECK(begins_copy("  /* x */ -- y\n copy t TO STDOUT"));
    CHECK_FALSE(begins_copy("SELECT 'COPY'"));
    CHECK_FALSE(begins_copy("COPYRIGHT"));
    CHECK_FALSE(begins_copy(""));
    CHECK_FALSE(begins_copy("/* open"));
}

TEST_CASE("postgresql statements: what only reads may be stopped half-way", "[driver][postgresql]") {
    CHECK(only_reads("SELECT 1"));
    CHECK(only_reads("(select 1) union (select 2)"));
    CHECK(only_reads("WITH a AS (SELECT updated FROM t) SELECT * FROM a"));
    CHECK(can_be_declared("SELECT 1"));
    CHECK_FALSE(can_be_declared("SELECT 1 INTO t"));
    CHECK_FALSE(can_be_declared("INSERT INTO t VALUES (1) RETURNING *"));
    CHECK_FALSE(can_be_declared("SHOW search_path"));
    CHECK_FALSE(only_reads("WITH a AS (DELETE FROM t RETURNING *) SELECT * FROM a"));
    CHECK_FALSE(only_reads("INSERT INTO t VALUES (1) RETURNING id"));
    CHECK_FALSE(only_reads(""));
}

TEST_CASE("postgresql statements: a zero byte in the text is refused", "[driver][postgresql]") {
    CHECK_THROWS_AS(check_text(std::string("SELECT 1\0 + 1", 13)), ArgumentError);
    CHECK_NOTHROW(check_text("SELECT 1"));
}
