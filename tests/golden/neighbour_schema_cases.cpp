// SPDX-License-Identifier: MIT
// Neighbours of the core corpus: expressions in DDL.
#include <azoth/sql/ddl.hpp>

#include "golden/core_tables.hpp"
#include "golden/neighbours.hpp"

namespace golden {

using namespace azoth;

void add_neighbouring_schemas(Registry& registry) {
    const auto add = [&](std::string id, NodeBuilder build) { registry.insert("near." + std::move(id), built(build)); };
    add("ddl.check.and_or", [] { MetaData md; Table t{"t", md}; const Column<std::optional<std::int32_t>> a{t, "a", Integer{}}; const Column<std::optional<std::int32_t>> b{t, "b", Integer{}}; CheckConstraint{t, and_(or_(a > 1, b < 2), a != b), named("ck")}; return CreateTable{t}.node(); });
    add("ddl.check.in_strings", [] { MetaData md; Table t{"t", md}; const Column<std::optional<std::string>> a{t, "a", String{5}}; CheckConstraint{t, a.in("x", "it's")}; return CreateTable{t}.node(); });
    add("ddl.check.between", [] { MetaData md; Table t{"t", md}; const Column<std::optional<std::int32_t>> a{t, "a", Integer{}}; CheckConstraint{t, a.between(1, 10)}; return CreateTable{t}.node(); });
    add("ddl.check.not_null_or", [] { MetaData md; Table t{"t", md}; const Column<std::optional<std::int32_t>> a{t, "a", Integer{}}; const Column<std::optional<std::string>> b{t, "b", String{5}}; CheckConstraint{t, or_(a.is_not(null), b.is(null))}; return CreateTable{t}.node(); });
    add("ddl.check.negative_decimal", [] { MetaData md; Table t{"t", md}; const Column<std::optional<Decimal>> a{t, "a", Numeric{10, 2}}; CheckConstraint{t, a > Decimal{"-1.50"}}; return CreateTable{t}.node(); });
    add("ddl.check.function_concat", [] { MetaData md; Table t{"t", md}; const Column<std::optional<std::string>> a{t, "a", String{5}}; const Column<std::optional<std::string>> b{t, "b", String{5}}; CheckConstraint{t, func::length(a + b) < 8}; return CreateTable{t}.node(); });
    add("ddl.check.boolean_column", [] { MetaData md; Table t{"t", md}; const Column<std::optional<bool>> a{t, "a", Boolean{}}; const Column<std::optional<std::int32_t>> b{t, "b", Integer{}}; CheckConstraint{t, or_(a, b > 3)}; return CreateTable{t}.node(); });
    add("ddl.check.not_boolean", [] { MetaData md; Table t{"t", md}; const Column<std::optional<bool>> a{t, "a", Boolean{}}; const Column<std::optional<std::int32_t>> b{t, "b", Integer{}}; CheckConstraint{t, or_(!a, b > 3)}; return CreateTable{t}.node(); });
    add("ddl.check.case", [] { MetaData md; Table t{"t", md}; const Column<std::optional<std::int32_t>> a{t, "a", Integer{}}; const Column<std::optional<std::int32_t>> b{t, "b", Integer{}}; CheckConstraint{t, case_(when(a > 1, b)).else_(0) > 0}; return CreateTable{t}.node(); });
    add("ddl.check.quoted_columns", [] { MetaData md; Table t{"My Table", md}; const Column<std::optional<std::int32_t>> a{t, "Select", Integer{}}; const Column<std::optional<std::int32_t>> b{t, "b c", Integer{}}; CheckConstraint{t, a < b, named("My Check")}; return CreateTable{t}.node(); });
    add("ddl.column.default.negative", [] { MetaData md; Table t{"t", md}; t.add_column("a", Integer{}, server_default(text("-1"))); return CreateTable{t}.node(); });
    add("ddl.column.default.quoted_text", [] { MetaData md; Table t{"t", md}; t.add_column("a", String{20}, server_default("it's 50% \\ done")); return CreateTable{t}.node(); });
    add("ddl.column.default.empty", [] { MetaData md; Table t{"t", md}; t.add_column("a", String{20}, server_default("")); return CreateTable{t}.node(); });
    add("ddl.column.default.arith", [] { MetaData md; Table t{"t", md}; t.add_column("a", Integer{}, server_default(literal_column<std::int32_t>("1") + literal_column<std::int32_t>("2"))); return CreateTable{t}.node(); });
    add("ddl.column.default.coalesce", [] { MetaData md; Table t{"t", md}; t.add_column("a", Integer{}, server_default(func::coalesce(literal(1), 2))); return CreateTable{t}.node(); });
    add("ddl.column.default.parenthesised", [] { MetaData md; Table t{"t", md}; t.add_column("a", Integer{}, server_default(text("(1 + 2)"))); return CreateTable{t}.node(); });
    add("ddl.column.default.call", [] { MetaData md; Table t{"t", md}; t.add_column("a", String{36}, server_default(text("uuid()")), not_null); return CreateTable{t}.node(); });
    add("ddl.column.default.current_date", [] { MetaData md; Table t{"t", md}; t.add_column("a", DateType{}, server_default(func::call("current_date"))); return CreateTable{t}.node(); });
    add("ddl.column.default.unique_comment", [] { MetaData md; Table t{"t", md}; t.add_column("a", String{20}, server_default("x"), unique, not_null, comment("it's")); return CreateTable{t}.node(); });
    add("ddl.column.computed.function", [] { MetaData md; Table t{"t", md}; t.add_column("a", String{9}); t.add_column("b", String{9}, Computed{func::lower(column<std::string>("a"))}.persisted()); return CreateTable{t}.node(); });
    add("ddl.column.computed.unique", [] { MetaData md; Table t{"t", md}; t.add_column("a", Integer{}); t.add_column("b", Integer{}, Computed{"a * 2"}.persisted(), unique, comment("c")); return CreateTable{t}.node(); });
    add("ddl.column.identity.cycle_key", [] { MetaData md; Table t{"t", md}; t.add_column("id", BigInteger{}, Identity{}.always().start(5).increment(-1).maxvalue(9).minvalue(-9).cycle(), primary_key); return CreateTable{t}.node(); });
    add("ddl.column.key.two_named", [] { MetaData md; Table t{"t", md}; t.add_column("a", String{5}, primary_key); t.add_column("b", DateType{}, primary_key); t.add_column("c", Integer{}, not_null); return CreateTable{t}.node(); });
    add("ddl.index.two_expressions", [] { MetaData md; Table t{"t", md}; const Column<std::optional<std::int32_t>> a{t, "a", Integer{}}; const Column<std::optional<std::string>> b{t, "b", String{5}}; return CreateIndex{Index{t, "ix", func::lower(b).desc(), a + 1}}.node(); });
    add("ddl.index.where_and", [] { MetaData md; Table t{"t", md}; const Column<std::optional<std::int32_t>> a{t, "a", Integer{}}; const Column<std::optional<std::string>> b{t, "b", String{5}}; return CreateIndex{Index{"ix", a, dialect_option("postgresql_where", and_(b == "x", a > 3)), dialect_option("sqlite_where", and_(b == "x", a > 3))}}.node(); });
    add("ddl.index.where_in_null", [] { MetaData md; Table t{"t", md}; const Column<std::optional<std::int32_t>> a{t, "a", Integer{}}; const Column<std::optional<std::string>> b{t, "b", String{5}}; return CreateIndex{Index{"ix", a, unique, dialect_option("postgresql_where", or_(b.in("x", "y"), a.is(null)))}}.node(); });
    add("ddl.view.where_literals", [] { return CreateView{select(users.id, users.name.label("n")).where(users.name.in({"a", "b'c"}), users.id > 5), "v"}.node(); });
    add("ddl.view.join_group", [] { return CreateView{select(users.name, func::count(orders.id).label("n")).join(orders).group_by(users.name), "v"}.node(); });
    add("ddl.view.union", [] { return CreateView{union_all(select(users.id), select(items.id)), "My View"}.node(); });
    add("ddl.table_as.where", [] { return CreateTableAs{select(users.id, users.name).where(users.id > 5), "n"}.node(); });
}

} // namespace golden
