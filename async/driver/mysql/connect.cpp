// SPDX-License-Identifier: MIT
// Options of the client library, and the handshake.
#include "driver/mysql/connect.hpp"

#include <mutex>
#include <new>
#include <string>

namespace azoth::mysql {
namespace {

// Name resolution is over when the non-blocking calls begin, but OpenSSL runs on this stack, and
// the default of 60 KiB is little for it.
constexpr std::size_t fibre_stack_size = 256 * 1024;

/// mysql_init does it as well, but not safely from several threads.
void initialize_library() {
    static std::once_flag once;
    std::call_once(once, [] { mysql_library_init(0, nullptr, nullptr); });
}

const char* or_null(const std::string& text) noexcept {
    return text.empty() ? nullptr : text.c_str();
}

void set_timeout(MYSQL* handle, mysql_option option, std::chrono::seconds timeout) {
    if (timeout.count() == 0)
        return;
    const auto seconds = static_cast<unsigned int>(timeout.count());
    mysql_options(handle, option, &seconds);
}

void set_flag(MYSQL* handle, mysql_option option, bool value) {
    const my_bool flag = value ? 1 : 0;
    mysql_options(handle, option, &flag);
}

void set_text(MYSQL* handle, mysql_option option, const std::string& text) {
    if (!text.empty())
        mysql_options(handle, option, text.c_str());
}

void set_options(MYSQL* handle, const ConnectOptions& options) {
    set_timeout(handle, MYSQL_OPT_CONNECT_TIMEOUT, options.connect_timeout);
    set_timeout(handle, MYSQL_OPT_READ_TIMEOUT, options.read_timeout);
    set_timeout(handle, MYSQL_OPT_WRITE_TIMEOUT, options.write_timeout);
    // A new connection under an old name would have lost transaction, settings and prepared
    // statements.
    set_flag(handle, MYSQL_OPT_RECONNECT, false);
    // Or the server could ask for any file of the client's.
    const unsigned int no_local_infile = 0;
    mysql_options(handle, MYSQL_OPT_LOCAL_INFILE, &no_local_infile);
    set_text(handle, MYSQL_SET_CHARSET_NAME, options.charset);
    set_text(handle, MYSQL_INIT_COMMAND, options.init_command);
    if (options.ssl)
        set_flag(handle, MYSQL_OPT_SSL_ENFORCE, *options.ssl);
    set_text(handle, MYSQL_OPT_SSL_CA, options.ssl_ca);
    set_text(handle, MYSQL_OPT_SSL_CERT, options.ssl_cert);
    set_text(handle, MYSQL_OPT_SSL_KEY, options.ssl_key);
    // Newer client libraries verify unless told otherwise; without TLS there is nothing to verify.
    if (options.ssl_verify_server_cert || options.ssl == false) {
        set_flag(
            handle,
            MYSQL_OPT_SSL_VERIFY_SERVER_CERT,
            options.ssl_verify_server_cert.value_or(false)
        );
    }
}

bool set_sql_mode(MYSQL* handle, const std::string& mode) {
    std::string escaped(mode.size() * 2 + 1, '\0');
    escaped.resize(mysql_real_escape_string(handle, escaped.data(), mode.data(), mode.size()));
    const std::string sql = "SET SESSION sql_mode = '" + escaped + "'";
    return mysql_real_query(handle, sql.data(), sql.size()) == 0;
}

bool open(MYSQL* handle, const ConnectOptions& options) {
    set_options(handle, options);
    const char* password = options.password ? options.password->c_str() : nullptr;
    // UPDATE is to count the rows it matched, also where they had the new values already.
    const auto* const connected = mysql_real_connect(
        handle,
        or_null(options.host),
        or_null(options.user),
        password,
        or_null(options.database),
        options.port,
        or_null(options.unix_socket),
        CLIENT_FOUND_ROWS
    );
    if (connected == nullptr)
        return false;
    if (options.sql_mode && !set_sql_mode(handle, *options.sql_mode))
        return false;
    return mysql_options(handle, MYSQL_OPT_NONBLOCK, &fibre_stack_size) == 0;
}

} // namespace

HandlePtr connect_blocking(const ConnectOptions& options, NativeError& error) noexcept {
    try {
        initialize_library();
        HandlePtr handle{mysql_init(nullptr)};
        if (handle == nullptr)
            throw std::bad_alloc();
        if (open(handle.get(), options))
            return handle;
        error = NativeError{
            mysql_errno(handle.get()),
            mysql_sqlstate(handle.get()),
            mysql_error(handle.get())
        };
    } catch (...) {
        error.number = CR_OUT_OF_MEMORY; // nothing else here throws
    }
    return nullptr;
}

void kill_query_blocking(ConnectOptions options, unsigned long thread_id) noexcept {
    // What else the connection was asked to do is not for this one.
    options.database.clear();
    options.init_command.clear();
    options.sql_mode.reset();
    // Nobody waits for this thread in the end; a server that hangs is not to keep it.
    options.read_timeout = options.write_timeout = options.connect_timeout;
    NativeError error;
    const HandlePtr side = connect_blocking(options, error);
    if (side == nullptr)
        return;
    const std::string sql = "KILL QUERY " + std::to_string(thread_id);
    mysql_real_query(side.get(), sql.data(), sql.size());
}

} // namespace azoth::mysql
