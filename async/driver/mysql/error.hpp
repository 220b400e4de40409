// SPDX-License-Identifier: MIT
// From the numbers and words of MySQL and MariaDB to DiagnosticInfo.
#pragma once

#include <azoth/error.hpp>

#include <string>
#include <string_view>

namespace azoth::mysql {

struct ConnectOptions;

/// A failure as the client library tells it: of a handle, a statement, or a connection that never
/// came to be.
struct NativeError {
    int number = 0;
    std::string sqlstate;
    std::string message;

    NativeError() = default;
    NativeError(unsigned int errno_, const char* state, const char* text)
        : number(static_cast<int>(errno_)),
          sqlstate(state),
          message(text) {}
};

/// What the error means; names of constraint, table and column are read out of the message.
[[nodiscard]] DiagnosticInfo diagnose(const NativeError& error);

/// The same for a failure to connect: says where to, and what to do about it. Never the password.
[[nodiscard]] DiagnosticInfo
diagnose_connect(const NativeError& error, const ConnectOptions& options);

/// `name.of.table` parts and backquotes removed: "`db`.`t`" is "t".
[[nodiscard]] std::string last_name(std::string_view quoted);

} // namespace azoth::mysql
