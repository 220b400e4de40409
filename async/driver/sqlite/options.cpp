// SPDX-License-Identifier: MIT
// From a URL to checked options.
#include "driver/sqlite/options.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include <azoth/engine/url.hpp>
#include <azoth/error.hpp>

namespace azoth::sqlite {
namespace {

enum class Accepts : std::uint8_t { boolean, integer, one_of };

struct KnownPragma {
    std::string_view name;
    Accepts accepts;
    std::string_view words; ///< for one_of, separated by blanks
};

// In the order in which they run: what shapes a new file comes before what touches it.
constexpr auto known_pragmas = std::to_array<KnownPragma>({
    {"page_size", Accepts::integer, {}},
    {"auto_vacuum", Accepts::one_of, "none full incremental"},
    {"locking_mode", Accepts::one_of, "normal exclusive"},
    {"journal_mode", Accepts::one_of, "delete truncate persist memory wal off"},
    {"synchronous", Accepts::one_of, "off normal full extra 0 1 2 3"},
    {"foreign_keys", Accepts::boolean, {}},
    {"recursive_triggers", Accepts::boolean, {}},
    {"cache_size", Accepts::integer, {}},
    {"temp_store", Accepts::one_of, "default file memory"},
    {"mmap_size", Accepts::integer, {}},
    {"wal_autocheckpoint", Accepts::integer, {}},
});

constexpr auto own_options =
    std::to_array<std::string_view>({"busy_timeout", "cache", "execution", "mode", "statement_cache_size"});

std::string lower(std::string_view text) {
    std::string result{text};
    for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return result;
}

[[noreturn]] void refuse(std::string_view option, std::string_view value, std::string_view expected) {
    throw ArgumentError(
        "SQLite option " + std::string{option} + "='" + std::string{value} + "' cannot be read: expected "
        + std::string{expected});
}

bool is_word_of(std::string_view words, std::string_view value) {
    while (!words.empty()) {
        const auto blank = words.find(' ');
        if (words.substr(0, blank) == value) return true;
        words.remove_prefix(blank == std::string_view::npos ? words.size() : blank + 1);
    }
    return false;
}

std::string choose(std::string_view option, std::string_view value, std::string_view words) {
    auto word = lower(value);
    if (word.find(' ') != std::string::npos || !is_word_of(words, word)) {
        refuse(option, value, "one of " + std::string{words});
    }
    return word;
}

std::int64_t read_integer(std::string_view option, std::string_view value, std::int64_t least) {
    std::int64_t number = 0;
    const auto* end = value.data() + value.size();
    const auto [stop, error] = std::from_chars(value.data(), end, number);
    if (error != std::errc{} || stop != end || value.empty() || number < least) {
        refuse(option, value, least == 0 ? "a whole number, 0 or more" : "a whole number");
    }
    return number;
}

std::string read_boolean(std::string_view option, std::string_view value) {
    const auto word = lower(value);
    if (is_word_of("on true yes 1", word)) return "on";
    if (is_word_of("off false no 0", word)) return "off";
    refuse(option, value, "on or off");
}

std::string pragma_value(const KnownPragma& pragma, std::string_view value) {
    switch (pragma.accepts) {
    case Accepts::boolean: return read_boolean(pragma.name, value);
    // cache_size alone has a meaning for negative numbers: KiB instead of pages.
    case Accepts::integer:
        return std::to_string(read_integer(pragma.name, value, pragma.name == "cache_size" ? INT64_MIN : 0));
    case Accepts::one_of: return choose(pragma.name, value, pragma.words);
    }
    return {};
}

std::string accepted_options() {
    std::vector<std::string_view> names{own_options.begin(), own_options.end()};
    for (const auto& pragma : known_pragmas) names.push_back(pragma.name);
    std::sort(names.begin(), names.end());
    std::string text;
    for (const auto name : names) (text += text.empty() ? "" : ", ").append(name);
    return text;
}

void check_names(const Url& url) {
    for (const auto& [name, value] : url.query) {
        const bool known = std::find(own_options.begin(), own_options.end(), name) != own_options.end()
                           || std::any_of(known_pragmas.begin(), known_pragmas.end(), [&](const auto& p) {
                                  return p.name == name;
                              });
        if (!known) {
            throw ArgumentError("SQLite knows no option '" + name + "'; it accepts " + accepted_options());
        }
    }
    if (!url.host.empty()) {
        throw ArgumentError(
            "a SQLite URL has no host: write sqlite:///" + url.host
            + " for a file in the current folder, "
              "sqlite:////folder/file.db (four slashes) for an absolute path, sqlite:// for memory");
    }
    if (!url.username.empty() || url.password || url.port) {
        throw ArgumentError("a SQLite URL has no user, password or port: write sqlite:///file.db");
    }
}

void read_mode(const Url& url, Options& options) {
    options.memory = options.path.empty() || options.path == ":memory:";
    const auto mode = choose("mode", url.option("mode").value_or("rwc"), "ro rw rwc memory");
    if (mode == "memory") options.memory = true;
    options.writable = mode != "ro";
    options.create = mode == "rwc" || options.memory;
    const auto cache = choose("cache", url.option("cache").value_or("private"), "private shared");
    options.shared_cache = cache == "shared";
    if (options.shared_cache && (!options.memory || options.path.empty() || options.path == ":memory:")) {
        throw ArgumentError("SQLite option cache=shared is for a memory database with a name: "
                            "sqlite:///name?mode=memory&cache=shared");
    }
    if (options.memory && !options.writable) {
        throw ArgumentError(
            "SQLite option mode=ro makes no sense for a database in memory: it would stay empty");
    }
}

} // namespace

Options parse_options(const Url& url) {
    check_names(url);
    Options options;
    options.path = url.database;
    read_mode(url, options);

    const auto execution =
        choose("execution", url.option("execution").value_or("auto"), "auto worker inline");
    if (execution == "worker") options.execution = Execution::worker;
    if (execution == "inline") options.execution = Execution::here;
    if (const auto value = url.option("busy_timeout")) {
        // A day is as good as forever, and keeps clear of the clock's range.
        const auto limit = std::int64_t{24} * 60 * 60 * 1000;
        options.busy_timeout =
            std::chrono::milliseconds{std::min(read_integer("busy_timeout", *value, 0), limit)};
    }
    if (const auto value = url.option("statement_cache_size")) {
        options.statement_cache_size =
            static_cast<std::size_t>(read_integer("statement_cache_size", *value, 0));
    }
    for (const auto& pragma : known_pragmas) {
        auto value = url.option(pragma.name);
        if (!value && pragma.name == "foreign_keys") value = "on"; // SQLite's own default is off
        if (value) options.pragmas.emplace_back(std::string{pragma.name}, pragma_value(pragma, *value));
    }
    return options;
}

} // namespace azoth::sqlite
