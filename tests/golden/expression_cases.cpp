// SPDX-License-Identifier: MIT
// Constructs of the area expr: CASE, CAST, EXTRACT, literals, text().
#include "golden/core_corpus.hpp"
#include "golden/core_tables.hpp"

namespace golden {

using namespace azoth;

namespace {

void add_case(Registry& registry) {
    registry.add("expr.case.arith", [] { return select(case_(when(users.id > 1, 1)).else_(0) + 5); });
    registry.add("expr.case.no_else", [] { return select(case_(when(users.id < 5, "low"))); });
    registry.add("expr.case.searched", [] {
        return select(case_(when(users.id < 5, "low"), when(users.id < 10, "mid")).else_("high"));
    });
    registry.add("expr.case.simple", [] {
        return select(case_(users.name, when("ed", 1), when("wendy", 2)).else_(0));
    });
}

void add_cast(Registry& registry) {
    registry.add("expr.cast.boolean", [] { return select(cast(users.id, Boolean{})); });
    registry.add("expr.cast.date", [] { return select(cast(orders.placed_at, DateType{})); });
    registry.add("expr.cast.datetime", [] { return select(cast(users.name, DateTime{})); });
    registry.add("expr.cast.expression", [] { return select(cast(users.id + 1, Integer{}) * 2); });
    registry.add("expr.cast.float", [] { return select(cast(users.id, Float{})); });
    registry.add("expr.cast.integer", [] { return select(cast(users.name, Integer{})); });
    registry.add("expr.cast.interval", [] { return select(cast(users.name, IntervalType{})); });
    registry.add("expr.cast.json", [] { return select(cast(users.name, JsonType{})); });
    registry.add("expr.cast.method", [] { return select(users.id.cast(String{5})); });
    registry.add("expr.cast.null", [] { return select(cast(null, Integer{})); });
    registry.add("expr.cast.string_no_length", [] { return select(cast(users.id, String{})); });
    registry.add("expr.cast.unicode", [] { return select(cast(users.name, Unicode{10})); });
    registry.add("expr.cast.uuid", [] { return select(cast(users.name, UuidType{})); });
}

void add_extract(Registry& registry) {
    registry.add("expr.extract.day", [] { return select(extract("day", orders.placed_at)); });
    registry.add("expr.extract.dow", [] { return select(extract("dow", orders.placed_at)); });
    registry.add("expr.extract.doy", [] { return select(extract("doy", orders.placed_at)); });
    registry.add("expr.extract.hour", [] { return select(extract("hour", orders.placed_at)); });
    registry.add("expr.extract.in_expression", [] { return select(extract("year", orders.placed_at) * 12); });
    registry.add("expr.extract.second", [] { return select(extract("second", orders.placed_at)); });
}

} // namespace

void add_expression_cases(Registry& registry) {
    add_case(registry);
    add_cast(registry);
    add_extract(registry);
    registry.add("expr.cast.enum", [] { return select(cast(users.name, Enum{{"a", "b"}, "ab"})); });
    registry.add("expr.bind.conflict_error", [] {
        return select(users.id).where(
            or_(users.name == bindparam("n", "a", ParameterName::unique_name), users.name == bindparam("n_1", "b"))
        );
    });
    registry.add("expr.bind.late_value", [] {
        return select(users.id).where(users.name == bindparam<std::string>("n")).params("n", "ed");
    });
    registry.add("expr.bind.required", [] {
        return select(users.id).where(users.name == bindparam<std::string>("n"));
    });
    registry.add("expr.bind.typed", [] { return select(bindparam("n", 5, String{})); });
    registry.add("expr.literal.typed", [] { return select(literal(5, String{})); });
    registry.add("expr.text.columns_subquery", [] {
        const auto s = text("SELECT id, name FROM user_account WHERE id > :lo")
                           .bind("lo", 3)
                           .columns(users.id, users.name)
                           .subquery("s");
        return select(s.c("name")).where(s.c("id") < 9);
    });
    registry.add("expr.text.expanding", [] {
        return text("SELECT * FROM t WHERE id IN :ids").bind("ids", std::vector<int>{1, 2, 3});
    });
    registry.add("expr.text.in_where", [] {
        return select(users.id).where(users.name == "ed").where(text("id > :lo").bind("lo", 4));
    });
    registry.add("expr.try_cast", [] { return select(try_cast(users.name, Integer{})); });
    registry.add("expr.bind.unique", [] {
        return select(users.id).where(or_(users.name == literal("a"), users.name == literal("b")));
    });
    registry.add("expr.bind.used_twice", [] {
        const auto name = literal("ed");
        return select(users.id).where(or_(users.name == name, users.fullname == name));
    });
    registry.add("expr.literal.bytes", [] { return select(literal(Bytes{std::byte{'a'}, std::byte{'b'}})); });
    registry.add("expr.literal.datetime", [] {
        return select(literal(*parse_timestamp("2024-05-06 07:08:09")));
    });
    registry.add("expr.literal.decimal", [] { return select(literal(Decimal{"1.50"})); });
    registry.add("expr.literal_column.labelled", [] { return select(literal_column("1 + 1").label("two")); });
    registry.add("expr.literal_column.typed_concat", [] {
        return select(literal_column<std::string>("a") + "x");
    });
    registry.add("expr.null", [] { return select(null_()); });
    registry.add("expr.null.labelled", [] { return select(null_().label("nothing")); });
    registry.add("expr.text.double_colon", [] {
        return text("SELECT a::int FROM t WHERE b = :b").bind("b", 1);
    });
    registry.add("expr.text.in_and", [] {
        return select(users.id).where(and_(literal_column("a = 1 OR b = 2"), users.id == 3));
    });
    registry.add("expr.text.param_twice", [] {
        return text("SELECT * FROM t WHERE a = :v OR b = :v").bind("v", 3);
    });
    registry.add("expr.text.plain", [] { return text("SELECT 1"); });
    registry.add("expr.type_coerce_value", [] { return select(literal(Json{{"a", 1}})); });
}

} // namespace golden
