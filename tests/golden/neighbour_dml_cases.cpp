// SPDX-License-Identifier: MIT
// Neighbours of the core corpus, group dml.
#include "golden/core_tables.hpp"
#include "golden/neighbours.hpp"

#include <azoth/sql/sequence.hpp>
#include <azoth/schema/generated.hpp>

namespace golden {

using namespace azoth;

void add_neighbouring_dml_cases(Registry& registry) {
    const auto add = [&](std::string id, NodeBuilder build) { registry.insert("near." + std::move(id), built(build)); };
    add("insert.single.expression", [] { return insert(users).values(users.name = func::lower(literal("ED")), users.fullname = "x").node(); });
    add("insert.single.some_columns", [] { return insert(users).values(users.fullname = "Ed").node(); });
    add("insert.single.unicode", [] { return insert(users).values(users.name = "ä🐢", users.fullname = "it's").node(); });
    add("insert.single.subquery_arith", [] { return insert(users).values(users.id = select(func::max(users.id)).scalar_subquery() + 1, users.name = "x").node(); });
    add("insert.single.case", [] { return insert(users).values(users.name = case_(when(literal(1) == 1, "a")).else_("b")).node(); });
    add("insert.single.literal_column", [] { return insert(users).values(users.name = literal_column("'x'")).node(); });
    add("insert.single.text", [] { return insert(users).values(users.name = literal_column("'x'")).node(); });
    add("insert.single.cast", [] { return insert(users).values(users.name = cast(5, String{3})).node(); });
    add("insert.single.types", [] { return insert(sample).values(sample.flag = true, sample.big = 9, sample.ratio = 0.5, sample.day = Date{std::chrono::year{2024} / 1 / 2}, sample.uid = Uuid{"12345678-1234-5678-1234-567812345678"}, sample.raw = Bytes{std::byte{'a'}, std::byte{'b'}}, sample.note = "n").node(); });
    registry.insert("near.insert.autokey.plain", [](const Dialect& dialect) { const auto statement = insert(users).values(users.name = "ed"); return dialect.features().last_insert_id ? render(*statement.node(), dialect) : render(*statement.returning(users.id).node(), dialect); });
    add("insert.json.value", [] { return insert(items).values(items.name = "x", items.attrs = Json{{"a", Json::array({1, 2})}}).node(); });
    add("insert.json.none", [] { return insert(items).values(items.name = "x", items.attrs = Json{}).node(); });
    add("insert.json.list", [] { return insert(items).values(items.name = "x", items.attrs = Json::array({1, "a", nullptr})).node(); });
    add("insert.from_select.where_order", [] { return insert(users).columns(users.name).from_select(select(items.name).where(items.price > 5).order_by(items.id).limit(3)).node(); });
    add("insert.from_select.join", [] { return insert(users).columns(users.name, users.fullname).from_select(select(users.name, addresses.email_address).join_from(users, addresses)).node(); });
    add("insert.from_select.no_defaults", [] { MetaData metadata; struct T : Table { Column<std::int32_t> id{*this, "id", primary_key}; Column<std::optional<std::string>> a{*this, "a", String{5}}; Column<std::optional<std::int32_t>> b{*this, "b", default_(7)}; explicit T(MetaData& md) : Table{"t", md} {} }; const T t{metadata}; return insert(t).columns(t.a).from_select(select(users.name), false).node(); });
    add("insert.from_select.returning", [] { return insert(users).columns(users.name).from_select(select(items.name)).returning(users.id).node(); });
    add("insert.from_select.cte", [] { const auto c = select(items.name).where(items.id > 3).cte("c"); return insert(users).columns(users.name).from_select(select(c.c("name"))).node(); });
    add("insert.from_select.literal", [] { return insert(users).columns(users.name, users.fullname).from_select(select(items.name, literal("x"))).node(); });
    add("insert.from_select.values", [] { return insert(users).columns(users.id, users.name).from_select(select(values("v", named_column("a", Integer{}), named_column("b", String{})).row(1, "x"))).node(); });
    add("insert.multi.single_row", [] { const std::vector<std::tuple<std::string>> rows{{"a"}}; return insert(users).columns(users.name).rows(rows).node(); });
    add("insert.multi.default", [] { MetaData metadata; struct T : Table { Column<std::int32_t> id{*this, "id", primary_key}; Column<std::optional<std::string>> a{*this, "a", String{5}}; Column<std::optional<std::int32_t>> b{*this, "b", default_(7)}; explicit T(MetaData& md) : Table{"t", md} {} }; const T t{metadata}; return insert(t).values(t.a = "x").row(t.a = "y").node(); });
    add("insert.default.scalar", [] { MetaData metadata; struct T : Table { Column<std::int32_t> id{*this, "id", primary_key}; Column<std::optional<std::string>> a{*this, "a", String{5}}; Column<std::optional<std::int32_t>> b{*this, "b", default_(7)}; explicit T(MetaData& md) : Table{"t", md} {} }; const T t{metadata}; return insert(t).values(t.a = "x").node(); });
    add("insert.default.overridden", [] { MetaData metadata; struct T : Table { Column<std::int32_t> id{*this, "id", primary_key}; Column<std::optional<std::string>> a{*this, "a", String{5}}; Column<std::optional<std::int32_t>> b{*this, "b", default_(7)}; explicit T(MetaData& md) : Table{"t", md} {} }; const T t{metadata}; return insert(t).values(t.a = "x", t.b = 9).node(); });
    add("insert.default.subquery", [] { MetaData metadata; struct T : Table { Column<std::int32_t> id{*this, "id", primary_key}; Column<std::optional<std::string>> a{*this, "a", String{5}}; Column<std::optional<std::int32_t>> b{*this, "b", default_(select(func::max(users.id)).scalar_subquery())}; explicit T(MetaData& md) : Table{"t", md} {} }; const T t{metadata}; return insert(t).values(t.a = "x").node(); });
    add("insert.default.sequence", [] { MetaData metadata; struct T : Table { Column<std::int32_t> id{*this, "id", Sequence{"t_seq"}, primary_key}; Column<std::optional<std::string>> a{*this, "a", String{5}}; explicit T(MetaData& md) : Table{"t", md} {} }; const T t{metadata}; return insert(t).values(t.a = "x").node(); });
    add("insert.prefix.dialect", [] { return insert(users).values(users.name = "ed").prefix_with("IGNORE", "mysql").prefix_with("OR IGNORE", "sqlite").node(); });
    add("insert.returning.one", [] { return insert(users).values(users.name = "ed").returning(users.id).node(); });
    add("insert.returning.function_plain", [] { return insert(users).values(users.name = "ed").returning(func::length(users.name)).node(); });
    add("insert.returning.label", [] { return insert(users).values(users.name = "ed").returning(users.id.label("new_id")).node(); });
    add("insert.returning.concat", [] { return insert(users).values(users.name = "ed").returning(users.name + "!").node(); });
    add("insert.returning.case", [] { return insert(users).values(users.name = "ed").returning(case_(when(users.id > 5, "big")).else_("small")).node(); });
    add("insert.hint", [] { return insert(users).with_hint(users, "WITH (PAGLOCK)", "mssql").values(users.name = "x").node(); });
    add("insert.cte.add", [] { const auto d = delete_(orders).where(orders.id == 5).cte("d"); return insert(users).values(users.name = "x").add_cte(d).node(); });
    add("insert.computed_identity", [] { MetaData metadata; Table t{"t", metadata}; t.add_column("id", Integer{}, Identity{}, primary_key); const auto a = t.add_column("a", Integer{}); t.add_column("b", Integer{}, Computed{"a * 2"}); return insert(t).values(a = 3).node(); });
    add("insert.odd_returning", [] { return insert(odd).values(odd.mixed_case = 1).returning(odd.id, odd.with_space).node(); });
    add("update.two_columns", [] { return update(users).where(users.id == 5).values(users.name = "ed", users.fullname = "Ed").node(); });
    add("update.column_order", [] { return update(users).values(users.fullname = "Ed", users.name = "ed").node(); });
    add("update.ordered_values", [] { return update(users).ordered_values(users.fullname = "Ed", users.name = "ed").node(); });
    add("update.arith", [] { return update(items).values(items.price = items.price * 2 + 1).node(); });
    add("update.no_where", [] { return update(users).values(users.name = "ed").node(); });
    add("update.method", [] { return update(users).where(users.id == 1).values(users.name = "x").node(); });
    add("update.scalar_subquery", [] { return update(users).values(users.name = select(items.name).where(items.id == users.id).scalar_subquery()).node(); });
    add("update.scalar_subquery_where", [] { return update(users).values(users.fullname = "x").where(users.id == select(func::max(orders.user_id)).scalar_subquery()).node(); });
    add("update.returning", [] { return update(users).where(users.id == 5).values(users.name = "ed").returning(users.id, users.name).node(); });
    add("update.returning_expression", [] { return update(users).values(users.name = "ed").returning(func::upper(users.name).label("u"), users.id + 1).node(); });
    add("update.returning_table", [] { return update(users).values(users.name = "ed").returning(users).node(); });
    add("update.from", [] { return update(users).where(users.id == addresses.user_id).values(users.fullname = addresses.email_address).node(); });
    add("update.from_alias", [] { const auto m = alias(employees, "m"); return update(employees).where(employees.manager_id == m.id).values(employees.salary = m.salary).node(); });
    add("update.from_two", [] { return update(users).where(users.id == orders.user_id, orders.id == order_items.order_id).values(users.fullname = "x").node(); });
    add("update.from_returning", [] { return update(users).where(users.id == addresses.user_id).values(users.fullname = "x").returning(users.id, addresses.email_address).node(); });
    add("update.from_cte", [] { const auto c = select(orders.user_id).where(orders.total > 5).cte("c"); return update(users).where(users.id == c.c("user_id")).values(users.fullname = "x").node(); });
    add("update.cte_in", [] { const auto c = select(orders.user_id).where(orders.total > 5).cte("c"); return update(users).where(users.id.in(select(c.c("user_id")))).values(users.fullname = "x").node(); });
    add("update.alias_target", [] { const auto u = alias(users, "u"); return update(u).where(u.id == 5).values(u.name = "x").node(); });
    add("update.odd", [] { return update(odd).where(odd.id == 1).values(odd.with_space = 2, odd.group = 3).node(); });
    add("update.enum", [] { return update(orders).values(orders.status = "paid").where(orders.status == "new").node(); });
    add("update.bool", [] { return update(sample).values(sample.flag = true).where(!sample.flag).node(); });
    add("update.bool_expression", [] { return update(sample).values(sample.flag = sample.bits > 3).node(); });
    add("update.onupdate", [] { MetaData metadata; struct T : Table { Column<std::int32_t> id{*this, "id", primary_key}; Column<std::optional<std::string>> a{*this, "a", String{5}}; Column<std::optional<Timestamp>> at{*this, "at", onupdate_value(func::now())}; explicit T(MetaData& md) : Table{"t", md} {} }; const T t{metadata}; return update(t).values(t.a = "x").node(); });
    add("update.onupdate_scalar", [] { MetaData metadata; struct T : Table { Column<std::int32_t> id{*this, "id", primary_key}; Column<std::optional<std::string>> a{*this, "a", String{5}}; Column<std::optional<std::int32_t>> b{*this, "b", onupdate_value(7)}; explicit T(MetaData& md) : Table{"t", md} {} }; const T t{metadata}; return update(t).values(t.a = "x").node(); });
    add("update.json_null", [] { return update(items).values(items.attrs = Json{}).node(); });
    add("update.where_two", [] { return update(users).where(users.id > 5, users.name == "a").where(users.fullname.is(null)).values(users.name = "x").node(); });
    add("update.tuple_where", [] { return update(users).where(tuple_(users.id, users.name).in({{1, "a"}})).values(users.fullname = "x").node(); });
    add("update.concat", [] { return update(users).values(users.name = users.name + "!").node(); });
    add("update.lateral_param_order", [] { return update(users).values(users.name = "a").where(users.name == "b").values(users.fullname = "c").node(); });
    add("update.join_two", [] { return update(join(join(users, addresses), orders, orders.user_id == users.id)).values(users.name = "x", orders.status = "paid").node(); });
    add("delete.alias_using", [] { const auto u = alias(users, "u"); return delete_(u).where(u.id == addresses.user_id).node(); });
    add("delete.using_subquery", [] { const auto s = select(orders.user_id).where(orders.total > 5).subquery("s"); return delete_(users).where(users.id == s.c("user_id")).node(); });
    add("delete.where_exists", [] { return delete_(users).where(!exists(select(literal_column("*")).where(orders.user_id == users.id))).node(); });
    add("delete.where_subquery", [] { return delete_(users).where(users.id.in(select(orders.user_id).where(orders.status == "new"))).node(); });
    add("delete.where_correlated", [] { return delete_(users).where(users.name == select(items.name).where(items.id == users.id).scalar_subquery()).node(); });
    add("delete.cte_in", [] { const auto c = select(orders.user_id).cte("c"); return delete_(users).where(users.id.in(select(c.c("user_id")))).node(); });
    add("delete.returning_expression", [] { return delete_(users).returning(func::lower(users.name), users.id * 2).node(); });
    add("delete.returning_table", [] { return delete_(users).where(users.id == 1).returning(users).node(); });
    add("delete.prefix", [] { return delete_(users).prefix_with("LOW_PRIORITY", "mysql").node(); });
    add("delete.hint", [] { return delete_(users).with_hint(users, "WITH (PAGLOCK)", "mssql").node(); });
    add("delete.mysql_limit", [] { return delete_(users).where(users.id > 3).limit(5).node(); });
    add("delete.mysql_limit_ext", [] { return delete_(users).where(users.id > 2).limit(5).node(); });
    add("delete.schema", [] { return delete_(events).where(events.kind == "x").node(); });
    add("delete.odd", [] { return delete_(odd).where(odd.with_space == 3).node(); });
    add("delete.bare", [] { return delete_(bare).where(bare.x == 3).node(); });
    add("delete.bool", [] { return delete_(sample).where(sample.flag).node(); });
    add("upsert.pg.nothing_columns", [] { return insert(users).values(users.id = 1, users.name = "ed").on_conflict_do_nothing(index_elements("id")).node(); });
    add("upsert.pg.nothing_index_where", [] { return insert(users).values(users.id = 1, users.name = "ed").on_conflict_do_nothing(index_elements("id").where(users.name == "x")).node(); });
    add("upsert.pg.nothing_returning", [] { return insert(users).values(users.id = 1, users.name = "ed").on_conflict_do_nothing().returning(users.id).node(); });
    add("upsert.pg.update_constraint", [] { return insert(users).values(users.id = 1, users.name = "ed").on_conflict_do_update(constraint("user_account_pkey"), users.name = excluded(users.name)).node(); });
    add("upsert.pg.update_constraint_quoted", [] { return insert(users).values(users.id = 1, users.name = "ed").on_conflict_do_update(constraint("My Key"), users.name = excluded(users.name)).node(); });
    add("upsert.pg.update_where", [] { return insert(users).values(users.id = 1, users.name = "ed").on_conflict_do_update(index_elements("id"), users.name = excluded(users.name), update_where(users.name != excluded(users.name))).node(); });
    add("upsert.pg.update_function", [] { return insert(users).values(users.id = 1, users.name = "ed").on_conflict_do_update(index_elements("id"), users.name = func::lower(excluded(users.name)) + users.name).node(); });
    add("upsert.pg.update_coalesce", [] { return insert(users).values(users.id = 1, users.name = "ed").on_conflict_do_update(index_elements("id"), users.fullname = func::coalesce(excluded(users.fullname), users.fullname)).node(); });
    add("upsert.pg.update_two", [] { return insert(users).values(users.id = 1, users.name = "ed", users.fullname = "Ed").on_conflict_do_update(index_elements("id"), users.fullname = excluded(users.fullname), users.name = excluded(users.name)).node(); });
    add("upsert.pg.update_null", [] { return insert(users).values(users.id = 1, users.name = "ed").on_conflict_do_update(index_elements("id"), users.fullname = null).node(); });
    add("upsert.pg.index_expression", [] { return insert(users).values(users.id = 1, users.name = "ed").on_conflict_do_update(index_elements(func::lower(users.name)), users.name = excluded(users.name)).node(); });
    add("upsert.pg.index_text", [] { return insert(users).values(users.id = 1, users.name = "ed").on_conflict_do_update(index_elements(text("lower(name)")), users.name = excluded(users.name)).node(); });
    add("upsert.pg.from_select", [] { return insert(users).columns(users.id, users.name).from_select(select(employees.id, employees.name)).on_conflict_do_update(index_elements("id"), users.name = excluded(users.name)).node(); });
    add("upsert.pg.multi", [] { return insert(users).values(users.id = 1, users.name = "a").row(users.id = 2, users.name = "b").on_conflict_do_nothing(index_elements(users.id)).node(); });
    add("upsert.pg.subquery_value", [] { return insert(users).values(users.id = 1, users.name = "ed").on_conflict_do_update(index_elements("id"), users.name = select(items.name).where(items.id == excluded(users.id)).scalar_subquery()).node(); });
    add("upsert.lite.update_where", [] { return insert(users).values(users.id = 1, users.name = "ed").on_conflict_do_update(index_elements("id"), users.name = excluded(users.name), update_where(users.name != "x")).node(); });
    add("upsert.lite.update_index_where", [] { return insert(users).values(users.id = 1, users.name = "ed").on_conflict_do_update(index_elements("name").where(users.fullname.is(null)), users.fullname = excluded(users.fullname)).node(); });
    add("upsert.lite.update_increment", [] { return insert(order_items).values(order_items.order_id = 1, order_items.item_id = 2, order_items.quantity = 3).on_conflict_do_update(index_elements("order_id", "item_id"), order_items.quantity = order_items.quantity + excluded(order_items.quantity)).node(); });
    add("upsert.lite.returning", [] { return insert(users).values(users.id = 1, users.name = "ed").on_conflict_do_update(index_elements("id"), users.name = "dup").returning(users.id, users.name).node(); });
    add("upsert.lite.multi", [] { return insert(users).values(users.id = 1, users.name = "a").row(users.id = 2, users.name = "b").on_conflict_do_update(index_elements("id"), users.name = excluded(users.name)).node(); });
    add("upsert.my.update_two", [] { return insert(users).values(users.id = 1, users.name = "ed", users.fullname = "Ed").on_duplicate_key_update(users.fullname = inserted(users.fullname), users.name = inserted(users.name)).node(); });
    add("upsert.my.update_ordered", [] { return insert(users).values(users.id = 1, users.name = "ed").ordered_on_duplicate_key_update(users.fullname = "x", users.name = inserted(users.name)).node(); });
    add("upsert.my.update_function", [] { return insert(users).values(users.id = 1, users.name = "ed").on_duplicate_key_update(users.name = func::lower(inserted(users.name)) + users.name).node(); });
    add("upsert.my.update_case", [] { return insert(users).values(users.id = 1, users.name = "ed").on_duplicate_key_update(users.name = case_(when(users.id > 5, inserted(users.name))).else_(users.name)).node(); });
    add("upsert.my.update_null", [] { return insert(users).values(users.id = 1, users.name = "ed").on_duplicate_key_update(users.fullname = null).node(); });
    add("upsert.my.update_now", [] { return insert(orders).values(orders.id = 1).on_duplicate_key_update(orders.placed_at = func::now()).node(); });
    add("upsert.my.from_select", [] { return insert(users).columns(users.id, users.name).from_select(select(employees.id, employees.name)).on_duplicate_key_update(users.name = inserted(users.name)).node(); });
    add("upsert.my.coalesce", [] { return insert(users).values(users.id = 1, users.name = "ed").on_duplicate_key_update(users.fullname = func::coalesce(inserted(users.fullname), users.fullname)).node(); });
}

} // namespace golden
