// SPDX-License-Identifier: MIT
// A million rows streamed cost no more memory than a few. Measured in a process of its own: nothing else adds to its peak.
#include "support/backend.hpp"
#include "support/catch.hpp"

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <string>

#include <unistd.h>

#include "support/run.hpp"

namespace az = azoth;

namespace {

constexpr std::int64_t many = 1'000'000;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool measures_memory = false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool measures_memory = false; // theirs is most of it
#else
constexpr bool measures_memory = true;
#endif
#else
constexpr bool measures_memory = true;
#endif

std::int64_t peak_mebibytes() {
    std::ifstream status{"/proc/self/status"};
    for (std::string word; status >> word;) {
        if (word != "VmHWM:") continue;
        std::int64_t kibibytes = 0;
        status >> kibibytes;
        return kibibytes / 1024;
    }
    return -1;
}

/// Rows that the database makes up as it sends them.
std::string rows_of(const az::Engine& engine) {
    const auto count = std::to_string(many);
    const auto name = engine.dialect()->name();
    if (name == "postgresql") return "SELECT i, 'row number ' || i FROM generate_series(1, " + count + ") AS i";
    if (name == "mariadb") return "SELECT seq, concat('row number ', seq) FROM seq_1_to_" + count;
    return "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + count +
           ") SELECT i, 'row number ' || i FROM n";
}

asio::awaitable<void> stream_all(az::Engine engine) {
    auto connection = co_await engine.connect();
    auto stream = co_await connection.stream(az::text(rows_of(engine)));
    std::int64_t count = 0;
    std::int64_t sum = 0;
    while (auto row = co_await stream.next()) {
        ++count;
        sum += row->get<std::int64_t>(0);
    }
    CHECK(count == many);
    CHECK(sum == many * (many + 1) / 2);
    co_await connection.close();
    co_await engine.dispose();
}

constexpr std::size_t large = std::size_t{64} << 20U;

/// One value of 64 MiB, read as a string.
asio::awaitable<void> read_large(az::Engine engine) {
    auto connection = co_await engine.connect();
    const auto bytes = std::to_string(large);
    const std::string sql = engine.dialect()->name() == "postgresql" ? "SELECT repeat('x', " + bytes + ")"
                                                                     : "SELECT printf('%." + bytes + "c', 'x')";
    const auto rows = co_await connection.exec_driver_sql(sql);
    const auto text = rows.one().get<std::string>(0);
    CHECK(text.size() == large);
    CHECK(text.back() == 'x');
    co_await connection.close();
    co_await engine.dispose();
}

/// Runs a hidden test of this program in a process of its own.
bool passes_alone(const std::string& test, const std::string& url) {
    std::string program(4096, '\0');
    const auto length = ::readlink("/proc/self/exe", program.data(), program.size());
    if (length <= 0) return false;
    program.resize(static_cast<std::size_t>(length));
    const auto command = "AZOTH_TEST_STREAM_URL='" + url + "' '" + program + "' '[." + test + "]'";
    return std::system(command.c_str()) == 0; // NOLINT(concurrency-mt-unsafe)
}

} // namespace

TEST_CASE("a large value in this process", "[.large_value]") {
    const char* url = std::getenv("AZOTH_TEST_STREAM_URL");
    if (url == nullptr) return;
    asio::io_context io;
    const auto engine = az::create_engine(io.get_executor(), url);
    az::testing::run(io, [&]() -> asio::awaitable<void> { co_await read_large(engine); }, std::chrono::seconds{100});
    const auto peak = peak_mebibytes();
    WARN("peak memory: " << peak << " MiB");
    // Two copies are the client library's (libpq: what it received, and the result), one is the string that was asked for.
    if (measures_memory) CHECK(peak < 4 * 64);
}

TEST_CASE("a value of 64 MiB costs one copy beyond the client library's own", "[integration][stream]") {
    for (const auto& name : backend_names()) {
        // MariaDB's packets end at 16 MiB unless it is configured otherwise.
        if (name == "sqlite" || name == "mariadb") continue;
        CAPTURE(name);
        Backend database{name};
        CHECK(passes_alone("large_value", database.url()));
    }
}

TEST_CASE("a million rows in this process", "[.stream_million]") {
    const char* url = std::getenv("AZOTH_TEST_STREAM_URL");
    if (url == nullptr) return;
    asio::io_context io;
    const auto engine = az::create_engine(io.get_executor(), url);
    az::testing::run(io, [&]() -> asio::awaitable<void> { co_await stream_all(engine); }, std::chrono::seconds{100});
    const auto peak = peak_mebibytes();
    WARN("peak memory: " << peak << " MiB");
    if (measures_memory) CHECK(peak < 64);
}

TEST_CASE("stream: a million rows in less than 64 MiB", "[integration][stream][core.conn.stream][core.result.async_iteration]"
          "[pg.conn.server_cursor][my.conn.streaming]") {
    for (const auto& name : backend_names()) {
        if (name == "sqlite") continue; // a memory database is its own process's
        CAPTURE(name);
        Backend database{name};
        CHECK(passes_alone("stream_million", database.url()));
    }
}
