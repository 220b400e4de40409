// SPDX-License-Identifier: MIT
// The growth of packed rows: the rare paths, out of the way of the cell by cell ones.
#include "driver/packed_rows.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace azoth::driver {

static_assert(std::is_trivially_copyable_v<Field> && std::is_trivially_destructible_v<Field>);
static_assert(alignof(Field) <= __STDCPP_DEFAULT_NEW_ALIGNMENT__);

namespace {

// Chunks stop growing here: small enough for the heap, so that a freed result is reused without page faults.
constexpr std::size_t largest_chunk = 64 * 1024;

} // namespace

PackedRows::PackedRows(std::size_t columns) noexcept
    : RowBuffer(0, columns), cell_(reinterpret_cast<Field*>(inline_cells_)), cells_end_(cell_),
      bytes_(inline_bytes_), first_(cell_) {
    // Whole rows only, so that a row never lies across two blocks.
    if (columns != 0) cells_end_ += inline_cells / columns * columns;
}

void PackedRows::grow_cells() {
    const auto used = static_cast<std::size_t>(cell_ - first_);
    const std::size_t full_block = rows_per_block * columns_;
    if (blocks_.empty() && used < full_block) {
        const std::size_t rows = std::clamp(used / columns_ * 4, std::size_t{4}, rows_per_block);
        auto bigger = std::make_unique_for_overwrite<std::byte[]>(rows * columns_ * sizeof(Field));
        std::copy_n(first_, used, cells_of(bigger));
        memory_ += (rows * columns_ - (owned_first_ ? used : 0)) * sizeof(Field);
        owned_first_ = std::move(bigger);
        first_ = cells_of(owned_first_);
        cell_ = first_ + used;
        cells_end_ = first_ + rows * columns_;
        return;
    }
    blocks_.push_back(std::make_unique_for_overwrite<std::byte[]>(full_block * sizeof(Field)));
    memory_ += full_block * sizeof(Field);
    cell_ = cells_of(blocks_.back());
    cells_end_ = cell_ + full_block;
}

char* PackedRows::take_from_new_chunk(std::size_t size) {
    if (size > std::numeric_limits<std::uint32_t>::max())
        throw std::length_error("a value of more than 4 GiB");
    // A large value gets a chunk of its own, and the open chunk stays open for the small ones that follow.
    const bool alone = size > chunk_size_ / 4;
    const std::size_t capacity = alone ? size : chunk_size_;
    chunks_.push_back(std::make_unique_for_overwrite<char[]>(capacity));
    memory_ += capacity;
    char* data = chunks_.back().get();
    if (alone) return data;
    chunk_size_ = std::min(chunk_size_ * 2, largest_chunk);
    bytes_ = data;
    room_ = capacity;
    return take(size);
}

} // namespace azoth::driver
