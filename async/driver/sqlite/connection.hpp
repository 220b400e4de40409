// SPDX-License-Identifier: MIT
// A connection to SQLite: the verbs of driver::Connection over one Database.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include <azoth/driver/driver.hpp>

#include "driver/sqlite/database.hpp"

namespace azoth::sqlite {

class Connection final : public driver::Connection {
public:
    explicit Connection(std::shared_ptr<Database> database) noexcept : database_(std::move(database)) {}
    ~Connection() override { database_->abandon(); }

    asio::awaitable<driver::Result> execute(driver::Statement statement) override;
    asio::awaitable<driver::BatchResult> execute_batch(
        driver::Statement statement, std::span<const Param> params, std::size_t rows,
        driver::BatchWants wants) override;
    asio::awaitable<std::unique_ptr<driver::Cursor>> open_cursor(driver::Statement statement) override;
    asio::awaitable<void> run(std::string sql) override;

    /// BEGIN; for `serializable` BEGIN IMMEDIATE, which takes the write lock at once and so cannot fail later
    /// for want of it. The other levels are all the same: SQLite's transactions are always serializable,
    /// their locks come with use. `read_only` sets PRAGMA query_only until the transaction ends.
    asio::awaitable<void> begin(driver::BeginOptions options) override;
    /// @cancellation none once begun: whether it is committed is always known.
    asio::awaitable<void> commit() override;
    asio::awaitable<void> rollback() override;
    asio::awaitable<driver::IsolationLevel> isolation_level() override;
    asio::awaitable<driver::ServerInfo> server_info() override;

    asio::awaitable<void> ping() override;
    asio::awaitable<void> recover(std::chrono::steady_clock::time_point deadline) override;
    asio::awaitable<void> close() override;
    void terminate() noexcept override { database_->abandon(); }

    [[nodiscard]] bool in_transaction() const noexcept override { return database_->transaction_open(); }
    [[nodiscard]] bool needs_recovery() const noexcept override { return database_->cut_off; }
    [[nodiscard]] bool is_open() const noexcept override { return !database_->closed; }
    [[nodiscard]] std::string server_version() const override;
    [[nodiscard]] void* native_handle() noexcept override { return database_->handle; }
    [[nodiscard]] Database& database() const noexcept { return *database_; }

private:
    std::shared_ptr<Database> database_;
};

} // namespace azoth::sqlite
