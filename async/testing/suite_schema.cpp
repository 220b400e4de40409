// SPDX-License-Identifier: MIT
// Tables made, found, read from the catalogue, and dropped.
#include <algorithm>
#include <string>
#include <vector>

#include <azoth/engine/inspector.hpp>

#include "testing/suite_case.hpp"

namespace azoth::testing {

namespace {

template <class T>
bool holds(const std::vector<T>& all, const T& one) {
    return std::ranges::find(all, one) != all.end();
}

asio::awaitable<void> creates_and_drops(Engine engine) {
    MetaData metadata;
    Table made{"azs_made", metadata};
    made.add_column("id", Integer{}, primary_key);
    Inspector before{engine};
    const bool found_before = co_await before.has_table("azs_made");
    expect(!found_before, "a table is there before it was created");
    co_await metadata.create_all(engine);
    co_await metadata.create_all(engine); // what is there is left alone
    Inspector after{engine};
    const bool found_after = co_await after.has_table("azs_made");
    expect(found_after, "a table is not there after it was created");
    co_await metadata.drop_all(engine);
    co_await metadata.drop_all(engine);
    Inspector last{engine};
    const bool found_last = co_await last.has_table("azs_made");
    expect(!found_last, "a table is there after it was dropped");
}

asio::awaitable<void> rolls_ddl_back(Engine engine) {
    MetaData metadata;
    Table made{"azs_made", metadata};
    made.add_column("id", Integer{}, primary_key);
    auto connection = co_await engine.connect();
    co_await metadata.create_all(connection);
    co_await connection.rollback();
    Inspector inspector{connection};
    const bool found_inspector = co_await inspector.has_table("azs_made");
    expect(!found_inspector, "a table outlives the transaction that created it");
}

asio::awaitable<void> reads_tables(Engine engine) {
    Inspector inspector{engine};
    const auto names = co_await inspector.get_table_names();
    expect(holds<std::string>(names, "azs_item") && holds<std::string>(names, "azs_Select"), "the catalogue does not list all tables");
    const auto columns = co_await inspector.get_columns("azs_item");
    expect_equal("columns", columns.size(), 4U);
    expect_equal("a column", columns[1].name, "name");
    expect(!columns[1].nullable && columns[2].nullable, "NOT NULL is not told");
    expect(columns[0].type.is_integer(), "the type of a key is no integer: " + columns[0].type_text);
    expect(columns[3].default_.has_value(), "a server's default is not told");
    const auto key = co_await inspector.get_pk_constraint("azs_part");
    const std::vector<std::string> both{"item_id", "number"};
    expect(key.constrained_columns == both, "the primary key is told otherwise");
    const auto foreign = co_await inspector.get_foreign_keys("azs_part");
    expect_equal("foreign keys", foreign.size(), 1U);
    expect_equal("the table that is referred to", foreign[0].referred_table, "azs_item");
    expect(holds<std::string>(foreign[0].referred_columns, "id"), "the column that is referred to is told otherwise");
    const auto odd = co_await inspector.get_columns("azs_Select");
    expect_equal("columns with odd names", odd.size(), 4U);
    expect_equal("an odd name", odd[2].name, "q\"u`o]te");
}

asio::awaitable<void> reads_indexes(Engine engine) {
    Inspector inspector{engine};
    const auto indexes = co_await inspector.get_indexes("azs_part");
    const bool found = std::ranges::any_of(indexes, [](const ReflectedIndex& one) { return one.name == "ix_azs_part_label" && !one.unique; });
    expect(found, "an index is not told");
    const auto uniques = co_await inspector.get_unique_constraints("azs_item");
    const std::vector<std::string> columns{"name"};
    const bool unique = std::ranges::any_of(uniques, [&](const ReflectedUniqueConstraint& one) { return one.column_names == columns; });
    expect(unique, "a UNIQUE constraint is not told");
}

asio::awaitable<void> reflects(Engine engine) {
    const SuiteTables tables;
    MetaData metadata;
    const auto part = co_await reflect_table(engine, metadata, "azs_part");
    const auto* item = metadata.find("azs_item");
    expect(item != nullptr, "the table that is referred to was not read with it");
    auto connection = co_await engine.connect();
    co_await connection.execute(insert(*item).values(item->c("id") = 5, item->c("name") = "reflected"));
    co_await connection.execute(insert(part).values(part.c("item_id") = 5, part.c("number") = 1));
    const auto rows = co_await connection.execute(select(item->c("name")).join_from(*item, part));
    expect_equal("a row by way of reflected tables", rows.one().get<std::string>(0), "reflected");
}

asio::awaitable<void> refuses_what_is_not_there(Engine engine) {
    Inspector inspector{engine};
    bool refused = false;
    try {
        co_await inspector.get_columns("azs_none");
    } catch (const NoSuchTableError&) {
        refused = true;
    }
    expect(refused, "columns of a table that is not there");
}

asio::awaitable<void> makes_views(Engine engine) {
    const SuiteTables tables;
    auto connection = co_await engine.connect();
    co_await connection.run("DROP VIEW IF EXISTS azs_view");
    co_await connection.run("CREATE VIEW azs_view AS SELECT name FROM azs_item");
    co_await connection.commit();
    Inspector inspector{connection};
    const auto views = co_await inspector.get_view_names();
    const auto definition = co_await inspector.get_view_definition("azs_view");
    co_await connection.run("DROP VIEW azs_view");
    co_await connection.commit();
    expect(holds<std::string>(views, "azs_view"), "a view is not listed");
    expect(definition.find("azs_item") != std::string::npos, "a view's definition is not told");
}

constexpr auto needs_reflection = [](const Dialect&, const Requirements& needs) { return needs.reflection; };

constexpr DialectCase cases[] = {
    {"create_all() and drop_all(), again", "Requirements::reflection", needs_reflection, creates_and_drops},
    {"DDL is rolled back", "Features::transactional_ddl",
     [](const Dialect& dialect, const Requirements& needs) { return needs.reflection && dialect.features().transactional_ddl; },
     rolls_ddl_back},
    {"tables, columns and keys of the catalogue", "Requirements::reflection", needs_reflection, reads_tables},
    {"indexes and UNIQUE of the catalogue", "Requirements::reflection", needs_reflection, reads_indexes},
    {"reflected tables are used as any other", "Requirements::reflection", needs_reflection, reflects},
    {"a table that is not there", "Requirements::reflection", needs_reflection, refuses_what_is_not_there},
    {"views", "Requirements::views and reflection",
     [](const Dialect&, const Requirements& needs) { return needs.views && needs.reflection; }, makes_views},
};

} // namespace

std::span<const DialectCase> schema_cases() { return cases; }

} // namespace azoth::testing
