// SPDX-License-Identifier: MIT
// What a SQLite URL asks for, checked.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace azoth {
class Url;
}

namespace azoth::sqlite {

/// Where statements run.
enum class Execution : std::uint8_t {
    automatic, ///< on the caller's thread under a budget, on the worker what is long or waits on the disk
    worker,    ///< on the connection's worker thread
    here,      ///< on the caller's thread ("inline"), in slices
};

/// One `PRAGMA name = value` to run after opening, both checked against what SQLite knows.
struct Pragma {
    std::string name;
    std::string value;

    Pragma() = default;
    Pragma(std::string n, std::string v) : name(std::move(n)), value(std::move(v)) {}
    [[nodiscard]] std::string sql() const { return "PRAGMA " + name + " = " + value; }
};

struct Options {
    Options() = default;

    std::string path; ///< the file; of a memory database its name, for sharing
    bool memory = false;
    bool shared_cache = false; ///< connections to a memory database of one name share it
    bool writable = true;
    bool create = true; ///< make the file when there is none
    Execution execution = Execution::automatic;
    std::chrono::milliseconds busy_timeout{5000};
    std::size_t statement_cache_size = 128;
    std::vector<Pragma> pragmas; ///< in the order in which they must run
};

/// @throws ArgumentError that names the part of the URL and what would be accepted.
[[nodiscard]] Options parse_options(const Url& url);

} // namespace azoth::sqlite
