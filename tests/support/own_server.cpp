// SPDX-License-Identifier: MIT
// Starting and killing a server.
#include "support/own_server.hpp"

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>
#include <utility>

#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <azoth/azoth.hpp>

#include "support/paths.hpp"
#include "support/run.hpp"

namespace azoth::testing {

namespace {

std::string script() { return in_tests("support/own_server.sh"); }

std::uint16_t free_port() {
    asio::io_context io;
    const asio::ip::tcp::acceptor acceptor(io, {asio::ip::address_v4::loopback(), 0});
    return acceptor.local_endpoint().port();
}

std::string text_of(const std::filesystem::path& file) {
    std::ifstream stream{file};
    std::string text{std::istreambuf_iterator<char>{stream}, {}};
    return text.size() > 2000 ? text.substr(text.size() - 2000) : text;
}

} // namespace

OwnServer::OwnServer(std::string kind, const std::string& certificate) : kind_(std::move(kind)), port_(free_port()) {
    std::string name = (std::filesystem::temp_directory_path() / "azoth-own-server.XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = name;
    std::filesystem::permissions(folder_, std::filesystem::perms{0755});
    const auto prepare = "bash '" + script() + "' prepare " + kind_ + " '" + folder_.string() + "' " + certificate;
    if (std::system(prepare.c_str()) != 0) // NOLINT(concurrency-mt-unsafe)
        throw std::runtime_error("the data of a " + kind_ + " server could not be made in " + folder_.string());
    start();
}

OwnServer::~OwnServer() {
    kill();
    std::this_thread::sleep_for(std::chrono::milliseconds{200}); // PostgreSQL's other processes notice it and end
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

std::string OwnServer::url() const {
    return kind_ + "://azoth:secret@127.0.0.1:" + std::to_string(port_) + "/azoth";
}

void OwnServer::kill() noexcept {
    if (process_ <= 0) return;
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
    process_ = 0;
}

void OwnServer::spawn() {
    const auto program = script();
    const auto folder = folder_.string();
    const auto port = std::to_string(port_);
    process_ = ::fork();
    if (process_ != 0) return;
    ::execlp("bash", "bash", program.c_str(), "serve", kind_.c_str(), folder.c_str(), port.c_str(), nullptr);
    ::_exit(127);
}

bool OwnServer::takes_connections() const {
    try {
        asio::io_context io;
        const auto engine = create_engine(io.get_executor(), url());
        run(io, [&]() -> asio::awaitable<void> {
            auto connection = co_await engine.connect();
            co_await connection.execute(text("SELECT 1"));
            co_await connection.close();
            co_await engine.dispose();
        });
        return true;
    } catch (const std::exception&) {
        return false;
    }
}

void OwnServer::start() {
    // PostgreSQL refuses to start while a process of the killed one is left.
    for (int i = 0; i < 400; ++i) {
        if (process_ <= 0) spawn();
        if (takes_connections()) return;
        if (::waitpid(process_, nullptr, WNOHANG) == process_) process_ = 0;
        std::this_thread::sleep_for(std::chrono::milliseconds{50});
    }
    throw std::runtime_error("the " + kind_ + " server does not start; its log ends:\n" + text_of(folder_ / "server.log"));
}

} // namespace azoth::testing
