// SPDX-License-Identifier: MIT
// Rows packed into few allocations: cells in blocks, text and bytes in a chunked arena beside them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include <azoth/types/field.hpp>

namespace azoth::driver {

/// A row buffer for clients that hand out one cell at a time. A driver adds the cells from left to right,
/// ends each row with `finish_row()`, and then shares the object as an immutable RowBuffer. A short result is
/// one allocation: the first cells and bytes live in the object itself. Nothing moves once added, except that
/// the first block of cells is copied while it grows; so `Field::data` is stable from the start, a Field
/// itself only when the building is over.
class PackedRows final : public RowBuffer {
public:
    explicit PackedRows(std::size_t columns) noexcept;
    ~PackedRows() override = default;

    [[nodiscard]] Field field(std::size_t row, std::size_t column) const noexcept override {
        if (row < rows_per_block) return first_[row * columns_ + column];
        return cells_of(blocks_[row / rows_per_block - 1])[row % rows_per_block * columns_ + column];
    }

    /// The cells of one row, side by side. @pre row < row_count()
    [[nodiscard]] const Field* row(std::size_t row) const noexcept {
        if (row < rows_per_block) return first_ + row * columns_;
        return cells_of(blocks_[row / rows_per_block - 1]) + row % rows_per_block * columns_;
    }

    void add(Field field) { *next_cell() = field; }
    void add_null() { *next_cell() = Field{}; }
    void add_integer(std::int64_t value) { *next_cell() = Field{Wire::integer, value}; }
    void add_real(double value) { *next_cell() = Field{value}; }
    /// Copies `size` bytes of UTF-8.
    void add_text(const char* data, std::size_t size) { copy(add_space(Wire::text, size), data, size); }
    /// Copies `size` raw bytes.
    void add_bytes(const void* data, std::size_t size) { copy(add_space(Wire::bytes, size), data, size); }
    /// A cell of `size` bytes for the caller to fill; the address never changes.
    /// @throws std::length_error beyond what a Field can say (4 GiB).
    [[nodiscard]] char* add_space(Wire wire, std::size_t size) {
        char* data = size <= room_ ? take(size) : take_from_new_chunk(size);
        *next_cell() = Field{wire, data, static_cast<std::uint32_t>(size)};
        return data;
    }
    /// @pre `column_count()` cells were added since the last call.
    void finish_row() noexcept { ++rows_; }

    /// Bytes this buffer holds on to, for whoever bounds memory.
    [[nodiscard]] std::size_t memory() const noexcept { return memory_; }

private:
    // Raw storage, since the default constructor of Field would write every cell once in advance. Field is an
    // implicit-lifetime type: its objects begin to exist in an array of bytes by being written.
    using Block = std::unique_ptr<std::byte[]>;

    static constexpr std::size_t rows_per_block = 1024;
    static constexpr std::size_t inline_cells = 8;
    static constexpr std::size_t inline_bytes = 256;

    [[nodiscard]] static Field* cells_of(const Block& block) noexcept {
        return reinterpret_cast<Field*>(block.get());
    }
    static void copy(char* to, const void* from, std::size_t size) noexcept {
        if (size != 0) std::memcpy(to, from, size); // an empty value may come as a null pointer
    }
    [[nodiscard]] Field* next_cell() {
        if (cell_ == cells_end_) [[unlikely]]
            grow_cells();
        return cell_++;
    }
    [[nodiscard]] char* take(std::size_t size) noexcept {
        char* data = bytes_;
        bytes_ += size;
        room_ -= size;
        return data;
    }
    void grow_cells();
    [[nodiscard]] char* take_from_new_chunk(std::size_t size);

    Field* cell_;      // where the next cell goes
    Field* cells_end_; // end of the block it goes to
    char* bytes_;      // where the next bytes go
    std::size_t room_ = inline_bytes;
    Field* first_; // the first block: inline, then owned_first_
    std::size_t chunk_size_ = 1024;
    std::size_t memory_ = sizeof(PackedRows);
    Block owned_first_;
    std::vector<Block> blocks_; // the blocks after the first, rows_per_block rows each
    std::vector<std::unique_ptr<char[]>> chunks_;
    alignas(Field) std::byte inline_cells_[inline_cells * sizeof(Field)];
    char inline_bytes_[inline_bytes];
};

/// Some rows of a larger buffer, for handing out in parts what was read at once. Whoever shares a slice keeps
/// `all` alive with it: by a shared_ptr of the owner that points at the slice.
class RowSlice final : public RowBuffer {
public:
    RowSlice(const PackedRows& all, std::size_t first, std::size_t rows) noexcept
        : RowBuffer(rows, all.column_count()), all_(&all), first_(first) {}

    [[nodiscard]] Field field(std::size_t row, std::size_t column) const noexcept override {
        return all_->field(first_ + row, column);
    }

private:
    const PackedRows* all_;
    std::size_t first_;
};

} // namespace azoth::driver
