// SPDX-License-Identifier: MIT
// What a SQLite URL may say.
#include "support/catch.hpp"

#include <string>

#include <azoth/engine/url.hpp>
#include <azoth/error.hpp>

#include "../async/driver/sqlite/options.hpp"

using namespace azoth;
using namespace azoth::sqlite;
using namespace std::chrono_literals;

namespace {

Options parse(const std::string& url) { return parse_options(Url{url}); }

std::string complaint(const std::string& url) {
    try {
        static_cast<void>(parse(url));
    } catch (const ArgumentError& error) {
        return error.what();
    }
    return {};
}

bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

} // namespace

TEST_CASE("sqlite options: the path decides between file and memory",
          "[sqlite][options][sl.conn.open][core.url.sqlite_paths]") {
    CHECK(parse("sqlite://").memory);
    CHECK(parse("sqlite:///:memory:").memory);
    CHECK(parse("sqlite:///name?mode=memory").memory);
    const auto relative = parse("sqlite:///data/app.db");
    CHECK_FALSE(relative.memory);
    CHECK(relative.path == "data/app.db");
    CHECK(parse("sqlite:////var/app.db").path == "/var/app.db");
}

TEST_CASE("sqlite options: defaults", "[sqlite][options][sl.conn.pragmas]") {
    const auto options = parse("sqlite:///app.db");
    CHECK(options.execution == Execution::automatic);
    CHECK(options.busy_timeout == 5000ms);
    CHECK(options.statement_cache_size == 128);
    CHECK(options.writable);
    CHECK(options.create);
    REQUIRE(options.pragmas.size() == 1);
    CHECK(options.pragmas[0].sql() == "PRAGMA foreign_keys = on");
}

TEST_CASE("sqlite options: values are checked and put in order",
          "[sqlite][options][sl.conn.open][sl.conn.pragmas][core.url.connect_args]") {
    const auto options = parse(
        "sqlite:///"
        "app.db?execution=worker&busy_timeout=10&statement_cache_size=0&cache_size=-2000&foreign_keys=OFF"
        "&synchronous=NORMAL&journal_mode=wal&page_size=8192&mode=rw");
    CHECK(options.execution == Execution::worker);
    CHECK(options.busy_timeout == 10ms);
    CHECK(options.statement_cache_size == 0);
    CHECK_FALSE(options.create);
    REQUIRE(options.pragmas.size() == 5);
    CHECK(options.pragmas[0].sql() == "PRAGMA page_size = 8192");
    CHECK(options.pragmas[1].sql() == "PRAGMA journal_mode = wal");
    CHECK(options.pragmas[2].sql() == "PRAGMA synchronous = normal");
    CHECK(options.pragmas[3].sql() == "PRAGMA foreign_keys = off");
    CHECK(options.pragmas[4].sql() == "PRAGMA cache_size = -2000");
    CHECK_FALSE(parse("sqlite:///app.db?mode=ro").writable);
    CHECK(parse("sqlite:///app.db?execution=inline").execution == Execution::here);
    CHECK(parse("sqlite:///app.db?busy_timeout=9223372036854775807").busy_timeout == 24h);
    CHECK(parse("sqlite:///x?mode=memory&cache=shared").shared_cache);
}

TEST_CASE("sqlite options: a complaint names what is accepted", "[sqlite][options]") {
    const auto unknown = complaint("sqlite:///app.db?jurnal_mode=wal");
    CHECK(says(unknown, "'jurnal_mode'"));
    CHECK(says(unknown, "journal_mode"));
    CHECK(says(unknown, "statement_cache_size"));
    CHECK(says(complaint("sqlite:///app.db?journal_mode=wol"), "wal"));
    CHECK(says(complaint("sqlite:///app.db?journal_mode=wal;DROP"), "journal_mode"));
    CHECK(says(complaint("sqlite:///app.db?busy_timeout=-1"), "0 or more"));
    CHECK(says(complaint("sqlite:///app.db?busy_timeout=5s"), "whole number"));
    CHECK(says(complaint("sqlite:///app.db?foreign_keys=maybe"), "on or off"));
    CHECK(says(complaint("sqlite:///app.db?execution=thread"), "inline"));
    CHECK(says(complaint("sqlite://app.db"), "sqlite:///app.db"));
    CHECK(says(complaint("sqlite:///app.db?cache=shared"), "mode=memory"));
    CHECK(says(complaint("sqlite://?mode=ro"), "memory"));
}
