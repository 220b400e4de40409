// SPDX-License-Identifier: MIT
// Constructs of the areas func and window.
#include "golden/core_corpus.hpp"
#include "golden/core_tables.hpp"

#include <azoth/sql/sequence.hpp>

namespace golden {

using namespace azoth;

namespace {

void add_windows(Registry& registry) {
    const auto sum = [] { return func::sum(orders.total); };
    registry.add("window.empty", [] { return select(func::row_number().over()); });
    registry.add("window.expression_partition", [] {
        return select(func::count().over(partition_by(func::lower(users.name))));
    });
    registry.add("window.first_value", [] {
        return select(func::call<Decimal>("first_value", orders.total)
                          .over(partition_by(orders.user_id), order_by(orders.placed_at)));
    });
    registry.add("window.lag", [] {
        return select(func::call<Decimal>("lag", orders.total, 1, 0).over(order_by(orders.id)));
    });
    registry.add("window.order_by_window", [] {
        return select(orders.id).order_by(func::row_number().over(order_by(orders.total)));
    });
    registry.add("window.order_nulls_last", [] {
        return select(func::row_number().over(order_by(orders.total.desc().nulls_last())));
    });
    registry.add("window.partition", [sum] { return select(sum().over(partition_by(orders.user_id))); });
    registry.add("window.partition_order", [] {
        return select(func::rank().over(partition_by(orders.user_id), order_by(orders.total.desc())));
    });
    registry.add("window.range_preceding", [sum] {
        return select(sum().over(order_by(orders.id), range(unbounded, 0)));
    });
    registry.add("window.range_values", [sum] {
        return select(sum().over(order_by(orders.id), range(-5, 5)));
    });
    registry.add("window.rows_between", [] {
        return select(func::avg(orders.total).over(order_by(orders.id), rows(-2, 3)));
    });
    registry.add("window.rows_both_following", [sum] {
        return select(sum().over(order_by(orders.id), rows(1, 4)));
    });
    registry.add("window.rows_both_preceding", [sum] {
        return select(sum().over(order_by(orders.id), rows(-4, -1)));
    });
}

void add_table_functions(Registry& registry) {
    registry.add("func.table.alias_column", [] {
        return select(function_alias(func::call("generate_series", 1, 5), "n").column());
    });
    registry.add("func.table.column_valued", [] {
        return select(column_valued(func::call("json_array_elements", "[1, 2]"), "x"));
    });
    registry.add("func.table.derived", [] {
        const auto f = table_valued(func::call("unnest", "x"), "a", "b").render_derived();
        return select(f.c("a"), f.c("b"));
    });
    registry.add("func.table.derived_types", [] {
        const auto f = table_valued(
                           func::call("json_to_recordset", "[]"),
                           named_column("a", Integer{}),
                           named_column("b", String{})
        )
                           .render_derived({}, true);
        return select(f.c("a"), f.c("b"));
    });
    registry.add("func.table.join", [] {
        const auto f = table_valued(func::call("my_rows", 3), "uid").alias("f");
        return select(users.name).join(f, users.id == f.c("uid")); // Python turns it round
    });
    registry.add("func.table.lateral", [] {
        const auto f = table_valued(func::call("json_each", items.attrs), "key", "value").lateral("f");
        return select(items.id, f.c("key"));
    });
    registry.add("func.table.ordinality", [] {
        return select(table_valued(func::call("generate_series", 4, 1, -1), "value")
                          .with_ordinality("ordinality")
                          .render_derived());
    });
    registry.add("func.table.scalar_alias", [] {
        return select(function_alias(func::call("json_array_elements", "[1]"), "x").column());
    });
    registry.add("func.table.valued_named", [] {
        const auto p = table_valued(func::call("split_it", "a,b", ","), named_column("part", String{})).alias("p");
        return select(p.c("part")).where(p.c("part") != "a");
    });
}

void add_keywords(Registry& registry) {
    registry.add("func.sequence_next", [] { return select(Sequence{"user_seq"}.next_value()); });
    registry.add("func.aggregate_strings", [] {
        return select(func::aggregate_strings(users.name, ", "));
    });
    registry.add("func.aggregate_strings_ordered", [] {
        return select(func::aggregate_strings(users.name, ", ").aggregate_order_by(users.id));
    });
    registry.add("func.current_date", [] { return select(func::current_date()); });
    registry.add("func.current_user", [] { return select(func::call("current_user")); });
    registry.add("func.session_user", [] { return select(func::call("session_user")); });
    registry.add("func.sysdate", [] { return select(func::call("sysdate")); });
    registry.add("func.user", [] { return select(func::call("user")); });
    registry.add("func.now", [] { return select(func::now()); });
    registry.add("func.random", [] { return select(func::random()); });
}

} // namespace

void add_function_cases(Registry& registry) {
    add_windows(registry);
    add_keywords(registry);
    add_table_functions(registry);
    registry.add("func.avg", [] { return select(func::avg(orders.total)); });
    registry.add("func.char_length", [] { return select(func::char_length(users.name)); });
    registry.add("func.coalesce_three", [] {
        return select(func::coalesce(users.fullname, users.name, "none"));
    });
    registry.add("func.compare_result", [] { return select(func::length(users.name) > 3); });
    registry.add("func.concat", [] { return select(func::concat(users.name, "-", users.fullname)); });
    registry.add("func.count_star", [] { return select(func::count()); });
    registry.add("func.distinct_arg", [] { return select(func::sum(orders.total.distinct())); });
    registry.add("func.dotted", [] { return select(func::call("pkg.my_func", 1)); });
    registry.add("func.filter_over", [] {
        return select(
            func::sum(orders.total).filter(orders.status == "paid").over(partition_by(orders.user_id))
        );
    });
    registry.add("func.filter_two", [] {
        return select(func::sum(orders.total).filter(orders.status == "paid", orders.total > 5));
    });
    registry.add("func.lower", [] { return select(func::lower(users.name)); });
    registry.add("func.nested", [] {
        return select(func::upper(func::call<std::string>("trim", users.name)));
    });
    registry.add("func.no_args", [] { return select(func::call("my_func")); });
    registry.add("func.plain", [] { return select(func::call("my_func", users.id, "x")); });
    registry.add("func.reserved_name", [] { return select(func::call("select", 1)); });
    registry.add("func.sum", [] { return select(func::sum(orders.total)); });
    registry.add("func.sum_arith", [] { return select(func::sum(orders.total) / func::count(orders.id)); });
    registry.add("func.typed", [] { return select(func::call<std::string>("my_text", users.id) + "x"); });
    registry.add("func.untyped_plus", [] { return select(func::call("my_func", users.id) + 1); });
    registry.add("func.upper", [] { return select(func::upper(users.name)); });
    registry.add("func.where_boolean", [] {
        return select(users.id).where(func::call<bool>("is_ok", users.id));
    });
    registry.add("func.within_group_filter", [] {
        return select(
            func::call<double>("percentile_cont", 0.5).within_group(orders.total).filter(orders.id > 3)
        );
    });
}

} // namespace golden
