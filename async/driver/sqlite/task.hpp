// SPDX-License-Identifier: MIT
// Work on a database that can go on in pieces, here or on the worker's thread.
#pragma once

#include <cstdint>
#include <exception>
#include <utility>

#include <azoth/error.hpp>

namespace azoth::sqlite {

/// Which thread a piece of work is done on.
enum class Place : std::uint8_t { loop, worker };

/// How a piece of work ended.
enum class Outcome : std::uint8_t {
    done,
    more,     ///< a slice is done; go on here after others had their turn
    worker,   ///< go on, or begin again, on the worker
    busy,     ///< another connection holds a lock; nothing was changed, try again later
    canceled, ///< the cancellation was seen
};

/// One operation on a database. All its state lives in the object, so that it can change threads between two
/// pieces.
class Task {
public:
    Task() = default;
    virtual ~Task() = default;
    Task(const Task&) = delete;
    Task& operator=(const Task&) = delete;

    /// Does one piece. On the loop it is short and never waits. @throws the operation's failure.
    virtual Outcome advance(Place place) = 0;

    /// False for what must be seen through once begun: COMMIT, closing.
    [[nodiscard]] virtual bool interruptible() const noexcept { return true; }

    /// `advance()` on the worker's thread; the exception is kept for `take_outcome()`.
    void perform() noexcept {
        try {
            outcome_ = advance(Place::worker);
        } catch (...) {
            error_ = std::current_exception();
        }
    }

    /// What `perform()` came to. @pre the worker is done with this task.
    [[nodiscard]] Outcome take_outcome() {
        if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
        return outcome_;
    }

    /// After Outcome::busy: what to report when there is no more time.
    [[nodiscard]] const DiagnosticInfo& lock_report() const noexcept { return lock_report_; }

protected:
    /// @return Outcome::busy
    Outcome wait_for_lock(DiagnosticInfo report) {
        lock_report_ = std::move(report);
        return Outcome::busy;
    }

private:
    std::exception_ptr error_;
    DiagnosticInfo lock_report_;
    Outcome outcome_ = Outcome::done;
};

} // namespace azoth::sqlite
