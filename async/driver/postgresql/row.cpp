// SPDX-License-Identifier: MIT
// Reading cells out of PGresults, and packing them.
#include "driver/postgresql/row.hpp"

#include <algorithm>

namespace azoth::postgresql {
namespace {

/// The four bytes of an `oid`: as pg_int4 the upper half of its range would be negative.
Field unsigned_field(const char* data, std::size_t size) noexcept {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) value = value << 8 | static_cast<unsigned char>(data[i]);
    return Field{value};
}

Field make_field(Wire wire, Wire item, const char* data, std::uint32_t size) noexcept {
    if (wire == Wire::unsigned_integer) [[unlikely]]
        return unsigned_field(data, size);
    return {wire, data, size, item};
}

ColumnFormat format_of(const PGresult* result, int column, const UserTypes& known) {
    const std::uint32_t type = PQftype(result, column);
    if (type < oid::first_user_defined) return column_format(type, PQfmod(result, column));
    const auto found = known.find(type);
    return found != known.end() ? found->second : ColumnFormat{};
}

} // namespace

std::vector<std::uint32_t> unknown_types(const PGresult* result, const UserTypes& known) {
    std::vector<std::uint32_t> unknown;
    for (int column = 0, n = PQnfields(result); column < n; ++column) {
        const std::uint32_t type = PQftype(result, column);
        if (type < oid::first_user_defined || known.contains(type)) continue;
        if (std::find(unknown.begin(), unknown.end(), type) == unknown.end()) unknown.push_back(type);
    }
    return unknown;
}

std::shared_ptr<const Shape> make_shape(const PGresult* result, const UserTypes& known) {
    auto shape = std::make_shared<Shape>();
    auto columns = std::make_shared<std::vector<driver::ColumnInfo>>();
    const int n = PQnfields(result);
    columns->reserve(static_cast<std::size_t>(n));
    shape->wires.reserve(static_cast<std::size_t>(n));
    shape->items.reserve(static_cast<std::size_t>(n));
    for (int column = 0; column < n; ++column) {
        const auto format = format_of(result, column, known);
        shape->wires.push_back(format.wire);
        shape->items.push_back(format.item);
        columns->emplace_back(PQfname(result, column), format.type);
    }
    shape->columns = std::move(columns);
    return shape;
}

ResultBuffer::ResultBuffer(ResultPtr result, std::shared_ptr<const Shape> shape)
    : RowBuffer(static_cast<std::size_t>(PQntuples(result.get())), shape->wires.size()),
      result_(std::move(result)), raw_(result_.get()), wires_(shape->wires.data()), items_(shape->items.data()),
      shape_(std::move(shape)) {
}

Field ResultBuffer::field(std::size_t row, std::size_t column) const noexcept {
    const auto r = static_cast<int>(row);
    const auto c = static_cast<int>(column);
    const auto size = static_cast<std::uint32_t>(PQgetlength(raw_, r, c));
    // A NULL has length 0, so most cells need not be asked.
    if (size == 0 && PQgetisnull(raw_, r, c) != 0) return {};
    return make_field(wires_[column], items_[column], PQgetvalue(raw_, r, c), size);
}

void PackedBuffer::append(const PGresult* result) {
    const int rows = PQntuples(result);
    const int columns = static_cast<int>(columns_);
    for (int row = 0; row < rows; ++row) {
        for (int column = 0; column < columns; ++column) {
            const auto size = static_cast<std::size_t>(PQgetlength(result, row, column));
            cells_.push_back(Cell{
                bytes_.size(), static_cast<std::uint32_t>(size),
                size == 0 && PQgetisnull(result, row, column) != 0});
            bytes_.append(PQgetvalue(result, row, column), size);
        }
    }
    rows_ += static_cast<std::size_t>(rows);
}

Field PackedBuffer::field(std::size_t row, std::size_t column) const noexcept {
    const auto& cell = cells_[row * columns_ + column];
    if (cell.is_null) return {};
    return make_field(shape_->wires[column], shape_->items[column], bytes_.data() + cell.offset, cell.size);
}

} // namespace azoth::postgresql
