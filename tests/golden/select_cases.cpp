// SPDX-License-Identifier: MIT
// Constructs of the areas select, group_order and limit.
#include "golden/core_corpus.hpp"
#include "golden/core_tables.hpp"

namespace golden {

using namespace azoth;

namespace {

void add_columns(Registry& registry) {
    registry.add("select.columns.constant_one", [] { return select(literal_column("1")); });
    registry.add("select.columns.duplicate", [] { return select(users.id, users.id); });
    registry.add("select.columns.from_method", [] { return select(users).where(users.id == 3); });
    registry.add("select.columns.same_name_two_tables", [] {
        return select(users.id, addresses.id).where(users.id == addresses.user_id);
    });
    registry.add("select.columns.star", [] { return select(literal_column("*")).select_from(users); });
    registry.add("select.columns.table_and_column", [] {
        return select(users, addresses.email_address).where(users.id == addresses.user_id);
    });
    registry.add("select.columns.text_fragment", [] {
        return select(literal_column("name AS n"), users.id);
    });
    registry.add("select.distinct", [] { return select(users.name).distinct(); });
    registry.add("select.distinct.expression", [] { return select(users.name.distinct()); });
    registry.add("select.distinct.in_count", [] { return select(func::count(users.name.distinct())); });
    registry.add("select.distinct.method", [] { return select(func::count(addresses.user_id.distinct())); });
    registry.add("select.into_from_bare_table", [] { return select(bare.x, bare.y).where(bare.z == "q"); });
    registry.add("select.label.column", [] { return select(users.name.label("username")); });
    registry.add("select.label.expression", [] { return select((items.price * 2).label("double_price")); });
    registry.add("select.label.function", [] { return select(func::count(users.id).label("n")); });
    registry.add("select.label.mixed_case", [] { return select(users.name.label("UserName")); });
    registry.add("select.label.reserved_word", [] { return select(users.name.label("order")); });
    registry.add("select.label.two_unnamed", [] { return select(items.price * 2, items.price + 1); });
    registry.add("select.label.with_space", [] { return select(users.name.label("user name")); });
    registry.add("select.table.all_columns", [] { return select(users); });
    registry.add("select.where.from_other_table", [] {
        return select(users.name).where(users.id == addresses.user_id);
    });
    registry.add("select.where.single", [] { return select(users).where(users.id == 7); });
    registry.add("select.where.two_args", [] {
        return select(users).where(users.id > 7, users.name == "ed");
    });
}

void add_extras(Registry& registry) {
    registry.add("select.columns.key_differs", [] {
        MetaData metadata;
        struct Acct : Table {
            Column<std::int32_t> id{*this, "acct_id", primary_key};
            Column<std::optional<std::string>> name{*this, "acct_nm", String{9}};
            explicit Acct(MetaData& md) : Table{"acct", md} {}
        };
        const Acct t{metadata};
        return select(t.id, t.name).where(t.name == "x");
    });
    registry.add("select.columns.with_only", [] {
        return select(users).where(users.id == 1).with_only_columns(users.name);
    });
    registry.add("select.columns.with_only_keep_froms", [] {
        return select(users).with_only_columns_of_same_froms(func::count());
    });
    registry.add("select.distinct_on", [] {
        return select(orders)
            .distinct_on(orders.user_id)
            .order_by(orders.user_id, orders.placed_at.desc());
    });
    registry.add("select.distinct_on.two", [] {
        return select(orders.id).distinct_on(orders.user_id, orders.status);
    });
    registry.add("select.hint.mssql_nolock", [] {
        return select(users).with_hint(users, "WITH (NOLOCK)", "mssql");
    });
    registry.add("select.hint.oracle_index", [] {
        return select(users).with_hint(users, "INDEX(%(name)s ix_name)", "oracle");
    });
    registry.add("select.hint.statement", [] { return select(users.id).with_statement_hint("FORCE ORDER"); });
    registry.add("select.hint.statement_dialect", [] {
        return select(users.id).with_statement_hint("OPTION (MAXDOP 1)", "mssql");
    });
    registry.add("select.hint.table", [] { return select(users).with_hint(users, "HINT_A"); });
    registry.add("select.label.style_tablename", [] {
        return select(users, addresses)
            .where(users.id == addresses.user_id)
            .set_label_style(LabelStyle::tablename_plus_col);
    });
    registry.add("select.prefix", [] { return select(users.id).prefix_with("/*+ quick */"); });
    registry.add("select.prefix.dialect", [] {
        return select(users.id).prefix_with("SQL_CALC_FOUND_ROWS", "mysql");
    });
    registry.add("select.prefix.two", [] { return select(users.id).prefix_with("A").prefix_with("B"); });
    registry.add("select.suffix", [] {
        return select(users.id).where(users.id < 9).suffix_with("/* end */");
    });
}

void add_locks(Registry& registry) {
    registry.add("lock.key_share", [] {
        return select(users.id).with_for_update(ForUpdate{}.key_share().read());
    });
    registry.add("lock.no_key_update", [] {
        return select(users.id).with_for_update(ForUpdate{}.key_share());
    });
    registry.add("lock.nowait_of", [] {
        return select(users.id).with_for_update(ForUpdate{}.nowait().of(users));
    });
    registry.add("lock.update.of_alias", [] {
        const auto u = alias(users, "u");
        return select(u.id).with_for_update(ForUpdate{}.of(u));
    });
    registry.add("lock.update.of_columns", [] {
        return select(users.id, addresses.id)
            .join_from(users, addresses)
            .with_for_update(ForUpdate{}.of(users.id, addresses.id));
    });
    registry.add("lock.with_limit", [] {
        return select(users.id)
            .order_by(users.id)
            .limit(1)
            .with_for_update(ForUpdate{}.skip_locked());
    });
}

void add_grouping(Registry& registry) {
    registry.add("group.by.label_string", [] {
        return select(func::lower(users.name).label("ln"), func::count()).group_by("ln");
    });
    registry.add("group.by.one", [] {
        return select(users.name, func::count(users.id)).group_by(users.name);
    });
    registry.add("group.by.shared_bind", [] {
        const auto name = func::coalesce(users.fullname, "none");
        return select(name, func::count()).group_by(name);
    });
    registry.add("group.by.two", [] {
        return select(orders.user_id, orders.status, func::sum(orders.total))
            .group_by(orders.user_id, orders.status);
    });
    registry.add("group.grouping_sets", [] {
        return select(orders.user_id, orders.status, func::count())
            .group_by(
                func::call("grouping_sets", tuple_(orders.user_id), tuple_(orders.user_id, orders.status))
            );
    });
    registry.add("group.having", [] {
        return select(orders.user_id, func::count().label("n"))
            .group_by(orders.user_id)
            .having(func::count() > 3);
    });
    registry.add("group.having.two", [] {
        return select(orders.user_id)
            .group_by(orders.user_id)
            .having(func::count() > 3)
            .having(func::sum(orders.total) < 100);
    });
    registry.add("group.having.without_group", [] {
        return select(func::sum(orders.total)).having(func::sum(orders.total) > 10);
    });
}

void add_ordering(Registry& registry) {
    const auto twice = [] { return (items.price * 2).label("p2"); };
    registry.add("order.by.asc", [] { return select(users.id).order_by(users.name.asc()); });
    registry.add("order.by.boolean_expression", [] { return select(users.id).order_by(users.name == "ed"); });
    registry.add("order.by.collate", [] { return select(users.id).order_by(users.name.collate("C")); });
    registry.add("order.by.desc_function", [] {
        return select(users.id).order_by(desc(users.name), asc(users.id));
    });
    registry.add("order.by.desc_nulls_last", [] {
        return select(users.id).order_by(users.fullname.desc().nulls_last());
    });
    registry.add("order.by.function", [] { return select(users.id).order_by(func::lower(users.name)); });
    registry.add("order.by.label_desc", [twice] {
        const auto label = twice();
        return select(label).order_by(label.desc());
    });
    registry.add("order.by.label_in_expression", [twice] {
        const auto label = twice();
        return select(label).order_by(label + 1);
    });
    registry.add("order.by.label_object", [twice] {
        const auto label = twice();
        return select(label).order_by(label);
    });
    registry.add("order.by.label_string_desc", [twice] { return select(twice()).order_by(desc("p2")); });
    registry.add("order.by.nulls_first", [] {
        return select(users.id).order_by(users.fullname.nulls_first());
    });
    registry.add("order.by.text", [] { return select(users.id).order_by(literal_column("name DESC")); });
    registry.add("order.by.two", [] { return select(users.id).order_by(users.name, users.id); });
}

void add_limits(Registry& registry) {
    const auto top = [] { return select(users.id).order_by(users.name).limit(3).subquery("s"); };
    registry.add("limit.distinct", [] {
        return select(users.name).distinct().order_by(users.name).limit(4).offset(1);
    });
    registry.add("limit.in_subquery", [top] {
        const auto s = top();
        return select(s.c("id")).where(s.c("id") > 1);
    });
    registry.add("limit.inner_and_outer", [top] {
        const auto s = top();
        return select(s.c("id")).order_by(s.c("id")).limit(2);
    });
    registry.add("limit.join_duplicate_names", [] {
        return select(users.id, addresses.id)
            .join_from(users, addresses)
            .order_by(users.id)
            .limit(3)
            .offset(6);
    });
    registry.add("limit.offset_only", [] { return select(users.id).order_by(users.id).offset(20); });
    registry.add("limit.offset_unordered", [] { return select(users.id).limit(10).offset(20); });
    registry.add("limit.only", [] { return select(users.id).limit(10); });
    registry.add("limit.where_param_order", [] {
        return select(users.id).where(users.name == "ed").order_by(users.id).limit(10).offset(20);
    });
    registry.add("limit.with_order", [] { return select(users.id).order_by(users.id).limit(10); });
    registry.add("limit.bindparam", [] {
        return select(users.id)
            .order_by(users.id)
            .limit(bindparam("lim", 7))
            .offset(bindparam("off", 14));
    });
    registry.add("limit.fetch_offset", [] {
        return select(users.id).order_by(users.id).offset(2).fetch(5);
    });
    registry.add("limit.fetch_percent", [] {
        return select(users.id).order_by(users.id).fetch(5, {.percent = true});
    });
    registry.add("limit.fetch_percent_ties", [] {
        return select(users.id).order_by(users.id).fetch(5, {.percent = true, .with_ties = true});
    });
    registry.add("limit.reset", [] { return select(users.id).limit(5).limit(null); });
    registry.add("limit.slice", [] { return select(users.id).order_by(users.id).slice(5, 15); });
    registry.add("limit.zero", [] { return select(users.id).limit(0); });
    registry.add("lock.update", [] { return select(users.id).where(users.id == 1).with_for_update(); });
}

} // namespace

void add_select_cases(Registry& registry) {
    add_columns(registry);
    add_extras(registry);
    add_locks(registry);
    add_grouping(registry);
    add_ordering(registry);
    add_limits(registry);
}

} // namespace golden
