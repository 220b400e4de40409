// SPDX-License-Identifier: MIT
// The program around the contenders: runs the one that is asked for, prints its figures as one line of JSON.
#include "harness.hpp"

#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <fstream>
#include <stdexcept>
#include <vector>

namespace bench {
namespace {

double wall_now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// All threads of the process together.
double cpu_now() {
    std::timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

std::int64_t read_peak_kib() {
    std::ifstream status{"/proc/self/status"};
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("VmHWM:"))
            return std::strtoll(line.c_str() + 6, nullptr, 10);
    }
    return 0;
}

std::vector<Contender>& registry() {
    static std::vector<Contender> contenders;
    return contenders;
}

} // namespace

Register::Register(std::initializer_list<Contender> contenders) {
    registry().insert(registry().end(), contenders.begin(), contenders.end());
}

void Run::start() {
    cpu_ = cpu_now();
    wall_ = wall_now();
}

void Run::stop() {
    wall_ = wall_now() - wall_;
    cpu_ = cpu_now() - cpu_;
    peak_kib_ = read_peak_kib();
}

UrlParts split_url(std::string_view url) {
    UrlParts parts;
    url = url.substr(0, url.find('?'));
    if (const auto scheme = url.find("://"); scheme != url.npos)
        url.remove_prefix(scheme + 3);
    const auto slash = url.find('/');
    if (slash != url.npos)
        parts.database = url.substr(slash + 1);
    auto server = url.substr(0, slash);
    if (const auto at = server.rfind('@'); at != server.npos) {
        const auto login = server.substr(0, at);
        const auto colon = login.find(':');
        parts.user = login.substr(0, colon);
        if (colon != login.npos)
            parts.password = login.substr(colon + 1);
        server.remove_prefix(at + 1);
    }
    const auto colon = server.find(':');
    parts.host = server.substr(0, colon);
    if (colon != server.npos) {
        std::from_chars(server.data() + colon + 1, server.data() + server.size(), parts.port);
    }
    return parts;
}

void fail(std::string_view what, std::string_view why) {
    throw std::runtime_error(std::string{what} + ": " + std::string{why});
}

namespace {

int list_contenders() {
    for (const auto& c : registry()) {
        std::printf(
            "%.*s %.*s %.*s\n", static_cast<int>(c.workload.size()), c.workload.data(),
            static_cast<int>(c.database.size()), c.database.data(), static_cast<int>(c.name.size()),
            c.name.data()
        );
    }
    return EXIT_SUCCESS;
}

int run(const Contender& contender, std::string_view url) {
    Run run{url};
    const auto outcome = contender.function(run);
    // The check value as text: JSON numbers are doubles in many readers.
    std::printf(
        R"({"operations": %lld, "wall_seconds": %.6f, "cpu_seconds": %.6f, "peak_kib": %lld, "check": "%llu"})"
        "\n",
        static_cast<long long>(outcome.operations), run.wall_seconds(), run.cpu_seconds(),
        static_cast<long long>(run.peak_kib()), static_cast<unsigned long long>(outcome.check)
    );
    return EXIT_SUCCESS;
}

int usage(const char* program) {
    std::fprintf(
        stderr, "%s --list\n%s <workload> <database> <contender> --url <database URL>\n", program, program
    );
    return 2;
}

} // namespace
} // namespace bench

int main(int argc, char** argv) {
    using namespace std::string_view_literals;
    if (argc == 2 && argv[1] == "--list"sv)
        return bench::list_contenders();
    if (argc != 6 || argv[4] != "--url"sv)
        return bench::usage(argv[0]);
    for (const auto& contender : bench::registry()) {
        if (contender.workload != argv[1] || contender.database != argv[2] || contender.name != argv[3])
            continue;
        try {
            return bench::run(contender, argv[5]);
        } catch (const std::exception& error) {
            std::fprintf(stderr, "%s %s %s: %s\n", argv[1], argv[2], argv[3], error.what());
            return EXIT_FAILURE;
        }
    }
    std::fprintf(stderr, "no such contender: %s %s %s\n", argv[1], argv[2], argv[3]);
    return 2;
}
