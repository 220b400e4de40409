// SPDX-License-Identifier: MIT
// From the server's error fields, or libpq's words, to DiagnosticInfo.
#include "driver/postgresql/error.hpp"

#include <algorithm>
#include <cctype>

#include "driver/postgresql/libpq.hpp"

namespace azoth::postgresql {
namespace {

bool starts_with(std::string_view text, std::string_view prefix) {
    return text.substr(0, prefix.size()) == prefix;
}

std::string_view field(const PGresult* result, int code) {
    const char* text = PQresultErrorField(result, code);
    return text != nullptr ? std::string_view{text} : std::string_view{};
}

std::string trimmed(std::string_view text) {
    while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) text.remove_suffix(1);
    return std::string{text};
}

/// Errors after which the server closes the connection, should the severity not say so.
bool ends_connection(std::string_view sqlstate) {
    return starts_with(sqlstate, "08") || sqlstate == "57P01" || sqlstate == "57P02" || sqlstate == "57P03"
           || sqlstate == "57P05" || sqlstate == "25P03";
}

/// Where ": 28P01: " stands in a verbose message, in any language; npos when nowhere.
std::size_t find_sqlstate(std::string_view line) {
    for (std::size_t i = 0; i + 9 <= line.size(); ++i) {
        if (line[i] != ':' || line[i + 1] != ' ') continue;
        std::size_t code = i + 2;
        while (code < line.size() && line[code] == ' ') ++code;
        if (code + 6 > line.size() || line[code + 5] != ':') continue;
        const auto sqlstate = line.substr(code, 5);
        const bool fits = std::all_of(sqlstate.begin(), sqlstate.end(), [](char c) {
            return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
        });
        if (fits
            && std::any_of(sqlstate.begin(), sqlstate.end(), [](char c) { return c >= '0' && c <= '9'; })) {
            return code;
        }
    }
    return std::string_view::npos;
}

std::string_view advice(std::string_view sqlstate) {
    if (starts_with(sqlstate, "28")) {
        return "; check user name and password in the URL, and what the server's pg_hba.conf allows them";
    }
    if (sqlstate == "3D000") return "; create it, or name another database in the URL";
    if (sqlstate == "53300")
        return "; lower pool_size and max_overflow, or raise the server's max_connections";
    if (sqlstate == "57P03") return "; the server is starting up or shutting down, try again later";
    return {};
}

} // namespace

DiagnosticInfo diagnose(const ServerMessage& message) {
    DiagnosticInfo info;
    info.sqlstate = std::string{message.sqlstate};
    info.code = errc_from_sqlstate(info.sqlstate);
    info.message = trimmed(message.primary);
    if (!message.position.empty()) (info.message += " (at character ").append(message.position) += ")";
    if (!message.detail.empty()) (info.message += "\nDETAIL: ").append(message.detail);
    if (!message.hint.empty()) (info.message += "\nHINT: ").append(message.hint);
    info.disconnect =
        message.severity == "FATAL" || message.severity == "PANIC" || ends_connection(message.sqlstate);
    if (info.disconnect) info.code = errc::connection_lost;
    info.retryable = message.sqlstate == "40001" || message.sqlstate == "40P01";
    info.constraint = std::string{message.constraint};
    info.table = std::string{message.table};
    info.column = std::string{message.column};
    return info;
}

DiagnosticInfo diagnose(const pg_result* result) {
    ServerMessage message;
    message.severity = field(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    message.sqlstate = field(result, PG_DIAG_SQLSTATE);
    message.primary = field(result, PG_DIAG_MESSAGE_PRIMARY);
    // What libpq itself found wrong has a text, but no fields.
    if (message.primary.empty()) message.primary = PQresultErrorMessage(result);
    message.detail = field(result, PG_DIAG_MESSAGE_DETAIL);
    message.hint = field(result, PG_DIAG_MESSAGE_HINT);
    message.position = field(result, PG_DIAG_STATEMENT_POSITION);
    message.constraint = field(result, PG_DIAG_CONSTRAINT_NAME);
    message.table = field(result, PG_DIAG_TABLE_NAME);
    message.column = field(result, PG_DIAG_COLUMN_NAME);
    return diagnose(message);
}

driver::Notice make_notice(const pg_result* result) {
    driver::Notice notice;
    notice.severity = std::string{field(result, PG_DIAG_SEVERITY_NONLOCALIZED)};
    notice.sqlstate = std::string{field(result, PG_DIAG_SQLSTATE)};
    notice.message = std::string{field(result, PG_DIAG_MESSAGE_PRIMARY)};
    // What libpq itself has to say has a text, but no fields.
    if (notice.message.empty()) notice.message = trimmed(PQresultErrorMessage(result));
    notice.detail = std::string{field(result, PG_DIAG_MESSAGE_DETAIL)};
    notice.hint = std::string{field(result, PG_DIAG_MESSAGE_HINT)};
    return notice;
}

DiagnosticInfo diagnose_copy(const pg_result* result) {
    auto info = diagnose(result);
    // "COPY person, line 3, column age: "x"": the numbers are the same in every language, and so is their order.
    const auto context = field(result, PG_DIAG_CONTEXT);
    const auto line = context.substr(0, context.find('\n'));
    if (!line.empty()) (info.message += "\nCONTEXT: ").append(line);
    return info;
}

DiagnosticInfo diagnose_loss(std::string_view words, const pg_result* result) {
    DiagnosticInfo info;
    if (result != nullptr) info = diagnose(result);
    else info.message = "the connection to the server was lost: " + trimmed(words);
    info.code = errc::connection_lost;
    info.disconnect = true;
    return info;
}

bool is_from_server(const pg_result* result) {
    return !field(result, PG_DIAG_SQLSTATE).empty();
}

void throw_copy_refused(const std::string& sql) {
    DiagnosticInfo info;
    info.code = errc::not_supported;
    info.message =
        "COPY to or from the client cannot be executed as a statement; use INSERT and SELECT, or the "
        "connection's native handle";
    throw NotSupportedError(std::move(info), sql, {});
}

bool is_gone_statement(const pg_result* result) {
    return field(result, PG_DIAG_SQLSTATE) == "26000";
}

bool is_stale_statement(const pg_result* result) {
    if (is_gone_statement(result)) return true;
    // A type that it takes or returns was dropped, and perhaps made anew: an internal error, whose text is never translated.
    if (field(result, PG_DIAG_SQLSTATE) == "XX000")
        return field(result, PG_DIAG_MESSAGE_PRIMARY).starts_with("cache lookup failed for type");
    // 0A000 is any feature the server lacks, and its text may be translated; the function's name is not.
    return field(result, PG_DIAG_SQLSTATE) == "0A000"
           && field(result, PG_DIAG_SOURCE_FUNCTION) == "RevalidateCachedQuery";
}

DiagnosticInfo diagnose_connect(std::string_view verbose_message, const std::string& where) {
    DiagnosticInfo info;
    info.code = errc::connection_failed;
    std::string words;
    while (!verbose_message.empty()) {
        const auto end = std::min(verbose_message.find('\n'), verbose_message.size());
        auto line = verbose_message.substr(0, end);
        verbose_message.remove_prefix(std::min(end + 1, verbose_message.size()));
        // Where in the server's sources the error arose: of no use here.
        if (starts_with(line, "LOCATION:")) continue;
        if (!words.empty()) words += '\n';
        if (const auto code = find_sqlstate(line); code != std::string_view::npos) {
            // Of several hosts the last one's answer is what ended the attempt.
            info.sqlstate = std::string{line.substr(code, 5)};
            words += line.substr(0, code);
            line.remove_prefix(std::min(code + 7, line.size()));
        }
        words += line;
    }
    if (starts_with(info.sqlstate, "28")) info.code = errc::authentication_failed;
    info.retryable = info.sqlstate == "57P03" || info.sqlstate == "53300";
    info.message = "cannot connect to PostgreSQL " + where + ": " + trimmed(words);
    info.message += advice(info.sqlstate);
    return info;
}

} // namespace azoth::postgresql
