// SPDX-License-Identifier: MIT
// Telling about statements.
#include "engine/watch.hpp"

#include <utility>

namespace azoth::engine {

Watch::Watch(
    Slot& slot, const std::string& sql, std::span<const Param> params, std::size_t rows, bool cached, bool row_by_row,
    const ExecutionOptions& options)
    : core_(slot.core), echo_(slot.echo), options_(options.empty() ? slot.options : options.over(slot.options)) {
    event_.options = &options_;
    event_.connection = slot.id;
    event_.sql = sql;
    event_.params = params;
    event_.rows = rows == 0 ? 1 : rows;
    event_.cached = cached;
    event_.hide_parameters = core_->options.hide_parameters;
    if (!core_->events.before_cursor_execute.empty()) {
        core_->events.before_cursor_execute.emit(event_);
        changed_ = event_.sql != sql;
    }
    if (slot.logs()) {
        if (rows == 0) core_->log(echo_, event_.sql);
        else if (row_by_row) core_->log_each(echo_, event_.sql, params, rows, cached);
        else core_->log_statement(echo_, event_.sql, params, rows, cached);
    }
    begun_ = std::chrono::steady_clock::now();
}

void Watch::tell() {
    if (told_ || core_->events.after_cursor_execute.empty()) return;
    told_ = true;
    event_.duration = std::chrono::steady_clock::now() - begun_;
    core_->events.after_cursor_execute.emit(event_);
}

void Watch::succeeded(std::int64_t affected) {
    event_.affected = affected;
    tell();
}

void Watch::succeeded(const driver::Result& result) {
    if (echo_.level() == Echo::debug) core_->log_rows(result);
    succeeded(result.affected);
}

void Watch::failed() noexcept {
    event_.error = std::current_exception();
    try {
        tell();
    } catch (...) { // the error that is on its way says more
    }
}

} // namespace azoth::engine
