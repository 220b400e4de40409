// SPDX-License-Identifier: MIT
// Statements as tasks: one execution, and the same one for many rows of parameters.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include <azoth/driver/driver.hpp>

#include "driver/packed_rows.hpp"
#include "driver/sqlite/binding.hpp"
#include "driver/sqlite/database.hpp"
#include "driver/sqlite/task.hpp"

namespace azoth::sqlite {

/// What every statement needs: preparing, the choice of the thread, the meaning of SQLite's answers.
class StatementTask : public Task {
protected:
    StatementTask(Database& database, const driver::Statement& text) noexcept
        : database_(database), text_(text) {}

    /// Prepares when that has not happened yet; nothing when the statement can be bound and stepped at
    /// `place`.
    std::optional<Outcome> prepare(Place place, std::span<const Param> params);
    /// What a result code other than SQLITE_ROW and SQLITE_DONE comes to; the statement is reset. @throws the
    /// error.
    Outcome failed(int code);
    /// Gives the statement back to the cache. @pre nobody else uses the database
    void release() noexcept;
    /// Puts down how long `runs` runs took, for the choice of the thread next time; gives the statement back.
    void finish(Place place, std::size_t runs = 1);
    /// Where to go on when a slice on the loop is over.
    [[nodiscard]] Outcome slice_over() const noexcept {
        return database_.options.execution == Execution::here ? Outcome::more : Outcome::worker;
    }
    [[nodiscard]] const std::string& sql() const noexcept { return *text_.sql; }

    Database& database_;
    driver::Statement text_;
    PreparedStatement* statement_ = nullptr; // lent by the cache
};

/// One execution, all rows read.
class SingleRun final : public StatementTask {
public:
    SingleRun(Database& database, const driver::Statement& text) noexcept : StatementTask(database, text) {}
    ~SingleRun() override { release(); }

    Outcome advance(Place place) override;
    [[nodiscard]] bool interruptible() const noexcept override { return interruptible_; }
    /// Once begun, no cancellation stops it.
    void see_through() noexcept { interruptible_ = false; }
    [[nodiscard]] driver::Result take_result() noexcept { return std::move(result_); }

private:
    int step_rows(Place place);

    driver::Result result_;
    std::shared_ptr<driver::PackedRows> rows_;
    bool bound_ = false;
    bool interruptible_ = true;
};

/// One execution for each row of parameters.
class BatchRun final : public StatementTask {
public:
    BatchRun(
        Database& database, const driver::Statement& text, std::span<const Param> params, std::size_t rows,
        driver::BatchWants wants);
    ~BatchRun() override { release(); }

    Outcome advance(Place place) override;
    [[nodiscard]] driver::BatchResult take_result();

private:
    /// The RETURNING rows of all parameter rows in one buffer, and where those of each begin.
    struct Returned {
        explicit Returned(std::size_t columns) : rows(columns) {}
        driver::PackedRows rows;
        std::deque<driver::RowSlice> slices; // a deque: slices cannot move
    };

    int run_row();

    std::span<const Param> params_;
    std::size_t width_;
    std::size_t rows_;
    driver::BatchWants wants_;
    std::size_t next_ = 0; // the first row that has not been executed
    std::shared_ptr<Returned> returned_;
    driver::BatchResult result_;
};

} // namespace azoth::sqlite
