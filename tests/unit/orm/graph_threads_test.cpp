// SPDX-License-Identifier: MIT
// Graphs under threads: owners may be dropped anywhere at any time. Most telling under ThreadSanitizer.
#include <array>
#include <atomic>
#include <cstddef>
#include <memory>
#include <thread>
#include <vector>

#include "unit/orm/graph_node.hpp"

using namespace graph_tests;

TEST_CASE("graph: weak locks race with the last drop, links and merges in threads", "[orm][graph][threads]") {
    NoLeak no_leak;
    constexpr int rounds = 2000;
    auto shared = make_node(); // what all threads' objects point at
    std::atomic<int> ready{0};
    std::array<std::vector<WeakGraph>, 2> published;
    std::array<std::vector<std::shared_ptr<Node>>, 2> owned;
    for (std::size_t t = 0; t < 2; ++t) {
        for (int i = 0; i < rounds; ++i) {
            owned[t].push_back(make_node(i));
            published[t].emplace_back(owned[t].back()->graph);
        }
    }
    std::atomic<int> locked{0};
    const auto work = [&](std::size_t own) {
        ++ready;
        while (ready < 2) std::this_thread::yield();
        for (std::size_t i = 0; i < rounds; ++i) {
            auto& mine = owned[own][i];
            mine->point_at(shared);
            auto child = make_node();
            mine->point_at(child);
            child->point_at(mine);
            // The other thread is at about the same place and drops its own meanwhile.
            if (GraphRef strong = published[1 - own][i].lock()) {
                ++locked;
                link(child->graph, strong.get());
            }
            mine.reset();
            child.reset();
            (void)published[own][i].expired();
        }
    };
    std::thread other(work, std::size_t{1});
    work(0);
    other.join();
    CHECK(locked <= 2 * rounds);
    CHECK(alive == 1);
}

TEST_CASE("graph: a handle may be dropped in one thread while another links", "[orm][graph][threads]") {
    NoLeak no_leak;
    auto hub = make_node();
    for (int round = 0; round < 50; ++round) {
        std::vector<std::shared_ptr<Node>> mine;
        std::vector<std::shared_ptr<Node>> theirs;
        for (int i = 0; i < 100; ++i) {
            mine.push_back(make_node(i));
            theirs.push_back(mine.back());
        }
        std::thread dropper([&] { theirs.clear(); });
        for (std::size_t i = 0; i < mine.size(); ++i) {
            mine[i]->point_at(hub);
            mine[i]->point_at(mine[(i + 1) % mine.size()]);
            mine[i].reset();
            if (i == 0) mine[0] = make_node(); // the place that the last one points at
        }
        dropper.join();
    }
    CHECK(alive == 1);
}
