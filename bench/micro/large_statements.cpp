// SPDX-License-Identifier: MIT
// How the cost of compiling grows with the statement: n, 2n and 4n parameters, conditions and columns.
#include <azoth/core.hpp>
#include <azoth/sql/node.hpp>

#include <benchmark/benchmark.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace {

namespace az = azoth;

const az::Table& wide_table(std::int64_t columns) {
    static std::vector<std::pair<std::int64_t, az::Table>> made;
    for (const auto& [width, table] : made)
        if (width == columns) return table;
    auto data = std::make_shared<az::schema::TableData>("wide");
    for (std::int64_t i = 0; i < columns; ++i) data->add_column("column_" + std::to_string(i), az::Integer{});
    return made.emplace_back(columns, az::Table{std::move(data)}).second;
}

void compile_all(benchmark::State& state, const az::sql::Node& statement) {
    const auto dialect = az::dialects::postgresql();
    for (auto _ : state) {
        const auto binds = az::sql::collect_binds(statement);
        benchmark::DoNotOptimize(az::sql::statement_key(statement, binds));
        benchmark::DoNotOptimize(dialect->compile(statement, binds));
    }
    state.SetComplexityN(state.range(0));
}

void parameters(benchmark::State& state) {
    const auto t = az::table("t", "a");
    auto statement = az::select(t.c("a"));
    for (std::int64_t i = 0; i < state.range(0); ++i) statement = std::move(statement).where(t.c("a") != i);
    compile_all(state, *statement.node());
}
BENCHMARK(parameters)->Name("compile: bound parameters")->Arg(10'000)->Arg(20'000)->Arg(40'000)->Unit(benchmark::kMillisecond);

void nested(benchmark::State& state) {
    const auto t = az::table("t", "a");
    const auto column = t.c("a").node();
    auto condition = az::sql::make_binary(az::sql::Operator::eq, column, column, az::Boolean{});
    for (std::int64_t i = 0; i < state.range(0); ++i) {
        auto other = az::sql::make_binary(
            az::sql::Operator::eq, column, az::sql::make_bind(az::Value{i}, az::Integer{}), az::Boolean{});
        condition = az::sql::make_boolean_list(
            i % 2 == 0 ? az::sql::Operator::and_ : az::sql::Operator::or_, {std::move(condition), std::move(other)});
    }
    const auto statement = az::select(t.c("a")).where(az::Expr<bool>{condition});
    compile_all(state, *statement.node());
}
BENCHMARK(nested)->Name("compile: nested conditions")->Arg(1'000)->Arg(2'000)->Arg(4'000)->Unit(benchmark::kMillisecond);

void wide_select(benchmark::State& state) {
    const auto statement = az::select(wide_table(state.range(0)));
    compile_all(state, *statement.node());
}
BENCHMARK(wide_select)->Name("compile: SELECT of a wide table")->Arg(500)->Arg(1'000)->Arg(2'000)->Unit(benchmark::kMillisecond);

void wide_insert(benchmark::State& state) {
    auto all = az::insert(wide_table(state.range(0)));
    for (const auto& column : wide_table(state.range(0)).columns()) all = all.columns(column);
    compile_all(state, *all.node());
}
BENCHMARK(wide_insert)->Name("compile: INSERT into a wide table")->Arg(500)->Arg(1'000)->Arg(2'000)->Unit(benchmark::kMillisecond);

void wide_subquery(benchmark::State& state) {
    const auto sub = az::select(wide_table(state.range(0))).subquery("s");
    const auto statement = az::select(sub);
    compile_all(state, *statement.node());
}
BENCHMARK(wide_subquery)->Name("compile: subquery of a wide table")->Arg(500)->Arg(1'000)->Arg(2'000)->Unit(benchmark::kMillisecond);

} // namespace
