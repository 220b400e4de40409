// SPDX-License-Identifier: MIT
// Statements as tasks: the same one for many rows of parameters.
#include <algorithm>
#include <string>
#include <utility>

#include <sqlite3.h>

#include <azoth/error.hpp>

#include "driver/sqlite/execute.hpp"
#include "driver/sqlite/row.hpp"

namespace azoth::sqlite {
namespace {

// Rows of parameters that are handled on the loop; what is left is one hop to the worker, or the next turn.
constexpr std::size_t rows_here = 250;
// With more than this the hop is nothing beside the work.
constexpr std::size_t worth_a_hop = 1000;

} // namespace

BatchRun::BatchRun(
    Database& database, const driver::Statement& text, std::span<const Param> params, std::size_t rows,
    driver::BatchWants wants)
    : StatementTask(database, text), params_(params), width_(rows != 0 ? params.size() / rows : 0),
      rows_(rows), wants_(wants) {
    if (params.size() != rows * text.param_types.size()) {
        throw ArgumentError(
            "a batch of " + std::to_string(rows) + " rows with " + std::to_string(text.param_types.size())
            + " parameters each was given " + std::to_string(params.size()) + " values");
    }
}

int BatchRun::run_row() {
    auto* handle = statement_->handle;
    bind_all(
        handle, statement_->parameter_count, params_.subspan(next_ * width_, width_), Lifetime::borrowed,
        sql());
    int rc = sqlite3_step(handle);
    if (wants_ == driver::BatchWants::rows && (rc == SQLITE_ROW || rc == SQLITE_DONE)) {
        if (!returned_) {
            statement_->current_columns();
            returned_ = std::make_shared<Returned>(static_cast<std::size_t>(statement_->column_count));
        }
        const auto first = returned_->rows.row_count();
        const auto columns = static_cast<int>(returned_->rows.column_count());
        for (; rc == SQLITE_ROW; rc = sqlite3_step(handle)) append_row(handle, columns, returned_->rows);
        returned_->slices.emplace_back(returned_->rows, first, returned_->rows.row_count() - first);
    }
    while (rc == SQLITE_ROW) rc = sqlite3_step(handle);
    if (rc != SQLITE_DONE) return rc;
    if (statement_->traits.kind == StatementKind::change)
        result_.affected += sqlite3_changes64(database_.handle);
    if (wants_ == driver::BatchWants::last_insert_ids) {
        result_.last_insert_ids.push_back(sqlite3_last_insert_rowid(database_.handle));
    }
    sqlite3_reset(handle);
    return rc;
}

Outcome BatchRun::advance(Place place) {
    if (rows_ == 0) return Outcome::done;
    const bool here_only = database_.options.execution == Execution::here;
    if (place == Place::loop && !here_only && rows_ - next_ > worth_a_hop) return Outcome::worker;
    if (const auto outcome = prepare(place, params_)) return *outcome;
    if (next_ == 0 && wants_ == driver::BatchWants::last_insert_ids) result_.last_insert_ids.reserve(rows_);
    database_.begin_budget(place, false);
    const auto begin = next_;
    const auto end = place == Place::loop ? std::min(rows_, next_ + rows_here) : rows_;
    for (; next_ < end; ++next_) {
        if (const int rc = run_row(); rc != SQLITE_DONE) return failed(rc);
    }
    if (next_ < rows_) return slice_over();
    finish(place, end - begin);
    return Outcome::done;
}

driver::BatchResult BatchRun::take_result() {
    if (returned_) {
        result_.rows.reserve(returned_->slices.size());
        for (const auto& slice : returned_->slices) result_.rows.emplace_back(returned_, &slice);
    }
    return std::move(result_);
}

} // namespace azoth::sqlite
