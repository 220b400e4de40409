// SPDX-License-Identifier: MIT
// Database errors: class, code and text.
#include <azoth/error.hpp>

#include <typeinfo>

#include "support/catch.hpp"

#include <type_traits>

using namespace azoth;

namespace {

DiagnosticInfo info(errc code, std::string sqlstate = {}, std::string message = "message") {
    DiagnosticInfo result;
    result.code = code;
    result.sqlstate = std::move(sqlstate);
    result.message = std::move(message);
    return result;
}

/// The class that is thrown, exactly.
template <class Expected>
bool becomes(DiagnosticInfo diagnostic) {
    try {
        throw_database_error(std::move(diagnostic));
    } catch (const DBAPIError& error) {
        return typeid(error) == typeid(Expected);
    }
}

} // namespace

TEST_CASE("error: the code decides the class", "[error][core.err.dbapi_wrap]") {
    for (const errc code :
         {errc::unique_violation,
          errc::foreign_key_violation,
          errc::not_null_violation,
          errc::check_violation,
          errc::exclusion_violation})
        CHECK(becomes<IntegrityError>(info(code)));
    for (const errc code :
         {errc::serialization_failure,
          errc::deadlock,
          errc::lock_timeout,
          errc::query_canceled,
          errc::connection_failed,
          errc::connection_lost,
          errc::authentication_failed})
        CHECK(becomes<OperationalError>(info(code)));
    for (const errc code :
         {errc::undefined_table, errc::undefined_column, errc::duplicate_table, errc::syntax_error})
        CHECK(becomes<ProgrammingError>(info(code)));
    CHECK(becomes<DataError>(info(errc::data_invalid)));
    CHECK(becomes<DataError>(info(errc::out_of_range)));
    CHECK(becomes<NotSupportedError>(info(errc::not_supported)));
    CHECK(becomes<InternalError>(info(errc::read_only, "25006")));
    CHECK(becomes<OperationalError>(info(errc::read_only)));
    CHECK(becomes<IntegrityError>(info(errc::unique_violation, "HY000"))); // the code knows better
}

TEST_CASE("error: unknown codes take their class from the SQLSTATE", "[error][core.err.sqlstate_map]") {
    CHECK(becomes<OperationalError>(info(errc::unknown, "08P01")));
    CHECK(becomes<NotSupportedError>(info(errc::unknown, "0A999")));
    CHECK(becomes<ProgrammingError>(info(errc::unknown, "21000")));
    CHECK(becomes<DataError>(info(errc::unknown, "22999")));
    CHECK(becomes<IntegrityError>(info(errc::unknown, "23000")));
    CHECK(becomes<InternalError>(info(errc::unknown, "25P02")));
    CHECK(becomes<OperationalError>(info(errc::unknown, "40002")));
    CHECK(becomes<ProgrammingError>(info(errc::unknown, "42501")));
    CHECK(becomes<OperationalError>(info(errc::unknown, "53200")));
    CHECK(becomes<OperationalError>(info(errc::unknown, "HY000")));
    CHECK(becomes<InternalError>(info(errc::unknown, "XX001")));
    CHECK(becomes<InternalError>(info(errc::unknown, "P0001")));
    CHECK(becomes<DatabaseError>(info(errc::unknown, "99999")));
    CHECK(becomes<DatabaseError>(info(errc::unknown)));
    CHECK(becomes<DatabaseError>(info(errc::unknown, "4")));
    DiagnosticInfo lost = info(errc::unknown);
    lost.disconnect = true;
    CHECK(becomes<OperationalError>(lost));
}

TEST_CASE("error: SQLSTATEs have their portable codes", "[error][core.err.sqlstate_map]") {
    CHECK(errc_from_sqlstate("23505") == errc::unique_violation);
    CHECK(errc_from_sqlstate("23503") == errc::foreign_key_violation);
    CHECK(errc_from_sqlstate("23001") == errc::foreign_key_violation);
    CHECK(errc_from_sqlstate("23502") == errc::not_null_violation);
    CHECK(errc_from_sqlstate("23514") == errc::check_violation);
    CHECK(errc_from_sqlstate("23P01") == errc::exclusion_violation);
    CHECK(errc_from_sqlstate("40001") == errc::serialization_failure);
    CHECK(errc_from_sqlstate("40P01") == errc::deadlock);
    CHECK(errc_from_sqlstate("55P03") == errc::lock_timeout);
    CHECK(errc_from_sqlstate("57014") == errc::query_canceled);
    CHECK(errc_from_sqlstate("57P01") == errc::connection_lost);
    CHECK(errc_from_sqlstate("57P03") == errc::connection_failed);
    CHECK(errc_from_sqlstate("28P01") == errc::authentication_failed);
    CHECK(errc_from_sqlstate("42P01") == errc::undefined_table);
    CHECK(errc_from_sqlstate("42S02") == errc::undefined_table);
    CHECK(errc_from_sqlstate("42703") == errc::undefined_column);
    CHECK(errc_from_sqlstate("42P07") == errc::duplicate_table);
    CHECK(errc_from_sqlstate("42601") == errc::syntax_error);
    CHECK(errc_from_sqlstate("22003") == errc::out_of_range);
    CHECK(errc_from_sqlstate("22P02") == errc::data_invalid);
    CHECK(errc_from_sqlstate("25006") == errc::read_only);
    CHECK(errc_from_sqlstate("0A000") == errc::not_supported);
    CHECK(errc_from_sqlstate("08000") == errc::connection_lost); // the first of the table
    CHECK(errc_from_sqlstate("70100") == errc::query_canceled);  // the last
    for (const char* unknown : {"", "00000", "2350", "235055", "23000", "ZZZZZ"})
        CHECK(errc_from_sqlstate(unknown) == errc::unknown);
}

TEST_CASE("error: codes answer portable questions", "[error]") {
    const IntegrityError error{info(errc::unique_violation), {}, {}};
    CHECK(error.code() == errc::unique_violation);
    CHECK(error.code() != errc::deadlock);
    CHECK(error.code().category().name() == std::string{"azoth"});
    for (int code = 1; code <= static_cast<int>(errc::not_supported); ++code)
        CHECK_THAT(std::error_code(code, error_category()).message(), !Catch::StartsWith("unknown code"));
    CHECK(std::error_code(999, error_category()).message() == "unknown code 999");
}

TEST_CASE("error: the text has the statement and its parameters", "[error][core.err.statement_context]") {
    const auto text =
        [](const DiagnosticInfo& diagnostic, std::string sql, std::vector<std::string> parameters) {
            return std::string{DBAPIError{diagnostic, std::move(sql), std::move(parameters)}.what()};
        };
    const DiagnosticInfo unique = info(errc::unique_violation, "23505", "duplicate key value\n");
    CHECK(
        text(unique, "INSERT INTO t VALUES ($1, $2)", {"1", "'x'"})
        == "(IntegrityError) duplicate key value\n[SQL: INSERT INTO t VALUES ($1, $2)]\n[parameters: (1, "
           "'x')]"
    );
    CHECK(text(unique, "SELECT 1", {}) == "(IntegrityError) duplicate key value\n[SQL: SELECT 1]");
    CHECK(text(unique, "", {}) == "(IntegrityError) duplicate key value");
    CHECK(text(info(errc::connection_lost, "", ""), "", {}) == "(OperationalError) connection lost");
}

TEST_CASE("error: thousands of parameters are left out of the text, not of the error",
          "[error][core.err.statement_context]") {
    std::vector<std::string> parameters;
    for (int i = 0; i < 5'000; ++i) parameters.push_back(std::to_string(i));
    const DBAPIError error{info(errc::unknown), "INSERT", parameters};
    CHECK(error.parameters().size() == 5'000);
    CHECK_THAT(error.what(), Catch::EndsWith("46, 47, … 4950 more …, 4998, 4999)]"));
    parameters.resize(50);
    CHECK_THAT(DBAPIError(info(errc::unknown), "INSERT", parameters).what(), Catch::EndsWith("47, 48, 49)]"));
}

TEST_CASE("error: what the server said can be asked for",
          "[error][core.err.sqlstate_map][core.err.dbapi_wrap]") {
    DiagnosticInfo diagnostic = info(errc::foreign_key_violation, "23503", "violates");
    diagnostic.native_code = 1452;
    diagnostic.retryable = true;
    diagnostic.constraint = "fk";
    diagnostic.table = "t";
    diagnostic.column = "c";
    try {
        throw_database_error(diagnostic, "DELETE", {"1"});
    } catch (const IntegrityError& error) {
        CHECK(error.statement() == "DELETE");
        CHECK(error.parameters() == std::vector<std::string>{"1"});
        CHECK(error.sqlstate() == "23503");
        CHECK(error.native_code() == 1452);
        CHECK(error.is_retryable());
        CHECK_FALSE(error.is_disconnect());
        CHECK(error.constraint() == "fk");
        CHECK(error.table() == "t");
        CHECK(error.column() == "c");
        CHECK(error.info().message == "violates");
        return;
    }
    FAIL("no IntegrityError");
}

TEST_CASE("error: an unknown commit is an operational error", "[error]") {
    CHECK_THROWS_AS(
        throw CommitUnknownError(info(errc::connection_lost), "COMMIT", {}), OperationalError);
}

TEST_CASE("error: the tree of classes is SQLAlchemy's", "[error][core.err.hierarchy]") {
    using namespace azoth;
    const auto under = [](auto* base, auto*... derived) {
        using Base = std::remove_pointer_t<decltype(base)>;
        return (std::is_base_of_v<Base, std::remove_pointer_t<decltype(derived)>> && ...);
    };
    CHECK(under(
        static_cast<ArgumentError*>(nullptr), static_cast<DuplicateColumnError*>(nullptr),
        static_cast<ObjectNotExecutableError*>(nullptr), static_cast<NoSuchModuleError*>(nullptr),
        static_cast<NoForeignKeysError*>(nullptr), static_cast<AmbiguousForeignKeysError*>(nullptr),
        static_cast<ConstraintColumnNotFoundError*>(nullptr)));
    CHECK(under(static_cast<CompileError*>(nullptr), static_cast<UnsupportedCompilationError*>(nullptr)));
    CHECK(under(static_cast<DisconnectionError*>(nullptr), static_cast<InvalidatePoolError*>(nullptr)));
    CHECK(under(
        static_cast<InvalidRequestError*>(nullptr), static_cast<IllegalStateChangeError*>(nullptr),
        static_cast<NoInspectionAvailable*>(nullptr), static_cast<PendingRollbackError*>(nullptr),
        static_cast<ResourceClosedError*>(nullptr), static_cast<NoSuchColumnError*>(nullptr),
        static_cast<AmbiguousColumnError*>(nullptr), static_cast<NoResultFound*>(nullptr),
        static_cast<MultipleResultsFound*>(nullptr), static_cast<NoReferencedTableError*>(nullptr),
        static_cast<NoReferencedColumnError*>(nullptr), static_cast<NoSuchTableError*>(nullptr),
        static_cast<UnreflectableTableError*>(nullptr), static_cast<UnboundExecutionError*>(nullptr)));
    CHECK(under(
        static_cast<Error*>(nullptr), static_cast<ArgumentError*>(nullptr), static_cast<CircularDependencyError*>(nullptr),
        static_cast<CompileError*>(nullptr), static_cast<IdentifierError*>(nullptr), static_cast<DisconnectionError*>(nullptr),
        static_cast<TimeoutError*>(nullptr), static_cast<InvalidRequestError*>(nullptr), static_cast<StatementError*>(nullptr)));
    CHECK(under(static_cast<StatementError*>(nullptr), static_cast<DBAPIError*>(nullptr)));
    CHECK(under(static_cast<DBAPIError*>(nullptr), static_cast<InterfaceError*>(nullptr), static_cast<DatabaseError*>(nullptr)));
    CHECK(under(
        static_cast<DatabaseError*>(nullptr), static_cast<DataError*>(nullptr), static_cast<OperationalError*>(nullptr),
        static_cast<IntegrityError*>(nullptr), static_cast<InternalError*>(nullptr), static_cast<ProgrammingError*>(nullptr),
        static_cast<NotSupportedError*>(nullptr)));
}
