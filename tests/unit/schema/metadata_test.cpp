// SPDX-License-Identifier: MIT
// MetaData: tables that come and go, types that follow foreign keys, copies, statements that are attached, views.
#include "support/catch.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include <azoth/compiler/ddl.hpp>
#include <azoth/core.hpp>

using namespace azoth;

namespace {

std::vector<std::string> created(const MetaData& metadata, const std::shared_ptr<const Dialect>& dialect) {
    return create_all_sql(metadata, *dialect);
}

bool mentions(const std::vector<std::string>& statements, const std::string& text) {
    return std::ranges::any_of(statements, [&](const auto& one) { return one.find(text) != std::string::npos; });
}

struct People : Table {
    Column<std::int32_t> id{*this, "id", primary_key};
    Column<std::string> name{*this, "name", String{20}, unique};
    Column<std::optional<std::int32_t>> boss_id{*this, "boss_id", foreign_key("crew.people.id")};
    CheckConstraint long_name{*this, func::length(name) > 1, named("ck_long")};
    Index by_name{*this, "ix_name", func::lower(name)};
    explicit People(MetaData& md) : Table{"people", md, "crew"} {}
};

} // namespace

TEST_CASE("tables are found, removed and forgotten", "[schema][core.schema.metadata]") {
    MetaData metadata;
    Table a{"a", metadata};
    a.add_column("id", Integer{}, primary_key);
    const Table b{"b", metadata, "s"};
    CHECK(metadata.contains("a"));
    CHECK(metadata.contains("b", "s"));
    CHECK_FALSE(metadata.contains("b"));
    CHECK(metadata.tables().size() == 2);
    metadata.remove(a);
    CHECK_FALSE(metadata.contains("a"));
    metadata.remove(a); // not here any more: nothing happens
    metadata.add(a);
    CHECK(metadata.contains("a"));
    CHECK_THROWS_AS(metadata.add(a), InvalidRequestError);
    metadata.clear();
    CHECK(metadata.tables().empty());
    CHECK(a.c("id").name() == "id");
    CHECK_THROWS_AS(metadata.table("a"), NoSuchTableError);
}

TEST_CASE("a column that refers to another by name takes its type", "[schema][core.schema.fk_column_type]") {
    MetaData metadata;
    Table early{"early", metadata}; // before its target is there
    early.add_column("id", Integer{}, primary_key);
    early.add_column("late_id", Type{}, foreign_key("late.id"));
    CHECK(early.c("late_id").type().is_null_type());
    Table last{"last", metadata};
    last.add_column("early_id", Type{}, foreign_key("early.late_id"), primary_key);
    Table late{"late", metadata};
    late.add_column("id", String{12}, primary_key);
    CHECK(early.c("late_id").type() == Type{String{12}});
    CHECK(last.c("early_id").type() == Type{String{12}}); // through the other
    Table after{"after", metadata};
    after.add_column("late_id", Type{}, foreign_key("late.id"));
    CHECK(after.c("late_id").type() == Type{String{12}});
    CHECK(mentions(created(metadata, dialects::postgresql()), "late_id VARCHAR(12)"));

    Table nowhere{"nowhere", metadata};
    nowhere.add_column("x_id", Type{}, foreign_key("missing.id"));
    CHECK_THROWS_AS(created(metadata, dialects::postgresql()), Error);
}

TEST_CASE("a column may have a name of its own in the program", "[schema][core.schema.column]") {
    MetaData metadata;
    Table t{"acct", metadata};
    t.add_column("acct_id", Integer{}, primary_key, key("id"));
    t.add_column("acct_nm", String{9}, key("name"));
    CHECK(compile(select(t.c("id"), t.c("name")).where(t.c("name") == "x"), dialects::sqlite()).sql()
          == "SELECT acct.acct_id, acct.acct_nm FROM acct WHERE acct.acct_nm = ?");
    CHECK(compile(insert(t).values(t.c("id") = 1, t.c("name") = "x"), dialects::sqlite()).sql()
          == "INSERT INTO acct (acct_id, acct_nm) VALUES (?, ?)");
    CHECK_THROWS_WITH(t.c("acct_nm"), Catch::Contains("'name'"));
    const auto sub = select(t.c("id"), t.c("name")).subquery("s");
    CHECK(compile(select(sub.c("name")), dialects::sqlite()).sql()
          == "SELECT s.acct_nm FROM (SELECT acct.acct_id AS acct_id, acct.acct_nm AS acct_nm FROM acct) AS s");
    CHECK(compile(select(alias(t, "a").c("name")), dialects::sqlite()).sql() == "SELECT a.acct_nm FROM acct AS a");
}

TEST_CASE("to_metadata() copies a table with its constraints and indexes", "[schema][core.schema.to_metadata]") {
    MetaData metadata;
    const People people{metadata};
    MetaData other;
    const auto copy = to_metadata(people, other, "elsewhere");
    static_assert(std::same_as<std::remove_cvref_t<decltype(copy)>, People>);
    CHECK(other.contains("people", "elsewhere"));
    CHECK(compile(select(copy.name).where(copy.id == 5), dialects::postgresql()).sql()
          == "SELECT elsewhere.people.name FROM elsewhere.people WHERE elsewhere.people.id = $1");
    CHECK(compile(select(people.name), dialects::postgresql()).sql() == "SELECT crew.people.name FROM crew.people");
    const auto statements = created(other, dialects::postgresql());
    CHECK(mentions(statements, "CREATE TABLE elsewhere.people"));
    CHECK(mentions(statements, "REFERENCES elsewhere.people (id)")); // in the same schema: moves along
    CHECK(mentions(statements, "CHECK (length(name) > 1)"));
    CHECK(mentions(statements, "UNIQUE (name)"));
    CHECK(mentions(statements, "ON elsewhere.people (lower(name))"));

    MetaData third{"home"};
    const auto renamed = static_cast<const Table&>(people).to_metadata(third, std::nullopt, "folk");
    CHECK(third.contains("folk", "crew")); // keeps its schema
    CHECK(renamed.c("name").type() == Type{String{20}});
    CHECK_THROWS_AS(to_metadata(people, other, "elsewhere"), InvalidRequestError);
}

TEST_CASE("DDL is executed with its table or MetaData, where it is meant to be", "[schema][core.ddl.execute_if][core.ddl.custom]") {
    MetaData metadata;
    Table t{"t", metadata};
    t.add_column("id", Integer{}, primary_key);
    t.listen(DdlEvent::after_create, DDL{"ALTER TABLE %(fullname)s SET LOGGED"}.execute_if("postgresql"));
    t.listen(DdlEvent::before_drop, DDL{"LOCK %(table)s"});
    metadata.listen(DdlEvent::before_create, DDL{"CREATE EXTENSION x"}.execute_if("postgresql", "oracle"));
    metadata.listen(DdlEvent::after_drop, DDL{"ANALYZE"}.execute_if([](const sql::DdlCondition& condition) {
        return condition.dialect == "sqlite" && condition.table == nullptr && condition.event == DdlEvent::after_drop;
    }));
    const auto on_postgresql = created(metadata, dialects::postgresql());
    REQUIRE(on_postgresql.size() == 3);
    CHECK(on_postgresql.front() == "CREATE EXTENSION x");
    CHECK(on_postgresql.back() == "ALTER TABLE t SET LOGGED");
    CHECK(created(metadata, dialects::sqlite()).size() == 1);
    const auto dropped = drop_all_sql(metadata, *dialects::sqlite());
    REQUIRE(dropped.size() == 3);
    CHECK(dropped.front() == "LOCK t");
    CHECK(dropped.back() == "ANALYZE");
    CHECK(drop_all_sql(metadata, *dialects::postgresql()).size() == 2);
}

TEST_CASE("views are created behind the tables and what they select from, and dropped first", "[schema][core.ddl.create_view]") {
    MetaData metadata;
    Table t{"t", metadata};
    t.add_column("id", Integer{}, primary_key);
    t.add_column("name", String{20});
    const auto inner = CreateView{select(t.c("id"), t.c("name")).where(t.c("id") > 5), "inner_view"};
    const auto outer = CreateView{select(inner.table().c("name")), "outer_view"}.metadata(metadata);
    inner.metadata(metadata); // added later, needed first
    CHECK(inner.table().c("name").type() == Type{String{20}});
    const auto statements = created(metadata, dialects::postgresql());
    REQUIRE(statements.size() == 3);
    CHECK(statements[1] == "CREATE VIEW inner_view AS SELECT t.id, t.name FROM t WHERE t.id > 5");
    CHECK(statements[2] == "CREATE VIEW outer_view AS SELECT inner_view.name FROM inner_view");
    const auto dropped = drop_all_sql(metadata, *dialects::postgresql());
    REQUIRE(dropped.size() == 3);
    CHECK(dropped[0] == "DROP VIEW outer_view");
    CHECK(dropped[1] == "DROP VIEW inner_view");
    CHECK(compile(select(outer.table().c("name")), dialects::sqlite()).sql() == "SELECT outer_view.name FROM outer_view");
}
