// SPDX-License-Identifier: MIT
// Rows straight from the socket, as many at a time as are asked for.
#pragma once

#include "driver/mysql/connection.hpp"

#include <cstddef>
#include <memory>
#include <vector>

namespace azoth::mysql {

/// Unbuffered: the rows not yet fetched are in the server, which sends as fast as they are taken.
class Cursor final : public driver::Cursor {
public:
    /// @pre `statement` was executed, and its result is `connection`'s current one.
    Cursor(Connection& connection, PreparedStatement& statement);
    /// Without rows to come.
    Cursor();
    ~Cursor() override;
    Cursor(const Cursor&) = delete;
    Cursor& operator=(const Cursor&) = delete;

    [[nodiscard]] const std::shared_ptr<const std::vector<driver::ColumnInfo>>&
    columns() const noexcept override {
        return columns_;
    }
    asio::awaitable<std::shared_ptr<const RowBuffer>> fetch(std::size_t max_rows) override;
    /// A short rest is read and thrown away; from a long one the server is stopped by KILL QUERY.
    asio::awaitable<void> close() override;

    /// The connection ends, or takes its rows away.
    void detach() noexcept {
        connection_ = nullptr;
        lost_ = true;
    }

private:
    /// All rows are read: the connection is free for other statements.
    void leave() noexcept;

    Connection* connection_ = nullptr; ///< null once the rows are at their end, or out of reach
    PreparedStatement* statement_ = nullptr;
    Columns columns_;
    bool lost_ = false;
};

} // namespace azoth::mysql
