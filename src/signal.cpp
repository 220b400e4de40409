// SPDX-License-Identifier: MIT
// Who listens to a signal: a list that is replaced, never changed, so that those who raise an event read it without the lock.
#include <azoth/signal.hpp>

#include <algorithm>

namespace azoth {

void SignalConnection::disconnect() {
    if (const auto listener = listener_.lock()) listener->active = false;
    listener_.reset();
}

bool SignalConnection::connected() const {
    const auto listener = listener_.lock();
    return listener && listener->active;
}

SignalBase::~SignalBase() = default;

bool SignalBase::disconnect(const SignalConnection& connection) {
    const auto listener = connection.listener_.lock();
    if (!listener || !forget(listener.get())) return false;
    return listener->active.exchange(false);
}

bool SignalBase::contains(const SignalConnection& connection) const {
    const auto listener = connection.listener_.lock();
    const auto all = snapshot();
    return listener && listener->active && all && std::ranges::find(*all, listener) != all->end();
}

std::shared_ptr<const SignalBase::Listeners> SignalBase::snapshot() const {
    const detail::TinyGuard guard{lock_};
    return listeners_;
}

bool SignalBase::take(SignalListener& listener) const {
    const bool wanted = listener.once ? listener.active.exchange(false) : listener.active.load();
    if (!wanted || listener.once) (void)forget(&listener);
    return wanted;
}

SignalConnection SignalBase::add(std::shared_ptr<SignalListener> listener, bool first, bool once) {
    listener->once = once;
    listener->early = first;
    SignalConnection connection{listener};
    const detail::TinyGuard guard{lock_};
    auto more = copy();
    more->insert(first ? more->begin() : more->end(), std::move(listener));
    replace(std::move(more));
    return connection;
}

void SignalBase::add_all(const SignalBase& other) {
    const auto theirs = other.snapshot();
    if (theirs == nullptr) return;
    const detail::TinyGuard guard{lock_};
    auto more = copy();
    more->insert(more->end(), theirs->begin(), theirs->end());
    replace(std::move(more));
}

bool SignalBase::forget(const SignalListener* listener) const {
    const detail::TinyGuard guard{lock_};
    auto rest = copy();
    const bool found = std::erase_if(*rest, [&](const auto& one) { return one.get() == listener; }) > 0;
    if (found) replace(std::move(rest));
    return found;
}

std::shared_ptr<SignalBase::Listeners> SignalBase::copy() const {
    return listeners_ == nullptr ? std::make_shared<Listeners>() : std::make_shared<Listeners>(*listeners_);
}

void SignalBase::replace(std::shared_ptr<const Listeners> listeners) const noexcept {
    count_.store(listeners->size(), std::memory_order_release);
    listeners_ = std::move(listeners);
}

} // namespace azoth
