// SPDX-License-Identifier: MIT
// What a statement costs before it is sent: building it, finding its compilation, compiling it.
#include <azoth/compiler/cache.hpp>
#include <azoth/core.hpp>
#include <azoth/sql/key.hpp>
#include <azoth/sql/node.hpp>

#include <benchmark/benchmark.h>

#include <cstdint>
#include <memory>
#include <string>

namespace {

namespace az = azoth;

struct Customers : az::Table {
    az::Column<std::int64_t> id{*this, "id", az::primary_key};
    az::Column<std::string> name{*this, "name", az::String{255}};
    az::Column<std::string> description{*this, "description", az::String{255}};
    explicit Customers(az::MetaData& metadata) : az::Table{"customer", metadata} {}
};

struct Schema {
    az::MetaData metadata;
    Customers customers{metadata};
};

const Customers& customers() {
    static const Schema schema;
    return schema.customers;
}

/// Ten nodes: the SELECT, three columns and the table (which live in the table), AND, two comparisons, two
/// bound values.
auto ten_nodes(std::int64_t key) {
    const auto& c = customers();
    return az::select(c.id, c.name, c.description).where(c.id == key && c.name != "nobody");
}

void build(benchmark::State& state) {
    std::int64_t key = 0;
    for (auto _ : state)
        benchmark::DoNotOptimize(ten_nodes(++key));
}
BENCHMARK(build)->Name("statement: build, 10 nodes");

/// As the engine does it: what the statement remembers, else the cache by structural key, else the compiler.
std::shared_ptr<const az::Compiled>
find(az::CompiledCache& cache, const az::Dialect& dialect, const az::sql::NodePtr& of) {
    const auto& node = static_cast<const az::sql::StatementNode&>(*of);
    auto content = cache.recall(node);
    if (content.compiled)
        return std::move(content.compiled);
    content.binds = std::make_shared<const az::sql::BindList>(az::sql::collect_binds(node));
    const auto key = az::sql::statement_key(node, *content.binds);
    content.compiled = cache.find(key);
    if (!content.compiled)
        content.compiled = cache.insert(key, dialect.compile(node, *content.binds));
    cache.remember(node, content);
    return std::move(content.compiled);
}

void find_kept(benchmark::State& state) {
    az::CompiledCache cache;
    const auto dialect = az::dialects::postgresql();
    const auto statement = ten_nodes(1);
    const auto node = statement.node();
    benchmark::DoNotOptimize(find(cache, *dialect, node));
    for (auto _ : state)
        benchmark::DoNotOptimize(find(cache, *dialect, node));
}
BENCHMARK(find_kept)->Name("statement: find compiled, statement kept");

void build_and_find(benchmark::State& state) {
    az::CompiledCache cache;
    const auto dialect = az::dialects::postgresql();
    std::int64_t key = 0;
    for (auto _ : state)
        benchmark::DoNotOptimize(find(cache, *dialect, ten_nodes(++key).node()));
}
BENCHMARK(build_and_find)->Name("statement: build and find in the cache");

void compile(benchmark::State& state) {
    const auto dialect = az::dialects::postgresql();
    const auto statement = ten_nodes(1);
    const auto binds = az::sql::collect_binds(*statement.node());
    for (auto _ : state)
        benchmark::DoNotOptimize(dialect->compile(*statement.node(), binds));
}
BENCHMARK(compile)->Name("statement: compile, cache cold");

void bind(benchmark::State& state) {
    const auto dialect = az::dialects::postgresql();
    const auto statement = ten_nodes(1);
    const auto binds = az::sql::collect_binds(*statement.node());
    const auto compiled = dialect->compile(*statement.node(), binds);
    for (auto _ : state) {
        az::Compiled::Bound bound;
        compiled->bind(binds, bound);
        benchmark::DoNotOptimize(bound.params.data());
    }
}
BENCHMARK(bind)->Name("statement: bind two values");

} // namespace
