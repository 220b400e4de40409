// SPDX-License-Identifier: MIT
// SQLite's result codes and messages as diagnostics and exceptions.
#pragma once

#include <string>
#include <string_view>

#include <azoth/error.hpp>

struct sqlite3;

namespace azoth::sqlite {

/// What an extended result code and its message say, in portable terms.
[[nodiscard]] DiagnosticInfo diagnose(int extended_code, std::string_view message);

/// The diagnosis of the last failure on `handle`; call it before anything else uses the handle.
[[nodiscard]] DiagnosticInfo diagnose(sqlite3* handle, int code);

/// Throws the class that fits.
[[noreturn]] void throw_error(DiagnosticInfo info, const std::string& sql = {});

/// A value that cannot be stored, found before SQLite was asked.
[[noreturn]] void throw_data_error(errc code, const std::string& message, const std::string& sql);

/// A statement that cannot be right, found before SQLite was asked.
[[noreturn]] void throw_programming_error(const std::string& message, const std::string& sql);

} // namespace azoth::sqlite
