// SPDX-License-Identifier: MIT
// The URL's options, checked before anything is connected.
#include "driver/mysql/options.hpp"

#include <azoth/error.hpp>

#include <array>
#include <charconv>
#include <cstdint>
#include <string_view>

namespace azoth::mysql {
namespace {

[[noreturn]] void refuse(std::string_view key, std::string_view value, std::string_view wanted) {
    std::string message = "option ";
    (message += key) += "=";
    (message += value) += " of the database URL: ";
    throw ArgumentError((message += wanted) += " is needed");
}

std::uint32_t number(std::string_view key, std::string_view value, std::uint32_t largest) {
    std::uint32_t result = 0;
    const auto* const end = value.data() + value.size();
    const auto parsed = std::from_chars(value.data(), end, result);
    if (value.empty() || parsed.ec != std::errc{} || parsed.ptr != end || result > largest) {
        refuse(key, value, "a number from 0 to " + std::to_string(largest));
    }
    return result;
}

std::chrono::seconds seconds(std::string_view key, std::string_view value) {
    // The client library counts milliseconds in an int.
    return std::chrono::seconds{number(key, value, 2'000'000)};
}

bool truth(std::string_view key, std::string_view value) {
    if (value == "true" || value == "1" || value == "yes" || value == "on")
        return true;
    if (value == "false" || value == "0" || value == "no" || value == "off")
        return false;
    refuse(key, value, "true or false");
}

struct Option {
    std::string_view name;
    void (*set)(ConnectOptions&, std::string_view name, const std::string& value);
};

using O = ConnectOptions;
using V = std::string_view;
using S = std::string;

constexpr std::array option_table{
    Option{"charset", [](O& o, V, const S& v) { o.charset = v; }},
    Option{"connect_timeout", [](O& o, V k, const S& v) { o.connect_timeout = seconds(k, v); }},
    Option{"init_command", [](O& o, V, const S& v) { o.init_command = v; }},
    Option{"read_timeout", [](O& o, V k, const S& v) { o.read_timeout = seconds(k, v); }},
    Option{"sql_mode", [](O& o, V, const S& v) { o.sql_mode = v; }},
    Option{"ssl", [](O& o, V k, const S& v) { o.ssl = truth(k, v); }},
    Option{"ssl_ca", [](O& o, V, const S& v) { o.ssl_ca = v; }},
    Option{"ssl_cert", [](O& o, V, const S& v) { o.ssl_cert = v; }},
    Option{"ssl_key", [](O& o, V, const S& v) { o.ssl_key = v; }},
    Option{
        "ssl_verify_server_cert",
        [](O& o, V k, const S& v) { o.ssl_verify_server_cert = truth(k, v); }
    },
    Option{
        "statement_cache_size",
        [](O& o, V k, const S& v) { o.statement_cache_size = number(k, v, 16'000); }
    },
    Option{"unix_socket", [](O& o, V, const S& v) { o.unix_socket = v; }},
    Option{"write_timeout", [](O& o, V k, const S& v) { o.write_timeout = seconds(k, v); }},
};

void set_option(ConnectOptions& options, const std::string& key, const std::string& value) {
    for (const auto& option : option_table) {
        if (option.name == key)
            return option.set(options, option.name, value);
    }
    std::string message = "unknown option " + key + " in the database URL; MySQL and MariaDB take";
    for (const auto& option : option_table) {
        message += &option == option_table.data() ? " " : ", ";
        message += option.name;
    }
    throw ArgumentError(message);
}

} // namespace

ConnectOptions::ConnectOptions(const Url& url)
    : host(url.host),
      port(url.port.value_or(0)),
      user(url.username),
      password(url.password),
      database(url.database) {
    for (const auto& [key, value] : url.query)
        set_option(*this, key, value);
    if (charset.empty())
        refuse("charset", charset, "the name of a character set, such as utf8mb4,");
    if (!unix_socket.empty() && !host.empty() && host != "localhost") {
        throw ArgumentError(
            "the database URL names both the host " + host +
            " and a unix_socket; leave one of them out"
        );
    }
    if (ssl == false && (!ssl_ca.empty() || !ssl_cert.empty() || !ssl_key.empty() ||
                         ssl_verify_server_cert == true)) {
        throw ArgumentError("the database URL says ssl=false, but has other options for TLS as well"
        );
    }
}

std::string ConnectOptions::where() const {
    if (!unix_socket.empty())
        return "socket " + unix_socket;
    if (host.empty() || host == "localhost")
        return "localhost";
    const std::string shown = host.find(':') == std::string::npos ? host : "[" + host + "]";
    return shown + ":" + std::to_string(port == 0 ? 3306 : port);
}

} // namespace azoth::mysql
