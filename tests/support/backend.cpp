// SPDX-License-Identifier: MIT
// Making and removing the tests' own databases.
#include "support/backend.hpp"

#include <atomic>
#include <cstdlib>
#include <exception>
#include <memory>
#include <stdexcept>

#include <asio/co_spawn.hpp>
#include <unistd.h>

namespace az = azoth;

namespace {

std::string server_url(const char* variable) {
    const char* url = std::getenv(variable);
    if (url == nullptr && std::getenv("AZOTH_TEST_REQUIRE_SERVERS") != nullptr)
        throw std::runtime_error(std::string{variable} + " is not set; tools/test_servers.sh starts the servers");
    return url != nullptr ? url : "";
}

std::string unique_name() {
    static std::atomic<int> number{0};
    return "azoth_test_" + std::to_string(::getpid()) + "_" + std::to_string(++number);
}

asio::awaitable<void> run_sql(az::Engine engine, std::string sql) {
    auto connection = co_await engine.connect();
    co_await connection.run(std::move(sql));
    co_await connection.commit();
    co_await connection.close();
    co_await engine.dispose();
}

} // namespace

std::vector<std::string> backend_names() {
    std::vector<std::string> names{"sqlite", "sqlite file"};
    if (!server_url("AZOTH_TEST_POSTGRESQL_URL").empty()) names.emplace_back("postgresql");
    if (!server_url("AZOTH_TEST_MARIADB_URL").empty()) names.emplace_back("mariadb");
    return names;
}

namespace {
/// A database's file and those that SQLite puts beside it.
void remove_file(const std::filesystem::path& file) {
    for (const char* suffix : {"", "-wal", "-shm", "-journal"}) std::filesystem::remove(file.string() + suffix);
}
} // namespace

Backend::Backend(const std::string& name) : url_(make_namespace(name)), engine_(make_engine(az::EngineOptions{})) {}

std::string Backend::make_namespace(const std::string& name) {
    if (name == "sqlite") return "sqlite://";
    const auto unique = unique_name();
    if (name == "sqlite file") {
        file_ = std::filesystem::temp_directory_path() / (unique + ".db");
        remove_file(file_); // of a process with the same number that was killed
        return "sqlite:///" + file_.string();
    }
    const bool postgresql = name == "postgresql";
    admin_url_ = server_url(postgresql ? "AZOTH_TEST_POSTGRESQL_URL" : "AZOTH_TEST_MARIADB_URL");
    const std::string kind = postgresql ? "SCHEMA " : "DATABASE ";
    drop_ = "DROP " + kind + unique + (postgresql ? " CASCADE" : "");
    run(run_sql(az::create_engine(io_.get_executor(), admin_url_), "CREATE " + kind + unique));
    az::Url url{admin_url_};
    if (postgresql) url.query.emplace_back("options", "-csearch_path=" + unique);
    else url.database = unique;
    return url.to_string(false);
}

Backend::~Backend() {
    try {
        run([](az::Engine engine) -> asio::awaitable<void> { co_await engine.dispose(); }(engine_));
        if (!drop_.empty()) run(run_sql(az::create_engine(io_.get_executor(), admin_url_), drop_));
    } catch (const std::exception&) { // a test that failed may leave a connection behind; the server is private
    }
    if (file_.empty()) return;
    remove_file(file_);
}

az::Engine Backend::make_engine(az::EngineOptions options) { return az::create_engine(io_.get_executor(), url_, options); }

void Backend::run(asio::awaitable<void> body) {
    struct End {
        std::exception_ptr error;
        bool ended = false;
    };
    const auto end = std::make_shared<End>(); // a body that is late may end in a later run
    io_.restart();
    asio::co_spawn(io_, std::move(body), [end](std::exception_ptr error) {
        end->error = std::move(error);
        end->ended = true;
    });
    io_.run_for(std::chrono::seconds{60});
    if (end->error) std::rethrow_exception(end->error);
    if (!end->ended) throw std::runtime_error("the coroutine did not end within 60 s");
}
