// SPDX-License-Identifier: MIT
// Connection: executes statements, one at a time, in a transaction.
#pragma once

#include <any>
#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <ranges>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <azoth/compiler/compiled.hpp>
#include <azoth/driver/driver.hpp>
#include <azoth/engine/batch.hpp>
#include <azoth/engine/copy.hpp>
#include <azoth/engine/options.hpp>
#include <azoth/engine/result.hpp>
#include <azoth/engine/stream.hpp>
#include <azoth/engine/transaction.hpp>
#include <azoth/sql/statement.hpp>

namespace azoth {

namespace engine {

/// A statement's compilation and its bound values, from the statement's memory, the engine's cache, or made
/// now.
struct Lookup {
    std::shared_ptr<const Compiled> compiled;
    std::shared_ptr<const sql::BindList> binds; ///< views the statement: keep that
    bool cached = false;

    Lookup() = default;
};

[[nodiscard]] asio::awaitable<ResultData> execute_statement(Lease lease, sql::NodePtr statement);
[[nodiscard]] asio::awaitable<ResultData>
execute_statement_within(Lease lease, sql::NodePtr statement, ExecutionOptions options);

/// Runs `work`, an operation on the connection, under the options' timeout. @throws TimeoutError
[[nodiscard]] asio::awaitable<void> run_within(Lease lease, asio::awaitable<void> work, ExecutionOptions options);

/// Puts what `work` gives into `to`.
template <class R>
[[nodiscard]] asio::awaitable<void> keep_result(asio::awaitable<R> work, std::shared_ptr<std::optional<R>> to) {
    to->emplace(co_await std::move(work));
}
template <class R>
[[nodiscard]] asio::awaitable<R> result_within(Lease lease, asio::awaitable<R> work, ExecutionOptions options) {
    auto kept = std::make_shared<std::optional<R>>();
    auto working = keep_result<R>(std::move(work), kept);
    co_await run_within(std::move(lease), std::move(working), std::move(options));
    co_return std::move(**kept);
}

template <class R>
[[nodiscard]] asio::awaitable<R> execute_as(Lease lease, sql::NodePtr statement) {
    auto data = co_await execute_statement(std::move(lease), std::move(statement));
    co_return R(std::move(data));
}
template <class R>
[[nodiscard]] asio::awaitable<R>
execute_within_as(Lease lease, sql::NodePtr statement, ExecutionOptions options) {
    auto data = co_await execute_statement_within(std::move(lease), std::move(statement), options);
    co_return R(std::move(data));
}
/// @param values  by name
[[nodiscard]] asio::awaitable<ResultData> execute_named(
    Lease lease, sql::NodePtr statement, std::vector<std::pair<std::string, Value>> values, ExecutionOptions options);
template <class R>
[[nodiscard]] asio::awaitable<R> execute_named_as(
    Lease lease, sql::NodePtr statement, std::vector<std::pair<std::string, Value>> values, ExecutionOptions options) {
    auto data = co_await execute_named(std::move(lease), std::move(statement), std::move(values), std::move(options));
    co_return R(std::move(data));
}
template <class S>
[[nodiscard]] asio::awaitable<S> stream_as(Lease lease, sql::NodePtr statement, ExecutionOptions options) {
    auto opened = co_await open_stream(std::move(lease), std::move(statement), options);
    S stream(std::move(opened));
    // A mistake in the number of columns shows at once, not with the first row.
    if constexpr (requires { std::tuple_size<typename S::value_type>::value; })
        stream.head().check_width(std::tuple_size_v<typename S::value_type>);
    co_return stream;
}

/// The statements' results, in order. @throws what the first that fails throws.
[[nodiscard]] asio::awaitable<std::vector<ResultData>>
execute_pipeline(Lease lease, std::vector<sql::NodePtr> statements);

template <class... R, std::size_t... Is>
[[nodiscard]] std::tuple<R...>
to_results([[maybe_unused]] std::vector<ResultData>& data, std::index_sequence<Is...>) {
    return std::tuple<R...>(R(std::move(data[Is]))...);
}
template <class... R>
[[nodiscard]] asio::awaitable<std::tuple<R...>> pipeline_as(Lease lease, std::vector<sql::NodePtr> statements) {
    auto data = co_await execute_pipeline(std::move(lease), std::move(statements));
    co_return to_results<R...>(data, std::index_sequence_for<R...>());
}
template <class R>
[[nodiscard]] asio::awaitable<std::vector<R>>
pipeline_of_many(Lease lease, std::vector<sql::NodePtr> statements) {
    auto data = co_await execute_pipeline(std::move(lease), std::move(statements));
    std::vector<R> results;
    results.reserve(data.size());
    for (auto& one : data) results.emplace_back(std::move(one));
    co_return results;
}

} // namespace engine

/// A connection taken from an engine's pool. Move-only; used by one strand at a time, one operation at a
/// time: a second one while another is suspended throws InvalidRequestError.
///
/// Commit as you go: the first statement begins a transaction, `commit()` and `rollback()` end it, the next
/// statement begins another. Or `begin()` for a scope of your own.
///
/// Destroyed without `close()` it goes back to the pool all the same: the pool rolls back what was open, in
/// the background.
///
/// @cancellation every operation obeys `terminal` (and Asio's `co_spawn` by default passes nothing else).
///   Cancelled in mid-statement, the connection rolls back before it is used again, by you or by whoever has
///   it next.
class Connection {
public:
    /// A closed one.
    Connection() noexcept = default;
    ~Connection();
    Connection(Connection&& other) noexcept : lease_(std::move(other.lease_)) { other.lease_.number = 0; }
    Connection& operator=(Connection&& other) noexcept;

    /// Executes a statement and reads all its rows: a `Result<Ts...>` typed by its columns, or `Result<>`.
    /// @throws the class of the DBAPIError tree that fits, with statement and parameters; CompileError;
    ///   ResourceClosedError after `close()`; PendingRollbackError when the transaction was lost and not yet
    ///   rolled back here.
    template <Statement S>
    [[nodiscard]] asio::awaitable<engine::result_type_t<S>> execute(const S& statement) {
        return engine::execute_as<engine::result_type_t<S>>(lease_, statement.node());
    }
    /// @throws TimeoutError when `options.timeout()` is over; the transaction is rolled back then.
    template <Statement S>
    [[nodiscard]] asio::awaitable<engine::result_type_t<S>>
    execute(const S& statement, const ExecutionOptions& options) {
        return engine::execute_within_as<engine::result_type_t<S>>(lease_, statement.node(), options);
    }
    /// Executes a statement once for each row of a range: tuples of as many values as `columns()` has
    /// columns. RETURNING rows come in the order of the parameter rows. Sent in pieces, all in the one
    /// transaction; no rows, no statement.
    /// @param rows  an lvalue is referred to until the awaitable has completed, an rvalue is moved in
    /// @throws ArgumentError when a row has another number of values.
    template <Statement S, engine::ParameterRows R>
    [[nodiscard]] asio::awaitable<engine::result_type_t<S>> execute(const S& statement, R&& rows) {
        return execute(statement, std::forward<R>(rows), ExecutionOptions());
    }
    /// The same with options. @throws TimeoutError when `options.timeout()` is over for all the rows together.
    template <Statement S, engine::ParameterRows R>
    [[nodiscard]] asio::awaitable<engine::result_type_t<S>>
    execute(const S& statement, R&& rows, const ExecutionOptions& options) {
        using Answer = engine::result_type_t<S>;
        auto work =
            engine::execute_rows<Answer>(lease_, statement.node(), std::views::all(std::forward<R>(rows)), options);
        return engine::result_within<Answer>(lease_, std::move(work), options);
    }
    /// Executes a statement once, with values by name: of its named parameters, and of columns of an INSERT or UPDATE.
    /// @param parameters  a map from names to values
    /// @throws ArgumentError for a name that it does not take; InvalidRequestError when a parameter has no value.
    template <Statement S, engine::NamedParameters P>
    [[nodiscard]] asio::awaitable<engine::result_type_t<S>> execute(const S& statement, const P& parameters) {
        return engine::execute_named_as<engine::result_type_t<S>>(
            lease_, statement.node(), engine::named_values(parameters), ExecutionOptions());
    }
    template <Statement S, engine::NamedParameters P>
    [[nodiscard]] asio::awaitable<engine::result_type_t<S>>
    execute(const S& statement, const P& parameters, const ExecutionOptions& options) {
        return engine::execute_named_as<engine::result_type_t<S>>(
            lease_, statement.node(), engine::named_values(parameters), options);
    }
    /// `SELECT f(…)` of a function or the next number of a sequence.
    /// @throws ObjectNotExecutableError for any other expression; use select().
    template <Expression E>
        requires(!Statement<E>)
    [[nodiscard]] asio::awaitable<Result<typename E::value_type>> execute(const E& function) {
        return engine::execute_as<Result<typename E::value_type>>(lease_, sql::make_executable(function.node()));
    }
    template <Expression E>
        requires(!Statement<E>)
    [[nodiscard]] auto scalar(const E& function) {
        return scalar_of<Result<typename E::value_type>>(lease_, sql::make_executable(function.node()));
    }
    /// The next number of a sequence.
    template <class Q>
        requires(!Statement<Q> && requires(const Q& sequence) { sequence.next_value(); })
    [[nodiscard]] auto scalar(const Q& sequence) {
        return scalar(sequence.next_value());
    }
    /// The first column of the first row; nothing when there is no row, or when it is NULL.
    template <Statement S>
    [[nodiscard]] auto scalar(const S& statement) {
        return scalar_of<engine::result_type_t<S>>(lease_, statement.node());
    }
    /// The first column of all rows.
    template <Statement S>
    [[nodiscard]] auto scalars(const S& statement) {
        return scalars_of<engine::result_type_t<S>>(lease_, statement.node());
    }
    /// Rows in pieces, with a bounded number of them in memory.
    template <Statement S>
    [[nodiscard]] auto stream(const S& statement, const ExecutionOptions& options = ExecutionOptions()) {
        return engine::stream_as<typename engine::StreamType<engine::result_type_t<S>>::type>(
            lease_,
            statement.node(),
            options
        );
    }
    /// SQL as the database's own client library takes it, with its placeholders ($1 or ?): no `:name`, no cache.
    [[nodiscard]] asio::awaitable<Result<>>
    exec_driver_sql(std::string sql, std::vector<Value> parameters = std::vector<Value>());
    /// Several statements, executed in order, in one round trip where the database can; a tuple of their results. None of
    /// them may depend on another's rows.
    /// @throws what the first that fails throws, with its SQL and parameters; those behind it are not executed.
    template <Statement... S>
    [[nodiscard]] asio::awaitable<std::tuple<engine::result_type_t<S>...>> pipeline(const S&... statements) {
        std::vector<sql::NodePtr> nodes;
        nodes.reserve(sizeof...(S));
        (nodes.push_back(statements.node()), ...);
        return engine::pipeline_as<engine::result_type_t<S>...>(lease_, std::move(nodes));
    }
    /// The same with options. @throws TimeoutError when `options.timeout()` is over for all of them together.
    template <Statement... S>
    [[nodiscard]] asio::awaitable<std::tuple<engine::result_type_t<S>...>>
    pipeline(const ExecutionOptions& options, const S&... statements) {
        return engine::result_within<std::tuple<engine::result_type_t<S>...>>(lease_, pipeline(statements...), options);
    }
    /// The same for a range of statements of one type: a vector of their results.
    template <std::ranges::input_range R>
        requires Statement<std::ranges::range_value_t<R>>
    [[nodiscard]] asio::awaitable<std::vector<engine::result_type_t<std::ranges::range_value_t<R>>>>
    pipeline(R&& statements) {
        std::vector<sql::NodePtr> nodes;
        for (const auto& statement : statements) nodes.push_back(statement.node());
        return engine::pipeline_of_many<engine::result_type_t<std::ranges::range_value_t<R>>>(
            lease_,
            std::move(nodes)
        );
    }

    /// Copies rows into all columns of a table, in their order: tuples of values, or `std::vector<Value>`. PostgreSQL's COPY,
    /// sent in pieces while the rows are made, in the connection's transaction.
    /// @param rows  an lvalue is referred to until the awaitable has completed, an rvalue is moved in
    /// @return how many rows the server has taken
    /// @throws DataError or IntegrityError that names the row, counted from 1; NotSupportedError where there is no COPY.
    ///   As after any failed statement the transaction is over then.
    template <engine::ParameterRows R>
    [[nodiscard]] asio::awaitable<std::int64_t>
    copy_in(const Table& table, R&& rows, CopyOptions options = CopyOptions()) {
        return engine::copy_rows_in(
            lease_,
            engine::all_columns(table),
            options.format(),
            std::views::all(std::forward<R>(rows))
        );
    }
    /// The same into some columns: `copy_in(std::tie(people.id, people.name), rows)`.
    template <class... C, engine::ParameterRows R>
    [[nodiscard]] asio::awaitable<std::int64_t>
    copy_in(const std::tuple<C...>& columns, R&& rows, CopyOptions options = CopyOptions()) {
        return engine::copy_rows_in(
            lease_,
            engine::columns_of(columns),
            options.format(),
            std::views::all(std::forward<R>(rows))
        );
    }
    /// The rows of a statement by COPY: as `stream()`, with less work for the server and on the wire. Its values are written
    /// into the SQL as literals, because COPY takes no parameters.
    /// @throws NotSupportedError where there is no COPY; CompileError for a value that has no literal.
    template <Statement S>
    [[nodiscard]] auto copy_out(const S& statement, const CopyOptions& options = CopyOptions()) {
        return engine::copy_out_as<typename engine::StreamType<engine::result_type_t<S>>::type>(
            lease_,
            statement.node(),
            options
        );
    }

    /// Sends `payload` to who listens to `channel` (see `engine.listen()`), when the transaction is committed.
    /// @throws NotSupportedError where the database has no NOTIFY.
    [[nodiscard]] asio::awaitable<void> notify(std::string channel, std::string payload = std::string()) {
        return engine::send_notification(lease_, std::move(channel), std::move(payload));
    }

    /// Begins a transaction. (BEGIN is sent with the first statement, so an empty transaction costs nothing.)
    /// @throws InvalidRequestError when there is one already, begun here or by a statement.
    [[nodiscard]] asio::awaitable<Transaction> begin();
    [[nodiscard]] asio::awaitable<Transaction> begin(TransactionOptions options);
    /// Sets a savepoint, in a new transaction if there is none.
    [[nodiscard]] asio::awaitable<Savepoint> begin_nested();
    /// Begins a transaction that can be prepared: PostgreSQL's PREPARE TRANSACTION, MySQL's and MariaDB's XA.
    /// @param xid  its name in the whole server; one is made up when it is empty
    /// @throws NotSupportedError where there is no such thing; InvalidRequestError when there is a transaction already.
    [[nodiscard]] asio::awaitable<TwoPhaseTransaction> begin_twophase(std::string xid = std::string());
    /// The prepared transactions of the whole database that wait for their end.
    [[nodiscard]] asio::awaitable<std::vector<std::string>> recover_twophase();
    /// Ends a prepared transaction, of whichever connection. @throws the database's error when there is none of that name;
    ///   InvalidRequestError in a transaction.
    [[nodiscard]] asio::awaitable<void> commit_prepared(std::string xid);
    [[nodiscard]] asio::awaitable<void> rollback_prepared(std::string xid);
    /// What the server says the isolation level is; asks it each time. Never `autocommit`.
    [[nodiscard]] asio::awaitable<IsolationLevel> get_isolation_level();
    /// The isolation level of the transactions that follow, until the connection goes back to the pool; with
    /// `autocommit` each statement is its own, and commit and rollback do nothing in the database.
    /// @throws InvalidRequestError in a transaction.
    void isolation_level(IsolationLevel level);
    /// Schemas that are used in place of those that tables and sequences name, in everything that is executed, created and
    /// reflected through them until the connection goes back to the pool; in text() and in names given to an Inspector none
    /// are. Statements stay compiled whatever the map.
    void schema_translate_map(SchemaTranslateMap map);
    /// The options of all statements to come on this connection, added to those it has; `isolation_level` and its kin as
    /// `isolation_level()`. They last until the connection goes back to the pool.
    /// @throws InvalidRequestError when one of those is among them and there is a transaction.
    void execution_options(const ExecutionOptions& options);
    [[nodiscard]] const ExecutionOptions& get_execution_options() const;
    /// What the server's level is where nothing else is asked for, found out by the engine's first connection.
    [[nodiscard]] IsolationLevel default_isolation_level() const;
    /// Where tables are that name no schema, found out by the engine's first connection.
    [[nodiscard]] std::string default_schema_name() const;
    /// Ends the transaction, its savepoints included; without one nothing happens.
    /// @throws CommitUnknownError when the connection was lost before the answer came.
    [[nodiscard]] asio::awaitable<void> commit();
    [[nodiscard]] asio::awaitable<void> rollback();
    /// True from the first statement, or `begin()`, until commit or rollback.
    [[nodiscard]] bool in_transaction() const noexcept;
    [[nodiscard]] bool in_nested_transaction() const noexcept;
    /// The transaction there is, begun here or by a statement; nothing without one. It may be ended by this, but destroyed it
    /// leaves the transaction alone.
    [[nodiscard]] std::optional<Transaction> get_transaction() const;
    /// The same of the innermost savepoint.
    [[nodiscard]] std::optional<Savepoint> get_nested_transaction() const;
    /// What you want to remember with the database connection: kept while it lives, also in the pool.
    [[nodiscard]] std::map<std::string, std::any>& info() const;

    /// Rolls back what is open and gives the connection back to the pool. Does nothing when closed already.
    /// @throws InvalidRequestError when an operation is suspended. What the rollback throws is not thrown:
    ///   such a connection is put right or replaced by the pool.
    [[nodiscard]] asio::awaitable<void> close();
    [[nodiscard]] bool closed() const noexcept;
    /// Gives the database connection up, at once: it is closed, and the next statement makes another. In a transaction
    /// `rollback()` has to come first.
    void invalidate();
    /// The pool closes this connection, instead of keeping it, when it comes back; until then it goes on. For a connection
    /// whose state you changed.
    void invalidate_soft();
    /// After `invalidate()`, or when the database connection was lost: until the next statement.
    [[nodiscard]] bool invalidated() const noexcept;
    /// Takes the connection out of the pool, which may make another in its place: `close()` really closes it.
    void detach();

    [[nodiscard]] const std::shared_ptr<const Dialect>& dialect() const;
    /// "15.20", "10.11.6-MariaDB", "3.40.1".
    [[nodiscard]] std::string server_version() const;
    /// PGconn*, MYSQL* or sqlite3*, for what Azoth does not wrap. Not to be used while an operation is
    /// suspended.
    [[nodiscard]] void* native_handle() const;

    // ---- for layers above ----------------------------------------------------------------------

    /// The compilation of a statement and its bound values, without executing it.
    [[nodiscard]] engine::Lookup lookup(const sql::NodePtr& statement) const;
    /// Executes what is compiled and bound already; begins a transaction as `execute()` does.
    /// @param bound  filled by `compiled->bind()`; the caller keeps it until the awaitable has completed
    [[nodiscard]] asio::awaitable<driver::Result>
    execute_compiled(std::shared_ptr<const Compiled> compiled, const Compiled::Bound& bound);
    /// Executes what is compiled for `rows` rows of parameters, row-major in the order of the placeholders,
    /// in one call of the driver. The caller keeps `params` and what they view until the awaitable has
    /// completed.
    [[nodiscard]] asio::awaitable<driver::BatchResult> execute_batch(
        std::shared_ptr<const Compiled> compiled,
        std::span<const Param> params,
        std::size_t rows,
        driver::BatchWants wants
    );
    /// A cursor on a statement's rows: `engine::fetch()` them, and `engine::abandon_stream()` what is not read to its end.
    [[nodiscard]] asio::awaitable<engine::OpenStream> open_stream(sql::NodePtr statement, ExecutionOptions options);
    /// SQL without parameters or rows, as DDL; not prepared. Begins a transaction as `execute()` does.
    [[nodiscard]] asio::awaitable<void> run(std::string sql);
    /// The driver's connection, in a transaction of this connection's. @throws as `execute()`.
    [[nodiscard]] asio::awaitable<driver::Connection*> driver_connection();

private:
    friend struct engine::ScopeAccess;
    explicit Connection(engine::Lease lease) noexcept : lease_(std::move(lease)) {}

    template <class R>
    static asio::awaitable<decltype(std::declval<const R&>().scalar())>
    scalar_of(engine::Lease lease, sql::NodePtr node) {
        auto data = co_await engine::execute_statement(std::move(lease), std::move(node));
        const R result(std::move(data));
        co_return result.scalar();
    }
    template <class R>
    static asio::awaitable<decltype(std::declval<const R&>().scalars())>
    scalars_of(engine::Lease lease, sql::NodePtr node) {
        auto data = co_await engine::execute_statement(std::move(lease), std::move(node));
        const R result(std::move(data));
        co_return result.scalars();
    }
    engine::Lease lease_;
};

} // namespace azoth
