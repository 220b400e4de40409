// SPDX-License-Identifier: MIT
// Who owns mapped objects: arenas with one reference count each, that keep one another alive or merge.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace azoth::orm {

/// The arena that a mapped object lives in. Its body is private; objects keep a plain `Graph*` to it.
///
/// A graph lives while somebody owns it: a `GraphRef`, a `std::shared_ptr` made by `handle()`, or a living
/// graph that was linked to it. Then its objects are destroyed, in reverse order of creation, and what it
/// kept is let go. Graphs that keep each other merge into one. An object's `Graph*` stays good through that:
/// the merged graph answers under all its former addresses until it dies.
///
/// Threads: owners may be copied and dropped on any thread at any time. One mutex for the whole process
/// guards who keeps whom; it is taken to make or drop an owner, to link, and to lock a weak reference, never
/// to copy a `std::shared_ptr`. Objects are created in a graph by one thread at a time, which takes no lock.
class Graph;

/// A strong owner of a graph, like an intrusive pointer. Copying takes the mutex, moving does not.
class GraphRef {
public:
    GraphRef() = default;
    /// Precondition: `graph` is alive, by any other owner.
    explicit GraphRef(Graph* graph) noexcept;
    GraphRef(const GraphRef& other) noexcept : GraphRef(other.graph_) {}
    GraphRef(GraphRef&& other) noexcept : graph_(std::exchange(other.graph_, nullptr)) {}
    GraphRef& operator=(GraphRef other) noexcept {
        std::swap(graph_, other.graph_);
        return *this;
    }
    ~GraphRef() {
        if (graph_ != nullptr) release(graph_);
    }

    void reset() noexcept { *this = GraphRef(); }
    [[nodiscard]] Graph* get() const noexcept { return graph_; }
    [[nodiscard]] Graph& operator*() const noexcept { return *graph_; }
    [[nodiscard]] explicit operator bool() const noexcept { return graph_ != nullptr; }

private:
    friend struct GraphAccess;
    static void release(Graph* graph) noexcept;

    Graph* graph_ = nullptr;
};

/// A weak reference to a graph: keeps none of its objects, only some hundred bytes. Copying is one atomic.
class WeakGraph {
public:
    WeakGraph() = default;
    /// Precondition: `graph` is alive.
    explicit WeakGraph(Graph* graph) noexcept : graph_(graph) {
        if (graph_ != nullptr) acquire(graph_);
    }
    WeakGraph(const WeakGraph& other) noexcept : WeakGraph(other.graph_) {}
    WeakGraph(WeakGraph&& other) noexcept : graph_(std::exchange(other.graph_, nullptr)) {}
    WeakGraph& operator=(WeakGraph other) noexcept {
        std::swap(graph_, other.graph_);
        return *this;
    }
    ~WeakGraph() {
        if (graph_ != nullptr) release(graph_);
    }

    /// A strong owner, empty when the graph has died (or nothing is referred to).
    [[nodiscard]] GraphRef lock() const noexcept;
    /// True for good once it is true; false may be outdated at once unless the caller owns the graph.
    [[nodiscard]] bool expired() const noexcept;
    /// To be compared only. No other graph gets this address while the reference exists.
    [[nodiscard]] Graph* address() const noexcept { return graph_; }

private:
    static void acquire(Graph* graph) noexcept;
    static void release(Graph* graph) noexcept;

    Graph* graph_ = nullptr;
};

/// A new, empty graph.
///
/// @param first_bytes   room made in the graph's own allocation: `sizeof(T)` makes graph and object one
///                      allocation. More is taken in chunks that double up to 64 KiB.
[[nodiscard]] GraphRef make_graph(std::size_t first_bytes = 0);

/// Makes the next `bytes` of objects come from one chunk: for results whose row count is known.
void reserve(Graph& graph, std::size_t bytes);

/// Destroys the object at an address, does not free it.
using DestroyFunction = void (*)(void* object) noexcept;

/// Raw memory that lives as long as the graph. Nothing is destroyed there unless `own()` is called.
[[nodiscard]] void* allocate(Graph& graph, std::size_t bytes, std::size_t alignment);

/// Has the graph destroy `object`, which was constructed in `allocate(graph, bytes, …)`, when it dies. Equal
/// objects created in a row cost no memory for this. When it throws (out of memory), `object` has been
/// destroyed.
void own(Graph& graph, void* object, std::size_t bytes, DestroyFunction destroy);

/// Destroys a `T`: what `own()` is given for it, null when there is nothing to do.
template <class T>
[[nodiscard]] constexpr DestroyFunction destroy_function() noexcept {
    if constexpr (std::is_trivially_destructible_v<T>)
        return nullptr;
    else
        return [](void* object) noexcept { static_cast<T*>(object)->~T(); };
}

/// Constructs a `T` in the graph. When the constructor throws, its memory stays unused.
template <class T, class... Args>
T* create(Graph& graph, Args&&... args) {
    T* object = ::new (allocate(graph, sizeof(T), alignof(T))) T(std::forward<Args>(args)...);
    own(graph, object, sizeof(T), destroy_function<T>());
    return object;
}

/// Makes `from` keep `to` alive until `from` dies; when `to` keeps `from` already, by however many steps, all
/// on the way become one graph. Linking twice, or within one graph, does nothing. The caller owns both in
/// some way. There is no unlinking: what an object once pointed at lives as long as the object's graph.
///
/// @throws   std::bad_alloc, and then nothing has changed.
void link(Graph* from, Graph* to);

/// Whether two graphs have become one (or are the same).
[[nodiscard]] bool merged(Graph* a, Graph* b) noexcept;

namespace detail {
/// The graph's present handle, or a new one when none is held any more.
[[nodiscard]] std::shared_ptr<void> share(Graph* graph);
/// The same, taking over an owner: `graph` is empty afterwards.
[[nodiscard]] std::shared_ptr<void> share(GraphRef&& graph);
} // namespace detail

/// What users hold: owns the object's whole graph. Precondition: `graph` is alive, `object` lives in it.
template <class T>
[[nodiscard]] std::shared_ptr<T> handle(Graph* graph, T* object) {
    return std::shared_ptr<T>(detail::share(graph), object);
}

/// The same, taking over an owner, which saves the mutex once: for `make<T>()`.
template <class T>
[[nodiscard]] std::shared_ptr<T> handle(GraphRef&& graph, T* object) {
    return std::shared_ptr<T>(detail::share(std::move(graph)), object);
}

/// Makes many handles: takes the mutex only when the graph is another than the last one, else copies a
/// pointer. Keeps the last graph alive as long as it exists. Used by one thread at a time.
class HandleSource {
public:
    /// As `handle(graph, object)`.
    template <class T>
    [[nodiscard]] std::shared_ptr<T> operator()(Graph* graph, T* object) {
        if (graph != graph_) aim(graph);
        return std::shared_ptr<T>(owner_, object);
    }
    /// A handle by a weak reference, as the identity map has it; null when the graph has died.
    template <class T>
    [[nodiscard]] std::shared_ptr<T> lock(const WeakGraph& graph, T* object) {
        if ((graph_ == nullptr || graph.address() != graph_) && !aim(graph)) return nullptr;
        return std::shared_ptr<T>(owner_, object);
    }

private:
    void aim(Graph* graph);
    bool aim(const WeakGraph& graph);

    std::shared_ptr<void> owner_;
    Graph* graph_ = nullptr;
};

/// Graphs alive in the process; merged ones count as one. For tests and leak hunting.
[[nodiscard]] std::size_t live_graphs() noexcept;
/// Bytes that all graphs' arenas hold now, together with the remains that weak references hold. For the same.
[[nodiscard]] std::size_t live_graph_bytes() noexcept;

} // namespace azoth::orm
