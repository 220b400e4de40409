// SPDX-License-Identifier: MIT
// A result in pieces: while one is decoded, the worker steps through the next.
#include "driver/sqlite/cursor.hpp"

#include <algorithm>
#include <utility>

#include <sqlite3.h>

#include <azoth/error.hpp>

#include "driver/sqlite/row.hpp"
#include "driver/sqlite/wait.hpp"

namespace azoth::sqlite {

Outcome CursorState::advance(Place place) {
    if (ended) return Outcome::done;
    if (const auto outcome = prepare(place, text_.params)) {
        ended = *outcome == Outcome::done; // only a comment
        return *outcome;
    }
    auto* handle = statement_->handle;
    if (!bound_) {
        // Copied: the caller keeps the values only until open_cursor() has returned.
        bind_all(handle, statement_->parameter_count, text_.params, Lifetime::copied, sql());
        text_.params = {};
        columns = statement_->current_columns();
        changes_ = statement_->traits.kind == StatementKind::change;
        bound_ = true;
    }
    if (wanted == 0) return Outcome::done;

    const bool here_only = database_.options.execution == Execution::here;
    database_.begin_budget(place, !here_only && !changes_ && !handed_out_);
    const auto already = rows ? rows->row_count() : 0;
    auto left = std::min(wanted - already, place == Place::loop ? inline_rows : wanted);
    int rc = SQLITE_ROW;
    while (left != 0 && (rc = sqlite3_step(handle)) == SQLITE_ROW) {
        if (!rows) {
            columns = statement_->current_columns();
            rows = std::make_shared<driver::PackedRows>(static_cast<std::size_t>(statement_->column_count));
        }
        append_row(handle, statement_->column_count, *rows);
        --left;
    }
    if (rc == SQLITE_ROW) {
        if (rows->row_count() < wanted) return slice_over();
        handed_out_ = true;
        return Outcome::done;
    }
    if (rc != SQLITE_DONE) {
        rows = nullptr;
        return failed(rc);
    }
    ended = true;
    return Outcome::done;
}

Cursor::Cursor(std::shared_ptr<Database> database, std::shared_ptr<CursorState> state) noexcept
    : database_(std::move(database)), state_(std::move(state)), columns_(state_->columns) {
    database_->cursor = state_;
}

Cursor::~Cursor() {
    // Unfinished, so somebody has to recover() the connection; unless it was closed or recovered before.
    if (!over_ && !database_->closed && database_->cursor == state_) database_->cut_off = true;
}

void Cursor::end() noexcept {
    over_ = true;
    if (database_->closed || database_->cursor != state_) return;
    state_->release();
    database_->cursor = nullptr;
    database_->busy = false;
}

std::shared_ptr<const RowBuffer> Cursor::take(std::size_t max_rows) {
    const auto rows = batch_->row_count();
    if (taken_ == 0 && rows <= max_rows) return std::exchange(batch_, nullptr);
    // The worker has read ahead more than is wanted now: a part of it, which keeps the whole alive.
    struct Part {
        Part(std::shared_ptr<const driver::PackedRows> all, std::size_t first, std::size_t count)
            : owner(std::move(all)), slice(*owner, first, count) {}
        std::shared_ptr<const driver::PackedRows> owner;
        driver::RowSlice slice;
    };
    const auto count = std::min(max_rows, rows - taken_);
    auto part = std::make_shared<const Part>(batch_, taken_, count);
    taken_ += count;
    if (taken_ == rows) batch_ = nullptr;
    const auto* slice = &part->slice;
    return {std::move(part), slice};
}

asio::awaitable<void> Cursor::read(std::size_t max_rows) {
    Outcome outcome = Outcome::done;
    if (prefetching_) {
        co_await await_worker(database_);
        prefetching_ = false;
        outcome = state_->take_outcome();
    } else {
        state_->wanted = max_rows;
        outcome = state_->advance(Place::loop);
    }
    if (database_->closed)
        throw ResourceClosedError("this SQLite connection was closed under an open cursor");
    if (outcome != Outcome::done) co_await drive(database_, *state_, outcome);
    // A cancellation that came too late for these rows would hit the next ones: a paused statement keeps an
    // interrupt.
    if (database_->canceled()) throw asio_system_error(asio::error::operation_aborted);

    batch_ = std::exchange(state_->rows, nullptr);
    taken_ = 0;
    columns_ = state_->columns;
    if (state_->ended) {
        end();
    } else if (database_->options.execution != Execution::here) {
        state_->wanted = max_rows;
        database_->need_worker();
        database_->worker.submit(*state_, state_, nullptr);
        prefetching_ = true;
    }
}

asio::awaitable<std::shared_ptr<const RowBuffer>> Cursor::fetch(std::size_t max_rows) {
    if (max_rows == 0) throw ArgumentError("a cursor was asked for 0 rows; null would look like the end");
    if (fetching_) throw InvalidRequestError("a fetch() of this cursor has not been awaited to its end");
    if (batch_) co_return take(max_rows);
    if (over_) co_return nullptr;
    if (database_->closed || database_->cut_off || database_->cursor != state_) {
        throw ResourceClosedError("the connection of this cursor was closed or cancelled");
    }
    fetching_ = true;
    try {
        if (turn_is_over(*database_)) co_await asio::post(asio::use_awaitable);
        co_await read(max_rows);
    } catch (const asio_system_error&) {
        // Cancelled, perhaps with the worker still reading ahead: recover() ends it.
        fetching_ = false;
        if (!over_ && !database_->closed) database_->cut_off = true;
        throw;
    } catch (...) {
        fetching_ = false;
        end();
        throw;
    }
    fetching_ = false;
    if (!batch_) co_return nullptr;
    co_return take(max_rows);
}

asio::awaitable<void> Cursor::close() {
    batch_ = nullptr;
    if (over_ || database_->closed) co_return;
    if (prefetching_) {
        database_->cancel();
        co_await await_worker(database_);
        prefetching_ = false;
    }
    database_->forget_cancel();
    end();
}

} // namespace azoth::sqlite
