// SPDX-License-Identifier: MIT
// Foreign keys to what is not there, and other mistakes in a schema, each with its own exception.
#include "support/catch.hpp"

#include <memory>
#include <string>
#include <vector>

#include <azoth/core.hpp>
#include <azoth/error.hpp>
#include <azoth/sql/functions.hpp>
#include <azoth/types/postgresql.hpp>

using namespace azoth;
using Catch::Contains;

namespace {

struct Nodes : Table {
    Column<std::int32_t> id{*this, "id", primary_key};
    explicit Nodes(MetaData& md) : Table{"nodes", md} {}
};

struct Edges : Table {
    Column<std::int32_t> id{*this, "id", primary_key};
    Column<std::int32_t> from{*this, "from_id", foreign_key("nodes.id")};
    explicit Edges(MetaData& md) : Table{"edges", md} {}
};

/// A key that is right but for the column that it refers to.
struct Wrong : Table {
    Column<std::int32_t> id{*this, "id", primary_key};
    Column<std::int32_t> from{*this, "from_id", foreign_key("nodes.number")};
    explicit Wrong(MetaData& md) : Table{"wrong", md} {}
};

struct Elsewhere : Table {
    Column<std::int32_t> id{*this, "id", primary_key};
    Column<std::int32_t> node;
    Elsewhere(MetaData& md, const Nodes& nodes) : Table{"elsewhere", md}, node{*this, "node_id", foreign_key(nodes.id)} {}
};

std::string ddl(const Table& table) { return compile(CreateTable{table}, dialects::postgresql()).sql(); }

} // namespace

TEST_CASE("a foreign key to a table that the MetaData does not have", "[schema][core.err.hierarchy]") {
    MetaData metadata;
    const Edges edges{metadata};
    CHECK_THROWS_AS(metadata.sorted_tables(), NoReferencedTableError);
    CHECK_THROWS_WITH(metadata.sorted_tables(), Contains("'edges.from_id'") && Contains("'nodes'") && Contains("'id'"));
    CHECK_THROWS_AS(ddl(edges), NoReferencedTableError);
    CHECK_THROWS_AS(compile(AddConstraint{edges.shared_data(), edges.data().foreign_keys.front()}, dialects::postgresql()), NoReferencedTableError);
    // Where nobody asks for it nothing is wrong: the table may come later.
    CHECK_FALSE(compile(select(edges.id), dialects::postgresql()).sql().empty());
    const Nodes nodes{metadata};
    CHECK(metadata.sorted_tables().size() == 2);
    CHECK_THAT(ddl(edges), Contains("REFERENCES nodes (id)"));
    metadata.remove(nodes);
    CHECK_THROWS_AS(ddl(edges), NoReferencedTableError);
}

TEST_CASE("a foreign key to a column that its table does not have", "[schema][core.err.hierarchy]") {
    MetaData metadata;
    const Wrong wrong{metadata};
    const Nodes nodes{metadata};
    CHECK_THROWS_AS(metadata.sorted_tables(), NoReferencedColumnError);
    CHECK_THROWS_AS(ddl(wrong), NoReferencedColumnError);
    CHECK_THROWS_AS(select(wrong.id).join_from(wrong, nodes), NoReferencedColumnError);
    CHECK_THROWS_WITH(select(wrong.id).join_from(wrong, nodes), Contains("'nodes' has no column named 'number'"));
}

TEST_CASE("a foreign key to a column in hand needs no MetaData to know it", "[schema]") {
    MetaData one;
    MetaData other;
    const Nodes nodes{one};
    const Elsewhere elsewhere{other, nodes};
    CHECK(other.sorted_tables().size() == 1);
    CHECK_THAT(ddl(elsewhere), Contains("REFERENCES nodes (id)"));
}

TEST_CASE("a name that is given and too long is no name", "[schema][core.err.hierarchy]") {
    MetaData metadata;
    const Nodes nodes{metadata};
    const UniqueConstraint constraint{nodes, nodes.id, named(std::string(64, 'x'))};
    CHECK_THROWS_AS(ddl(nodes), IdentifierError);
    CHECK_THROWS_WITH(ddl(nodes), Contains("longer than the 63"));
}

TEST_CASE("what is no statement is not executable", "[sql][core.err.hierarchy][core.conn.execute]") {
    CHECK_THROWS_AS(sql::make_executable(literal(5).node()), ObjectNotExecutableError);
    CHECK_NOTHROW(sql::make_executable(func::now().node()));
}

TEST_CASE("what a dialect cannot write at all", "[compiler][core.err.hierarchy][dial.common.supports]") {
    MetaData metadata;
    const Nodes nodes{metadata};
    CHECK_THROWS_AS(compile(select(nodes.id).distinct_on(nodes.id), dialects::sqlite()), UnsupportedCompilationError);
    CHECK_THROWS_AS(dialects::sqlite()->type_text(postgresql::INET{}), UnsupportedCompilationError);
}

TEST_CASE("a table outlives its MetaData, and what it refers to", "[schema]") {
    auto metadata = std::make_unique<MetaData>();
    { const Nodes nodes{*metadata}; }
    const Edges edges{*metadata};
    metadata.reset();
    CHECK_THAT(ddl(edges), Contains("REFERENCES nodes (id)"));
}
