// SPDX-License-Identifier: MIT
// A counted object that lives in a graph, for the graph's tests.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <azoth/orm/graph.hpp>

#include "support/catch.hpp"

namespace graph_tests {

using namespace azoth::orm;

inline std::atomic<int> alive{0};
inline std::vector<int>* destroyed = nullptr; // the ids of nodes as they go, when a test looks

struct Node {
    explicit Node(Graph* g, int n = 0) : graph(g), id(n) { ++alive; }
    Node(const Node&) = delete;
    Node& operator=(const Node&) = delete;
    ~Node() {
        --alive;
        if (destroyed != nullptr) destroyed->push_back(id);
    }

    void point_at(const std::shared_ptr<Node>& other) const { link(graph, other->graph); }

    Graph* graph;
    int id;
    std::string text = "longer than what a string holds in itself";
    std::shared_ptr<Node> member; // what a user may put into a mapped class
};

/// What make<T>() does: an object in a graph of its own.
inline std::shared_ptr<Node> make_node(int id = 0) {
    GraphRef graph = make_graph(sizeof(Node));
    Node* node = create<Node>(*graph, graph.get(), id);
    return handle(std::move(graph), node);
}

/// Fails at the end of a test that leaves anything behind.
struct NoLeak {
    ~NoLeak() {
        CHECK(alive == 0);
        CHECK(live_graphs() == graphs);
        CHECK(live_graph_bytes() == bytes);
    }
    std::size_t graphs = live_graphs();
    std::size_t bytes = live_graph_bytes();
};

struct Recorded {
    explicit Recorded(std::vector<int>& order) { destroyed = &order; }
    ~Recorded() { destroyed = nullptr; }
};

} // namespace graph_tests
