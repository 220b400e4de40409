// SPDX-License-Identifier: MIT
// The compiled-statement cache: what it keeps, what it throws out, and what statements remember themselves.
#include "support/catch.hpp"

#include <thread>
#include <vector>

#include <azoth/compiler/cache.hpp>
#include <azoth/schema/metadata.hpp>
#include <azoth/sql/column.hpp>
#include <azoth/sql/select.hpp>

using namespace azoth;

namespace {

sql::Key key_of(std::uint64_t number) {
    auto key = sql::Key::seed();
    key.mix(number);
    return key;
}

std::shared_ptr<const Compiled> compiled(std::string sql) {
    auto made = std::make_shared<Compiled>();
    made->sql = std::move(sql);
    return made;
}

struct Things : Table {
    Column<std::int64_t> id{*this, "id", primary_key};
    explicit Things(MetaData& metadata) : Table{"thing", metadata} {}
};

const sql::StatementNode& node_of(const sql::NodePtr& node) {
    return static_cast<const sql::StatementNode&>(*node);
}

sql::StatementMemo::Content content(std::shared_ptr<const Compiled> made) {
    sql::StatementMemo::Content memo;
    memo.compiled = std::move(made);
    memo.binds = std::make_shared<const sql::BindList>();
    return memo;
}

} // namespace

TEST_CASE("cache: the least recently used statement makes room",
          "[compiler][cache][core.engine.query_cache_size]") {
    CompiledCache cache{3};
    for (std::uint64_t i = 1; i <= 3; ++i) cache.insert(key_of(i), compiled(std::to_string(i)));
    REQUIRE(cache.find(key_of(1))); // 2 is now the oldest
    cache.insert(key_of(4), compiled("4"));
    CHECK(cache.size() == 3);
    CHECK_FALSE(cache.find(key_of(2)));
    CHECK(cache.find(key_of(1))->sql == "1");
    CHECK(cache.find(key_of(3))->sql == "3");
    CHECK(cache.find(key_of(4))->sql == "4");
    CHECK(cache.hits() == 4);
    CHECK(cache.misses() == 1);
}

TEST_CASE("cache: what was added first for a key stays", "[compiler][cache]") {
    CompiledCache cache{3};
    const auto first = cache.insert(key_of(1), compiled("first"));
    CHECK(cache.insert(key_of(1), compiled("second")) == first);
    CHECK(cache.size() == 1);
}

TEST_CASE("cache: capacity 0 keeps nothing, capacity 1 keeps one",
          "[compiler][cache][core.engine.query_cache_size]") {
    CompiledCache off{0};
    CHECK(off.insert(key_of(1), compiled("1"))->sql == "1");
    CHECK_FALSE(off.find(key_of(1)));
    CHECK(off.size() == 0);
    CHECK(off.misses() == 1);

    CompiledCache one{1};
    one.insert(key_of(1), compiled("1"));
    one.insert(key_of(2), compiled("2"));
    CHECK_FALSE(one.find(key_of(1)));
    CHECK(one.find(key_of(2)));
}

TEST_CASE("cache: a kept statement remembers, a copy and a changed one do not",
          "[compiler][cache][core.cache.clear]") {
    MetaData metadata;
    const Things things{metadata};
    CompiledCache cache;
    CompiledCache other;
    auto statement = select(things.id);
    CHECK_FALSE(cache.recall(node_of(statement.node())).compiled);

    cache.remember(node_of(statement.node()), content(compiled("one")));
    CHECK(cache.recall(node_of(statement.node())).compiled->sql == "one");
    CHECK_FALSE(other.recall(node_of(statement.node())).compiled);

    const auto narrower = statement.where(things.id == 1);
    CHECK_FALSE(cache.recall(node_of(narrower.node())).compiled);

    // An rvalue is changed in place: what it remembered is out of date.
    auto moved = std::move(statement).where(things.id == 1);
    CHECK_FALSE(cache.recall(node_of(moved.node())).compiled);

    cache.remember(node_of(moved.node()), content(compiled("two")));
    cache.clear();
    CHECK_FALSE(cache.recall(node_of(moved.node())).compiled);
    CHECK(cache.hits() == 1);
}

TEST_CASE("cache: threads may share it and a statement", "[compiler][cache]") {
    MetaData metadata;
    const Things things{metadata};
    const auto statement = select(things.id);
    CompiledCache cache{8};
    std::vector<std::thread> threads;
    std::atomic<int> wrong{0};
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            for (std::uint64_t i = 0; i < 5000; ++i) {
                const auto number = i % 16;
                auto found = cache.find(key_of(number));
                if (!found) found = cache.insert(key_of(number), compiled(std::to_string(number)));
                if (found->sql != std::to_string(number)) ++wrong;
                cache.remember(node_of(statement.node()), content(found));
                const auto memo = cache.recall(node_of(statement.node()));
                if (!memo.compiled || !memo.binds) ++wrong;
            }
        });
    }
    for (auto& thread : threads) thread.join();
    CHECK(wrong == 0);
    CHECK(cache.size() == 8);
}
