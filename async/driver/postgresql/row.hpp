// SPDX-License-Identifier: MIT
// Rows as libpq holds them, or packed copies of them, behind azoth's RowBuffer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <azoth/driver/driver.hpp>
#include <azoth/types/field.hpp>

#include "driver/postgresql/libpq.hpp"
#include "driver/postgresql/oid.hpp"

namespace azoth::postgresql {

/// What a result looks like: made once for a prepared statement, shared by all its results.
struct Shape {
    std::vector<Wire> wires;
    std::vector<Wire> items; ///< of arrays' elements, of ranges' ends
    std::shared_ptr<const std::vector<driver::ColumnInfo>> columns;

    Shape() = default;
};

/// How the types that users created are read; a connection learns them when it first meets them.
using UserTypes = std::unordered_map<std::uint32_t, ColumnFormat>;

/// The type numbers in `result` that are user-defined and not in `known`, each once.
[[nodiscard]] std::vector<std::uint32_t> unknown_types(const PGresult* result, const UserTypes& known);

[[nodiscard]] std::shared_ptr<const Shape> make_shape(const PGresult* result, const UserTypes& known);

/// The rows of one PGresult, read in place.
class ResultBuffer final : public RowBuffer {
public:
    ResultBuffer(ResultPtr result, std::shared_ptr<const Shape> shape);
    [[nodiscard]] Field field(std::size_t row, std::size_t column) const noexcept override;

private:
    ResultPtr result_;
    const PGresult* raw_;
    const Wire* wires_;
    const Wire* items_;
    std::shared_ptr<const Shape> shape_;
};

/// Copies of rows from many PGresults in one arena: libpq spends two kilobytes and more on a PGresult of one
/// row.
class PackedBuffer final : public RowBuffer {
public:
    explicit PackedBuffer(std::size_t columns) noexcept : RowBuffer(0, columns) {}

    void append(const PGresult* result);
    /// One row, cell by cell.
    void append_cell(std::string_view bytes) {
        cells_.push_back(Cell{bytes_.size(), static_cast<std::uint32_t>(bytes.size()), false});
        bytes_ += bytes;
    }
    void append_null() { cells_.push_back(Cell{bytes_.size(), 0, true}); }
    void end_row() noexcept { ++rows_; }
    /// Before the first `field()`: a batch learns what its columns are only after its rows.
    void set_shape(std::shared_ptr<const Shape> shape) noexcept { shape_ = std::move(shape); }

    [[nodiscard]] Field field(std::size_t row, std::size_t column) const noexcept override;

private:
    struct Cell {
        std::uint64_t offset;
        std::uint32_t size;
        bool is_null;
    };

    std::vector<Cell> cells_;
    std::string bytes_;
    std::shared_ptr<const Shape> shape_;
};

/// Some consecutive rows of a packed buffer that the owner of this keeps alive.
class PackedSlice final : public RowBuffer {
public:
    PackedSlice(const PackedBuffer* whole, std::size_t first_row, std::size_t rows) noexcept
        : RowBuffer(rows, whole->column_count()), whole_(whole), first_row_(first_row) {}
    [[nodiscard]] Field field(std::size_t row, std::size_t column) const noexcept override {
        return whole_->field(first_row_ + row, column);
    }

private:
    const PackedBuffer* whole_;
    std::size_t first_row_;
};

} // namespace azoth::postgresql
