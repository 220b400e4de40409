// SPDX-License-Identifier: MIT
// What MariaDB's catalogue has and no other: types, options, partitions, keys that are indexes. And views of what is gone.
#include "support/backend.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace az = azoth;
using Catch::Contains;

namespace {

using Names = std::vector<std::string>;

bool has_server() {
    const auto names = backend_names();
    return std::ranges::find(names, "mariadb") != names.end();
}

asio::awaitable<void> run_each(az::Connection& connection, Names statements) {
    for (auto& sql : statements) co_await connection.run(std::move(sql));
    co_await connection.commit();
}
template <class... Sql>
asio::awaitable<void> run_all(az::Connection& connection, const Sql&... statements) {
    return run_each(connection, Names{std::string{statements}...});
}

std::string text(const az::schema::DialectOptions& options, std::string_view name) {
    const auto* value = options.find(name);
    return value == nullptr ? "none" : std::get<std::string>(*value);
}

asio::awaitable<void> round_trip(az::Engine engine) {
    auto connection = co_await engine.connect();
    co_await run_all(
        connection,
        "CREATE TABLE parent (id INTEGER PRIMARY KEY) ENGINE=InnoDB",
        "CREATE TABLE everything (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, "
        "code VARCHAR(20) CHARACTER SET latin1 COLLATE latin1_bin NOT NULL COMMENT 'it''s', "
        "colour ENUM('red', 'it''s blue'), flags SET('a', 'b'), body MEDIUMTEXT, bits BIT(5), tiny TINYINT(1), "
        "at TIMESTAMP(3) NOT NULL DEFAULT current_timestamp(3) ON UPDATE current_timestamp(3), "
        "twice BIGINT GENERATED ALWAYS AS (tiny * 2) VIRTUAL, thrice BIGINT GENERATED ALWAYS AS (tiny * 3) STORED, "
        "parent_id INTEGER, UNIQUE KEY uq_code (code), KEY ix_body (body(10)), FULLTEXT KEY ft_body (body), "
        "CONSTRAINT ck_tiny CHECK (tiny < 9), CONSTRAINT fk_parent FOREIGN KEY (parent_id) REFERENCES parent (id) ON DELETE SET NULL) "
        "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC COMMENT='about, \"all\"' STATS_PERSISTENT=1",
        "CREATE VIEW codes AS SELECT code FROM everything");
    auto inspector = az::inspect(connection);
    const auto columns = co_await inspector.get_columns("everything");
    const auto ddl_type = [&](std::size_t column) { return engine.dialect()->type_text(columns.at(column).type.on("mariadb")); };
    CHECK(ddl_type(0) == "BIGINT UNSIGNED");
    CHECK(columns[0].autoincrement);
    CHECK(ddl_type(1) == "VARCHAR(20) CHARACTER SET latin1 COLLATE latin1_bin");
    CHECK(columns[1].comment == "it's");
    CHECK(ddl_type(2) == "ENUM('red','it''s blue')");
    CHECK(ddl_type(3) == "SET('a','b')");
    CHECK(ddl_type(4) == "MEDIUMTEXT");
    CHECK(ddl_type(5) == "BIT(5)");
    CHECK(ddl_type(6) == "TINYINT(1)"); // and no boolean
    CHECK(ddl_type(7) == "TIMESTAMP(3)");
    CHECK_THAT(columns[7].default_.value_or(""), Contains("current_timestamp") && Contains("on update", Catch::CaseSensitive::No));
    REQUIRE(columns[8].computed.has_value());
    CHECK(columns[8].computed->persisted == false);
    REQUIRE(columns[9].computed.has_value());
    CHECK(columns[9].computed->persisted == true);

    const auto options = co_await inspector.get_table_options("everything");
    CHECK(text(options, "mariadb_engine") == "InnoDB");
    CHECK(text(options, "mariadb_default_charset") == "utf8mb4");
    CHECK(text(options, "mariadb_collate") == "utf8mb4_bin");
    CHECK(text(options, "mariadb_row_format") == "DYNAMIC");
    CHECK(text(options, "mariadb_stats_persistent") == "1");
    const auto comment = co_await inspector.get_table_comment("everything");
    CHECK(comment == "about, \"all\"");

    // A UNIQUE is both; a reflected table has the index only.
    const auto uniques = co_await inspector.get_unique_constraints("everything");
    REQUIRE(uniques.size() == 1);
    CHECK(uniques[0].duplicates_index == "uq_code");
    const auto indexes = co_await inspector.get_indexes("everything");
    const bool has_unique = std::ranges::any_of(indexes, [](const auto& index) { return index.name == "uq_code" && index.unique; });
    CHECK(has_unique);
    const auto checks = co_await inspector.get_check_constraints("everything");
    REQUIRE(checks.size() == 1);
    CHECK(checks[0].name == "ck_tiny");
    const auto view = co_await inspector.get_view_definition("codes");
    CHECK_THAT(view, Contains("select") && Contains("everything"));

    az::MetaData metadata;
    const auto table = co_await az::reflect_table(connection, metadata, "everything");
    CHECK(table.data().uniques.empty());
    co_await metadata.drop_all(connection);
    co_await metadata.create_all(connection);
    inspector.clear_cache();
    const auto before = table.data().columns.size();
    const auto again = co_await inspector.get_columns("everything");
    REQUIRE(again.size() == before);
    for (std::size_t i = 0; i < before; ++i) {
        CAPTURE(again[i].name);
        CHECK(again[i].type == columns[i].type);
        CHECK(again[i].default_ == columns[i].default_);
        CHECK(again[i].comment == columns[i].comment);
    }
    const auto options_again = co_await inspector.get_table_options("everything");
    CHECK(text(options_again, "mariadb_row_format") == "DYNAMIC");
    const auto keys = co_await inspector.get_foreign_keys("everything");
    REQUIRE(keys.size() == 1);
    CHECK(keys[0].name == "fk_parent");
    CHECK(keys[0].ondelete == "SET NULL");
    co_await connection.close();
}

asio::awaitable<void> partitions(az::Engine engine) {
    auto connection = co_await engine.connect();
    const Names tables{
        "CREATE TABLE by_hash (id INTEGER NOT NULL) PARTITION BY HASH (id) PARTITIONS 4",
        "CREATE TABLE by_key (id INTEGER NOT NULL PRIMARY KEY) PARTITION BY KEY () PARTITIONS 2",
        "CREATE TABLE by_range (id INTEGER NOT NULL, at DATE) PARTITION BY RANGE (year(at)) "
        "(PARTITION `old` VALUES LESS THAN (2000), PARTITION `new` VALUES LESS THAN MAXVALUE)",
        "CREATE TABLE by_list (kind VARCHAR(9), id INTEGER) PARTITION BY LIST COLUMNS (kind) "
        "(PARTITION p0 VALUES IN ('a', 'it''s'), PARTITION p1 VALUES IN ('b'))",
        "CREATE TABLE by_both (id INTEGER NOT NULL, at DATE) PARTITION BY RANGE (year(at)) SUBPARTITION BY HASH (id) SUBPARTITIONS 3 "
        "(PARTITION p0 VALUES LESS THAN (2000), PARTITION p1 VALUES LESS THAN MAXVALUE)",
    };
    co_await run_each(connection, tables);
    auto inspector = az::inspect(connection);
    const auto by_hash = co_await inspector.get_table_options("by_hash");
    CHECK_THAT(text(by_hash, "mariadb_partition_by"), Contains("HASH (") && Contains("id"));
    CHECK(text(by_hash, "mariadb_partitions") == "4");
    CHECK(text(by_hash, "mariadb_partition_definitions") == "none");
    const auto by_list = co_await inspector.get_table_options("by_list");
    CHECK_THAT(text(by_list, "mariadb_partition_definitions"), Contains("PARTITION `p0` VALUES IN ('a','it''s'), PARTITION `p1`"));
    const auto by_both = co_await inspector.get_table_options("by_both");
    CHECK_THAT(text(by_both, "mariadb_subpartition_by"), Contains("HASH ("));
    CHECK(text(by_both, "mariadb_subpartitions") == "3");

    // There and back.
    az::MetaData metadata;
    co_await metadata.reflect(connection);
    co_await metadata.drop_all(connection);
    co_await metadata.create_all(connection);
    inspector.clear_cache();
    for (const auto* name : {"by_hash", "by_key", "by_range", "by_list", "by_both"}) {
        CAPTURE(name);
        const auto options = co_await inspector.get_table_options(name);
        for (const auto* option : {"mariadb_partition_by", "mariadb_partitions", "mariadb_subpartition_by", "mariadb_subpartitions",
                                   "mariadb_partition_definitions"}) {
            CAPTURE(option);
            CHECK(text(options, option) == text(metadata.table(name).data().options, option));
        }
    }
    co_await connection.close();
}

asio::awaitable<void> broken_view(az::Engine engine) {
    const auto dialect = engine.dialect()->name();
    if (dialect == "postgresql") co_return; // it does not let go of a table that a view needs
    std::vector<std::string> warnings;
    engine.events().warning.connect([&](std::string_view warning) { warnings.emplace_back(warning); });
    auto connection = co_await engine.connect();
    co_await run_all(connection, "CREATE TABLE gone (id INTEGER)", "CREATE TABLE here (id INTEGER)", "CREATE VIEW broken AS SELECT id FROM gone",
                                  "CREATE VIEW whole AS SELECT id FROM here", "DROP TABLE gone");
    auto inspector = az::inspect(connection);
    const auto views = co_await inspector.get_view_names();
    CHECK(views == Names{"broken", "whole"});
    std::string what;
    try {
        const auto columns = co_await inspector.get_columns("broken");
        CHECK(columns.empty());
    } catch (const az::UnreflectableTableError& error) {
        what = error.what();
    }
    CHECK_THAT(what, Contains("'broken' cannot be reflected") && Contains("gone"));
    const auto all = az::InspectOptions{}.kind(az::ObjectKind::any);
    const auto columns = co_await inspector.get_multi_columns(all);
    CHECK(columns.size() == 2);
    CHECK(columns.contains({"", "whole"}));
    const auto definition = co_await inspector.get_view_definition("broken");
    CHECK_THAT(definition, Contains("gone"));

    // One that cannot be read does not stand in the way of the others.
    az::MetaData metadata;
    const auto with_views = az::ReflectOptions{}.views();
    co_await metadata.reflect(connection, with_views);
    CHECK(metadata.tables().size() == 2);
    REQUIRE(warnings.size() == 1);
    CHECK_THAT(warnings[0], Contains("Skipping table broken"));
    bool refused = false;
    try {
        co_await az::reflect_table(connection, metadata, "broken");
    } catch (const az::UnreflectableTableError&) {
        refused = true;
    }
    CHECK(refused);
    co_await connection.close();
}

} // namespace

TEST_CASE("mysql reflection: a table with all that there is, there and back", "[integration][reflection][my.reflect]") {
    if (!has_server()) return;
    Backend database{"mariadb"};
    database.run(round_trip(database.engine()));
}

TEST_CASE("mysql reflection: partitions, there and back", "[integration][reflection][my.reflect]") {
    if (!has_server()) return;
    Backend database{"mariadb"};
    database.run(partitions(database.engine()));
}

TEST_CASE("reflection: a view of a table that is gone is said so, and passed over", "[integration][reflection][core.err.hierarchy]"
          "[core.reflect.metadata]") {
    for (const auto& name : backend_names()) {
        CAPTURE(name);
        Backend database{name};
        database.run(broken_view(database.engine()));
    }
}
