// SPDX-License-Identifier: MIT
// From a URL to libpq's keywords.
#include "driver/postgresql/options.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>
#include <string_view>

#include <azoth/engine/url.hpp>
#include <azoth/error.hpp>

#include "driver/postgresql/libpq.hpp"

namespace azoth::postgresql {
namespace {

constexpr std::string_view cache_size_option = "prepared_statement_cache_size";

/// libpq's keywords, and the values the environment or its defaults give them.
class Defaults {
public:
    Defaults() : options_(PQconndefaults()) {
        if (options_ == nullptr)
            throw ArgumentError("libpq cannot read its defaults; is PGSERVICEFILE right?");
    }

    [[nodiscard]] bool knows(std::string_view keyword) const {
        for (auto* option = options_.get(); option->keyword != nullptr; ++option) {
            if (keyword == option->keyword) return true;
        }
        return false;
    }

    [[nodiscard]] std::string value(std::string_view keyword) const {
        for (auto* option = options_.get(); option->keyword != nullptr; ++option) {
            if (keyword == option->keyword && option->val != nullptr) return option->val;
        }
        return {};
    }

    [[nodiscard]] std::string list() const {
        std::vector<std::string_view> names{cache_size_option};
        for (auto* option = options_.get(); option->keyword != nullptr; ++option)
            names.emplace_back(option->keyword);
        std::sort(names.begin(), names.end());
        std::string text;
        for (const auto name : names) (text += text.empty() ? "" : ", ").append(name);
        return text;
    }

private:
    ConninfoPtr options_;
};

std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> parts;
    for (;;) {
        const auto comma = text.find(',');
        parts.emplace_back(text.substr(0, comma));
        if (comma == std::string_view::npos) return parts;
        text.remove_prefix(comma + 1);
    }
}

/// "host:port", "[::1]:port", or without the port.
Target parse_host(const std::string& text) {
    Target target;
    std::string_view rest = text;
    if (rest.substr(0, 1) == "[") {
        const auto end = rest.find(']');
        if (end == std::string_view::npos)
            throw ArgumentError("the host '" + text + "' lacks a closing bracket");
        target.host = std::string{rest.substr(1, end - 1)};
        rest.remove_prefix(end + 1);
        if (!rest.empty() && rest.front() != ':')
            throw ArgumentError("the host '" + text + "' cannot be read");
    } else if (rest.substr(0, 1) != "/" && std::count(rest.begin(), rest.end(), ':') == 1) {
        target.host = std::string{rest.substr(0, rest.find(':'))};
        rest.remove_prefix(target.host.size());
    } else {
        target.host = text; // a folder, or an IPv6 address
        rest = {};
    }
    if (!rest.empty()) target.port = std::string{rest.substr(1)};
    return target;
}

std::size_t parse_count(std::string_view name, const std::string& text) {
    std::size_t value = 0;
    const auto end = std::from_chars(text.data(), text.data() + text.size(), value);
    if (end.ec != std::errc{} || end.ptr != text.data() + text.size() || value > 1'000'000) {
        throw ArgumentError(
            "the PostgreSQL option " + std::string{name} + " is a whole number of 0 to 1000000, not '" + text
            + "'");
    }
    return value;
}

void check_encoding(const std::string& value) {
    std::string name;
    for (const char c : value) {
        if (c != '-') name += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    if (name != "utf8")
        throw ArgumentError("Azoth speaks UTF-8 with PostgreSQL: client_encoding cannot be " + value);
}

/// Options that are parts of a URL as well; at most one of both may be there.
void check_twice(const Url& url, std::string_view key) {
    const bool twice = (key == "user" && !url.username.empty()) || (key == "password" && url.password)
                       || (key == "dbname" && !url.database.empty()) || (key == "port" && url.port);
    if (twice)
        throw ArgumentError("the URL has '" + std::string{key} + "' twice, as a part and as an option");
}

std::vector<Target> read_targets(const Url& url, const Defaults& defaults) {
    std::vector<Target> targets;
    std::vector<std::string> hosts;
    for (const auto& [key, value] : url.query) {
        if (key == "host") {
            for (auto& host : split(value)) hosts.push_back(std::move(host));
        }
    }
    if (!hosts.empty() && !url.host.empty())
        throw ArgumentError("the URL has the host twice, as a part and as an option");
    if (hosts.empty() && !url.host.empty()) hosts = split(url.host);
    // libpq takes its default from PGHOST, and that may be a name to look up.
    if (hosts.empty()) hosts = split(defaults.value("host"));
    for (const auto& host : hosts) targets.push_back(parse_host(host));

    std::vector<std::string> ports;
    if (url.port) ports.push_back(std::to_string(*url.port));
    else if (const auto port = url.option("port")) ports = split(*port);
    else if (const auto port_default = defaults.value("port"); !port_default.empty())
        ports = split(port_default);
    if (ports.size() > 1 && ports.size() != targets.size()) {
        throw ArgumentError(
            "the URL names " + std::to_string(targets.size()) + " hosts and " + std::to_string(ports.size())
            + " ports; one port, or as many as hosts");
    }
    for (std::size_t i = 0; i < targets.size(); ++i) {
        auto& port = targets[i].port;
        if (port.empty() && !ports.empty()) port = ports[ports.size() == 1 ? 0 : i];
        if (!port.empty() && parse_count("port", port) > 65535)
            throw ArgumentError("there is no port " + port);
    }

    if (const auto addresses = url.option("hostaddr")) {
        const auto list = split(*addresses);
        if (list.size() != targets.size()) {
            throw ArgumentError("hostaddr must have as many addresses as there are hosts");
        }
        for (std::size_t i = 0; i < list.size(); ++i) targets[i].address = list[i];
    }
    return targets;
}

std::string describe(const ConnectOptions& options, const Defaults& defaults) {
    std::string user = defaults.value("user");
    std::string database;
    for (const auto& [key, value] : options.keywords) {
        if (key == "user") user = value;
        if (key == "dbname") database = value;
    }
    std::string text = "database \"" + (database.empty() ? user : database) + "\" on ";
    for (std::size_t i = 0; i < options.targets.size(); ++i) {
        const auto& target = options.targets[i];
        if (i > 0) text += ", ";
        if (target.host.empty() && target.address.empty()) text += "the local socket";
        else text += target.host.empty() ? target.address : target.host;
        if (!target.port.empty()) text += ":" + target.port;
    }
    return text + " as user \"" + user + "\"";
}

} // namespace

ConnectOptions read_options(const Url& url) {
    const Defaults defaults;
    ConnectOptions options;
    const auto add = [&options](std::string key, std::string value) {
        std::erase_if(options.keywords, [&key](const auto& pair) { return pair.first == key; });
        options.keywords.emplace_back(std::move(key), std::move(value));
    };
    if (!url.username.empty()) add("user", url.username);
    if (url.password) add("password", *url.password);
    if (!url.database.empty()) add("dbname", url.database);
    add("fallback_application_name", "azoth");
    for (const auto& [key, value] : url.query) {
        check_twice(url, key);
        if (key == "host" || key == "hostaddr" || key == "port") continue; // read_targets()
        if (key == cache_size_option) {
            options.prepared_statement_cache_size = parse_count(key, value);
        } else if (key == "connect_timeout") {
            options.connect_timeout = std::chrono::seconds{parse_count(key, value)};
        } else if (key == "client_encoding") {
            check_encoding(value);
        } else if (defaults.knows(key)) {
            add(key, value);
        } else {
            throw ArgumentError("PostgreSQL has no option '" + key + "'; there are " + defaults.list());
        }
    }
    // Last, so that PGCLIENTENCODING has no say.
    add("client_encoding", "UTF8");
    options.targets = read_targets(url, defaults);
    options.where = describe(options, defaults);
    return options;
}

} // namespace azoth::postgresql
