// SPDX-License-Identifier: MIT
// Links between graphs, and the merging of graphs that keep each other.
//
// Roots and edges form no ring: a link that would close one merges everything on it instead. To find what
// lies on it, a search runs from both ends of the new link in turns and stops when either is done, so it
// costs no more than twice the cheaper one. Nearly always one end is trivial: a graph that nobody keeps, or
// one that keeps nothing.
#include <azoth/orm/graph.hpp>

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <new>
#include <unordered_set>
#include <utility>
#include <vector>

#include "graph_body.hpp"

namespace azoth::orm {
namespace {

/// Up to here the list of edges is walked to find one, beyond there is a hash set.
constexpr std::size_t few_edges = 8;

void push(Edge*& head, Edge* edge, Edge::Hook Edge::* hook) noexcept {
    (edge->*hook).next = head;
    (edge->*hook).slot = &head;
    if (head != nullptr) (head->*hook).slot = &(edge->*hook).next;
    head = edge;
}

void unhook(Edge* edge, Edge::Hook Edge::* hook) noexcept {
    const Edge::Hook& links = edge->*hook;
    *links.slot = links.next;
    if (links.next != nullptr) (links.next->*hook).slot = links.slot;
}

// ---- what a graph keeps ----------------------------------------------------------------------

bool keeps(const Graph* from, const Graph* to) noexcept {
    if (from->kept) return from->kept->contains(const_cast<Graph*>(to));
    for (const Edge* edge = from->out; edge != nullptr; edge = edge->out.next) {
        if (find(edge->to) == to) return true;
    }
    return false;
}

/// Enters a new edge's end in the set. It only saves second edges, so a lack of memory is no failure.
void note_kept(Graph* from, Graph* to) noexcept {
    try {
        if (from->kept) {
            from->kept->insert(to);
        } else if (from->out_count > few_edges) {
            auto kept = std::make_unique<std::unordered_set<Graph*>>();
            for (const Edge* edge = from->out; edge != nullptr; edge = edge->out.next)
                kept->insert(find(edge->to));
            from->kept = std::move(kept);
        }
    } catch (const std::bad_alloc&) {
        return;
    }
}

void add_edge(Graph* from, Graph* to) {
    auto* edge = new Edge{from, to, {}, {}};
    push(from->out, edge, &Edge::out);
    push(to->in, edge, &Edge::in);
    ++from->out_count;
    ++to->in_count;
    note_kept(from, to);
}

// ---- searching -------------------------------------------------------------------------------

/// One direction of the search for what lies between `start` and `goal`: depth first, on its own stack.
class Walk {
public:
    enum Direction : std::uint8_t { forward, backward };

    explicit Walk(Direction direction) noexcept : direction_(direction) {}

    void begin(Graph* start, const Graph* goal, std::uint64_t serial) {
        stack_.clear();
        between_.clear();
        goal_ = goal;
        serial_ = serial;
        enter(start);
    }

    /// Looks at one edge. False when there is none left.
    bool step() {
        Frame& top = stack_.back();
        if (const Edge* edge = top.edge) {
            top.edge = direction_ == forward ? edge->out.next : edge->in.next;
            Graph* next = find(direction_ == forward ? edge->to : edge->from);
            if (next == goal_)
                top.reaches = true; // and what lies behind the goal is not on a way to it
            else if (next->mark[direction_] >> 1 != serial_)
                enter(next);
            else // seen and, as there are no rings, done with
                top.reaches |= (next->mark[direction_] & 1) != 0;
            return true;
        }
        const Frame left = top;
        stack_.pop_back();
        if (left.reaches) {
            left.graph->mark[direction_] |= 1;
            between_.push_back(left.graph);
            if (!stack_.empty()) stack_.back().reaches = true;
        }
        return !stack_.empty();
    }

    /// After the last step: all from which the goal is reached, the start included and the goal not.
    [[nodiscard]] const std::vector<Graph*>& between() const noexcept { return between_; }

    /// One search through a huge graph should not hold its memory for good.
    void trim() noexcept {
        constexpr std::size_t usual = 4096;
        if (stack_.capacity() > usual) stack_ = {};
        if (between_.capacity() > usual) between_ = {};
    }

private:
    struct Frame {
        Graph* graph;
        const Edge* edge;
        bool reaches;
    };

    void enter(Graph* graph) {
        stack_.push_back({graph, direction_ == forward ? graph->out : graph->in, false});
        graph->mark[direction_] = serial_ << 1;
    }

    Direction direction_;
    std::uint64_t serial_ = 0;
    const Graph* goal_ = nullptr;
    std::vector<Frame> stack_;
    std::vector<Graph*> between_;
};

/// Guarded by the topology mutex, kept for their memory.
struct Searcher {
    Walk forward{Walk::forward};
    Walk backward{Walk::backward};
    std::uint64_t serial = 0;
};

Searcher& searcher() {
    static auto& one = *new Searcher; // never destroyed, as the mutex
    return one;
}

// ---- merging ---------------------------------------------------------------------------------

/// Moves the edges of an absorbed graph over; those between the two, now from a graph to itself, go.
void move_edges(Graph* large, Graph* small) noexcept {
    large->out_count += std::exchange(small->out_count, 0);
    large->in_count += std::exchange(small->in_count, 0);
    while (Edge* edge = small->out) {
        Graph* to = find(edge->to);
        if (to == large) {
            remove_edge(edge);
            continue;
        }
        unhook(edge, &Edge::out);
        push(large->out, edge, &Edge::out);
        note_kept(large, to);
    }
    while (Edge* edge = small->in) {
        if (find(edge->from) == large) {
            remove_edge(edge);
            continue;
        }
        unhook(edge, &Edge::in);
        push(large->in, edge, &Edge::in);
    }
}

/// Merges two roots; costs as much as the one with fewer edges has of them.
Graph* merge(Graph* a, Graph* b) noexcept {
    if (a == b) return a;
    const bool a_larger = a->out_count + a->in_count >= b->out_count + b->in_count;
    Graph* large = a_larger ? a : b;
    Graph* small = a_larger ? b : a;

    small->forward = large;
    large->owners += std::exchange(small->owners, 0);
    if (large->handle.expired()) large->handle = std::move(small->handle);
    small->handle.reset();
    small->last_member->next_member = large->next_member;
    if (large->last_member == large) large->last_member = small->last_member;
    large->next_member = small;
    move_edges(large, small);
    small->kept.reset();
    graph_figures().graphs.fetch_sub(1, std::memory_order_relaxed);
    return large;
}

/// Merges all that lies on a way from `to` to `from`. False when there is no way.
bool close_ring(Graph* from, Graph* to) {
    if (from->in == nullptr || to->out == nullptr) return false;
    Searcher& search = searcher();
    ++search.serial;
    search.backward.begin(from, to, search.serial);
    search.forward.begin(to, from, search.serial);
    Walk* done = nullptr;
    while (done == nullptr) {
        if (!search.backward.step())
            done = &search.backward;
        else if (!search.forward.step())
            done = &search.forward;
    }
    // Whichever has seen all it can: what it found between the two has its own end and lacks the other.
    Graph* root = done == &search.backward ? to : from;
    const bool found = !done->between().empty();
    for (Graph* graph : done->between()) root = merge(root, graph);
    search.backward.trim();
    search.forward.trim();
    return found;
}

} // namespace

Graph* remove_edge(Edge* edge) noexcept {
    Graph* kept = find(edge->to);
    --find(edge->from)->out_count;
    --kept->in_count;
    unhook(edge, &Edge::out);
    unhook(edge, &Edge::in);
    delete edge;
    return kept;
}

void link(Graph* from, Graph* to) {
    // What is kept is kept until `from` dies, so neither answer can be outdated.
    if (from == to || from->recent.load(std::memory_order_relaxed) == to) return;
    const std::scoped_lock lock(topology_mutex());
    Graph* keeper = find(from);
    Graph* kept = find(to);
    assert(!keeper->unowned() && !kept->unowned());
    if (keeper != kept && !keeps(keeper, kept) && !close_ring(keeper, kept)) add_edge(keeper, kept);
    from->recent.store(to, std::memory_order_relaxed);
}

} // namespace azoth::orm
