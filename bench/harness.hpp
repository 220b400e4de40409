// SPDX-License-Identifier: MIT
// What every contender of every workload shares: registration, the clock, the report.
//
// A contender is a function registered with the names of workload, database and contender. The names "seed"
// (once for all contenders), "reset" (before each run) and "verify" (after each run, returns the check value
// the database gives) are registered in the same way, for those workloads that need them; the orchestrator
// runs each in a process of its own, so that a contender's peak memory is its own.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace bench {

struct Outcome {
    std::int64_t operations = 0;
    std::uint64_t check = 0; ///< the same for all contenders of a workload

    // Declared, so that GCC 12 does not destroy it twice inside `co_return`.
    Outcome() = default;
    Outcome(std::int64_t done, std::uint64_t value) : operations(done), check(value) {}
};

/// One run: `start()` and `stop()` stand around what is timed.
class Run {
public:
    explicit Run(std::string_view database_url) : url_(database_url) {}

    [[nodiscard]] const std::string& url() const noexcept { return url_; }
    void start();
    void stop();

    [[nodiscard]] double wall_seconds() const noexcept { return wall_; }
    [[nodiscard]] double cpu_seconds() const noexcept { return cpu_; }
    /// VmHWM when the clock was stopped, in KiB.
    [[nodiscard]] std::int64_t peak_kib() const noexcept { return peak_kib_; }

private:
    std::string url_;
    double wall_ = 0;
    double cpu_ = 0;
    std::int64_t peak_kib_ = 0;
};

struct Contender {
    std::string_view workload;
    std::string_view database;
    std::string_view name;
    Outcome (*function)(Run&);
};

/// Registers contenders; made at namespace scope, beside the functions.
struct Register {
    Register(std::initializer_list<Contender> contenders);
};

/// The parts of scheme://user:password@host:port/database?options, without any escapes.
struct UrlParts {
    std::string user, password, host, database;
    unsigned port = 0;
};
[[nodiscard]] UrlParts split_url(std::string_view url);

/// Ends a run that cannot go on. @throws std::runtime_error
[[noreturn]] void fail(std::string_view what, std::string_view why);

} // namespace bench
