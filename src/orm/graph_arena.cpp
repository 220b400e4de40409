// SPDX-License-Identifier: MIT
// The memory of a graph: chunks that grow, and the list of what is to be destroyed in them.
#include <algorithm>
#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <new>

#include "graph_body.hpp"

namespace azoth::orm {
namespace {

constexpr std::size_t largest_chunk_bytes = std::size_t{64} * 1024;

/// The first multiple of `alignment`, or null when `bytes` from there do not fit before `end`.
std::byte* fit(std::byte* cursor, const std::byte* end, std::size_t bytes, std::size_t alignment) noexcept {
    const auto misplaced = reinterpret_cast<std::uintptr_t>(cursor) & (alignment - 1);
    const std::size_t padding = misplaced == 0 ? 0 : alignment - misplaced;
    const auto room = static_cast<std::size_t>(end - cursor);
    if (padding > room || bytes > room - padding) return nullptr;
    return cursor + padding;
}

} // namespace

void* Arena::allocate(std::size_t bytes, std::size_t alignment) {
    assert(std::has_single_bit(alignment));
    std::byte* place = fit(cursor_, end_, bytes, alignment);
    if (place == nullptr) {
        if (bytes > SIZE_MAX / 2 || alignment > SIZE_MAX / 4) throw std::bad_alloc();
        add_chunk(bytes + alignment);
        place = fit(cursor_, end_, bytes, alignment);
    }
    cursor_ = place + bytes;
    return place;
}

void Arena::reserve(std::size_t bytes) {
    if (bytes > SIZE_MAX / 2) throw std::bad_alloc();
    if (bytes > static_cast<std::size_t>(end_ - cursor_)) add_chunk(bytes);
}

// The rest of the present chunk is given up: less than one object, unless `reserve()` asked for more.
void Arena::add_chunk(std::size_t bytes) {
    const std::size_t whole = std::max(sizeof(Chunk) + bytes, next_chunk_bytes_);
    auto* memory = static_cast<std::byte*>(::operator new(whole));
    chunks_ = ::new (memory) Chunk{chunks_, whole};
    cursor_ = memory + sizeof(Chunk);
    end_ = memory + whole;
    next_chunk_bytes_ = std::min(next_chunk_bytes_ * 2, largest_chunk_bytes);
    graph_figures().bytes.fetch_add(whole, std::memory_order_relaxed);
}

bool Arena::extend(Run& run, const void* object, std::size_t bytes, DestroyFunction destroy) noexcept {
    // Two chunks cannot be taken for one: each begins with its header.
    const bool equal = run.destroy == destroy && run.stride == bytes;
    const bool next = equal && run.first + run.count * bytes == object;
    if (next) ++run.count;
    return next;
}

void Arena::own(void* object, std::size_t bytes, DestroyFunction destroy) {
    if (destroy == nullptr) return;
    if (first_run_.destroy == nullptr) {
        first_run_ = Run{static_cast<std::byte*>(object), destroy, bytes, 1};
        return;
    }
    if (extend(runs_.empty() ? first_run_ : runs_.back(), object, bytes, destroy)) return;
    try {
        runs_.push_back(Run{static_cast<std::byte*>(object), destroy, bytes, 1});
    } catch (...) {
        destroy(object);
        throw;
    }
}

void Arena::destroy_run(const Run& run) noexcept {
    for (std::size_t i = run.count; i-- > 0;) run.destroy(run.first + i * run.stride);
}

void Arena::destroy_objects() noexcept {
    for (auto run = runs_.rbegin(); run != runs_.rend(); ++run) destroy_run(*run);
    destroy_run(first_run_);
    // A weak reference may keep the arena itself around: let go of what it holds.
    runs_ = {};
    first_run_ = {};
}

void Arena::free_chunks() noexcept {
    std::size_t freed = 0;
    while (chunks_ != nullptr) {
        Chunk* chunk = chunks_;
        chunks_ = chunk->previous;
        freed += chunk->bytes;
        ::operator delete(chunk);
    }
    if (freed != 0) graph_figures().bytes.fetch_sub(freed, std::memory_order_relaxed);
}

} // namespace azoth::orm
