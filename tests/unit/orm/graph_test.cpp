// SPDX-License-Identifier: MIT
// Who keeps mapped objects alive: handles, links, merged graphs, weak references.
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <random>
#include <stdexcept>
#include <utility>
#include <vector>

#include "unit/orm/graph_node.hpp"

using namespace graph_tests;

TEST_CASE("graph: objects are destroyed last one first when the last handle goes", "[orm][graph]") {
    NoLeak no_leak;
    std::vector<int> order;
    Recorded recorded(order);
    GraphRef graph = make_graph();
    Node* first = create<Node>(*graph, graph.get(), 0);
    for (int i = 1; i < 500; ++i) {
        if (i % 3 == 0) (void)create<double>(*graph, 0.5); // interrupts the row of equal objects
        create<Node>(*graph, graph.get(), i);
    }
    auto held = handle(graph.get(), first);
    graph.reset();
    CHECK(alive == 500);
    auto other = held;
    held.reset();
    CHECK(other->id == 0);
    CHECK(order.empty());
    other.reset();
    REQUIRE(order.size() == 500);
    for (int i = 0; i < 500; ++i) CHECK(order[static_cast<std::size_t>(i)] == 499 - i);
}

TEST_CASE("graph: memory has the alignment asked for, in every chunk", "[orm][graph]") {
    struct alignas(128) Wide {
        std::array<char, 128> bytes{};
    };
    NoLeak no_leak;
    GraphRef graph = make_graph(1);
    for (int i = 0; i < 2000; ++i) {
        auto* narrow = create<char>(*graph, 'x');
        auto* wide = create<Wide>(*graph);
        CHECK(reinterpret_cast<std::uintptr_t>(wide) % 128 == 0);
        CHECK(*narrow == 'x');
    }
    void* large = allocate(*graph, 1'000'000, 64);
    CHECK(reinterpret_cast<std::uintptr_t>(large) % 64 == 0);
    reserve(*graph, 100'000);
    const auto before = live_graph_bytes();
    for (int i = 0; i < 100; ++i) (void)allocate(*graph, 1000, 8);
    CHECK(live_graph_bytes() == before);
    CHECK_THROWS_AS(allocate(*graph, SIZE_MAX - 8, 8), std::bad_alloc);
}

TEST_CASE("graph: an object whose constructor throws is not destroyed", "[orm][graph]") {
    struct Failing : Node {
        explicit Failing(Graph* g) : Node(g) { throw std::runtime_error("no"); }
    };
    NoLeak no_leak;
    GraphRef graph = make_graph();
    create<Node>(*graph, graph.get());
    CHECK_THROWS_AS(create<Failing>(*graph, graph.get()), std::runtime_error);
    create<Node>(*graph, graph.get());
    CHECK(alive == 2);
}

TEST_CASE("graph: a made object is one allocation besides its handle", "[orm][graph]") {
    NoLeak no_leak;
    GraphRef graph = make_graph(sizeof(Node));
    const auto before = live_graph_bytes();
    create<Node>(*graph, graph.get());
    CHECK(live_graph_bytes() == before);
}

TEST_CASE("graph: a held country does not hold the orders that point at it", "[orm][graph]") {
    NoLeak no_leak;
    auto country = make_node();
    auto order = make_node();
    order->point_at(country);
    CHECK(alive == 2);
    SECTION("the order holds the country") {
        Node* seen = country.get();
        country.reset();
        CHECK(alive == 2);
        CHECK(seen->text.size() > 20);
        order.reset();
        CHECK(alive == 0);
    }
    SECTION("but not the other way round") {
        order.reset();
        CHECK(alive == 1);
        CHECK(country->text.size() > 20);
    }
}

TEST_CASE("graph: two objects that point at each other live and die together",
          "[orm][graph][orm.core.handles]") {
    NoLeak no_leak;
    auto parent = make_node();
    auto child = make_node();
    parent->point_at(child);
    CHECK_FALSE(merged(parent->graph, child->graph));
    child->point_at(parent);
    CHECK(merged(parent->graph, child->graph));
    const bool keep_parent = GENERATE(true, false);
    (keep_parent ? child : parent).reset();
    CHECK(alive == 2);
    (keep_parent ? parent : child).reset();
    CHECK(alive == 0);
}

TEST_CASE("graph: a ring of any size does not leak, and all on the way join it",
          "[orm][graph][orm.idmap.weak]") {
    NoLeak no_leak;
    const int size = GENERATE(3, 4, 50);
    std::vector<std::shared_ptr<Node>> ring;
    for (int i = 0; i < size; ++i) ring.push_back(make_node(i));
    auto aside = make_node();
    // Two ways through: by each neighbour, and past it.
    for (std::size_t i = 0; i + 1 < ring.size(); ++i) {
        ring[i]->point_at(ring[i + 1]);
        if (i + 2 < ring.size()) ring[i]->point_at(ring[i + 2]);
        ring[i]->point_at(aside);
    }
    const auto before = live_graphs();
    ring.back()->point_at(ring.front());
    CHECK(live_graphs() == before - static_cast<std::size_t>(size) + 1);
    for (auto& node : ring) CHECK(merged(node->graph, ring.front()->graph));
    CHECK_FALSE(merged(aside->graph, ring.front()->graph));
    aside.reset();
    auto last = ring[1];
    ring.clear();
    CHECK(alive == size + 1);
    last.reset();
    CHECK(alive == 0);
}

TEST_CASE("graph: handles to different objects of one graph share one count", "[orm][graph]") {
    NoLeak no_leak;
    GraphRef graph = make_graph();
    auto a = handle(graph.get(), create<Node>(*graph, graph.get()));
    auto b = handle(graph.get(), create<Node>(*graph, graph.get()));
    CHECK_FALSE(a.owner_before(b));
    CHECK_FALSE(b.owner_before(a));
    std::weak_ptr<Node> weak = a;
    a.reset();
    CHECK(weak.lock() != nullptr); // b holds the graph
    b.reset();
    CHECK(weak.expired());
    CHECK(alive == 2);
    b = handle(graph.get(), static_cast<Node*>(nullptr)); // the handle is made anew
    graph.reset();
    CHECK(alive == 2);
}

TEST_CASE("graph: a weak reference locks while the graph lives, merged or not", "[orm][graph]") {
    NoLeak no_leak;
    auto a = make_node();
    auto b = make_node();
    WeakGraph weak_a(a->graph);
    WeakGraph weak_b(b->graph);
    WeakGraph copy = weak_b;
    CHECK(WeakGraph().expired());
    CHECK_FALSE(WeakGraph().lock());
    a->point_at(b);
    b->point_at(a);
    b.reset();
    GraphRef strong = copy.lock();
    REQUIRE(strong);
    a.reset();
    CHECK(alive == 2);
    CHECK_FALSE(weak_a.expired());
    strong.reset();
    CHECK(alive == 0);
    CHECK(weak_a.expired());
    CHECK(weak_b.expired());
    CHECK_FALSE(weak_a.lock());
    CHECK_FALSE(copy.lock());
}

TEST_CASE("graph: a handle source serves objects of several graphs", "[orm][graph]") {
    NoLeak no_leak;
    auto a = make_node(1);
    auto b = make_node(2);
    WeakGraph weak(b->graph);
    HandleSource source;
    std::vector<std::shared_ptr<Node>> handles;
    for (int i = 0; i < 4; ++i) {
        handles.push_back(source(a->graph, a.get()));
        handles.push_back(source.lock(weak, b.get()));
    }
    Node* gone = b.get();
    a.reset();
    b.reset();
    CHECK(handles[6]->id == 1);
    CHECK(handles[7]->id == 2);
    handles.clear();
    CHECK(alive == 1); // the source holds the last graph
    (void)source(make_node(3)->graph, gone); // aims elsewhere
    CHECK(source.lock(weak, gone) == nullptr);
    CHECK(source.lock(WeakGraph(), gone) == nullptr);
}

TEST_CASE("graph: a result outlives whatever loaded it", "[orm][graph]") {
    NoLeak no_leak;
    std::vector<std::shared_ptr<Node>> kept;
    {
        std::vector<std::shared_ptr<Node>> countries;
        for (int i = 0; i < 100; ++i) countries.push_back(make_node(i));
        GraphRef result = make_graph();
        HandleSource source;
        for (int i = 0; i < 20'000; ++i) {
            Node* order = create<Node>(*result, result.get(), i);
            link(result.get(), countries[static_cast<std::size_t>(i) % 100]->graph);
            kept.push_back(source(result.get(), order));
        }
    }
    CHECK(alive == 20'100);
    kept.resize(1);
    CHECK(alive == 20'100); // one order holds its result and what that points at
    kept.clear();
    CHECK(alive == 0);
}

TEST_CASE("graph: ten thousand made children join one parent's graph", "[orm][graph]") {
    NoLeak no_leak;
    auto parent = make_node();
    auto bystander = make_node();
    const auto before = live_graphs();
    for (int i = 0; i < 10'000; ++i) {
        auto child = make_node(i);
        child->point_at(bystander);
        parent->point_at(child);
        child->point_at(parent);
    }
    CHECK(live_graphs() == before);
    CHECK(alive == 10'002);
    parent.reset();
    CHECK(alive == 1);
}

TEST_CASE("graph: a chain of a hundred thousand graphs needs no stack", "[orm][graph]") {
    NoLeak no_leak;
    constexpr int length = 100'000;
    auto head = make_node();
    SECTION("each new one keeps the one before") {
        for (int i = 1; i < length; ++i) {
            auto next = make_node(i);
            next->point_at(head);
            head = std::move(next);
        }
    }
    SECTION("each one keeps the next, and the last the first") {
        auto last = head;
        for (int i = 1; i < length; ++i) {
            auto next = make_node(i);
            last->point_at(next);
            last = std::move(next);
        }
        const auto before = live_graphs();
        last->point_at(head);
        CHECK(live_graphs() == before - length + 1);
    }
    SECTION("each one has the next as a member that the user gave it") {
        for (int i = 1; i < length; ++i) {
            auto next = make_node(i);
            next->member = std::move(head);
            head = std::move(next);
        }
    }
    CHECK(alive == length);
    head.reset();
    CHECK(alive == 0);
}

TEST_CASE("graph: a destructor may drop handles, even the last of a graph that its own keeps",
          "[orm][graph]") {
    NoLeak no_leak;
    std::vector<int> order;
    Recorded recorded(order);
    auto outer = make_node(1);
    auto inner = make_node(2);
    auto third = make_node(3);
    outer->point_at(inner);
    inner->member = std::move(third);
    outer->member = std::move(inner);
    outer.reset();
    CHECK(order == std::vector<int>{1, 2, 3});
}

TEST_CASE("graph: what lives is what can be reached from a handle, by any history of links", "[orm][graph]") {
    NoLeak no_leak;
    const auto seed = GENERATE(range(1U, 41U));
    const std::size_t count = seed % 2 == 0 ? 12 : 60;
    std::mt19937 random(seed);
    const auto pick = [&] { return std::uniform_int_distribution<std::size_t>(0, count - 1)(random); };

    std::vector<std::shared_ptr<Node>> held;
    std::vector<Node*> nodes;
    std::vector<WeakGraph> weak;
    std::vector<std::vector<std::size_t>> links(count);
    for (std::size_t i = 0; i < count; ++i) {
        held.push_back(make_node(static_cast<int>(i)));
        nodes.push_back(held.back().get());
        weak.emplace_back(held.back()->graph);
    }
    const auto reach = [&](std::vector<std::size_t> todo) {
        std::vector<bool> seen(count);
        while (!todo.empty()) {
            const auto i = todo.back();
            todo.pop_back();
            if (seen[i]) continue;
            seen[i] = true;
            todo.insert(todo.end(), links[i].begin(), links[i].end());
        }
        return seen;
    };
    for (int step = 0; step < 400; ++step) {
        const auto a = pick();
        const auto b = pick();
        std::vector<std::size_t> roots;
        for (std::size_t i = 0; i < count; ++i)
            if (held[i]) roots.push_back(i);
        const auto living = reach(roots);
        const auto action = random() % 16;
        if (action < 6) {
            if (living[a] && living[b]) {
                link(nodes[a]->graph, nodes[b]->graph);
                links[a].push_back(b);
            }
        } else if (action < 8 && step > 100) {
            held[a].reset();
        } else if (action == 8 && living[a]) {
            held[a] = handle(nodes[a]->graph, nodes[a]);
        }

        roots.clear();
        for (std::size_t i = 0; i < count; ++i)
            if (held[i]) roots.push_back(i);
        const auto expected = reach(roots);
        std::vector<bool> found(count);
        for (std::size_t i = 0; i < count; ++i) found[i] = !weak[i].expired();
        REQUIRE(found == expected);
        if (expected[a] && expected[b]) {
            const bool ring = reach({a})[b] && reach({b})[a];
            REQUIRE(merged(nodes[a]->graph, nodes[b]->graph) == ring);
        }
    }
    // Weak references hold memory, not objects.
    held.clear();
    CHECK(alive == 0);
}
