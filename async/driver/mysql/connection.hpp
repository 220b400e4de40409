// SPDX-License-Identifier: MIT
// One connection to MySQL or MariaDB.
#pragma once

#include "driver/mysql/binding.hpp"
#include "driver/mysql/call.hpp"
#include "driver/mysql/client.hpp"
#include "driver/mysql/error.hpp"
#include "driver/mysql/helper_thread.hpp"
#include "driver/mysql/options.hpp"
#include "driver/mysql/row_sink.hpp"
#include "driver/mysql/socket.hpp"
#include "driver/mysql/statement.hpp"
#include "driver/packed_rows.hpp"

#include <azoth/driver/driver.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace azoth::mysql {

class Cursor;

/// Everything that a suspended call may still read or write belongs to this object, not to the
/// coroutine that began it: a cancellation destroys the coroutine, and `recover()` or `terminate()`
/// must still bring the call to its end.
class Connection final : public driver::Connection {
public:
    Connection(asio::any_io_executor executor, HandlePtr handle, ConnectOptions options);
    ~Connection() override;

    asio::awaitable<driver::Result> execute(driver::Statement statement) override;
    /// Where the server has array binding, one request for each mebibyte of parameters, except for
    /// last_insert_ids, which cost a round trip a row: RETURNING is the fast way to keys. When a
    /// row fails, rows before it may stay, unless in a transaction.
    asio::awaitable<driver::BatchResult> execute_batch(
        driver::Statement statement,
        std::span<const Param> params,
        std::size_t rows,
        driver::BatchWants wants
    ) override;
    asio::awaitable<std::unique_ptr<driver::Cursor>> open_cursor(driver::Statement statement
    ) override;
    asio::awaitable<void> run(std::string sql) override;

    asio::awaitable<void> begin(driver::BeginOptions options) override;
    asio::awaitable<void> commit() override;
    asio::awaitable<void> rollback() override;
    asio::awaitable<void> begin_twophase(std::string xid, driver::BeginOptions options) override;
    asio::awaitable<void> prepare_twophase(std::string xid) override;
    asio::awaitable<void> commit_twophase(std::string xid, bool prepared) override;
    asio::awaitable<void> rollback_twophase(std::string xid, bool prepared) override;
    asio::awaitable<std::vector<std::string>> recover_twophase() override;
    asio::awaitable<driver::IsolationLevel> isolation_level() override;
    asio::awaitable<driver::ServerInfo> server_info() override;

    asio::awaitable<void> ping() override;
    asio::awaitable<void> recover(std::chrono::steady_clock::time_point deadline) override;
    asio::awaitable<void> close() override;
    void terminate() noexcept override;

    [[nodiscard]] bool in_transaction() const noexcept override;
    [[nodiscard]] bool needs_recovery() const noexcept override { return broken_off_; }
    [[nodiscard]] bool is_open() const noexcept override { return open_; }
    [[nodiscard]] std::string server_version() const override;
    [[nodiscard]] void* native_handle() noexcept override { return handle_.get(); }

private:
    friend class Cursor;
    class Operation;

    // ---- one call ----
    [[nodiscard]] asio::awaitable<void> finish_call();
    /// Throws what the connection, or the statement, says about the call that just failed.
    [[noreturn]] void fail(const std::string& sql);
    [[noreturn]] void fail(const PreparedStatement& statement);
    [[noreturn]] void fail(const NativeError& error, const std::string& sql);

    // ---- plain queries ----
    void start_query(std::string_view sql);
    [[nodiscard]] asio::awaitable<void> finish_query();
    [[nodiscard]] asio::awaitable<void> query_and_discard(std::string_view sql);
    /// A statement after which the transaction is the server's: when its answer is lost nobody knows.
    [[nodiscard]] asio::awaitable<void> commit_by(std::string sql);
    [[nodiscard]] asio::awaitable<driver::Result> execute_text(const std::string& sql);
    [[nodiscard]] asio::awaitable<void> discard_text_results();

    // ---- prepared statements ----
    /// The statement, prepared; null when the server cannot prepare its kind, and it has no
    /// parameters.
    [[nodiscard]] asio::awaitable<PreparedStatement*>
    prepare(const driver::Statement& statement, std::size_t parameters);
    [[nodiscard]] asio::awaitable<void> close_retired();
    void retire(const PreparedStatement& statement);
    void
    bind(PreparedStatement& statement, std::span<const Param> params, std::span<const Type> types);
    /// Executes what is bound. After the call rows are to be read when there is a `current_`.
    void start_execution(PreparedStatement& statement);
    /// False when the result has other columns than the statement was prepared for.
    [[nodiscard]] bool finish_execution(PreparedStatement& statement);
    /// Prepares and executes once more, after that.
    [[nodiscard]] asio::awaitable<PreparedStatement*>
    execute_anew(const driver::Statement& statement, PreparedStatement& outdated);
    /// Throws, with the connection idle: what was executed cannot be read, and must not be executed
    /// twice.
    [[nodiscard]] asio::awaitable<void> give_up_outdated(PreparedStatement& outdated);
    /// The result of a statement without rows.
    [[nodiscard]] static driver::Result change_result(const PreparedStatement& statement);
    /// Reads up to `limit` rows into `rows`; true when these were the last.
    [[nodiscard]] asio::awaitable<bool> read_rows(
        PreparedStatement& statement,
        std::shared_ptr<driver::PackedRows> rows,
        std::size_t limit
    );
    /// Reads the whole result of an execution, and discards further ones.
    [[nodiscard]] asio::awaitable<driver::Result> read_result(PreparedStatement& statement);
    [[nodiscard]] asio::awaitable<void> discard_more_results(PreparedStatement& statement);
    /// True when `limit` rows were enough to reach the end.
    [[nodiscard]] asio::awaitable<bool> discard_rows(std::size_t limit);

    // ---- batches ----
    /// Adds to `result`. False when the server takes no arrays for this statement; nothing was done
    /// then.
    [[nodiscard]] asio::awaitable<bool> execute_bulk(
        PreparedStatement& statement,
        BulkBinder& binder,
        std::size_t rows,
        driver::BatchWants wants,
        driver::BatchResult& result
    );

    // ---- cutting off ----
    [[nodiscard]] asio::awaitable<void> drain();
    [[nodiscard]] asio::awaitable<void> drain_within(std::chrono::milliseconds time);
    /// KILL QUERY, if the statement does not end by itself, and then until the server answers
    /// again.
    [[nodiscard]] asio::awaitable<void> stop_statement(Deadline deadline);
    [[nodiscard]] asio::awaitable<void> await_kill(Deadline deadline);
    [[nodiscard]] asio::awaitable<void> absorb_late_kill(std::string_view sql);
    void detach_cursor() noexcept;
    [[nodiscard]] bool is_idle() const noexcept;

    asio::any_io_executor executor_;
    ConnectOptions options_;
    HandlePtr handle_;
    std::shared_ptr<Socket> socket_;
    std::optional<HelperThread> kill_; ///< KILL QUERY, until its end has been seen
    Call call_;

    StatementCache cache_;
    /// Closed when the next statement is executed.
    std::vector<std::unique_ptr<PreparedStatement>> retired_;
    PreparedStatement* current_ = nullptr; ///< the one with a result not yet read to its end
    MYSQL_RES* text_result_ = nullptr;     ///< the same of a plain query
    std::string text_;                     ///< the plain query being sent
    Binder binder_;
    RowSink sink_;
    Cursor* cursor_ = nullptr;

    bool open_ = true;
    Operation* operation_ = nullptr; ///< the one under way
    bool broken_off_ = false;
    driver::IsolationLevel begun_level_ = driver::IsolationLevel::server_default;
    bool isolation_is_set_ = false; ///< for a transaction that has not begun yet
    /// An error came last, and errors do not say whether a transaction is open.
    bool status_is_stale_ = false;
};

/// Marks the connection busy. When it ends with the conversation unfinished, `recover()` is needed.
class Connection::Operation {
public:
    /// @throws InvalidRequestError, ResourceClosedError when the connection cannot take an
    /// operation now.
    explicit Operation(Connection& connection, const Cursor* on_behalf_of = nullptr);
    ~Operation();
    Operation(const Operation&) = delete;
    Operation& operator=(const Operation&) = delete;
    /// The connection was destroyed under the operation, whose coroutine may only be destroyed now.
    void abandon() noexcept { connection_ = nullptr; }

private:
    Connection* connection_;
};

} // namespace azoth::mysql
