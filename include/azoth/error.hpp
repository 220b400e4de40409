// SPDX-License-Identifier: MIT
// The exception tree: one root, few classes, properties instead of subclasses.
#pragma once

#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace azoth {

/// Portable questions about a database error: `e.code() == errc::unique_violation`.
enum class errc {
    unknown = 1,
    unique_violation,
    foreign_key_violation,
    not_null_violation,
    check_violation,
    exclusion_violation,
    serialization_failure,
    deadlock,
    lock_timeout,
    query_canceled,
    connection_failed,
    connection_lost,
    authentication_failed,
    undefined_table,
    undefined_column,
    duplicate_table,
    syntax_error,
    data_invalid,
    out_of_range,
    read_only,
    not_supported,
};

[[nodiscard]] const std::error_category& error_category() noexcept;
[[nodiscard]] std::error_code make_error_code(errc code) noexcept;

/// The root of everything Azoth throws, except `asio::system_error` on cancellation.
class Error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// A call that can never be right: a bad URL, an unknown column name, contradictory options.
class ArgumentError : public Error {
public:
    using Error::Error;
};

/// No dialect or driver of that name is built in.
class NoSuchModuleError : public ArgumentError {
public:
    using ArgumentError::ArgumentError;
};

/// A table was given a column of a name that it has already.
class DuplicateColumnError : public ArgumentError {
public:
    using ArgumentError::ArgumentError;
};

/// What was given to be executed is no statement.
class ObjectNotExecutableError : public ArgumentError {
public:
    using ArgumentError::ArgumentError;
};

/// A join or a relationship needs a foreign key between two tables, and there is none.
class NoForeignKeysError : public ArgumentError {
public:
    using ArgumentError::ArgumentError;
};

/// A join or a relationship has several foreign keys to choose from.
class AmbiguousForeignKeysError : public ArgumentError {
public:
    using ArgumentError::ArgumentError;
};

/// A constraint names a column that its table does not have.
class ConstraintColumnNotFoundError : public ArgumentError {
public:
    using ArgumentError::ArgumentError;
};

/// A statement that the dialect cannot express.
class CompileError : public Error {
public:
    using Error::Error;
};

/// A construct that the dialect has no way to write at all.
class UnsupportedCompilationError : public CompileError {
public:
    using CompileError::CompileError;
};

/// A name that is too long for the database, or no name.
class IdentifierError : public Error {
public:
    using Error::Error;
};

/// Tables or objects that depend on each other in a ring that cannot be ordered.
class CircularDependencyError : public Error {
public:
    using Error::Error;
};

/// A deadline passed: waiting for the pool, or an execution's own `timeout()`.
class TimeoutError : public Error {
public:
    using Error::Error;
};

/// For listeners of `checkout`: this connection is of no use; it is replaced by another.
class DisconnectionError : public Error {
public:
    using Error::Error;
};

/// The same of all connections that the pool has made so far.
class InvalidatePoolError : public DisconnectionError {
public:
    using DisconnectionError::DisconnectionError;
};

/// A warning, where the engine is told to throw them: see `EngineOptions::warnings`.
class SAWarning : public Error {
public:
    using Error::Error;
};

/// A call that does not fit the object's present state.
class InvalidRequestError : public Error {
public:
    using Error::Error;
};

/// Two operations at a time on an object that takes one.
class IllegalStateChangeError : public InvalidRequestError {
public:
    using InvalidRequestError::InvalidRequestError;
};

/// There is nothing to inspect about such an object.
class NoInspectionAvailable : public InvalidRequestError {
public:
    using InvalidRequestError::InvalidRequestError;
};

/// A row or a table has no column of that name.
class NoSuchColumnError : public InvalidRequestError {
public:
    using InvalidRequestError::InvalidRequestError;
};

/// Several columns of a row have the name that was asked for.
class AmbiguousColumnError : public InvalidRequestError {
public:
    using InvalidRequestError::InvalidRequestError;
};

/// A foreign key refers to a table that the metadata does not have.
class NoReferencedTableError : public InvalidRequestError {
public:
    using InvalidRequestError::InvalidRequestError;
};

/// A foreign key refers to a column that its table does not have.
class NoReferencedColumnError : public InvalidRequestError {
public:
    using InvalidRequestError::InvalidRequestError;
};

/// Something that was to be executed belongs to no engine or connection.
class UnboundExecutionError : public InvalidRequestError {
public:
    using InvalidRequestError::InvalidRequestError;
};

/// A result that had to have a row has none.
class NoResultFound : public InvalidRequestError {
public:
    using InvalidRequestError::InvalidRequestError;
};

/// A result that had to have one row has more.
class MultipleResultsFound : public InvalidRequestError {
public:
    using InvalidRequestError::InvalidRequestError;
};

/// The session's transaction failed and waits for `rollback()`.
class PendingRollbackError : public InvalidRequestError {
public:
    using InvalidRequestError::InvalidRequestError;
};

/// Use of a connection, result, transaction or engine after it was closed.
class ResourceClosedError : public InvalidRequestError {
public:
    using InvalidRequestError::InvalidRequestError;
};

/// A table that was asked for by name does not exist in the database or the metadata.
class NoSuchTableError : public InvalidRequestError {
public:
    using InvalidRequestError::InvalidRequestError;
};

/// A table is there, but its catalogue entry cannot be read.
class UnreflectableTableError : public InvalidRequestError {
public:
    using InvalidRequestError::InvalidRequestError;
};

/// An attribute that was not loaded was read; attribute access never does I/O.
class NotLoadedError : public InvalidRequestError {
public:
    using InvalidRequestError::InvalidRequestError;
};

/// The row of an expired object is not there any more.
class ObjectDeletedError : public InvalidRequestError {
public:
    using InvalidRequestError::InvalidRequestError;
};

/// A value from the database does not fit the C++ type that was asked for.
class TypeMismatchError : public InvalidRequestError {
public:
    using InvalidRequestError::InvalidRequestError;
};

/// The unit of work met a state that it cannot write.
class FlushError : public Error {
public:
    using Error::Error;
};

/// An UPDATE or DELETE of mapped objects met fewer rows than it should.
class StaleDataError : public FlushError {
public:
    using FlushError::FlushError;
};

/// An error about one statement; carries its text and, unless hidden, its parameters.
class StatementError : public Error {
public:
    StatementError(const std::string& message, std::string statement, std::vector<std::string> parameters)
        : Error(message), statement_(std::move(statement)), parameters_(std::move(parameters)) {}

    /// The SQL text that was sent; empty when the error belongs to no statement.
    [[nodiscard]] const std::string& statement() const noexcept { return statement_; }
    /// The parameters as text, in the order of the placeholders; empty when the engine hides them.
    [[nodiscard]] const std::vector<std::string>& parameters() const noexcept { return parameters_; }

private:
    std::string statement_;
    std::vector<std::string> parameters_;
};

/// What a driver knows about a failure, before it becomes an exception.
struct DiagnosticInfo {
    DiagnosticInfo() = default;

    errc code = errc::unknown;
    std::string message;     ///< the server's own words
    std::string sqlstate;    ///< five characters, or empty
    int native_code = 0;     ///< MariaDB errno, SQLite extended result code
    bool disconnect = false; ///< the connection cannot be used any more
    bool retryable = false;  ///< the same transaction may succeed when run again
    std::string constraint;
    std::string table;
    std::string column;
};

/// An error that the database or its client library reported.
class DBAPIError : public StatementError {
public:
    DBAPIError(DiagnosticInfo info, std::string statement, std::vector<std::string> parameters);

    [[nodiscard]] std::error_code code() const noexcept { return make_error_code(info_.code); }
    [[nodiscard]] const std::string& sqlstate() const noexcept { return info_.sqlstate; }
    [[nodiscard]] int native_code() const noexcept { return info_.native_code; }
    [[nodiscard]] bool is_disconnect() const noexcept { return info_.disconnect; }
    [[nodiscard]] bool is_retryable() const noexcept { return info_.retryable; }
    [[nodiscard]] const std::string& constraint() const noexcept { return info_.constraint; }
    [[nodiscard]] const std::string& table() const noexcept { return info_.table; }
    [[nodiscard]] const std::string& column() const noexcept { return info_.column; }
    [[nodiscard]] const DiagnosticInfo& info() const noexcept { return info_; }

private:
    DiagnosticInfo info_;
};

/// The client side misused or failed, not the database.
class InterfaceError : public DBAPIError {
public:
    using DBAPIError::DBAPIError;
};

class DatabaseError : public DBAPIError {
public:
    using DBAPIError::DBAPIError;
};

/// A value the database refuses: out of range, division by zero, a malformed date.
class DataError : public DatabaseError {
public:
    using DatabaseError::DatabaseError;
};

/// Outside the program's control: connection lost, server shutting down, deadlock, disk full.
class OperationalError : public DatabaseError {
public:
    using DatabaseError::DatabaseError;
};

/// A constraint refused the change; `code()` says which kind.
class IntegrityError : public DatabaseError {
public:
    using DatabaseError::DatabaseError;
};

class InternalError : public DatabaseError {
public:
    using DatabaseError::DatabaseError;
};

/// Wrong SQL or a missing table or column.
class ProgrammingError : public DatabaseError {
public:
    using DatabaseError::DatabaseError;
};

class NotSupportedError : public DatabaseError {
public:
    using DatabaseError::DatabaseError;
};

/// The connection was lost between sending COMMIT and hearing the answer.
class CommitUnknownError : public OperationalError {
public:
    using OperationalError::OperationalError;
};

/// Throws the class of the tree that fits `info.code` (or, for `errc::unknown`, its SQLSTATE prefix).
[[noreturn]] void throw_database_error(
    DiagnosticInfo info, std::string statement = {}, std::vector<std::string> parameters = {});

/// The portable code of a SQLSTATE, `errc::unknown` when only its class is known.
[[nodiscard]] errc errc_from_sqlstate(const std::string& sqlstate) noexcept;

} // namespace azoth

template <>
struct std::is_error_code_enum<azoth::errc> : std::true_type {};
