// SPDX-License-Identifier: MIT
// Neighbours of the core corpus, group ddl.
#include "golden/core_tables.hpp"
#include "golden/neighbours.hpp"

#include <azoth/schema/constraint.hpp>
#include <azoth/sql/ddl.hpp>
#include <azoth/sql/sequence.hpp>
#include <azoth/types/standard.hpp>

namespace golden {

using namespace azoth;

namespace {

Table t_of() { return Table{std::make_shared<schema::TableData>("t")}; }

/// `t (a INTEGER, <more>)`.
template <class F>
CreateTable with_a(F more) {
    Table t = t_of();
    t.add_column("a", Integer{});
    more(t);
    return CreateTable{t};
}
/// `t (a <type and options>)`.
template <class... O>
CreateTable only(const std::string& name, const Type& type, const O&... options) {
    Table t = t_of();
    t.add_column(name, type, options...);
    return CreateTable{t};
}
/// `t (a INTEGER, b VARCHAR(20), c INTEGER)`, indexed.
struct Indexed : Table {
    Column<std::optional<std::int32_t>> a{*this, "a"};
    Column<std::optional<std::string>> b{*this, "b", String{20}};
    Column<std::optional<std::int32_t>> c{*this, "c"};
    Indexed() : Table{std::make_shared<schema::TableData>("t")} {}
};

} // namespace

void add_neighbouring_ddl_cases(Registry& registry) {
    const auto add = [&](std::string id, NodeBuilder build) { registry.insert("near." + std::move(id), built(build)); };
    add("ddl.column.not_null", [] { return only("a", Integer{}, not_null).node(); });
    add("ddl.column.default.text", [] { return only("a", String{5}, server_default("x'y")).node(); });
    add("ddl.column.default.expression", [] { return only("a", Integer{}, server_default(text("1 + 2"))).node(); });
    add("ddl.column.default.literal", [] { return only("a", Integer{}, server_default(literal(5))).node(); });
    add("ddl.column.default.false", [] { return only("a", Boolean{}, server_default(false_())).node(); });
    add("ddl.column.default.current", [] { return only("a", DateTime{}, server_default(func::current_timestamp())).node(); });
    add("ddl.column.default.function", [] { return only("a", String{9}, server_default(func::lower(literal("X")))).node(); });
    add("ddl.column.default.null", [] { return only("a", Integer{}, server_default(text("NULL"))).node(); });
    add("ddl.column.computed.stored", [] { return with_a([](Table& t) { t.add_column("b", Integer{}, Computed{"a * 2"}.persisted()); }).node(); });
    add("ddl.column.computed.expression", [] { return with_a([](Table& t) { t.add_column("b", Integer{}, Computed{column<std::int32_t>("a") + 5}); }).node(); });
    add("ddl.column.identity.plain", [] { return only("id", Integer{}, Identity{}, primary_key).node(); });
    add("ddl.column.identity.start_increment", [] { return only("id", Integer{}, Identity{}.start(10).increment(5), primary_key).node(); });
    add("ddl.column.identity.bigint", [] { return only("id", BigInteger{}, Identity{}.always(), primary_key).node(); });
    add("ddl.column.identity.no_limits", [] { return only("id", Integer{}, Identity{}.nominvalue().nomaxvalue().cycle(false), primary_key).node(); });
    add("ddl.column.identity.on_null", [] { return only("id", Integer{}, Identity{}.on_null(), primary_key).node(); });
    add("ddl.column.identity.nullable", [] { return only("id", Integer{}, Identity{}, nullable).node(); });
    add("ddl.column.key.biginteger", [] { return only("id", BigInteger{}, primary_key).node(); });
    add("ddl.column.key.composite", [] { Table t = t_of(); t.add_column("a", Integer{}, primary_key); t.add_column("b", Integer{}, primary_key); return CreateTable{t}.node(); });
    add("ddl.column.key.composite_autoincrement", [] { Table t = t_of(); t.add_column("a", Integer{}, primary_key, autoincrement(true)); t.add_column("b", Integer{}, primary_key); return CreateTable{t}.node(); });
    add("ddl.column.key.named", [] { Table t = t_of(); t.add_column("id", Integer{}); PrimaryKeyConstraint{t, "id", named("pk_t")}; return CreateTable{t}.node(); });
    add("ddl.column.key.foreign", [] { return only("id", Type{}, foreign_key(users.id), primary_key).node(); });
    add("ddl.column.key.numeric", [] { return only("id", Numeric{10, 0}, primary_key).node(); });
    add("ddl.column.key.default", [] { return only("id", Integer{}, primary_key, server_default("5")).node(); });
    add("ddl.column.quoted", [] { Table t = t_of(); t.add_column("My Col", Integer{}); t.add_column("order", Integer{}); return CreateTable{t}.node(); });
    add("ddl.column.collate_text", [] { return only("a", Text{Type::unset, "de_DE"}).node(); });
    add("ddl.column.check", [] { return only("a", Integer{}, check("a > 0")).node(); });
    add("ddl.column.check_named", [] { return only("a", Integer{}, check("a > 0", named("ck_a")), not_null).node(); });
    add("ddl.column.unique_not_null", [] { return only("a", Integer{}, unique, not_null).node(); });
    add("ddl.column.comment_default", [] { return only("a", Integer{}, server_default("5"), comment("x"), not_null).node(); });
    add("ddl.check.two", [] { return with_a([](Table& t) { CheckConstraint{t, "a > 0"}; CheckConstraint{t, "a < 9", named("ck2")}; }).node(); });
    add("ddl.check.percent", [] { return with_a([](Table& t) { CheckConstraint{t, "a % 2 = 0", named("ck")}; }).node(); });
    add("ddl.check.deferrable", [] { return with_a([](Table& t) { CheckConstraint{t, "a > 0", named("ck"), deferrable(), initially("DEFERRED")}; }).node(); });
    add("ddl.check.expression_like", [] { Table t = t_of(); const Column<std::optional<std::string>> b{t, "b", String{5}}; CheckConstraint{t, b.like("a%"), named("ck")}; return CreateTable{t}.node(); });
    add("ddl.check.expression_function", [] { Table t = t_of(); const Column<std::optional<std::string>> b{t, "b", String{5}}; CheckConstraint{t, func::length(b) > 3}; return CreateTable{t}.node(); });
    add("ddl.fk.on_delete", [] { return only("a", Type{}, foreign_key(users.id, ondelete("CASCADE"))).node(); });
    add("ddl.fk.on_update", [] { return only("a", Type{}, foreign_key(users.id, onupdate("CASCADE"))).node(); });
    add("ddl.fk.initially", [] { return only("a", Type{}, foreign_key(users.id, initially("IMMEDIATE"))).node(); });
    add("ddl.fk.match", [] { return only("a", Type{}, foreign_key(users.id, match("FULL"))).node(); });
    add("ddl.fk.schema", [] { return only("a", Type{}, foreign_key(events.id)).node(); });
    add("ddl.fk.use_alter", [] { return only("a", Type{}, foreign_key(users.id, use_alter(), named("fk_x"))).node(); });
    add("ddl.fk.two_columns", [] { Table t = t_of(); t.add_column("a", Type{}, foreign_key(users.id)); t.add_column("b", Type{}, foreign_key(orders.id, ondelete("SET NULL"))); return CreateTable{t}.node(); });
    add("ddl.fk.set_null_columns", [] { return only("a", Type{}, foreign_key(users.id, ondelete("SET NULL (a)"))).node(); });
    add("ddl.unique.named", [] { return with_a([](Table& t) { UniqueConstraint{t, "a", named("uq_a")}; }).node(); });
    add("ddl.unique.two", [] { return with_a([](Table& t) { t.add_column("b", Integer{}); UniqueConstraint{t, "a", "b"}; }).node(); });
    add("ddl.unique.nulls_not_distinct", [] { return with_a([](Table& t) { UniqueConstraint{t, "a", named("uq_a"), dialect_option("postgresql_nulls_not_distinct", true)}; }).node(); });
    add("ddl.unique.sqlite_conflict", [] { return with_a([](Table& t) { UniqueConstraint{t, "a", dialect_option("sqlite_on_conflict", "IGNORE")}; }).node(); });
    add("ddl.exclude.plain", [] { return with_a([](Table& t) { ExcludeConstraint{t, exclude(column("a"), "="), named("ex"), exclude_using("gist")}; }).node(); });
    add("ddl.exclude.where", [] { return with_a([](Table& t) { ExcludeConstraint{t, exclude(column("a"), "="), named("ex"), exclude_where(text("a > 0"))}; }).node(); });
    add("ddl.alter.add_check", [] { const Indexed t; return AddConstraint{CheckConstraint{t, t.a > 5, named("ck_a")}}.node(); });
    add("ddl.alter.add_fk", [] { const Indexed t; return AddConstraint{ForeignKeyConstraint{t, columns(t.a), references(users.id), named("fk_a"), ondelete("CASCADE")}}.node(); });
    add("ddl.alter.add_pk", [] { const Indexed t; return AddConstraint{PrimaryKeyConstraint{t, t.a, named("pk_t")}}.node(); });
    add("ddl.alter.add_unique_unnamed", [] { const Indexed t; return AddConstraint{UniqueConstraint{t, t.a}}.node(); });
    add("ddl.alter.drop_unique", [] { const Indexed t; return DropConstraint{UniqueConstraint{t, t.a, named("uq_a")}}.node(); });
    add("ddl.alter.drop_fk", [] { const Indexed t; return DropConstraint{ForeignKeyConstraint{t, columns(t.a), references(users.id), named("fk_a")}}.node(); });
    add("ddl.alter.drop_cascade", [] { const Indexed t; return DropConstraint{UniqueConstraint{t, t.a, named("uq_a")}}.cascade().node(); });
    add("ddl.alter.add_exclude", [] { const Indexed t; return AddConstraint{ExcludeConstraint{t, exclude(t.a, "="), named("ex")}}.node(); });
    add("ddl.index.two", [] { const Indexed t; return CreateIndex{Index{t, "ix_ab", t.a, t.b}}.node(); });
    add("ddl.index.desc_nulls", [] { const Indexed t; return CreateIndex{Index{t, "ix_a", t.a.desc().nulls_last()}}.node(); });
    add("ddl.index.mixed", [] { const Indexed t; return CreateIndex{Index{t, "ix_m", t.a, func::lower(t.b).desc()}}.node(); });
    add("ddl.index.cast", [] { const Indexed t; return CreateIndex{Index{t, "ix_c", cast(t.a, String{5})}}.node(); });
    add("ddl.index.coalesce_literal", [] { const Indexed t; return CreateIndex{Index{t, "ix_c", func::coalesce(t.b, "it's")}}.node(); });
    add("ddl.index.schema", [] { Table t{std::make_shared<schema::TableData>("t", "app")}; t.add_column("a", Integer{}); return CreateIndex{Index{t, "ix_a", "a"}}.node(); });
    add("ddl.index.drop_schema", [] { Table t{std::make_shared<schema::TableData>("t", "app")}; t.add_column("a", Integer{}); return DropIndex{Index{t, "ix_a", "a"}}.node(); });
    add("ddl.index.pg_concurrently", [] { const Indexed t; return CreateIndex{Index{t, "ix_a", t.a, dialect_option("postgresql_concurrently", true)}}.node(); });
    add("ddl.index.pg_where", [] { const Indexed t; return CreateIndex{Index{t, "ix_a", t.a, dialect_option("postgresql_where", t.a > 5)}}.node(); });
    add("ddl.index.pg_include", [] { const Indexed t; return CreateIndex{Index{t, "ix_a", t.a, dialect_option("postgresql_include", std::vector<std::string>{"b", "c"})}}.node(); });
    add("ddl.index.pg_ops", [] { const Indexed t; return CreateIndex{Index{t, "ix_b", t.b, dialect_option("postgresql_ops", schema::OptionPairs{{"b", "text_pattern_ops"}})}}.node(); });
    add("ddl.index.pg_tablespace", [] { const Indexed t; return CreateIndex{Index{t, "ix_a", t.a, dialect_option("postgresql_tablespace", "fast")}}.node(); });
    add("ddl.index.pg_nulls_not_distinct", [] { const Indexed t; return CreateIndex{Index{t, "ix_a", t.a, unique, dialect_option("postgresql_nulls_not_distinct", true)}}.node(); });
    add("ddl.index.lite_where", [] { const Indexed t; return CreateIndex{Index{t, "ix_a", t.a, dialect_option("sqlite_where", t.a > 5)}}.node(); });
    add("ddl.index.my_length", [] { const Indexed t; return CreateIndex{Index{t, "ix_b", t.b, dialect_option("mysql_length", 10), dialect_option("mariadb_length", 10)}}.node(); });
    add("ddl.index.my_prefix", [] { const Indexed t; return CreateIndex{Index{t, "ix_b", t.b, dialect_option("mysql_prefix", "FULLTEXT"), dialect_option("mariadb_prefix", "FULLTEXT")}}.node(); });
    add("ddl.index.my_using", [] { const Indexed t; return CreateIndex{Index{t, "ix_b", t.b, dialect_option("mysql_using", "hash"), dialect_option("mariadb_using", "hash")}}.node(); });
    add("ddl.index.my_parser", [] { const Indexed t; return CreateIndex{Index{t, "ix_b", t.b, dialect_option("mysql_prefix", "FULLTEXT"), dialect_option("mysql_with_parser", "ngram"), dialect_option("mariadb_prefix", "FULLTEXT"), dialect_option("mariadb_with_parser", "ngram")}}.node(); });
    add("ddl.index.ms_include", [] { const Indexed t; return CreateIndex{Index{t, "ix_a", t.a, dialect_option("mssql_include", std::vector<std::string>{"b"})}}.node(); });
    add("ddl.index.ms_where", [] { const Indexed t; return CreateIndex{Index{t, "ix_a", t.a, dialect_option("mssql_where", t.a > 5)}}.node(); });
    add("ddl.index.ms_nonclustered", [] { const Indexed t; return CreateIndex{Index{t, "ix_a", t.a, dialect_option("mssql_clustered", false)}}.node(); });
    add("ddl.index.ora_compress", [] { const Indexed t; return CreateIndex{Index{t, "ix_a", t.a, dialect_option("oracle_compress", 2)}}.node(); });
    add("ddl.index.ora_compress_plain", [] { const Indexed t; return CreateIndex{Index{t, "ix_a", t.a, dialect_option("oracle_compress", true), unique}}.node(); });
    add("ddl.sequence.drop", [] { return DropSequence{Sequence{"s"}}.node(); });
    add("ddl.sequence.order", [] { return CreateSequence{Sequence{"s"}.start(1).order()}.node(); });
    add("ddl.sequence.min_max", [] { return CreateSequence{Sequence{"s"}.minvalue(1).maxvalue(9)}.node(); });
    add("ddl.sequence.cache", [] { return CreateSequence{Sequence{"s"}.cache(10).increment(-1)}.node(); });
    add("ddl.table.drop_schema", [] { return DropTable{events}.node(); });
    add("ddl.table.drop_odd", [] { return DropTable{odd}.node(); });
    add("ddl.table.if_not_exists", [] { Table t = t_of(); t.add_column("a", Integer{}); return CreateTable{t}.if_not_exists().node(); });
    add("ddl.table.comment", [] { return with_a([](Table& t) { t.comment("it's a table"); }).node(); });
    add("ddl.table.temporary", [] { return with_a([](Table& t) { t.prefix("TEMPORARY"); }).node(); });
    add("ddl.table.create_items", [] { return CreateTable{items}.node(); });
    add("ddl.table.create_orders", [] { return CreateTable{orders}.node(); });
    add("ddl.table.create_sample", [] { return CreateTable{sample}.node(); });
    add("ddl.table.mysql_options", [] { return with_a([](Table& t) { t.option(dialect_option("mysql_engine", "InnoDB")); t.option(dialect_option("mysql_charset", "utf8mb4")); t.option(dialect_option("mysql_collate", "utf8mb4_bin")); }).node(); });
    add("ddl.table.mariadb_options", [] { return with_a([](Table& t) { t.option(dialect_option("mariadb_engine", "Aria")); t.option(dialect_option("mariadb_comment", "x")); }).node(); });
    add("ddl.table.mysql_auto_increment", [] { Table t = t_of(); t.add_column("id", Integer{}, primary_key); t.option(dialect_option("mysql_auto_increment", "100")); t.option(dialect_option("mysql_row_format", "COMPRESSED")); return CreateTable{t}.node(); });
    add("ddl.table.pg_partition", [] { return with_a([](Table& t) { t.option(dialect_option("postgresql_partition_by", "RANGE (a)")); }).node(); });
    add("ddl.table.pg_on_commit", [] { return with_a([](Table& t) { t.prefix("TEMPORARY").option(dialect_option("postgresql_on_commit", "PRESERVE ROWS")); }).node(); });
    add("ddl.table.pg_inherits_one", [] { return with_a([](Table& t) { t.option(dialect_option("postgresql_inherits", "base")); }).node(); });
    add("ddl.table.sqlite_without_rowid", [] { Table t = t_of(); t.add_column("a", Integer{}, primary_key); t.option(dialect_option("sqlite_with_rowid", false)); return CreateTable{t}.node(); });
    add("ddl.table.sqlite_strict", [] { return with_a([](Table& t) { t.option(dialect_option("sqlite_strict", true)); }).node(); });
    add("ddl.table.oracle_compress_for", [] { return with_a([](Table& t) { t.option(dialect_option("oracle_compress", "OLTP")); }).node(); });
    add("ddl.comment.column_drop", [] { Table t = t_of(); t.add_column("a", Integer{}, comment("x")); return DropColumnComment{t, "a"}.node(); });
    add("ddl.comment.constraint", [] { const Indexed t; return SetConstraintComment{UniqueConstraint{t, t.a, named("u"), comment("it's")}}.node(); });
    add("ddl.view.plain", [] { return CreateView{select(users.id, users.name).where(users.id > 5), "v"}.node(); });
    add("ddl.view.schema_replace", [] { return CreateView{select(users.id), "v", "app"}.or_replace().node(); });
    add("ddl.view.materialized", [] { return CreateView{select(users.id), "v"}.materialized().node(); });
    add("ddl.view.literal", [] { return CreateView{select(users.id).where(users.name == "it's"), "v"}.node(); });
    add("ddl.view.drop", [] { return DropView{CreateView{select(users.id), "v"}.table()}.node(); });
    add("ddl.table_as.plain", [] { return CreateTableAs{select(users.id).where(users.id > 5), "n"}.node(); });
    add("ddl.table_as.temporary", [] { return CreateTableAs{select(users.id), "n"}.temporary().if_not_exists().node(); });
    add("ddl.text_percent", [] { return DDL{"select '%%' from %(table)s in %(schema)s"}.against(events).node(); });
    add("ddl.text_plain", [] { return DDL{"VACUUM"}.node(); });
}

} // namespace golden
