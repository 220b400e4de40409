// SPDX-License-Identifier: MIT
// A result in pieces: while one is decoded, the worker steps through the next.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include <azoth/driver/driver.hpp>

#include "driver/packed_rows.hpp"
#include "driver/sqlite/database.hpp"
#include "driver/sqlite/execute.hpp"

namespace azoth::sqlite {

/// What cursor, connection and worker share of an open cursor. Its destructor touches nothing: it may run on
/// any thread.
class CursorState final : public StatementTask {
public:
    CursorState(Database& database, const driver::Statement& text)
        : StatementTask(database, text), own_sql_(*text.sql) {
        text_.sql = &own_sql_;
    }

    /// Reads up to `wanted` rows; prepares and binds only, when that is 0.
    Outcome advance(Place place) override;
    /// A change is seen through: interrupted, it would undo the transaction it is part of.
    [[nodiscard]] bool interruptible() const noexcept override { return !changes_; }

    /// Ends the statement. @pre the worker is idle
    void release() noexcept { StatementTask::release(); }

    std::size_t wanted = 0;
    std::shared_ptr<driver::PackedRows> rows; ///< read since they were taken last
    Columns columns;
    bool ended = false; ///< there are no more rows

private:
    std::string own_sql_; // for errors later on
    bool bound_ = false;
    bool handed_out_ = false; // rows have left: the statement cannot begin again
    bool changes_ = false;
};

class Cursor final : public driver::Cursor {
public:
    Cursor(std::shared_ptr<Database> database, std::shared_ptr<CursorState> state) noexcept;
    ~Cursor() override;

    [[nodiscard]] const std::shared_ptr<const std::vector<driver::ColumnInfo>>&
    columns() const noexcept override {
        return columns_;
    }
    asio::awaitable<std::shared_ptr<const RowBuffer>> fetch(std::size_t max_rows) override;
    asio::awaitable<void> close() override;

private:
    asio::awaitable<void> read(std::size_t max_rows);
    [[nodiscard]] std::shared_ptr<const RowBuffer> take(std::size_t max_rows);
    void end() noexcept;

    std::shared_ptr<Database> database_;
    std::shared_ptr<CursorState> state_;
    Columns columns_;
    std::shared_ptr<const driver::PackedRows> batch_; // rows that have been read but not all handed out
    std::size_t taken_ = 0;                           // of batch_
    bool prefetching_ = false;                        // the worker has state_
    bool fetching_ = false;
    bool over_ = false; // the connection is no longer ours
};

} // namespace azoth::sqlite
