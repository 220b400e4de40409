// SPDX-License-Identifier: MIT
// A connection to PostgreSQL: the verbs of driver::Connection over one Channel.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <azoth/driver/driver.hpp>

#include "driver/postgresql/binding.hpp"
#include "driver/postgresql/channel.hpp"
#include "driver/postgresql/row.hpp"
#include "driver/postgresql/statement_cache.hpp"

namespace azoth::postgresql {

struct CancelRequest;
class Cursor;
class CopyReader;
class CopyWriter;
class DeclaredCursor;
class Operation;

/// What keeps a connection busy between operations: a cursor, a COPY.
class Occupant {
public:
    /// The connection goes on without it: an operation of it was cut off, or the connection is closed.
    virtual void detach() noexcept = 0;

protected:
    ~Occupant() = default;
};

/// Takes what occupies a connection from it, unless the operation comes to its end: what is left is `recover()`'s.
class DetachOnFailure {
public:
    explicit DetachOnFailure(Occupant& occupant) noexcept : occupant_(&occupant) {}
    ~DetachOnFailure() {
        if (occupant_ != nullptr) occupant_->detach();
    }
    DetachOnFailure(const DetachOnFailure&) = delete;
    DetachOnFailure& operator=(const DetachOnFailure&) = delete;
    void done() noexcept { occupant_ = nullptr; }

private:
    Occupant* occupant_;
};

class Connection final : public driver::Connection {
public:
    /// @param connection  connected, idle
    Connection(asio::any_io_executor executor, ConnectionPtr connection, std::size_t statement_cache_size);
    ~Connection() override;

    asio::awaitable<driver::Result> execute(driver::Statement statement) override;
    asio::awaitable<driver::PipelineResult> execute_pipeline(std::span<const driver::Statement> statements) override;
    asio::awaitable<driver::BatchResult> execute_batch(
        driver::Statement statement,
        std::span<const Param> params,
        std::size_t rows,
        driver::BatchWants wants) override;
    asio::awaitable<std::unique_ptr<driver::Cursor>> open_cursor(driver::Statement statement) override;
    asio::awaitable<std::unique_ptr<driver::CopyIn>>
    copy_in(driver::CopyTarget target, driver::CopyFormat format) override;
    asio::awaitable<std::unique_ptr<driver::Cursor>>
    copy_out(std::string query, driver::CopyFormat format) override;
    asio::awaitable<void> listen(std::string channel) override;
    asio::awaitable<driver::Notification> next_notification() override;
    asio::awaitable<void>
    notify(std::string channel, std::string payload, const driver::BeginOptions* begin) override;
    asio::awaitable<void> run(std::string sql) override;

    asio::awaitable<void> begin(driver::BeginOptions options) override;
    [[nodiscard]] bool carries_begin() const noexcept override { return true; }
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
    [[nodiscard]] bool needs_recovery() const noexcept override;
    [[nodiscard]] bool is_open() const noexcept override { return channel_.is_open(); }
    [[nodiscard]] std::string server_version() const override;
    [[nodiscard]] void* native_handle() noexcept override { return channel_.get(); }

private:
    friend class Cursor;
    friend class CopyReader;
    friend class CopyWriter;
    friend class DeclaredCursor;
    friend class Operation;

    /// From here on the server owes us answers.
    void sending() noexcept;
    /// Something of an operation that was cut off is still under way.
    [[nodiscard]] bool is_cut_off() const noexcept { return in_flight_ || cancel_request_ != nullptr; }
    /// The server has answered all.
    void settled() noexcept { in_flight_ = false; }

    /// Whether `statement` is kept prepared here.
    [[nodiscard]] bool keeps(const driver::Statement& statement) const noexcept;
    /// Hands the encoded parameters and the statement, prepared or not, to libpq. False when the connection
    /// is lost.
    [[nodiscard]] bool send(const driver::Statement& statement, const Prepared* prepared) noexcept;

    /// Takes all answers to what was sent outside a pipeline. Throws on a lost connection only.
    asio::awaitable<void> take_answers(Intake& intake, const std::string& sql);
    /// COMMIT, PREPARE TRANSACTION, COMMIT PREPARED: what the server answers with `tag` when it has done so.
    asio::awaitable<void> commit_by(std::string sql, std::string_view tag);
    /// Runs SQL by the simple protocol and returns the last answer.
    asio::awaitable<ResultPtr> run_simple(const std::string& sql);

    /// Executes in one round trip with what goes ahead of it: its preparation, unless `prepared`, BEGIN, its timeout.
    asio::awaitable<driver::Result> execute_in_pipeline(driver::Statement statement, Prepared* prepared);
    /// Takes all answers of the pipeline and leaves it, giving each to `take(index, result)`; `take.failure`
    /// is the first error among them.
    template <class Take>
    asio::awaitable<void> finish_pipeline(Take& take, const std::string& sql);
    /// Queues what deallocates the statements that were pushed out of the cache; the count of them.
    [[nodiscard]] std::size_t queue_deallocations(const std::string& sql);
    /// Queues BEGIN and the statement's timeout. `queue_timeout_end()` follows the statement.
    void queue_lead(const driver::Statement& statement);
    void queue_timeout_end(const driver::Statement& statement);
    /// Queues a statement without parameters or preparation.
    void queue_text(const std::string& text, const std::string& sql);
    void queue_prepare(const std::string& name, const std::string& sql);
    void queue_execute(const std::string& name, const std::string& sql);
    /// Queues a statement that is not prepared, with the encoded parameters.
    void queue_unprepared(const std::string& sql);

    class PipelineRun;
    /// Sends the statements and takes their answers; true when a preparation was out of date and all may be sent again.
    asio::awaitable<bool> run_pipeline(PipelineRun& run, std::span<const driver::Statement> statements);

    /// Sends a COPY and waits until its data may flow.
    asio::awaitable<void> begin_copy(const std::string& sql);

    class BatchRun;
    /// Sends `rows` rows of a batch and one sync, and takes their answers.
    /// @param begin  whether a BEGIN goes ahead
    asio::awaitable<void> run_chunk(BatchRun& run, std::size_t first, std::size_t rows, bool begin);

    /// The columns of `statement` before it is executed; null when it returns no rows. Prepares it if it is
    /// kept.
    asio::awaitable<std::shared_ptr<const Shape>> describe(driver::Statement statement);

    /// `open_cursor()` of a query in a transaction, or one that begins it. @pre its parameters are encoded
    asio::awaitable<std::unique_ptr<driver::Cursor>> declare_cursor(driver::Statement statement);

    driver::Result make_result(ResultPtr answer, std::shared_ptr<const Shape> shape) const;
    /// The shape of `result`, looking up types that are not known yet. @pre the connection is idle
    asio::awaitable<std::shared_ptr<const Shape>> shape_of(const PGresult* result);

    /// Drains what the server owes us until `deadline`; false when there is more. Throws on a lost
    /// connection.
    asio::awaitable<bool> drain(Deadline deadline);
    /// Drains, asking the server to stop what it does, again and again. @throws TimeoutError at the deadline.
    asio::awaitable<void> cancel_and_drain(Deadline deadline);
    /// Sends one cancel request, and waits until the server has taken it. @throws TimeoutError at the
    /// deadline.
    asio::awaitable<void> request_cancel(Deadline deadline);
    /// Waits for a request whose sender was cut off: late, it would hit the next statement.
    asio::awaitable<void> await_late_cancel(Deadline deadline);

    Channel channel_;
    StatementCache cache_;
    Parameters parameters_;
    Pipeline pipeline_;
    UserTypes user_types_;
    std::shared_ptr<const CancelRequest> cancel_request_; ///< sent, and perhaps not over yet
    Operation* operation_ = nullptr;                      ///< the one that runs
    Occupant* cursor_ = nullptr;                          ///< the cursor or COPY that is open
    std::size_t cursors_declared_ = 0;
    bool in_flight_ = false;
    bool was_in_transaction_ = false; ///< when the statement in flight was sent
};

/// What one operation holds while it runs: no other may start. Made before anything is sent.
class Operation {
public:
    enum class Kind : unsigned char { ordinary, of_cursor, recovery };

    /// @throws InvalidRequestError when another runs, a cursor is open, or the connection needs recovery;
    ///         OperationalError when the connection is lost, ResourceClosedError when it was closed.
    explicit Operation(Connection& connection, Kind kind = Kind::ordinary);
    ~Operation() {
        if (connection_ != nullptr) connection_->operation_ = nullptr;
    }
    Operation(const Operation&) = delete;
    Operation& operator=(const Operation&) = delete;

    /// The connection is destroyed before the coroutine that uses it: an event loop that ends in
    /// mid-operation.
    void forget_connection() noexcept { connection_ = nullptr; }

private:
    Connection* connection_;
};

/// Rows of one statement as they arrive, in libpq's single-row mode.
class Cursor final : public driver::Cursor, public Occupant {
public:
    Cursor(Connection& connection, std::string sql, std::shared_ptr<const Shape> shape);
    ~Cursor() override;
    Cursor(const Cursor&) = delete;
    Cursor& operator=(const Cursor&) = delete;

    [[nodiscard]] const std::shared_ptr<const std::vector<driver::ColumnInfo>>& columns()
        const noexcept override;
    asio::awaitable<std::shared_ptr<const RowBuffer>> fetch(std::size_t max_rows) override;
    asio::awaitable<void> close() override;

    /// Waits for the first answer, so that a statement that fails does so when it is opened.
    asio::awaitable<void> start();
    /// Why it failed; null when it has not.
    [[nodiscard]] const PGresult* failure() const noexcept { return failure_.get(); }
    void detach() noexcept override;

private:
    /// Takes rows into `rows` until there are `max_rows` or nothing more has arrived.
    Step advance(PackedBuffer& rows, std::size_t max_rows);
    void finish();

    Connection* connection_; ///< null when all is read
    std::string sql_;
    std::shared_ptr<const Shape> shape_;
    std::shared_ptr<const std::vector<driver::ColumnInfo>> columns_;
    ResultPtr first_; ///< the row that `start()` has waited for
    ResultPtr failure_;
    bool detached_ = false;
};

} // namespace azoth::postgresql
