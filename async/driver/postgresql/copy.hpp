// SPDX-License-Identifier: MIT
// COPY: rows into a table, and the rows of a query, in PostgreSQL's binary and text formats.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "driver/postgresql/connection.hpp"

namespace azoth::postgresql {

/// Rows on their way into a table.
class CopyWriter final : public driver::CopyIn, public Occupant {
public:
    /// @param shape  of the columns; null for the text format
    CopyWriter(
        Connection& connection,
        std::string sql,
        const std::vector<std::string>& columns,
        std::shared_ptr<const Shape> shape);
    ~CopyWriter() override;
    CopyWriter(const CopyWriter&) = delete;
    CopyWriter& operator=(const CopyWriter&) = delete;

    asio::awaitable<void> write(std::span<const Param> params, std::size_t rows) override;
    asio::awaitable<std::int64_t> finish() override;
    asio::awaitable<void> abort() override;
    void detach() noexcept override;

    /// Whether all columns have a binary form that we can write.
    [[nodiscard]] static bool has_binary_form(const Shape& shape) noexcept;

private:
    void append_row(std::span<const Param> row);
    void append_binary(std::size_t column);
    void append_text(std::size_t column);
    asio::awaitable<void> send();
    /// Ends the data, with a reason when they are not to be kept, and takes the answer.
    asio::awaitable<void> end(const char* reason, Intake& intake);

    Connection* connection_; ///< null when it is over
    std::string sql_;
    Parameters values_;
    std::vector<std::uint32_t> oids_;
    std::vector<bool> jsonb_; ///< columns whose text has a version in front
    bool binary_;
    std::string buffer_;
};

/// The rows of a query.
class CopyReader final : public driver::Cursor, public Occupant {
public:
    CopyReader(Connection& connection, std::string sql, std::shared_ptr<const Shape> shape, bool binary);
    ~CopyReader() override;
    CopyReader(const CopyReader&) = delete;
    CopyReader& operator=(const CopyReader&) = delete;

    [[nodiscard]] const std::shared_ptr<const std::vector<driver::ColumnInfo>>& columns()
        const noexcept override {
        return shape_->columns;
    }
    asio::awaitable<std::shared_ptr<const RowBuffer>> fetch(std::size_t max_rows) override;
    asio::awaitable<void> close() override;
    void detach() noexcept override;

private:
    /// Takes rows that have arrived; `done` when there are `max_rows` or the data are over.
    Step advance(PackedBuffer& rows, std::size_t max_rows);
    /// Takes one row off the front of the data; false when it has not arrived whole.
    [[nodiscard]] bool take_row(PackedBuffer& rows);
    [[nodiscard]] bool take_binary_row(PackedBuffer& rows);
    [[nodiscard]] bool take_text_row(PackedBuffer& rows);
    void append_text_cell(PackedBuffer& rows, std::size_t column, std::string_view cell);
    [[noreturn]] void throw_malformed();

    Connection* connection_; ///< null when it is over
    std::string sql_;
    std::shared_ptr<const Shape> shape_;
    bool binary_;
    bool header_read_ = false;
    bool at_end_ = false; ///< no more data come
    bool detached_ = false;
    std::string data_; ///< received, from `position_` on not taken yet
    std::size_t position_ = 0;
    std::string cell_;
};

} // namespace azoth::postgresql
