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
    registry.add("insert.default.function", [] {
        MetaData metadata;
        struct T : Table {
            Column<std::int32_t> id{*this, "id", primary_key};
            Column<std::optional<std::string>> a{*this, "a", String{5}};
            Column<std::optional<Timestamp>> at{*this, "at", default_(func::now())};
            explicit T(MetaData& md) : Table{"t", md} {}
        };
        const T t{metadata};
        return insert(t).values(t.a = "x");
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
    registry.insert("insert.default_values", [](const Dialect& dialect) {
        // as the flush fetches a generated key: from the driver where it knows, else by RETURNING
        if (dialect.features().last_insert_id)
            return render(*insert(users).node(), dialect);
        return render(*insert(users).returning(users.id).node(), dialect);
    });
    registry.add("insert.from_select", [] {
        return insert(users)
            .columns(users.name, users.fullname)
            .from_select(select(employees.name, employees.department).where(employees.salary > 100));
    });
    registry.add("insert.from_select.columns", [] {
        return insert(users).columns(users.name).from_select(select(items.name));
    });
    registry.add("insert.from_select.default", [] {
        MetaData metadata;
        struct T : Table {
            Column<std::int32_t> id{*this, "id", primary_key};
            Column<std::optional<std::string>> a{*this, "a", String{5}};
            Column<std::optional<std::int32_t>> b{*this, "b", default_(7)};
            explicit T(MetaData& md) : Table{"t", md} {}
        };
        const T t{metadata};
        return insert(t).columns(t.a).from_select(select(users.name));
    });
    registry.add("insert.from_select.union", [] {
        return insert(users).columns(users.name).from_select(
            union_all(select(items.name), select(employees.name))
        );
    });
    registry.add("insert.multi", [] {
        return insert(users)
            .values(users.name = "a", users.fullname = "A")
            .row(users.name = "b", users.fullname = "B")
            .row(users.name = "c", users.fullname = null);
    });
    registry.add("insert.multi.expression", [] {
        return insert(users).values(users.name = func::lower(literal("A"))).row(users.name = "b");
    });
    registry.add("insert.multi.returning", [] {
        return insert(users).values(users.name = "a").row(users.name = "b").returning(users.id);
    });
    registry.add("insert.multi.tuples", [] {
        const std::vector<std::tuple<int, std::string, std::string>> rows{{1, "a", "A"}, {2, "b", "B"}};
        return insert(users).rows(rows);
    });
    registry.add("insert.prefix.all", [] {
        return insert(users).values(users.name = "ed").prefix_with("/* p */");
    });
    registry.add("insert.single.bindparam", [] {
        return insert(users).values(
            users.name = bindparam<std::string>("n"),
            users.fullname = bindparam("f", "Ed")
        );
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
    registry.add("update.all_columns", [] { return update(users).where(users.id == 5); });
    registry.add("update.bindparam", [] {
        return update(users)
            .where(users.name == bindparam<std::string>("old"))
            .values(users.name = bindparam<std::string>("new"));
    });
    registry.add("update.from_subquery", [] {
        const auto s = select(orders.user_id, func::sum(orders.total).label("t"))
                           .group_by(orders.user_id)
                           .subquery("s");
        return update(users)
            .values(users.fullname = cast(s.c("t"), String{20}))
            .where(users.id == s.c("user_id"));
    });
    registry.add("update.from_values", [] {
        const auto v = values("v", named_column("id", Integer{}), named_column("nm", String{}))
                           .row(1, "a")
                           .row(2, "b");
        return update(users).values(users.name = v.c("nm")).where(users.id == v.c("id"));
    });
    registry.add("update.hint", [] {
        return update(users).with_hint(users, "WITH (PAGLOCK)", "mssql").values(users.name = "x");
    });
    registry.add("update.join_target", [] {
        return update(join(users, addresses))
            .values(users.name = "x")
            .where(addresses.email_address == "e");
    });
    registry.add("update.multi_table_mysql", [] {
        return update(users)
            .values(users.name = "x", addresses.email_address = "y")
            .where(users.id == addresses.user_id);
    });
    registry.add("update.mysql_limit", [] { return update(users).values(users.name = "x").limit(5); });
    registry.add("update.mysql_limit_ext", [] {
        return update(users).values(users.name = "x").where(users.id > 2).limit(5);
    });
    registry.add("update.prefix", [] {
        return update(users)
            .values(users.name = "x")
            .prefix_with("LOW_PRIORITY", "mysql")
            .prefix_with("OR REPLACE", "sqlite");
    });
    registry.add("update.tuple_values", [] {
        return update(users).values(
            tuple_(users.name, users.fullname) =
                select(items.name, items.name).where(items.id == users.id).scalar_subquery()
        );
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
    registry.add("delete.alias_target", [] {
        const auto u = alias(users, "u");
        return delete_(u).where(u.id == 5);
    });
    registry.add("delete.using", [] {
        return delete_(users).where(users.id == addresses.user_id).where(addresses.email_address == "x");
    });
    registry.add("delete.using_alias", [] {
        const auto m = alias(employees, "m");
        return delete_(employees).where(employees.manager_id == m.id).where(m.name == "x");
    });
    registry.add("delete.using_returning", [] {
        return delete_(users).where(users.id == addresses.user_id).returning(users.id, addresses.id);
    });
    registry.add("delete.using_two", [] {
        return delete_(users).where(users.id == orders.user_id).where(orders.id == order_items.order_id);
    });
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
