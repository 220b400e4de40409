// SPDX-License-Identifier: MIT
// Constructs of the areas dml.insert, dml.update and dml.delete.
#include "golden/core_corpus.hpp"
#include "golden/core_tables.hpp"

namespace golden {

using namespace azoth;

namespace {

void add_inserts(Registry& registry) {
    const auto ed = [] { return insert(users).values(users.name = "ed"); };
    registry.add("insert.all_columns", [] {
        return insert(users).columns(users.id, users.name, users.fullname);
    });
    registry.add("insert.autokey.given", [] {
        return insert(users).values(users.id = 9, users.name = "ed");
    });
    registry.add("insert.bare_table", [] { return insert(bare).values(bare.x = 1, bare.y = 2); });
    registry.add("insert.chained_values", [ed] { return ed().values(users.fullname = "Ed"); });
    registry.add("insert.composite_key", [] {
        return insert(order_items)
            .values(order_items.order_id = 1, order_items.item_id = 2, order_items.quantity = 3);
    });
    registry.add("insert.default.server", [] {
        MetaData metadata;
        struct T : Table {
            Column<std::int32_t> id{*this, "id", primary_key};
            Column<std::optional<std::string>> a{*this, "a", String{5}};
            Column<std::optional<std::int32_t>> b{*this, "b", server_default("7")};
            explicit T(MetaData& md) : Table{"t", md} {}
        };
        const T t{metadata};
        return insert(t).values(t.a = "x");
    });
    registry.add("insert.default_values_inline", [] { return insert(users); });
    registry.add("insert.enum", [] {
        return insert(orders)
            .values(orders.user_id = 1, orders.status = "paid", orders.total = Decimal{"5.00"});
    });
    registry.add("insert.json.null", [] {
        return insert(items).values(items.name = "x", items.attrs = Json{});
    });
    registry.add("insert.json.sql_null", [] {
        return insert(items).values(items.name = "x", items.attrs = null_());
    });
    registry.add("insert.returning.columns", [ed] { return ed().returning(users.id, users.name); });
    registry.add("insert.returning.expression", [ed] {
        return ed().returning(func::upper(users.name).label("u"));
    });
    registry.add("insert.returning.literal", [ed] { return ed().returning(users.id + 1, literal(5)); });
    registry.add("insert.returning.table", [ed] {
        return ed().returning(users.id, users.name, users.fullname);
    });
    registry.add("insert.schema", [] {
        using namespace std::chrono;
        return insert(events).values(events.kind = "click", events.happened_on = Date{2024y / 1 / 2});
    });
    registry.add("insert.single", [] {
        return insert(users).values(users.name = "ed", users.fullname = "Ed Jones");
    });
    registry.add("insert.single.column_keys", [ed] { return ed(); });
    registry.add("insert.single.column_order", [] {
        return insert(users).values(users.fullname = "Ed", users.name = "ed", users.id = 3);
    });
    registry.add("insert.single.null", [] {
        return insert(users).values(users.name = "ed", users.fullname = null);
    });
    registry.add("insert.single.positional", [] {
        return insert(users).values(users.id = 1, users.name = "ed", users.fullname = "Ed Jones");
    });
    registry.add("insert.unknown_column_error", [] { return insert(users).values(users.c("nope") = 1); });
    registry.add("insert.with_cte_value", [] {
        const auto c = select(users.id).where(users.name == "ed").cte("c");
        return insert(addresses).values(
            addresses.c("user_id") = select(c.c("id")).scalar_subquery(),
            addresses.email_address = "e"
        );
    });
}

void add_updates(Registry& registry) {
    registry.add("update.case", [] {
        return update(items).values(
            items.price = case_(when(items.price > 100, items.price * 2)).else_(items.price)
        );
    });
    registry.add("update.function", [] {
        return update(users).values(users.name = func::upper(users.name));
    });
    registry.add("update.json_value", [] {
        return update(items).where(items.id == 1).values(items.attrs = Json{{"a", 1}});
    });
    registry.add("update.null", [] { return update(users).values(users.fullname = null); });
    registry.add("update.null_construct", [] { return update(users).values(users.fullname = null_()); });
    registry.add("update.other_column", [] { return update(users).values(users.fullname = users.name); });
    registry.add("update.schema", [] {
        return update(events).where(events.id == 1).values(events.kind = "x");
    });
    registry.add("update.simple", [] {
        return update(users).where(users.id == 5).values(users.name = "ed");
    });
    registry.add("update.where_exists", [] {
        return update(users)
            .where(exists(select(literal_column("*")).where(orders.user_id == users.id)))
            .values(users.fullname = "buyer");
    });
    registry.add("update.where_in_subquery", [] {
        return update(users).where(users.id.in(select(orders.user_id))).values(users.fullname = "x");
    });
}

void add_deletes(Registry& registry) {
    registry.add("delete.all", [] { return delete_(users); });
    registry.add("delete.method", [] { return delete_(users).where(users.name.is(null)); });
    registry.add("delete.returning", [] {
        return delete_(users).where(users.id == 5).returning(users.id, users.name);
    });
    registry.add("delete.simple", [] { return delete_(users).where(users.id == 5); });
    registry.add("delete.where_in", [] { return delete_(users).where(users.id.in({1, 2})); });
    registry.add("delete.where_scalar_subquery", [] {
        return delete_(items).where(items.price < select(func::avg(orders.total)).scalar_subquery());
    });
}

} // namespace

void add_dml_cases(Registry& registry) {
    add_inserts(registry);
    add_updates(registry);
    add_deletes(registry);
}

} // namespace golden
