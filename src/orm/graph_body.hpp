// SPDX-License-Identifier: MIT
// What a Graph consists of: an arena, its place among the merged graphs, and its links to others.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_set>
#include <vector>

#include <azoth/orm/graph.hpp>

namespace azoth::orm {

/// A link between two graphs, a member of two lists: what `from` keeps, and who keeps `to`. Both ends may
/// have been merged into others since: `find()` them. They stay allocated, as the edge goes before either.
struct Edge {
    struct Hook {
        Edge* next = nullptr;
        Edge** slot = nullptr; ///< the pointer that points here, so that unlinking needs no search
    };

    Graph* from = nullptr;
    Graph* to = nullptr;
    Hook out;
    Hook in;
};

/// The objects of one graph, and their memory. Used by one thread at a time, without a lock.
class Arena {
public:
    /// `begin` to `end` lies in the graph's own allocation.
    Arena(std::byte* begin, std::byte* end) noexcept : cursor_(begin), end_(end) {}
    Arena(const Arena&) = delete;
    Arena& operator=(const Arena&) = delete;

    [[nodiscard]] void* allocate(std::size_t bytes, std::size_t alignment);
    void reserve(std::size_t bytes);
    void own(void* object, std::size_t bytes, DestroyFunction destroy);

    /// Runs the destroy functions, last object first. They may do anything but create objects here.
    void destroy_objects() noexcept;
    /// Frees every chunk but the graph's own allocation.
    void free_chunks() noexcept;

private:
    struct Chunk {
        Chunk* previous;
        std::size_t bytes;
    };
    /// Equal objects side by side.
    struct Run {
        std::byte* first = nullptr;
        DestroyFunction destroy = nullptr;
        std::size_t stride = 0;
        std::size_t count = 0;
    };

    void add_chunk(std::size_t bytes);
    static bool extend(Run& run, const void* object, std::size_t bytes, DestroyFunction destroy) noexcept;
    static void destroy_run(const Run& run) noexcept;

    std::byte* cursor_;
    std::byte* end_;
    Chunk* chunks_ = nullptr;
    std::size_t next_chunk_bytes_ = 1024;
    Run first_run_; ///< beside the vector, so that a graph of one object needs no more memory
    std::vector<Run> runs_;
};

/// Everything but `weak`, `recent` and `arena` is guarded by the topology mutex, and but for `forward` and
/// `next_member` only means something in a root.
class Graph {
public:
    Graph(std::size_t allocation_bytes, std::byte* begin, std::byte* end) noexcept
        : bytes(allocation_bytes), arena(begin, end) {}
    Graph(const Graph&) = delete;
    Graph& operator=(const Graph&) = delete;

    /// Nobody owns the graph or its objects' memory any more.
    [[nodiscard]] bool unowned() const noexcept { return owners == 0 && in_count == 0; }

    std::atomic<std::size_t> weak{1}; ///< weak references; all that lives in the graph counts as one
    /// What `link()` was last called with here: kept for good, so a repeated call is done without the mutex.
    std::atomic<Graph*> recent{nullptr};
    std::size_t bytes; ///< of the allocation that this object begins

    Graph* forward = this; ///< towards the graph that absorbed this one; itself in a root
    Graph* next_member = nullptr;
    Graph* last_member = this;
    Graph* next_dying = nullptr;

    std::size_t owners = 0; ///< GraphRefs, the handle among them; those who keep it by a link are `in_count`
    std::weak_ptr<void> handle;

    Edge* out = nullptr; ///< what this graph keeps
    Edge* in = nullptr;  ///< who keeps this graph
    std::size_t out_count = 0;
    std::size_t in_count = 0;
    /// The ends of `out` when many, to find an existing link. May lack some: a second edge does no harm.
    std::unique_ptr<std::unordered_set<Graph*>> kept;

    std::uint64_t mark[2] = {0, 0}; ///< the search that came by, in either direction

    Arena arena;
};

/// The mutex that guards who keeps whom. Never destroyed, since handles may outlive static objects.
[[nodiscard]] std::mutex& topology_mutex() noexcept;

/// The root that a graph has been merged into. Precondition: the mutex is held.
[[nodiscard]] Graph* find(Graph* graph) noexcept;

/// Takes an edge out of both its lists and frees it. Precondition: the mutex is held.
/// @return   the root that is kept by one less.
Graph* remove_edge(Edge* edge) noexcept;

/// The figures behind `live_graphs()` and `live_graph_bytes()`.
struct GraphFigures {
    std::atomic<std::size_t> graphs{0};
    std::atomic<std::size_t> bytes{0};
};
[[nodiscard]] GraphFigures& graph_figures() noexcept;

} // namespace azoth::orm
