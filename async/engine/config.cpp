// SPDX-License-Identifier: MIT
// Reading an engine's options from text.
#include <azoth/engine/config.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <functional>
#include <utility>

#include <azoth/error.hpp>

namespace azoth {

namespace {

[[noreturn]] void refuse(const std::string& name, const std::string& value, const std::string& wanted) {
    throw ArgumentError("engine_from_config(): '" + name + "' is '" + value + "'; it takes " + wanted);
}

std::string lower(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

bool read_bool(const std::string& name, const std::string& value) {
    static constexpr std::string_view yes[] = {"true", "yes", "on", "y", "t", "1"};
    static constexpr std::string_view no[] = {"false", "no", "off", "n", "f", "0"};
    const auto word = lower(value);
    if (std::ranges::find(yes, word) != std::ranges::end(yes)) return true;
    if (std::ranges::find(no, word) != std::ranges::end(no)) return false;
    refuse(name, value, "true or false");
}

Echo read_echo(const std::string& name, const std::string& value) {
    if (lower(value) == "debug") return Echo::debug;
    return read_bool(name, value);
}

template <class N>
N read_number(const std::string& name, const std::string& value) {
    N number{};
    const auto* end = value.data() + value.size();
    const auto parsed = std::from_chars(value.data(), end, number);
    if (parsed.ec != std::errc{} || parsed.ptr != end) refuse(name, value, "a number");
    return number;
}

/// "30", "0.5"; -1, SQLAlchemy's word for never, is 0 here.
std::chrono::milliseconds read_seconds(const std::string& name, const std::string& value) {
    const auto seconds = read_number<double>(name, value);
    if (seconds == -1) return std::chrono::milliseconds{0};
    if (!(seconds >= 0 && seconds < 1e9)) refuse(name, value, "seconds");
    return std::chrono::milliseconds{static_cast<std::int64_t>(seconds * 1000 + 0.5)};
}

IsolationLevel read_level(const std::string& name, const std::string& value) {
    auto word = lower(value);
    std::ranges::replace(word, '_', ' ');
    if (word == "read uncommitted") return IsolationLevel::read_uncommitted;
    if (word == "read committed") return IsolationLevel::read_committed;
    if (word == "repeatable read") return IsolationLevel::repeatable_read;
    if (word == "serializable") return IsolationLevel::serializable;
    if (word == "autocommit") return IsolationLevel::autocommit;
    refuse(name, value, "READ UNCOMMITTED, READ COMMITTED, REPEATABLE READ, SERIALIZABLE or AUTOCOMMIT");
}

PoolClass read_pool_class(const std::string& name, const std::string& value) {
    const auto word = lower(value);
    if (word == "queuepool") return PoolClass::queue_pool;
    if (word == "nullpool") return PoolClass::null_pool;
    if (word == "staticpool") return PoolClass::static_pool;
    refuse(name, value, "QueuePool, NullPool or StaticPool");
}

PoolReset read_reset(const std::string& name, const std::string& value) {
    const auto word = lower(value);
    if (word == "rollback" || word == "true") return PoolReset::rollback;
    if (word == "commit") return PoolReset::commit;
    if (word == "none" || word == "false") return PoolReset::none;
    refuse(name, value, "rollback, commit or none");
}

using Setter = std::function<void(EngineOptions&, const std::string& name, const std::string& value)>;

const std::map<std::string, Setter, std::less<>>& setters() {
    using Text = const std::string&;
    static const std::map<std::string, Setter, std::less<>> all{
        {"echo", [](EngineOptions& o, Text n, Text v) { o.echo = read_echo(n, v); }},
        {"echo_pool", [](EngineOptions& o, Text n, Text v) { o.echo_pool = read_echo(n, v); }},
        {"enable_from_linting", [](EngineOptions& o, Text n, Text v) { o.enable_from_linting = read_bool(n, v); }},
        {"hide_parameters", [](EngineOptions& o, Text n, Text v) { o.hide_parameters = read_bool(n, v); }},
        {"insertmanyvalues_page_size",
         [](EngineOptions& o, Text n, Text v) { o.insertmanyvalues_page_size = read_number<std::size_t>(n, v); }},
        {"isolation_level", [](EngineOptions& o, Text n, Text v) { o.isolation_level = read_level(n, v); }},
        {"logging_name", [](EngineOptions& o, Text, Text v) { o.logging_name = v; }},
        {"max_overflow", [](EngineOptions& o, Text n, Text v) { o.max_overflow = read_number<int>(n, v); }},
        {"pool_logging_name", [](EngineOptions& o, Text, Text v) { o.pool_logging_name = v; }},
        {"pool_pre_ping", [](EngineOptions& o, Text n, Text v) { o.pool_pre_ping = read_bool(n, v); }},
        {"pool_recycle", [](EngineOptions& o, Text n, Text v) { o.pool_recycle = read_seconds(n, v); }},
        {"pool_reset_on_return", [](EngineOptions& o, Text n, Text v) { o.pool_reset_on_return = read_reset(n, v); }},
        {"pool_size", [](EngineOptions& o, Text n, Text v) { o.pool_size = read_number<int>(n, v); }},
        {"pool_timeout", [](EngineOptions& o, Text n, Text v) { o.pool_timeout = read_seconds(n, v); }},
        {"pool_use_lifo", [](EngineOptions& o, Text n, Text v) { o.pool_use_lifo = read_bool(n, v); }},
        {"poolclass", [](EngineOptions& o, Text n, Text v) { o.poolclass = read_pool_class(n, v); }},
        {"query_cache_size", [](EngineOptions& o, Text n, Text v) { o.query_cache_size = read_number<std::size_t>(n, v); }},
    };
    return all;
}

} // namespace

Engine engine_from_config(
    asio::any_io_executor executor, const std::map<std::string, std::string>& configuration, std::string_view prefix,
    EngineOptions options) {
    std::string url;
    std::string unknown;
    for (const auto& [key, value] : configuration) {
        if (!key.starts_with(prefix)) continue;
        const auto name = key.substr(prefix.size());
        if (name == "url") {
            url = value;
            continue;
        }
        const auto found = setters().find(name);
        if (found == setters().end()) unknown += (unknown.empty() ? "'" : ", '") + key + "'";
        else found->second(options, key, value);
    }
    if (!unknown.empty()) {
        std::string message = "engine_from_config(): there is no option " + unknown + "; there are 'url'";
        for (const auto& [name, setter] : setters()) message += ", '" + name + "'";
        throw ArgumentError(message);
    }
    if (url.empty()) throw ArgumentError("engine_from_config(): there is no '" + std::string{prefix} + "url'");
    return create_engine(std::move(executor), url, std::move(options));
}

Engine engine_from_config(
    asio::any_io_executor executor, const std::map<std::string, std::string>& configuration, std::string_view prefix) {
    return engine_from_config(std::move(executor), configuration, prefix, EngineOptions{});
}

} // namespace azoth
