// SPDX-License-Identifier: MIT
// ScopedSession: one session for each scope (a request, a job, a chain of coroutines), found where it is needed.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <source_location>
#include <utility>
#include <vector>

#include <azoth/detail/asio.hpp>
#include <azoth/detail/lock.hpp>
#include <azoth/error.hpp>
#include <azoth/session/session_maker.hpp>

namespace azoth {

/// A scope of its own: pass a reference to it along with the work, as the key of a `ScopedSession<const Scope*>`.
/// Coroutines may go on on another thread after each `co_await`, so a thread is no scope.
class Scope {
public:
    Scope() = default;
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;
};

/// Sessions by scope, made when they are first asked for: `sessions(&scope).add(user)`, and `co_await sessions.remove(&scope)` at the
/// scope's end. With a function that says which scope is the current one, `sessions->add(user)` finds it by itself.
/// May be used by several threads; each session, as ever, by one coroutine at a time.
///
/// @tparam Key  what names a scope: a number, a text, a pointer to the scope's own object
template <class Key = const Scope*>
class ScopedSession {
public:
    explicit ScopedSession(SessionMaker maker) : maker_(std::move(maker)) {}
    /// @param current  names the scope that its caller is in
    ScopedSession(SessionMaker maker, std::function<Key()> current) : maker_(std::move(maker)), current_(std::move(current)) {}
    ScopedSession(const ScopedSession&) = delete;
    ScopedSession& operator=(const ScopedSession&) = delete;

    /// The scope's session; stays where it is until `remove()`. @throws UnboundExecutionError when the maker has no engine
    [[nodiscard]] Session& operator()(const Key& scope, std::source_location at = std::source_location::current()) {
        return find_or_make(scope, [&] { return std::make_unique<Session>(maker_(at)); });
    }
    /// A session with other options. @throws InvalidRequestError when the scope has one already.
    [[nodiscard]] Session& operator()(const Key& scope, SessionOptions options, std::source_location at = std::source_location::current()) {
        if (has(scope)) throw InvalidRequestError("ScopedSession: this scope has a session already: its options are what they are; remove() it first");
        return find_or_make(scope, [&] { return std::make_unique<Session>(maker_(options, at)); });
    }
    /// Of the current scope. @throws InvalidRequestError when nothing says which one that is.
    [[nodiscard]] Session& operator()() { return (*this)(current()); }
    [[nodiscard]] Session* operator->() { return &(*this)(); }
    [[nodiscard]] Session& operator*() { return (*this)(); }

    /// Whether the scope has a session by now.
    [[nodiscard]] bool has(const Key& scope) const {
        const detail::TinyGuard guard{lock_};
        return sessions_.contains(scope);
    }
    [[nodiscard]] bool has() const { return has(current()); }
    /// How many scopes have one.
    [[nodiscard]] std::size_t size() const {
        const detail::TinyGuard guard{lock_};
        return sessions_.size();
    }
    /// Puts a session of yours there. @throws InvalidRequestError when the scope has one already.
    void set(const Key& scope, Session session) {
        auto made = std::make_unique<Session>(std::move(session));
        const detail::TinyGuard guard{lock_};
        if (!sessions_.try_emplace(scope, std::move(made)).second)
            throw InvalidRequestError("ScopedSession: this scope has a session already; remove() it first");
    }

    /// Closes the scope's session, if it has one: the end of the scope. The next use makes another.
    /// @cancellation  the session is gone; its connection is given back, and rolled back in the background
    [[nodiscard]] asio::awaitable<void> remove(Key scope) { return close(take(scope)); }
    [[nodiscard]] asio::awaitable<void> remove() { return close(take(current())); }

    [[nodiscard]] SessionMaker& maker() noexcept { return maker_; }

private:
    [[nodiscard]] Key current() const {
        if (!current_) throw InvalidRequestError("ScopedSession: nothing says which scope is the current one: name it, or give the ScopedSession a function that does");
        return current_();
    }
    template <class Make>
    Session& find_or_make(const Key& scope, Make make) {
        {
            const detail::TinyGuard guard{lock_};
            if (const auto known = sessions_.find(scope); known != sessions_.end()) return *known->second;
        }
        auto made = make(); // outside of the lock; who comes second uses the first one's
        const detail::TinyGuard guard{lock_};
        return *sessions_.try_emplace(scope, std::move(made)).first->second;
    }
    std::unique_ptr<Session> take(const Key& scope) {
        const detail::TinyGuard guard{lock_};
        const auto found = sessions_.find(scope);
        if (found == sessions_.end()) return nullptr;
        auto session = std::move(found->second);
        sessions_.erase(found);
        return session;
    }
    static asio::awaitable<void> close(std::unique_ptr<Session> session) {
        if (session) co_await session->close();
    }

    SessionMaker maker_;
    std::function<Key()> current_;
    mutable detail::TinyLock lock_;
    std::map<Key, std::unique_ptr<Session>> sessions_;
};

} // namespace azoth
