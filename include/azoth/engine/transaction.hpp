// SPDX-License-Identifier: MIT
// Transaction and Savepoint: what begin() and begin_nested() give; ended by commit() or rollback(), spoken.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include <azoth/detail/asio.hpp>

namespace azoth {

namespace engine {

class Slot;
struct ScopeAccess;

/// The right to use a pooled connection, until it is given back; then whatever still has this lease is told
/// so.
struct Lease {
    std::shared_ptr<Slot> slot;
    std::uint64_t number = 0;

    Lease() = default;
    Lease(std::shared_ptr<Slot> connection, std::uint64_t lease_number) noexcept
        : slot(std::move(connection)),
          number(lease_number) {}
};

/// What Transaction and Savepoint share: a place in a connection's transaction, and what happens when it is
/// abandoned.
class TransactionScope {
public:
    TransactionScope() noexcept = default;
    TransactionScope(TransactionScope&& other) noexcept
        : lease_(std::move(other.lease_)),
          serial_(std::exchange(other.serial_, 0)),
          owns_(other.owns_) {}
    TransactionScope& operator=(TransactionScope&& other) noexcept;
    TransactionScope(const TransactionScope&) = delete;
    TransactionScope& operator=(const TransactionScope&) = delete;

    /// True until it is committed or rolled back, here, through the connection, or with an enclosing one.
    [[nodiscard]] bool is_active() const noexcept;

protected:
    friend struct ScopeAccess;
    TransactionScope(Lease lease, std::uint64_t serial, bool owns = true) noexcept
        : lease_(std::move(lease)),
          serial_(serial),
          owns_(owns) {}
    /// Still active: marks it to be rolled back by the connection's next operation, or on its way back to the
    /// pool.
    ~TransactionScope();

    Lease lease_;
    std::uint64_t serial_ = 0; ///< 0: none, or moved from
    bool owns_ = true;         ///< destroyed while it is active, it has it rolled back
};

} // namespace engine

/// A transaction begun with `connection.begin()`. Destroyed while it is active it counts as rolled back: the
/// connection does that before its next statement, or the pool when the connection comes back. Destructors do
/// no I/O.
class Transaction : public engine::TransactionScope {
public:
    /// One that has ended. (Asio wants results that can be made out of nothing.)
    Transaction() noexcept = default;

    /// @throws InvalidRequestError when it has ended already; CommitUnknownError when the answer was lost.
    [[nodiscard]] asio::awaitable<void> commit();
    /// Does nothing when it has ended already.
    [[nodiscard]] asio::awaitable<void> rollback();

private:
    friend struct engine::ScopeAccess;
    using TransactionScope::TransactionScope;
};

/// A transaction begun with `connection.begin_twophase()`: prepared first, so that it can be committed for certain together
/// with others. Once prepared it is the server's: it outlives its connection, and has to be ended, here or by
/// `connection.commit_prepared()`. Destroyed before `prepare()` it counts as rolled back.
class TwoPhaseTransaction : public engine::TransactionScope {
public:
    /// One that has ended.
    TwoPhaseTransaction() noexcept = default;

    [[nodiscard]] const std::string& xid() const noexcept { return xid_; }
    /// After this only `commit()` and `rollback()` may follow.
    /// @throws InvalidRequestError when it has ended, or is prepared, already
    [[nodiscard]] asio::awaitable<void> prepare();
    /// @throws InvalidRequestError when it has ended already; CommitUnknownError when the answer was lost.
    [[nodiscard]] asio::awaitable<void> commit();
    /// Does nothing when it has ended already.
    [[nodiscard]] asio::awaitable<void> rollback();

private:
    friend struct engine::ScopeAccess;
    TwoPhaseTransaction(engine::Lease lease, std::uint64_t serial, std::string xid) noexcept
        : TransactionScope(std::move(lease), serial),
          xid_(std::move(xid)) {}

    std::string xid_;
};

/// A SAVEPOINT set with `connection.begin_nested()`; ends with the transaction it is in at the latest.
class Savepoint : public engine::TransactionScope {
public:
    /// One that has ended. (Asio wants results that can be made out of nothing.)
    Savepoint() noexcept = default;

    /// RELEASE SAVEPOINT. @throws InvalidRequestError when it has ended already.
    [[nodiscard]] asio::awaitable<void> commit();
    /// ROLLBACK TO SAVEPOINT. Does nothing when it has ended already.
    [[nodiscard]] asio::awaitable<void> rollback();

private:
    friend struct engine::ScopeAccess;
    using TransactionScope::TransactionScope;
};

} // namespace azoth
