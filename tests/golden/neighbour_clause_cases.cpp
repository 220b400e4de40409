// SPDX-License-Identifier: MIT
// Neighbours of the core corpus: what names and brackets clauses give to what stands in them.
#include <azoth/sql/json.hpp>

#include "golden/core_tables.hpp"
#include "golden/neighbours.hpp"

namespace golden {

using namespace azoth;

void add_neighbouring_clauses(Registry& registry) {
    const auto add = [&](std::string id, NodeBuilder build) { registry.insert("near." + std::move(id), built(build)); };
    const auto add_literal = [&](std::string id, NodeBuilder build) { registry.insert("near." + std::move(id), written(build)); };
    add("select.columns.sub_function_named", [] { const auto s = select(func::max(users.id), func::max(users.name)).subquery(); return select(s).node(); });
    add("select.columns.sub_cast_named", [] { const auto s = select(cast(users.id, String{5}), cast(users.id + 1, String{5})).subquery("s"); return select(s).node(); });
    add("select.columns.sub_neg_named", [] { const auto s = select(-users.id, not_(users.id > 1)).subquery("s"); return select(s).node(); });
    add("select.columns.sub_exists_named", [] { const auto s = select(exists(select(literal_column("*")).where(users.id == 1))).subquery("s"); return select(s).node(); });
    add("select.columns.sub_scalar_named", [] { const auto s = select(select(func::max(orders.id)).scalar_subquery(), users.id).subquery("s"); return select(s).node(); });
    add("select.columns.sub_over_named", [] { const auto s = select(func::row_number().over(order_by(users.id)), users.id).subquery("s"); return select(s).node(); });
    add("select.columns.sub_literal_named", [] { const auto s = select(literal(1), literal("x").label("l"), users.id).subquery("s"); return select(s).node(); });
    add("select.columns.sub_null_true", [] { const auto s = select(null_().label("n"), true_().label("t"), users.id).subquery("s"); return select(s).node(); });
    add("select.columns.sub_same_name", [] { const auto s = select(users.id, orders.id, items.id).subquery("s"); return select(s).node(); });
    add("select.columns.sub_extract_named", [] { const auto s = select(extract("year", orders.placed_at), func::count()).subquery("s"); return select(s).node(); });
    add("select.columns.sub_case_named", [] { const auto s = select(case_(when(users.id > 1, "a")).else_("b"), users.name + "x").subquery("s"); return select(s).node(); });
    add("select.columns.cte_same_name", [] { const auto c = select(users.id, orders.id).cte("c"); return select(c).node(); });
    add("select.columns.cast_of_cast", [] { return select(cast(cast(users.id, String{5}), Integer{}), cast(func::lower(users.name), String{5})).node(); });
    add("select.columns.type_coerce_func", [] { return select(type_coerce(func::lower(users.name), Integer{}), type_coerce(users.id + 1, String{})).node(); });
    add("select.columns.distinct_count_label", [] { return select(func::count(users.name.distinct()).label("n"), func::count(users.id.distinct())).node(); });
    add("select.columns.filter_within", [] { return select(func::call<double>("percentile_cont", 0.5).within_group(orders.total).filter(orders.id > 3)).node(); });
    add("select.distinct.join_order", [] { return select(users.name, orders.id).join(orders).distinct().order_by(orders.id.desc()).node(); });
    add("select.distinct.expression_limit", [] { return select((users.id % 3).label("m")).distinct().order_by("m").limit(2).node(); });
    add("select.where.false_and", [] { return select(users.id).where(false_(), users.id == 1).node(); });
    add("select.where.true_and", [] { return select(users.id).where(true_(), users.id == 1).node(); });
    add("select.where.or_chain", [] { return select(users.id).where(or_(users.id == 1, users.id == 2)).where(users.name == "x").where(or_(users.fullname.is(null), users.fullname == "")).node(); });
    add("select.where.nested_not", [] { return select(users.id).where(not_(or_(and_(users.id == 1, users.name == "a"), users.id == 2))).node(); });
    add("select.where.cast_flag", [] { return select(sample.id).where(cast(sample.bits, Boolean{})).node(); });
    add("select.where.scalar_flag", [] { return select(sample.id).where(select(func::call<bool>("max", sample.flag)).scalar_subquery()).node(); });
    add("select.where.function_typed_bool", [] { return select(sample.id).where(func::call<bool>("is_ok", sample.id)).node(); });
    add("select.where.not_function_typed_bool", [] { return select(sample.id).where(!func::call<bool>("is_ok", sample.id)).node(); });
    add("select.where.literal_column_bool", [] { return select(sample.id).where(and_(literal_column<bool>("x"), sample.flag)).node(); });
    add("group.by.two_functions", [] { return select(func::lower(users.name), func::call<std::string>("upper", users.fullname), func::count()).group_by(func::lower(users.name), func::call<std::string>("upper", users.fullname)).node(); });
    add("group.by.string_two", [] { return select(users.name.label("n"), func::length(users.name).label("l"), func::count()).group_by("n", "l").node(); });
    add("group.having.between_in", [] { return select(orders.user_id).group_by(orders.user_id).having(func::count().between(2, 5), func::max(orders.id).in({1, 2})).node(); });
    add("group.having.not_", [] { return select(orders.user_id).group_by(orders.user_id).having(not_(func::count() > 2)).node(); });
    add("group.rollup_order", [] { return select(orders.user_id, func::sum(orders.total).label("s")).group_by(func::call("rollup", orders.user_id)).order_by("s").node(); });
    add("order.by.arith_label", [] { return select((users.id + 1).label("x")).order_by((users.id + 1).label("x") * 2).node(); });
    add("order.by.case_desc", [] { return select(users.id).order_by(case_(when(users.name == "a", 1)).else_(2).desc(), users.id).node(); });
    add("order.by.cast_desc", [] { return select(users.id).order_by(cast(users.name, Integer{}).desc()).node(); });
    add("order.by.between", [] { return select(users.id).order_by(users.id.between(1, 5)).node(); });
    add("order.by.concat_desc", [] { return select(users.id).order_by((users.name + users.fullname).desc()).node(); });
    add("order.by.json_path_asc", [] { return select(items.id).order_by(items.attrs["a"].as_integer().asc()).node(); });
    add("order.by.exists", [] { return select(users.id).order_by(exists(select(literal_column("*")).where(orders.user_id == users.id)).desc()).node(); });
    add("func.typed_string_concat", [] { return select(func::lower(users.name) + "x" + func::call<std::string>("upper", users.fullname)).node(); });
    add("func.coalesce_bool_compare", [] { return select(users.id).where(func::coalesce(users.fullname, users.name) == "x").node(); });
    add("func.coalesce_null_if", [] { return select(func::call<std::string>("nullif", users.name, ""), func::coalesce(func::call<std::string>("nullif", users.name, ""), "none")).node(); });
    add("func.arith_of_functions", [] { return select(func::sum(orders.total) / func::count(orders.id)).node(); });
    add("func.sum_of_product", [] { return select(func::sum(order_items.quantity * items.price)).select_from(join(order_items, items)).node(); });
    add("func.avg_cast", [] { return select(cast(func::avg(orders.total), Numeric{10, 1}).label("a")).node(); });
    add("func.min_of_case", [] { return select(func::min(case_(when(orders.status == "paid", orders.total)))).node(); });
    add("func.like_function", [] { return select(users.id).where(func::lower(users.name).like(func::lower(literal("A%")))).node(); });
    add("func.in_function_list", [] { return select(users.id).where(func::lower(users.name).in(func::lower(literal("A")), "b")).node(); });
    add("func.char_length_label", [] { return select(func::char_length(users.name).label("l"), func::char_length(literal("abc"))).node(); });
    add("func.now_arith_label", [] { return select(func::now().label("n"), func::current_timestamp().label("c")).node(); });
    add("window.filter_frame", [] { return select(func::sum(orders.total).filter(orders.id > 2).over(order_by(orders.id), rows(unbounded, 0)).label("x")).node(); });
    add("window.partition_case_order", [] { return select(func::rank().over(partition_by(case_(when(orders.total > 5, "a")).else_("b")), order_by(orders.total.desc(), orders.id))).node(); });
    add("window.where_subquery", [] { const auto s = select(orders.id, func::row_number().over(partition_by(orders.user_id), order_by(orders.id)).label("rn")).subquery(); return select(s.c("id")).where(s.c("rn") == 1).order_by(s.c("id")).node(); });
    add("window.range_arith", [] { return select(func::avg(orders.total).over(order_by(orders.id), range(-5, 5)) * 2).node(); });
    add("subquery.any_arith", [] { return select(users.id).where(users.id + 1 > any_(select(orders.id).scalar_subquery())).node(); });
    add("subquery.not_any", [] { return select(users.id).where(not_(users.id == all_(select(orders.id).scalar_subquery()))).node(); });
    add("subquery.scalar_concat", [] { return select(users.name + select(func::max(items.name)).scalar_subquery() + "x").node(); });
    add("subquery.scalar_cast", [] { return select(cast(select(func::max(orders.id)).scalar_subquery(), String{5})).node(); });
    add("subquery.scalar_neg_compare", [] { return select(users.id).where(-select(func::max(orders.id)).scalar_subquery() < users.id).node(); });
    add("subquery.exists_limit", [] { return select(users.id).where(select(orders.id).where(orders.user_id == users.id).limit(1).exists()).node(); });
    add("subquery.in_order_limit", [] { return select(users.id).where(users.id.in(select(orders.user_id).order_by(orders.id.desc()).limit(3))).node(); });
    add("subquery.update_in_select", [] { return update(users).where(users.id.in(select(orders.user_id).where(orders.total > 5).group_by(orders.user_id))).values(users.name = "x").node(); });
    add("upsert.pg.update_cast_concat", [] { return insert(users).values(users.id = 1, users.name = "a").on_conflict_do_update(index_elements("id"), users.name = excluded(users.name) + "!").node(); });
    add("update.set_label", [] { return update(users).values(users.name = func::lower(users.name).label("x")).node(); });
    add("update.set_scalar_plus", [] { return update(users).values(users.id = select(func::max(users.id)).scalar_subquery() + 1).node(); });
    add("update.set_case_in", [] { return update(orders).values(orders.status = case_(when(orders.id.in({1, 2}), "paid")).else_("new")).node(); });
    add("update.where_like_and_not", [] { return update(users).values(users.name = "x").where(users.name.like("a%"), !users.fullname.contains("b")).node(); });
    add("insert.values_case_null", [] { return insert(users).values(users.name = case_(when(literal(1) == 2, "a")).else_(null), users.fullname = null).node(); });
    add("insert.from_select.exists", [] { return insert(users).columns(users.id, users.name).from_select(select(items.id, items.name).where(!exists(select(literal_column("*")).where(users.id == items.id)))).node(); });
    add("insert.from_select.group", [] { return insert(users).columns(users.name).from_select(select(func::max(items.name)).group_by(items.price).having(func::count() > 1)).node(); });
    add("op.compare.null_in_case", [] { return select(case_(when(users.fullname == null, "none")).else_(users.fullname)).node(); });
    add("op.compare.cast_is", [] { return select(users.id).where(cast(users.fullname, Integer{}).is(null)).node(); });
    add("op.compare.function_is_not", [] { return select(users.id).where(func::call("nullif", users.name, "x").is_not(null)).node(); });
    add("op.compare.case_between", [] { return select(users.id).where(case_(when(users.id > 1, 1)).else_(2).between(1, 2)).node(); });
    add("op.compare.between_subquery", [] { return select(users.id).where(users.id.between(select(func::min(orders.id)).scalar_subquery(), 5)).node(); });
    add("op.compare.and_of_distinct", [] { return select(and_(users.name.is_distinct_from(users.fullname), users.id.is_not_distinct_from(null)).label("d")).node(); });
    add("op.misc.collate_function_order", [] { return select(users.id).order_by(func::lower(users.name).collate("C")).node(); });
    add("op.misc.collate_case", [] { return select(case_(when(users.name.collate("C") == "a", 1)).else_(2)).node(); });
    add("op.misc.op_of_op", [] { return select(users.id.op<std::int32_t>("<->", 5).op<std::int32_t>("<#>", 6)).node(); });
    add("op.misc.op_arith_left", [] { return select((users.id + 1).op<std::int32_t>("<->", users.id * 2)).node(); });
    add("op.like.contains_autoescape_slash", [] { return select(users.id).where(users.name.contains("a/b_c", autoescape)).node(); });
    add("op.like.startswith_in_case", [] { return select(case_(when(users.name.startswith("a"), 1)).else_(0)).node(); });
    add("op.like.not_icontains_autoescape", [] { return select(users.id).where(!users.name.icontains("50%", autoescape)).node(); });
    add("op.like.ilike_in_select", [] { return select(users.name.ilike("a%"), users.name.not_ilike("b%").label("n")).node(); });
    add_literal("literal.nulls_case", [] { return select(case_(when(users.fullname == null, "x")).else_("y")).where(users.id.between(1, 2)).node(); });
    add_literal("literal.concat_like", [] { return select(users.name + "it's").where(users.name.like("a%", '/')).node(); });
    add_literal("literal.subquery_limit", [] { return select(users.id).where(users.id.in(select(orders.user_id).where(orders.status == "new"))).node(); });
    add_literal("literal.arith_neg", [] { return select(users.id - (-5), users.id * -2, -users.id).node(); });
    add_literal("literal.div", [] { return select(users.id / 2, floordiv(users.id, 2), users.id % 2).node(); });
    add_literal("literal.upsert", [] { return update(users).values(users.name = users.name + "x", users.fullname = null).where(users.id.in({1, 2})).node(); });
}

} // namespace golden
