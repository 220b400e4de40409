// SPDX-License-Identifier: MIT
// Signal: functions called when something happens. Without listeners it costs a load and a comparison.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include <azoth/detail/lock.hpp>

namespace azoth {

/// One who listens to a Signal, without what is called.
struct SignalListener {
    std::atomic<bool> active{true};
    bool once = false;
    bool early = false; ///< connected by connect_first()

    SignalListener() = default;
};

/// What `connect()` gives: names one listener of one signal. Dropping it does not end the listening.
class SignalConnection {
public:
    /// Of no listener.
    SignalConnection() = default;
    explicit SignalConnection(std::weak_ptr<SignalListener> listener) : listener_(std::move(listener)) {}

    /// The listener is not called any more. Safe at any time, the listener's own call included.
    void disconnect();
    [[nodiscard]] bool connected() const;

private:
    friend class SignalBase;
    std::weak_ptr<SignalListener> listener_;
};

/// What all signals share: who listens.
class SignalBase {
public:
    using Listeners = std::vector<std::shared_ptr<SignalListener>>;

    SignalBase() = default;
    SignalBase(const SignalBase&) = delete;
    SignalBase& operator=(const SignalBase&) = delete;

    /// @return false when there is no such listener any more
    bool disconnect(const SignalConnection& connection);
    [[nodiscard]] bool contains(const SignalConnection& connection) const;
    [[nodiscard]] bool empty() const noexcept { return count_.load(std::memory_order_acquire) == 0; }

    /// Those there are now, null for none; for who raises the event.
    [[nodiscard]] std::shared_ptr<const Listeners> snapshot() const;
    /// Whether the listener is to be called: not when it was for once, and that was before, or has been disconnected.
    [[nodiscard]] bool take(SignalListener& listener) const;

protected:
    ~SignalBase();
    SignalConnection add(std::shared_ptr<SignalListener> listener, bool first, bool once);
    void add_all(const SignalBase& other);

private:
    /// @return whether it was there
    bool forget(const SignalListener* listener) const;
    [[nodiscard]] std::shared_ptr<Listeners> copy() const;
    void replace(std::shared_ptr<const Listeners> listeners) const noexcept;

    mutable detail::TinyLock lock_;
    mutable std::shared_ptr<const Listeners> listeners_; ///< null until somebody listens
    mutable std::atomic<std::size_t> count_{0};
};

/// Those who listen to one kind of event; `F` is what a listener is called as. Thread-safe: listeners may come and
/// go at any time, also from within one; they are called on the thread where the event happens, in order.
template <class F>
class Signal : public SignalBase {
public:
    using Listener = std::function<F>;

    SignalConnection connect(Listener listener) { return add(make(std::move(listener)), false, false); }
    /// Called before those that are there.
    SignalConnection connect_first(Listener listener) { return add(make(std::move(listener)), true, false); }
    /// Called for the next event only.
    SignalConnection connect_once(Listener listener) { return add(make(std::move(listener)), false, true); }
    /// Calls the listeners of `other`, too; who disconnects from one disconnects from both.
    void connect_all(const Signal& other) { add_all(other); }

    /// What is called of one in `snapshot()`.
    [[nodiscard]] static const Listener& function_of(const SignalListener& listener) noexcept {
        return static_cast<const Entry&>(listener).function;
    }
    /// Calls the listeners. @throws what they throw; later listeners are not called then.
    template <class... A>
    void emit(A&&... arguments) const {
        if (empty()) [[likely]]
            return;
        const auto listeners = snapshot();
        if (listeners == nullptr) return;
        for (const auto& listener : *listeners)
            if (take(*listener)) function_of(*listener)(arguments...);
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

private:
    struct Entry : SignalListener {
        Listener function;

        explicit Entry(Listener called) : function(std::move(called)) {}
    };
    static std::shared_ptr<SignalListener> make(Listener listener) { return std::make_shared<Entry>(std::move(listener)); }
};

} // namespace azoth
