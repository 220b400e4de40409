// SPDX-License-Identifier: MIT
// The server's error fields as DiagnosticInfo, and what to say when connecting fails.
#pragma once

#include <string>
#include <string_view>

#include <azoth/driver/driver.hpp>
#include <azoth/error.hpp>

struct pg_result;

namespace azoth::postgresql {

/// The fields of an ErrorResponse that matter here; empty where the server sent none.
struct ServerMessage {
    std::string_view severity; ///< never localised: "ERROR", "FATAL", "PANIC"
    std::string_view sqlstate;
    std::string_view primary;
    std::string_view detail;
    std::string_view hint;
    std::string_view position; ///< in the statement's characters, from 1
    std::string_view constraint;
    std::string_view table;
    std::string_view column;

    ServerMessage() = default;
};

[[nodiscard]] DiagnosticInfo diagnose(const ServerMessage& message);
[[nodiscard]] DiagnosticInfo diagnose(const pg_result* result);

[[nodiscard]] driver::Notice make_notice(const pg_result* result);

/// A failed COPY into a table: the server names the row, and where it knows it the column, in the error's context.
[[nodiscard]] DiagnosticInfo diagnose_copy(const pg_result* result);

/// The connection broke: `result` is what the server said last, or null; then libpq's own `words` count.
[[nodiscard]] DiagnosticInfo diagnose_loss(std::string_view words, const pg_result* result);
/// Whether the server itself has sent this error, rather than libpq made it up.
[[nodiscard]] bool is_from_server(const pg_result* result);

/// A statement was a COPY: its data has no way through an execution.
[[noreturn]] void throw_copy_refused(const std::string& sql);

/// True for an error that only says a prepared statement is out of date: it is gone, or its columns have
/// changed.
[[nodiscard]] bool is_stale_statement(const pg_result* result);
/// Of those, the ones whose statement the server does not have any more.
[[nodiscard]] bool is_gone_statement(const pg_result* result);

/// Why connecting failed, out of libpq's message in its verbose form, the only one that names the SQLSTATE.
/// `where` is for the message: user, database, host and port, never the password.
[[nodiscard]] DiagnosticInfo diagnose_connect(std::string_view verbose_message, const std::string& where);

} // namespace azoth::postgresql
