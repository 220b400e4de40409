// SPDX-License-Identifier: MIT
// text(): finding the parameters, and nothing that only looks like one.
#include "support/catch.hpp"

#include <azoth/dialect/dialect.hpp>
#include <azoth/error.hpp>
#include <azoth/sql/text.hpp>

using namespace azoth;

namespace {

std::vector<std::string> names_in(std::string_view sql) {
    const auto statement = text(sql);
    return static_cast<const sql::TextNode&>(*statement.node()).names;
}

using Names = std::vector<std::string>;

} // namespace

TEST_CASE("text(): parameters are found in order, repeated ones again", "[sql][text][core.text.text]") {
    CHECK(names_in("SELECT :a, :b_2, :a") == Names{"a", "b_2", "a"});
    CHECK(names_in("(:x)") == Names{"x"});
    CHECK(names_in(":x") == Names{"x"});
    CHECK(names_in("").empty());
    CHECK(names_in("a = :").empty());
    CHECK(names_in("a = :1") == Names{"1"});
    CHECK(names_in("a = :größe$2") == Names{"größe$2"});
}

TEST_CASE("text(): casts, slices and colons inside words are left alone", "[sql][text][core.text.text]") {
    const auto sql = GENERATE(
        as<std::string>{},
        "SELECT x::int",
        "SELECT x[1:n]",
        "SELECT '12:30'",
        "SELECT : a",
        "SELECT a:b:c",
        "SELECT :::",
        "SELECT :a:"
    );
    INFO(sql);
    CHECK(names_in(sql).empty());
    CHECK(compile(text(sql), dialects::postgresql()).sql() == sql);
}

TEST_CASE("text(): quotes and comments are not looked at, as in SQLAlchemy", "[sql][text][core.text.text]") {
    CHECK(names_in("SELECT ':a', :b") == Names{"a", "b"});
    CHECK(names_in("SELECT 1 -- :a\n, :b") == Names{"a", "b"});
    CHECK(names_in("SELECT $1 || :b") == Names{"b"});
    CHECK(names_in("SELECT '{\"a\":true}'") == Names{"true"});
    CHECK(names_in("SELECT '{\"a\"\\:true}'").empty());
    // `:a::int` is no parameter: a colon follows. CAST(:a AS int) says it.
    CHECK(names_in("SELECT :a::int").empty());
}

TEST_CASE("text(): a backslash makes the colon a colon", "[sql][text][core.text.text]") {
    CHECK(names_in("SELECT \\:a").empty());
    CHECK(compile(text("SELECT \\:a"), dialects::postgresql()).sql() == "SELECT :a");
    CHECK(compile(text("SELECT a\\:\\:int"), dialects::postgresql()).sql() == "SELECT a::int");
}

TEST_CASE("text(): a parameter has one number where they have numbers, and one value each where not",
          "[sql][text][core.compile.param_styles]") {
    const auto statement = text("SELECT :a, :b, :a").bind("b", 2).bind("a", 1);
    const auto numbered = compile(statement, dialects::postgresql());
    CHECK(numbered.sql() == "SELECT $1, $2, $1");
    CHECK(numbered.params().size() == 2);
    const auto plain = compile(statement, dialects::sqlite());
    CHECK(plain.sql() == "SELECT ?, ?, ?");
    REQUIRE(plain.params().size() == 3);
    CHECK(plain.params()[2] == plain.params()[0]);
}

TEST_CASE("text(): bind() leaves the statement as it was, and the last value holds",
          "[sql][text][core.text.bindparams]") {
    const auto open = text("SELECT :a");
    const auto bound = open.bind("a", 1);
    CHECK_THROWS_AS(compile(open, dialects::sqlite()), InvalidRequestError);
    CHECK(to_string(compile(open.params("a", 2), dialects::sqlite()).params().front().param()) == "2");
    const auto again = compile(bound.bind("a", "x"), dialects::sqlite());
    REQUIRE(again.params().size() == 1);
    CHECK(to_string(again.params().front().param()) == "'x'");
    CHECK(to_string(compile(bound, dialects::sqlite()).params().front().param()) == "1");
}

TEST_CASE("text(): an unknown name is answered with those there are", "[sql][text][core.text.bindparams]") {
    CHECK_THROWS_WITH(text("SELECT :a, :b").bind("c", 1), Catch::Contains(":c") && Catch::Contains(":a :b"));
    CHECK_THROWS_WITH(text("SELECT 1").bind("c", 1), Catch::Contains("none"));
}

TEST_CASE("text(): a parameter without a value is named", "[sql][text][core.text.bindparams]") {
    CHECK_THROWS_WITH(compile(text("SELECT :a, :b").bind("a", 1), dialects::sqlite()), Catch::Contains("'b'"));
}

TEST_CASE("text(): NUL has no place in it", "[sql][text]") {
    CHECK_THROWS_AS(compile(text(std::string_view{"SELECT 1\0 OR 1", 13}), dialects::sqlite()), CompileError);
}
