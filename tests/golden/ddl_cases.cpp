// SPDX-License-Identifier: MIT
// Constructs of the ddl areas: CREATE TABLE with its types, defaults and constraints, and CREATE INDEX.
#include "golden/core_corpus.hpp"
#include "golden/core_tables.hpp"

#include <utility>

namespace golden {

using namespace azoth;

namespace {

using schema::ColumnData;
using schema::ForeignKeyData;
using schema::TableData;

/// A table `t` that `describe` fills.
template <class F>
Table table(F describe) {
    auto data = std::make_shared<TableData>("t");
    describe(*data);
    return Table{data};
}

/// `t (a <type>)`; `change` is applied to the column.
template <class F>
Table with_column(std::string name, const Type& type, F change) {
    return table([&](TableData& t) { change(t.add_column(std::move(name), type)); });
}

void add_key(ColumnData& column) {
    column.primary_key = true;
    column.nullable = false;
}

ForeignKeyData
key_to(std::vector<std::string> columns, const Table& target, std::vector<std::string> target_columns) {
    ForeignKeyData key;
    key.columns = std::move(columns);
    key.target_table = target.name();
    key.target_columns = std::move(target_columns);
    return key;
}

/// All statements that create the tables of `metadata`, in order.
Rendered script(const MetaData& metadata, const Dialect& dialect) {
    Rendered rendered;
    for (const auto* each : metadata.sorted_tables())
        for (auto& statement : dialect.create_table(each->data()))
            rendered.statements.push_back(std::move(statement));
    rendered.params = nullptr;
    return rendered;
}

/// The second statement of CREATE TABLE: its index.
template <class F>
void add_index(Registry& registry, std::string id, F describe) {
    registry.insert(std::move(id), [describe](const Dialect& dialect) {
        const auto with_index = table([&](TableData& t) {
            auto& a = t.add_column("a", Integer{});
            describe(t, a);
        });
        Rendered rendered;
        rendered.statements.push_back(dialect.create_table(with_index.data()).at(1));
        return rendered;
    });
}

void add_tables(Registry& registry) {
    registry.add_table("ddl.table.create.addresses", [] { return addresses; });
    registry.add_table("ddl.table.create.employees", [] { return employees; });
    registry.add_table("ddl.table.create.events", [] { return events; });
    registry.add_table("ddl.table.create.odd", [] { return odd; });
    registry.add_table("ddl.table.create.order_items", [] { return order_items; });
    registry.add_table("ddl.table.create.shipments", [] { return shipments; });
    registry.add_table("ddl.table.create.users", [] { return users; });
    registry.insert("ddl.table.drop", [](const Dialect& dialect) {
        Rendered rendered;
        rendered.statements.push_back(dialect.drop_table(users.data()));
        return rendered;
    });
    registry.add_table("ddl.table.column_comment", [] {
        return with_column("a", Integer{}, [](ColumnData& a) { a.comment = "the column's note"; });
    });
    registry.add_table("ddl.table.name_percent", [] {
        return with_column("a%b", Integer{}, [](ColumnData&) {});
    });
    registry.add_table("ddl.table.no_key", [] {
        return table([](TableData& t) {
            t.add_column("a", Integer{});
            t.add_column("b", String{5});
        });
    });
}

void add_columns(Registry& registry) {
    const auto with_default = [&](std::string id, const Type& type, const sql::NodePtr& value) {
        registry.add_table(std::move(id), [type, value] {
            return with_column("a", type, [&](ColumnData& a) { a.server_default = value; });
        });
    };
    with_default("ddl.column.default.json", JsonType{}, literal_column("'{}'").node());
    with_default("ddl.column.default.now", DateTime{}, func::now().node());
    with_default("ddl.column.default.true", Boolean{}, true_().node());
    registry.add_table("ddl.column.default.not_null", [] {
        return with_column("a", Integer{}, [](ColumnData& a) {
            a.nullable = false;
            a.server_default = schema::default_text("0");
        });
    });
    registry.add_table("ddl.column.key.integer", [] { return with_column("id", Integer{}, add_key); });
    registry.add_table("ddl.column.key.no_autoincrement", [] {
        return with_column("id", Integer{}, [](ColumnData& id) {
            add_key(id);
            id.autoincrement = schema::Autoincrement::off;
        });
    });
    registry.add_table("ddl.column.key.smallinteger", [] {
        return with_column("id", SmallInteger{}, add_key);
    });
    registry.add_table("ddl.column.key.string", [] { return with_column("code", String{8}, add_key); });
    registry.add_table("ddl.column.key.uuid", [] {
        return with_column("id", UuidType{}, [](ColumnData& id) {
            add_key(id);
            id.server_default = literal_column("gen_random_uuid()").node();
        });
    });
    registry.add_table("ddl.column.unique", [] {
        return with_column("a", Integer{}, [](ColumnData& a) { a.unique = true; });
    });
}

void add_constraints(Registry& registry) {
    const auto with_check = [&](std::string id, std::string name) {
        registry.add_table(std::move(id), [name] {
            return table([&](TableData& t) {
                t.add_column("a", Integer{});
                t.checks.push_back({name, "a > 0"});
            });
        });
    };
    with_check("ddl.check.named", "ck_a");
    with_check("ddl.check.text", "");
    const auto with_key = [&](std::string id, auto change) {
        registry.add_table(std::move(id), [change] {
            return table([&](TableData& t) {
                t.add_column("a", Integer{});
                auto key = key_to({"a"}, users, {"id"});
                change(key);
                t.foreign_keys.push_back(std::move(key));
            });
        });
    };
    with_key("ddl.fk.both_actions", [](ForeignKeyData& key) {
        key.on_delete = "SET NULL";
        key.on_update = "RESTRICT";
    });
    with_key("ddl.fk.inline", [](ForeignKeyData&) {});
    with_key("ddl.fk.named", [](ForeignKeyData& key) { key.name = "fk_a"; });
    with_key("ddl.fk.quoted", [](ForeignKeyData& key) { key = key_to({"a"}, odd, {"MixedCase"}); });
    registry.add_table("ddl.fk.composite", [] {
        return table([](TableData& t) {
            t.add_column("a", Integer{});
            t.add_column("b", Integer{});
            auto key = key_to({"a", "b"}, order_items, {"order_id", "item_id"});
            key.name = "fk_ab";
            key.on_delete = "CASCADE";
            t.foreign_keys.push_back(std::move(key));
        });
    });
    add_index(registry, "ddl.convention.default_index", [](TableData&, ColumnData& a) { a.index = true; });
    add_index(registry, "ddl.index.plain", [](TableData& t, ColumnData&) {
        t.indexes.push_back({"ix_a", {"a"}, false});
    });
    add_index(registry, "ddl.index.quoted_name", [](TableData& t, ColumnData&) {
        t.indexes.push_back({"Index A", {"a"}, false});
    });
    add_index(registry, "ddl.index.unique", [](TableData& t, ColumnData&) {
        t.indexes.push_back({"ix_a", {"a"}, true});
    });
}

void add_scripts(Registry& registry) {
    registry.insert("ddl.script.comments", [](const Dialect& dialect) {
        MetaData metadata;
        const auto t = with_column("a", Integer{}, [](ColumnData& a) { a.comment = "col"; });
        t.shared_data()->comment = "tab";
        metadata.add(t);
        return script(metadata, dialect);
    });
    registry.insert("ddl.script.create_two", [](const Dialect& dialect) {
        struct Child : Table {
            Column<std::int32_t> id{*this, "id", primary_key};
            Column<std::optional<std::int32_t>> pid{*this, "pid", foreign_key("parent.id")};
            explicit Child(MetaData& md) : Table{"child", md} {}
        };
        struct Parent : Table {
            Column<std::int32_t> id{*this, "id", primary_key};
            explicit Parent(MetaData& md) : Table{"parent", md} {}
        };
        MetaData metadata;
        const Child child{metadata};
        const Parent parent{metadata};
        return script(metadata, dialect);
    });
    registry.insert("ddl.script.self_reference", [](const Dialect& dialect) {
        struct T : Table {
            Column<std::int32_t> id{*this, "id", primary_key};
            Column<std::optional<std::int32_t>> pid{*this, "pid", foreign_key("t.id")};
            explicit T(MetaData& md) : Table{"t", md} {}
        };
        MetaData metadata;
        const T t{metadata};
        return script(metadata, dialect);
    });
}

void add_types(Registry& registry) {
    const auto of_type = [&](std::string id, const Type& type) {
        registry.add_table("ddl.type." + id, [type] { return with_column("c", type, [](ColumnData&) {}); });
    };
    auto time_2 = TimeType{};
    time_2.precision = 2;
    auto timestamp_3 = DateTime{true};
    timestamp_3.precision = 3;
    of_type("boolean", Boolean{});
    of_type("date", DateType{});
    of_type("datetime_tz", DateTime{true});
    of_type("float_p", Float{20});
    of_type("interval", IntervalType{});
    of_type("json", JsonType{});
    of_type("largebinary", LargeBinary{});
    of_type("numeric", Numeric{});
    of_type("numeric_ps", Numeric{10, 2});
    of_type("pg_time_p", time_2);
    of_type("pg_timestamp_p", timestamp_3);
    of_type("smallinteger", SmallInteger{});
    of_type("string", String{});
    of_type("string_len", String{40});
    of_type("text", Text{});
    of_type("time", TimeType{});
    of_type("time_tz", TimeType{true});
    of_type("unicode_text", Text{});
    of_type("upper_smallint", SmallInteger{});
    of_type("upper_text", Text{});
}

} // namespace

void add_ddl_cases(Registry& registry) {
    add_tables(registry);
    add_columns(registry);
    add_constraints(registry);
    add_scripts(registry);
    add_types(registry);
}

} // namespace golden
