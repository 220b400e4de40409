// SPDX-License-Identifier: MIT
// Signal: functions called when something happens. Without listeners it costs a load and a comparison.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include <azoth/detail/lock.hpp>

namespace azoth {

namespace detail {
/// What a listener and its token share.
struct ListenerState {
    std::atomic<bool> active{true};

    ListenerState() = default;
};
} // namespace detail

/// What `connect()` gives: names one listener of one signal. Dropping it does not end the listening.
class SignalConnection {
public:
    /// Of no listener.
    SignalConnection() = default;
    explicit SignalConnection(std::weak_ptr<detail::ListenerState> state) : state_(std::move(state)) {}

    /// The listener is not called any more. Safe at any time, the listener's own call included.
    void disconnect() {
        if (const auto state = state_.lock()) state->active = false;
        state_.reset();
    }
    [[nodiscard]] bool connected() const {
        const auto state = state_.lock();
        return state && state->active;
    }

private:
    template <class F>
    friend class Signal;
    std::weak_ptr<detail::ListenerState> state_;
};

/// Those who listen to one kind of event; `F` is what a listener is called as. Thread-safe: listeners may come and
/// go at any time, also from within one; they are called on the thread where the event happens, in order.
template <class F>
class Signal {
public:
    using Listener = std::function<F>;

    Signal() = default;
    Signal(const Signal&) = delete;
    Signal& operator=(const Signal&) = delete;

    SignalConnection connect(Listener listener) { return add(std::move(listener), false, false); }
    /// Called before those that are there.
    SignalConnection connect_first(Listener listener) { return add(std::move(listener), true, false); }
    /// Called for the next event only.
    SignalConnection connect_once(Listener listener) { return add(std::move(listener), false, true); }
    /// Calls the listeners of `other`, too; who disconnects from one disconnects from both.
    void connect_all(const Signal& other) {
        const auto theirs = other.snapshot();
        if (theirs == nullptr) return;
        const detail::TinyGuard guard{lock_};
        auto more = copy();
        more->insert(more->end(), theirs->begin(), theirs->end());
        replace(std::move(more));
    }
    /// @return false when there is no such listener any more
    bool disconnect(const SignalConnection& connection) {
        const auto state = connection.state_.lock();
        if (!state || !forget(state.get())) return false;
        return state->active.exchange(false);
    }
    [[nodiscard]] bool contains(const SignalConnection& connection) const {
        const auto state = connection.state_.lock();
        const auto entries = snapshot();
        return state && state->active && entries
            && std::ranges::any_of(*entries, [&](const auto& entry) { return entry == state; });
    }
    [[nodiscard]] bool empty() const noexcept { return count_.load(std::memory_order_acquire) == 0; }

    struct Entry : detail::ListenerState {
        Listener listener;
        bool once = false;
        bool early = false; ///< connected by connect_first()

        Entry() = default;
    };
    using Entries = std::vector<std::shared_ptr<Entry>>;
    /// Those there are now, null for none; for who raises the event.
    [[nodiscard]] std::shared_ptr<const Entries> snapshot() const {
        const detail::TinyGuard guard{lock_};
        return entries_;
    }
    /// Calls the listeners. @throws what they throw; later listeners are not called then.
    template <class... A>
    void emit(A&&... arguments) const {
        if (empty()) [[likely]]
            return;
        const auto entries = snapshot();
        if (entries == nullptr) return;
        for (const auto& entry : *entries)
            if (take(*entry)) entry->listener(arguments...);
    }
    template <class... A>
    void operator()(A&&... arguments) const {
        emit(std::forward<A>(arguments)...);
    }
    /// Where nothing can be thrown: what a listener throws is lost.
    template <class... A>
    void emit_quietly(A&&... arguments) const noexcept {
        try {
            emit(arguments...);
        } catch (...) { // a listener's mistake is no reason to lose a connection
        }
    }
    /// Whether the listener is to be called: not when it was for once, and that was before, or has been disconnected.
    [[nodiscard]] bool take(Entry& entry) const {
        const bool wanted = entry.once ? entry.active.exchange(false) : entry.active.load();
        if (!wanted || entry.once) (void)forget(&entry);
        return wanted;
    }

private:
    SignalConnection add(Listener listener, bool first, bool once) {
        auto entry = std::make_shared<Entry>();
        entry->listener = std::move(listener);
        entry->once = once;
        entry->early = first;
        SignalConnection connection{std::weak_ptr<detail::ListenerState>{entry}};
        const detail::TinyGuard guard{lock_};
        auto more = copy();
        more->insert(first ? more->begin() : more->end(), std::move(entry));
        replace(std::move(more));
        return connection;
    }
    /// @return whether it was there
    bool forget(const detail::ListenerState* listener) const {
        const detail::TinyGuard guard{lock_};
        auto rest = copy();
        const bool found = std::erase_if(*rest, [&](const auto& entry) { return entry.get() == listener; }) > 0;
        if (found) replace(std::move(rest));
        return found;
    }
    [[nodiscard]] std::shared_ptr<Entries> copy() const {
        return entries_ == nullptr ? std::make_shared<Entries>() : std::make_shared<Entries>(*entries_);
    }
    void replace(std::shared_ptr<const Entries> entries) const noexcept {
        count_.store(entries->size(), std::memory_order_release);
        entries_ = std::move(entries);
    }

    mutable detail::TinyLock lock_;
    mutable std::shared_ptr<const Entries> entries_; ///< null until somebody listens
    mutable std::atomic<std::size_t> count_{0};
};

} // namespace azoth
