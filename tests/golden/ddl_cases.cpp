// SPDX-License-Identifier: MIT
// Constructs of the ddl areas: CREATE TABLE with its defaults, constraints and options, and whole scripts.
#include "golden/core_corpus.hpp"
#include "golden/core_tables.hpp"

#include <azoth/compiler/ddl.hpp>
#include <azoth/sql/ddl.hpp>
#include <azoth/types/enum.hpp>
#include <azoth/types/standard.hpp>

#include <algorithm>
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
    return table([&](TableData& t) {
        auto& column = t.add_column(std::move(name), type);
        column.type_given = true;
        change(column);
    });
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
    key.target_columns.assign(target_columns.begin(), target_columns.end());
    return key;
}

/// A set of tables and what creates or drops all of it.
template <class F>
void add_script(
    Registry& registry, std::string id, F describe,
    std::vector<std::string> (*make)(
        const MetaData&, const Dialect&, const ExistsRule&, const SchemaTranslateMap&, std::vector<DdlMark>*) = create_all_sql
) {
    registry.insert(std::move(id), [describe, make](const Dialect& dialect) {
        MetaData metadata;
        describe(metadata);
        Rendered rendered;
        rendered.statements = make(metadata, dialect, {}, {}, nullptr);
        // The order of a run of ALTER TABLE or CREATE INDEX is open; the corpus has it sorted.
        const auto run_of = [](const std::string& text) {
            for (const std::string_view word : {"ALTER TABLE", "CREATE INDEX", "CREATE UNIQUE INDEX"})
                if (text.starts_with(word)) return word.substr(0, 5);
            return std::string_view{};
        };
        auto& all = rendered.statements;
        for (auto begin = all.begin(); begin != all.end();) {
            auto end = begin + 1;
            while (end != all.end() && !run_of(*begin).empty() && run_of(*end) == run_of(*begin)) ++end;
            std::sort(begin, end);
            begin = end;
        }
        rendered.params = nullptr;
        return rendered;
    });
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

/// `t (a INTEGER)` with an option of one dialect.
template <class Option>
void add_option(Registry& registry, std::string id, std::vector<Option> options, bool key = false) {
    registry.add(std::move(id), [options, key] {
        Table t{std::make_shared<TableData>("t")};
        if (key) t.add_column("a", Integer{}, primary_key);
        else t.add_column("a", Integer{});
        for (const auto& option : options) t.option(option);
        return CreateTable{t};
    });
}

void add_options(Registry& registry) {
    using Options = std::vector<schema::DialectOption>;
    add_option(registry, "ddl.table.mysql_partition", Options{
        dialect_option("mysql_partition_by", "HASH(a)"), dialect_option("mysql_partitions", "4")}, true);
    add_option(registry, "ddl.table.oracle_options", Options{
        dialect_option("oracle_compress", true), dialect_option("oracle_tablespace", "ts1")});
    add_option(registry, "ddl.table.pg_inherits", Options{
        dialect_option("postgresql_inherits", std::vector<std::string>{"base1", "base2"})});
    add_option(registry, "ddl.table.pg_options", Options{
        dialect_option("postgresql_with", schema::OptionPairs{{"fillfactor", "70"}}),
        dialect_option("postgresql_tablespace", "fast"), dialect_option("postgresql_using", "heap")});
    add_option(registry, "ddl.table.sqlite_options", Options{
        dialect_option("sqlite_with_rowid", false), dialect_option("sqlite_strict", true)}, true);
    registry.add("ddl.table.sqlite_autoincrement", [] {
        Table t{std::make_shared<TableData>("t")};
        t.option(dialect_option("sqlite_autoincrement", true)).add_column("id", Integer{}, primary_key);
        return CreateTable{t};
    });
    registry.add("ddl.table.suffix", [] {
        Table t{std::make_shared<TableData>("t")};
        t.prefix("UNLOGGED").add_column("a", Integer{});
        return CreateTable{t};
    });
    registry.add("ddl.table.temp_on_commit", [] {
        Table t{std::make_shared<TableData>("t")};
        t.prefix("GLOBAL TEMPORARY").add_column("a", Integer{});
        t.option(dialect_option("postgresql_on_commit", "DROP"));
        t.option(dialect_option("oracle_on_commit", "PRESERVE ROWS"));
        return CreateTable{t};
    });
}

/// `t (…)` with columns made at run time.
template <class F>
void add_made(Registry& registry, std::string id, F describe) {
    registry.add(std::move(id), [describe] {
        Table t{std::make_shared<TableData>("t")};
        describe(t);
        return CreateTable{t};
    });
}

void add_generated(Registry& registry) {
    const auto with_computed = [&](std::string id, const auto&... options) {
        add_made(registry, std::move(id), [=](Table& t) {
            t.add_column("a", Integer{});
            t.add_column("b", Integer{}, options...);
        });
    };
    with_computed("ddl.column.computed.plain", Computed{"a * 2"});
    with_computed("ddl.column.computed.not_null", Computed{"a * 2"}.persisted(), not_null);
    with_computed("ddl.column.computed.virtual", Computed{"a * 2"}.persisted(false));
    add_made(registry, "ddl.column.identity.all_options", [](Table& t) {
        t.add_column("id", Integer{},
            Identity{}.always().start(1).increment(2).minvalue(0).maxvalue(99).cycle().cache(5), primary_key);
    });
    add_made(registry, "ddl.column.identity.always", [](Table& t) {
        t.add_column("id", Integer{}, Identity{}.always(), primary_key);
    });
    add_made(registry, "ddl.column.identity.non_key", [](Table& t) {
        t.add_column("id", Integer{}, primary_key, autoincrement(false));
        t.add_column("n", Integer{}, Identity{}.start(5));
    });
    add_made(registry, "ddl.column.sequence.key", [](Table& t) {
        t.add_column("id", Integer{}, Sequence{"t_seq"}, primary_key);
    });
    add_made(registry, "ddl.column.sequence.server_default", [](Table& t) {
        const Sequence sequence{"t_seq"};
        t.add_column("id", Integer{}, sequence, server_default(sequence.next_value()), primary_key);
    });
    add_made(registry, "ddl.column.collate", [](Table& t) { t.add_column("a", String{20, "de_DE"}); });
    add_made(registry, "ddl.column.onupdate.mysql", [](Table& t) {
        t.add_column("a", TIMESTAMP{}, server_default(text("CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP")));
    });
    add_made(registry, "ddl.column.sqlite_conflict", [](Table& t) {
        t.add_column("id", Integer{}, primary_key);
        t.add_column("a", Integer{}, not_null, unique, dialect_option("sqlite_on_conflict_not_null", "FAIL"),
            dialect_option("sqlite_on_conflict_unique", "IGNORE"));
    });
    add_made(registry, "ddl.column.system", [](Table& t) {
        t.add_column("a", Integer{});
        t.add_column("xmin", Integer{}, system_column);
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
    add_made(registry, "ddl.check.expression", [](Table& t) {
        const Column<std::optional<std::int32_t>> a{t, "a"};
        const Column<std::optional<std::string>> b{t, "b", String{5}};
        CheckConstraint{t, and_(a > 0, b.in("x", "y")), named("ck_ab")};
    });
    registry.add("ddl.fk.deferrable", [] {
        Table t{std::make_shared<TableData>("t")};
        t.add_column("a", Type{}, foreign_key(users.id, deferrable(), initially("DEFERRED")));
        return CreateTable{t};
    });
    registry.add("ddl.fk.not_deferrable", [] {
        Table t{std::make_shared<TableData>("t")};
        t.add_column("a", Type{}, foreign_key(users.id, deferrable(false)));
        return CreateTable{t};
    });
    add_made(registry, "ddl.fk.not_valid", [](Table& t) {
        t.add_column("a", Integer{});
        ForeignKeyConstraint{t, columns("a"), references(users.id), named("fk_a"),
            dialect_option("postgresql_not_valid", true)};
    });
    const auto with_unique = [&](std::string id, const auto&... options) {
        add_made(registry, std::move(id), [=](Table& t) {
            t.add_column("a", Integer{});
            if constexpr (sizeof...(options) == 1) t.add_column("b", Integer{});
            UniqueConstraint{t, "a", named("uq_a"), options...};
        });
    };
    with_unique("ddl.unique.deferrable", deferrable(), initially("IMMEDIATE"));
    with_unique("ddl.unique.include", dialect_option("postgresql_include", std::vector<std::string>{"b"}));
    add_made(registry, "ddl.unique.mssql_clustered", [](Table& t) {
        t.add_column("a", Integer{});
        UniqueConstraint{t, "a", named("uq_a"), dialect_option("mssql_clustered", true)};
    });
    registry.add("ddl.convention.all", [] {
        MetaData metadata{NamingConvention{{
            {"ix", "ix_%(column_0_label)s"},
            {"uq", "uq_%(table_name)s_%(column_0_name)s"},
            {"ck", "ck_%(table_name)s_%(constraint_name)s"},
            {"fk", "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s"},
            {"pk", "pk_%(table_name)s"},
        }}};
        Table{"parent", metadata}.add_column("id", Integer{}, primary_key);
        Table child{"child", metadata};
        child.add_column("id", Integer{}, primary_key);
        child.add_column("parent_id", Integer{}, foreign_key("parent.id"));
        child.add_column("code", String{5}, unique);
        CheckConstraint{child, "id > 0", named("positive")};
        return CreateTable{child};
    });
    registry.add("ddl.convention.index", [] {
        MetaData metadata{NamingConvention{{{"ix", "ix_%(table_name)s_%(column_0_name)s"}}}};
        Table t{"t", metadata};
        t.add_column("a", Integer{});
        return CreateIndex{Index{t, "", "a"}};
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

/// `a` and `b` refer to each other.
void add_ring(MetaData& metadata) {
    struct Side : Table {
        Column<std::int32_t> id{*this, "id", primary_key};
        Column<std::optional<std::int32_t>> other;
        Side(MetaData& md, const std::string& name, const std::string& to)
            : Table{name, md}, other{*this, to + "_id", foreign_key(to + ".id", named("fk_" + name + "_" + to))} {}
    };
    const Side a{metadata, "a", "b"};
    const Side b{metadata, "b", "a"};
}

void add_scripts(Registry& registry) {
    add_script(registry, "ddl.script.comments", [](MetaData& metadata) {
        Table t{"t", metadata};
        t.comment("tab").add_column("a", Integer{}, comment("col"));
    });
    add_script(registry, "ddl.script.create_two", [](MetaData& metadata) {
        struct Child : Table {
            Column<std::int32_t> id{*this, "id", primary_key};
            Column<std::optional<std::int32_t>> pid{*this, "pid", foreign_key("parent.id")};
            explicit Child(MetaData& md) : Table{"child", md} {}
        };
        struct Parent : Table {
            Column<std::int32_t> id{*this, "id", primary_key};
            explicit Parent(MetaData& md) : Table{"parent", md} {}
        };
        const Child child{metadata};
        const Parent parent{metadata};
    });
    add_script(registry, "ddl.script.self_reference", [](MetaData& metadata) {
        struct T : Table {
            Column<std::int32_t> id{*this, "id", primary_key};
            Column<std::optional<std::int32_t>> pid{*this, "pid", foreign_key("t.id")};
            explicit T(MetaData& md) : Table{"t", md} {}
        };
        const T t{metadata};
    });
    add_script(registry, "ddl.script.cycle", add_ring);
    add_script(registry, "ddl.script.cycle_drop", add_ring, drop_all_sql);
    add_script(registry, "ddl.script.enum", [](MetaData& metadata) {
        Table{"t", metadata}.add_column("a", Enum{{"x", "y"}, "xy"});
    });
    add_script(registry, "ddl.script.enum_shared", [](MetaData& metadata) {
        const Enum e{{"x", "y"}, "xy"};
        Table{"t", metadata}.add_column("a", e);
        Table{"u", metadata}.add_column("a", e);
    });
    add_script(registry, "ddl.script.indexes", [](MetaData& metadata) {
        Table t{"t", metadata};
        t.add_column("a", Integer{}, azoth::index);
        const auto b = t.add_column("b", Integer{});
        const Index ix_b{t, "ix_b", b.desc(), unique};
    });
    add_script(registry, "ddl.script.sequence", [](MetaData& metadata) {
        struct T : Table {
            Column<std::int32_t> id{*this, "id", Sequence{"t_seq"}.start(5), primary_key};
            explicit T(MetaData& md) : Table{"t", md} {}
        };
        const T t{metadata};
    });
}

} // namespace

void add_ddl_cases(Registry& registry) {
    add_tables(registry);
    add_options(registry);
    add_columns(registry);
    add_generated(registry);
    add_constraints(registry);
    add_scripts(registry);
}

} // namespace golden
