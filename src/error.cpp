// SPDX-License-Identifier: MIT
// Database errors: their codes, their texts, and which class of the tree they become.
#include <azoth/error.hpp>

#include <algorithm>
#include <array>
#include <string_view>

namespace azoth {

namespace {

class Category final : public std::error_category {
public:
    [[nodiscard]] const char* name() const noexcept override { return "azoth"; }
    [[nodiscard]] std::string message(int value) const override {
        switch (static_cast<errc>(value)) {
        case errc::unknown: return "database error";
        case errc::unique_violation: return "unique constraint violated";
        case errc::foreign_key_violation: return "foreign key constraint violated";
        case errc::not_null_violation: return "not-null constraint violated";
        case errc::check_violation: return "check constraint violated";
        case errc::exclusion_violation: return "exclusion constraint violated";
        case errc::serialization_failure: return "transaction could not be serialized";
        case errc::deadlock: return "deadlock detected";
        case errc::lock_timeout: return "lock not available in time";
        case errc::query_canceled: return "statement cancelled";
        case errc::connection_failed: return "connection could not be made";
        case errc::connection_lost: return "connection lost";
        case errc::authentication_failed: return "authentication failed";
        case errc::undefined_table: return "table does not exist";
        case errc::undefined_column: return "column does not exist";
        case errc::duplicate_table: return "table exists already";
        case errc::syntax_error: return "syntax error";
        case errc::data_invalid: return "value not accepted";
        case errc::out_of_range: return "value out of range";
        case errc::read_only: return "database or transaction is read-only";
        case errc::not_supported: return "not supported by the database";
        }
        return "unknown code " + std::to_string(value);
    }
};

struct StateCode {
    std::string_view sqlstate;
    errc code;
};

/// PostgreSQL's appendix A; the 42S.., 08S.. and 70100 are MariaDB's and ODBC's. Sorted, for the search.
constexpr auto state_codes = std::to_array<StateCode>({
    {"08000", errc::connection_lost},
    {"08001", errc::connection_failed},
    {"08003", errc::connection_lost},
    {"08004", errc::connection_failed},
    {"08006", errc::connection_lost},
    {"08007", errc::connection_lost},
    {"08S01", errc::connection_lost},
    {"0A000", errc::not_supported},
    {"22000", errc::data_invalid},
    {"22001", errc::data_invalid}, // too long for the column
    {"22003", errc::out_of_range},
    {"22004", errc::data_invalid},
    {"22007", errc::data_invalid},
    {"22008", errc::out_of_range}, // a date or time field
    {"22009", errc::out_of_range}, // a time zone's displacement
    {"2200L", errc::data_invalid},
    {"2200M", errc::data_invalid},
    {"2200N", errc::data_invalid},
    {"22011", errc::data_invalid},
    {"22012", errc::data_invalid}, // division by zero
    {"22015", errc::out_of_range}, // an interval's field
    {"22018", errc::data_invalid},
    {"2201E", errc::data_invalid},
    {"2201F", errc::data_invalid},
    {"2201W", errc::data_invalid},
    {"2201X", errc::data_invalid},
    {"22021", errc::data_invalid}, // not in the character set
    {"22023", errc::data_invalid},
    {"22025", errc::data_invalid},
    {"22026", errc::data_invalid},
    {"22032", errc::data_invalid},
    {"22P01", errc::out_of_range}, // floating point overflow
    {"22P02", errc::data_invalid},
    {"22P03", errc::data_invalid},
    {"22P05", errc::data_invalid},
    {"23001", errc::foreign_key_violation}, // ON DELETE RESTRICT
    {"23502", errc::not_null_violation},
    {"23503", errc::foreign_key_violation},
    {"23505", errc::unique_violation},
    {"23514", errc::check_violation},
    {"23P01", errc::exclusion_violation},
    {"25006", errc::read_only},
    {"25P03", errc::connection_lost}, // idle in a transaction for too long
    {"25P04", errc::connection_lost}, // a transaction for too long
    {"28000", errc::authentication_failed},
    {"28P01", errc::authentication_failed},
    {"40001", errc::serialization_failure},
    {"40P01", errc::deadlock},
    {"42601", errc::syntax_error},
    {"42703", errc::undefined_column},
    {"42P01", errc::undefined_table},
    {"42P07", errc::duplicate_table},
    {"42S01", errc::duplicate_table},
    {"42S02", errc::undefined_table},
    {"42S22", errc::undefined_column},
    {"53300", errc::connection_failed}, // too many of them
    {"55P03", errc::lock_timeout},
    {"57014", errc::query_canceled},
    {"57P01", errc::connection_lost},
    {"57P02", errc::connection_lost},
    {"57P03", errc::connection_failed}, // starting up or shutting down
    {"57P04", errc::connection_lost},
    {"57P05", errc::connection_lost},
    {"70100", errc::query_canceled},
});
static_assert(std::ranges::is_sorted(state_codes, {}, &StateCode::sqlstate));

/// The classes of the tree that a driver's report can become.
enum class ErrorClass {
    database,
    data,
    operational,
    integrity,
    internal,
    programming,
    not_supported,
};

/// As psycopg does it, so that what SQLAlchemy's users catch is what they knew.
ErrorClass class_of_sqlstate(std::string_view sqlstate) noexcept {
    struct PrefixClass {
        std::string_view prefix;
        ErrorClass error_class;
    };
    static constexpr PrefixClass prefixes[] = {
        {"08", ErrorClass::operational},   // connection
        {"0A", ErrorClass::not_supported},
        {"20", ErrorClass::programming},   // case not found
        {"21", ErrorClass::programming},   // cardinality
        {"22", ErrorClass::data},
        {"23", ErrorClass::integrity},
        {"24", ErrorClass::internal},      // cursor state
        {"25", ErrorClass::internal},      // transaction state
        {"26", ErrorClass::operational},   // statement name
        {"27", ErrorClass::operational},   // triggered data change
        {"28", ErrorClass::operational},   // authorization
        {"2B", ErrorClass::internal},
        {"2D", ErrorClass::internal},
        {"2F", ErrorClass::internal},
        {"34", ErrorClass::operational},   // cursor name
        {"38", ErrorClass::internal},
        {"39", ErrorClass::internal},
        {"3B", ErrorClass::internal},      // savepoint
        {"3D", ErrorClass::programming},   // catalog name
        {"3F", ErrorClass::programming},   // schema name
        {"40", ErrorClass::operational},   // transaction rollback
        {"42", ErrorClass::programming},
        {"44", ErrorClass::programming},   // WITH CHECK OPTION
        {"53", ErrorClass::operational},   // resources
        {"54", ErrorClass::operational},   // limits
        {"55", ErrorClass::operational},   // object state
        {"57", ErrorClass::operational},   // operator
        {"58", ErrorClass::operational},   // system
        {"70", ErrorClass::operational},   // MariaDB: interrupted
        {"F0", ErrorClass::internal},      // configuration file
        {"HV", ErrorClass::operational},   // foreign data
        {"HY", ErrorClass::operational},   // MariaDB: whatever has no other
        {"P0", ErrorClass::internal},      // PL/pgSQL
        {"XX", ErrorClass::internal},
    };
    for (const PrefixClass& entry : prefixes)
        if (sqlstate.starts_with(entry.prefix)) return entry.error_class;
    return ErrorClass::database;
}

ErrorClass class_of(const DiagnosticInfo& info) noexcept {
    switch (info.code) {
    case errc::unique_violation:
    case errc::foreign_key_violation:
    case errc::not_null_violation:
    case errc::check_violation:
    case errc::exclusion_violation: return ErrorClass::integrity;
    case errc::serialization_failure:
    case errc::deadlock:
    case errc::lock_timeout:
    case errc::query_canceled:
    case errc::connection_failed:
    case errc::connection_lost:
    case errc::authentication_failed: return ErrorClass::operational;
    case errc::undefined_table:
    case errc::undefined_column:
    case errc::duplicate_table:
    case errc::syntax_error: return ErrorClass::programming;
    case errc::data_invalid:
    case errc::out_of_range: return ErrorClass::data;
    case errc::not_supported: return ErrorClass::not_supported;
    // Internal in psycopg, where it is a transaction's state; operational in sqlite3 and the MySQL drivers.
    case errc::read_only:
        return info.sqlstate.starts_with("25") ? ErrorClass::internal : ErrorClass::operational;
    case errc::unknown: break;
    }
    if (!info.sqlstate.empty()) {
        const ErrorClass by_state = class_of_sqlstate(info.sqlstate);
        if (by_state != ErrorClass::database) return by_state;
    }
    return info.disconnect ? ErrorClass::operational : ErrorClass::database;
}

std::string_view class_name(ErrorClass error_class) noexcept {
    switch (error_class) {
    case ErrorClass::database: return "DatabaseError";
    case ErrorClass::data: return "DataError";
    case ErrorClass::operational: return "OperationalError";
    case ErrorClass::integrity: return "IntegrityError";
    case ErrorClass::internal: return "InternalError";
    case ErrorClass::programming: return "ProgrammingError";
    case ErrorClass::not_supported: return "NotSupportedError";
    }
    return "DatabaseError";
}

/// A multi-row INSERT has thousands of parameters; these many from either end tell what it was.
constexpr std::size_t shown_first = 48;
constexpr std::size_t shown_last = 2;

std::string describe(
    const DiagnosticInfo& info, const std::string& statement, const std::vector<std::string>& parameters) {
    std::string text = "(";
    text.append(class_name(class_of(info))).append(") ");
    // Client libraries end their messages with line breaks, or say nothing at all.
    std::string_view message = info.message;
    while (!message.empty() && (message.back() == '\n' || message.back() == '\r')) message.remove_suffix(1);
    if (message.empty()) text += make_error_code(info.code).message();
    else text += message;

    if (!statement.empty()) text.append("\n[SQL: ").append(statement).append("]");
    if (parameters.empty()) return text;
    text += "\n[parameters: (";
    const bool all = parameters.size() <= shown_first + shown_last;
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        if (i != 0) text += ", ";
        if (!all && i == shown_first) {
            const std::size_t left_out = parameters.size() - shown_first - shown_last;
            text.append("… ").append(std::to_string(left_out)).append(" more …, ");
            i += left_out;
        }
        text += parameters[i];
    }
    text += ")]";
    return text;
}

template <class Exception>
[[noreturn]] void raise(DiagnosticInfo& info, std::string& statement, std::vector<std::string>& parameters) {
    throw Exception(std::move(info), std::move(statement), std::move(parameters));
}

} // namespace

const std::error_category& error_category() noexcept {
    static const Category category;
    return category;
}

std::error_code make_error_code(errc code) noexcept {
    return {static_cast<int>(code), error_category()};
}

DBAPIError::DBAPIError(DiagnosticInfo info, std::string statement, std::vector<std::string> parameters)
    // The base copies what its text is made of first: nothing may be moved from before.
    : StatementError(describe(info, statement, parameters), statement, parameters), info_(std::move(info)) {}

void throw_database_error(DiagnosticInfo info, std::string statement, std::vector<std::string> parameters) {
    switch (class_of(info)) {
    case ErrorClass::database: break;
    case ErrorClass::data: raise<DataError>(info, statement, parameters);
    case ErrorClass::operational: raise<OperationalError>(info, statement, parameters);
    case ErrorClass::integrity: raise<IntegrityError>(info, statement, parameters);
    case ErrorClass::internal: raise<InternalError>(info, statement, parameters);
    case ErrorClass::programming: raise<ProgrammingError>(info, statement, parameters);
    case ErrorClass::not_supported: raise<NotSupportedError>(info, statement, parameters);
    }
    raise<DatabaseError>(info, statement, parameters);
}

errc errc_from_sqlstate(const std::string& sqlstate) noexcept {
    const auto found =
        std::ranges::lower_bound(state_codes, std::string_view{sqlstate}, {}, &StateCode::sqlstate);
    return found != state_codes.end() && found->sqlstate == sqlstate ? found->code : errc::unknown;
}

} // namespace azoth
