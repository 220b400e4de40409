// SPDX-License-Identifier: MIT
// The compiler on what the corpus does not have: expanding lists, hostile names, depth, result columns, literals.
#include "golden/core_tables.hpp"
#include "support/catch.hpp"

#include <azoth/compiler/literal.hpp>
#include <azoth/error.hpp>

using namespace azoth;
using golden::addresses;
using golden::sample;
using golden::users;

namespace {

std::vector<std::shared_ptr<const Dialect>> all_dialects() {
    return {
        dialects::postgresql(),
        dialects::mysql(),
        dialects::mariadb(),
        dialects::sqlite(),
        dialects::oracle(),
        dialects::mssql()
    };
}

std::size_t count_of(std::string_view text, std::string_view part) {
    std::size_t count = 0;
    for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + part.size()))
        ++count;
    return count;
}

} // namespace

TEST_CASE("compile: an IN list expands when the statement is executed",
          "[compiler][in][core.op.in_list][core.bind.expanding][core.compile.two_stage]") {
    const auto build = [](std::vector<int> ids) {
        return select(users.id).where(users.name == "a", users.id.in(ids), users.fullname == "b");
    };
    const auto statement = build({7, 8});
    const auto node = statement.node();
    const auto compiled = dialects::postgresql()->compile(*node, sql::collect_binds(*node));
    CHECK(compiled->expanding);

    // one compilation serves lists of any length
    for (const auto& ids : {std::vector<int>{1}, std::vector<int>{1, 2, 3, 4}}) {
        const auto other = build(ids);
        const auto binds = sql::collect_binds(*other.node());
        Compiled::Bound bound;
        compiled->bind(binds, bound);
        CHECK(bound.params.size() == ids.size() + 2);
        CHECK(bound.types.size() == bound.params.size());
        CHECK(bound.sql->find("fullname = $" + std::to_string(ids.size() + 2)) != std::string::npos);
    }
}

TEST_CASE("compile: a list that occurs twice keeps its numbers",
          "[compiler][in][core.compile.param_styles]") {
    const auto listed = users.id.in({4, 5});
    const auto statement = select(listed).where(listed, users.name == "x");
    const auto numbered = compile(statement, dialects::postgresql());
    CHECK(
        numbered.sql() == "SELECT user_account.id IN ($1, $2) AS anon_1 FROM user_account WHERE "
                          "user_account.id IN ($1, $2) AND "
                          "user_account.name = $3"
    );
    CHECK(numbered.params().size() == 3);
    CHECK(compile(statement, dialects::sqlite()).params().size() == 5);
}

TEST_CASE("compile: ten thousand values", "[compiler][in][core.op.in_list]") {
    std::vector<int> ids(10'000);
    for (std::size_t i = 0; i < ids.size(); ++i)
        ids[i] = static_cast<int>(i);
    const auto compiled = compile(select(users.id).where(users.id.in(ids)), dialects::postgresql());
    CHECK(compiled.params().size() == 10'000);
    CHECK(compiled.sql().ends_with("$9999, $10000)"));
}

TEST_CASE("compile: an empty list and one with NULL", "[compiler][in][core.op.in_list]") {
    for (const auto& dialect : all_dialects()) {
        INFO(dialect->name());
        const auto empty = compile(select(users.id).where(users.id.in(std::vector<int>{})), dialect);
        CHECK(empty.params().empty());
        CHECK(count_of(empty.sql(), "(") == count_of(empty.sql(), ")"));
        const auto with_null = compile(
            select(users.id).where(
                users.fullname.in(std::vector<std::optional<std::string>>{"a", std::nullopt})
            ),
            dialect
        );
        REQUIRE(with_null.params().size() == 2);
        CHECK(with_null.params()[1].is_null());
    }
}

TEST_CASE("compile: hostile names stay names", "[compiler][quoting][core.compile.identifier_quoting]") {
    const std::string name = GENERATE(
        as<std::string>{},
        "a\"b",
        "a`b",
        "a]b",
        "a'b",
        "x\"; DROP TABLE users; --",
        "größe",
        "a b",
        "select",
        "1st",
        "a%b",
        "a:b",
        "a?b",
        "a$1",
        "\\",
        "𝔘nicode"
    );
    for (const auto& dialect : all_dialects()) {
        INFO(dialect->name() << ": " << name);
        std::string marks = "\"\"";
        if (dialect->name() == "mysql" || dialect->name() == "mariadb")
            marks = "``";
        if (dialect->name() == "mssql")
            marks = "[]";
        std::string quoted(1, marks.front());
        for (const char c : name) {
            quoted += c;
            if (c == marks.back())
                quoted += c;
        }
        quoted += marks.back();
        const auto expected = dialect->quote(name);
        CHECK((expected == quoted || (name == "a$1" && expected == name)));
        CHECK(
            compile(select(users.id.label(name)), dialect).sql() ==
            "SELECT user_account.id AS " + expected + " FROM user_account"
        );
        const std::string as = dialect->name() == "oracle" ? " " : " AS ";
        CHECK(
            compile(select(alias(users, name).id), dialect).sql() ==
            "SELECT " + expected + ".id FROM user_account" + as + expected
        );
        const auto cte = select(users.id).cte(name);
        CHECK(compile(select(cte.c("id")), dialect).sql().starts_with("WITH " + expected + " AS ("));
    }
}

TEST_CASE("compile: NUL is refused wherever a name or raw SQL stands", "[compiler][quoting]") {
    const std::string name{"a\0b", 3};
    for (const auto& dialect : all_dialects()) {
        CHECK_THROWS_AS(dialect->quote(name), CompileError);
        CHECK_THROWS_AS(compile(select(users.id.label(name)), dialect), CompileError);
        CHECK_THROWS_AS(compile(select(alias(users, name).id), dialect), CompileError);
        CHECK_THROWS_AS(compile(select(literal_column(name)), dialect), CompileError);
        CHECK_THROWS_AS(compile(select(users.id.op(name, 1)), dialect), CompileError);
        CHECK_THROWS_AS(compile(select(func::call(name)), dialect), CompileError);
        CHECK_THROWS_AS(literal_sql(select(users.id).where(users.name == name), dialect), CompileError);
    }
    CHECK_THROWS_AS(dialects::sqlite()->quote(""), CompileError);
}

TEST_CASE("compile: a function's name is quoted unless it is plain",
          "[compiler][quoting][core.func.generic]") {
    CHECK(
        compile(select(func::call("pg_catalog.now")), dialects::postgresql()).sql() ==
        "SELECT pg_catalog.now() AS now_1"
    );
    CHECK(compile(select(func::call("f(); DROP TABLE x; --")), dialects::sqlite())
              .sql()
              .starts_with("SELECT \"f(); DROP TABLE x; --\"() AS "));
}

TEST_CASE("compile: a thousand nested conditions", "[compiler]") {
    Expr<bool> condition = (users.id == 0) || (users.id == 1);
    for (int i = 0; i < 1'000; ++i) {
        if (i % 2 == 0)
            condition = condition && (users.id != i);
        else
            condition = condition || (users.id != i);
    }
    for (const auto& dialect : all_dialects()) {
        const auto compiled = compile(select(users.id).where(condition), dialect);
        CHECK(compiled.params().size() == 1'002);
        CHECK(count_of(compiled.sql(), "(") == count_of(compiled.sql(), ")"));
    }
    Expr<bool> negated = users.name.contains("x");
    for (int i = 0; i < 1'001; ++i)
        negated = !negated;
    CHECK(
        compile(select(users.id).where(negated), dialects::sqlite()).sql().find("NOT LIKE") !=
        std::string::npos
    );
}

TEST_CASE("compile: result columns have the names under which they come back",
          "[compiler][core.compile.result_map][core.result.key_names][core.select.labels_style]"
          "[core.expr.anon_names]") {
    const auto statement =
        select(users.id, addresses.id, users.name.label("n"), func::count(), users.id + 1, users.id);
    const auto node = statement.node();
    const auto compiled = dialects::postgresql()->compile(*node, sql::collect_binds(*node));
    std::vector<std::string> names;
    for (const auto& column : compiled->columns)
        names.push_back(column.name);
    CHECK(names == std::vector<std::string>{"id", "id_1", "n", "count_1", "anon_1", "id__1"});
    CHECK(compiled->columns[3].type.kind == TypeKind::big_integer);
    CHECK(compiled->returns_rows);
}

TEST_CASE("compile: parameters have the types of what they are compared with",
          "[compiler][core.op.comparison]") {
    const auto statement =
        select(users.id).where(users.name == "x", sample.day == Date{std::chrono::year{2024} / 1 / 2});
    const auto node = statement.node();
    const auto compiled = dialects::postgresql()->compile(*node, sql::collect_binds(*node));
    REQUIRE(compiled->param_types.size() == 2);
    CHECK(compiled->param_types[0] == String{30});
    CHECK(compiled->param_types[1] == DateType{});
}

TEST_CASE("compile: a subquery whose every FROM is the outer one is refused", "[compiler][subquery]") {
    const auto inner = select(users.id, addresses.id).where(users.id == addresses.user_id).exists();
    CHECK_THROWS_WITH(
        compile(select(users.id, addresses.id).where(inner), dialects::sqlite()),
        Catch::Contains("FROM element")
    );
}

TEST_CASE("compile: ORDER BY a label that is not there is refused by name",
          "[compiler][core.expr.coercion_roles]") {
    CHECK_THROWS_WITH(
        compile(select(users.id).order_by(desc("nope")), dialects::sqlite()),
        Catch::Contains("nope")
    );
}

TEST_CASE("compile: an UPDATE without values takes all columns from parameter rows", "[compiler][core.update.values]") {
    const auto statement = update(users).where(users.id == 5);
    const auto node = statement.node();
    const auto compiled = dialects::sqlite()->compile(*node, sql::collect_binds(*node));
    CHECK(compiled->takes_rows);
    CHECK(compiled->sql == "UPDATE user_account SET id=?, name=?, fullname=? WHERE user_account.id = ?");
}

TEST_CASE("literal_sql: dates, bytes and UUIDs as the drivers store them",
          "[compiler][literal][core.bind.literal_binds]") {
    const auto where = [](const auto& condition, const std::shared_ptr<const Dialect>& dialect) {
        const auto sql = literal_sql(select(literal_column("1")).where(condition), dialect);
        return sql.substr(sql.find("WHERE ") + 6);
    };
    const auto stamp = sample.stamp == *parse_timestamp_tz("2024-01-02 03:04:05+01:00");
    CHECK(where(stamp, dialects::postgresql()) == "sample.stamp = '2024-01-02 02:04:05+00:00'");
    CHECK(where(stamp, dialects::mysql()) == "sample.stamp = '2024-01-02 02:04:05'");
    CHECK(where(stamp, dialects::sqlite()) == "sample.stamp = '2024-01-02 02:04:05.000000'");
    const auto raw = sample.raw == Bytes{std::byte{0x0a}, std::byte{0xff}};
    CHECK(where(raw, dialects::postgresql()) == "sample.raw = CAST('\\x0aff' AS BYTEA)");
    CHECK(where(raw, dialects::sqlite()) == "sample.raw = X'0aff'");
    CHECK(literal_sql(select(users.id).offset(2), dialects::sqlite()).ends_with("LIMIT -1 OFFSET 2"));
}

TEST_CASE("literal_sql: what has no literal is refused", "[compiler][literal][core.bind.literal_binds]") {
    const auto infinity = std::numeric_limits<double>::infinity();
    CHECK_THROWS_AS(literal_sql(select(literal(infinity)), dialects::postgresql()), CompileError);
    CHECK_THROWS_AS(literal_sql(insert(users).columns(users.name), dialects::postgresql()), CompileError);
}
