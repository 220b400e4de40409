// SPDX-License-Identifier: MIT
// Signal: functions called when something happens; costs a test of an empty list when nobody listens.
#pragma once

#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace azoth {

/// What `connect()` gives: ends the listening. Dropping it does not.
class SignalConnection {
public:
    SignalConnection() = default;
    explicit SignalConnection(std::weak_ptr<bool> active) : active_(std::move(active)) {}

    /// The function is not called any more. Safe at any time, the function's own call included.
    void disconnect() {
        if (const auto active = active_.lock()) *active = false;
        active_.reset();
    }

private:
    std::weak_ptr<bool> active_;
};

/// An event that functions listen to, called in the order of `connect()`. Connecting and emitting belong to one thread at a
/// time; listeners of a mapped class are connected before other threads use the class.
template <class... Args>
class Signal {
public:
    SignalConnection connect(std::function<void(Args...)> listener) {
        std::erase_if(listeners_, [](const auto& known) { return !known->active || !*known->active; });
        auto entry = std::make_shared<Entry>();
        entry->active = std::make_shared<bool>(true);
        entry->call = std::move(listener);
        SignalConnection connection{entry->active};
        listeners_.push_back(std::move(entry));
        return connection;
    }
    [[nodiscard]] bool empty() const noexcept { return listeners_.empty(); }
    /// What a listener throws goes to the caller; later listeners are not called then.
    void operator()(Args... args) const {
        for (std::size_t i = 0; i < listeners_.size(); ++i) {
            const auto entry = listeners_[i]; // a listener may connect others
            if (*entry->active) entry->call(args...);
        }
    }

private:
    struct Entry {
        std::shared_ptr<bool> active;
        std::function<void(Args...)> call;

        Entry() = default;
    };
    std::vector<std::shared_ptr<Entry>> listeners_;
};

} // namespace azoth
