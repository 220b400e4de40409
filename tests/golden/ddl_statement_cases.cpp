// SPDX-License-Identifier: MIT
// DDL statements one by one: indexes, constraints of tables that exist, sequences, schemas, views, comments, free text.
#include "golden/core_corpus.hpp"
#include "golden/core_tables.hpp"

#include <azoth/sql/ddl.hpp>
#include <azoth/types/postgresql.hpp>

#include <utility>

namespace golden {

using namespace azoth;

namespace {

/// `t (a INTEGER, b VARCHAR(20), c INTEGER, d JSONB)`, over which the corpus makes its indexes.
struct Indexed : Table {
    Column<std::optional<std::int32_t>> a{*this, "a"};
    Column<std::optional<std::string>> b{*this, "b", String{20}};
    Column<std::optional<std::int32_t>> c{*this, "c"};
    Column<std::optional<Json>> d{*this, "d", postgresql::JSONB{}};
    Indexed() : Table{std::make_shared<schema::TableData>("t")} {}
};

/// `t (a INTEGER)`.
struct Single : Table {
    Column<std::optional<std::int32_t>> a{*this, "a"};
    Single() : Table{std::make_shared<schema::TableData>("t")} {}
};

void add_indexes(Registry& registry) {
    const auto create = [&](std::string id, auto make) {
        registry.add(std::move(id), [make] {
            const Indexed t;
            return CreateIndex{make(t)};
        });
    };
    create("ddl.index.desc", [](const Indexed& t) { return Index{t, "ix_a", t.a.desc()}; });
    create("ddl.index.expression", [](const Indexed& t) { return Index{t, "ix_lower", func::lower(t.b)}; });
    create("ddl.index.expression_arith", [](const Indexed& t) { return Index{t, "ix_sum", t.a + t.c}; });
    create("ddl.index.text", [](const Indexed& t) { return Index{t, "ix_t", text("b DESC")}; });
    create("ddl.index.ms_clustered", [](const Indexed& t) {
        return Index{t, "ix_a", t.a, dialect_option("mssql_clustered", true)};
    });
    create("ddl.index.ms_columnstore", [](const Indexed& t) {
        return Index{t, "ix_a", t.a, dialect_option("mssql_columnstore", true)};
    });
    create("ddl.index.ora_bitmap", [](const Indexed& t) {
        return Index{t, "ix_a", t.a, dialect_option("oracle_bitmap", true)};
    });
    create("ddl.index.my_length_two", [](const Indexed& t) {
        const schema::OptionPairs lengths{{"b", "5"}};
        return Index{t, "ix_ab", t.a, t.b, dialect_option("mysql_length", lengths),
            dialect_option("mariadb_length", lengths)};
    });
    create("ddl.index.pg_everything", [](const Indexed& t) {
        return Index{t, "ix_x", t.a, func::lower(t.b), unique, dialect_option("postgresql_using", "btree"),
            dialect_option("postgresql_include", std::vector<std::string>{"c"}),
            dialect_option("postgresql_with", schema::OptionPairs{{"fillfactor", "70"}}),
            dialect_option("postgresql_where", t.a.is_not(null))};
    });
    create("ddl.index.pg_using", [](const Indexed& t) {
        return Index{t, "ix_d", t.d, dialect_option("postgresql_using", "gin")};
    });
    create("ddl.index.pg_with", [](const Indexed& t) {
        return Index{t, "ix_a", t.a, dialect_option("postgresql_with", schema::OptionPairs{{"fillfactor", "50"}})};
    });
    create("ddl.index.pg_json_path", [](const Indexed& t) {
        return Index{t, "ix_k", t.Table::c("d").op("->>", "k")};
    });
    registry.add("ddl.index.if_not_exists", [] {
        const Indexed t;
        return CreateIndex{Index{t, "ix_a", t.a}}.if_not_exists();
    });
    registry.add("ddl.index.drop", [] {
        const Indexed t;
        return DropIndex{Index{t, "ix_a", t.a}};
    });
    registry.add("ddl.index.drop_if_exists", [] {
        const Indexed t;
        return DropIndex{Index{t, "ix_a", t.a}}.if_exists();
    });
    registry.add("ddl.index.drop_concurrently", [] {
        const Indexed t;
        return DropIndex{Index{t, "ix_a", t.a, dialect_option("postgresql_concurrently", true)}};
    });
}

void add_alterations(Registry& registry) {
    registry.add("ddl.alter.add_unique", [] {
        const Single t;
        return AddConstraint{UniqueConstraint{t, t.a, named("uq_a")}};
    });
    registry.add("ddl.alter.drop_check", [] {
        const Single t;
        return DropConstraint{CheckConstraint{t, t.a > 5, named("ck_a")}};
    });
    registry.add("ddl.alter.drop_if_exists", [] {
        const Single t;
        return DropConstraint{CheckConstraint{t, t.a > 5, named("ck_a")}}.if_exists();
    });
    registry.add("ddl.alter.drop_pk", [] {
        const Single t;
        return DropConstraint{PrimaryKeyConstraint{t, t.a, named("pk_t")}};
    });
    registry.add("ddl.alter.drop_unnamed_error", [] {
        const Single t;
        return DropConstraint{UniqueConstraint{t, t.a}};
    });
}

void add_sequences(Registry& registry) {
    const auto create = [&](std::string id, const Sequence& sequence) {
        registry.add("ddl.sequence." + id, [sequence] { return CreateSequence{sequence}; });
    };
    const Sequence s{"s"};
    create("all", s.start(1).increment(2).minvalue(0).maxvalue(99).cycle().cache(4));
    create("no_limits", s.nominvalue().nomaxvalue().cycle(false));
    create("plain", s);
    create("quoted", Sequence{"My Seq"});
    create("schema", Sequence{"s", "app"});
    create("start_increment", s.start(10).increment(5));
    create("typed", s.data_type(BigInteger{}));
    registry.add("ddl.sequence.if_not_exists", [] { return CreateSequence{Sequence{"s"}}.if_not_exists(); });
    registry.add("ddl.sequence.drop_if_exists", [] { return DropSequence{Sequence{"s"}}.if_exists(); });
}

void add_comments(Registry& registry) {
    const auto commented = [](std::string text, std::string schema = {}) {
        Table t{std::make_shared<schema::TableData>("t", std::move(schema))};
        t.comment(std::move(text)).add_column("a", Integer{}, comment("it's"));
        return t;
    };
    registry.add("ddl.comment.column", [=] { return SetColumnComment{commented(""), "a"}; });
    registry.add("ddl.comment.table", [=] { return SetTableComment{commented("it's a note")}; });
    registry.add("ddl.comment.table_drop", [=] { return DropTableComment{commented("n")}; });
    registry.add("ddl.comment.table_schema", [=] { return SetTableComment{commented("n", "app")}; });
}

void add_others(Registry& registry) {
    registry.add("ddl.table.drop_if_exists", [] { return DropTable{users}.if_exists(); });
    registry.add("ddl.table.schema_create", [] { return CreateSchema{"analytics"}; });
    registry.add("ddl.table.schema_create_if", [] { return CreateSchema{"analytics"}.if_not_exists(); });
    registry.add("ddl.table.schema_drop", [] { return DropSchema{"analytics"}; });
    registry.add("ddl.table.schema_drop_cascade", [] { return DropSchema{"analytics"}.cascade().if_exists(); });
    registry.add("ddl.text", [] { return DDL{"ALTER TABLE %(fullname)s SET LOGGED"}.against(events); });
    registry.add("ddl.view.drop_materialized", [] {
        return DropView{CreateView{select(users.id), "v"}.materialized().table()}.materialized().if_exists();
    });
    registry.add("ddl.view.if_not_exists", [] {
        return CreateView{select(users.id), "v"}.option(dialect_option("if_not_exists", true));
    });
    registry.add("ddl.view.temporary", [] { return CreateView{select(users.id), "v"}.temporary(); });
}

} // namespace

void add_ddl_statement_cases(Registry& registry) {
    add_indexes(registry);
    add_alterations(registry);
    add_sequences(registry);
    add_comments(registry);
    add_others(registry);
}

} // namespace golden
