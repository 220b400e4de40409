// SPDX-License-Identifier: MIT
// What a backend implements: few verbs, all awaitable. Nothing above this header asks which backend it has.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <azoth/detail/asio.hpp>
#include <azoth/types/field.hpp>
#include <azoth/types/type.hpp>

namespace azoth {
class Url;
class Dialect;
} // namespace azoth

namespace azoth::driver {

enum class IsolationLevel : std::uint8_t {
    server_default,
    read_uncommitted,
    read_committed,
    repeatable_read,
    serializable,
    autocommit, ///< no transaction at all; never reaches a driver
};

struct BeginOptions {
    IsolationLevel isolation_level = IsolationLevel::server_default;
    bool read_only = false;
    bool deferrable = false; ///< PostgreSQL's; ignored elsewhere

    BeginOptions() = default;
};

/// What a server says of itself, asked once by each engine.
struct ServerInfo {
    std::string default_schema; ///< where tables are that name none; empty: there is no such thing
    IsolationLevel default_isolation_level = IsolationLevel::server_default; ///< `server_default`: it does not say
    // MySQL's and MariaDB's.
    bool ansi_quotes = false;          ///< "x" is a name, not text
    bool no_backslash_escapes = false; ///< a backslash in a literal is itself
    int lower_case_table_names = 0;    ///< 0: as written, 1: kept in lower case, 2: compared in lower case

    ServerInfo() = default;
};

/// One statement in the server's own placeholders. A view: the caller keeps all of it alive until the call has returned.
struct Statement {
    const std::string* sql = nullptr;
    std::size_t sql_hash = 0;                 ///< std::hash of `*sql`, computed once per compilation
    std::span<const Param> params;            ///< in the order of the placeholders
    std::span<const Type> param_types;        ///< as many as `params`; null_type where nothing is known
    bool prepare = true;                      ///< keep a prepared statement for this text on the connection
    bool returns_rows = true;                 ///< a hint: SELECT or RETURNING; text() may be wrong in either direction

    // What travels with the statement where the driver says `carries_begin()`; ignored elsewhere.
    const BeginOptions* begin = nullptr;  ///< begin a transaction first; null: none, or there is one
    /// `execute()` in a transaction: the server itself ends the statement after this time, unless it has a shorter limit
    /// already; zero: no limit of ours. The error's code is errc::query_canceled.
    std::chrono::milliseconds timeout{0};

    Statement() = default;
    Statement(const std::string& text, std::size_t hash) : sql(&text), sql_hash(hash) {}
};

struct ColumnInfo {
    std::string name;
    Type type; ///< what the server says; null_type where it says nothing

    ColumnInfo() = default;
    ColumnInfo(std::string column_name, Type column_type) : name(std::move(column_name)), type(column_type) {}
};

struct Result {
    std::shared_ptr<const RowBuffer> rows;                  ///< null when the statement returns no rows
    std::shared_ptr<const std::vector<ColumnInfo>> columns; ///< null when the statement returns no rows
    std::int64_t affected = -1;                             ///< rows changed (matched, for UPDATE); -1 when unknown
    std::int64_t last_insert_id = 0;                        ///< SQLite, MariaDB: the key the last INSERT generated

    Result() = default;
};

/// What a batch is asked to hand back besides the number of rows.
enum class BatchWants : std::uint8_t {
    nothing,
    rows,            ///< the RETURNING rows, one buffer per parameter row, in order
    last_insert_ids, ///< the generated key per parameter row, in order
};

struct BatchResult {
    std::int64_t affected = 0;
    std::vector<std::shared_ptr<const RowBuffer>> rows;
    std::vector<std::int64_t> last_insert_ids;

    BatchResult() = default;
};

/// What the statements of a pipeline gave.
struct PipelineResult {
    std::vector<Result> results; ///< in order, up to the statement that failed
    std::exception_ptr error;    ///< of statement number `results.size()`; those behind it were not executed

    PipelineResult() = default;
};

/// How the rows of a COPY travel. `automatic`: binary where all columns have a binary form that we know.
enum class CopyFormat : std::uint8_t { automatic, binary, text };

/// What is copied into, as SQL: names quoted where they have to be.
struct CopyTarget {
    std::string table;
    std::vector<std::string> columns;

    CopyTarget() = default;
};

/// Rows on their way into a table. The connection does nothing else meanwhile; destroyed before `finish()` or `abort()`
/// it leaves the connection busy, for `recover()`.
class CopyIn {
public:
    virtual ~CopyIn() = default;
    /// Sends `rows` rows of parameters, row-major. Returns when all is sent, so what is in memory is bounded.
    /// @throws DataError for a value that is none of its column's type, with row and column in the message; then
    ///   `abort()` is all that is left to do.
    virtual asio::awaitable<void> write(std::span<const Param> params, std::size_t rows) = 0;
    /// The rows are complete. @return how many the server has taken @throws what it found wrong with them
    virtual asio::awaitable<std::int64_t> finish() = 0;
    /// Gives up: none of the rows are kept, and the transaction has failed.
    virtual asio::awaitable<void> abort() = 0;
};

/// What a NOTIFY sends to those who listen.
struct Notification {
    std::string channel;
    std::string payload;
    int sender = 0; ///< the server's process number of who sent it

    Notification() = default;
};

/// What a server says besides its answers: a NOTICE, a WARNING.
struct Notice {
    std::string severity; ///< in English: "NOTICE", "WARNING", "INFO", "LOG", "DEBUG"
    std::string sqlstate;
    std::string message;
    std::string detail;
    std::string hint;

    Notice() = default;
};

/// Rows in pieces, with a bounded number of them in memory.
class Cursor {
public:
    virtual ~Cursor() = default;
    [[nodiscard]] virtual const std::shared_ptr<const std::vector<ColumnInfo>>& columns() const noexcept = 0;
    /// The next rows, at most `max_rows`; null at the end.
    /// @cancellation terminal: the connection is busy afterwards and needs `recover()`.
    virtual asio::awaitable<std::shared_ptr<const RowBuffer>> fetch(std::size_t max_rows) = 0;
    /// Gives up the rest; the connection is idle afterwards. Called before destruction unless `fetch` has returned null
    /// or thrown; a cursor destroyed without it leaves the connection busy, for `recover()`.
    virtual asio::awaitable<void> close() = 0;
};

/// One connection to one database. One operation at a time; a second throws InvalidRequestError at once.
///
/// @cancellation Every awaitable obeys `terminal`, and then throws operation_aborted with the connection in the state
///   that `needs_recovery()` tells. Whoever owns the connection then runs `recover()` on a coroutine of its own.
class Connection {
public:
    Connection() = default;
    virtual ~Connection() = default; ///< closes without waiting
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    virtual asio::awaitable<Result> execute(Statement statement) = 0;

    /// Executes statements in order, in one round trip where the database can. Only the first may have a `begin`.
    /// @throws only when the connection is lost; what is wrong with a statement is in the result.
    virtual asio::awaitable<PipelineResult> execute_pipeline(std::span<const Statement> statements);

    /// The same statement for `rows` rows of parameters. `params` is row-major, rows × statement.param_types.size().
    /// Atomic only inside a transaction.
    virtual asio::awaitable<BatchResult>
    execute_batch(Statement statement, std::span<const Param> params, std::size_t rows, BatchWants wants) = 0;

    virtual asio::awaitable<std::unique_ptr<Cursor>> open_cursor(Statement statement) = 0;

    /// Opens a COPY into a table. @pre a transaction is open, or every row is to be kept
    /// @throws NotSupportedError where there is no COPY, or no binary form of a column and `binary` was asked for.
    virtual asio::awaitable<std::unique_ptr<CopyIn>> copy_in(CopyTarget target, CopyFormat format);
    /// Opens a COPY of the rows of `query`, which has no parameters. @throws NotSupportedError where there is no COPY.
    virtual asio::awaitable<std::unique_ptr<Cursor>> copy_out(std::string query, CopyFormat format);

    /// From now on (in a transaction: from its end) this connection hears what is sent to `channel`.
    virtual asio::awaitable<void> listen(std::string channel);
    /// The next notification, waited for without limit.
    /// @cancellation terminal: nothing is lost, and the connection needs no recovery.
    virtual asio::awaitable<Notification> next_notification();
    /// Sends to who listens, when the transaction is committed. @param begin  as Statement::begin
    virtual asio::awaitable<void> notify(std::string channel, std::string payload, const BeginOptions* begin);

    /// SQL without parameters or rows: transaction control, DDL, SET. Not prepared.
    virtual asio::awaitable<void> run(std::string sql) = 0;

    virtual asio::awaitable<void> begin(BeginOptions options) = 0;
    /// True when BEGIN may be given to `execute()`, `execute_batch()` and `open_cursor()` as `Statement::begin`: it then
    /// costs no round trip of its own. When such a call throws, `in_transaction()` says whether the transaction has begun;
    /// an error of the BEGIN itself has its text as `statement()`.
    [[nodiscard]] virtual bool carries_begin() const noexcept { return false; }
    /// @throws CommitUnknownError when the connection was lost before the answer came.
    virtual asio::awaitable<void> commit() = 0;
    virtual asio::awaitable<void> rollback() = 0;

    // Two-phase transactions. A prepared one is the server's, and outlives the connection.
    /// @throws NotSupportedError where there are none, as all of these
    virtual asio::awaitable<void> begin_twophase(std::string xid, BeginOptions options);
    virtual asio::awaitable<void> prepare_twophase(std::string xid);
    /// @param prepared  false: not prepared, the connection's own
    virtual asio::awaitable<void> commit_twophase(std::string xid, bool prepared);
    virtual asio::awaitable<void> rollback_twophase(std::string xid, bool prepared);
    /// The transactions that are prepared and wait for their end.
    virtual asio::awaitable<std::vector<std::string>> recover_twophase();

    /// What the server says the level of this connection's transactions is.
    virtual asio::awaitable<IsolationLevel> isolation_level();

    /// What the server says of itself. Without an answer of the driver's own nothing is asked.
    virtual asio::awaitable<ServerInfo> server_info();
    /// A round trip that proves the connection alive. @throws OperationalError when it is not.
    virtual asio::awaitable<void> ping() = 0;
    /// Brings a connection that was cancelled or failed in mid-operation to a state the server confirms: asks the server
    /// to cancel, drains, rolls back. @throws when that is impossible within `deadline`; then only `terminate()` remains.
    virtual asio::awaitable<void> recover(std::chrono::steady_clock::time_point deadline) = 0;
    /// Says goodbye to the server and closes.
    virtual asio::awaitable<void> close() = 0;
    /// Closes at once, without I/O that could block. Idempotent.
    virtual void terminate() noexcept = 0;

    /// True when the server (not a counter of ours) says that a transaction is open, failed ones included.
    [[nodiscard]] virtual bool in_transaction() const noexcept = 0;
    /// True after an operation was cut off; only `recover()`, `terminate()` and the destructor are allowed then.
    [[nodiscard]] virtual bool needs_recovery() const noexcept = 0;
    /// False once the connection is known to be dead.
    [[nodiscard]] virtual bool is_open() const noexcept = 0;
    /// "15.20", "10.11.6-MariaDB", "3.40.1".
    [[nodiscard]] virtual std::string server_version() const = 0;
    /// PGconn*, MYSQL* or sqlite3*: for what Azoth does not wrap. Not to be used while an operation runs.
    [[nodiscard]] virtual void* native_handle() noexcept = 0;

    /// Told what the server says besides its answers, while an operation runs, on whose thread that is. It must not use the
    /// connection; what it throws is dropped.
    std::function<void(const Notice&)> on_notice;

    /// What the pool may want to remember.
    std::chrono::steady_clock::time_point created_at = std::chrono::steady_clock::now();
};

/// A backend: its dialect and how to connect.
class Driver {
public:
    virtual ~Driver() = default;
    [[nodiscard]] virtual std::shared_ptr<const Dialect> dialect(const Url& url) const = 0;
    /// @throws ArgumentError for options the driver does not know, OperationalError when connecting fails.
    [[nodiscard]] virtual asio::awaitable<std::unique_ptr<Connection>>
    connect(asio::any_io_executor executor, Url url) const = 0;
    /// The dialect for the server that answered, where that tells more than the URL; null: the URL's.
    /// @throws InvalidRequestError when it is none that the URL means.
    [[nodiscard]] virtual std::shared_ptr<const Dialect>
    dialect_of(const Url&, const Connection& /*connection*/, const ServerInfo&) const {
        return nullptr;
    }
    /// True when each connection would have a database of its own, so that a pool must keep to one (SQLite in memory).
    [[nodiscard]] virtual bool single_connection(const Url& url) const = 0;
    /// Checks what can be checked without connecting. @throws ArgumentError.
    virtual void validate(const Url& url) const = 0;
};

/// Makes `driver` answer to URLs that begin with `name://`, in place of any other of that name.
/// Thread-safe; engines created before keep what they have.
void register_driver(std::string name, std::shared_ptr<const Driver> driver);

/// @throws NoSuchModuleError with the names there are.
[[nodiscard]] std::shared_ptr<const Driver> find_driver(std::string_view name);

} // namespace azoth::driver
