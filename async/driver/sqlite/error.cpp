// SPDX-License-Identifier: MIT
// SQLite's result codes and messages as diagnostics and exceptions.
#include "driver/sqlite/error.hpp"

#include <array>
#include <utility>

#include <sqlite3.h>

namespace azoth::sqlite {
namespace {

constexpr int primary(int extended_code) noexcept { return extended_code & 0xff; }

bool starts_with(std::string_view text, std::string_view beginning) noexcept {
    return text.substr(0, beginning.size()) == beginning;
}

bool contains(std::string_view text, std::string_view part) noexcept {
    return text.find(part) != std::string_view::npos;
}

/// What follows the first ": ", or nothing.
std::string_view behind_colon(std::string_view message) noexcept {
    const auto colon = message.find(": ");
    return colon == std::string_view::npos ? std::string_view{} : message.substr(colon + 2);
}

/// "main.t" without the schema.
std::string unqualified(std::string_view name) {
    const auto dot = name.rfind('.');
    return std::string{dot == std::string_view::npos ? name : name.substr(dot + 1)};
}

/// "t.a, t.b" → table "t", column "a, b"; "index 'name'" (on an expression) → constraint "name".
void read_columns(std::string_view detail, DiagnosticInfo& info) {
    if (starts_with(detail, "index '")) {
        detail.remove_prefix(7);
        info.constraint = std::string{detail.substr(0, detail.rfind('\''))};
        return;
    }
    while (!detail.empty()) {
        const auto comma = detail.find(", ");
        const auto name = detail.substr(0, comma);
        const auto dot = name.find('.');
        if (dot != std::string_view::npos) {
            info.table = std::string{name.substr(0, dot)};
            (info.column += info.column.empty() ? "" : ", ").append(name.substr(dot + 1));
        }
        detail = comma == std::string_view::npos ? std::string_view{} : detail.substr(comma + 2);
    }
}

void read_constraint(int extended_code, std::string_view message, DiagnosticInfo& info) {
    switch (extended_code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
        info.code = errc::unique_violation;
        read_columns(behind_colon(message), info);
        return;
    case SQLITE_CONSTRAINT_NOTNULL:
        info.code = errc::not_null_violation;
        read_columns(behind_colon(message), info);
        return;
    case SQLITE_CONSTRAINT_FOREIGNKEY: info.code = errc::foreign_key_violation; return;
    case SQLITE_CONSTRAINT_CHECK:
        info.code = errc::check_violation;
        info.constraint = std::string{behind_colon(message)};
        return;
    case SQLITE_CONSTRAINT_DATATYPE: info.code = errc::data_invalid; return;
    // RAISE(ABORT, 'message') in a trigger: whatever rule the trigger stands for.
    default: info.code = errc::check_violation; return;
    }
}

struct Phrase {
    std::string_view text;
    errc code;
};

// SQLITE_ERROR is one code for everything a statement can get wrong; the wording has been stable for many
// years.
constexpr auto phrases = std::to_array<Phrase>({
    {"no such table", errc::undefined_table},
    {"no such view", errc::undefined_table},
    {"no such column", errc::undefined_column},
    {"has no column named", errc::undefined_column},
    {"ambiguous column name", errc::undefined_column},
    {"syntax error", errc::syntax_error},
    {"incomplete input", errc::syntax_error},
    {"unrecognized token", errc::syntax_error},
    {"already exists", errc::duplicate_table},
    {"already another table or index with this name", errc::duplicate_table},
    {"no such function", errc::syntax_error},
    {"wrong number of arguments", errc::syntax_error},
    {"misuse of", errc::syntax_error},
    {"values for", errc::syntax_error}, // "2 values for 3 columns"
    {"no such index", errc::undefined_table},
    {"no such savepoint", errc::syntax_error},
    {"integer overflow", errc::out_of_range},
    {"malformed JSON", errc::data_invalid},
    {"JSON path error", errc::data_invalid},
});

void read_statement_error(std::string_view message, DiagnosticInfo& info) {
    for (const auto& phrase : phrases) {
        if (!contains(message, phrase.text)) continue;
        info.code = phrase.code;
        if (phrase.code == errc::undefined_table) info.table = unqualified(behind_colon(message));
        if (starts_with(message, "no such column")) info.column = unqualified(behind_colon(message));
        if (phrase.code == errc::duplicate_table) {
            // "table users already exists"
            const auto blank = message.find(' ');
            const auto name = blank == std::string_view::npos ? message : message.substr(blank + 1);
            info.table = unqualified(name.substr(0, name.find(' ')));
        }
        return;
    }
}

} // namespace

DiagnosticInfo diagnose(int extended_code, std::string_view message) {
    DiagnosticInfo info;
    info.native_code = extended_code;
    info.message = std::string{message};
    switch (primary(extended_code)) {
    case SQLITE_CONSTRAINT: read_constraint(extended_code, message, info); break;
    case SQLITE_ERROR: read_statement_error(message, info); break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        info.code = errc::lock_timeout;
        info.retryable = true;
        break;
    case SQLITE_READONLY: info.code = errc::read_only; break;
    case SQLITE_INTERRUPT: info.code = errc::query_canceled; break;
    case SQLITE_MISMATCH: info.code = errc::data_invalid; break;
    case SQLITE_TOOBIG: info.code = errc::out_of_range; break;
    case SQLITE_RANGE: info.code = errc::syntax_error; break; // more values than placeholders
    case SQLITE_CANTOPEN: info.code = errc::connection_failed; break;
    case SQLITE_NOTADB: info.code = errc::connection_failed; break;
    case SQLITE_INTERNAL: info.sqlstate = "XX000"; break;
    default: break;
    }
    // SQLite has no SQLSTATE. What remains unknown is an I/O error, a full disk, a damaged file or a failure
    // in mid-statement: the standard's "general error", which the tree counts as operational.
    if (info.code == errc::unknown && info.sqlstate.empty()) info.sqlstate = "HY000";
    return info;
}

DiagnosticInfo diagnose(sqlite3* handle, int code) {
    const int extended = handle != nullptr ? sqlite3_extended_errcode(handle) : code;
    // A code the handle does not know of (a bind on a busy statement, say) speaks for itself.
    if (primary(extended) != primary(code)) return diagnose(code, sqlite3_errstr(code));
    return diagnose(extended, sqlite3_errmsg(handle));
}

void throw_error(DiagnosticInfo info, const std::string& sql) {
    if (primary(info.native_code) == SQLITE_MISUSE) throw InterfaceError(std::move(info), sql, {});
    throw_database_error(std::move(info), sql);
}

void throw_data_error(errc code, const std::string& message, const std::string& sql) {
    DiagnosticInfo info;
    info.code = code;
    info.message = message;
    throw DataError(std::move(info), sql, {});
}

void throw_programming_error(const std::string& message, const std::string& sql) {
    DiagnosticInfo info;
    info.code = errc::syntax_error;
    info.message = message;
    throw ProgrammingError(std::move(info), sql, {});
}

} // namespace azoth::sqlite
