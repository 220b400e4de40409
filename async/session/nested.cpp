// SPDX-License-Identifier: MIT
// Savepoints of a session.
#include <algorithm>
#include <utility>

#include <azoth/error.hpp>

#include "session/core.hpp"

namespace azoth::session {

asio::awaitable<void> end_savepoint(Core& core, bool commit) {
    const auto sent = [&](const Part& part) { return part.savepoints.size() == core.savepoint_numbers.size(); };
    if (commit) {
        core.signals.before_commit();
        if (core.has_changes()) co_await flush_changes(core);
        for (auto& part : core.parts)
            if (sent(part)) co_await part.savepoints.back().commit();
        core.commit_nested();
        core.signals.after_commit();
    } else {
        const bool failed = std::exchange(core.failed, false);
        core.rollback_nested();
        for (auto& part : core.parts)
            if (sent(part)) co_await part.savepoints.back().rollback();
        if (!failed) core.signals.after_rollback();
        core.signals.after_soft_rollback();
    }
    for (auto& part : core.parts)
        if (sent(part)) part.savepoints.pop_back();
    core.savepoint_numbers.pop_back();
    core.signals.after_transaction_end(true);
}

namespace {

asio::awaitable<std::uint64_t> set_savepoint(Core& core) {
    const Operation operation{core};
    core.require_usable();
    note_begin(core, TransactionOrigin::autobegin);
    if (core.has_changes()) co_await flush_changes(core);
    core.savepoint_numbers.push_back(++core.last_savepoint);
    core.begin_nested();
    if (!core.begun) {
        core.set_begun(true);
        core.signals.after_transaction_create(false);
    }
    core.signals.after_transaction_create(true);
    co_return core.last_savepoint;
}

/// Savepoints inside it end with it.
asio::awaitable<void> end_savepoints(Core& core, std::uint64_t number, bool commit) {
    const Operation operation{core};
    if (commit) core.require_usable();
    const auto found = std::ranges::find(core.savepoint_numbers, number);
    if (found == core.savepoint_numbers.end()) {
        if (commit) throw InvalidRequestError("this savepoint has ended already, by commit() or rollback(), or with its transaction");
        co_return;
    }
    const auto outer = static_cast<std::size_t>(found - core.savepoint_numbers.begin());
    while (core.savepoint_numbers.size() > outer) co_await end_savepoint(core, commit);
}

} // namespace

} // namespace azoth::session

namespace azoth {

asio::awaitable<void> SessionSavepoint::commit() {
    if (core_ == nullptr) throw InvalidRequestError("this savepoint was never set");
    return session::end_savepoints(*core_, number_, true);
}
asio::awaitable<void> SessionSavepoint::rollback() {
    if (core_ == nullptr) throw InvalidRequestError("this savepoint was never set");
    return session::end_savepoints(*core_, number_, false);
}
bool SessionSavepoint::is_active() const noexcept {
    return core_ != nullptr && !core_->failed && std::ranges::find(core_->savepoint_numbers, number_) != core_->savepoint_numbers.end();
}

asio::awaitable<SessionSavepoint> Session::begin_nested() {
    auto& inner = core();
    const auto number = co_await session::set_savepoint(inner);
    co_return SessionSavepoint{inner, number};
}

void Session::begin() {
    auto& inner = core();
    inner.require_usable();
    if (inner.begun || inner.open() != nullptr)
        throw InvalidRequestError("session.begin(): a transaction has begun already; commit() or rollback() it first");
    session::note_begin(inner, TransactionOrigin::begin);
}

std::optional<SessionTransaction> Session::get_transaction() const {
    const auto& inner = core();
    if (!inner.begun) return std::nullopt;
    return SessionTransaction{inner, inner.origin, inner.transactions};
}

std::optional<SessionTransaction> Session::get_nested_transaction() const {
    const auto& inner = core();
    if (inner.savepoint_numbers.empty()) return std::nullopt;
    return SessionTransaction{inner, TransactionOrigin::begin_nested, inner.savepoint_numbers.back()};
}

std::optional<SessionTransaction> SessionTransaction::parent() const {
    const auto& numbers = core_->savepoint_numbers;
    const auto found = nested() ? std::ranges::find(numbers, number_) : numbers.end();
    if (found == numbers.end()) return std::nullopt;
    if (found == numbers.begin()) return SessionTransaction{*core_, core_->origin, core_->transactions};
    return SessionTransaction{*core_, TransactionOrigin::begin_nested, *(found - 1)};
}

bool SessionTransaction::is_active() const noexcept {
    if (core_->failed) return false;
    if (nested()) return std::ranges::find(core_->savepoint_numbers, number_) != core_->savepoint_numbers.end();
    return core_->begun && core_->transactions == number_;
}

} // namespace azoth
