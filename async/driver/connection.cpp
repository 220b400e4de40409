// SPDX-License-Identifier: MIT
// What a connection does whose database has no way of its own for it: a pipeline one by one, and a clear no.
#include <string>
#include <utility>

#include <azoth/driver/driver.hpp>
#include <azoth/error.hpp>

namespace azoth::driver {

namespace {

[[noreturn]] void throw_lacking(const std::string& what) {
    DiagnosticInfo info;
    info.code = errc::not_supported;
    info.message = "this database has no " + what;
    throw NotSupportedError(std::move(info), {}, {});
}

} // namespace

asio::awaitable<PipelineResult> Connection::execute_pipeline(std::span<const Statement> statements) {
    PipelineResult answers;
    for (const auto& statement : statements) {
        try {
            Result result = co_await execute(statement);
            answers.results.push_back(std::move(result));
        } catch (const Error&) {
            answers.error = std::current_exception();
            break;
        }
    }
    co_return std::move(answers);
}

asio::awaitable<std::unique_ptr<CopyIn>> Connection::copy_in(CopyTarget, CopyFormat) {
    throw_lacking("COPY; execute an INSERT with many rows instead");
}

asio::awaitable<std::unique_ptr<Cursor>> Connection::copy_out(std::string, CopyFormat) {
    throw_lacking("COPY; use stream() instead");
}

asio::awaitable<void> Connection::listen(std::string) {
    throw_lacking("LISTEN");
}

asio::awaitable<Notification> Connection::next_notification() {
    throw_lacking("LISTEN");
}

asio::awaitable<void> Connection::notify(std::string, std::string, const BeginOptions*) {
    throw_lacking("NOTIFY");
}

asio::awaitable<void> Connection::begin_twophase(std::string, BeginOptions) {
    throw_lacking("two-phase transactions");
}
asio::awaitable<void> Connection::prepare_twophase(std::string) {
    throw_lacking("two-phase transactions");
}
asio::awaitable<void> Connection::commit_twophase(std::string, bool) {
    throw_lacking("two-phase transactions");
}
asio::awaitable<void> Connection::rollback_twophase(std::string, bool) {
    throw_lacking("two-phase transactions");
}
asio::awaitable<std::vector<std::string>> Connection::recover_twophase() {
    throw_lacking("two-phase transactions");
}

asio::awaitable<ServerInfo> Connection::server_info() {
    co_return ServerInfo{};
}

asio::awaitable<IsolationLevel> Connection::isolation_level() {
    throw_lacking("way to tell the isolation level");
}

} // namespace azoth::driver
