// SPDX-License-Identifier: MIT
// The order in which tables are created, for many tables and for rings of them.
#include "support/catch.hpp"

#include <string>
#include <vector>

#include <azoth/schema/metadata.hpp>
#include <azoth/schema/sort.hpp>
#include <azoth/sql/column.hpp>

namespace {

using namespace azoth;

std::vector<std::string> names(const std::vector<const Table*>& tables) {
    std::vector<std::string> result;
    for (const auto* table : tables) result.push_back(table->name());
    return result;
}

void add(MetaData& metadata, const std::string& name, const std::vector<std::string>& targets) {
    Table table{name, metadata};
    table.add_column("id", Integer{}, primary_key);
    for (const auto& target : targets) table.add_column(target + "_id", Integer{}, foreign_key(target + ".id"));
}

} // namespace

TEST_CASE("sort: tables come in waves, each in the order given", "[schema][core.schema.sort]") {
    MetaData metadata;
    add(metadata, "c", {});
    add(metadata, "a", {"c"});
    add(metadata, "d", {"d"});
    add(metadata, "b", {"a", "elsewhere"});
    const auto without_elsewhere = metadata.tables();
    add(metadata, "elsewhere", {});
    CHECK(names(metadata.sorted_tables()) == std::vector<std::string>{"c", "d", "elsewhere", "a", "b"});
    CHECK(names(schema::sort_tables_and_constraints(without_elsewhere).tables)
          == std::vector<std::string>{"c", "d", "a", "b"});
}

TEST_CASE("sort: all keys of a ring's tables are left to ALTER", "[schema][core.ddl.cycles]") {
    MetaData metadata;
    add(metadata, "x", {"a"});
    add(metadata, "a", {"b", "a", "z"});
    add(metadata, "b", {"a"});
    add(metadata, "z", {});
    const auto sorted = schema::sort_tables_and_constraints(metadata.tables());
    CHECK(names(sorted.tables) == std::vector<std::string>{"a", "b", "z", "x"});
    REQUIRE(sorted.by_alter.size() == 4);
    CHECK(sorted.by_alter[3].first->name() == "b");
}

TEST_CASE("sort: ten thousand tables in a row, and in a ring", "[schema][core.schema.sort]") {
    constexpr int count = 10'000;
    std::vector<Table> tables;
    std::vector<const Table*> pointers;
    tables.reserve(count);
    for (int i = 0; i < count; ++i) {
        auto& table = tables.emplace_back(std::make_shared<schema::TableData>("t" + std::to_string(i)));
        table.add_column("id", Integer{}, foreign_key("t" + std::to_string((i + 1) % count) + ".id"));
        pointers.push_back(&table);
    }
    CHECK(schema::sort_tables_and_constraints(pointers).by_alter.size() == count);
    pointers.pop_back();
    const auto row = schema::sort_tables_and_constraints(pointers);
    CHECK(row.by_alter.empty());
    CHECK(row.tables.front()->name() == "t9998");
}
