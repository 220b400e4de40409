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

} // namespace

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
        std::string program(4096, '\0');
        const auto length = ::readlink("/proc/self/exe", program.data(), program.size());
        REQUIRE(length > 0);
        program.resize(static_cast<std::size_t>(length));
        const auto run = "AZOTH_TEST_STREAM_URL='" + database.url() + "' '" + program + "' '[.stream_million]'";
        CHECK(std::system(run.c_str()) == 0); // NOLINT(concurrency-mt-unsafe)
    }
}
