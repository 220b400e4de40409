// SPDX-License-Identifier: MIT
// SessionMaker: sessions that are alike, and scopes that end them.
#pragma once

#include <any>
#include <concepts>
#include <exception>
#include <map>
#include <memory>
#include <source_location>
#include <string>
#include <type_traits>
#include <utility>

#include <azoth/session/session.hpp>

namespace azoth {

/// Makes sessions that are alike. Configure it before it is shared; then all threads may use it.
class SessionMaker {
public:
    /// One that gets its engine later, by `configure()`.
    SessionMaker() = default;
    explicit SessionMaker(Engine engine, SessionOptions options = SessionOptions())
        : SessionMaker(SessionBinds{std::move(engine)}, options) {}
    /// Of sessions on several databases.
    explicit SessionMaker(SessionBinds binds, SessionOptions options = SessionOptions()) : binds_(std::move(binds)), options_(options) {}

    void configure(Engine engine) { binds_ = SessionBinds{std::move(engine)}; }
    void configure(SessionBinds binds) { binds_ = std::move(binds); }
    void configure(SessionOptions options) { options_ = options; }
    void execution_options(ExecutionOptions options) { execution_options_ = std::move(options); }
    /// Copied into each session.
    [[nodiscard]] std::map<std::string, std::any>& info() noexcept { return info_; }
    [[nodiscard]] const SessionOptions& options() const noexcept { return options_; }
    /// Of all sessions that are made afterwards; copies of this SessionMaker share them.
    [[nodiscard]] SessionEvents& events() { return *events_; }

    /// @throws UnboundExecutionError when it has no engine yet.
    [[nodiscard]] Session operator()(std::source_location at = std::source_location::current()) const {
        return make(options_, at);
    }
    /// A session of a class of yours that derives from Session and is made of one.
    template <std::derived_from<Session> S>
    [[nodiscard]] S make(std::source_location at = std::source_location::current()) const {
        return S{make(options_, at)};
    }
    /// With other options this once.
    [[nodiscard]] Session operator()(SessionOptions options, std::source_location at = std::source_location::current()) const {
        return make(options, at);
    }
    /// Runs `f(session)` with a new session: committed when it returns, rolled back when it throws, closed in any case. The lambda
    /// may capture by reference; on GCC 12 one that captures by value has to be named first.
    template <class F>
        requires std::is_invocable_v<F&, Session&>
    [[nodiscard]] asio::awaitable<void> begin(F f, std::source_location at = std::source_location::current()) const {
        require_bound();
        return run(*this, std::move(f), at);
    }

private:
    template <class F>
    static asio::awaitable<void> run(SessionMaker maker, F f, std::source_location at) {
        auto session = maker.make(maker.options_, at);
        std::exception_ptr error;
        try {
            co_await f(session);
            co_await session.commit();
        } catch (...) {
            error = std::current_exception();
        }
        if (!error) {
            co_await session.close();
            co_return;
        }
        // The error of the rollback, or a cancellation, would hide the first one; a session that is dropped rolls back, too.
        try {
            co_await session.close();
        } catch (...) {
        }
        std::rethrow_exception(error);
    }
    [[nodiscard]] Session make(SessionOptions options, std::source_location at) const;
    void require_bound() const;

    SessionBinds binds_;
    ExecutionOptions execution_options_;
    std::map<std::string, std::any> info_;
    SessionOptions options_;
    std::shared_ptr<SessionEvents> events_ = std::make_shared<SessionEvents>();
};

/// Runs `f(session)` with a session of its own, in a transaction: see `SessionMaker::begin`.
template <class F>
    requires std::is_invocable_v<F&, Session&>
[[nodiscard]] asio::awaitable<void>
with_session(Engine engine, F f, SessionOptions options = SessionOptions(), std::source_location at = std::source_location::current()) {
    return SessionMaker{std::move(engine), options}.begin(std::move(f), at);
}

} // namespace azoth
