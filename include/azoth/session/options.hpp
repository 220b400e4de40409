// SPDX-License-Identifier: MIT
// How a session behaves, and how it executes one statement.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include <azoth/engine/options.hpp>

namespace azoth {

/// What a session's commit and rollback do where the session was given a connection that is in a transaction already.
enum class JoinTransactionMode : std::uint8_t {
    conditional_savepoint, ///< create_savepoint inside a savepoint, else rollback_only
    create_savepoint,      ///< both end a savepoint of the session's own: the transaction around it is untouched, as tests want it
    control_fully,         ///< both end the transaction
    rollback_only,         ///< commit only flushes; rollback ends the transaction
};

/// How a session behaves. Defaults are those that suit coroutines: objects stay readable after a commit.
struct SessionOptions {
    bool autoflush = true;         ///< write pending changes before each query
    bool expire_on_commit = false; ///< make all values unknown at commit, so that they are loaded again
    bool autobegin = true;         ///< the first use begins a transaction; without it `begin()` has to come first, each time
    bool twophase = false;         ///< commit prepares the transactions of all databases before it commits the first
    bool close_resets_only = true; ///< a session may be used again after `close()`; without it that is its end
    JoinTransactionMode join_transaction_mode = JoinTransactionMode::conditional_savepoint;
    bool keep_objects = false;     ///< objects stay until they are expunged, instead of as long as somebody holds them
    /// Of the session's transactions, where it makes its own. Reset when the connection goes back to the pool.
    IsolationLevel isolation_level = IsolationLevel::server_default;
};

/// How a session's transaction began.
enum class TransactionOrigin : std::uint8_t { autobegin, begin, begin_nested };

namespace session {

/// What SessionExecution says, for the layers below.
struct StatementOptions {
    bool autoflush = true;
    bool populate_existing = false;
    std::size_t yield_per = 1000;
};

} // namespace session

/// How a session executes one statement. A builder, safe in a `co_await` expression.
class SessionExecution {
public:
    SessionExecution() = default;

    /// Whether pending changes are written first.
    [[nodiscard]] SessionExecution autoflush(bool on) const {
        SessionExecution copy{*this};
        copy.options_.autoflush = on;
        return copy;
    }
    /// Objects that are in the session already take the values of the rows; changes that are not flushed are lost.
    [[nodiscard]] SessionExecution populate_existing(bool on = true) const {
        SessionExecution copy{*this};
        copy.options_.populate_existing = on;
        return copy;
    }
    /// How many rows `stream_scalars()` makes into objects at a time.
    [[nodiscard]] SessionExecution yield_per(std::size_t rows) const {
        SessionExecution copy{*this};
        copy.options_.yield_per = rows;
        return copy;
    }
    [[nodiscard]] const session::StatementOptions& options() const noexcept { return options_; }

private:
    session::StatementOptions options_;
};

/// As long as it exists queries of its session do not flush. Must not outlive the session.
class NoAutoflush {
public:
    explicit NoAutoflush(int& blocks) : blocks_(&blocks) { ++blocks; }
    NoAutoflush(NoAutoflush&& other) noexcept : blocks_(std::exchange(other.blocks_, nullptr)) {}
    NoAutoflush& operator=(NoAutoflush&&) = delete;
    ~NoAutoflush() {
        if (blocks_ != nullptr) --*blocks_;
    }

private:
    int* blocks_;
};

} // namespace azoth
