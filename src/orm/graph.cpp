// SPDX-License-Identifier: MIT
// The life of a graph: its owners, its handle, and its death.
#include <azoth/orm/graph.hpp>

#include <cassert>
#include <cstddef>
#include <memory>
#include <mutex>
#include <new>
#include <utility>

#include "graph_body.hpp"

namespace azoth::orm {
namespace {

/// Steps done in one go while the mutex is held, so that a large graph's death does not stall others.
constexpr int steps_per_lock = 256;

// The graphs whose last owner this thread has dropped. Only the outermost drop works on them: a destructor of
// a mapped object that drops another handle adds to the list, so a long chain needs no deep stack.
thread_local Graph* dying = nullptr;
thread_local bool burying = false;

void drop_weak(Graph* graph) noexcept {
    if (graph->weak.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    const std::size_t bytes = graph->bytes;
    graph->~Graph();
    ::operator delete(graph);
    graph_figures().bytes.fetch_sub(bytes, std::memory_order_relaxed);
}

void add_dying(Graph* root) noexcept {
    root->next_dying = dying;
    dying = root;
}

/// Lets go of what a dead graph kept; what nobody else owns joins the dying.
void remove_links(Graph* root) noexcept {
    bool done = false;
    while (!done) {
        const std::scoped_lock lock(topology_mutex());
        for (int i = 0; i < steps_per_lock && root->out != nullptr; ++i) {
            Graph* kept = remove_edge(root->out);
            if (kept->unowned()) add_dying(kept);
        }
        done = root->out == nullptr;
    }
}

/// Makes each member of a dead graph a dead root of its own. A weak reference may then still ask any of them,
/// in whichever order they are freed.
void part_members(Graph* root) noexcept {
    Graph* member = root;
    while (member != nullptr) {
        const std::scoped_lock lock(topology_mutex());
        for (int i = 0; i < steps_per_lock && member != nullptr; ++i, member = member->next_member)
            member->forward = member;
    }
}

void bury(Graph* root) noexcept {
    // While the destructors run, all members and all that they were linked to are still there.
    for (Graph* member = root; member != nullptr; member = member->next_member)
        member->arena.destroy_objects();
    remove_links(root);
    part_members(root);
    root->kept.reset();
    for (Graph* member = root; member != nullptr;) {
        Graph* next = member->next_member;
        member->arena.free_chunks();
        drop_weak(member);
        member = next;
    }
    graph_figures().graphs.fetch_sub(1, std::memory_order_relaxed);
}

void bury_the_dying() noexcept {
    if (burying) return;
    burying = true;
    while (dying != nullptr) bury(std::exchange(dying, dying->next_dying));
    burying = false;
}

} // namespace

/// Makes and takes apart GraphRefs where the count has been seen to already.
struct GraphAccess {
    static GraphRef adopt(Graph* graph) noexcept {
        GraphRef ref;
        ref.graph_ = graph;
        return ref;
    }
};

std::mutex& topology_mutex() noexcept {
    static auto& mutex = *new std::mutex;
    return mutex;
}

GraphFigures& graph_figures() noexcept {
    static constinit GraphFigures figures;
    return figures;
}

Graph* find(Graph* graph) noexcept {
    Graph* root = graph;
    while (root->forward != root) root = root->forward;
    while (graph != root) graph = std::exchange(graph->forward, root);
    return root;
}

GraphRef make_graph(std::size_t first_bytes) {
    constexpr std::size_t unit = alignof(std::max_align_t);
    static_assert(alignof(Graph) <= unit);
    constexpr std::size_t header = (sizeof(Graph) + unit - 1) / unit * unit;
    if (first_bytes > SIZE_MAX / 2) throw std::bad_alloc();
    const std::size_t bytes = header + first_bytes;
    auto* memory = static_cast<std::byte*>(::operator new(bytes));
    auto* graph = ::new (memory) Graph(bytes, memory + header, memory + bytes);
    graph->owners = 1; // nobody else knows it yet
    graph_figures().graphs.fetch_add(1, std::memory_order_relaxed);
    graph_figures().bytes.fetch_add(bytes, std::memory_order_relaxed);
    return GraphAccess::adopt(graph);
}

void reserve(Graph& graph, std::size_t bytes) { graph.arena.reserve(bytes); }

void* allocate(Graph& graph, std::size_t bytes, std::size_t alignment) {
    return graph.arena.allocate(bytes, alignment);
}

void own(Graph& graph, void* object, std::size_t bytes, DestroyFunction destroy) {
    graph.arena.own(object, bytes, destroy);
}

// ---- owners ----------------------------------------------------------------------------------

GraphRef::GraphRef(Graph* graph) noexcept : graph_(graph) {
    if (graph_ == nullptr) return;
    const std::scoped_lock lock(topology_mutex());
    Graph* root = find(graph_);
    assert(!root->unowned());
    ++root->owners;
}

void GraphRef::release(Graph* graph) noexcept {
    {
        const std::scoped_lock lock(topology_mutex());
        Graph* root = find(graph);
        --root->owners;
        if (!root->unowned()) return;
        add_dying(root);
    }
    bury_the_dying();
}

void WeakGraph::acquire(Graph* graph) noexcept { graph->weak.fetch_add(1, std::memory_order_relaxed); }

void WeakGraph::release(Graph* graph) noexcept { drop_weak(graph); }

GraphRef WeakGraph::lock() const noexcept {
    if (graph_ == nullptr) return {};
    const std::scoped_lock lock(topology_mutex());
    Graph* root = find(graph_);
    if (root->unowned()) return {};
    ++root->owners;
    return GraphAccess::adopt(root);
}

bool WeakGraph::expired() const noexcept {
    if (graph_ == nullptr) return true;
    const std::scoped_lock lock(topology_mutex());
    return find(graph_)->unowned();
}

bool merged(Graph* a, Graph* b) noexcept {
    if (a == b) return true;
    const std::scoped_lock lock(topology_mutex());
    return find(a) == find(b);
}

// ---- handles ---------------------------------------------------------------------------------

// A handle is a GraphRef in a control block; users' pointers alias it. It must not be dropped while the mutex
// is held, since dropping the last one takes the mutex: nothing below lets go of one before it returns.
std::shared_ptr<void> detail::share(Graph* graph) {
    const std::scoped_lock lock(topology_mutex());
    Graph* root = find(graph);
    assert(!root->unowned());
    if (auto handle = root->handle.lock()) return handle;
    auto handle = std::make_shared<GraphRef>();
    *handle = GraphAccess::adopt(root);
    ++root->owners;
    root->handle = handle;
    return handle;
}

std::shared_ptr<void> detail::share(GraphRef&& graph) {
    GraphRef taken = std::move(graph); // declared before the lock: dropped after it, when a handle exists
    const std::scoped_lock lock(topology_mutex());
    Graph* root = find(taken.get());
    if (auto handle = root->handle.lock()) return handle;
    auto handle = std::make_shared<GraphRef>(std::move(taken));
    root->handle = handle;
    return handle;
}

void HandleSource::aim(Graph* graph) {
    owner_ = detail::share(graph);
    graph_ = graph;
}

bool HandleSource::aim(const WeakGraph& graph) {
    GraphRef alive = graph.lock();
    if (!alive) return false;
    owner_ = detail::share(std::move(alive));
    graph_ = graph.address();
    return true;
}

// ---- figures ---------------------------------------------------------------------------------

std::size_t live_graphs() noexcept { return graph_figures().graphs.load(std::memory_order_relaxed); }

std::size_t live_graph_bytes() noexcept { return graph_figures().bytes.load(std::memory_order_relaxed); }

} // namespace azoth::orm
