// SPDX-License-Identifier: MIT
// Row: one row of a result whose column types are not known at compile time; and how cells are read, typed or
// not.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <azoth/compiler/compiled.hpp>
#include <azoth/driver/driver.hpp>
#include <azoth/error.hpp>
#include <azoth/types/type_traits.hpp>

namespace azoth {

namespace engine {

struct DmlExecution;

/// A column or expression, to find a column of a result by.
template <class C>
concept ColumnExpression = requires(const C& column) {
    typename C::value_type;
    { column.node() } -> std::convertible_to<sql::NodePtr>;
};

/// A statement's outcome as the driver handed it over, with what is needed to read it. Results are made from
/// it.
struct ResultData {
    std::shared_ptr<const RowBuffer> rows; ///< null when the statement returns no rows
    std::shared_ptr<const std::vector<driver::ColumnInfo>> columns;
    std::shared_ptr<const Compiled> compiled; ///< null when the rows belong to no compiled statement
    std::int64_t affected = -1;
    std::int64_t last_insert_id = 0;
    sql::NodePtr statement; ///< whose columns the rows have; null when there is none that says
    std::shared_ptr<const std::vector<std::size_t>> picked; ///< the places of the columns in the statement; null: as they are
    std::shared_ptr<const DmlExecution> dml; ///< of an INSERT, UPDATE or DELETE: what it was executed with
    std::shared_ptr<const RowBuffer> fetched; ///< what the database made: see `Insert::return_defaults()`
    std::vector<Value> primary_key;           ///< of the one row that was inserted

    ResultData() = default;
    ResultData(driver::Result result, std::shared_ptr<const Compiled> how);

    [[nodiscard]] std::size_t row_count() const noexcept { return rows ? rows->row_count() : 0; }
    [[nodiscard]] std::size_t column_count() const noexcept { return columns ? columns->size() : 0; }
    /// As labelled by the statement where it says so, else as the server calls it.
    [[nodiscard]] const std::string& name(std::size_t column) const noexcept;
    /// The statement's type for the column; the server's where the statement has none.
    [[nodiscard]] const Type& type(std::size_t column) const noexcept;
    [[nodiscard]] std::vector<std::string> keys() const;
    /// The position of a column. @throws NoSuchColumnError that lists the columns there are; AmbiguousColumnError.
    [[nodiscard]] std::size_t find(std::string_view column_name) const;
    /// The position of what a statement selects; by its name where the statement does not say what it returns, as text().
    /// @throws NoSuchColumnError
    [[nodiscard]] std::size_t find(const sql::Node& column) const;
    /// @throws NoSuchColumnError when there is no such column.
    void check_column(std::size_t column) const;
    /// @throws ResourceClosedError when the statement returned no rows.
    void check_returns_rows() const {
        if (!rows) throw_no_rows();
    }
    /// @throws InvalidRequestError when the number of columns is another.
    void check_width(std::size_t wanted) const;
    [[noreturn]] static void throw_no_rows();
    /// The same without rows that are as another before, compared by `columns` as the database sent them.
    [[nodiscard]] ResultData unique_rows(const std::vector<std::size_t>& columns) const;
    /// These columns only, in this order.
    [[nodiscard]] ResultData pick_columns(const std::vector<std::size_t>& columns) const;
    [[nodiscard]] std::vector<std::size_t> all_columns() const;
    /// Another result's rows behind these. @throws InvalidRequestError when its columns are others.
    [[nodiscard]] ResultData merged(const std::vector<const ResultData*>& others) const;
    /// A column by position, by name, or by what it is. @throws NoSuchColumnError when there is none.
    [[nodiscard]] std::size_t place(std::size_t column) const {
        check_column(column);
        return column;
    }
    [[nodiscard]] std::size_t place(std::string_view column_name) const { return find(column_name); }
    [[nodiscard]] std::size_t place(const sql::NodePtr& column) const { return find(*column); }
    /// Throws `error` again with the column's name in front.
    [[noreturn]] void rethrow_naming(std::size_t column, const TypeMismatchError& error) const;
};

/// Reads one cell. @throws TypeMismatchError that names the column.
template <class T>
[[nodiscard]] T decode_cell(const ResultData& data, const Type& type, std::size_t row, std::size_t column) {
    try {
        return azoth::detail::decode<T>(data.rows->field(row, column), type);
    } catch (const TypeMismatchError& error) {
        data.rethrow_naming(column, error);
    }
}

} // namespace engine

/// One row, read by position or by name. It shares the buffer it is in, so it may be kept.
class Row {
public:
    Row(std::shared_ptr<const engine::ResultData> data, std::size_t row) noexcept
        : data_(std::move(data)),
          row_(row) {}

    [[nodiscard]] std::size_t size() const noexcept { return data_->column_count(); }
    [[nodiscard]] std::vector<std::string> keys() const { return data_->keys(); }

    /// The value as a T, `std::optional<T>` where it may be NULL.
    /// @throws NoSuchColumnError when there is no such column, TypeMismatchError when the value is no T.
    template <SqlValue T>
    [[nodiscard]] T get(std::size_t column) const {
        data_->check_column(column);
        return engine::decode_cell<T>(*data_, data_->type(column), row_, column);
    }
    template <SqlValue T>
    [[nodiscard]] T get(std::string_view column_name) const {
        return get<T>(data_->find(column_name));
    }
    /// The value of a column that the statement selects, as the column's type or, where that is said, as a T.
    template <engine::ColumnExpression C>
    [[nodiscard]] typename C::value_type get(const C& column) const {
        return get<typename C::value_type>(data_->find(*column.node()));
    }
    template <SqlValue T, engine::ColumnExpression C>
    [[nodiscard]] T get(const C& column) const {
        return get<T>(data_->find(*column.node()));
    }
    [[nodiscard]] Value operator[](std::size_t column) const { return get<Value>(column); }
    [[nodiscard]] Value operator[](std::string_view column_name) const { return get<Value>(column_name); }
    template <engine::ColumnExpression C>
    [[nodiscard]] Value operator[](const C& column) const {
        return get<Value>(data_->find(*column.node()));
    }

    [[nodiscard]] bool is_null(std::size_t column) const {
        data_->check_column(column);
        return data_->rows->field(row_, column).is_null();
    }
    [[nodiscard]] bool is_null(std::string_view column_name) const {
        return is_null(data_->find(column_name));
    }

private:
    std::shared_ptr<const engine::ResultData> data_;
    std::size_t row_;
};

/// One row as a map from names to values. Of columns that share a name only the first is reached.
class Mapping {
public:
    explicit Mapping(Row row) noexcept : row_(std::move(row)) {}

    [[nodiscard]] std::size_t size() const noexcept { return row_.size(); }
    [[nodiscard]] std::vector<std::string> keys() const { return row_.keys(); }
    [[nodiscard]] bool contains(std::string_view column_name) const { return place(column_name) < size(); }
    /// @throws as `Row::get()`.
    template <SqlValue T>
    [[nodiscard]] T get(std::string_view column_name) const {
        const auto column = place(column_name);
        if (column == size()) return row_.get<T>(column_name); // says what there is
        return row_.get<T>(column);
    }
    [[nodiscard]] Value operator[](std::string_view column_name) const { return get<Value>(column_name); }
    /// Names and values, in the order of the columns.
    [[nodiscard]] std::vector<std::pair<std::string, Value>> items() const;

private:
    /// size() when there is no such column.
    [[nodiscard]] std::size_t place(std::string_view column_name) const;

    Row row_;
};

} // namespace azoth
