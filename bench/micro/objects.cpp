// SPDX-License-Identifier: MIT
// What a mapped object costs beside its members: making, linking, dropping it.
#include <azoth/core.hpp>
#include <azoth/orm.hpp>

#include <benchmark/benchmark.h>

#include <cstdint>
#include <memory>
#include <string>

namespace {

namespace az = azoth;
using az::col;

struct Child;

struct Parent : az::Model<Parent> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> name;
    az::Collection<Child> children;

    static void map(az::Mapper<Parent>& m);
};

struct Child : az::Model<Child> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::int64_t> parent_id;
    az::Mapped<std::string> name;
    az::Related<Parent> parent;

    static void map(az::Mapper<Child>& m);
};

void Parent::map(az::Mapper<Parent>& m) {
    m.table("parent");
    m.column<&Parent::id>(az::primary_key);
    m.column<&Parent::name>(az::String{255});
    m.relationship<&Parent::children>(az::back_populates<&Child::parent>());
}

void Child::map(az::Mapper<Child>& m) {
    m.table("child");
    m.column<&Child::id>(az::primary_key);
    m.column<&Child::parent_id>(az::foreign_key<&Parent::id>());
    m.column<&Child::name>(az::String{255});
    m.relationship<&Child::parent>(az::back_populates<&Parent::children>());
}

const std::string long_name = "a name too long for a small string";

/// What the objects below are compared with.
struct Plain {
    std::int64_t id = 0;
    std::string name;
};

void make_plain(benchmark::State& state) {
    for (auto _ : state) {
        auto plain = std::make_shared<Plain>();
        plain->name = long_name;
        benchmark::DoNotOptimize(plain);
    }
}
BENCHMARK(make_plain)->Name("object: make_shared of a plain struct");

void make_object(benchmark::State& state) {
    for (auto _ : state)
        benchmark::DoNotOptimize(az::make<Parent>(col<&Parent::name> = long_name));
}
BENCHMARK(make_object)->Name("object: make, one member set");

void make_family(benchmark::State& state) {
    for (auto _ : state) {
        auto parent = az::make<Parent>(col<&Parent::name> = long_name);
        for (int i = 0; i < 2; ++i)
            parent->children.append(az::make<Child>(col<&Child::name> = long_name));
        benchmark::DoNotOptimize(parent);
    }
}
BENCHMARK(make_family)->Name("object: make a parent with two children");

void set_member(benchmark::State& state) {
    const auto parent = az::make<Parent>(col<&Parent::name> = long_name);
    std::int64_t id = 0;
    for (auto _ : state) {
        parent->id = ++id;
        benchmark::ClobberMemory();
    }
}
BENCHMARK(set_member)->Name("object: assign a member");

} // namespace
