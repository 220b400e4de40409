// SPDX-License-Identifier: MIT
// Rows of a query in a transaction by a cursor of the server's: what is not fetched is not made, and not sent.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include <azoth/driver/driver.hpp>

#include "driver/postgresql/connection.hpp"

namespace azoth::postgresql {

/// DECLARE, FETCH, CLOSE: a round trip for each fetch. Between them the connection is idle, in its transaction.
class DeclaredCursor final : public driver::Cursor, public Occupant {
public:
    /// @pre the server has a cursor of that name
    DeclaredCursor(Connection& connection, std::string sql, std::string name, std::shared_ptr<const Shape> shape);
    ~DeclaredCursor() override;
    DeclaredCursor(const DeclaredCursor&) = delete;
    DeclaredCursor& operator=(const DeclaredCursor&) = delete;

    [[nodiscard]] const std::shared_ptr<const std::vector<driver::ColumnInfo>>& columns() const noexcept override {
        return columns_;
    }
    asio::awaitable<std::shared_ptr<const RowBuffer>> fetch(std::size_t max_rows) override;
    asio::awaitable<void> close() override;
    void detach() noexcept override;

private:
    /// Sends `text`, without parameters, and takes its answer.
    asio::awaitable<void> ask(Intake& intake, std::string text);
    /// CLOSE, unless the transaction has ended or failed, and the cursor with it.
    asio::awaitable<void> give_up();
    void forget() noexcept;

    Connection* connection_; ///< null when all is read
    std::string sql_;
    std::string name_;
    std::shared_ptr<const Shape> shape_;
    std::shared_ptr<const std::vector<driver::ColumnInfo>> columns_;
    bool detached_ = false;
};

} // namespace azoth::postgresql
