// SPDX-License-Identifier: MIT
// OpenSSL's list of errors, which belongs to a thread and not to a connection.
#pragma once

namespace azoth::mysql {

/// Empties the list that the OpenSSL of the client library keeps for this thread. OpenSSL takes
/// what stands there for the outcome of the next call, on whichever connection, and Connector/C
/// does not clear it: one TLS connection that breaks would take with it the others that its thread
/// serves. Does nothing where the library uses another TLS.
void forget_tls_errors() noexcept;

} // namespace azoth::mysql
