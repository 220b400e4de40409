// SPDX-License-Identifier: MIT
// Database URLs, both ways. No message shows the text it is about: a mistyped URL still holds its password.
#include <azoth/engine/url.hpp>

#include <algorithm>
#include <charconv>

#include <azoth/error.hpp>

namespace azoth {

namespace {

[[noreturn]] void refuse(std::string_view what) {
    throw ArgumentError(
        "cannot read the database URL: " + std::string{what}
        + "; expected dialect[+driver]://user:password@host:port/database?key=value");
}

constexpr bool is_word(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

constexpr char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string lowered(std::string_view text) {
    std::string out{text};
    std::ranges::transform(out, out.begin(), lower);
    return out;
}

constexpr int hex_value(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

enum class Plus { literal, blank };

/// @param part what `text` is, for messages: "the password"
std::string decode(std::string_view text, std::string_view part, Plus plus = Plus::literal) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c == '+' && plus == Plus::blank) {
            c = ' ';
        } else if (c == '%') {
            const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
            const int low = high >= 0 ? hex_value(text[i + 2]) : -1;
            if (low < 0)
                refuse(
                    std::string{part} + " has a '%' without two hexadecimal digits; a percent sign is %25"
                );
            c = static_cast<char>(high * 16 + low);
            i += 2;
        }
        // The client libraries would end the value here, at another password or another file.
        if (c == '\0') refuse(std::string{part} + " has a NUL character");
        out += c;
    }
    return out;
}

/// Percent-encodes what is neither unreserved (RFC 3986) nor in `also_plain`.
void append_encoded(std::string& out, std::string_view text, std::string_view also_plain) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    for (const char c : text) {
        if (is_word(c) || c == '-' || c == '.' || c == '~' || also_plain.find(c) != std::string_view::npos) {
            out += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            out += '%';
            out += digits[byte >> 4];
            out += digits[byte & 0x0F];
        }
    }
}

void read_scheme(Url& url, std::string_view scheme) {
    const bool words = std::ranges::all_of(scheme, [](char c) { return is_word(c) || c == '+'; });
    const std::size_t plus = scheme.find('+');
    url.dialect = lowered(scheme.substr(0, plus));
    if (!words || url.dialect.empty()) refuse("the dialect must be letters, digits and underscores");
    if (plus == std::string_view::npos) return;
    url.driver = lowered(scheme.substr(plus + 1));
    if (url.driver.empty()) refuse("the driver's name behind '+' is empty");
}

void read_userinfo(Url& url, std::string_view userinfo) {
    const std::size_t colon = userinfo.find(':');
    url.username = decode(userinfo.substr(0, colon), "the user name");
    if (colon != std::string_view::npos) url.password = decode(userinfo.substr(colon + 1), "the password");
}

void read_port(Url& url, std::string_view text) {
    if (text.empty()) return; // "host:" is RFC 3986's way to say nothing
    unsigned port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc{} || end != text.data() + text.size() || port == 0 || port > 65'535)
        refuse("the port is no number from 1 to 65535 (are '@', '/', '?' and ':' in the password "
               "percent-encoded?)");
    url.port = static_cast<std::uint16_t>(port);
}

void read_host_and_port(Url& url, std::string_view text) {
    if (text.starts_with('[')) {
        const std::size_t close = text.find(']');
        if (close == std::string_view::npos) refuse("the host's '[' has no ']'");
        url.host = decode(text.substr(1, close - 1), "the host");
        if (url.host.empty()) refuse("the host between '[' and ']' is empty");
        text.remove_prefix(close + 1);
        if (text.empty()) return;
        if (!text.starts_with(':')) refuse("behind the host's ']' comes something else than a port");
        read_port(url, text.substr(1));
        return;
    }
    const std::size_t colon = text.find(':');
    url.host = decode(text.substr(0, colon), "the host");
    if (colon == std::string_view::npos) return;
    if (text.find(':', colon + 1) != std::string_view::npos)
        refuse("the host has several ':'; an IPv6 address is written in brackets, as in [::1]");
    read_port(url, text.substr(colon + 1));
}

void read_query(Url& url, std::string_view text) {
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('&'), text.size());
        const std::string_view pair = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (pair.empty()) continue;
        const std::size_t equals = std::min(pair.find('='), pair.size());
        std::string key = decode(pair.substr(0, equals), "a query option's name", Plus::blank);
        if (key.empty()) refuse("a query option has no name");
        const std::string_view value = pair.substr(std::min(equals + 1, pair.size()));
        std::string decoded = decode(value, "a query option's value", Plus::blank);
        url.query.emplace_back(std::move(key), std::move(decoded));
    }
}

/// libpq's password= and sslpassword=, Connector/C's tls_passphrase and their like.
bool is_secret(std::string_view key) {
    const std::string name = lowered(key);
    const auto has = [&name](std::string_view word) { return name.find(word) != std::string::npos; };
    return has("password") || has("passwd") || has("passphrase") || name == "pwd";
}

} // namespace

Url::Url(std::string_view text) {
    const std::size_t colon = text.find("://");
    if (colon == std::string_view::npos) refuse("it has no '://'");
    read_scheme(*this, text.substr(0, colon));
    std::string_view rest = text.substr(colon + 3);

    // RFC 3986: the authority ends at the first '/' or '?', and the last '@' in it ends the user's part.
    const std::size_t end = std::min(rest.find_first_of("/?"), rest.size());
    const std::string_view authority = rest.substr(0, end);
    rest.remove_prefix(end);
    const std::size_t question = std::min(rest.find('?'), rest.size());
    const std::string_view path = rest.substr(0, question);
    const std::string_view options = rest.substr(std::min(question + 1, rest.size()));

    if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
        read_userinfo(*this, authority.substr(0, at));
        read_host_and_port(*this, authority.substr(at + 1));
    } else {
        // "user:pa/ss@host": by the rule, half a password would become the database, and be shown as one.
        const std::string_view suspect = path.empty() ? options : path;
        const bool has_colon = !authority.starts_with('[') && authority.find(':') != std::string_view::npos;
        if (has_colon && suspect.find('@') != std::string_view::npos) {
            refuse(
                "it can be read in two ways: write '/' and '?' in the password as %2F and %3F, or '@' in the "
                "database's name as %40");
        }
        read_host_and_port(*this, authority);
    }
    if (!path.empty()) database = decode(path.substr(1), "the database");
    read_query(*this, options);
}

std::optional<std::string> Url::option(std::string_view key) const {
    const auto found =
        std::find_if(query.rbegin(), query.rend(), [key](const auto& pair) { return pair.first == key; });
    if (found == query.rend()) return std::nullopt;
    return found->second;
}

std::string Url::to_string(bool hide_password) const {
    std::string out = dialect;
    if (!driver.empty()) out.append("+").append(driver);
    out += "://";
    if (!username.empty() || password) {
        append_encoded(out, username, "+");
        if (password) {
            out += ':';
            if (hide_password) out += "***";
            else append_encoded(out, *password, "+");
        }
        out += '@';
    }
    if (host.find(':') != std::string::npos) {
        out += '[';
        append_encoded(out, host, ":");
        out += ']';
    } else {
        append_encoded(out, host, ",");
    }
    if (port) out.append(":").append(std::to_string(*port));
    if (!database.empty()) {
        out += '/';
        append_encoded(out, database, "/:+");
    }
    char separator = '?';
    for (const auto& [key, value] : query) {
        out += separator;
        append_encoded(out, key, "");
        out += '=';
        if (hide_password && is_secret(key)) out += "***";
        else append_encoded(out, value, "/:");
        separator = '&';
    }
    return out;
}

} // namespace azoth
